package pontic.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import pontic.operations.ManagementServer;
import pontic.operations.ManagementToken;
import pontic.practice.Secret;

/** The process on one data folder, asked over its management endpoint. */
final class RunningProcess {

  private static final Duration CONNECT = Duration.ofSeconds(3);
  private static final Duration ANSWER = Duration.ofSeconds(15);

  private final Path data;
  private final Optional<String> url;

  /**
   * @param url where to ask; empty = as the process noted in its data folder
   */
  RunningProcess(Path data, Optional<String> url) {
    this.data = data;
    this.url = url;
  }

  /**
   * @param path with query, values encoded: {@code /control/receipts?limit=5}
   * @throws Failure with the line for the person
   */
  JsonNode ask(String method, String path) {
    try {
      String base =
          url.or(() -> noted())
              .orElseThrow(() -> notRunning("data folder " + data))
              .replaceFirst("/+$", "");
      Secret token =
          ManagementToken.read(data)
              .orElseThrow(
                  () ->
                      new Failure(
                          "there is no management.token in "
                              + data
                              + "; name the data folder of the process with --data"));
      HttpRequest request =
          HttpRequest.newBuilder(URI.create(base + path))
              .timeout(ANSWER)
              .header("Authorization", "Bearer " + token.value())
              .method(method, HttpRequest.BodyPublishers.noBody())
              .build();
      HttpResponse<byte[]> response =
          HttpClient.newBuilder()
              .connectTimeout(CONNECT)
              .build()
              .send(request, HttpResponse.BodyHandlers.ofByteArray());
      if (response.statusCode() == 401) {
        throw new Failure(
            base
                + " does not know the token in "
                + data
                + "; name the data folder of that process with --data");
      }
      JsonNode body = new ObjectMapper().readTree(response.body());
      if (response.statusCode() >= 300) {
        throw new Failure(
            base + " answered " + response.statusCode() + ": " + body.path("error").asText());
      }
      return body;
    } catch (IllegalArgumentException e) {
      throw new Failure("--url is no address; write http://host:port", e);
    } catch (IOException e) {
      throw notRunning(url.or(() -> noted()).orElse(data.toString()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Failure("interrupted", e);
    }
  }

  private Optional<String> noted() {
    try {
      return ManagementServer.noted(data);
    } catch (IOException e) {
      throw new Failure("the data folder " + data + " cannot be read", e);
    }
  }

  private static Failure notRunning(String where) {
    return new Failure("Pontic is not running (" + where + "); start it with ./pontic run");
  }
}
