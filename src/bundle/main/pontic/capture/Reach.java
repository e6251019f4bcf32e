package pontic.capture;

import java.time.Duration;

/**
 * How far a poll reaches back behind what was read.
 *
 * @param overlap each poll of a feed by stamp; zero: strictly behind the watermark, which loses
 *     what becomes visible late
 * @param keys each poll of a feed by key
 * @param sweepPeriod how often a poll reaches further
 * @param sweep by stamp: what a long statement, a replica or another server of the office stamped
 *     and showed late (open-dental-schema.md 1.1)
 * @param sweepKeys by key
 */
public record Reach(
    Duration overlap, long keys, Duration sweepPeriod, Duration sweep, long sweepKeys) {

  /** As in the product. */
  public static Reach usual(Duration sweepPeriod) {
    return new Reach(Duration.ofSeconds(5), 100, sweepPeriod, Duration.ofMinutes(30), 5_000);
  }
}
