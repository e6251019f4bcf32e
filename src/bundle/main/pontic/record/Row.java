package pontic.record;

import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * A row of the practice's database as it was read.
 *
 * @param resource what it becomes, as {@link Kind#text}
 * @param stamp when it was last changed, by the database's clock
 * @param deleted the row is gone and this is the trace of it
 * @param hash keyed, over the columns
 * @param columns by name: text, whole numbers, null; dates and times are text as stored, so that a
 *     zero date reads {@code 0000-00-00}
 */
public record Row(
    String practice,
    String resource,
    long key,
    Instant stamp,
    boolean deleted,
    String hash,
    Map<String, Object> columns) {

  public Row {
    columns = Collections.unmodifiableMap(new TreeMap<>(columns));
  }

  /** The PatNum whose order the row keeps, if its columns name one. */
  public OptionalLong patient() {
    return columns.get("PatNum") instanceof Number number
        ? OptionalLong.of(number.longValue())
        : OptionalLong.empty();
  }

  /** Without the columns: they are a patient's. */
  @Override
  public String toString() {
    return practice + " " + resource + " " + key;
  }
}
