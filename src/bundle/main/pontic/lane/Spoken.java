package pontic.lane;

import java.util.Map;
import java.util.Set;

/**
 * Of rows that must not be there twice: who has told of them, and of whom.
 *
 * @param senders who have told of any rows of the patient
 * @param patients PatNums of which a row was told, by key of {@link Decision.Done#asserted()}; 0
 *     for one who is not known yet
 */
public record Spoken(Set<String> senders, Map<String, Set<Long>> patients) {
  public static final Spoken NOTHING = new Spoken(Set.of(), Map.of());

  public Spoken {
    senders = Set.copyOf(senders);
    patients = Map.copyOf(patients);
  }
}
