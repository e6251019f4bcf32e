package pontic.outbound;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
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
import java.util.function.Predicate;
import org.hl7.fhir.r4.model.Patient;
import org.hl7.fhir.r4.model.Resource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.util.FileSystemUtils;
import pontic.house.House;
import pontic.sandbox.database.Practice;
import pontic.sandbox.desk.FrontDesk;
import pontic.sandbox.hospital.Arrival;
import pontic.sandbox.hospital.FhirFault;
import pontic.sandbox.hospital.FhirFaultKind;
import pontic.sandbox.hospital.HospitalFhirServer;
import pontic.sandbox.hospital.Landing;
import pontic.send.Sends;

/** What a hospital has in the end, whatever goes wrong between it and the practice. */
class FhirDeliveryTest {
  private static final Duration LIMIT = Duration.ofSeconds(600);
  private static final String REQUEST_LIMIT = "2s";
  private static final int PATIENTS = 40;
  private static final int BUNDLE = 50;

  @TempDir static Path folder;
  private static House house;
  private static Practice elm;
  private static FrontDesk desk;
  private static HospitalFhirServer hospital;
  private static HospitalFhirServer registry;
  private static HospitalFhirServer clinic;
  private static int used;

  @BeforeAll
  static void start() throws Exception {
    house =
        House.sandboxOnly(folder, House.SCALE, PATIENTS)
            .with("destinations.hospital.requestLimit", REQUEST_LIMIT)
            .with("destinations.registry.requestLimit", REQUEST_LIMIT);
    elm = house.sandbox().practice("elm");
    desk = house.sandbox().frontDesk("elm");
    hospital = house.hospital();
    registry = house.registry();
    clinic = HospitalFhirServer.start("clinic", 0);
    open();
  }

  private static void open() throws Exception {
    house.startBundle();
    quiet();
  }

  @AfterEach
  void mend() throws Exception {
    List.of(hospital, registry, clinic).forEach(HospitalFhirServer::clear);
    hospital.refuseNothing();
    hospital.ifNoneMatch(true);
    quiet();
  }

  @AfterAll
  static void stop() throws Exception {
    house.close();
    clinic.close();
  }

  @Test
  void aLateOlderWriteDoesNotReplaceTheNewerOne() throws Exception {
    long patient = patient();
    int landed = hospital.landings().size();
    hospital.arm(late(patient).lasting(Duration.ofSeconds(4)));
    desk.editPatient(patient, Map.of("City", "Five"));
    untilAny(unknown("hospital", patient));
    desk.editPatient(patient, Map.of("City", "Six"));
    arrives(hospital, patient, "Six");
    Landing landing = hospital.awaitLandings(landed + 1, LIMIT).get(landed);
    Arrival last = hospital.latest("Patient", id(patient)).orElseThrow();
    assertTrue(landing.landed().isAfter(last.at()), "the late one came last");
    assertEquals(412, landing.status());
    assertEquals("Six", city(last.resource()));
    quiet();
  }

  @Test
  void aLateFirstVersionIsNoticedAlsoWhereNobodyMindsThatANewerOneStandsThere() throws Exception {
    int landed = hospital.landings().size();
    hospital.ifNoneMatch(false);
    hospital.arm(
        FhirFault.of(FhirFaultKind.LANDS_LATE)
            .on("Patient")
            .to("POST")
            .lasting(Duration.ofSeconds(6)));
    long patient =
        desk.addPatient(
            Map.of("LName", "Late", "FName", "First", "Birthdate", "1980-01-01", "City", "One"));
    untilAny(unknown("hospital", patient));
    house.control("pause", "hospital", "sends");
    desk.editPatient(patient, Map.of("City", "Two"));
    untilAny(
        "select count(*) from record where practice = 'elm' and resource = 'Patient' and version = 2 and row_key = "
            + patient);
    house.control("resume", "hospital", "sends");
    arrives(hospital, patient, "Two");
    Landing landing = hospital.awaitLandings(landed + 1, LIMIT).get(landed);
    assertEquals(200, landing.status());
    quiet();
    List<String> cities =
        hospital.history("Patient", id(patient)).stream().map(one -> city(one.resource())).toList();
    assertEquals(List.of("Two", "One", "Two"), cities);
  }

  @Test
  void onePatientWhomTheHospitalAlwaysFailsOnHoldsBackNoOther() throws Exception {
    long poison = patient();
    long neighbour = patient();
    hospital.fail(resource -> resource instanceof Patient && city(resource).equals("Poison"));
    update(
        "update patient set City = if(PatNum = "
            + poison
            + ", 'Poison', 'Sane') where PatNum in ("
            + poison
            + ","
            + neighbour
            + ")");
    arrives(hospital, neighbour, "Sane");
    untilAny("select count(*) from due where aside > 0 and row_key = " + poison);
    hospital.refuseNothing();
    long other = patient();
    desk.editPatient(other, Map.of("City", "Third"));
    arrives(hospital, poison, "Poison");
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
        house
            .ledger()
            .count(
                "select acknowledged_version from delivery where practice = 'elm' and destination = 'hospital' and resource = 'Patient'"
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
    untilAny(
        "select count(*) from due where practice = 'elm' and destination = 'hospital' and state = 'parked' and resource = 'Patient'"
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
    House.until(
        "it came", () -> registry.latest("Appointment", "elm-appointment-" + apt).isPresent());
    House.until("two wait", () -> house.ledger().count("select count(*) from due") == 2);
    hospital.refuseNothing();
    assertEquals(List.of(), woken(), "nobody is woken for what stands behind");
    assertTrue(sends().claim("elm", "hospital").entries().isEmpty());
    assertTrue(hospital.latest("Appointment", "elm-appointment-" + apt).isEmpty());

    int before = versions(hospital, patient);
    assertEquals(404, house.release("elm/registry/Patient/" + patient));
    assertEquals(202, house.release("elm/hospital/Patient/" + patient));
    arrives(hospital, patient, "Newest");
    House.until(
        "it came", () -> hospital.latest("Appointment", "elm-appointment-" + apt).isPresent());
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
    assertEquals(0, house.ledger().count("select count(*) from due where attempts > 0"));
  }

  @Test
  void aHospitalThatFailsIsAskedAgainAndNothingIsParked() throws Exception {
    long patient = patient();
    hospital.arm(FhirFault.of(FhirFaultKind.HTTP_500).times(3));
    desk.editPatient(patient, Map.of("City", "Stubborn"));
    arrives(hospital, patient, "Stubborn");
    quiet();
    assertEquals(0, house.ledger().count("select count(*) from sending where failures > 0"));
  }

  @Test
  void anAttemptThatAStopCutOffIsFinishedAfterTheStart() throws Exception {
    long patient = patient();
    hospital.arm(FhirFault.of(FhirFaultKind.HANG).times(0));
    desk.editPatient(patient, Map.of("City", "Cut"));
    untilAny(unknown("hospital", patient));
    house.stopBundle();
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
  void aNewDestinationIsGivenEverythingOnceInBundlesOfAtMostFifty() throws Exception {
    house.stopBundle();
    house.withConfig(withClinic()).startBundle();
    untilAny(
        "select count(*) / 2 from load where destination = 'clinic' and resource = 'Appointment'");
    quiet();
    assertEquals(registry.all("Patient").size(), clinic.all("Patient").size());
    assertEquals(registry.all("Appointment").size(), clinic.all("Appointment").size());
    assertEquals(
        clinic.arrivals().size(),
        house
            .ledger()
            .count(
                "select count(*) from delivery where destination = 'clinic' and withheld = ''"
                    + " and acknowledged_version > 0"));
    long loaded =
        house.ledger().count("select sum(records) from load where destination = 'clinic'");
    assertEquals(loaded, clinic.arrivals().size());
    long elms =
        house
            .ledger()
            .count(
                "select sum(records) from load where destination = 'clinic' and practice = 'elm'");
    assertTrue(elms > BUNDLE, "there was more to load than one Bundle takes");
    // What is loaded first may go while the next type is still being loaded.
    long fewest = bundles(elms) + bundles(loaded - elms);
    assertTrue(clinic.transactions() >= fewest && clinic.transactions() <= fewest + 6);
    house.stopBundle();
    open();
    assertEquals(loaded, clinic.arrivals().size(), "a restart does not load again");
  }

  private static long bundles(long resources) {
    return (resources + BUNDLE - 1) / BUNDLE;
  }

  /** The shipped config and one destination more. */
  private static Path withClinic() throws Exception {
    Path config = folder.resolve("config");
    FileSystemUtils.copyRecursively(House.home().resolve("config"), config);
    Files.writeString(
        config.resolve("destinations/clinic.yaml"),
        "id: clinic\nkind: fhir\nurl: " + clinic.url() + "\nrequestLimit: 2s\n");
    return config;
  }

  /** The destinations that the shipped query would send a token for. */
  private static List<String> woken() throws Exception {
    String sql =
        Files.readString(House.home().resolve("sql/wake-lanes.sql")).replace(":#now", ":now");
    return house
        .bundle()
        .store()
        .read(
            tx ->
                tx
                    .sql(sql)
                    .param("now", tx.now().toEpochMilli())
                    .query((row, number) -> row.getString("destination"))
                    .list()
                    .stream()
                    .filter(destination -> !destination.isEmpty())
                    .toList());
  }

  private static Sends sends() {
    return house.bundle().context().getRegistry().lookupByNameAndType("sends", Sends.class);
  }

  private static void untilAny(String sql) {
    House.until("something of: " + sql, () -> house.ledger().count(sql) > 0);
  }

  private static FhirFault late(long patient) {
    return FhirFault.of(FhirFaultKind.LANDS_LATE).on("Patient", id(patient)).to("POST");
  }

  private static String unknown(String destination, long patient) {
    return "select count(*) from delivery where practice = 'elm' and attempt_state = 'unknown' and resource = 'Patient' and destination = '"
        + destination
        + "' and row_key = "
        + patient;
  }

  private static void quiet() throws Exception {
    long patients = number("select count(*) from patient");
    House.until(
        "everything is read and nothing is due",
        () ->
            house
                        .ledger()
                        .count(
                            "select count(*) from record where practice = 'elm' and resource = 'Patient'")
                    >= patients
                && house.ledger().count("select count(*) from watermark where paging = 0") == 14
                && house.ledger().count("select count(*) from due") == 0);
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
