package pontic.send;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.StringJoiner;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The table of decision 0055. A state is a status, with ! at another time, with * of other content,
 * with - of somebody who is no patient any more.
 */
class ChangeTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @ParameterizedTest
  @CsvSource({
    "nothing, booked, BOOK",
    "nothing, fulfilled, BOOK",
    "nothing, cancelled, ''",
    "nothing, noshow, ''",
    "nothing, entered-in-error, ''",
    "booked, booked, ''",
    "booked, booked!, MOVE",
    "booked, booked*, MODIFY",
    "booked, arrived, MODIFY",
    "arrived, checked-in, MODIFY",
    "checked-in, fulfilled, COMPLETE",
    "booked, fulfilled, COMPLETE",
    "booked, fulfilled!, MOVE",
    "booked, noshow, MISS",
    "booked, cancelled, CANCEL",
    "booked, cancelled!, CANCEL",
    "booked, entered-in-error, DELETE",
    "fulfilled, booked, MODIFY",
    "fulfilled, fulfilled, ''",
    "fulfilled, cancelled, CANCEL",
    "noshow, booked, MODIFY",
    "noshow, booked!, MOVE",
    "noshow, noshow, ''",
    "noshow, cancelled, CANCEL",
    "noshow, entered-in-error, DELETE",
    "cancelled, booked, BOOK",
    "cancelled, booked!, BOOK",
    "cancelled, fulfilled, BOOK",
    "cancelled, cancelled*, ''",
    "cancelled, noshow, ''",
    "cancelled, entered-in-error, DELETE",
    "entered-in-error, booked, BOOK",
    "entered-in-error, entered-in-error*, ''",
    "entered-in-error, cancelled, ''"
  })
  void anAppointment(String told, String record, String change) {
    assertEquals(change, word(appointment(told), appointment(record)));
  }

  @Test
  void anAnswerAndARequestAreNothingThatSiuTells() throws Exception {
    String booked = "{'resourceType': 'Appointment', 'status': 'booked'%s}";
    JsonNode told = JSON.readTree(booked.formatted(participant("needs-action")).replace('\'', '"'));
    String answered = participant("accepted") + ", 'basedOn': [{'reference': 'ServiceRequest/1'}]";
    assertEquals("", word(told, JSON.readTree(booked.formatted(answered).replace('\'', '"'))));
    String other = participant("needs-action") + ", 'serviceType': [{'text': 'Crown'}]";
    assertEquals("MODIFY", word(told, JSON.readTree(booked.formatted(other).replace('\'', '"'))));
  }

  private static String participant(String status) {
    return ", 'participant': [{'actor': {'reference': 'Patient/1'}, 'status': '" + status + "'}]";
  }

  @Test
  void aLengthIsATime() {
    ObjectNode longer = (ObjectNode) appointment("booked");
    longer.put("end", "2027-03-02T15:00:00Z");
    assertEquals("MOVE", word(appointment("booked"), longer));
  }

  @ParameterizedTest
  @CsvSource({
    "nothing, A, REGISTER",
    "nothing, A>B, ''",
    "nothing, A-, ''",
    "A, A, ''",
    "A, A*, UPDATE",
    "A, A-, DEACTIVATE",
    "A, A*-, DEACTIVATE",
    "A-, A-, ''",
    "A-, A*-, ''",
    "A-, A, REGISTER",
    "A>B, A-, ''",
    "A, A>B, MERGE",
    "A>B, A>B, ''",
    "A>B, A*>B, ''",
    "A>B, A>C, MERGE",
    "A>B, A, REGISTER"
  })
  void aPatient(String told, String record, String change) {
    assertEquals(change, word(patient(told), patient(record)));
  }

  /** A state is a status, perhaps with a tooth and, after a slash, the note. */
  @ParameterizedTest
  @CsvSource({
    "nothing, completed 14, CHARGE",
    "nothing, completed 14/A, CHARGE DOCUMENT",
    "nothing, entered-in-error 14/A, ''",
    "nothing, undated 14/A, ''",
    "completed 14, completed 14, ''",
    "completed 14, completed 15, CORRECT",
    "completed 14/A, completed 14/B, AMEND",
    "completed 14/A, completed 14, WITHDRAW",
    "completed 14/A, completed 15/B, CORRECT AMEND",
    "completed 14/A, entered-in-error 14/A, CREDIT WITHDRAW",
    "entered-in-error 14, completed 14/A, CHARGE DOCUMENT"
  })
  void aProcedureIsToldOneAfterTheOtherUntilAllOfItIsKnown(
      String told, String record, String changes) {
    JsonNode known = procedure(told);
    JsonNode now = procedure(record);
    StringJoiner came = new StringJoiner(" ");
    for (List<Change> left = Change.all(known, now);
        !left.isEmpty();
        left = Change.all(known, now)) {
      came.add(left.get(0).name());
      known = left.get(0).after(known, now);
    }
    assertEquals(changes, came.toString());
  }

  private static JsonNode procedure(String state) {
    if (state.equals("nothing")) {
      return MissingNode.getInstance();
    }
    String[] parts = state.split("[ /]");
    ObjectNode procedure =
        JSON.createObjectNode()
            .put("resourceType", "Procedure")
            .put("status", parts[0].equals("undated") ? "completed" : parts[0]);
    if (!parts[0].equals("undated")) {
      procedure.put("performedDateTime", "2026-03-02");
    }
    procedure.putArray("bodySite").addObject().put("text", parts[1]);
    if (parts.length > 2) {
      procedure.putArray("note").addObject().put("text", parts[2]);
    }
    return procedure;
  }

  @Test
  void whatHasNoEventIsNotTold() throws Exception {
    JsonNode practitioner = JSON.readTree("{\"resourceType\":\"Practitioner\",\"id\":\"1\"}");
    assertEquals("", word(MissingNode.getInstance(), practitioner));
  }

  private static String word(JsonNode told, JsonNode record) {
    return Change.between(told, record).map(Enum::name).orElse("");
  }

  private static JsonNode appointment(String state) {
    if (state.equals("nothing")) {
      return MissingNode.getInstance();
    }
    String day = state.endsWith("!") ? "2027-03-03" : "2027-03-02";
    ObjectNode appointment =
        JSON.createObjectNode()
            .put("resourceType", "Appointment")
            .put("status", state.replaceAll("[!*]", ""))
            .put("start", day + "T14:00:00Z")
            .put("end", day + "T14:40:00Z");
    return state.endsWith("*") ? appointment.put("description", "other") : appointment;
  }

  private static JsonNode patient(String state) {
    if (state.equals("nothing")) {
      return MissingNode.getInstance();
    }
    ObjectNode patient = JSON.createObjectNode().put("resourceType", "Patient");
    patient.put("active", !state.contains("-"));
    patient.put("birthDate", state.contains("*") ? "1980-02-03" : "1980-02-04");
    if (state.contains(">")) {
      ObjectNode link = patient.putArray("link").addObject().put("type", "replaced-by");
      link.putObject("other")
          .put("reference", "Patient/elm-patient-" + state.replaceFirst("^.*>", ""));
    }
    return patient;
  }
}
