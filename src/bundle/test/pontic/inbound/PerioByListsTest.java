package pontic.inbound;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.hl7.fhir.r4.model.Observation;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import pontic.house.FacadeClient;
import pontic.house.House;
import pontic.lane.Lane;
import pontic.sandbox.api.Fault;
import pontic.sandbox.api.FaultKind;
import pontic.sandbox.api.OfficeSettings;

/**
 * A half-written periodontal exam is not sent out where an office is read by the lists of its API
 * either: one list tells the exam, a second one what it consists of, a third its measures, each at
 * its own time. Which is read when is the test's to say.
 */
final class PerioByListsTest {
  private static final AtomicInteger NUMBER = new AtomicInteger();
  private static final long PAT = 5;
  private static final long NEVER = 9_000_000_000_000L;
  private static final String MEASURES = "/periomeasures";

  /** The statement by which members are read; it needs ApiQueries. */
  private static final String MEMBERS = "perio-exam-more";

  private static final Set<String> LISTS = Set.of(MEMBERS, "perio-exam", "perio-measure");

  @TempDir static Path folder;
  private static House house;
  private static FacadeClient client;

  @BeforeAll
  static void open() throws Exception {
    house =
        House.sandboxOnly(folder, 0.025)
            .busyLanes()
            .with("pontic.facade.wait-seconds", "0")
            .with("practices.elm.database.enabled", "false")
            .with(
                "practices.elm.database.feeds",
                "patient, provider, perio-exam, perio-exam-measured, perio-measure");
    house.api().change("elm", settings -> settings.withAlso(Set.of("ApiQueries")));
    house.startBundle();
    house.untilConnected();
    client = new FacadeClient(house, "perio-lists");
  }

  @AfterAll
  static void close() throws Exception {
    house.close();
  }

  @AfterEach
  void goOn() throws Exception {
    house.api().faults().clear();
    assertEquals(202, house.control("resume", "elm", "writes"));
    assertEquals(List.of(), house.api().requests().violations(0));
    house.api().requests().clear();
  }

  /**
   * @param membersLast whether what it consists of is read after the exam itself, or before
   */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void theHospitalHearsOfAnExamWhenItIsWholeAndNotBefore(boolean membersLast) throws Exception {
    PerioSample exam = PerioSample.withGaps(day());
    String status = heldInTheMiddle(exam);
    long key = only(exam);
    for (String list :
        membersLast
            ? List.of("perio-exam", MEMBERS, "perio-measure")
            : List.of(MEMBERS, "perio-exam", "perio-measure")) {
      read(list);
    }
    House.until("the half exam was read", () -> versions(key) > 0);
    assertNothingOf(key);
    // What it consists of is not due again for long: it is known as it was in the middle.
    put(MEMBERS, NEVER);
    goOn();
    assertEquals("landed", client.untilEnded("elm", status).path("end").asText());
    read("perio-exam");
    read("perio-measure");
    whole(exam, key);
  }

  /** Where nobody may ask which measures are an exam's, it is told without, and no earlier. */
  @Test
  void withoutTheMembersItIsToldOnceItIsWholeToo() throws Exception {
    permitted(settings -> OfficeSettings.standard());
    try {
      PerioSample exam = PerioSample.withGaps(day());
      String status = heldInTheMiddle(exam);
      long key = only(exam);
      read("perio-exam");
      read("perio-measure");
      House.until("the half exam was read", () -> versions(key) > 0);
      assertNothingOf(key);
      goOn();
      assertEquals("landed", client.untilEnded("elm", status).path("end").asText());
      read("perio-exam");
      read("perio-measure");
      arrives(id(key));
      house
          .hospital()
          .history("Observation", id(key))
          .forEach(
              arrival -> assertFalse(((Observation) arrival.resource()).hasHasMember(), "of it"));
      assertEquals(exam.measures().size(), parts(key).size());
      for (long part : parts(key)) {
        arrives(measure(part));
      }
    } finally {
      permitted(settings -> settings.withAlso(Set.of("ApiQueries")));
    }
  }

  /** What is written, with the next measure hanging and nothing more to be written. */
  private static String heldInTheMiddle(PerioSample exam) throws Exception {
    for (String list : LISTS) {
      House.until(list + " was read before, or cannot be", () -> !isOn(list) || consumed(list) > 0);
    }
    house
        .api()
        .faults()
        .arm(Fault.of("elm", FaultKind.HANG).on("POST", MEASURES).after(4).times(1));
    String word = "listed-" + NUMBER.incrementAndGet();
    HttpResponse<String> accepted =
        client.send(
            "elm",
            "PUT",
            "/Observation/" + word,
            exam.json("Patient/elm-patient-" + PAT, word, "final"));
    assertEquals(202, accepted.statusCode(), accepted.body());
    House.until("the next measure hangs", () -> house.api().faults().list().isEmpty());
    assertEquals(202, house.control("pause", "elm", "writes"));
    return accepted.headers().firstValue("Content-Location").orElseThrow();
  }

  /** Neither the exam nor a measure of it, though what was read later has arrived. */
  private static void assertNothingOf(long key) throws Exception {
    somethingElseArrives();
    assertEquals(List.of(), house.hospital().history("Observation", id(key)));
    assertFalse(parts(key).isEmpty());
    for (long part : parts(key)) {
      assertEquals(List.of(), house.hospital().history("Observation", measure(part)));
    }
  }

  private static void whole(PerioSample exam, long key) throws Exception {
    arrives(id(key));
    Set<String> members = new HashSet<>();
    for (long part : parts(key)) {
      arrives(measure(part));
      members.add("Observation/" + measure(part));
    }
    assertEquals(exam.measures().size(), members.size());
    somethingElseArrives();
    house
        .hospital()
        .history("Observation", id(key))
        .forEach(
            arrival -> {
              Set<String> told = new HashSet<>();
              ((Observation) arrival.resource())
                  .getHasMember()
                  .forEach(member -> told.add(member.getReference()));
              assertEquals(members, told, "each version that the hospital got has all members");
            });
  }

  private static void arrives(String id) throws Exception {
    assertTrue(
        house.hospital().await("Observation", id, any -> true, Duration.ofSeconds(600)).isPresent(),
        id);
  }

  private static void somethingElseArrives() throws Exception {
    String street = "Marker " + NUMBER.incrementAndGet();
    JdbcClient.create(house.sandbox().practice("elm").dataSource())
        .sql("update patient set Address = ? where PatNum = ?")
        .params(street, PAT)
        .update();
    assertTrue(
        house
            .hospital()
            .await(
                "Patient",
                "elm-patient-" + PAT,
                patient ->
                    ((org.hl7.fhir.r4.model.Patient) patient)
                        .getAddressFirstRep().getLine().stream()
                            .anyMatch(line -> line.getValue().equals(street)),
                Duration.ofSeconds(600))
            .isPresent());
  }

  /** It is asked for from now on, and what it says is worked on. */
  private static void read(String list) {
    if (!isOn(list)) {
      return;
    }
    // The first may have been under way.
    long enough = consumed(list) + 2;
    House.until(
        list + " was read",
        () -> {
          put(list, 0);
          return consumed(list) >= enough;
        });
  }

  private static void put(String list, long at) {
    assertEquals(
        1,
        house
            .ledger()
            .change(
                "update question set asked_at = ? where practice = 'elm' and feed = ?", at, list),
        list);
  }

  private static boolean isOn(String list) {
    try {
      return new ObjectMapper()
          .readTree(
              house.ledger().texts("select capabilities from lane where practice = 'elm'").get(0))
          .path("capture")
          .path(list)
          .path("on")
          .asBoolean();
    } catch (JsonProcessingException e) {
      throw new AssertionError(e);
    }
  }

  private static long consumed(String list) {
    return house
        .ledger()
        .count(
            "select coalesce(max(consumed), 0) from question where practice = 'elm' and feed = '"
                + list
                + "'");
  }

  /** The key may do that from now on, and Pontic knows it. */
  private static void permitted(UnaryOperator<OfficeSettings> to) {
    house.api().change("elm", to);
    long looked = house.ledger().count("select capabilities_at from lane where practice = 'elm'");
    house.ledger().change("update lane set capabilities_at = 0 where practice = 'elm'");
    house.bundle().context().getRegistry().lookupByNameAndType("lane", Lane.class).watch();
    House.until(
        "the practice was looked at again",
        () ->
            house.ledger().count("select capabilities_at from lane where practice = 'elm'")
                > looked);
  }

  private static long versions(long exam) {
    return house
        .ledger()
        .count(
            "select coalesce(max(version), 0) from record where practice = 'elm' and resource = 'Observation:perio-exam' and row_key = "
                + exam);
  }

  private static String day() {
    return LocalDate.of(2024, 1, 1).plusDays(NUMBER.incrementAndGet()).toString();
  }

  private static long only(PerioSample exam) {
    return house
        .office("elm")
        .count("select PerioExamNum from perioexam where ExamDate = ?", exam.day());
  }

  private static List<Long> parts(long exam) {
    List<Long> parts = new ArrayList<>();
    house
        .office("elm")
        .rows("select PerioMeasureNum as k from periomeasure where PerioExamNum = ?", exam)
        .forEach(row -> parts.add(((Number) row.get("k")).longValue()));
    return parts;
  }

  private static String id(long exam) {
    return "elm-perio-exam-" + exam;
  }

  private static String measure(long part) {
    return "elm-perio-measure-" + part;
  }
}
