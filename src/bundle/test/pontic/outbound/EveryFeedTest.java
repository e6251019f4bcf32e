package pontic.outbound;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static pontic.house.House.until;

import ca.uhn.fhir.context.FhirContext;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.Statement;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import pontic.capture.Feed;
import pontic.capture.FeedFiles;
import pontic.cli.Commands;
import pontic.house.Browser;
import pontic.house.House;
import pontic.house.JpaHospital;
import pontic.house.Nobody;
import pontic.mapping.WriteTerms;
import pontic.mapping.Writes;
import pontic.record.Kind;
import pontic.sandbox.desk.ChartDesk;
import pontic.sandbox.hospital.HospitalFhirServer;
import pontic.translate.UsCore;

/**
 * All feeds at both offices, whichever files sql/capture holds: whole charts, at two levels of Open
 * Dental's schema, up to the hospital's server.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class EveryFeedTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final List<Feed> FEEDS = FeedFiles.load(House.home().resolve("sql/capture"));
  private static final int BUNDLE = 60;
  private static final String UNLESS_SWITCHED_ON =
      "off unless the practice switches it on (writes.on)";

  /** Types, and of Observation kinds, that happened or are to happen once. */
  private static final Set<String> OF_A_TIME =
      Set.of(
          "AllergyIntolerance",
          "Appointment",
          "CarePlan",
          "Claim",
          "ClaimResponse",
          "Communication",
          "Condition",
          "Coverage",
          "DocumentReference",
          "Encounter",
          "Flag",
          "MedicationRequest",
          "Procedure",
          "ServiceRequest",
          "Task",
          "perio-exam",
          "smoking-status",
          "vital-blood-pressure",
          "vital-bmi",
          "vital-bmi-percentile",
          "vital-body-height",
          "vital-body-weight",
          "vital-heart-rate",
          "vital-pregnancy");

  @TempDir static Path folder;
  private static Optional<JpaHospital> jpa = Optional.empty();
  private static House house;

  @BeforeAll
  static void open() throws Exception {
    if (JpaHospital.isBuilt()) {
      jpa = Optional.of(JpaHospital.start(folder));
    }
    String all =
        Stream.concat(Stream.of("all"), FEEDS.stream().filter(Feed::offByDefault).map(Feed::name))
            .collect(Collectors.joining(","));
    house =
        House.sandboxOnly(folder)
            .with("routes.reconcile.period", "50")
            .with("routes.reconcile-destination.period", "50")
            .with("destinations.registry.enabled", String.valueOf(jpa.isPresent()))
            .with("destinations.hospital-hl7.enabled", "false");
    jpa.ifPresent(server -> house.with("destinations.registry.url", server.url()));
    house.with("destinations.registry.practices", "elm");
    for (String practice : List.of("elm", "oak")) {
      house.with("practices." + practice + ".database.feeds", all);
    }
    house.startBundle();
    house.untilConnected();
    until("every feed has read its table", () -> waiting().isEmpty());
    until("everything is told", () -> due() == 0);
  }

  @AfterAll
  static void close() throws Exception {
    try {
      house.compareAndClose("elm", "oak");
    } finally {
      if (jpa.isPresent()) {
        jpa.get().close();
      }
    }
  }

  @Test
  @Order(1)
  void noRowOfAChartIsMoreThanItsMappingCanTake() {
    List<Map<String, Object>> failed =
        house
            .ledger()
            .rows("select practice, resource, row_key, reason from record where state = 'failed'");
    assertEquals(List.of(), failed);
  }

  @Test
  @Order(2)
  void nothingOfAChartIsRefusedByTheHospital() {
    assertEquals(
        List.of(),
        house
            .ledger()
            .rows(
                "select practice, resource, row_key, reason from due where destination = 'hospital'"));
  }

  @Test
  @Order(2)
  void everyFeedWithRowsAtAnOfficeHasRecordsOfThem() {
    List<String> without = new ArrayList<>();
    for (Feed feed : FEEDS) {
      if (feed.keys().isPresent() && count(feed) == 0) {
        without.add(feed.name());
      }
    }
    assertEquals(List.of(), without, "the sandbox has no row for them, or they tell nothing");
  }

  /** Its sums are asked for at both offices, with the columns that each of them has. */
  @Test
  @Order(2)
  void aStormOfEachFeedByStampIsReadByRanges() {
    assertEquals(
        List.of(),
        house
            .ledger()
            .rows(
                "select practice, feed from feed where state = 'on' and facts like '%\"byRanges\":false%'"
                    + " and facts like '%\"strategy\":\"stamp\"%'"));
  }

  /** Of 23.1.30, with a key that may read, and write patients, appointments, notes and lists. */
  private static final Map<String, String> WRITES_OFF_AT_OAK =
      Map.ofEntries(
          Map.entry("allergydefs.post", "the key lacks ApiSetup"),
          Map.entry("carriers.post", UNLESS_SWITCHED_ON),
          Map.entry("commlogs.put", "needs Open Dental 25.2.21, the office has 23.1.30.0"),
          Map.entry("diseasedefs.post", "the key lacks ApiSetup"),
          Map.entry("documents.post", "the key lacks ApiDocuments"),
          Map.entry("insplans.post", UNLESS_SWITCHED_ON),
          Map.entry("inssubs.post", "the key lacks ApiInsuranceSimple"),
          Map.entry("inssubs.put", "the key lacks ApiInsuranceSimple"),
          Map.entry("medications.post", "the key lacks ApiSetup"),
          Map.entry("patplans.post", "the key lacks ApiInsuranceSimple"),
          Map.entry("payments.post", UNLESS_SWITCHED_ON),
          Map.entry("perioexams.delete", "needs Open Dental 24.1, the office has 23.1.30.0"),
          Map.entry("perioexams.post", "needs Open Dental 24.1, the office has 23.1.30.0"),
          Map.entry("periomeasures.post", "needs Open Dental 24.1, the office has 23.1.30.0"),
          Map.entry("periomeasures.put", "needs Open Dental 24.1, the office has 23.1.30.0"),
          Map.entry("procedurelogs.post", UNLESS_SWITCHED_ON),
          Map.entry("refattaches.put", "needs Open Dental 23.3.26, the office has 23.1.30.0"),
          Map.entry("referrals.post", "needs Open Dental 24.4.16, the office has 23.1.30.0"));

  @Test
  @Order(2)
  void theCapabilityTableSaysWhatAnOlderOfficeIsAndEachWriteOnOrOffWithItsReason()
      throws Exception {
    JsonNode oak = capabilities("oak");
    Map<String, Object> server =
        house
            .office("oak")
            .rows("select @@global.time_zone as zone, @@system_time_zone as systemZone")
            .get(0);
    assertEquals("America/Los_Angeles", oak.path("zone").asText());
    assertEquals(server.get("zone"), oak.path("database").path("zone").asText());
    assertEquals(server.get("systemZone"), oak.path("database").path("systemZone").asText());
    JsonNode api = oak.path("api");
    assertEquals("remote", api.path("mode").asText());
    assertEquals("23.1.30.0", api.path("version").asText());
    assertEquals(Math.round(1000 * House.SCALE), api.path("periodMillis").asLong());
    assertEquals(
        Set.of("ApiReadAll", "ApiPatients", "ApiAppointments", "ApiComm", "ApiAllOthers"),
        Set.copyOf(JSON.convertValue(api.path("permissions"), List.class)));
    Map<String, String> off = new TreeMap<>();
    Set<String> writes = new TreeSet<>();
    for (JsonNode write : oak.path("writes")) {
      writes.add(write.path("write").asText());
      if (write.path("on").asBoolean()) {
        assertEquals("", write.path("reason").asText());
      } else {
        off.put(write.path("write").asText(), write.path("reason").asText());
      }
    }
    assertEquals(new TreeMap<>(WRITES_OFF_AT_OAK), off);
    assertEquals(
        Writes.load(House.home().resolve("mappings")).all().stream()
            .map(WriteTerms::name)
            .collect(Collectors.toCollection(TreeSet::new)),
        writes);
  }

  private static JsonNode capabilities(String practice) throws Exception {
    for (JsonNode each : JSON.readTree(house.control("/control/capabilities"))) {
      if (each.path("practice").asText().equals(practice)) {
        return each;
      }
    }
    throw new AssertionError("no " + practice);
  }

  @Test
  @Order(3)
  void whatTheRecordsHoldIsWhatTheHospitalHas() {
    Map<String, Long> told = told("1 = 1");
    Map<String, Long> has = new TreeMap<>();
    told.keySet().forEach(type -> has.put(type, ids(type).count()));
    assertEquals(told, has);
  }

  @Test
  @Order(4)
  void whatTheHospitalHasPointsOnlyToWhatItHas() throws Exception {
    Set<String> there = new TreeSet<>();
    types().forEach(type -> ids(type).forEach(id -> there.add(type + "/" + id)));
    Set<String> missing = new TreeSet<>();
    for (String type : types()) {
      for (String text : latest(type).toList()) {
        for (JsonNode reference : JSON.readTree(text).findValues("reference")) {
          // CarePlan has an element of this name, which is a reference itself.
          String to = reference.path("reference").asText(reference.asText());
          if (!to.startsWith("#") && !there.contains(to)) {
            missing.add(type + " points to " + to.replaceAll("\\d+$", "…"));
          }
        }
      }
    }
    assertEquals(Set.of(), missing);
  }

  @Test
  @Order(5)
  void everyShapeThatTheHospitalGotIsValid() throws Exception {
    assumeTrue(UsCore.isThere(), UsCore.MISSING);
    Map<String, String> shapes = new TreeMap<>();
    for (String type : types()) {
      for (String text : latest(type).toList()) {
        Set<String> shape = new TreeSet<>();
        shape(JSON.readTree(text), "", shape);
        shapes.putIfAbsent(type + shape, text);
      }
    }
    List<String> texts = List.copyOf(shapes.values());
    List<String> wrong = new ArrayList<>();
    for (int from = 0; from < texts.size(); from += BUNDLE) {
      wrong.addAll(
          UsCore.SHARED.errorsOfAll(texts.subList(from, Math.min(texts.size(), from + BUNDLE))));
    }
    assertEquals(List.of(), wrong);
    assertFalse(texts.isEmpty());
  }

  @Test
  @Order(6)
  void aSecondLookAtAllRowsFindsNothingThatWasMissed() throws Exception {
    for (String practice : List.of("elm", "oak")) {
      List<JsonNode> reports = compared(practice);
      Set<String> compared = new TreeSet<>();
      for (JsonNode each : reports) {
        assertTrue(Set.of("ended", "off").contains(each.path("state").asText()), each::toString);
        assertEquals(0, each.path("differing").asLong(), each::toString);
        assertEquals(0, each.path("unexplained").asLong(), each::toString);
        if (each.path("matched").asLong() > 0) {
          compared.add(each.path("table").asText());
        }
      }
      assertTrue(compared.size() > FEEDS.size() / 2, compared::toString);
    }
  }

  /** One page of each patient with a chart, in a browser; only who may see gets it. */
  @Test
  @Order(3)
  void aPatientIsDrawnAsTheHospitalWasTold() throws Exception {
    long asked = charts();
    assertEquals(1, chart("7", folder.resolve("no.html"), "--user", "otto"), "an operator");
    assertEquals(1, chart("987654", folder.resolve("no.html")), "nobody");
    assertFalse(Files.exists(folder.resolve("no.html")));
    assertEquals(asked, charts());
    Path page = folder.resolve("page.html");
    Path hostile = folder.resolve("hostile.html");
    long patient =
        house
            .ledger()
            .count(
                "select min(patient_key) from record where practice = 'elm' and resource = 'Observation:perio-exam'"
                    + " and patient_key <> 10");
    assertEquals(0, chart("" + patient, page));
    assertEquals(1, chart("" + patient, page), "a file is never written over");
    assertEquals(0, chart("10", hostile, "--destination", "hospital"));
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(page)));
    assertEquals(
        List.of("patients/10", "patients/" + patient),
        house.ledger().texts("select subject from audit where action = 'chart' order by subject"));

    assumeTrue(Browser.isInstalled(), "Chromium with its driver is not installed here");
    try (Browser browser = Browser.open(folder.resolve("profile"))) {
      browser.go(page.toUri().toString());
      browser.reads("Tooth by tooth");
      browser.picture("chart-1");
      String its = " from toothinitial where PatNum = " + patient + " and InitialType = 0";
      assertEquals(
          house.office("elm").count("select count(distinct ToothNum)" + its),
          counted(browser, ".teeth .missing"));
      assertEquals(
          house
                  .office("elm")
                  .count(
                      "select count(*) from periomeasure m join perioexam e on e.PerioExamNum = m.PerioExamNum where e.PatNum = "
                          + patient
                          + " and m.SequenceType = 4 and m.IntTooth between 1 and 32")
              * 6,
          counted(browser, ".perio .pocket"));
      assertEquals(
          house
              .ledger()
              .count(
                  "select count(*) from record where practice = 'elm' and version > 0 and patient_key = "
                      + patient),
          counted(browser, "#resources details.own"));
      timelineIsWhatWasTold(browser, patient);
      browser.go(hostile.toUri().toString());
      browser.reads("<script>alert(1)</script>");
      browser.picture("chart-2-hostile");
      assertEquals(0, counted(browser, "script, img, iframe, [src], [onload], [onerror]"));
      assertTrue(counted(browser, "svg") > 3);
      assertTrue(
          browser
              .value("getComputedStyle(document.querySelector('.enamel')).stroke")
              .asText()
              .startsWith("rgb("),
          "its own style is let through");
    }
  }

  /**
   * A line for each record that is of a time, a mark for each that has one, as the office has it.
   */
  private static void timelineIsWhatWasTold(Browser browser, long patient) throws Exception {
    long lines =
        house
            .ledger()
            .texts(
                "select resource from record where practice = 'elm' and version > 0 and patient_key = ?",
                patient)
            .stream()
            .map(Kind::new)
            .filter(kind -> OF_A_TIME.contains(kind.fhirType()) || OF_A_TIME.contains(kind.name()))
            .count();
    assertTrue(lines > 0, "a patient with a chart");
    assertEquals(lines, counted(browser, "#time tbody tr"));
    String cells = "[...document.querySelectorAll('#time tbody tr')].map(row => row.children)";
    long dated = browser.value(cells + ".filter(row => row[0].textContent !== '').length").asLong();
    assertTrue(dated > 0);
    assertEquals(dated, counted(browser, "svg.timeline .event"));
    List<String> booked =
        house
            .office("elm")
            .rows(
                "select date_format(AptDateTime, '%Y-%m-%d %H:%i') as at from appointment where AptStatus in (1, 2) and PatNum = "
                    + patient)
            .stream()
            .map(row -> row.get("at").toString())
            .toList();
    assertFalse(booked.isEmpty(), "somebody who comes");
    String drawn =
        browser
            .value(
                cells
                    + ".filter(row => row[1].textContent === 'Appointments').map(row => row[0].textContent).join()")
            .asText();
    for (String at : booked) {
      assertTrue(drawn.contains(at), at + " is not among " + drawn);
    }
  }

  private static long counted(Browser browser, String css) throws Exception {
    return browser.value("document.querySelectorAll('" + css + "').length").asLong();
  }

  private static long charts() {
    return house.ledger().count("select count(*) from audit where action = 'chart'");
  }

  private static int chart(String patient, Path out, String... more) {
    List<String> words = new ArrayList<>(List.of("chart", "elm", patient, "--out", out.toString()));
    words.addAll(List.of("--data", folder.resolve("data").toString()));
    words.addAll(List.of(more));
    return Commands.run(
        new Nobody(),
        House.home(),
        Map.of("PONTIC_PASSWORD", "otto-password"),
        words.toArray(String[]::new));
  }

  /** HAPI's JPA server checks references, types and versions; nobody here wrote it. */
  @Test
  @Order(4)
  void hapisJpaServerHasAllThatTheRecordsHoldAndFindsItBySearch() throws Exception {
    JpaHospital server = jpa();
    until("the JPA server is told everything", () -> open("registry").isEmpty());
    Map<String, Long> has = new TreeMap<>();
    Map<String, Long> told = told("practice = 'elm'");
    for (String type : told.keySet()) {
      has.put(type, server.get("/" + type + "?_summary=count").path("total").asLong());
    }
    assertEquals(told, has);

    Map<String, Object> patient =
        house
            .ledger()
            .rows(
                "select patient_key, count(*) as n from record where practice = 'elm' and resource = 'Appointment'"
                    + " and version > 0 group by patient_key order by n desc, patient_key")
            .get(0);
    String id = "elm-patient-" + patient.get("patient_key");
    assertEquals(
        ((Number) patient.get("n")).longValue(),
        server.get("/Appointment?_summary=count&patient=Patient/" + id).path("total").asLong());
    JsonNode found =
        server.get(
            "/Patient?family="
                + house
                    .office("elm")
                    .rows("select LName from patient where PatNum = " + patient.get("patient_key"))
                    .get(0)
                    .get("LName"));
    assertTrue(found.findValuesAsText("id").contains(id), "by its name");
  }

  @Test
  @Order(5)
  void whatIsSentToHapisJpaServerAgainMakesNoVersionMore() throws Exception {
    JpaHospital server = jpa();
    long before = versions(server);
    forgotten("resource = 'Patient'");
    assertFalse(open("registry").isEmpty());
    until("all patients are told again", () -> open("registry").isEmpty());
    assertEquals(before, versions(server));
  }

  @Test
  @Order(5)
  void whatHapisJpaServerRefusesForWantOfAnotherFollowsThat() throws Exception {
    JpaHospital server = jpa();
    long key =
        house
            .ledger()
            .count(
                "select min(row_key) from record where practice = 'elm' and resource = 'Observation:vital-bmi' and version > 0");
    String bmi = "/Observation/elm-vital-bmi-" + key;
    String height = "/Observation/elm-vital-body-height-" + key;
    server.delete(bmi);
    server.delete(height);
    String ofHeight = "resource = 'Observation:vital-body-height' and row_key = " + key;
    house
        .ledger()
        .change(
            "delete from delivery where practice = 'elm' and destination = 'registry' and "
                + ofHeight);
    forgotten("resource = 'Observation:vital-bmi' and row_key = " + key);
    until(
        "it waits for what it refers to",
        () -> open("registry").stream().anyMatch(row -> height.equals("/" + row.get("wants"))));
    forgotten(ofHeight);
    until("both are told", () -> open("registry").isEmpty());
    assertEquals("final", server.get(bmi).path("status").asText());
    assertEquals("final", server.get(height).path("status").asText());
  }

  /** How many of each FHIR type there are to be told. */
  private static Map<String, Long> told(String which) {
    Map<String, Long> told = new TreeMap<>();
    house
        .ledger()
        .rows(
            "select resource, count(*) as n from record where version > 0 and "
                + which
                + " group by resource")
        .forEach(
            row ->
                told.merge(
                    new Kind(row.get("resource").toString()).fhirType(),
                    ((Number) row.get("n")).longValue(),
                    Long::sum));
    return told;
  }

  private static JpaHospital jpa() {
    assumeTrue(jpa.isPresent(), JpaHospital.MISSING);
    return jpa.get();
  }

  /** Versions of patients that the server keeps. */
  private static long versions(JpaHospital server) throws Exception {
    return server.get("/Patient/_history?_summary=count").path("total").asLong();
  }

  private static List<Map<String, Object>> open(String destination) {
    return house.ledger().rows("select * from due where destination = '" + destination + "'");
  }

  /** As if these of elm had never been sent to the JPA server: due, and nothing is known of it. */
  private static void forgotten(String which) {
    house
        .ledger()
        .change(
            "delete from delivery where practice = 'elm' and destination = 'registry' and "
                + which);
    house
        .ledger()
        .change(
            "insert into due (practice, destination, resource, row_key, version, due_at, attempts, bundle_limit,"
                + " state, reason, patient_key) select practice, 'registry', resource, row_key, version, 0, 0, 50,"
                + " 'due', '', patient_key from record where practice = 'elm' and version > 0 and "
                + which);
  }

  /** Its only time is the office's wall clock, hours behind what was read. */
  @Test
  @Order(7)
  void aNewPerioExamIsToldBeforeAnythingIsMeasured() throws Exception {
    ChartDesk chart = new ChartDesk(house.sandbox().practice("oak"));
    long exam =
        chart.beginPerio(
            house.office("oak").count("select min(PatNum) from patient where PatStatus = 0"),
            house.office("oak").count("select min(ProvNum) from provider"));
    untilTold("oak", "Observation:perio-exam", exam, "\"preliminary\"");
    chart.measure(exam, 4, 3, -1, List.of(3, 2, 3, -1, -1, -1));
    untilTold("oak", "Observation:perio-exam", exam, "perio-measure-");
    assertTrue(
        latest("oak", "Observation:perio-exam", exam).contains("\"preliminary\""), "more may come");
    try (Connection connection = house.sandbox().practice("oak").dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      // As if nothing had come since. The sweep finds that, and the comparison.
      statement.execute(
          "update periomeasure set SecDateTEdit = now() - interval 16 minute where PerioExamNum = "
              + exam);
    }
    compared("oak");
    untilTold("oak", "Observation:perio-exam", exam, "\"final\"");
  }

  /**
   * A row beside a record's own, which the record gathers or looks up.
   *
   * @param resource of the record that is told again
   * @param rows keys of such rows and of their records, as {@code child} and {@code root}
   * @param table that is written; a row is added if {@code added} names how, else changed
   * @param changes column → value; ROOT and CHILD stand for the keys
   * @param token what the hospital has then
   */
  private record Beside(
      String feed,
      String resource,
      String rows,
      String table,
      boolean added,
      Map<String, Object> changes,
      String token) {}

  /** A note of a procedure, which is told with the record that its status makes of it. */
  private static Beside note(String feed, String resource, int status, String text) {
    return new Beside(
        feed,
        resource,
        "select PatNum as child, ProcNum as root from procedurelog where ProcStatus = " + status,
        "procnote",
        true,
        Map.of(
            "PatNum",
            "CHILD",
            "ProcNum",
            "ROOT",
            "EntryDateTime",
            "2030-01-01 08:00:00",
            "Note",
            text),
        text);
  }

  private static final List<Beside> BESIDE =
      List.of(
          new Beside(
              "allergy-definition",
              "AllergyIntolerance:allergy",
              "select AllergyDefNum as child, AllergyNum as root from allergy",
              "allergydef",
              false,
              Map.of("Description", "Beside of allergies"),
              "Beside of allergies"),
          new Beside(
              "claim-lines",
              "Claim:claim",
              "select ClaimProcNum as child, ClaimNum as root from claimproc where ProcNum <> 0 and Status in (0, 1, 5)",
              "claimproc",
              false,
              Map.of("FeeBilled", 123.25),
              "123.25"),
          new Beside(
              "claim-response-lines",
              "ClaimResponse:claim-response",
              "select ClaimProcNum as child, ClaimNum as root from claimproc where ProcNum <> 0 and Status in (1, 5)",
              "claimproc",
              false,
              Map.of("InsPayAmt", 77.25),
              "77.25"),
          note("diagnosed-note", "Condition:diagnosed", 7, "Beside of a condition"),
          new Beside(
              "disease-definition",
              "Condition:disease",
              "select DiseaseDefNum as child, DiseaseNum as root from disease",
              "diseasedef",
              false,
              Map.of("DiseaseName", "Beside of problems"),
              "Beside of problems"),
          new Beside(
              "guarantor-person",
              "RelatedPerson:guarantor",
              "select Guarantor as child, PatNum as root from patient where Guarantor <> PatNum and Guarantor <> 0",
              "patient",
              false,
              Map.of("City", "Besideville"),
              "Besideville"),
          new Beside(
              "patient-note",
              "Patient",
              "select PatNum as child, PatNum as root from patientnote",
              "patientnote",
              false,
              Map.of("ICEName", "Beside Contact", "ICEPhone", "(503)555-0177"),
              "Beside Contact"),
          new Beside(
              "patient-race",
              "Patient",
              "select PatNum as child, PatNum as root from patient where PatNum not in (select PatNum from patientrace)",
              "patientrace",
              true,
              Map.of("PatNum", "ROOT", "Race", 4, "CdcrecCode", "2028-9"),
              "2028-9"),
          new Beside(
              "patplan-plan",
              "Coverage:patplan",
              "select s.PlanNum as child, e.PatPlanNum as root from patplan e join inssub s on s.InsSubNum = e.InsSubNum",
              "insplan",
              false,
              Map.of("GroupNum", "BESIDE-1"),
              "BESIDE-1"),
          new Beside(
              "patplan-subscription",
              "Coverage:patplan",
              "select InsSubNum as child, PatPlanNum as root from patplan",
              "inssub",
              false,
              Map.of("SubscriberID", "BESIDE-2"),
              "BESIDE-2"),
          new Beside(
              "perio-exam-measured",
              "Observation:perio-exam",
              "select PatNum as child, PerioExamNum as root from perioexam",
              "periomeasure",
              true,
              Map.of("PerioExamNum", "ROOT", "SequenceType", 0, "IntTooth", 7, "ToothValue", 1),
              "perio-measure-KEY"),
          note("planned-note", "ServiceRequest:planned", 1, "Beside of a plan"),
          note("procedure-note", "Procedure:procedure", 2, "Beside of a deed"),
          new Beside(
              "treatplan-attached",
              "CarePlan:treatplan",
              "select p.ProcNum as child, t.TreatPlanNum as root from treatplan t join procedurelog p on p.PatNum = t.PatNum"
                  + " where t.TPStatus <> 0 and p.ProcStatus = 1 and p.ProcNum not in"
                  + " (select a.ProcNum from treatplanattach a where a.TreatPlanNum = t.TreatPlanNum)",
              "treatplanattach",
              true,
              Map.of("TreatPlanNum", "ROOT", "ProcNum", "CHILD"),
              "planned-CHILD\""),
          new Beside(
              "treatplan-line",
              "CarePlan:treatplan",
              "select p.ProcNum as child, t.TreatPlanNum as root from treatplan t join procedurelog p on p.ProcStatus = 1"
                  + " where t.TPStatus = 0 and p.ProcNum not in"
                  + " (select f.ProcNumOrig from proctp f where f.TreatPlanNum = t.TreatPlanNum)"
                  + " order by p.PatNum <> t.PatNum",
              "proctp",
              true,
              Map.of("TreatPlanNum", "ROOT", "ProcNumOrig", "CHILD"),
              "planned-CHILD\""));

  /** A torn read does not last: each row that a record gathers tells the record again. */
  @Test
  @Order(8)
  void aRowBesideItsOwnTellsTheRecordAgain() throws Exception {
    // A break and a merge have tests of their own.
    Set<String> others =
        Set.of("appointment-broken", "patient-merged", "perio-exam-merged", "perio-measure-merged");
    assertEquals(
        FEEDS.stream()
            .filter(feed -> feed.keys().isEmpty())
            .filter(
                feed ->
                    feed.lines().stream().noneMatch(each -> each.text().contains("row_deleted")))
            .map(Feed::name)
            .filter(name -> !others.contains(name))
            .toList(),
        BESIDE.stream().map(Beside::feed).toList());
    ChartDesk chart = new ChartDesk(house.sandbox().practice("elm"));
    // No saved plan is sure to be there.
    Map<String, Object> plan =
        live(
            "elm",
            "CarePlan:treatplan",
            "select TreatPlanNum as root from treatplan where TPStatus = 2");
    chart.edit("treatplan", key(plan, "root"), Map.of("TPStatus", 0));
    untilTold("elm", "CarePlan:treatplan", key(plan, "root"), "\"proposal\"");
    for (Beside beside : BESIDE) {
      Map<String, Object> row = live("elm", beside.resource(), beside.rows());
      Map<String, Object> changes = new TreeMap<>();
      beside
          .changes()
          .forEach(
              (column, value) ->
                  changes.put(
                      column,
                      value.equals("ROOT")
                          ? row.get("root")
                          : value.equals("CHILD") ? row.get("child") : value));
      long key = key(row, "child");
      if (beside.added()) {
        key = chart.add(beside.table(), changes);
      } else {
        chart.edit(beside.table(), key, changes);
      }
      untilTold(
          "elm",
          beside.resource(),
          key(row, "root"),
          beside
              .token()
              .replace("KEY", Long.toString(key))
              .replace("CHILD", Long.toString(key(row, "child"))));
    }
  }

  /** As a window of the office changes a row. */
  private interface Edit {
    void of(ChartDesk chart, long key) throws Exception;
  }

  /**
   * A change of a row of a feed.
   *
   * @param rows keys of rows to change and of their records, as {@code child} and {@code root}
   * @param token what the hospital has only then
   */
  private record Change(String feed, String practice, String rows, Edit edit, String token) {
    String resource() {
      return FEEDS.stream()
          .filter(each -> each.name().equals(feed))
          .map(Feed::resource)
          .findFirst()
          .orElseThrow();
    }
  }

  private static Change change(
      String feed, String table, String where, Map<String, Object> columns, String token) {
    return change("elm", feed, table, where, columns, token);
  }

  private static Change change(
      String practice,
      String feed,
      String table,
      String where,
      Map<String, Object> columns,
      String token) {
    String key = house.sandbox().practice(practice).schema().find(table).orElseThrow().primaryKey();
    return new Change(
        feed,
        practice,
        "select %s as child, %s as root from %s where %s".formatted(key, key, table, where),
        (chart, row) -> chart.edit(table, row, columns),
        token);
  }

  private static final String DAY = "to_days(SchedDate) * 1000000000000 + ProvNum";

  /** One of each feed that has rows of its own. */
  private static List<Change> changes() {
    long payer = house.office("elm").count("select max(PatNum) from patient where PatStatus = 0");
    return List.of(
        change("allergy", "allergy", "1 = 1", Map.of("Reaction", "Changed hives"), "Changed hives"),
        change(
            "appointment",
            "appointment",
            "AptStatus = 1",
            Map.of("AptDateTime", "2031-05-06 09:10:00"),
            "2031-05-06T"),
        change(
            "carrier",
            "carrier",
            "1 = 1",
            Map.of("CarrierName", "Changed Carrier"),
            "Changed Carrier"),
        change("claim", "claim", "1 = 1", Map.of("ClaimFee", 4321.75), "4321.75"),
        change(
            "claim-response", "claim", "ClaimStatus = 'R'", Map.of("InsPayAmt", 765.25), "765.25"),
        change(
            "oak", "clinic", "clinic", "1 = 1", Map.of("Description", "Changed Site"), "ged Site"),
        change("oak", "clinic-organization", "clinic", "1 = 1", Map.of("Abbr", "CHG"), "\"CHG\""),
        change("commlog", "commlog", "1 = 1", Map.of("Note", "Changed call"), "Changed call"),
        change(
            "diagnosed",
            "procedurelog",
            "ProcStatus = 7",
            Map.of("IcdVersion", 10, "DiagnosticCode", "K08.409"),
            "K08.409"),
        change("disease", "disease", "1 = 1", Map.of("PatNote", "Changed ill"), "Changed ill"),
        change("document", "document", "1 = 1", Map.of("Description", "Changed scan"), "ged scan"),
        change(
            "guarantor",
            "patient",
            "Guarantor <> PatNum and Guarantor not in (0, " + payer + ")",
            Map.of("Guarantor", payer),
            "\"value\":\"" + payer + "\""),
        change("labcase", "labcase", "1 = 1", Map.of("Instructions", "Changed crown"), "ged crown"),
        change(
            "medical-alert",
            "patient",
            "MedUrgNote <> ''",
            Map.of("MedUrgNote", "Changed alert"),
            "Changed alert"),
        change(
            "medicationpat",
            "medicationpat",
            "1 = 1",
            Map.of("PatNote", "Changed dose"),
            "ged dose"),
        change("operatory", "operatory", "1 = 1", Map.of("OpName", "Changed Room"), "ged Room"),
        change(
            "patient", "patient", "PatStatus = 0", Map.of("City", "Changedville"), "Changedville"),
        change("patplan", "patplan", "1 = 1", Map.of("PatID", "CHANGED-1"), "CHANGED-1"),
        // Its window saves the exam with the measures; those move a stamp (perio-exam.sql).
        new Change(
            "perio-exam",
            "elm",
            "select max(PerioMeasureNum) as child, PerioExamNum as root from periomeasure group by PerioExamNum",
            (chart, measure) -> {
              long exam =
                  house
                      .office("elm")
                      .count(
                          "select PerioExamNum from periomeasure where PerioMeasureNum = ?",
                          measure);
              chart.edit("perioexam", exam, Map.of("ExamDate", "2019-10-11"));
              chart.edit("periomeasure", measure, Map.of("DLvalue", 16));
            },
            "2019-10-11"),
        change(
            "perio-measure",
            "periomeasure",
            "SequenceType = 4",
            Map.of("MBvalue", 17),
            "\"value\":17,"),
        change(
            "planned",
            "procedurelog",
            "ProcStatus = 1",
            Map.of("DateTP", "2019-12-24"),
            "2019-12-24"),
        new Change(
            "practice",
            "elm",
            "select 1 as child, 1 as root",
            (chart, any) -> rename("elm", "Changed Practice"),
            "Changed Practice"),
        change("premedication", "patient", "Premed = 1", Map.of("Premed", 0), "\"inactive\""),
        change(
            "procedure",
            "procedurelog",
            "ProcStatus = 2",
            Map.of("IcdVersion", 10, "DiagnosticCode2", "K08.419"),
            "K08.419"),
        // One who has only one ProvNum.
        change(
            "provider", "provider", "ProvNum = 2", Map.of("LName", "Changedprov"), "Changedprov"),
        change(
            "provider-org",
            "provider",
            "IsNotPerson = 1",
            Map.of("LName", "Changed Group"),
            "Changed Group"),
        // Where only one is left, nobody is to be linked.
        new Change(
            "provider-person",
            "elm",
            "select max(ProvNum) as child, min(ProvNum) as root from provider where NationalProvID <> ''"
                + " group by NationalProvID, LName, FName having count(*) > 1",
            (chart, row) -> chart.edit("provider", row, Map.of("NationalProvID", "")),
            "\"active\":false"),
        change(
            "provider-role",
            "provider",
            "1 = 1",
            Map.of("TaxonomyCodeOverride", "1223P0106X"),
            "1223P0106X"),
        change("recall", "recall", "1 = 1", Map.of("DateDue", "2031-04-05"), "2031-04-05"),
        change("refattach", "refattach", "1 = 1", Map.of("Note", "Changed path"), "Changed path"),
        change("referral", "referral", "1 = 1", Map.of("FName", "Changedref"), "Changedref"),
        change(
            "referral-org", "referral", "NotPerson = 1", Map.of("LName", "Changed Lab"), "ged Lab"),
        change("rxpat", "rxpat", "1 = 1", Map.of("Sig", "Changed sig"), "Changed sig"),
        new Change(
            "schedule",
            "elm",
            "select ScheduleNum as child, " + DAY + " as root from schedule where SchedType = 1",
            (chart, key) -> chart.edit("schedule", key, Map.of("StopTime", "20:45:00")),
            "-20:45"),
        change(
            "smoking-status",
            "patient",
            "SmokingSnoMed <> ''",
            Map.of("SmokingSnoMed", "8517006"),
            "\"8517006\""),
        change("tooth", "toothinitial", "InitialType = 0", Map.of("InitialType", 6), "\"rotated\""),
        change("treatplan", "treatplan", "1 = 1", Map.of("Heading", "Changed plan"), "ged plan"),
        change(
            "visit",
            "appointment",
            "AptStatus = 2",
            Map.of(
                "DateTimeSeated", "2019-11-12 08:05:00", "DateTimeDismissed", "2019-11-12 08:55"),
            "2019-11-12T"),
        vital("vital-blood-pressure", 0, Map.of("BpSystolic", 133), "\"value\":133,"),
        vital("vital-bmi", 1, Map.of("DateTaken", "2019-09-08"), "2019-09-08"),
        change(
            "vital-bmi-percentile",
            "vitalsign",
            "BMIPercentile > 0",
            Map.of("BMIPercentile", 97),
            "\"value\":97,"),
        vital("vital-body-height", 2, Map.of("Height", 61.5), "\"value\":61.5,"),
        vital("vital-body-weight", 3, Map.of("Weight", 201.5), "\"value\":201.5,"),
        vital("vital-heart-rate", 4, Map.of("Pulse", 133), "\"value\":133,"),
        change(
            "vital-pregnancy",
            "vitalsign",
            "PregDiseaseNum > 0",
            Map.of("DateTaken", "2019-09-07"),
            "2019-09-07"));
  }

  /** Each of another row. */
  private static Change vital(String feed, int rest, Map<String, Object> columns, String token) {
    return change(feed, "vitalsign", "VitalsignNum % 5 = " + rest, columns, token);
  }

  private static void rename(String practice, String title) throws Exception {
    try (Connection connection = house.sandbox().practice(practice).dataSource().getConnection();
        PreparedStatement statement =
            connection.prepareStatement(
                "update preference set ValueString = ? where PrefName = 'PracticeTitle'")) {
      statement.setString(1, title);
      assertEquals(1, statement.executeUpdate());
    }
  }

  @Test
  @Order(9)
  void aChangedRowOfEachFeedReachesTheHospital() throws Exception {
    List<Change> changes = changes();
    assertEquals(
        FEEDS.stream().filter(feed -> feed.keys().isPresent()).map(Feed::name).toList(),
        changes.stream().map(Change::feed).toList());
    Map<Change, Long> roots = new LinkedHashMap<>();
    for (Change change : changes) {
      Map<String, Object> row = live(change.practice(), change.resource(), change.rows());
      String before = latest(change.practice(), change.resource(), key(row, "root"));
      assertFalse(before.isEmpty() || before.contains(change.token()), change.feed());
      change
          .edit()
          .of(new ChartDesk(house.sandbox().practice(change.practice())), key(row, "child"));
      roots.put(change, key(row, "root"));
    }
    roots.forEach(
        (change, root) -> untilTold(change.practice(), change.resource(), root, change.token()));
  }

  @Test
  @Order(10)
  void aCoverageWhosePayerIsGoneIsTakenBack() throws Exception {
    Map<String, Object> row =
        live(
            "elm",
            "Coverage:patplan",
            "select e.PatPlanNum as root, i.PlanNum as child from patplan e"
                + " join inssub s on s.InsSubNum = e.InsSubNum join insplan i on i.PlanNum = s.PlanNum");
    new ChartDesk(house.sandbox().practice("elm"))
        .edit("insplan", key(row, "child"), Map.of("CarrierNum", 999_999));
    untilTold("elm", "Coverage:patplan", key(row, "root"), "entered-in-error");
  }

  /** Drawings on a chart tell nothing, so many of them are sent nowhere. */
  @Test
  @Order(12)
  void aPlanThatLooksAtAWholeLongTableIsWarnedOf() throws Exception {
    assertEquals(
        List.of(),
        house.ledger().rows("select practice, feed from feed where facts like '%\"warning\":%'"));
    try (Connection connection = house.sandbox().practice("elm").dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      for (Map<String, Object> index :
          house
              .office("elm")
              .rows(
                  "select index_name as name from information_schema.statistics where table_schema = database()"
                      + " and table_name = 'toothinitial' and column_name = 'SecDateTEdit'")) {
        statement.execute("alter table toothinitial drop index " + index.get("name"));
      }
      statement.execute(
          "insert into toothinitial (PatNum, ToothNum, InitialType, Movement, ColorDraw, DrawText)"
              + " select 1, '', 9, 0, 0, '' from seq_1_to_1500");
      // Then each office is looked at anew.
      statement.execute(
          "update preference set ValueString = '25.3.37.0' where PrefName = 'DataBaseVersion'");
    }
    until(
        "it is said",
        () ->
            house
                .ledger()
                .texts("select feed from feed where facts like '%\"warning\":%'")
                .equals(List.of("tooth")));
    List<String> warnings = new ArrayList<>();
    capabilities("elm")
        .path("feeds")
        .findValues("warning")
        .forEach(each -> warnings.add(each.asText()));
    assertEquals(1, warnings.size(), warnings::toString);
    assertTrue(
        warnings
            .get(0)
            .matches(
                "each poll looks at all of toothinitial \\(\\d{4} rows\\): no index begins with SecDateTEdit"),
        warnings::toString);
  }

  /** A day's rows of providers are deleted and inserted anew (decision 0175). */
  @Test
  @Order(10)
  void aDayThatTheOfficeSavesAnewIsTheSameScheduleWithItsNewHours() throws Exception {
    ChartDesk chart = new ChartDesk(house.sandbox().practice("elm"));
    List<Map<String, Object>> days = days();
    Map<String, Object> same = days.get(0);
    Map<String, Object> other = days.get(1);
    int told = history(same);
    List<Object> before = numbers(same);
    assertTrue(chart.resyncDay(day(same)) > 0);
    assertFalse(numbers(same).isEmpty());
    assertTrue(Collections.disjoint(before, numbers(same)), "all rows are others");

    List<Object> old = numbers(other);
    chart.resyncDay(day(other));
    assertTrue(Collections.disjoint(old, numbers(other)), "all rows are others");
    chart.updateRow("schedule", ((Number) numbers(other).get(0)).longValue(), STOPS_LATE);
    untilTold("elm", SCHEDULE, key(other, "root"), "-21:15");
    // Its rows are no newer, so they have been read too.
    chart.updateRow("schedule", ((Number) numbers(same).get(0)).longValue(), STOPS_LATE);
    untilTold("elm", SCHEDULE, key(same, "root"), "-21:15");
    assertEquals(told + 1, history(same), "the same hours were no news");
  }

  private static final String SCHEDULE = "Schedule:schedule";
  private static final Map<String, Object> STOPS_LATE = Map.of("StopTime", "21:15:00");

  /** Provider's dates that the hospital has, with a room; each on a day of its own. */
  private static List<Map<String, Object>> days() {
    return house
        .office("elm")
        .rows(
            "select s.SchedDate as day, min("
                + DAY
                + ") as root from schedule s join scheduleop o on o.ScheduleNum = s.ScheduleNum where s.SchedType = 1"
                + " and s.Status = 0 group by s.SchedDate order by s.SchedDate desc")
        .stream()
        .filter(each -> isLive("elm", SCHEDULE, each.get("root")))
        .toList();
  }

  private static LocalDate day(Map<String, Object> date) {
    return LocalDate.parse(date.get("day").toString());
  }

  private static int history(Map<String, Object> date) {
    return house
        .hospital()
        .history("Schedule", new Kind(SCHEDULE).fhirId("elm", key(date, "root")))
        .size();
  }

  private static List<Object> numbers(Map<String, Object> date) {
    return house
        .office("elm")
        .rows(
            "select ScheduleNum from schedule where SchedType = 1 and "
                + DAY
                + " = ? order by ScheduleNum",
            date.get("root"))
        .stream()
        .map(row -> row.get("ScheduleNum"))
        .toList();
  }

  /** Words of lists, rooms of hours and whole days: no stamp of a row that tells them moves. */
  @Test
  @Order(11)
  void whatMovesNoStampIsRepairedByTheComparison() throws Exception {
    ChartDesk chart = new ChartDesk(house.sandbox().practice("elm"));
    List<Change> renamed =
        List.of(
            renamed(
                "document",
                "definition",
                "ItemName",
                "select d.DocCategory as child, d.DocNum as root from document d join definition n on n.DefNum = d.DocCategory"),
            renamed(
                "recall",
                "recalltype",
                "Description",
                "select r.RecallTypeNum as child, r.RecallNum as root from recall r join recalltype t on t.RecallTypeNum = r.RecallTypeNum"),
            renamed(
                "medicationpat",
                "medication",
                "MedName",
                "select m.MedicationNum as child, m.MedicationPatNum as root from medicationpat m"
                    + " join medication l on l.MedicationNum = m.MedicationNum"),
            renamed(
                "procedure",
                "procedurecode",
                "Descript",
                "select p.CodeNum as child, p.ProcNum as root from procedurelog p where p.ProcStatus = 2"));
    Map<Change, Long> roots = new LinkedHashMap<>();
    for (Change change : renamed) {
      Map<String, Object> row = live("elm", change.resource(), change.rows());
      change.edit().of(chart, key(row, "child"));
      roots.put(change, key(row, "root"));
    }
    List<Map<String, Object>> days = days();
    Map<String, Object> moved = days.get(0);
    Map<String, Object> gone = days.get(days.size() - 1);
    Map<String, Object> room =
        house
            .office("elm")
            .rows(
                "select o.ScheduleOpNum as hours, p.OperatoryNum as room from scheduleop o join schedule s on s.ScheduleNum = o.ScheduleNum"
                    + " join operatory p where "
                    + DAY
                    + " = ? and p.OperatoryNum not in (select x.OperatoryNum from scheduleop x join schedule y"
                    + " on y.ScheduleNum = x.ScheduleNum where y.SchedDate = s.SchedDate and y.ProvNum = s.ProvNum)",
                moved.get("root"))
            .get(0);
    chart.updateRow("scheduleop", key(room, "hours"), Map.of("OperatoryNum", key(room, "room")));
    for (Object number : numbers(gone)) {
      chart.remove("schedule", ((Number) number).longValue());
    }

    Set<String> repaired = new TreeSet<>();
    compared("elm").stream()
        .filter(each -> each.path("repaired").asLong() > 0)
        .forEach(each -> repaired.add(each.path("table").asText()));
    assertTrue(
        repaired.containsAll(
            Set.of("document", "recall", "medicationpat", "procedure", "schedule")),
        repaired::toString);
    roots.forEach((change, root) -> untilTold("elm", change.resource(), root, change.token()));
    untilTold("elm", SCHEDULE, key(moved, "root"), "elm-location-" + key(room, "room") + "\"");
    untilTold("elm", SCHEDULE, key(gone, "root"), "\"active\":false");
  }

  private static Change renamed(String feed, String table, String column, String rows) {
    String name = "Renamed " + table;
    return new Change(
        feed, "elm", rows, (chart, key) -> chart.edit(table, key, Map.of(column, name)), name);
  }

  /** What a comparison of all of its tables came to, which repairs. */
  private static List<JsonNode> compared(String practice) throws Exception {
    assertEquals(202, house.post("/control/reconcile?practice=" + practice));
    List<JsonNode> reports = new ArrayList<>();
    until(
        "all tables of " + practice + " are compared",
        () -> {
          reports.clear();
          reports(practice).forEach(reports::add);
          return !reports.isEmpty()
              && reports.stream().noneMatch(each -> each.path("state").asText().equals("running"));
        });
    return reports;
  }

  private static long key(Map<String, Object> row, String column) {
    return ((Number) row.get(column)).longValue();
  }

  private static void untilTold(String practice, String resource, long root, String token) {
    until(
        practice + " " + resource + " " + root + " has " + token,
        () -> latest(practice, resource, root).contains(token));
  }

  /** As the hospital has it; empty if it has not. */
  private static String latest(String practice, String resource, long root) {
    Kind kind = new Kind(resource);
    return house
        .hospital()
        .latest(kind.fhirType(), kind.fhirId(practice, root))
        .map(
            each ->
                FhirContext.forR4Cached().newJsonParser().encodeResourceToString(each.resource()))
        .orElse("");
  }

  /** The first of the rows whose record stands. */
  private static Map<String, Object> live(String practice, String resource, String rows) {
    return house.office(practice).rows(rows).stream()
        .filter(each -> isLive(practice, resource, each.get("root")))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no " + resource + " by " + rows));
  }

  private static boolean isLive(String practice, String resource, Object key) {
    return house
        .ledger()
        .texts(
            "select state from record where practice = ? and resource = ? and row_key = ?",
            practice,
            resource,
            key)
        .contains("live");
  }

  private static JsonNode reports(String practice) {
    try {
      return JSON.readTree(house.control("/control/reconciles?practice=" + practice));
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private static void shape(JsonNode node, String path, Set<String> shape) {
    if (node.isObject()) {
      node.properties().forEach(one -> shape(one.getValue(), path + "." + one.getKey(), shape));
    } else if (node.isArray()) {
      node.forEach(one -> shape(one, path, shape));
    } else {
      // Which code stands there can be wrong, which name cannot.
      shape.add(path.endsWith(".code") || path.endsWith("tatus") ? path + node.asText() : path);
    }
  }

  private static Stream<String> latest(String type) {
    HospitalFhirServer hospital = house.hospital();
    return ids(type)
        .map(
            id ->
                FhirContext.forR4Cached()
                    .newJsonParser()
                    .encodeResourceToString(hospital.latest(type, id).orElseThrow().resource()));
  }

  private static Stream<String> ids(String type) {
    return house.hospital().all(type).stream().map(arrival -> arrival.id()).distinct();
  }

  private static Set<String> types() {
    return house.ledger().rows("select distinct resource from record where version > 0").stream()
        .map(row -> new Kind(row.get("resource").toString()).fhirType())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static long count(Feed feed) {
    return house
        .ledger()
        .count("select count(*) from record where resource = '" + feed.resource() + "'");
  }

  /** Feeds that are on at an office and have not read it to its end. */
  private static List<String> waiting() {
    List<String> waiting = new ArrayList<>();
    for (String practice : List.of("elm", "oak")) {
      List<String> done =
          house
              .ledger()
              .texts(
                  "select feed from watermark where practice = ? and paging = 0"
                      + " union select feed from feed where practice = ? and state <> 'on'",
                  practice,
                  practice);
      FEEDS.stream()
          .map(Feed::name)
          .filter(name -> !done.contains(name))
          .forEach(name -> waiting.add(practice + " " + name));
    }
    return waiting;
  }

  private static long due() {
    return house
        .ledger()
        .count("select count(*) from due where destination = 'hospital' and state = 'due'");
  }
}
