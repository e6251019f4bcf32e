package pontic.store;

import java.time.Duration;
import java.util.Optional;

/** Leases as rows; the epoch never goes back, also when a lease is given back or void. */
public final class SqlLeases implements Leases {
  private final String holder;

  /**
   * @param holder {@link StoreSettings#holder()} of the store that the transactions belong to
   */
  public SqlLeases(String holder) {
    this.holder = holder;
  }

  @Override
  public Optional<Long> take(Transaction tx, String name, Duration length) {
    if (length.toMillis() <= 0) {
      throw new IllegalArgumentException("A lease of " + length + " would have run out when taken");
    }
    long now = tx.now().toEpochMilli();
    return tx.sql(
            "insert into lease (name, holder, epoch, until_at) values (:name, :holder, 1, :until)"
                + " on conflict (name) do update set holder = excluded.holder, epoch = lease.epoch + 1, until_at = excluded.until_at"
                + " where lease.until_at <= :now returning epoch")
        .param("name", name)
        .param("holder", holder)
        .param("until", now + length.toMillis())
        .param("now", now)
        .query(Long.class)
        .optional();
  }

  @Override
  public boolean holds(Transaction tx, String name, long epoch) {
    // The row is locked first and the clock asked afterwards: waiting for the lock may have used up
    // the lease.
    return tx.sql(
            "update lease set epoch = epoch where name = ? and holder = ? and epoch = ? returning until_at")
        .params(name, holder, epoch)
        .query(Long.class)
        .optional()
        .filter(until -> until > tx.now().toEpochMilli())
        .isPresent();
  }

  @Override
  public void release(Transaction tx, String name, long epoch) {
    tx.sql("update lease set until_at = 0 where name = ? and holder = ? and epoch = ?")
        .params(name, holder, epoch)
        .update();
  }

  @Override
  public int voidOwn(Transaction tx) {
    return tx.sql("update lease set until_at = 0 where holder = ? and until_at <> 0")
        .param(holder)
        .update();
  }

  @Override
  public String holder() {
    return holder;
  }
}
