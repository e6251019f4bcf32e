package pontic.background;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * One piece of work on a thread of its own, which does not keep the process alive, and its end: who
 * closes it waits until what is at hand is done.
 */
public final class Background implements AutoCloseable {
  private final Thread thread;
  private final CountDownLatch closed = new CountDownLatch(1);

  /**
   * @param name of the thread, as a dump shows it
   * @param work looks at {@link #isClosed} between two things that it does
   */
  public Background(String name, Runnable work) {
    this.thread = new Thread(work, name);
    thread.setDaemon(true);
  }

  /** Once. */
  public void start() {
    thread.start();
  }

  public boolean isClosed() {
    return closed.getCount() == 0;
  }

  /** Waits so long, or until it is closed; whoever is interrupted meanwhile is to end too. */
  public boolean isClosedWithin(Duration time) {
    try {
      return closed.await(time.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
  }

  /** Whether the work is done by this thread. */
  public boolean is(Thread other) {
    return other == thread;
  }

  /** Returns when the work has ended, also if the caller is interrupted; at once if none began. */
  @Override
  public void close() {
    closed.countDown();
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
