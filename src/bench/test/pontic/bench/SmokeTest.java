package pontic.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import pontic.sandbox.database.Engine;

/** That a bench still runs with the product as it is; its figures mean nothing. */
final class SmokeTest {
  private static final int ROWS = 2_500;

  @TempDir Path folder;

  @Test
  void eachContenderReadsTheTableToItsEnd() throws Exception {
    Contest contest = new Contest(0, 1, new PrintStream(new ByteArrayOutputStream()));
    Setting setting = new Setting(home(), folder, contest, Engine.INNODB, false);
    List<Figure> figures = new CatchUp(setting, ROWS).measure();
    assertEquals(
        List.of("pontic", "bare JDBC", "bare JDBC, stored", "camel-sql consumer"),
        figures.get(0).series().stream().map(Figure.Series::contender).toList());
    assertTrue(figures.get(0).series().stream().allMatch(each -> each.spread().least() > 0));
  }

  private static Path home() {
    Path here = Path.of("").toAbsolutePath();
    while (!Files.isDirectory(here.resolve("routes"))) {
      here = here.getParent();
    }
    return here;
  }
}
