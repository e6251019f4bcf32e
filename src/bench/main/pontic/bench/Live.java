package pontic.bench;

import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.springframework.jdbc.core.simple.JdbcClient;

/** While nothing happens at an office, and while somebody works there. */
final class Live {
  private static final int RATE = 25;
  private static final Duration IDLE = Duration.ofSeconds(5);

  private final Setting setting;
  private final int rows;
  private final int changes;

  /**
   * @param rows of the table
   * @param changes of each round
   */
  Live(Setting setting, int rows, int changes) {
    this.setting = setting;
    this.rows = rows;
    this.changes = changes;
  }

  /** Whoever reads the office and posts to the hospital, until it is closed. */
  private interface Reader {
    AutoCloseable start(long interval) throws Exception;
  }

  /** What one poll costs while nothing changes, and how the server goes about it. */
  List<Figure> idle() throws Exception {
    try (Sink sink = Sink.start();
        Office office = open("idle-office", false)) {
      Path folder = loaded(office, "idle-pontic", sink);
      String statement = office.statement("appointment");
      Contest.Turn loop =
          () ->
              idle(
                  office,
                  sink,
                  Office.LOOP,
                  1,
                  interval -> Loop.start(office, Duration.ofMillis(interval), sink.url()));
      Contest.Turn pontic =
          () ->
              idle(
                  office,
                  sink,
                  Office.PRODUCT,
                  2,
                  interval ->
                      Product.start(
                          setting.home(),
                          folder,
                          office,
                          "appointment",
                          interval,
                          Optional.of(sink.url())));
      Map<String, List<Figure.Series>> series =
          setting
              .contest()
              .play(
                  List.of(
                      new Contest.Contender(
                          "pontic",
                          "per poll the office's clock and version, then the feed's statement with its overlap of 5 s",
                          pontic),
                      new Contest.Contender(
                          "bare loop",
                          "the feed's statement alone, prepared once, overlap of 2 s",
                          loop)));
      List<String> notes = new ArrayList<>();
      notes.add(
          "table of "
              + rows
              + " rows, a poll each 100 ms, "
              + IDLE.toSeconds()
              + " s a round; time as the server counts it for the account (user_statistics)");
      notes.add("plan of appointment (index on its stamp): " + plan(office, statement));
      notes.add(
          "plan of patient (no index on its stamp, "
              + "read more rarely by the budget): "
              + plan(office, office.statement("patient")));
      return List.of(
          new Figure(
              "idle-poll",
              "the server's time for a poll that finds nothing",
              "ms",
              series.get("ms a poll"),
              notes),
          new Figure(
              "idle-second",
              "the server's time in a second in which nothing changes",
              "ms/s",
              series.get("ms a second"),
              List.of()));
    }
  }

  private Map<String, Double> idle(
      Office office, Sink sink, String account, int selects, Reader reader) throws Exception {
    try (AutoCloseable running = reader.start(100)) {
      new Desk(office, sink, rows).untilItCame();
      // Until the change is behind every overlap.
      LockSupport.parkNanos(Duration.ofSeconds(7).toNanos());
      Office.Cost before = office.cost(account);
      long began = System.nanoTime();
      LockSupport.parkNanos(IDLE.toNanos());
      Office.Cost cost = office.cost(account).since(before);
      double seconds = (System.nanoTime() - began) / 1e9;
      double polls = (double) cost.selects() / selects;
      Map<String, Double> told = new LinkedHashMap<>();
      told.put("ms a poll", 1000 * cost.busySeconds() / polls);
      told.put("ms a second", 1000 * cost.busySeconds() / seconds);
      told.put("polls a second", polls / seconds);
      return told;
    }
  }

  /** As the server plans it for a poll that finds nothing: table, way, index, rows. */
  private String plan(Office office, String statement) throws SQLException {
    List<String> lines = new ArrayList<>();
    JdbcClient.create(office.desk())
        .sql("explain " + statement.replace(":#", ":"))
        .params(
            Map.of(
                "since",
                "2037-12-30 00:00:00",
                "after_key",
                0,
                "until",
                "2037-12-31 00:00:00",
                "most",
                1000))
        .query(
            row -> {
              if (row.getString("table") != null) {
                lines.add(
                    "%s %s %s %s"
                        .formatted(
                            row.getString("table"),
                            row.getString("type"),
                            Optional.ofNullable(row.getString("key")).orElse("-"),
                            row.getString("rows")));
              }
            });
    return String.join("; ", lines);
  }

  /** From the commit at the office until the hospital has it, and what that costs the office. */
  List<Figure> latency() throws Exception {
    List<Figure> figures = new ArrayList<>();
    try (Sink sink = Sink.start();
        Office office = open("latency-office", setting.debezium())) {
      Path folder = loaded(office, "latency-pontic", sink);
      Desk desk = new Desk(office, sink, rows);
      for (long interval : List.of(100L, 1000L)) {
        figures.addAll(latency(office, sink, desk, folder, interval));
      }
    }
    return figures;
  }

  private List<Figure> latency(Office office, Sink sink, Desk desk, Path folder, long interval)
      throws Exception {
    List<Contest.Contender> contenders = new ArrayList<>();
    contenders.add(
        contender(
            "pontic",
            "stored before it is sent, sent by token and lease, acknowledged; misses nothing",
            office,
            desk,
            Office.PRODUCT,
            interval,
            each ->
                Product.start(
                    setting.home(), folder, office, "appointment", each, Optional.of(sink.url()))));
    contenders.add(
        contender(
            "bare loop",
            "the same interval, overlap of 2 s, posts what it reads; stores nothing, so a restart or a hospital that is away loses",
            office,
            desk,
            Office.LOOP,
            interval,
            each -> Loop.start(office, Duration.ofMillis(each), sink.url())));
    if (setting.debezium()) {
      contenders.add(
          contender(
              "Debezium, poll 500 ms",
              "its default poll.interval.ms; needs a row log and a replication account; posts what it reads, keeps its offset",
              office,
              desk,
              Office.BINLOG,
              500,
              each -> Debezium.stream(setting, office, each, sink.url())));
      contenders.add(
          contender(
              "Debezium, poll 50 ms",
              "the same, tuned",
              office,
              desk,
              Office.BINLOG,
              50,
              each -> Debezium.stream(setting, office, each, sink.url())));
    }
    Map<String, List<Figure.Series>> series = setting.contest().play(contenders);
    String at = "-at-" + interval + "-ms";
    String notes =
        changes
            + " changes of one row a round, about "
            + RATE
            + " a second at times that follow no clock, table of "
            + rows
            + " rows";
    return List.of(
        new Figure(
            "latency-p50" + at,
            "commit at the office until the hospital has it, half of the changes",
            "ms",
            series.get("p50 ms"),
            List.of(notes)),
        new Figure(
            "latency-p99" + at,
            "the same, 99 of 100 changes",
            "ms",
            series.get("p99 ms"),
            List.of()),
        new Figure(
            "database-time" + at,
            "the server's time for 1000 changes at that rate, idle polls between them included",
            "ms",
            series.get("database ms per 1000"),
            List.of(
                "as the server counts it for the account; a log that is streamed is not in its counts",
                "rows read for one change: "
                    + series.get("rows read per change").stream()
                        .map(each -> each.contender() + " " + Table.shown(each.spread().median()))
                        .toList())));
  }

  private Contest.Contender contender(
      String name,
      String does,
      Office office,
      Desk desk,
      String account,
      long interval,
      Reader reader) {
    return new Contest.Contender(
        name,
        does,
        () -> {
          try (AutoCloseable running = reader.start(interval)) {
            desk.untilItCame();
            // What a start reads again is read.
            LockSupport.parkNanos(Duration.ofSeconds(2).toNanos());
            Office.Cost before = office.cost(account);
            Spread waits = new Spread(desk.work(changes, RATE));
            Office.Cost cost = office.cost(account).since(before);
            Map<String, Double> told = new LinkedHashMap<>();
            told.put("p50 ms", waits.median());
            told.put("p99 ms", waits.quantile(0.99));
            // A log that is streamed is not in the server's counts.
            if (cost.selects() > 0) {
              told.put("database ms per 1000", 1e6 * cost.busySeconds() / changes);
              told.put("rows read per change", (double) cost.read() / changes);
            }
            return told;
          }
        });
  }

  private Office open(String folder, boolean binlog) throws Exception {
    Office office = Office.open(setting, folder, 1, binlog);
    office.fill(rows);
    return office;
  }

  /** A data folder of the product that has read and sent the whole table. */
  private Path loaded(Office office, String name, Sink sink) throws Exception {
    Path folder = setting.folder(name);
    long before = sink.entries();
    try (Product product =
        Product.start(
            // An appointment waits for its patient (decision 0128).
            setting.home(), folder, office, "patient, appointment", 100, Optional.of(sink.url()))) {
      Product.until("all rows are at the hospital", () -> sink.entries() - before >= rows);
      Product.until("nothing is due", () -> product.count("select count(*) from due") == 0);
    }
    return folder;
  }
}
