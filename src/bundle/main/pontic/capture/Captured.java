package pontic.capture;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
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
  private final ObjectMapper json = new ObjectMapper();

  public Captured(Records records, Vault vault) {
    this.records = records;
    this.vault = vault;
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
    List<Row> read = rows.stream().map(row -> row(cursor, row)).toList();
    Map<Long, String> known =
        records.hashes(
            cursor.practice(), cursor.resource(), read.stream().map(Row::key).distinct().toList());
    List<Row> changed = new ArrayList<>();
    int unchanged = 0;
    for (Row row : read) {
      if (!row.hash().equals(known.get(row.key()))) {
        changed.add(row);
      } else if (isNew(cursor, row.stamp())) {
        unchanged++;
      }
    }
    return new Page(
        cursor.practice(), cursor.feed(), cursor.from(), next(cursor, rows), changed, unchanged);
  }

  private static boolean isNew(Cursor cursor, Instant stamp) {
    return cursor.from().map(mark -> stamp.isAfter(mark.stamp())).orElse(true);
  }

  private static Watermark next(Cursor cursor, List<Map<String, Object>> rows) {
    if (rows.size() < cursor.most()) {
      return new Watermark(cursor.until(), 0, false);
    }
    Map<String, Object> last = rows.get(rows.size() - 1);
    return new Watermark(stamp(last), number(last, "cursor_key"), true);
  }

  private Row row(Cursor cursor, Map<String, Object> row) {
    Map<String, Object> columns = new TreeMap<>(row);
    columns.keySet().removeAll(CURSOR_COLUMNS);
    return new Row(
        cursor.practice(),
        cursor.resource(),
        number(row, "row_key"),
        stamp(row),
        row.containsKey("row_deleted"),
        vault.index("row:" + cursor.practice() + ":" + cursor.feed(), text(columns)),
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
