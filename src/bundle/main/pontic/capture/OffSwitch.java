package pontic.capture;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pontic.pause.Pauses;
import pontic.store.Store;

/**
 * Looks a few times a second whose reads an operator has paused, at this process or another on the
 * same store, and switches these databases off. As long as one is off, what still runs there is
 * cancelled again at each look: a query may begin right after one that was cancelled.
 */
final class OffSwitch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(OffSwitch.class);
  private static final Duration PERIOD = Duration.ofMillis(250);

  private final Store store;
  private final Map<String, PracticeDatabase> databases;
  private final Set<String> cancelling = ConcurrentHashMap.newKeySet();
  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(named("off-switch"));
  private final ExecutorService hands = Executors.newCachedThreadPool(named("off-switch-cancels"));

  private OffSwitch(Store store, Map<String, PracticeDatabase> databases) {
    this.store = store;
    this.databases = databases;
  }

  /** Has looked once when it returns, so what was paused before a start is so after it. */
  static OffSwitch watch(Store store, Map<String, PracticeDatabase> databases) {
    OffSwitch offSwitch = new OffSwitch(store, databases);
    offSwitch.look();
    offSwitch.clock.scheduleWithFixedDelay(
        offSwitch::tryToLook, PERIOD.toMillis(), PERIOD.toMillis(), TimeUnit.MILLISECONDS);
    return offSwitch;
  }

  private void tryToLook() {
    try {
      look();
    } catch (RuntimeException e) {
      // The store's own health says so; what was off stays off.
      LOG.debug("the store did not tell what is paused ({})", e.getClass().getSimpleName());
    }
  }

  private void look() {
    Set<String> paused = store.read(tx -> Pauses.ids(tx, Pauses.What.READS));
    databases.forEach(
        (practice, database) -> {
          database.off(paused.contains(practice));
          if (database.isOff() && database.isInUse() && cancelling.add(practice)) {
            hands.execute(() -> cancel(practice, database));
          }
        });
  }

  /** Beside the clock: an office that does not answer must not delay another's pause. */
  private void cancel(String practice, PracticeDatabase database) {
    try {
      database.cancel();
    } finally {
      cancelling.remove(practice);
    }
  }

  @Override
  public void close() {
    clock.shutdownNow();
    hands.shutdownNow();
  }

  private static ThreadFactory named(String name) {
    return work -> {
      Thread thread = new Thread(work, name);
      thread.setDaemon(true);
      return thread;
    };
  }
}
