package pontic.opendental;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import pontic.lane.ApiRequest;
import pontic.lane.Asked;
import pontic.lane.CallState;
import pontic.lane.Finding;
import pontic.lane.Head;
import pontic.lane.Purpose;
import pontic.lane.Spoken;
import pontic.lane.Waited;
import pontic.lane.Work;

/** A list that was not read to its end proves nothing about what it did not show. */
final class SettleExamineTest {
  private static final long FRESH = 900;
  private static final String MARKER = "[ref P-12345678]";

  private final Settle settle = new Settle(pontic.mapping.Writes.load(Town.MAPPINGS));

  @Test
  void aLogThatDoesNotNameThePatientSpeaksAgainstUsOnlyIfItWasReadToItsEnd() {
    List<Asked> round = new ArrayList<>(List.of(found(person("5035550100"))));
    for (int page = 0; page < Reads.PAGES - 1; page++) {
      round.add(logs(full("PatNum")));
      assertInstanceOf(Finding.Probe.class, examine(round), "after " + page);
    }
    List<Asked> whole = new ArrayList<>(round);
    whole.add(logs(rows("PatNum", 1)));
    assertInstanceOf(Finding.Absent.class, examine(whole));
    round.add(logs(full("PatNum")));
    // What stands in its place is the evidence for an office that keeps no log.
    Finding.Landed ours = assertInstanceOf(Finding.Landed.class, examine(round));
    assertEquals(FRESH, ours.key());
    assertTrue(ours.evidence().contains("more than 2000 rows"), ours.evidence());
    round.set(0, found(person("5035550199")));
    Finding.Doubtful doubtful = assertInstanceOf(Finding.Doubtful.class, examine(round));
    assertEquals(List.of(FRESH), doubtful.candidates());
  }

  @Test
  void aLogThatTheApiRefusesSpeaksAgainstNobody() {
    Asked refused = answered("securitylogs.get", 400, TextNode.valueOf("no"));
    assertInstanceOf(Finding.Landed.class, examine(List.of(found(person("5035550100")), refused)));
    assertInstanceOf(
        Finding.Doubtful.class, examine(List.of(found(person("5035550199")), refused)));
  }

  @Test
  void moreRowsOfOneBirthDateThanAreReadLeaveACreateInDoubt() {
    List<Asked> round = new ArrayList<>();
    for (int page = 0; page < Reads.PAGES; page++) {
      assertInstanceOf(Finding.Probe.class, examine(round));
      round.add(answered("patients.search", 200, full("PatNum")));
    }
    assertInstanceOf(Finding.Doubtful.class, examine(round));
    round.set(Reads.PAGES - 1, answered("patients.search", 200, rows("PatNum", 99)));
    assertInstanceOf(Finding.Absent.class, examine(round));
  }

  @Test
  void moreAppointmentsThanAreReadLeaveABookingInDoubt() {
    List<Asked> round = new ArrayList<>();
    for (int page = 0; page < Reads.PAGES; page++) {
      assertInstanceOf(Finding.Probe.class, booking(round));
      round.add(answered("appointments.search", 200, full("AptNum")));
    }
    assertInstanceOf(Finding.Doubtful.class, booking(round));
    round.set(Reads.PAGES - 1, answered("appointments.search", 200, rows("AptNum", 99)));
    assertInstanceOf(Finding.Absent.class, booking(round));
  }

  @Test
  void ourReferenceDecidesWhateverElseStandsInThatSlot() {
    ObjectNode strange = appointment(7).put("Note", "");
    ObjectNode ours = appointment(8).put("Note", "crown " + MARKER);
    ArrayNode both = JsonNodeFactory.instance.arrayNode().add(strange).add(ours);
    Finding.Landed landed =
        assertInstanceOf(
            Finding.Landed.class, booking(List.of(answered("appointments.search", 200, both))));
    assertEquals(8, landed.key());
    ArrayNode one = JsonNodeFactory.instance.arrayNode().add(strange);
    Finding.Doubtful doubtful =
        assertInstanceOf(
            Finding.Doubtful.class, booking(List.of(answered("appointments.search", 200, one))));
    // No patient, so none whom a person could match it to.
    assertEquals(List.of(), doubtful.candidates());
    assertTrue(doubtful.reason().startsWith("AptNum 7 "), doubtful.reason());
  }

  /** The API tells each break of a line as a space of its own. */
  @Test
  void aTextOfParagraphsLandedIfItStandsThereAsTheApiTellsIt() {
    ObjectNode sent = JsonNodeFactory.instance.objectNode().put("Note", "one\n\ntwo \nthree");
    ObjectNode row = JsonNodeFactory.instance.objectNode().put("Note", "one  two  three");
    assertTrue(Settle.same(sent, row));
    assertTrue(Settle.asSent(sent, row));
    assertFalse(Settle.same(sent, row.put("Note", "one  two")));
    assertFalse(Settle.asSent(sent, row));
  }

  private Finding examine(List<Asked> round) {
    ObjectNode baseline = JsonNodeFactory.instance.objectNode();
    baseline.putArray("keys");
    return settle.examine(
        head(), write("patients.post", "/patients", person("5035550100"), baseline), round);
  }

  private Finding booking(List<Asked> round) {
    ObjectNode baseline = JsonNodeFactory.instance.objectNode().put("patNum", 5);
    baseline.put("marker", MARKER).putArray("keys");
    ObjectNode sent = appointment(0);
    sent.remove(List.of("AptNum", "SecUserNumEntry"));
    return settle.examine(
        head(), write("appointments.post", "/appointments", sent, baseline), round);
  }

  private static Head head() {
    ObjectNode capabilities = JsonNodeFactory.instance.objectNode();
    capabilities.putObject("reads").putObject("securitylogs").put("on", true);
    Work work =
        new Work(
            "w-1", "elm", 1, "m-1", "s", "register", "p-1", "", 0, 0, MissingNode.getInstance());
    return new Head(
        work,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        List.of(),
        List.of(),
        Map.of(),
        Set.of(),
        Instant.EPOCH,
        capabilities,
        Spoken.NOTHING,
        List.of(),
        Waited.NOT);
  }

  private static ObjectNode person(String phone) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("LName", "Quill")
        .put("FName", "Robin")
        .put("Birthdate", "1970-02-03")
        .put("HmPhone", phone);
  }

  private static ObjectNode appointment(long aptNum) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("AptNum", aptNum)
        .put("AptDateTime", "2027-04-06 12:00:00")
        .put("Op", 1)
        .put("SecUserNumEntry", 0);
  }

  private static Asked found(ObjectNode row) {
    return answered(
        "patients.search", 200, JsonNodeFactory.instance.arrayNode().add(row.put("PatNum", FRESH)));
  }

  private static Asked logs(ArrayNode entries) {
    return answered("securitylogs.get", 200, entries);
  }

  private static ArrayNode full(String key) {
    return rows(key, Reads.PAGE);
  }

  /** Rows of others. */
  private static ArrayNode rows(String key, int count) {
    ArrayNode rows = JsonNodeFactory.instance.arrayNode();
    LongStream.rangeClosed(1, count).forEach(number -> rows.addObject().put(key, number));
    return rows;
  }

  private static Asked answered(String name, int status, JsonNode answer) {
    return asked(
        Purpose.SETTLE,
        CallState.ANSWERED,
        status,
        ApiRequest.read(name, "/" + name, "/" + name, Map.of()),
        answer,
        MissingNode.getInstance());
  }

  private static Asked write(String name, String path, JsonNode body, JsonNode baseline) {
    return asked(
        Purpose.CALL,
        CallState.UNKNOWN,
        504,
        new ApiRequest(name, "POST", path, path, Map.of(), body),
        MissingNode.getInstance(),
        baseline);
  }

  private static Asked asked(
      Purpose purpose,
      CallState state,
      int status,
      ApiRequest request,
      JsonNode answer,
      JsonNode baseline) {
    return new Asked(
        "c-1", purpose, "", 1, 1, state, Instant.EPOCH, status, request, answer, baseline, 0, "");
  }
}
