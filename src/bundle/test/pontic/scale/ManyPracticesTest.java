package pontic.scale;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.IntSummaryStatistics;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import pontic.sandbox.api.Fault;
import pontic.sandbox.api.FaultKind;
import pontic.sandbox.api.Requests;

/**
 * A hundred practices, eight consumers. Nothing is measured in milliseconds: each figure is a ratio
 * within one run.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class ManyPracticesTest {
  private static final int PRACTICES = 100;
  private static final int CONSUMERS = 8;

  /** A request each second, as Open Dental allows it to most keys. */
  private static final double SCALE = Double.parseDouble(System.getProperty("pontic.scale", "1"));

  private static final Duration PHASE = Duration.ofSeconds(5);

  /** Half a period more than between two requests. */
  private static final Duration SILENT = Duration.ofMillis(Math.round(1500 * SCALE));

  /** Of what the API permits, with all alive: less, and something of ours holds lanes up. */
  private static final double SERVED = 0.85;

  /** More of the processors than this went to other machines, and what was served says nothing. */
  private static final double STOLEN = 0.15;

  /** Rounds that may be played until three of them count, since nothing was stolen. */
  private static final int ROUNDS = 6;

  /** In an overload, on the average of the lanes, until their shares are compared. */
  private static final int CALLS = 5;

  /** A practice, so that what a round leaves is more than it takes: two calls or more each. */
  private static final int MESSAGES = 30;

  private static final Duration LONGEST = Duration.ofMinutes(10);
  private static final String ACCEPTED = "select count(*) from message where state = 'accepted'";

  /** Lanes that have something to do. */
  private static final String WAITING =
      "select count(distinct practice) from work where state = 'waiting' and event <> 'capture'";

  /** One a round: a lane whose request got no answer rests until the API must be done with it. */
  private static final List<String> HANGING = List.of("p3", "p20", "p71");

  private static final Set<String> BROKEN = Set.of("p3", "p20", "p71", "p50", "p97");

  @TempDir static Path folder;
  private static Town town;
  private static int registered = 1000;

  @BeforeAll
  static void open() throws Exception {
    town = Town.open(folder, PRACTICES, CONSUMERS, SCALE);
    town.untilConnected();
  }

  @AfterAll
  static void close() throws Exception {
    if (town != null) {
      town.close();
    }
  }

  @Test
  @Order(1)
  void aHangingAnOfflineAndABusyPracticeTakeNothingFromTheOthers() throws Exception {
    refill();
    List<Double> ratios = new ArrayList<>();
    List<Double> alive = new ArrayList<>();
    for (int round = 0; round < ROUNDS && ratios.size() < HANGING.size(); round++) {
      refill();
      Phase before = phase("alive");
      town.api().faults().arm(Fault.of(HANGING.get(ratios.size()), FaultKind.HANG).times(0));
      town.api().faults().arm(Fault.of("p50", FaultKind.OFFLINE));
      town.api()
          .faults()
          .arm(Fault.of("p97", FaultKind.BUSY).times(0).lasting(Duration.ofSeconds(2)));
      town.api()
          .requests()
          .await(
              entry -> entry.status().equals("hung") && entry.end().isEmpty(),
              Duration.ofSeconds(600));
      Phase broken = phase("three broken");
      town.api().faults().clear();
      Phase after = phase("alive again");
      if (Stream.of(before, broken, after).anyMatch(phase -> phase.stolen() > STOLEN)) {
        continue;
      }
      assertEquals(PRACTICES, town.count(WAITING), "lanes that still have something to do");
      alive.add(Math.min(before.used(), after.used()));
      ratios.add(2.0 * broken.requests() / (before.requests() + after.requests()));
    }
    assumeTrue(
        ratios.size() == HANGING.size(),
        () ->
            "this machine has no processor for a hundred practices: in more than "
                + (ROUNDS - HANGING.size())
                + " of "
                + ROUNDS
                + " rounds its host gave more than "
                + STOLEN
                + " of it to others");
    ratios.sort(null);
    alive.sort(null);
    double ratio = ratios.get(ratios.size() / 2);
    double served = alive.get(alive.size() / 2);
    System.out.printf(
        "95 practices beside a hanging, an offline and a busy one: %s of their calls%n", ratios);
    System.out.printf("with all alive, achieved of what the API permits: %s%n", alive);
    assertTrue(served >= SERVED, "with all alive only " + alive + " of what the API permits");
    assertTrue(ratio >= 0.95, "kept " + ratio + " of the calls of the same run with all alive");
    assertEquals(List.of(), town.api().requests().violations(0));
  }

  /**
   * Of the 95.
   *
   * @param requests that they make in a phase at their pace
   * @param used of what the API permits
   * @param stolen of the processors' time, by the host for other machines; 0 where nobody says
   */
  private record Phase(double requests, double used, double stolen) {}

  private static Phase phase(String name) throws IOException {
    Processors processors = Processors.now();
    long from = System.currentTimeMillis();
    LockSupport.parkNanos(PHASE.toNanos());
    while (System.currentTimeMillis() < from + PHASE.toMillis()) {
      LockSupport.parkNanos(1_000_000);
    }
    long to = from + PHASE.toMillis();
    Map<String, List<Requests.Entry>> arrivals =
        town.arrivals(from, to, practice -> !BROKEN.contains(practice));
    double requests =
        arrivals.values().stream().mapToDouble(entries -> served(entries, from, to)).sum();
    double permitted =
        arrivals.values().stream().mapToDouble(entries -> town.permitted(entries, PHASE)).sum();
    Phase phase =
        new Phase(requests, requests / permitted, Processors.now().stolenSince(processors));
    System.out.printf(
        "%s: %.0f requests of %d practices, %.3f of what the API permits, stolen %.2f, load %.1f%n",
        name,
        requests,
        arrivals.size(),
        phase.used(),
        phase.stolen(),
        java.lang.management.ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
    return phase;
  }

  /**
   * Lanes begin together, so of each of them a phase holds one more or one less by where it begins,
   * which is a fifth of all. Hence the pace from the first to the last; but what came, where a lane
   * was silent before or behind.
   */
  private static double served(List<Requests.Entry> entries, long from, long to) {
    long first = entries.stream().mapToLong(Requests.Entry::arrival).min().orElse(to);
    long last = entries.stream().mapToLong(Requests.Entry::arrival).max().orElse(from);
    boolean silent = first - from > SILENT.toMillis() || to - last > SILENT.toMillis();
    return silent || last <= first
        ? entries.size()
        : (entries.size() - 1.0) * (to - from) / (last - first);
  }

  /** So much that no lane runs dry in what follows: they rest until all of it is understood. */
  private static void refill() throws Exception {
    registered += MESSAGES;
    town.rest();
    town.register(registered, MESSAGES);
    untilUnderstood();
    town.goOn();
    untilEachIsServed(System.currentTimeMillis());
  }

  private static void untilUnderstood() {
    long from = System.nanoTime();
    while (town.count(ACCEPTED) > 0) {
      if (System.nanoTime() - from > LONGEST.toNanos()) {
        throw new AssertionError("not understood within " + LONGEST + ": " + town.stall());
      }
      LockSupport.parkNanos(50_000_000);
    }
    System.out.printf("understood after %.1f s%n", (System.nanoTime() - from) / 1e9);
  }

  private static void untilEachIsServed(long from) {
    long begin = System.nanoTime();
    int served = 0;
    while (served < PRACTICES) {
      if (System.nanoTime() - begin > LONGEST.toNanos()) {
        throw new AssertionError("only " + served + " lanes were served within " + LONGEST);
      }
      LockSupport.parkNanos(50_000_000);
      served = town.arrivals(from, System.currentTimeMillis(), practice -> true).size();
    }
  }

  private static Map<String, List<Requests.Entry>> untilArrived(long from, int calls) {
    long begin = System.nanoTime();
    while (true) {
      Map<String, List<Requests.Entry>> arrivals =
          town.arrivals(from, System.currentTimeMillis(), practice -> true);
      if (arrivals.values().stream().mapToInt(List::size).sum() >= calls) {
        return arrivals;
      }
      if (System.nanoTime() - begin > LONGEST.toNanos()) {
        throw new AssertionError("fewer than " + calls + " calls within " + LONGEST);
      }
      LockSupport.parkNanos(50_000_000);
    }
  }

  @Test
  @Order(2)
  void inAnOverloadEveryLaneIsServed() throws Exception {
    refill();
    // Answers that take a quarter of a second: eight consumers serve 32 requests a second, the
    // lanes ask for more than twice that.
    for (String practice : town.practices()) {
      town.api()
          .faults()
          .arm(Fault.of(practice, FaultKind.SLOW).times(0).lasting(Duration.ofMillis(250)));
    }
    // A lane that still backs off from the test before is no sign of unfairness.
    untilEachIsServed(System.currentTimeMillis());
    Map<String, List<Requests.Entry>> arrivals =
        untilArrived(System.currentTimeMillis(), CALLS * PRACTICES);
    town.api().faults().clear();
    IntSummaryStatistics shares =
        arrivals.values().stream().mapToInt(List::size).summaryStatistics();
    System.out.printf("overload: %s%n", shares);
    assertEquals(PRACTICES, arrivals.size(), "lanes that were served");
    assertTrue(shares.getMax() <= 2 * shares.getMin() + 1, "shares " + shares);
    assertEquals(List.of(), town.api().requests().violations(0));
  }
}
