package pontic.outbound;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static pontic.house.House.until;

import ca.uhn.fhir.context.FhirContext;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.hl7.fhir.r4.model.Patient;
import org.hl7.fhir.r4.model.Resource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import pontic.capture.Feed;
import pontic.capture.FeedFiles;
import pontic.house.House;
import pontic.sandbox.database.Engine;
import pontic.sandbox.database.PracticePlan;
import pontic.sandbox.database.Upgrade;
import pontic.sandbox.hospital.Arrival;
import pontic.translate.UsCore;

/** All feeds at six levels of Open Dental's schema, in one house; the oldest office is upgraded. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class LevelsTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final List<String> FEEDS =
      FeedFiles.load(House.home().resolve("sql/capture")).stream().map(Feed::name).toList();

  /** The last one is edited: nobody's guarantor. */
  private static final int PATIENTS = 3;

  private static final String OLDEST = "v211";
  private static final int BUNDLE = 200;

  /** By practice id. */
  private static final Map<String, String> VERSIONS = new LinkedHashMap<>();

  static {
    VERSIONS.put(OLDEST, "21.1.40.0");
    VERSIONS.put("v221", "22.1.40.0");
    VERSIONS.put("v224", "22.4.50.0");
    VERSIONS.put("v241", "24.1.40.0");
    VERSIONS.put("v251", "25.1.20.0");
    VERSIONS.put("v253", "25.3.36.0");
  }

  @TempDir static Path folder;
  private static House house;

  @BeforeAll
  static void open() throws Exception {
    house = opened(folder, PATIENTS);
  }

  /** Six offices, one of each level, read and told to their end. */
  private static House opened(Path data, int patients) throws Exception {
    List<PracticePlan> plans = new ArrayList<>();
    VERSIONS.forEach(
        (id, version) ->
            plans.add(PracticePlan.oak(Engine.MYISAM, patients).as(id, 4).at(version)));
    House six =
        House.of(data, plans)
            .with("destinations.registry.enabled", "false")
            .with("destinations.hospital-hl7.enabled", "false")
            // Of six offices only the databases matter here.
            .with("pontic.merge.period", "60s")
            // Three hundred feeds; what changes here may be seen two seconds later.
            .with("pontic.capture.period", "2s")
            .with("pontic.wake.period", "100");
    VERSIONS
        .keySet()
        .forEach(
            practice ->
                six.with("practices." + practice + ".api.enabled", "false")
                    .with("practices." + practice + ".database.feeds", String.join(",", FEEDS)));
    six.startBundle();
    VERSIONS
        .keySet()
        .forEach(practice -> until(practice + " is read", () -> waiting(six, practice).isEmpty()));
    until("all is sent", () -> due(six) == 0);
    return six;
  }

  @AfterAll
  static void close() throws Exception {
    house.close();
  }

  @Test
  @Order(1)
  void atEachLevelWhatTheOfficeLacksIsLeftOutAndEveryFeedIsOn() throws Exception {
    Map<String, String> without = new TreeMap<>();
    for (String practice : VERSIONS.keySet()) {
      JsonNode capabilities = capabilities(practice);
      assertEquals(VERSIONS.get(practice), capabilities.path("database").path("version").asText());
      without.put(practice, new TreeSet<>(lacking(capabilities)).toString());
    }
    assertEquals(
        Map.of(
            "v211",
            "[appointment.ismirrored, patientnote.pronoun, procedurecode.areaalsotoothrange, referral.businessname]",
            "v221",
            "[appointment.ismirrored, patientnote.pronoun]",
            "v224",
            "[appointment.ismirrored]",
            "v241",
            "[appointment.ismirrored]",
            "v251",
            "[appointment.ismirrored]",
            "v253",
            "[]"),
        without);
    assertEquals(
        List.of(),
        house.ledger().rows("select practice, feed, reason from feed where state = 'off'"));
  }

  @Test
  @Order(2)
  void atEachLevelTheFirstLoadIsWholeAndAChangeArrives() throws Exception {
    for (String practice : VERSIONS.keySet()) {
      assertEquals(
          house.office(practice).count("select count(*) from patient"),
          house.hospital().all("Patient").stream()
              .map(each -> each.id())
              .filter(id -> id.startsWith(practice + "-patient-"))
              .distinct()
              .count(),
          practice);
      edit(practice, "Changed");
    }
    for (String practice : VERSIONS.keySet()) {
      arrives(practice, "Changed");
    }
    until("all is sent", () -> due(house) == 0);
    house.nothingIsUnexplained(VERSIONS.keySet().toArray(String[]::new));
  }

  @Test
  @Order(3)
  void anUpgradeOverAllLevelsWhileItIsReadLosesNothingAndSendsOnlyWhatChanged() throws Exception {
    Map<String, Integer> sent = sent();
    Upgrade upgrade = new Upgrade(house.sandbox().practice(OLDEST));
    String version = VERSIONS.get("v253");
    upgrade.run(version, Upgrade.Step.BEGUN);
    until("every feed rests", () -> feeds("state = 'on'") == 0);
    assertEquals(
        0, feeds("reason not like 'an update of Open Dental is under way%' and state = 'off'"));
    edit(OLDEST, "Meanwhile");
    upgrade.run(version, Upgrade.Step.ROWS);
    assertFalse(isIn(OLDEST, "Meanwhile"));
    upgrade.run(version, Upgrade.Step.DONE);
    arrives(OLDEST, "Meanwhile");
    until("every feed is on again", () -> feeds("state = 'off'") == 0);
    assertEquals("[]", lacking(capabilities(OLDEST)).toString());
    edit(OLDEST, "Afterwards");
    arrives(OLDEST, "Afterwards");
    until("all is sent", () -> due(house) == 0);
    house.nothingIsUnexplained(OLDEST);
    Map<String, Integer> since = sent();
    sent.forEach((id, times) -> since.merge(id, -times, Integer::sum));
    since.values().removeIf(times -> times == 0);
    assertEquals(Map.of(patient(OLDEST), 2), since);
  }

  /**
   * In CI the shapes of two levels are validated (EveryFeedTest); this looks at each resource of
   * whole offices, the ugly patient among them, at all six. Nothing is excepted.
   */
  @Test
  @Order(4)
  @EnabledIfSystemProperty(
      named = "validity.all",
      matches = "true",
      disabledReason = "part of --soak")
  void everyResourceOfAWholeOfficeAtEachLevelIsValid(@TempDir Path data) throws Exception {
    assumeTrue(UsCore.isThere(), UsCore.MISSING);
    try (House whole = opened(data, Integer.getInteger("validity.patients", 60))) {
      Map<String, String> newest = new TreeMap<>();
      for (Arrival each : whole.hospital().arrivals()) {
        newest.put(
            each.resource().fhirType() + "/" + each.id(),
            FhirContext.forR4Cached().newJsonParser().encodeResourceToString(each.resource()));
      }
      for (String practice : VERSIONS.keySet()) {
        assertEquals(
            whole
                .ledger()
                .count(
                    "select count(*) from record where version > 0 and practice = '"
                        + practice
                        + "'"),
            newest.keySet().stream().filter(id -> id.contains("/" + practice + "-")).count(),
            practice);
      }
      List<String> texts = List.copyOf(newest.values());
      List<String> wrong = new ArrayList<>();
      for (int from = 0; from < texts.size(); from += BUNDLE) {
        wrong.addAll(
            UsCore.SHARED.errorsOfAll(texts.subList(from, Math.min(texts.size(), from + BUNDLE))));
      }
      assertEquals(List.of(), wrong, texts.size() + " resources");
    }
  }

  /** How often each resource of the upgraded office came. */
  private static Map<String, Integer> sent() {
    Map<String, Integer> times = new TreeMap<>();
    house.hospital().arrivals().stream()
        .filter(each -> each.id().startsWith(OLDEST + "-"))
        .forEach(each -> times.merge(each.id(), 1, Integer::sum));
    return times;
  }

  private static long feeds(String which) {
    return house
        .ledger()
        .count("select count(*) from feed where practice = '" + OLDEST + "' and " + which);
  }

  private static List<String> lacking(JsonNode capabilities) {
    List<String> columns = new ArrayList<>();
    capabilities
        .path("feeds")
        .forEach(feed -> feed.path("without").forEach(column -> columns.add(column.asText())));
    return columns;
  }

  private static JsonNode capabilities(String practice) throws Exception {
    for (JsonNode each : JSON.readTree(house.control("/control/capabilities"))) {
      if (each.path("practice").asText().equals(practice)) {
        return each;
      }
    }
    throw new AssertionError("no " + practice);
  }

  private static void edit(String practice, String city) throws Exception {
    house.sandbox().frontDesk(practice).editPatient(PATIENTS, Map.of("City", city));
  }

  private static void arrives(String practice, String city) {
    until(patient(practice) + " comes from " + city, () -> isIn(practice, city));
  }

  private static boolean isIn(String practice, String city) {
    return house
        .hospital()
        .latest("Patient", patient(practice))
        .filter(each -> city.equals(city(each.resource())))
        .isPresent();
  }

  private static String city(Resource patient) {
    return ((Patient) patient).getAddressFirstRep().getCity();
  }

  private static String patient(String practice) {
    return practice + "-patient-" + PATIENTS;
  }

  /** Feeds that are on, or were not looked at yet, and have not read their table to its end. */
  private static List<String> waiting(House house, String practice) {
    List<String> done =
        house
            .ledger()
            .texts(
                "select feed from watermark where practice = ? and paging = 0"
                    + " union select feed from feed where practice = ? and state <> 'on'",
                practice,
                practice);
    return FEEDS.stream().filter(name -> !done.contains(name)).toList();
  }

  private static long due(House house) {
    return house
        .ledger()
        .count("select count(*) from due where destination = 'hospital' and state = 'due'");
  }
}
