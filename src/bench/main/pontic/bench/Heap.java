package pontic.bench;

import java.lang.management.ManagementFactory;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What stays in memory while very many changes go through. */
final class Heap {
  /** Less than half a page, so that no second is a storm by one batch alone (decision 0180). */
  private static final int BATCH = 400;

  private static final int SAMPLES = 10;
  private static final int MOST_UNDER_WAY = 4_000;
  private static final double MEGABYTE = 1024 * 1024;

  private final Setting setting;
  private final int rows;
  private final int changes;

  /**
   * @param rows of the table
   * @param changes in all
   */
  Heap(Setting setting, int rows, int changes) {
    this.setting = setting;
    this.rows = rows;
    this.changes = changes;
  }

  List<Figure> measure() throws Exception {
    try (Sink sink = Sink.start();
        Office office = Office.open(setting, "heap-office", 1, false)) {
      office.fill(rows);
      try (Product product =
          Product.start(
              setting.home(),
              setting.folder("heap-pontic"),
              office,
              "patient, appointment",
              1000,
              Optional.of(sink.url()))) {
        long before = sink.entries();
        Product.until("all rows are at the hospital", () -> sink.entries() - before >= rows);
        return List.of(figure(office, sink, product));
      }
    }
  }

  private Figure figure(Office office, Sink sink, Product product) throws SQLException {
    List<Double> used = new ArrayList<>();
    long made = 0;
    long arrived = sink.entries();
    long began = System.nanoTime();
    double first = usedAfterCollection();
    try (Connection connection = office.desk().getConnection();
        PreparedStatement move =
            connection.prepareStatement(
                "update appointment set AptDateTime = AptDateTime + interval 5 minute where AptNum > ? and AptNum <= ?")) {
      while (made < changes) {
        long from = made % rows;
        move.setLong(1, from);
        move.setLong(2, from + BATCH);
        made += move.executeUpdate();
        long least = made - MOST_UNDER_WAY;
        Product.until("not too many are under way", () -> sink.entries() - arrived >= least);
        if (made >= (long) changes * (used.size() + 1) / SAMPLES) {
          used.add(usedAfterCollection());
        }
      }
    }
    Product.until("nothing is due", () -> product.count("select count(*) from due") == 0);
    double seconds = (System.nanoTime() - began) / 1e9;
    double last = usedAfterCollection();
    return new Figure(
        "heap",
        "heap that is used after a collection, at each tenth of " + changes + " changes",
        "MB",
        List.of(
            new Figure.Series(
                "pontic",
                "with broker, store, console and this bench in one process",
                new Spread(used))),
        List.of(
            "before the first change %s MB, after the last %s MB"
                .formatted(Table.shown(first), Table.shown(last)),
            "%s changes a second from the office's table to the hospital, %d resources sent"
                .formatted(Table.shown(made / seconds), sink.entries() - arrived),
            "the values are of one life, at each tenth of the changes; table of "
                + rows
                + " rows"));
  }

  private static double usedAfterCollection() {
    // Twice: what the first one has found unreachable and had to be told so is gone by the second.
    System.gc();
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() / MEGABYTE;
  }
}
