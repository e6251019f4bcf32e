package pontic.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** What counts as lately. */
class PaceTest {
  private static final long MILLI = 1_000_000;

  /** A clock may begin anywhere, also just before it goes round. */
  private static final long BEGIN = Long.MAX_VALUE - 5 * MILLI;

  @Test
  void whatIsWrittenWithinATenthOfASecondIsCountedTogether() {
    Pace pace = Pace.of(BEGIN);
    for (int i = 1; i <= 12; i++) {
      pace = pace.and(1, BEGIN + 5 * i * MILLI);
    }
    assertEquals(12, pace.lately(BEGIN + 60 * MILLI));
    assertEquals(15, pace.and(3, BEGIN + 90 * MILLI).lately(BEGIN + 91 * MILLI));
  }

  @Test
  void aNewTenthRemembersTheOneBefore() {
    Pace pace = Pace.of(BEGIN).and(12, BEGIN + 50 * MILLI).and(1, BEGIN + 120 * MILLI);
    assertEquals(12, pace.lately(BEGIN + 130 * MILLI));
    assertEquals(1, pace.and(1, BEGIN + 225 * MILLI).lately(BEGIN + 230 * MILLI));
  }

  @Test
  void whatIsLongerAgoCountsNoMore() {
    Pace pace = Pace.of(BEGIN).and(12, BEGIN + 50 * MILLI);
    assertEquals(12, pace.lately(BEGIN + 149 * MILLI));
    assertEquals(0, pace.lately(BEGIN + 150 * MILLI));
    assertEquals(1, pace.and(1, BEGIN + 400 * MILLI).lately(BEGIN + 400 * MILLI));
  }

  @Test
  void whoSendsNowAndThenIsNoCrowd() {
    Pace pace = Pace.of(BEGIN);
    for (int i = 1; i <= 200; i++) {
      pace = pace.and(1, BEGIN + 20 * i * MILLI);
      assertTrue(pace.lately(BEGIN + 20 * i * MILLI) <= 5);
    }
  }
}
