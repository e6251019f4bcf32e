package pontic.live;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static pontic.house.House.until;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDateTime;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import javax.management.ObjectName;
import org.hl7.fhir.r4.model.Enumerations.AdministrativeGender;
import org.hl7.fhir.r4.model.Patient;
import org.hl7.fhir.r4.model.Resource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import pontic.Around;
import pontic.Bundle;
import pontic.cli.Commands;
import pontic.generation.Installation;
import pontic.generation.Refused;
import pontic.generation.Report;
import pontic.house.House;
import pontic.house.Nobody;
import pontic.house.Workshop;
import pontic.operations.Fixture;
import pontic.practice.Problem;
import pontic.practice.SettingsLoader;
import pontic.sandbox.hospital.FhirFault;
import pontic.sandbox.hospital.FhirFaultKind;
import pontic.sandbox.hospital.Hl7Message;
import pontic.sandbox.hospital.Hospital;
import pontic.sandbox.hospital.HospitalFhirServer;
import pontic.sandbox.hospital.MllpSender;

/** Edits of a running house, looked at in the office, at the hospital and on the wire. */
final class LiveEditTest {
  private static final String PATIENT = "mappings/outbound/patient.jslt";
  private static final String FAMILY = "\"family\": text(.LName)";
  private static final Duration LIMIT = Duration.ofSeconds(600);
  private static final int SWAPS = 4;

  @TempDir static Path folder;
  private static House house;
  private static Workshop workshop;
  private static long person;
  private static int edits;

  /** Done by the next look at files, before it says what it finds. */
  private static final AtomicReference<Runnable> MEANWHILE = new AtomicReference<>(() -> {});

  @BeforeAll
  static void open() throws Exception {
    workshop = Workshop.open(folder.resolve("home"));
    // An answer of the hospital may be held back for as long as a swap takes.
    house =
        House.sandboxOnly(folder)
            .withHome(workshop.home())
            .with("destinations.hospital.requestLimit", "300s");
    start();
    house.untilConnected();
    person =
        house
            .office("elm")
            .count("select min(PatNum) from patient where PatStatus = 0 and LName <> ''");
    awaitFamily(family -> true);
  }

  private static void start() throws Exception {
    house.startBundle(
        Around.nothing()
            .withChecking(
                checks ->
                    (files, config) -> {
                      MEANWHILE.getAndSet(() -> {}).run();
                      return checks.check(files, config);
                    }));
  }

  @AfterAll
  static void close() throws Exception {
    house.close();
  }

  @BeforeEach
  void theShippedFilesRun() throws Exception {
    workshop.restore();
    back();
    awaitDrained();
  }

  /** How long it took is printed: three seconds are promised. */
  @Test
  void anEditedMappingIsWhatTheHospitalGets() throws Exception {
    String id = report().id();
    long begun = System.nanoTime();
    workshop.write(PATIENT, shipped().replace(FAMILY, FAMILY + " + \"-edit\""));
    until("another generation runs", () -> !report().id().equals(id));
    System.out.printf("live edit: %d ms%n", (System.nanoTime() - begun) / 1_000_000);
    // A poll that the old one has begun ends under the old mapping.
    awaitDrained();
    touch();
    awaitFamily(family -> family.endsWith("-edit"));
  }

  @Test
  void aColumnAndItsElementAreAddedBySqlAndMapping() throws Exception {
    String id = report().id();
    workshop.replace(
        "sql/capture/columns/patient.sql", "p.Preferred,", "p.Preferred, p.ApptModNote,");
    workshop.replace(
        PATIENT, "\"city\": text(.City),", "\"city\": text(.City), \"text\": text(.ApptModNote),");
    workshop.replace(
        "mappings/outbound/patient.shape.yaml", "Preferred, ", "Preferred, ApptModNote, ");
    until(
        "the column and its element run together",
        () -> !report().id().equals(id) && report().refused().isEmpty());
    awaitDrained();
    String city = "City" + edits++;
    house
        .sandbox()
        .frontDesk("elm")
        .editPatient(person, Map.of("City", city, "ApptModNote", "Windham"));
    awaitPatient(
        "elm-patient-" + person,
        patient ->
            city.equals(city(patient)) && "Windham".equals(patient.getAddressFirstRep().getText()));
  }

  @Test
  void aFeedWhoseFileIsTakenAwayIsNoLongerToldOfUntilItComesBack() throws Exception {
    String file = "sql/capture/vital-bmi.sql";
    String text = workshop.read(file);
    until("the feed is read", () -> tellsOf("vital-bmi"));
    String id = report().id();
    workshop.delete(file);
    until("another generation runs", () -> !report().id().equals(id));
    // What the old one has begun may still look at it.
    awaitDrained();
    until("nobody is told of the feed", () -> !tellsOf("vital-bmi"));
    assertFalse(house.control("/control/capabilities").contains("\"vital-bmi\""));
    // Metrics are as old as a second.
    until("no metric tells of it", () -> !isMeasured("vital-bmi"));
    assertTrue(tellsOf("appointment"));
    workshop.write(file, text);
    until("the feed is read again", () -> tellsOf("vital-bmi"));
    assertTrue(house.control("/control/capabilities").contains("\"vital-bmi\""));
  }

  private static boolean isMeasured(String feed) {
    try {
      return house.metrics().contains("feed=\"" + feed + "\"");
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static boolean tellsOf(String feed) {
    try {
      return house.control("/control/status").contains("\"feed\":\"" + feed + "\"");
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** The hospital answers a request of the old one only when the new one has run for a while. */
  @Test
  void whatTheOldOneHasBegunEndsThereWhileTheNewOneWorks() throws Exception {
    String old = report().id();
    house
        .hospital()
        .arm(
            new FhirFault(
                FhirFaultKind.SLOW,
                1,
                Duration.ofMinutes(5),
                false,
                Optional.of("Patient"),
                Optional.of("elm-patient-" + person),
                Optional.empty()));
    String city = touch();
    until("the hospital holds a request", () -> house.hospital().faultsLeft() == 0);
    edit(PATIENT, FAMILY, FAMILY + " + \"-new\"");
    assertEquals(List.of(old), report().draining());
    house.ended("oak", Hospital.adt("A28", "beside-1", Hospital.Patient.numbered(640)));
    assertEquals(report().id(), house.ledger().receipt("beside-1").get("receipt_generation"));
    assertEquals(List.of(old), report().draining(), "still at its request");
    house.hospital().clear();
    awaitPatient("elm-patient-" + person, patient -> city.equals(city(patient)));
    awaitDrained();
    until(
        "nothing is due of those who are configured",
        () ->
            house.ledger().count("select count(*) from due where practice in ('elm', 'oak')") == 0);
    List<Patient> told =
        house.hospital().history("Patient", "elm-patient-" + person).stream()
            .map(arrival -> (Patient) arrival.resource())
            .filter(patient -> city.equals(city(patient)))
            .toList();
    assertEquals(1, told.size(), "once, and not again by the new one");
    assertFalse(told.get(0).getNameFirstRep().getFamily().endsWith("-new"));
  }

  @Test
  void aPracticesOwnCodesAreToldOfItsPatientsAndOfNoOthers() throws Exception {
    long other = house.office("oak").count("select min(PatNum) from patient where PatStatus = 0");
    edit(
        "config/practices/elm.yaml",
        "codes: {}",
        "codes: {outbound-gender: {'0': other, '1': other, '2': other, '3': other}, sex-out:"
            + " {other: A}}");
    awaitDrained();
    String city = touch();
    String elsewhere = "City" + edits++;
    house.sandbox().frontDesk("oak").editPatient(other, Map.of("City", elsewhere));
    awaitPatient(
        "elm-patient-" + person,
        patient -> city.equals(city(patient)) && patient.getGender() == AdministrativeGender.OTHER);
    awaitPatient(
        "oak-patient-" + other,
        patient ->
            elsewhere.equals(city(patient)) && patient.getGender() != AdministrativeGender.OTHER);
    assertTrue(sexes(city).stream().allMatch("A"::equals), "elm's own code");
    assertTrue(sexes(elsewhere).stream().noneMatch("A"::equals), "oak has none of its own");
    back();
  }

  /** The office writes nothing meanwhile. */
  @Test
  void aRowWhoseCodeWasMissedReachesTheHospitalWithItOnceThePracticeHasTheCode() throws Exception {
    // Open Dental knows five positions.
    house.sandbox().frontDesk("elm").editPatient(person, Map.of("Position", "9"));
    String code = "\"system\":\"outbound-marital-status\",\"code\":\"9\"";
    until("it is listed", () -> controlled("/control/unmapped?practice=elm").contains(code));
    assertFalse(controlled("/control/unmapped?practice=oak").contains(code));
    until("a metric counts it", () -> isMissed("outbound-marital-status"));
    edit("config/practices/elm.yaml", "codes: {}", "codes: {outbound-marital-status: {'9': W}}");
    awaitPatient(
        "elm-patient-" + person,
        patient -> "W".equals(patient.getMaritalStatus().getCodingFirstRep().getCode()));
    assertFalse(controlled("/control/unmapped").contains(code));
    back();
  }

  /** By FHIR's own rules, for the hospital alone; a mapping is broken for one patient. */
  @Test
  void whatIsNotValidIsParkedAloneAndArrivesByItselfWhenTheMappingIsMended() throws Exception {
    String name =
        (String)
            house
                .office("elm")
                .rows("select LName from patient where PatNum = " + person)
                .get(0)
                .get("LName");
    long neighbour =
        house
            .office("elm")
            .count("select max(PatNum) from patient where PatStatus = 0 and LName <> ''");
    String id = report().id();
    // What a server takes that does not look at the form of a URL.
    workshop.replace(
        PATIENT,
        "\"gender\": ",
        "\"photo\": if (.PatNum == "
            + person
            + ") [{\"url\": \"no url \" + text(.LName)}],\n  \"gender\": ");
    workshop.replace(
        "config/destinations/hospital.yaml", "{{env:PONTIC_HOSPITAL_VALIDATE:false}}", "true");
    until(
        "another generation runs", () -> !report().id().equals(id) && report().refused().isEmpty());
    awaitDrained();

    String broken = touch();
    String city = "City" + edits++;
    house.sandbox().frontDesk("elm").editPatient(neighbour, Map.of("City", city));
    awaitPatient("elm-patient-" + neighbour, patient -> city.equals(city(patient)));
    assertTrue(
        house
            .registry()
            .await("Patient", "elm-patient-" + person, one -> broken.equals(city(one)), LIMIT)
            .isPresent(),
        "it goes where nobody wants it judged");
    String delivery = "elm/hospital/Patient/" + person;
    until("it is parked", () -> controlled("/control/parked?practice=elm").contains(delivery));
    String reason = reason(delivery);
    assertTrue(reason.startsWith("not valid: Patient.photo[0].url: "), reason);
    assertFalse(reason.contains(name), "no value stands in the words");
    long apt =
        house
            .sandbox()
            .frontDesk("elm")
            .book(
                person,
                house.office("elm").count("select min(OperatoryNum) from operatory"),
                house.office("elm").count("select min(ProvNum) from provider"),
                LocalDateTime.of(2027, 6, 7, 9, 0),
                40,
                "");
    assertTrue(
        house
            .hospital()
            .await("Appointment", "elm-appointment-" + apt, one -> true, LIMIT)
            .isPresent(),
        "the rest of the patient goes on");
    assertTrue(
        house.hospital().history("Patient", "elm-patient-" + person).stream()
            .noneMatch(one -> broken.equals(city(one.resource()))));
    until("a metric counts it", LiveEditTest::isCountedInvalid);

    // The office writes nothing meanwhile.
    workshop.write(PATIENT, shipped());
    awaitPatient("elm-patient-" + person, patient -> broken.equals(city(patient)));
    until("nothing is parked", () -> !controlled("/control/parked").contains(delivery));
    back();
  }

  private static String reason(String delivery) throws Exception {
    for (JsonNode one : new ObjectMapper().readTree(house.control("/control/parked"))) {
      if (one.path("delivery").asText().equals(delivery)) {
        return one.path("reason").asText();
      }
    }
    return "";
  }

  private static boolean isCountedInvalid() {
    try {
      return house
          .metrics()
          .lines()
          .anyMatch(
              line ->
                  line.startsWith("pontic_invalid{")
                      && line.contains("destination=\"hospital\"")
                      && line.endsWith(" 1.0"));
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static boolean isMissed(String table) {
    try {
      return house
          .metrics()
          .lines()
          .anyMatch(
              line ->
                  line.startsWith("pontic_unmapped_codes{")
                      && line.contains("practice=\"elm\"")
                      && line.contains("system=\"" + table + "\""));
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static String controlled(String path) {
    try {
      return house.control(path);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** PID-8 of what the hospital's HL7 engine was told of somebody in this city; at least one. */
  private static List<String> sexes(String city) {
    Predicate<Hl7Message> there = message -> message.field("PID", 11).contains(city);
    until("a frame tells of " + city, () -> !house.hospitalMllp().frames(there).isEmpty());
    return house.hospitalMllp().frames(there).stream()
        .map(frame -> frame.message().field("PID", 8))
        .toList();
  }

  @Test
  void aRenamedDirectAndAMappingSwapTogether() throws Exception {
    long swaps = report().swaps();
    String id = report().id();
    for (String file :
        List.of(
            "routes/inbound/wake-understand.camel.yaml",
            "routes/inbound/understand.camel.yaml",
            "routes/errors/bad-message.camel.yaml")) {
      workshop.replace(file, "direct:wake-understand", "direct:next-message");
    }
    workshop.replace(
        "mappings/inbound/patient.jslt",
        "\"City\": value-or-deletion($address.city",
        "\"City\": value-or-deletion(\"Coupled\"");
    until("another generation runs", () -> !report().id().equals(id));
    assertEquals(swaps + 1, report().swaps());
    Hospital.Patient patient = Hospital.Patient.numbered(610);
    house.send("elm", Hospital.adt("A28", "coupled-1", patient));
    house.send("elm", Hospital.adt("A31", "coupled-2", patient.withPhone("5035559610")));
    house.untilAllEnded();
    assertEquals("landed", house.ledger().end("coupled-2"));
    assertEquals("Coupled", house.office("elm").patients(patient).get(0).get("City"));
    assertEquals(report().id(), house.ledger().receipt("coupled-2").get("receipt_generation"));
    back();
  }

  /** Its first half checks, so it could have gone live by itself. */
  @Test
  void whatIsWrittenWhileAnEditIsLookedAtGoesLiveTogetherWithIt() throws Exception {
    long swaps = report().swaps();
    String halves = FAMILY + " + \"-half\"";
    MEANWHILE.set(() -> written(PATIENT, halves, FAMILY + " + \"-whole\""));
    workshop.replace(PATIENT, FAMILY, halves);
    until("another generation runs", () -> report().swaps() > swaps);
    assertEquals(onDisk(), report().id());
    assertEquals(swaps + 1, report().swaps());
    awaitDrained();
    touch();
    awaitFamily(family -> family.endsWith("-whole"));
    assertEquals(
        List.of(),
        house.hospital().history("Patient", "elm-patient-" + person).stream()
            .map(arrival -> ((Patient) arrival.resource()).getNameFirstRep().getFamily())
            .filter(family -> family.endsWith("-half"))
            .toList());

    ListAppender<ILoggingEvent> log = listening();
    String wrong = "\"family\": unheard-of(.LName)";
    MEANWHILE.set(() -> written(PATIENT, wrong, FAMILY + " + \"-mended\""));
    workshop.replace(PATIENT, FAMILY + " + \"-whole\"", wrong);
    until("another generation runs", () -> report().swaps() > swaps + 1);
    deafen(log);
    assertEquals(onDisk(), report().id());
    assertEquals(
        List.of(),
        log.list.stream().filter(told(PATIENT)).toList(),
        "what nobody left behind is not told to be refused");
  }

  private static void written(String file, String text, String by) {
    try {
      workshop.replace(file, text, by);
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static String onDisk() throws Exception {
    return pontic.generation.Generation.of(workshop.home(), workshop.home().resolve("config")).id();
  }

  @Test
  void aBadEditIsRefusedByFileAndLineAndEverythingGoesOn() throws Exception {
    String id = report().id();
    refused(PATIENT, shipped().replace(FAMILY, "\"family\": unheard-of(.LName)"), 1);
    refused(
        "routes/inbound/call.camel.yaml",
        workshop.read("routes/inbound/call.camel.yaml").replace("ref: lane", "ref: street"),
        2);
    refused(
        "routes/inbound/call.camel.yaml",
        workshop.read("routes/inbound/call.camel.yaml").replace("- route:", "- rout:"),
        1);
    refused(
        "routes/inbound/accept-hl7.camel.yaml",
        workshop
            .read("routes/inbound/accept-hl7.camel.yaml")
            .replace("ref: acceptHl7", "ref: nobody"),
        2);
    refused(
        "config/practices/elm.yaml",
        workshop.read("config/practices/elm.yaml").replace("America/New_York", "America/Nowhere"),
        3);
    assertEquals(id, report().id());
    touch();
    awaitFamily(family -> !family.isEmpty());
    house.send("elm", Hospital.adt("A28", "goes-on", Hospital.Patient.numbered(611)));
    house.untilAllEnded();
    assertEquals("landed", house.ledger().end("goes-on"));
  }

  /** Writes it, finds it refused in status, health, metric; puts back what was there. */
  private void refused(String file, String text, int leastLine) throws Exception {
    String before = workshop.read(file);
    assertNotEquals(before, text);
    ListAppender<ILoggingEvent> log = listening();
    workshop.write(file, text);
    until("the edit of " + file + " is refused", () -> report().refused().isPresent());
    until("the log says so", () -> List.copyOf(log.list).stream().anyMatch(told(file)));
    deafen(log);
    List<Problem> problems = report().refused().orElseThrow().problems();
    assertTrue(
        problems.stream()
            .anyMatch(problem -> problem.file().equals(file) && problem.line() >= leastLine),
        problems.toString());
    JsonNode answer = new ObjectMapper().readTree(house.control("/control/generation"));
    assertEquals(file, answer.path("refused").path("problems").path(0).path("file").asText());
    String health = house.control("/health");
    assertTrue(health.startsWith("{\"status\":\"UP\""), health);
    assertTrue(health.contains(file), health);
    assertFalse(house.metrics().contains("pontic_generation_refused 0"));
    String shown = generationCommand();
    assertTrue(
        shown.contains(file + ":" + problems.get(0).line() + ": " + problems.get(0).what()), shown);
    workshop.write(file, before);
    until("nothing is refused", () -> report().refused().isEmpty());
    assertTrue(house.metrics().contains("pontic_generation_refused 0.0"));
  }

  private static ListAppender<ILoggingEvent> listening() {
    ListAppender<ILoggingEvent> log = new ListAppender<>();
    log.start();
    logger().addAppender(log);
    return log;
  }

  private static void deafen(ListAppender<ILoggingEvent> log) {
    logger().detachAppender(log);
  }

  private static Logger logger() {
    return (Logger) LoggerFactory.getLogger("pontic.Generations");
  }

  private static Predicate<ILoggingEvent> told(String file) {
    return event ->
        event.getFormattedMessage().contains(" is refused, ")
            && event.getFormattedMessage().contains(file);
  }

  /** What {@code ./pontic generation} prints. */
  private static String generationCommand() {
    PrintStream before = System.out;
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    System.setOut(new PrintStream(said, true, StandardCharsets.UTF_8));
    try {
      Commands.run(
          new Nobody(),
          House.home(),
          Map.of(),
          "generation",
          "--data",
          house.flags().get("pontic.data"));
    } finally {
      System.setOut(before);
    }
    return said.toString(StandardCharsets.UTF_8);
  }

  @Test
  void overFiveSwapsNothingIsLostOrDoneTwiceAndAnOpenConnectionGoesOn() throws Exception {
    Set<String> ids = new HashSet<>();
    int messages = 50;
    String last = "";
    long swaps = report().swaps();
    try (MllpSender connection = new MllpSender("127.0.0.1", house.mllpPort("elm"), 60_000)) {
      for (int n = 0; n < messages; n++) {
        if (n % 10 == 0) {
          ids.add(report().id());
          workshop.write(PATIENT, shipped() + "\n// edit " + edits++ + "\n");
        }
        assertEquals(
            "AA",
            House.acknowledgement(
                connection.ask(
                    Hospital.adt("A28", "swap-" + n, Hospital.Patient.numbered(700 + n)))));
        last = touch();
        if (n % 10 == 9) {
          long due = swaps + n / 10 + 1;
          until("swap " + due, () -> report().swaps() >= due);
        }
      }
    }
    assertTrue(report().swaps() >= swaps + 5, report().toString());
    house.untilAllEnded();
    for (int n = 0; n < messages; n++) {
      assertEquals("landed", house.ledger().end("swap-" + n));
      assertEquals(
          1, house.office("elm").patients(Hospital.Patient.numbered(700 + n)).size(), "swap-" + n);
    }
    assertTrue(
        house
                .ledger()
                .count(
                    "select count(distinct receipt_generation) from message where control_id like"
                        + " 'swap-%'")
            > 1);
    String city = last;
    assertTrue(
        house
            .hospital()
            .await(
                "Patient", "elm-patient-" + person, resource -> city.equals(city(resource)), LIMIT)
            .isPresent());
    until("nothing is due", () -> house.ledger().count("select count(*) from due") == 0);
    // The hospital said them itself; the registry hears of each.
    for (int n = 0; n < messages; n++) {
      Object key =
          house.office("elm").patients(Hospital.Patient.numbered(700 + n)).get(0).get("PatNum");
      assertTrue(
          house
              .registry()
              .await("Patient", "elm-patient-" + key, resource -> true, LIMIT)
              .isPresent());
    }
    assertEquals(List.of(), house.api().requests().violations(0));
    back();
  }

  @Test
  void aChangedListenerRouteClosesItsConnectionsAndNoOtherChangeDoes() throws Exception {
    try (MllpSender connection = new MllpSender("127.0.0.1", house.mllpPort("oak"), 60_000)) {
      edit(
          "routes/errors/target-down.camel.yaml", "Nothing is lost, what", "Nothing is lost; what");
      assertEquals(
          "AA",
          House.acknowledgement(
              connection.ask(Hospital.adt("A28", "kept-1", Hospital.Patient.numbered(620)))));
      edit(
          "routes/inbound/accept-hl7.camel.yaml",
          "and only then answers it",
          "and then answers it");
      assertThrows(
          java.io.IOException.class,
          () -> connection.ask(Hospital.adt("A28", "kept-2", Hospital.Patient.numbered(621))));
    }
    assertEquals(
        "AA", house.send("oak", Hospital.adt("A28", "kept-3", Hospital.Patient.numbered(621))));
    house.untilAllEnded();
    back();
  }

  @Test
  void aNewPracticeAndANewDestinationAreOneFileEachAndATakenPortIsRefused() throws Exception {
    String ash =
        workshop
            .read("config/practices/oak.yaml")
            .replace("id: oak", "id: ash")
            .replaceAll(
                "url: \"\\{\\{env:PONTIC_OAK_API[^\"]*\"",
                "url: " + house.flags().get("practices.oak.api.url"))
            .replaceAll("\\{\\{env:PONTIC_OAK_TIME_SCALE[^}]*}}", Double.toString(House.SCALE))
            .replaceAll(
                "url: \"\\{\\{env:PONTIC_OAK_DATABASE[^\"]*\"",
                "url: " + house.flags().get("practices.oak.database.url"));
    String port = "\\{\\{env:PONTIC_OAK_MLLP_PORT[^}]*}}";
    try (ServerSocket other = new ServerSocket(0, 5, InetAddress.getByName("127.0.0.1"))) {
      workshop.write("config/practices/ash.yaml", ash.replaceAll(port, "" + other.getLocalPort()));
      until("the taken port is refused", () -> report().refused().isPresent());
      Problem problem = report().refused().orElseThrow().problems().get(0);
      assertEquals("config/practices/ash.yaml", problem.file());
      assertTrue(
          problem.line() > 0 && problem.what().contains("" + other.getLocalPort()),
          problem.toString());
    }
    int free = House.freePort();
    long before = report().swaps();
    workshop.write("config/practices/ash.yaml", ash.replaceAll(port, "" + free));
    until("the new practice runs", () -> report().swaps() > before);
    assertTrue(house.bundle().context().getRoute("follow-merge-ash") != null);
    try (MllpSender connection = new MllpSender("127.0.0.1", free, 60_000)) {
      assertEquals(
          "AA",
          House.acknowledgement(
              connection.ask(Hospital.adt("A28", "ash-1", Hospital.Patient.numbered(630)))));
    }
    house.untilAllEnded();
    assertEquals("landed", house.ledger().end("ash-1"));
    assertEquals(1, house.office("oak").patients(Hospital.Patient.numbered(630)).size());
    HttpResponse<String> metadata =
        Fixture.request(
            "GET",
            "http://127.0.0.1:" + house.flags().get("pontic.facade.port") + "/fhir/ash/metadata",
            "");
    assertEquals(200, metadata.statusCode());

    try (HospitalFhirServer clinic = HospitalFhirServer.start(0)) {
      workshop.write(
          "config/destinations/clinic.yaml",
          "id: clinic\nkind: fhir\nurl: " + clinic.url() + "\npractices: elm\n");
      assertTrue(
          clinic.await("Patient", "elm-patient-" + person, resource -> true, LIMIT).isPresent());
      workshop.delete("config/destinations/clinic.yaml");
      workshop.delete("config/practices/ash.yaml");
      back();
    }
    assertThrows(java.io.IOException.class, () -> new MllpSender("127.0.0.1", free, 1000));
  }

  @Test
  void whatBelongsToTheProcessIsSaidToNeedARestart() throws Exception {
    edit(
        "config/application.properties",
        "pontic.instance={{env:PONTIC_INSTANCE:pontic}}",
        "pontic.instance=another");
    assertEquals(List.of("pontic.instance"), report().needsRestart());
    assertTrue(house.control("/health").contains("needs a restart: pontic.instance"));
    assertTrue(house.control("/control/status").contains("\"instance\":\"pontic\""));
    back();
    until("a restart is no longer needed", () -> report().needsRestart().isEmpty());
    assertEquals(List.of(), report().needsRestart());
  }

  @Test
  void whereNoPortIsNamedOneThatSomebodyElseWasGivenMeanwhileIsNotTheEnd() throws Exception {
    String named = house.flags().get("practices.oak.hl7.port");
    house.stopBundle();
    house.with("practices.oak.hl7.port", "0");
    InetAddress here = InetAddress.getLoopbackAddress();
    try (ServerSocket other = new ServerSocket(0, 1, here)) {
      int free = House.freePort();
      Deque<Integer> given = new ArrayDeque<>(List.of(other.getLocalPort(), free));
      house.startBundle(Around.nothing().withFreePort(given::remove));
      new Socket(here, free).close();
    }
    house.stopBundle();
    house.with("practices.oak.hl7.port", named);
    start();
  }

  @Test
  void aStartWithFindingsRunsTheLastGoodFilesAndWithoutThemIsRefused() throws Exception {
    String route = "routes/inbound/call.camel.yaml";
    house.stopBundle();
    // Camel would start this and find no such method with the first request.
    workshop.replace(route, "method: claim(", "method: clame(");
    start();
    assertTrue(report().lastGood());
    assertEquals(shippedId(), report().id());
    assertEquals(List.of(route), refusedFiles());
    Problem problem = report().refused().orElseThrow().problems().get(0);
    assertTrue(
        workshop.read(route).lines().toList().get(problem.line() - 1).contains("clame("),
        problem.toString());
    house.stopBundle();
    Map<String, String> elsewhere = new HashMap<>(house.flags());
    elsewhere.put("pontic.data", folder.resolve("nothing-ran-here").toString());
    Refused refused =
        assertThrows(
            Refused.class,
            () ->
                Bundle.prepare(
                    new Installation(
                        workshop.home(),
                        workshop.home().resolve("config"),
                        new SettingsLoader(Map.of(), elsewhere))));
    assertEquals(List.of(problem), refused.problems());
    workshop.write("config/practices/elm.yaml", "id: elm\nzone: [");
    start();
    assertEquals(shippedId(), report().id());
    assertEquals("config/practices/elm.yaml", refusedFiles().get(0));
    back();
    assertFalse(report().lastGood());
  }

  private static List<String> refusedFiles() {
    return report().refused().orElseThrow().problems().stream()
        .map(Problem::file)
        .distinct()
        .toList();
  }

  @Test
  void swapsLeaveNoThreadContextPoolOrCopyBehindAndTheMetersOfRoutesStay() throws Exception {
    assertMeters();
    reload(1);
    Map<String, Integer> before = threads();
    reload(SWAPS);
    until("no kind of thread grows: " + grown(before), () -> grown(before).isEmpty());
    assertEquals(
        Set.of("pontic", "pontic-listeners"), contexts(), "one context each, under the same names");
    assertMeters();
    assertEquals(1, steps("hospital-claim"), "the step of an instance, under its own name");
    until(
        "few copies are kept",
        () -> {
          String[] copies = folder.resolve("data/generations").toFile().list();
          return copies != null && copies.length <= 5;
        });
  }

  private static void assertMeters() throws Exception {
    String metrics = house.metrics();
    assertTrue(
        metrics
            .lines()
            .anyMatch(
                line ->
                    line.startsWith("camel_")
                        && line.contains("camelContext=\"pontic\"")
                        && line.contains("routeId=\"call\"")),
        () ->
            metrics
                .lines()
                .filter(line -> line.startsWith("camel_"))
                .limit(20)
                .collect(Collectors.joining("\n")));
  }

  private static int steps(String id) throws Exception {
    return ManagementFactory.getPlatformMBeanServer()
        .queryNames(
            new ObjectName("org.apache.camel:context=pontic,type=processors,name=\"" + id + "\",*"),
            null)
        .size();
  }

  private void reload(int times) throws Exception {
    for (int i = 0; i < times; i++) {
      long swaps = report().swaps();
      house.post("/control/reload");
      until("swap " + i, () -> report().swaps() > swaps);
      // When it drains, the new one is what is shown.
      awaitDrained();
      assertMeters();
    }
  }

  private static void awaitDrained() {
    until("nothing drains", () -> report().draining().isEmpty());
  }

  private static Map<String, Integer> grown(Map<String, Integer> before) {
    Map<String, Integer> grown = new TreeMap<>();
    threads()
        .forEach(
            (name, count) -> {
              // The broker's pool keeps threads for a minute after it had more to do at once.
              if (count > before.getOrDefault(name, 0) + SWAPS / 2 && !name.contains("activemq")) {
                grown.put(name, count - before.getOrDefault(name, 0));
              }
            });
    return grown;
  }

  /** How many there are of each kind. */
  private static Map<String, Integer> threads() {
    Map<String, Integer> threads = new TreeMap<>();
    Thread.getAllStackTraces()
        .keySet()
        .forEach(
            thread -> threads.merge(thread.getName().replaceAll("[0-9]+", "#"), 1, Integer::sum));
    return threads;
  }

  private static Set<String> contexts() throws Exception {
    Set<String> names = new HashSet<>();
    List<ObjectName> found =
        new ArrayList<>(
            ManagementFactory.getPlatformMBeanServer()
                .queryNames(new ObjectName("org.apache.camel:type=context,*"), null));
    found.forEach(name -> names.add(name.getKeyProperty("context")));
    assertEquals(names.size(), found.size());
    return names;
  }

  private static Report report() {
    return house.bundle().generation();
  }

  private static void edit(String file, String text, String by) throws Exception {
    String id = report().id();
    workshop.replace(file, text, by);
    until("another generation runs", () -> !report().id().equals(id));
  }

  /** All files as shipped, and running. */
  private static void back() throws Exception {
    workshop.restore();
    until(
        "the shipped files run",
        () -> {
          assertFalse(isRefused(shippedId()), () -> "the shipped files are refused: " + report());
          return report().id().equals(shippedId()) && report().refused().isEmpty();
        });
  }

  private static boolean isRefused(String id) {
    return report().refused().map(Report.Refusal::id).filter(id::equals).isPresent();
  }

  private static String shippedId() {
    try {
      return pontic.generation.Generation.of(House.home(), House.home().resolve("config")).id();
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static String shipped() throws Exception {
    return java.nio.file.Files.readString(House.home().resolve(PATIENT));
  }

  /** Somebody at the front desk gives the patient another city. */
  private static String touch() throws Exception {
    String city = "City" + edits++;
    house.sandbox().frontDesk("elm").editPatient(person, Map.of("City", city));
    return city;
  }

  private static void awaitPatient(String id, Predicate<Patient> fits) throws Exception {
    assertTrue(
        house
            .hospital()
            .await("Patient", id, resource -> fits.test((Patient) resource), LIMIT)
            .isPresent(),
        id);
  }

  private static void awaitFamily(Predicate<String> fits) throws Exception {
    assertTrue(
        house
            .hospital()
            .await(
                "Patient",
                "elm-patient-" + person,
                resource -> fits.test(((Patient) resource).getNameFirstRep().getFamily()),
                LIMIT)
            .isPresent());
  }

  private static String city(Resource patient) {
    return ((Patient) patient).getAddressFirstRep().getCity();
  }
}
