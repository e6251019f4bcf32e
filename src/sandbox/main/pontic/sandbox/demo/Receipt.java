package pontic.sandbox.demo;

import com.fasterxml.jackson.databind.JsonNode;

/** A receipt as the bundle's control endpoint gives it (docs/operations.md). */
record Receipt(JsonNode json) {

  String practice() {
    return json.path("practice").asText();
  }

  String controlId() {
    return json.path("controlId").asText();
  }

  String type() {
    return json.path("type").asText();
  }

  /** "" while open. */
  String end() {
    return json.path("end").asText();
  }

  String reason() {
    return json.path("reason").asText();
  }

  String settled() {
    return json.path("settled").asText();
  }

  long millis() {
    return json.path("millis").asLong();
  }

  long sequence() {
    return json.path("sequence").asLong();
  }

  String endedAt() {
    return json.path("endedAt").asText();
  }

  /** One line for people. */
  String line() {
    StringBuilder line = new StringBuilder();
    line.append(String.format("%-3s %-7s %-16s %s", practice(), type(), controlId(), end()));
    json.path("keys")
        .properties()
        .forEach(
            key ->
                line.append(' ').append(key.getKey()).append(' ').append(key.getValue().asText()));
    line.append(" in ").append(millis()).append(" ms");
    if (!reason().isEmpty()) {
      line.append(" (").append(reason()).append(')');
    }
    if (!settled().isEmpty()) {
      line.append("; settled: ").append(settled());
    }
    return line.toString();
  }
}
