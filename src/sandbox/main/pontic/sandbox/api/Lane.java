package pontic.sandbox.api;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Lets the requests of one customer key through one at a time, in order of arrival, each no earlier
 * than a period after the response before it (open-dental-api.md 1.6).
 */
final class Lane {
  private final ScheduledExecutorService clock;
  private final Executor workers;
  private final Deque<Runnable> waiting = new ArrayDeque<>();
  private boolean occupied;
  private long freeAtNanos;

  Lane(ScheduledExecutorService clock, Executor workers) {
    this.clock = clock;
    this.workers = workers;
    this.freeAtNanos = System.nanoTime();
  }

  /**
   * Runs the work as soon as it is its turn; whoever runs must call {@link #release} once.
   *
   * @param places how many may wait
   * @return false when all places are taken; the work is then not run
   */
  synchronized boolean enter(Runnable work, int places) {
    if (!occupied && waiting.isEmpty() && freeAtNanos - System.nanoTime() <= 0) {
      occupied = true;
      workers.execute(work);
      return true;
    }
    if (waiting.size() >= places) {
      return false;
    }
    waiting.add(work);
    wakeWhenFree();
    return true;
  }

  /** The response is out; the next request may start after the period. */
  synchronized void release(Duration period) {
    occupied = false;
    freeAtNanos = System.nanoTime() + period.toNanos();
    wakeWhenFree();
  }

  /** The turn was not used, so no period follows. */
  synchronized void pass() {
    occupied = false;
    wakeWhenFree();
  }

  synchronized int waiting() {
    return waiting.size();
  }

  private void wakeWhenFree() {
    if (!occupied && !waiting.isEmpty()) {
      clock.schedule(
          this::startNext, Math.max(0, freeAtNanos - System.nanoTime()), TimeUnit.NANOSECONDS);
    }
  }

  private synchronized void startNext() {
    if (occupied || waiting.isEmpty()) {
      return;
    }
    if (freeAtNanos - System.nanoTime() > 0) {
      wakeWhenFree();
      return;
    }
    occupied = true;
    workers.execute(waiting.remove());
  }
}
