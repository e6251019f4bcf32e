package pontic.capture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import pontic.house.House;
import pontic.practice.WatchTable;

/** What hints change of turns, at an office whose tables are read every ten minutes. */
final class TurnsHintedTest {
  private static final List<Feed> FEEDS =
      FeedFiles.load(House.home().resolve("sql/capture")).stream()
          .filter(feed -> List.of("appointment", "patient").contains(feed.name()))
          .toList();
  private static final Duration EVERY = Duration.ofSeconds(5);

  private final AtomicLong nanos = new AtomicLong(1);
  private final AtomicBoolean isQuiet = new AtomicBoolean();
  private final Turns turns =
      new Turns(
          FEEDS,
          Duration.ofMinutes(10),
          Map.of("elm", new Turns.Grant(0.01, isQuiet::get, feed -> true)),
          nanos::get);

  @Test
  void itIsReadOnceTheHintIsASecondOldAndThenNotBeforeItsTime() {
    assertEquals(List.of("appointment", "patient"), round());
    pass(60);
    turns.hint("elm", WatchTable.PATIENT, EVERY);
    assertEquals(List.of(), round(), "what is stamped with this second is not read yet");
    pass(1);
    assertEquals(List.of("patient"), round());
    pass(590);
    assertEquals(List.of("appointment"), round(), "its own time counts from its last turn");
    pass(10);
    assertEquals(List.of("patient"), round());
  }

  @Test
  void aHintThatComesWithinTheSecondBeforeATurnBringsAnother() {
    round();
    pass(60);
    turns.hint("elm", WatchTable.PATIENT, EVERY);
    pass(1);
    turns.hint("elm", WatchTable.PATIENT, EVERY);
    assertEquals(List.of("patient"), round());
    pass(4);
    assertEquals(List.of(), round(), "not within five seconds");
    pass(1);
    assertEquals(List.of("patient"), round());
    pass(60);
    assertEquals(List.of(), round());
  }

  @Test
  void aStormBringsATurnInEachIntervalAndNoMore() {
    round();
    int turnsTaken = 0;
    for (int i = 0; i < 600; i++) {
      for (int hint = 0; hint < 10; hint++) {
        turns.hint("elm", WatchTable.PATIENT, EVERY);
      }
      nanos.addAndGet(Duration.ofMillis(100).toNanos());
      turnsTaken += round().size();
    }
    assertTrue(turnsTaken >= 10 && turnsTaken <= 13, turnsTaken + " in a minute");
  }

  @Test
  void noHintGoesBeyondWhatTheOfficeGrants() {
    round();
    isQuiet.set(true);
    turns.hint("elm", WatchTable.PATIENT, EVERY);
    pass(10);
    assertEquals(List.of(), round());
    isQuiet.set(false);
    assertEquals(List.of("patient"), round());

    // A query that takes long twice is made more rarely, whatever is hinted.
    for (int i = 0; i < 2; i++) {
      pass(60);
      turns.hint("elm", WatchTable.PATIENT, EVERY);
      pass(1);
      round(Duration.ofMillis(150));
    }
    turns.hint("elm", WatchTable.PATIENT, EVERY);
    pass(20);
    assertEquals(List.of(), round());
    pass(10);
    assertEquals(List.of("patient"), round());
  }

  @Test
  void anOfficeThatDidNotAnswerIsAskedAgainAfterAPeriodAndNoHintBringsItSooner() {
    turns.due("elm");
    turns.failed("capture-mysql-elm");
    turns.hint("elm", WatchTable.PATIENT, EVERY);
    pass(590);
    assertEquals(List.of(), round());
    pass(10);
    assertEquals(List.of("appointment", "patient"), round());
  }

  private void pass(long seconds) {
    nanos.addAndGet(Duration.ofSeconds(seconds).toNanos());
  }

  private List<String> round() {
    return round(Duration.ofMillis(1));
  }

  private List<String> round(Duration query) {
    return turns.due("elm").stream()
        .filter(feed -> turns.begin("elm", feed))
        .peek(
            feed -> {
              nanos.addAndGet(query.toNanos());
              turns.end("elm", feed, false);
            })
        .map(Feed::name)
        .toList();
  }
}
