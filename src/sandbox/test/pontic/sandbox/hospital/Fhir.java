package pontic.sandbox.hospital;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** A plain HTTP client and the smallest bodies, for tests of FHIR peers. */
final class Fhir {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient http = HttpClient.newHttpClient();
  private final HospitalFhirServer server;

  Fhir(HospitalFhirServer server) {
    this.server = server;
  }

  /**
   * @param headers name, value, name, value …
   */
  HttpResponse<String> send(String method, String path, String body, String... headers)
      throws IOException, InterruptedException {
    return http.send(
        request(method, path, body, headers).build(), HttpResponse.BodyHandlers.ofString());
  }

  int status(String method, String path, String body, String... headers)
      throws IOException, InterruptedException {
    return send(method, path, body, headers).statusCode();
  }

  HttpRequest.Builder request(String method, String path, String body, String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(server.url() + path))
            .timeout(Duration.ofSeconds(30))
            .header("Content-Type", "application/fhir+json")
            .method(
                method,
                body.isEmpty()
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(body));
    return headers.length == 0 ? request : request.headers(headers);
  }

  static JsonNode json(HttpResponse<String> answer) throws IOException {
    return JSON.readTree(answer.body());
  }

  static String patient(String id, String system, String value) {
    String idField = id.isEmpty() ? "" : "\"id\":\"" + id + "\",";
    return "{\"resourceType\":\"Patient\","
        + idField
        + "\"identifier\":[{\"system\":\""
        + system
        + "\",\"value\":\""
        + value
        + "\"}]}";
  }

  static String entry(String method, String url, String resource, String... preconditions) {
    StringBuilder request =
        new StringBuilder("{\"method\":\"" + method + "\",\"url\":\"" + url + "\"");
    for (int i = 0; i < preconditions.length; i += 2) {
      request
          .append(",\"" + preconditions[i] + "\":\"")
          .append(preconditions[i + 1].replace("\"", "\\\""))
          .append('"');
    }
    String body = resource.isEmpty() ? "" : "\"resource\":" + resource + ",";
    return "{" + body + "\"request\":" + request + "}}";
  }

  static String bundle(String type, String... entries) {
    return "{\"resourceType\":\"Bundle\",\"type\":\""
        + type
        + "\",\"entry\":["
        + String.join(",", entries)
        + "]}";
  }
}
