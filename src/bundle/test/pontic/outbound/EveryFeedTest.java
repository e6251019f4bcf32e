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
import java.util.ArrayList;
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
    house.close();
    if (jpa.isPresent()) {
      jpa.get().close();
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
      assertEquals(202, house.post("/control/reconcile?practice=" + practice));
      JsonNode[] reports = new JsonNode[1];
      until(
          "all tables of " + practice + " are compared",
          () -> {
            reports[0] = reports(practice);
            for (JsonNode each : reports[0]) {
              if (each.path("state").asText().equals("running")) {
                return false;
              }
            }
            return !reports[0].isEmpty();
          });
      Set<String> compared = new TreeSet<>();
      for (JsonNode each : reports[0]) {
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
    long exam =
        new ChartDesk(house.sandbox().practice("oak"))
            .beginPerio(
                house.office("oak").count("select min(PatNum) from patient where PatStatus = 0"),
                house.office("oak").count("select min(ProvNum) from provider"));
    String id = new Kind("Observation:perio-exam").fhirId("oak", exam);
    until(
        "the hospital has the exam", () -> house.hospital().latest("Observation", id).isPresent());
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
    Set<String> others = Set.of("appointment-broken", "patient-merged");
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
        live("CarePlan:treatplan", "select TreatPlanNum as root from treatplan where TPStatus = 2");
    chart.edit("treatplan", key(plan, "root"), Map.of("TPStatus", 0));
    untilTold("CarePlan:treatplan", key(plan, "root"), "\"proposal\"");
    for (Beside beside : BESIDE) {
      Map<String, Object> row = live(beside.resource(), beside.rows());
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
          beside.resource(),
          key(row, "root"),
          beside
              .token()
              .replace("KEY", Long.toString(key))
              .replace("CHILD", Long.toString(key(row, "child"))));
    }
  }

  private static long key(Map<String, Object> row, String column) {
    return ((Number) row.get(column)).longValue();
  }

  private static void untilTold(String resource, long root, String token) {
    Kind kind = new Kind(resource);
    String id = kind.fhirId("elm", root);
    until(
        resource + " " + id + " has " + token,
        () ->
            house.hospital().latest(kind.fhirType(), id).stream()
                .map(
                    each ->
                        FhirContext.forR4Cached()
                            .newJsonParser()
                            .encodeResourceToString(each.resource()))
                .anyMatch(text -> text.contains(token)));
  }

  /** The first of the rows whose record stands. */
  private static Map<String, Object> live(String resource, String rows) {
    return house.office("elm").rows(rows).stream()
        .filter(each -> isLive(resource, each.get("root")))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no " + resource + " by " + rows));
  }

  private static boolean isLive(String resource, Object key) {
    return house
        .ledger()
        .texts(
            "select state from record where practice = 'elm' and resource = ? and row_key = ?",
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
