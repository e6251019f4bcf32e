package pontic.reconcile;

import java.time.Instant;

/**
 * How a comparison stands or ended.
 *
 * @param askedBy person or schedule
 * @param state running, stopped, ended, off
 * @param reason why it is stopped, off, or waits
 * @param total records when it began
 * @param perSecond rows, over the time spent on pages; of a load, over the time that passed
 * @param endedAt {@link Instant#EPOCH} if it has not
 * @param since only rows stamped then or later; {@link Instant#EPOCH}: all
 * @param replaced repair, dry run or load: what was not done and ended when it began; empty if
 *     nothing was
 */
public record Report(
    String practice,
    String table,
    String destination,
    boolean dryRun,
    String askedBy,
    String state,
    String reason,
    long total,
    Tally tally,
    double perSecond,
    Instant startedAt,
    Instant endedAt,
    Instant since,
    String replaced) {

  /** As long as it goes on as it did; 0 if it has ended, or nothing can be said yet. */
  public long secondsLeft() {
    return state.equals("running") && perSecond > 0
        ? Math.max(1, Math.round((total - tally.looked()) / perSecond))
        : 0;
  }

  public long unexplained() {
    return tally.differing() - tally.repaired();
  }
}
