package pontic.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/** Many practices that one process polls, while nothing happens at any of them. */
final class Town {
  private static final String CORE =
      "patient, patient-merged, appointment, appointment-broken, appointment-deleted, provider, operatory";
  private static final Duration WINDOW = Duration.ofSeconds(10);
  private static final Duration SETTLED = Duration.ofSeconds(60);

  private final Setting setting;
  private final int practices;
  private final int windows;

  /**
   * @param windows that are looked at in the life of each process
   */
  Town(Setting setting, int practices, int windows) {
    this.setting = setting;
    this.practices = practices;
    this.windows = windows;
  }

  List<Figure> measure() throws Exception {
    Map<String, List<Figure.Series>> series = new LinkedHashMap<>();
    try (Office office = Office.open(setting, "town-office", practices, false)) {
      add(
          series,
          "pontic, core feeds",
          "seven feeds of each practice (patients, appointments, providers, operatories, breaks, deletes, merges) within the default share of 1 %",
          pontic(office, CORE, 7));
      add(
          series,
          "pontic, one feed",
          "appointments of each practice each second",
          pontic(office, "appointment", 1));
      add(
          series,
          "bare loops",
          "appointments of each practice each second, a connection each; stores nothing",
          loops(office));
    }
    List<Figure> figures = new ArrayList<>();
    series.forEach(
        (name, of) ->
            figures.add(
                new Figure(
                    "practices-" + name.replaceAll("[^a-z]+", "-"),
                    name + ", " + practices + " practices that are idle in one process",
                    name.replaceAll(".*\\((.*)\\)", "$1"),
                    of,
                    List.of(
                        "one life of each, one after the other; "
                            + windows
                            + " windows of "
                            + WINDOW.toSeconds()
                            + " s in it"))));
    return figures;
  }

  private static void add(
      Map<String, List<Figure.Series>> series,
      String name,
      String does,
      Map<String, List<Double>> values) {
    values.forEach(
        (what, of) ->
            series
                .computeIfAbsent(what, key -> new ArrayList<>())
                .add(new Figure.Series(name, does, new Spread(of))));
  }

  private Map<String, List<Double>> pontic(Office office, String feeds, int count)
      throws Exception {
    Path folder = setting.folder("town-pontic");
    Path config = Product.config(setting.home(), folder, office, feeds, 1, Optional.empty());
    Path store = folder.resolve("data/store/state.db");
    try (OwnProcess process = OwnProcess.pontic(setting, folder, config, Product.flags(1000))) {
      Product.until("all tables are read", () -> read(store) >= (long) count * practices);
      return windows(process, office, Office.PRODUCT);
    }
  }

  private Map<String, List<Double>> loops(Office office) throws Exception {
    Path folder = setting.folder("town-loops");
    Path statement = Files.writeString(folder.resolve("rows.sql"), office.statement("appointment"));
    List<String> arguments = new ArrayList<>();
    arguments.addAll(
        List.of(
            "pontic.bench.Polls",
            "jdbc:mariadb://127.0.0.1:" + office.port() + "/",
            Office.LOOP,
            Office.PASSWORD,
            statement.toString()));
    office.practices().forEach(each -> arguments.add(each.database()));
    try (OwnProcess process = OwnProcess.start(setting, folder, arguments, "polls")) {
      return windows(process, office, Office.LOOP);
    }
  }

  private static long read(Path store) {
    try (Connection connection =
            DriverManager.getConnection("jdbc:sqlite:file:" + store + "?mode=ro");
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("select count(*) from watermark where paging = 0")) {
      row.next();
      return row.getLong(1);
    } catch (SQLException e) {
      return 0;
    }
  }

  private Map<String, List<Double>> windows(OwnProcess process, Office office, String account)
      throws Exception {
    // Whatever a start saved up is used, and what is done at rest is compiled: that takes minutes
    // where others want the processor too.
    LockSupport.parkNanos(SETTLED.toNanos());
    Map<String, List<Double>> values = new LinkedHashMap<>();
    for (int i = 0; i < windows; i++) {
      Office.Cost before = office.cost(account);
      Duration cpu = process.cpu();
      long began = System.nanoTime();
      LockSupport.parkNanos(WINDOW.toNanos());
      double seconds = (System.nanoTime() - began) / 1e9;
      Office.Cost cost = office.cost(account).since(before);
      Map<String, Double> told = new LinkedHashMap<>();
      told.put("processor (% of a core)", process.cpu().minus(cpu).toNanos() / 1e7 / seconds);
      told.put("resident memory (MB)", process.resident());
      told.put("heap after a collection (MB)", process.heap());
      told.put("connections (per practice)", (double) office.connections(account) / practices);
      told.put("statements (per practice and s)", cost.selects() / seconds / practices);
      told.put(
          "database time (ms per practice and s)", 1000 * cost.busySeconds() / seconds / practices);
      told.forEach(
          (name, value) -> values.computeIfAbsent(name, key -> new ArrayList<>()).add(value));
      System.out.println("  " + Table.shown(told));
    }
    return values;
  }
}
