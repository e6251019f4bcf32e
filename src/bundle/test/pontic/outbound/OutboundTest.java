package pontic.outbound;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.time.LocalDateTime;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Predicate;
import org.hl7.fhir.r4.model.Appointment;
import org.hl7.fhir.r4.model.Patient;
import org.hl7.fhir.r4.model.Resource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import pontic.house.House;
import pontic.house.QueryPlans;
import pontic.sandbox.database.Practice;
import pontic.sandbox.desk.FrontDesk;
import pontic.sandbox.hospital.Arrival;
import pontic.sandbox.hospital.HospitalFhirServer;

/** From a real practice database through the real route files to a FHIR server. */
class OutboundTest {
  private static final Duration LIMIT = Duration.ofSeconds(600);
  private static final int PATIENTS = 60;
  private static final String UNCHANGED =
      "select sum(unchanged) from watermark where practice = 'elm' and feed = 'patient'";

  @TempDir static Path folder;
  private static House house;
  private static QueryPlans plans;
  private static Practice elm;
  private static FrontDesk desk;
  private static HospitalFhirServer hospital;

  @BeforeAll
  static void open() throws Exception {
    plans = new QueryPlans();
    house = House.sandboxOnly(folder, House.SCALE, PATIENTS);
    elm = house.sandbox().practice("elm");
    desk = house.sandbox().frontDesk("elm");
    hospital = house.hospital();
    house.startBundle();
  }

  @AfterAll
  static void close() throws Exception {
    try (QueryPlans seen = plans) {
      house.metrics();
      house.compareAndClose("elm", "oak");
      assertEquals(Set.of(), seen.scans(folder.resolve("data")));
    }
  }

  @Test
  void whatTheFrontDeskBooksMovesBreaksAndDeletesTheHospitalHas() throws Exception {
    long patient = number("select min(PatNum) from patient where PatStatus = 0");
    long operatory = number("select min(OperatoryNum) from operatory");
    long provider = number("select min(ProvNum) from provider");
    LocalDateTime at = LocalDateTime.of(2027, 3, 2, 9, 0);

    long apt = desk.book(patient, operatory, provider, at, 40, "");
    Appointment booked = appointment(apt, is(Appointment.AppointmentStatus.BOOKED));
    assertEquals(
        "2027-03-02T14:00:00Z", booked.getStartElement().getValue().toInstant().toString());
    assertEquals("2027-03-02T14:40:00Z", booked.getEndElement().getValue().toInstant().toString());
    assertEquals(
        "Patient/elm-patient-" + patient,
        booked.getParticipantFirstRep().getActor().getReference());
    assertTrue(hospital.latest("Patient", "elm-patient-" + patient).isPresent());

    desk.move(apt, at.plusDays(1), OptionalLong.empty(), OptionalLong.empty());
    appointment(
        apt,
        resource ->
            ((Appointment) resource)
                .getStart()
                .toInstant()
                .toString()
                .equals("2027-03-03T14:00:00Z"));
    desk.breakAppointment(apt, false);
    appointment(apt, is(Appointment.AppointmentStatus.CANCELLED));
    desk.delete(apt);
    appointment(apt, is(Appointment.AppointmentStatus.ENTEREDINERROR));
  }

  @Test
  void anAgeingRunOverEveryPatientSendsNothing() throws Exception {
    awaitQuiet();
    int transactions = hospital.transactions();
    long before = house.ledger().count(UNCHANGED);
    int touched = desk.touchAll();
    assertTrue(touched >= PATIENTS);
    House.until(
        "every touched patient was looked at",
        () -> house.ledger().count(UNCHANGED) >= before + touched);
    assertEquals(0, house.ledger().count("select count(*) from due"));
    assertEquals(transactions, hospital.transactions());
  }

  @Test
  void manyChangesInOneSecondAllArrive() throws Exception {
    awaitQuiet();
    try (Connection connection = elm.dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("update patient set City = concat('Town', PatNum)");
    }
    for (long patient : numbers("select PatNum from patient")) {
      patient(patient, resource -> ("Town" + patient).equals(city(resource)));
    }
  }

  @Test
  void changesThatFollowEachOtherWithinASecondEndWithTheLast() throws Exception {
    awaitQuiet();
    long patient = number("select min(PatNum) from patient where PatStatus = 0");
    for (int i = 1; i <= 40; i++) {
      desk.editPatient(patient, Map.of("City", "Place" + i));
    }
    patient(patient, resource -> "Place40".equals(city(resource)));
  }

  @Test
  void whatIsCapturedSurvivesARestartBeforeItIsSent() throws Exception {
    awaitQuiet();
    hospital.goDown();
    long patient = number("select max(PatNum) from patient where PatStatus = 0");
    desk.editPatient(patient, Map.of("City", "Restarted"));
    untilAny("select count(*) from due where practice = 'elm' and row_key = " + patient);
    house.stopBundle();
    hospital.comeBack();
    house.startBundle();
    patient(patient, resource -> "Restarted".equals(city(resource)));
  }

  @Test
  void aHospitalThatWasDownGetsTheNewestStateAndOnlyThat() throws Exception {
    awaitQuiet();
    long patient = number("select min(PatNum) from patient where PatStatus = 0");
    int before = hospital.history("Patient", "elm-patient-" + patient).size();
    long version = house.ledger().count(ofPatient("select version from record", patient));
    long coalesced =
        house
            .ledger()
            .count(
                ofPatient(
                    "select sum(case destination when 'hospital' then coalesced else 0 end) from delivery",
                    patient));
    hospital.goDown();
    desk.editPatient(patient, Map.of("City", "First"));
    untilAny("select count(*) from sending where practice = 'elm' and failures >= 2");
    desk.editPatient(patient, Map.of("City", "Second"));
    House.until(
        "both versions are in the record, and the newer one is due",
        () ->
            house.ledger().count(ofPatient("select version from record", patient)) == version + 2
                && house
                        .ledger()
                        .count(ofPatient("select coalesce(max(version), 0) from due", patient))
                    == version + 2);
    hospital.comeBack();
    patient(patient, resource -> "Second".equals(city(resource)));
    assertEquals(before + 1, hospital.history("Patient", "elm-patient-" + patient).size());
    House.until(
        "nothing is due and one version was coalesced",
        () ->
            house.ledger().count("select count(*) from due") == 0
                && house
                        .ledger()
                        .count(
                            ofPatient(
                                "select sum(case destination when 'hospital' then coalesced else 0 end) from delivery",
                                patient))
                    == coalesced + 1);
  }

  @Test
  void aResourceThatTheHospitalRefusesIsParkedAloneUntilItIsReleasedAndTheOthersArrive()
      throws Exception {
    awaitQuiet();
    long refused = number("select min(PatNum) from patient where PatStatus = 0");
    hospital.refuse(resource -> resource instanceof Patient && "Refused1".equals(city(resource)));
    try (Connection connection = elm.dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(
          "update patient set City = if(PatNum = " + refused + ", 'Refused1', 'Taken1')");
    }
    for (long patient : numbers("select PatNum from patient where PatNum <> " + refused)) {
      patient(patient, resource -> "Taken1".equals(city(resource)));
    }
    untilAny(
        "select count(*) from due where practice = 'elm' and state = 'parked' and row_key = "
            + refused);
    assertEquals(1, house.ledger().count("select count(*) from due"));
    hospital.refuseNothing();
    desk.editPatient(refused, Map.of("City", "Accepted1"));
    untilAny(
        "select count(*) from due where practice = 'elm' and state = 'parked' and version > 2 and row_key = "
            + refused);
    assertEquals(202, house.release("elm/hospital/Patient/" + refused));
    patient(refused, resource -> "Accepted1".equals(city(resource)));
  }

  @Test
  void aDatabaseThatWasDownIsReadAgainFromWhereItWas() throws Exception {
    awaitQuiet();
    long patient = number("select max(PatNum) from patient where PatStatus = 0");
    house.sandbox().database().halt();
    house.sandbox().database().resume();
    dropBrokenConnections();
    desk.editPatient(patient, Map.of("City", "Resumed"));
    patient(patient, resource -> "Resumed".equals(city(resource)));
  }

  /** The desk's own pool still holds connections of the server's earlier life, at most ten. */
  private static void dropBrokenConnections() throws Exception {
    for (int i = 0; i < 10; i++) {
      try {
        number("select 1");
      } catch (java.sql.SQLException broken) {
        assertTrue(broken.getSQLState().startsWith("08"), broken.getSQLState());
      }
    }
    assertEquals(1, number("select 1"));
  }

  /** The first load has arrived and nothing is due. */
  private void awaitQuiet() throws Exception {
    long patients = number("select count(*) from patient");
    House.until(
        "every patient has a record",
        () ->
            house
                    .ledger()
                    .count(
                        "select count(*) from record where practice = 'elm' and resource = 'Patient'")
                >= patients);
    House.until(
        "no page is left to read",
        () -> house.ledger().count("select count(*) from watermark where paging = 0") == 14);
    House.until("nothing is due", () -> house.ledger().count("select count(*) from due") == 0);
  }

  private static String ofPatient(String select, long patient) {
    return select + " where practice = 'elm' and resource = 'Patient' and row_key = " + patient;
  }

  /** Waits until the query counts something. */
  private static void untilAny(String sql) {
    House.until("something of: " + sql, () -> house.ledger().count(sql) > 0);
  }

  private Appointment appointment(long key, Predicate<Resource> fits) throws Exception {
    return (Appointment) arrival("Appointment", "elm-appointment-" + key, fits).resource();
  }

  private void patient(long key, Predicate<Resource> fits) throws Exception {
    arrival("Patient", "elm-patient-" + key, fits);
  }

  private Arrival arrival(String type, String id, Predicate<Resource> fits) throws Exception {
    Optional<Arrival> arrival = hospital.await(type, id, fits, LIMIT);
    assertTrue(arrival.isPresent(), type + "/" + id + " did not come as expected");
    return arrival.get();
  }

  private static Predicate<Resource> is(Appointment.AppointmentStatus status) {
    return resource -> ((Appointment) resource).getStatus() == status;
  }

  private static String city(Resource patient) {
    return ((Patient) patient).getAddressFirstRep().getCity();
  }

  private static long number(String sql) throws Exception {
    return numbers(sql).get(0);
  }

  private static java.util.List<Long> numbers(String sql) throws Exception {
    try (Connection connection = elm.dataSource().getConnection();
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      java.util.List<Long> numbers = new java.util.ArrayList<>();
      while (result.next()) {
        numbers.add(result.getLong(1));
      }
      return numbers;
    }
  }
}
