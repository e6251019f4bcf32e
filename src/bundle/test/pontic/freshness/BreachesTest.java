package pontic.freshness;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import pontic.accept.Arrival;
import pontic.accept.Inbox;
import pontic.answer.AnswerClaim;
import pontic.answer.Answering;
import pontic.answer.Promise;
import pontic.audit.SqlAudit;
import pontic.hl7.MessageHeader;
import pontic.hl7.Wanted;
import pontic.house.House;
import pontic.practice.Settings;
import pontic.practice.SettingsLoader;
import pontic.receipt.End;
import pontic.receipt.Receipts;
import pontic.store.BothStores;
import pontic.store.SqlLeases;
import pontic.store.Store;

/** What counts as late, and that each breach is told once, on both stores. */
final class BreachesTest {
  @TempDir static Path folder;
  @RegisterExtension static final BothStores BOTH = new BothStores();

  private static final Function<String, Set<String>> LISTS = practice -> Set.of("patient");

  static Stream<Store> stores() {
    return BOTH.stores();
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("stores")
  void ofTwoProcessesOneTellsTheBeginningAndOneTheEnd(Store store) throws Exception {
    Freshness one = new Freshness(store, new SqlAudit(), settings(Map.of()), LISTS);
    Freshness other = new Freshness(store, new SqlAudit(), settings(Map.of()), LISTS);
    assertEquals(List.of(), one.look());
    due(store, 1, 0, "due", Duration.ofMinutes(16));
    due(store, 2, 0, "due", Duration.ofMinutes(14));
    List<Alert> begun = one.look();
    assertEquals(1, begun.size());
    assertEquals("elm hospital false", named(begun.get(0)));
    assertEquals(List.of(), other.look(), "somebody tells it");
    one.told(begun.get(0));
    assertEquals(List.of(), other.look(), "it is told");

    change(store, "delete from due where row_key = 1");
    List<Alert> ended = other.look();
    assertEquals("elm hospital true", named(ended.get(0)));
    assertEquals(List.of(), one.look());
    // Killed before it was told: a minute later it is told by another one.
    change(store, "update breach set telling_until = telling_until - 60000");
    assertEquals(ended, one.look());
    one.told(ended.get(0));
    change(store, "update breach set telling_until = 0");
    assertEquals(List.of(), other.look());
    assertEquals(
        List.of("freshness lost", "freshness regained"),
        store.read(
            tx ->
                tx.sql("select action from audit where subject = 'elm/hospital' order by id")
                    .query(String.class)
                    .list()));
    change(store, "delete from due");
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("stores")
  void whatWaitsForAPersonIsNotLate(Store store) throws Exception {
    due(store, 1, 1, "parked", Duration.ofDays(2));
    due(store, 2, 1, "due", Duration.ofDays(1));
    Freshness freshness = new Freshness(store, new SqlAudit(), settings(Map.of()), LISTS);
    assertEquals(Duration.ZERO, stand(freshness, "hospital").behind());
    due(store, 3, 2, "due", Duration.ofMinutes(3));
    Stand stand = stand(freshness, "hospital");
    assertTrue(stand.behind().compareTo(Duration.ofMinutes(3)) >= 0, stand.toString());
    assertTrue(stand.behind().compareTo(Duration.ofHours(1)) < 0, stand.toString());
    change(store, "delete from due");
  }

  /** Its sender's listener is away: the answer goes again in the same bytes, after a pause. */
  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("stores")
  void anAnswerThatItsSenderDoesNotTakeIsLateFromTheEndOfTheMessageOn(Store store)
      throws Exception {
    byte[] message =
        "MSH|^~\\&|ADTLAKE|LAKESIDE|||1||ADT^A28|late-1|P|2.5.1\rPID|1||7"
            .getBytes(StandardCharsets.UTF_8);
    Receipts receipts = new Receipts("test");
    String id =
        new Inbox(store, new SqlAudit(), receipts)
            .accept(
                new Arrival(
                    "elm",
                    "accept-hl7",
                    "ADTLAKE|LAKESIDE",
                    "ADT^A28",
                    "late-1",
                    message,
                    "",
                    "AA",
                    Optional.of(
                        new Promise("hospital-hl7", Wanted.ALWAYS, MessageHeader.segment(message))),
                    false))
            .messageId();
    Settings settings = settings(Map.of("destinations.hospital-hl7.types", "ACK"));
    Freshness freshness = new Freshness(store, new SqlAudit(), settings, LISTS);
    Answering answers =
        new Answering(
            store, new SqlLeases("test"), new SqlAudit(), receipts, settings.destinations());
    assertTrue(answers.claim("elm", "hospital-hl7", 0, 72).isEmpty(), "it has not ended");
    assertEquals(Duration.ZERO, stand(freshness, "hospital-hl7").behind());
    store.write(tx -> receipts.end(tx, id, End.LANDED, "", Map.of(), "", List.of("left")));
    change(store, "update answer set ready_at = ready_at - 1200000");
    Stand late = stand(freshness, "hospital-hl7");
    assertTrue(late.behind().compareTo(Duration.ofMinutes(20)) >= 0, late.toString());
    assertTrue(late.reason().contains("the answer to a message"), late.reason());

    AnswerClaim first = answers.claim("elm", "hospital-hl7", 0, 72);
    assertTrue(
        new String(first.wire(), StandardCharsets.UTF_8)
            .contains("\rMSA|AA|late-1|landed (1 remark on receipt " + id + ")\r"));
    assertTrue(answers.claim("elm", "hospital-hl7", 0, 72).isEmpty(), "another one is at it");
    answers.failed(first, new java.net.ConnectException());
    assertTrue(answers.claim("elm", "hospital-hl7", 0, 72).isEmpty(), "it rests");
    change(store, "update answer set due_at = 0");
    AnswerClaim second = answers.claim("elm", "hospital-hl7", 0, 72);
    assertArrayEquals(first.wire(), second.wire());
    String controlId = MessageHeader.read(second.wire()).controlId();
    answers.confirmed(
        second,
        ("MSH|^~\\&|ADTLAKE|LAKESIDE|||1||ACK|9|P|2.5.1\rMSA|CA|" + controlId)
            .getBytes(StandardCharsets.UTF_8));
    assertEquals(Duration.ZERO, stand(freshness, "hospital-hl7").behind());
    assertTrue(answers.claim("elm", "hospital-hl7", 0, 72).isEmpty(), "it is told");

    // Nobody takes it for three days: it is given up, and named.
    change(store, "update answer set state = 'due', due_at = 0, attempts = 9, ready_at = 1");
    assertTrue(answers.claim("elm", "hospital-hl7", 0, 72).isEmpty());
    assertEquals(
        "given up",
        store.read(tx -> tx.sql("select state from answer").query(String.class).single()));
    change(store, "delete from answer");
    change(store, "delete from message");
  }

  /** Hours of the whole day: nothing may be asked, so nothing of it is late. */
  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("stores")
  void aDatabaseThatMayNotBeAskedNowIsNotReadTooLate(Store store) throws Exception {
    change(
        store,
        "insert into feed (practice, feed, state, reason, version, total, looked_at) values ('elm', 'patient', 'on', '', '', 0, 1)");
    change(
        store,
        "insert into watermark (practice, feed, stamp, row_key, paging, moved_at, changed, unchanged) values ('elm', 'patient', 1, 0, 0, 1, 0, 0)");
    try {
      Stand late = stand(new Freshness(store, new SqlAudit(), settings(Map.of()), LISTS), "");
      assertTrue(late.isBreached(), late.toString());
      assertEquals("its database was read up to " + Instant.ofEpochMilli(1), late.reason());
      Settings quiet = settings(Map.of("practices.elm.database.quietHours", "00:00-00:00"));
      assertEquals(
          Duration.ZERO, stand(new Freshness(store, new SqlAudit(), quiet, LISTS), "").behind());
    } finally {
      change(store, "delete from feed");
      change(store, "delete from watermark");
    }
  }

  /**
   * A question, whoever puts it off; not of a list that is read no longer, nor beside a database.
   */
  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("stores")
  void aListThatTheOfficeOwesIsReadTooLate(Store store) throws Exception {
    Settings byLists = settings(Map.of("practices.elm.database.enabled", "false"));
    for (String feed : List.of("patient", "gone")) {
      change(
          store,
          "insert into question (practice, feed, path, query, state, asked_at, owed_at, answered_at, status, answer, run, consumed)"
              + " values ('elm', '%s', '/', '{}', 'asked', 9, %d, 0, 0, '', '', 0)"
                  .formatted(feed, feed.equals("gone") ? 7 : 8));
    }
    try {
      Stand late = stand(new Freshness(store, new SqlAudit(), byLists, LISTS), "");
      assertTrue(late.isBreached(), late.toString());
      assertEquals("a list of its API is owed since " + Instant.ofEpochMilli(8), late.reason());
      assertEquals(
          Duration.ZERO,
          stand(new Freshness(store, new SqlAudit(), settings(Map.of()), LISTS), "").behind());
      Settings quiet =
          settings(
              Map.of(
                  "practices.elm.database.enabled",
                  "false",
                  "practices.elm.database.quietHours",
                  "00:00-00:00"));
      Freshness inQuietHours = new Freshness(store, new SqlAudit(), quiet, LISTS);
      assertTrue(stand(inQuietHours, "").isBreached(), "lists are asked then");
      change(store, "update question set path = '/queries/ShortQuery'");
      assertEquals(Duration.ZERO, stand(inQuietHours, "").behind(), "statements are not");
      change(store, "update question set state = 'resting'");
      assertEquals(
          Duration.ZERO, stand(new Freshness(store, new SqlAudit(), byLists, LISTS), "").behind());
    } finally {
      change(store, "delete from question");
    }
  }

  @Test
  void whatIsToldIsOneObjectOfIdsAndTimes() {
    Alert alert =
        new Alert(
            "elm",
            "",
            Instant.ofEpochSecond(1),
            Instant.EPOCH,
            Duration.ofMinutes(15),
            "a message waits since 1970-01-01T00:00:00Z");
    assertEquals(
        "{\"alert\":\"freshness\",\"state\":\"begins\",\"practice\":\"elm\",\"destination\":\"\",\"objectiveSeconds\":900,"
            + "\"began\":\"1970-01-01T00:00:01Z\",\"ended\":\"\",\"reason\":\"a message waits since 1970-01-01T00:00:00Z\"}",
        alert.json());
  }

  private static Settings settings(Map<String, String> more) throws Exception {
    Map<String, String> flags = new HashMap<>(more);
    flags.put("pontic.data", folder.resolve("data").toString());
    return new SettingsLoader(Map.of(), flags).load(House.home().resolve("config"));
  }

  private static Stand stand(Freshness freshness, String destination) {
    return freshness.stands().stream()
        .filter(each -> each.practice().equals("elm") && each.destination().equals(destination))
        .findFirst()
        .orElseThrow();
  }

  private static String named(Alert alert) {
    return alert.practice() + " " + alert.destination() + " " + alert.ends();
  }

  private static void due(Store store, long key, long patient, String state, Duration age) {
    store.write(
        tx ->
            tx.sql(
                    """
                    insert into due (practice, destination, resource, row_key, version, due_at, attempts, bundle_limit, state, reason, patient_key)
                    values ('elm', 'hospital', 'Patient', ?, 1, ?, 0, 1, ?, '', ?)
                    """)
                .params(key, tx.now().minus(age).toEpochMilli(), state, patient)
                .update());
  }

  private static void change(Store store, String sql) {
    store.write(tx -> tx.sql(sql).update());
  }
}
