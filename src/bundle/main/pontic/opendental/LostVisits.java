package pontic.opendental;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.ZoneOffset;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import pontic.lane.Asked;
import pontic.lane.CallState;
import pontic.lane.Decision;
import pontic.lane.Head;
import pontic.lane.OlderCopy;
import pontic.lane.Purpose;

/**
 * Visits that bear a reference of ours and that the store does not know, since it came from a copy
 * that is older than they are. The message that made such a one may be sent again, under an id of
 * which no reference tells, and the visit may have been moved since (decision 0441).
 */
final class LostVisits {
  private static final String KEY = "AptNum";

  /** Of a row that was planned before: which one that was. */
  private static final String PLANNED_AS = "NextAptNum";

  private LostVisits() {}

  /** Keys of all that searches have shown. */
  static Set<Long> shown(List<Asked> calls) {
    List<Asked> searches =
        calls.stream()
            .filter(call -> call.name().equals("appointments.search"))
            .filter(call -> call.is(Purpose.PLAN, CallState.ANSWERED))
            .toList();
    return Reads.rows(searches, KEY).stream()
        .map(row -> row.path(KEY).asLong())
        .collect(Collectors.toSet());
  }

  /**
   * Why a person has to say what a new booking is; empty if none of the rows may be it.
   *
   * @param rows of the patient
   * @param reference that the row would bear which the message makes
   */
  static Optional<Decision> hold(Head head, List<JsonNode> rows, String reference) {
    List<Long> lost = of(head, rows);
    // Keys of appointments are no candidates: those are taken for patients.
    return lost.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Decision.Hold(
                "the patient has "
                    + lost.stream().map(key -> KEY + " " + key).collect(Collectors.joining(", "))
                    + " with a reference of Pontic that this store does not know: it was restored from an older copy; "
                    + wayOut(reference),
                List.of()));
  }

  /** What a person can do. */
  static String wayOut(String reference) {
    return "if that is the visit of this message, put "
        + reference
        + " into its note and release the message; if not, take Pontic's own reference out of its note and release it";
  }

  /** Their keys; none in a store that never was a copy. */
  static List<Long> of(Head head, List<JsonNode> rows) {
    if (head.copy().isEmpty()) {
      return List.of();
    }
    OlderCopy copy = head.copy().get();
    Set<Long> known = new HashSet<>(copy.visits());
    rows.stream()
        .filter(row -> copy.visits().contains(row.path(KEY).asLong()))
        .forEach(row -> known.add(row.path(PLANNED_AS).asLong()));
    known.remove(0L);
    // Who copies a visit at the desk copies its note.
    Set<String> references =
        rows.stream()
            .filter(row -> known.contains(row.path(KEY).asLong()))
            .flatMap(row -> references(row).stream())
            .collect(Collectors.toSet());
    // The practice's day is another at most by one.
    String first = copy.takenAt().atOffset(ZoneOffset.UTC).toLocalDate().minusDays(1).toString();
    return rows.stream()
        .filter(row -> isPlanned(row) || isFrom(first, row) && SlotLook.occupies(row))
        .filter(row -> !known.contains(row.path(KEY).asLong()))
        .filter(row -> !known.contains(row.path(PLANNED_AS).asLong()))
        .filter(row -> !references.containsAll(references(row)))
        .map(row -> row.path(KEY).asLong())
        .toList();
  }

  private static Set<String> references(JsonNode row) {
    return Marker.all(row.path("Note").asText());
  }

  private static boolean isPlanned(JsonNode row) {
    return row.path("AptStatus").asText().equals("Planned");
  }

  /** What was over when the copy was made was not made after it. */
  private static boolean isFrom(String day, JsonNode row) {
    return FieldMerge.text(row.path("AptDateTime")).compareTo(day) >= 0;
  }
}
