package pontic.lane;

import java.time.Instant;
import java.util.Set;

/**
 * The store came from an older copy, so rows of the office may be ours that it knows nothing of
 * (decision 0441).
 *
 * @param takenAt when the copy was made
 * @param foundAt when a process first started on it: what came between is lost
 * @param visits of the patient's appointments that were read, those that are bookings of this store
 */
public record OlderCopy(Instant takenAt, Instant foundAt, Set<Long> visits) {
  public OlderCopy {
    visits = Set.copyOf(visits);
  }
}
