package pontic.bench;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import pontic.sandbox.api.OpenDentalApi;

/**
 * What one writes first for an API with a period: call, wait for the answer, wait the period. Each
 * of several that share a key does so by itself.
 */
final class Naive implements AutoCloseable {
  private static final int OK = 200;

  private final HttpClient http = HttpClient.newHttpClient();
  private final Duration period;
  private final List<Thread> threads = new ArrayList<>();
  private final AtomicReference<String> refused = new AtomicReference<>("");

  private Naive(Duration period) {
    this.period = period;
  }

  /**
   * @param ids of practices
   * @param processes that call each practice's API beside each other
   */
  static Naive start(int port, List<String> ids, int processes, Duration period) {
    Naive naive = new Naive(period);
    for (String id : ids) {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/api/v1/patients/1"))
              .header(
                  "Authorization",
                  "ODFHIR " + OpenDentalApi.DEVELOPER_KEY + "/" + ApiPractices.key(id))
              .header("Content-Type", "application/json")
              .build();
      for (int i = 0; i < processes; i++) {
        Thread thread = new Thread(() -> naive.call(request), "naive-" + id + "-" + i);
        thread.setDaemon(true);
        naive.threads.add(thread);
        thread.start();
      }
    }
    return naive;
  }

  private void call(HttpRequest request) {
    try {
      while (!Thread.currentThread().isInterrupted()) {
        HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() != OK) {
          refused.set("a naive caller is answered " + answer.statusCode() + " " + answer.body());
        }
        Thread.sleep(period.toMillis());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      refused.set("a naive caller has no answer: " + e);
    }
  }

  /**
   * @throws IllegalStateException if one of its calls was not answered as it should be
   */
  void wasServed() {
    if (!refused.get().isEmpty()) {
      throw new IllegalStateException(refused.get());
    }
  }

  @Override
  public void close() throws InterruptedException {
    threads.forEach(Thread::interrupt);
    for (Thread thread : threads) {
      thread.join();
    }
  }
}
