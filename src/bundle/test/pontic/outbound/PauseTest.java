package pontic.outbound;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static pontic.house.House.until;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.hl7.fhir.r4.model.Patient;
import org.hl7.fhir.r4.model.Resource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import pontic.house.House;
import pontic.sandbox.desk.FrontDesk;
import pontic.sandbox.hospital.Hospital;
import pontic.sandbox.hospital.HospitalFhirServer;

/**
 * What an operator pauses rests within a second, over a restart, and goes on without a gap. Elm is
 * read by its database, oak by its API.
 */
class PauseTest {
  private static final int ACCEPTED = 202;
  private static final String READER = "user_host like 'pontic_read%'";

  @TempDir static Path folder;
  private static House house;
  private static FrontDesk elm;
  private static FrontDesk oak;

  @BeforeAll
  static void open() throws Exception {
    house = House.sandboxOnly(folder).busyLanes().with("practices.oak.database.enabled", "false");
    elm = house.sandbox().frontDesk("elm");
    oak = house.sandbox().frontDesk("oak");
    // So that a query that waits for a lock would still wait when the test has given up on it.
    house.with("practices.elm.database.longestQuery", "300");
    elmSays("set global log_output = 'TABLE'");
    elmSays("set global general_log = 'ON'");
    house.startBundle();
    house.untilConnected();
    for (String practice : List.of("elm", "oak")) {
      until(
          practice + " is loaded",
          () ->
              house.hospital().all("Patient").stream()
                      .anyMatch(one -> one.id().startsWith(practice))
                  && house.ledger().count("select count(*) from due") == 0);
    }
  }

  @AfterAll
  static void close() throws Exception {
    house.compareAndClose("elm", "oak");
  }

  /** Elm's database is read, oak only through its API, which no tick waits for. */
  @Test
  void onlyAPracticeWhoseDatabaseIsReadHasThreadsOfItsOwn() {
    // Those of a house before this one may still be ending.
    until(
        "two threads for elm, one for each FHIR server, four for all",
        () ->
            Thread.getAllStackTraces().keySet().stream()
                    .filter(thread -> thread.getName().matches("pontic-\\d+-\\d+_Worker-\\d+"))
                    .count()
                == 8);
  }

  @Test
  void noQueryRunsASecondAfterAPauseNorAfterARestartAndNothingIsLost() throws Exception {
    long patient = patient("elm");
    long other = patient("oak");
    String paused;
    try (Connection locking = connection();
        Statement statement = locking.createStatement()) {
      statement.execute("lock tables patient write");
      until("a query of the reader runs", () -> running() > 0);
      assertEquals(ACCEPTED, house.control("pause", "elm", "reads"));
      // The log is in the zone of the reader's sessions.
      paused = text(statement, "select utc_timestamp(6)");
      until("it is cancelled although the table is still locked", () -> running() == 0);
      statement.execute("unlock tables");
    }
    elm.editPatient(patient, Map.of("City", "Paused"));
    oak.editPatient(other, Map.of("City", "Beside"));
    arrives(house.hospital(), "oak", other, "Beside");
    assertTrue(house.control("/control/status").contains("\"paused\":[\"reads\"]"));
    house.stopBundle();
    house.startBundle();
    oak.editPatient(other, Map.of("City", "Again"));
    arrives(house.hospital(), "oak", other, "Again");
    until(
        "seconds have passed",
        () -> elmSays("select utc_timestamp(6) > '" + paused + "' + interval 3 second") == 1);
    assertEquals(
        0,
        elmSays(
            "select count(*) from mysql.general_log where "
                + READER
                + " and argument like '%from %' and event_time > '"
                + paused
                + "' + interval 1 second"));
    assertEquals(ACCEPTED, house.control("resume", "elm", ""));
    arrives(house.hospital(), "elm", patient, "Paused");
    assertTrue(
        elmSays(
                "select count(*) from mysql.general_log where "
                    + READER
                    + " and argument like '%from patient%' and event_time > '"
                    + paused
                    + "' + interval 1 second")
            > 0,
        "the log shows what is read");
  }

  @Test
  void aPausedLaneAsksNothingAndWhatWaitsGoesOnAsFarAsItIsResumed() throws Exception {
    long patient = patient("oak");
    assertEquals(ACCEPTED, house.control("pause", "oak", ""));
    Instant paused = Instant.now();
    Hospital.Patient sent = Hospital.Patient.numbered(301);
    assertEquals("AA", house.send("oak", Hospital.adt("A28", "pause-1", sent)));
    oak.editPatient(patient, Map.of("City", "Resting"));
    until(
        "the message waits",
        () ->
            house
                    .ledger()
                    .count(
                        "select count(*) from work where practice = 'oak' and state = 'waiting' and event <> 'connect'")
                == 1);
    house.stopBundle();
    house.startBundle();
    Hospital.Patient beside = Hospital.Patient.numbered(302);
    house.accepted("elm", Hospital.adt("A28", "pause-2", beside));
    until(
        "the other office is written to after the restart",
        () -> house.office("elm").patients(beside).size() == 1);
    until("seconds have passed", () -> Instant.now().isAfter(paused.plusSeconds(3)));
    assertEquals(List.of(), askedAfter(paused.plusSeconds(1)));
    assertEquals(List.of(), house.office("oak").patients(sent));

    assertEquals(ACCEPTED, house.control("resume", "oak", "writes"));
    house.untilAllEnded();
    assertEquals(1, house.office("oak").patients(sent).size());
    assertEquals("landed", house.ledger().end("pause-1"));
    assertEquals(
        0,
        house
            .ledger()
            .count(
                "select count(*) from call where practice = 'oak' and purpose = 'capture' and intent_at > "
                    + paused.plusSeconds(1).toEpochMilli()));
    assertEquals(ACCEPTED, house.control("resume", "oak", "reads"));
    arrives(house.hospital(), "oak", patient, "Resting");
    assertEquals(List.of(), house.api().requests().violations(0));
  }

  @Test
  void pausedWritesRestOverARestartWhileReadsGoOn() throws Exception {
    long patient = patient("oak");
    assertEquals(ACCEPTED, house.control("pause", "oak", "writes"));
    Instant paused = Instant.now();
    Hospital.Patient sent = Hospital.Patient.numbered(302);
    assertEquals("AA", house.send("oak", Hospital.adt("A28", "pause-2", sent)));
    house.untilUnderstood();
    house.stopBundle();
    house.startBundle();
    assertTrue(house.control("/control/status").contains("\"paused\":[\"writes\"]"));
    until("a second has passed", () -> Instant.now().isAfter(paused.plusSeconds(1)));
    // Twice, so that a whole round of reads lies behind the message.
    for (String city : List.of("Read", "Reread")) {
      oak.editPatient(patient, Map.of("City", city));
      arrives(house.hospital(), "oak", patient, city);
    }
    assertEquals(List.of(), house.office("oak").patients(sent));
    assertEquals(
        List.of(),
        askedAfter(paused.plusSeconds(1)).stream()
            // A statement is a read.
            .filter(each -> !each.startsWith("GET") && !each.equals("PUT /queries/ShortQuery"))
            .toList());
    assertEquals(ACCEPTED, house.control("resume", "oak", ""));
    house.untilAllEnded();
    assertEquals("landed", house.ledger().end("pause-2"));
    assertEquals(1, house.office("oak").patients(sent).size());
    assertEquals(List.of(), house.api().requests().violations(0));
  }

  @Test
  void aPausedDestinationIsSentNothingUntilItIsResumedAndTheOthersAreServed() throws Exception {
    long patient = patient("elm");
    until(
        "HL7, which waits until a patient stands still, is told of what was before",
        () -> house.ledger().count("select count(*) from due") == 0);
    int frames = house.hospitalMllp().frames().size();
    assertEquals(ACCEPTED, house.control("pause", "hospital", "sends"));
    assertEquals(ACCEPTED, house.control("pause", "hospital-hl7", ""));
    int transactions = house.hospital().transactions();
    elm.editPatient(patient, Map.of("City", "Elsewhere"));
    arrives(house.registry(), "elm", patient, "Elsewhere");
    assertTrue(house.control("/control/status").contains("\"paused\":true"));
    house.stopBundle();
    house.startBundle();
    elm.editPatient(patient, Map.of("City", "Newest"));
    arrives(house.registry(), "elm", patient, "Newest");
    assertEquals(transactions, house.hospital().transactions());
    assertEquals(frames, house.hospitalMllp().frames().size());
    assertEquals(ACCEPTED, house.control("resume", "hospital", ""));
    assertEquals(ACCEPTED, house.control("resume", "hospital-hl7", "sends"));
    arrives(house.hospital(), "elm", patient, "Newest");
    assertEquals(
        frames + 1,
        house.hospitalMllp().await(frames + 1, java.time.Duration.ofSeconds(600)).size());
  }

  /**
   * In no zone but the office's is it an hour of these now. Oak's hours go over midnight (but for
   * one hour of the day); its lists are still asked, its statements not.
   */
  @Test
  void inQuietHoursTheDatabaseIsAskedNothingByNobodyAndAfterThemNothingIsLost() throws Exception {
    long patient = patient("elm");
    long other = patient("oak");
    house
        .api()
        .change(
            "oak",
            settings ->
                settings.withPermissions(
                    Set.of(
                        "ApiReadAll",
                        "ApiPatients",
                        "ApiAppointments",
                        "ApiComm",
                        "ApiAllOthers",
                        "ApiQueries")));
    house.ledger().change("update lane set capabilities_at = 0 where practice = 'oak'");
    until("oak's statements are asked", () -> statements() > 0);
    house.stopBundle();
    LocalTime there = LocalTime.now(zone("elm"));
    LocalTime beside = LocalTime.now(zone("oak"));
    house
        .with("practices.elm.database.quietHours", hours(there.minusHours(1), there.plusHours(2)))
        .with("practices.oak.database.quietHours", hours(beside.plusHours(4), beside.plusHours(3)));
    String quiet = elmTells("select utc_timestamp(6)");
    int asked = statements();
    elm.editPatient(patient, Map.of("City", "Quiet"));
    house.startBundle();
    assertEquals(ACCEPTED, house.post("/control/reconcile?practice=elm"));
    for (String city : List.of("Whispered", "Murmured")) {
      oak.editPatient(other, Map.of("City", city));
      arrives(house.hospital(), "oak", other, city);
    }
    until(
        "merges would have been asked for, and the comparison's page",
        () -> elmSays("select utc_timestamp(6) > '" + quiet + "' + interval 5 second") == 1);
    assertEquals(0, readSince(quiet));
    assertEquals(asked, statements());
    assertTrue(
        house
            .control("/control/reconciles?practice=elm")
            .contains("\"its database has quiet hours until "));

    house.stopBundle();
    house
        .with("practices.elm.database.quietHours", hours(there.minusHours(2), there.minusHours(1)))
        .with("practices.oak.database.quietHours", "");
    house.startBundle();
    arrives(house.hospital(), "elm", patient, "Quiet");
    until("oak's statements are asked again", () -> statements() > asked);
    assertTrue(readSince(quiet) > 0, "the log shows what is read");
  }

  private static ZoneId zone(String practice) {
    return house.sandbox().practice(practice).zone();
  }

  private static String hours(LocalTime from, LocalTime to) {
    DateTimeFormatter minutes = DateTimeFormatter.ofPattern("HH:mm");
    return minutes.format(from) + "-" + minutes.format(to);
  }

  private static int statements() {
    return (int)
        house.api().requests().list("oak").stream()
            .filter(each -> each.template().equals("/queries/ShortQuery"))
            .count();
  }

  private static long readSince(String time) {
    return elmSays(
        "select count(*) from mysql.general_log where "
            + READER
            + " and argument like '%from %' and event_time > '"
            + time
            + "'");
  }

  @Test
  void whatIsNotThereCannotBePaused() throws Exception {
    assertEquals(404, house.control("pause", "elk", ""));
    assertEquals(404, house.control("pause", "elm", "sends"));
    assertEquals(404, house.control("pause", "registry", "reads"));
    assertEquals(404, house.control("pause", "elm", "reads,all"));
    assertEquals(0, house.ledger().count("select count(*) from pause where id <> 'oak'"));
  }

  private static List<String> askedAfter(Instant instant) {
    return house.api().requests().list("oak").stream()
        .filter(entry -> entry.arrival() > instant.toEpochMilli())
        .map(entry -> entry.method() + " " + entry.template())
        .toList();
  }

  private static void arrives(HospitalFhirServer at, String practice, long patient, String city)
      throws Exception {
    assertTrue(
        at.await(
                "Patient",
                practice + "-patient-" + patient,
                resource -> city.equals(city(resource)),
                java.time.Duration.ofSeconds(60))
            .isPresent(),
        () -> patient + " did not come from " + city + "\n" + house.ledger().describe());
  }

  private static String city(Resource patient) {
    String city = ((Patient) patient).getAddressFirstRep().getCity();
    return city == null ? "" : city;
  }

  private static long patient(String practice) {
    return house.office(practice).count("select min(PatNum) from patient where PatStatus = 0");
  }

  /** Queries of Pontic's reader that the server is busy with. */
  private static long running() {
    return elmSays(
        "select count(*) from information_schema.processlist where user = 'pontic_read' and command <> 'Sleep'");
  }

  private static Connection connection() throws Exception {
    return house.sandbox().practice("elm").dataSource().getConnection();
  }

  private static long elmSays(String sql) {
    try (Connection connection = connection();
        Statement statement = connection.createStatement()) {
      return statement.execute(sql) ? Long.parseLong(text(statement, sql)) : 0;
    } catch (Exception e) {
      throw new AssertionError(sql, e);
    }
  }

  private static String elmTells(String sql) throws Exception {
    try (Connection connection = connection();
        Statement statement = connection.createStatement()) {
      return text(statement, sql);
    }
  }

  private static String text(Statement statement, String sql) throws Exception {
    try (ResultSet result = statement.executeQuery(sql)) {
      result.next();
      return result.getString(1);
    }
  }
}
