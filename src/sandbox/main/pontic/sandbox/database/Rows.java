package pontic.sandbox.database;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Writes rows given as maps of column to value; values always travel as parameters. */
public final class Rows {
  private static final int PARAMETERS_AT_ONCE = 20_000;

  private Rows() {}

  /**
   * Inserts one row and answers its generated key (0 where the table generates none). The map's
   * keys are column names of the schema, never text from outside.
   */
  public static long insert(Connection connection, String table, Map<String, ?> row)
      throws SQLException {
    String sql = insertSql(table, row.keySet(), 1);
    try (PreparedStatement statement =
        connection.prepareStatement(sql, Statement.RETURN_GENERATED_KEYS)) {
      int i = 0;
      for (Object value : row.values()) {
        statement.setObject(++i, value);
      }
      statement.executeUpdate();
      try (ResultSet keys = statement.getGeneratedKeys()) {
        return keys.next() ? keys.getLong(1) : 0;
      }
    }
  }

  /** Inserts many rows with the same columns, in few statements. */
  public static void insertAll(Connection connection, String table, List<Map<String, Object>> rows)
      throws SQLException {
    if (rows.isEmpty()) {
      return;
    }
    Set<String> columns = rows.get(0).keySet();
    int atOnce = Math.max(1, PARAMETERS_AT_ONCE / columns.size());
    for (int from = 0; from < rows.size(); from += atOnce) {
      List<Map<String, Object>> part = rows.subList(from, Math.min(rows.size(), from + atOnce));
      try (PreparedStatement statement =
          connection.prepareStatement(insertSql(table, columns, part.size()))) {
        int i = 0;
        for (Map<String, Object> row : part) {
          for (String column : columns) {
            statement.setObject(++i, row.get(column));
          }
        }
        statement.executeUpdate();
      }
    }
  }

  private static String insertSql(String table, Set<String> columns, int rows) {
    String marks = "(" + String.join(",", Collections.nCopies(columns.size(), "?")) + ")";
    return "INSERT INTO `"
        + table
        + "` "
        + columns.stream().map(c -> "`" + c + "`").collect(Collectors.joining(",", "(", ")"))
        + " VALUES "
        + String.join(",", Collections.nCopies(rows, marks));
  }
}
