package pontic.sandbox.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;

/** JSON over HTTP to one base address. */
final class Http {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(20))
          .build();
  private final String base;
  private final Map<String, String> headers;

  Http(String base, Map<String, String> headers) {
    this.base = base;
    this.headers = Map.copyOf(headers);
  }

  JsonNode get(String path) {
    return ask("GET", path, HttpRequest.BodyPublishers.noBody());
  }

  JsonNode delete(String path) {
    return ask("DELETE", path, HttpRequest.BodyPublishers.noBody());
  }

  JsonNode post(String path, Map<String, ?> body) {
    return ask(
        "POST", path, HttpRequest.BodyPublishers.ofString(JSON.valueToTree(body).toString()));
  }

  /** What it answers, or that it did not. */
  String text(String path) {
    try {
      HttpResponse<byte[]> response = send("GET", path, HttpRequest.BodyPublishers.noBody());
      return new String(response.body(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      return base + path + " had no answer";
    }
  }

  /** True if it answers 200. */
  boolean answers(String path) {
    try {
      return send("GET", path, HttpRequest.BodyPublishers.noBody()).statusCode() == 200;
    } catch (IOException e) {
      return false;
    }
  }

  private JsonNode ask(String method, String path, HttpRequest.BodyPublisher body) {
    try {
      HttpResponse<byte[]> response = send(method, path, body);
      if (response.statusCode() != 200) {
        throw new StepFailed(
            method
                + " "
                + base
                + path
                + " answered "
                + response.statusCode()
                + ": "
                + new String(response.body(), StandardCharsets.UTF_8));
      }
      return JSON.readTree(response.body());
    } catch (IOException e) {
      throw new StepFailed(method + " " + base + path + " had no answer: " + e.getMessage(), e);
    }
  }

  private HttpResponse<byte[]> send(String method, String path, HttpRequest.BodyPublisher body)
      throws IOException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(base + path)).timeout(LIMIT).method(method, body);
    headers.forEach(request::header);
    try {
      return client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }
}
