package pontic.reconcile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import pontic.audit.SqlAudit;
import pontic.capture.Captured;
import pontic.capture.Feed;
import pontic.capture.Storms;
import pontic.capture.Turns;
import pontic.house.House;
import pontic.practice.Practice;
import pontic.practice.Settings;
import pontic.practice.SettingsLoader;
import pontic.record.FeedRows;
import pontic.record.Page;
import pontic.record.Records;
import pontic.record.Row;
import pontic.record.Translated;
import pontic.record.Watermark;
import pontic.store.BothStores;
import pontic.store.Leases;
import pontic.store.SqlLeases;
import pontic.store.Store;

class RunsTest {
  private static final Runs.Asked PATIENTS =
      Runs.Asked.compare("elm", "patient", "", false, false, "person");

  /** Rows of a page: a table has several pages. */
  private static final int PAGE = 4;

  @RegisterExtension static final BothStores BOTH = new BothStores();
  private static Settings settings;

  @BeforeAll
  static void load() throws Exception {
    settings = new SettingsLoader(Map.of(), Map.of()).load(House.home().resolve("config"));
  }

  static Stream<Store> stores() {
    return BOTH.stores();
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("stores")
  void aRunGoesOnWhereItWasAfterAKillAndCountsEachRowOnce(Store store) {
    Table table = new Table(store, 10);
    table.page("Ann");
    assertEquals(4, table.only().tally().looked());
    // Taken, and then the process is killed.
    Turn lost = table.comparison.next("elm");
    assertTrue(lost.isDue());
    assertFalse(table.comparison.next("elm").isDue());
    store.write(tx -> table.leases.voidOwn(tx));
    table.page("Ann");
    table.page("Ann");
    Report report = table.only();
    assertEquals("ended", report.state());
    assertEquals(10, report.tally().looked());
    assertEquals(10, report.tally().matched());
    // What was taken before the kill stores nothing any more.
    table.comparison.finish(table.comparison.compare(lost, List.of()), List.of());
    assertEquals(report, table.only());
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("stores")
  void whatChangesBetweenItsReadingAndItsRecordIsNoDifference(Store store) {
    Table table = new Table(store, 3);
    Turn turn = table.comparison.next("elm");
    List<Map<String, Object>> read = table.rows("Bea");
    table.finish(turn, read);
    assertEquals(0, table.only().tally().looked());
    // Capture has it meanwhile.
    table.captured("Bea");
    table.page("Bea");
    assertEquals(3, table.only().tally().matched());
    assertEquals(0, table.only().tally().differing());
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("stores")
  void aStampBeyondTheWatermarkIsLeftToCaptureOnlyWhereCaptureFollowsStamps(Store store) {
    for (boolean stamped : List.of(true, false)) {
      Table table = new Table(store, 1, stamped);
      List<Map<String, Object>> read = List.of(table.row(1, "Dora", "2031-01-01 00:00:00"));
      table.finish(table.comparison.next("elm"), read);
      table.ripe();
      table.finish(table.comparison.next("elm"), read);
      assertEquals(stamped ? 1 : 0, table.only().tally().changing());
      assertEquals(stamped ? 0 : 1, table.only().tally().repaired());
    }
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("stores")
  void whatStaysDifferentIsRecordedAndWhatIsGoneWithdrawn(Store store) {
    Table table = new Table(store, 3);
    List<Map<String, Object>> read = table.rows("Cleo").subList(0, 2);
    table.finish(table.comparison.next("elm"), read);
    table.ripe();
    table.finish(table.comparison.next("elm"), read);
    Report report = table.only();
    assertEquals(new Tally(3, 0, 3, 1, 3, 0, 0), report.tally());
    assertEquals(0, report.unexplained());
    assertEquals(
        List.of("live", "live", "deleted"),
        store.read(
            tx ->
                tx.sql("select state from record where practice = 'elm' order by row_key")
                    .query(String.class)
                    .list()));
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("stores")
  void aRowThatCaptureHasBeforeItIsLeftToCapture(Store store) {
    Table table = new Table(store, 1);
    List<Map<String, Object>> read = List.of(table.row(1, "Dora", "2031-01-01 00:00:00"));
    table.finish(table.comparison.next("elm"), read);
    table.ripe();
    table.finish(table.comparison.next("elm"), read);
    assertEquals(new Tally(1, 0, 0, 0, 0, 1, 0), table.only().tally());
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("stores")
  void aRunThatTakesThePlaceOfOneThatWasNotDoneSaysSoUntilItsEndAndAfter(Store store) {
    Table table = new Table(store, 3);
    aMomentLater(store);
    Runs.Asked dry = Runs.Asked.compare("elm", "patient", "", true, false, "person");
    assertEquals(List.of("running repair"), replaced(table.runs.start(dry)));
    assertEquals(List.of("running repair"), replaced(table.runs.start(dry)), "it goes on");
    table.page("Ann");
    assertEquals(List.of("ended repair"), replaced(table.runs.reports(dry, false)));
    aMomentLater(store);
    assertEquals(List.of("running "), replaced(table.runs.start(PATIENTS)), "nothing was open");
    table.runs.stop(PATIENTS);
    aMomentLater(store);
    assertEquals(List.of("running repair"), replaced(table.runs.start(dry)), "stopped, not done");
    aMomentLater(store);
    assertEquals(List.of("running dry run"), replaced(table.runs.start(PATIENTS)));
    assertEquals(
        List.of("running dry run", "ended repair", "ended ", "ended repair", "ended "),
        replaced(table.runs.reports(PATIENTS, true)));
  }

  private static void aMomentLater(Store store) {
    store.write(
        tx ->
            tx.sql(
                    "update reconcile set id = id || '-', started_at = started_at - 10000,"
                        + " ended_at = case when ended_at = 0 then 0 else ended_at - 10000 end")
                .update());
  }

  private static List<String> replaced(List<Report> reports) {
    return reports.stream()
        .filter(each -> each.destination().isEmpty())
        .map(each -> each.state() + " " + each.replaced())
        .toList();
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("stores")
  void aLoadBringsWhatStandsThereAtTheFirstLookAndWithdrawsNothing(Store store) {
    Table table = new Table(store, 3);
    store.write(tx -> tx.sql("update reconcile set state = 'ended'").update());
    table.runs.start(Runs.Asked.load("elm", Set.of(), Instant.EPOCH));
    table.finish(table.comparison.next("elm"), table.rows("Eve").subList(0, 2));
    Report report = table.only(Runs.Asked.load("elm", Set.of(), Instant.EPOCH));
    assertEquals("ended", report.state());
    assertEquals(new Tally(2, 0, 2, 0, 2, 0, 0), report.tally());
    assertEquals(
        List.of("live", "live", "live"),
        store.read(
            tx ->
                tx.sql("select state from record where practice = 'elm'")
                    .query(String.class)
                    .list()));
    assertEquals(0, table.only().tally().looked(), "the comparison has counts of its own");
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("stores")
  void aLoadWaitsWhileMoreThanAFewAreDueAtADestinationThatTakesThem(Store store) {
    Table table = new Table(store, 9);
    store.write(tx -> tx.sql("update reconcile set state = 'ended'").update());
    Runs.Asked asked =
        Runs.Asked.load("elm", Set.of("patient"), Instant.parse("2026-01-02T00:00:00Z"));
    table.runs.start(asked);
    due(store, 100);
    assertFalse(table.comparison.next("elm").isDue());
    assertTrue(
        table.runs.reports(asked, false).stream()
            .anyMatch(each -> each.reason().equals("what is due already is sent first")));
    store.write(tx -> tx.sql("update sending set failures = 1").update());
    Turn beside = table.comparison.next("elm");
    assertTrue(beside.isDue(), "one that is away holds nothing up");
    assertTrue(beside.isSince());
    assertEquals("2026-01-02 00:00:00", table.comparison.parameters(beside).get("since"));
    store.write(tx -> tx.sql("delete from due").update());
    store.write(tx -> tx.sql("delete from sending").update());
  }

  private static void due(Store store, int count) {
    store.write(
        tx -> {
          tx.sql(
                  "insert into sending (practice, destination, failures, not_before, reason) values ('elm', 'hospital', 0, 0, '')")
              .update();
          for (int key = 1; key <= count; key++) {
            tx.sql(
                    "insert into due (practice, destination, resource, row_key, version, due_at, attempts, bundle_limit, state,"
                        + " reason) values ('elm', 'hospital', 'Patient', ?, 1, 0, 0, 1, 'due', '')")
                .params(key)
                .update();
          }
          return count;
        });
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("stores")
  void whatOfALoadHasEndedIsNotReadAgainWhenTheRestGoesOn(Store store) {
    Table table = new Table(store, 1);
    store.write(tx -> tx.sql("update reconcile set state = 'ended'").update());
    Runs.Asked asked = Runs.Asked.load("elm", Set.of(), Instant.EPOCH);
    table.runs.start(asked);
    table.finish(table.comparison.next("elm"), table.rows("Ann"));
    table.runs.stop(asked);
    List<String> stopped = states(table, asked);
    assertEquals(List.of("ended", "off", "stopped", "stopped"), stopped);
    table.runs.start(asked);
    assertEquals(List.of("ended", "off", "running", "running"), states(table, asked));
    assertEquals(4, table.runs.reports(asked, true).size(), "nothing was begun anew");
  }

  private static List<String> states(Table table, Runs.Asked asked) {
    return table.runs.reports(asked, false).stream().map(Report::state).sorted().toList();
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("stores")
  void aNightThatWasSleptThroughIsMadeUpOnceAndANewPracticeBeginsWithItsNextOne(Store store) {
    Table table = new Table(store, 1);
    store.write(tx -> tx.sql("delete from reconcile").update());
    store.write(tx -> tx.sql("delete from reconcile_night").update());
    Nights nights =
        new Nights(store, table.runs, settings.practices(), Optional.of(LocalTime.of(2, 30)));
    nights.tick();
    assertEquals(0, table.runs.reports(PATIENTS, true).size());
    store.write(tx -> tx.sql("update reconcile_night set day = '2020-01-01'").update());
    nights.tick();
    nights.tick();
    List<Report> asked = table.runs.reports(PATIENTS, true);
    assertEquals(4, asked.size());
    assertTrue(asked.stream().allMatch(each -> each.askedBy().equals("schedule")));
    assertEquals(1, asked.stream().filter(each -> each.state().equals("off")).count());
  }

  /** The patients of elm as the store has them, and a run that has just been asked for. */
  private static final class Table {
    private final Store store;
    private final Leases leases = new SqlLeases("one");
    private final Runs runs;
    private final Records records;
    private final Captured captured;
    private final RowComparison comparison;
    private final int size;

    Table(Store store, int size) {
      this(store, size, true);
    }

    /**
     * @param stamped capture follows the stamps of the table
     */
    Table(Store store, int size, boolean stamped) {
      this.store = store;
      this.size = size;
      records = new Records(store, new SqlAudit(), List.of());
      captured = new Captured(records, store.vault(), new Storms(new Unasked()));
      runs =
          new Runs(
              store,
              leases,
              settings,
              Map.of("patient", "Patient"),
              (practice, feed) -> true,
              Set.of("patient"));
      comparison =
          new RowComparison(
              store,
              new SqlAudit(),
              runs,
              records,
              captured,
              Map.of(
                  "elm",
                  new Practice.Budget(
                      1, Duration.ofSeconds(20), PAGE, Optional.empty(), List.of("all"))),
              Duration.ofMillis(1),
              feed -> stamped,
              new Turns(
                  List.of(),
                  Duration.ofSeconds(1),
                  Map.of("elm", new Turns.Grant(1, () -> false, feed -> true)),
                  System::nanoTime));
      for (String table : List.of("reconcile", "record", "watermark", "feed")) {
        store.write(tx -> tx.sql("delete from " + table).update());
      }
      new FeedRows(store).looked("elm", "patient", "25.3.1.0", "", 0, "{}");
      captured("Ann");
      runs.start(PATIENTS);
    }

    Report only() {
      return only(PATIENTS);
    }

    Report only(Runs.Asked asked) {
      return runs.reports(asked, false).stream()
          .filter(each -> each.destination().isEmpty())
          .findFirst()
          .orElseThrow();
    }

    /** As capture would have read and stored them. */
    void captured(String name) {
      List<Row> rows = rows(name).stream().map(row -> captured.row("elm", "Patient", row)).toList();
      Records.Start start = records.start("elm", "patient");
      records.store(
          new Page(
              "elm",
              "patient",
              start.from(),
              new Watermark(Instant.parse("2030-01-01T00:00:00Z"), 0, false),
              rows,
              0,
              start.at()),
          rows.stream().map(Table::translated).toList());
    }

    List<Map<String, Object>> rows(String name) {
      return LongStream.rangeClosed(1, size)
          .mapToObj(key -> row(key, name, "2026-01-01 00:00:00"))
          .toList();
    }

    Map<String, Object> row(long key, String name, String stamp) {
      return Map.of(
          "stamp", stamp, "cursor_key", key, "row_key", key, "PatNum", key, "FName", name);
    }

    void page(String name) {
      ripe();
      Turn turn = comparison.next("elm");
      Map<String, Object> asked = comparison.parameters(turn);
      finish(
          turn,
          rows(name).stream()
              .filter(row -> (long) row.get("row_key") > (long) asked.get("after_key"))
              .filter(row -> (long) row.get("row_key") <= (long) asked.get("until_key"))
              .limit(PAGE)
              .toList());
    }

    void finish(Turn turn, List<Map<String, Object>> read) {
      RowComparison.Page page = comparison.compare(turn, read);
      comparison.finish(page, page.changed().stream().map(Table::translated).toList());
    }

    /** What was to wait has waited. */
    void ripe() {
      store.write(tx -> tx.sql("update reconcile set not_before = 0").update());
    }

    private static Translated translated(Row row) {
      return row.deleted()
          ? new Translated(
              row,
              Translated.Outcome.DELETED,
              JsonNodeFactory.instance.missingNode(),
              "the row was deleted")
          : new Translated(
              row,
              Translated.Outcome.MAPPED,
              JsonNodeFactory.instance
                  .objectNode()
                  .put("resourceType", "Patient")
                  .put("name", String.valueOf(row.columns().get("FName"))),
              "");
    }
  }

  /** All rows are compared, whatever their stamps. */
  private static final class Unasked implements Storms.Office {
    @Override
    public boolean hasSums(String practice, Feed feed) {
      return false;
    }

    @Override
    public Optional<Instant> pageEnd(String practice, Feed feed, Instant since, Instant until) {
      return Optional.empty();
    }

    @Override
    public SortedMap<Long, Storms.Sum> sums(String practice, Feed feed, Instant second) {
      return new TreeMap<>();
    }
  }
}
