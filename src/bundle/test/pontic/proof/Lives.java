package pontic.proof;

import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.util.FileSystemUtils;
import pontic.house.House;
import pontic.sandbox.api.FaultKind;
import pontic.sandbox.api.Requests;

/**
 * The product as processes, one after the other on the same data. Each holds of each practice what
 * first comes to an aim, and is killed when all are there, or soon after the API has a request that
 * is one; the next has the aims that are left.
 */
final class Lives implements Matrix.Product, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Lives.class);
  private static final Duration LONGEST = Duration.ofSeconds(600);

  /** Of a message that waits through the kills of others. */
  private static final Duration LONGEST_OF_ALL = Duration.ofMinutes(30);

  private static final long PAUSE_NANOS = Duration.ofMillis(100).toNanos();

  /** For so long a request that the API has waits for the aims of others. */
  private static final Duration BESIDE = Duration.ofMillis(1_800);

  private final House house;
  private final Matrix.Sender sender;
  private final Path folder;
  private final String mode;
  private final Map<Integer, Aim> open = new TreeMap<>();
  private final Set<Integer> held = new TreeSet<>();
  private final Set<Integer> met = new TreeSet<>();
  private final Set<String> acknowledged = new HashSet<>();
  private final Set<String> finished = new HashSet<>();
  private final Thread killer = new Thread(this::kill, "killer");
  private Optional<Throwable> failure = Optional.empty();
  private volatile Life life;
  private int kills;
  private boolean ended;

  private Lives(House house, Path folder, String mode, List<Aim> aims) {
    this.house = house;
    this.sender = new Matrix.Sender(house);
    this.folder = folder;
    this.mode = mode;
    aims.forEach(aim -> open.put(aim.number(), aim));
  }

  /**
   * @param folder of its own, made anew
   * @param mode of {@link KillableMain}
   * @param consumers more than there are practices, one of which each holds
   */
  static Lives of(House house, Path folder, String mode, int consumers, List<Aim> aims)
      throws Exception {
    FileSystemUtils.deleteRecursively(folder);
    Files.createDirectories(folder);
    Properties properties = new Properties();
    properties.putAll(house.flags());
    properties.setProperty("pontic.data", folder.resolve("data").toString());
    properties.setProperty("pontic.understand.consumers", Integer.toString(consumers));
    properties.setProperty("pontic.call.consumers", Integer.toString(consumers));
    house.withUsers(folder.resolve("data"));
    try (Writer writer = Files.newBufferedWriter(folder.resolve("settings.properties"))) {
      properties.store(writer, null);
    }
    Lives lives = new Lives(house, folder, mode, aims);
    lives.next();
    lives.killer.start();
    return lives;
  }

  private void next() throws Exception {
    List<Aim> left;
    int its;
    synchronized (this) {
      its = kills;
      left = open.values().stream().filter(aim -> !finished.contains(aim.practice())).toList();
    }
    Path aims = folder.resolve("aims.txt");
    Aim.write(aims, left.stream().filter(aim -> !aim.isRequest()).toList());
    life =
        Life.start(
            house.config(),
            folder.resolve("settings.properties"),
            aims,
            mode,
            log(),
            word -> told(its, word));
    life.awaitReady();
  }

  private Path log() {
    return folder.resolve("bundle.log");
  }

  private synchronized void told(int killsBefore, String word) {
    // What one has said last is read when it is no more.
    if (killsBefore == kills) {
      held.add(Integer.parseInt(word.substring("held ".length())));
      notifyAll();
    }
  }

  /** One life after the other, until no aim is left that something may still come to. */
  private void kill() {
    try {
      while (allAreThere()) {
        Set<Long> before = new TreeSet<>();
        requested().forEach(entry -> before.add(entry.number()));
        life.kill();
        if (!life.killedWithin(LONGEST)) {
          throw new AssertionError("the bundle outlived its kill; see " + log());
        }
        counted(
            requested().stream()
                .filter(entry -> before.contains(entry.number()))
                .map(Lives::place)
                .collect(Collectors.toSet()));
        next();
      }
    } catch (Throwable e) {
      fail(e);
    }
  }

  private synchronized void fail(Throwable why) {
    failure = Optional.of(why);
    ended = true;
    notifyAll();
  }

  /** Waits until each practice with an aim has come to one; false if there are no more aims. */
  private synchronized boolean allAreThere() throws InterruptedException {
    Instant end = Instant.now().plus(LONGEST);
    while (true) {
      Set<String> wanted = new TreeSet<>();
      open.values().forEach(aim -> wanted.add(aim.practice()));
      wanted.removeAll(finished);
      if (wanted.isEmpty() || ended) {
        return false;
      }
      held.stream().filter(this::isThere).forEach(one -> wanted.remove(open.get(one).practice()));
      List<Requests.Entry> requested = requested();
      requested.forEach(entry -> wanted.remove(entry.practice().orElse("")));
      long oldest = System.currentTimeMillis() - BESIDE.toMillis();
      if (wanted.isEmpty() || requested.stream().anyMatch(entry -> entry.arrival() < oldest)) {
        return true;
      }
      if (!life.isAlive()) {
        throw new AssertionError("the bundle ended by itself; see " + log());
      }
      if (Instant.now().isAfter(end)) {
        throw new AssertionError(wanted + " come to no aim; see " + log());
      }
      wait(100);
    }
  }

  /** What is killed at its acknowledgement has been read by the hospital. */
  private boolean isThere(int number) {
    Aim aim = open.get(number);
    return !aim.point().trigger().equals(KillPoint.ACKNOWLEDGED)
        || acknowledged.contains(aim.control());
  }

  /** What the API has of requests that are aimed at. */
  private synchronized List<Requests.Entry> requested() {
    Set<String> aimed =
        open.values().stream().filter(Aim::isRequest).map(Lives::place).collect(Collectors.toSet());
    return house.api().requests().list().stream()
        .filter(entry -> entry.status().equals("open"))
        .filter(entry -> entry.fault().equals(Optional.of(FaultKind.SLOW.wireName())))
        .filter(entry -> aimed.contains(place(entry)))
        .toList();
  }

  private static String place(Aim aim) {
    Write write =
        Write.ALL.stream().filter(w -> w.name().equals(aim.write())).findFirst().orElseThrow();
    return aim.practice() + " " + write.template();
  }

  private static String place(Requests.Entry entry) {
    return entry.practice().orElse("") + " " + entry.method() + " " + entry.template();
  }

  /**
   * @param busy where the API had a request and no answer when the process was no more
   */
  private synchronized void counted(Set<String> busy) {
    kills++;
    List<Aim> there = new ArrayList<>();
    held.stream().filter(this::isThere).map(open::get).forEach(there::add);
    open.values().stream()
        .filter(aim -> aim.isRequest() && busy.contains(place(aim)))
        .forEach(there::add);
    for (Aim aim : there) {
      met.add(aim.number());
      open.remove(aim.number());
    }
    held.clear();
    LOG.info("kill {}: {}; {} left", kills, there, open.size());
  }

  @Override
  public void deliver(String practice, Chapter.Message message) throws Exception {
    Instant end = Instant.now().plus(LONGEST_OF_ALL);
    while (Instant.now().isBefore(end)) {
      check();
      try {
        if (sender.send(practice, message)) {
          synchronized (this) {
            acknowledged.add(message.controlId());
            notifyAll();
          }
          return;
        }
      } catch (IOException e) {
        // Nobody there, or killed with it: the same message is for the next life.
        check();
      }
      LockSupport.parkNanos(PAUSE_NANOS);
    }
    throw new AssertionError(message.controlId() + " was not accepted; see " + log());
  }

  @Override
  public void untilAllEnded(String practice) throws Exception {
    Instant end = Instant.now().plus(LONGEST_OF_ALL);
    while (Instant.now().isBefore(end)) {
      check();
      OptionalLong waiting = life.openIfAlive(practice);
      if (waiting.isPresent() && waiting.getAsLong() == 0) {
        return;
      }
      LockSupport.parkNanos(PAUSE_NANOS);
    }
    throw new AssertionError("not all of " + practice + " has its end; see " + log());
  }

  private synchronized void check() {
    failure.ifPresent(
        why -> {
          throw new AssertionError("the kills came to no end", why);
        });
  }

  @Override
  public synchronized void finished(String practice) {
    finished.add(practice);
    notifyAll();
  }

  /** The aims with which a process was killed, by their numbers. */
  synchronized Set<Integer> met() {
    return Set.copyOf(met);
  }

  synchronized int kills() {
    return kills;
  }

  @Override
  public void close() throws Exception {
    synchronized (this) {
      ended = true;
      notifyAll();
    }
    killer.join(LONGEST.toMillis());
    life.close();
  }
}
