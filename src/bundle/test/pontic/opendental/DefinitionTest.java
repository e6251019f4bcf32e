package pontic.opendental;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import pontic.lane.ApiRequest;
import pontic.lane.Asked;
import pontic.lane.CallState;
import pontic.lane.Decision;
import pontic.lane.Head;
import pontic.lane.Purpose;
import pontic.lane.Spoken;
import pontic.lane.Waited;
import pontic.lane.Work;
import pontic.mapping.Mappings;
import pontic.mapping.Writes;
import pontic.person.Person;
import pontic.store.KeyVault;

/** Names of medications that a message makes in the office's list, plan after plan. */
final class DefinitionTest {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  /** More requests than one message of one or two medications has use for. */
  private static final int MANY = 30;

  @TempDir Path folder;

  private final ArrayNode medications = JSON.arrayNode();
  private final ArrayNode taken = JSON.arrayNode();
  private final List<Asked> calls = new ArrayList<>();
  private int cycle;

  @ParameterizedTest
  @ValueSource(strings = {"\n\n", " \n", "\r\n\r\n", "\n \r\n\t", "\n"})
  void aNameOfManyLinesIsMadeOnceAndItsRowStands(String between) throws Exception {
    Decision end = play(true, "Amox 500 mg" + between + "line two");
    assertEquals(1, medications.size());
    assertEquals(1, taken.size());
    assertEquals(medications.get(0).path("MedicationNum"), taken.get(0).path("MedicationNum"));
    assertTrue(assertInstanceOf(Decision.Done.class, end).landed());
  }

  @Test
  void aNameThatTheListNeverShowsIsMadeOnceAndItsRowEndsWithTheReason() throws Exception {
    Decision.Refuse end = assertInstanceOf(Decision.Refuse.class, play(false, "Amox 500 mg"));
    assertEquals(1, medications.size());
    assertEquals(0, taken.size());
    assertEquals(
        "Pontic has made MedicationNum 1 in the office's list medications, which does not show it by the name that was sent; it is not made again",
        end.reason());
  }

  @Test
  void twoRowsOfOneMessageMakeAHiddenNameOnceAndAnotherNameIsMadeToo() throws Exception {
    play(false, "Amox 500 mg", "AMOX  500 mg", "Ibu 400 mg");
    assertEquals(List.of("Amox 500 mg", "Ibu 400 mg"), medications.findValuesAsText("MedName"));
    assertEquals(0, taken.size());
  }

  /** The office, until the message ends. Whatever lands begins a cycle, as in a lane. */
  private Decision play(boolean shown, String... names) throws Exception {
    ChartPlan chart = chart();
    for (int i = 0; i < MANY; i++) {
      Decision decision =
          chart.next(
              head(names),
              new Decision.Done(
                  false, Map.of(), Map.of(), "", List.of(), List.of(), Optional.empty()),
              Left.NOTHING);
      if (decision instanceof Decision.Ask ask) {
        boolean isDefinition = ask.request().path().equals("/medications");
        ArrayNode answer = isDefinition ? shown ? told() : JSON.arrayNode() : taken;
        answered(Purpose.PLAN, CallState.ANSWERED, ask.request(), answer, null, 0);
      } else if (decision instanceof Decision.Write write) {
        boolean isDefinition = write.request().path().equals("/medications");
        ArrayNode rows = isDefinition ? medications : taken;
        ObjectNode row = write.request().body().deepCopy();
        long key = rows.size() + 1;
        rows.add(row.put(isDefinition ? "MedicationNum" : "MedicationPatNum", key));
        answered(Purpose.CALL, CallState.LANDED, write.request(), row, write.baseline(), key);
        cycle++;
      } else {
        return decision;
      }
    }
    throw new AssertionError("no end after " + MANY + " requests: " + medications.size() + " rows");
  }

  /** As the API tells it (open-dental-api.md 1.4). */
  private ArrayNode told() {
    ArrayNode told = medications.deepCopy();
    told.forEach(
        row ->
            ((ObjectNode) row)
                .put(
                    "MedName",
                    row.path("MedName")
                        .asText()
                        .replace("\r\n", " ")
                        .replace('\r', ' ')
                        .replace('\n', ' ')));
    return told;
  }

  private void answered(
      Purpose purpose,
      CallState state,
      ApiRequest request,
      JsonNode answer,
      JsonNode baseline,
      long key) {
    calls.add(
        new Asked(
            "c-" + calls.size(),
            purpose,
            "",
            cycle,
            calls.size(),
            state,
            Instant.EPOCH,
            200,
            request,
            answer.deepCopy(),
            baseline == null ? MissingNode.getInstance() : baseline,
            key,
            ""));
  }

  private ChartPlan chart() throws Exception {
    Mappings mappings = Mappings.load(Town.MAPPINGS);
    OfficeTerms office =
        new OfficeTerms(
            "elm",
            ZoneId.of("UTC"),
            "local",
            1.0,
            HintTerms.NONE,
            "leave",
            "leave",
            Set.of(),
            Set.of(),
            OfficeTerms.DoubleBooking.PARK,
            false,
            false);
    return new ChartPlan(
        Writes.load(Town.MAPPINGS),
        (practice, mapping, resource) ->
            mappings
                .mapper(mapping)
                .map(
                    resource,
                    Map.of("zone", TextNode.valueOf("UTC"), "rest", TextNode.valueOf("leave"))),
        practice -> Town.RULES,
        practice -> office,
        new Gate(new Answers(List.of(), List.of())),
        new Marker(KeyVault.createDemo(folder.resolve("keys")).vault()),
        new Columns(JSON.objectNode()),
        (practice, sender, record) -> false);
  }

  private Head head(String... names) {
    ObjectNode bundle = JSON.objectNode();
    ArrayNode entries = bundle.putArray("entry");
    for (String name : names) {
      ObjectNode resource = entries.addObject().putObject("resource");
      resource.put("resourceType", "MedicationStatement").put("status", "active");
      resource.putObject("subject").put("reference", "Patient/elm-patient-5");
      resource.putObject("medicationCodeableConcept").put("text", name);
    }
    ObjectNode capabilities = JSON.objectNode().put("version", "25.2.30");
    for (String write : List.of("medications.post", "medicationpats.post")) {
      capabilities.withObject("/writes").putObject(write).put("on", true);
    }
    return new Head(
        new Work("w-1", "elm", 1, "m-1", "s", Work.CHART, "p-1", "", cycle, 0, bundle),
        Optional.of(new Person("elm", "p-1", "known", 5, "")),
        Optional.empty(),
        Optional.empty(),
        List.copyOf(calls),
        List.of(),
        Map.of(),
        Set.of(),
        Instant.EPOCH,
        capabilities,
        Spoken.NOTHING,
        List.of(),
        Waited.NOT);
  }
}
