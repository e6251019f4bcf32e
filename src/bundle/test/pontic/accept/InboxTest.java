package pontic.accept;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import pontic.audit.SqlAudit;
import pontic.receipt.Receipts;
import pontic.store.BothStores;
import pontic.store.Store;

/** Numbers, repetitions and the audit of what arrives, one by one and many at once. */
class InboxTest {
  private static final int SENDERS = 16;
  private static final int EACH = 20;

  @RegisterExtension static final BothStores BOTH = new BothStores();

  static List<Store> stores() {
    return BOTH.stores().toList();
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("stores")
  void ofManyAtOnceEachHasItsNumberAndItsAuditRowAndASendersOrderIsKept(Store store)
      throws Exception {
    Inbox inbox = inbox(store);
    ExecutorService threads = Executors.newFixedThreadPool(SENDERS);
    try {
      List<Callable<List<String>>> senders =
          IntStream.range(0, SENDERS)
              .<Callable<List<String>>>mapToObj(
                  sender ->
                      () ->
                          IntStream.range(0, EACH)
                              .mapToObj(
                                  n ->
                                      inbox
                                          .accept(arrival("many", "S|" + sender, "c" + n, "x" + n))
                                          .messageId())
                              .toList())
              .toList();
      List<List<String>> ids = new ArrayList<>();
      for (Future<List<String>> each : threads.invokeAll(senders)) {
        ids.add(each.get());
      }

      assertEquals(
          IntStream.rangeClosed(1, SENDERS * EACH).mapToObj(Long::valueOf).toList(),
          numbers(store, "select seq from message where practice = 'many' order by seq"));
      assertEquals(
          List.of((long) SENDERS * EACH),
          numbers(
              store,
              "select count(distinct m.id) from message m join audit a on a.subject = m.id and a.practice = m.practice"
                  + " and a.who = m.sender and a.action = 'accept' where m.practice = 'many'"));
      for (int sender = 0; sender < SENDERS; sender++) {
        assertEquals(
            ids.get(sender),
            texts(
                store,
                "select id from message where practice = 'many' and sender = 'S|"
                    + sender
                    + "' order by seq"));
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("stores")
  void aRepetitionIsKnownInItsOwnUnitAndInALaterOne(Store store) {
    Inbox inbox = inbox(store);
    List<Accepted> together =
        inbox.together(
            List.of(
                arrival("twice", "A|B", "1", "x"),
                arrival("twice", "A|B", "1", "x"),
                arrival("twice", "A|C", "1", "x"),
                arrival("twice", "A|B", "1", "y")));
    Accepted later = inbox.accept(arrival("twice", "A|B", "1", "x"));

    assertEquals(
        List.of(false, true, false, false), together.stream().map(Accepted::repeated).toList());
    String first = together.get(0).messageId();
    assertEquals(first, together.get(1).firstId());
    assertTrue(later.repeated());
    assertEquals(first, later.firstId());
    assertEquals(
        List.of("", "duplicate of", "", "", "duplicate of"),
        texts(store, "select receipt_end from message where practice = 'twice' order by seq"));
    assertEquals(
        List.of("[]", "[]", "[]"),
        texts(
            store,
            "select receipt_warnings from message where practice = 'twice' and seq in (1, 2, 3) order by seq"));
    assertTrue(
        texts(store, "select receipt_warnings from message where practice = 'twice' and seq = 4")
            .get(0)
            .contains("same control id"));
    assertEquals(
        List.of(1L, 3L, 4L),
        numbers(
            store, "select seq from message where practice = 'twice' and body <> '' order by seq"));
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("stores")
  void whatIsWelcomeIsNoRepetitionOfWhatWasTurnedAway(Store store) {
    Inbox inbox = inbox(store);
    Arrival refused =
        new Arrival(
            "away",
            "accept-hl7",
            "A|B",
            "ADT^A99",
            "1",
            bytes("x"),
            "not taken here",
            "AR",
            Optional.empty(),
            false);

    List<Accepted> accepted =
        inbox.together(List.of(refused, refused, arrival("away", "A|B", "1", "x")));

    assertEquals(List.of("AR", "AR", "AA"), accepted.stream().map(Accepted::answer).toList());
    assertFalse(accepted.get(2).repeated());
    assertEquals(
        List.of("refused", "duplicate of", ""),
        texts(store, "select receipt_end from message where practice = 'away' order by seq"));
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("stores")
  void messagesWithoutAControlIdAreNoRepetitions(Store store) {
    List<Accepted> accepted =
        inbox(store)
            .together(List.of(arrival("none", "A|B", "", "x"), arrival("none", "A|B", "", "x")));

    assertEquals(List.of(false, false), accepted.stream().map(Accepted::repeated).toList());
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("stores")
  void oneUnitIsOfOnePractice(Store store) {
    assertThrows(
        IllegalArgumentException.class,
        () ->
            inbox(store)
                .together(
                    List.of(arrival("one", "A|B", "1", "x"), arrival("other", "A|B", "1", "x"))));
  }

  private static Inbox inbox(Store store) {
    return new Inbox(store, new SqlAudit(), new Receipts("test"));
  }

  private static Arrival arrival(String practice, String sender, String control, String body) {
    return new Arrival(
        practice,
        "accept-hl7",
        sender,
        "ADT^A28",
        control,
        bytes(body),
        "",
        "AA",
        Optional.empty(),
        false);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static List<Long> numbers(Store store, String sql) {
    return store.read(tx -> tx.sql(sql).query(Long.class).list());
  }

  private static List<String> texts(Store store, String sql) {
    return store.read(tx -> tx.sql(sql).query(String.class).list());
  }
}
