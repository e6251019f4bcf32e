package pontic.capture;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiPredicate;
import pontic.record.Page;
import pontic.record.Records;
import pontic.record.Row;
import pontic.record.Watermark;
import pontic.store.Vault;

/**
 * Tells rows that differ from their record from rows that only carry a new stamp, as ageing and
 * billing leave by the thousand (open-dental-schema.md 1.5).
 */
public final class Captured {
  private static final Set<String> CURSOR_COLUMNS =
      Set.of("stamp", "cursor_key", "row_key", "row_deleted");

  private final Records records;
  private final Vault vault;
  private final Storms storms;
  private final ObjectMapper json = new ObjectMapper();

  public Captured(Records records, Vault vault, Storms storms) {
    this.records = records;
    this.vault = vault;
    this.storms = storms;
  }

  /** Named parameters of the feed's SQL. */
  public Map<String, Object> parameters(Cursor cursor) {
    return cursor.parameters();
  }

  /**
   * @param rows in the order of the cursor, with the columns {@code stamp}, {@code cursor_key} and
   *     {@code row_key}, perhaps {@code row_deleted}, and those that the mapping may read
   */
  public Page page(Cursor cursor, List<Map<String, Object>> rows) {
    Optional<Instant> storm = storms.begun(cursor, rows.stream().map(Captured::stamp).toList());
    Differences found =
        differences(
            cursor.practice(),
            cursor.feed().resource(),
            storm.map(second -> before(second, rows)).orElse(rows),
            (stamp, key) -> isNew(cursor, stamp, key));
    return new Page(
        cursor.practice(),
        cursor.feed().name(),
        cursor.from(),
        storm.map(second -> before(second, cursor)).orElseGet(() -> next(cursor, rows)),
        found.changed(),
        found.unchanged(),
        cursor.readAt());
  }

  /**
   * What a reading has to tell.
   *
   * @param changed rows that differ from their record, in the order of the reading
   * @param unchanged how many others are new to the feed
   */
  record Differences(List<Row> changed, int unchanged) {}

  /**
   * @param isNew by stamp and cursor key: whether the feed has not read this before
   */
  Differences differences(
      String practice,
      String resource,
      List<Map<String, Object>> rows,
      BiPredicate<Instant, Long> isNew) {
    List<Row> read = rows.stream().map(row -> row(practice, resource, row)).toList();
    Map<Long, String> known =
        records.hashes(practice, resource, read.stream().map(Row::key).distinct().toList());
    List<Row> changed = new ArrayList<>();
    int unchanged = 0;
    for (int i = 0; i < read.size(); i++) {
      Row row = read.get(i);
      if (!row.hash().equals(known.get(row.key()))) {
        changed.add(row);
      } else if (isNew.test(row.stamp(), number(rows.get(i), "cursor_key"))) {
        unchanged++;
      }
    }
    return new Differences(changed, unchanged);
  }

  /** Overlaps and sweeps read rows again; they are counted once. */
  private static boolean isNew(Cursor cursor, Instant stamp, long key) {
    if (cursor.from().isEmpty()) {
      return true;
    }
    Watermark mark = cursor.from().get();
    if (cursor.feed().strategy() == Feed.Strategy.HASH) {
      return false;
    }
    if (cursor.feed().strategy() == Feed.Strategy.KEY) {
      return key > mark.furthestKey();
    }
    // What is ahead of the clock counts when its time has come.
    return !stamp.isAfter(cursor.asOf())
        && (stamp.isAfter(mark.furthest())
            || (stamp.equals(mark.furthest()) && key > mark.furthestKey()));
  }

  private static List<Map<String, Object>> before(Instant end, List<Map<String, Object>> rows) {
    return rows.stream().filter(row -> stamp(row).isBefore(end)).toList();
  }

  private static Watermark before(Instant end, Cursor cursor) {
    return further(cursor, end.minusSeconds(1), Long.MAX_VALUE, true, Long.MAX_VALUE);
  }

  private static Watermark next(Cursor cursor, List<Map<String, Object>> rows) {
    boolean byKey = !cursor.feed().byStamp();
    if (rows.size() < cursor.most()) {
      if (cursor.feed().strategy() == Feed.Strategy.HASH) {
        return new Watermark(cursor.asOf(), 0, false, cursor.asOf(), 0);
      }
      if (cursor.part()) {
        return further(cursor, cursor.until(), cursor.untilKey(), true, cursor.untilKey());
      }
      return byKey
          ? further(cursor, cursor.asOf(), cursor.untilKey(), false, cursor.untilKey())
          : further(cursor, cursor.asOf(), 0, false, Long.MAX_VALUE);
    }
    Map<String, Object> last = rows.get(rows.size() - 1);
    long key = number(last, "cursor_key");
    if (cursor.feed().strategy() == Feed.Strategy.HASH) {
      return new Watermark(cursor.asOf(), key, true, cursor.asOf(), key);
    }
    return further(cursor, byKey ? cursor.asOf() : stamp(last), key, true, key);
  }

  private static Watermark further(
      Cursor cursor, Instant stamp, long key, boolean paging, long reached) {
    boolean isAhead = stamp.isAfter(cursor.asOf());
    Watermark next =
        new Watermark(
            stamp,
            key,
            paging,
            isAhead ? cursor.asOf() : stamp,
            isAhead ? Long.MAX_VALUE : reached);
    boolean isBehind =
        cursor.from().isPresent() && !isNew(cursor, next.furthest(), next.furthestKey());
    return isBehind
        ? new Watermark(
            stamp, key, paging, cursor.from().get().furthest(), cursor.from().get().furthestKey())
        : next;
  }

  /** A row that is gone without a trace. */
  public Row gone(String practice, String resource, long key, Instant at) {
    return new Row(
        practice,
        resource,
        key,
        at,
        true,
        vault.index("row:" + practice + ":" + resource + ":deleted", "gone"),
        Map.of());
  }

  /**
   * @param row with the columns that {@link #page} takes
   */
  public Row row(String practice, String resource, Map<String, Object> row) {
    Map<String, Object> columns = new TreeMap<>(row);
    columns.keySet().removeAll(CURSOR_COLUMNS);
    boolean deleted = row.containsKey("row_deleted");
    return new Row(
        practice,
        resource,
        number(row, "row_key"),
        stamp(row),
        deleted,
        // By resource: several feeds may tell of one row, with the same columns.
        vault.index(
            "row:" + practice + ":" + resource + (deleted ? ":deleted" : ""), text(columns)),
        columns);
  }

  private String text(Map<String, Object> columns) {
    try {
      return json.writeValueAsString(columns);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("A row has a column that is neither text nor number");
    }
  }

  private static Instant stamp(Map<String, Object> row) {
    return Stamp.instant((String) row.get("stamp"));
  }

  private static long number(Map<String, Object> row, String column) {
    return ((Number) row.get(column)).longValue();
  }
}
