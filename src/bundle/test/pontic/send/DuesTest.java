package pontic.send;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import pontic.audit.SqlAudit;
import pontic.person.Identifier;
import pontic.person.Person;
import pontic.person.Persons;
import pontic.person.SaidIdentifiers;
import pontic.practice.Destination;
import pontic.practice.Secret;
import pontic.store.KeyVault;
import pontic.store.Store;
import pontic.store.StoreSettings;
import pontic.store.Stores;
import pontic.store.Transaction;

/** What goes next, on both stores. */
class DuesTest {
  private static final Destination HOSPITAL =
      new Destination(
          "hospital",
          Destination.Kind.FHIR,
          "http://127.0.0.1:1/fhir",
          Set.of(),
          Secret.NONE,
          true,
          50,
          2,
          Set.of(),
          Duration.ofSeconds(30),
          "",
          "",
          true);

  @TempDir static Path folder;
  private static EmbeddedPostgres server;
  private static Store sqlite;
  private static Store postgres;
  private static int practices;

  private final Map<String, Known.Verdict> verdicts = new HashMap<>();

  @BeforeAll
  static void open() throws Exception {
    server = EmbeddedPostgres.start();
    sqlite =
        Stores.open(
            StoreSettings.embedded(folder.resolve("store")),
            KeyVault.createDemo(folder.resolve("keys")).vault());
    postgres =
        Stores.open(
            StoreSettings.postgres(server.getJdbcUrl("postgres", "postgres"), "", "", "one"),
            KeyVault.createDemo(folder.resolve("more-keys")).vault());
  }

  @AfterAll
  static void close() throws Exception {
    sqlite.close();
    postgres.close();
    server.close();
  }

  static Stream<Store> stores() {
    return Stream.of(sqlite, postgres);
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("stores")
  void whatIsReferredToGoesFirstAndNothingOfAPatientOvertakesWhatIsParked(Store store) {
    String practice = practice();
    Dues dues = dues(store);
    for (int key = 1; key <= 2; key++) {
      record(store, practice, "Appointment", key, key, 1);
      record(store, practice, "Patient", key, key, 1);
    }
    record(store, practice, "Practitioner", 9, 0, 1);
    assertEquals(5, (int) store.write(tx -> dues.open(tx, practice, HOSPITAL)));
    assertEquals(0, (int) store.write(tx -> dues.open(tx, practice, HOSPITAL)), "loaded once");
    List<Dues.Entry> first = next(store, dues, practice, 50);
    assertEquals(
        List.of("Practitioner/9", "Patient/1", "Patient/2", "Appointment/1", "Appointment/2"),
        identities(first));
    assertEquals(2, next(store, dues, practice, 2).size());

    Dues.Entry patient = first.get(1);
    store.write(tx -> dues.refused(tx, patient, "no"));
    assertEquals(
        List.of("Practitioner/9", "Patient/2", "Appointment/2"),
        identities(next(store, dues, practice, 50)),
        "an appointment waits for its patient that is tried again later");
    for (int i = 2; i <= 5; i++) {
      int times = i;
      assertEquals(times == 5, store.write(tx -> dues.refused(tx, patient, "no")));
    }
    for (Dues.Entry entry : next(store, dues, practice, 50)) {
      store.write(tx -> has(dues, tx, entry));
    }
    assertEquals(List.of(), next(store, dues, practice, 50));
    assertEquals(List.of(), woken(store, practice));
    assertEquals(2, number(store, "select count(*) from due where practice = '" + practice + "'"));

    assertFalse(
        (boolean) store.write(tx -> dues.release(tx, practice, "hospital", "Appointment", 1)));
    assertTrue((boolean) store.write(tx -> dues.release(tx, practice, "hospital", "Patient", 1)));
    assertEquals(List.of("send-fhir"), woken(store, practice));
    assertEquals(
        List.of("Patient/1"),
        identities(next(store, dues, practice, 50)),
        "released ones go alone");
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("stores")
  void anAttemptWithoutAnEndComesBackBeforeAnythingNewerWithWhatWasSent(Store store) {
    String practice = practice();
    Dues dues = dues(store);
    record(store, practice, "Patient", 1, 1, 1);
    record(store, practice, "Patient", 2, 2, 1);
    store.write(tx -> dues.open(tx, practice, HOSPITAL));
    Dues.Entry sent = next(store, dues, practice, 1).get(0);
    store.write(
        tx -> {
          dues.attempted(tx, sent, "MSH|wire");
          return 1;
        });
    record(store, practice, "Patient", 1, 1, 2);
    Dues.Entry unclear = next(store, dues, practice, 50).get(0);
    assertEquals(1, next(store, dues, practice, 50).size());
    assertTrue(unclear.isUnknown());
    assertEquals("MSH|wire", unclear.wire());
    assertEquals(new Dues.Version(1, fhir(1, 1), "{\"v\":1}"), unclear.attempt());
    assertEquals(fhir(1, 2), unclear.record().fhir());
    store.write(
        tx -> {
          dues.acknowledged(tx, unclear, unclear.attempt(), "W/\"7\"");
          return 1;
        });
    Dues.Entry newer =
        next(store, dues, practice, 50).stream()
            .filter(e -> e.key() == 1)
            .findFirst()
            .orElseThrow();
    assertEquals(new Dues.Version(1, fhir(1, 1), "{\"v\":1}"), newer.acknowledged());
    assertEquals("W/\"7\"", newer.remoteVersion());
    assertEquals(2, newer.version());
    assertFalse(newer.isUnknown());

    record(store, practice, "Patient", 1, 1, 5);
    Dues.Entry newest =
        next(store, dues, practice, 50).stream()
            .filter(e -> e.key() == 1)
            .findFirst()
            .orElseThrow();
    store.write(tx -> has(dues, tx, newest));
    assertEquals(
        3,
        number(
            store,
            "select coalesced from delivery where row_key = 1 and practice = '" + practice + "'"),
        "versions 2, 3 and 4 were never sent");
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("stores")
  void whatTheDestinationSaidItselfIsNotSentAndWhatIsNotKnownYetWaitsWithItsAppointments(
      Store store) {
    String practice = practice();
    Dues dues = dues(store);
    for (int key = 1; key <= 3; key++) {
      record(store, practice, "Patient", key, key, 1);
      record(store, practice, "Appointment", key, key, 1);
    }
    store.write(tx -> dues.open(tx, practice, HOSPITAL));
    verdicts.put("Patient/1", Known.Verdict.ECHO);
    verdicts.put("Patient/2", Known.Verdict.WAIT);
    assertEquals(
        List.of("Patient/3", "Appointment/1", "Appointment/3"),
        identities(next(store, dues, practice, 50)));
    assertEquals(
        1,
        number(
            store,
            "select count(*) from delivery where withheld = 'echo' and acknowledged_version = 1 and practice = '"
                + practice
                + "'"));
    assertEquals(
        1, number(store, "select withheld from sending where practice = '" + practice + "'"));
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("stores")
  void aRefusedBundleIsHalvedUntilOneStandsAlone(Store store) {
    String practice = practice();
    Dues dues = dues(store);
    for (int key = 1; key <= 8; key++) {
      record(store, practice, "Patient", key, key, 1);
    }
    store.write(tx -> dues.open(tx, practice, HOSPITAL));
    List<Integer> sizes = new ArrayList<>();
    List<Dues.Entry> claim = next(store, dues, practice, 50);
    while (claim.size() > 1) {
      sizes.add(claim.size());
      List<Dues.Entry> refused = claim;
      store.write(
          tx -> {
            dues.narrowed(tx, refused);
            return 1;
          });
      claim = next(store, dues, practice, 50);
    }
    assertEquals(List.of(8, 4, 2), sizes);
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("stores")
  void aDestinationThatFailsIsLeftAloneForLongerEachTimeAndItIsSaidSinceWhen(Store store) {
    String practice = practice();
    Dues dues = dues(store);
    record(store, practice, "Patient", 1, 1, 1);
    store.write(tx -> dues.open(tx, practice, HOSPITAL));
    assertEquals(1, (int) store.write(tx -> fails(dues, tx, practice, Duration.ZERO)));
    long since =
        number(store, "select failing_since from sending where practice = '" + practice + "'");
    assertTrue(since > 0);
    assertEquals(2, (int) store.write(tx -> fails(dues, tx, practice, Duration.ofSeconds(100))));
    assertEquals(
        since,
        number(store, "select failing_since from sending where practice = '" + practice + "'"));
    assertTrue(
        (boolean)
            store.read(tx -> dues.isPaused(tx, practice, "hospital", tx.now().plusSeconds(99))));
    assertFalse(
        (boolean)
            store.read(tx -> dues.isPaused(tx, practice, "hospital", tx.now().plusSeconds(101))));
    assertEquals(List.of(), woken(store, practice));
    store.write(
        tx -> {
          dues.works(tx, practice, "hospital");
          return 1;
        });
    assertEquals(List.of("send-fhir"), woken(store, practice));
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("stores")
  void anHl7DestinationIsNotDueWhatSuchMessagesCannotTell(Store store) {
    String practice = practice();
    Destination engine =
        new Destination(
            "engine",
            Destination.Kind.HL7V2,
            "mllp://127.0.0.1:1",
            Set.of(),
            Secret.NONE,
            true,
            1,
            2,
            Set.of(),
            Duration.ofSeconds(30),
            "A",
            "F",
            true);
    for (String type : List.of("Practitioner", "Location", "Patient", "Appointment")) {
      record(store, practice, type, 1, 0, 1);
    }
    assertEquals(2, (int) store.write(tx -> dues(store).open(tx, practice, engine)));
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("stores")
  void whatItsSendersCallARowFollowsAMergeAndIsNotToldOfADoubtfulPatient(Store store) {
    String practice = practice();
    Persons persons = new Persons(store.vault());
    SaidIdentifiers said = new SaidIdentifiers(store, persons);
    Set<String> ours = Set.of("A|F", "client");
    store.write(
        tx -> {
          Person one = known(persons, tx, practice, 1);
          Person two = known(persons, tx, practice, 2);
          says(persons, said, tx, practice, one, "A|F", "NUMBER-ONE");
          says(persons, said, tx, practice, one, "client", "NUMBER-ONE");
          says(persons, said, tx, practice, two, "B|F", "NUMBER-TWO");
          return 1;
        });
    assertEquals(List.of("NUMBER-ONE"), values(said.of(practice, ours, "Patient", 1)));
    assertEquals(List.of(), values(said.of(practice, ours, "Patient", 2)), "another's number");
    assertEquals(List.of(), values(said.of(practice, ours, "Practitioner", 1)));
    assertEquals(List.of(), values(said.of(practice, Set.of(), "Patient", 1)));
    store.write(tx -> persons.becomeKnown(tx, persons.byPatNum(tx, practice, 1).orElseThrow(), 2));
    assertEquals(List.of("NUMBER-ONE"), values(said.of(practice, ours, "Patient", 2)));
    assertEquals(
        List.of(),
        store
            .read(
                tx ->
                    tx.sql("select said from said_identifier").query(String.class).list().stream())
            .filter(text -> text.contains("NUMBER"))
            .toList());
    store.write(
        tx -> {
          persons.hold(tx, persons.byPatNum(tx, practice, 2).orElseThrow(), "m-1", List.of());
          return 1;
        });
    assertEquals(List.of(), values(said.of(practice, ours, "Patient", 2)));
  }

  private static Person known(Persons persons, Transaction tx, String practice, long patNum) {
    return persons.create(tx, practice, "known", patNum, "", List.of(), "", List.of());
  }

  private static void says(
      Persons persons,
      SaidIdentifiers said,
      Transaction tx,
      String practice,
      Person person,
      String sender,
      String value) {
    Identifier identifier = new Identifier("urn:id:LAKE@F", value);
    persons.remember(tx, practice, Persons.PATIENT, List.of(identifier), person.id());
    said.remember(
        tx,
        practice,
        Persons.PATIENT,
        sender,
        identifier,
        JsonNodeFactory.instance.objectNode().put("system", "urn:id:LAKE").put("value", value));
  }

  private static List<String> values(List<JsonNode> identifiers) {
    return identifiers.stream().map(one -> one.path("value").asText()).toList();
  }

  private static int fails(Dues dues, Transaction tx, String practice, Duration least) {
    return dues.failing(tx, practice, "hospital", "no answer", least);
  }

  private static int has(Dues dues, Transaction tx, Dues.Entry entry) {
    dues.acknowledged(tx, entry, entry.record(), "");
    return 1;
  }

  private Dues dues(Store store) {
    return new Dues(
        store.vault(),
        new SqlAudit(),
        (tx, destination, entry) ->
            verdicts.getOrDefault(entry.resource() + "/" + entry.key(), Known.Verdict.NEWS));
  }

  private static String practice() {
    practices++;
    return "p" + practices;
  }

  private static List<Dues.Entry> next(Store store, Dues dues, String practice, int most) {
    return store.write(tx -> dues.next(tx, practice, HOSPITAL, most, tx.now()));
  }

  private static List<String> identities(List<Dues.Entry> entries) {
    return entries.stream().map(entry -> entry.resource() + "/" + entry.key()).toList();
  }

  private static String fhir(long key, long version) {
    return "{\"id\":\"" + key + "\",\"v\":" + version + "}";
  }

  /** As capture would write it; a version above 1 becomes due like one that capture has seen. */
  private static void record(
      Store store, String practice, String resource, long key, long patient, long version) {
    String name = practice + "/" + resource + "/" + key;
    store.write(
        tx -> {
          tx.sql(
                  """
                  insert into record (practice, resource, row_key, fhir_id, version, row_hash, stamp, state, reason, fhir, deleted,
                    changed_at, row_data, patient_key)
                  values (:practice, :resource, :key, :id, :version, '', 0, 'live', '', :fhir, 0, :now, :row, :patient)
                  on conflict (practice, resource, row_key) do update set version = excluded.version, fhir = excluded.fhir,
                    row_data = excluded.row_data
                  """)
              .param("practice", practice)
              .param("resource", resource)
              .param("key", key)
              .param("id", practice + "-" + key)
              .param("version", version)
              .param("fhir", store.vault().seal("record", name, bytes(fhir(key, version))))
              .param(
                  "row", store.vault().seal("record-row", name, bytes("{\"v\":" + version + "}")))
              .param("patient", patient)
              .param("now", tx.now().toEpochMilli())
              .update();
          if (version > 1) {
            tx.sql(
                    """
                    insert into due (practice, destination, resource, row_key, version, due_at, attempts, bundle_limit, state,
                      reason, patient_key)
                    values (?, 'hospital', ?, ?, ?, ?, 0, 50, 'due', '', ?)
                    on conflict (practice, destination, resource, row_key) do update set version = excluded.version
                    """)
                .params(practice, resource, key, version, tx.now().toEpochMilli(), patient)
                .update();
          }
          return 1;
        });
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static long number(Store store, String sql) {
    return store.read(tx -> tx.sql(sql).query(Long.class).single());
  }

  private static List<String> woken(Store store, String practice) {
    try {
      String sql =
          Files.readString(Path.of("..", "..", "sql", "wake-lanes.sql")).replace(":#now", ":now");
      return store.read(
          tx ->
              tx
                  .sql(sql)
                  .param("now", tx.now().toEpochMilli())
                  .query(
                      (row, number) ->
                          row.getString("practice").equals(practice) ? row.getString("queue") : "")
                  .list()
                  .stream()
                  .filter(queue -> !queue.isEmpty())
                  .toList());
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
