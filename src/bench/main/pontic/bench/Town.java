package pontic.bench;

import java.io.BufferedReader;
import java.io.IOException;
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
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Many practices that one process polls, while nothing happens at any of them. */
final class Town {
  private static final String CORE =
      "patient, patient-merged, appointment, appointment-broken, appointment-deleted, provider, operatory";
  private static final Duration WINDOW = Duration.ofSeconds(10);
  private static final Duration SETTLED = Duration.ofSeconds(60);
  private static final Pattern USED = Pattern.compile("total \\d+K, used (\\d+)K");

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
    Path data = folder.resolve("data");
    List<String> arguments = new ArrayList<>();
    arguments.addAll(List.of("pontic.Pontic", "run", "--config", config.toString()));
    arguments.addAll(List.of("--data", data.toString()));
    Product.flags(1000)
        .forEach((key, value) -> arguments.addAll(List.of("--set", key + "=" + value)));
    Process process = start(folder, arguments);
    try {
      untilSaid(process, "Pontic runs");
      Product.until(
          "all tables are read",
          () -> read(data.resolve("store/state.db")) >= (long) count * practices);
      return windows(process, office, Office.PRODUCT);
    } finally {
      end(process);
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
    Process process = start(folder, arguments);
    try {
      untilSaid(process, "polls");
      return windows(process, office, Office.LOOP);
    } finally {
      end(process);
    }
  }

  private Process start(Path folder, List<String> arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(tool("java"));
    command.addAll(
        List.of(
            "-Xmx1g",
            "-Dpontic.home=" + setting.home(),
            "-cp",
            System.getProperty("java.class.path")));
    command.addAll(arguments);
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectError(folder.resolve("log").toFile());
    builder.environment().putAll(Product.ENVIRONMENT);
    return builder.start();
  }

  private static String tool(String name) {
    return Path.of(System.getProperty("java.home"), "bin", name).toString();
  }

  /** And reads on in the background, so that the process is never held up by its own words. */
  private static void untilSaid(Process process, String text) throws IOException {
    BufferedReader out = process.inputReader();
    String line = out.readLine();
    while (line != null && !line.contains(text)) {
      line = out.readLine();
    }
    if (line == null) {
      throw new IOException("the process ended before it said: " + text);
    }
    Thread rest =
        new Thread(
            () -> {
              try (Stream<String> lines = out.lines()) {
                lines.forEach(each -> {});
              } catch (java.io.UncheckedIOException e) {
                Thread.currentThread().interrupt();
              }
            });
    rest.setDaemon(true);
    rest.start();
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

  private Map<String, List<Double>> windows(Process process, Office office, String account)
      throws Exception {
    // Whatever a start saved up is used, and what is done at rest is compiled: that takes minutes
    // where others want the processor too.
    LockSupport.parkNanos(SETTLED.toNanos());
    Map<String, List<Double>> values = new LinkedHashMap<>();
    for (int i = 0; i < windows; i++) {
      Office.Cost before = office.cost(account);
      Duration cpu = cpu(process);
      long began = System.nanoTime();
      LockSupport.parkNanos(WINDOW.toNanos());
      double seconds = (System.nanoTime() - began) / 1e9;
      Office.Cost cost = office.cost(account).since(before);
      Map<String, Double> told = new LinkedHashMap<>();
      told.put("processor (% of a core)", cpu(process).minus(cpu).toNanos() / 1e7 / seconds);
      told.put("resident memory (MB)", resident(process));
      told.put("heap after a collection (MB)", heap(process));
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

  private static Duration cpu(Process process) {
    return process.info().totalCpuDuration().orElseThrow();
  }

  private static double resident(Process process) throws IOException {
    return Files.readAllLines(Path.of("/proc", Long.toString(process.pid()), "status")).stream()
        .filter(line -> line.startsWith("VmRSS"))
        .mapToDouble(line -> Double.parseDouble(line.replaceAll("\\D", "")) / 1024)
        .findFirst()
        .orElseThrow();
  }

  private static double heap(Process process) throws Exception {
    ask(process, "GC.run");
    Matcher used = USED.matcher(ask(process, "GC.heap_info"));
    if (!used.find()) {
      throw new IOException("the process does not say what its heap holds");
    }
    return Double.parseDouble(used.group(1)) / 1024;
  }

  private static String ask(Process process, String command) throws IOException {
    Process tool =
        new ProcessBuilder(tool("jcmd"), Long.toString(process.pid()), command)
            .redirectErrorStream(true)
            .start();
    return new String(
        tool.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
  }

  private static void end(Process process) throws InterruptedException {
    process.destroy();
    process.waitFor();
  }
}
