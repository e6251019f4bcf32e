package pontic.operations;

import java.util.List;
import pontic.store.Store;

/** The store answers, in writing as well as in reading. */
public final class StoreCheck implements HealthCheck {

  private final Store store;

  public StoreCheck(Store store) {
    this.store = store;
  }

  @Override
  public String name() {
    return "store";
  }

  @Override
  public List<Part> look() {
    store.read(tx -> tx.sql("select count(*) from lane").query(Long.class).single());
    store.write(tx -> tx.now().toEpochMilli());
    return List.of(new Part(name(), true, ""));
  }
}
