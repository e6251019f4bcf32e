package pontic.bench;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import pontic.capture.Feed;
import pontic.capture.FeedFiles;
import pontic.sandbox.database.DatabaseServer;
import pontic.sandbox.database.Practice;
import pontic.sandbox.database.PracticePlan;
import pontic.sandbox.database.Practices;
import pontic.sandbox.database.ServerBinaries;

/**
 * The sandbox's database server with practices as Open Dental lays them out, which all contenders
 * read. Each contender has an account of its own, so that the server says what it cost.
 */
final class Office implements AutoCloseable {
  /** The product's; the sandbox makes it. */
  static final String PRODUCT = PracticePlan.READ_ACCOUNT;

  static final String LOOP = "bench_loop";
  static final String BINLOG = "bench_binlog";
  static final String PASSWORD = PracticePlan.READ_PASSWORD;

  /** So few that no second is a storm (decision 0180). */
  private static final int ROWS_A_SECOND = 20;

  private static final int PATIENTS = 20;

  private final DatabaseServer server;
  private final Practices practices;
  private final List<Practice> open;
  private final Path home;

  private Office(DatabaseServer server, Practices practices, List<Practice> open, Path home) {
    this.server = server;
    this.practices = practices;
    this.open = open;
    this.home = home;
  }

  /**
   * @param name of its folder
   * @param count of practices
   * @param binlog whether the server writes the log that some rivals read
   */
  static Office open(Setting setting, String name, int count, boolean binlog) throws Exception {
    return open(setting, name, count, binlog, PATIENTS);
  }

  /** With one practice of so many patients and all their charts. */
  static Office charted(Setting setting, String name, int patients) throws Exception {
    return open(setting, name, 1, false, patients);
  }

  private static Office open(Setting setting, String name, int count, boolean binlog, int patients)
      throws Exception {
    Path folder = setting.folder(name);
    ServerBinaries binaries = ServerBinaries.installed().orElseGet(() -> unpacked(folder));
    List<String> options = new ArrayList<>(binaries.options());
    if (binlog) {
      options.addAll(List.of("--log-bin=bench", "--binlog-format=ROW", "--server-id=1"));
    }
    DatabaseServer server =
        DatabaseServer.start(
            folder,
            0,
            new ServerBinaries(binaries.kind(), binaries.server(), binaries.installer(), options));
    Practices practices = new Practices(server);
    List<PracticePlan> plans =
        count == 1
            ? List.of(PracticePlan.elm(setting.engine(), patients))
            : IntStream.range(0, count)
                .mapToObj(n -> PracticePlan.elm(setting.engine(), patients).as("p" + n, 100 + n))
                .toList();
    Office office = new Office(server, practices, practices.openAll(plans), setting.home());
    office.execute(
        "set global userstat = 1",
        "create or replace user " + LOOP + "@'127.0.0.1' identified by '" + PASSWORD + "'",
        "grant select on *.* to " + LOOP + "@'127.0.0.1'",
        "create or replace user " + BINLOG + "@'127.0.0.1' identified by '" + PASSWORD + "'",
        "grant select, reload, lock tables, show databases, replication slave, binlog monitor on *.* to "
            + BINLOG
            + "@'127.0.0.1'");
    return office;
  }

  private static ServerBinaries unpacked(Path folder) {
    try {
      return ServerBinaries.artefact(Files.createDirectories(folder));
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  List<Practice> practices() {
    return open;
  }

  /** The first one's id. */
  String practice() {
    return open.get(0).id();
  }

  int port() {
    return server.port();
  }

  String url(String practice) {
    return "jdbc:mariadb://127.0.0.1:" + port() + "/" + database(practice);
  }

  private String database(String practice) {
    return open.stream()
        .filter(each -> each.id().equals(practice))
        .findFirst()
        .orElseThrow()
        .database();
  }

  /** Connections that read as the product's do: stamps in UTC, small integers as numbers. */
  HikariDataSource reader(String account, String practice) {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(url(practice));
    config.setUsername(account);
    config.setPassword(PASSWORD);
    config.setReadOnly(true);
    config.setMaximumPoolSize(1);
    config.addDataSourceProperty("sessionVariables", "time_zone='+00:00'");
    config.addDataSourceProperty("tinyInt1isBit", "false");
    return new HikariDataSource(config);
  }

  /**
   * So many booked appointments, keys from 1, their stamps in the order of their keys and all of
   * them past.
   */
  void fill(int rows) throws SQLException {
    execute(
        "truncate table appointment",
        "truncate table histappointment",
        "alter table appointment disable keys",
        "insert into appointment (AptNum, PatNum, AptStatus, Pattern, ProvNum, Op, AptDateTime, SecDateTEntry, DateTStamp)"
            + " select seq, 1 + mod(seq, "
            + PATIENTS
            + "), 1, '/XXXX/', 1, 1, date('2026-01-05') + interval 480 + 10 * mod(seq, 48) minute"
            + " + interval mod(seq, 300) day, '2025-12-01 09:00:00',"
            + " now() - interval 7200 second - interval ("
            + rows
            + " - seq) div "
            + ROWS_A_SECOND
            + " second from seq_1_to_"
            + rows,
        "alter table appointment enable keys",
        "analyze table appointment");
  }

  /** The time of its practice's wall clock at which an appointment begins becomes another. */
  static void move(Connection connection, long appointment) throws SQLException {
    try (PreparedStatement move =
        connection.prepareStatement(
            "update appointment set AptDateTime = AptDateTime + interval 5 minute where AptNum = ?")) {
      move.setLong(1, appointment);
      move.executeUpdate();
    }
  }

  /** With all rights. */
  DataSource desk() {
    return open.get(0).dataSource();
  }

  void execute(String... statements) throws SQLException {
    try (Connection connection = desk().getConnection();
        Statement statement = connection.createStatement()) {
      for (String one : statements) {
        statement.execute(one);
      }
    }
  }

  /** The statement by which the product captures a feed here, with names for parameters. */
  String statement(String feed) throws SQLException {
    Set<String> columns = new HashSet<>();
    try (Connection connection = desk().getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "select concat(table_name, '.', column_name) from information_schema.columns where table_schema = database()")) {
      while (rows.next()) {
        columns.add(rows.getString(1).toLowerCase(Locale.ROOT));
      }
    }
    Feed found =
        FeedFiles.load(home.resolve("sql/capture")).stream()
            .filter(each -> each.name().equals(feed))
            .findFirst()
            .orElseThrow();
    return found.statement(columns);
  }

  /**
   * What the server says of an account since it started.
   *
   * @param busySeconds in which it carried out what the account asked
   * @param selects that it asked
   * @param read rows that were looked at
   * @param sent rows that were sent
   */
  record Cost(double busySeconds, long selects, long read, long sent) {
    Cost since(Cost before) {
      return new Cost(
          busySeconds - before.busySeconds,
          selects - before.selects,
          read - before.read,
          sent - before.sent);
    }
  }

  Cost cost(String account) throws SQLException {
    try (Connection connection = desk().getConnection();
        PreparedStatement statement =
            connection.prepareStatement(
                "select coalesce(sum(busy_time), 0), coalesce(sum(select_commands), 0), coalesce(sum(rows_read), 0),"
                    + " coalesce(sum(rows_sent), 0) from information_schema.user_statistics where user = ?")) {
      statement.setString(1, account);
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        return new Cost(row.getDouble(1), row.getLong(2), row.getLong(3), row.getLong(4));
      }
    }
  }

  /** Connections that an account has open now. */
  int connections(String account) throws SQLException {
    try (Connection connection = desk().getConnection();
        PreparedStatement statement =
            connection.prepareStatement(
                "select count(*) from information_schema.processlist where user = ?")) {
      statement.setString(1, account);
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        return row.getInt(1);
      }
    }
  }

  @Override
  public void close() {
    practices.close();
    server.close();
  }
}
