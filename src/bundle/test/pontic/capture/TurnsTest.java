package pontic.capture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import pontic.house.House;

/** Whose turn it is at an office, with a clock that the test moves. */
final class TurnsTest {
  private static final List<Feed> FEEDS = FeedFiles.load(House.home().resolve("sql/capture"));
  private static final Feed APPOINTMENT = feed("appointment");
  private static final Feed PATIENT = feed("patient");
  private static final Feed PROVIDER = feed("provider");

  private final AtomicLong nanos = new AtomicLong(1);
  private final AtomicBoolean isQuiet = new AtomicBoolean();
  private final AtomicReference<Feed> unwanted = new AtomicReference<>();
  private final Turns turns =
      new Turns(
          List.of(APPOINTMENT, PATIENT, PROVIDER),
          Duration.ofSeconds(1),
          Map.of("elm", new Turns.Grant(0.01, isQuiet::get, feed -> !feed.equals(unwanted.get()))),
          nanos::get);

  @Test
  void aFeedIsReadOnceInItsInterval() {
    assertEquals(List.of("appointment", "patient", "provider"), round(Duration.ofMillis(1)));
    pass(Duration.ofMillis(990));
    assertEquals(List.of("appointment", "patient"), round(Duration.ofMillis(1)));
    pass(Duration.ofSeconds(4));
    assertTrue(round(Duration.ofMillis(1)).contains("provider"));
  }

  @Test
  void aFeedWhoseQueryTakesLongIsReadMoreRarely() {
    round(Duration.ofMillis(1));
    pass(Duration.ofSeconds(1));
    read(PATIENT, Duration.ofMillis(100), false);
    int read = 0;
    for (int second = 0; second < 60; second++) {
      pass(Duration.ofSeconds(1));
      read += due().contains("patient") ? 1 : 0;
      turns.due("elm").stream()
          .filter(feed -> turns.begin("elm", feed))
          .forEach(feed -> took(feed, Duration.ofMillis(feed.equals(PATIENT) ? 100 : 1), false));
    }
    assertTrue(read >= 2 && read <= 8, "read in a minute: " + read);
  }

  @Test
  void queriesTakeNoMoreThanWhatIsGrantedAndSaved() {
    for (int second = 0; second < 3600; second++) {
      for (Feed feed : turns.due("elm")) {
        if (turns.begin("elm", feed)) {
          took(feed, Duration.ofMillis(40), true);
        }
      }
      pass(Duration.ofMillis(100));
    }
    Duration lasted = Duration.ofNanos(nanos.get());
    Duration most = lasted.dividedBy(100).plusSeconds(10).plusMillis(40);
    assertTrue(turns.spent("elm").compareTo(most) <= 0, turns.spent("elm") + " of " + lasted);
    assertTrue(turns.spent("elm").compareTo(most.dividedBy(2)) > 0, "it goes on all the time");
  }

  @Test
  void whatIsReadBesideLeavesHalfOfWhatIsSavedToTheFeedsAndKeepsQuietHours() {
    Duration beside = Duration.ZERO;
    for (int second = 0; second < 600; second++) {
      if (turns.besideBegins("elm")) {
        pass(Duration.ofMillis(400));
        turns.besideEnds("elm");
        beside = beside.plusMillis(400);
      }
      pass(Duration.ofMillis(600));
    }
    Duration most =
        Duration.ofSeconds(5).plus(Duration.ofMillis(nanos.get() / 1_000_000 / 100 + 400));
    assertTrue(beside.compareTo(most) <= 0, beside + " of " + most);
    assertTrue(beside.compareTo(Duration.ofSeconds(6)) > 0, "it goes on: " + beside);
    pass(Duration.ofMinutes(20));
    isQuiet.set(true);
    assertFalse(turns.besideBegins("elm"));
    isQuiet.set(false);
    Duration spent = turns.spent("elm");
    assertTrue(turns.besideBegins("elm"));
    pass(Duration.ofSeconds(7));
    turns.failed("reconcile-elm");
    assertEquals(spent.plusSeconds(7), turns.spent("elm"), "what fails counts too");
    assertFalse(turns.besideBegins("elm"));
    assertFalse(turns.due("elm").isEmpty());
  }

  @Test
  void aTableWithManyPagesComesAfterTheOthersAndEndsWithThePeriod() {
    due();
    read(PATIENT, Duration.ofMillis(50), true);
    pass(Duration.ofSeconds(11));
    List<Feed> due = turns.due("elm");
    assertEquals(APPOINTMENT, due.get(0));
    assertEquals(10, due.stream().filter(PATIENT::equals).count());
    int pages = 0;
    for (Feed feed : due) {
      if (turns.begin("elm", feed)) {
        took(feed, Duration.ofMillis(300), feed.equals(PATIENT));
        pages += feed.equals(PATIENT) ? 1 : 0;
      }
    }
    assertTrue(pages >= 1 && pages <= 3, "pages in one round: " + pages);
  }

  @Test
  void aLongReadingLeavesTheOthersTheirTurns() {
    int pages = 0;
    for (int round = 0; round < 1200; round++) {
      List<Feed> read = new ArrayList<>();
      for (Feed feed : turns.due("elm")) {
        if (turns.begin("elm", feed)) {
          took(feed, Duration.ofMillis(feed.equals(PATIENT) ? 300 : 2), feed.equals(PATIENT));
          read.add(feed);
        }
      }
      assertTrue(read.contains(APPOINTMENT), "in round " + round);
      pages += (int) read.stream().filter(PATIENT::equals).count();
      pass(Duration.ofSeconds(1));
    }
    assertTrue(pages > 40, "pages: " + pages);
  }

  /** Their queries take three times as long as the office grants. */
  @Test
  void whereFeedsWantMoreThanIsGrantedEachOfThemHasItsTurn() {
    Turns all =
        new Turns(
            FEEDS,
            Duration.ofSeconds(1),
            Map.of("elm", new Turns.Grant(0.01, () -> false, feed -> true)),
            nanos::get);
    Map<String, Integer> turnsOf = new TreeMap<>();
    int seconds = 7200;
    for (int second = 0; second < seconds; second++) {
      for (Feed feed : all.due("elm")) {
        if (all.begin("elm", feed)) {
          boolean isDear = feed.table().equals("patient") || feed.table().equals("recall");
          pass(Duration.ofMillis(isDear ? 120 : 2));
          all.arrived("elm");
          pass(Duration.ofMillis(50));
          all.end("elm", feed, false);
          turnsOf.merge(feed.name(), 1, Integer::sum);
        }
      }
      pass(Duration.ofSeconds(1));
    }
    assertEquals(FEEDS.size(), turnsOf.size());
    assertTrue(turnsOf.values().stream().allMatch(each -> each >= 15), turnsOf::toString);
    // Nine feeds are dear here, and each of them has as many turns.
    assertTrue(turnsOf.get("patient") > 40, turnsOf::toString);
    assertTrue(turnsOf.get("appointment") > seconds / 10, turnsOf::toString);
    Duration most = Duration.ofNanos(nanos.get() / 100).plusSeconds(11);
    assertTrue(all.spent("elm").compareTo(most) <= 0, all.spent("elm") + " of " + most);
  }

  /** Three times what is granted, and a load beside it. */
  @Test
  void whereFeedsWantMoreThanIsGrantedALoadGoesOnAndTheyToo() {
    Turns all =
        new Turns(
            FEEDS,
            Duration.ofSeconds(1),
            Map.of("elm", new Turns.Grant(0.01, () -> false, feed -> true)),
            nanos::get);
    Map<String, Integer> turnsOf = new TreeMap<>();
    int pages = 0;
    int lately = 0;
    int seconds = 7200;
    for (int second = 0; second < seconds; second++) {
      for (Feed feed : all.due("elm")) {
        if (all.begin("elm", feed)) {
          boolean isDear = feed.table().equals("patient") || feed.table().equals("recall");
          pass(Duration.ofMillis(isDear ? 120 : 2));
          all.end("elm", feed, false);
          turnsOf.merge(feed.name(), 1, Integer::sum);
        }
      }
      if (all.besideBegins("elm")) {
        pass(Duration.ofMillis(150));
        all.besideEnds("elm");
        pages++;
        lately += second > seconds / 2 ? 1 : 0;
      }
      pass(Duration.ofSeconds(1));
    }
    // A quarter of 72 s are 120 pages.
    assertTrue(pages > 100, "pages: " + pages);
    assertTrue(lately > 50, "pages of the second hour: " + lately);
    assertTrue(pages < 160, "pages: " + pages);
    assertEquals(FEEDS.size(), turnsOf.size());
    assertTrue(turnsOf.values().stream().allMatch(each -> each >= 10), turnsOf::toString);
    assertTrue(turnsOf.get("appointment") > seconds / 20, turnsOf::toString);
    Duration most = Duration.ofNanos(nanos.get() / 100).plusSeconds(11);
    assertTrue(all.spent("elm").compareTo(most) <= 0, all.spent("elm") + " of " + most);
  }

  @Test
  void aServerThatIsFastAgainIsAskedAsOftenAsBefore() {
    for (int query = 0; query < 2; query++) {
      due();
      read(PATIENT, Duration.ofMillis(200), false);
      pass(Duration.ofSeconds(1));
    }
    assertFalse(due().contains("patient"));
    pass(Duration.ofSeconds(40));
    read(PATIENT, Duration.ofMillis(1), false);
    pass(Duration.ofSeconds(1));
    assertTrue(due().contains("patient"));
  }

  @Test
  void aFeedThatHasNothingLeftIsNotReadAgainInTheSameRound() {
    due();
    read(PATIENT, Duration.ofMillis(1), true);
    pass(Duration.ofSeconds(2));
    turns.due("elm");
    assertTrue(turns.begin("elm", PATIENT));
    took(PATIENT, Duration.ofMillis(1), false);
    assertFalse(turns.begin("elm", PATIENT));
  }

  @Test
  void whatAPracticeDoesNotWantIsNeverDue() {
    unwanted.set(PATIENT);
    assertEquals(List.of("appointment", "provider"), due());
  }

  @Test
  void aFeedThatIsDearIsReadHoweverMuchIsGrantedAndBeforeWhatIsReadBeside() {
    Turns all =
        new Turns(
            List.of(PATIENT),
            Duration.ofSeconds(1),
            Map.of("elm", new Turns.Grant(1, () -> false, feed -> true)),
            nanos::get);
    int read = 0;
    for (int round = 0; round < 100; round++) {
      if (all.besideBegins("elm")) {
        pass(Duration.ofSeconds(1));
        all.besideEnds("elm");
      }
      for (Feed feed : all.due("elm")) {
        if (all.begin("elm", feed)) {
          pass(Duration.ofSeconds(6));
          all.end("elm", feed, false);
          read++;
        }
      }
      pass(Duration.ofSeconds(1));
    }
    assertTrue(read >= 5, "read: " + read);
  }

  @Test
  void oneSlowQueryMakesNoFeedRarer() {
    round(Duration.ofMillis(1));
    pass(Duration.ofSeconds(1));
    read(PATIENT, Duration.ofMillis(900), false);
    pass(Duration.ofSeconds(1));
    assertTrue(due().contains("patient"));
  }

  @Test
  void inQuietHoursNobodyIsDue() {
    isQuiet.set(true);
    assertEquals(List.of(), due());
    isQuiet.set(false);
    assertEquals(3, due().size());
  }

  @Test
  void aFailedQueryCountsAndTheOfficeIsAskedAgainWithinHalfAMinute() {
    due();
    assertTrue(turns.begin("elm", PATIENT));
    pass(Duration.ofSeconds(20));
    turns.failed("capture-mysql-elm-patient");
    assertEquals(Duration.ofSeconds(20), turns.spent("elm"));
    assertEquals(List.of(), due());
    pass(Duration.ofSeconds(31));
    assertTrue(due().contains("appointment"));
  }

  private List<String> round(Duration each) {
    List<Feed> begun = turns.due("elm").stream().filter(feed -> turns.begin("elm", feed)).toList();
    begun.forEach(feed -> took(feed, each, false));
    return begun.stream().map(Feed::name).toList();
  }

  private List<String> due() {
    return turns.due("elm").stream().map(Feed::name).toList();
  }

  private void read(Feed feed, Duration each, boolean paging) {
    turns.due("elm");
    assertTrue(turns.begin("elm", feed));
    took(feed, each, paging);
  }

  private void took(Feed feed, Duration time, boolean paging) {
    pass(time);
    turns.end("elm", feed, paging);
  }

  private void pass(Duration time) {
    nanos.addAndGet(time.toNanos());
  }

  private static Feed feed(String name) {
    return FEEDS.stream().filter(each -> each.name().equals(name)).findFirst().orElseThrow();
  }
}
