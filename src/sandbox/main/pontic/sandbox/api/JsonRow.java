package pontic.sandbox.api;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;

/**
 * Writes one row in the API's types: text for booleans, 0001-01-01 for no date, R,G,B for colours
 * (open-dental-api.md 1.4).
 */
final class JsonRow {
  private final ObjectNode json = JsonNodeFactory.instance.objectNode();
  private final Formats formats;

  JsonRow(Formats formats) {
    this.formats = formats;
  }

  JsonRow number(String name, long value) {
    json.put(name, value);
    return this;
  }

  JsonRow decimal(String name, double value) {
    json.put(name, value);
    return this;
  }

  /** Line breaks of the stored text go out as spaces. */
  JsonRow text(String name, String value) {
    json.put(name, value.replace("\r\n", " ").replace('\r', ' ').replace('\n', ' '));
    return this;
  }

  JsonRow flag(String name, boolean value) {
    json.put(name, value ? "true" : "false");
    return this;
  }

  JsonRow date(String name, String column) {
    json.put(name, formats.date(column));
    return this;
  }

  JsonRow dateTime(String name, String column) {
    json.put(name, formats.dateTime(column));
    return this;
  }

  JsonRow dateTime(String name, Instant instant) {
    json.put(name, formats.dateTime(instant));
    return this;
  }

  /** A whole-second stamp given as epoch seconds by unix_timestamp(). */
  JsonRow stamp(String name, Row row) {
    json.put(name, formats.dateTime(Instant.ofEpochSecond(row.number(Context.STAMP))));
    return this;
  }

  JsonRow colour(String name, long argb) {
    json.put(name, ((argb >> 16) & 0xff) + "," + ((argb >> 8) & 0xff) + "," + (argb & 0xff));
    return this;
  }

  ObjectNode json() {
    return json;
  }
}
