package pontic.lane;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import pontic.person.Person;
import pontic.person.Persons;
import pontic.store.BothStores;
import pontic.store.Store;

/** What a lane keeps beside its work, on both databases: files, and what is half written. */
final class ApartTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @RegisterExtension static final BothStores BOTH = new BothStores();

  static Stream<Store> stores() {
    return BOTH.stores();
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("stores")
  void aLongFileStandsApartOnceAndComesBackIntoTheRequestOfItsWorkOnly(Store store)
      throws Exception {
    WorkFiles files = new WorkFiles(store.vault());
    String bytes = "QUJD".repeat(1000);
    ObjectNode bundle =
        (ObjectNode)
            JSON.readTree(
                "{\"entry\": [{\"data\": \"B\"}, {\"data\": \"B\"}, {\"data\": \"QQ==\"}]}"
                    .replace("\"B\"", "\"" + bytes + "\""));
    ObjectNode without =
        store.write(
            tx -> {
              files.keep(tx, "w1", bundle);
              // Once more, as after a kill.
              return (ObjectNode) files.keep(tx, "w1", bundle);
            });
    assertEquals(
        1L, number(store, "select count(*) from work_file where work_id = 'w1'"), "the same bytes");
    assertFalse(without.toString().contains("QUJD"), "a name stands in its place");
    assertEquals("QQ==", without.path("entry").path(2).path("data").asText());
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    body.put("PatNum", 12).set("rawBase64", without.path("entry").path(0).path("data"));
    ApiRequest request =
        new ApiRequest(
            "documents.post",
            "POST",
            "/documents/Upload",
            "/documents/Upload",
            java.util.Map.of(),
            body);
    assertTrue(WorkFiles.namesOne(request));
    store.write(tx -> call(tx, "c1", "w1") + call(tx, "c2", "w2"));
    assertEquals(
        bytes,
        store.read(tx -> files.with(tx, "c1", request)).body().path("rawBase64").textValue());
    assertEquals(
        body, store.read(tx -> files.with(tx, "c2", request)).body(), "another work's file is not");
    store.write(
        tx -> {
          WorkFiles.forget(tx, "w1");
          return true;
        });
    assertEquals(0L, number(store, "select count(*) from work_file"));
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("stores")
  void whatIsHalfWrittenIsSaidOnceAndWhatWasReadOfItMeanwhileDoesNotCount(Store store) {
    Work work =
        new Work("h1", "elm", 1, "m1", "HIS", Work.CHART, "", "", 0, 0, JSON.createObjectNode());
    store.write(
        tx -> {
          HalfWritten.begun(tx, work, 12, List.of("PerioExam", "PerioMeasure"));
          HalfWritten.begun(tx, work, 12, List.of("PerioExam", "PerioMeasure"));
          return true;
        });
    assertEquals(2L, number(store, "select count(*) from half_written where work_id = 'h1'"));
    boolean begun = store.read(tx -> HalfWritten.is(tx, work));
    assertTrue(begun);
    Instant read = Instant.ofEpochMilli(5_000);
    store.write(
        tx -> {
          for (long key : List.of(1L, 2L, 3L)) {
            tx.sql(
                    """
                    insert into record (practice, resource, row_key, fhir_id, version, row_hash, stamp, state, reason, fhir, deleted,
                      changed_at, read_at) values ('elm', 'PerioExam', :key, 'x', 1, 'hash', 0, 'live', '', 'sealed', 0, 0, :read)
                    """)
                .param("key", key)
                .param("read", read.plusMillis(key == 2 ? 2_000 : 0).toEpochMilli())
                .update();
          }
          Instant until = read.plusMillis(1_000);
          HalfWritten.reread(tx, "elm", new Planner.Reread("PerioExam", 1, read, false));
          // Said once more, later: the later counts.
          HalfWritten.reread(tx, "elm", new Planner.Reread("PerioExam", 1, until, false));
          HalfWritten.reread(tx, "elm", new Planner.Reread("PerioExam", 2, until, false));
          HalfWritten.reread(tx, "elm", new Planner.Reread("PerioExam", 3, until, true));
          HalfWritten.ended(tx, "h1");
          return true;
        });
    boolean stands = store.read(tx -> HalfWritten.is(tx, work));
    assertFalse(stands);
    assertEquals(
        List.of("1 ", "2 hash"),
        store.read(
            tx ->
                tx.sql(
                        "select row_key || ' ' || row_hash from record where practice = 'elm' order by row_key")
                    .query(String.class)
                    .list()),
        "read before it was whole, after, and deleted again");
    assertEquals(6_000L, number(store, "select until_at from reread where row_key = 1"));
  }

  /** What was told is not forgotten: the next comparison tells that it is gone. */
  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("stores")
  void ofWhatWasDeletedAgainTheRecordGoesOnlyIfNobodyWasTold(Store store) {
    store.write(
        tx -> {
          for (long key : List.of(21L, 22L)) {
            tx.sql(
                    """
                    insert into record (practice, resource, row_key, fhir_id, version, row_hash, stamp, state, reason, fhir, deleted,
                      changed_at, read_at) values ('oak', 'PerioMeasure', :key, 'x', 1, 'hash', 0, 'live', '', 'sealed', 0, 0, 0)
                    """)
                .param("key", key)
                .update();
            tx.sql(
                    """
                    insert into due (practice, destination, resource, row_key, version, due_at, attempts, bundle_limit, state, reason)
                    values ('oak', 'hospital', 'PerioMeasure', :key, 1, 0, 0, 1, 'due', '')
                    """)
                .param("key", key)
                .update();
          }
          tx.sql(
                  "insert into sending (practice, destination, failures, not_before, reason) values ('oak', 'hospital', 0, 0, '')")
              .update();
          tx.sql(
                  """
                  insert into delivery (practice, destination, resource, row_key, attempted_version, attempted_at, acknowledged_version,
                    acknowledged_at, acknowledged, coalesced) values ('oak', 'hospital', 'PerioMeasure', 22, 1, 0, 1, 0, '', 0)
                  """)
              .update();
          for (long key : List.of(21L, 22L)) {
            HalfWritten.reread(
                tx, "oak", new Planner.Reread("PerioMeasure", key, Instant.ofEpochMilli(1), true));
          }
          return true;
        });
    assertEquals(
        List.of(22L),
        store.read(
            tx ->
                tx.sql("select row_key from record where resource = 'PerioMeasure'")
                    .query(Long.class)
                    .list()));
    assertEquals(0L, number(store, "select count(*) from due where resource = 'PerioMeasure'"));
  }

  /** Until the records themselves are read again they are still his who was merged away. */
  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("stores")
  void whatIsHalfWrittenOfWhoWasMergedIsHeldBackOfBoth(Store store) {
    Persons persons = new Persons(store.vault());
    store.write(
        tx -> {
          Person from = persons.create(tx, "elm", "known", 40, "", List.of(), "", List.of());
          persons.create(tx, "elm", "known", 41, "", List.of(), "", List.of());
          tx.sql(
                  """
                  insert into work (id, practice, seq, message_id, sender, event, person_id, booking_id, state, due_at, cycle, rank,
                    attempts, body) values ('h2', 'elm', 2, 'm2', 'HIS', 'chart', :person, '', 'parked', 0, 0, 2, 0, '')
                  """)
              .param("person", from.id())
              .update();
          Work work =
              new Work(
                  "h2", "elm", 2, "m2", "HIS", Work.CHART, "", "", 0, 0, JSON.createObjectNode());
          HalfWritten.begun(tx, work, 40, List.of("PerioExam"));
          persons.becomeKnown(tx, from, 41);
          return true;
        });
    assertEquals(
        List.of(40L, 41L),
        store.read(
            tx ->
                tx.sql(
                        "select patient_key from half_written where work_id = 'h2' order by patient_key")
                    .query(Long.class)
                    .list()));
  }

  private static long number(Store store, String sql) {
    return store.read(tx -> tx.sql(sql).query(Long.class).single());
  }

  private static int call(pontic.store.Transaction tx, String id, String work) {
    return tx.sql(
            """
            insert into call (id, practice, work_id, cycle, ordinal, purpose, name, parent_id, method, path, request, state, epoch,
              intent_at, outcome_at, status, answer, result_key, settled)
            values (:id, 'elm', :work, 0, 1, 'call', 'documents.post', '', 'POST', '/documents/Upload', '', 'intent', 1, 1, 0, 0, '', 0, '')
            """)
        .param("id", id)
        .param("work", work)
        .update();
  }
}
