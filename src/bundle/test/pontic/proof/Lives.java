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
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.util.FileSystemUtils;
import pontic.house.House;
import pontic.sandbox.api.Fault;
import pontic.sandbox.api.FaultKind;
import pontic.sandbox.api.Requests;

/**
 * The product as processes, one after the other on the same data. Each holds of each practice what
 * first comes to an aim, and is killed when all are there; the next has the aims that are left.
 */
final class Lives implements Matrix.Product, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Lives.class);
  private static final Duration LONGEST = Duration.ofSeconds(600);

  /** Of a message that waits through the kills of others. */
  private static final Duration LONGEST_OF_ALL = Duration.ofMinutes(30);

  private static final Duration UNTIL_REQUESTED = Duration.ofSeconds(20);
  private static final long PAUSE_NANOS = Duration.ofMillis(100).toNanos();

  /** How long the API works on a request with which a process is killed; less than its limit. */
  private static final Duration UNANSWERED = Duration.ofMillis(2_500);

  private final House house;
  private final Matrix.Sender sender;
  private final Path folder;
  private final String mode;
  private final Map<Integer, Aim> open = new TreeMap<>();
  private final Set<Integer> held = new TreeSet<>();
  private final Set<Integer> standing = new TreeSet<>();
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
    synchronized (this) {
      left = open.values().stream().filter(aim -> !finished.contains(aim.practice())).toList();
    }
    Path aims = folder.resolve("aims.txt");
    Aim.write(aims, left);
    life =
        Life.start(
            house.config(), folder.resolve("settings.properties"), aims, mode, log(), this::told);
    life.awaitReady();
  }

  private Path log() {
    return folder.resolve("bundle.log");
  }

  private synchronized void told(String word) {
    int number = Integer.parseInt(word.substring(word.indexOf(' ') + 1));
    (word.startsWith("stands ") ? standing : held).add(number);
    notifyAll();
  }

  /** One life after the other, until no aim is left that something may still come to. */
  private void kill() {
    try {
      while (allAreThere()) {
        List<Requests.Entry> requested = letGo();
        life.kill();
        Set<String> busy =
            house.api().requests().list().stream()
                .filter(entry -> entry.status().equals("open"))
                .filter(entry -> requested.stream().anyMatch(had -> had.number() == entry.number()))
                .map(Lives::place)
                .collect(Collectors.toSet());
        if (!life.killedWithin(LONGEST)) {
          throw new AssertionError("the bundle outlived its kill; see " + log());
        }
        counted(busy);
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
      held.stream().filter(this::isThere).forEach(one -> wanted.remove(practice(one)));
      standing.forEach(one -> wanted.remove(practice(one)));
      if (wanted.isEmpty()) {
        return true;
      }
      if (!life.isAlive()) {
        throw new AssertionError("the bundle ended by itself; see " + log());
      }
      if (Instant.now().isAfter(end)) {
        throw new AssertionError(wanted + " come to no aim; see " + log());
      }
      wait(1_000);
    }
  }

  /** What is killed at its acknowledgement has been read by the hospital. */
  private boolean isThere(int number) {
    Aim aim = open.get(number);
    return !aim.point().trigger().equals(KillPoint.ACKNOWLEDGED)
        || acknowledged.contains(aim.control());
  }

  private String practice(int number) {
    return open.get(number).practice();
  }

  /** Requests that are to be killed under way go, all at once, and come back once they are. */
  private List<Requests.Entry> letGo() throws Exception {
    List<Aim> go;
    synchronized (this) {
      go = standing.stream().map(open::get).toList();
    }
    long last =
        house.api().requests().list().stream().mapToLong(Requests.Entry::number).max().orElse(0);
    for (Aim aim : go) {
      Write write = write(aim);
      house
          .api()
          .faults()
          .arm(
              Fault.of(aim.practice(), FaultKind.SLOW)
                  .lasting(UNANSWERED)
                  .on(write.verb(), write.path()));
      life.go(aim.number());
    }
    List<Requests.Entry> requested = new ArrayList<>();
    for (Aim aim : go) {
      try {
        requested.add(
            house
                .api()
                .requests()
                .await(
                    entry ->
                        entry.number() > last
                            && entry.fault().equals(Optional.of(FaultKind.SLOW.wireName()))
                            && place(entry).equals(place(aim)),
                    UNTIL_REQUESTED));
      } catch (TimeoutException e) {
        LOG.info("{} was not requested in time", aim);
      }
    }
    return requested;
  }

  private static Write write(Aim aim) {
    return Write.ALL.stream().filter(w -> w.name().equals(aim.write())).findFirst().orElseThrow();
  }

  private static String place(Aim aim) {
    return aim.practice() + " " + write(aim).template();
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
    standing.stream().map(open::get).filter(aim -> busy.contains(place(aim))).forEach(there::add);
    for (Aim aim : there) {
      met.add(aim.number());
      open.remove(aim.number());
    }
    held.clear();
    standing.clear();
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
