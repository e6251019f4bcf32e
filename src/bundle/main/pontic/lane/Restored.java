package pontic.lane;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pontic.audit.Audit;
import pontic.receipt.Receipts;
import pontic.store.Store;
import pontic.store.Transaction;

/**
 * A store that was restored from a copy knows less than Open Dental: what was written after the
 * copy stands there, and may still be on its way. So a process that finds itself on one settles
 * first (decision 0226): no request before the API must be done with whatever was sent last,
 * nothing that was read before counts, and each open message is looked for before it is written.
 */
public final class Restored {
  private static final Logger LOG = LoggerFactory.getLogger(Restored.class);

  private final Store store;
  private final Audit audit;
  private final Receipts receipts;

  public Restored(Store store, Audit audit, Receipts receipts) {
    this.store = store;
    this.audit = audit;
    this.receipts = receipts;
  }

  /**
   * What a restored store is.
   *
   * @param takenAt when the copy was made
   * @param foundAt when a process first started on it
   */
  public record Copy(Instant takenAt, Instant foundAt) {}

  /** The copy that this store came from; empty if it never was one. */
  public static Optional<Copy> of(Transaction tx) {
    return tx.sql("select taken_at, found_at from store_copy where taken_at > 0")
        .query(
            (row, n) ->
                new Copy(
                    Instant.ofEpochMilli(row.getLong("taken_at")),
                    Instant.ofEpochMilli(row.getLong("found_at"))))
        .optional();
  }

  /**
   * Somebody says that the store was restored by means that leave no mark in it.
   *
   * @param takenAt when the copy was made, as far as it is known
   */
  public void mark(Instant takenAt) {
    store.write(
        tx ->
            tx.sql("update store_copy set taken_at = ?, found_at = 0")
                .params(takenAt.toEpochMilli())
                .update());
  }

  /** At the start of a process, before anything is claimed. */
  public void settleFirst(Collection<LaneTerms> lanes) {
    store.write(
        tx -> {
          Optional<Copy> copy = of(tx).filter(found -> found.foundAt().equals(Instant.EPOCH));
          copy.ifPresent(found -> begin(tx, found, lanes));
          return true;
        });
  }

  private void begin(Transaction tx, Copy copy, Collection<LaneTerms> lanes) {
    Instant now = tx.now();
    tx.sql("update store_copy set found_at = ?").params(now.toEpochMilli()).update();
    LaneRows rows = new LaneRows(store.vault());
    String reason =
        "the store was restored from a copy of "
            + copy.takenAt()
            + "; Open Dental was looked at before anything of this message was written";
    for (LaneTerms its : lanes) {
      tx.serialise(its.practice());
      rows.lane(tx, its.practice());
      rows.next(tx, its.practice(), now.plus(its.limit()).plus(its.margin()));
      rows.capabilitiesStale(tx, its.practice());
      // What the lost part of the store wrote is no other installation's.
      tx.sql("update lane set own_log_seen = -1, own_log_newest = 0 where practice = ?")
          .params(its.practice())
          .update();
      // What is folded here may have been written by itself: each is looked for by its own
      // reference.
      tx.sql(
              """
              update work set state = 'waiting', folded_into = '' where practice = ? and state = 'folded' and not exists (
                select 1 from call c where c.work_id = work.folded_into and c.purpose = 'call')
              """)
          .params(its.practice())
          .update();
      tx.sql(
              "update work set cycle = cycle + 1, rank = 1, alone = 1 where practice = ? and state = 'waiting'")
          .params(its.practice())
          .update();
      List<String> open =
          tx.sql("select id from message where practice = ? and receipt_end = ''")
              .params(its.practice())
              .query(String.class)
              .list();
      open.forEach(message -> receipts.warn(tx, message, reason));
      audit.record(tx, "restored", its.practice(), "start", "copy of " + copy.takenAt());
      LOG.warn(
          "{}: the store was restored from a copy of {}; {} open messages are looked for in Open Dental before they are"
              + " written. What was accepted after the copy is not known here: let the senders send it again",
          its.practice(),
          copy.takenAt(),
          open.size());
    }
  }
}
