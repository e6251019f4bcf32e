package pontic.sandbox.demo;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waits for what another process does; it can only be asked again and again. */
final class Until {
  private static final Duration PAUSE = Duration.ofMillis(40);

  private Until() {}

  /**
   * @param wanted what is waited for, for the person who reads that it did not come
   * @param seen what is there instead, asked when the time is over
   * @throws StepFailed when the time is over
   */
  static void holds(
      String wanted, Duration limit, BooleanSupplier condition, Supplier<String> seen) {
    long end = System.nanoTime() + limit.toNanos();
    while (!condition.getAsBoolean()) {
      if (Thread.currentThread().isInterrupted()) {
        throw new StepFailed("interrupted while waiting for: " + wanted);
      }
      if (System.nanoTime() > end) {
        throw new StepFailed(
            "not within " + limit.toSeconds() + " s: " + wanted + "; there is " + seen.get());
      }
      LockSupport.parkNanos(PAUSE.toNanos());
    }
  }
}
