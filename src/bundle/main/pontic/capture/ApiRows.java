package pontic.capture;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A page of an API list as the rows that the feeds' SQL would have given. */
final class ApiRows {
  private final ApiFeed feed;
  private final ZoneId zone;

  ApiRows(ApiFeed feed, ZoneId zone) {
    this.feed = feed;
    this.zone = zone;
  }

  /**
   * @param rows those that have a key and a readable stamp
   * @param order keys by which pages are joined
   * @param keyless rows without a key or a readable stamp; nothing can be made of them
   * @param serverTime by the office's wall clock, "" if the page tells none
   */
  record Read(List<One> rows, List<Long> order, int keyless, String serverTime) {}

  /**
   * @param order key by which pages are joined
   */
  record One(long key, long order, Instant stamp, JsonNode json) {}

  /**
   * @param rows columns beside {@code stamp}, {@code cursor_key}, {@code row_key} and perhaps
   *     {@code row_deleted}, as {@link Captured} takes them
   * @param unreadable reasons, by row key: a field whose value is not understood; never the value
   */
  record Shaped(List<Map<String, Object>> rows, Map<Long, String> unreadable) {}

  Read read(JsonNode page, Instant readAt) {
    List<One> rows = new ArrayList<>();
    List<Long> order = new ArrayList<>();
    int keyless = 0;
    String latest = "";
    for (JsonNode json : page) {
      order.add(order(json));
      long key = json.path(feed.key()).asLong();
      Optional<Instant> stamp = stamp(json, readAt);
      if (stamp.isEmpty() || (key == 0 && isOwed(json))) {
        keyless++;
      } else if (key != 0) {
        rows.add(new One(key, order(json), stamp.get(), json));
        latest = later(latest, json);
      }
    }
    String told = time(page.path(0).path("serverDateTime"));
    return new Read(rows, order, keyless, told.isEmpty() ? latest : told);
  }

  /** The rows as one of the records that they become. */
  Shaped shaped(Read read, ApiFeed.Told told, Instant readAt) {
    LocalDate today = readAt.atZone(zone).toLocalDate();
    List<Map<String, Object>> rows = new ArrayList<>();
    Map<Long, String> unreadable = new HashMap<>();
    for (One one : read.rows()) {
      Map<String, Object> row = new TreeMap<>();
      row.put("stamp", Stamp.text(one.stamp()));
      row.put("cursor_key", one.order());
      row.put("row_key", one.key());
      if (feed.deleted()) {
        row.put("row_deleted", 1L);
      }
      told.untold().forEach(column -> row.put(column, null));
      told.lookups()
          .forEach(lookup -> lookup.columns().keySet().forEach(column -> row.put(column, null)));
      fill(row, told.columns(), one.json(), today)
          .ifPresent(column -> unreadable.put(one.key(), unknown(column)));
      rows.add(row);
    }
    return new Shaped(rows, unreadable);
  }

  /** What is kept of the rows for those that point to them, by key; what is not known is null. */
  Map<Long, Map<String, Object>> kept(Read read, Instant readAt) {
    LocalDate today = readAt.atZone(zone).toLocalDate();
    Map<Long, Map<String, Object>> kept = new TreeMap<>();
    for (One one : read.rows()) {
      Map<String, Object> row = new TreeMap<>();
      fill(row, feed.keeps(), one.json(), today);
      kept.put(one.key(), row);
    }
    return kept;
  }

  /** Returns a column whose field is not understood. */
  private static Optional<String> fill(
      Map<String, Object> row, Map<String, ApiField> columns, JsonNode json, LocalDate today) {
    Optional<String> unreadable = Optional.empty();
    for (Map.Entry<String, ApiField> column : columns.entrySet()) {
      ApiField field = column.getValue();
      JsonNode found = json.path(field.fieldOf(column.getKey()));
      boolean none = field.isNone(found);
      Optional<Object> value = none ? Optional.empty() : field.value(found, today);
      row.put(column.getKey(), value.orElse(null));
      if (value.isEmpty() && !none) {
        unreadable = Optional.of(column.getKey());
      }
    }
    return unreadable;
  }

  private static String unknown(String column) {
    return "the API's value of " + column + " is none that Pontic knows";
  }

  /** A list for a patient has rows of another kind too, and a preference may be empty. */
  private boolean isOwed(JsonNode json) {
    String key = json.path(feed.key()).asText("").strip();
    return json.path(feed.key()).isMissingNode() || !(key.isEmpty() || key.equals("0"));
  }

  /**
   * A filtered list that does not tell the server's time: what had changed when its first page was
   * read has no later stamp than the latest there.
   */
  private String later(String latest, JsonNode json) {
    if (feed.filter().isEmpty() || feed.stamp().isEmpty()) {
      return latest;
    }
    String stamp = time(json.path(feed.stamp().get()));
    return stamp.compareTo(latest) > 0 ? stamp : latest;
  }

  /** What a statement reads has its times with a T (open-dental-api.md 2.29). */
  private static String time(JsonNode field) {
    return field.asText().strip().replace('T', ' ');
  }

  private long order(JsonNode json) {
    return json.path(feed.order().orElse(feed.key())).asLong();
  }

  private Optional<Instant> stamp(JsonNode json, Instant readAt) {
    if (feed.stamp().isEmpty()) {
      return Optional.of(readAt);
    }
    try {
      return Optional.of(OfficeTime.instant(time(json.path(feed.stamp().get())), zone, readAt));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }
}
