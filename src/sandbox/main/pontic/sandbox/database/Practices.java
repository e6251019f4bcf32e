package pontic.sandbox.database;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;

/** Makes practices on a server, or finds them there again. */
public final class Practices implements AutoCloseable {
  private static final int CONNECTIONS_OF_A_PRACTICE = 8;
  private static final int PRACTICES_AT_ONCE = 8;
  private static final String DONE = "DataBaseVersion";

  private final DatabaseServer server;
  private final Object zones = new Object();
  private final List<HikariDataSource> pools = new ArrayList<>();

  public Practices(DatabaseServer server) {
    this.server = server;
    server.afterHalt(this::dropConnections);
  }

  /**
   * Opens the practice: creates database, tables, people and the account for reading where they are
   * not there yet.
   *
   * @throws IOException if the database is there at another version than planned
   */
  public Practice open(PracticePlan plan) throws IOException, SQLException {
    Schema schema = Schema.at(plan.level());
    try (Connection connection = server.connect("mysql")) {
      synchronized (zones) {
        TimeZones.teach(connection, plan.zone());
      }
    }
    try (Connection connection = server.connect("")) {
      try (Statement statement = connection.createStatement()) {
        statement.execute("SET SESSION sql_mode=''");
      }
      Optional<String> version = version(connection, plan.database());
      if (version.isPresent() && !version.get().equals(plan.programVersion())) {
        throw new IOException(
            "Practice "
                + plan.id()
                + " is in this folder at version "
                + version.get()
                + ", not "
                + plan.programVersion()
                + "; choose another folder with --data");
      }
      if (version.isEmpty()) {
        make(connection, plan, schema, images(plan));
      }
      readAccount(connection, plan);
    }
    HikariDataSource pool = pool(plan);
    synchronized (pools) {
      pools.add(pool);
    }
    return new Practice(
        plan.id(),
        plan.zone(),
        plan.database(),
        plan.customerKey(),
        new AtomicReference<>(new Practice.Edition(plan.programVersion(), schema)),
        images(plan).root(),
        pool);
  }

  private ImageFolder images(PracticePlan plan) {
    return new ImageFolder(server.folder().resolve("images").resolve(plan.id()));
  }

  /**
   * Opens many practices, several at a time.
   *
   * @return them in the order of the plans
   */
  public List<Practice> openAll(List<PracticePlan> plans) throws IOException, SQLException {
    ExecutorService workers = Executors.newFixedThreadPool(PRACTICES_AT_ONCE);
    try {
      List<Future<Practice>> opening =
          plans.stream().map(plan -> workers.submit(() -> open(plan))).toList();
      List<Practice> opened = new ArrayList<>();
      for (Future<Practice> practice : opening) {
        opened.add(practice.get());
      }
      return opened;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof SQLException failed) {
        throw failed;
      }
      throw new IOException(e.getCause().getMessage(), e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("Interrupted while practices were opened", e);
    } finally {
      workers.shutdownNow();
    }
  }

  /** Closes the connections of all practices; the server goes on. */
  @Override
  public void close() {
    synchronized (pools) {
      pools.forEach(HikariDataSource::close);
      pools.clear();
    }
  }

  /** A pool trusts a connection that was used just now; after a halt none can be trusted. */
  private void dropConnections() {
    synchronized (pools) {
      pools.forEach(
          pool -> {
            if (pool.getHikariPoolMXBean() != null) {
              pool.getHikariPoolMXBean().softEvictConnections();
            }
          });
    }
  }

  /** The version of a complete database; empty where there is none or its making was cut off. */
  private static Optional<String> version(Connection connection, String database)
      throws SQLException {
    try (PreparedStatement there =
        connection.prepareStatement(
            "SELECT 1 FROM information_schema.tables"
                + " WHERE TABLE_SCHEMA=? AND TABLE_NAME='preference'")) {
      there.setString(1, database);
      try (ResultSet rows = there.executeQuery()) {
        if (!rows.next()) {
          return Optional.empty();
        }
      }
    }
    try (Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT ValueString FROM `"
                    + database
                    + "`.preference WHERE PrefName='"
                    + DONE
                    + "'")) {
      return rows.next() ? Optional.of(rows.getString(1)) : Optional.empty();
    }
  }

  private static void make(
      Connection connection, PracticePlan plan, Schema schema, ImageFolder images)
      throws IOException, SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("DROP DATABASE IF EXISTS `" + plan.database() + "`");
      statement.execute("CREATE DATABASE `" + plan.database() + "`");
      statement.execute("USE `" + plan.database() + "`");
      statement.execute("SET SESSION time_zone='" + plan.zone().getId() + "'");
    }
    schema.create(connection, plan.engine());
    connection.setAutoCommit(false);
    try {
      new Seed(plan, schema, images).write(connection);
      Map<String, Object> row = new LinkedHashMap<>();
      row.put("PrefName", DONE);
      row.put("ValueString", plan.programVersion());
      row.put("PrefNum", 1L);
      Rows.insert(connection, "preference", row);
      connection.commit();
    } finally {
      connection.setAutoCommit(true);
    }
  }

  private static void readAccount(Connection connection, PracticePlan plan) throws SQLException {
    // These statements take no parameters; with an empty sql_mode backslashes escape.
    String account = "'" + escaped(plan.readAccount()) + "'@'127.0.0.1'";
    String secret = "'" + escaped(plan.readPassword()) + "'";
    try (Statement statement = connection.createStatement()) {
      statement.execute("CREATE USER IF NOT EXISTS " + account + " IDENTIFIED BY " + secret);
      statement.execute("ALTER USER " + account + " IDENTIFIED BY " + secret);
      // An underscore in GRANT is a wildcard for one letter.
      String database = plan.database().replace("_", "\\_");
      statement.execute("GRANT SELECT ON `" + database + "`.* TO " + account);
    }
  }

  private static String escaped(String text) {
    return text.replace("\\", "\\\\").replace("'", "''");
  }

  private HikariDataSource pool(PracticePlan plan) {
    HikariConfig config = new HikariConfig();
    config.setPoolName("sandbox-" + plan.id());
    config.setJdbcUrl(server.jdbcUrl(plan.database()));
    config.setUsername(server.account());
    config.setPassword(server.password());
    config.setConnectionInitSql("SET SESSION sql_mode='', time_zone='" + plan.zone().getId() + "'");
    config.setMinimumIdle(0);
    config.setMaximumPoolSize(CONNECTIONS_OF_A_PRACTICE);
    config.setInitializationFailTimeout(-1);
    config.setConnectionTimeout(10_000);
    return new HikariDataSource(config);
  }
}
