package pontic.opendental;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import pontic.send.Enclosed;
import pontic.send.OfficeFiles;

/**
 * Files of folders that may never answer: a mount whose server has gone holds whoever asks it, and
 * nothing ends that. So each question has a thread of its own that is waited for so long; while one
 * of a practice has no answer, no other is asked of it. Those of other practices are not held up.
 */
public final class TimedShare implements OfficeFiles {
  private final OfficeFiles share;
  private final Duration limit;
  private final Map<String, AtomicInteger> unanswered = new ConcurrentHashMap<>();

  /**
   * @param limit for one file
   */
  public TimedShare(OfficeFiles share, Duration limit) {
    this.share = share;
    this.limit = limit;
  }

  @Override
  public File read(String practice, JsonNode row) {
    return within(practice, () -> share.read(practice, row), File.without(Enclosed.SLOW));
  }

  @Override
  public Enclosed look(String practice, JsonNode row) {
    return within(practice, () -> share.look(practice, row), Enclosed.SLOW);
  }

  private <T> T within(String practice, Supplier<T> question, T otherwise) {
    if (!share.isOn(practice)) {
      return question.get();
    }
    AtomicInteger waiting = unanswered.computeIfAbsent(practice, any -> new AtomicInteger());
    if (waiting.get() > 0) {
      return otherwise;
    }
    CompletableFuture<T> answer = new CompletableFuture<>();
    AtomicBoolean ended = new AtomicBoolean();
    Thread asking =
        new Thread(
            () -> {
              try {
                answer.complete(question.get());
              } catch (Throwable e) {
                answer.completeExceptionally(e);
              }
              if (ended.getAndSet(true)) {
                waiting.decrementAndGet();
              }
            },
            "office-files-" + practice);
    asking.setDaemon(true);
    asking.start();
    try {
      return answer.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      waiting.incrementAndGet();
      if (ended.getAndSet(true)) {
        // It came between the two.
        waiting.decrementAndGet();
      }
      return otherwise;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return otherwise;
    } catch (ExecutionException e) {
      throw new IllegalStateException("an office's folder could not be asked", e.getCause());
    }
  }

  @Override
  public boolean isOn(String practice) {
    return share.isOn(practice);
  }

  @Override
  public String rule(String practice) {
    return share.rule(practice);
  }

  @Override
  public long most(String practice) {
    return share.most(practice);
  }
}
