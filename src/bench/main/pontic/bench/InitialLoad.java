package pontic.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.apache.camel.CamelExecutionException;
import pontic.capture.Feed;
import pontic.capture.FeedFiles;

/**
 * A whole practice for a hospital that has nothing of it yet: from the office's tables until the
 * last resource is acknowledged, beside those who have the resources already and only send them.
 */
final class InitialLoad {
  private static final int TRANSACTION = 50;
  private static final long LOOK_NANOS = 200_000_000;

  /** As shipped. */
  private static final long PERIOD = 1000;

  private static final String RATE = "resources/s";
  private static final String TIME = "seconds";
  private static final String SENDER = "processor of the sender";
  private static final String SERVER = "processor of the server";

  private final Setting setting;
  private final boolean alone;
  private final int patients;
  private final Hospital.Opening hospitals;
  private final PrintStream progress;
  private final Set<String> feeds;

  /**
   * @param setting its contest without rounds to warm up: the load of a hospital that answers at
   *     once goes before
   * @param alone whether they send one after the other; otherwise nobody can say which of them the
   *     processor of this process worked for
   * @param hospitals a new one for each turn
   */
  InitialLoad(
      Setting setting,
      boolean alone,
      int patients,
      Hospital.Opening hospitals,
      PrintStream progress) {
    this.setting = setting;
    this.alone = alone;
    this.patients = patients;
    this.hospitals = hospitals;
    this.progress = progress;
    this.feeds =
        FeedFiles.load(setting.home().resolve("sql/capture")).stream()
            .map(Feed::name)
            .collect(Collectors.toUnmodifiableSet());
  }

  /** Sends all, and stops the watch when the last one is acknowledged. */
  private interface Sender {
    void send(String url, Watch watch) throws Exception;
  }

  private record Party(String name, String does, Sender sender) {}

  List<Figure> measure() throws Exception {
    try (Office office = Office.charted(setting, "initial-load-office", patients);
        Recording recording = new Recording(setting.folder("initial-load"))) {
      progress.printf("  %d patients are seeded%n", patients);
      Party pontic =
          new Party(
              "pontic",
              "the whole product: reads the office's tables, maps, stores sealed, sends in transactions of 50 that overwrite nothing, each noted before and acknowledged after",
              (url, watch) -> pontic(office, url, watch));
      Map<String, Double> recorded;
      try (Sink sink = Sink.start(recording::take)) {
        recorded = at(sink, pontic, Optional.empty());
      }
      Recording.Load load = recording.load(TRANSACTION);
      progress.printf("  at a hospital that answers at once, pontic: %s%n", Table.shown(recorded));
      progress.printf(
          "  %d resources: %s%n",
          load.total(),
          load.counts().entrySet().stream()
              .map(each -> each.getValue() + " " + each.getKey())
              .collect(Collectors.joining(", ")));
      List<Party> rivals = rivals(new Deliveries(load));
      List<Figure> figures = new ArrayList<>(real(pontic, rivals, load));
      figures.addAll(atOnce(pontic, recorded, rivals, load));
      return figures;
    }
  }

  private static List<Party> rivals(Deliveries deliveries) {
    return List.of(
        new Party(
            "camel-fhir one by one",
            "a PUT for each of the same resources, ready as JSON in a file; reads no office, stores nothing",
            deliveries::camelOneByOne),
        new Party(
            "camel-fhir transactions of 50",
            "the same, in transactions that are ready in a file",
            deliveries::camelTransactions),
        new Party(
            "bare HTTP client",
            "java.net.http posts the same transactions and looks at nothing but the status",
            deliveries::bare));
  }

  private List<Figure> real(Party pontic, List<Party> rivals, Recording.Load load)
      throws Exception {
    List<Contest.Contender> contenders = new ArrayList<>();
    contenders.add(contender(pontic, load));
    rivals.forEach(rival -> contenders.add(contender(rival, load)));
    Map<String, List<Figure.Series>> played = setting.contest().play(contenders);
    if (played.getOrDefault(RATE, List.of()).stream()
        .noneMatch(each -> each.contender().equals(pontic.name()))) {
      throw new IllegalStateException("no turn of pontic counts; the lines above say why");
    }
    String what = "of " + load.total() + " resources of " + patients + " patients";
    List<Figure> figures = new ArrayList<>();
    figures.add(
        new Figure(
            "initial-load",
            "first load " + what + " into a FHIR server that has nothing",
            RATE,
            played.get(RATE),
            List.of(
                "from the start of the sender, pontic's whole start included, until the last answer",
                alone
                    ? "one sender after the other"
                    : "several senders at the same time on this machine, as many as --beside says, each at a server of its own",
                "each turn has a new server, process and database",
                "a turn counts only if the server has as many of each type afterwards as pontic delivered",
                "one request after the other, by all",
                load.bound()
                    + " resources refer to each other; one by one they go as a transaction, since the server checks references")));
    figures.add(
        new Figure("initial-load-seconds", "the same", "seconds", played.get(TIME), List.of()));
    if (played.containsKey(SENDER)) {
      figures.add(
          new Figure(
              "initial-load-sender",
              "processor time of the process that sends, its collector and compiler too",
              "ms a resource",
              played.get(SENDER),
              List.of()));
    }
    if (played.containsKey(SERVER)) {
      figures.add(
          new Figure(
              "initial-load-server",
              "processor time of the server and its database; the server compiles itself meanwhile",
              "ms a resource",
              played.get(SERVER),
              List.of()));
    }
    return figures;
  }

  private Contest.Contender contender(Party party, Recording.Load load) {
    return new Contest.Contender(
        party.name(),
        party.does(),
        () -> {
          String folder = "initial-load-hospital-" + party.name().replaceAll("\\W+", "-");
          Map<String, Double> told = new LinkedHashMap<>();
          try (Hospital hospital = hospitals.open(setting.folder(folder))) {
            told.putAll(at(hospital, party, Optional.of(load)));
          } catch (IOException e) {
            // A server that does not start or end takes nothing from the others, who play on.
            progress.printf("  the server of %s: %s%n", party.name(), e);
          }
          // Empties it: the next one's database may want the room.
          setting.folder(folder);
          if (!alone) {
            told.remove(SENDER);
          }
          return told;
        });
  }

  /** What each sender could do if there were no server to wait for. */
  private List<Figure> atOnce(
      Party pontic, Map<String, Double> recorded, List<Party> rivals, Recording.Load load)
      throws Exception {
    Map<String, List<Figure.Series>> played =
        new Contest(0, 1, progress)
            .play(
                rivals.stream()
                    .map(
                        rival ->
                            new Contest.Contender(
                                rival.name(),
                                rival.does(),
                                () -> {
                                  try (Sink sink = Sink.start()) {
                                    return at(sink, rival, Optional.of(load));
                                  }
                                }))
                    .toList());
    List<Figure> figures = new ArrayList<>();
    for (String name : List.of(RATE, SENDER)) {
      List<Figure.Series> series = new ArrayList<>();
      series.add(
          new Figure.Series(pontic.name(), pontic.does(), new Spread(List.of(recorded.get(name)))));
      series.addAll(played.getOrDefault(name, List.of()));
      figures.add(
          new Figure(
              name.equals(RATE) ? "initial-load-at-once" : "initial-load-at-once-sender",
              "the same at a server that answers at once and keeps nothing",
              name.equals(RATE) ? RATE : "ms a resource",
              series,
              List.of(
                  "one turn; that of pontic is the first of all, its process not yet warm",
                  "that server is in the same process, so its processor time is in it")));
    }
    return figures;
  }

  /**
   * @param load what has to be there afterwards; empty if that is still to be learned
   * @return nothing if the turn does not count
   */
  private Map<String, Double> at(Hospital hospital, Party party, Optional<Recording.Load> load)
      throws Exception {
    Optional<Duration> before = hospital.processor();
    String total = load.map(each -> Long.toString(each.total())).orElse("");
    try (Watch watch = Watch.start(progress, party.name(), total)) {
      party.sender().send(hospital.url(), watch);
      if (watch.seconds() == 0) {
        watch.stop();
      }
      Optional<Duration> after = hospital.processor();
      if (load.isPresent()) {
        Map<String, Long> wanted = load.get().counts();
        Map<String, Long> there = hospital.counts(wanted.keySet());
        if (!there.equals(wanted)) {
          progress.printf(
              "  %s does not count: the server has %s of %s%n", party.name(), there, wanted);
          return Map.of();
        }
      }
      double count = load.map(Recording.Load::total).orElse(watch.done());
      Map<String, Double> told = new LinkedHashMap<>();
      told.put(RATE, count / watch.seconds());
      told.put(TIME, watch.seconds());
      told.put(SENDER, 1000 * watch.processorSeconds() / count);
      if (before.isPresent() && after.isPresent()) {
        told.put(SERVER, after.get().minus(before.get()).toNanos() / 1e6 / count);
      }
      return told;
    } catch (IOException | IllegalStateException | CamelExecutionException e) {
      progress.printf("  %s does not count: %s%n", party.name(), e);
      return Map.of();
    }
  }

  private void pontic(Office office, String url, Watch watch) throws Exception {
    Path folder = setting.folder("initial-load-pontic");
    try (Product product =
        Product.start(
            setting.home(),
            folder,
            office,
            String.join(",", new TreeSet<>(feeds)),
            PERIOD,
            Optional.of(url))) {
      boolean isRead = false;
      while (!isRead
          || product.count("select exists (select 1 from due where state = 'due')") > 0) {
        LockSupport.parkNanos(LOOK_NANOS);
        isRead = isRead || isRead(product);
        watch.at(product.count("select coalesce(sum(delivered), 0) from sending"));
      }
      watch.stop();
      watch.at(product.count("select count(*) from delivery where acknowledged_version > 0"));
      long parked = product.count("select count(*) from due where state = 'parked'");
      if (parked > 0) {
        throw new IllegalStateException(parked + " resources are parked");
      }
    }
  }

  /** Whether each feed has come to the end of its table, or is off. */
  private boolean isRead(Product product) {
    Set<String> done =
        product
            .store()
            .read(
                tx ->
                    Set.copyOf(
                        tx.sql(
                                "select feed from watermark where paging = 0"
                                    + " union select feed from feed where state <> 'on'")
                            .query(String.class)
                            .list()));
    return done.containsAll(feeds);
  }
}
