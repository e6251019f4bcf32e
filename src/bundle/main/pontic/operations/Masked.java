package pontic.operations;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.util.Map;
import java.util.Set;

/**
 * A message's shape without its words: letters become x or X, digits 9. So it can be seen that a
 * date has too few digits, and not whose it is.
 */
final class Masked {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Names of things, not of people. */
  private static final Set<String> CLEAR = Set.of("resourceType", "system", "use", "status");

  private Masked() {}

  /**
   * @param message segments by CR or LF; MSH stays as it is, for its sender's name and its type are
   *     on every receipt
   */
  static String hl7(String message) {
    StringBuilder masked = new StringBuilder();
    for (String segment : message.split("(?<=[\r\n])")) {
      int name = Math.min(3, segment.length());
      masked.append(
          segment.startsWith("MSH")
              ? segment
              : segment.substring(0, name) + text(segment.substring(name)));
    }
    return masked.toString();
  }

  /** What is no JSON is masked as text. */
  static String json(String resource) {
    try {
      return json(JSON.readTree(resource)).toPrettyString();
    } catch (IOException e) {
      return text(resource);
    }
  }

  private static JsonNode json(JsonNode node) {
    if (node.isObject()) {
      ObjectNode masked = JSON.createObjectNode();
      for (Map.Entry<String, JsonNode> field : node.properties()) {
        boolean clear = CLEAR.contains(field.getKey()) && field.getValue().isTextual();
        masked.set(field.getKey(), clear ? field.getValue() : json(field.getValue()));
      }
      return masked;
    }
    if (node.isArray()) {
      ArrayNode masked = JSON.createArrayNode();
      node.forEach(one -> masked.add(json(one)));
      return masked;
    }
    return node.isValueNode() && !node.isBoolean() && !node.isNull()
        ? TextNode.valueOf(text(node.asText()))
        : node;
  }

  private static String text(String text) {
    StringBuilder masked = new StringBuilder(text.length());
    text.codePoints()
        .map(
            c ->
                Character.isDigit(c)
                    ? '9'
                    : Character.isUpperCase(c) ? 'X' : Character.isLetter(c) ? 'x' : c)
        .forEach(masked::appendCodePoint);
    return masked.toString();
  }
}
