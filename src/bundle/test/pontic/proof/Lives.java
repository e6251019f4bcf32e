package pontic.proof;

import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.OptionalLong;
import java.util.Properties;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.springframework.util.FileSystemUtils;
import pontic.house.House;

/**
 * The product as processes, one after the other on the same data, the first of which are killed.
 */
final class Lives implements Matrix.Product, AutoCloseable {
  private static final Duration LONGEST = Duration.ofSeconds(600);
  private static final long PAUSE_NANOS = Duration.ofMillis(100).toNanos();

  /** The instants of what comes in. */
  private static final List<KillPoint> POINTS =
      KillPoint.ALL.stream()
          .filter(KillPoint::inTheProcess)
          .filter(point -> point.step().matches("(accept|understand|call)-.*"))
          .toList();

  private final Matrix.Sender sender;
  private final Path config;
  private final Path flags;
  private final Path log;
  private final Deque<KillPoint> left;
  private final List<KillPoint> killedAt = new ArrayList<>();
  private KillPoint point = new KillPoint(KillPoint.ANY, "", "", 1);
  private Life life;

  private Lives(House house, Path flags, Path log, Deque<KillPoint> left) {
    this.sender = new Matrix.Sender(house);
    this.config = house.config();
    this.flags = flags;
    this.log = log;
    this.left = left;
  }

  /**
   * @param folder of its own, made anew
   * @param kills how many lives end by a kill
   */
  static Lives of(House house, Path folder, long seed, int kills) throws Exception {
    FileSystemUtils.deleteRecursively(folder);
    Files.createDirectories(folder);
    Properties properties = new Properties();
    properties.putAll(house.flags());
    properties.setProperty("pontic.data", folder.resolve("data").toString());
    house.withUsers(folder.resolve("data"));
    Path flags = folder.resolve("settings.properties");
    try (Writer writer = Files.newBufferedWriter(flags)) {
      properties.store(writer, null);
    }
    Random random = new Random(seed);
    List<KillPoint> all = new ArrayList<>(POINTS);
    Collections.shuffle(all, random);
    Deque<KillPoint> points = new ArrayDeque<>();
    all.stream().limit(kills).map(point -> point.drawn(random)).forEach(points::add);
    Lives lives = new Lives(house, flags, folder.resolve("bundle.log"), points);
    lives.next();
    return lives;
  }

  private void next() throws Exception {
    do {
      point = left.isEmpty() ? new KillPoint(KillPoint.ANY, "", "", 1) : left.remove();
      life = Life.start(config, flags, point, "usual", log);
    } while (!life.isReady() && killed());
  }

  /** Notes how the present life ended; fails if by anything but its kill. */
  private boolean killed() throws InterruptedException {
    if (!point.inTheProcess() || !life.killedWithin(Duration.ofSeconds(10))) {
      throw new AssertionError("the bundle ended by itself; see " + log);
    }
    killedAt.add(point);
    return true;
  }

  @Override
  public void deliver(String practice, Chapter.Message message) throws Exception {
    Instant end = Instant.now().plus(LONGEST);
    while (Instant.now().isBefore(end)) {
      try {
        if (sender.send(practice, message)) {
          return;
        }
      } catch (IOException e) {
        // Nobody there: perhaps killed just now, and the same message is for the next life.
        if (life.killedWithin(Duration.ofMillis(500))) {
          killed();
          next();
        }
      }
      LockSupport.parkNanos(PAUSE_NANOS);
    }
    throw new AssertionError(message.controlId() + " was not accepted; see " + log);
  }

  @Override
  public void untilAllEnded(String practice) throws Exception {
    Instant end = Instant.now().plus(LONGEST);
    while (Instant.now().isBefore(end)) {
      OptionalLong open = life.openIfAlive();
      if (open.isEmpty()) {
        killed();
        next();
      } else if (open.getAsLong() == 0) {
        return;
      }
      LockSupport.parkNanos(PAUSE_NANOS);
    }
    throw new AssertionError("not all has its end; see " + log);
  }

  int kills() {
    return killedAt.size();
  }

  @Override
  public String toString() {
    return "killed at " + killedAt.stream().map(KillPoint::text).toList();
  }

  @Override
  public void close() throws Exception {
    life.close();
  }
}
