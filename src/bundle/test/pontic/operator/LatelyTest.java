package pontic.operator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class LatelyTest {
  private static final char[] RIGHT = "Zahnärztin-7".toCharArray();

  private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5);
  private final Lately lately = new Lately(now::get);

  @Test
  void onlyTheSamePasswordOfTheSameNameIsKnownAgain() {
    assertFalse(lately.was("vera", RIGHT));
    lately.is("vera", RIGHT);
    assertTrue(lately.was("vera", RIGHT));
    assertFalse(lately.was("otto", RIGHT));
    assertFalse(lately.was("vera", "Zahnärztin-8".toCharArray()));
    assertFalse(lately.was("vera", new char[0]));
    assertFalse(new Lately(now::get).was("vera", RIGHT));
  }

  @Test
  void afterAWhileItIsForgottenAndEachUseDoesNotProlongIt() {
    lately.is("vera", RIGHT);
    now.addAndGet(Lately.KEPT.toNanos() - 1);
    assertTrue(lately.was("vera", RIGHT));
    now.addAndGet(1);
    assertFalse(lately.was("vera", RIGHT));
  }

  @Test
  void nothingOfItIsPrinted() {
    assertEquals("***", lately.toString());
  }
}
