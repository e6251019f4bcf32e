package pontic.facade;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pontic.store.Store;

/**
 * Looks in the store, for all who wait, whether their messages have ended. No thread of the
 * listener waits.
 */
final class Landing implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Landing.class);
  private static final Duration LOOK = Duration.ofMillis(100);
  private static final int MOST_WAITING = 500;

  private final Store store;
  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "facade-landing");
            thread.setDaemon(true);
            return thread;
          });
  private final ConcurrentLinkedQueue<Waiter> waiting = new ConcurrentLinkedQueue<>();
  private final AtomicInteger held = new AtomicInteger();

  /**
   * @param until {@link System#nanoTime()}
   */
  private record Waiter(List<String> messages, long until, Consumer<Map<String, Receipt>> answer) {}

  Landing(Store store) {
    this.store = store;
    clock.scheduleWithFixedDelay(
        this::look, LOOK.toMillis(), LOOK.toMillis(), TimeUnit.MILLISECONDS);
  }

  /**
   * Hands over the receipts of those that have ended: once all have, or when the time is over, or
   * at once if too many wait already.
   *
   * @param answer called once, by the one thread that tells all who wait: it must wait for nobody
   */
  void await(List<String> messages, Duration most, Consumer<Map<String, Receipt>> answer) {
    boolean room = held.incrementAndGet() <= MOST_WAITING;
    waiting.add(
        new Waiter(List.copyOf(messages), System.nanoTime() + (room ? most.toNanos() : 0), answer));
    if (clock.isShutdown()) {
      answerAll();
    } else if (!room) {
      try {
        clock.execute(this::look);
      } catch (RejectedExecutionException closing) {
        LOG.debug("facade: closing while somebody waits");
      }
    }
  }

  private void look() {
    if (waiting.isEmpty()) {
      return;
    }
    List<Waiter> now = List.copyOf(waiting);
    Set<String> messages = new HashSet<>();
    now.forEach(each -> messages.addAll(each.messages()));
    Map<String, Receipt> ended;
    try {
      ended = Receipt.ended(store, messages);
    } catch (RuntimeException e) {
      // Accepted they are; what became of them is asked for later.
      LOG.warn("facade: receipts could not be read ({})", e.getClass().getSimpleName());
      ended = Map.of();
    }
    for (Waiter each : now) {
      boolean isDue =
          ended.keySet().containsAll(each.messages()) || System.nanoTime() - each.until() >= 0;
      // Who closes may have been faster.
      if (isDue && waiting.remove(each)) {
        held.decrementAndGet();
        answer(each, ended);
      }
    }
  }

  private static void answer(Waiter waiter, Map<String, Receipt> ended) {
    try {
      waiter.answer().accept(ended);
    } catch (RuntimeException e) {
      LOG.warn("facade: an answer could not be sent ({})", e.getClass().getSimpleName());
    }
  }

  /** Whoever still waits is answered with what is known. */
  @Override
  public void close() {
    clock.shutdown();
    answerAll();
  }

  private void answerAll() {
    for (Waiter each = waiting.poll(); each != null; each = waiting.poll()) {
      answer(each, Map.of());
    }
  }
}
