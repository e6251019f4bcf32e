package pontic.outbound;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static pontic.house.House.until;

import ca.uhn.fhir.context.FhirContext;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import javax.sql.DataSource;
import org.hl7.fhir.r4.model.Appointment;
import org.hl7.fhir.r4.model.Appointment.AppointmentStatus;
import org.hl7.fhir.r4.model.Patient;
import org.hl7.fhir.r4.model.Resource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import pontic.cli.Commands;
import pontic.house.House;
import pontic.house.Nobody;
import pontic.sandbox.desk.FrontDesk;
import pontic.sandbox.hospital.Arrival;

/**
 * What capture and sending cannot have seen is found by comparing both ends, and repaired. Elm has
 * a dozen patients, oak some hundred.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class ReconcileTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final FhirContext FHIR = FhirContext.forR4Cached();
  private static final LocalDateTime AT = LocalDateTime.of(2027, 3, 2, 9, 0);
  private static final int MORE = 190;
  private static final int ACCEPTED = 202;
  private static final String LONG_AGO = "2020-01-01 00:00:00";

  @TempDir static Path folder;
  private static House house;
  private static FrontDesk elm;
  private static FrontDesk oak;

  @BeforeAll
  static void open() throws Exception {
    house =
        House.sandboxOnly(folder)
            .with("pontic.reconcile.at", "02:30")
            .with("routes.reconcile.period", "100")
            .with("routes.reconcile-destination.period", "400")
            .with("destinations.hospital-hl7.practices", "elm");
    elm = house.sandbox().frontDesk("elm");
    oak = house.sandbox().frontDesk("oak");
    execute(
        "oak",
        "insert into patient (LName, FName, Birthdate, PatStatus, Gender, City, Zip, ChartNumber)"
            + " select concat('Copy', x.PatNum), 'Many', '1990-01-01', 0, 1, 'Sampleton', '90000', ''"
            + " from patient x join patient y join patient z limit "
            + MORE);
    house.startBundle();
    house.untilConnected();
    until("all is loaded and sent", ReconcileTest::isQuiet);
  }

  @AfterAll
  static void close() throws Exception {
    house.close();
  }

  @Test
  @Order(1)
  void whereNothingWasMissedEverythingMatchesAndNothingIsSent() throws Exception {
    int arrivals = house.hospital().arrivals().size();
    List<JsonNode> reports = reconciled("practice=elm");
    for (JsonNode each : reports) {
      assertEquals(0, each.path("differing").asLong(), each::toString);
      assertEquals(0, each.path("unexplained").asLong(), each::toString);
      if (each.path("destination").asText().equals("hospital-hl7")) {
        assertEquals("off", each.path("state").asText());
        assertEquals(
            "a receiver of HL7 v2 cannot be asked what it holds", each.path("reason").asText());
      } else {
        assertEquals("ended", each.path("state").asText());
        assertEquals(each.path("rows").asLong(), each.path("matched").asLong(), each::toString);
      }
    }
    assertEquals(
        house.office("elm").count("select count(*) from patient"),
        report(reports, "patient", "").path("rows").asLong());
    assertEquals(
        house.office("elm").count("select count(*) from operatory"),
        report(reports, "operatory", "registry").path("rows").asLong());
    assertEquals(arrivals, house.hospital().arrivals().size());
    String shown = command("reconcile", "elm", "patient");
    assertTrue(shown.matches("(?s).*elm +patient +Open Dental +ended +\\d+.*"), shown);
    assertTrue(
        command("capabilities")
            .matches("(?s).*elm +patient +database +on +patient.DateTStamp +yes.*"));
    assertTrue(
        house
            .metrics()
            .contains(
                "pontic_reconcile_unexplained{destination=\"\",practice=\"elm\",table=\"patient\"} 0.0"));
  }

  /** As ./pontic does it. */
  private static String command(String... words) {
    List<String> all = new ArrayList<>(List.of(words));
    all.addAll(List.of("--data", folder.resolve("data").toString()));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    PrintStream console = System.out;
    System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
    try {
      assertEquals(
          0, Commands.run(new Nobody(), House.home(), Map.of(), all.toArray(String[]::new)));
    } finally {
      System.setOut(console);
    }
    return out.toString(StandardCharsets.UTF_8);
  }

  @Test
  @Order(1)
  void whatChangesWhileItIsComparedIsNotUnexplained() throws Exception {
    AtomicBoolean goesOn = new AtomicBoolean(true);
    AtomicInteger edits = new AtomicInteger();
    Thread desk =
        new Thread(
            () -> {
              while (goesOn.get()) {
                edit(edits.getAndIncrement());
              }
            });
    desk.start();
    List<JsonNode> reports = reconciled("practice=elm&table=patient&destination=");
    goesOn.set(false);
    desk.join();
    assertTrue(edits.get() > 10, "the desk was busy");
    assertTrue(report(reports, "patient", "").path("rows").asLong() > 0);
    reports.forEach(each -> assertEquals(0, each.path("unexplained").asLong(), each::toString));
    assertEquals(0, report(reports, "patient", "").path("repaired").asLong());
    until("all is sent", ReconcileTest::isQuiet);
  }

  private static void edit(int number) {
    try {
      elm.editPatient(patient("elm", number % 8), Map.of("City", "City " + number));
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  @Order(2)
  void whatLeftNoTraceInOpenDentalIsFoundAndSentButNotInADryRun() throws Exception {
    long booked = elm.book(patient("elm", 0), 1, 1, AT, 30, "");
    arrives(
        "Appointment",
        "elm-appointment-" + booked,
        it -> ((Appointment) it).getStatus() == AppointmentStatus.BOOKED);
    long missed = patient("elm", 1);
    until("all is sent", ReconcileTest::isQuiet);
    execute(
        "elm",
        "delete from appointment where AptNum = " + booked,
        "update patient set City = 'Missed', DateTStamp = '"
            + LONG_AGO
            + "' where PatNum = "
            + missed,
        "insert into patient (LName, FName, Birthdate, PatStatus, Gender, DateTStamp)"
            + " values ('Unseen', 'Una', '1990-01-01', 0, 1, '"
            + LONG_AGO
            + "')");
    long unseen = house.office("elm").count("select PatNum from patient where LName = 'Unseen'");
    int arrivals = house.hospital().arrivals().size();

    List<JsonNode> dry = reconciled("practice=elm&dryRun=true");
    assertEquals(2, report(dry, "patient", "").path("differing").asLong());
    assertEquals(2, report(dry, "patient", "").path("unexplained").asLong());
    assertEquals(1, report(dry, "appointment", "").path("gone").asLong());
    assertEquals(0, report(dry, "appointment", "").path("repaired").asLong());
    assertEquals(arrivals, house.hospital().arrivals().size());
    assertEquals(0, house.ledger().count("select count(*) from due"));

    List<JsonNode> reports = reconciled("practice=elm");
    assertEquals(2, report(reports, "patient", "").path("repaired").asLong());
    assertEquals(1, report(reports, "appointment", "").path("repaired").asLong());
    reports.forEach(each -> assertEquals(0, each.path("unexplained").asLong(), each::toString));
    arrives("Patient", "elm-patient-" + missed, city("Missed"));
    arrives("Patient", "elm-patient-" + unseen, it -> true);
    arrives(
        "Appointment",
        "elm-appointment-" + booked,
        it -> ((Appointment) it).getStatus() == AppointmentStatus.ENTEREDINERROR);
    assertTrue(
        get("/control/reconciles?history=true&practice=elm&table=patient").size() >= 9,
        "each comparison is remembered");
  }

  @Test
  @Order(3)
  void whatAHospitalLostOrAlteredIsFoundAndSentAgainButNotInADryRun() throws Exception {
    until("all is sent", ReconcileTest::isQuiet);
    String lost = "elm-patient-" + patient("elm", 2);
    String altered = "elm-patient-" + patient("elm", 3);
    String city = city(house.hospital().latest("Patient", altered).orElseThrow().resource());
    house.hospital().lose("Patient", lost);
    alter(altered);
    arrives("Patient", altered, city("Altered"));
    int arrivals = house.hospital().arrivals().size();

    List<JsonNode> dry = reconciled("practice=elm&destination=hospital&dryRun=true");
    assertEquals(2, report(dry, "patient", "hospital").path("differing").asLong());
    assertEquals(2, report(dry, "patient", "hospital").path("unexplained").asLong());
    assertEquals(arrivals, house.hospital().arrivals().size());

    List<JsonNode> reports = reconciled("practice=elm&table=patient&destination=hospital");
    assertEquals(1, reports.size());
    assertEquals(2, reports.get(0).path("repaired").asLong());
    assertEquals(0, reports.get(0).path("unexplained").asLong());
    assertTrue(house.hospital().latest("Patient", lost).isPresent());
    assertEquals(city, city(house.hospital().latest("Patient", altered).orElseThrow().resource()));
    assertEquals(arrivals + 2, house.hospital().arrivals().size());
  }

  @Test
  @Order(4)
  void aLoadBringsWhatWasMissedFromADayOnOrAllOfItAndWhatAHospitalLost() throws Exception {
    until("all is sent", ReconcileTest::isQuiet);
    long old = patient("elm", 4);
    long newer = patient("elm", 5);
    execute(
        "elm",
        "update patient set City = 'Old', DateTStamp = '" + LONG_AGO + "' where PatNum = " + old,
        "update patient set City = 'Newer', DateTStamp = '2021-06-01 12:00:00' where PatNum = "
            + newer);
    String since = command("load", "elm", "--since", "2021-06-01", "--tables", "patient,clinic");
    arrives("Patient", "elm-patient-" + newer, city("Newer"));
    assertTrue(since.matches("(?s).*elm +patient +Open Dental +ended +2021-06-01T.*"), since);
    assertTrue(since.matches("(?s).*elm +clinic +Open Dental +off.*it is not read here.*"), since);
    assertFalse(
        city(house.hospital().latest("Patient", "elm-patient-" + old).orElseThrow().resource())
            .equals("Old"));
    String lost = "elm-patient-" + patient("elm", 2);
    house.hospital().lose("Patient", lost);
    long visited = house.ledger().count("select count(*) from audit where action = 'load'");
    ByteArrayOutputStream far = new ByteArrayOutputStream();
    PrintStream console = System.err;
    System.setErr(new PrintStream(far, true, StandardCharsets.UTF_8));
    String all;
    try {
      all = command("load", "elm", "--tables", "patient");
    } finally {
      System.setErr(console);
    }
    assertTrue(
        far.toString(StandardCharsets.UTF_8)
            .matches("(?s).*Open Dental: \\d+ of \\d+ rows.*; at hospital: .*"),
        far::toString);
    arrives("Patient", "elm-patient-" + old, city("Old"));
    assertTrue(house.hospital().latest("Patient", lost).isPresent());
    assertTrue(all.matches("(?s).*elm +patient +Open Dental +ended +all rows +\\d+.*"), all);
    assertEquals(
        visited + 1, house.ledger().count("select count(*) from audit where action = 'load'"));
    assertEquals(404, house.post("/control/load?practice=elm&tables=nonsense"));
    assertEquals(404, house.post("/control/load?practice="));
    assertEquals(400, house.post("/control/load?practice=elm&since=yesterday"));
  }

  @Test
  @Order(4)
  void aLoadTellsItsRateLetsLiveChangesGoFirstIsStoppedAndGoesOnOverARestart() throws Exception {
    String which = "practice=oak&tables=patient";
    long patients = house.office("oak").count("select count(*) from patient");
    long missed = patient("oak", 6);
    until("all is sent", ReconcileTest::isQuiet);
    execute(
        "oak",
        "update patient set City = 'Reloaded', DateTStamp = '"
            + LONG_AGO
            + "' where PatNum = "
            + missed,
        "update patient set City = 'Reloaded', DateTStamp = '"
            + LONG_AGO
            + "' where PatNum = (select * from (select max(PatNum) from patient) last)");
    long last = house.office("oak").count("select max(PatNum) from patient");
    house.stopBundle();
    house.with("practices.oak.database.page", "10").startBundle();
    assertEquals(ACCEPTED, house.post("/control/load?" + which));
    until("it says how far it is", () -> load(which).path("secondsLeft").asLong() > 0);
    long live = patient("oak", 7);
    execute("oak", "update patient set City = 'Live' where PatNum = " + live);
    arrives("Patient", "oak-patient-" + live, city("Live"));
    assertEquals("running", load(which).path("state").asText(), "what changed did not wait for it");
    assertEquals(ACCEPTED, house.post("/control/load/stop?" + which));
    JsonNode stopped = load(which);
    assertEquals("stopped", stopped.path("state").asText());
    assertTrue(stopped.path("perSecond").asDouble() > 0, stopped::toString);
    long rows = stopped.path("rows").asLong();
    assertTrue(rows > 0 && rows < patients, stopped::toString);
    assertEquals(patients, stopped.path("of").asLong());
    assertEquals(ACCEPTED, house.post("/control/load?" + which));
    house.stopBundle();
    house.with("practices.oak.database.page", "1000").startBundle();
    String shown = command("load", "oak", "--tables", "patient", "--watch");
    assertTrue(
        shown.matches(
            "(?s).*oak +patient +Open Dental +ended +all rows +%d +%d +2 .*"
                .formatted(patients, patients)),
        shown);
    arrives("Patient", "oak-patient-" + missed, city("Reloaded"));
    arrives("Patient", "oak-patient-" + last, city("Reloaded"));
  }

  /** Of Open Dental's rows. */
  private static JsonNode load(String which) {
    for (JsonNode each : get("/control/loads?" + which)) {
      if (each.path("destination").asText().isEmpty()) {
        return each;
      }
    }
    return JSON.createObjectNode();
  }

  @Test
  @Order(5)
  void aRunIsStoppedAndContinuedAndGoesOnOverARestart() throws Exception {
    String which = "practice=oak&table=patient&destination=registry";
    long patients = house.office("oak").count("select count(*) from patient");
    assertEquals(ACCEPTED, house.post("/control/reconcile?" + which));
    until("a page was compared", () -> only(which).path("rows").asLong() > 0);
    assertEquals(ACCEPTED, house.post("/control/reconcile/stop?" + which));
    JsonNode stopped = only(which);
    assertEquals("stopped", stopped.path("state").asText());
    assertTrue(stopped.path("rows").asLong() < patients, stopped::toString);
    house.stopBundle();
    house.startBundle();
    assertEquals("stopped", only(which).path("state").asText());
    assertEquals(ACCEPTED, house.post("/control/reconcile?" + which));
    assertEquals("running", only(which).path("state").asText());
    house.stopBundle();
    house.startBundle();
    JsonNode ended = finished(which).get(0);
    assertEquals(patients, ended.path("rows").asLong());
    assertEquals(patients, ended.path("matched").asLong());
    assertEquals(1, get("/control/reconciles?history=true&" + which).size());
    assertTrue(ended.path("perSecond").asDouble() > 0);
  }

  @Test
  @Order(6)
  void manyRowsThatAreGoneAreNotWithdrawnBeforeAPersonHasSaidSo() throws Exception {
    String which = "practice=oak&table=patient";
    execute("oak", "delete from patient where FName = 'Many' and PatNum % 3 = 0");
    long gone =
        house.hospital().all("Patient").stream().filter(it -> it.id().startsWith("oak-")).count()
            - house.office("oak").count("select count(*) from patient");
    assertTrue(gone > 25);
    int arrivals = house.hospital().arrivals().size();
    JsonNode held = report(reconciled(which), "patient", "");
    assertEquals("stopped", held.path("state").asText());
    assertTrue(held.path("reason").asText().contains("rows are no longer there"), held::toString);
    assertEquals(arrivals, house.hospital().arrivals().size());
    JsonNode done = report(reconciled(which + "&manyDeletes=true"), "patient", "");
    assertEquals(gone, done.path("repaired").asLong());
    assertEquals(0, done.path("unexplained").asLong());
    until("all is sent", ReconcileTest::isQuiet);
    assertEquals(
        gone,
        house.hospital().all("Patient").stream()
            .filter(it -> it.id().startsWith("oak-") && !((Patient) it.resource()).getActive())
            .filter(
                it ->
                    ((Patient) it.resource())
                        .getNameFirstRep()
                        .getGivenAsSingleString()
                        .equals("Many"))
            .count());
  }

  @Test
  @Order(7)
  void anUpgradeInMidRunLosesNothingAndSendsNothingThatDidNotChange() throws Exception {
    long moved = oak.book(patient("oak", 0), 1, 1, AT, 30, "");
    long other = oak.book(patient("oak", 1), 1, 1, AT.plusHours(2), 30, "");
    arrives("Appointment", "oak-appointment-" + other, it -> true);
    arrives("Appointment", "oak-appointment-" + moved, it -> true);
    until("all is sent", ReconcileTest::isQuiet);
    long appointments = house.office("oak").count("select count(*) from appointment");
    int arrivals = house.hospital().arrivals().size();

    execute(
        "oak",
        "update preference set ValueString = 'SERVER' where PrefName = 'UpdateInProgressOnComputerName'");
    until("the feed is off", () -> !feed("oak", "appointment").path("on").asBoolean());
    assertTrue(feed("oak", "appointment").path("reason").asText().contains("update"));
    oak.move(moved, AT.plusDays(1), OptionalLong.empty(), OptionalLong.empty());
    execute(
        "oak",
        "alter table appointment add column IsMirrored tinyint not null default 0",
        "update preference set ValueString = '25.2.1.0' where PrefName = 'DataBaseVersion'",
        "update preference set ValueString = '' where PrefName = 'UpdateInProgressOnComputerName'");
    arrives(
        "Appointment",
        "oak-appointment-" + moved,
        it -> ((Appointment) it).getStart().toInstant().toString().startsWith("2027-03-03"));
    assertEquals("[]", feed("oak", "appointment").path("without").toString());

    // Every row is read again, with one column more and so with another hash.
    execute("oak", "update appointment set DateTStamp = now()");
    until(
        "the rows were read with the new column",
        () ->
            house
                    .ledger()
                    .count(
                        "select count(distinct row_key) from record where practice = 'oak' and resource = 'Appointment'"
                            + " and state <> 'deleted' and read_at >= (select max(looked_at) from feed where practice = 'oak'"
                            + " and feed = 'appointment')")
                >= appointments);
    until("all is sent", ReconcileTest::isQuiet);
    assertEquals(arrivals + 1, house.hospital().arrivals().size());
    // A table that nothing has touched since is measured anew without a word to anybody.
    execute("oak", "alter table appointment drop column IsMirrored");
    execute(
        "oak", "update preference set ValueString = '25.1.1.0' where PrefName = 'DataBaseVersion'");
    until(
        "the feed was looked at",
        () -> feed("oak", "appointment").path("without").toString().contains("ismirrored"));
    JsonNode compared = report(reconciled("practice=oak&table=appointment"), "appointment", "");
    assertEquals(appointments, compared.path("matched").asLong(), compared::toString);
    assertEquals(0, compared.path("differing").asLong());
    assertEquals(arrivals + 1, house.hospital().arrivals().size());
  }

  @Test
  @Order(8)
  void eachNightEverythingIsCompared() throws Exception {
    house
        .bundle()
        .store()
        .write(tx -> tx.sql("update reconcile_night set day = '2020-01-01'").update());
    house.stopBundle();
    house.with("practices.oak.database.enabled", "false").startBundle();
    until(
        "both practices were asked for",
        () ->
            house
                    .ledger()
                    .count(
                        "select count(distinct practice) from reconcile where asked_by = 'schedule'")
                == 2);
    JsonNode elmPatients = report(finished("practice=elm"), "patient", "");
    assertEquals("schedule", elmPatients.path("askedBy").asText());
    assertEquals("ended", elmPatients.path("state").asText());
    JsonNode off = report(finished("practice=oak"), "patient", "");
    assertEquals("off", off.path("state").asText());
    assertTrue(off.path("reason").asText().contains("database is not read"), off::toString);
    assertEquals(
        "ended", report(finished("practice=oak"), "patient", "hospital").path("state").asText());
    // The practice is asked what it is every ten minutes; here at once.
    house.bundle().store().write(tx -> tx.sql("update lane set capabilities_at = 0").update());
    until(
        "its API has said which lists it has",
        () -> !capabilities("oak").path("cannotSee").isEmpty());
    JsonNode capabilities = capabilities("oak");
    assertFalse(capabilities.path("compared").path("on").asBoolean());
    assertFalse(capabilities.path("cannotSee").isEmpty());
    assertTrue(capabilities.path("feeds").toString().contains("\"by\":\"api\""));
  }

  @Test
  @Order(9)
  void capabilitiesSayOfEachFeedAndWriteWhyItIsOnOrOff() throws Exception {
    JsonNode practice = capabilities("elm");
    JsonNode database = practice.path("database");
    assertTrue(database.path("version").asText().startsWith("25.3."));
    assertTrue(database.path("server").asText().contains("MariaDB"));
    assertEquals(1, database.path("autoIncrementIncrement").asInt());
    assertFalse(database.path("randomPrimaryKeys").asBoolean());
    assertFalse(database.path("clinics").asBoolean());
    assertTrue(database.path("accountMayWrite").isEmpty());
    JsonNode patient = feed("elm", "patient");
    assertTrue(patient.path("on").asBoolean() && patient.path("onUpdate").asBoolean());
    assertEquals("MyISAM", patient.path("engine").asText());
    assertEquals("patient", patient.path("table").asText());
    assertTrue(patient.has("indexes"));
    assertTrue(patient.path("plan").path(0).asText().startsWith("p ALL -"), patient::toString);
    assertFalse(practice.path("api").path("permissions").isEmpty());
    assertTrue(
        practice.path("writes").findValues("on").stream().anyMatch(JsonNode::asBoolean),
        practice::toString);
  }

  @Test
  @Order(10)
  void anAccountThatMayWriteIsRefusedUnlessASwitchSaysSoLoudly() throws Exception {
    execute(
        "elm",
        "create user 'may_write'@'127.0.0.1' identified by 'may-write-secret'",
        "grant select, insert, update on elm.* to 'may_write'@'127.0.0.1'");
    house.stopBundle();
    house
        .with("practices.elm.database.user", "may_write")
        .with("practices.elm.database.password", "may-write-secret")
        .startBundle();
    String id = "elm-patient-" + patient("elm", 4);
    elm.editPatient(patient("elm", 4), Map.of("City", "Refused"));
    until(
        "every feed is off",
        () ->
            capabilities("elm").path("feeds").findValues("reason").stream()
                    .filter(
                        reason ->
                            reason.asText().startsWith("its account may write (INSERT on `elm`.*"))
                    .count()
                == 7);
    assertTrue(house.control("/control/status").contains("its account may write"));
    assertFalse(
        city(house.hospital().latest("Patient", id).orElseThrow().resource()).equals("Refused"));

    house.stopBundle();
    ListAppender<ILoggingEvent> said = new ListAppender<>();
    said.start();
    Logger log = (Logger) LoggerFactory.getLogger("pontic.capture.Offices");
    log.addAppender(said);
    house.with("practices.elm.database.allowWritingAccount", "true").startBundle();
    arrives("Patient", id, city("Refused"));
    log.detachAppender(said);
    assertTrue(
        List.copyOf(said.list).stream()
            .anyMatch(it -> it.getFormattedMessage().contains("MAY WRITE (INSERT on `elm`.*")));
    assertFalse(capabilities("elm").path("database").path("accountMayWrite").isEmpty());
    DataSource database =
        house
            .bundle()
            .context()
            .getRegistry()
            .lookupByNameAndType("database-elm", DataSource.class);
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement()) {
      SQLException refused =
          assertThrows(
              SQLException.class,
              () -> statement.executeUpdate("update patient set City = 'Written'"));
      assertTrue(refused.getMessage().contains("READ ONLY"), refused::getMessage);
    }
    assertEquals(
        0, house.office("elm").count("select count(*) from patient where City = 'Written'"));
  }

  private static void alter(String id) throws Exception {
    Patient patient =
        (Patient) house.hospital().latest("Patient", id).orElseThrow().resource().copy();
    patient.getAddressFirstRep().setCity("Altered");
    HttpResponse<String> answer =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(URI.create(house.hospital().url() + "/Patient/" + id))
                    .header("Content-Type", "application/fhir+json")
                    .PUT(
                        HttpRequest.BodyPublishers.ofString(
                            FHIR.newJsonParser().encodeResourceToString(patient)))
                    .build(),
                HttpResponse.BodyHandlers.ofString());
    assertEquals(200, answer.statusCode());
  }

  /** Asks for it and waits for its end. */
  private static List<JsonNode> reconciled(String query) throws Exception {
    assertEquals(ACCEPTED, house.post("/control/reconcile?" + query));
    return finished(query);
  }

  private static List<JsonNode> finished(String query) {
    until(
        "the comparison has ended",
        () -> list(query).stream().noneMatch(it -> it.path("state").asText().equals("running")));
    return list(query);
  }

  private static List<JsonNode> list(String query) {
    List<JsonNode> all = new ArrayList<>();
    get("/control/reconciles?" + query).forEach(all::add);
    return all;
  }

  private static JsonNode only(String query) {
    return list(query).get(0);
  }

  private static JsonNode report(List<JsonNode> reports, String table, String destination) {
    return reports.stream()
        .filter(it -> it.path("table").asText().equals(table))
        .filter(it -> it.path("destination").asText().equals(destination))
        .findFirst()
        .orElseThrow();
  }

  private static JsonNode capabilities(String practice) {
    for (JsonNode each : get("/control/capabilities")) {
      if (each.path("practice").asText().equals(practice)) {
        return each;
      }
    }
    throw new AssertionError("no " + practice);
  }

  private static JsonNode feed(String practice, String name) {
    for (JsonNode each : capabilities(practice).path("feeds")) {
      if (each.path("feed").asText().equals(name)) {
        return each;
      }
    }
    return JSON.createObjectNode();
  }

  private static JsonNode get(String path) {
    try {
      return JSON.readTree(house.control(path));
    } catch (Exception e) {
      throw new AssertionError(path, e);
    }
  }

  private static boolean isQuiet() {
    return house.hospital().all("Patient").stream()
                .map(Arrival::id)
                .filter(id -> id.startsWith("oak"))
                .count()
            > MORE
        && house.ledger().count("select count(*) from due") == 0
        && house.ledger().count("select count(*) from watermark where paging = 1") == 0
        && house.ledger().count("select count(*) from watermark") == 14;
  }

  private static void arrives(String type, String id, Predicate<Resource> fits) throws Exception {
    assertTrue(
        house.hospital().await(type, id, fits, Duration.ofSeconds(600)).isPresent(),
        () -> type + "/" + id + " did not come\n" + house.ledger().describe());
  }

  private static Predicate<Resource> city(String city) {
    return resource -> city(resource).equals(city);
  }

  private static String city(Resource patient) {
    String city = ((Patient) patient).getAddressFirstRep().getCity();
    return city == null ? "" : city;
  }

  private static long patient(String practice, int number) {
    return house
        .office(practice)
        .count(
            "select PatNum from patient where PatStatus = 0 and FName <> 'Many' order by PatNum limit 1 offset "
                + number);
  }

  private static void execute(String practice, String... sql) throws Exception {
    try (Connection connection = house.sandbox().practice(practice).dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      for (String one : sql) {
        statement.execute(one);
      }
    }
  }
}
