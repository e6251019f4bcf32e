package pontic.lane;

import java.time.Duration;
import java.time.Instant;
import pontic.store.Transaction;

/**
 * Keeps the statements that an office's API runs for Pontic within the share of time that the
 * office grants for queries, as {@code Turns} does where the database is asked itself (decision
 * 0320). How long the office's server worked is not told: a statement counts for what its answer
 * took longer than the quickest answer of this API, which is the way there and back.
 */
final class StatementShare {
  /** What was granted and not used is saved up to this, as time of the office's server. */
  private static final Duration MOST_SAVED = Duration.ofSeconds(10);

  /** However long a statement took, the next is sent after this. */
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

  /**
   * A read has ended.
   *
   * @param answered whether the API said anything; what it did not answer may have run all the same
   */
  void ended(
      Transaction tx,
      LaneTerms its,
      ApiRequest request,
      Duration took,
      boolean answered,
      Instant now) {
    if (answered) {
      tx.sql(
              "update lane set fastest_ms = :took where practice = :practice and (fastest_ms = 0 or fastest_ms > :took)")
          .param("took", Math.max(1, took.toMillis()))
          .param("practice", its.practice())
          .update();
    }
    if (request.body().has(Questions.Question.SQL)) {
      ran(tx, its, took, now);
    }
  }

  private void ran(Transaction tx, LaneTerms its, Duration took, Instant now) {
    tx.sql("select fastest_ms, statements_at from lane where practice = ?")
        .params(its.practice())
        .query((row, number) -> new Spent(row.getLong("fastest_ms"), row.getLong("statements_at")))
        .optional()
        .ifPresent(
            before -> {
              long cost = Math.max(1, took.toMillis() - before.fastest());
              tx.sql(
                      "update lane set statements_ms = statements_ms + :cost, statements_at = :at where practice = :practice")
                  .param("cost", cost)
                  .param("at", next(before.at(), cost, its.share(), now.toEpochMilli()))
                  .param("practice", its.practice())
                  .update();
            });
  }

  /** Nothing of it wakes the lane before. */
  void waits(Transaction tx, String practice, Instant until) {
    tx.sql(
            "update lane set statements_at = :until where practice = :practice and statements_at < :until")
        .param("until", until.toEpochMilli())
        .param("practice", practice)
        .update();
  }

  /** Where quiet hours were changed, statements no longer wait for the end of those before. */
  void watch(Transaction tx, LaneTerms its, Instant now) {
    tx.sql(
            "update lane set statements_at = :latest where practice = :practice and statements_at > :latest")
        .param("latest", its.quiet().until(now).orElse(now.plus(LONGEST_PAUSE)).toEpochMilli())
        .param("practice", its.practice())
        .update();
  }

  /** Saved time is one that lies behind now, as long as it would take to be granted. */
  static long next(long before, long cost, double share, long now) {
    long saved = Math.max(before, now - (long) (MOST_SAVED.toMillis() / share));
    return Math.min(saved + (long) (cost / share), now + LONGEST_PAUSE.toMillis());
  }

  private record Spent(long fastest, long at) {}
}
