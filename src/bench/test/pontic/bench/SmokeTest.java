package pontic.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import pontic.sandbox.database.Engine;

/** That a bench still runs with the product as it is; its figures mean nothing. */
final class SmokeTest {
  private static final int ROWS = 2_500;
  private static final double SECONDS = 0.1;

  @TempDir Path folder;

  @Test
  void eachContenderReadsTheTableToItsEnd() throws Exception {
    List<Figure> figures = new CatchUp(setting(), ROWS).measure();
    played(figures.get(0), "pontic", "bare JDBC", "bare JDBC, stored", "camel-sql consumer");
  }

  @Test
  void messagesBecomeTheSameResourcesByEachContender() throws Exception {
    List<Figure> figures =
        new Hl7ToFhir(setting(), new Pace(SECONDS), Optional.empty(), false).measure();
    assertEquals(2, figures.size());
    figures.forEach(
        figure -> played(figure, "pontic", "bare HAPI, generic model", "bare HAPI, typed model"));
  }

  @Test
  void rowsBecomeTheSameResourcesByEachContender() throws Exception {
    List<Figure> figures = new RowsToFhir(setting(), new Pace(SECONDS)).measure();
    assertEquals(6, figures.size());
    figures.forEach(figure -> played(figure, "pontic", "HAPI model by hand"));
  }

  @Test
  void eachListenerAnswersWhatItKept() throws Exception {
    List<Figure> figures = new Mllp(setting(), SECONDS, List.of(1, 2), false).measure();
    assertEquals(6, figures.size());
    figures.forEach(
        figure ->
            played(
                figure,
                "pontic",
                "bare netty, Artemis",
                "bare netty, a row each",
                "bare netty, rows that share a commit",
                "bare netty, nothing kept"));
  }

  @Test
  void eachSenderBringsTheWholeOfASmallPractice() throws Exception {
    List<Figure> figures =
        new InitialLoad(
                setting(),
                true,
                3,
                at -> PlainHospital.start(),
                new PrintStream(new ByteArrayOutputStream()))
            .measure();
    assertEquals(
        List.of(
            "initial-load",
            "initial-load-seconds",
            "initial-load-sender",
            "initial-load-at-once",
            "initial-load-at-once-sender"),
        figures.stream().map(Figure::name).toList());
    figures.forEach(
        figure ->
            played(
                figure,
                "pontic",
                "camel-fhir one by one",
                "camel-fhir transactions of 50",
                "bare HTTP client"));
  }

  @Test
  void aLaneMoreIsTheDifferenceOfManyAndFew() throws Exception {
    Duration soon = Duration.ofMillis(100);
    List<Figure> figures = new Lanes(setting(), 3, 1, soon, soon).measure();
    assertEquals(10, figures.size());
    for (Figure figure : figures) {
      assertEquals(
          List.of("pontic", "a consumer each"),
          figure.series().stream().map(Figure.Series::contender).toList());
    }
    Figure threads =
        figures.stream().filter(each -> each.name().equals("lanes-threads")).findFirst().get();
    assertTrue(threads.series().stream().allMatch(each -> each.spread().least() > 3));
  }

  @Test
  void noCallOfTheProductComesTooEarlyAndSomeOfTwoThatShareAKeyDo() throws Exception {
    List<Figure> figures = new Spacing(setting(), 1, Duration.ofSeconds(10)).measure();
    assertEquals(4, figures.size());
    List<Figure.Series> violations = figures.get(0).series();
    assertEquals(0, violations.get(0).spread().most());
    assertEquals(0, violations.get(1).spread().most());
    assertTrue(violations.get(3).spread().least() > 0);
    played(
        figures.get(3),
        "pontic, 1 process",
        "pontic, 2 processes",
        "naive, 1 process",
        "naive, 2 processes");
  }

  @Test
  void eachFacadeHandsOutReceiptsForWhatItKept() throws Exception {
    List<Figure> figures = new Receipts(setting(), SECONDS, 4).measure();
    assertEquals(3, figures.size());
    figures.forEach(
        figure -> played(figure, "pontic", "bare Jetty, Artemis", "bare Jetty, a row each"));
  }

  private static void played(Figure figure, String... contenders) {
    assertEquals(
        List.of(contenders), figure.series().stream().map(Figure.Series::contender).toList());
    assertTrue(figure.series().stream().allMatch(each -> each.spread().least() > 0));
  }

  private Setting setting() {
    Contest contest = new Contest(0, 1, new PrintStream(new ByteArrayOutputStream()));
    return new Setting(home(), folder, contest, Engine.INNODB, false);
  }

  private static Path home() {
    Path here = Path.of("").toAbsolutePath();
    while (!Files.isDirectory(here.resolve("routes"))) {
      here = here.getParent();
    }
    return here;
  }
}
