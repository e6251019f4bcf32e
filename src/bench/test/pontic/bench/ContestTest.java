package pontic.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ContestTest {
  private final List<String> turns = new ArrayList<>();
  private final Contest contest = new Contest(1, 2, new PrintStream(new ByteArrayOutputStream()));

  private Contest.Contender contender(String name, double first) {
    return new Contest.Contender(
        name,
        "counts",
        () -> {
          turns.add(name);
          return Map.of("rate", first * turns.stream().filter(name::equals).count());
        });
  }

  private Figure played() throws Exception {
    Map<String, List<Figure.Series>> series =
        contest.play(List.of(contender("pontic", 10), contender("rival", 5)));
    return new Figure("counting", "how fast", "1/s", series.get("rate"), List.of("a note"));
  }

  @Test
  void ordersAlternateAndTheFirstRoundDoesNotCount() throws Exception {
    Figure figure = played();
    assertEquals(List.of("pontic", "rival", "rival", "pontic", "pontic", "rival"), turns);
    assertEquals(List.of(20.0, 30.0), figure.series().get(0).spread().values());
    assertEquals(List.of(10.0, 15.0), figure.series().get(1).spread().values());
  }

  @Test
  void twoBesideEachOtherAreBothUnderWayAndAThirdWaits() throws Exception {
    CyclicBarrier bothAreThere = new CyclicBarrier(2);
    AtomicInteger playing = new AtomicInteger();
    List<Integer> most = new CopyOnWriteArrayList<>();
    Contest.Turn meets =
        () -> {
          most.add(playing.incrementAndGet());
          bothAreThere.await(20, TimeUnit.SECONDS);
          playing.decrementAndGet();
          return Map.of("rate", 1.0);
        };
    Map<String, List<Figure.Series>> series =
        new Contest(0, 1, 2, new PrintStream(new ByteArrayOutputStream()))
            .play(
                Stream.of("one", "two", "three", "four")
                    .map(name -> new Contest.Contender(name, "meets another", meets))
                    .toList());
    assertEquals(4, series.get("rate").size());
    assertTrue(most.stream().allMatch(each -> each <= 2), most.toString());
  }

  @Test
  void tableAndFileTellMedianSpreadAndRatio(@TempDir Path folder) throws Exception {
    Figure figure = played();
    String table = Table.of(figure);
    assertTrue(table.contains("| rival  | 12.5   | 10.0 .. 15.0"), table);
    assertTrue(table.contains("2.00 (2.00 .. 2.00)"), table);
    assertTrue(table.contains("- a note"), table);

    Path file =
        Report.write(folder, "counting", Map.of("rounds", 2), List.of(0.5, 1.5), List.of(figure));
    JsonNode report = new ObjectMapper().readTree(file.toFile());
    JsonNode rival = report.at("/figures/0/series/1");
    assertEquals(12.5, rival.path("median").asDouble());
    assertEquals(15, rival.path("values").path(1).asDouble());
    assertEquals(2, rival.at("/ponticToThis/median").asDouble());
    assertTrue(report.at("/figures/0/series/0/ponticToThis").isMissingNode());
    assertTrue(report.at("/machine/cores").asInt() > 0);
    assertEquals(1.5, report.at("/loadBeforeAndAfter/1").asDouble());
  }

  @Test
  void shownNumbersHaveThreeDigitsThatCount() {
    assertEquals("123457", Table.shown(123456.7));
    assertEquals("123", Table.shown(123.4));
    assertEquals("12.3", Table.shown(12.34));
    assertEquals("0.1000", Table.shown(0.1));
  }
}
