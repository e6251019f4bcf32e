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
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pontic.house.House;
import pontic.sandbox.api.Requests;

/**
 * Every kind of write meets everything that can go wrong with it; afterwards the office's database
 * holds what one clean run leaves. {@code -Dmatrix.seeds=1000} for more, {@code -Dmatrix.seed=N}
 * plays one again; {@code -Dmatrix.kills=120} for more kills, {@code -Dmatrix.killed=N} plays those
 * of one number again.
 */
final class MatrixTest {
  private static final Logger LOG = LoggerFactory.getLogger(MatrixTest.class);
  private static final Duration LONGEST = Duration.ofSeconds(900);
  private static final int KILLS_A_NUMBER = 2;

  /** Cells of one number of kills; the next cell is another write and another wrong. */
  private static final int CELLS_A_NUMBER = 10;

  private static final int STRIDE = 21;

  /** Whose first request acts, and whose answer says nothing certain. */
  private static final List<String> KEPT =
      List.of(
          "appointments.post lands-late",
          "medicationpats.post timeout-after",
          "commlogs.post timeout-after",
          "documents.post timeout-after");

  @TempDir static Path folder;

  private static House house;
  private static Matrix matrix;
  private static Matrix.Sender sender;
  private static String running = "";

  @BeforeAll
  static void open() throws Exception {
    house =
        House.sandboxOnly(folder, House.SCALE)
            // What comes in is looked at; what goes out costs as much again.
            .with("pontic.capture.period", "30s")
            .with("routes.reconcile.period", "1000")
            .with("routes.reconcile-destination.period", "1000")
            .with("pontic.facade.wait-seconds", "0");
    for (String practice : List.of("elm", "oak")) {
      house
          .api()
          .change(
              practice,
              settings -> {
                Set<String> held = new TreeSet<>(settings.permissions());
                held.addAll(Set.of("ApiSetup", "ApiDocuments"));
                return settings.withPermissions(held);
              });
    }
    matrix = new Matrix(house);
    sender = new Matrix.Sender(house);
    runAs("usual");
    matrix.playClean(inThisProcess());
  }

  @AfterAll
  static void close() throws Exception {
    house.close();
  }

  @Test
  void aCleanRunLeavesOneRowOfEachKind() {
    for (String practice : List.of("elm", "oak")) {
      for (Chapter chapter : Chapter.values()) {
        Map<String, Integer> counts =
            matrix.clean(practice, chapter).entrySet().stream()
                .filter(table -> !table.getValue().isEmpty())
                .filter(table -> !table.getKey().equals("histappointment"))
                .collect(Collectors.toMap(Map.Entry::getKey, table -> table.getValue().size()));
        assertEquals(expected(practice, chapter), counts, practice + " " + chapter);
      }
    }
    assertTrue(
        matrix.clean("elm", Chapter.BOOKING).get("appointment").get(0).contains("AptStatus=5"));
    assertTrue(matrix.clean("elm", Chapter.PERSON).get("patient").get(0).contains("OTHER PHONE"));
    assertTrue(matrix.clean("elm", Chapter.TALK).get("commlog").get(0).contains("WORD and more"));
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
    };
  }

  @TestFactory
  Stream<DynamicTest> whateverGoesWrongTheRowsAreThoseOfACleanRun() throws Exception {
    runAs("usual");
    List<Cell> cells = seeds().mapToObj(seed -> Cell.of("seed", seed)).toList();
    List<DynamicTest> tests = new ArrayList<>();
    house.api().requests().clear();
    Set<String> met = new TreeSet<>();
    for (int from = 0; from < cells.size(); from += Cell.ALL) {
      Instant start = Instant.now();
      List<Cell> some = cells.subList(from, Math.min(cells.size(), from + Cell.ALL));
      Map<Cell, List<String>> differences = matrix.play(some, inThisProcess());
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

  /** The same seeds tell a client that knows no settle. */
  @TestFactory
  Stream<DynamicTest> withRetryInPlaceOfSettleTheKeptSeedsFail() throws Exception {
    runAs("retry");
    List<Cell> kept =
        LongStream.rangeClosed(1, Cell.ALL)
            .mapToObj(seed -> Cell.of("retry", seed))
            .filter(cell -> KEPT.contains(cell.write().name() + " " + cell.wrong().wireName()))
            .toList();
    assertEquals(KEPT.size(), kept.size());
    Map<Cell, List<String>> differences = matrix.play(kept, inThisProcess());
    house.api().faults().clear();
    return kept.stream()
        .map(
            cell ->
                DynamicTest.dynamicTest(
                    cell.toString(), () -> assertFalse(differences.get(cell).isEmpty())));
  }

  /** Both wrong and killed, at instants that decisions 0001 to 0003 make a promise about. */
  @TestFactory
  Stream<DynamicTest> killedAtItsInstantsToo() throws Exception {
    runAs("nothing");
    return numbers()
        .mapToObj(
            number ->
                DynamicTest.dynamicTest(
                    "kills " + number,
                    () -> {
                      List<Cell> cells =
                          LongStream.range(0, CELLS_A_NUMBER)
                              .mapToObj(
                                  i ->
                                      Cell.of(
                                          "kill",
                                          1 + (number - 1) * CELLS_A_NUMBER * STRIDE + i * STRIDE))
                              .toList();
                      try (Lives lives =
                          Lives.of(
                              house,
                              Campaign.RUNS.resolve("matrix-" + number),
                              number,
                              KILLS_A_NUMBER)) {
                        Map<Cell, List<String>> differences = matrix.play(cells, lives);
                        house.api().faults().clear();
                        LOG.info("kills {}: {}", number, lives);
                        differences.forEach(
                            (cell, found) ->
                                assertEquals(
                                    List.of(),
                                    found,
                                    () ->
                                        cell
                                            + ", play it again with -Dmatrix.killed="
                                            + number
                                            + ", "
                                            + lives));
                        assertTrue(lives.kills() > 0, lives::toString);
                      }
                    }));
  }

  private static LongStream seeds() {
    return Optional.ofNullable(Long.getLong("matrix.seed"))
        .map(LongStream::of)
        .orElseGet(() -> LongStream.rangeClosed(1, Integer.getInteger("matrix.seeds", Cell.ALL)));
  }

  private static LongStream numbers() {
    return Optional.ofNullable(Long.getLong("matrix.killed"))
        .map(LongStream::of)
        .orElseGet(
            () ->
                LongStream.rangeClosed(
                    1, Integer.getInteger("matrix.kills", KILLS_A_NUMBER) / KILLS_A_NUMBER));
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
      public void untilAllEnded() {
        Instant end = Instant.now().plus(LONGEST);
        while (open() > 0) {
          if (Instant.now().isAfter(end)) {
            throw new AssertionError(
                "not all has its end within "
                    + LONGEST.toSeconds()
                    + " s\n"
                    + house.ledger().describe());
          }
          java.util.concurrent.locks.LockSupport.parkNanos(Duration.ofMillis(250).toNanos());
        }
      }

      private long open() {
        return house.ledger().count("select count(*) from message where receipt_end = ''");
      }
    };
  }

  /** The bundle in this process: as it is, without settle, or none. */
  private static void runAs(String mode) throws Exception {
    if (running.equals(mode)) {
      return;
    }
    if (!running.isEmpty() && !running.equals("nothing")) {
      house.stopBundle();
    }
    running = mode;
    if (!mode.equals("nothing")) {
      house.startBundle(
          planner -> mode.equals("retry") ? new RetryInsteadOfSettle(planner) : planner);
      house.untilConnected();
    }
  }
}
