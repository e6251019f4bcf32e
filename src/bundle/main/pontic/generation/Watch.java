package pontic.generation;

import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Tells when the files of a generation have changed and then been left alone. Looks at names, sizes
 * and times again and again: that works on every file system and mount, and misses no event.
 */
public final class Watch implements AutoCloseable {
  private static final Duration PERIOD = Duration.ofSeconds(1);

  /** While it waits for the end of a change. */
  private static final Duration SHORT_PERIOD = Duration.ofMillis(40);

  /**
   * As long as what writes several files may take between two of them. Whoever looks finds out by
   * himself if more is written after that, and says so.
   */
  private static final Duration QUIET = Duration.ofMillis(200);

  private final Path home;
  private final Path config;
  private final Look look;
  private final Thread thread;
  private boolean asked;
  private boolean closed;

  private record Stamp(long size, FileTime modified, Optional<Object> key) {
    static Stamp of(BasicFileAttributes found) {
      return new Stamp(
          found.size(), found.lastModifiedTime(), Optional.ofNullable(found.fileKey()));
    }
  }

  /** What to do when there is something to look at. */
  @FunctionalInterface
  public interface Look {
    /**
     * @param forced it was asked for, changed or not
     * @return false if the files were written to again meanwhile; then it is called again
     */
    boolean look(boolean forced);
  }

  private Watch(Path home, Path config, Look look) {
    this.home = home;
    this.config = config;
    this.look = look;
    this.thread = new Thread(this::watch, "generation-watch");
    this.thread.setDaemon(true);
  }

  /**
   * Looks once at the beginning, then after each change that was followed by a quiet time.
   *
   * @param home holds routes/, mappings/ and sql/
   */
  public static Watch start(Path home, Path config, Look look) {
    Watch watch = new Watch(home, config, look);
    watch.thread.start();
    return watch;
  }

  /** Looks at once, changed or not. */
  public synchronized void ask() {
    asked = true;
    notifyAll();
  }

  private void watch() {
    Map<String, Stamp> seen = Map.of();
    Map<String, Stamp> told = Map.of();
    long changedAt = System.nanoTime();
    boolean forced = false;
    while (goesOn(seen.equals(told) ? PERIOD : SHORT_PERIOD)) {
      Map<String, Stamp> now = seen;
      try {
        now = state();
      } catch (IOException e) {
        // A file that vanished while it was looked at: the next look sees what there is.
        changedAt = System.nanoTime();
      }
      if (!now.equals(seen)) {
        seen = now;
        changedAt = System.nanoTime();
      }
      forced |= taken();
      boolean quiet = System.nanoTime() - changedAt >= QUIET.toNanos();
      if (forced || (quiet && !seen.equals(told))) {
        boolean done = look.look(forced);
        told = done ? seen : Map.of();
        forced &= !done;
      }
    }
  }

  private synchronized boolean goesOn(Duration period) {
    try {
      if (!asked && !closed) {
        wait(period.toMillis());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
    return !closed;
  }

  private synchronized boolean taken() {
    boolean taken = asked;
    asked = false;
    return taken;
  }

  private Map<String, Stamp> state() throws IOException {
    Map<String, Stamp> state = new HashMap<>();
    Generation.each(home, config, (name, file, found) -> state.put(name, Stamp.of(found)));
    return state;
  }

  /** Waits for a look that has begun. */
  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      notifyAll();
    }
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
