package pontic.retention;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import pontic.audit.SqlAudit;
import pontic.store.BothStores;
import pontic.store.Store;
import pontic.store.Transaction;

/** What stays and what goes, on both stores. */
class RetentionTest {
  @RegisterExtension static final BothStores BOTH = new BothStores();

  @BeforeEach
  void empty() {
    stores()
        .forEach(
            store ->
                store.write(
                    tx -> {
                      for (String table :
                          List.of("answer", "call", "work", "message_original", "message")) {
                        tx.sql("delete from " + table).update();
                      }
                      return true;
                    }));
  }

  static Stream<Store> stores() {
    return BOTH.stores();
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("stores")
  void contentsGoFirstThenReceiptsAndWhatIsOpenParkedOrTheNewestStays(Store store) {
    store.write(
        tx -> {
          message(tx, 1, "landed", 100);
          message(tx, 2, "refused", 800);
          message(tx, 3, "parked", 800);
          message(tx, 4, "", 0);
          message(tx, 5, "landed", 10);
          work(tx, "connect", "", "done", 100);
          work(tx, "connect-now", "", "waiting", 100);
          return null;
        });
    Retention retention = new Retention(store, new SqlAudit());
    long audited =
        store.read(
            tx -> tx.sql("select coalesce(max(id), 0) from audit").query(Long.class).single());

    assertEquals(0, retention.contents(0) + retention.receipts(0), "0 keeps everything");
    assertEquals(0, retention.receipts(730), "no receipt goes before its contents");
    assertEquals(2, retention.contents(90));
    assertEquals(0, retention.contents(90), "each once");
    assertEquals(List.of("m3", "m4", "m5"), of(store, "message where body <> ''", "id"));
    assertEquals(List.of("connect-now", "w3", "w4", "w5"), of(store, "work", "id"));
    assertEquals(
        List.of("connect-now", "w3", "w4", "w5"), of(store, "call", "work_id"), "with its calls");
    assertEquals(List.of("m3", "m4", "m5"), of(store, "message_original", "message_id"));

    assertEquals(1, retention.receipts(730));
    assertEquals(List.of("m1", "m3", "m4", "m5"), of(store, "message", "id"));
    assertEquals(
        List.of("contents of 2 messages", "receipts of 1 messages"),
        of(store, "audit where action = 'purge' and id > " + audited, "subject").stream()
            .map(subject -> subject.replaceFirst(" that ended before .*", ""))
            .toList());

    store.write(
        tx ->
            tx.sql(
                    "update message set receipt_end = 'landed', body = '', ended_at = 1, state = 'ended'")
                .update());
    retention.receipts(730);
    assertEquals(
        List.of("m5"), of(store, "message", "id"), "the next message's number follows the newest");
  }

  /**
   * Patient data of SRR and ACK; the MSH of the message, which holds none, goes with the receipt.
   */
  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("stores")
  void whatASenderWasToldGoesWithTheContentsUnlessItIsStillOwed(Store store) {
    List<String> states = List.of("told", "not wanted", "given up", "due", "open");
    store.write(
        tx -> {
          for (int i = 0; i < states.size(); i++) {
            message(tx, 2001 + i, "landed", 100);
            answer(tx, 2001 + i, states.get(i));
          }
          message(tx, 2010, "landed", 10);
          answer(tx, 2010, "told");
          return null;
        });
    Retention retention = new Retention(store, new SqlAudit());
    retention.contents(90);
    String kept = "answer where message_id like 'm20%' and ";
    assertEquals(
        List.of("m2004", "m2005", "m2010"), of(store, kept + "schedule <> ''", "message_id"));
    assertEquals(List.of("m2004", "m2005", "m2010"), of(store, kept + "wire <> ''", "message_id"));
    assertEquals(6, of(store, kept + "header <> ''", "message_id").size());
  }

  /** What it was understood as before stands apart from it, under a name of its own. */
  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("stores")
  void whatAMessageMeantBeforeAPersonEditedItGoesWithItsContents(Store store) {
    store.write(
        tx -> {
          message(tx, 3001, "landed", 100);
          work(tx, "w3001-before", "m3001/1", "done", 100);
          message(tx, 3002, "parked", 100);
          work(tx, "w3002-before", "m3002/1", "done", 100);
          return null;
        });
    new Retention(store, new SqlAudit()).contents(90);
    assertEquals(List.of("w3002", "w3002-before"), of(store, "work where id like 'w300%'", "id"));
    assertEquals(
        List.of("w3002", "w3002-before"), of(store, "call where id like 'w300%'", "work_id"));
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("stores")
  void whatIsMoreThanAPageIsLeftToTheNextTick(Store store) {
    store.write(
        tx -> {
          for (int i = 1001; i <= 1250; i++) {
            message(tx, i, "no change", 100);
          }
          return null;
        });
    Retention retention = new Retention(store, new SqlAudit());
    assertEquals(200, retention.contents(90));
    assertEquals(50, retention.contents(90));
  }

  private static List<String> of(Store store, String table, String column) {
    return store.read(
        tx ->
            tx.sql("select " + column + " from " + table + " order by " + column)
                .query(String.class)
                .list());
  }

  /**
   * With work, a call and an earlier form.
   *
   * @param days since its end
   */
  private static void message(Transaction tx, int number, String end, int days) {
    String id = "m" + number;
    tx.sql(
            """
            insert into message (id, practice, seq, route, sender, type, control_id, digest, accepted_at, body, answer, state,
              attempts, due_at, receipt_end, receipt_reason, receipt_keys, receipt_settled, receipt_generation,
              receipt_warnings, ended_at)
            values (:id, 'elm', :number, 'accept-hl7', 'HIS', 'ADT^A28', :id, :id, 0, 'sealed', 'AA', 'ended', 0, 0, :end, '',
              '{}', '', '', '[]', :ended)
            """)
        .param("id", id)
        .param("number", number)
        .param("end", end)
        .param("ended", end.isEmpty() ? 0 : ago(tx, days))
        .update();
    tx.sql(
            "insert into message_original (message_id, number, body, by_whom, edited_at) values (:id, 1, 'sealed', 'ann', 0)")
        .param("id", id)
        .update();
    work(tx, "w" + number, id, end.equals("parked") ? "parked" : "done", days);
  }

  private static void answer(Transaction tx, int number, String state) {
    tx.sql(
            """
            insert into answer (message_id, practice, destination, seq, wanted, header, state, ready_at, due_at, attempts, refusals,
              schedule, wire, reason)
            values (:id, 'elm', 'his', :number, 'always', 'sealed', :state, 0, 0, 1, 0, 'sealed', 'sealed', '')
            """)
        .param("id", "m" + number)
        .param("number", number)
        .param("state", state)
        .update();
  }

  private static void work(Transaction tx, String id, String message, String state, int days) {
    tx.sql(
            """
            insert into work (id, practice, seq, message_id, sender, event, person_id, booking_id, state, due_at, rank, cycle,
              attempts, body)
            values (:id, 'elm', 0, :message, '', 'register', '', '', :state, :due, 0, 0, 0, 'sealed')
            """)
        .param("id", id)
        .param("message", message)
        .param("state", state)
        .param("due", ago(tx, days))
        .update();
    tx.sql(
            """
            insert into call (id, practice, work_id, cycle, ordinal, purpose, name, parent_id, method, path, request, state,
              epoch, intent_at, outcome_at, status, answer, result_key, settled)
            values (:id, 'elm', :id, 0, 0, 'call', 'patients.post', '', 'POST', '/patients', 'sealed', 'landed', 1, 0, 0, 201,
              'sealed', 0, '')
            """)
        .param("id", id)
        .update();
  }

  private static long ago(Transaction tx, int days) {
    return tx.now().minus(Duration.ofDays(days)).toEpochMilli();
  }
}
