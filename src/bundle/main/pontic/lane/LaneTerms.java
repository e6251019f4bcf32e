package pontic.lane;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * What a lane must know of its practice's API.
 *
 * @param limit after this the API itself gives up on a request (60 s, open-dental-api.md 1.6)
 * @param margin added wherever two clocks or two ends of a line meet
 * @param patience the period while the practice has not yet said what its key may do
 * @param scale all periods are multiplied by this; 1 but for sandboxes
 * @param folds whether what waits unbegun may stand in a newer message of its sender
 * @param share of the time in which a statement may run at the office, above 0, at most 1
 * @param quiet when no statement may run at the office
 * @param hints where the practice sends its events, if it is to send any; blank if not known
 */
public record LaneTerms(
    String practice,
    Duration limit,
    Duration margin,
    Duration patience,
    double scale,
    boolean enabled,
    boolean folds,
    double share,
    Quiet quiet,
    String hints) {

  /** Hours in which an office's database is asked nothing. */
  @FunctionalInterface
  public interface Quiet {
    /** When these hours will be over; empty if this is none of them. */
    Optional<Instant> until(Instant now);

    static Quiet never() {
      return now -> Optional.empty();
    }
  }

  /** How long a lease lasts: longer than any request under it. */
  public Duration lease() {
    return limit.plus(margin.multipliedBy(3));
  }

  public Duration scaled(Duration period) {
    return Duration.ofNanos((long) (period.toNanos() * scale));
  }
}
