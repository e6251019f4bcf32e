package pontic.bench;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.activemq.artemis.core.server.embedded.EmbeddedActiveMQ;
import pontic.sandbox.FreePorts;
import pontic.sandbox.api.Fault;
import pontic.sandbox.api.FaultKind;
import pontic.sandbox.api.OfficeSettings;
import pontic.sandbox.api.OpenDentalApi;
import pontic.sandbox.api.Requests;
import pontic.sandbox.database.Practice;
import pontic.sandbox.hospital.Hospital;
import pontic.sandbox.hospital.MllpSender;

/**
 * How well the period of an office's API is kept, and used, by one process and by two that share
 * lanes: told by when calls arrive at the API. All contenders play at the same time, each with
 * practices of its own.
 */
final class Spacing {
  /** Of each contender. */
  private static final int PRACTICES = 4;

  /** What a key with the right to write has. */
  private static final Duration PERIOD = Duration.ofSeconds(1);

  /** As an API takes that is not on the same machine. */
  private static final Duration ANSWER = Duration.ofMillis(50);

  private static final int LONGEST_WAIT_MILLIS = 60_000;

  private static final String UNDERSTOOD =
      "select count(*) from %smessage where state = 'accepted'";
  private static final String WAITING =
      "select practice, count(*) from %swork where state = 'waiting' group by practice";
  private static final String READY = "select count(*) from %slane where capabilities <> ''";

  private final Setting setting;
  private final int windows;
  private final Duration window;
  private int sent;

  /**
   * @param windows that count, of one run
   */
  Spacing(Setting setting, int windows, Duration window) {
    this.setting = setting;
    this.windows = windows;
    this.window = window;
  }

  /**
   * Who calls.
   *
   * @param practices whose keys only it has
   */
  private record Caller(String name, String does, List<String> practices) {}

  List<Figure> measure() throws Exception {
    List<Caller> callers =
        List.of(
            new Caller(
                "pontic, 1 process",
                "the product on its embedded store, new patients to write in each lane",
                ids("a")),
            new Caller(
                "pontic, 2 processes",
                "two of them on one PostgreSQL and one broker; each takes the lanes of both",
                ids("b")),
            new Caller(
                "naive, 1 process",
                "a thread for each practice: call, wait for the answer, wait the period",
                ids("c")),
            new Caller(
                "naive, 2 processes", "two of these, which do not know of each other", ids("d")));
    List<String> all = callers.stream().flatMap(each -> each.practices().stream()).toList();
    try (Office office = Office.open(setting, "spacing-office", all.size(), false);
        OpenDentalApi api = OpenDentalApi.start(1)) {
      for (int i = 0; i < all.size(); i++) {
        Practice practice = office.practices().get(i);
        api.serve(
            all.get(i),
            practice.zone(),
            practice.dataSource(),
            ApiPractices.key(all.get(i)),
            OfficeSettings.standard());
        api.faults().arm(Fault.of(all.get(i), FaultKind.SLOW).times(0).lasting(ANSWER));
      }
      int port = api.listen(0);
      try (One one = one(callers.get(0).practices(), port);
          Two two = two(callers.get(1).practices(), port);
          Naive alone = Naive.start(port, callers.get(2).practices(), 1, PERIOD);
          Naive both = Naive.start(port, callers.get(3).practices(), 2, PERIOD)) {
        Map<String, Map<Caller, List<Double>>> played = play(callers, api.requests(), one, two);
        alone.wasServed();
        both.wasServed();
        return figures(callers, played);
      }
    }
  }

  private Map<String, Map<Caller, List<Double>>> play(
      List<Caller> callers, Requests requests, One one, Two two) throws IOException {
    Map<String, Map<Caller, List<Double>>> values = new LinkedHashMap<>();
    for (int i = 0; i < windows; i++) {
      fill(one, two);
      long from = System.currentTimeMillis();
      LockSupport.parkNanos(window.toNanos());
      long to = System.currentTimeMillis();
      if (!one.isFull(1) || !two.isFull(1)) {
        throw new IllegalStateException("a lane had nothing to do any more");
      }
      for (Caller caller : callers) {
        Map<String, Double> told = told(caller, requests, from, to);
        System.out.println("  window " + (i + 1) + " " + caller.name() + ": " + Table.shown(told));
        told.forEach(
            (what, value) ->
                values
                    .computeIfAbsent(what, key -> new LinkedHashMap<>())
                    .computeIfAbsent(caller, key -> new ArrayList<>())
                    .add(value));
      }
    }
    return values;
  }

  /** What the API saw of a caller in a time. */
  private static Map<String, Double> told(Caller caller, Requests requests, long from, long to) {
    Map<String, List<Requests.Entry>> arrived =
        requests.list().stream()
            .filter(entry -> entry.arrival() >= from && entry.arrival() < to)
            .filter(entry -> entry.practice().filter(caller.practices()::contains).isPresent())
            .collect(Collectors.groupingBy(entry -> entry.practice().orElseThrow()));
    long violations =
        requests.violations(0).stream()
            .map(Requests.Violation::early)
            .filter(early -> early.arrival() >= from && early.arrival() < to)
            .filter(early -> early.practice().filter(caller.practices()::contains).isPresent())
            .count();
    double achieved = arrived.values().stream().mapToDouble(Spacing::share).average().orElse(0);
    double answer =
        arrived.values().stream()
            .flatMap(List::stream)
            .filter(entry -> entry.end().isPresent())
            .mapToLong(entry -> entry.end().getAsLong() - entry.arrival())
            .average()
            .orElse(0);
    double possible = PERIOD.toMillis() / (PERIOD.toMillis() + answer);
    Map<String, Double> told = new LinkedHashMap<>();
    told.put("violations", (double) violations);
    told.put("achieved", achieved);
    told.put("of possible", achieved / possible);
    told.put("calls", (double) arrived.values().stream().mapToInt(List::size).sum());
    return told;
  }

  /** Of one call a period, between the first and the last that came. */
  private static double share(List<Requests.Entry> entries) {
    if (entries.size() < 2) {
      return 0;
    }
    double millis = entries.get(entries.size() - 1).arrival() - entries.get(0).arrival();
    return (entries.size() - 1) * PERIOD.toMillis() / millis;
  }

  private List<Figure> figures(
      List<Caller> callers, Map<String, Map<Caller, List<Double>>> values) {
    String time =
        windows + " windows of " + window.toSeconds() + " s, all callers at the same time";
    return List.of(
        figure(
            callers,
            values,
            "violations",
            "calls that came before the last answer and the period after it",
            "calls of a window",
            time),
        figure(
            callers,
            values,
            "achieved",
            "calls that arrived, of one each period",
            "share",
            "an API that answers at once would let 1 through; each answer takes "
                + ANSWER.toMillis()
                + " ms and more"),
        figure(
            callers,
            values,
            "of possible",
            "the same, of period / (period + answer) with the answers that it had",
            "share",
            "1 is the most without a violation"),
        figure(callers, values, "calls", "calls that arrived", "calls of a window", time));
  }

  private static Figure figure(
      List<Caller> callers,
      Map<String, Map<Caller, List<Double>>> values,
      String name,
      String what,
      String unit,
      String note) {
    return new Figure(
        "spacing-" + name.replace(' ', '-'),
        what,
        unit,
        callers.stream()
            .map(
                each ->
                    new Figure.Series(
                        each.name(), each.does(), new Spread(values.get(name).get(each))))
            .toList(),
        List.of(note));
  }

  /** Until each lane has enough to do for a window, whatever it did while others were filled. */
  private void fill(One one, Two two) throws IOException {
    do {
      fill(one.listeners(), one.waiting());
      fill(two.listeners(), two.waiting());
      Product.until("all is understood", () -> one.isUnderstood() && two.isUnderstood());
    } while (!one.isFull(enough()) || !two.isFull(enough()));
  }

  /** A patient is a request at least, and no more than one fits into a period. */
  private long enough() {
    return window.dividedBy(PERIOD) + 2;
  }

  /** New patients for each lane that has not twice enough to do. */
  private void fill(Map<String, Integer> listeners, Map<String, Long> waiting) throws IOException {
    for (Map.Entry<String, Integer> each : listeners.entrySet()) {
      long missing = 2 * enough() - waiting.getOrDefault(each.getKey(), 0L);
      try (MllpSender sender = new MllpSender("127.0.0.1", each.getValue(), LONGEST_WAIT_MILLIS)) {
        for (long n = 0; n < missing; n++) {
          String answer =
              new String(
                  sender.ask(
                      Hospital.adt("A28", "s" + ++sent, Hospital.Patient.numbered(1000 + sent))),
                  StandardCharsets.UTF_8);
          if (!answer.contains("MSA|AA")) {
            throw new IOException("not accepted: " + answer.replace('\r', ' '));
          }
        }
      }
    }
  }

  private static List<String> ids(String prefix) {
    return IntStream.range(0, PRACTICES).mapToObj(n -> prefix + n).toList();
  }

  private static Map<String, Integer> listeners(List<String> ids) throws IOException {
    FreePorts free = new FreePorts();
    Map<String, Integer> ports = new HashMap<>();
    for (String id : ids) {
      ports.put(id, free.next());
    }
    return ports;
  }

  private static long count(String url, String sql) {
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getLong(1);
    } catch (SQLException e) {
      throw new IllegalStateException("the store cannot be looked at", e);
    }
  }

  private static Map<String, Long> counts(String url, String sql) {
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      Map<String, Long> counts = new HashMap<>();
      while (rows.next()) {
        counts.put(rows.getString(1), rows.getLong(2));
      }
      return counts;
    } catch (SQLException e) {
      throw new IllegalStateException("the store cannot be looked at", e);
    }
  }

  /** The product as one process. */
  private record One(OwnProcess process, String url, Map<String, Integer> listeners)
      implements AutoCloseable {
    boolean isUnderstood() {
      return count(url, UNDERSTOOD.formatted("")) == 0;
    }

    Map<String, Long> waiting() {
      return counts(url, WAITING.formatted(""));
    }

    boolean isFull(long enough) {
      Map<String, Long> waiting = waiting();
      return waiting.size() == PRACTICES
          && waiting.values().stream().allMatch(each -> each >= enough);
    }

    boolean isReady() {
      return count(url, READY.formatted("")) == PRACTICES;
    }

    @Override
    public void close() throws InterruptedException {
      process.close();
    }
  }

  private One one(List<String> ids, int port) throws Exception {
    Path folder = setting.folder("spacing-one");
    ApiPractices practices = new ApiPractices(setting, ids, port);
    Map<String, Integer> listeners = listeners(ids);
    OwnProcess process =
        OwnProcess.pontic(setting, folder, practices.config(folder), practices.flags(listeners));
    One one =
        new One(
            process,
            "jdbc:sqlite:file:" + folder.resolve("data/store/state.db") + "?mode=ro",
            listeners);
    Product.until("the practices of one process are ready", one::isReady);
    return one;
  }

  /** Two processes on one store and one broker. */
  private record Two(
      EmbeddedPostgres postgres,
      EmbeddedActiveMQ broker,
      List<OwnProcess> processes,
      String url,
      Map<String, Integer> listeners)
      implements AutoCloseable {
    private static final String SCHEMA = "pontic.";

    boolean isUnderstood() {
      return count(url, UNDERSTOOD.formatted(SCHEMA)) == 0;
    }

    Map<String, Long> waiting() {
      return counts(url, WAITING.formatted(SCHEMA));
    }

    boolean isFull(long enough) {
      Map<String, Long> waiting = waiting();
      return waiting.size() == PRACTICES
          && waiting.values().stream().allMatch(each -> each >= enough);
    }

    boolean isReady() {
      return count(url, READY.formatted(SCHEMA)) == PRACTICES;
    }

    @Override
    public void close() throws Exception {
      for (OwnProcess process : processes) {
        process.close();
      }
      broker.stop();
      postgres.close();
    }
  }

  private Two two(List<String> ids, int port) throws Exception {
    EmbeddedPostgres postgres = EmbeddedPostgres.start();
    int brokerPort = new FreePorts().next();
    Path folder = setting.folder("spacing-two");
    Path shipped =
        Files.writeString(
            folder.resolve("broker.xml"),
            Files.readString(setting.home().resolve("docs/artemis/broker.xml"))
                .replace("127.0.0.1:61616", "127.0.0.1:" + brokerPort));
    EmbeddedActiveMQ broker = new EmbeddedActiveMQ();
    broker.setConfigResourcePath(shipped.toUri().toString());
    broker.start();
    String url = postgres.getJdbcUrl("postgres", "postgres");
    ApiPractices practices = new ApiPractices(setting, ids, port);
    Map<String, String> environment = new HashMap<>(Product.ENVIRONMENT);
    environment.put("PONTIC_KEYS", "k1:" + key() + ",index:" + key());
    List<OwnProcess> processes = new ArrayList<>();
    Map<String, Integer> first = listeners(ids);
    for (Map<String, Integer> listeners : List.of(first, listeners(ids))) {
      String instance = "process-" + (processes.size() + 1);
      Map<String, String> flags = practices.flags(listeners);
      flags.put("pontic.instance", instance);
      flags.put(
          "pontic.store.url", "jdbc:postgresql://127.0.0.1:" + postgres.getPort() + "/postgres");
      flags.put("pontic.store.user", "postgres");
      flags.put("pontic.broker.url", "tcp://127.0.0.1:" + brokerPort);
      Path own = Files.createDirectories(folder.resolve(instance));
      processes.add(OwnProcess.pontic(setting, own, practices.config(own), flags, environment));
    }
    Two two = new Two(postgres, broker, List.copyOf(processes), url, first);
    Product.until("the practices of two processes are ready", two::isReady);
    return two;
  }

  private static String key() {
    byte[] key = new byte[32];
    new SecureRandom().nextBytes(key);
    return Base64.getEncoder().encodeToString(key);
  }
}
