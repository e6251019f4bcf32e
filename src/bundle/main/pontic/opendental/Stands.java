package pontic.opendental;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import pontic.lane.Asked;
import pontic.lane.CallState;
import pontic.lane.Head;
import pontic.lane.Purpose;
import pontic.lane.Standing;
import pontic.mapping.RowKind;
import pontic.mapping.Writes;
import pontic.person.Person;

/**
 * What landed of work that does not come to its end (decision 0390). By the requests alone: the
 * message may be such that nothing can be planned for it.
 */
final class Stands {
  /** In the baseline of a write: of which kind it is what its sender says by it, and that. */
  private static final String ASSERTS = "asserts";

  private static final String SAYS = "said";

  /** And the state of the booking once it has landed. */
  private static final String STATE = "bookingState";

  private static final String PAT_NUM = "PatNum";
  private static final String APT_NUM = "AptNum";
  private static final Set<String> BOOKS =
      Set.of("appointments.post", "appointments.planned", "appointments.schedule");

  private final Map<String, Long> keys = new LinkedHashMap<>();
  private final Set<String> made = new LinkedHashSet<>();
  private final Set<String> changed = new LinkedHashSet<>();
  private final Map<String, JsonNode> asserted = new LinkedHashMap<>();
  private final Writes table;
  private String bookingState = "";

  private Stands(Writes table) {
    this.table = table;
  }

  static Standing of(Head head, Writes table) {
    Stands stands = new Stands(table);
    head.person()
        .filter(Person::known)
        .ifPresent(
            person ->
                head.calls().stream()
                    .filter(call -> call.is(Purpose.CALL, CallState.LANDED))
                    .forEach(call -> stands.landed(call, person.patNum())));
    return new Standing(
        stands.keys,
        List.copyOf(stands.made),
        List.copyOf(stands.changed),
        stands.asserted,
        stands.bookingState);
  }

  /**
   * Remembers beside a write what its sender says by it.
   *
   * @param kind as in {@link pontic.lane.Decision.Done}
   * @param state of the booking once it has landed, "" if that says nothing of it
   */
  static void says(ObjectNode baseline, String kind, JsonNode says, String state) {
    baseline.put(ASSERTS, kind);
    baseline.set(SAYS, says);
    if (!state.isEmpty()) {
      baseline.put(STATE, state);
    }
  }

  private void landed(Asked call, long patNum) {
    if (!call.name().startsWith("patients.") && !call.name().startsWith("appointments.")) {
      table.kindOf(call.name()).ifPresent(kind -> row(call, kind, patNum));
      return;
    }
    keys.put(PAT_NUM, patNum);
    if (call.name().equals("patients.post")) {
      made.add(PAT_NUM + " " + patNum);
    } else if (call.name().startsWith("patients.")) {
      changed.add(PAT_NUM + " " + patNum + " was changed");
    } else if (BOOKS.contains(call.name())) {
      keys.put(APT_NUM, call.resultKey());
      made.add(APT_NUM + " " + call.resultKey());
    } else {
      long aptNum = Long.parseLong(call.request().path().split("/")[2]);
      keys.put(APT_NUM, aptNum);
      changed.add(APT_NUM + " " + aptNum + " was " + became(call));
    }
    says(call.baseline());
  }

  private static String became(Asked call) {
    if (call.name().equals("appointments.break")) {
      return "broken";
    }
    return call.request().body().has("AptDateTime") ? "moved" : "changed";
  }

  /** Of a row of the chart, or of a list of the office that one was to point to. */
  private void row(Asked call, RowKind kind, long patNum) {
    // What has parts is named by how much of it stands.
    if (kind.parts().isPresent() || table.isPart(kind)) {
      return;
    }
    if (!kind.takes().isBlank()) {
      keys.put(PAT_NUM, patNum);
    }
    long told = call.resultKey() == 0 ? call.baseline().path("key").asLong() : call.resultKey();
    String row = told == 0 ? "a row of " + kind.name() : kind.key() + " " + told;
    if (told != 0) {
      ChartPlan.key(keys, kind.key(), told);
    }
    if (call.request().method().equals("POST")) {
      made.add(row);
    } else {
      changed.add(row + " was changed");
    }
    says(call.baseline());
  }

  private void says(JsonNode baseline) {
    if (baseline.has(ASSERTS)) {
      ObjectNode all =
          Optional.ofNullable(asserted.get(baseline.path(ASSERTS).asText()))
              .map(before -> (ObjectNode) before)
              .orElseGet(JsonNodeFactory.instance::objectNode);
      baseline.path(SAYS).properties().forEach(field -> all.set(field.getKey(), field.getValue()));
      asserted.put(baseline.path(ASSERTS).asText(), all);
    }
    if (baseline.has(STATE)) {
      bookingState = baseline.path(STATE).asText();
    }
  }
}
