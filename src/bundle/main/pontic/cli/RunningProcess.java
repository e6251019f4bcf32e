package pontic.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
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
  private final Optional<String> user;
  private final String password;

  /**
   * @param url where to ask; empty = as the process noted in its data folder
   * @param user of Hawtio; empty = whoever may read the token
   */
  RunningProcess(Path data, Optional<String> url, Optional<String> user, String password) {
    this.data = data;
    this.url = url;
    this.user = user;
    this.password = password;
  }

  /**
   * @param path with query, values encoded: {@code /control/receipts?limit=5}
   * @param body "" = none
   * @throws Failure with the line for the person
   */
  JsonNode ask(String method, String path, String body) {
    try {
      String base =
          url.or(() -> noted())
              .orElseThrow(() -> notRunning("data folder " + data))
              .replaceFirst("/+$", "");
      HttpRequest request =
          HttpRequest.newBuilder(URI.create(base + path))
              .timeout(ANSWER)
              .header("Authorization", authorization())
              .header("X-Pontic-User", System.getProperty("user.name", ""))
              .method(method, HttpRequest.BodyPublishers.ofString(body))
              .build();
      HttpResponse<byte[]> response =
          HttpClient.newBuilder()
              .connectTimeout(CONNECT)
              .build()
              .send(request, HttpResponse.BodyHandlers.ofByteArray());
      if (response.statusCode() == 401) {
        throw new Failure(
            user.isPresent()
                ? base + " does not know this user with the password in PONTIC_PASSWORD"
                : base
                    + " does not know the token in "
                    + data
                    + "; name the data folder of that process with --data");
      }
      JsonNode answer = new ObjectMapper().readTree(response.body());
      if (response.statusCode() >= 300) {
        throw new Failure(
            base + " answered " + response.statusCode() + ": " + answer.path("error").asText());
      }
      return answer;
    } catch (IllegalArgumentException e) {
      throw new Failure("--url is no address; write http://host:port", e);
    } catch (IOException e) {
      throw notRunning(url.or(() -> noted()).orElse(data.toString()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Failure("interrupted", e);
    }
  }

  private String authorization() throws IOException {
    if (user.isPresent()) {
      return "Basic "
          + Base64.getEncoder()
              .encodeToString((user.get() + ":" + password).getBytes(StandardCharsets.UTF_8));
    }
    Secret token =
        ManagementToken.read(data)
            .orElseThrow(
                () ->
                    new Failure(
                        "there is no management.token in "
                            + data
                            + "; name the data folder of the process with --data"));
    return "Bearer " + token.value();
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
