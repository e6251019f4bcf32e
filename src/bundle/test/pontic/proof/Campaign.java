package pontic.proof;

import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
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

/**
 * One run: a seed, its kill points, its messages and faults. Everything but the machine's own
 * timing follows from the seed.
 */
final class Campaign {
  private static final Logger LOG = LoggerFactory.getLogger(Campaign.class);
  private static final List<String> PRACTICES = List.of("elm", "oak");
  private static final Duration UNTIL_KILLED = Duration.ofSeconds(45);
  private static final Duration SLOW = Duration.ofMillis(300);

  private final House house;
  private final long seed;
  private final boolean retry;
  private final List<KillPoint> points;
  private final List<Load> loads;
  private final Path folder;
  private final Duration untilEnded;
  private final AtomicInteger acknowledged = new AtomicInteger();
  private volatile int killAtAcknowledgement;
  private volatile Optional<Life> present = Optional.empty();

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
        retry,
        practice ->
            Load.ofUnclearBookings(
                seed, practice, messages, firstPatient(seed, practice) + (retry ? 10 : 0)));
  }

  /**
   * @param kills how many lives end by a kill; the 20 points of {@link KillPoint#ALL} are dealt out
   *     over four consecutive seeds of five kills
   * @param messages per practice
   */
  Campaign(House house, Path folder, long seed, int kills, int messages) {
    this(
        house,
        folder,
        seed,
        kills,
        false,
        practice -> Load.of(seed, practice, messages, firstPatient(seed, practice)));
  }

  private Campaign(
      House house, Path folder, long seed, int kills, boolean retry, Function<String, Load> load) {
    this.house = house;
    this.folder = folder;
    this.seed = seed;
    this.retry = retry;
    this.untilEnded = retry ? Duration.ofSeconds(25) : Duration.ofSeconds(60);
    this.points = points(seed, kills);
    this.loads = PRACTICES.stream().map(load).toList();
  }

  private static int firstPatient(long seed, String practice) {
    return (int) (1_000 + (seed % 5_000) * 40 + PRACTICES.indexOf(practice) * 20);
  }

  private static List<KillPoint> points(long seed, int kills) {
    Random random = new Random(seed);
    List<KillPoint> drawn =
        new ArrayList<>(
            IntStream.range(0, kills)
                .mapToObj(i -> KillPoint.ALL.get((int) ((seed + 4L * i) % KillPoint.ALL.size())))
                .map(point -> point.drawn(random))
                .toList());
    Collections.shuffle(drawn, random);
    return List.copyOf(drawn);
  }

  List<KillPoint> points() {
    return points;
  }

  List<Load> loads() {
    return loads;
  }

  /** Plays it to its end and says what of the promises was not kept. */
  Ends play() throws Exception {
    FileSystemUtils.deleteRecursively(folder);
    Files.createDirectories(folder);
    Path flags = folder.resolve("settings.properties");
    Properties properties = new Properties();
    properties.putAll(house.flags());
    properties.setProperty("pontic.data", folder.resolve("data").toString());
    try (Writer writer = Files.newBufferedWriter(flags)) {
      properties.store(writer, null);
    }
    house.api().faults().clear();
    house.api().requests().clear();
    Instant start = Instant.now();
    List<Engine> engines = new ArrayList<>();
    try {
      for (Load load : loads) {
        engines.add(
            new Engine(load, house.mllpPort(load.practice()), house.api(), this::acknowledged));
      }
      for (int i = 0; i < points.size(); i++) {
        KillPoint point = points.get(i);
        prepare(point);
        int life = i;
        Instant born = Instant.now();
        try (Life running = Life.start(flags, point, retry, log())) {
          present = Optional.of(running);
          engines.forEach(engine -> engine.release(share(life + 1)));
          end(running, point);
        }
        LOG.info(
            "seed {}: killed at {} after {} ms",
            seed,
            point.text(),
            Duration.between(born, Instant.now()).toMillis());
      }
      engines.forEach(engine -> engine.release(Integer.MAX_VALUE));
      try (Life last = Life.start(flags, new KillPoint(KillPoint.ANY, "", "", 1), retry, log())) {
        last.awaitReady();
        boolean ended = untilAllEnded(last, engines);
        last.stop();
        int sentAgain = engines.stream().mapToInt(Engine::sentAgain).sum();
        return Ends.of(house, loads, folder.resolve("data"), ended, sentAgain, start);
      }
    } finally {
      for (Engine engine : engines) {
        engine.close();
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
  private void prepare(KillPoint point) {
    killAtAcknowledgement =
        point.trigger().equals(KillPoint.ACKNOWLEDGED) ? acknowledged.get() + point.nth() : 0;
    for (String practice : PRACTICES) {
      for (String verb : List.of("POST", "PUT")) {
        if (point.purpose().equals("settle")) {
          house.api().faults().arm(Fault.of(practice, FaultKind.DROP_AFTER).on(verb, "/*"));
        }
        if (point.trigger().equals(KillPoint.REQUEST)) {
          house.api().faults().arm(Fault.of(practice, FaultKind.SLOW).lasting(SLOW).on(verb, "/*"));
        }
      }
    }
  }

  private void end(Life life, KillPoint point) throws Exception {
    switch (point.trigger()) {
      case KillPoint.REQUEST -> {
        try {
          house
              .api()
              .requests()
              .await(
                  entry ->
                      entry.fault().equals(Optional.of(FaultKind.SLOW.wireName()))
                          && entry.status().equals("open"),
                  UNTIL_KILLED);
        } catch (TimeoutException e) {
          throw new AssertionError("no request came under " + point.text(), e);
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
    if (!life.killedWithin(UNTIL_KILLED)) {
      throw new AssertionError(point.text() + " was not reached");
    }
  }

  private boolean untilAllEnded(Life life, List<Engine> engines) throws Exception {
    Instant end = Instant.now().plus(untilEnded);
    while (Instant.now().isBefore(end)) {
      if (engines.stream().allMatch(Engine::finished) && life.open() == 0) {
        return true;
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
        + " messages";
  }
}
