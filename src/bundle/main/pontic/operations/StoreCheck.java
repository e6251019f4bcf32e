package pontic.operations;

import java.util.List;
import pontic.store.Store;
import pontic.store.StoreException;

/**
 * The store answers, in writing as well as in reading. A row is really written: a unit without one
 * succeeds on a full disk.
 */
public final class StoreCheck implements HealthCheck {

  private final Store store;
  private final String instance;

  /**
   * @param instance name of this process among several on one store
   */
  public StoreCheck(Store store, String instance) {
    this.store = store;
    this.instance = instance;
  }

  @Override
  public String name() {
    return "store";
  }

  @Override
  public List<Part> look() {
    store.read(tx -> tx.sql("select count(*) from lane").query(Long.class).single());
    try {
      store.write(
          tx ->
              tx.sql(
                      "insert into written (instance, at) values (:instance, :at)"
                          + " on conflict (instance) do update set at = excluded.at")
                  .param("instance", instance)
                  .param("at", tx.now().toEpochMilli())
                  .update());
    } catch (StoreException e) {
      // Its text is ours and the database's word for the storage, nothing of what was stored.
      return List.of(
          new Part(
              name(),
              false,
              e.getMessage()
                  + ". Senders are told to send again; make room or mend the disk, then all goes on"
                  + " by itself"));
    }
    return List.of(new Part(name(), true, ""));
  }
}
