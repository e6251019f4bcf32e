package pontic.bench;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;

/** Clients that post a resource, each the next one when the last has its receipt. */
final class Posters {
  private static final double NANOS = 1e9;
  private static final int ACCEPTED = 202;

  /** A request id is used once in the life of this process, or it would be a repetition. */
  private static final String FIRST = Long.toString(System.nanoTime(), 36);

  private final String template;
  private final double seconds;
  private final AtomicLong sent = new AtomicLong();

  /**
   * @param template a resource with {@code %s} for its identifier
   * @param seconds of sending
   */
  Posters(String template, double seconds) {
    this.template = template;
    this.seconds = seconds;
  }

  /**
   * @param address of the resource's kind
   * @param token of the client
   * @param clients how many post at once, a connection each
   */
  Senders.Answered post(String address, String token, int clients) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(clients);
    try {
      long processor = Senders.processorNanos();
      long begin = System.nanoTime();
      long until = begin + (long) (seconds * NANOS);
      List<Callable<List<Double>>> all = new ArrayList<>();
      for (int i = 0; i < clients; i++) {
        all.add(() -> one(URI.create(address), token, until));
      }
      List<Double> millis = new ArrayList<>();
      for (Future<List<Double>> each : threads.invokeAll(all)) {
        millis.addAll(each.get());
      }
      return new Senders.Answered(
          millis.size() / ((System.nanoTime() - begin) / NANOS),
          new Spread(millis),
          (Senders.processorNanos() - processor) / 1e3 / millis.size());
    } finally {
      threads.shutdownNow();
    }
  }

  private List<Double> one(URI address, String token, long until)
      throws IOException, InterruptedException {
    List<Double> millis = new ArrayList<>();
    HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    do {
      String id = FIRST + "-" + sent.incrementAndGet();
      HttpRequest request =
          HttpRequest.newBuilder(address)
              .header("Content-Type", "application/fhir+json")
              .header("Authorization", "Bearer " + token)
              .header("Prefer", "respond-async")
              .header("X-Request-Id", id)
              .POST(HttpRequest.BodyPublishers.ofString(template.formatted(id)))
              .build();
      long begin = System.nanoTime();
      HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
      if (answer.statusCode() != ACCEPTED) {
        throw new IOException("not accepted: " + answer.statusCode() + " " + answer.body());
      }
      millis.add((System.nanoTime() - begin) / 1e6);
    } while (System.nanoTime() < until);
    return millis;
  }
}
