package pontic.sandbox.database;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Rows that a seed has thought of, kept until they are written all at once. Keys go on from what
 * the tables hold.
 */
final class SeedRows {
  /** Knows every column that the seed may name, whatever the practice's level. */
  private static final SchemaLevel NEWEST = new SchemaLevel(99, 0);

  private final Schema schema;
  private final Set<String> otherLevels = new HashSet<>();
  private final Map<String, Long> lastKeys = new LinkedHashMap<>();
  private final Map<String, List<Map<String, Object>>> rows = new LinkedHashMap<>();

  /** One row; empty columns hold what Open Dental writes there with nothing to say. */
  final class Line {
    private final Table table;
    private final Map<String, Object> row;

    private Line(Table table, Map<String, Object> row) {
      this.table = table;
      this.row = row;
    }

    /** Sets a column; one that this level does not have yet or any more is left out. */
    Line with(String column, Object value) {
      if (table.has(column)) {
        row.put(column, value);
      } else if (otherLevels.add(table.name() + "." + column)
          && !Schema.at(NEWEST).table(table.name()).has(column)) {
        throw new IllegalArgumentException("No " + table.name() + " has a column " + column);
      }
      return this;
    }

    long key() {
      return ((Number) row.get(table.primaryKey())).longValue();
    }

    Object get(String column) {
      return row.get(column);
    }
  }

  /**
   * @param filled tables with rows of an earlier seed
   */
  SeedRows(Connection connection, Schema schema, List<String> filled) throws SQLException {
    this.schema = schema;
    for (String name : filled) {
      String sql = "SELECT COALESCE(MAX(" + schema.table(name).primaryKey() + "),0) FROM " + name;
      try (PreparedStatement statement = connection.prepareStatement(sql);
          ResultSet found = statement.executeQuery()) {
        found.next();
        lastKeys.put(name, found.getLong(1));
      }
    }
  }

  /** A new row with the table's next key. */
  Line add(String table) {
    return add(table, lastKeys.merge(table, 1L, Long::sum));
  }

  /** A new row with this key; the keys of others do not go on from it. */
  Line add(String name, long key) {
    Table table = schema.table(name);
    Map<String, Object> row = table.emptyRow();
    row.put(table.primaryKey(), key);
    rows.computeIfAbsent(name, t -> new ArrayList<>()).add(row);
    return new Line(table, row);
  }

  /** Writes what was added. */
  void write(Connection connection) throws SQLException {
    for (Map.Entry<String, List<Map<String, Object>>> table : rows.entrySet()) {
      Rows.insertAll(connection, table.getKey(), table.getValue());
    }
  }
}
