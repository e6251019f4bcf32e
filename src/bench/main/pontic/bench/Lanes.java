package pontic.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import pontic.sandbox.FreePorts;
import pontic.sandbox.api.OfficeSettings;
import pontic.sandbox.api.OpenDentalApi;
import pontic.sandbox.database.Practice;

/**
 * Practices that may be written to and have nothing to do, in one process: what one more costs, as
 * the difference of many and few.
 */
final class Lanes {
  private static final int SHARE_OF_FEW = 100;

  private final Setting setting;
  private final int lanes;
  private final int windows;
  private final Duration settled;
  private final Duration window;

  /**
   * @param windows that are looked at in the life of each process
   * @param settled how long each process is left alone once its lanes have said what they are
   */
  Lanes(Setting setting, int lanes, int windows, Duration settled, Duration window) {
    this.setting = setting;
    this.lanes = lanes;
    this.windows = windows;
    this.settled = settled;
    this.window = window;
  }

  List<Figure> measure() throws Exception {
    int few = Math.max(1, lanes / SHARE_OF_FEW);
    try (Office office = Office.open(setting, "lanes-office", 1, false);
        OpenDentalApi api = OpenDentalApi.start(1)) {
      Practice practice = office.practices().get(0);
      // All have the same rows: they are only asked what they are.
      for (String id : ids(lanes)) {
        api.serve(
            id,
            practice.zone(),
            practice.dataSource(),
            ApiPractices.key(id),
            OfficeSettings.standard());
      }
      int port = api.listen(0);
      Lives pontic =
          new Lives(
              "pontic",
              "the whole product, its embedded store and broker; each practice with its API, its listener of HL7 v2 and its façade",
              pontic(api, port, few),
              pontic(api, port, lanes));
      Lives consumers =
          new Lives(
              "a consumer each",
              "plain Camel: jms:queue:lane.N for each practice on the same embedded broker; no store, no API, no listener",
              consumers(few),
              consumers(lanes));
      return figures(few, pontic, consumers);
    }
  }

  /**
   * Both lives of a contender.
   *
   * @param few values of each window by name, with few lanes
   * @param many the same with all
   */
  private record Lives(
      String name, String does, Map<String, List<Double>> few, Map<String, List<Double>> many) {

    Figure.Series with(String what) {
      return new Figure.Series(name, does, new Spread(many.get(what)));
    }

    Figure.Series more(String what, int lanes) {
      List<Double> differences = new ArrayList<>();
      for (int i = 0; i < many.get(what).size(); i++) {
        differences.add((many.get(what).get(i) - few.get(what).get(i)) / lanes);
      }
      return new Figure.Series(name, does, new Spread(differences));
    }
  }

  private List<Figure> figures(int few, Lives pontic, Lives consumers) {
    List<Figure> figures = new ArrayList<>();
    for (String what : consumers.many().keySet()) {
      String name = "lanes-" + what.replaceAll(" \\(.*", "").replaceAll("[^a-z]+", "-");
      String unit = what.contains("(") ? what.replaceAll(".*\\((.*)\\)", "$1") : what;
      figures.add(
          new Figure(
              name,
              what + ", " + lanes + " lanes that have nothing to do in one process",
              unit,
              List.of(pontic.with(what), consumers.with(what)),
              List.of(
                  "one life of each; "
                      + windows
                      + " windows of "
                      + window.toSeconds()
                      + " s in it, "
                      + settled.toSeconds()
                      + " s after the last lane was ready")));
      if (lanes > few) {
        figures.add(
            new Figure(
                name + "-each",
                what + ", what each lane beyond " + few + " adds",
                unit,
                List.of(pontic.more(what, lanes - few), consumers.more(what, lanes - few)),
                List.of("the difference of two lives, window by window")));
      }
    }
    return figures;
  }

  private Map<String, List<Double>> pontic(OpenDentalApi api, int port, int count)
      throws Exception {
    Path folder = setting.folder("lanes-pontic-" + count);
    Path store = folder.resolve("data/store/state.db");
    ApiPractices practices = new ApiPractices(setting, ids(count), port);
    try (OwnProcess process =
        OwnProcess.pontic(
            setting, folder, practices.config(folder), practices.flags(listeners(count)))) {
      Product.until("each practice has said what it is", () -> ready(process, store) == count);
      System.out.println("  pontic, " + count + " lanes, ready");
      LockSupport.parkNanos(settled.toNanos());
      int asked = api.requests().list().size();
      Map<String, List<Double>> values = windows(process, "pontic, " + count);
      System.out.println(
          "  requests to the API meanwhile: " + (api.requests().list().size() - asked));
      return values;
    }
  }

  private Map<String, List<Double>> consumers(int count) throws Exception {
    Path folder = setting.folder("lanes-consumers-" + count);
    try (OwnProcess process =
        OwnProcess.start(
            setting,
            folder,
            List.of(LaneConsumers.class.getName(), Integer.toString(count)),
            "consumes")) {
      LockSupport.parkNanos(settled.toNanos());
      return windows(process, "a consumer each, " + count);
    }
  }

  private Map<String, List<Double>> windows(OwnProcess process, String name) throws Exception {
    Map<String, List<Double>> values = new LinkedHashMap<>();
    for (int i = 0; i < windows; i++) {
      Duration cpu = process.cpu();
      long began = System.nanoTime();
      LockSupport.parkNanos(window.toNanos());
      double seconds = (System.nanoTime() - began) / 1e9;
      Map<String, Double> told = new LinkedHashMap<>();
      told.put("processor (% of a core)", process.cpu().minus(cpu).toNanos() / 1e7 / seconds);
      told.put("resident memory (MB)", process.resident());
      told.put("heap after a collection (MB)", process.heap());
      told.put("threads", process.threads());
      told.put("open files", process.files());
      told.forEach(
          (what, value) -> values.computeIfAbsent(what, key -> new ArrayList<>()).add(value));
      System.out.println("  " + name + ": " + Table.shown(told));
    }
    return values;
  }

  private static int ready(OwnProcess process, Path store) {
    if (!process.isAlive()) {
      throw new IllegalStateException("the process ended before its lanes were ready");
    }
    try (Connection connection =
            DriverManager.getConnection("jdbc:sqlite:file:" + store + "?mode=ro");
        Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery("select count(*) from lane where capabilities <> ''")) {
      row.next();
      return row.getInt(1);
    } catch (SQLException e) {
      return 0;
    }
  }

  private static Map<String, Integer> listeners(int count) throws IOException {
    FreePorts free = new FreePorts();
    Map<String, Integer> ports = new HashMap<>();
    for (String id : ids(count)) {
      ports.put(id, free.next());
    }
    return ports;
  }

  private static List<String> ids(int count) {
    return IntStream.range(0, count).mapToObj(number -> "p" + number).toList();
  }
}
