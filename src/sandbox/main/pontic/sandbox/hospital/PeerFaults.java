package pontic.sandbox.hospital;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;

/**
 * The armed faults of one peer. What arrives takes at most one: the oldest that fits.
 *
 * @param <F> its kind of fault
 */
final class PeerFaults<F> {

  /**
   * An armed fault as it now stands.
   *
   * @param id number by which it is told apart from others
   * @param remaining how many it will still take; 0 = until cleared
   */
  record Armed<F>(long id, F fault, int remaining) {}

  /** A fault that something ran into. */
  record Taken<F>(F fault, CountDownLatch cleared) {

    /** Waits until the time is over or the faults are cleared; true if they are. */
    boolean pause(Duration time) throws InterruptedException {
      return cleared.await(time.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Waits until the faults are cleared. */
    void hang() throws InterruptedException {
      cleared.await();
    }
  }

  private final ToIntFunction<F> count;
  private final List<Armed<F>> armed = new ArrayList<>();
  private CountDownLatch cleared = new CountDownLatch(1);
  private long lastId;

  /**
   * @param count how many a fault takes; 0 = until cleared
   */
  PeerFaults(ToIntFunction<F> count) {
    this.count = count;
  }

  synchronized long arm(F fault) {
    lastId++;
    armed.add(new Armed<>(lastId, fault, count.applyAsInt(fault)));
    return lastId;
  }

  /** What is armed, oldest first. */
  synchronized List<Armed<F>> list() {
    return List.copyOf(armed);
  }

  /** Takes one back; false if it is not armed any more. */
  synchronized boolean disarm(long id) {
    return armed.removeIf(one -> one.id() == id);
  }

  /** Takes all back and wakes what waits. */
  synchronized void clear() {
    armed.clear();
    cleared.countDown();
    cleared = new CountDownLatch(1);
  }

  /** The fault that something runs into; it is then counted. */
  synchronized Optional<Taken<F>> take(Predicate<F> fits) {
    for (int i = 0; i < armed.size(); i++) {
      Armed<F> one = armed.get(i);
      if (fits.test(one.fault())) {
        if (one.remaining() == 1) {
          armed.remove(i);
        } else if (one.remaining() > 1) {
          armed.set(i, new Armed<>(one.id(), one.fault(), one.remaining() - 1));
        }
        return Optional.of(new Taken<>(one.fault(), cleared));
      }
    }
    return Optional.empty();
  }
}
