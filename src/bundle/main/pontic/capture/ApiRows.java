package pontic.capture;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A page of an API list as the rows that the feed's SQL would have given. */
final class ApiRows {
  private final ApiFeed feed;
  private final ZoneId zone;

  ApiRows(ApiFeed feed, ZoneId zone) {
    this.feed = feed;
    this.zone = zone;
  }

  /**
   * @param rows columns beside {@code stamp}, {@code cursor_key}, {@code row_key} and perhaps
   *     {@code row_deleted}, as {@link Captured} takes them
   * @param unreadable reasons, by row key: a field whose value is not understood; never the value
   * @param order keys by which pages are joined
   * @param keyless rows without a key or a readable stamp; nothing can be made of them
   * @param serverTime by the office's wall clock, "" if the page tells none
   */
  record Read(
      List<Map<String, Object>> rows,
      Map<Long, String> unreadable,
      List<Long> order,
      int keyless,
      String serverTime) {}

  Read read(JsonNode page, Instant readAt) {
    List<Map<String, Object>> rows = new ArrayList<>();
    Map<Long, String> unreadable = new HashMap<>();
    List<Long> order = new ArrayList<>();
    int keyless = 0;
    for (JsonNode json : page) {
      order.add(order(json));
      long key = json.path(feed.key()).asLong();
      Optional<Instant> stamp = stamp(json, readAt);
      if (key == 0 || stamp.isEmpty()) {
        keyless++;
        continue;
      }
      rows.add(row(json, key, stamp.get(), unreadable));
    }
    return new Read(
        rows, unreadable, order, keyless, page.path(0).path("serverDateTime").asText().strip());
  }

  private Map<String, Object> row(
      JsonNode json, long key, Instant stamp, Map<Long, String> unreadable) {
    Map<String, Object> row = new TreeMap<>();
    row.put("stamp", Stamp.text(stamp));
    row.put("cursor_key", order(json));
    row.put("row_key", key);
    if (feed.deleted()) {
      row.put("row_deleted", 1L);
    }
    feed.untold().forEach(column -> row.put(column, null));
    feed.columns()
        .forEach(
            (column, field) -> {
              JsonNode found = json.path(column);
              boolean none = field.isNone(found);
              Optional<Object> value = none ? Optional.empty() : field.value(found);
              row.put(column, value.orElse(null));
              if (value.isEmpty() && !none) {
                unreadable.put(key, "the API's value of " + column + " is none that Pontic knows");
              }
            });
    return row;
  }

  private long order(JsonNode json) {
    return json.path(feed.order().orElse(feed.key())).asLong();
  }

  private Optional<Instant> stamp(JsonNode json, Instant readAt) {
    if (feed.stamp().isEmpty()) {
      return Optional.of(readAt);
    }
    try {
      return Optional.of(OfficeTime.instant(json.path(feed.stamp().get()).asText(), zone, readAt));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }
}
