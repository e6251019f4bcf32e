package pontic.operations;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Asks every check, each within a time limit, so that a part that hangs is down and not the asker.
 */
final class Health implements AutoCloseable {

  private final List<HealthCheck> checks;
  private final Duration limit;
  private final ExecutorService threads;

  Health(List<HealthCheck> checks, Duration limit) {
    this.checks = List.copyOf(checks);
    this.limit = limit;
    this.threads =
        Executors.newFixedThreadPool(
            Math.max(1, checks.size() * 2),
            task -> {
              Thread thread = new Thread(task, "health");
              thread.setDaemon(true);
              return thread;
            });
  }

  List<HealthCheck.Part> look() {
    List<Future<List<HealthCheck.Part>>> looks = new ArrayList<>();
    for (HealthCheck check : checks) {
      looks.add(threads.submit(check::look));
    }
    long deadline = System.nanoTime() + limit.toNanos();
    List<HealthCheck.Part> parts = new ArrayList<>();
    for (int i = 0; i < checks.size(); i++) {
      parts.addAll(answer(checks.get(i), looks.get(i), deadline));
    }
    return parts;
  }

  private List<HealthCheck.Part> answer(
      HealthCheck check, Future<List<HealthCheck.Part>> look, long deadline) {
    String name = check.name();
    try {
      return look.get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      look.cancel(true);
      return List.of(
          new HealthCheck.Part(
              name,
              false,
              "no answer within "
                  + limit.toMillis()
                  + " ms"
                  + (check.hanging().isEmpty() ? "" : ": " + check.hanging())));
    } catch (ExecutionException e) {
      // The class alone: texts of foreign exceptions may hold addresses or data.
      return List.of(new HealthCheck.Part(name, false, e.getCause().getClass().getSimpleName()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return List.of(new HealthCheck.Part(name, false, "Pontic is stopping"));
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
