package pontic.lane;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pontic.store.Store;
import pontic.store.Transaction;

/**
 * A clock that was ahead and is put right leaves times in the store that come days later, and until
 * then nothing would be asked. At the start of a process no time of a lane lies further ahead than
 * anything ever waits (decision 0438).
 */
public final class ClockSetBack {
  private static final Logger LOG = LoggerFactory.getLogger(ClockSetBack.class);

  private final Store store;

  public ClockSetBack(Store store) {
    this.store = store;
  }

  /**
   * Before anything is claimed.
   *
   * @param longestPause no office is left alone longer, whatever its Retry-After says
   */
  public void settleFirst(Collection<LaneTerms> lanes, Duration longestPause) {
    store.write(
        tx -> {
          lanes.forEach(its -> settle(tx, its, longestPause));
          return true;
        });
  }

  private void settle(Transaction tx, LaneTerms its, Duration longestPause) {
    tx.serialise(its.practice());
    LaneRows.LaneRow lane = new LaneRows(store.vault()).lane(tx, its.practice());
    Instant now = tx.now();
    Duration one = its.limit().plus(its.margin()).plus(period(lane, its));
    Instant latest = now.plus(its.longestPause(longestPause)).plus(one);
    if (lane.nextAt().isAfter(latest)) {
      // Whatever was sent last, the API is done with it by then, and its period is over.
      Instant next = now.plus(one);
      tx.sql("update lane set next_at = :next where practice = :practice")
          .param("next", next.toEpochMilli())
          .param("practice", its.practice())
          .update();
      LOG.warn(
          "{}: by the store the next request was to wait until {}; the clock was ahead and was set back, so it waits until {}",
          its.practice(),
          lane.nextAt(),
          next);
    }
    asked(tx, its.practice(), now);
    reads(tx, its.practice(), now);
    work(tx, its, now, latest);
    leases(tx, its, now);
  }

  private static Duration period(LaneRows.LaneRow lane, LaneTerms its) {
    JsonNode millis = lane.capabilities().path("periodMillis");
    return millis.isNumber() ? Duration.ofMillis(millis.asLong()) : its.patience();
  }

  /** What the practice was asked last, it was asked by now. */
  private static void asked(Transaction tx, String practice, Instant now) {
    for (String column : List.of("capabilities_at", "own_log_at", "last_ok_at")) {
      tx.sql(
              "update lane set %1$s = :now where practice = :practice and %1$s > :now"
                  .formatted(column))
          .param("now", now.toEpochMilli())
          .param("practice", practice)
          .update();
    }
  }

  /**
   * What was read then is not fresh for days, and proves nothing yet about a write that counts from
   * now on: the API gets its whole limit.
   */
  private static void reads(Transaction tx, String practice, Instant now) {
    tx.sql(
            """
            update work set cycle = cycle + 1 where practice = :practice and state = 'waiting' and exists (
              select 1 from call c where c.work_id = work.id and c.state = 'answered' and c.intent_at > :now)
            """)
        .param("practice", practice)
        .param("now", now.toEpochMilli())
        .update();
    tx.sql(
            """
            update call set intent_at = :now where intent_at > :now and work_id in (
              select w.id from work w where w.practice = :practice and w.state in ('waiting', 'parked', 'folded'))
            """)
        .param("practice", practice)
        .param("now", now.toEpochMilli())
        .update();
    // Reads of capture are nobody's work.
    tx.sql(
            "update call set intent_at = :now where practice = :practice and state = 'intent' and intent_at > :now")
        .param("practice", practice)
        .param("now", now.toEpochMilli())
        .update();
  }

  private static void work(Transaction tx, LaneTerms its, Instant now, Instant latest) {
    Duration look = its.untilLook();
    int early =
        tx.sql(
                """
                update work set due_at = case when event = 'watch' then :look else :now end
                where practice = :practice and state = 'waiting' and due_at > :latest
                """)
            .param("look", now.plus(look).toEpochMilli())
            .param("now", now.toEpochMilli())
            .param("practice", its.practice())
            .param("latest", latest.plus(look).plus(its.lookAgain()).toEpochMilli())
            .update();
    tx.sql(
            "update message set due_at = :now where practice = :practice and state = 'accepted' and due_at > :latest")
        .param("now", now.toEpochMilli())
        .param("practice", its.practice())
        .param("latest", latest.toEpochMilli())
        .update();
    if (early > 0) {
      LOG.warn(
          "{}: {} messages and questions waited for a time that the clock was ahead at; they go on",
          its.practice(),
          early);
    }
  }

  /** Its holder may live: it has as long as anybody who takes it now. */
  private static void leases(Transaction tx, LaneTerms its, Instant now) {
    tx.sql("update lease set until_at = :until where name in (:names) and until_at > :latest")
        .param("until", now.plus(its.lease()).toEpochMilli())
        .param("names", List.of("lane:" + its.practice(), "understand:" + its.practice()))
        .param("latest", now.plus(its.lease()).plus(its.margin()).toEpochMilli())
        .update();
  }
}
