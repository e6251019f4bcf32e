package pontic.sandbox;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import pontic.sandbox.database.Practice;

/** Looks into a practice's rows. */
public final class Sql {
  private Sql() {}

  /** The rows as text, their columns joined by '|'. */
  public static List<String> rows(Practice practice, String sql) throws SQLException {
    List<String> values = new ArrayList<>();
    try (Connection connection = practice.dataSource().getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      int columns = rows.getMetaData().getColumnCount();
      while (rows.next()) {
        List<String> row = new ArrayList<>();
        for (int i = 1; i <= columns; i++) {
          row.add(rows.getString(i));
        }
        values.add(String.join("|", row));
      }
    }
    return values;
  }

  /** The only number of the only row. */
  public static long number(Practice practice, String sql) throws SQLException {
    return Long.parseLong(rows(practice, sql).get(0));
  }

  /** Runs a statement. */
  public static void execute(Practice practice, String sql) throws SQLException {
    try (Connection connection = practice.dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
