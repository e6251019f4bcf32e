package pontic.inbound;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import pontic.house.House;
import pontic.operations.Fixture;
import pontic.sandbox.api.Fault;
import pontic.sandbox.api.FaultKind;
import pontic.sandbox.hospital.Hospital;
import pontic.sandbox.hospital.Hospital.Patient;

/**
 * Creates and updates on a condition, and visits of which several numbers are said, looked at in
 * Open Dental's database (decisions 0406, 0407, 0448).
 */
final class ConditionsTest {
  private static final String MRN_SYSTEM = "https://lakeside.example/mrn";
  private static final String VISITS = "https://lakeside.example/visits";
  private static final String TOKEN = "ElmFacadeToken01";
  private static final AtomicInteger NUMBER = new AtomicInteger(700);

  @TempDir static Path folder;
  private static House house;

  @BeforeAll
  static void open() throws Exception {
    house = House.sandboxOnly(folder).busyLanes();
    Path config = copy(House.home().resolve("config"), folder.resolve("config"));
    Path codes = Files.createDirectories(config.resolve("practices/elm/codes"));
    Files.writeString(
        codes.resolve("assigner.yaml"),
        "default: none\ncodes: {LAKE: '" + MRN_SYSTEM + "', VISITS: '" + VISITS + "'}\n");
    house.withConfig(config);
    house.with("pontic.facade.wait-seconds", "25");
    house.with("practices.elm.writes.doubleBooking", "refuse");
    house.startBundle();
    house.untilConnected();
  }

  @AfterAll
  static void close() throws Exception {
    house.close();
  }

  @AfterEach
  void theOfficeIsThere() {
    house.api().faults().clear();
    house.untilAllEnded();
  }

  @Test
  void aVisitThatWasRefusedIsNotThereAlready() throws Exception {
    Patient patient = registered();
    LocalDateTime at = LocalDateTime.of(2027, 4, 5, 10, 0);
    taken(at);
    String number = "refused-" + patient.mrn();
    HttpResponse<String> refused =
        post("/Appointment", visit(patient, at, ""), "If-None-Exist", on(VISITS, number));
    assertEquals(422, refused.statusCode(), refused.body());
    assertEquals(0, house.office("elm").appointments(patient).size());
    HttpResponse<String> booked =
        post(
            "/Appointment",
            visit(patient, at.plusHours(2), ""),
            "If-None-Exist",
            on(VISITS, number));
    assertEquals(201, booked.statusCode(), booked.body());
    assertEquals(List.of(at.plusHours(2)), times(patient));
    HttpResponse<String> third =
        post(
            "/Appointment",
            visit(patient, at.plusHours(3), ""),
            "If-None-Exist",
            on(VISITS, number));
    assertEquals(200, third.statusCode(), third.body());
    assertTrue(third.body().contains("there is one already"), third.body());
    assertEquals(List.of(at.plusHours(2)), times(patient));
  }

  @Test
  void aVisitThatStillWaitsIsNotThereAlreadyAndIsNotBookedTwice() throws Exception {
    Patient patient = registered();
    LocalDateTime at = LocalDateTime.of(2027, 4, 6, 10, 0);
    String condition = on(VISITS, "waits-" + patient.mrn());
    away();
    HttpResponse<String> first =
        later("/Appointment", visit(patient, at, ""), "If-None-Exist", condition);
    HttpResponse<String> second =
        later("/Appointment", visit(patient, at.plusHours(2), ""), "If-None-Exist", condition);
    house.untilUnderstood();
    assertEquals(202, status(second).statusCode(), "nothing of it stands in the office");
    house.api().faults().clear();
    assertEquals("landed", untilEnded(first).path("end").asText());
    JsonNode ended = untilEnded(second);
    assertEquals("no change", ended.path("end").asText(), ended.toString());
    assertEquals(
        "there is one already that matches the condition of this create",
        ended.path("reason").asText());
    assertEquals(house.office("elm").aptNum(patient), ended.path("keys").path("AptNum").asLong());
    assertEquals(List.of(at), times(patient));
  }

  @Test
  void aVisitWhoseOlderOneIsRefusedMeanwhileIsBooked() throws Exception {
    Patient patient = registered();
    LocalDateTime at = LocalDateTime.of(2027, 4, 7, 10, 0);
    taken(at);
    String condition = on(VISITS, "meanwhile-" + patient.mrn());
    away();
    HttpResponse<String> first =
        later("/Appointment", visit(patient, at, ""), "If-None-Exist", condition);
    HttpResponse<String> second =
        later("/Appointment", visit(patient, at.plusHours(2), ""), "If-None-Exist", condition);
    HttpResponse<String> third =
        later("/Appointment", visit(patient, at.plusHours(4), ""), "If-None-Exist", condition);
    house.untilUnderstood();
    house.api().faults().clear();
    assertEquals("refused", untilEnded(first).path("end").asText());
    assertEquals("landed", untilEnded(second).path("end").asText());
    assertEquals("no change", untilEnded(third).path("end").asText());
    assertEquals(List.of(at.plusHours(2)), times(patient));
  }

  @Test
  void aVisitBehindOneThatIsHeldGoesOnWithIt() throws Exception {
    Patient patient = registered();
    LocalDateTime at = LocalDateTime.of(2027, 4, 8, 10, 0);
    String condition = on(VISITS, "held-" + patient.mrn());
    // No room that the practice knows: a person has to look.
    String nowhere = visit(patient, at, "").replace("OP-1", "NO-SUCH-ROOM");
    HttpResponse<String> held = post("/Appointment", nowhere, "If-None-Exist", condition);
    assertEquals(202, held.statusCode(), held.body());
    HttpResponse<String> second =
        post("/Appointment", visit(patient, at.plusHours(2), ""), "If-None-Exist", condition);
    assertEquals(202, second.statusCode(), second.body());
    assertEquals(0, house.office("elm").appointments(patient).size());
    String id = messageOf(held);
    assertEquals(202, house.post("/control/parked/drop?id=" + id + "&reason=no-such-room"));
    assertEquals("landed", untilEnded(second).path("end").asText());
    assertEquals(List.of(at.plusHours(2)), times(patient));
  }

  @Test
  void theSameCreateAgainOfSomebodyWithoutANumberIsNoChange() throws Exception {
    Patient patient = next();
    LocalDateTime at = LocalDateTime.of(2027, 4, 9, 10, 0);
    String body =
        """
        {"resourceType":"Appointment","status":"booked","start":"%s","end":"%s","contained":[%s],
         "participant":[{"actor":{"type":"Location","identifier":{"value":"OP-1"}},"status":"accepted"},{"actor":{"reference":"#p"},"status":"accepted"}]}"""
            .formatted(
                utc(at),
                utc(at.plusMinutes(30)),
                fhir(patient)
                    .replaceAll("\"identifier\":\\[[^]]*],", "")
                    .replaceFirst("\"Patient\",", "\"Patient\",\"id\":\"p\","));
    String condition = on(VISITS, "again-" + patient.mrn());
    assertEquals(201, post("/Appointment", body, "If-None-Exist", condition).statusCode());
    HttpResponse<String> again = post("/Appointment", body, "If-None-Exist", condition);
    assertEquals(200, again.statusCode(), again.body());
    assertEquals(1, house.office("elm").patients(patient).size());
    assertEquals(List.of(at), times(patient));
  }

  @Test
  void aVisitOnConditionOfOurOwnNumberIsLeftWhereItStandsAndRefusedWhereItDoesNot()
      throws Exception {
    Patient patient = registered();
    LocalDateTime at = LocalDateTime.of(2027, 4, 12, 10, 0);
    long patNum = house.office("elm").patNum(patient);
    long desk = house.sandbox().frontDesk("elm").book(patNum, 1, 1, at, 30, "by the desk");
    HttpResponse<String> stands =
        post(
            "/Appointment",
            visit(patient, at.plusHours(2), ""),
            "If-None-Exist",
            on("urn:pontic:elm:appointment", Long.toString(desk)));
    assertEquals(200, stands.statusCode(), stands.body());
    assertEquals(List.of(at), times(patient));
    HttpResponse<String> none =
        post(
            "/Appointment",
            visit(patient, at.plusHours(2), ""),
            "If-None-Exist",
            on("urn:pontic:elm:appointment", "99999999"));
    assertEquals(422, none.statusCode(), none.body());
    assertTrue(none.body().contains("AptNum 99999999 is no longer in Open Dental"), none.body());
    assertEquals(List.of(at), times(patient));
  }

  @Test
  void aVisitThatTheOfficeDeletedIsRefusedOnConditionAndHoldsNothingOfItsPatient()
      throws Exception {
    Patient patient = registered();
    LocalDateTime at = LocalDateTime.of(2027, 4, 21, 10, 0);
    String number = "deleted-" + patient.mrn();
    HttpResponse<String> made = post("/Appointment", visit(patient, at, number));
    assertEquals(201, made.statusCode(), made.body());
    long gone = house.office("elm").aptNum(patient);
    house.sandbox().frontDesk("elm").delete(gone);
    HttpResponse<String> refused =
        post(
            "/Appointment",
            visit(patient, at.plusHours(1), ""),
            "If-None-Exist",
            on(VISITS, number));
    assertEquals(422, refused.statusCode(), refused.body());
    assertTrue(
        refused.body().contains("AptNum " + gone + " is no longer in Open Dental"), refused.body());
    HttpResponse<String> next =
        post("/Appointment", visit(patient, at.plusHours(2), "next-" + patient.mrn()));
    assertEquals(201, next.statusCode(), next.body());
    assertEquals(List.of(at.plusHours(2)), times(patient));
  }

  @Test
  void aPatientThatWasRefusedIsNotThereAlready() throws Exception {
    Patient patient = next();
    String condition = on(MRN_SYSTEM, patient.mrn());
    // A text that nobody knows, three times and never landed, is a refusal.
    house
        .api()
        .faults()
        .arm(Fault.of("elm", FaultKind.UNKNOWN_400).on("POST", "/patients").times(3));
    HttpResponse<String> refused = post("/Patient", fhir(patient), "If-None-Exist", condition);
    assertEquals(422, refused.statusCode(), refused.body());
    house.api().faults().clear();
    assertEquals(0, house.office("elm").patients(patient).size());
    HttpResponse<String> created = post("/Patient", fhir(patient), "If-None-Exist", condition);
    assertEquals(201, created.statusCode(), created.body());
    assertEquals(1, house.office("elm").patients(patient).size());
  }

  @Test
  void aPatientThatStillWaitsIsNotThereAlreadyAndIsNotMadeTwice() throws Exception {
    Patient patient = next();
    String condition = on(MRN_SYSTEM, patient.mrn());
    away();
    HttpResponse<String> first = later("/Patient", fhir(patient), "If-None-Exist", condition);
    HttpResponse<String> second =
        later("/Patient", fhir(patient.withPhone("5035557001")), "If-None-Exist", condition);
    house.untilUnderstood();
    assertEquals(202, status(second).statusCode(), "nobody stands in the office");
    house.api().faults().clear();
    assertEquals("landed", untilEnded(first).path("end").asText());
    JsonNode ended = untilEnded(second);
    assertEquals("no change", ended.path("end").asText(), ended.toString());
    assertEquals(house.office("elm").patNum(patient), ended.path("keys").path("PatNum").asLong());
    assertEquals(patient.phone(), phone(patient));
  }

  @Test
  void aPatNumThatNobodyHasIsNotThereAlready() throws Exception {
    Patient patient = next();
    HttpResponse<String> answer =
        post("/Patient", fhir(patient), "If-None-Exist", on("urn:pontic:elm:patient", "99999999"));
    assertEquals(422, answer.statusCode(), answer.body());
    assertTrue(
        answer.body().contains("PatNum 99999999 can no longer be read in Open Dental"),
        answer.body());
    Patient other = registered();
    HttpResponse<String> stands =
        post(
            "/Patient",
            fhir(other),
            "If-None-Exist",
            on("urn:pontic:elm:patient", Long.toString(house.office("elm").patNum(other))));
    assertEquals(200, stands.statusCode(), stands.body());
  }

  @Test
  void aConditionOfAnotherPatientTiesNoNumberToHim() throws Exception {
    Patient one = registered();
    Patient other = next();
    HttpResponse<String> copied =
        post("/Patient", fhir(other), "If-None-Exist", on(MRN_SYSTEM, one.mrn()));
    assertEquals(200, copied.statusCode(), copied.body());
    assertEquals(0, house.office("elm").patients(other).size());
    HttpResponse<String> later = post("/Patient", fhir(other));
    assertEquals(201, later.statusCode(), later.body());
    assertEquals(1, house.office("elm").patients(other).size());
    assertEquals(one.phone(), phone(one));
  }

  @Test
  void aPatientWhoIsGoneFromTheOfficeIsNotThereAlready() throws Exception {
    Patient patient = registered();
    house.sandbox().frontDesk("elm").deletePatient(house.office("elm").patNum(patient));
    HttpResponse<String> answer =
        post("/Patient", fhir(patient), "If-None-Exist", on(MRN_SYSTEM, patient.mrn()));
    assertEquals(422, answer.statusCode(), answer.body());
    assertTrue(answer.body().contains("can no longer be read in Open Dental"), answer.body());
  }

  @Test
  void aPatientWhoIsArchivedIsNotThereAlreadyAndIsNotHeld() throws Exception {
    Patient patient = registered();
    long patNum = house.office("elm").patNum(patient);
    house.sandbox().frontDesk("elm").editPatient(patNum, Map.of("PatStatus", "3"));
    HttpResponse<String> answer =
        post("/Patient", fhir(patient), "If-None-Exist", on(MRN_SYSTEM, patient.mrn()));
    assertEquals(422, answer.statusCode(), answer.body());
    assertTrue(
        answer.body().contains("PatNum " + patNum + " is archived in Open Dental"), answer.body());
    // He is opened again: nothing waits for a person.
    house.sandbox().frontDesk("elm").editPatient(patNum, Map.of("PatStatus", "0"));
    HttpResponse<String> said = post("/Patient", fhir(patient.withPhone("5035557003")));
    assertEquals(201, said.statusCode(), said.body());
    assertEquals("5035557003", phone(patient));
  }

  @Test
  void numbersOfTwoVisitsMoveNeither() throws Exception {
    Patient patient = registered();
    LocalDateTime at = LocalDateTime.of(2027, 4, 13, 10, 0);
    String one = "two-a-" + patient.mrn();
    String other = "two-b-" + patient.mrn();
    assertEquals(201, post("/Appointment", visit(patient, at, one)).statusCode());
    assertEquals(201, post("/Appointment", visit(patient, at.plusHours(1), other)).statusCode());
    List<Long> keys =
        house.office("elm").appointments(patient).stream().map(ConditionsTest::key).toList();
    HttpResponse<String> put =
        request(
            "PUT",
            "/Appointment?identifier="
                + (VISITS + "|" + one).replace(":", "%3A").replace("|", "%7C"),
            visit(patient, at.plusHours(4), other));
    assertEquals(202, put.statusCode(), put.body());
    assertTrue(
        put.body()
            .contains(
                "its numbers lead to 2 different appointments: AptNum "
                    + keys.get(0)
                    + ", AptNum "
                    + keys.get(1)),
        put.body());
    assertEquals(List.of(at, at.plusHours(1)), times(patient));
    // Let go on as it is, it is the same doubt; nothing is done by the first of its numbers.
    assertEquals(202, house.release(messageOf(put)));
    house.untilAllEnded();
    assertEquals("parked", json(status(put)).path("end").asText());
    assertEquals(List.of(at, at.plusHours(1)), times(patient));
  }

  @Test
  void aCancellationWithNumbersOfTwoVisitsBreaksNeither() throws Exception {
    Patient patient = registered();
    LocalDateTime at = LocalDateTime.of(2027, 4, 14, 10, 0);
    house.ended("elm", siu("S12", patient, "CA" + patient.mrn(), "", at));
    house.ended("elm", siu("S12", patient, "CB" + patient.mrn(), "", at.plusHours(1)));
    assertEquals(List.of(at, at.plusHours(1)), times(patient));
    byte[] both = siu("S15", patient, "CA" + patient.mrn(), "CB" + patient.mrn(), at.plusHours(1));
    String id = house.ended("elm", both);
    house.ledger().assertEnd("parked", id);
    house.ledger().assertReason("its numbers lead to 2 different appointments", id);
    assertEquals(List.of("1", "1"), statuses(patient));
    // The message with the one number that was meant, in its place.
    byte[] meant =
        new String(both, StandardCharsets.UTF_8)
            .replace("SCH|CA" + patient.mrn() + "^VISITS|", "SCH||")
            .getBytes(StandardCharsets.UTF_8);
    assertEquals(202, house.edit(house.ledger().id(id), meant));
    house.untilAllEnded();
    house.ledger().assertEnd("landed", id);
    assertEquals(List.of("1", "5"), statuses(patient));
  }

  /** Placer and filler numbers without an assigner, of two counters that come by each other. */
  @Test
  void aPlacersNumberIsNoFillersNumberOfTheSameSender() throws Exception {
    Patient patient = registered();
    LocalDateTime at = LocalDateTime.of(2027, 4, 26, 9, 0);
    String low = patient.mrn() + "1";
    String middle = patient.mrn() + "2";
    String high = patient.mrn() + "3";
    house.ended("elm", bare("S12", patient, low, middle, at));
    house.ended("elm", bare("S12", patient, middle, high, at.plusDays(3)));
    assertEquals(List.of(at, at.plusDays(3)), times(patient));
    house.ended("elm", bare("S15", patient, low, middle, at));
    assertEquals(List.of("5", "1"), statuses(patient));
    assertEquals(List.of(at, at.plusDays(3)), times(patient));
    // Either number alone leads to its visit, as before.
    house.ended("elm", bare("S13", patient, middle, "", at.plusDays(4)));
    assertEquals(List.of(at, at.plusDays(4)), times(patient));
    house.ended("elm", bare("S13", patient, "", high, at.plusDays(5)));
    assertEquals(List.of(at, at.plusDays(5)), times(patient));
  }

  @Test
  void aSecondNumberOfAVisitThatWasNeverMadeLeadsToTheOneThatStands() throws Exception {
    Patient patient = registered();
    LocalDateTime at = LocalDateTime.of(2027, 4, 15, 10, 0);
    taken(at);
    String never = "never-" + patient.mrn();
    String stands = "stands-" + patient.mrn();
    assertEquals(422, post("/Appointment", visit(patient, at, never)).statusCode());
    assertEquals(201, post("/Appointment", visit(patient, at.plusHours(1), stands)).statusCode());
    String both =
        visit(patient, at.plusHours(2), never)
            .replace(
                "\"identifier\":[",
                "\"identifier\":[{\"system\":\"%s\",\"value\":\"%s\"},".formatted(VISITS, stands));
    HttpResponse<String> moved = post("/Appointment", both);
    assertEquals(201, moved.statusCode(), moved.body());
    assertEquals(List.of(at.plusHours(2)), times(patient));
    HttpResponse<String> byTheOther = post("/Appointment", visit(patient, at.plusHours(3), never));
    assertEquals(201, byTheOther.statusCode(), byTheOther.body());
    assertEquals(List.of(at.plusHours(3)), times(patient));
  }

  @Test
  void aNumberOfOursLeadsToItsOwnVisitWhateverElseItWasSaidWith() throws Exception {
    Patient patient = registered();
    LocalDateTime at = LocalDateTime.of(2027, 4, 16, 10, 0);
    String number = "own-" + patient.mrn();
    assertEquals(201, post("/Appointment", visit(patient, at, number)).statusCode());
    long patNum = house.office("elm").patNum(patient);
    long desk =
        house.sandbox().frontDesk("elm").book(patNum, 1, 1, at.plusHours(1), 30, "by the desk");
    String ours =
        "\"identifier\":[{\"system\":\"urn:pontic:elm:appointment\",\"value\":\"" + desk + "\"}";
    String both = visit(patient, at, number).replace("\"identifier\":[", ours + ",");
    assertEquals(200, post("/Appointment", both).statusCode());
    String cancelled =
        visit(patient, at.plusHours(1), number)
            .replaceFirst(
                "\"identifier\":\\[[^]]*]", java.util.regex.Matcher.quoteReplacement(ours + "]"))
            .replace("\"booked\"", "\"cancelled\"");
    assertEquals(201, post("/Appointment", cancelled).statusCode());
    assertEquals(List.of("1", "5"), statuses(patient));
    // From here on both are known: who says both numbers means nobody knows which.
    HttpResponse<String> again = post("/Appointment", both);
    assertEquals(202, again.statusCode(), again.body());
    assertTrue(again.body().contains("lead to 2 different appointments"), again.body());
  }

  @Test
  void aNumberOfOursGoesBeforeOneThatLeadsToAVisitThatWasNeverMade() throws Exception {
    Patient patient = registered();
    LocalDateTime at = LocalDateTime.of(2027, 4, 19, 10, 0);
    taken(at);
    String never = "unmade-" + patient.mrn();
    assertEquals(422, post("/Appointment", visit(patient, at, never)).statusCode());
    long desk =
        house
            .sandbox()
            .frontDesk("elm")
            .book(house.office("elm").patNum(patient), 1, 1, at.plusHours(1), 30, "by the desk");
    String ours = on("urn:pontic:elm:appointment", Long.toString(desk));
    HttpResponse<String> stands =
        post("/Appointment", visit(patient, at.plusHours(2), never), "If-None-Exist", ours);
    assertEquals(200, stands.statusCode(), stands.body());
    assertEquals(List.of(at.plusHours(1)), times(patient));
    String both =
        visit(patient, at.plusHours(3), never)
            .replace(
                "\"identifier\":[",
                "\"identifier\":[{\"system\":\"urn:pontic:elm:appointment\",\"value\":\"%d\"},"
                    .formatted(desk));
    HttpResponse<String> moved = post("/Appointment", both);
    assertEquals(201, moved.statusCode(), moved.body());
    assertEquals(List.of(at.plusHours(3)), times(patient));
    HttpResponse<String> byIt = post("/Appointment", visit(patient, at.plusHours(4), never));
    assertEquals(201, byIt.statusCode(), byIt.body());
    assertEquals(List.of(at.plusHours(4)), times(patient));
  }

  @Test
  void anUpdateOnConditionWithTheNumberOfAnotherPatientIsHeld() throws Exception {
    Patient one = registered();
    Patient other = registered();
    HttpResponse<String> put =
        request(
            "PUT",
            "/Patient?identifier="
                + (MRN_SYSTEM + "|" + one.mrn()).replace(":", "%3A").replace("|", "%7C"),
            fhir(other.withPhone("5035557002")));
    assertEquals(202, put.statusCode(), put.body());
    assertTrue(put.body().contains("lead to 2 different patients"), put.body());
    assertEquals(one.phone(), phone(one));
    assertEquals(other.phone(), phone(other));
  }

  /** Under the id by which we send it out a visit is the office's own row (decision 0448). */
  @Test
  void anUpdateUnderOurIdOfAVisitMovesThatOneAndBooksNone() throws Exception {
    Patient patient = registered();
    Patient other = registered();
    LocalDateTime at = LocalDateTime.of(2027, 5, 11, 9, 0);
    String booked = visit(patient, at, "ours-" + patient.mrn());
    assertEquals(201, post("/Appointment", booked).statusCode());
    String id = "elm-appointment-" + house.office("elm").aptNum(patient);
    HttpResponse<String> moved =
        request("PUT", "/Appointment/" + id, under(id, visit(patient, at.plusDays(1), "")));
    assertEquals(200, moved.statusCode(), moved.body());
    assertEquals(List.of(at.plusDays(1)), times(patient));
    HttpResponse<String> together =
        post("", put("Appointment", id, visit(patient, at.plusDays(2), "")));
    assertEquals(200, together.statusCode(), together.body());
    assertEquals(List.of(at.plusDays(2)), times(patient));
    HttpResponse<String> ofAnother =
        request("PUT", "/Appointment/" + id, under(id, visit(other, at.plusDays(3), "")));
    assertEquals(202, ofAnother.statusCode(), ofAnother.body());
    assertTrue(ofAnother.body().contains("another patient"), ofAnother.body());
    assertEquals(List.of(), times(other));
    assertEquals(List.of(at.plusDays(2)), times(patient));
    String none = "elm-appointment-99999998";
    HttpResponse<String> gone =
        request("PUT", "/Appointment/" + none, under(none, visit(patient, at.plusDays(4), "")));
    assertEquals(202, gone.statusCode(), gone.body());
    assertTrue(gone.body().contains("AptNum 99999998 is no longer in Open Dental"), gone.body());
    assertEquals(List.of(at.plusDays(2)), times(patient));
  }

  @Test
  void anUpdateUnderOurIdOfAPatientIsOfHimAndMakesNobody() throws Exception {
    Patient patient = registered();
    LocalDateTime at = LocalDateTime.of(2027, 5, 18, 9, 0);
    String id = "elm-patient-" + house.office("elm").patNum(patient);
    HttpResponse<String> changed =
        request("PUT", "/Patient/" + id, under(id, unnumbered(patient.withPhone("5035557004"))));
    assertEquals(200, changed.statusCode(), changed.body());
    assertEquals("5035557004", phone(patient));
    assertEquals(1, house.office("elm").patients(patient).size());
    // Whoever goes along with a visit of the same transaction is he too.
    String both =
        put("Patient", id, unnumbered(patient.withPhone("5035557005")))
            .replaceFirst(
                "]}$",
                ",{\"request\":{\"method\":\"POST\",\"url\":\"Appointment\"},\"resource\":"
                    + visit(patient, at, "with-" + patient.mrn())
                        .replaceFirst(
                            "\"type\":\"Patient\",\"identifier\":\\{[^}]*}",
                            "\"reference\":\"Patient/" + id + "\"")
                    + "}]}");
    HttpResponse<String> together = post("", both);
    assertEquals(200, together.statusCode(), together.body());
    assertEquals("5035557005", phone(patient));
    assertEquals(List.of(at), times(patient));
    assertEquals(1, house.office("elm").patients(patient).size());
    Patient other = next();
    String none = "elm-patient-99999998";
    HttpResponse<String> gone = request("PUT", "/Patient/" + none, under(none, unnumbered(other)));
    assertEquals(202, gone.statusCode(), gone.body());
    assertTrue(
        gone.body().contains("PatNum 99999998 can no longer be read in Open Dental"), gone.body());
    HttpResponse<String> ofAnother = request("PUT", "/Patient/" + id, under(id, unnumbered(other)));
    assertEquals(202, ofAnother.statusCode(), ofAnother.body());
    assertTrue(ofAnother.body().contains("another"), ofAnother.body());
    assertEquals(0, house.office("elm").patients(other).size());
    assertEquals("5035557005", phone(patient));
  }

  /** Who waits for his PatNum has none, which is no number that leads to him. */
  @Test
  void aPatNumOfNoughtLeadsToNobodyWhoWaits() throws Exception {
    Patient waiting = next();
    Patient other = next();
    away();
    HttpResponse<String> first = later("/Patient", fhir(waiting));
    house.untilUnderstood();
    HttpResponse<String> second =
        later(
            "/Patient",
            fhir(other)
                .replace(MRN_SYSTEM, "urn:pontic:elm:patient")
                .replace("\"" + other.mrn() + "\"", "\"0\""));
    house.untilUnderstood();
    house.api().faults().clear();
    house.untilAllEnded();
    assertEquals("landed", json(status(first)).path("end").asText());
    JsonNode ended = json(status(second));
    assertEquals("landed", ended.path("end").asText(), ended.toString());
    assertEquals(1, house.office("elm").patients(waiting).size());
    assertEquals(1, house.office("elm").patients(other).size());
  }

  private static String under(String id, String resource) {
    return resource.replaceFirst(",", ",\"id\":\"" + id + "\",");
  }

  /** A transaction of one update. */
  private static String put(String type, String id, String resource) {
    return """
        {"resourceType":"Bundle","type":"transaction","entry":[{"request":{"method":"PUT","url":"%s/%s"},"resource":%s}]}"""
        .formatted(type, id, under(id, resource));
  }

  private static String unnumbered(Patient patient) {
    return fhir(patient).replaceFirst("\"identifier\":\\[[^]]*],", "");
  }

  private static Patient next() {
    return Patient.numbered(NUMBER.incrementAndGet());
  }

  private static Patient registered() throws Exception {
    Patient patient = next();
    HttpResponse<String> created = post("/Patient", fhir(patient));
    assertEquals(201, created.statusCode(), created.body());
    return patient;
  }

  /** Somebody else has that time. */
  private static void taken(LocalDateTime at) throws Exception {
    house.office("elm").worked(at.toLocalDate());
    house
        .sandbox()
        .frontDesk("elm")
        .book(house.office("elm").anybody(), 1, 1, at, 30, "by the desk");
  }

  private static void away() {
    house.api().faults().arm(Fault.of("elm", FaultKind.OFFLINE));
  }

  private static List<LocalDateTime> times(Patient patient) {
    return house.office("elm").appointments(patient).stream()
        .map(row -> row.get("AptDateTime"))
        .map(
            at ->
                at instanceof java.sql.Timestamp stamp
                    ? stamp.toLocalDateTime()
                    : (LocalDateTime) at)
        .sorted()
        .toList();
  }

  private static List<String> statuses(Patient patient) {
    return house.office("elm").appointments(patient).stream()
        .map(row -> String.valueOf(row.get("AptStatus")))
        .toList();
  }

  private static long key(Map<String, Object> row) {
    return ((Number) row.get("AptNum")).longValue();
  }

  private static String phone(Patient patient) {
    return String.valueOf(house.office("elm").patients(patient).get(0).get("HmPhone"))
        .replaceAll("\\D", "");
  }

  private static String on(String system, String value) {
    return "identifier=" + system + "|" + value;
  }

  /** Half an hour in OP-1, where New York has summer. */
  private static String visit(Patient patient, LocalDateTime at, String number) {
    return """
        {"resourceType":"Appointment","status":"booked",%s"start":"%s","end":"%s",
         "participant":[{"actor":{"type":"Location","identifier":{"value":"OP-1"}},"status":"accepted"},{"actor":{"type":"Patient","identifier":{"system":"%s","value":"%s"}},"status":"accepted"}]}"""
        .formatted(
            number.isEmpty()
                ? ""
                : "\"identifier\":[{\"system\":\"%s\",\"value\":\"%s\"}],"
                    .formatted(VISITS, number),
            utc(at),
            utc(at.plusMinutes(30)),
            MRN_SYSTEM,
            patient.mrn());
  }

  private static String utc(LocalDateTime at) {
    return at.plusHours(4) + ":00Z";
  }

  private static byte[] siu(
      String trigger, Patient patient, String placer, String filler, LocalDateTime at) {
    String control = "cond-" + NUMBER.incrementAndGet();
    String message =
        new String(
            Hospital.siu(trigger, control, patient, placer, at, 30, ""), StandardCharsets.UTF_8);
    return message
        .replace(
            "SCH|" + placer + "^LAKE|",
            "SCH|" + placer + "^VISITS|" + (filler.isEmpty() ? "" : filler + "^VISITS"))
        .getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] bare(
      String trigger, Patient patient, String placer, String filler, LocalDateTime at) {
    return new String(siu(trigger, patient, placer, filler, at), StandardCharsets.UTF_8)
        .replace("^VISITS", "")
        .getBytes(StandardCharsets.UTF_8);
  }

  private static String fhir(Patient patient) {
    String birth = patient.birth();
    return """
        {"resourceType":"Patient","identifier":[{"system":"%s","value":"%s"}],
         "name":[{"family":"%s","given":["%s"]}],"gender":"%s","birthDate":"%s-%s-%s",
         "telecom":[{"system":"phone","use":"home","value":"%s"}],
         "address":[{"line":["%s"],"city":"Salem","state":"OR","postalCode":"97301"}]}"""
        .formatted(
            MRN_SYSTEM,
            patient.mrn(),
            patient.last(),
            patient.first(),
            patient.sex().equals("F") ? "female" : "male",
            birth.substring(0, 4),
            birth.substring(4, 6),
            birth.substring(6, 8),
            patient.phone(),
            patient.street());
  }

  private static HttpResponse<String> post(String path, String body, String... more)
      throws Exception {
    return request("POST", path, body, more);
  }

  /** Does not wait for the end. */
  private static HttpResponse<String> later(String path, String body, String... more)
      throws Exception {
    List<String> headers = new ArrayList<>(List.of(more));
    headers.addAll(List.of("Prefer", "respond-async"));
    return request("POST", path, body, headers.toArray(String[]::new));
  }

  private static HttpResponse<String> request(
      String method, String path, String body, String... more) throws Exception {
    List<String> headers =
        new ArrayList<>(
            List.of("Content-Type", "application/fhir+json", "Authorization", "Bearer " + TOKEN));
    headers.addAll(List.of(more));
    return Fixture.request(
        method, base() + "/fhir/elm" + path, body, headers.toArray(String[]::new));
  }

  private static String base() {
    return "http://127.0.0.1:" + house.flags().get("pontic.facade.port");
  }

  private static String place(HttpResponse<String> accepted) {
    return accepted.headers().firstValue("Content-Location").orElseThrow();
  }

  private static String messageOf(HttpResponse<String> accepted) {
    return place(accepted).substring(place(accepted).lastIndexOf('/') + 1);
  }

  private static HttpResponse<String> status(HttpResponse<String> accepted) throws Exception {
    return Fixture.request("GET", base() + place(accepted), "", "Authorization", "Bearer " + TOKEN);
  }

  private static JsonNode untilEnded(HttpResponse<String> accepted) throws Exception {
    House.until(
        place(accepted) + " has ended",
        () -> {
          try {
            return status(accepted).statusCode() == 200
                && !json(status(accepted)).path("end").asText().equals("parked");
          } catch (Exception e) {
            throw new IllegalStateException(e);
          }
        });
    return json(status(accepted));
  }

  private static JsonNode json(HttpResponse<String> response) throws Exception {
    return new ObjectMapper().readTree(response.body());
  }

  private static Path copy(Path from, Path to) throws Exception {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path target = to.resolve(from.relativize(file));
        Files.createDirectories(target.getParent());
        Files.copy(file, target);
      }
    }
    return to;
  }
}
