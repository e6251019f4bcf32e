package pontic.proof;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pontic.house.House;

/** The checks of {@link KillTest} would tell. */
final class UnclearBookingsTest {
  private static final Logger LOG = LoggerFactory.getLogger(UnclearBookingsTest.class);
  private static final long[] KEPT_SEEDS = {4_001, 4_002, 4_003};
  private static final int BOOKING_MESSAGES = 8;

  @TempDir static Path folder;

  private static House house;

  @BeforeAll
  static void open() throws Exception {
    house = House.sandboxOnly(folder).busyLanes();
  }

  @AfterAll
  static void close() throws Exception {
    house.close();
  }

  /**
   * Three seeds break without settle; that they hold with it is shown by one, and by all in soak.
   */
  @TestFactory
  Stream<DynamicTest> retryInsteadOfSettleDoublesAppointments() {
    boolean isSoak = System.getProperties().containsKey("proof.kills");
    Stream<DynamicTest> hold =
        LongStream.of(KEPT_SEEDS)
            .limit(isSoak ? KEPT_SEEDS.length : 1)
            .mapToObj(
                seed ->
                    DynamicTest.dynamicTest(
                        "seed " + seed + " with settle",
                        () -> assertEquals(List.of(), unclearBookings(seed, false).broken())));
    Stream<DynamicTest> broken =
        LongStream.of(KEPT_SEEDS)
            .mapToObj(
                seed ->
                    DynamicTest.dynamicTest(
                        "seed " + seed + " with retry",
                        () -> {
                          Ends ends = unclearBookings(seed, true);
                          assertTrue(
                              ends.broken().stream()
                                  .anyMatch(what -> what.startsWith(Ends.DOUBLED)),
                              () -> "no doubled appointment, only " + ends.broken());
                        }));
    return Stream.concat(hold, broken);
  }

  private static Ends unclearBookings(long seed, boolean retry) throws Exception {
    Path run = Campaign.RUNS.resolve((retry ? "retry-" : "settle-") + seed);
    Ends ends = Campaign.ofUnclearBookings(house, run, seed, BOOKING_MESSAGES, retry).play();
    LOG.info("unclear bookings, seed {}, retry {}: {}", seed, retry, ends);
    return ends;
  }
}
