package pontic.inbound;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import pontic.house.AnotherInstallation;
import pontic.house.FacadeClient;
import pontic.house.House;
import pontic.sandbox.api.Fault;
import pontic.sandbox.api.FaultKind;
import pontic.sandbox.hospital.Hospital;
import pontic.sandbox.hospital.Hospital.Patient;

/**
 * In which order the API's lists come is not documented (open-dental-api.md 8, point 3; decision
 * 0398). What became of an unclear write is found on whichever page it stands: on the second in one
 * order, on the first in the other.
 */
final class ListOrderTest {
  private static final LocalDateTime NOON = LocalDateTime.of(2027, 6, 1, 12, 0);

  /** More than a page. */
  private static final int MANY = 120;

  @TempDir static Path folder;
  private static House house;
  private static FacadeClient client;
  private static int people = 8000;

  @BeforeAll
  static void open() throws Exception {
    house =
        House.sandboxOnly(folder)
            .busyLanes()
            .with("pontic.capture.period", "1h")
            .with("routes.reconcile.period", "1000")
            .with("routes.reconcile-destination.period", "1000")
            .with("pontic.facade.wait-seconds", "0");
    entriesOfNobody();
    execute(
        "insert into allergydef (Description, IsHidden, SnomedType, MedicationNum, UniiCode)"
            + " select concat('Aller', seq), 0, 0, 0, '' from seq_1_to_"
            + MANY);
    house.api().change("elm", settings -> settings.withAlso(Set.of("ApiSetup")));
    house.startBundle();
    house.untilConnected();
    client = new FacadeClient(house, "order");
  }

  @AfterAll
  static void close() throws Exception {
    house.close();
  }

  @AfterEach
  void noRequestBrokeTheSpacing() {
    assertEquals(List.of(), house.api().requests().violations(0));
    house.api().faults().clear();
    house.api().requests().clear();
  }

  static Stream<Arguments> ways() {
    return Stream.of(false, true)
        .flatMap(
            backwards ->
                Stream.of(FaultKind.TIMEOUT_AFTER, FaultKind.TIMEOUT_BEFORE)
                    .map(kind -> Arguments.of(backwards, kind)));
  }

  /** Many share the birth date, and the API's log has many entries of our key. */
  @ParameterizedTest
  @MethodSource("ways")
  void anUnclearRegistrationIsOneRow(boolean backwards, FaultKind kind) throws Exception {
    in(backwards);
    Patient patient = Patient.numbered(++people);
    execute(
        "insert into patient (LName, FName, Birthdate, PatStatus, Gender, City, Zip, ChartNumber)"
            + " select concat('Abbot', seq), 'Many', '"
            + born(patient)
            + "', 0, 1, 'Sampleton', '90000', '' from seq_1_to_"
            + MANY);
    house.api().faults().arm(Fault.of("elm", kind).on("POST", "/patients").times(1));
    String id = "L" + people;
    house.accepted("elm", Hospital.adt("A28", id, patient));
    house.untilAllEnded();
    house.ledger().assertEnd("landed", id);
    assertEquals(1, house.office("elm").patients(patient).size());
    assertEquals(List.of(), house.api().faults().list(), "it was met");
    assertTrue(sent("/patients/Simple") >= 4, "plan and look read two pages each");
  }

  /** The patient has many appointments. */
  @ParameterizedTest
  @MethodSource("ways")
  void anUnclearBookingIsOneRow(boolean backwards, FaultKind kind) throws Exception {
    in(backwards);
    Patient patient = Patient.numbered(++people);
    String id = "L" + people;
    house.accepted("elm", Hospital.adt("A28", id, patient));
    house.untilAllEnded();
    execute(
        "insert into appointment (PatNum, AptStatus, AptDateTime, Op, ProvNum, Pattern)"
            + " select "
            + house.office("elm").patNum(patient)
            + ", 2, date_add('2020-01-01 08:00:00', interval seq day), 1, 1, '//XX//' from seq_1_to_"
            + MANY);
    house.api().faults().arm(Fault.of("elm", kind).on("POST", "/appointments").times(1));
    LocalDateTime at = NOON.plusDays(people - 8000);
    house.accepted("elm", Hospital.siu("S12", id + "b", patient, "PL" + id, at, 30, ""));
    house.untilAllEnded();
    house.ledger().assertEnd("landed", id + "b");
    assertEquals(MANY + 1, house.office("elm").appointments(patient).size());
    assertEquals(List.of(), house.api().faults().list(), "it was met");

    // And what is booked is found again.
    house.accepted(
        "elm", Hospital.siu("S13", id + "c", patient, "PL" + id, at.plusHours(1), 30, ""));
    house.untilAllEnded();
    house.ledger().assertEnd("landed", id + "c");
    assertEquals(MANY + 1, house.office("elm").appointments(patient).size());
    assertEquals(
        1,
        house
            .office("elm")
            .count(
                "select count(*) from appointment where PatNum = ? and AptStatus = 1 and AptDateTime = ?",
                house.office("elm").patNum(patient),
                at.plusHours(1).toString().replace('T', ' ') + ":00"));
  }

  /** The office's list of allergies is long. */
  @ParameterizedTest
  @MethodSource("ways")
  void anUnclearDefinitionIsOneRow(boolean backwards, FaultKind kind) throws Exception {
    in(backwards);
    String word = "Zinc" + ++people;
    house.api().faults().arm(Fault.of("elm", kind).on("POST", "/allergydefs").times(1));
    HttpResponse<String> accepted =
        client.send(
            "elm",
            "PUT",
            "/AllergyIntolerance/" + word,
            """
            {"resourceType": "AllergyIntolerance", "id": "WORD", "patient": {"reference": "Patient/elm-patient-5"}, "code": {"text": "WORD"},
             "clinicalStatus": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical", "code": "active"}]}}
            """
                .replace("WORD", word));
    assertEquals(202, accepted.statusCode(), accepted.body());
    JsonNode end = client.untilEnded("elm", accepted);
    assertEquals("landed", end.path("end").asText(), end.toString());
    assertEquals(
        1,
        house.office("elm").count("select count(*) from allergydef where Description = ?", word));
    assertEquals(
        1,
        house
            .office("elm")
            .count(
                "select count(*) from allergy a join allergydef d on d.AllergyDefNum = a.AllergyDefNum where d.Description = ?",
                word));
    assertEquals(List.of(), house.api().faults().list(), "it was met");
  }

  /** Decision 0343: what it writes is counted once, and never what is ours. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void anotherInstallationIsNoticed(boolean backwards) throws Exception {
    in(backwards);
    AnotherInstallation other = new AnotherInstallation(house);
    // Where the order is another than an hour ago it may be begun anew.
    other.counted();
    long before = other.counted();
    Patient patient = Patient.numbered(++people);
    house.accepted("elm", Hospital.adt("A28", "L" + people, patient));
    house.untilAllEnded();
    house.ledger().assertEnd("landed", "L" + people);
    assertEquals(before, other.counted(), "ours");
    assertEquals(before, other.counted(), "nothing new");
    other.writes("PUT", "/patients/" + house.office("elm").anybody(), "{\"City\":\"Elsewhere\"}");
    entriesOfNobody();
    assertEquals(before + 1, other.counted(), "theirs, more than a page behind or before");
    assertEquals(before + 1, other.counted(), "once");
  }

  /** More than a page, which the look for another installation leaves alone. */
  private static void entriesOfNobody() {
    execute(
        "insert into securitylog (PermType, UserNum, LogDateTime, LogText, PatNum, CompName, FKey, LogSource, DefNum, DefNumError)"
            + " select 106, 0, now(), 'PatientCreate by API developer Pontic Sandbox', 0, '', 0, 23, 0, 0 from seq_1_to_"
            + MANY);
  }

  private static void in(boolean backwards) {
    house.api().change("elm", settings -> settings.withListsBackwards(backwards));
  }

  private static long sent(String template) {
    return house.api().requests().list("elm").stream()
        .filter(entry -> entry.template().equals(template))
        .count();
  }

  private static String born(Patient patient) {
    return patient.birth().replaceFirst("(\\d{4})(\\d\\d)(\\d\\d)", "$1-$2-$3");
  }

  private static void execute(String sql) {
    JdbcClient.create(house.sandbox().practice("elm").dataSource()).sql(sql).update();
  }
}
