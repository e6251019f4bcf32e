package pontic.send;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import pontic.audit.SqlAudit;
import pontic.house.House;
import pontic.practice.Destination;
import pontic.practice.SomeDestination;
import pontic.record.Kind;
import pontic.store.Store;
import pontic.store.Transaction;

/** What one practice has for one hospital, each step in a unit of its own. */
final class HospitalQueue {
  private static final Destination HOSPITAL = SomeDestination.fhir("hospital").made();

  private final Store store;
  private final String practice;
  private final Dues dues;
  private Destination hospital = HOSPITAL;

  /**
   * @param verdicts by identity, such as Patient/1; all else is news
   */
  HospitalQueue(Store store, String practice, Map<String, Known.Verdict> verdicts) {
    this.store = store;
    this.practice = practice;
    this.dues =
        new Dues(
            store.vault(),
            new SqlAudit(),
            (tx, destination, entry) ->
                verdicts.getOrDefault(entry.resource() + "/" + entry.key(), Known.Verdict.NEWS));
  }

  Destination destination() {
    return hospital;
  }

  String practice() {
    return practice;
  }

  /** From here on it takes HL7 v2, and is told of what has stood still so long. */
  void speaksHl7(Duration quiet) {
    hospital = engine("hospital", quiet);
  }

  /** An HL7 v2 engine that waits until a patient has stood still so long. */
  static Destination engine(String id, Duration quiet) {
    return SomeDestination.hl7v2(id).quiet(quiet).made();
  }

  /** The first version of so many patients, with keys from 1. */
  void patients(int count) {
    for (int key = 1; key <= count; key++) {
      record("Patient", key, key, 1);
    }
  }

  void record(String resource, long key, long patient, long version) {
    record(resource, key, patient, version, fhir(key, version));
  }

  void record(String resource, long key, long patient, long version, String fhir) {
    record(store, practice, resource, key, patient, version, fhir);
  }

  int open() {
    return open(hospital);
  }

  int open(Destination destination) {
    return open(store, dues, practice, destination);
  }

  List<Dues.Entry> next(int most) {
    return store.write(tx -> dues.next(tx, practice, hospital, most, tx.now()));
  }

  List<Dues.Entry> next(int most, int inSeconds) {
    return store.write(
        tx -> dues.next(tx, practice, hospital, most, tx.now().plusSeconds(inSeconds)));
  }

  Dues.Entry first() {
    return next(1).get(0);
  }

  /** The first one in so many seconds, if there is one. */
  List<Dues.Entry> nextIn(int seconds) {
    return store.write(tx -> dues.next(tx, practice, hospital, 1, tx.now().plusSeconds(seconds)));
  }

  void attempt(Dues.Entry entry) {
    attempt(entry, "");
  }

  void attempt(Dues.Entry entry, String wire) {
    run(tx -> dues.attempted(tx, entry, wire));
  }

  void acknowledged(Dues.Entry entry) {
    acknowledged(entry, entry.record(), "");
  }

  void acknowledged(Dues.Entry entry, Dues.Version version, String remoteVersion) {
    run(tx -> dues.acknowledged(tx, entry, version, remoteVersion));
  }

  /** Acknowledged, to be read once more if a first attempt was unclear. */
  void acknowledged(Dues.Entry entry, Dues.Version version, Duration after) {
    run(
        tx -> {
          dues.acknowledged(tx, entry, version, "W/\"1\"");
          dues.looksAgain(tx, entry, version, tx.now().plus(after));
        });
  }

  boolean refused(Dues.Entry entry, String why) {
    return store.write(tx -> dues.refused(tx, entry, why));
  }

  void invalid(Dues.Entry entry) {
    run(tx -> dues.invalid(tx, entry, "not valid: Patient.gender: no such code"));
  }

  boolean wanting(List<Dues.Entry> entries) {
    return store.write(tx -> dues.wanting(tx, entries, "HTTP 400"));
  }

  void inVain(Dues.Entry entry, String why) {
    run(tx -> dues.inVain(tx, entry, why));
  }

  void vain(List<Dues.Entry> entries) {
    run(tx -> dues.vain(tx, practice, "hospital", entries, "nothing comes of it"));
  }

  void narrowed(List<Dues.Entry> entries) {
    run(tx -> dues.narrowed(tx, entries));
  }

  void clear(Dues.Entry entry, String remoteVersion) {
    run(tx -> dues.cleared(tx, entry, remoteVersion));
  }

  boolean release(String resource, long key) {
    return store.write(tx -> dues.release(tx, practice, "hospital", resource, key));
  }

  int fails(Duration least) {
    return store.write(tx -> fails(tx, least));
  }

  private int fails(Transaction tx, Duration least) {
    return dues.failing(tx, practice, "hospital", "no answer", least);
  }

  void works() {
    run(tx -> dues.works(tx, practice, "hospital"));
  }

  boolean isPaused(int inSeconds) {
    return store.read(
        tx -> dues.isPaused(tx, practice, "hospital", tx.now().plusSeconds(inSeconds)));
  }

  /** For so many seconds it is put off by each of so many attempts without an answer. */
  List<Long> unanswered(Dues.Entry entry, int times) {
    List<Long> seconds = new ArrayList<>();
    for (int i = 0; i < times; i++) {
      seconds.add(
          store.write(
              tx -> {
                dues.aside(tx, entry, fails(tx, Duration.ZERO), "silent");
                long at =
                    tx.sql("select due_at from due where practice = ? and row_key = ?")
                        .params(practice, entry.key())
                        .query(Long.class)
                        .single();
                return Math.max(0, Math.round((at - tx.now().toEpochMilli()) / 1000.0));
              }));
    }
    return seconds;
  }

  /** Queues that the clock would wake for this practice. */
  List<String> woken() {
    return wokenIn(0);
  }

  List<String> wokenIn(int seconds) {
    return store.read(
        tx ->
            tx
                .sql(clock())
                .param("now", tx.now().plusSeconds(seconds).toEpochMilli())
                .query(
                    (row, number) ->
                        row.getString("practice").equals(practice) ? row.getString("queue") : "")
                .list()
                .stream()
                .filter(queue -> !queue.isEmpty())
                .toList());
  }

  private static String clock() {
    try {
      Path file = House.home().resolve("sql/wake-lanes.sql");
      return Files.readString(file).replace(":#now", ":now");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * @param sql about :practice
   */
  long number(String sql) {
    return store.read(tx -> tx.sql(sql).param("practice", practice).query(Long.class).single());
  }

  /**
   * @param sql about :practice
   */
  void changed(String sql) {
    run(tx -> tx.sql(sql).param("practice", practice).update());
  }

  private void run(Consumer<Transaction> step) {
    store.write(
        tx -> {
          step.accept(tx);
          return 0;
        });
  }

  static String fhir(long key, long version) {
    return "{\"id\":\"" + key + "\",\"v\":" + version + "}";
  }

  /** As at a start. */
  static int open(Store store, Dues dues, String practice, Destination destination) {
    store.write(tx -> dues.open(tx, practice, destination));
    try (CatchUp catchUp = new CatchUp(store, dues, List.of())) {
      return catchUp.of(new CatchUp.Pair(practice, destination));
    }
  }

  /** As capture would write it; a version above 1 becomes due like one that capture has seen. */
  static void record(
      Store store, String practice, String resource, long key, long patient, long version) {
    record(store, practice, resource, key, patient, version, fhir(key, version));
  }

  static void record(
      Store store,
      String practice,
      String resource,
      long key,
      long patient,
      long version,
      String fhir) {
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
              .param("id", new Kind(resource).fhirId(practice, key))
              .param("version", version)
              .param("fhir", store.vault().seal("record", name, bytes(fhir)))
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
}
