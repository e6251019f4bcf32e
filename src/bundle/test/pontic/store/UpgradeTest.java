package pontic.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteDataSource;

/** A store that an earlier version left is brought to this one with its rows, on both databases. */
final class UpgradeTest {
  private static final String ROOT = "classpath:pontic/store/migration/";
  private static final String SCHEMA = "pontic";

  /** Before files stand apart, exams are written whole and senders are answered. */
  private static final String EARLIER = "44";

  private static final String LOG_SEEN = "own_log_seen=";

  /** The log is read without a filter now, so a number of before says nothing (decision 0343). */
  private static final String LOG_AGAIN = "-1";

  @TempDir Path folder;

  @Test
  void anEarlierStoreKeepsItsRowsAndBothDatabasesEndWithTheSameTables() throws Exception {
    SQLiteDataSource file = new SQLiteDataSource();
    file.setUrl("jdbc:sqlite:" + folder.resolve("state.db"));
    Flyway.configure()
        .dataSource(file)
        .locations(ROOT + "common", ROOT + "sqlite")
        .target(EARLIER)
        .load()
        .migrate();
    Map<String, List<String>> sqlite =
        upgraded(file, StoreSettings.embedded(folder), connection -> "main");
    try (EmbeddedPostgres server = EmbeddedPostgres.start()) {
      DataSource database = server.getPostgresDatabase();
      Flyway.configure()
          .dataSource(database)
          .schemas(SCHEMA)
          .locations(ROOT + "common", ROOT + "postgresql")
          .target(EARLIER)
          .load()
          .migrate();
      Map<String, List<String>> postgres =
          upgraded(
              database,
              StoreSettings.postgres(server.getJdbcUrl("postgres", "postgres"), "", "", "one"),
              connection -> SCHEMA);
      assertEquals(sqlite, postgres);
    }
    assertTrue(sqlite.keySet().containsAll(List.of("answer", "half_written", "work_file")));
  }

  /** Which schema the tables of a connection lie in. */
  private interface Where {
    String schema(Connection connection);
  }

  /**
   * Puts a row into each table, opens the store, and finds each row as it was.
   *
   * @return table to its columns, now
   */
  private static Map<String, List<String>> upgraded(
      DataSource database, StoreSettings settings, Where where) throws SQLException {
    Map<String, List<String>> before;
    Map<String, String> rows = new TreeMap<>();
    try (Connection connection = database.getConnection()) {
      String schema = where.schema(connection);
      before = tables(connection, schema);
      for (String table : before.keySet()) {
        fill(connection, schema, table);
        rows.put(table, row(connection, schema, table, before.get(table)));
      }
    }
    rows.computeIfPresent("lane", (lane, row) -> row.replace(LOG_SEEN + "7", LOG_SEEN + LOG_AGAIN));
    Stores.open(settings, KeyVault.fromText(StoreContract.KEYS)).close();
    try (Connection connection = database.getConnection()) {
      String schema = where.schema(connection);
      for (String table : before.keySet()) {
        assertEquals(rows.get(table), row(connection, schema, table, before.get(table)), table);
      }
      assertEquals(
          "holds=all yielded=0",
          row(connection, schema, "work", List.of("holds", "yielded")),
          "work of before waits as it did");
      return tables(connection, schema);
    }
  }

  private static Map<String, List<String>> tables(Connection connection, String schema)
      throws SQLException {
    Map<String, List<String>> tables = new TreeMap<>();
    DatabaseMetaData data = connection.getMetaData();
    try (ResultSet columns = data.getColumns(null, pattern(connection, schema), "%", "%")) {
      while (columns.next()) {
        String table = columns.getString("TABLE_NAME").toLowerCase(Locale.ROOT);
        if (isTable(data, pattern(connection, schema), columns.getString("TABLE_NAME"))) {
          tables
              .computeIfAbsent(table, any -> new ArrayList<>())
              .add(columns.getString("COLUMN_NAME").toLowerCase(Locale.ROOT));
        }
      }
    }
    tables.values().forEach(columns -> columns.sort(null));
    return tables;
  }

  /** SQLite's driver knows no schemas. */
  private static String pattern(Connection connection, String schema) throws SQLException {
    return connection.getMetaData().getURL().startsWith("jdbc:sqlite") ? null : schema;
  }

  private static boolean isTable(DatabaseMetaData data, String schema, String name)
      throws SQLException {
    // Flyway's own, and the database's.
    if (name.startsWith("flyway") || name.startsWith("sqlite")) {
      return false;
    }
    try (ResultSet found = data.getTables(null, schema, name, new String[] {"TABLE"})) {
      return found.next();
    }
  }

  /** Something in each column that needs it. */
  private static void fill(Connection connection, String schema, String table) throws SQLException {
    Map<String, String> values = new TreeMap<>();
    try (ResultSet columns =
        connection.getMetaData().getColumns(null, pattern(connection, schema), table, "%")) {
      while (columns.next()) {
        boolean made = "YES".equals(columns.getString("IS_AUTOINCREMENT"));
        if (!made) {
          boolean text =
              List.of(Types.VARCHAR, Types.CHAR, Types.CLOB, Types.LONGVARCHAR)
                  .contains(columns.getInt("DATA_TYPE"));
          values.put(columns.getString("COLUMN_NAME"), text ? "'of " + table + "'" : "7");
        }
      }
    }
    try (Statement statement = connection.createStatement()) {
      statement.executeUpdate(
          "insert into "
              + schema
              + "."
              + table
              + " ("
              + String.join(", ", values.keySet())
              + ") values ("
              + String.join(", ", values.values())
              + ")");
    }
  }

  private static String row(
      Connection connection, String schema, String table, List<String> columns)
      throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "select " + String.join(", ", columns) + " from " + schema + "." + table)) {
      assertTrue(row.next(), table + " has lost its row");
      List<String> values = new ArrayList<>();
      for (String column : columns) {
        values.add(column + "=" + row.getString(column));
      }
      return values.stream().collect(Collectors.joining(" "));
    }
  }
}
