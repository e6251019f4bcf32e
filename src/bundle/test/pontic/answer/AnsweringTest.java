package pontic.answer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import pontic.audit.SqlAudit;
import pontic.hl7.MessageHeader;
import pontic.hl7.Wanted;
import pontic.practice.Destination;
import pontic.practice.SomeDestination;
import pontic.receipt.End;
import pontic.receipt.Receipts;
import pontic.store.BothStores;
import pontic.store.SqlLeases;
import pontic.store.Store;
import pontic.store.Transaction;

/** What is promised and kept to senders, on both databases. */
final class AnsweringTest {
  private static final int HOURS = 72;
  private static final Receipts RECEIPTS = new Receipts("g1");

  @RegisterExtension static final BothStores BOTH = new BothStores();
  private static int number;

  static Stream<Store> stores() {
    return BOTH.stores();
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("stores")
  void anAnswerGoesOnceItsMessageHasEndedToOneOfManyProcessesAndAgainUntilItIsConfirmed(
      Store store) {
    Answering one = answering(store, "one");
    Answering two = answering(store, "two");
    String practice = "p" + ++number;
    store.write(tx -> promised(tx, store, practice, 1) + promised(tx, store, practice, 2));
    assertTrue(one.claim(practice, "his", 0, HOURS).isEmpty(), "it has no end");
    ended(store, practice, 2);
    ended(store, practice, 1);
    AnswerClaim first = one.claim(practice, "his", 0, HOURS);
    assertEquals(id(practice, 2), first.messageId(), "it ended first");
    assertTrue(two.claim(practice, "his", 0, HOURS).isEmpty(), "another process is at it");
    assertTrue(text(first).contains("MSA|AA|C2|landed"), text(first));
    one.failed(first, new IOException("away"));
    assertTrue(two.claim(practice, "his", 0, HOURS).isEmpty(), "it is let rest");
    store.write(tx -> tx.sql("update answer set due_at = 0").update());
    AnswerClaim again = two.claim(practice, "his", 0, HOURS);
    assertArrayEquals(first.wire(), again.wire());
    // Whoever comes back later than its lease stores nothing.
    one.confirmed(first, confirmation(first, "AA"));
    assertEquals("due", state(store, first.messageId()));
    two.confirmed(again, confirmation(again, "AA"));
    assertEquals("told", state(store, first.messageId()));
    AnswerClaim next = one.claim(practice, "his", 1, HOURS);
    assertEquals(id(practice, 1), next.messageId());
    one.confirmed(next, confirmation(next, "CA"));
    assertTrue(two.claim(practice, "his", 0, HOURS).isEmpty(), "all are told");
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("stores")
  void whatWasGivenUpGoesAgainInTheSameBytesBehindWhatIsDue(Store store) {
    Answering answering = answering(store, "one");
    GivenUp givenUp = new GivenUp(new SqlAudit());
    String practice = "p" + ++number;
    for (int seq = 1; seq <= 3; seq++) {
      int its = seq;
      store.write(tx -> promised(tx, store, practice, its));
    }
    ended(store, practice, 2);
    byte[] bytes = refused(store, answering, practice, 2);
    ended(store, practice, 1);
    refused(store, answering, practice, 1);
    ended(store, practice, 3);
    assertEquals(
        List.of(), store.read(tx -> givenUp.of(tx, "m-nobody")), "nothing of this id was given up");
    List<GivenUp.Lost> lost = store.read(tx -> givenUp.of(tx, practice + "/his"));
    assertEquals(
        List.of(id(practice, 2), id(practice, 1)),
        lost.stream().map(GivenUp.Lost::messageId).toList());
    store.write(
        tx -> {
          givenUp.again(tx, lost, "ann");
          return true;
        });
    for (int seq : List.of(3, 2, 1)) {
      AnswerClaim claim = answering.claim(practice, "his", 0, HOURS);
      assertEquals(id(practice, seq), claim.messageId());
      if (seq == 2) {
        assertArrayEquals(bytes, claim.wire());
      }
      answering.confirmed(claim, confirmation(claim, "AA"));
    }
    assertEquals(
        List.of("ann", "ann"),
        store.read(
            tx ->
                tx.sql("select who from audit where action = 'answer again' and practice = ?")
                    .params(practice)
                    .query(String.class)
                    .list()));
  }

  /** Both what is told then and what is given up: the message's contents went meanwhile. */
  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("stores")
  void whatIsOverAfterItsMessagesContentsHaveGoneKeepsNoneOfThem(Store store) {
    Answering answering = answering(store, "one");
    String practice = "p" + ++number;
    for (int seq = 1; seq <= 2; seq++) {
      int its = seq;
      store.write(tx -> promised(tx, store, practice, its));
      ended(store, practice, seq);
    }
    store.write(
        tx -> tx.sql("update message set body = '' where practice = ?").params(practice).update());
    AnswerClaim told = answering.claim(practice, "his", 0, HOURS);
    assertEquals(1, withWire(store, practice), "its bytes are the same at each try");
    answering.confirmed(told, confirmation(told, "AA"));
    assertEquals("told", state(store, told.messageId()));
    assertEquals(0, withWire(store, practice));
    refused(store, answering, practice, 2);
    assertEquals(0, withWire(store, practice));
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("stores")
  void aNewerMessageThatIsNoLongerKeptIsNotNamedToTheSender(Store store) {
    Answering answering = answering(store, "one");
    String practice = "p" + ++number;
    store.write(tx -> promised(tx, store, practice, 1));
    store.write(
        tx -> {
          RECEIPTS.supersededBy(tx, id(practice, 1), 99, List.of());
          return true;
        });
    String told = text(answering.claim(practice, "his", 0, HOURS));
    assertTrue(told.contains("MSA|AA|C1|superseded by a newer message: nothing of it"), told);
  }

  private static int withWire(Store store, String practice) {
    return store.read(
        tx ->
            tx.sql(
                    "select count(*) from answer where practice = ? and (wire <> '' or schedule <> '')")
                .params(practice)
                .query(Integer.class)
                .single());
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("stores")
  void whatWasGivenUpGoesAgainOnlyWhileItsContentsAreThere(Store store) {
    Answering answering = answering(store, "one");
    GivenUp givenUp = new GivenUp(new SqlAudit());
    String practice = "p" + ++number;
    for (int seq = 1; seq <= 2; seq++) {
      int its = seq;
      store.write(tx -> promised(tx, store, practice, its));
      ended(store, practice, seq);
      refused(store, answering, practice, seq);
    }
    store.write(
        tx -> tx.sql("update message set body = '' where id = ?").params(id(practice, 1)).update());
    assertEquals(
        List.of(true, false),
        store.read(tx -> givenUp.of(tx, practice + "/his")).stream()
            .map(GivenUp.Lost::gone)
            .toList());
  }

  /** Refused five times; its bytes. */
  private static byte[] refused(Store store, Answering answering, String practice, int seq) {
    byte[] bytes = {};
    for (int time = 0; time < 5; time++) {
      AnswerClaim claim = answering.claim(practice, "his", 0, HOURS);
      assertEquals(id(practice, seq), claim.messageId());
      bytes = claim.wire();
      answering.confirmed(claim, confirmation(claim, "AE"));
      store.write(tx -> tx.sql("update answer set due_at = 0 where state = 'due'").update());
    }
    assertEquals("given up", state(store, id(practice, seq)));
    return bytes;
  }

  private static Answering answering(Store store, String holder) {
    Destination his = SomeDestination.hl7v2("his").senders("HIS|LAKE").types(Set.of("ACK")).made();
    return new Answering(store, new SqlLeases(holder), new SqlAudit(), RECEIPTS, List.of(his));
  }

  private static String id(String practice, int seq) {
    return practice + "-m" + seq;
  }

  private static int promised(Transaction tx, Store store, String practice, int seq) {
    tx.sql(
            """
            insert into message (id, practice, seq, route, sender, type, control_id, digest, accepted_at, body, answer, state,
              attempts, due_at, receipt_end, receipt_reason, receipt_keys, receipt_settled, receipt_generation,
              receipt_warnings, ended_at)
            values (:id, :practice, :seq, 'accept-hl7', 'HIS|LAKE', 'ADT^A28', :control, :id, 0, 'sealed', 'AA', 'accepted', 0, 0, '', '',
              '{}', '', '', '[]', 0)
            """)
        .param("id", id(practice, seq))
        .param("practice", practice)
        .param("seq", seq)
        .param("control", "C" + seq)
        .update();
    byte[] header =
        ("MSH|^~\\&|HIS|LAKE|PONTIC|DENTAL|20261101120000||ADT^A28|C" + seq + "|P|2.5.1|||AL|AL\r")
            .getBytes(StandardCharsets.US_ASCII);
    new Promises(store.vault())
        .keep(tx, id(practice, seq), new Promise("his", Wanted.ALWAYS, header));
    return 1;
  }

  private static void ended(Store store, String practice, int seq) {
    long before = store.read(Transaction::now).toEpochMilli();
    // Ends of one millisecond would be told in the order of their messages.
    while (store.read(Transaction::now).toEpochMilli() == before) {
      Thread.onSpinWait();
    }
    store.write(
        tx ->
            RECEIPTS.end(
                tx, id(practice, seq), End.LANDED, "", Map.of("PatNum", 12L), "", List.of()));
  }

  private static String state(Store store, String messageId) {
    return store.read(
        tx ->
            tx.sql("select state from answer where message_id = ?")
                .params(messageId)
                .query(String.class)
                .single());
  }

  private static String text(AnswerClaim claim) {
    return new String(claim.wire(), StandardCharsets.UTF_8);
  }

  private static byte[] confirmation(AnswerClaim claim, String code) {
    return ("MSH|^~\\&|HIS|LAKE|PONTIC|DENTAL|20261101120001||ACK|1|P|2.5.1\rMSA|"
            + code
            + "|"
            + MessageHeader.read(claim.wire()).controlId()
            + "\r")
        .getBytes(StandardCharsets.US_ASCII);
  }
}
