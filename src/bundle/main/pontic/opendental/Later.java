package pontic.opendental;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import pontic.lane.Asked;
import pontic.lane.CallState;
import pontic.lane.Head;
import pontic.lane.Purpose;

/**
 * Whose word about a field is the later where sender and office both changed it: a message that
 * waited may be older than what the desk wrote meanwhile (decision 0430). Open Dental says only
 * when a row was last changed, not which field, and not by whom.
 *
 * @param accepted when messages were accepted, by place
 * @param seen the row, the newest reading first
 * @param ours when our own writes about the patient began
 * @param zone of the office's wall clock, by which it stamps its rows
 * @param now by the store's clock
 */
record Later(
    Map<Long, Instant> accepted,
    List<JsonNode> seen,
    List<Instant> ours,
    ZoneId zone,
    Instant now) {

  /** For what has never waited. */
  static final Later UNKNOWN =
      new Later(Map.of(), List.of(), List.of(), ZoneOffset.UTC, Instant.EPOCH);

  /** Clocks that are further apart say nothing. */
  private static final Duration SKEW = Duration.ofMinutes(1);

  /** As long as a write may go on at the office, once more where it says so, and the skew. */
  private static final Duration WRITING = Duration.ofMinutes(3);

  /** open-dental-schema.md 1.1: by whole seconds; newer tables call theirs otherwise. */
  private static final List<String> STAMPS = List.of("DateTStamp", "SecDateTEdit");

  private static final DateTimeFormatter WALL_CLOCK =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss");

  /** Whose word counts, as far as that is known. */
  enum Word {
    OFFICE,
    MESSAGE,
    UNKNOWN
  }

  /**
   * Of a row that is read by its key.
   *
   * @param name of the read
   * @param path of the row
   */
  static Later of(Head head, ZoneId zone, String name, String path) {
    List<JsonNode> seen =
        calls(head)
            .filter(call -> call.name().equals(name) && call.request().path().equals(path))
            .filter(call -> call.is(Purpose.PLAN, CallState.ANSWERED) && call.status() == 200)
            .map(Asked::answer)
            .toList();
    return new Later(head.waited().accepted(), seen, ours(head), zone, head.now());
  }

  /** Of a row that stands in a list. */
  static Later of(Head head, ZoneId zone, JsonNode row) {
    return new Later(head.waited().accepted(), List.of(row), ours(head), zone, head.now());
  }

  private static List<Instant> ours(Head head) {
    return calls(head)
        .filter(call -> call.purpose() == Purpose.CALL)
        .filter(call -> !call.is(Purpose.CALL, CallState.REFUSED, CallState.NOT_LANDED))
        .map(Asked::intentAt)
        .toList();
  }

  private static Stream<Asked> calls(Head head) {
    return Stream.concat(head.calls().stream(), head.waited().since().stream())
        .sorted(Comparator.comparing(Asked::intentAt).reversed());
  }

  /**
   * @param seq place of the message
   * @param stands what the row has in this field, which is not what the sender said before
   */
  Word word(long seq, String field, String stands) {
    Instant said = accepted.get(seq);
    // In the time to come: its clock was ahead then, and when it came nobody knows.
    if (said == null || said.isAfter(now.plus(SKEW))) {
      return Word.UNKNOWN;
    }
    for (JsonNode row : seen) {
      List<Instant> stamps = stamps(row);
      // Where the value was not there yet, our own write may have brought it: another sender's.
      if (stamps.isEmpty()
          || !FieldMerge.text(row.path(field)).equals(stands)
          || stamps.stream().anyMatch(at -> at.isAfter(now.plus(SKEW)))) {
        return Word.UNKNOWN;
      }
      if (stamps.stream().allMatch(at -> at.isBefore(said.minus(SKEW)))) {
        return Word.MESSAGE;
      }
      if (!stamps.stream().allMatch(at -> at.isAfter(said.plus(SKEW)))) {
        return Word.UNKNOWN;
      }
      if (stamps.stream().noneMatch(this::isOurs)) {
        return Word.OFFICE;
      }
      // Our own write moved it; what was read before that tells of the office.
    }
    return Word.UNKNOWN;
  }

  private boolean isOurs(Instant stamp) {
    return ours.stream()
        .anyMatch(
            began -> !stamp.isBefore(began.minus(SKEW)) && !stamp.isAfter(began.plus(WRITING)));
  }

  /** Two in the hour that the clock goes through twice. */
  private List<Instant> stamps(JsonNode row) {
    return STAMPS.stream()
        .map(row::path)
        .filter(JsonNode::isTextual)
        .findFirst()
        .map(stamp -> instants(stamp.textValue()))
        .orElse(List.of());
  }

  private List<Instant> instants(String text) {
    LocalDateTime at;
    try {
      at = LocalDateTime.parse(text, WALL_CLOCK);
    } catch (DateTimeParseException e) {
      // A day alone, or an office that does not tell.
      return List.of();
    }
    List<ZoneOffset> offsets = zone.getRules().getValidOffsets(at);
    return offsets.isEmpty()
        ? List.of(at.atZone(zone).toInstant())
        : offsets.stream().map(at::toInstant).toList();
  }
}
