package pontic.store;

import java.time.Instant;
import java.util.function.LongSupplier;

/** The wall clock, except that it goes on at its own pace where the wall clock steps back. */
final class SteadyClock {
  private static final long NANOS = 1_000_000;

  private final LongSupplier wallMillis;
  private final LongSupplier nanos;
  private long anchorMillis;
  private long anchorNanos;

  SteadyClock() {
    this(System::currentTimeMillis, System::nanoTime);
  }

  SteadyClock(LongSupplier wallMillis, LongSupplier nanos) {
    this.wallMillis = wallMillis;
    this.nanos = nanos;
    this.anchorMillis = wallMillis.getAsLong();
    this.anchorNanos = nanos.getAsLong();
  }

  synchronized Instant now() {
    long tick = nanos.getAsLong();
    long expected = anchorMillis + (tick - anchorNanos) / NANOS;
    long wall = wallMillis.getAsLong();
    if (wall > expected) {
      anchorMillis = wall;
      anchorNanos = tick;
    }
    return Instant.ofEpochMilli(Math.max(wall, expected));
  }
}
