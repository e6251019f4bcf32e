package pontic.sandbox.api;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;

/**
 * What a method says.
 *
 * @param status HTTP status
 * @param body empty = no body
 * @param location path below /api/v1 of a new row, for example {@code /patients/12}
 * @param explanation true: the body is an explanation in words and follows the office's switch for
 *     errors
 * @param bare the body is text and no JSON
 * @param retryAfterSeconds value of Retry-After
 */
record Answer(
    int status,
    Optional<JsonNode> body,
    Optional<String> location,
    boolean explanation,
    boolean bare,
    Optional<Long> retryAfterSeconds) {

  static Answer ok(JsonNode body) {
    return new Answer(200, Optional.of(body), Optional.empty(), false, false, Optional.empty());
  }

  static Answer done() {
    return new Answer(200, Optional.empty(), Optional.empty(), false, false, Optional.empty());
  }

  static Answer created(JsonNode body, String location) {
    return new Answer(
        201, Optional.of(body), Optional.of(location), false, false, Optional.empty());
  }

  /** Made, and neither row nor location is told (open-dental-api.md 1.7). */
  static Answer bodiless() {
    return new Answer(201, Optional.empty(), Optional.empty(), false, false, Optional.empty());
  }

  static Answer says(int status, String text) {
    return new Answer(
        status,
        Optional.of(com.fasterxml.jackson.databind.node.TextNode.valueOf(text)),
        Optional.empty(),
        true,
        false,
        Optional.empty());
  }

  static Answer busy(long retryAfterSeconds) {
    Answer words = says(429, "Too many requests");
    return new Answer(
        429, words.body, Optional.empty(), true, false, Optional.of(retryAfterSeconds));
  }

  /** As of something between office and caller that speaks for itself. */
  static Answer page(int status) {
    return new Answer(
        status,
        Optional.of(com.fasterxml.jackson.databind.node.TextNode.valueOf("<html>proxy</html>")),
        Optional.empty(),
        false,
        true,
        Optional.empty());
  }

  static Answer keyless() {
    return new Answer(
        201,
        Optional.of(com.fasterxml.jackson.databind.node.JsonNodeFactory.instance.objectNode()),
        Optional.empty(),
        false,
        false,
        Optional.empty());
  }
}
