package pontic.send;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/**
 * Whether a resource still stands at a server as it was sent. A server may add members (a
 * narrative, its own meta); what was sent must be there as it was, and lists no longer and no
 * shorter.
 */
final class Stands {
  private Stands() {}

  /**
   * @param own identifiers that may have gone along, beside those of the resource itself
   */
  static boolean asSent(JsonNode sent, JsonNode stands, List<JsonNode> own) {
    JsonNode found = stands.deepCopy();
    if (found.path("identifier") instanceof ArrayNode identifiers) {
      for (int i = identifiers.size() - 1; i >= 0; i--) {
        if (own.contains(identifiers.get(i))
            && !contains(sent.path("identifier"), identifiers.get(i))) {
          identifiers.remove(i);
        }
      }
      if (identifiers.isEmpty()) {
        ((ObjectNode) found).remove("identifier");
      }
    }
    return sent.properties().stream()
        .filter(member -> !member.getKey().equals("meta"))
        .allMatch(member -> covers(member.getValue(), found.path(member.getKey())));
  }

  private static boolean contains(JsonNode list, JsonNode one) {
    for (JsonNode each : list) {
      if (each.equals(one)) {
        return true;
      }
    }
    return false;
  }

  private static boolean covers(JsonNode sent, JsonNode stands) {
    if (sent.isObject()) {
      return stands.isObject()
          && sent.properties().stream()
              .allMatch(member -> covers(member.getValue(), stands.path(member.getKey())));
    }
    if (sent.isArray()) {
      boolean all = stands.isArray() && sent.size() == stands.size();
      for (int i = 0; all && i < sent.size(); i++) {
        all = covers(sent.get(i), stands.get(i));
      }
      return all;
    }
    return sent.isNumber() && stands.isNumber()
        ? sent.decimalValue().compareTo(stands.decimalValue()) == 0
        : sent.equals(stands);
  }
}
