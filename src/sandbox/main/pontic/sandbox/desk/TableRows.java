package pontic.sandbox.desk;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import pontic.sandbox.database.Practice;
import pontic.sandbox.database.Rows;
import pontic.sandbox.database.SecurityLog;
import pontic.sandbox.database.Table;

/** Single rows of any table through one connection; column names are checked against the schema. */
final class TableRows {
  private static final LocalDateTime NONE = LocalDateTime.of(1, 1, 1, 0, 0);

  private final Practice practice;
  private final Connection connection;

  TableRows(Practice practice, Connection connection) {
    this.practice = practice;
    this.connection = connection;
  }

  Table table(String name) {
    return practice
        .schema()
        .find(name)
        .orElseThrow(
            () -> new DeskException("Practice " + practice.id() + " has no table '" + name + "'"));
  }

  /** Inserts a row, empty but for the columns; the key is the database's unless it is given. */
  long insert(String name, Map<String, ?> columns) throws SQLException {
    Table table = table(name);
    Map<String, Object> row = table.emptyRow();
    known(table, columns.keySet());
    row.putAll(columns);
    long generated = Rows.insert(connection, name, row);
    return columns.get(table.primaryKey()) instanceof Number given ? given.longValue() : generated;
  }

  /** As {@link #insert}, with the columns that tell who made the row and when. */
  long make(String name, Map<String, ?> columns) throws SQLException {
    Table table = table(name);
    Map<String, Object> row = new LinkedHashMap<>();
    for (String column : List.of("SecDateTEntry", "SecDateEntry", "DateTEntry")) {
      if (table.has(column)) {
        row.put(column, practice.now());
      }
    }
    if (table.has("SecUserNumEntry")) {
      row.put("SecUserNumEntry", FrontDesk.USER);
    }
    row.putAll(columns);
    return insert(name, row);
  }

  void update(String name, long key, Map<String, ?> columns) throws SQLException {
    Table table = table(name);
    if (columns.isEmpty()) {
      throw new DeskException("Name at least one column of " + name);
    }
    known(table, columns.keySet());
    require(name, key);
    List<Object> values = new ArrayList<>(columns.values());
    values.add(key);
    run(
        "UPDATE `%s` SET %s WHERE `%s`=?"
            .formatted(
                name,
                columns.keySet().stream()
                    .map(c -> "`" + c + "`=?")
                    .collect(Collectors.joining(",")),
                table.primaryKey()),
        values.toArray());
  }

  void delete(String name, long key) throws SQLException {
    require(name, key);
    run("DELETE FROM `%s` WHERE `%s`=?".formatted(name, table(name).primaryKey()), key);
  }

  /** Number of rows that changed. */
  int run(String sql, Object... values) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < values.length; i++) {
        statement.setObject(i + 1, values[i]);
      }
      return statement.executeUpdate();
    }
  }

  /** First columns of the rows, as text; NULL as empty text. */
  List<String> texts(String sql, Object... values) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < values.length; i++) {
        statement.setObject(i + 1, values[i]);
      }
      List<String> found = new ArrayList<>();
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          found.add(Optional.ofNullable(rows.getString(1)).orElse(""));
        }
      }
      return found;
    }
  }

  /** A column of a row. */
  String text(String name, String column, long key) throws SQLException {
    return texts(
            "SELECT `%s` FROM `%s` WHERE `%s`=?".formatted(column, name, table(name).primaryKey()),
            key)
        .stream()
        .findFirst()
        .orElseThrow(() -> new DeskException("There is no " + name + " " + key));
  }

  long number(String name, String column, long key) throws SQLException {
    return Long.parseLong(text(name, column, key));
  }

  void require(String name, long key) throws SQLException {
    text(name, table(name).primaryKey(), key);
  }

  /** The row's patient; 0 where the table has none. */
  long patient(String name, long key) throws SQLException {
    return table(name).has("PatNum") ? number(name, "PatNum", key) : 0;
  }

  /** When the server last saw the row change; 0001-01-01 where the table does not say. */
  LocalDateTime stamp(String name, long key) throws SQLException {
    for (String column : List.of("DateTStamp", "SecDateTEdit")) {
      if (table(name).has(column)) {
        String at = text(name, column, key);
        return at.isEmpty() ? NONE : LocalDateTime.parse(at.substring(0, 19).replace(' ', 'T'));
      }
    }
    return NONE;
  }

  /** Writes an audit entry; type 0 writes none. */
  void log(int type, long patient, long key, LocalDateTime previous, String text)
      throws SQLException {
    if (type > 0) {
      new SecurityLog(practice.schema())
          .write(
              connection,
              type,
              patient,
              key,
              practice.now(),
              FrontDesk.USER,
              SecurityLog.SOURCE_NONE,
              previous,
              text);
    }
  }

  private static void known(Table table, Collection<String> columns) {
    for (String column : columns) {
      if (!table.has(column)) {
        throw new DeskException("Table " + table.name() + " has no column '" + column + "'");
      }
    }
  }
}
