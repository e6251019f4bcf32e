package pontic.proof;

import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Properties;
import java.util.Random;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.util.FileSystemUtils;
import pontic.house.House;
import pontic.sandbox.api.Fault;
import pontic.sandbox.api.FaultKind;
import pontic.sandbox.api.Requests;
import pontic.sandbox.hospital.FhirFault;
import pontic.sandbox.hospital.FhirFaultKind;
import pontic.sandbox.hospital.HospitalMllp;
import pontic.sandbox.hospital.MllpFault;
import pontic.sandbox.hospital.MllpFaultKind;

/**
 * One run: a seed, its kill points, its messages, the changes at the desks and the faults.
 * Everything but the machine's own timing follows from the seed.
 */
final class Campaign {
  /** Stays after the tests: whoever looks into a failed seed finds its store and log there. */
  static final Path RUNS = Path.of("target", "proof").toAbsolutePath();

  private static final Logger LOG = LoggerFactory.getLogger(Campaign.class);
  private static final List<String> PRACTICES = List.of("elm", "oak");
  private static final Duration UNTIL_KILLED = Duration.ofSeconds(240);

  /** How long a life waits for its instant before more happens. */
  private static final Duration PATIENCE = Duration.ofSeconds(3);

  private static final Duration LONGEST = Duration.ofMinutes(15);
  private static final Duration SLOW = Duration.ofMillis(300);
  private static final Duration UNANSWERED = Duration.ofMillis(1_500);

  private final House house;
  private final long seed;
  private final Mode mode;
  private final int changes;
  private final List<KillPoint> points;
  private final List<Load> loads;
  private final Path folder;

  /** How long nothing may come to an end until no more is expected to. */
  private final Duration withoutProgress;

  private final AtomicInteger acknowledged = new AtomicInteger();
  private final List<KillPoint> missed = new ArrayList<>();
  private volatile int killAtAcknowledgement;
  private volatile Optional<Life> present = Optional.empty();

  /** What runs: the product, or something that stands for what it must not be. */
  enum Mode {
    /** The product. */
    USUAL,
    /** With {@link RetryInsteadOfSettle}. */
    RETRY,
    /** Polls begin strictly behind the watermark and never sweep. */
    STRICT;

    private String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * One life, and bookings whose answers are lost; with settle, or with retry in its place (other
   * patients, all else alike).
   */
  static Campaign ofUnclearBookings(
      House house, Path folder, long seed, int messages, boolean retry) {
    return new Campaign(
        house,
        folder,
        seed,
        0,
        retry ? Mode.RETRY : Mode.USUAL,
        0,
        practice ->
            Load.ofUnclearBookings(
                seed, practice, messages, firstPatient(seed, practice) + (retry ? 10 : 0)));
  }

  /** One life without kills; with the product's cursor, or with a strict one in its place. */
  static Campaign ofChangesSeenLate(
      House house, Path folder, long seed, int messages, int changes, boolean strict) {
    return new Campaign(
        house,
        folder,
        seed,
        0,
        strict ? Mode.STRICT : Mode.USUAL,
        changes,
        practice ->
            Load.of(seed, practice, messages, firstPatient(seed, practice) + (strict ? 10 : 0)));
  }

  /**
   * @param kills how many lives end by a kill; {@link KillPoint#ALL} is dealt out over consecutive
   *     seeds
   * @param messages per practice
   * @param changes at the desk of each practice
   */
  Campaign(House house, Path folder, long seed, int kills, int messages, int changes) {
    this(
        house,
        folder,
        seed,
        kills,
        Mode.USUAL,
        changes,
        practice -> Load.of(seed, practice, messages, firstPatient(seed, practice)));
  }

  private Campaign(
      House house,
      Path folder,
      long seed,
      int kills,
      Mode mode,
      int changes,
      Function<String, Load> load) {
    this.house = house;
    this.folder = folder;
    this.seed = seed;
    this.mode = mode;
    this.changes = changes;
    this.withoutProgress = mode == Mode.USUAL ? Duration.ofSeconds(240) : Duration.ofSeconds(40);
    this.points = points(seed, kills);
    this.loads = PRACTICES.stream().map(load).toList();
  }

  private static int firstPatient(long seed, String practice) {
    return (int) (1_000 + (seed % 5_000) * 40 + PRACTICES.indexOf(practice) * 20);
  }

  /** The instants of a seed, in the order in which they end its lives. */
  static List<KillPoint> points(long seed, int kills) {
    Random random = new Random(seed);
    long seeds = kills == 0 ? 1 : (KillPoint.ALL.size() + kills - 1) / kills;
    List<KillPoint> drawn =
        new ArrayList<>(
            IntStream.range(0, kills)
                .mapToObj(i -> KillPoint.ALL.get((int) ((seed + seeds * i) % KillPoint.ALL.size())))
                .map(point -> point.drawn(random))
                .toList());
    Collections.shuffle(drawn, random);
    return List.copyOf(drawn);
  }

  List<Load> loads() {
    return loads;
  }

  /**
   * The instants that did not come within {@link #UNTIL_KILLED}, after {@link #play}. Those lives
   * were killed where they were then, so that the rest of the seed is played all the same.
   */
  List<KillPoint> missed() {
    return List.copyOf(missed);
  }

  /** Plays it to its end and says what of the promises was not kept. */
  Ends play() throws Exception {
    try (Peers peers = new Peers()) {
      return play(peers);
    }
  }

  private Ends play(Peers peers) throws Exception {
    FileSystemUtils.deleteRecursively(folder);
    Files.createDirectories(folder);
    Path flags = folder.resolve("settings.properties");
    Properties properties = new Properties();
    properties.putAll(house.flags());
    properties.setProperty("pontic.data", folder.resolve("data").toString());
    properties.putAll(peers.flags());
    boolean answered =
        Files.exists(house.config().resolve("destinations/" + Peers.ANSWERS + ".yaml"));
    if (answered) {
      properties.setProperty(
          "destinations." + Peers.ANSWERS + ".url", "mllp://127.0.0.1:" + peers.answers().port());
    }
    // One practice folds what waits (decision 0280) and one plays each.
    properties.setProperty("practices.elm.api.folds", Boolean.toString(mode != Mode.RETRY));
    properties.setProperty("practices.oak.api.folds", "false");
    // One looks at the book before and after, and one after alone (decision 0347).
    properties.setProperty("practices.elm.writes.doubleBooking", "park");
    properties.setProperty("practices.oak.writes.doubleBooking", "tell");
    // Else each first life would make an administrator of Hawtio, at the price of a good password.
    house.withUsers(folder.resolve("data"));
    try (Writer writer = Files.newBufferedWriter(flags)) {
      properties.store(writer, null);
    }
    house.api().faults().clear();
    house.api().requests().clear();
    Instant start = Instant.now();
    List<Engine> engines = new ArrayList<>();
    List<Desk> desks = new ArrayList<>();
    Told told = new Told(house, peers, loads);
    try {
      for (Load load : loads) {
        engines.add(
            new Engine(load, house.mllpPort(load.practice()), house.api(), this::acknowledged));
        desks.add(new Desk(house, load, peers, seed, changes));
      }
      for (int i = 0; i < points.size(); i++) {
        KillPoint point = points.get(i);
        prepare(point, peers);
        int life = i;
        Instant born = Instant.now();
        try (Life running = Life.start(house.config(), flags, point, mode.word(), log())) {
          present = Optional.of(running);
          engines.forEach(engine -> engine.release(share(life + 1)));
          // A life that ends while it starts leaves its changes to the next one.
          if (running.isReady()) {
            desks.forEach(desk -> desk.release(changes * (life + 1) / (points.size() + 1)));
          }
          end(
              running,
              point,
              peers,
              () -> {
                engines.forEach(Engine::releaseOneMore);
                desks.forEach(Desk::releaseOneMore);
              });
        }
        LOG.info(
            "seed {}: killed at {} after {} ms",
            seed,
            point.text(),
            Duration.between(born, Instant.now()).toMillis());
      }
      engines.forEach(engine -> engine.release(Integer.MAX_VALUE));
      KillPoint none = new KillPoint(KillPoint.ANY, "", "", 1);
      try (Life last = Life.start(house.config(), flags, none, mode.word(), log())) {
        last.awaitReady();
        if (points.isEmpty() && changes > 0) {
          // What changes while everything is read for the first time cannot be seen late.
          untilAllEnded(last, engines, List.of(), told);
        }
        desks.forEach(desk -> desk.release(changes));
        boolean ended = untilAllEnded(last, engines, desks, told);
        last.stop();
        int sentAgain = engines.stream().mapToInt(Engine::sentAgain).sum();
        return Ends.of(
                house,
                loads,
                folder.resolve("data"),
                ended,
                answered ? Optional.of(peers.answers().frames()) : Optional.empty(),
                sentAgain,
                start)
            .and(changes == 0 ? List.of() : told.broken());
      }
    } finally {
      for (Engine engine : engines) {
        engine.close();
      }
      for (Desk desk : desks) {
        desk.close();
      }
      house.api().faults().clear();
    }
  }

  private Path log() {
    return folder.resolve("bundle.log");
  }

  /**
   * Messages of a practice that may be sent by the end of this life; the last life gets a share
   * too.
   */
  private int share(int life) {
    return loads.get(0).messages().size() * life / (points.size() + 1);
  }

  private void acknowledged() {
    if (acknowledged.incrementAndGet() == killAtAcknowledgement) {
      present.ifPresent(Life::kill);
    }
  }

  /** What must go wrong so that the point is reached at all. */
  private void prepare(KillPoint point, Peers peers) {
    // What an earlier life did not run into would take this one's place.
    house.api().faults().clear();
    if (point.purpose().equals("read-back")) {
      peers.hospital().arm(FhirFault.of(FhirFaultKind.HTTP_500).to("POST"));
    }
    if (point.trigger().equals(KillPoint.SENT)) {
      if (point.step().equals(Peers.REGISTRY)) {
        peers.registry().clear();
        peers.registry().arm(FhirFault.of(FhirFaultKind.SLOW).lasting(UNANSWERED));
      } else {
        HospitalMllp listener = listener(point, peers);
        listener.clear();
        listener.arm(MllpFault.of(MllpFaultKind.NO_ACK));
      }
    }
    killAtAcknowledgement =
        point.trigger().equals(KillPoint.ACKNOWLEDGED) ? acknowledged.get() + point.nth() : 0;
    for (String practice : PRACTICES) {
      for (String verb : List.of("POST", "PUT")) {
        if (point.purpose().equals("settle")) {
          house.api().faults().arm(Fault.of(practice, FaultKind.DROP_AFTER).on(verb, "/*"));
        }
      }
    }
    if (point.trigger().equals(KillPoint.REQUEST)) {
      slowRequests();
    }
  }

  /** The next request of each verb of each practice is under way for a while. */
  private void slowRequests() {
    for (String practice : PRACTICES) {
      for (String verb : List.of("POST", "PUT")) {
        house.api().faults().arm(Fault.of(practice, FaultKind.SLOW).lasting(SLOW).on(verb, "/*"));
      }
    }
  }

  /**
   * @param more lets another message and another change happen: under the faults of the seed it
   *     depends on the machine whether those of this life lead to its instant
   */
  private void end(Life life, KillPoint point, Peers peers, Runnable more) throws Exception {
    switch (point.trigger()) {
      case KillPoint.SENT -> {
        Instant end = Instant.now().plus(UNTIL_KILLED);
        Instant patient = Instant.now().plus(PATIENCE);
        while (!hasBytes(point, peers)) {
          if (Instant.now().isAfter(end)) {
            missed.add(point);
            break;
          }
          if (Instant.now().isAfter(patient)) {
            more.run();
            patient = patient.plus(PATIENCE);
          }
          LockSupport.parkNanos(2_000_000);
        }
        life.kill();
      }
      case KillPoint.REQUEST -> {
        Instant end = Instant.now().plus(UNTIL_KILLED);
        while (!hasRequest()) {
          if (Instant.now().isAfter(end)) {
            LOG.info("no request came; the last ones: {}", lastRequests());
            missed.add(point);
            break;
          }
          // Those of before may have come and gone while the life was still starting.
          slowRequests();
          more.run();
        }
        life.kill();
      }
      case KillPoint.ANY -> {
        life.awaitReady();
        if (life.killedWithin(Duration.ofMillis(point.nth()))) {
          throw new AssertionError("the bundle ended before it was killed");
        }
        life.kill();
      }
      default -> {}
    }
    Instant end = Instant.now().plus(UNTIL_KILLED);
    while (!life.killedWithin(PATIENCE)) {
      if (Instant.now().isAfter(end)) {
        missed.add(point);
        life.kill();
      } else {
        more.run();
      }
    }
  }

  /** A slow one is under way; false after a while without. */
  private boolean hasRequest() throws InterruptedException {
    try {
      house
          .api()
          .requests()
          .await(
              entry ->
                  entry.fault().equals(Optional.of(FaultKind.SLOW.wireName()))
                      && entry.status().equals("open"),
              PATIENCE);
      return true;
    } catch (TimeoutException e) {
      return false;
    }
  }

  private List<Requests.Entry> lastRequests() {
    List<Requests.Entry> all = house.api().requests().list();
    return all.subList(Math.max(0, all.size() - 20), all.size());
  }

  private static boolean hasBytes(KillPoint point, Peers peers) {
    return point.step().equals(Peers.REGISTRY)
        ? peers.registry().faultsLeft() == 0
        : listener(point, peers).faultsLeft() == 0;
  }

  private static HospitalMllp listener(KillPoint point, Peers peers) {
    return point.step().equals(Peers.ANSWERS) ? peers.answers() : peers.mllp();
  }

  private boolean untilAllEnded(Life life, List<Engine> engines, List<Desk> desks, Told told)
      throws Exception {
    Instant end = Instant.now().plus(LONGEST);
    Instant progress = Instant.now();
    List<Long> seen = List.of();
    while (Instant.now().isBefore(end) && Instant.now().isBefore(progress.plus(withoutProgress))) {
      boolean ended =
          engines.stream().allMatch(Engine::finished) && desks.stream().allMatch(Desk::finished);
      long open = life.open();
      if (ended && open == 0 && (changes == 0 || told.differences().isEmpty())) {
        return true;
      }
      List<Long> now = List.of(open, (long) acknowledged.get());
      if (!now.equals(seen)) {
        seen = now;
        progress = Instant.now();
      }
      LockSupport.parkNanos(100_000_000);
    }
    return false;
  }

  @Override
  public String toString() {
    return "seed "
        + seed
        + ", kills "
        + points.stream().map(KillPoint::text).toList()
        + ", "
        + loads.stream().mapToInt(load -> load.messages().size()).sum()
        + " messages, "
        + changes * loads.size()
        + " changes";
  }
}
