package pontic.store;

/** The store's clock as routes ask for it. */
public final class StoreMillis {
  private final Store store;

  public StoreMillis(Store store) {
    this.store = store;
  }

  /** Epoch milliseconds by the store's clock. */
  public long millis() {
    return store.read(tx -> tx.now().toEpochMilli());
  }
}
