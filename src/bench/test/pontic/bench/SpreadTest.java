package pontic.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

final class SpreadTest {
  private static final double NOTHING = 1e-9;

  @Test
  void theMedianIsTheMiddleWhateverTheOrder() {
    assertEquals(3, new Spread(List.of(9.0, 1.0, 3.0)).median(), NOTHING);
    assertEquals(2.5, new Spread(List.of(4.0, 1.0, 3.0, 2.0)).median(), NOTHING);
    assertEquals(7, new Spread(List.of(7.0)).median(), NOTHING);
  }

  @Test
  void oneValueFarOutMovesTheMostAndNotTheMedian() {
    Spread spread = new Spread(List.of(10.0, 11.0, 12.0, 13.0, 1000.0));
    assertEquals(12, spread.median(), NOTHING);
    assertEquals(10, spread.least(), NOTHING);
    assertEquals(1000, spread.most(), NOTHING);
  }

  @Test
  void quantilesLieBetweenTheirNeighbours() {
    Spread spread = new Spread(List.of(0.0, 10.0, 20.0, 30.0, 40.0));
    assertEquals(10, spread.quantile(0.25), NOTHING);
    assertEquals(39.6, spread.quantile(0.99), NOTHING);
  }

  @Test
  void ratiosAreTakenRoundByRound() {
    Spread product = new Spread(List.of(10.0, 40.0, 10.0));
    Spread rival = new Spread(List.of(20.0, 20.0, 10.0));
    Spread ratio = product.over(rival);
    assertEquals(List.of(0.5, 2.0, 1.0), ratio.values());
    assertEquals(1, ratio.median(), NOTHING);
  }

  @Test
  void nothingHasNoMiddleAndUnequalRoundsNoRatio() {
    assertThrows(IllegalArgumentException.class, () -> new Spread(List.of()));
    Spread two = new Spread(List.of(1.0, 2.0));
    assertThrows(IllegalArgumentException.class, () -> two.over(new Spread(List.of(1.0))));
  }
}
