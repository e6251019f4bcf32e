package pontic.capture;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import pontic.audit.SqlAudit;
import pontic.house.House;
import pontic.operations.Fixture;
import pontic.practice.Practice;
import pontic.practice.WatchTable;
import pontic.record.FeedRows;
import pontic.record.Records;
import pontic.store.Store;

/** Whose turn it is at an office that is read through its API, with the shipped lists. */
final class ApiTurnsTest {
  private static final Set<String> HAS = Set.of("carrier", "operatory");
  private static final long NEVER = 9_000_000_000_000L;

  @TempDir Path folder;
  private final AtomicLong nanos = new AtomicLong();
  private Store store;
  private ApiTurns turns;

  @BeforeEach
  void open() throws Exception {
    store = Fixture.store(folder);
    Practice elm = Fixture.settings(folder).practice("elm").orElseThrow();
    List<ApiFeed> lists =
        ApiFeeds.load(House.home().resolve("mappings/capture-api")).stream()
            .filter(list -> HAS.contains(list.name()))
            .toList();
    Records records = new Records(store, new SqlAudit(), List.of());
    Offices none =
        new Offices(
            List.of(),
            Map.of(),
            Map.of(),
            records,
            new FeedRows(store),
            practice -> false,
            nanos::get);
    Captured captured = new Captured(records, store.vault(), new Storms(none));
    turns =
        new ApiTurns(
            store,
            new ApiPages(store, records, captured, List.of(elm), practice -> lists),
            nanos::get);
    change(
        "insert into lane (practice, next_at, state, reason, failures, last_ok_at, capabilities, capabilities_at)"
            + " values ('elm', 0, 'ready', '', 0, 0,"
            + " '{\"capture\":{\"carrier\":{\"on\":true},\"operatory\":{\"on\":true}}}', 0)");
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void eachListIsAskedForAndEachThatIsAnsweredHasItsTurnTheLongestWaitingFirst() {
    assertEquals(List.of(), due());
    assertEquals(2, count("state = 'asked'"));
    change("update question set state = 'answered', answered_at = 2 where feed = 'carrier'");
    change("update question set state = 'answered', answered_at = 1 where feed = 'operatory'");
    assertEquals(List.of("operatory", "carrier"), due());
    // What failed comes again, and takes nothing from the other.
    change("update question set state = 'asked' where feed = 'carrier'");
    assertEquals(List.of("operatory"), due());
  }

  @Test
  void whereNothingCanComeNobodyLooksForAWhile() {
    due();
    change("update question set asked_at = " + NEVER);
    assertEquals(List.of(), due());
    // As another process would.
    change("update question set state = 'answered', answered_at = 1");
    nanos.addAndGet(Duration.ofSeconds(9).toNanos());
    assertEquals(List.of(), due());
    nanos.addAndGet(Duration.ofSeconds(1).toNanos());
    assertEquals(2, due().size());
  }

  @Test
  void aHintEndsTheRestAndBringsTheQuestionOfItsList() {
    due();
    change("update question set asked_at = " + NEVER);
    assertEquals(List.of(), due());
    turns.hint("elm", WatchTable.OPERATORY, Duration.ofSeconds(60));
    assertEquals(List.of(), due());
    assertEquals(1, count("feed = 'operatory' and asked_at < " + NEVER));
    assertEquals(1, count("feed = 'carrier' and asked_at = " + NEVER));
    change("update question set state = 'answered', answered_at = 1 where feed = 'operatory'");
    assertEquals(List.of("operatory"), due(), "the lane may answer at any time now");
  }

  private List<String> due() {
    return turns.due("elm").stream().map(ApiFeed::name).toList();
  }

  private long count(String where) {
    return store.read(
        tx -> tx.sql("select count(*) from question where " + where).query(Long.class).single());
  }

  private void change(String sql) {
    store.write(tx -> tx.sql(sql).update());
  }
}
