package pontic.reconcile;

import java.time.Instant;
import java.util.Optional;

/**
 * A page of a run that this process may look at.
 *
 * @param work empty if there is nothing to do
 * @param epoch of the run's lease
 * @param readAt by the store's clock, before anything is asked for
 */
public record Turn(Optional<Run> work, long epoch, Instant readAt) {

  /** Nothing to do. */
  public static final Turn NOTHING = new Turn(Optional.empty(), 0, Instant.EPOCH);

  public boolean isDue() {
    return work.isPresent();
  }

  /**
   * @throws java.util.NoSuchElementException if there is nothing to do
   */
  public Run run() {
    return work.orElseThrow();
  }

  /** Only rows from a stamp on are wanted. */
  public boolean isSince() {
    return run().isSince();
  }

  /** Stem of the file in {@code sql/capture}. */
  public String feed() {
    return run().feed();
  }
}
