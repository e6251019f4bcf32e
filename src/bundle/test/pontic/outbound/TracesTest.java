package pontic.outbound;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static pontic.house.House.until;

import ca.uhn.fhir.context.FhirContext;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import pontic.capture.Feed;
import pontic.capture.FeedFiles;
import pontic.house.House;
import pontic.record.Kind;
import pontic.sandbox.desk.ChartDesk;
import pontic.sandbox.desk.FrontDesk;

/**
 * What is deleted or merged at an office, at the hospital's server: by the traces that name the
 * row, by a status, and by the comparison of keys where nothing is left.
 */
final class TracesTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final LocalDateTime NINE = LocalDateTime.of(2027, 3, 2, 9, 0);

  /** The feeds of all that is looked at here. */
  private static final Map<String, String> KINDS = kinds();

  @TempDir static Path folder;
  private static House house;
  private static FrontDesk desk;
  private static ChartDesk chart;
  private static long provider;
  private static long operatory;

  @BeforeAll
  static void open() throws Exception {
    house =
        House.sandboxOnly(folder)
            .busyLanes()
            .with("routes.reconcile.period", "50")
            .with("routes.reconcile-destination.period", "50")
            .with("destinations.registry.enabled", "false")
            .with("destinations.hospital-hl7.enabled", "false")
            .with(
                "practices.elm.database.feeds",
                Stream.concat(
                        Stream.of("all"),
                        FeedFiles.load(House.home().resolve("sql/capture")).stream()
                            .filter(Feed::offByDefault)
                            .map(Feed::name))
                    .collect(Collectors.joining(",")));
    house.startBundle();
    house.untilConnected();
    desk = house.sandbox().frontDesk("elm");
    chart = new ChartDesk(house.sandbox().practice("elm"));
    provider = house.office("elm").count("select min(ProvNum) from provider");
    operatory = house.office("elm").count("select min(OperatoryNum) from operatory");
  }

  @AfterAll
  static void close() throws Exception {
    house.close();
  }

  @Test
  void aDeleteThatTheSecurityLogNamesIsTold() throws Exception {
    for (String table : List.of("rxpat", "document", "claim")) {
      long key =
          table.equals("document")
              ? chart.addDocument(patient("Traced"), "scan.pdf", new byte[] {1})
              : told(KINDS.get(table));
      stands(KINDS.get(table), key);
      chart.remove(table, key);
      isWithdrawn(KINDS.get(table), key);
      if (table.equals("claim")) {
        assertTrue(
            house
                    .office("elm")
                    .count(
                        "select count(*) from securitylog where PermType = 118 and FKey = ?", key)
                > 0,
            "the desk names it");
      }
    }
  }

  @Test
  void aDeletedAppointmentIsToldByItsHistoryAndSoIsItsVisit() throws Exception {
    long patient = patient("Visited");
    long booked = desk.book(patient, operatory, provider, NINE, 30, "");
    desk.complete(booked);
    stands("Encounter:visit", booked);
    stands("Appointment", booked);
    desk.delete(booked);
    isWithdrawn("Appointment", booked);
    isWithdrawn("Encounter:visit", booked);
  }

  @Test
  void aRowThatStaysWithAStatusIsToldByIt() throws Exception {
    long procedure = told("Procedure:procedure");
    stands("Procedure:procedure", procedure);
    chart.remove("procedurelog", procedure);
    isWithdrawn("Procedure:procedure", procedure);

    long patient = patient("Leaving");
    stands("Patient", patient);
    desk.deletePatient(patient);
    until(
        "the patient is inactive",
        () -> latest("Patient", patient).path("active").toString().equals("false"));
  }

  @Test
  void whatLeavesNoTraceTheComparisonOfKeysFinds() throws Exception {
    Map<String, Long> gone = new LinkedHashMap<>();
    for (String table :
        List.of(
            "allergy",
            "disease",
            "medicationpat",
            "commlog",
            "recall",
            "refattach",
            "labcase",
            "patplan",
            "vitalsign",
            "toothinitial",
            "periomeasure",
            "treatplan")) {
      long key = told(KINDS.get(table));
      stands(KINDS.get(table), key);
      gone.put(table, key);
    }
    until("everything is told", () -> due() == 0);
    for (Map.Entry<String, Long> row : gone.entrySet()) {
      chart.deleteRow(row.getKey(), row.getValue());
    }
    assertEquals(202, house.post("/control/reconcile?practice=elm"));
    for (Map.Entry<String, Long> row : gone.entrySet()) {
      isWithdrawn(KINDS.get(row.getKey()), row.getValue());
    }
  }

  @Test
  void whatHungOnTheLoserOfAMergeHangsOnTheSurvivor() throws Exception {
    long loser = patient("Loser");
    long survivor = patient("Survivor");
    long definition = house.office("elm").count("select min(AllergyDefNum) from allergydef");
    long problem = house.office("elm").count("select min(DiseaseDefNum) from diseasedef");
    Map<String, Long> hangs = new LinkedHashMap<>();
    hangs.put(
        "AllergyIntolerance:allergy",
        chart.add(
            "allergy", Map.of("AllergyDefNum", definition, "PatNum", loser, "StatusIsActive", 1)));
    hangs.put(
        "Condition:disease",
        chart.add("disease", Map.of("DiseaseDefNum", problem, "PatNum", loser)));
    hangs.put("Appointment", desk.book(loser, operatory, provider, NINE.plusDays(1), 30, ""));
    hangs.put(
        "Observation:vital-body-weight",
        chart.add(
            "vitalsign", Map.of("PatNum", loser, "Weight", 150, "DateTaken", NINE.toLocalDate())));
    for (Map.Entry<String, Long> row : hangs.entrySet()) {
      until(
          row.getKey() + " is the loser's",
          () -> patients(row.getKey(), row.getValue()).equals(Set.of(reference(loser))));
    }
    desk.merge(loser, survivor);
    for (Map.Entry<String, Long> row : hangs.entrySet()) {
      until(
          row.getKey() + " is the survivor's",
          () -> patients(row.getKey(), row.getValue()).equals(Set.of(reference(survivor))));
    }
    until(
        "the loser is replaced",
        () ->
            latest("Patient", loser).path("link").toString().contains(reference(survivor))
                && !latest("Patient", loser).path("active").asBoolean());
  }

  private static Map<String, String> kinds() {
    return FeedFiles.load(House.home().resolve("sql/capture")).stream()
        .filter(feed -> feed.keys().isPresent())
        .collect(Collectors.toMap(Feed::table, Feed::resource, (one, other) -> one));
  }

  private static long patient(String name) throws Exception {
    return desk.addPatient(Map.of("LName", name, "FName", "Ann", "Birthdate", "1981-02-03"));
  }

  /** A row that the hospital has and that stands. */
  private static long told(String resource) {
    List<Long> found = new ArrayList<>();
    until(
        "a row of " + resource,
        () -> {
          house
              .ledger()
              .texts(
                  "select row_key from record where practice = 'elm' and resource = ? and state = 'live' order by row_key limit 1",
                  resource)
              .forEach(key -> found.add(Long.valueOf(key)));
          return !found.isEmpty();
        });
    return found.get(0);
  }

  private static void stands(String resource, long key) {
    until(
        resource + " " + key + " stands",
        () -> latest(resource, key).isObject() && !isGone(latest(resource, key)));
  }

  private static void isWithdrawn(String resource, long key) {
    until(resource + " " + key + " is withdrawn", () -> isGone(latest(resource, key)));
  }

  private static boolean isGone(JsonNode resource) {
    return resource.path("status").asText().equals("entered-in-error")
        || resource.path("verificationStatus").toString().contains("entered-in-error");
  }

  private static Set<String> patients(String resource, long key) {
    Predicate<String> isPatient = text -> text.startsWith("Patient/");
    return latest(resource, key).findValuesAsText("reference").stream()
        .filter(isPatient)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static String reference(long patient) {
    return "Patient/elm-patient-" + patient;
  }

  /** As it stands at the hospital; no object if it is not there. */
  private static JsonNode latest(String resource, long key) {
    Kind kind = new Kind(resource);
    try {
      return house
          .hospital()
          .latest(kind.fhirType(), kind.fhirId("elm", key))
          .map(
              arrival ->
                  FhirContext.forR4Cached()
                      .newJsonParser()
                      .encodeResourceToString(arrival.resource()))
          .map(TracesTest::json)
          .orElseGet(() -> json("null"));
    } catch (RuntimeException e) {
      throw new AssertionError(resource + " " + key, e);
    }
  }

  private static JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private static long due() {
    return house
        .ledger()
        .count("select count(*) from due where destination = 'hospital' and state = 'due'");
  }
}
