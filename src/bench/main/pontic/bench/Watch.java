package pontic.bench;

import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How long something long takes, by the clock and of the processor, and a line of how far it is
 * from time to time.
 */
final class Watch implements AutoCloseable {
  private static final long TOLD_SECONDS = 10;
  private static final double NANOS = 1e9;

  private final AtomicLong done = new AtomicLong();
  private final ScheduledExecutorService teller =
      Executors.newSingleThreadScheduledExecutor(
          work -> {
            Thread thread = new Thread(work, "progress");
            thread.setDaemon(true);
            return thread;
          });
  private final long processor = processorNanos();
  private final long began = System.nanoTime();
  private volatile double seconds;
  private volatile double processorSeconds;

  private Watch() {}

  /**
   * Begins now.
   *
   * @param total empty text if nobody knows it
   */
  static Watch start(PrintStream progress, String name, String total) {
    Watch watch = new Watch();
    watch.teller.scheduleAtFixedRate(
        () ->
            progress.printf(
                "    %s: %d%s resources, %.0f s%n",
                name,
                watch.done.get(),
                total.isEmpty() ? "" : " of " + total,
                (System.nanoTime() - watch.began) / NANOS),
        TOLD_SECONDS,
        TOLD_SECONDS,
        TimeUnit.SECONDS);
    return watch;
  }

  /** So many are done by now. */
  void at(long count) {
    done.set(count);
  }

  /** So many more are done. */
  void did(long more) {
    done.addAndGet(more);
  }

  long done() {
    return done.get();
  }

  /** All is done; what comes behind it does not count. */
  void stop() {
    seconds = (System.nanoTime() - began) / NANOS;
    processorSeconds = (processorNanos() - processor) / NANOS;
  }

  /** Until {@link #stop}. */
  double seconds() {
    return seconds;
  }

  /** Of this process until {@link #stop}, its collector and compiler too. */
  double processorSeconds() {
    return processorSeconds;
  }

  private static long processorNanos() {
    if (ManagementFactory.getOperatingSystemMXBean()
        instanceof com.sun.management.OperatingSystemMXBean system) {
      return system.getProcessCpuTime();
    }
    throw new IllegalStateException("this Java does not tell its processor time");
  }

  @Override
  public void close() {
    teller.shutdownNow();
  }
}
