package pontic.lane;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pontic.store.Transaction;
import pontic.tally.Tally;

/**
 * Whether another installation writes with the same customer key (decision 0227): the API logs what
 * our developer key did, and what this store did not do somebody else has done.
 */
final class OwnLog {
  private static final Logger LOG = LoggerFactory.getLogger(OwnLog.class);
  private static final Duration EVERY = Duration.ofHours(1);

  private final LaneRows rows;

  OwnLog(LaneRows rows) {
    this.rows = rows;
  }

  private record Stand(long seen, Instant at) {}

  private static Stand stand(Transaction tx, String practice) {
    return tx.sql("select own_log_seen, own_log_at from lane where practice = ?")
        .params(practice)
        .query(
            (row, n) ->
                new Stand(
                    row.getLong("own_log_seen"), Instant.ofEpochMilli(row.getLong("own_log_at"))))
        .single();
  }

  private static void stand(Transaction tx, String practice, long seen, Instant at) {
    tx.sql("update lane set own_log_seen = ?, own_log_at = ? where practice = ?")
        .params(seen, at.toEpochMilli(), practice)
        .update();
  }

  /**
   * Whether a look is due where the lane serves.
   *
   * @param at when it last was
   */
  static boolean isDue(Instant at, LaneTerms its, Instant now) {
    return at.equals(Instant.EPOCH) || at.plus(its.scaled(EVERY)).isBefore(now);
  }

  /** Puts the question if an hour has passed, and the office keeps such a log. */
  void watch(Transaction tx, LaneTerms its) {
    LaneRows.LaneRow lane = rows.lane(tx, its.practice());
    Stand stand = stand(tx, its.practice());
    Instant now = tx.now();
    if (stand.at().equals(Instant.EPOCH)) {
      // Not in the first minutes, in which much else is asked.
      stand(tx, its.practice(), stand.seen(), now);
      return;
    }
    if (!lane.serves() || !isDue(stand.at(), its, now)) {
      return;
    }
    // Also where no such log is kept: it is looked at again in an hour.
    stand(tx, its.practice(), stand.seen(), now);
    if (lane.capabilities().path("reads").path("securitylogs").path("on").asBoolean()) {
      rows.own(
          tx,
          its.practice(),
          Work.OWN_LOG,
          now,
          JsonNodeFactory.instance.objectNode().put("seen", Math.max(0, stand.seen())));
    }
  }

  /** Compares; the entries that were there before the first look prove nothing. */
  void logged(Transaction tx, Work work, Decision.Logged logged) {
    String practice = work.practice();
    Stand stand = stand(tx, practice);
    if (stand.seen() < 0) {
      if (logged.whole()) {
        stand(tx, practice, logged.seen(), stand.at());
      } else {
        rows.own(
            tx,
            practice,
            Work.OWN_LOG,
            tx.now(),
            JsonNodeFactory.instance.objectNode().put("seen", logged.seen()));
      }
      return;
    }
    if (unclear(tx, practice)) {
      // One of them may be ours; an hour later it is known.
      return;
    }
    List<Long> foreign =
        logged.patNums().stream().filter(patNum -> !ours(tx, practice, patNum)).toList();
    stand(tx, practice, logged.seen(), stand.at());
    for (long patNum : foreign) {
      Tally.count(tx, Tally.What.FOREIGN, practice, "", "patients.post", "created");
      LOG.error(
          "{}: PatNum {} was created with this practice's keys, but not by this installation: another one uses the same"
              + " developer and customer key, or this store was restored from an older copy. Two that write break the"
              + " API's spacing and each other's order: stop one of them",
          practice,
          patNum);
    }
  }

  private static boolean unclear(Transaction tx, String practice) {
    return count(
            tx,
            "select count(*) from call where practice = ? and name = 'patients.post' and state in ('intent', 'unknown')",
            practice)
        > 0;
  }

  private static boolean ours(Transaction tx, String practice, long patNum) {
    return count(
            tx,
            "select count(*) from call where practice = ? and name = 'patients.post' and result_key = ?",
            practice,
            patNum)
        > 0;
  }

  private static long count(Transaction tx, String sql, Object... parameters) {
    return tx.sql(sql).params(List.of(parameters)).query(Long.class).single();
  }
}
