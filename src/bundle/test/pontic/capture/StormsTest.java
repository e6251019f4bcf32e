package pontic.capture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.MissingNode;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
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

/**
 * Polls over a table that the test keeps, with the watermarks and records of a real store. {@code
 * pontic.outbound.StormTest} does the same with a real database.
 */
final class StormsTest {
  private static final Instant NOON = Instant.parse("2026-11-02T12:00:00Z");
  private static final Instant STORM = NOON.plusSeconds(1000);
  private static final int PAGE = 10;
  private static final int ROWS = 200;
  private static final List<Feed> FEEDS = FeedFiles.load(House.home().resolve("sql/capture"));
  private static final Map<String, Practice.Budget> BUDGETS =
      Map.of(
          "elm",
          new Practice.Budget(1, Duration.ofSeconds(20), PAGE, Optional.empty(), List.of("all")));

  private record Stamped(Instant stamp, String city) {}

  @TempDir Path folder;
  private final AtomicLong nanos = new AtomicLong();
  private final SortedMap<Long, Stamped> table = new TreeMap<>();
  private Store store;
  private Records records;
  private Process process;
  private Instant clock = NOON;
  private int read;

  /** Rows that lie in what the polls asked for, of which each reads a page. */
  private int looked;

  @BeforeEach
  void open() {
    store = Fixture.store(folder);
    records = new Records(store, new SqlAudit(), List.of());
    process = new Process();
    LongStream.rangeClosed(1, ROWS)
        .forEach(key -> table.put(key, new Stamped(NOON.minusSeconds(key), "Before")));
    pollToTheEnd();
    clock = STORM.plusSeconds(1);
    table.replaceAll((key, row) -> new Stamped(STORM, row.city()));
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void aPageOfALoadOrACatchUpLooksNoFurtherThanAPageFullOfRows() {
    assertTrue(looked <= 2 * ROWS, "first load: " + looked);
    // An outage of an hour, with the stamps of now and then a few rows the same.
    clock = STORM.plusSeconds(3600);
    table.replaceAll(
        (key, row) -> new Stamped(STORM.plusSeconds(60 + key - key % 4), "In the outage"));
    looked = 0;
    pollToTheEnd();
    assertAllIsKnown();
    assertTrue(looked <= 2 * ROWS, "catch-up: " + looked);
    assertEquals(2 * ROWS, number("changed"));
  }

  @Test
  void aStormIsReadOnceWhateverComesBackToIt() {
    read = 0;
    pollToTheEnd();
    assertTrue(read >= ROWS && read <= ROWS + 2 * PAGE, "read: " + read);
    assertEquals(ROWS, number("unchanged"));
    read = 0;
    for (int i = 0; i < 5; i++) {
      overlap();
      sweep();
    }
    assertEquals(0, read);
    assertEquals(ROWS, number("unchanged"));
  }

  @Test
  void whatIsShownLateInTheSameSecondIsFoundAndOnlyItsRangeIsRead() {
    pollToTheEnd();
    table.put(35L, new Stamped(STORM, "Late"));
    table.put(1001L, new Stamped(STORM, "New"));
    read = 0;
    sweep();
    assertAllIsKnown();
    assertTrue(read <= 2 * PAGE, "read: " + read);
    read = 0;
    sweep();
    assertEquals(0, read);
  }

  @Test
  void whoLeavesTheSecondAsAnotherComesIntoItHidesNothing() {
    pollToTheEnd();
    clock = clock.plusSeconds(60);
    table.put(36L, new Stamped(clock, "Left"));
    table.put(1036L, new Stamped(STORM, "Came"));
    table.put(37L, new Stamped(STORM, "Other"));
    table.remove(38L);
    sweep();
    pollToTheEnd();
    assertAllIsKnown();
  }

  @Test
  void whatComesWhileTheStormIsReadIsFound() {
    for (int i = 0; i < 10; i++) {
      poll(process);
    }
    table.put(3L, new Stamped(STORM, "Behind"));
    table.put(190L, new Stamped(STORM, "Ahead"));
    pollToTheEnd();
    sweep();
    assertAllIsKnown();
  }

  @Test
  void aRestartInTheMiddleLosesNothingAndReadsItOnceMore() {
    for (int i = 0; i < 10; i++) {
      poll(process);
    }
    table.put(3L, new Stamped(STORM, "Behind"));
    process = new Process();
    read = 0;
    pollToTheEnd();
    sweep();
    assertAllIsKnown();
    assertTrue(read <= ROWS + 4 * PAGE, "read: " + read);
    read = 0;
    sweep();
    assertEquals(0, read);
  }

  @Test
  void aStormAheadOfTheClockIsReadOnceAndOnceMoreWhenItsTimeHasComeAndCountedThen() {
    clock = STORM.minusSeconds(60);
    pollToTheEnd();
    assertEquals(0, number("unchanged"));
    read = 0;
    sweep();
    assertTrue(read >= ROWS && read <= ROWS + 2 * PAGE, "read: " + read);
    table.put(35L, new Stamped(STORM, "Late"));
    read = 0;
    sweep();
    assertAllIsKnown();
    assertTrue(read <= PAGE, "read: " + read);
    read = 0;
    sweep();
    overlap();
    assertEquals(0, read);
    assertEquals(0, number("unchanged"));
    clock = STORM.plusSeconds(1);
    pollToTheEnd();
    assertEquals(ROWS, number("unchanged"));
    read = 0;
    sweep();
    overlap();
    assertEquals(0, read);
    assertEquals(ROWS, number("unchanged"));
  }

  /** The sweep that it brings goes over the storm, which stands as it was read. */
  @Test
  void aClockThatStepsBackLeavesWhatIsKnownOfAStorm() {
    pollToTheEnd();
    clock = STORM.minusSeconds(600);
    table.put(36L, new Stamped(clock, "Before"));
    table.put(37L, new Stamped(STORM, "Late"));
    read = 0;
    pollToTheEnd();
    assertAllIsKnown();
    assertTrue(read <= 3 * PAGE, "read: " + read);
    // The second comes once more.
    clock = STORM.plusSeconds(1);
    table.put(38L, new Stamped(STORM, "Again"));
    pollToTheEnd();
    assertAllIsKnown();
    assertEquals(ROWS, number("unchanged"));
  }

  /** Whatever is shown in whatever order, to two processes that race each other. */
  @Test
  void twoProcessesLateRowsAndAClockThatStepsBackEndWithAllThatIsThere() {
    for (int seed = 1; seed <= 6; seed++) {
      Random random = new Random(seed);
      List<Process> both = List.of(process, new Process());
      table.replaceAll((key, row) -> new Stamped(STORM, row.city()));
      for (int i = 0; i < 150; i++) {
        long key = 1 + random.nextInt(2 * ROWS);
        switch (random.nextInt(7)) {
          case 0 -> table.put(key, new Stamped(STORM, "Late" + i));
          case 1 -> {
            clock = clock.plusSeconds(1);
            table.put(key, new Stamped(clock, "Edited" + i));
          }
          case 2 -> nanos.addAndGet(Duration.ofMinutes(1).toNanos());
          case 3 -> race(both.get(0), both.get(1));
          case 4 -> clock = clock.minusSeconds(random.nextInt(8) == 0 ? random.nextInt(60) : 0);
          default -> poll(both.get(random.nextInt(2)));
        }
      }
      process = both.get(random.nextInt(2));
      // A poll sweeps only when there are no more pages.
      pollToTheEnd();
      sweep();
      assertAllIsKnown();
    }
  }

  /** Both read the same; the first one stores it. */
  private void race(Process first, Process second) {
    Cursor slow = second.cursors.open("elm", "patient", clock());
    List<Map<String, Object>> rows = rows(slow);
    poll(first);
    store(second, slow, rows);
  }

  private final class Process implements Storms.Office {
    private final Captured captured;
    private final Cursors cursors;

    Process() {
      Storms storms = new Storms(this);
      captured = new Captured(records, store.vault(), storms);
      cursors =
          new Cursors(
              records,
              practice -> true,
              new Offices(
                  FEEDS,
                  Map.of(),
                  BUDGETS,
                  records,
                  new FeedRows(store),
                  practice -> false,
                  nanos::get),
              storms,
              Reach.usual(Duration.ofMinutes(5)),
              BUDGETS,
              nanos::get);
    }

    @Override
    public boolean hasSums(String practice, Feed feed) {
      return true;
    }

    @Override
    public SortedMap<Long, Storms.Sum> sums(String practice, Feed feed, Instant second) {
      SortedMap<Long, Storms.Sum> sums = new TreeMap<>();
      table.forEach(
          (key, row) -> {
            if (row.stamp().equals(second)) {
              sums.merge(
                  key - key % PAGE,
                  new Storms.Sum(1, key + row.city()),
                  (one, other) ->
                      new Storms.Sum(one.rows() + 1, one.content() + "," + other.content()));
            }
          });
      return sums;
    }

    @Override
    public Optional<Instant> pageEnd(String practice, Feed feed, Instant since, Instant until) {
      return table.values().stream()
          .map(Stamped::stamp)
          .filter(stamp -> !stamp.isBefore(since) && !stamp.isAfter(until))
          .sorted()
          .skip(PAGE - 1)
          .findFirst();
    }
  }

  private void overlap() {
    clock = clock.plusSeconds(1);
    pollToTheEnd();
  }

  private void sweep() {
    nanos.addAndGet(Duration.ofMinutes(5).toNanos());
    pollToTheEnd();
  }

  private void pollToTheEnd() {
    int polls = 0;
    do {
      poll(process);
      assertTrue(polls++ < 10 * ROWS, "it never comes to an end");
    } while (number("paging") == 1);
  }

  private void poll(Process by) {
    Cursor cursor = by.cursors.open("elm", "patient", clock());
    store(by, cursor, rows(cursor));
  }

  private void store(Process by, Cursor cursor, List<Map<String, Object>> rows) {
    Page page = by.captured.page(cursor, rows);
    OptionalInt versions =
        records.store(page, page.changed().stream().map(StormsTest::leftOut).toList());
    by.cursors.read(cursor, page, versions);
  }

  /** As sql/capture/patient.sql says, and as its form for one second does. */
  private List<Map<String, Object>> rows(Cursor cursor) {
    List<Map.Entry<Long, Stamped>> found = new ArrayList<>(table.entrySet());
    found.removeIf(each -> !isRead(cursor, each.getKey(), each.getValue().stamp()));
    looked += found.size();
    found.sort(
        Comparator.comparing((Map.Entry<Long, Stamped> each) -> each.getValue().stamp())
            .thenComparing(Map.Entry::getKey));
    List<Map<String, Object>> rows =
        found.stream()
            .limit(cursor.most())
            .map(
                each ->
                    Map.<String, Object>of(
                        "stamp", Stamp.text(each.getValue().stamp()),
                        "cursor_key", each.getKey(),
                        "row_key", each.getKey(),
                        "PatNum", each.getKey(),
                        "City", each.getValue().city()))
            .toList();
    read += rows.size();
    return rows;
  }

  private static boolean isRead(Cursor cursor, long key, Instant stamp) {
    return cursor.within()
        ? stamp.equals(cursor.since()) && key > cursor.afterKey() && key <= cursor.untilKey()
        : (stamp.isAfter(cursor.since())
                || (stamp.equals(cursor.since()) && key > cursor.afterKey()))
            && !stamp.isAfter(cursor.until());
  }

  private void assertAllIsKnown() {
    Captured captured = process.captured;
    Map<Long, String> known = records.hashes("elm", "Patient", table.keySet().stream().toList());
    table.forEach(
        (key, row) ->
            assertEquals(
                captured
                    .row(
                        "elm",
                        "Patient",
                        Map.of(
                            "stamp",
                            Stamp.text(row.stamp()),
                            "row_key",
                            key,
                            "PatNum",
                            key,
                            "City",
                            row.city()))
                    .hash(),
                known.get(key),
                () -> key + " " + row));
  }

  private static Translated leftOut(Row row) {
    return new Translated(
        row, Translated.Outcome.LEFT_OUT, MissingNode.getInstance(), "not this test's matter");
  }

  private Map<String, Object> clock() {
    return Map.of("until_stamp", Stamp.text(clock), "until_key", 0L, "version", "25.3.36.0");
  }

  private long number(String column) {
    return store.read(
        tx ->
            tx.sql("select " + column + " from watermark where feed = 'patient'")
                .query(Long.class)
                .single());
  }
}
