package pontic.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
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
    assertEquals(4, figures.size());
    figures.forEach(
        figure -> played(figure, "pontic", "bare netty, Artemis", "bare netty, a row each"));
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
