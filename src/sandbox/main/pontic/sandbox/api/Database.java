package pontic.sandbox.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import javax.sql.DataSource;

/**
 * SQL of one practice. Knows which columns the practice's schema level has; every value is a
 * parameter.
 */
final class Database {
  private static final String EMPTY_DATE = "0001-01-01";

  private record Column(String type, boolean mustBeGiven) {}

  private final DataSource source;
  private final Map<String, Map<String, Column>> tables = new ConcurrentHashMap<>();
  private final AtomicReference<String> version = new AtomicReference<>("");

  Database(DataSource source) {
    this.source = source;
  }

  /** Forgets the columns when the office has another version than before. */
  void atVersion(String now) {
    if (!version.getAndSet(now).equals(now)) {
      tables.clear();
    }
  }

  List<Row> query(String sql, Object... values) throws SQLException {
    return query(sql, List.of(values));
  }

  List<Row> query(String sql, List<?> values) throws SQLException {
    try (Connection connection = source.getConnection();
        PreparedStatement statement = connection.prepareStatement(sql)) {
      bind(statement, values);
      try (ResultSet result = statement.executeQuery()) {
        ResultSetMetaData meta = result.getMetaData();
        List<Row> rows = new ArrayList<>();
        while (result.next()) {
          Map<String, Optional<String>> row = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
          for (int i = 1; i <= meta.getColumnCount(); i++) {
            row.put(meta.getColumnLabel(i), Optional.ofNullable(result.getString(i)));
          }
          rows.add(new Row(Collections.unmodifiableMap(row)));
        }
        return rows;
      }
    }
  }

  /** Rows as they are: numbers as numbers, times with a T. */
  ArrayNode raw(String sql, long offset, int most) throws SQLException {
    ArrayNode rows = JsonNodeFactory.instance.arrayNode();
    try (Connection connection = source.getConnection();
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      ResultSetMetaData meta = result.getMetaData();
      for (long row = 0; rows.size() < most && result.next(); row++) {
        if (row >= offset) {
          ObjectNode json = rows.addObject();
          for (int i = 1; i <= meta.getColumnCount(); i++) {
            raw(json, meta.getColumnLabel(i), meta.getColumnType(i), result.getString(i));
          }
        }
      }
    }
    return rows;
  }

  private static void raw(ObjectNode json, String name, int type, String value) {
    if (value == null) {
      json.putNull(name);
      return;
    }
    switch (type) {
      case Types.BIT, Types.BOOLEAN ->
          json.put(name, value.equals("1") || value.equals("true") ? 1 : 0);
      case Types.TINYINT, Types.SMALLINT, Types.INTEGER, Types.BIGINT ->
          json.put(name, Long.parseLong(value));
      case Types.REAL, Types.FLOAT, Types.DOUBLE, Types.DECIMAL, Types.NUMERIC ->
          json.put(name, new BigDecimal(value));
      case Types.TIMESTAMP -> json.put(name, value.substring(0, 19).replace(' ', 'T'));
      case Types.DATE -> json.put(name, value + "T00:00:00");
      default -> json.put(name, value);
    }
  }

  Optional<Row> one(String sql, Object... values) throws SQLException {
    return query(sql, values).stream().findFirst();
  }

  int update(String sql, List<?> values) throws SQLException {
    try (Connection connection = source.getConnection();
        PreparedStatement statement = connection.prepareStatement(sql)) {
      bind(statement, values);
      return statement.executeUpdate();
    }
  }

  /**
   * Changes the named columns of one row; the change stamp moves even when every value is as before
   * (checklist 9).
   */
  void change(String table, String keyColumn, long key, Map<String, ?> values) throws SQLException {
    Map<String, ?> known = known(table, values);
    List<String> sets =
        known.keySet().stream()
            .map(column -> "`" + column + "` = ?")
            .collect(Collectors.toCollection(ArrayList::new));
    if (has(table, "DateTStamp")) {
      sets.add("DateTStamp = current_timestamp");
    }
    List<Object> parameters = new ArrayList<>(known.values());
    parameters.add(key);
    update(
        "update `" + table + "` set " + String.join(", ", sets) + " where `" + keyColumn + "` = ?",
        parameters);
  }

  /**
   * Inserts a row; columns that this schema level does not have are left out, columns that must be
   * given and are not get Open Dental's empty value (0, empty text, 0001-01-01).
   *
   * @return the key that the database gave
   */
  long insert(String table, Map<String, ?> values) throws SQLException {
    Map<String, Object> row = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    columns(table)
        .forEach(
            (name, column) -> {
              if (column.mustBeGiven()) {
                row.put(name, emptyValue(column.type()));
              }
            });
    row.putAll(known(table, values));
    String names =
        row.keySet().stream().map(name -> "`" + name + "`").collect(Collectors.joining(", "));
    String marks = String.join(", ", Collections.nCopies(row.size(), "?"));
    try (Connection connection = source.getConnection();
        PreparedStatement statement =
            connection.prepareStatement(
                "insert into `" + table + "` (" + names + ") values (" + marks + ")",
                Statement.RETURN_GENERATED_KEYS)) {
      bind(statement, new ArrayList<>(row.values()));
      statement.executeUpdate();
      try (ResultSet keys = statement.getGeneratedKeys()) {
        return keys.next() ? keys.getLong(1) : 0;
      }
    }
  }

  boolean has(String table, String column) throws SQLException {
    return columns(table).containsKey(column);
  }

  boolean has(String table) throws SQLException {
    return !columns(table).isEmpty();
  }

  /** Columns that two tables have in common. */
  List<String> shared(String table, String other) throws SQLException {
    Map<String, Column> others = columns(other);
    return columns(table).keySet().stream().filter(others::containsKey).toList();
  }

  private Map<String, ?> known(String table, Map<String, ?> values) throws SQLException {
    Map<String, Column> columns = columns(table);
    Map<String, Object> known = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    values.forEach(
        (name, value) -> {
          if (columns.containsKey(name)) {
            known.put(name, value);
          }
        });
    return known;
  }

  private Map<String, Column> columns(String table) throws SQLException {
    Map<String, Column> cached = tables.get(table);
    if (cached != null) {
      return cached;
    }
    Map<String, Column> columns = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    for (Row row :
        query(
            "select column_name as n, data_type as t, is_nullable as u, column_default as d, extra as e"
                + " from information_schema.columns where table_schema = database() and table_name = ?",
            table)) {
      boolean generated = row.text("e").toLowerCase(Locale.ROOT).contains("auto_increment");
      boolean given = row.text("u").equals("NO") && row.text("d").isEmpty() && !generated;
      columns.put(row.text("n"), new Column(row.text("t").toLowerCase(Locale.ROOT), given));
    }
    if (!columns.isEmpty()) {
      tables.put(table, columns);
    }
    return columns;
  }

  private static Object emptyValue(String type) {
    return switch (type) {
      case "date" -> EMPTY_DATE;
      case "datetime" -> EMPTY_DATE + " 00:00:00";
      case "time" -> "00:00:00";
      case "char", "varchar", "text", "mediumtext", "longtext" -> "";
      default -> 0;
    };
  }

  private static void bind(PreparedStatement statement, List<?> values) throws SQLException {
    for (int i = 0; i < values.size(); i++) {
      statement.setObject(i + 1, values.get(i));
    }
  }
}
