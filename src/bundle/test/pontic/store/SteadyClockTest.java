package pontic.store;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class SteadyClockTest {
  private final AtomicLong wall = new AtomicLong(1_000_000);
  private final AtomicLong nanos = new AtomicLong(5_000_000_000L);
  private final SteadyClock clock = new SteadyClock(wall::get, nanos::get);

  @Test
  void itGoesOnAtItsPaceWhereTheWallClockStepsBack() {
    wall.addAndGet(-3_600_000);
    nanos.addAndGet(250_000_000);
    assertEquals(Instant.ofEpochMilli(1_000_250), clock.now());
    nanos.addAndGet(50_000_000);
    assertEquals(Instant.ofEpochMilli(1_000_300), clock.now());
  }

  @Test
  void itFollowsAWallClockThatStepsForwardAndKeepsToThat() {
    wall.addAndGet(60_000);
    assertEquals(Instant.ofEpochMilli(1_060_000), clock.now());
    wall.addAndGet(-30_000);
    nanos.addAndGet(1_000_000);
    assertEquals(Instant.ofEpochMilli(1_060_001), clock.now());
  }
}
