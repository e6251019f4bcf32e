package pontic.lane;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import pontic.store.Transaction;

/**
 * The lane's place for capture's reads: behind everything else, but not for ever. After nine other
 * requests a read that is due goes first; so a burst goes before it, and steady writes leave it a
 * tenth of the lane.
 */
final class CaptureReads {
  private static final int OTHERS = 9;
  private static final String WORK = "capture:";

  private final Questions questions;
  private final LaneRows rows;
  private final StatementShare statements = new StatementShare();

  CaptureReads(Questions questions, LaneRows rows) {
    this.questions = questions;
    this.rows = rows;
  }

  /** Stored as intent, if a read is due that may go before all other work. */
  Optional<LaneStep> overdue(Transaction tx, LaneTerms its, long epoch, Instant now) {
    long others =
        tx.sql("select since_capture from lane where practice = :practice")
            .param("practice", its.practice())
            .query(Long.class)
            .single();
    return others < OTHERS ? Optional.empty() : due(tx, its, epoch, now);
  }

  /** Another request than a read of capture is begun. */
  void another(Transaction tx, String practice) {
    tx.sql("update lane set since_capture = since_capture + 1 where practice = :practice")
        .param("practice", practice)
        .update();
  }

  /** As the settings are now. */
  void watch(Transaction tx, LaneTerms its) {
    statements.watch(tx, its, tx.now());
  }

  /** Stored as intent, if a read is due. */
  Optional<LaneStep> due(Transaction tx, LaneTerms its, long epoch, Instant now) {
    Optional<Questions.Waiting> next = next(tx, its.practice(), now);
    Optional<Instant> quiet =
        next.filter(waiting -> waiting.question().path().equals(Questions.STATEMENTS))
            .flatMap(any -> its.quiet().until(now));
    quiet.ifPresent(until -> statements.waits(tx, its.practice(), until));
    return (quiet.isPresent() ? next(tx, its.practice(), now) : next)
        .map(waiting -> begin(tx, its, waiting.question(), epoch, now));
  }

  /** What was asked for while its list was on, and is off now, is held. */
  private Optional<Questions.Waiting> next(Transaction tx, String practice, Instant now) {
    Optional<Questions.Waiting> next = questions.next(tx, practice, now);
    if (next.isEmpty()) {
      return next;
    }
    JsonNode lists = lists(rows.lane(tx, practice).capabilities());
    while (next.filter(waiting -> isOff(lists.path(waiting.question().feed()))).isPresent()) {
      questions.hold(tx, practice, next.get().question().feed());
      next = questions.next(tx, practice, now);
    }
    return next;
  }

  /** What the practice says now that it permits goes on. */
  void permitted(Transaction tx, String practice, JsonNode capabilities, Instant now) {
    Set<String> on =
        lists(capabilities).properties().stream()
            .filter(list -> !isOff(list.getValue()))
            .map(Map.Entry::getKey)
            .collect(Collectors.toSet());
    questions.permit(tx, practice, on, now);
  }

  private static JsonNode lists(JsonNode capabilities) {
    return capabilities.path("capture");
  }

  /** One of which nothing is said is on. */
  private static boolean isOff(JsonNode list) {
    return list.has("on") && !list.path("on").asBoolean();
  }

  /** Before what became of it is noted: it counts in what the office grants. */
  void ended(Transaction tx, LaneTerms its, LaneStep step, boolean answered, Instant now) {
    Instant begun = rows.call(tx, step.callId()).orElseThrow().intentAt();
    statements.ended(tx, its, step.request(), Duration.between(begun, now), answered, now);
  }

  void answered(Transaction tx, LaneStep step, int status, JsonNode body, Instant now) {
    rows.outcome(tx, step.callId(), CallState.ANSWERED, status, MissingNode.getInstance(), 0, now);
    questions.answer(tx, step.practice(), feed(step), status, body, now);
  }

  /**
   * Whether a read that the API refused is one of many and the next is better asked: one for a
   * single patient, at once if the API says why, else when it failed before.
   */
  boolean passesOver(Transaction tx, LaneStep step, boolean understood) {
    return questions
        .triedForOne(tx, step.practice(), feed(step))
        .filter(before -> understood || before != 0)
        .isPresent();
  }

  void putOff(Transaction tx, LaneStep step, int status, Instant now, Instant until) {
    rows.outcome(tx, step.callId(), CallState.ABANDONED, status, MissingNode.getInstance(), 0, now);
    questions.putOff(tx, step.practice(), feed(step), status, until);
  }

  /** As {@link #putOff}, of what this office does not tell. */
  void refused(Transaction tx, LaneStep step, int status, Instant now, Instant until) {
    rows.outcome(tx, step.callId(), CallState.ABANDONED, status, MissingNode.getInstance(), 0, now);
    questions.refused(tx, step.practice(), feed(step), status, until);
  }

  static boolean is(LaneStep step) {
    return step.purpose().equals(Purpose.CAPTURE.text());
  }

  static String feed(LaneStep step) {
    return step.request().name().substring(WORK.length());
  }

  /** What the calls of a feed's reads are filed under. */
  static String work(String practice, String feed) {
    return WORK + practice + ":" + feed;
  }

  private static ApiRequest request(Questions.Question question) {
    Map<String, String> query = new LinkedHashMap<>(question.query());
    Optional<String> sql = Optional.ofNullable(query.remove(Questions.Question.SQL));
    String name = WORK + question.feed();
    return sql.map(
            statement ->
                new ApiRequest(
                    name,
                    "PUT",
                    question.path(),
                    question.path(),
                    query,
                    JsonNodeFactory.instance.objectNode().put(Questions.Question.SQL, statement)))
        .orElseGet(() -> ApiRequest.read(name, question.path(), question.path(), query));
  }

  private LaneStep begin(
      Transaction tx, LaneTerms its, Questions.Question question, long epoch, Instant now) {
    String id = work(its.practice(), question.feed());
    // One call row a feed is enough: what was read is told by the records, and a poll a second
    // would
    // fill the store with rows of polls that found nothing.
    tx.sql("delete from call where work_id = :work and state <> 'intent'")
        .param("work", id)
        .update();
    tx.sql("update lane set since_capture = 0 where practice = :practice")
        .param("practice", its.practice())
        .update();
    ApiRequest request = request(question);
    Work work =
        new Work(id, its.practice(), 0, "", "", "capture", "", "", 0, 0, MissingNode.getInstance());
    String callId =
        rows.intent(
            tx, work, 0, Purpose.CAPTURE, "", request, MissingNode.getInstance(), epoch, now);
    return new LaneStep(
        Purpose.CAPTURE.text(),
        its.practice(),
        epoch,
        callId,
        request,
        System.nanoTime() + its.margin().toNanos());
  }
}
