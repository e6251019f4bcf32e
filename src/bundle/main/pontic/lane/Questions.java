package pontic.lane;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import pontic.store.Transaction;
import pontic.store.Vault;

/**
 * Reads that capture wants from a practice's lane, one per feed: asked, then answered, then
 * replaced by the next in the unit that makes records of the answer. So an answer is never lost and
 * never used twice.
 */
public final class Questions {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String TABLE = "question";

  /** Where the API takes statements (open-dental-api.md 2.29). */
  public static final String STATEMENTS = "/queries/ShortQuery";

  private final Vault vault;

  public Questions(Vault vault) {
    this.vault = vault;
  }

  /**
   * One read.
   *
   * @param path below the API's base; it has no keys
   * @param query stamps, offsets and limits; of a patient his key at most
   * @param run what the asker remembers from one read to the next; nothing of a patient
   */
  public record Question(
      String practice, String feed, String path, Map<String, String> query, JsonNode run) {
    /** Of the query's parts the one that is sent as a body: a statement that only reads. */
    public static final String SQL = "SqlCommand";
  }

  /**
   * A read with the API's answer.
   *
   * @param answeredAt by the store's clock
   */
  public record Answered(Question question, Instant answeredAt, JsonNode body) {}

  /**
   * Replaces the feed's question.
   *
   * @param due not before this
   */
  public void ask(Transaction tx, Question question, Instant due) {
    tx.sql(
            """
            insert into question (practice, feed, path, query, state, asked_at, owed_at, answered_at, status, answer, run, consumed)
            values (:practice, :feed, :path, :query, 'asked', :due, :due, 0, 0, '', :run, 0)
            on conflict (practice, feed) do update set path = excluded.path, query = excluded.query, state = 'asked',
              asked_at = excluded.asked_at, owed_at = excluded.owed_at, answered_at = 0, status = 0, answer = '',
              run = excluded.run,
              consumed = question.consumed + 1
            """)
        .param("practice", question.practice())
        .param("feed", question.feed())
        .param("path", question.path())
        .param("query", JSON.valueToTree(question.query()).toString())
        .param("due", due.toEpochMilli())
        .param("run", question.run().toString())
        .update();
  }

  /** The answer is made use of, and nothing is asked for now. */
  public void rest(Transaction tx, String practice, String feed, Instant until) {
    tx.sql(
            """
            update question set state = 'resting', asked_at = :until, answered_at = 0, status = 0, answer = '', run = '',
              consumed = consumed + 1
            where practice = :practice and feed = :feed
            """)
        .param("until", until.toEpochMilli())
        .param("practice", practice)
        .param("feed", feed)
        .update();
  }

  /**
   * What became of a feed's question.
   *
   * @param at when it was answered; else from when on the lane, or capture, may ask
   */
  public record Stand(boolean isAsked, boolean isAnswered, Instant at) {}

  /** Of all feeds of a practice, by feed. */
  public Map<String, Stand> stands(Transaction tx, String practice) {
    Map<String, Stand> stands = new HashMap<>();
    tx.sql("select feed, state, asked_at, answered_at from question where practice = ?")
        .param(practice)
        .query(
            row -> {
              boolean isAnswered = row.getString("state").equals("answered");
              stands.put(
                  row.getString("feed"),
                  new Stand(
                      row.getString("state").equals("asked"),
                      isAnswered,
                      Instant.ofEpochMilli(row.getLong(isAnswered ? "answered_at" : "asked_at"))));
            });
    return stands;
  }

  /** Whether the feed's question is asked or answered, or its next is not to be asked yet. */
  public boolean isOpen(Transaction tx, String practice, String feed) {
    return tx.sql(
                """
                select count(*) from question where practice = :practice and feed = :feed
                  and (state <> 'resting' or asked_at > :now)
                """)
            .param("practice", practice)
            .param("feed", feed)
            .param("now", tx.now().toEpochMilli())
            .query(Long.class)
            .single()
        > 0;
  }

  public Optional<Answered> answered(Transaction tx, String practice, String feed) {
    return tx.sql(
            """
            select * from question where practice = :practice and feed = :feed and state = 'answered'
            """)
        .param("practice", practice)
        .param("feed", feed)
        .query(this::answered)
        .optional();
  }

  /** Whether the last attempt at the feed's question got no answer that could be used. */
  public boolean isRefused(Transaction tx, String practice, String feed) {
    return tx.sql(
                "select count(*) from question where practice = ? and feed = ? and state = 'asked' and status <> 0")
            .params(practice, feed)
            .query(Long.class)
            .single()
        > 0;
  }

  /** What the asker of a feed's question remembers; empty if it was never asked. */
  public Optional<JsonNode> run(Transaction tx, String practice, String feed) {
    return tx.sql("select run from question where practice = ? and feed = ? and run <> ''")
        .params(practice, feed)
        .query(String.class)
        .optional()
        .map(Questions::parse);
  }

  /** Makes a question due that would be so later. */
  public void hurry(Transaction tx, String practice, String feed, Instant now) {
    tx.sql(
            """
            update question set asked_at = :now
            where practice = :practice and feed = :feed and state = 'asked' and asked_at > :now and status = 0
            """)
        .param("now", now.toEpochMilli())
        .param("practice", practice)
        .param("feed", feed)
        .update();
  }

  /**
   * Makes the feed's next read due now.
   *
   * @return whether it begins after this; not if one is under way, or failed and waits
   */
  public boolean isNext(Transaction tx, String practice, String feed, Instant now) {
    hurry(tx, practice, feed, now);
    return tx.sql(
                """
                select count(*) from question where practice = :practice and feed = :feed and state = 'asked'
                  and asked_at <= :now
                  and not exists (select 1 from call c where c.work_id = :work and c.state = 'intent')
                """)
            .param("practice", practice)
            .param("feed", feed)
            .param("now", now.toEpochMilli())
            .param("work", CaptureReads.work(practice, feed))
            .query(Long.class)
            .single()
        > 0;
  }

  /** Grows with every answer of these feeds that was made use of, whichever process did it. */
  public long consumed(Transaction tx, String practice, Collection<String> feeds) {
    return tx.sql(
            "select coalesce(sum(consumed), 0) from question where practice = :practice and feed in (:feeds)")
        .param("practice", practice)
        .param("feeds", feeds)
        .query(Long.class)
        .single();
  }

  /** The read that has waited longest, of those that are due and for which time is granted. */
  Optional<Waiting> next(Transaction tx, String practice, Instant now) {
    return tx.sql(
            """
            select * from question where practice = :practice and state = 'asked' and asked_at <= :now
              and (path <> :statements or not exists (select 1 from lane l where l.practice = :practice and l.statements_at > :now))
            order by asked_at, feed limit 1
            """)
        .param("practice", practice)
        .param("statements", STATEMENTS)
        .param("now", now.toEpochMilli())
        .query(
            (row, n) -> new Waiting(question(row), Instant.ofEpochMilli(row.getLong("asked_at"))))
        .optional();
  }

  /** A read that is due, and since when. */
  record Waiting(Question question, Instant since) {}

  /** What the practice does not permit is not asked, and not owed, until it is permitted. */
  void hold(Transaction tx, String practice, String feed) {
    tx.sql("update question set state = 'off' where practice = ? and feed = ? and state = 'asked'")
        .params(practice, feed)
        .update();
  }

  /** Of these feeds, what was held goes on now, where it was. */
  void permit(Transaction tx, String practice, Collection<String> feeds, Instant now) {
    if (feeds.isEmpty()) {
      return;
    }
    tx.sql(
            """
            update question set state = 'asked', asked_at = :now, owed_at = :now, status = 0
            where practice = :practice and feed in (:feeds) and state = 'off'
            """)
        .param("now", now.toEpochMilli())
        .param("practice", practice)
        .param("feeds", feeds)
        .update();
  }

  void answer(
      Transaction tx, String practice, String feed, int status, JsonNode body, Instant now) {
    tx.sql(
            """
            update question set state = 'answered', status = :status, answer = :answer, answered_at = :now
            where practice = :practice and feed = :feed and state = 'asked'
            """)
        .param("status", status)
        .param(
            "answer",
            vault.seal(
                TABLE, practice + "/" + feed, body.toString().getBytes(StandardCharsets.UTF_8)))
        .param("now", now.toEpochMilli())
        .param("practice", practice)
        .param("feed", feed)
        .update();
  }

  /** The answer is owed since it was asked for first. */
  void putOff(Transaction tx, String practice, String feed, int status, Instant until) {
    putOff(tx, practice, feed, status, until, "owed_at");
  }

  /** The office has answered that it does not answer this; until then it owes nothing. */
  void refused(Transaction tx, String practice, String feed, int status, Instant until) {
    putOff(tx, practice, feed, status, until, ":until");
  }

  private static void putOff(
      Transaction tx, String practice, String feed, int status, Instant until, String owed) {
    tx.sql(
            "update question set asked_at = :until, status = :status, owed_at = "
                + owed
                + " where practice = :practice and feed = :feed and state = 'asked'")
        .param("until", until.toEpochMilli())
        .param("status", status)
        .param("practice", practice)
        .param("feed", feed)
        .update();
  }

  /**
   * The status of the attempt before, 0 if there was none; empty unless one patient is asked for.
   */
  Optional<Integer> triedForOne(Transaction tx, String practice, String feed) {
    return tx.sql(
            "select * from question where practice = :practice and feed = :feed and state = 'asked'")
        .param("practice", practice)
        .param("feed", feed)
        .query(
            (row, n) ->
                question(row).run().path("patient").asLong() == 0 ? -1 : row.getInt("status"))
        .optional()
        .filter(status -> status >= 0);
  }

  private Answered answered(ResultSet row, int number) throws SQLException {
    Question question = question(row);
    return new Answered(
        question,
        Instant.ofEpochMilli(row.getLong("answered_at")),
        parse(
            new String(
                vault.open(
                    TABLE, question.practice() + "/" + question.feed(), row.getString("answer")),
                StandardCharsets.UTF_8)));
  }

  private static Question question(ResultSet row) throws SQLException {
    Map<String, String> query = new LinkedHashMap<>();
    parse(row.getString("query"))
        .properties()
        .forEach(part -> query.put(part.getKey(), part.getValue().asText()));
    return new Question(
        row.getString("practice"),
        row.getString("feed"),
        row.getString("path"),
        query,
        parse(row.getString("run")));
  }

  private static JsonNode parse(String json) {
    try {
      return json.isEmpty() ? MissingNode.getInstance() : JSON.readTree(json);
    } catch (JsonProcessingException e) {
      // Without the cause: its text quotes the answer.
      throw new IllegalStateException("a question in the store is not JSON");
    }
  }
}
