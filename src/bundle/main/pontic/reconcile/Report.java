package pontic.reconcile;

import java.time.Instant;

/**
 * How a comparison stands or ended.
 *
 * @param askedBy person or schedule
 * @param state running, stopped, ended, off
 * @param reason why it is stopped, off, or waits
 * @param total records when it began
 * @param perSecond rows, over the time spent on pages
 * @param endedAt {@link Instant#EPOCH} if it has not
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
    Instant endedAt) {

  public long unexplained() {
    return tally.differing() - tally.repaired();
  }
}
