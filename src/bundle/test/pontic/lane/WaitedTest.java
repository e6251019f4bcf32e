package pontic.lane;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import pontic.operations.Fixture;
import pontic.store.BothStores;
import pontic.store.Store;
import pontic.store.Transaction;

/** What is seen of a patient while work about him waits, on both databases. */
final class WaitedTest {
  /** A whole exam: some two hundred writes in one message. */
  private static final int MEASURES = 200;

  @RegisterExtension static final BothStores BOTH = new BothStores();

  static Stream<Store> stores() {
    return BOTH.stores();
  }

  /** Else our own write would be taken for the desk's. */
  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("stores")
  void aWriteIsSeenAlsoWhereAWholeExamCameAfterIt(Store store) {
    LaneRows rows = new LaneRows(store.vault());
    Fixture.message(store, "m-1", "elm", "accept-hl7", "HIS", "");
    Waited waited =
        store.write(
            tx -> {
              Instant accepted = Instant.EPOCH;
              Work head = work(tx, rows, seq(tx, "elm"), accepted);
              Work update = work(tx, rows, 102, accepted);
              landed(tx, rows, update, "patients.put", "PUT", accepted.plusSeconds(60));
              Work exam = work(tx, rows, 103, accepted);
              for (int i = 0; i < MEASURES; i++) {
                landed(tx, rows, exam, "periomeasures.post", "POST", accepted.plusSeconds(120 + i));
              }
              return rows.waited(tx, head, List.of());
            });
    assertTrue(
        waited.since().stream().anyMatch(asked -> asked.request().name().equals("patients.put")));
  }

  /** The office's clock may be ahead of ours, so that a write of a moment ago looks later. */
  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("stores")
  void aWriteOfAnotherIsSeenHoweverShortTheWait(Store store) {
    LaneRows rows = new LaneRows(store.vault());
    Fixture.message(store, "m-11", "fir", "accept-hl7", "HIS", "");
    Waited waited =
        store.write(
            tx -> {
              Instant now = tx.now();
              tx.sql("update message set accepted_at = ? where practice = 'fir'")
                  .params(now.toEpochMilli())
                  .update();
              long seq = seq(tx, "fir");
              Work head = work(tx, rows, "fir", seq, now);
              Work other = work(tx, rows, "fir", seq + 1, now);
              // Its 504 came at once, its effect may be two minutes later.
              landed(tx, rows, other, "patients.put", "PUT", now.minusSeconds(150));
              return rows.waited(tx, head, List.of());
            });
    assertEquals(1, waited.since().size());
  }

  private static long seq(Transaction tx, String practice) {
    return tx.sql("select seq from message where practice = ?")
        .params(practice)
        .query(Long.class)
        .single();
  }

  private static Work work(Transaction tx, LaneRows rows, long seq, Instant due) {
    return work(tx, rows, "elm", seq, due);
  }

  private static Work work(Transaction tx, LaneRows rows, String practice, long seq, Instant due) {
    Work work =
        new Work(
            practice + "-w-" + seq,
            practice,
            seq,
            "m-" + seq,
            "HIS",
            Work.CHART,
            practice + "-p-ann",
            "",
            0,
            0,
            JsonNodeFactory.instance.objectNode());
    rows.insert(tx, work, false, due);
    return work;
  }

  private static void landed(
      Transaction tx, LaneRows rows, Work work, String name, String method, Instant at) {
    String path = "/" + name.substring(0, name.indexOf('.'));
    String id =
        rows.intent(
            tx,
            work,
            0,
            Purpose.CALL,
            "",
            new ApiRequest(name, method, path, path, Map.of(), MissingNode.getInstance()),
            MissingNode.getInstance(),
            1,
            at);
    rows.outcome(tx, id, CallState.LANDED, 200, MissingNode.getInstance(), 5, at);
  }
}
