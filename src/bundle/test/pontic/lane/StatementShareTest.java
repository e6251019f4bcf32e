package pontic.lane;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import pontic.house.House;
import pontic.operations.Fixture;
import pontic.store.Store;

/** Statements that an office's API runs keep to what the office grants for queries. */
final class StatementShareTest {
  private static final LaneTerms TERMS = terms(LaneTerms.Quiet.never());
  private static final ApiRequest LIST =
      ApiRequest.read("capture:patient", "/patients/Simple", "/patients/Simple", Map.of());
  private static final ApiRequest STATEMENT =
      new ApiRequest(
          "capture:claim",
          "PUT",
          "/queries/ShortQuery",
          "/queries/ShortQuery",
          Map.of(),
          JsonNodeFactory.instance.objectNode().put("SqlCommand", "select 1"));

  @TempDir Path folder;
  private final StatementShare share = new StatementShare();
  private Store store;
  private Questions questions;

  @BeforeEach
  void open() {
    store = Fixture.store(folder);
    questions = new Questions(store.vault());
    store.write(
        tx ->
            tx.sql(
                    "insert into lane (practice, next_at, state, reason, failures, last_ok_at, capabilities, capabilities_at)"
                        + " values ('elm', 0, 'ready', '', 0, 0, '{}', 0)")
                .update());
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void theWayThereAndBackIsNoTimeOfTheOffice() {
    ended(LIST, 120, true);
    ended(LIST, 300, true);
    assertEquals(0, lane("statements_ms"), "a list is no statement");
    ended(STATEMENT, 200, true);
    assertEquals(80, lane("statements_ms"));
    ended(STATEMENT, 100, true);
    assertEquals(81, lane("statements_ms"), "quicker than any before: the least that counts");
    ended(STATEMENT, 600, true);
    assertEquals(581, lane("statements_ms"));
  }

  @Test
  void whatWasNotAnsweredCountsInFull() {
    ended(LIST, 100, true);
    ended(STATEMENT, 50, false);
    assertEquals(100, lane("fastest_ms"));
    ended(STATEMENT, 5_000, false);
    assertEquals(1 + 4_900, lane("statements_ms"));
  }

  @Test
  void savedTimeIsUsedFirstAndThenAStatementWaitsUntilItsTimeIsGranted() {
    long now = 1_000_000_000L;
    assertEquals(now - 1_000_000 + 8_000, StatementShare.next(0, 80, 0.01, now), "ten seconds");
    assertEquals(now + 8_000, StatementShare.next(now, 80, 0.01, now));
    assertEquals(now + 9_000, StatementShare.next(now + 1_000, 80, 0.01, now));
    assertEquals(now + 30_000, StatementShare.next(now, 60_000, 0.01, now), "never for longer");
  }

  @Test
  void aStatementThatWaitsLetsListsGoFirstAndWakesNobody() throws Exception {
    Instant now = store.read(tx -> tx.now());
    ask("claim", "/queries/ShortQuery", now.minusSeconds(20));
    ask("patient", "/patients/Simple", now.minusSeconds(10));
    assertEquals("claim", next(now));

    change("update lane set statements_at = " + now.plusSeconds(5).toEpochMilli());
    assertEquals("patient", next(now));
    assertTrue(wakes(now));
    change("update question set state = 'answered' where feed = 'patient'");
    assertEquals("", next(now));
    assertTrue(!wakes(now), "what the lane would not begin wakes it not");

    Instant granted = now.plusSeconds(5);
    assertEquals("claim", next(granted));
    assertTrue(wakes(granted));
  }

  /** They are of the database, whoever asks it; a list is the office's own program's business. */
  @Test
  void inQuietHoursNoStatementIsAskedAndWakesNobodyWhileListsGoOn() throws Exception {
    Instant now = store.read(tx -> tx.now());
    Instant end = now.plus(Duration.ofHours(2));
    LaneTerms quiet = terms(at -> Optional.of(end).filter(at::isBefore));
    ask("claim", "/queries/ShortQuery", now.minusSeconds(20));
    assertTrue(wakes(now));
    assertEquals("", begun(quiet, now));
    assertFalse(wakes(now), "one look is enough");
    watch(quiet);
    assertFalse(wakes(now.plusSeconds(60)));
    ask("patient", "/patients/Simple", now.minusSeconds(10));
    assertEquals("capture:patient", begun(quiet, now));
    assertEquals("capture:claim", begun(quiet, end));

    ask("claim", "/queries/ShortQuery", now.minusSeconds(20));
    begun(quiet, now);
    watch(TERMS);
    assertEquals("capture:claim", begun(TERMS, now.plusSeconds(60)), "the hours were changed");
  }

  @Test
  void whatTheKeyMayAskNoLongerIsNotAskedUntilItMayAgain() throws Exception {
    Instant now = store.read(tx -> tx.now());
    ask("claim", "/queries/ShortQuery", now.minusSeconds(20));
    ask("patient", "/patients/Simple", now.minusSeconds(10));
    change("update question set status = 401 where feed = 'claim'");
    change("update lane set capabilities = '" + claims(false) + "'");
    assertEquals("capture:patient", begun(TERMS, now));
    change("update question set state = 'answered' where feed = 'patient'");
    assertEquals("", begun(TERMS, now.plusSeconds(3600)));
    assertFalse(wakes(now.plusSeconds(3600)));
    permitted(claims(false), now);
    assertEquals("", begun(TERMS, now));

    permitted(claims(true), now);
    change("update lane set capabilities = '" + claims(true) + "'");
    assertTrue(wakes(now));
    assertEquals("capture:claim", begun(TERMS, now));
    assertEquals(
        now.toEpochMilli() + " 0",
        store.read(
            tx ->
                tx.sql("select owed_at || ' ' || status from question where feed = 'claim'")
                    .query(String.class)
                    .single()),
        "nothing was owed meanwhile");
  }

  private static String claims(boolean on) {
    return "{\"capture\":{\"claim\":{\"on\":" + on + "},\"patient\":{\"on\":true}}}";
  }

  private void permitted(String capabilities, Instant now) throws IOException {
    JsonNode said = new ObjectMapper().readTree(capabilities);
    store.write(
        tx -> {
          new CaptureReads(questions, new LaneRows(store.vault())).permitted(tx, "elm", said, now);
          return true;
        });
  }

  private String begun(LaneTerms its, Instant now) {
    CaptureReads reads = new CaptureReads(questions, new LaneRows(store.vault()));
    return store.write(
        tx -> reads.due(tx, its, 1, now).map(step -> step.request().name()).orElse(""));
  }

  private void watch(LaneTerms its) {
    store.write(
        tx -> {
          new CaptureReads(questions, new LaneRows(store.vault())).watch(tx, its);
          return true;
        });
  }

  private static LaneTerms terms(LaneTerms.Quiet quiet) {
    return new LaneTerms(
        "elm",
        Duration.ofSeconds(60),
        Duration.ofSeconds(5),
        Duration.ZERO,
        1.0,
        true,
        true,
        0.01,
        quiet,
        "");
  }

  private void ended(ApiRequest request, long took, boolean answered) {
    store.write(
        tx -> {
          share.ended(tx, TERMS, request, Duration.ofMillis(took), answered, tx.now());
          return true;
        });
  }

  private void ask(String feed, String path, Instant due) {
    store.write(
        tx -> {
          questions.ask(
              tx,
              new Questions.Question("elm", feed, path, Map.of(), MissingNode.getInstance()),
              due);
          return true;
        });
  }

  private String next(Instant now) {
    return store.read(
        tx -> questions.next(tx, "elm", now).map(its -> its.question().feed()).orElse(""));
  }

  private boolean wakes(Instant now) throws IOException {
    String sql =
        Files.readString(House.home().resolve("sql/wake-lanes.sql")).replace(":#now", ":now");
    return store.read(
        tx ->
            tx.sql(sql).param("now", now.toEpochMilli()).query().listOfRows().stream()
                .anyMatch(row -> row.get("queue").equals("call")));
  }

  private long lane(String column) {
    return store.read(tx -> tx.sql("select " + column + " from lane").query(Long.class).single());
  }

  private void change(String sql) {
    store.write(tx -> tx.sql(sql).update());
  }
}
