package pontic.opendental;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import pontic.lane.Asked;
import pontic.lane.CallState;
import pontic.lane.Purpose;
import pontic.lane.Visit;

/**
 * An appointment by all that a message read and wrote of it: the newest row that the API showed,
 * and what landed since.
 */
final class StandingVisit {
  private static final String NUMBER = "AptNum";
  private static final String STATUS = "AptStatus";
  private static final String BREAK = "appointments.break";
  private static final List<String> WRITTEN =
      List.of("AptDateTime", "Pattern", "Op", "ProvNum", "ProvHyg", STATUS);

  /** AptStatus in the words of HL7 table 0278; a row of any other kind is no appointment. */
  private static final Map<String, String> STATES =
      Map.of(
          "Scheduled", "Booked",
          "ASAP", "Booked",
          "Complete", "Complete",
          "Broken", "Cancelled",
          "UnschedList", "Cancelled");

  private StandingVisit() {}

  /**
   * @param calls oldest first
   * @return empty if nothing showed it with a time, as of one that is planned only
   */
  static Optional<Visit> of(List<Asked> calls, long aptNum, ZoneId zone) {
    ObjectNode row = JsonNodeFactory.instance.objectNode();
    for (Asked call : calls) {
      shown(call.answer(), aptNum)
          .filter(seen -> call.state() == CallState.ANSWERED || isLanded(call))
          .ifPresent(
              seen -> {
                row.removeAll();
                row.setAll((ObjectNode) seen);
              });
      if (isLanded(call) && isOf(call, aptNum)) {
        WRITTEN.stream()
            .filter(call.request().body()::has)
            .forEach(field -> row.set(field, call.request().body().get(field)));
        if (call.name().equals(BREAK)) {
          row.put(STATUS, "Broken");
        } else if (!row.has(STATUS)) {
          row.put(STATUS, "Scheduled");
        }
      }
    }
    return Slot.of(row)
        .filter(slot -> STATES.containsKey(row.path(STATUS).asText()))
        .map(
            slot ->
                new Visit(
                    aptNum,
                    slot.start().atZone(zone).toInstant(),
                    slot.minutes(),
                    STATES.get(row.path(STATUS).asText()),
                    slot.operatory(),
                    row.path("ProvNum").asLong(),
                    row.path("ProvHyg").asLong()));
  }

  private static boolean isLanded(Asked call) {
    return call.is(Purpose.CALL, CallState.LANDED);
  }

  private static boolean isOf(Asked call, long aptNum) {
    return call.name().startsWith("appointments.")
        && (call.resultKey() == aptNum
            || (call.request().path() + "/").startsWith("/appointments/" + aptNum + "/"));
  }

  /** The row in an answer: alone, or among those of a list. */
  private static Optional<JsonNode> shown(JsonNode answer, long aptNum) {
    if (answer.isArray()) {
      for (JsonNode row : answer) {
        if (is(row, aptNum)) {
          return Optional.of(row);
        }
      }
      return Optional.empty();
    }
    return Optional.of(answer).filter(row -> is(row, aptNum));
  }

  private static boolean is(JsonNode row, long aptNum) {
    return row.isObject() && row.path(NUMBER).asLong() == aptNum && row.has(STATUS);
  }
}
