package pontic.capture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class ApiRunTest {
  private static final Instant NOW = Instant.parse("2026-11-01T13:00:00Z");

  @Test
  void rowsThatVanishBetweenTwoPagesHideNoOther() {
    for (int vanish : List.of(0, 1, 9, 10, 11, 60)) {
      List<Long> list = keys(1, 350);
      Set<Long> read = new HashSet<>();
      ApiRun.Next next = new ApiRun.Next(false, ApiRun.first());
      boolean vanished = false;
      for (int i = 0; !next.ended(); i++) {
        assertTrue(i < 20, "a run that does not end");
        List<Long> page = page(list, next.run().offset());
        read.addAll(page);
        next = next.run().after(page, "2026-11-01 08:00:00", false, NOW);
        if (!vanished) {
          list.subList(20, 20 + vanish).clear();
          vanished = true;
        }
      }
      Set<Long> unread = new TreeSet<>(list);
      unread.removeAll(read);
      assertEquals(Set.of(), unread, vanish + " rows vanished");
    }
  }

  @Test
  void aListThatGrowsAtItsEndIsReadFromThereNextTime() {
    List<Long> list = keys(1, 250);
    ApiRun.Next next = run(list, ApiRun.first(), true);
    assertEquals(240, next.run().offset());
    list.addAll(keys(251, 255));
    List<Long> page = page(list, next.run().offset());
    assertEquals(15, page.size());
    assertTrue(page.containsAll(keys(251, 255)));
    assertTrue(next.run().after(page, "", true, NOW).ended());
  }

  @Test
  void aListInAnotherOrderIsReadWholeEachTime() {
    List<Long> list = keys(1, 30);
    Collections.reverse(list);
    assertEquals(0, run(list, ApiRun.first(), true).run().offset());
  }

  @Test
  void aListWhoseEndIsNotAsItWasIsReadFromItsStart() {
    ApiRun.Next next = run(keys(1, 250), ApiRun.first(), true);
    ApiRun.Next again = next.run().after(page(keys(300, 700), next.run().offset()), "", true, NOW);
    assertFalse(again.ended());
    assertEquals(0, again.run().offset());
  }

  @Test
  void theServersTimeIsThatOfTheFirstPage() {
    ApiRun second = ApiRun.first().after(keys(1, 100), "2026-11-01 08:00:00", false, NOW).run();
    assertEquals("2026-11-01 08:00:00", second.server());
    ApiRun third = second.after(keys(91, 190), "2026-11-01 08:00:09", false, NOW).run();
    assertEquals("2026-11-01 08:00:00", third.server());
  }

  @Test
  void itIsKnownWhenTheLastRunThatEndedWasBegun() {
    ApiRun second = ApiRun.first().after(keys(1, 100), "", false, NOW).run();
    assertEquals(0, second.whole());
    ApiRun ended = second.after(keys(91, 95), "", false, NOW.plusSeconds(60)).run();
    assertEquals(NOW.toEpochMilli(), ended.whole());
    // Rows have moved: it begins anew, and so does its time.
    ApiRun moved = second.after(keys(500, 599), "", false, NOW.plusSeconds(60)).run();
    ApiRun anew = moved.after(keys(1, 5), "", false, NOW.plusSeconds(120)).run();
    assertEquals(NOW.plusSeconds(120).toEpochMilli(), anew.whole());
  }

  @Test
  void intervalsGrowWithThePeriodOfTheLane() {
    for (ApiFeed feed : ApiFeeds.load(pontic.house.House.home().resolve("mappings/capture-api"))) {
      Duration second = feed.interval(Duration.ofSeconds(1), 1);
      assertEquals(second.multipliedBy(5), feed.interval(Duration.ofSeconds(5), 1), feed.name());
      assertEquals(feed.least(), feed.interval(Duration.ZERO, 1), feed.name());
    }
    double share =
        ApiFeeds.load(pontic.house.House.home().resolve("mappings/capture-api")).stream()
            // Read patient by patient, it asks nothing as long as none changes.
            .filter(feed -> feed.each().isEmpty())
            .mapToDouble(feed -> 1.0 / feed.periods())
            .sum();
    assertTrue(share < 0.5, "capture asks for " + share + " of an idle lane");
  }

  @Test
  void aListThatIsReadWholeRestsLongerTheMorePagesItHasAndTheLongerItIsQuiet() {
    ApiRun.Next ended = run(keys(1, 250), ApiRun.first(), false);
    assertEquals(1, ended.run().quiet());
    assertEquals(3, lastOf(keys(1, 250)).pages());
    ApiRun run = ended.run();
    for (int i = 0; i < 10; i++) {
      run = run(keys(1, 250), run, false).run();
    }
    assertEquals(4, run.rest());
    assertEquals(1, run(keys(1, 250), run.withNews(), false).run().rest(), "a change ends it");
  }

  private static ApiRun lastOf(List<Long> list) {
    ApiRun run = ApiRun.first();
    ApiRun.Next next = run.after(page(list, 0), "", false, NOW);
    while (!next.ended()) {
      run = next.run();
      next = run.after(page(list, run.offset()), "", false, NOW);
    }
    return run;
  }

  private static ApiRun.Next run(List<Long> list, ApiRun from, boolean grows) {
    ApiRun.Next next = new ApiRun.Next(false, from);
    while (!next.ended()) {
      next = next.run().after(page(list, next.run().offset()), "", grows, NOW);
    }
    return next;
  }

  private static List<Long> page(List<Long> list, int offset) {
    return List.copyOf(
        list.subList(Math.min(offset, list.size()), Math.min(offset + ApiRun.PAGE, list.size())));
  }

  private static List<Long> keys(long from, long to) {
    return new ArrayList<>(LongStream.rangeClosed(from, to).boxed().toList());
  }
}
