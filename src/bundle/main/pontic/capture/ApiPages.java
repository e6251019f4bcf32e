package pontic.capture;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;
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

  /** How often a list is tried that the practice has no longer. */
  private static final Duration OFF = Duration.ofMinutes(10);

  private static final Instant BEGINNING = Instant.parse("1970-01-02T00:00:00Z");

  private static final Duration HISTORY_PATIENCE = Duration.ofSeconds(30);

  private final Store store;
  private final Questions questions;
  private final Records records;
  private final Captured captured;
  private final AppointmentHistory history = new AppointmentHistory();
  private final Map<String, Practice> practices;
  private final Map<String, ApiFeed> feeds;
  private final Map<String, Hinted> hinted = new ConcurrentHashMap<>();

  /**
   * @param isOpen whether no read has begun since the last hint
   * @param brought when a hint last brought a read; empty if none has
   * @param pause least time between two of them
   */
  private record Hinted(boolean isOpen, Optional<Instant> brought, Duration pause) {}

  public ApiPages(
      Store store,
      Records records,
      Captured captured,
      List<Practice> practices,
      List<ApiFeed> feeds) {
    this.store = store;
    this.questions = new Questions(store.vault());
    this.records = records;
    this.captured = captured;
    this.practices =
        practices.stream().collect(Collectors.toUnmodifiableMap(Practice::id, Function.identity()));
    this.feeds =
        feeds.stream().collect(Collectors.toUnmodifiableMap(ApiFeed::name, Function.identity()));
  }

  /**
   * True if the feed has an answer to work on. Asks its first question, once the practice has said
   * that it has the list.
   */
  public boolean isAnswered(String practice, String feed) {
    Optional<Answered> answered = store.read(tx -> questions.answered(tx, practice, feed));
    if (answered.isPresent()) {
      return !waitsForHistory(answered.get(), feeds.get(feed));
    }
    bring(practice, feed);
    boolean open = store.read(tx -> questions.isOpen(tx, practice, feed));
    boolean asks = !open && isNext(store.read(tx -> capabilities(tx, practice)), practice, feed);
    if (asks) {
      store.write(
          tx -> {
            tx.serialise(practice);
            if (!questions.isOpen(tx, practice, feed)) {
              questions.ask(
                  tx,
                  question(practice, feeds.get(feed), ApiRun.first(), Optional.empty()),
                  tx.now());
            }
            return true;
          });
    }
    return false;
  }

  /**
   * Rows of this table may have changed, says the office: the next read of its lists is due at
   * once. The lane's order and spacing stand.
   *
   * @param every least time between two reads of a list that hints bring
   */
  public void hint(String practice, WatchTable table, Duration every) {
    feeds.values().stream()
        .filter(feed -> feed.isHintedBy(table))
        .forEach(
            feed ->
                hinted.compute(
                    practice + "/" + feed.name(),
                    (key, before) ->
                        new Hinted(
                            true, Optional.ofNullable(before).flatMap(Hinted::brought), every)));
  }

  private void bring(String practice, String feed) {
    String key = practice + "/" + feed;
    Hinted hint = hinted.get(key);
    if (hint == null || !hint.isOpen()) {
      return;
    }
    Instant now = store.read(Transaction::now);
    if (hint.brought().filter(before -> now.isBefore(before.plus(hint.pause()))).isPresent()) {
      return;
    }
    // Closed first: a hint that comes meanwhile opens it again.
    hinted.put(key, new Hinted(false, Optional.of(now), hint.pause()));
    boolean isBrought =
        store.write(
            tx -> {
              tx.serialise(practice);
              return questions.isNext(tx, practice, feed, tx.now());
            });
    if (!isBrought) {
      hinted.computeIfPresent(
          key, (same, after) -> new Hinted(true, hint.brought(), after.pause()));
    }
  }

  /**
   * Rows of which the office says that they are gone, as the list of deleted ones would tell them.
   *
   * @param rows of the event
   * @param at by the store's clock, when it came
   * @return those that differ from their record; empty if a row does not say which it is
   */
  Optional<List<Row>> gone(String practice, JsonNode rows, Instant at) {
    ApiFeed feed =
        feeds.values().stream()
            .filter(each -> each.isHintedBy(WatchTable.APPOINTMENT_DELETED))
            .findFirst()
            .orElseThrow();
    ApiRows.Read read =
        new ApiRows(feed.unstamped(), practices.get(practice).zone()).read(rows, at);
    return read.keyless() > 0 || !read.unreadable().isEmpty()
        ? Optional.empty()
        : Optional.of(
            captured
                .differences(practice, feed.resource(), read.rows(), (stamp, key) -> true)
                .changed());
  }

  /**
   * The list tells of a break before the history tells which: told at once, a missed appointment
   * would be cancelled first. So a page with a break that the history has not told yet waits until
   * the history was read after it, which is hurried; but not in a first load, and not for long.
   */
  private boolean waitsForHistory(Answered answered, ApiFeed feed) {
    String practice = answered.question().practice();
    boolean running =
        records.watermark(practice, mark(feed.name())).filter(mark -> !mark.paging()).isPresent();
    Instant now = store.read(Transaction::now);
    if (feed.remembered().isEmpty()
        || !running
        || now.isAfter(answered.answeredAt().plus(HISTORY_PATIENCE))) {
      return false;
    }
    List<Long> broken =
        new ApiRows(feed, practices.get(practice).zone())
            .read(answered.body(), answered.answeredAt()).rows().stream()
                .filter(row -> holds(row, feed.remembered().get()))
                .map(row -> (Long) row.get("row_key"))
                .toList();
    if (store.read(tx -> history.entries(tx, practice, broken)).size() == broken.size()) {
      return false;
    }
    JsonNode said = store.read(tx -> capabilities(tx, practice));
    List<String> unread =
        feeds.values().stream()
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
    long consumed = store.read(tx -> questions.consumed(tx, practice));
    Answered answered = store.read(tx -> questions.answered(tx, practice, name)).orElseThrow();
    ApiFeed feed = feeds.get(name);
    Optional<Watermark> from = records.watermark(practice, mark(name));
    ApiRows.Read read =
        new ApiRows(feed, practices.get(practice).zone())
            .read(answered.body(), answered.answeredAt());
    if (read.keyless() > 0) {
      LOG.warn(
          "{}: {} rows of {} have no {} or no stamp; they are left out",
          practice,
          read.keyless(),
          name,
          feed.key());
    }
    List<Entry> entries = feed.says().isPresent() ? entries(feed, read) : List.of();
    List<Map<String, Object>> rows =
        feed.says().isPresent() ? respoken(practice, feed, entries) : joined(practice, feed, read);
    ApiRun run = run(answered.question());
    Captured.Differences found =
        captured.differences(
            practice,
            feed.resource(),
            rows,
            (stamp, key) -> !run.tail().contains(key) && isNew(from, stamp));
    Map<Boolean, List<Row>> byReadable =
        found.changed().stream()
            .collect(Collectors.partitioningBy(row -> !read.unreadable().containsKey(row.key())));
    List<Translated> unreadable =
        byReadable.get(false).stream()
            .map(
                row ->
                    new Translated(
                        row,
                        Translated.Outcome.FAILED,
                        MissingNode.getInstance(),
                        read.unreadable().get(row.key())))
            .toList();
    ApiRun.Next next = run.after(read.order(), read.serverTime(), feed.order().isPresent());
    Watermark mark = watermark(answered, feed, from, next, read.serverTime());
    return new ApiPage(
        new Page(
            practice,
            mark(name),
            from,
            mark,
            byReadable.get(true),
            found.unchanged(),
            answered.answeredAt()),
        unreadable,
        entries,
        following(answered, feed, next, mark),
        due(practice, feed, answered, next),
        consumed);
  }

  /**
   * Stores what became of the page, and the next question in place of the answer.
   *
   * @return how many new versions became due; empty if nothing was stored
   */
  public OptionalInt store(ApiPage page, List<Translated> translated) {
    String practice = page.page().practice();
    List<Translated> all = new ArrayList<>(translated);
    all.addAll(page.unreadable());
    return records.store(
        page.page(),
        all,
        tx -> {
          if (questions.consumed(tx, practice) != page.consumed()) {
            return false;
          }
          page.entries().forEach(entry -> history.remember(tx, practice, entry));
          questions.ask(tx, page.next(), page.due());
          return true;
        });
  }

  private static boolean isNew(Optional<Watermark> from, Instant stamp) {
    return from.map(mark -> stamp.isAfter(mark.furthest())).orElse(true);
  }

  private static List<Entry> entries(ApiFeed feed, ApiRows.Read read) {
    return read.rows().stream()
        .map(
            row ->
                new Entry(
                    (Long) row.get("row_key"),
                    (Long) row.get("cursor_key"),
                    feed.says().orElseThrow()))
        .toList();
  }

  /** The list's rows with what the history has said of them. */
  private List<Map<String, Object>> joined(String practice, ApiFeed feed, ApiRows.Read read) {
    if (feed.remembered().isEmpty()) {
      return read.rows();
    }
    ApiFeed.Remembered column = feed.remembered().get();
    List<Long> keys =
        read.rows().stream()
            .filter(row -> holds(row, column))
            .map(row -> (Long) row.get("row_key"))
            .toList();
    Map<Long, Entry> known = store.read(tx -> history.entries(tx, practice, keys));
    read.rows()
        .forEach(
            row ->
                row.put(
                    column.column(),
                    holds(row, column) && known.containsKey(row.get("row_key"))
                        ? known.get(row.get("row_key")).says()
                        : null));
    return read.rows();
  }

  /**
   * The rows of records that new entries speak of, with what these say: as their own list would
   * give them if it told it.
   */
  private List<Map<String, Object>> respoken(String practice, ApiFeed feed, List<Entry> entries) {
    ApiFeed.Remembered column =
        feeds.values().stream()
            .filter(other -> other.resource().equals(feed.resource()))
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
    return mark(
        from,
        server.isEmpty()
            ? before
            : OfficeTime.instant(
                server,
                practices.get(answered.question().practice()).zone(),
                answered.answeredAt()),
        0,
        false);
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
    if (feed.filter().isPresent() && since.isPresent()) {
      query.put(
          feed.filter().get(), OfficeTime.filter(since.get(), practices.get(practice).zone()));
    }
    query.put("Limit", Integer.toString(ApiRun.PAGE));
    query.put("Offset", Integer.toString(run.offset()));
    return new Question(practice, feed.name(), feed.path(), query, JSON.valueToTree(run));
  }

  private Instant due(String practice, ApiFeed feed, Answered answered, ApiRun.Next next) {
    if (!next.ended()) {
      return answered.answeredAt();
    }
    Practice.Api api = practices.get(practice).api();
    JsonNode said = store.read(tx -> capabilities(tx, practice));
    if (!has(said, feed.name())) {
      return answered.answeredAt().plus(OFF);
    }
    Duration period = Duration.ofMillis(said.path("periodMillis").asLong());
    return answered.answeredAt().plus(feed.interval(period, api.timeScale()));
  }

  private boolean isNext(JsonNode capabilities, String practice, String feed) {
    return has(capabilities, feed)
        && feeds.get(feed).after().stream()
            .filter(before -> has(capabilities, before))
            .allMatch(
                before ->
                    records
                        .watermark(practice, mark(before))
                        .filter(mark -> !mark.paging())
                        .isPresent());
  }

  private static boolean has(JsonNode capabilities, String feed) {
    return capabilities.path("capture").path(feed).path("on").asBoolean();
  }

  private static JsonNode capabilities(Transaction tx, String practice) {
    return tx.sql("select capabilities from lane where practice = :practice")
        .param("practice", practice)
        .query(String.class)
        .optional()
        .filter(text -> !text.isEmpty())
        .map(ApiPages::json)
        .orElse(MissingNode.getInstance());
  }

  private static ApiRun run(Question question) {
    return JSON.convertValue(question.run(), ApiRun.class);
  }

  private static JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("capabilities in the store are not JSON");
    }
  }
}
