package pontic.opendental;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pontic.house.House;
import pontic.sandbox.database.Engine;
import pontic.sandbox.database.PracticePlan;
import pontic.sandbox.hospital.Hospital;
import pontic.sandbox.hospital.Hospital.Patient;

/**
 * Two offices that are alike hear the same while their lanes rest; elm folds what waits, yew plays
 * each (decision 0280). {@code -Dproof.seed=N} for other lives, {@code -Dproof.fold.people=100} for
 * the figures.
 */
final class FoldRowsTest {
  private static final Logger LOG = LoggerFactory.getLogger(FoldRowsTest.class);
  private static final LocalDateTime NOON = LocalDateTime.of(2027, 5, 4, 12, 0);
  private static final List<String> OFFICES = List.of("elm", "yew");
  private static final int PEOPLE = 6;

  /** Keys and times of writing; two offices have their own. */
  private static final Set<String> OWN =
      Set.of(
          "AptNum", "PatNum", "Guarantor", "DateTStamp", "SecDateTEntry", "SecDateEntry", "Note");

  @TempDir static Path folder;
  private static House house;

  @BeforeAll
  static void open() throws Exception {
    PracticePlan elm = PracticePlan.elm(Engine.MYISAM, 2);
    house =
        House.of(folder, List.of(elm, elm.as("yew", 1)))
            .busyLanes()
            .with("pontic.capture.period", "3s")
            .with("routes.reconcile.period", "1000")
            .with("routes.reconcile-destination.period", "1000")
            .with("practices.elm.api.folds", "true")
            .with("practices.yew.api.folds", "false");
    house.startBundle();
    house.untilConnected();
  }

  @AfterAll
  static void close() throws Exception {
    house.close();
  }

  @Test
  void theDatabaseEndsWithTheRowsOfPlayingEach() throws Exception {
    List<Lives.Step> steps = Lives.drawn(new Random(Long.getLong("proof.seed", 7)), PEOPLE);
    int half = steps.size() / 2;
    waiting("A", steps, 0, half);
    waiting("A", steps, half, steps.size());
    List<Lives.Step> begun = begun("A", steps);
    assertEquals(Lives.played(steps), visits("yew", "A"));
    assertEquals(Lives.played(begun), visits("elm", "A"));
    Map<String, Map<String, Object>> alike = rows("elm", "A");
    Map<String, Map<String, Object>> all = rows("yew", "A");
    // What was cancelled before it was begun is in yew alone, or was written as if it were new.
    steps.stream()
        .filter(step -> !begun.contains(step))
        .forEach(
            step -> {
              alike.remove(step.placer());
              all.remove(step.placer());
            });
    assertEquals(all, alike);
    assertEquals(patients("yew", "A"), patients("elm", "A"));
    assertTrue(count("elm", "folded into", "A") > PEOPLE / 4);
    assertEquals(0, count("yew", "folded into", "A"));
  }

  @Test
  void anOfficeThatWasAwayForADayIsAskedAThirdOfTheRequests() throws Exception {
    int people = Integer.getInteger("proof.fold.people", 5);
    for (int i = 0; i < people; i++) {
      for (String office : OFFICES) {
        house.accepted(office, Hospital.adt("A28", "F-" + office + "-" + i, patient("B", i, i)));
      }
    }
    house.untilAllEnded();
    List<Lives.Step> steps = Lives.busyDay(people);
    Map<String, Long> requests = waiting("B", steps, 0, steps.size());
    assertEquals(Lives.played(steps), visits("yew", "B"));
    assertEquals(Lives.played(begun("B", steps)), visits("elm", "B"));
    assertEquals(patients("yew", "B"), patients("elm", "B"));
    LOG.info("{} messages of {} patients: requests {}", steps.size(), people, requests);
    assertTrue(requests.get("elm") * 3 < requests.get("yew"), () -> "" + requests);
  }

  /**
   * Both offices hear it while nothing is written, and then all of it is.
   *
   * @return requests about patients and appointments that it took, by office
   */
  private static Map<String, Long> waiting(String group, List<Lives.Step> steps, int from, int to)
      throws Exception {
    for (String office : OFFICES) {
      assertEquals(202, house.control("pause", office, "writes"));
    }
    for (int i = from; i < to; i++) {
      for (String office : OFFICES) {
        house.accepted(office, message(group, steps.get(i), group + "-" + office + "-" + i));
      }
    }
    house.untilUnderstood();
    house.api().requests().clear();
    for (String office : OFFICES) {
      assertEquals(202, house.control("resume", office, "writes"));
    }
    house.untilAllEnded();
    Map<String, Long> requests = new TreeMap<>();
    house.api().requests().list().stream()
        .filter(each -> each.template().matches("/(patients|appointments)\\b.*"))
        .forEach(each -> requests.merge(each.practice().orElse(""), 1L, Long::sum));
    return requests;
  }

  private static byte[] message(String group, Lives.Step step, String controlId) {
    Patient patient = patient(group, step.human(), step.phone());
    byte[] bytes =
        step.aboutPatient()
            ? Hospital.adt("A08", controlId, patient)
            : Hospital.siu(
                Map.of("book", "S12", "move", "S13", "cancel", "S15").get(step.event()),
                controlId,
                patient,
                group + step.placer(),
                NOON.plusHours(step.hour()),
                30,
                step.note());
    return new String(bytes, StandardCharsets.UTF_8)
        .replace("ADTLAKE", step.sender())
        .getBytes(StandardCharsets.UTF_8);
  }

  private static Patient patient(String group, int human, int phone) {
    return Patient.numbered((group.equals("A") ? 2_000 : 3_000) + human)
        .withFirst(group.equals("A") ? "Robin" : "Wren")
        .withPhone(String.format("503555%04d", phone % 10_000));
  }

  private static List<Lives.Step> begun(String group, List<Lives.Step> steps) {
    return IntStream.range(0, steps.size())
        .filter(i -> !isUnbegun(group + "-elm-" + i))
        .mapToObj(steps::get)
        .toList();
  }

  /** Cancelled before anything of it was written, or the booking of such. */
  private static boolean isUnbegun(String controlId) {
    Map<String, Object> receipt = house.ledger().receipt(controlId);
    if (receipt.get("receipt_end").equals("folded into")) {
      String newer =
          house
              .ledger()
              .texts(
                  "select control_id from message where id = ?",
                  String.valueOf(receipt.get("receipt_reason")))
              .get(0);
      return isUnbegun(newer);
    }
    return String.valueOf(receipt.get("receipt_warnings"))
        .contains("cancelled before anything of it was written");
  }

  private static long count(String office, String end, String group) {
    return Long.parseLong(
        house
            .ledger()
            .texts(
                "select count(*) from message where practice = ? and receipt_end = ? and control_id like ?",
                office,
                end,
                group + "-%")
            .get(0));
  }

  private static Map<String, Lives.Visit> visits(String office, String group) {
    Map<String, Lives.Visit> visits = new TreeMap<>();
    for (Map<String, Object> row : appointments(office, group)) {
      Lives.Visit before =
          visits.put(
              placer(row),
              new Lives.Visit(
                  ((Number) row.get("Status")).intValue() == 1 ? "Scheduled" : "Broken",
                  (int) Duration.between(NOON, at(row)).toHours(),
                  notes(row)));
      assertEquals(null, before, "one row for each");
    }
    return visits;
  }

  /** All columns but keys and times of writing, by placer. */
  private static Map<String, Map<String, Object>> rows(String office, String group) {
    Map<String, Map<String, Object>> rows = new TreeMap<>();
    for (Map<String, Object> row : appointments(office, group)) {
      String placer = placer(row);
      rows.put(placer, shown(row));
    }
    return rows;
  }

  private static List<Map<String, Object>> patients(String office, String group) {
    List<Map<String, Object>> rows = new ArrayList<>();
    house
        .office(office)
        .rows(
            "select * from patient where FName = ? and LName like 'Quill%' order by LName",
            group.equals("A") ? "Robin" : "Wren")
        .forEach(row -> rows.add(shown(row)));
    return rows;
  }

  private static Map<String, Object> shown(Map<String, Object> row) {
    Map<String, Object> shown = new TreeMap<>(row);
    shown.keySet().removeAll(OWN);
    return shown;
  }

  private static List<Map<String, Object>> appointments(String office, String group) {
    return house
        .office(office)
        .rows(
            "select a.*, a.AptStatus + 0 as Status from appointment a join patient p on p.PatNum = a.PatNum"
                + " where p.FName = ? and p.LName like 'Quill%'",
            group.equals("A") ? "Robin" : "Wren");
  }

  private static String placer(Map<String, Object> row) {
    return String.valueOf(row.get("Note")).replaceAll("(?s).*?visit (PL\\d+x\\d).*", "$1");
  }

  private static List<String> notes(Map<String, Object> row) {
    return List.of(
        String.valueOf(row.get("Note")).replaceAll(" ?\\[ref P-[A-Z0-9]+\\]", "").split("\\R"));
  }

  private static LocalDateTime at(Map<String, Object> row) {
    return row.get("AptDateTime") instanceof Timestamp at
        ? at.toLocalDateTime()
        : (LocalDateTime) row.get("AptDateTime");
  }
}
