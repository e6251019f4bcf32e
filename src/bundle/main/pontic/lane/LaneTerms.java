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
  private static final Duration REFUSED_WAIT = Duration.ofSeconds(60);
  private static final int WATCH_LIMITS = 10;
  private static final Duration LOOK_AGAIN = Duration.ofHours(1);

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

  /** After an office has refused the key, or everything. */
  Duration refusedWait() {
    return scaled(REFUSED_WAIT);
  }

  /**
   * No lane waits longer of itself.
   *
   * @param asked the longest that an office may ask for
   */
  Duration longestPause(Duration asked) {
    Duration own = refusedWait();
    return asked.compareTo(own) < 0 ? own : asked;
  }

  /** From a write to the late look for it. */
  Duration untilLook() {
    return limit.multipliedBy(WATCH_LIMITS);
  }

  /** From a late look that was in vain to the next. */
  Duration lookAgain() {
    return scaled(LOOK_AGAIN);
  }

  public Duration scaled(Duration period) {
    return Duration.ofNanos((long) (period.toNanos() * scale));
  }
}
