package pontic.capture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.MissingNode;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import pontic.audit.SqlAudit;
import pontic.house.House;
import pontic.operations.Fixture;
import pontic.practice.Practice;
import pontic.record.FeedRows;
import pontic.record.Page;
import pontic.record.Records;
import pontic.record.Row;
import pontic.record.Translated;
import pontic.store.Store;

/** Where polls begin, with the watermarks of a real store and the shipped feeds. */
final class CursorsTest {
  private static final Instant NOON = Instant.parse("2026-11-02T12:00:00Z");
  private static final Reach REACH = Reach.usual(Duration.ofMinutes(5));
  private static final int PAGE = 3;
  private static final Map<String, Practice.Budget> BUDGETS =
      Map.of(
          "elm",
          new Practice.Budget(1, Duration.ofSeconds(20), PAGE, Optional.empty(), List.of("all")));

  @TempDir Path folder;
  private final AtomicLong nanos = new AtomicLong();
  private final AtomicBoolean enabled = new AtomicBoolean(true);
  private Store store;
  private Records records;
  private Captured captured;
  private Cursors cursors;

  @BeforeEach
  void open() {
    store = Fixture.store(folder);
    records = new Records(store, new SqlAudit(), List.of());
    captured = new Captured(records, store.vault(), new Storms(offices()));
    cursors = cursors(REACH);
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void whatWasReadIsReadAgainByTheOverlap() {
    poll("patient", NOON);
    Cursor next = cursors.open("elm", "patient", clock(NOON.plusSeconds(1), 0));
    assertEquals(NOON.minusSeconds(5), next.since());
    assertEquals(Long.MIN_VALUE, next.afterKey());
    assertEquals(NOON.plusSeconds(1), next.until());
  }

  @Test
  void withoutOverlapTheCursorIsStrict() {
    poll("patient", NOON);
    cursors = cursors(new Reach(Duration.ZERO, 0, Duration.ofMinutes(5), Duration.ZERO, 0));
    Cursor next = cursors.open("elm", "patient", clock(NOON.plusSeconds(1), 0));
    assertEquals(NOON, next.since());
    assertEquals(Long.MAX_VALUE, next.afterKey());
  }

  @Test
  void aFullPageIsFollowedStrictlyBehindItsLastRow() {
    poll("patient", NOON, row(7, 0), row(8, 0), row(9, 0));
    Cursor next = cursors.open("elm", "patient", clock(NOON.plusSeconds(1), 0));
    assertEquals(NOON, next.since());
    assertEquals(9, next.afterKey());
  }

  @Test
  void eachPeriodOnePollSweepsAndOnlyAStoredSweepIsDone() {
    poll("patient", NOON);
    assertFalse(cursors.open("elm", "patient", clock(NOON, 0)).sweep());
    nanos.addAndGet(REACH.sweepPeriod().toNanos());
    assertEquals(
        NOON.minus(Duration.ofMinutes(30)), cursors.open("elm", "patient", clock(NOON, 0)).since());
    // That one failed, so the next sweeps again.
    assertTrue(cursors.open("elm", "patient", clock(NOON, 0)).sweep());
    poll("patient", NOON);
    assertFalse(cursors.open("elm", "patient", clock(NOON, 0)).sweep());
  }

  @Test
  void aSweepThatFillsAPageIsReadToItsEndOverARestart() {
    poll("patient", NOON);
    nanos.addAndGet(REACH.sweepPeriod().toNanos());
    poll("patient", NOON, row(1, -1200), row(2, -1200), row(3, -1100));
    cursors = cursors(REACH);
    Cursor next = cursors.open("elm", "patient", clock(NOON.plusSeconds(9), 0));
    assertEquals(NOON.minusSeconds(1100), next.since());
    assertEquals(3, next.afterKey());
    poll("patient", NOON.plusSeconds(9), row(4, -1000));
    assertTrue(cursors.open("elm", "patient", clock(NOON.plusSeconds(9), 0)).sweep());
  }

  @Test
  void aRowIsCountedOnceHoweverOftenSweepsReadIt() {
    poll("patient", NOON, row(1, -5), row(2, -4));
    poll("patient", NOON.plusSeconds(60), row(1, 30), row(2, 30));
    for (int i = 0; i < 3; i++) {
      nanos.addAndGet(REACH.sweepPeriod().toNanos());
      poll("patient", NOON.plusSeconds(60), row(1, 30), row(2, 30), row(3, 30));
      poll("patient", NOON.plusSeconds(60), row(4, 30));
    }
    assertEquals(4, number("changed"));
    assertEquals(2, number("unchanged"));
  }

  @Test
  void pagesOfOneSecondInWhichNothingIsNewAreLeftBehind() {
    poll("patient", NOON, row(1, 0), row(2, 0), row(3, 0));
    poll("patient", NOON, row(4, 0), row(5, 0), row(6, 0));
    poll("patient", NOON);
    nanos.addAndGet(REACH.sweepPeriod().toNanos());
    poll("patient", NOON, row(1, 0), row(2, 0), row(3, 0));
    poll("patient", NOON, row(4, 0), row(5, 0), row(6, 0));
    assertEquals(6, cursors.open("elm", "patient", clock(NOON, 0)).afterKey());
  }

  @Test
  void aDatabaseClockThatStepsBackTakesThePollBackWithItAndMakesItASweep() {
    poll("patient", NOON);
    Cursor next = cursors.open("elm", "patient", clock(NOON.minusSeconds(3600), 0));
    assertEquals(NOON.minusSeconds(3600).minus(REACH.sweep()), next.since());
    assertEquals(NOON.minusSeconds(3600), next.asOf());
    assertTrue(next.sweep());
    assertEquals("2038-01-19 03:14:07", next.parameters().get("until"));
    poll("patient", NOON.minusSeconds(3600));
    assertFalse(cursors.open("elm", "patient", clock(NOON.minusSeconds(3599), 0)).sweep());
  }

  @Test
  void aSweepReadsWhatIsAheadOfTheDatabaseClockToItsEnd() {
    poll("patient", NOON);
    assertEquals(
        Stamp.text(NOON), cursors.open("elm", "patient", clock(NOON, 0)).parameters().get("until"));
    nanos.addAndGet(REACH.sweepPeriod().toNanos());
    poll("patient", NOON, row(1, 0), row(2, 86_400), row(3, 86_400));
    Cursor next = cursors.open("elm", "patient", clock(NOON.plusSeconds(1), 0));
    assertEquals(NOON.plusSeconds(86_400), next.since());
    assertEquals(3, next.afterKey());
    assertEquals("2038-01-19 03:14:07", next.parameters().get("until"));
    // It steps back in the middle.
    Cursor back = cursors.open("elm", "patient", clock(NOON.minusSeconds(60), 0));
    assertEquals(NOON.minusSeconds(60).minus(REACH.sweep()), back.since());
    poll("patient", NOON.plusSeconds(1), row(4, 86_400));
    assertEquals(
        NOON.minusSeconds(5),
        cursors.open("elm", "patient", clock(NOON.plusSeconds(1), 0)).since());
    assertEquals(4, number("changed"));
  }

  @Test
  void whatIsAheadOfTheDatabaseClockIsCountedWhenItsTimeHasCome() {
    poll("patient", NOON, row(1, 600));
    for (int i = 0; i < 3; i++) {
      nanos.addAndGet(REACH.sweepPeriod().toNanos());
      poll("patient", NOON.plusSeconds(i), row(1, 600));
    }
    assertEquals(0, number("unchanged"));
    poll("patient", NOON.plusSeconds(601), row(1, 600));
    poll("patient", NOON.plusSeconds(602), row(1, 600));
    assertEquals(1, number("unchanged"));
  }

  @Test
  void aSecondThatASweepReadsWhileItRunsIsCountedOnceAndWhole() {
    poll("patient", NOON, row(1, -5), row(2, -5));
    poll("patient", NOON, row(3, -5), row(4, -5));
    nanos.addAndGet(REACH.sweepPeriod().toNanos());
    poll("patient", NOON, row(1, 1), row(2, 1), row(3, 1));
    poll("patient", NOON.plusSeconds(1), row(4, 1));
    poll("patient", NOON.plusSeconds(1), row(1, 1), row(2, 1), row(3, 1));
    poll("patient", NOON.plusSeconds(1), row(4, 1));
    assertEquals(4, number("unchanged"));
  }

  @Test
  void whatChangesAfterTheDatabaseClockSteppedBackIsTaken() {
    poll("patient", NOON, row(1, 0));
    Cursor cursor = cursors.open("elm", "patient", clock(NOON.minusSeconds(3500), 0));
    Page page =
        captured.page(
            cursor,
            List.of(
                Map.of(
                    "stamp", Stamp.text(NOON.minusSeconds(3510)),
                    "cursor_key", 1,
                    "row_key", 1,
                    "PatNum", 1,
                    "City", "Changed")));
    records.store(page, page.changed().stream().map(CursorsTest::leftOut).toList());
    long stamp = store.read(tx -> tx.sql("select stamp from record").query(Long.class).single());
    assertEquals(NOON.minusSeconds(3510).toEpochMilli(), stamp);
  }

  @Test
  void aFeedByKeyReachesBackByKeysAndNeverBeyondTheTable() {
    nanos.set(1);
    Cursor first = cursors.open("elm", "appointment-deleted", clock(NOON, 9_000));
    assertEquals(Long.MIN_VALUE, first.afterKey());
    Page none = captured.page(first, List.of());
    cursors.read(first, none, records.store(none, List.of()));
    assertEquals(8_900, cursors.open("elm", "appointment-deleted", clock(NOON, 9_010)).afterKey());
    nanos.addAndGet(REACH.sweepPeriod().toNanos());
    assertEquals(4_000, cursors.open("elm", "appointment-deleted", clock(NOON, 9_010)).afterKey());
    // A backup was restored.
    assertEquals(0, cursors.open("elm", "appointment-deleted", clock(NOON, 5_000)).afterKey());
  }

  @Test
  void theOffSwitchIsAskedAtEachPoll() {
    assertTrue(cursors.enabled("elm"));
    enabled.set(false);
    assertFalse(cursors.enabled("elm"));
  }

  private Cursors cursors(Reach reach) {
    Offices offices = offices();
    return new Cursors(
        records,
        practice -> enabled.get(),
        offices,
        new Storms(offices),
        reach,
        BUDGETS,
        nanos::get);
  }

  /** None of them was looked at, so no second of theirs is read by ranges. */
  private Offices offices() {
    List<Feed> feeds = new ArrayList<>(FeedFiles.load(House.home().resolve("sql/capture")));
    feeds.removeIf(feed -> feed.name().equals(clinic().name()));
    feeds.add(clinic());
    return new Offices(
        feeds, Map.of(), BUDGETS, records, new FeedRows(store), practice -> false, nanos::get);
  }

  @Test
  void aTableWithoutAnyMarkIsReadFromItsFirstKeyEachTimePageByPage() {
    poll("clinic", NOON, row(1, 0), row(2, 0), row(3, 0));
    assertEquals(3, cursors.open("elm", "clinic", clock(NOON, 0)).afterKey());
    poll("clinic", NOON.plusSeconds(1), row(4, 0));
    Cursor again = cursors.open("elm", "clinic", clock(NOON.plusSeconds(60), 0));
    assertEquals(Long.MIN_VALUE, again.afterKey());
    assertEquals(Long.MAX_VALUE, again.untilKey());
  }

  /** As one of sql/capture would be. */
  private static Feed clinic() {
    return new Feed(
        "clinic",
        "Location:clinic",
        Versions.of("21.1 to 25.3").orElseThrow(),
        Feed.Strategy.HASH,
        "clinic",
        "ClinicNum",
        Optional.empty(),
        Optional.empty(),
        1,
        1000,
        Feed.Cost.WHOLE,
        List.of(),
        false,
        List.of(),
        List.of());
  }

  private void poll(String feed, Instant until, Row... rows) {
    Cursor cursor = cursors.open("elm", feed, clock(until, 0));
    List<Map<String, Object>> read = new ArrayList<>();
    for (Row row : rows) {
      read.add(
          Map.of(
              "stamp", Stamp.text(row.stamp()),
              "cursor_key", row.key(),
              "row_key", row.key(),
              "PatNum", row.key()));
    }
    Page page = captured.page(cursor, read);
    cursors.read(
        cursor,
        page,
        records.store(page, page.changed().stream().map(CursorsTest::leftOut).toList()));
  }

  private static Row row(long key, int seconds) {
    return new Row("elm", "Patient", key, NOON.plusSeconds(seconds), false, "", Map.of());
  }

  private static Translated leftOut(Row row) {
    return new Translated(
        row, Translated.Outcome.LEFT_OUT, MissingNode.getInstance(), "not this test's matter");
  }

  private static Map<String, Object> clock(Instant until, long key) {
    return Map.of("until_stamp", Stamp.text(until), "until_key", key, "version", "25.3.36.0");
  }

  private long number(String column) {
    return store.read(
        tx ->
            tx.sql("select " + column + " from watermark where feed = 'patient'")
                .query(Long.class)
                .single());
  }
}
