package pontic.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** What a FHIR server says itself of how much it has. */
final class Counts {
  private Counts() {}

  /**
   * @param url its base
   */
  static Map<String, Long> at(String url, Set<String> types)
      throws IOException, InterruptedException {
    HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    ObjectMapper json = new ObjectMapper();
    Map<String, Long> counts = new TreeMap<>();
    for (String type : types) {
      HttpResponse<String> answer =
          http.send(
              HttpRequest.newBuilder(URI.create(url + "/" + type + "?_summary=count"))
                  .header("Accept", "application/fhir+json")
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      if (answer.statusCode() != 200) {
        throw new IOException(type + " is not counted: HTTP " + answer.statusCode());
      }
      counts.put(type, json.readTree(answer.body()).path("total").asLong(-1));
    }
    return counts;
  }
}
