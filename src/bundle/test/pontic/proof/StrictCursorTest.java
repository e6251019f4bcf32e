package pontic.proof;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pontic.house.House;

/** The checks of {@link KillTest} would tell a change that was never read. */
final class StrictCursorTest {
  private static final Logger LOG = LoggerFactory.getLogger(StrictCursorTest.class);
  private static final long KEPT_SEED = 4_011;
  private static final int MESSAGES = 2;
  private static final int CHANGES = 40;

  @TempDir static Path folder;

  private static House house;

  @BeforeAll
  static void open() throws Exception {
    house = House.sandboxOnly(folder);
    Desk.prepare(house);
  }

  @AfterAll
  static void close() throws Exception {
    house.close();
  }

  @Test
  void withOverlapAndSweepEveryChangeIsTold() throws Exception {
    assertEquals(List.of(), play(false).broken());
  }

  @Test
  void aStrictCursorLosesChangesThatAreSeenLate() throws Exception {
    Ends ends = play(true);
    assertTrue(
        ends.broken().stream()
            .anyMatch(
                what ->
                    what.startsWith(Told.MISSED)
                        && what.contains(Desk.TRANSACTIONAL + "-patient-")),
        () -> "nothing was missed, only " + ends.broken());
  }

  private static Ends play(boolean strict) throws Exception {
    Path run = Campaign.RUNS.resolve(strict ? "strict" : "overlap");
    Ends ends = Campaign.ofChangesSeenLate(house, run, KEPT_SEED, MESSAGES, CHANGES, strict).play();
    LOG.info("changes seen late, strict {}: {}", strict, ends);
    return ends;
  }
}
