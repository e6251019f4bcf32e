package pontic.proof;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static pontic.house.House.until;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.util.FileSystemUtils;
import pontic.Around;
import pontic.capture.Reach;
import pontic.house.House;

/**
 * Capture misses no change of an office at work: what is committed at once is there after one poll,
 * what is seen late after one sweep, by comparing all rows. {@code -Dproof.seconds=120} for the
 * product's own overlap; the sweep comes more often than in the product in any case.
 */
final class NothingMissedTest {
  private static final Logger LOG = LoggerFactory.getLogger(NothingMissedTest.class);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String OFFICE = "oak";
  private static final int PATIENTS = 40;
  private static final int FEEDS = 7;

  /** The least that an office can set. */
  private static final int PAGE = 10;

  private static final int TIE = 2 * PAGE + 3;
  private static final int SECONDS = Integer.getInteger("proof.seconds", 15);
  private static final Duration HALF = Duration.ofMillis(SECONDS * 500L);
  private static final Duration HELD = Duration.ofSeconds(Math.max(5, SECONDS / 6));

  /** The product's from 100 seconds on; a held transaction is open longer in any case. */
  private static final Duration OVERLAP = Duration.ofSeconds(Math.min(5, 2 + SECONDS / 30));

  private static final int KEYS = Math.min(100, SECONDS);
  private static final Duration NEVER = Duration.ofDays(1);
  private static final Duration SWEEP = Duration.ofMinutes(30);
  private static final int SWEEP_KEYS = 5_000;

  /** Each poll reaches back by the overlap; no sweep helps. */
  private static final Reach POLLS = new Reach(OVERLAP, KEYS, NEVER, SWEEP, SWEEP_KEYS);

  private static final Reach SWEEPS =
      new Reach(OVERLAP, KEYS, Duration.ofSeconds(Math.max(2, SECONDS / 8)), SWEEP, SWEEP_KEYS);

  @TempDir static Path folder;
  private static House house;
  private static Sides sides;
  private BusyOffice office;
  private Instant begin;

  @BeforeAll
  static void open() throws Exception {
    house =
        House.sandboxOnly(folder, House.SCALE, PATIENTS)
            .withInstallation(withClockThatSteps())
            .with("practices." + OFFICE + ".database.page", Integer.toString(PAGE))
            .with("routes.reconcile.period", "50")
            .with("destinations.registry.enabled", "false")
            .with("destinations.hospital-hl7.enabled", "false");
    BusyOffice.prepare(house, OFFICE);
    sides = new Sides(house, OFFICE);
  }

  @AfterAll
  static void close() throws Exception {
    house.close();
  }

  @BeforeEach
  void begin() throws Exception {
    office = new BusyOffice(house, OFFICE, TIE);
    begin = Instant.now();
  }

  @AfterEach
  void end() throws Exception {
    office.close();
    house.stopBundle();
  }

  @Test
  void whatIsCommittedAtOnceIsThereAfterAPollAndWhatIsSeenLateAfterASweep() throws Exception {
    Polls polls = started(POLLS);
    polls.awaitRound(office.now().minusSeconds(5));
    office.work(HALF, HELD, true);
    office.done();
    polls.awaitRound(office.now());
    Map<String, String> missed = new TreeMap<>(sides.missedByRecords());
    Set<String> late = new TreeSet<>(missed.keySet());
    late.retainAll(office.late());
    missed.keySet().removeAll(office.late());
    assertEquals(Map.of(), missed, "not there after a poll");
    assertFalse(late.isEmpty(), "what is seen late, a sweep has to find");

    int before = office.changes();
    office.work(HALF, HELD, false);
    until("the office is at work", () -> office.changes() > before);
    house.stopBundle();
    int down = office.changes();
    until("changes while nobody reads", () -> worksOn() && office.changes() > down);
    Polls sweeps = started(SWEEPS);
    int up = office.changes();
    office.done();
    sweeps.awaitRound(office.now());
    sweeps.awaitSweep();
    until("all is sent", NothingMissedTest::isSent);
    assertEquals(Map.of(), sides.missedByRecords());
    assertEquals(Map.of(), sides.missedBy(house.hospital()));
    for (JsonNode each : compared()) {
      assertEquals(0, each.path("differing").asLong(), each::toString);
      assertEquals(0, each.path("unexplained").asLong(), each::toString);
    }
    LOG.info(
        "{} by {} s of work, {} of them while the bundle was down; missed after a poll: 0 of what was committed at once,"
            + " {} rows of what is seen late; after a sweep: 0; {} pages, {} sweeps of a table; {} s in all",
        office,
        SECONDS,
        up - down,
        late.size(),
        polls.pages() + sweeps.pages(),
        polls.sweeps() + sweeps.sweeps(),
        Duration.between(begin, Instant.now()).toSeconds());
  }

  @Test
  void aStrictCursorMissesWhatIsSeenLate() throws Exception {
    Polls polls = started(KillableMain.STRICT);
    polls.awaitRound(office.now().minusSeconds(5));
    office.work(HALF.multipliedBy(2), HELD, true);
    office.done();
    polls.awaitRound(office.now());
    Map<String, String> missed = new TreeMap<>(sides.missedByRecords());
    LOG.info("with a strict cursor: {}; missed: {} rows", office, missed.size());
    missed.keySet().retainAll(office.late());
    assertFalse(missed.isEmpty(), "a strict cursor missed nothing");
  }

  /** Where the end of a bundle took longer than the work, there is more of it. */
  private boolean worksOn() {
    if (!office.isWorking()) {
      office.work(HALF, HELD, false);
    }
    return true;
  }

  private static Polls started(Reach reach) throws Exception {
    Polls polls = new Polls(OFFICE, FEEDS);
    house.startBundle(
        Around.nothing()
            .withReaching(usual -> reach)
            .withObserver(
                context -> context.getCamelContextExtension().addInterceptStrategy(polls)));
    return polls;
  }

  private static boolean isSent() {
    return house
            .ledger()
            .count(
                "select count(*) from due where destination = 'hospital' and practice = '"
                    + OFFICE
                    + "'")
        == 0;
  }

  /** As ./pontic reconcile does it, without repair. */
  private static List<JsonNode> compared() throws Exception {
    String which = "practice=" + OFFICE + "&dryRun=true";
    assertEquals(202, house.post("/control/reconcile?" + which));
    until(
        "all tables are compared",
        () -> reports(which).stream().noneMatch(it -> it.path("state").asText().equals("running")));
    return reports(which);
  }

  private static List<JsonNode> reports(String which) {
    try {
      return List.copyOf(
          JSON.readerForListOf(JsonNode.class)
              .readValue(house.control("/control/reconciles?" + which)));
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  /** The shipped files, but what they take for now is behind by the seconds of a table. */
  private static Path withClockThatSteps() throws Exception {
    Path home = folder.resolve("installation");
    for (String part : List.of("routes", "mappings", "sql")) {
      FileSystemUtils.copyRecursively(House.home().resolve(part), home.resolve(part));
    }
    try (Stream<Path> files = Files.walk(home.resolve("sql/capture"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.writeString(
            file,
            Files.readString(file)
                .replace(
                    "now()",
                    "(now() - interval (select Seconds from " + BusyOffice.CLOCK + ") second)"));
      }
    }
    return home;
  }
}
