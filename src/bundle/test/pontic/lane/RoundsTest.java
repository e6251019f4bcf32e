package pontic.lane;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.node.MissingNode;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class RoundsTest {
  private static final Instant CERTAIN = Instant.parse("2027-01-04T10:00:00Z");
  private static final Duration MARGIN = Duration.ofSeconds(5);

  @Test
  void pagesOfOneRoundAreOneNegative() {
    assertEquals(
        1, negatives(page(1, 1, 0), page(1, 2, 6), page(1, 3, 12)), "three pages, 12 seconds");
    assertEquals(2, negatives(page(1, 1, 0), page(1, 2, 6), page(2, 3, 12), page(2, 4, 18)));
  }

  @Test
  void aRoundThatWasBegunBeforeTheApiMustBeDoneDoesNotCount() {
    assertEquals(0, negatives(page(1, 1, -1), page(1, 2, 6)));
    assertEquals(1, negatives(page(1, 1, -1), page(1, 2, 6), page(2, 3, 7)));
  }

  @Test
  void roundsCountAMarginApart() {
    assertEquals(1, negatives(page(1, 1, 0), page(2, 2, 4)));
    assertEquals(2, negatives(page(1, 1, 0), page(2, 2, 4), page(3, 3, 5)));
  }

  private static int negatives(Asked... probes) {
    return Rounds.negatives(List.of(probes), CERTAIN, MARGIN);
  }

  private static Asked page(int round, int ordinal, int second) {
    return new Asked(
        "c-" + ordinal,
        Purpose.SETTLE,
        "c-0",
        round,
        ordinal,
        CallState.ABSENT,
        CERTAIN.plusSeconds(second),
        200,
        ApiRequest.read("patients.search", "/patients/Simple", "/patients/Simple", Map.of()),
        MissingNode.getInstance(),
        MissingNode.getInstance(),
        0,
        "");
  }
}
