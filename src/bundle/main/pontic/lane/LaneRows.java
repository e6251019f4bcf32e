package pontic.lane;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import pontic.store.StoredJson;
import pontic.store.Transaction;
import pontic.store.Vault;
import pontic.tally.Tally;

/** Rows of lane, work and call. */
final class LaneRows {
  private static final String COUNTED =
      "select practice, '' as destination, name, state as outcome, %s as millis from call where id = :id";

  /** Numbers of a message keep the digits that they came with. */
  private static final ObjectMapper JSON =
      JsonMapper.builder(JsonFactory.builder().streamReadConstraints(StoredJson.BOUNDS).build())
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .build();

  /** Of a longer row the rest is folded later. */
  private static final int FOLDED_AT_ONCE = 50;

  private static final int WRITES_THAT_MAY_FLIP = 50;

  /** Two whole exams of the same patient, each of some two hundred writes, and more. */
  private static final int SEEN_AT_MOST = 500;

  /** A write that began so long before a message came may have taken effect after it. */
  private static final Duration WRITING = Duration.ofMinutes(3);

  /** Characters of a text in an answer that some plan may read; a file's bytes are longer. */
  private static final int LONGEST_TEXT = 100_000;

  private final Vault vault;
  private final WorkFiles files;
  private final Turns turns = new Turns(this::work);

  LaneRows(Vault vault) {
    this.vault = vault;
    this.files = new WorkFiles(vault);
  }

  /**
   * @param capabilities missing until the practice was asked
   */
  record LaneRow(
      String practice,
      Instant nextAt,
      String state,
      int failures,
      Instant lastOkAt,
      JsonNode capabilities,
      Instant capabilitiesAt) {
    /** False until the practice has said what it is, and while it does not answer. */
    boolean serves() {
      return !capabilities.isMissingNode() && !state.equals("offline") && !state.equals("refused");
    }
  }

  LaneRow lane(Transaction tx, String practice) {
    tx.sql(
            """
            insert into lane (practice, next_at, state, reason, failures, last_ok_at, capabilities, capabilities_at)
            values (:practice, 0, 'unknown', 'not asked yet', 0, 0, '', 0) on conflict (practice) do nothing
            """)
        .param("practice", practice)
        .update();
    return tx.sql(
            """
            select practice, next_at, state, failures, last_ok_at, capabilities, capabilities_at from lane
            where practice = :practice
            """)
        .param("practice", practice)
        .query(
            (row, n) ->
                new LaneRow(
                    row.getString("practice"),
                    Instant.ofEpochMilli(row.getLong("next_at")),
                    row.getString("state"),
                    row.getInt("failures"),
                    Instant.ofEpochMilli(row.getLong("last_ok_at")),
                    parse(row.getString("capabilities")),
                    Instant.ofEpochMilli(row.getLong("capabilities_at"))))
        .single();
  }

  /**
   * A practice that has said what it is and answers.
   *
   * @param ownLogAt when its log was last asked about; the epoch if it never was
   */
  record Serving(String practice, Instant capabilitiesAt, Instant ownLogAt) {}

  List<Serving> serving(Transaction tx) {
    return tx.sql(
            """
            select practice, capabilities_at, own_log_at from lane
            where capabilities <> '' and state not in ('offline', 'refused')
            """)
        .query(
            (row, n) ->
                new Serving(
                    row.getString("practice"),
                    Instant.ofEpochMilli(row.getLong("capabilities_at")),
                    Instant.ofEpochMilli(row.getLong("own_log_at"))))
        .list();
  }

  void next(Transaction tx, String practice, Instant at) {
    tx.sql("update lane set next_at = :at where practice = :practice and next_at < :at")
        .param("at", at.toEpochMilli())
        .param("practice", practice)
        .update();
  }

  void laneState(
      Transaction tx,
      String practice,
      String state,
      String reason,
      int failures,
      Instant lastOkAt) {
    tx.sql(
            """
            update lane set state = :state, reason = :reason, failures = :failures, last_ok_at = :ok where practice = :practice
            """)
        .param("state", state)
        .param("reason", reason)
        .param("failures", failures)
        .param("ok", lastOkAt.toEpochMilli())
        .param("practice", practice)
        .update();
  }

  void capabilities(Transaction tx, String practice, JsonNode capabilities, Instant now) {
    tx.sql(
            "update lane set capabilities = :capabilities, capabilities_at = :now where practice = :practice")
        .param("capabilities", capabilities.toString())
        .param("now", now.toEpochMilli())
        .param("practice", practice)
        .update();
  }

  void capabilitiesStale(Transaction tx, String practice) {
    tx.sql("update lane set capabilities_at = 0 where practice = :practice")
        .param("practice", practice)
        .update();
  }

  /** What the last look at the practice's subscriptions left; an empty object before the first. */
  JsonNode hints(Transaction tx, String practice) {
    return tx.sql("select hints from lane where practice = :practice")
        .param("practice", practice)
        .query(String.class)
        .optional()
        .filter(text -> !text.isEmpty())
        .map(LaneRows::parse)
        .orElseGet(JSON::createObjectNode);
  }

  void hints(Transaction tx, String practice, JsonNode hints) {
    tx.sql("update lane set hints = :hints where practice = :practice")
        .param("hints", hints.toString())
        .param("practice", practice)
        .update();
  }

  /** Requests that a lost life began and whose end nobody stored. */
  List<LostCall> lost(Transaction tx, String practice, long epoch) {
    return tx.sql(
            """
            select id, work_id, purpose, intent_at from call
            where practice = :practice and state = 'intent' and epoch < :epoch
            """)
        .param("practice", practice)
        .param("epoch", epoch)
        .query(
            (row, n) ->
                new LostCall(
                    row.getString("id"),
                    row.getString("work_id"),
                    Purpose.of(row.getString("purpose")),
                    Instant.ofEpochMilli(row.getLong("intent_at"))))
        .list();
  }

  record LostCall(String id, String workId, Purpose purpose, Instant intentAt) {}

  /**
   * Whose turn it is.
   *
   * @param serves false: nothing but the question what the practice is and allows
   */
  Optional<Work> head(Transaction tx, String practice, Instant now, boolean serves) {
    return turns.next(tx, practice, now, serves);
  }

  /** Whether anything was asked for it, or it is to be played by itself. */
  boolean begun(Transaction tx, Work work) {
    return tx.sql(
                """
                select count(*) from work w where w.id = :id
                  and (w.alone = 1 or exists (select 1 from call c where c.work_id = w.id))
                """)
            .param("id", work.id())
            .query(Long.class)
            .single()
        > 0;
  }

  /**
   * This work and what waits behind it of the same person and sender, in order, as far as nothing
   * of it was begun and nobody else's lies between; empty if it was begun itself. Whoever sent a
   * message to the façade waits for its own answer, so none of those stands in another.
   */
  List<Work> unbegun(Transaction tx, Work head) {
    List<Work> row = new ArrayList<>();
    for (Waiting next : waiting(tx, head)) {
      if (next.apart() || !next.work().sender().equals(head.sender())) {
        break;
      }
      row.add(next.work());
    }
    return row;
  }

  private record Waiting(Work work, boolean apart) {}

  private List<Waiting> waiting(Transaction tx, Work head) {
    return tx.sql(
            """
            select w.*, case when w.alone = 1 or w.waits_for <> ''
              or exists (select 1 from call c where c.work_id = w.id)
              or not exists (select 1 from message m where m.id = w.message_id and m.route = 'accept-hl7')
              then 1 else 0 end as apart
            from work w
            where w.practice = :practice and w.person_id = :person and w.state = 'waiting' and w.seq >= :seq
            order by w.seq limit :most
            """)
        .param("practice", head.practice())
        .param("person", head.personId())
        .param("seq", head.seq())
        .param("most", FOLDED_AT_ONCE)
        .query((row, n) -> new Waiting(work(row, n), row.getInt("apart") == 1))
        .list();
  }

  /** What this work stands for, oldest first. */
  List<Work> folded(Transaction tx, String workId) {
    return tx.sql(
            "select * from work where folded_into = :id and folded_into <> '' and state = 'folded' order by seq")
        .param("id", workId)
        .query(this::work)
        .list();
  }

  /**
   * The newer one stands for the older from now on, and for what that stood for; it is as urgent.
   */
  void fold(Transaction tx, Work older, Work newer) {
    tx.sql(
            "update work set urgent = 1 where id = :newer and exists (select 1 from work o where o.id = :older and o.urgent = 1)")
        .param("newer", newer.id())
        .param("older", older.id())
        .update();
    tx.sql(
            "update work set state = 'folded', folded_into = :newer where id = :older or (folded_into = :older and folded_into <> '')")
        .param("newer", newer.id())
        .param("older", older.id())
        .update();
  }

  /** Each by itself again, and from the beginning: also what the API refused of them together. */
  void unfold(Transaction tx, String workId, Instant now) {
    int apart =
        tx.sql(
                """
                update work set state = 'waiting', folded_into = '', alone = 1, due_at = :now, rank = 1
                where folded_into = :id and folded_into <> '' and state = 'folded'
                """)
            .param("now", now.toEpochMilli())
            .param("id", workId)
            .update();
    if (apart > 0) {
      tx.sql("update work set alone = 1, cycle = cycle + 1, rank = 1 where id = :id")
          .param("id", workId)
          .update();
      tx.sql("update call set state = 'abandoned' where work_id = :id and state = 'refused'")
          .param("id", workId)
          .update();
    }
  }

  Optional<Work> work(Transaction tx, String id) {
    return tx.sql("select * from work where id = :id and state = 'waiting'")
        .param("id", id)
        .query(this::work)
        .optional();
  }

  void due(Transaction tx, String workId, Instant at, int rank) {
    tx.sql("update work set due_at = :at, rank = :rank where id = :id and state = 'waiting'")
        .param("at", at.toEpochMilli())
        .param("rank", rank)
        .param("id", workId)
        .update();
  }

  /**
   * It goes on when nothing more urgent is to be done; what else is said of the patient need not
   * wait for its end, since the patient's own part of it is done.
   */
  void yields(Transaction tx, String workId, Instant now) {
    tx.sql(
            """
            update work set due_at = :now, rank = 2, yielded = 0, holds = 'chart' where id = :id and state = 'waiting'
            """)
        .param("now", now.toEpochMilli())
        .param("id", workId)
        .update();
  }

  /**
   * It waits until the practice allows this write, and no shorter than until {@code earliest}.
   *
   * @param ofChart whether it is a row of a chart: then what else is said of the patient goes on
   *     (decision 0291)
   */
  void waitsFor(Transaction tx, Work work, String write, Instant earliest, boolean ofChart) {
    tx.sql(
            "update work set waits_for = :write, due_at = :due, rank = 1, holds = :holds where id = :id")
        .param("write", write)
        .param("holds", ofChart ? "chart" : "all")
        .param("due", earliest.toEpochMilli())
        .param("id", work.id())
        .update();
  }

  /** The practice allows this write: what waited for it is planned again, from fresh reads. */
  void allowed(Transaction tx, String practice, String write) {
    tx.sql(
            """
            update work set waits_for = '', cycle = cycle + 1, holds = 'all'
            where practice = :practice and state = 'waiting' and waits_for = :write
            """)
        .param("practice", practice)
        .param("write", write)
        .update();
  }

  void newCycle(Transaction tx, Work work) {
    tx.sql("update work set cycle = cycle + 1 where id = :id").param("id", work.id()).update();
  }

  void attempted(Transaction tx, Work work) {
    tx.sql("update work set attempts = attempts + 1 where id = :id")
        .param("id", work.id())
        .update();
  }

  /**
   * A late look for a double was in vain.
   *
   * @return how many were, with this one
   */
  int looked(Transaction tx, Work work) {
    return tx.sql("update work set looks = looks + 1 where id = :id returning looks")
        .param("id", work.id())
        .query(Integer.class)
        .single();
  }

  void end(Transaction tx, Work work, String state) {
    tx.sql("update work set state = :state where id = :id")
        .param("state", state)
        .param("id", work.id())
        .update();
    if (state.equals("done")) {
      HalfWritten.ended(tx, work.id());
      WorkFiles.forget(tx, work.id());
    }
  }

  /** The parked work of a message. */
  Optional<Work> parked(Transaction tx, String messageId) {
    return tx.sql("select * from work where message_id = :message and state = 'parked' limit 1")
        .param("message", messageId)
        .query(this::work)
        .optional();
  }

  /** Work of a person that has not ended. */
  List<Work> open(Transaction tx, String practice, String personId) {
    return tx.sql(
            """
            select * from work where practice = :practice and person_id = :person and state in ('waiting', 'parked') order by seq
            """)
        .param("practice", practice)
        .param("person", personId)
        .query(this::work)
        .list();
  }

  /**
   * The newest message before another that has not ended and may make this person, or this booking
   * of his.
   *
   * @param bookingId "" for the person
   * @param before place of the other among the practice's messages
   */
  Optional<Maker> maker(
      Transaction tx, String practice, String personId, String bookingId, long before) {
    return tx.sql(
            """
            select message_id, state from work
            where practice = :practice and person_id = :person and state in ('waiting', 'parked', 'folded') and seq < :before
              and event not in ('chart', 'known', 'cancel') and message_id <> ''
              and (:booking = '' or booking_id = :booking)
            order by seq desc limit 1
            """)
        .param("practice", practice)
        .param("person", personId)
        .param("booking", bookingId)
        .param("before", before)
        .query(
            (row, n) ->
                new Maker(row.getString("message_id"), row.getString("state").equals("parked")))
        .optional();
  }

  record Maker(String messageId, boolean parked) {}

  /**
   * There is no such work: nothing of it was written, and its message is read again. Its attempts
   * stand, so that even one that always ended here would end.
   */
  void readAgain(Transaction tx, Work work) {
    forget(tx, work);
    tx.sql("update message set state = 'accepted' where id = :id")
        .param("id", work.messageId())
        .update();
  }

  /** A message that has no work is read as if it had just come: with all its attempts. */
  void readAnew(Transaction tx, String messageId) {
    tx.sql("update message set state = 'accepted', attempts = 0 where id = :id")
        .param("id", messageId)
        .update();
  }

  /** It is about this person, and so is its booking if Open Dental does not have it yet. */
  void meant(Transaction tx, Work work, String personId) {
    unfold(tx, work.id(), tx.now());
    tx.sql("update work set person_id = :person, cycle = cycle + 1 where id = :id")
        .param("person", personId)
        .param("id", work.id())
        .update();
    tx.sql(
            "update booking set person_id = :person where practice = :practice and id = :id and apt_num = 0")
        .param("person", personId)
        .param("practice", work.practice())
        .param("id", work.bookingId())
        .update();
  }

  /** The work of a message that has not ended, whatever it waits for. */
  Optional<Work> unended(Transaction tx, String messageId) {
    return tx.sql(
            "select * from work where message_id = :message and state in ('waiting', 'parked', 'folded') limit 1")
        .param("message", messageId)
        .query(this::work)
        .optional();
  }

  /** The work that stands for another that was folded. */
  Optional<Work> standsFor(Transaction tx, Work folded) {
    return tx.sql(
            "select w.* from work w join work f on f.folded_into = w.id where f.id = :id and f.state = 'folded'")
        .param("id", folded.id())
        .query(this::work)
        .optional();
  }

  /** Its message is read anew and becomes work again: nothing is left of this one. */
  void forget(Transaction tx, Work work) {
    WorkFiles.forget(tx, work.id());
    tx.sql("delete from call where work_id = :id").param("id", work.id()).update();
    tx.sql("delete from work where id = :id").param("id", work.id()).update();
  }

  /** Whether a write of it may have taken effect. */
  boolean hasBegun(Transaction tx, Work work) {
    return calls(tx, work.id()).stream()
        .anyMatch(
            call ->
                call.purpose() == Purpose.CALL
                    && call.state() != CallState.REFUSED
                    && call.state() != CallState.NOT_LANDED
                    && call.state() != CallState.ABANDONED);
  }

  /** Whether a request of it is on its way. */
  boolean isAsking(Transaction tx, Work work) {
    return calls(tx, work.id()).stream().anyMatch(call -> call.state() == CallState.INTENT);
  }

  boolean hasWork(Transaction tx, String messageId) {
    return tx.sql("select count(*) from work where message_id = :message")
            .param("message", messageId)
            .query(Long.class)
            .single()
        > 0;
  }

  /** True if no other message has spoken of its person. */
  boolean isOnlyWorkOf(Transaction tx, Work work) {
    return tx.sql(
                "select count(*) from work where practice = :practice and person_id = :person and id <> :id")
            .param("practice", work.practice())
            .param("person", work.personId())
            .param("id", work.id())
            .query(Long.class)
            .single()
        == 0;
  }

  void reopen(Transaction tx, Work work, Instant due) {
    if (HalfWritten.is(tx, work)) {
      // Whoever looked into it lets it try again what was refused.
      tx.sql("update call set state = 'abandoned' where work_id = :id and state = 'refused'")
          .param("id", work.id())
          .update();
    }
    tx.sql(
            """
            update work set state = 'waiting', due_at = :due, rank = 1, cycle = cycle + 1, attempts = 0, waits_for = '', holds = 'all'
            where id = :id
            """)
        .param("due", due.toEpochMilli())
        .param("id", work.id())
        .update();
  }

  /** Later work of the same person that can no longer be served in order. */
  List<Work> behind(Transaction tx, Work work) {
    return tx.sql(
            """
            select * from work where practice = :practice and person_id = :person and state = 'waiting' and seq > :seq
            order by seq
            """)
        .param("practice", work.practice())
        .param("person", work.personId())
        .param("seq", work.seq())
        .query(this::work)
        .list();
  }

  /** Puts the question what the practice is and allows, unless it waits already. */
  void connect(Transaction tx, String practice) {
    if (!hasOwn(tx, practice, Work.CONNECT)) {
      own(tx, practice, Work.CONNECT, tx.now(), JSON.createObjectNode());
    }
  }

  /**
   * Puts the question which events the practice sends, unless it waits already. Each address that
   * was ever wanted is remembered until nothing of ours sends there.
   *
   * @param url where events are wanted now; blank if not known
   */
  void subscribe(Transaction tx, String practice, String url) {
    JsonNode before = hints(tx, practice);
    Set<String> urls = new TreeSet<>();
    before.path("urls").forEach(known -> urls.add(known.asText()));
    if (!url.isEmpty()) {
      urls.add(url);
    }
    if (urls.isEmpty() || hasOwn(tx, practice, Work.SUBSCRIBE)) {
      return;
    }
    ObjectNode next = before.deepCopy();
    urls.forEach(next.putArray("urls")::add);
    hints(tx, practice, next);
    ObjectNode body = JSON.createObjectNode();
    body.set("urls", next.path("urls"));
    own(tx, practice, Work.SUBSCRIBE, tx.now(), body);
  }

  /** The practice's own questions go before messages. */
  void own(Transaction tx, String practice, String event, Instant due, JsonNode body) {
    Work work = new Work("w-" + UUID.randomUUID(), practice, 0, "", "", event, "", "", 0, 0, body);
    insert(tx, work, true, due);
  }

  /** A late look what became of a write; it goes after the messages that are here by now. */
  void watch(Transaction tx, String practice, String callId, Instant due, JsonNode body) {
    long seq = newest(tx, practice);
    Work work = new Work(late(callId), practice, seq, "", "", Work.WATCH, "", "", 0, 0, body);
    insert(tx, work, seq == 0, due);
  }

  /** Another look is made instead of this one, which was not made yet. */
  void unwatch(Transaction tx, String callId) {
    work(tx, late(callId)).ifPresent(work -> forget(tx, work));
  }

  private static String late(String callId) {
    return "w-" + callId;
  }

  /**
   * Those of these rows that no message has: none was answered with the key, or found it. A patient
   * whom another message found counts all the same if this one is of somebody else by now.
   *
   * @param look what it looked for
   * @param column that the keys stand in
   */
  List<Long> nobodys(Transaction tx, Work look, String column, List<Long> keys) {
    return keys.stream()
        .filter(
            key ->
                tx.sql(
                            """
                            select (select count(*) from call c where c.practice = :practice and c.purpose = 'call'
                                and c.intent_at >= :since and c.state = 'landed' and c.name = :write and c.result_key = :key)
                              + (select count(*) from booking b where :column = 'AptNum' and b.practice = :practice and b.apt_num = :key)
                              + (select count(*) from person p where :column = 'PatNum' and p.practice = :practice and p.pat_num = :key
                                and not exists (select 1 from work w join person m on m.practice = w.practice and m.id = w.person_id
                                  where w.message_id = :message and m.pat_num not in (0, :key)))
                            """)
                        .param("practice", look.practice())
                        .param("since", look.bundle().path("since").asLong())
                        .param("write", look.bundle().path("write").asText())
                        .param("key", key)
                        .param("column", column)
                        .param("message", look.bundle().path("messageId").asText())
                        .query(Long.class)
                        .single()
                    == 0)
        .toList();
  }

  private static long newest(Transaction tx, String practice) {
    return tx.sql("select coalesce(max(seq), 0) from message where practice = :practice")
        .param("practice", practice)
        .query(Long.class)
        .single();
  }

  private static boolean hasOwn(Transaction tx, String practice, String event) {
    return tx.sql(
                "select count(*) from work where practice = :practice and event = :event and state = 'waiting'")
            .param("practice", practice)
            .param("event", event)
            .query(Long.class)
            .single()
        > 0;
  }

  /**
   * @param urgent whether it goes before what is not
   */
  void insert(Transaction tx, Work work, boolean urgent, Instant due) {
    tx.sql(
            """
            insert into work (id, practice, seq, message_id, sender, event, person_id, booking_id, state, due_at, rank, cycle,
              attempts, body, urgent)
            values (:id, :practice, :seq, :message, :sender, :event, :person, :booking, 'waiting', :due, 1, 0, 0, :body, :urgent)
            """)
        .param("urgent", urgent ? 1 : 0)
        .param("id", work.id())
        .param("practice", work.practice())
        .param("seq", work.seq())
        .param("message", work.messageId())
        .param("sender", work.sender())
        .param("event", work.event())
        .param("person", work.personId())
        .param("booking", work.bookingId())
        .param("due", due.toEpochMilli())
        .param("body", seal("work", work.id(), files.keep(tx, work.id(), work.bundle())))
        .update();
  }

  List<Asked> calls(Transaction tx, String workId) {
    return tx.sql("select * from call where work_id = :work order by ordinal")
        .param("work", workId)
        .query(this::asked)
        .list();
  }

  /** Landed writes of other messages about the same person, the newest first. */
  List<Asked> earlier(Transaction tx, Work work, Instant since) {
    return ofOthers(
        tx, work, since, "c.purpose = 'call' and c.state = 'landed'", WRITES_THAT_MAY_FLIP);
  }

  /** Since when a message and those that it stands for have waited, and what was seen meanwhile. */
  Waited waited(Transaction tx, Work work, List<Work> folded) {
    List<Long> places = new ArrayList<>();
    places.add(work.seq());
    folded.forEach(older -> places.add(older.seq()));
    Map<Long, Instant> accepted = new LinkedHashMap<>();
    tx.sql("select seq, accepted_at from message where practice = :practice and seq in (:places)")
        .param("practice", work.practice())
        .param("places", places)
        .query(
            row -> {
              accepted.put(row.getLong("seq"), Instant.ofEpochMilli(row.getLong("accepted_at")));
            });
    Optional<Instant> first = accepted.values().stream().min(Comparator.naturalOrder());
    return new Waited(
        accepted, first.map(at -> seen(tx, work, at.minus(WRITING))).orElse(List.of()));
  }

  private List<Asked> seen(Transaction tx, Work work, Instant since) {
    return ofOthers(
        tx,
        work,
        since,
        """
        (c.purpose = 'call' and c.state not in ('refused', 'not-landed')
          or c.purpose = 'plan' and c.state = 'answered' and c.status = 200 and c.path like '%}')
        """,
        SEEN_AT_MOST);
  }

  /** Requests of other messages about the same person, the newest first. */
  private List<Asked> ofOthers(Transaction tx, Work work, Instant since, String which, int most) {
    return tx.sql(
            """
            select c.* from work w join call c on c.work_id = w.id
            where w.practice = :practice and w.person_id = :person and w.person_id <> '' and w.id <> :work
              and c.intent_at >= :since and
            """
                + which
                + " order by c.intent_at desc limit :most")
        .param("practice", work.practice())
        .param("person", work.personId())
        .param("work", work.id())
        .param("since", since.toEpochMilli())
        .param("most", most)
        .query(this::asked)
        .list();
  }

  Optional<Asked> call(Transaction tx, String id) {
    return tx.sql("select * from call where id = :id")
        .param("id", id)
        .query(this::asked)
        .optional();
  }

  String intent(
      Transaction tx,
      Work work,
      int cycle,
      Purpose purpose,
      String parent,
      ApiRequest request,
      JsonNode baseline,
      long epoch,
      Instant now) {
    String id = "c-" + UUID.randomUUID();
    ObjectNode content = JSON.createObjectNode().put("path", request.path());
    ObjectNode query = content.putObject("query");
    request.query().forEach(query::put);
    if (!request.body().isMissingNode()) {
      content.set("body", request.body());
    }
    if (!baseline.isMissingNode()) {
      content.set("baseline", baseline);
    }
    tx.sql(
            """
            insert into call (id, practice, work_id, cycle, ordinal, purpose, name, parent_id, method, path, request, state, epoch,
              intent_at, outcome_at, status, answer, result_key, settled, pat_num)
            values (:id, :practice, :work, :cycle, (select count(*) from call where work_id = :work), :purpose, :name, :parent,
              :method, :path, :request, 'intent', :epoch, :now, 0, 0, '', 0, '',
              coalesce((select pat_num from person where practice = :practice and id = :person), 0))
            """)
        .param("id", id)
        .param("practice", work.practice())
        .param("work", work.id())
        .param("person", work.personId())
        .param("cycle", cycle)
        .param("purpose", purpose.text())
        .param("name", request.name())
        .param("parent", parent)
        .param("method", request.method())
        .param("path", request.template())
        .param("request", seal("call", id, content))
        .param("epoch", epoch)
        .param("now", now.toEpochMilli())
        .update();
    return id;
  }

  void outcome(
      Transaction tx,
      String callId,
      CallState state,
      int status,
      JsonNode answer,
      long key,
      Instant now) {
    tx.sql(
            """
            update call set state = :state, status = :status, answer = :answer, result_key = :key, outcome_at = :now where id = :id
            """)
        .param("state", state.text())
        .param("status", status)
        .param(
            "answer",
            answer.isMissingNode() ? "" : seal("call-answer", callId, withoutFiles(answer)))
        .param("key", key)
        .param("now", now.toEpochMilli())
        .param("id", callId)
        .update();
    Tally.count(
        tx, Tally.What.CALL, COUNTED.formatted("outcome_at - intent_at"), Map.of("id", callId));
  }

  /**
   * Requests of writes whose end is open, of work that goes on by itself; a row that was made and
   * has no key yet is looked for by its work.
   */
  List<ApiRequest> unclear(
      Transaction tx, String practice, Collection<String> senders, Instant before) {
    return tx
        .sql(
            """
            select c.* from work w cross join call c
            where w.practice = :practice and w.state = 'waiting' and w.sender in (:senders)
              and c.work_id = w.id and c.purpose = 'call' and c.intent_at <= :before
              and (c.state in ('intent', 'unknown') or (c.state = 'landed' and c.result_key = 0 and c.name like '%.post'))
            """)
        .param("practice", practice)
        .param("before", before.toEpochMilli())
        .param("senders", senders)
        .query(this::asked)
        .list()
        .stream()
        .map(Asked::request)
        .toList();
  }

  void settled(Transaction tx, String callId, CallState state, long key, String evidence) {
    tx.sql("update call set state = :state, result_key = :key, settled = :evidence where id = :id")
        .param("state", state.text())
        .param("key", key)
        .param("evidence", evidence)
        .param("id", callId)
        .update();
    Tally.count(
        tx,
        Tally.What.SETTLE,
        COUNTED.formatted(":now - intent_at") + " and purpose = 'call'",
        Map.of("id", callId, "now", tx.now().toEpochMilli()));
  }

  /** A write that was looked for and not found: what the API said each time was a no. */
  void refused(Transaction tx, String callId) {
    tx.sql("update call set state = :state where id = :id")
        .param("state", CallState.REFUSED.text())
        .param("id", callId)
        .update();
  }

  private Work work(ResultSet row, int n) throws SQLException {
    String id = row.getString("id");
    return new Work(
        id,
        row.getString("practice"),
        row.getLong("seq"),
        row.getString("message_id"),
        row.getString("sender"),
        row.getString("event"),
        row.getString("person_id"),
        row.getString("booking_id"),
        row.getInt("cycle"),
        row.getInt("attempts"),
        open("work", id, row.getString("body")));
  }

  private Asked asked(ResultSet row, int n) throws SQLException {
    String id = row.getString("id");
    JsonNode request = open("call", id, row.getString("request"));
    Map<String, String> query = new LinkedHashMap<>();
    request
        .path("query")
        .properties()
        .forEach(field -> query.put(field.getKey(), field.getValue().asText()));
    return new Asked(
        id,
        Purpose.of(row.getString("purpose")),
        row.getString("parent_id"),
        row.getInt("cycle"),
        row.getInt("ordinal"),
        CallState.of(row.getString("state")),
        Instant.ofEpochMilli(row.getLong("intent_at")),
        row.getInt("status"),
        new ApiRequest(
            row.getString("name"),
            row.getString("method"),
            row.getString("path"),
            request.path("path").asText(),
            query,
            request.path("body")),
        open("call-answer", id, row.getString("answer")),
        request.path("baseline"),
        row.getLong("result_key"),
        row.getString("settled"));
  }

  /** Lists of documents may show a file's bytes, which nothing is decided by. */
  private static JsonNode withoutFiles(JsonNode answer) {
    boolean isLong = false;
    for (JsonNode row : answer.isArray() ? answer : List.of(answer)) {
      for (JsonNode field : row) {
        isLong |= field.isTextual() && field.textValue().length() > LONGEST_TEXT;
      }
    }
    if (!isLong) {
      return answer;
    }
    JsonNode without = answer.deepCopy();
    for (JsonNode row : without.isArray() ? without : List.of(without)) {
      if (row instanceof ObjectNode object) {
        object
            .properties()
            .forEach(
                field -> {
                  if (field.getValue().isTextual()
                      && field.getValue().textValue().length() > LONGEST_TEXT) {
                    field.setValue(TextNode.valueOf(""));
                  }
                });
      }
    }
    return without;
  }

  private String seal(String table, String row, JsonNode body) {
    return vault.seal(table, row, body.toString().getBytes(StandardCharsets.UTF_8));
  }

  private JsonNode open(String table, String row, String sealed) {
    return sealed.isEmpty()
        ? MissingNode.getInstance()
        : parse(new String(vault.open(table, row, sealed), StandardCharsets.UTF_8));
  }

  private static JsonNode parse(String json) {
    if (json.isEmpty()) {
      return MissingNode.getInstance();
    }
    try {
      return JSON.readTree(json);
    } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
      throw new IllegalStateException("a body in the store is not JSON", e);
    }
  }
}
