package pontic.operations;

import java.time.Duration;
import java.util.List;
import pontic.store.Store;
import pontic.store.StoreException;

/**
 * The store answers, in writing as well as in reading. A row is really written: a unit without one
 * succeeds on a full disk. PostgreSQL finds room for such a row in its page when it has none for a
 * message, so what it refused of late counts too.
 */
public final class StoreCheck implements HealthCheck {
  /** Senders and lanes try again sooner. */
  private static final Duration OF_LATE = Duration.ofSeconds(30);

  private static final String OF_DISK =
      ". Senders are told to send again; make room or mend the disk, then all goes on by itself";

  private static final String OTHERWISE =
      ". Senders are told to send again; once the store takes units, all goes on by itself";

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
          new Part(name(), false, e.getMessage() + (e.isOfDisk() ? OF_DISK : OTHERWISE)));
    }
    return List.of(
        store
            .refusedWithin(OF_LATE)
            .map(
                reason ->
                    new Part(
                        name(),
                        false,
                        "Within the last "
                            + OF_LATE.toSeconds()
                            + " s the store could not take a unit: "
                            + reason
                            + OF_DISK))
            .orElse(new Part(name(), true, "")));
  }
}
