package pontic.store;

import javax.sql.DataSource;

/** The real store, and what happens before each writing unit. */
public final class StoreAround implements Store {
  private final Store store;
  private final Runnable beforeWrite;

  /**
   * @param beforeWrite by the thread that writes; what it throws takes the unit's place
   */
  public StoreAround(Store store, Runnable beforeWrite) {
    this.store = store;
    this.beforeWrite = beforeWrite;
  }

  @Override
  public <T> T write(Unit<T> unit) {
    beforeWrite.run();
    return store.write(unit);
  }

  @Override
  public <T> T read(Unit<T> unit) {
    return store.read(unit);
  }

  @Override
  public DataSource reader() {
    return store.reader();
  }

  @Override
  public Vault vault() {
    return store.vault();
  }

  @Override
  public void close() {
    store.close();
  }
}
