package pontic.outbound;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static pontic.house.House.until;

import ca.uhn.fhir.context.FhirContext;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.hl7.fhir.r4.model.AllergyIntolerance;
import org.hl7.fhir.r4.model.CarePlan;
import org.hl7.fhir.r4.model.Coverage;
import org.hl7.fhir.r4.model.MedicationRequest;
import org.hl7.fhir.r4.model.Patient;
import org.hl7.fhir.r4.model.Resource;
import org.hl7.fhir.r4.model.Task;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import pontic.capture.ApiFeed;
import pontic.capture.ApiFeeds;
import pontic.capture.Feed;
import pontic.capture.FeedFiles;
import pontic.house.House;
import pontic.record.Kind;
import pontic.sandbox.desk.ChartDesk;
import pontic.sandbox.desk.FrontDesk;
import pontic.sandbox.hospital.Arrival;
import pontic.sandbox.hospital.HospitalFhirServer;

/**
 * Whole charts of offices whose databases are not read, by the lists of their APIs. Elm is new and
 * lets its key ask statements, oak is of 23.1 and does not.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class ApiListsTest {
  private static final Duration LIMIT = Duration.ofSeconds(600);
  private static final long NEVER = 9_000_000_000_000L;
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final List<Feed> FEEDS = FeedFiles.load(House.home().resolve("sql/capture"));
  private static final List<ApiFeed> LISTS =
      ApiFeeds.load(House.home().resolve("mappings/capture-api"));

  /**
   * Elements that differ from what the database tells, by what a row becomes; the key of this
   * office has ApiQueries.
   */
  private static final Map<String, Set<String>> LEFT_OUT =
      new TreeMap<>(
          Map.ofEntries(
              // Texts: line breaks come as spaces, and a name may be that of the list.
              Map.entry("AllergyIntolerance:allergy", Set.of("reaction")),
              // The words of its procedures are told, not which they are.
              Map.entry("Appointment", Set.of("basedOn")),
              Map.entry("CarePlan:treatplan", Set.of("note")),
              Map.entry("Condition:disease", Set.of("note")),
              Map.entry("MedicationRequest:medicationpat", Set.of("medicationCodeableConcept")),
              Map.entry("MedicationRequest:rxpat", Set.of("medicationCodeableConcept")),
              Map.entry("Observation:perio-exam", Set.of("note")),
              Map.entry("ServiceRequest:refattach", Set.of("note")),
              Map.entry("Task:labcase", Set.of("description")),
              // Pronouns.
              Map.entry("Patient", Set.of("extension"))));

  private static final String STATEMENT_ASKED =
      "practice = 'elm' and path = '/queries/ShortQuery' and state = 'asked'";

  /** Rows that the lists do not tell, of a kind that they tell. */
  private static final String MISSING = "MISSING";

  /** The same of oak, by kinds of rows that are told by both ways. */
  private static final Map<String, Set<String>> LEFT_OUT_WITHOUT_STATEMENTS =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry("AllergyIntolerance:allergy", Set.of("code", "reaction")),
              Map.entry("Appointment", Set.of("basedOn")),
              Map.entry("CarePlan:treatplan", Set.of("activity", "note")),
              Map.entry("Condition:diagnosed", Set.of("code", "note")),
              Map.entry(
                  "MedicationRequest:medicationpat",
                  Set.of(
                      "groupIdentifier",
                      "intent",
                      "medicationCodeableConcept",
                      "reportedBoolean",
                      "requester")),
              Map.entry("Observation:perio-exam", Set.of("hasMember", "note")),
              Map.entry("Patient", Set.of("contact", "extension")),
              Map.entry("Practitioner:referral", Set.of("identifier")),
              Map.entry("PractitionerRole:provider-role", Set.of("telecom")),
              Map.entry("Procedure:procedure", Set.of("encounter", "note", "reasonCode")),
              Map.entry("ServiceRequest:planned", Set.of("note", "reasonCode")),
              Map.entry("Task:recall", Set.of("code"))));

  /** What oak's API tells nothing of: lists that it does not have yet, or that are statements. */
  private static final Set<String> NOT_TOLD =
      new TreeSet<>(
          Set.of(
              "Claim:claim",
              "ClaimResponse:claim-response",
              "Communication:commlog",
              "Condition:disease",
              "Flag:medical-alert",
              "Flag:premedication",
              "MedicationRequest:rxpat",
              "Observation:smoking-status",
              "Observation:tooth",
              "Observation:vital-blood-pressure",
              "Observation:vital-bmi",
              "Observation:vital-bmi-percentile",
              "Observation:vital-body-height",
              "Observation:vital-body-weight",
              "Observation:vital-heart-rate",
              "Organization:practice",
              "Person:provider-person",
              "Schedule:schedule",
              "ServiceRequest:refattach",
              "Task:labcase"));

  /**
   * Of these: what the list of patients would tell, had it the one column that they are made of.
   */
  private static final Set<String> WITHOUT_THEIR_COLUMN =
      Set.of("Flag:premedication", "Observation:smoking-status");

  /** What oak has no row of, by a list that it does not have yet. */
  private static final Set<String> NO_ROWS = Set.of("Observation:vital-pregnancy");

  /** It has none. */
  private static final Set<String> NO_CLINICS =
      Set.of("Location:clinic", "Organization:clinic-organization");

  @TempDir static Path folder;
  private static House house;

  @BeforeAll
  static void open() throws Exception {
    house =
        House.sandboxOnly(folder)
            .busyLanes()
            .with("destinations.registry.enabled", "false")
            .with("destinations.hospital-hl7.enabled", "false");
    for (String practice : List.of("elm", "oak")) {
      house
          .with("practices." + practice + ".database.enabled", "false")
          .with(
              "practices." + practice + ".database.feeds",
              Stream.concat(
                      Stream.of("all"), FEEDS.stream().filter(Feed::offByDefault).map(Feed::name))
                  .collect(Collectors.joining(",")));
    }
    try (Connection connection = house.sandbox().practice("elm").dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      // The first version that lists vital signs.
      statement.execute(
          "update preference set ValueString = '25.3.41.0' where PrefName = 'ProgramVersion'");
    }
    house
        .api()
        .change(
            "elm",
            settings ->
                settings.withPermissions(
                    Set.of("ApiReadAll", "ApiPatients", "ApiAllOthers", "ApiQueries")));
    house.startBundle();
    house.untilConnected();
    until("every list has been read", () -> unread().isEmpty());
    until("every patient has been read", ApiListsTest::nobodyIsDue);
    until("everything is told", () -> due() == 0);
  }

  @AfterAll
  static void close() throws Exception {
    house.compareAndClose("elm", "oak");
  }

  @AfterEach
  void noRequestBrokeTheSpacing() {
    assertEquals(List.of(), house.api().requests().violations(0));
  }

  @Test
  @Order(1)
  void onlyARowWithAValueThatNobodyKnowsIsMoreThanCanBeTold() {
    assertEquals(
        List.of(),
        house
            .ledger()
            .rows(
                "select practice, resource, row_key, reason from record where state = 'failed'"
                    + " and reason not like 'the API''s value of % is none that Pontic knows'"));
  }

  @Test
  @Order(2)
  void anAllergyIsSeenWhenItsPatientChangesAndIsGoneWhenHisListLacksIt() throws Exception {
    ChartDesk chart = new ChartDesk(house.sandbox().practice("elm"));
    FrontDesk desk = house.sandbox().frontDesk("elm");
    long patient =
        desk.addPatient(Map.of("LName", "Lister", "FName", "Ada", "Birthdate", "1980-01-02"));
    arrives("Patient", "patient", patient, any -> true);
    long definition =
        house.office("elm").count("select min(AllergyDefNum) from allergydef where SnomedType > 0");
    long allergy =
        chart.add(
            "allergy",
            Map.of(
                "AllergyDefNum",
                definition,
                "PatNum",
                patient,
                "Reaction",
                "hives",
                "StatusIsActive",
                1));
    desk.editPatient(patient, Map.of("City", "Eugene"));
    arrives(
        "AllergyIntolerance",
        "allergy",
        allergy,
        told ->
            ((AllergyIntolerance) told)
                .getPatient()
                .getReference()
                .equals("Patient/" + id("patient", patient)));

    chart.edit("allergydef", definition, Map.of("Description", "Renamed since"));
    arrivesBy(
        "allergy-definition",
        "AllergyIntolerance",
        "allergy",
        allergy,
        told -> ((AllergyIntolerance) told).getCode().getText().equals("Renamed since"));

    chart.remove("allergy", allergy);
    long operatory = house.office("elm").count("select min(OperatoryNum) from operatory");
    long provider = house.office("elm").count("select min(ProvNum) from provider");
    desk.book(patient, operatory, provider, LocalDateTime.of(2027, 3, 2, 9, 0), 40, "");
    arrives(
        "AllergyIntolerance",
        "allergy",
        allergy,
        told ->
            ((AllergyIntolerance) told)
                .getVerificationStatus()
                .hasCoding(
                    "http://terminology.hl7.org/CodeSystem/allergyintolerance-verification",
                    "entered-in-error"));
  }

  @Test
  @Order(3)
  void aPlanThatChangesReachesTheCoverageThatLeadsToIt() throws Exception {
    ChartDesk chart = new ChartDesk(house.sandbox().practice("elm"));
    Map<String, Object> found =
        house
            .office("elm")
            .rows(
                "select e.PatPlanNum, s.PlanNum from patplan e join inssub s on s.InsSubNum = e.InsSubNum"
                    + " join insplan i on i.PlanNum = s.PlanNum order by e.PatPlanNum limit 1")
            .get(0);
    chart.edit(
        "insplan", ((Number) found.get("PlanNum")).longValue(), Map.of("GroupNum", "G-77001"));
    arrivesBy(
        "insplan",
        "Coverage",
        "patplan",
        ((Number) found.get("PatPlanNum")).longValue(),
        told ->
            ((Coverage) told)
                .getClass_().stream().anyMatch(each -> "G-77001".equals(each.getValue())));
  }

  @Test
  @Order(4)
  void whatAListThatIsReadWholeLacksIsGone() throws Exception {
    ChartDesk chart = new ChartDesk(house.sandbox().practice("elm"));
    long recall = lowestTold("Task:recall");
    chart.remove("recall", recall);
    arrivesBy(
        "recall",
        "Task",
        "recall",
        recall,
        told -> ((Task) told).getStatus() == Task.TaskStatus.ENTEREDINERROR);
  }

  @Test
  @Order(5)
  void aPatientWhomTheApiRefusesHoldsUpNobody() throws Exception {
    house
        .ledger()
        .change(
            "insert into api_patient (practice, list, patient, due_at) values ('elm', 'allergy', 999999, 0)");
    until(
        "he was asked for, and put off by a day",
        () ->
            house
                    .ledger()
                    .count("select count(*) from api_patient where patient = 999999 and due_at > 0")
                == 1);
    long patient = house.office("elm").count("select min(PatNum) from patient");
    house
        .ledger()
        .change(
            "update api_patient set due_at = 0 where practice = 'elm' and list = 'allergy' and patient = ?",
            patient);
    until("the next is asked for", ApiListsTest::nobodyIsDue);
  }

  @Test
  @Order(5)
  void anAnswerThatCannotBeWorkedOnHoldsUpNoOtherList() throws Exception {
    until(
        "the answer of one list cannot be opened",
        () ->
            house
                    .ledger()
                    .change(
                        "update question set state = 'answered', answer = 'none of ours', answered_at = 1"
                            + " where practice = 'elm' and feed = 'labcase' and state = 'asked' and not exists ("
                            + " select 1 from call c where c.state = 'intent' and c.work_id = 'capture:elm:labcase')")
                == 1);
    long used = used("labcase");
    long patient = lowestTold("Patient");
    house.sandbox().frontDesk("elm").editPatient(patient, Map.of("City", "Elsewhere"));
    arrivesBy(
        "patient",
        "Patient",
        "patient",
        patient,
        told -> "Elsewhere".equals(((Patient) told).getAddressFirstRep().getCity()));
    assertEquals(used, used("labcase"));
    house
        .ledger()
        .change(
            "update question set state = 'asked', answer = '', answered_at = 0, asked_at = 0"
                + " where practice = 'elm' and feed = 'labcase'");
    until("it is read again", () -> used("labcase") > used);
  }

  private static long used(String list) {
    return house
        .ledger()
        .count("select consumed from question where practice = 'elm' and feed = '" + list + "'");
  }

  /** With ApiQueries, which the key of this office has. */
  @Test
  @Order(6)
  void aChangeThatOnlyItsOwnRowTellsIsSeenWhereTheKeyMayAsk() throws Exception {
    ChartDesk chart = new ChartDesk(house.sandbox().practice("elm"));
    long medication = lowestTold("MedicationRequest:medicationpat");
    chart.edit("medicationpat", medication, Map.of("PatNote", "twice a day since today"));
    arrivesBy(
        "medicationpat-changed",
        "MedicationRequest",
        "medicationpat",
        medication,
        told ->
            ((MedicationRequest) told)
                .getDosageInstructionFirstRep()
                .getText()
                .equals("twice a day since today"));
  }

  private static long someone(FrontDesk desk, String name) throws Exception {
    return desk.addPatient(Map.of("LName", name, "FName", "Ada", "Birthdate", "1980-01-02"));
  }

  /** One that the hospital has. */
  private static long allergyOf(long patient) throws Exception {
    long definition = house.office("elm").count("select min(AllergyDefNum) from allergydef");
    long allergy =
        new ChartDesk(house.sandbox().practice("elm"))
            .add(
                "allergy",
                Map.of("AllergyDefNum", definition, "PatNum", patient, "StatusIsActive", 1));
    arrivesBy("allergy-changed", "AllergyIntolerance", "allergy", allergy, isOf(patient));
    return allergy;
  }

  @Test
  @Order(8)
  void theAllergiesOfTheLoserOfAMergeEndAsTheSurvivors() throws Exception {
    FrontDesk desk = house.sandbox().frontDesk("elm");
    long loser = someone(desk, "Loser");
    long survivor = someone(desk, "Survivor");
    long allergy = allergyOf(loser);
    desk.merge(loser, survivor);
    arrivesBy("allergy-changed", "AllergyIntolerance", "allergy", allergy, isOf(survivor));
    arrives("Patient", "patient", loser, told -> !((Patient) told).getActive());
  }

  @Test
  @Order(9)
  void anAllergyIsNotToldToBeGoneBecauseItMovedInAMergeThatNobodyHasSeenYet() throws Exception {
    FrontDesk desk = house.sandbox().frontDesk("elm");
    long loser = someone(desk, "Unseen");
    long survivor = someone(desk, "Seen");
    long allergy = allergyOf(loser);
    arrives("Patient", "patient", survivor, any -> true);
    until("nobody is due", ApiListsTest::nobodyIsDue);
    until("neither patients nor changes of allergies are asked for", ApiListsTest::isPutOff);

    desk.merge(loser, survivor);
    makeDue("allergy", loser);
    until(
        "what the loser's list says has been worked on",
        () ->
            house
                    .ledger()
                    .count(
                        "select (select count(*) from api_patient where practice = 'elm' and list = 'allergy' and due_at = 0)"
                            + " + (select count(*) from question where practice = 'elm' and feed = 'allergy'"
                            + " and run like '%\"patient\":"
                            + loser
                            + ",%')")
                == 0);
    until("everything is told", () -> due() == 0);
    assertEquals(List.of(), takenBack(allergy));
    makeDue("allergy", survivor);
    arrives("AllergyIntolerance", "allergy", allergy, isOf(survivor));
    house
        .ledger()
        .change("update question set asked_at = 0 where practice = 'elm' and asked_at = " + NEVER);
  }

  /** However long the office takes between a merge's first row and the loser's status. */
  @Test
  @Order(9)
  void anAllergyOfOneWhoIsStillBeingMergedMovesAndIsNeverTakenBack() throws Exception {
    FrontDesk desk = house.sandbox().frontDesk("elm");
    long loser = someone(desk, "Moving");
    long survivor = someone(desk, "Taking");
    long allergy = allergyOf(loser);
    arrives("Patient", "patient", survivor, any -> true);
    until("nobody is due", ApiListsTest::nobodyIsDue);
    until("neither patients nor changes of allergies are asked for", ApiListsTest::isPutOff);

    new ChartDesk(house.sandbox().practice("elm"))
        .edit("allergy", allergy, Map.of("PatNum", survivor));
    makeDue("allergy", loser);
    arrives("AllergyIntolerance", "allergy", allergy, isOf(survivor));
    until("nothing is in doubt", ApiListsTest::nothingIsInDoubt);
    until("everything is told", () -> due() == 0);
    assertEquals(List.of(), takenBack(allergy));
    house
        .ledger()
        .change("update question set asked_at = 0 where practice = 'elm' and asked_at = " + NEVER);
  }

  @Test
  @Order(10)
  void withoutStatementsARowIsGoneOnceItWasFoundWithNobody() throws Exception {
    FrontDesk desk = house.sandbox().frontDesk("elm");
    long loser = someone(desk, "Slowly");
    long survivor = someone(desk, "Patient");
    long moved = allergyOf(loser);
    long removed = allergyOf(survivor);
    until("nobody is due", ApiListsTest::nobodyIsDue);
    grant(Set.of("ApiReadAll", "ApiPatients", "ApiAllOthers"), 1);
    int known = house.api().requests().list("elm").size();
    house.ledger().change("update question set asked_at = 0 where " + STATEMENT_ASKED);

    ChartDesk chart = new ChartDesk(house.sandbox().practice("elm"));
    chart.edit("allergy", moved, Map.of("PatNum", survivor));
    chart.remove("allergy", removed);
    makeDue("allergy", loser);
    arrives("AllergyIntolerance", "allergy", moved, isOf(survivor));
    until("what is gone is told", () -> !takenBack(removed).isEmpty());
    until("nothing is in doubt", ApiListsTest::nothingIsInDoubt);
    until("everything is told", () -> due() == 0);
    assertEquals(List.of(), takenBack(moved));
    until(
        "no statement waits",
        () -> house.ledger().count("select count(*) from question where " + STATEMENT_ASKED) == 0);
    assertEquals(0, statements(known), "what the key lacks is not asked in vain");

    grant(Set.of("ApiReadAll", "ApiPatients", "ApiAllOthers", "ApiQueries"), 0);
    until("statements go on", () -> statements(known) > 0);
  }

  /** That elm's API was sent after so many requests. */
  private static long statements(int known) {
    return house.api().requests().list("elm").stream()
        .skip(known)
        .filter(request -> request.template().equals("/queries/ShortQuery"))
        .count();
  }

  /**
   * @param lacking practices whose key lacks the statements with these
   */
  private static void grant(Set<String> permissions, long lacking) {
    house.api().change("elm", settings -> settings.withPermissions(permissions));
    house.ledger().change("update lane set capabilities_at = 0 where practice = 'elm'");
    until(
        "it is known what the key may do",
        () ->
            house
                    .ledger()
                    .count(
                        "select count(*) from lane where practice = 'elm' and capabilities like '%\"allergy-changed\":{\"on\":false%'")
                == lacking);
  }

  private static boolean nothingIsInDoubt() {
    return house.ledger().count("select count(*) from api_doubt where practice = 'elm'") == 0;
  }

  /** Versions at the hospital that say that there never was such an allergy. */
  private static List<Arrival> takenBack(long allergy) {
    return house.hospital().history("AllergyIntolerance", id("allergy", allergy)).stream()
        .filter(told -> ((AllergyIntolerance) told.resource()).hasVerificationStatus())
        .filter(
            told ->
                ((AllergyIntolerance) told.resource())
                    .getVerificationStatus()
                    .getCodingFirstRep()
                    .getCode()
                    .equals("entered-in-error"))
        .toList();
  }

  /** Whose question is under way may still be answered. */
  private static boolean isPutOff() {
    house
        .ledger()
        .change(
            "update question set asked_at = "
                + NEVER
                + " where practice = 'elm' and feed in ('patient', 'allergy-changed')"
                + " and state = 'asked' and not exists (select 1 from call c where c.state = 'intent'"
                + " and c.work_id = 'capture:elm:' || question.feed)");
    return house
            .ledger()
            .count(
                "select count(*) from question where practice = 'elm' and asked_at = "
                    + NEVER
                    + " and feed in ('patient', 'allergy-changed') and state = 'asked'")
        == 2;
  }

  private static void makeDue(String list, long patient) {
    assertEquals(
        1,
        house
            .ledger()
            .change(
                "update api_patient set due_at = 0 where practice = 'elm' and list = ? and patient = ?",
                list,
                patient));
  }

  private static Predicate<Resource> isOf(long patient) {
    return told ->
        ((AllergyIntolerance) told)
            .getPatient()
            .getReference()
            .equals("Patient/" + id("patient", patient));
  }

  /** The list has a filter and does not tell the server's time. */
  @Test
  @Order(7)
  void whatChangesIsSeenInAListThatOnlyHasItsRowsStamps() throws Exception {
    ChartDesk chart = new ChartDesk(house.sandbox().practice("elm"));
    long plan = lowestTold("CarePlan:treatplan");
    for (String heading : List.of("First thoughts", "Second thoughts")) {
      chart.edit("treatplan", plan, Map.of("Heading", heading));
      arrivesBy(
          "treatplan",
          "CarePlan",
          "treatplan",
          plan,
          told -> ((CarePlan) told).getTitle().equals(heading));
    }
  }

  @Test
  @Order(11)
  void theHospitalEndsWithTheSameAsByTheDatabaseButForWhatTheApiDoesNotTell() throws Exception {
    // That somebody gave up for him is seen with a survivor's next change.
    house.sandbox().frontDesk("elm").touchAll();
    for (String list : List.of("patient-more", "patient")) {
      long used = used(list);
      until(
          list + " is read again",
          () -> {
            hurry(list);
            return used(list) > used + 1;
          });
    }
    until(
        "what others say is told again",
        () -> house.ledger().count("select count(*) from api_link where stale = 1") == 0);
    until("everything is told", () -> due() == 0);
    Map<String, Map<String, Map<String, JsonNode>>> byApi = new TreeMap<>();
    for (String practice : List.of("elm", "oak")) {
      byApi.put(practice, told(practice, house.hospital()));
    }
    List<String> failed = house.ledger().texts("select fhir_id from record where state = 'failed'");
    Set<String> off = off("oak");
    house.stopBundle();
    house
        .with("practices.elm.database.enabled", "true")
        .with("practices.oak.database.enabled", "true")
        .with("pontic.data", folder.resolve("by-database").toString())
        .with("destinations.hospital.url", house.registry().url());
    house.withUsers(folder.resolve("by-database"));
    house.startBundle();
    until("every feed has read its table", () -> unreadTables().isEmpty());
    until("everything is told", () -> due() == 0);
    Map<String, Map<String, JsonNode>> elm = told("elm", house.registry());
    assertEquals(
        NO_CLINICS,
        resources().stream().filter(each -> !elm.containsKey(each)).collect(Collectors.toSet()));
    assertEquals(LEFT_OUT, differ(byApi.get("elm"), elm, failed));

    Map<String, Set<String>> differ =
        differ(byApi.get("oak"), told("oak", house.registry()), failed);
    Set<String> notTold =
        differ.entrySet().stream()
            .filter(each -> each.getValue().equals(Set.of("NOTHING")))
            .map(Map.Entry::getKey)
            .collect(Collectors.toCollection(TreeSet::new));
    differ.keySet().removeAll(notTold);
    assertEquals(LEFT_OUT_WITHOUT_STATEMENTS, differ);
    assertEquals(NOT_TOLD, notTold);
    Set<String> lists = new TreeSet<>(NOT_TOLD);
    lists.removeAll(WITHOUT_THEIR_COLUMN);
    lists.addAll(NO_ROWS);
    assertEquals(lists, notToldBy(off));
    Set<String> without = new TreeSet<>(LEFT_OUT.keySet());
    without.addAll(lackingColumns(off));
    assertTrue(without.containsAll(differ.keySet()), "more than docs/feeds.md says");
  }

  /** Lists that are off at a practice, as its capability table says. */
  private static Set<String> off(String practice) throws Exception {
    Set<String> off = new TreeSet<>();
    for (JsonNode each : JSON.readTree(house.control("/control/capabilities"))) {
      if (each.path("practice").asText().equals(practice)) {
        for (JsonNode feed : each.path("feeds")) {
          if (!feed.path("on").asBoolean()) {
            assertFalse(feed.path("reason").asText().isEmpty(), feed::toString);
            off.add(feed.path("feed").asText());
          }
        }
      }
    }
    return off;
  }

  private static Set<String> notToldBy(Set<String> off) {
    Set<String> told = resources();
    LISTS.stream()
        .filter(list -> !off.contains(list.name()) && !list.deleted() && list.says().isEmpty())
        .flatMap(list -> list.told().stream())
        .forEach(each -> told.remove(each.resource()));
    return told;
  }

  /** As the table of docs/feeds.md has them: not told, or told by a list that is off. */
  private static Set<String> lackingColumns(Set<String> off) {
    return LISTS.stream()
        .flatMap(list -> list.told().stream())
        .filter(
            told ->
                !told.untold().isEmpty()
                    || told.lookups().stream().anyMatch(lookup -> off.contains(lookup.in())))
        .map(ApiFeed.Told::resource)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** Elements by what a row became; NOTHING if no such row is told by the lists. */
  private static Map<String, Set<String>> differ(
      Map<String, Map<String, JsonNode>> byApi,
      Map<String, Map<String, JsonNode>> byDatabase,
      List<String> failed) {
    Map<String, Set<String>> differ = new TreeMap<>();
    for (String resource : resources()) {
      Map<String, JsonNode> lists = byApi.getOrDefault(resource, Map.of());
      Map<String, JsonNode> tables = byDatabase.getOrDefault(resource, Map.of());
      if (lists.isEmpty() && !tables.isEmpty()) {
        differ.put(resource, Set.of("NOTHING"));
        continue;
      }
      Set<String> missing = new TreeSet<>(tables.keySet());
      missing.removeAll(lists.keySet());
      missing.removeAll(failed);
      if (!missing.isEmpty()) {
        differ.computeIfAbsent(resource, any -> new TreeSet<>()).add(MISSING);
      }
      lists.forEach(
          (id, json) -> {
            if (tables.containsKey(id)) {
              elements(json, tables.get(id))
                  .forEach(
                      element ->
                          differ.computeIfAbsent(resource, any -> new TreeSet<>()).add(element));
            }
          });
    }
    return differ;
  }

  private static Set<String> elements(JsonNode one, JsonNode other) {
    Set<String> names = new TreeSet<>();
    one.fieldNames().forEachRemaining(names::add);
    other.fieldNames().forEachRemaining(names::add);
    names.removeIf(name -> name.equals("meta") || one.path(name).equals(other.path(name)));
    return names;
  }

  /** What the server has, by what the rows became and id; withdrawn ones are left out. */
  private static Map<String, Map<String, JsonNode>> told(String practice, HospitalFhirServer server)
      throws Exception {
    Map<String, Map<String, JsonNode>> told = new TreeMap<>();
    for (Map<String, Object> record :
        house
            .ledger()
            .rows(
                "select resource, fhir_id from record where practice = '"
                    + practice
                    + "' and state = 'live'")) {
      Kind kind = new Kind(record.get("resource").toString());
      String id = record.get("fhir_id").toString();
      told.computeIfAbsent(kind.text(), any -> new TreeMap<>())
          .put(
              id,
              JSON.readTree(
                  FhirContext.forR4Cached()
                      .newJsonParser()
                      .encodeResourceToString(
                          server.latest(kind.fhirType(), id).orElseThrow().resource())));
    }
    return told;
  }

  private static Set<String> resources() {
    return LISTS.stream()
        .flatMap(list -> list.told().stream())
        .map(ApiFeed.Told::resource)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** Each list of elm, and those of oak that are on. */
  private static List<String> unread() {
    List<String> read =
        house.ledger().texts("select practice || ' ' || feed from watermark where paging = 0");
    try {
      Set<String> off = off("oak");
      return Stream.of("elm", "oak")
          .flatMap(
              practice ->
                  LISTS.stream()
                      .map(ApiFeed::name)
                      .filter(name -> practice.equals("elm") || !off.contains(name))
                      .map(name -> practice + " api-" + name))
          .filter(name -> !read.contains(name))
          .toList();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private static List<String> unreadTables() {
    List<String> done =
        house
            .ledger()
            .texts(
                "select practice || ' ' || feed from watermark where paging = 0"
                    + " union select practice || ' ' || feed from feed where state = 'off'");
    return Stream.of("elm", "oak")
        .flatMap(practice -> FEEDS.stream().map(feed -> practice + " " + feed.name()))
        .filter(name -> !done.contains(name))
        .toList();
  }

  /** No patient waits, and no answer for one. */
  private static boolean nobodyIsDue() {
    return house
            .ledger()
            .count(
                "select (select count(*) from api_patient where due_at <= "
                    + System.currentTimeMillis()
                    + ") + (select count(*) from question where feed in ('allergy', 'medicationpat', 'document') and state <> 'resting')")
        == 0;
  }

  private static long due() {
    return house.ledger().count("select count(*) from due where destination = 'hospital'");
  }

  private static void arrives(String type, String name, long key, Predicate<Resource> fits)
      throws Exception {
    assertTrue(
        house.hospital().await(type, id(name, key), fits, LIMIT).isPresent(),
        () -> type + " " + key + " did not come as expected\n" + house.ledger().describe());
  }

  /** Its next read need not wait for its turn. */
  private static void hurry(String list) {
    house
        .ledger()
        .change(
            "update question set asked_at = 0 where practice = 'elm' and state = 'asked' and feed = ?",
            list);
  }

  /** Arrives once a list is read that is read seldom. */
  private static void arrivesBy(
      String list, String type, String name, long key, Predicate<Resource> fits) {
    until(
        type + " " + key + " is there",
        () -> {
          hurry(list);
          return house.hospital().latest(type, id(name, key)).stream()
              .anyMatch(arrival -> fits.test(arrival.resource()));
        });
  }

  private static String id(String name, long key) {
    return "elm-" + name + "-" + key;
  }

  /** The key of a row of this office that is told as such a record. */
  private static long lowestTold(String resource) {
    return Long.parseLong(
        house
            .ledger()
            .texts(
                "select row_key from record where practice = 'elm' and resource = ? and state = 'live' order by row_key limit 1",
                resource)
            .get(0));
  }
}
