package pontic.opendental;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;
import pontic.lane.Decision;
import pontic.lane.Head;
import pontic.lane.OlderCopy;
import pontic.person.Asserted;

/**
 * A visit whose row was last changed in the part of the store that was lost: by whom nobody knows
 * here, and a message that waited in the copy, or is sent again, may be older than that (decision
 * 0442).
 */
final class LostChange {
  private static final String TIME = "AptDateTime";

  /** Where and when it is. */
  private static final List<String> PLACE = List.of(TIME, "Op");

  /** open-dental-schema.md 1.1: by whole seconds of the office's clock. */
  private static final DateTimeFormatter WALL_CLOCK =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss");

  private final ZoneId zone;

  LostChange(ZoneId zone) {
    this.zone = zone;
  }

  /**
   * Why it is not broken: it was given its time since the message came, or stands at another than
   * the message says.
   *
   * @param row that stands in the book
   */
  Optional<Decision> ofBreak(Head head, JsonNode row, JsonNode wanted) {
    return head.copy()
        .filter(copy -> isIn(copy, row))
        .filter(copy -> isOlder(head, copy) || !isAlike(row, wanted, TIME))
        .map(
            copy ->
                hold(
                    row,
                    copy,
                    "and this message, which cancels it, may be older than that change"));
  }

  /**
   * Why it is not moved: it stands neither where its sender wanted it before nor where he does now.
   *
   * @param changes of the row that the message would make
   */
  Optional<Decision> ofMove(Head head, JsonNode row, JsonNode changes, Optional<Asserted> last) {
    return head.copy()
        .filter(copy -> isIn(copy, row))
        .filter(copy -> PLACE.stream().anyMatch(field -> isOfNobody(row, changes, last, field)))
        .map(
            copy ->
                hold(
                    row,
                    copy,
                    "and stands neither where its sender wanted it before nor where this message has it"));
  }

  private static Decision hold(JsonNode row, OlderCopy copy, String why) {
    return new Decision.Hold(
        "AptNum "
            + row.path("AptNum").asLong()
            + " was changed after "
            + copy.takenAt()
            + ", when the copy was made from which the store was restored, "
            + why
            + "; if it is right as it stands, drop the message, else make it so in Open Dental and release the message",
        // Keys of appointments are no candidates: those are taken for patients.
        List.of());
  }

  /** Whether the message waited in the copy. */
  private static boolean isOlder(Head head, OlderCopy copy) {
    return Optional.ofNullable(head.waited().accepted().get(head.work().seq()))
        .filter(copy.foundAt()::isAfter)
        .isPresent();
  }

  private static boolean isOfNobody(
      JsonNode row, JsonNode changes, Optional<Asserted> last, String field) {
    return changes.has(field)
        && !isAlike(row, changes, field)
        && last.filter(said -> isAlike(said.fields(), row, field)).isEmpty();
  }

  private boolean isIn(OlderCopy copy, JsonNode row) {
    return stamp(row)
        .filter(at -> at.isAfter(copy.takenAt()) && !at.isAfter(copy.foundAt()))
        .isPresent();
  }

  /** When anything of the row was last changed. */
  private Optional<Instant> stamp(JsonNode row) {
    try {
      return Optional.of(
          LocalDateTime.parse(row.path("DateTStamp").asText(), WALL_CLOCK)
              .atZone(zone)
              .toInstant());
    } catch (DateTimeException e) {
      // An office that does not tell.
      return Optional.empty();
    }
  }

  private static boolean isAlike(JsonNode one, JsonNode other, String field) {
    return FieldMerge.text(one.path(field)).equals(FieldMerge.text(other.path(field)));
  }
}
