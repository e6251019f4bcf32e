package pontic.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * A process that polls one table of each practice once a second and drops what it reads: a
 * connection each, and as many threads as cores.
 *
 * <p>Arguments: JDBC address without database, account, password, file with the statement, then the
 * databases.
 */
public final class Polls {
  private static final String UNTIL = "2038-01-01 00:00:00";

  private Polls() {}

  public static void main(String[] arguments) throws Exception {
    String statement = Files.readString(Path.of(arguments[3]));
    List<String> databases = List.of(arguments).subList(4, arguments.length);
    List<Keyset> keysets = new ArrayList<>();
    for (String database : databases) {
      Connection connection =
          DriverManager.getConnection(
              arguments[0] + database + "?tinyInt1isBit=false&sessionVariables=time_zone='+00:00'",
              arguments[1],
              arguments[2]);
      keysets.add(Keyset.of(connection, statement));
    }
    ScheduledExecutorService timer =
        Executors.newScheduledThreadPool(Runtime.getRuntime().availableProcessors());
    for (int i = 0; i < keysets.size(); i++) {
      Keyset keyset = keysets.get(i);
      timer.scheduleAtFixedRate(
          () -> poll(keyset), 1000L * i / keysets.size(), 1000, TimeUnit.MILLISECONDS);
    }
    System.out.println("polls");
  }

  private static void poll(Keyset keyset) {
    try {
      String since =
          java.time.LocalDateTime.now(java.time.ZoneOffset.UTC)
              .minusSeconds(2)
              .format(java.time.format.DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss"));
      keyset.read(since, Long.MIN_VALUE, UNTIL, 1000);
    } catch (java.sql.SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
