package pontic.bench;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A statement of the product carried out by JDBC alone: what the same pages cost at the least. */
final class Keyset implements AutoCloseable {
  private static final Pattern NAME = Pattern.compile(":#(\\w+)");

  private final PreparedStatement statement;
  private final List<String> names;

  private Keyset(PreparedStatement statement, List<String> names) {
    this.statement = statement;
    this.names = names;
  }

  /**
   * @param text with names for parameters, as {@link Office#statement} gives it
   */
  static Keyset of(Connection connection, String text) throws SQLException {
    List<String> names = new ArrayList<>();
    Matcher name = NAME.matcher(text);
    while (name.find()) {
      names.add(name.group(1));
    }
    return new Keyset(connection.prepareStatement(NAME.matcher(text).replaceAll("?")), names);
  }

  List<Map<String, Object>> read(String since, long afterKey, String until, int most)
      throws SQLException {
    Map<String, Object> values =
        Map.of("since", since, "after_key", afterKey, "until", until, "most", most);
    for (int i = 0; i < names.size(); i++) {
      statement.setObject(i + 1, values.get(names.get(i)));
    }
    List<Map<String, Object>> page = new ArrayList<>();
    try (ResultSet rows = statement.executeQuery()) {
      ResultSetMetaData columns = rows.getMetaData();
      while (rows.next()) {
        Map<String, Object> row = new LinkedHashMap<>();
        for (int i = 1; i <= columns.getColumnCount(); i++) {
          row.put(columns.getColumnLabel(i), rows.getObject(i));
        }
        page.add(row);
      }
    }
    return page;
  }

  @Override
  public void close() throws SQLException {
    statement.close();
  }
}
