package pontic.outbound;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.hl7.fhir.r4.model.Patient;
import org.hl7.fhir.r4.model.Resource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import pontic.practice.Destination;
import pontic.sandbox.database.DatabaseServer;
import pontic.sandbox.database.Engine;
import pontic.sandbox.database.Practice;
import pontic.sandbox.database.PracticePlan;
import pontic.sandbox.database.Practices;
import pontic.sandbox.desk.FrontDesk;
import pontic.sandbox.hospital.Arrival;
import pontic.sandbox.hospital.FhirFault;
import pontic.sandbox.hospital.FhirFaultKind;
import pontic.sandbox.hospital.HospitalFhirServer;
import pontic.sandbox.hospital.Landing;

/** What a hospital has in the end, whatever goes wrong between it and the practice. */
class FhirDeliveryTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Duration REQUEST_LIMIT = Duration.ofSeconds(2);
  private static final int PATIENTS = 40;

  @TempDir static Path folder;
  private static DatabaseServer server;
  private static Practices practices;
  private static Practice elm;
  private static FrontDesk desk;
  private static HospitalFhirServer hospital;
  private static HospitalFhirServer registry;
  private static HospitalFhirServer clinic;
  private static OutboundProcess pontic;
  private static List<Destination> destinations;
  private static int used;

  @BeforeAll
  static void start() throws Exception {
    server = DatabaseServer.start(folder.resolve("database"), 0);
    practices = new Practices(server);
    elm = practices.open(PracticePlan.elm(Engine.MYISAM, PATIENTS));
    desk = new FrontDesk(elm);
    hospital = HospitalFhirServer.start("hospital", 0);
    registry = HospitalFhirServer.start("registry", 0);
    clinic = HospitalFhirServer.start("clinic", 0);
    destinations =
        List.of(
            OutboundProcess.destination("hospital", hospital.url(), REQUEST_LIMIT),
            OutboundProcess.destination("registry", registry.url(), REQUEST_LIMIT));
    open();
  }

  private static void open() throws Exception {
    pontic =
        OutboundProcess.start(folder.resolve("pontic"), elm, server.jdbcUrl("elm"), destinations);
    quiet();
  }

  @AfterEach
  void mend() throws Exception {
    List.of(hospital, registry, clinic).forEach(HospitalFhirServer::clear);
    hospital.refuseNothing();
    quiet();
  }

  @AfterAll
  static void stop() {
    pontic.close();
    List.of(hospital, registry, clinic).forEach(HospitalFhirServer::close);
    practices.close();
    server.close();
  }

  @Test
  void aLateOlderWriteDoesNotReplaceTheNewerOne() throws Exception {
    long patient = patient();
    hospital.arm(late(patient).lasting(Duration.ofSeconds(4)));
    desk.editPatient(patient, Map.of("City", "Five"));
    pontic.await(unknown("hospital", patient));
    desk.editPatient(patient, Map.of("City", "Six"));
    arrives(hospital, patient, "Six");
    Landing landing = hospital.awaitLandings(1, LIMIT).get(0);
    Arrival last = hospital.latest("Patient", id(patient)).orElseThrow();
    assertTrue(landing.landed().isAfter(last.at()), "the late one came last");
    assertEquals(412, landing.status());
    assertEquals("Six", city(last.resource()));
    quiet();
  }

  @Test
  void anAttemptThatArrivedWithoutAnAnswerIsReadBackAndNotSentAgain() throws Exception {
    long patient = patient();
    int before = versions(hospital, patient);
    hospital.arm(late(patient).closingTheSocket());
    desk.editPatient(patient, Map.of("City", "Unheard"));
    arrives(hospital, patient, "Unheard");
    quiet();
    assertEquals(before + 1, versions(hospital, patient));
    assertEquals(
        before + 1,
        pontic.number(
            "select acknowledged_version from delivery where destination = 'hospital' and resource = 'Patient'"
                + " and row_key = "
                + patient));
  }

  @Test
  void whatSomebodyElseWroteThereIsNoticedAndReplacedByTheNewestState() throws Exception {
    long patient = patient();
    foreign(patient, "Elsewhere");
    desk.editPatient(patient, Map.of("City", "Here"));
    arrives(hospital, patient, "Here");
    quiet();
    List<String> cities =
        hospital.history("Patient", id(patient)).stream().map(one -> city(one.resource())).toList();
    assertEquals(List.of("Elsewhere", "Here"), cities.subList(cities.size() - 2, cities.size()));
  }

  @Test
  void aPatientThatIsRefusedParksAloneWithWhatFollowsAndIsReleasedOnceWithTheNewestState()
      throws Exception {
    long patient = patient();
    long neighbour = patient();
    hospital.refuse(resource -> resource instanceof Patient && city(resource).equals("Refused"));
    update(
        "update patient set City = if(PatNum = "
            + patient
            + ", 'Refused', 'Taken') where PatNum in ("
            + patient
            + ","
            + neighbour
            + ")");
    arrives(hospital, neighbour, "Taken");
    arrives(registry, patient, "Refused");
    pontic.await(
        "select count(*) from due where destination = 'hospital' and state = 'parked' and resource = 'Patient'"
            + " and row_key = "
            + patient);
    long apt =
        desk.book(
            patient,
            number("select min(OperatoryNum) from operatory"),
            number("select min(ProvNum) from provider"),
            LocalDateTime.of(2027, 5, 4, 9, 0).plusHours(used),
            40,
            "");
    desk.editPatient(patient, Map.of("City", "Newest"));
    arrives(registry, patient, "Newest");
    until(() -> registry.latest("Appointment", "elm-appointment-" + apt).isPresent());
    until(() -> pontic.number("select count(*) from due") == 2);
    hospital.refuseNothing();
    assertEquals(List.of(), pontic.woken(), "nobody is woken for what stands behind");
    assertTrue(pontic.claim("elm", "hospital").entries().isEmpty());
    assertTrue(hospital.latest("Appointment", "elm-appointment-" + apt).isEmpty());

    int before = versions(hospital, patient);
    assertFalse(pontic.release("elm/registry/Patient/" + patient));
    assertTrue(pontic.release("elm/hospital/Patient/" + patient));
    arrives(hospital, patient, "Newest");
    until(() -> hospital.latest("Appointment", "elm-appointment-" + apt).isPresent());
    quiet();
    assertEquals(before + 1, versions(hospital, patient));
  }

  @Test
  void aBusyHospitalIsLeftAloneAsLongAsItAsks() throws Exception {
    long patient = patient();
    Instant begin = Instant.now();
    hospital.arm(FhirFault.of(FhirFaultKind.HTTP_429).lasting(Duration.ofSeconds(4)));
    desk.editPatient(patient, Map.of("City", "Patience"));
    Arrival arrival = arrives(hospital, patient, "Patience");
    assertTrue(Duration.between(begin, arrival.at()).toSeconds() >= 4);
    assertEquals(0, pontic.number("select count(*) from due where attempts > 0"));
  }

  @Test
  void aHospitalThatFailsIsAskedAgainAndNothingIsParked() throws Exception {
    long patient = patient();
    hospital.arm(FhirFault.of(FhirFaultKind.HTTP_500).times(3));
    desk.editPatient(patient, Map.of("City", "Stubborn"));
    arrives(hospital, patient, "Stubborn");
    quiet();
    assertEquals(0, pontic.number("select count(*) from sending where failures > 0"));
  }

  @Test
  void anAttemptThatAStopCutOffIsFinishedAfterTheStart() throws Exception {
    long patient = patient();
    hospital.arm(FhirFault.of(FhirFaultKind.HANG).times(0));
    desk.editPatient(patient, Map.of("City", "Cut"));
    pontic.await(unknown("hospital", patient));
    pontic.close();
    assertTrue(
        hospital
            .latest("Patient", id(patient))
            .filter(one -> city(one.resource()).equals("Cut"))
            .isEmpty());
    hospital.clear();
    open();
    arrives(hospital, patient, "Cut");
  }

  @Test
  void aNewDestinationIsGivenEverythingOnceAndADeadOrHangingOneSlowsNoOther() throws Exception {
    pontic.close();
    destinations = new ArrayList<>(destinations);
    destinations.add(OutboundProcess.destination("clinic", clinic.url(), REQUEST_LIMIT));
    open();
    long patients = number("select count(*) from patient where PatStatus <> 4");
    assertTrue(clinic.all("Patient").size() >= patients - 1);
    assertEquals(registry.all("Patient").size(), clinic.all("Patient").size());
    assertEquals(
        clinic.all("Patient").size() + clinic.all("Appointment").size(),
        pontic.number("select sum(records) from load where destination = 'clinic'"));
    int arrivals = clinic.arrivals().size();
    pontic.close();
    open();
    assertEquals(arrivals, clinic.arrivals().size(), "a restart does not load again");

    int alive = delivered(() -> {});
    int oneDead = delivered(() -> hospital.arm(FhirFault.of(FhirFaultKind.DOWN)));
    hospital.clear();
    int oneHangs = delivered(() -> hospital.arm(FhirFault.of(FhirFaultKind.HANG).times(0)));
    assertTrue(oneDead >= 0.95 * alive, oneDead + " of " + alive);
    assertTrue(oneHangs >= 0.95 * alive, oneHangs + " of " + alive);
  }

  /** Versions that registry and clinic get during ten seconds of steady changes. */
  private static int delivered(Runnable midRun) throws Exception {
    quiet();
    int before = registry.arrivals().size() + clinic.arrivals().size();
    List<Long> all = numbers("select PatNum from patient where PatStatus = 0 order by PatNum");
    Instant begin = Instant.now();
    for (int i = 0; i < 100; i++) {
      if (i == 30) {
        midRun.run();
      }
      desk.editPatient(all.get(i % all.size()), Map.of("City", "Run" + begin.toEpochMilli() + i));
      Instant next = begin.plusMillis(100L * (i + 1));
      until(() -> !Instant.now().isBefore(next));
    }
    // What is captured of the last second is still on its way; it counts for every run alike.
    until(() -> !Instant.now().isBefore(begin.plusSeconds(14)));
    int delivered = registry.arrivals().size() + clinic.arrivals().size() - before;
    hospital.clear();
    return delivered;
  }

  private static FhirFault late(long patient) {
    return FhirFault.of(FhirFaultKind.LANDS_LATE).on("Patient", id(patient)).to("POST");
  }

  private static String unknown(String destination, long patient) {
    return "select count(*) from delivery where attempt_state = 'unknown' and resource = 'Patient' and destination = '"
        + destination
        + "' and row_key = "
        + patient;
  }

  private static void quiet() throws Exception {
    long patients = number("select count(*) from patient");
    until(
        () ->
            pontic.number("select count(*) from record where resource = 'Patient'") >= patients
                && pontic.number("select count(*) from watermark where paging = 0") == 3
                && pontic.number("select count(*) from due") == 0);
  }

  private static Arrival arrives(HospitalFhirServer at, long patient, String city)
      throws Exception {
    Predicate<Resource> fits = resource -> city.equals(city(resource));
    return at.await("Patient", id(patient), fits, LIMIT)
        .orElseThrow(() -> new AssertionError(id(patient) + " did not come from " + city));
  }

  private static void foreign(long patient, String city) throws Exception {
    String body =
        "{\"resourceType\":\"Patient\",\"id\":\""
            + id(patient)
            + "\",\"address\":[{\"city\":\""
            + city
            + "\"}]}";
    HttpResponse<String> answer =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(URI.create(hospital.url() + "/Patient/" + id(patient)))
                    .header("Content-Type", "application/fhir+json")
                    .PUT(HttpRequest.BodyPublishers.ofString(body))
                    .build(),
                HttpResponse.BodyHandlers.ofString());
    assertEquals(200, answer.statusCode());
  }

  private static int versions(HospitalFhirServer at, long patient) {
    return at.history("Patient", id(patient)).size();
  }

  private static String id(long patient) {
    return "elm-patient-" + patient;
  }

  private static String city(Resource patient) {
    String city = ((Patient) patient).getAddressFirstRep().getCity();
    return city == null ? "" : city;
  }

  /** One that no other case has used. */
  private static long patient() throws Exception {
    return numbers("select PatNum from patient where PatStatus = 0 order by PatNum").get(used++);
  }

  private static void until(BooleanSupplier condition) {
    Instant end = Instant.now().plus(LIMIT);
    while (!condition.getAsBoolean()) {
      assertTrue(Instant.now().isBefore(end), "in vain for " + LIMIT);
      java.util.concurrent.locks.LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
    }
  }

  private static void update(String sql) throws Exception {
    try (Connection connection = elm.dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static long number(String sql) throws Exception {
    return numbers(sql).get(0);
  }

  private static List<Long> numbers(String sql) throws Exception {
    try (Connection connection = elm.dataSource().getConnection();
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      List<Long> numbers = new ArrayList<>();
      while (result.next()) {
        numbers.add(result.getLong(1));
      }
      return numbers;
    }
  }
}
