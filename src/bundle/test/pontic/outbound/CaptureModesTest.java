package pontic.outbound;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static pontic.house.House.until;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.parser.IParser;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.Statement;
import java.time.Duration;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.hl7.fhir.r4.model.Appointment;
import org.hl7.fhir.r4.model.Patient;
import org.hl7.fhir.r4.model.Resource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import pontic.house.House;
import pontic.sandbox.desk.FrontDesk;
import pontic.sandbox.hospital.Hospital;

/** A practice is read through its API where its database is switched off, and ends the same. */
class CaptureModesTest {
  private static final Duration LIMIT = Duration.ofSeconds(600);
  private static final LocalDateTime NINE = LocalDateTime.of(2027, 3, 2, 9, 0);
  private static final IParser JSON = FhirContext.forR4Cached().newJsonParser();

  @TempDir static Path folder;
  private static House api;

  @BeforeAll
  static void open() throws Exception {
    api = House.sandboxOnly(folder.resolve("api")).busyLanes();
    for (String practice : List.of("elm", "oak")) {
      api.with("practices." + practice + ".database.enabled", "false");
    }
    try (Connection connection = api.sandbox().practice("oak").dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(
          "update preference set ValueString = '22.4.30.0' where PrefName = 'ProgramVersion'");
    }
    api.startBundle();
    api.untilConnected();
  }

  @AfterAll
  static void close() throws Exception {
    api.compareAndClose("elm", "oak");
  }

  @AfterEach
  void noRequestBrokeTheSpacing() {
    assertEquals(List.of(), api.api().requests().violations(0));
  }

  @Test
  void theSameDayAtTheFrontDeskEndsTheSameAtTheHospitalInBothModes() throws Exception {
    Map<String, String> byApi = day(api, "api-patient");
    Map<String, String> byDatabase;
    try (House database = House.sandboxOnly(folder.resolve("database"))) {
      database.startBundle();
      database.untilConnected();
      byDatabase = day(database, "patient");
      database.nothingIsUnexplained("elm", "oak");
    }
    assertEquals(byDatabase, byApi);
  }

  /** Returns what the hospital has of all that the day was about, without times of writing. */
  private static Map<String, String> day(House house, String patientFeed) throws Exception {
    FrontDesk desk = house.sandbox().frontDesk("elm");
    long operatory = house.office("elm").count("select min(OperatoryNum) from operatory");
    long provider = house.office("elm").count("select min(ProvNum) from provider");
    long patient =
        desk.addPatient(Map.of("LName", "Dayley", "FName", "Iris", "Birthdate", "1984-05-06"));
    arrives(house, "Patient", patient, any -> true);

    long completed = desk.book(patient, operatory, provider, NINE, 40, "");
    long missed = desk.book(patient, operatory, provider, NINE.plusHours(1), 30, "");
    long cancelled = desk.book(patient, operatory, provider, NINE.plusHours(2), 30, "");
    long deleted = desk.book(patient, operatory, provider, NINE.plusHours(3), 30, "");
    for (long booked : List.of(completed, missed, cancelled, deleted)) {
      arrives(house, "Appointment", booked, is(Appointment.AppointmentStatus.BOOKED));
    }
    desk.move(completed, NINE.plusDays(1), OptionalLong.empty(), OptionalLong.empty());
    arrives(
        house,
        "Appointment",
        completed,
        moved ->
            ((Appointment) moved).getStart().toInstant().toString().equals("2027-03-03T14:00:00Z"));
    desk.complete(completed);
    desk.breakAppointment(missed, true);
    desk.breakAppointment(cancelled, false);
    desk.delete(deleted);
    desk.editPatient(patient, Map.of("City", "Corvallis", "WirelessPhone", "(541)555-0100"));
    arrives(house, "Appointment", completed, is(Appointment.AppointmentStatus.FULFILLED));
    arrives(house, "Appointment", missed, is(Appointment.AppointmentStatus.NOSHOW));
    arrives(house, "Appointment", cancelled, is(Appointment.AppointmentStatus.CANCELLED));
    arrives(house, "Appointment", deleted, is(Appointment.AppointmentStatus.ENTEREDINERROR));
    arrives(house, "Patient", patient, edited -> "Corvallis".equals(city(edited)));

    quiet(house, patientFeed);
    int transactions = house.hospital().transactions();
    long before = unchanged(house, patientFeed);
    int touched = desk.touchAll();
    until("the ageing run was read", () -> unchanged(house, patientFeed) >= before + touched);
    assertEquals(0, due(house));
    assertEquals(transactions, house.hospital().transactions());

    assertEquals(
        List.of(),
        house.hospital().history("Appointment", id("Appointment", missed)).stream()
            .map(arrival -> ((Appointment) arrival.resource()).getStatus())
            .filter(Appointment.AppointmentStatus.CANCELLED::equals)
            .toList(),
        "a missed appointment was never cancelled");

    Map<String, String> end = new TreeMap<>();
    for (long key : List.of(completed, missed, cancelled, deleted)) {
      end.put("Appointment " + key, latest(house, "Appointment", key, patient));
    }
    end.put("Patient", latest(house, "Patient", patient, patient));
    end.put("Practitioner", latest(house, "Practitioner", provider, patient));
    end.put("Location", latest(house, "Location", operatory, patient));
    return end;
  }

  @Test
  void moreRowsThanAPageAllArrive() throws Exception {
    int patients = 230;
    try (Connection connection = api.sandbox().practice("elm").dataSource().getConnection();
        PreparedStatement insert =
            connection.prepareStatement(
                "insert into patient (LName, FName, Birthdate, PatStatus, Guarantor, City) values (?, 'Page',"
                    + " '1970-01-01', 0, 0, 'Albany')")) {
      for (int i = 0; i < patients; i++) {
        insert.setString(1, "Paged" + i);
        insert.addBatch();
      }
      insert.executeBatch();
    }
    List<Long> keys =
        api.office("elm").rows("select PatNum from patient where FName = 'Page'").stream()
            .map(row -> ((Number) row.get("PatNum")).longValue())
            .toList();
    assertEquals(patients, keys.size());
    for (long key : keys) {
      arrives(api, "Patient", key, any -> true);
    }
  }

  @Test
  void anAnswerThatWasNotYetMadeARecordSurvivesARestart() throws Exception {
    FrontDesk desk = api.sandbox().frontDesk("elm");
    long patient =
        desk.addPatient(Map.of("LName", "Restart", "FName", "Uma", "Birthdate", "1971-02-03"));
    arrives(api, "Patient", patient, any -> true);
    quiet(api, "api-patient");
    api.bundle().context().getRouteController().stopRoute("capture-api-elm");
    desk.editPatient(patient, Map.of("City", "Eugene"));
    // An answer from before the edit would prove nothing: let the next be asked after it.
    api.bundle()
        .store()
        .write(
            tx ->
                tx.sql(
                        "update question set state = 'asked' where practice = 'elm' and feed = 'patient'")
                    .update());
    until(
        "the lane has answered and nobody has looked at it",
        () ->
            api.ledger()
                    .count(
                        "select count(*) from question where practice = 'elm' and feed = 'patient' and state = 'answered'")
                == 1);
    api.stopBundle();
    assertFalse(
        "Eugene"
            .equals(
                city(
                    api.hospital()
                        .latest("Patient", id("patient", patient))
                        .orElseThrow()
                        .resource())));
    api.startBundle();
    arrives(api, "Patient", patient, edited -> "Eugene".equals(city(edited)));
  }

  @Test
  void aBurstOfInboundWritesGoesBeforeCaptureAndDoesNotStarveIt() throws Exception {
    quiet(api, "api-patient");
    api.bundle().context().getRouteController().stopRoute("call");
    List<String> messages = new ArrayList<>();
    for (int i = 0; i < 14; i++) {
      String control = "burst-" + i;
      messages.add(control);
      assertEquals(
          "AA", api.send("elm", Hospital.adt("A28", control, Hospital.Patient.numbered(700 + i))));
    }
    until(
        "all of them wait for the lane",
        () ->
            api.ledger()
                    .count(
                        "select count(*) from work w join message m on m.id = w.message_id where w.state = 'waiting' and m.control_id like 'burst-%'")
                == 14);
    long begun = System.currentTimeMillis();
    api.bundle().context().getRouteController().startRoute("call");
    api.untilAllEnded();
    long ended =
        api.ledger().count("select max(ended_at) from message where control_id like 'burst-%'");
    for (String control : messages) {
      assertEquals("landed", api.ledger().end(control));
    }
    long all =
        api.api().requests().list("elm").stream()
            .filter(request -> request.arrival() >= begun && request.arrival() < ended)
            .count();
    long inbound =
        api.ledger()
            .count(
                "select count(*) from call where practice = 'elm' and purpose <> 'capture' and intent_at >= "
                    + begun);
    long capture = all - inbound;
    assertTrue(inbound >= 28, "requests of the burst: " + inbound);
    assertTrue(capture >= 2, "capture starved: " + all + " requests, " + inbound + " inbound");
    assertTrue(
        capture <= inbound / 9 + 2, "capture took " + capture + " requests beside " + inbound);
  }

  @Test
  void whatThisModeReadsAndCannotSeeIsSaid() throws Exception {
    assertTrue(
        api.control("/control/status").contains("\"captureCannotSee\":[\""), "the status shows it");
    String elm = capabilities("elm");
    assertTrue(elm.contains("\"patient\":{\"on\":true"), elm);
    assertTrue(
        elm.contains(
            "patient merges, where the key lacks ApiQueries: the table patientlink is not in the API"),
        elm);
    String oak = capabilities("oak");
    assertTrue(oak.contains("appointment-deleted: needs Open Dental 23.1.30, the office has"), oak);
  }

  private static String capabilities(String practice) {
    return api.ledger()
        .rows("select capabilities from lane where practice = '" + practice + "'")
        .get(0)
        .get("capabilities")
        .toString();
  }

  /** The first load is in, and nothing is due. */
  private static void quiet(House house, String patientFeed) {
    until(
        "the first load is in",
        () ->
            house
                    .ledger()
                    .count(
                        "select count(*) from watermark where practice = 'elm' and paging = 0 and feed = '"
                            + patientFeed
                            + "'")
                == 1);
    until("nothing is due", () -> due(house) == 0);
  }

  /** Deliveries that the hospital lacks; nobody plays the other destinations. */
  private static long due(House house) {
    return house.ledger().count("select count(*) from due where destination = 'hospital'");
  }

  private static long unchanged(House house, String feed) {
    return house
        .ledger()
        .count(
            "select coalesce(sum(unchanged), 0) from watermark where practice = 'elm' and feed = '"
                + feed
                + "'");
  }

  private static void arrives(House house, String type, long key, Predicate<Resource> fits)
      throws Exception {
    assertTrue(
        house.hospital().await(type, id(type, key), fits, LIMIT).isPresent(),
        () -> type + " " + key + " did not come as expected\n" + house.ledger().describe());
  }

  /** As it stands there, but for versions, times of writing and the key that the patient got. */
  private static String latest(House house, String type, long key, long patient) {
    Resource resource =
        house.hospital().latest(type, id(type, key)).orElseThrow().resource().copy();
    if (resource instanceof Appointment appointment) {
      appointment.setCreated(null);
    }
    return JSON.encodeResourceToString(resource)
        .replaceAll("\"meta\":\\{[^}]*},", "")
        .replace("-patient-" + patient + "\"", "-patient-P\"")
        .replace("\"value\":\"" + patient + "\"", "\"value\":\"P\"");
  }

  private static String id(String type, long key) {
    return "elm-" + type.toLowerCase(java.util.Locale.ROOT) + "-" + key;
  }

  private static Predicate<Resource> is(Appointment.AppointmentStatus status) {
    return resource -> ((Appointment) resource).getStatus() == status;
  }

  private static String city(Resource patient) {
    return ((Patient) patient).getAddressFirstRep().getCity();
  }
}
