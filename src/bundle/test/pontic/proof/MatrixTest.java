package pontic.proof;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pontic.house.House;
import pontic.mapping.Writes;
import pontic.sandbox.api.Requests;

/**
 * Every kind of write meets everything that can go wrong with it; afterwards the office's database
 * holds what one clean run leaves. {@code -Dmatrix.seeds=1000} for more, {@code -Dmatrix.seed=N}
 * plays one again; {@code -Dmatrix.kills=540} for a kill of each kind of write at each instant,
 * {@code -Dmatrix.killed=N} or {@code N-M} plays some again.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class MatrixTest {
  private static final Logger LOG = LoggerFactory.getLogger(MatrixTest.class);
  private static final Duration LONGEST = Duration.ofSeconds(600);

  /** Kills of one run on the same data: beside each other a dozen, one after the other as many. */
  private static final int KILLS_A_RUN = 180;

  /** What a slow machine came too late for is played again. */
  private static final int TRIES = 3;

  /** From which on seeds, each try of a kill and what is played with retry have their days. */
  static final List<Integer> YEARS = List.of(2027, 2032, 2037, 2042, 2047);

  private static final Offices OFFICES = Offices.of(7, 5);

  /**
   * A lane that is asked more seldom than this many times a second reads what it plans from so
   * slowly that it has to read it again.
   */
  private static final double LEAST_RATE = 0.7;

  /** What the practices call custom fields, answers of patients and kinds of visits. */
  private static final String WORDS =
      "{patient-field: {'urn:hospital:number': Hospital number}, confirmation: {Confirmed: 2}, appointment-type: {EXAM: 1}}";

  /**
   * With the same faults by PerioWritesTest: a measure names its exam alone, which no fault can
   * know before it is made.
   */
  private static final Set<String> PLAYED_ELSEWHERE =
      Set.of("periomeasures.post", "periomeasures.put");

  /** Whose first request acts, and whose answer says nothing certain. */
  private static final List<String> KEPT =
      List.of(
          "appointments.post lands-late",
          "medicationpats.post timeout-after",
          "commlogs.post timeout-after",
          "documents.post timeout-after");

  /** Whose first request acts, and whose answer no life has stored. */
  private static final List<String> KEPT_KILLED =
      List.of("appointments.post", "medicationpats.post", "commlogs.post", "documents.post");

  @TempDir static Path folder;

  private static House house;
  private static Matrix matrix;
  private static Matrix.Sender sender;
  private static int beside;
  private static String running = "";

  @BeforeAll
  static void open() throws Exception {
    house =
        House.of(folder, House.SCALE, OFFICES.plans())
            .busyLanes()
            // What goes out costs as much again as what comes in, which is looked at here.
            .with("pontic.capture.period", "1h")
            .with("routes.reconcile.period", "1000")
            .with("routes.reconcile-destination.period", "1000")
            .with("pontic.call.consumers", Integer.toString(OFFICES.all().size()))
            .with("pontic.facade.wait-seconds", "0");
    for (String practice : OFFICES.all()) {
      house
          .with(
              "practices." + practice + ".writes.on",
              "procedurelogs.post, payments.post, carriers.post, insplans.post")
          // Of the first ones the subjects of several kinds share days.
          .with(
              "practices." + practice + ".writes.doubleBooking",
              Offices.FIRST.all().contains(practice) ? "tell" : "park")
          .withCodes(practice, WORDS);
      // Else an office that answers twice in words that nobody knows does not offer the time.
      for (int year : YEARS) {
        house.office(practice).worked(Subject.firstDay(year), Subject.DAYS);
      }
      house
          .api()
          .change(
              practice,
              settings ->
                  Doubt.dealt(settings.withAlso(House.EVERY_PERMISSION), OFFICES.place(practice)));
    }
    matrix = new Matrix(house, OFFICES);
    sender = new Matrix.Sender(house);
    runAs("usual");
    Instant start = Instant.now();
    matrix.playClean(inThisProcess());
    int requests = house.api().requests().list().size();
    Duration took = Duration.between(start, Instant.now());
    beside =
        Math.max(
            Offices.FIRST.all().size(),
            Math.min(
                OFFICES.all().size(), (int) (1000.0 * requests / took.toMillis() / LEAST_RATE)));
    LOG.info(
        "a clean run took {} requests in {} s: {} practices beside each other",
        requests,
        took.toSeconds(),
        beside);
  }

  @AfterAll
  static void close() throws Exception {
    house.close();
  }

  /** A new write has its row here, or somebody says who plays it. */
  @Test
  @Order(0)
  void eachKindOfWriteIsPlayed() {
    Set<String> played = new TreeSet<>(PLAYED_ELSEWHERE);
    Write.ALL.forEach(write -> played.add(write.name()));
    Set<String> known = new TreeSet<>();
    Writes.load(House.home().resolve("mappings")).all().forEach(write -> known.add(write.name()));
    assertEquals(known, played);
  }

  /** Each point that nobody could confirm is met both ways at newer offices and at older ones. */
  @Test
  @Order(0)
  void theDealOfDoubtsIsWhole() {
    for (Doubt doubt : Doubt.values()) {
      for (List<String> kind : List.of(OFFICES.newer(), OFFICES.older())) {
        Set<Boolean> ways = new TreeSet<>();
        kind.forEach(practice -> ways.add(doubt.isMet(OFFICES.place(practice))));
        assertEquals(Set.of(false, true), ways, doubt + " at " + kind);
      }
    }
  }

  @Test
  @Order(1)
  void aCleanRunLeavesOneRowOfEachKind() {
    Map<String, Map<String, Integer>> expected = new TreeMap<>();
    Map<String, Map<String, Integer>> found = new TreeMap<>();
    for (String practice : Offices.FIRST.all()) {
      for (Chapter chapter : Chapter.values()) {
        expected.put(practice + " " + chapter, new TreeMap<>(expected(practice, chapter)));
        found.put(practice + " " + chapter, counts(practice, chapter));
      }
    }
    assertEquals(expected, found);
    assertTrue(
        matrix.clean("elm", Chapter.BOOKING).get("appointment").get(0).contains("AptStatus=5"));
    assertTrue(matrix.clean("elm", Chapter.PERSON).get("patient").get(0).contains("OTHER PHONE"));
    assertTrue(
        matrix
            .clean("elm", Chapter.FIELD)
            .get("patientnote")
            .get(0)
            .contains("ICEName=Otto LAST; ICEPhone=503-555-0188"));
    assertTrue(
        matrix.clean("oak", Chapter.FIELD).get("patfield").get(0).contains("FieldValue=K-WORD"));
    assertTrue(
        matrix.clean("oak", Chapter.CONFIRMED).get("appointment").get(0).contains("Confirmed=2"));
    assertTrue(
        matrix.clean("oak", Chapter.COVERAGE).get("inssub").get(0).contains("DateTerm=2026-06-30"));
    assertTrue(matrix.clean("elm", Chapter.TALK).get("commlog").get(0).contains("WORD and more"));
  }

  private static Map<String, Integer> counts(String practice, Chapter chapter) {
    Map<String, Integer> counts = new TreeMap<>();
    matrix
        .clean(practice, chapter)
        .forEach(
            (table, rows) -> {
              // Every patient has notes, and every step of a visit its history.
              if (!rows.isEmpty() && !Set.of("histappointment", "patientnote").contains(table)) {
                counts.put(table, rows.size());
              }
            });
    return counts;
  }

  private static Map<String, Integer> expected(String practice, Chapter chapter) {
    return switch (chapter) {
      case PERSON -> Map.of("patient", 1);
      case BOOKING -> Map.of("patient", 1, "appointment", 1);
      case ALLERGY -> Map.of("patient", 1, "allergy", 1, "allergydef", 1);
      case PROBLEM -> Map.of("patient", 1, "disease", 1, "diseasedef", 1);
      case MEDICATION -> Map.of("patient", 1, "medicationpat", 1, "medication", 1);
      case TALK -> Map.of("patient", 1, "commlog", 1);
      case FILE -> Map.of("patient", 1, "document", 1);
      // Oak is too old for an exam.
      case PERIO ->
          practice.equals("elm")
              ? Map.of("patient", 1, "perioexam", 1, "periomeasure", 3)
              : Map.of("patient", 1);
      case FIELD -> Map.of("patient", 1, "patfield", 1);
      case CONFIRMED -> Map.of("patient", 1, "appointment", 1);
      case PLANNED -> Map.of("patient", 1, "appointment", 2);
      case REFERRAL ->
          practice.equals("elm")
              ? Map.of("patient", 1, "refattach", 1, "referral", 1)
              : Map.of("patient", 1);
      case TREATMENT -> Map.of("patient", 1, "procedurelog", 1);
      case COVERAGE -> Map.of("patient", 1, "carrier", 1, "insplan", 1, "inssub", 1, "patplan", 1);
      case PAYMENT -> Map.of("patient", 1, "payment", 1);
    };
  }

  @TestFactory
  @Order(2)
  Stream<DynamicTest> whateverGoesWrongTheRowsAreThoseOfACleanRun() throws Exception {
    runAs("usual");
    List<Cell> cells = seeds().mapToObj(seed -> Cell.of("seed", seed, OFFICES)).toList();
    List<DynamicTest> tests = new ArrayList<>();
    house.api().requests().clear();
    Set<String> met = new TreeSet<>();
    for (int from = 0; from < cells.size(); from += Cell.ALL) {
      Instant start = Instant.now();
      List<Cell> some = cells.subList(from, Math.min(cells.size(), from + Cell.ALL));
      Map<Cell, List<String>> differences = matrix.play(some, inThisProcess(), beside);
      house.api().faults().clear();
      LOG.info(
          "{} seeds from {} in {} s, {} requests",
          some.size(),
          some.get(0).seed(),
          Duration.between(start, Instant.now()).toSeconds(),
          house.api().requests().list().size());
      differences.forEach(
          (cell, found) ->
              tests.add(DynamicTest.dynamicTest(cell.toString(), () -> same(cell, found))));
      for (Requests.Entry entry : house.api().requests().list()) {
        entry
            .fault()
            .ifPresent(fault -> met.add(entry.method() + " " + entry.template() + " " + fault));
      }
      house.api().requests().clear();
    }
    if (cells.size() >= Cell.ALL) {
      tests.add(
          DynamicTest.dynamicTest(
              "each kind of write met each fault",
              () -> assertTrue(met.containsAll(all()), () -> missed(met))));
    }
    return tests.stream();
  }

  private static void same(Cell cell, List<String> differences) {
    assertEquals(
        List.of(),
        differences,
        () ->
            "play it again with -Dmatrix.seed="
                + cell.seed()
                + "; receipts: "
                + house
                    .ledger()
                    .rows(
                        "select control_id, receipt_end, receipt_reason, receipt_settled from"
                            + " message where control_id like '"
                            + cell.subject().control()
                            + "-%'"));
  }

  private static Set<String> all() {
    Set<String> all = new TreeSet<>();
    for (Write write : Write.ALL) {
      for (Cell.Wrong wrong : Cell.Wrong.values()) {
        if (wrong.isOfTheApi()) {
          all.add(write.template() + " " + wrong.wireName());
        }
      }
    }
    return all;
  }

  private static String missed(Set<String> met) {
    Set<String> missed = all();
    missed.removeAll(met);
    return "not met: " + missed;
  }

  /**
   * Each kind of write is killed at each instant that decisions 0001 to 0003 make a promise about,
   * and something goes wrong with it besides.
   */
  @TestFactory
  @Order(3)
  Stream<DynamicTest> killedAtItsInstantsToo() throws Exception {
    runAs("nothing");
    Set<String> met = new TreeSet<>();
    Set<String> dealt = new TreeSet<>();
    List<List<Integer>> runs =
        Kills.runs(
            Optional.ofNullable(System.getProperty("matrix.killed")),
            Integer.getInteger("matrix.kills", Write.ALL.size()),
            KILLS_A_RUN);
    List<DynamicTest> tests = new ArrayList<>();
    for (List<Integer> numbers : runs) {
      numbers.forEach(number -> dealt.add(Kills.pair(number)));
      tests.add(
          DynamicTest.dynamicTest(
              "kills " + numbers.get(0) + " to " + numbers.get(numbers.size() - 1),
              () -> {
                List<String> broken = new ArrayList<>();
                List<Integer> left = numbers;
                for (int attempt = 1; attempt <= TRIES && !left.isEmpty(); attempt++) {
                  Set<Integer> killed = killed(left, attempt, broken);
                  killed.forEach(number -> met.add(Kills.pair(number)));
                  left = left.stream().filter(number -> !killed.contains(number)).toList();
                }
                assertEquals(List.of(), broken);
              }));
    }
    tests.add(
        DynamicTest.dynamicTest(
            "each kind of write was killed at each instant that was dealt",
            () -> assertEquals(dealt, met)));
    return tests.stream();
  }

  /** CI has each kind and each instant, the soak each kind at each instant. */
  @Test
  @Order(0)
  void theDealOfKillsIsWhole() {
    Set<String> kinds = new TreeSet<>();
    Set<String> instants = new TreeSet<>();
    Set<String> pairs = new TreeSet<>();
    for (int number = 1; number <= Kills.ALL; number++) {
      pairs.add(Kills.pair(number));
      if (number <= Write.ALL.size()) {
        kinds.add(Kills.cell(number, 1, OFFICES).write().name());
        instants.add(Kills.point(number).place());
      }
    }
    assertEquals(Kills.table(), pairs);
    assertEquals(Write.ALL.size(), kinds.size());
    assertEquals(Kills.POINTS.size(), instants.size());
  }

  /**
   * @param broken gets a sentence for each of which other rows are left than by a clean run
   * @return those with which a process was killed
   */
  private static Set<Integer> killed(List<Integer> numbers, int attempt, List<String> broken)
      throws Exception {
    Instant start = Instant.now();
    List<Cell> cells = new ArrayList<>();
    List<Aim> aims = new ArrayList<>();
    for (int number : numbers) {
      Cell cell = Kills.cell(number, attempt, OFFICES);
      cells.add(cell);
      aims.add(Aim.at(Kills.point(number), number, cell));
    }
    String name = numbers.get(0) + "-" + numbers.get(numbers.size() - 1) + "-" + attempt;
    Path run = Campaign.RUNS.resolve("matrix-" + name);
    house.api().requests().clear();
    try (Lives lives = Lives.of(house, run, "usual", OFFICES.all().size() * 2, aims)) {
      matrix
          .play(cells, lives, OFFICES.all().size())
          .forEach(
              (cell, found) -> {
                if (!found.isEmpty()) {
                  broken.add(
                      "kill "
                          + cell
                          + " at "
                          + Kills.point((int) cell.seed()).place()
                          + ", play it again with -Dmatrix.killed="
                          + cell.seed()
                          + ", beside the same ones with -Dmatrix.killed="
                          + numbers.get(0)
                          + "-"
                          + numbers.get(numbers.size() - 1)
                          + ": "
                          + found);
                }
              });
      LOG.info(
          "kills {}: {} of {} met in {} lives, {} s, {} requests",
          name,
          lives.met().size(),
          numbers.size(),
          lives.kills() + 1,
          Duration.between(start, Instant.now()).toSeconds(),
          house.api().requests().list().size());
      return lives.met();
    } finally {
      house.api().faults().clear();
    }
  }

  /** The same kills tell a client that takes what a lost life has left for not done. */
  @Test
  @Order(4)
  void withRetryInPlaceOfSettleTheKeptKillsFail() throws Exception {
    runAs("nothing");
    List<Cell> kept = new ArrayList<>();
    List<Aim> aims = new ArrayList<>();
    for (String name : KEPT_KILLED) {
      Write write =
          Write.ALL.stream().filter(one -> one.name().equals(name)).findFirst().orElseThrow();
      int number = kept.size() + 1;
      Cell cell =
          new Cell(
              number,
              write,
              Cell.Wrong.DUPLICATE,
              OFFICES.forThe(write.chapter(), number),
              Subject.of("retried", number, YEARS.get(TRIES + 1)),
              false);
      kept.add(cell);
      aims.add(Aim.at(KillPoint.after("call-http").of("call"), number, cell));
    }
    Path run = Campaign.RUNS.resolve("matrix-retried");
    try (Lives lives = Lives.of(house, run, "retry", OFFICES.all().size() * 2, aims)) {
      Map<Cell, List<String>> differences = matrix.play(kept, lives, kept.size());
      assertEquals(kept.size(), lives.met().size());
      differences.forEach((cell, found) -> assertFalse(found.isEmpty(), cell::toString));
    } finally {
      house.api().faults().clear();
    }
  }

  /** The same seeds tell a client that knows no settle. */
  @TestFactory
  @Order(5)
  Stream<DynamicTest> withRetryInPlaceOfSettleTheKeptSeedsFail() throws Exception {
    runAs("retry");
    List<Cell> kept =
        LongStream.rangeClosed(1, Cell.ALL)
            .mapToObj(seed -> Cell.of("retry", seed, Offices.FIRST))
            .filter(cell -> KEPT.contains(cell.write().name() + " " + cell.wrong().wireName()))
            .toList();
    assertEquals(KEPT.size(), kept.size());
    Map<Cell, List<String>> differences = matrix.play(kept, inThisProcess(), beside);
    house.api().faults().clear();
    return kept.stream()
        .map(
            cell ->
                DynamicTest.dynamicTest(
                    cell.toString(), () -> assertFalse(differences.get(cell).isEmpty())));
  }

  private static LongStream seeds() {
    return Optional.ofNullable(Long.getLong("matrix.seed"))
        .map(LongStream::of)
        .orElseGet(() -> LongStream.rangeClosed(1, Integer.getInteger("matrix.seeds", Cell.ALL)));
  }

  private static Matrix.Product inThisProcess() {
    return new Matrix.Product() {
      @Override
      public void deliver(String practice, Chapter.Message message) throws Exception {
        if (!sender.send(practice, message)) {
          throw new AssertionError(message.controlId() + " was not accepted");
        }
      }

      @Override
      public void untilAllEnded(String practice) {
        Instant progress = Instant.now();
        List<Long> seen = List.of();
        for (List<Long> now = standing(practice); now.get(0) > 0; now = standing(practice)) {
          if (!now.equals(seen)) {
            seen = now;
            progress = Instant.now();
          } else if (Instant.now().isAfter(progress.plus(LONGEST))) {
            throw new AssertionError(
                "nothing of "
                    + practice
                    + " went on for "
                    + LONGEST.toSeconds()
                    + " s\n"
                    + house.ledger().describe());
          }
          java.util.concurrent.locks.LockSupport.parkNanos(Duration.ofMillis(250).toNanos());
        }
      }

      /** Messages without an end; when the lane's next request may follow. */
      private List<Long> standing(String practice) {
        return List.of(
            house
                .ledger()
                .count(
                    "select count(*) from message where receipt_end = '' and practice = '"
                        + practice
                        + "'"),
            house.ledger().count("select next_at from lane where practice = '" + practice + "'"));
      }
    };
  }

  /** The bundle in this process: as it is, without settle, or none. */
  private static void runAs(String mode) throws Exception {
    if (running.equals(mode)) {
      return;
    }
    assertFalse(mode.equals("usual") && !running.isEmpty(), "all practices come first");
    if (!running.isEmpty() && !running.equals("nothing")) {
      house.stopBundle();
    }
    running = mode;
    if (mode.equals("retry")) {
      // Each start has its price for each practice.
      house.only(Offices.FIRST.all());
    }
    if (!mode.equals("nothing")) {
      house.startBundle(
          planner -> mode.equals("retry") ? new RetryInsteadOfSettle(planner) : planner);
      house.untilConnected();
    }
  }
}
