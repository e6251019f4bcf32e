package pontic.capture;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pontic.lane.Questions;
import pontic.lane.Questions.Answered;
import pontic.lane.Questions.Question;
import pontic.practice.Practice;
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

  private final Store store;
  private final Questions questions;
  private final Records records;
  private final Captured captured;
  private final Map<String, Practice> practices;
  private final Map<String, ApiFeed> feeds;

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
    if (store.read(tx -> questions.answered(tx, practice, feed)).isPresent()) {
      return true;
    }
    boolean asks =
        store.read(
            tx -> !questions.isOpen(tx, practice, feed) && has(capabilities(tx, practice), feed));
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
    ApiRun.Next next =
        run(answered.question()).after(read.order(), read.serverTime(), feed.order().isPresent());
    Page page = captured.page(cursor(practice, feed, from), read.rows());
    List<Row> readable =
        page.changed().stream().filter(row -> !read.unreadable().containsKey(row.key())).toList();
    List<Translated> unreadable =
        page.changed().stream()
            .filter(row -> read.unreadable().containsKey(row.key()))
            .map(
                row ->
                    new Translated(
                        row,
                        Translated.Outcome.FAILED,
                        MissingNode.getInstance(),
                        read.unreadable().get(row.key())))
            .toList();
    Watermark mark = watermark(answered, feed, from, next, read.serverTime());
    return new ApiPage(
        new Page(practice, mark(name), from, mark, readable, page.unchanged()),
        unreadable,
        following(answered, feed, next, mark),
        due(practice, feed, answered, next),
        consumed);
  }

  /**
   * Stores what became of the page, and the next question in place of the answer.
   *
   * @return how many new versions became due
   */
  public int store(ApiPage page, List<Translated> translated) {
    List<Translated> all = new ArrayList<>(translated);
    all.addAll(page.unreadable());
    return records.store(
        page.page(),
        all,
        tx -> {
          if (questions.consumed(tx, page.page().practice()) != page.consumed()) {
            return false;
          }
          questions.ask(tx, page.next(), page.due());
          return true;
        });
  }

  /** Watermarks and hashes of the two modes are kept apart: they do not read the same columns. */
  private static String mark(String feed) {
    return "api-" + feed;
  }

  private static Cursor cursor(String practice, ApiFeed feed, Optional<Watermark> from) {
    return new Cursor(
        practice,
        mark(feed.name()),
        feed.resource(),
        from,
        BEGINNING,
        0,
        BEGINNING,
        Integer.MAX_VALUE);
  }

  private Watermark watermark(
      Answered answered,
      ApiFeed feed,
      Optional<Watermark> from,
      ApiRun.Next next,
      String serverTime) {
    Instant before = from.map(Watermark::stamp).orElse(BEGINNING);
    if (!next.ended()) {
      return new Watermark(before, next.run().offset(), true);
    }
    if (feed.filter().isEmpty()) {
      return new Watermark(answered.answeredAt(), 0, false);
    }
    String first = run(answered.question()).server();
    String server = first.isEmpty() ? serverTime : first;
    return new Watermark(
        server.isEmpty()
            ? before
            : OfficeTime.instant(
                server,
                practices.get(answered.question().practice()).zone(),
                answered.answeredAt()),
        0,
        false);
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
