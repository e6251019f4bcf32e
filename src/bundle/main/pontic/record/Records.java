package pontic.record;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import pontic.audit.Audit;
import pontic.practice.Destination;
import pontic.store.Store;
import pontic.store.Transaction;

/** Keeps records, watermarks and what is due; one page is one transaction. */
public final class Records {
  /** An idle feed moves its watermark this often, so that silence does not cost a commit a poll. */
  private static final Duration IDLE_MOVE = Duration.ofSeconds(10);

  /** States in which destinations have been told that the resource no longer stands. */
  private static final Set<String> GONE = Set.of("left-out", "deleted");

  private final Store store;
  private final Audit audit;
  private final List<Destination> destinations;
  private final UnmappedCodes unmapped;

  /**
   * @param destinations all that are configured; those switched off collect what is due until they
   *     are switched on
   */
  public Records(Store store, Audit audit, List<Destination> destinations) {
    this.store = store;
    this.audit = audit;
    this.destinations = List.copyOf(destinations);
    this.unmapped = new UnmappedCodes(store);
  }

  public Optional<Watermark> watermark(String practice, String feed) {
    return store.read(tx -> watermark(tx, practice, feed));
  }

  /**
   * Where a reading begins.
   *
   * @param from the watermark; empty before the first page
   * @param at by the store's clock
   */
  public record Start(Optional<Watermark> from, Instant at) {}

  /** To be asked before the rows are. */
  public Start start(String practice, String feed) {
    return store.read(tx -> new Start(watermark(tx, practice, feed), tx.now()));
  }

  /** Hashes of the rows that have a record, by key. */
  public Map<Long, String> hashes(String practice, String resource, List<Long> keys) {
    if (keys.isEmpty()) {
      return Map.of();
    }
    return store.read(
        tx -> {
          Map<Long, String> hashes = new HashMap<>();
          tx.sql(
                  "select row_key, row_hash from record"
                      + " where practice = :practice and resource = :resource and row_key in (:keys)")
              .param("practice", practice)
              .param("resource", resource)
              .param("keys", keys)
              .query(
                  row -> {
                    hashes.put(row.getLong("row_key"), row.getString("row_hash"));
                  });
          return hashes;
        });
  }

  /**
   * A record as far as a comparison with its row needs it.
   *
   * @param readAt when its row was read, by the store's clock
   */
  public record Held(long key, String hash, String state, Instant readAt) {}

  /** Records with a key above {@code after}, up to and including {@code until}. */
  public List<Held> held(Transaction tx, String practice, String resource, long after, long until) {
    return tx.sql(
            "select row_key, row_hash, state, read_at from record"
                + " where practice = ? and resource = ? and row_key > ? and row_key <= ?")
        .params(practice, resource, after, until)
        .query(
            (row, number) ->
                new Held(
                    row.getLong("row_key"),
                    row.getString("row_hash"),
                    row.getString("state"),
                    Instant.ofEpochMilli(row.getLong("read_at"))))
        .list();
  }

  /**
   * Whether destinations were told something else than what this row has to tell.
   *
   * @param readAt when the row was read; a record that was read later is right
   */
  public boolean differs(Transaction tx, Translated translated, Instant readAt) {
    Standing standing = standing(tx, translated.row());
    if (readAt.isBefore(standing.readAt()) || translated.row().hash().equals(standing.hash())) {
      return false;
    }
    return switch (translated.outcome()) {
      case MAPPED -> !isTold(translated, standing);
      case FAILED -> !standing.state().equals("failed");
      case LEFT_OUT, DELETED -> standing.version() > 0 && !GONE.contains(standing.state());
    };
  }

  /** Makes the record what this row says, outside any feed's watermark. */
  public void repair(Transaction tx, Translated translated, Instant readAt) {
    apply(tx, translated, readAt);
  }

  /** The rows that stand behind the live records of these keys. */
  public List<Row> rows(String practice, String resource, List<Long> keys) {
    return rows(practice, resource, keys, Set.of("live"), false);
  }

  /** The same, and those of which the mapping sends nothing. */
  public List<Row> told(String practice, String resource, List<Long> keys) {
    return rows(practice, resource, keys, Set.of("live", "left-out"), false);
  }

  /** The same, and those that could not be mapped and were never told. */
  public List<Row> kept(String practice, String resource, List<Long> keys) {
    return rows(practice, resource, keys, Set.of("live", "left-out"), true);
  }

  /**
   * Makes the record what its own row says by the mappings of today.
   *
   * @param translated of a row that {@link #kept} gave; nothing is done if a newer one was read
   *     since
   * @return whether there is a new version
   */
  public boolean again(Transaction tx, Translated translated) {
    Standing standing = standing(tx, translated.row());
    return translated.row().hash().equals(standing.hash())
        && !standing.state().equals("deleted")
        && put(tx, translated, standing, standing.readAt());
  }

  /**
   * What is parked somewhere since it is not valid.
   *
   * @param resource only types behind this one, or of it
   * @param key only keys behind this one, of that type
   */
  public List<Invalid> invalid(String practice, String resource, long key, int most) {
    return store.read(
        tx ->
            tx.sql(
                    "select distinct resource, row_key from due where practice = :practice and invalid = 1"
                        + " and (resource > :resource or (resource = :resource and row_key > :key))"
                        + " order by resource, row_key limit :most")
                .param("practice", practice)
                .param("resource", resource)
                .param("key", key)
                .param("most", most)
                .query(
                    (row, number) -> new Invalid(row.getString("resource"), row.getLong("row_key")))
                .list());
  }

  /**
   * A row whose resource is parked somewhere.
   *
   * @param resource its kind
   */
  public record Invalid(String resource, long key) {}

  /** It is due again wherever it is parked since it was not valid, and is judged anew there. */
  public void judgedAgain(Transaction tx, String practice, Invalid row) {
    tx.sql(
            "update due set state = 'due', invalid = 0, reason = '', due_at = :now where practice = :practice"
                + " and resource = :resource and row_key = :key and invalid = 1")
        .param("practice", practice)
        .param("resource", row.resource())
        .param("key", row.key())
        .param("now", tx.now().toEpochMilli())
        .update();
  }

  /**
   * Keys of the records whose row is there as far as is known, within a range.
   *
   * @param patient only his; empty: anybody's
   */
  public List<Long> standing(
      Transaction tx, String practice, String resource, long from, long to, OptionalLong patient) {
    return tx.sql(
            "select row_key from record where practice = :practice and resource = :resource and row_key between :from and :to"
                + " and state <> 'deleted'"
                + (patient.isPresent() ? " and patient_key = :patient" : ""))
        .param("practice", practice)
        .param("resource", resource)
        .param("from", from)
        .param("to", to)
        .param("patient", patient.orElse(0))
        .query(Long.class)
        .list();
  }

  private List<Row> rows(
      String practice, String resource, List<Long> keys, Set<String> states, boolean untold) {
    if (keys.isEmpty()) {
      return List.of();
    }
    return store.read(
        tx ->
            tx.sql(
                    "select row_key, row_hash, stamp, row_data from record where practice = :practice"
                        + " and resource = :resource and row_key in (:keys) and row_data <> ''"
                        + " and (state in (:states) or (:untold = 1 and state = 'failed' and version = 0))")
                .param("practice", practice)
                .param("resource", resource)
                .param("keys", keys)
                .param("states", states)
                .param("untold", untold ? 1 : 0)
                .query(
                    (row, number) ->
                        new Row(
                            practice,
                            resource,
                            row.getLong("row_key"),
                            Instant.ofEpochMilli(row.getLong("stamp")),
                            false,
                            row.getString("row_hash"),
                            Resource.columns(
                                new String(
                                    store
                                        .vault()
                                        .open(
                                            "record-row",
                                            practice
                                                + "/"
                                                + resource
                                                + "/"
                                                + row.getLong("row_key"),
                                            row.getString("row_data")),
                                    StandardCharsets.UTF_8))))
                .list());
  }

  /**
   * Stores the records of a page, what becomes due by them and the watermark that covers them, or
   * nothing if another poll of this feed was faster.
   *
   * @param translated one for each changed row of the page
   * @return how many new versions became due; empty if nothing was stored
   */
  public OptionalInt store(Page page, List<Translated> translated) {
    return isIdle(page) ? OptionalInt.empty() : store(page, translated, tx -> true);
  }

  /**
   * The same, and in the same transaction what else goes with it.
   *
   * @param with what is done first; nothing is stored if it says no
   */
  public OptionalInt store(Page page, List<Translated> translated, Predicate<Transaction> with) {
    return store.write(
        tx -> {
          tx.serialise(page.practice());
          if (!watermark(tx, page.practice(), page.feed()).equals(page.from()) || !with.test(tx)) {
            return OptionalInt.empty();
          }
          int versions = 0;
          for (Translated one : translated) {
            versions += apply(tx, one, page.readAt()) ? 1 : 0;
          }
          move(tx, page);
          if (!translated.isEmpty()) {
            audit.record(
                tx, "read", page.practice(), "capture", page.feed() + " rows " + translated.size());
          }
          return OptionalInt.of(versions);
        });
  }

  private static boolean isIdle(Page page) {
    return page.changed().isEmpty()
        && page.unchanged() == 0
        && page.from()
            .map(
                from ->
                    !from.paging()
                        && !page.next().paging()
                        && !page.next().stamp().isBefore(from.stamp())
                        && page.next().stamp().isBefore(from.stamp().plus(IDLE_MOVE)))
            .orElse(false);
  }

  public static Optional<Watermark> watermark(Transaction tx, String practice, String feed) {
    return tx.sql(
            "select stamp, row_key, paging, furthest_stamp, furthest_key from watermark where practice = ? and feed = ?")
        .params(practice, feed)
        .query(
            (row, number) ->
                new Watermark(
                    Instant.ofEpochMilli(row.getLong("stamp")),
                    row.getLong("row_key"),
                    row.getInt("paging") == 1,
                    Instant.ofEpochMilli(row.getLong("furthest_stamp")),
                    row.getLong("furthest_key")))
        .optional();
  }

  private static void move(Transaction tx, Page page) {
    tx.sql(
            "insert into watermark (practice, feed, stamp, row_key, paging, moved_at, changed, unchanged,"
                + " furthest_stamp, furthest_key, changed_at) values (:practice, :feed, :stamp, :key, :paging, :now, :changed,"
                + " :unchanged, :furthest, :furthest_key, case when :changed > 0 then :now else 0 end)"
                + " on conflict (practice, feed) do update set stamp = excluded.stamp, row_key = excluded.row_key,"
                + " paging = excluded.paging, moved_at = excluded.moved_at,"
                + " changed = watermark.changed + excluded.changed,"
                + " unchanged = watermark.unchanged + excluded.unchanged,"
                + " furthest_stamp = excluded.furthest_stamp, furthest_key = excluded.furthest_key,"
                + " changed_at = case when excluded.changed > 0 then excluded.changed_at else watermark.changed_at end")
        .param("practice", page.practice())
        .param("feed", page.feed())
        .param("stamp", page.next().stamp().toEpochMilli())
        .param("key", page.next().key())
        .param("paging", page.next().paging() ? 1 : 0)
        .param("now", tx.now().toEpochMilli())
        .param("changed", page.changed().size())
        .param("unchanged", page.unchanged())
        .param("furthest", page.next().furthest().toEpochMilli())
        .param("furthest_key", page.next().furthestKey())
        .update();
  }

  /** The record as it stands; {@code fhir} and {@code columns} still sealed. */
  private record Standing(
      long version,
      String hash,
      Instant readAt,
      String state,
      String fhir,
      String columns,
      long patient,
      boolean missed) {
    static final Standing NONE = new Standing(0, "", Instant.EPOCH, "", "", "", 0, false);
  }

  private boolean apply(Transaction tx, Translated translated, Instant readAt) {
    Row row = translated.row();
    Standing standing = standing(tx, row);
    // Feeds overlap and two of them may tell of one row. Stamps are no measure: an office's clock
    // may step back.
    if (readAt.isBefore(standing.readAt()) || row.hash().equals(standing.hash())) {
      return false;
    }
    return put(tx, translated, standing, readAt);
  }

  private boolean put(Transaction tx, Translated translated, Standing standing, Instant readAt) {
    Row row = translated.row();
    unmapped.keep(tx, row, translated.missed(), standing.missed());
    if (standing.patient() != 0 && patient(row, standing) != standing.patient()) {
      heldBack(tx, row, standing.patient());
    }
    return switch (translated.outcome()) {
      case MAPPED -> {
        String fhir = translated.fhir().toString();
        if (isTold(translated, standing)) {
          namesAnother(tx, row, standing);
          yield keep(tx, translated, standing, readAt, "live", sealedColumns(row));
        }
        yield renew(tx, translated, standing, readAt, "live", fhir);
      }
      // The columns stay those of the resource that stays: nobody is told what is in the new ones.
      case FAILED ->
          keep(
              tx,
              translated,
              standing,
              readAt,
              "failed",
              standing.version() == 0 ? sealedColumns(row) : standing.columns());
      case LEFT_OUT -> withdraw(tx, translated, standing, readAt, "left-out");
      case DELETED -> withdraw(tx, translated, standing, readAt, "deleted");
    };
  }

  /** A document whose file is another goes again with that. */
  private boolean isAnotherFile(Row row, Standing standing) {
    if (!row.resource().equals("DocumentReference:document")
        || standing.columns().isEmpty()
        || !row.columns().containsKey(Destination.FILE_COLUMN)) {
      return false;
    }
    Map<String, Object> before = columns(row, standing);
    // A column that was not read before is no news.
    return before.containsKey(Destination.FILE_COLUMN)
        && !String.valueOf(before.get(Destination.FILE_COLUMN))
            .equals(String.valueOf(row.columns().get(Destination.FILE_COLUMN)));
  }

  private Map<String, Object> columns(Row row, Standing standing) {
    return Resource.columns(
        new String(
            store.vault().open("record-row", name(row), standing.columns()),
            StandardCharsets.UTF_8));
  }

  /** The resource does not say whom such a column names; what goes along with a patient does. */
  private void namesAnother(Transaction tx, Row row, Standing standing) {
    List<Destination> concerned =
        destinations.stream()
            .filter(each -> each.serves(row.practice()) && !each.parts().isEmpty())
            .toList();
    if (row.resource().equals("Patient") && !concerned.isEmpty() && !standing.columns().isEmpty()) {
      Map<String, Object> before = columns(row, standing);
      // A column that was not read before is no news.
      boolean differs =
          Destination.PART_COLUMNS.stream()
              .anyMatch(
                  column ->
                      before.containsKey(column)
                          && row.columns().containsKey(column)
                          && !String.valueOf(before.get(column))
                              .equals(String.valueOf(row.columns().get(column))));
      if (differs) {
        concerned.forEach(each -> partMoved(tx, row.practice(), each, row.key()));
      }
    }
  }

  private boolean isTold(Translated translated, Standing standing) {
    return standing.state().equals("live")
        && translated.fhir().toString().equals(opened(translated.row(), standing))
        && !isAnotherFile(translated.row(), standing);
  }

  private boolean withdraw(
      Transaction tx, Translated translated, Standing standing, Instant readAt, String state) {
    if (standing.version() == 0 || GONE.contains(standing.state())) {
      return keep(tx, translated, standing, readAt, state, sealedColumns(translated.row()));
    }
    ObjectNode resource = Resource.read(opened(translated.row(), standing));
    return renew(tx, translated, standing, readAt, state, Resource.withdrawn(resource).toString());
  }

  private boolean keep(
      Transaction tx,
      Translated translated,
      Standing standing,
      Instant readAt,
      String state,
      String columns) {
    write(tx, translated, standing, readAt, standing.version(), state, standing.fhir(), columns);
    return false;
  }

  private boolean renew(
      Transaction tx,
      Translated translated,
      Standing standing,
      Instant readAt,
      String state,
      String fhir) {
    Row row = translated.row();
    long version = standing.version() + 1;
    write(
        tx,
        translated,
        standing,
        readAt,
        version,
        state,
        store.vault().seal("record", name(row), fhir.getBytes(StandardCharsets.UTF_8)),
        sealedColumns(row));
    for (Destination destination : destinations) {
      if (destination.serves(row.practice())) {
        if (destination.tells(row.resource())
            && (row.deleted() || !row.stamp().isBefore(destination.from(row.resource())))) {
          due(tx, row, destination, version, patient(row, standing));
        }
        if (destination.parts().contains(row.resource())) {
          // One that moved from one patient to another is news of both.
          Stream.of(patient(row, standing), standing.patient())
              .distinct()
              .forEach(patient -> partMoved(tx, row.practice(), destination, patient));
        }
      }
    }
    return true;
  }

  /**
   * The office has given the row to another patient, as a merge does, and that may be known here
   * before the merge is: what is half written of the former is held back of this one too (decision
   * 0440).
   */
  private static void heldBack(Transaction tx, Row row, long former) {
    tx.sql(
            """
            insert into half_written (practice, work_id, resource, patient_key)
            select distinct o.practice, o.work_id, o.resource, cast(:patient as bigint) from half_written h
            join half_written o on o.work_id = h.work_id
            where h.practice = :practice and h.patient_key = :former and h.resource = :resource
            on conflict (work_id, resource, patient_key) do nothing
            """)
        .param("patient", row.patient().orElse(former))
        .param("practice", row.practice())
        .param("former", former)
        .param("resource", row.resource())
        .update();
  }

  /** Something that goes along with a patient is another: he is due, unless he is still to come. */
  private static void partMoved(
      Transaction tx, String practice, Destination destination, long patient) {
    tx.sql(
            """
            insert into due (practice, destination, resource, row_key, version, due_at, attempts, bundle_limit,
              state, reason, patient_key, parts_at)
            select r.practice, :destination, r.resource, r.row_key, r.version, :now, 0, :limit, 'due', '', r.patient_key,
              case when :now > coalesce(x.parts_at, 0) then :now else x.parts_at + 1 end
            from record r
            left join delivery x on x.practice = r.practice and x.destination = :destination
              and x.resource = r.resource and x.row_key = r.row_key
            where r.practice = :practice and r.resource = 'Patient' and r.row_key = :patient and r.version > 0
              and r.state = 'live'
            on conflict (practice, destination, resource, row_key) do update set
              parts_at = case when excluded.parts_at > due.parts_at then excluded.parts_at else due.parts_at + 1 end
            """)
        .param("practice", practice)
        .param("destination", destination.id())
        .param("patient", patient)
        .param("limit", destination.bundleSize())
        .param("now", tx.now().toEpochMilli())
        .update();
  }

  private static Standing standing(Transaction tx, Row row) {
    return tx.sql(
            "select version, row_hash, read_at, state, fhir, row_data, patient_key,"
                + " exists (select 1 from unmapped_row u where u.practice = record.practice"
                + " and u.resource = record.resource and u.row_key = record.row_key) as missed from record"
                + " where practice = ? and resource = ? and row_key = ?")
        .params(row.practice(), row.resource(), row.key())
        .query(
            (found, number) ->
                new Standing(
                    found.getLong("version"),
                    found.getString("row_hash"),
                    Instant.ofEpochMilli(found.getLong("read_at")),
                    found.getString("state"),
                    found.getString("fhir"),
                    found.getString("row_data"),
                    found.getLong("patient_key"),
                    found.getBoolean("missed")))
        .optional()
        .orElse(Standing.NONE);
  }

  /** A trace of a deleted row may not say whose it was; then it stays whose it was. */
  private static long patient(Row row, Standing standing) {
    return row.patient().orElse(standing.patient());
  }

  private String sealedColumns(Row row) {
    return store
        .vault()
        .seal("record-row", name(row), Resource.text(row).getBytes(StandardCharsets.UTF_8));
  }

  private void write(
      Transaction tx,
      Translated translated,
      Standing standing,
      Instant readAt,
      long version,
      String state,
      String sealed,
      String columns) {
    Row row = translated.row();
    // What was read before Pontic had written it whole is taken anew though it is the same
    // (decision
    // 0303).
    tx.sql(
            "insert into record (practice, resource, row_key, fhir_id, version, row_hash, stamp, state, reason, fhir,"
                + " deleted, changed_at, row_data, patient_key, read_at) values (:practice, :resource, :key, :id, :version,"
                + " case when exists (select 1 from reread h where h.practice = :practice and h.resource = :resource"
                + " and h.row_key = :key and h.until_at >= :read) then '' else :hash end,"
                + " :stamp, :state, :reason, :fhir, :deleted, :now, :columns, :patient, :read)"
                + " on conflict (practice, resource, row_key) do update set version = excluded.version,"
                + " row_hash = excluded.row_hash, stamp = excluded.stamp, state = excluded.state,"
                + " reason = excluded.reason, fhir = excluded.fhir, deleted = excluded.deleted,"
                + " changed_at = excluded.changed_at, row_data = excluded.row_data,"
                + " patient_key = excluded.patient_key, read_at = excluded.read_at")
        .param("practice", row.practice())
        .param("resource", row.resource())
        .param("key", row.key())
        .param("read", readAt.toEpochMilli())
        .param("id", new Kind(row.resource()).fhirId(row.practice(), row.key()))
        .param("version", version)
        .param("hash", row.hash())
        .param("stamp", row.stamp().toEpochMilli())
        .param("state", state)
        .param("reason", translated.reason())
        .param("fhir", sealed)
        .param("deleted", state.equals("deleted") ? 1 : 0)
        .param("columns", columns)
        .param("patient", patient(row, standing))
        .param("now", tx.now().toEpochMilli())
        .update();
  }

  private static void due(
      Transaction tx, Row row, Destination destination, long version, long patient) {
    tx.sql(
            "insert into due (practice, destination, resource, row_key, version, due_at, attempts, bundle_limit,"
                + " state, reason, patient_key)"
                + " values (:practice, :destination, :resource, :key, :version, :now, 0, :limit, 'due', '', :patient)"
                + " on conflict (practice, destination, resource, row_key) do update set version = excluded.version,"
                + " patient_key = excluded.patient_key,"
                + " state = case when due.invalid = 1 then 'due' else due.state end,"
                + " due_at = case when due.invalid = 1 then excluded.due_at else due.due_at end,"
                + " reason = case when due.invalid = 1 then '' else due.reason end, invalid = 0")
        .param("practice", row.practice())
        .param("destination", destination.id())
        .param("resource", row.resource())
        .param("key", row.key())
        .param("version", version)
        .param("now", tx.now().toEpochMilli())
        .param("limit", destination.bundleSize())
        .param("patient", patient)
        .update();
  }

  private String opened(Row row, Standing standing) {
    return standing.fhir().isEmpty()
        ? ""
        : new String(
            store.vault().open("record", name(row), standing.fhir()), StandardCharsets.UTF_8);
  }

  private static String name(Row row) {
    return row.practice() + "/" + row.resource() + "/" + row.key();
  }
}
