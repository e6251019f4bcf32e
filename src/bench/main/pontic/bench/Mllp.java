package pontic.bench;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import pontic.sandbox.FreePorts;

/** HL7 v2 by MLLP, each message answered AA once it is on disk. */
final class Mllp {
  private static final double P99 = 0.99;

  /** Of the store: whether something accepted is not understood yet. */
  static final String NOT_UNDERSTOOD =
      "select count(*) from (select 1 from message where state = 'accepted' limit 1) as waiting";

  private final Setting setting;
  private final double seconds;
  private final List<Integer> connections;
  private final boolean postgres;

  /**
   * @param seconds of sending for each value
   * @param connections how many send at once, one measurement for each
   * @param postgres whether the same is measured on PostgreSQL too
   */
  Mllp(Setting setting, double seconds, List<Integer> connections, boolean postgres) {
    this.setting = setting;
    this.seconds = seconds;
    this.connections = List.copyOf(connections);
    this.postgres = postgres;
  }

  List<Figure> measure() throws Exception {
    List<Figure> figures = new ArrayList<>(embedded());
    if (postgres) {
      figures.addAll(onPostgres());
    }
    return figures;
  }

  private List<Figure> embedded() throws Exception {
    Senders senders = senders();
    int port = new FreePorts().next();
    try (Product product =
            Product.listening(
                setting.home(), setting.folder("mllp-pontic"), port, Optional.empty());
        DurableQueue queue = DurableQueue.start(setting.folder("mllp-queue"));
        BareListener toQueue = BareListener.start(queue::keep);
        SharedCommit together = Rows.sqlite(setting.folder("mllp-together")).together();
        BareListener toCommit = BareListener.start(() -> together::keep);
        BareListener toNowhere = BareListener.start(() -> message -> {})) {
      BareListener.Keep shared = Rows.sqlite(setting.folder("mllp-rows")).shared();
      try (BareListener toRows = BareListener.start(() -> shared)) {
        List<Contest.Contender> contenders =
            List.of(
                pontic(senders, product, port, "the embedded store, SQLite with synchronous FULL"),
                new Contest.Contender(
                    "bare netty, Artemis",
                    "a persistent send to an embedded Artemis, synced, its timer lowered to 0.1 ms; in clear, no repetitions, nothing happens to them",
                    () -> {
                      Map<String, Double> told = turn(senders, toQueue.port());
                      queue.empty();
                      return told;
                    }),
                new Contest.Contender(
                    "bare netty, a row each",
                    "one row and one commit for each in SQLite with synchronous FULL; in clear, no repetitions, nothing happens to them",
                    () -> turn(senders, toRows.port())),
                new Contest.Contender(
                    "bare netty, rows that share a commit",
                    "one row for each in SQLite with synchronous FULL, one commit for all who wait; in clear, no repetitions, nothing happens to them",
                    () -> turn(senders, toCommit.port())),
                new Contest.Contender(
                    "bare netty, nothing kept",
                    "answered AA and forgotten: what the machine, the senders and netty leave for any store",
                    () -> turn(senders, toNowhere.port())));
        return figures("mllp", setting.contest().play(contenders));
      }
    }
  }

  private List<Figure> onPostgres() throws Exception {
    Senders senders = senders();
    int port = new FreePorts().next();
    try (EmbeddedPostgres server = EmbeddedPostgres.start();
        Product product =
            Product.listening(
                setting.home(),
                setting.folder("mllp-pontic-postgres"),
                port,
                Optional.of(server.getJdbcUrl("postgres", "postgres")))) {
      Rows rows = Rows.postgres(server.getJdbcUrl("postgres", "postgres"));
      try (BareListener toRows = BareListener.start(rows::own)) {
        return figures(
            "mllp-postgres",
            setting
                .contest()
                .play(
                    List.of(
                        pontic(senders, product, port, "a store on PostgreSQL"),
                        new Contest.Contender(
                            "bare netty, a row each",
                            "one row and one commit for each in the same PostgreSQL, a connection for each sender; in clear, no repetitions, nothing happens to them",
                            () -> turn(senders, toRows.port())))));
      }
    }
  }

  private Contest.Contender pontic(Senders senders, Product product, int port, String store) {
    return new Contest.Contender(
        "pontic",
        "the whole product on "
            + store
            + ": each message sealed, numbered, looked up as a repetition and audited; what was accepted is understood meanwhile",
        () -> {
          Map<String, Double> told = turn(senders, port);
          // Else it would go on with that while the others play.
          Product.until("all is understood", () -> product.count(NOT_UNDERSTOOD) == 0);
          return told;
        });
  }

  private Map<String, Double> turn(Senders senders, int port) throws Exception {
    Map<String, Double> told = new LinkedHashMap<>();
    for (int count : connections) {
      Senders.Answered answered = senders.send(port, count);
      told.put(rate(count), answered.perSecond());
      told.put(late(count), answered.millis().quantile(P99));
      told.put(cost(count), answered.processorMicros());
    }
    return told;
  }

  private static String rate(int count) {
    return count == 1 ? "1 connection" : count + " connections";
  }

  private static String late(int count) {
    return rate(count) + ", p99";
  }

  private static String cost(int count) {
    return rate(count) + ", processor";
  }

  private List<Figure> figures(String name, Map<String, List<Figure.Series>> played) {
    List<Figure> figures = new ArrayList<>();
    for (int count : connections) {
      figures.add(
          new Figure(
              name,
              "MLLP, AA after the message is on disk, " + rate(count),
              "messages/s",
              played.get(rate(count)),
              List.of("closed loop: each connection sends when its last message is answered")));
      figures.add(
          new Figure(
              name + "-p99",
              "the same, how long 99 of 100 wait at most, " + rate(count),
              "ms",
              played.get(late(count)),
              List.of()));
      figures.add(
          new Figure(
              name + "-processor",
              "the same, processor time of the whole process for a message, " + rate(count),
              "µs",
              played.get(cost(count)),
              List.of(
                  "senders, compiler and collector included; what is understood meanwhile too")));
    }
    return figures;
  }

  private Senders senders() throws Exception {
    try (InputStream in = Mllp.class.getResourceAsStream("messages/adt-a01.hl7")) {
      return new Senders(
          new String(in.readAllBytes(), StandardCharsets.UTF_8)
              .replace("%", "%%")
              .replace("BENCH0001", "%s"),
          seconds);
    }
  }
}
