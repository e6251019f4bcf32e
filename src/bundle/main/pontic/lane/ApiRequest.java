package pontic.lane;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.util.Map;

/**
 * One request to a practice's API.
 *
 * @param name what it is, for metrics and receipts: {@code patients.post}
 * @param template path without keys: {@code /patients/{PatNum}}
 * @param path path with keys, below the API's base
 * @param query in order of sending; unencoded
 * @param body missing for a read
 */
public record ApiRequest(
    String name,
    String method,
    String template,
    String path,
    Map<String, String> query,
    JsonNode body) {

  public static ApiRequest read(
      String name, String template, String path, Map<String, String> query) {
    return new ApiRequest(name, "GET", template, path, query, MissingNode.getInstance());
  }

  public boolean writes() {
    return !method.equals("GET");
  }
}
