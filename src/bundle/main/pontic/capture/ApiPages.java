package pontic.capture;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pontic.capture.AppointmentHistory.Entry;
import pontic.lane.Questions;
import pontic.lane.Questions.Answered;
import pontic.lane.Questions.Question;
import pontic.practice.Practice;
import pontic.practice.WatchTable;
import pontic.record.Page;
import pontic.record.Records;
import pontic.record.Row;
import pontic.record.Translated;
import pontic.record.Watermark;
import pontic.store.Store;
import pontic.store.Transaction;

/**
 * Reads a practice through its API: what changed since the server's time of the run before, page by
 * page, each page a question that the practice's lane answers when it has nothing better to do. The
 * answer, the records made of it, the watermark and the next question are one unit.
 */
public final class ApiPages {
  private static final Logger LOG = LoggerFactory.getLogger(ApiPages.class);
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Stamps are whole seconds, and whether a filter means after or from is open. */
  private static final Duration OVERLAP = Duration.ofSeconds(10);

  /** A transaction of the office may end long after the stamps that it wrote. */
  private static final Duration SWEEP = Duration.ofMinutes(30);

  private static final int SWEEP_EVERY = 60;

  /** How far an office's clock may be ahead. */
  private static final Duration AHEAD = Duration.ofMinutes(10);

  /** When a patient is asked for again whom the API has refused, as it does those deleted. */
  private static final Duration REFUSED = Duration.ofDays(1);

  private static final Instant BEGINNING = Instant.parse("1970-01-02T00:00:00Z");

  private static final Duration HISTORY_PATIENCE = Duration.ofSeconds(30);

  /** Between two patients who are read only to find out whose a row is. */
  private static final Duration PAUSE = Duration.ofSeconds(10);

  private final Store store;
  private final Questions questions;
  private final Records records;
  private final Captured captured;
  private final AppointmentHistory history = new AppointmentHistory();
  private final ApiRelated related;
  private final ApiLookups lookups;
  private final ApiGone gone;
  private final ApiPatients patients = new ApiPatients();
  private final ApiDoubts doubts = new ApiDoubts();
  private final ApiWhole whole = new ApiWhole();
  private final Map<String, Practice> practices;
  private final Map<String, Map<String, ApiFeed>> feeds;

  /** What practices have said of themselves, and what it is read as. */
  private final Map<String, Said> heard = new ConcurrentHashMap<>();

  private record Said(String text, JsonNode capabilities) {}

  /**
   * @param feeds by practice, the lists that are read
   */
  public ApiPages(
      Store store,
      Records records,
      Captured captured,
      List<Practice> practices,
      Function<Practice, List<ApiFeed>> feeds) {
    this.store = store;
    this.questions = new Questions(store.vault());
    this.records = records;
    this.captured = captured;
    this.practices =
        practices.stream().collect(Collectors.toUnmodifiableMap(Practice::id, Function.identity()));
    this.feeds =
        practices.stream()
            .collect(
                Collectors.toUnmodifiableMap(
                    Practice::id,
                    practice ->
                        feeds.apply(practice).stream()
                            .collect(
                                Collectors.toUnmodifiableMap(ApiFeed::name, Function.identity()))));
    this.related = new ApiRelated(store.vault());
    this.lookups = new ApiLookups(store, related);
    this.gone = new ApiGone(store, records, captured);
  }

  /** Of the lists that are read of a practice; none of a practice that is not known. */
  public Set<String> names(String practice) {
    return feeds.getOrDefault(practice, Map.of()).keySet();
  }

  /** What is read of a practice. */
  Collection<ApiFeed> lists(String practice) {
    return feeds.get(practice).values();
  }

  /**
   * Asks for a list for which nothing is asked: at first once the practice has said that it has it
   * and those before it were read, and of one that is read patient by patient for the next.
   *
   * @return when to look again: now if something was asked for; empty if nobody knows
   */
  Optional<Instant> ask(String practice, ApiFeed feed, Instant at) {
    JsonNode said = said(practice);
    if (said.isMissingNode()) {
      return Optional.of(at);
    }
    if (!isNext(said, practice, feed.name())) {
      return Optional.empty();
    }
    if (feed.each().isPresent()) {
      Optional<Instant> due = store.read(tx -> patients.earliest(tx, practice, feed.name()));
      if (due.filter(earliest -> !earliest.isAfter(at)).isEmpty()) {
        return due;
      }
    }
    store.write(
        tx -> {
          tx.serialise(practice);
          if (!questions.isOpen(tx, practice, feed.name())) {
            if (feed.each().isPresent()) {
              askForNext(tx, practice, feed, tx.now());
            } else {
              questions.ask(
                  tx, question(practice, feed, ApiRun.first(), Optional.empty()), tx.now());
            }
          }
          return true;
        });
    return Optional.of(at);
  }

  /** For the next patient who is due; if nobody is, nothing is asked. */
  private void askForNext(Transaction tx, String practice, ApiFeed feed, Instant at) {
    OptionalLong his = due(tx, practice, feed);
    if (his.isEmpty()) {
      questions.rest(tx, practice, feed.name(), at);
      return;
    }
    Instant again = tx.now().plus(feed.each().orElseThrow().again());
    patients.asked(tx, practice, feed.name(), his.getAsLong(), again);
    questions.ask(tx, question(practice, feed, ApiRun.of(his.getAsLong()), Optional.empty()), at);
  }

  private OptionalLong due(Transaction tx, String practice, ApiFeed feed) {
    return feed.each().isPresent()
        ? patients.next(tx, practice, feed.name(), tx.now())
        : OptionalLong.empty();
  }

  private ApiFeed feed(String practice, String name) {
    return feeds.get(practice).get(name);
  }

  /**
   * Rows of which the office says that they are gone, as the list of deleted ones would tell them.
   *
   * @param rows of the event
   * @param at by the store's clock, when it came
   * @return those that differ from their record; empty if a row does not say which it is
   */
  Optional<List<Row>> gone(String practice, JsonNode rows, Instant at) {
    List<Row> gone = new ArrayList<>();
    for (ApiFeed feed : feeds.get(practice).values()) {
      if (feed.isHintedBy(WatchTable.APPOINTMENT_DELETED)) {
        ApiRows shape = new ApiRows(feed.unstamped(), practices.get(practice).zone());
        ApiRows.Read read = shape.read(rows, at);
        for (ApiFeed.Told told : feed.told()) {
          ApiRows.Shaped shaped = shape.shaped(read, told, at);
          if (read.keyless() > 0 || !shaped.unreadable().isEmpty()) {
            return Optional.empty();
          }
          gone.addAll(
              captured
                  .differences(practice, told.resource(), shaped.rows(), (stamp, key) -> true)
                  .changed());
        }
      }
    }
    return Optional.of(gone);
  }

  /** Whether the answer of a list is not worked on before another list was read. */
  boolean waits(String practice, ApiFeed feed) {
    return feed.remembered().isPresent()
        && store
            .read(tx -> questions.answered(tx, practice, feed.name()))
            .filter(its -> waitsForHistory(its, practice, feed))
            .isPresent();
  }

  private static boolean mayLoseToMerge(ApiFeed feed) {
    return feed.each().isPresent() && feed.complete();
  }

  /** Lists with rows that may have moved to another patient. */
  Set<String> doubtful(Transaction tx, String practice) {
    return doubts.open(tx, practice);
  }

  /**
   * Goes on with finding out whether what patients' lists lack is gone or somebody else's: by the
   * list that says whose rows changed, else by reading everybody's, one after the other with a
   * pause. Once nobody else can have it unseen, the patients are asked for again.
   */
  void prove(String practice, ApiFeed feed) {
    Optional<String> changes = listOfChanges(practice, feed);
    Optional<String> list = changes.or(() -> listOfPatients(practice));
    if (list.isEmpty()) {
      return;
    }
    double scale = practices.get(practice).api().timeScale();
    Duration pause = Duration.ofMillis((long) (PAUSE.toMillis() * scale));
    store.write(
        tx -> {
          tx.serialise(practice);
          Instant now = tx.now();
          Instant latest = doubts.latest(tx, practice, feed.name());
          Instant told = Instant.ofEpochMilli(lastRun(tx, practice, list.get()));
          Instant read = told;
          if (changes.isEmpty()) {
            Instant all = patients.allReadAt(tx, practice, feed.name());
            read = all.isBefore(told) ? all : told;
          }
          Set<Long> whose = doubts.prove(tx, practice, feed.name(), read, now);
          patients.stirred(tx, practice, feed.name(), whose, now.plusMillis(1));
          if (!told.isAfter(latest)) {
            questions.hurry(tx, practice, list.get(), now);
          } else if (changes.isEmpty() && !read.isAfter(latest)) {
            patients.hurry(tx, practice, feed.name(), latest, now.plus(pause));
          }
          return true;
        });
  }

  /** When the last run of a list that has ended began; 0 if none has. */
  private long lastRun(Transaction tx, String practice, String list) {
    return questions.run(tx, practice, list).map(ApiPages::run).map(ApiRun::whole).orElse(0L);
  }

  /**
   * The statement that says whose rows of a list changed; empty where the key or the office does
   * not permit it.
   */
  private Optional<String> listOfChanges(String practice, ApiFeed feed) {
    JsonNode said = said(practice);
    return feed.each().orElseThrow().when().stream()
        .filter(name -> lists(practice).stream().anyMatch(it -> it.name().equals(name)))
        .filter(name -> feed(practice, name).sql().isPresent())
        .filter(name -> has(said, name) && !isRefused(practice, name))
        .findFirst();
  }

  /** Empty if the practice has none. */
  private Optional<String> listOfPatients(String practice) {
    JsonNode said = said(practice);
    return lists(practice).stream()
        .filter(feed -> feed.told().stream().anyMatch(told -> told.resource().equals("Patient")))
        .map(ApiFeed::name)
        .filter(name -> has(said, name))
        .findFirst();
  }

  /**
   * The list tells of a break before the history tells which: told at once, a missed appointment
   * would be cancelled first. So a page with a break that the history has not told yet waits until
   * the history was read after it, which is hurried; but not in a first load, and not for long.
   */
  private boolean waitsForHistory(Answered answered, String practice, ApiFeed feed) {
    boolean running =
        records.watermark(practice, mark(feed.name())).filter(mark -> !mark.paging()).isPresent();
    Instant now = store.read(Transaction::now);
    if (!running || now.isAfter(answered.answeredAt().plus(HISTORY_PATIENCE))) {
      return false;
    }
    ApiRows shape = new ApiRows(feed, practices.get(practice).zone());
    List<Long> broken =
        shape
            .shaped(
                shape.read(answered.body(), answered.answeredAt()),
                feed.told().get(0),
                answered.answeredAt())
            .rows()
            .stream()
            .filter(row -> holds(row, feed.remembered().get()))
            .map(row -> (Long) row.get("row_key"))
            .toList();
    if (store.read(tx -> history.entries(tx, practice, broken)).size() == broken.size()) {
      return false;
    }
    JsonNode said = said(practice);
    List<String> unread =
        feeds.get(practice).values().stream()
            .filter(other -> other.says().isPresent() && has(said, other.name()))
            .map(ApiFeed::name)
            .filter(
                other ->
                    records
                        .watermark(practice, mark(other))
                        .filter(mark -> mark.stamp().isAfter(answered.answeredAt()))
                        .isEmpty())
            .toList();
    if (!unread.isEmpty()) {
      store.write(
          tx -> {
            unread.forEach(other -> questions.hurry(tx, practice, other, tx.now()));
            return true;
          });
    }
    return !unread.isEmpty();
  }

  /** The answer as rows, of which only those that differ from their record are kept. */
  public ApiPage page(String practice, String name) {
    ApiFeed feed = feed(practice, name);
    List<String> counted = counted(practice, feed);
    long consumed = store.read(tx -> questions.consumed(tx, practice, counted));
    Optional<Answered> answered = store.read(tx -> questions.answered(tx, practice, name));
    return answered
        .map(its -> answer(practice, feed, its, consumed))
        .orElseGet(() -> again(practice, feed, consumed));
  }

  /** Its own, and of lists that join the history those that write it too. */
  private List<String> counted(String practice, ApiFeed feed) {
    return Stream.concat(
            Stream.of(feed),
            feeds.get(practice).values().stream()
                .filter(other -> joins(feed) && joins(other) && !other.equals(feed)))
        .map(ApiFeed::name)
        .toList();
  }

  private static boolean joins(ApiFeed feed) {
    return feed.says().isPresent() || feed.remembered().isPresent();
  }

  private ApiPage answer(String practice, ApiFeed feed, Answered answered, long consumed) {
    Optional<Watermark> from = records.watermark(practice, mark(feed.name()));
    Instant at = answered.answeredAt();
    ApiRows shape = new ApiRows(feed, practices.get(practice).zone());
    ApiRows.Read read = shape.read(answered.body(), at);
    if (read.keyless() > 0) {
      LOG.warn(
          "{}: {} rows of {} have no {} or no stamp; they are left out",
          practice,
          read.keyless(),
          feed.name(),
          feed.key());
    }
    ApiRun run = run(answered.question());
    BiPredicate<Instant, Long> isNew =
        (stamp, key) -> !run.tail().contains(key) && isNew(from, stamp);
    List<Entry> entries = feed.says().isPresent() ? entries(feed, read) : List.of();
    List<Row> changed = new ArrayList<>();
    List<Translated> unreadable = new ArrayList<>();
    List<Consumer<Transaction>> along = new ArrayList<>();
    int unchanged = 0;
    boolean isRefused = !answered.body().isArray();
    ApiGone.Range range = isRefused ? ApiGone.Range.NONE : gone.range(practice, feed, run, read);
    if (isRefused) {
      along.add(
          tx -> patients.asked(tx, practice, feed.name(), run.patient(), tx.now().plus(REFUSED)));
    }
    for (ApiFeed.Told told : feed.told()) {
      ApiRows.Shaped shaped = shape.shaped(read, told, at);
      List<Map<String, Object>> rows = shaped.rows();
      if (feed.says().isPresent()) {
        rows = respoken(practice, feed, entries);
      } else if (told == feed.told().get(0)) {
        rows = joined(practice, feed, rows);
      }
      along.add(
          linking(
              practice, feed, lookups.found(practice, told, ApiLookups.named(read, told), rows)));
      Captured.Differences found = captured.differences(practice, told.resource(), rows, isNew);
      Set<Long> early = early(practice, feed, told, found.changed(), at, along);
      for (Row row : found.changed()) {
        if (early.contains(row.key())) {
          continue;
        }
        if (shaped.unreadable().containsKey(row.key())) {
          unreadable.add(failed(row, shaped.unreadable().get(row.key())));
        } else {
          changed.add(row);
        }
      }
      List<Long> missing = new ArrayList<>(gone.missing(practice, told, range, read));
      if (mayLoseToMerge(feed)) {
        missing.removeAll(doubtful(practice, feed, told, run, range, missing, at, along));
      }
      changed.addAll(gone.rows(practice, told, missing, at));
      unchanged += told == feed.told().get(0) ? found.unchanged() : 0;
    }
    if (!feed.keeps().isEmpty()) {
      along.add(
          tx ->
              related.keep(
                  tx,
                  practice,
                  feed.name(),
                  shape.kept(read, at),
                  ApiGone.missing(
                      related.keys(tx, practice, feed.name(), range.from(), range.to()), read)));
      along.add(tx -> tellWhole(tx, practice, feed, read));
    }
    along.add(tx -> entries.forEach(entry -> history.remember(tx, practice, entry)));
    along.add(stirring(practice, feed, stirred(feed, read, changed, isNew)));
    ApiRun seen = changed.isEmpty() ? run : run.withNews();
    ApiRun.Next next = seen.after(read.order(), read.serverTime(), feed.order().isPresent(), at);
    Watermark mark = watermark(answered, feed, from, next, read.serverTime());
    Instant due = due(practice, feed, answered, next);
    if (next.ended() && feed.each().isPresent()) {
      Instant began = run.begun() == 0 ? at : Instant.ofEpochMilli(run.begun());
      along.add(tx -> patients.read(tx, practice, feed.name(), run.patient(), began));
      along.add(tx -> askForNext(tx, practice, feed, due));
    } else {
      Question following = following(answered, feed, next, mark);
      along.add(tx -> questions.ask(tx, following, due));
    }
    return new ApiPage(
        new Page(practice, mark(feed.name()), from, mark, changed, unchanged, at),
        unreadable,
        along,
        counted(practice, feed),
        consumed);
  }

  /** What a patient's list lacks and may still be somebody else's. */
  private List<Long> doubtful(
      String practice,
      ApiFeed feed,
      ApiFeed.Told told,
      ApiRun run,
      ApiGone.Range range,
      List<Long> missing,
      Instant at,
      List<Consumer<Transaction>> along) {
    String list = feed.name();
    long patient = run.patient();
    if (range.isNothing() && gone.isGivenUp(practice, run)) {
      along.add(tx -> doubts.forget(tx, practice, list, patient));
      return List.of();
    }
    List<Long> doubtful =
        store.read(tx -> doubts.among(tx, practice, list, told.resource(), patient, missing));
    along.add(
        tx -> {
          doubts.keep(tx, practice, list, told.resource(), patient, range, doubtful, at);
          if (doubts.isWaiting(tx, practice, list, patient)) {
            patients.stirred(tx, practice, list, Set.of(patient), tx.now());
          }
        });
    return doubtful;
  }

  /** Rows of which another list says something new, as their own list told them last. */
  private ApiPage again(String practice, ApiFeed feed, long consumed) {
    Instant at = store.read(Transaction::now);
    Optional<Watermark> from = records.watermark(practice, mark(feed.name()));
    Map<Long, Map<String, Long>> stale = store.read(tx -> related.stale(tx, practice, feed.name()));
    List<Row> changed = new ArrayList<>();
    List<Consumer<Transaction>> along = new ArrayList<>();
    along.add(tx -> related.told(tx, practice, feed.name(), stale.keySet()));
    for (ApiFeed.Told told : feed.told()) {
      List<Map<String, Object>> rows = new ArrayList<>();
      for (Row row : records.told(practice, told.resource(), List.copyOf(stale.keySet()))) {
        Map<String, Object> columns = new TreeMap<>(row.columns());
        columns.put("stamp", Stamp.text(row.stamp()));
        columns.put("row_key", row.key());
        columns.put("cursor_key", row.key());
        rows.add(columns);
      }
      along.add(linking(practice, feed, lookups.found(practice, told, stale, rows)));
      List<Row> found =
          captured.differences(practice, told.resource(), rows, (stamp, key) -> false).changed();
      Set<Long> early = early(practice, feed, told, found, at, along);
      found.stream().filter(row -> !early.contains(row.key())).forEach(changed::add);
    }
    return new ApiPage(
        new Page(
            practice,
            mark(feed.name()),
            from,
            from.orElseGet(() -> mark(from, BEGINNING, 0, true)),
            changed,
            0,
            at),
        List.of(),
        along,
        counted(practice, feed),
        consumed);
  }

  /**
   * Rows of Pontic's own of which something was read before they were whole. What another list
   * tells of them is asked for anew; then they are told.
   */
  private Set<Long> early(
      String practice,
      ApiFeed feed,
      ApiFeed.Told told,
      List<Row> rows,
      Instant at,
      List<Consumer<Transaction>> along) {
    JsonNode said = said(practice);
    List<Long> keys = rows.stream().map(Row::key).toList();
    List<String> more =
        ApiWhole.more(feed, told).stream()
            .filter(list -> has(said, list) && !isRefused(practice, list))
            .toList();
    Set<Long> early =
        store.read(
            tx -> {
              long oldest =
                  more.stream()
                      .mapToLong(list -> lastRun(tx, practice, list))
                      .reduce(at.toEpochMilli(), Math::min);
              return whole.early(tx, practice, told.resource(), keys, Instant.ofEpochMilli(oldest));
            });
    if (!early.isEmpty()) {
      along.add(tx -> more.forEach(list -> questions.hurry(tx, practice, list, tx.now())));
    }
    return early;
  }

  /** Lists whose rows waited for what this one tells of them are read now. */
  private void tellWhole(Transaction tx, String practice, ApiFeed feed, ApiRows.Read read) {
    List<Long> keys = read.rows().stream().map(ApiRows.One::key).toList();
    for (ApiFeed other : lists(practice)) {
      boolean waits =
          other.told().stream()
              .filter(told -> ApiWhole.more(other, told).contains(feed.name()))
              .anyMatch(told -> whole.waits(tx, practice, told.resource(), keys));
      if (waits) {
        questions.hurry(tx, practice, other.name(), tx.now());
      }
    }
  }

  private static Translated failed(Row row, String reason) {
    return new Translated(row, Translated.Outcome.FAILED, MissingNode.getInstance(), reason);
  }

  private Consumer<Transaction> linking(
      String practice, ApiFeed feed, List<ApiRelated.Link> links) {
    return tx -> related.link(tx, practice, feed.name(), links);
  }

  /** Patients of whom a page tells something new. */
  private static Set<Long> stirred(
      ApiFeed feed, ApiRows.Read read, List<Row> changed, BiPredicate<Instant, Long> isNew) {
    Set<Long> stirred = new TreeSet<>();
    changed.forEach(row -> row.patient().ifPresent(stirred::add));
    if (feed.sql().isPresent()) {
      read.rows().stream()
          .filter(one -> isNew.test(one.stamp(), one.order()))
          .map(one -> one.json().path("PatNum").asLong())
          .filter(patient -> patient != 0)
          .forEach(stirred::add);
    }
    return stirred;
  }

  /** They are read in the lists that tell no changes. */
  private Consumer<Transaction> stirring(String practice, ApiFeed feed, Set<Long> stirred) {
    List<String> lists =
        feeds.get(practice).values().stream()
            .filter(
                other -> other.each().filter(each -> each.when().contains(feed.name())).isPresent())
            .map(ApiFeed::name)
            .toList();
    return tx -> lists.forEach(list -> patients.stirred(tx, practice, list, stirred, tx.now()));
  }

  /**
   * Stores what became of the page, and the next question in place of the answer.
   *
   * @return how many new versions became due; empty if nothing was stored
   */
  public OptionalInt store(ApiPage page, List<Translated> translated) {
    List<Translated> all = new ArrayList<>(translated);
    all.addAll(page.unreadable());
    return records.store(
        page.page(),
        all,
        tx -> {
          if (questions.consumed(tx, page.page().practice(), page.counted()) != page.consumed()) {
            return false;
          }
          page.along().forEach(what -> what.accept(tx));
          return true;
        });
  }

  private static boolean isNew(Optional<Watermark> from, Instant stamp) {
    return from.map(mark -> stamp.isAfter(mark.furthest())).orElse(true);
  }

  private static List<Entry> entries(ApiFeed feed, ApiRows.Read read) {
    return read.rows().stream()
        .map(row -> new Entry(row.key(), row.order(), feed.says().orElseThrow()))
        .toList();
  }

  /** The list's rows with what the history has said of them. */
  private List<Map<String, Object>> joined(
      String practice, ApiFeed feed, List<Map<String, Object>> rows) {
    if (feed.remembered().isEmpty()) {
      return rows;
    }
    ApiFeed.Remembered column = feed.remembered().get();
    List<Long> keys =
        rows.stream()
            .filter(row -> holds(row, column))
            .map(row -> (Long) row.get("row_key"))
            .toList();
    Map<Long, Entry> known = store.read(tx -> history.entries(tx, practice, keys));
    rows.forEach(
        row ->
            row.put(
                column.column(),
                holds(row, column) && known.containsKey(row.get("row_key"))
                    ? known.get(row.get("row_key")).says()
                    : null));
    return rows;
  }

  /**
   * The rows of records that new entries speak of, with what these say: as their own list would
   * give them if it told it.
   */
  private List<Map<String, Object>> respoken(String practice, ApiFeed feed, List<Entry> entries) {
    ApiFeed.Remembered column =
        feeds.get(practice).values().stream()
            .filter(other -> other.remembered().isPresent())
            .flatMap(other -> other.remembered().stream())
            .findFirst()
            .orElseThrow();
    List<Long> keys = entries.stream().map(Entry::key).distinct().toList();
    Map<Long, Entry> newest = new HashMap<>(store.read(tx -> history.entries(tx, practice, keys)));
    entries.forEach(
        entry ->
            newest.merge(
                entry.key(), entry, (old, young) -> young.entry() > old.entry() ? young : old));
    List<Map<String, Object>> rows = new ArrayList<>();
    for (Row row : records.rows(practice, feed.resource(), keys)) {
      Map<String, Object> columns = new TreeMap<>(row.columns());
      if (holds(columns, column)) {
        columns.put(column.column(), newest.get(row.key()).says());
        columns.put("stamp", Stamp.text(row.stamp()));
        columns.put("row_key", row.key());
        columns.put("cursor_key", newest.get(row.key()).entry());
        rows.add(columns);
      }
    }
    return rows;
  }

  private static boolean holds(Map<String, Object> row, ApiFeed.Remembered column) {
    return row.get(column.when()) instanceof Number value && value.longValue() == column.is();
  }

  /** Watermarks of the two modes are kept apart: they have not read the same columns. */
  private static String mark(String feed) {
    return "api-" + feed;
  }

  private Watermark watermark(
      Answered answered,
      ApiFeed feed,
      Optional<Watermark> from,
      ApiRun.Next next,
      String serverTime) {
    Instant before = from.map(Watermark::stamp).orElse(BEGINNING);
    if (!next.ended()) {
      return mark(from, before, next.run().offset(), true);
    }
    if (feed.filter().isEmpty()) {
      return mark(from, answered.answeredAt(), next.run().offset(), false);
    }
    String first = run(answered.question()).server();
    String server = first.isEmpty() ? serverTime : first;
    return mark(from, server.isEmpty() ? before : instant(server, answered), 0, false);
  }

  /** A row may be stamped in the future; nobody says that all before it is read. */
  private Instant instant(String server, Answered answered) {
    Instant told =
        OfficeTime.instant(
            server, practices.get(answered.question().practice()).zone(), answered.answeredAt());
    Instant latest = answered.answeredAt().plus(AHEAD);
    return told.isAfter(latest) ? latest : told;
  }

  private static Watermark mark(
      Optional<Watermark> from, Instant stamp, int offset, boolean paging) {
    Instant furthest = from.map(Watermark::furthest).orElse(BEGINNING);
    // More rows of the office's running second may still come; those are counted twice rather than
    // never.
    Instant whole = stamp.equals(BEGINNING) ? stamp : stamp.minusSeconds(1);
    return new Watermark(
        stamp, offset, paging, whole.isAfter(furthest) ? whole : furthest, Long.MAX_VALUE);
  }

  private Question following(Answered answered, ApiFeed feed, ApiRun.Next next, Watermark mark) {
    Question question = answered.question();
    if (!next.ended()) {
      Map<String, String> query = new LinkedHashMap<>(question.query());
      query.put("Offset", Integer.toString(next.run().offset()));
      return new Question(
          question.practice(),
          question.feed(),
          question.path(),
          query,
          JSON.valueToTree(next.run()));
    }
    Optional<Instant> since =
        mark.stamp().equals(BEGINNING)
            ? Optional.empty()
            : Optional.of(
                mark.stamp().minus(next.run().number() % SWEEP_EVERY == 0 ? SWEEP : OVERLAP));
    return question(question.practice(), feed, next.run(), since);
  }

  private Question question(String practice, ApiFeed feed, ApiRun run, Optional<Instant> since) {
    Map<String, String> query = new LinkedHashMap<>(feed.query());
    if (feed.sql().isEmpty() && feed.filter().isPresent() && since.isPresent()) {
      query.put(
          feed.filter().get(), OfficeTime.filter(since.get(), practices.get(practice).zone()));
    }
    feed.each().ifPresent(each -> query.put(each.parameter(), Long.toString(run.patient())));
    if (feed.sql().isPresent()) {
      query.put(Question.SQL, statement(practice, feed, since));
    } else {
      query.put("Limit", Integer.toString(ApiRun.PAGE));
    }
    query.put("Offset", Integer.toString(run.offset()));
    return new Question(practice, feed.name(), feed.path(), query, JSON.valueToTree(run));
  }

  /**
   * Of a list that only says whose rows changed, what changed since everybody was read is enough at
   * first: that is done each 30 days.
   */
  private String statement(String practice, ApiFeed feed, Optional<Instant> since) {
    String sql = feed.sql().orElseThrow();
    if (feed.filter().isEmpty()) {
      return sql + " order by " + feed.key();
    }
    boolean isHint = feed.told().isEmpty() && feed.keeps().isEmpty();
    String first = isHint ? "now() - interval 31 day" : "'0001-01-01'";
    String from =
        since
            .map(at -> "'" + OfficeTime.filter(at, practices.get(practice).zone()) + "'")
            .orElse(first);
    return sql
        + " where "
        + feed.filter().get()
        + " >= "
        + from
        + " order by "
        + feed.filter().get()
        + ", "
        + feed.key();
  }

  private Instant due(String practice, ApiFeed feed, Answered answered, ApiRun.Next next) {
    if (!next.ended()) {
      return answered.answeredAt();
    }
    Practice.Api api = practices.get(practice).api();
    Duration period = Duration.ofMillis(said(practice).path("periodMillis").asLong());
    int times = feed.isReadWhole() ? run(answered.question()).pages() * next.run().rest() : 1;
    return answered.answeredAt().plus(feed.interval(period, api.timeScale()).multipliedBy(times));
  }

  private boolean isNext(JsonNode capabilities, String practice, String feed) {
    return has(capabilities, feed)
        && feed(practice, feed).after().stream()
            .filter(before -> has(capabilities, before))
            .allMatch(
                before ->
                    records
                            .watermark(practice, mark(before))
                            .filter(mark -> !mark.paging())
                            .isPresent()
                        || isRefused(practice, before));
  }

  /** What a key is permitted may still fail, as a statement on tables that are closed to it. */
  private boolean isRefused(String practice, String feed) {
    return feed(practice, feed).permission().isPresent()
        && store.read(tx -> questions.isRefused(tx, practice, feed));
  }

  private static boolean has(JsonNode capabilities, String feed) {
    return capabilities.path("capture").path(feed).path("on").asBoolean();
  }

  /** Capabilities as the practice said them last; missing if it has not. */
  private JsonNode said(String practice) {
    String text =
        store.read(
            tx ->
                tx.sql("select capabilities from lane where practice = :practice")
                    .param("practice", practice)
                    .query(String.class)
                    .optional()
                    .orElse(""));
    return heard
        .compute(
            practice,
            (same, before) ->
                before != null && before.text().equals(text)
                    ? before
                    : new Said(text, text.isEmpty() ? MissingNode.getInstance() : json(text)))
        .capabilities();
  }

  private static ApiRun run(Question question) {
    return run(question.run());
  }

  private static ApiRun run(JsonNode run) {
    return JSON.convertValue(run, ApiRun.class);
  }

  private static JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("capabilities in the store are not JSON");
    }
  }
}
