package pontic.freshness;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pontic.audit.Audit;
import pontic.lane.Questions;
import pontic.practice.Destination;
import pontic.practice.Practice;
import pontic.practice.Settings;
import pontic.store.Store;
import pontic.store.Transaction;

/**
 * Compares how far practices and destinations are behind with their objectives. A breach is a row
 * from its beginning to its end, so that each is told once, by whichever process, over restarts.
 */
public final class Freshness {
  private static final Logger LOG = LoggerFactory.getLogger(Freshness.class);

  /** Whoever tells it and has not said so by then was killed, or failed. */
  private static final Duration TELLING = Duration.ofMinutes(1);

  /**
   * Not what waits for a person, nor what is not whole yet: that would hide for days that a
   * destination is away.
   */
  private static final String DUE =
      """
      select d.practice, d.destination, min(d.due_at) as since from due d
      where d.state = 'due' and (d.patient_key = 0 or not exists (select 1 from due p where p.practice = d.practice
        and p.destination = d.destination and p.patient_key = d.patient_key and p.state = 'parked'
        and (p.invalid = 0 or p.resource = 'Patient')))
        and not exists (select 1 from half_written h where h.practice = d.practice and h.patient_key = d.patient_key
          and h.resource = d.resource)
      group by d.practice, d.destination
      """;

  /** What a sender has not been told of the ends of its messages. */
  private static final String ANSWERS =
      """
      select practice, destination, min(ready_at) as since from answer where state = 'due' group by practice, destination
      """;

  /** Nor what waits until the practice allows it. */
  private static final String OPEN =
      """
      select m.practice, '' as destination, min(m.accepted_at) as since from message m
      where m.state <> 'ended' and not exists (select 1 from work w where w.message_id = m.id and w.waits_for <> '')
      group by m.practice
      """;

  private static final String READ =
      """
      select w.practice, '' as destination, min(w.stamp) as since from watermark w
      join feed f on f.practice = w.practice and f.feed = w.feed
      where f.state = 'on' and w.stamp > 0 and w.paging = 0 group by w.practice
      """;

  /** A list is owed from when it is due until its answer is made use of. */
  private static final String OWED =
      """
      select practice, feed, path, owed_at from question
      where state in ('asked', 'answered') and owed_at > 0 and owed_at <= :now
      """;

  private record Target(String practice, String destination) {}

  private final Store store;
  private final Audit audit;
  private final Settings settings;
  private final Function<String, Set<String>> lists;

  /**
   * @param lists names of what is read of a practice by its API
   */
  public Freshness(
      Store store, Audit audit, Settings settings, Function<String, Set<String>> lists) {
    this.store = store;
    this.audit = audit;
    this.settings = settings;
    this.lists = lists;
  }

  /** Of each practice, and of each destination for each practice that it serves. */
  public List<Stand> stands() {
    return store.read(this::stands);
  }

  private List<Stand> stands(Transaction tx) {
    Instant now = tx.now();
    Map<Target, Instant> due = since(tx, DUE);
    Map<Target, Instant> answers = since(tx, ANSWERS);
    Map<Target, Instant> open = since(tx, OPEN);
    Map<Target, Instant> read = since(tx, READ);
    Map<Target, Instant> owed = owed(tx, now);
    List<Stand> stands = new ArrayList<>();
    for (Practice practice : settings.practices()) {
      Target itself = new Target(practice.id(), "");
      Optional<Instant> readUpTo =
          Optional.ofNullable(read.get(itself)).filter(any -> isRead(practice, now));
      Stand reading =
          stand(itself, readUpTo, now, practice.freshness(), "its database was read up to ");
      Stand messages =
          stand(
              itself,
              Optional.ofNullable(open.get(itself)),
              now,
              practice.freshness(),
              "a message waits since ");
      Stand lists =
          stand(
              itself,
              Optional.ofNullable(owed.get(itself)).filter(any -> isReadByLists(practice)),
              now,
              practice.freshness(),
              "a list of its API is owed since ");
      stands.add(latest(messages, latest(lists, reading)));
      for (Destination destination : settings.destinations()) {
        if (destination.enabled() && destination.serves(practice.id())) {
          Target target = new Target(practice.id(), destination.id());
          Stand told =
              stand(
                  target,
                  Optional.ofNullable(due.get(target)),
                  now,
                  destination.freshness(),
                  "what is due waits since ");
          Stand answered =
              stand(
                  target,
                  Optional.ofNullable(answers.get(target)),
                  now,
                  destination.freshness(),
                  "the answer to a message of its own waits since ");
          stands.add(latest(answered, told));
        }
      }
    }
    return stands;
  }

  private static Stand latest(Stand one, Stand other) {
    return one.behind().compareTo(other.behind()) > 0 ? one : other;
  }

  /** Where the database is read, the lists only add to it. */
  private static boolean isReadByLists(Practice practice) {
    return practice.api().enabled() && !practice.database().enabled();
  }

  private Map<Target, Instant> owed(Transaction tx, Instant now) {
    Map<Target, Instant> owed = new HashMap<>();
    tx.sql(OWED)
        .param("now", now.toEpochMilli())
        .query(
            row -> {
              String practice = row.getString("practice");
              boolean isAsked =
                  !row.getString("path").equals(Questions.STATEMENTS)
                      || settings
                          .practice(practice)
                          .filter(each -> mayBeAsked(each, now))
                          .isPresent();
              // A list that is read no longer leaves its question behind.
              if (isAsked && lists.apply(practice).contains(row.getString("feed"))) {
                owed.merge(
                    new Target(practice, ""),
                    Instant.ofEpochMilli(row.getLong("owed_at")),
                    (one, other) -> one.isBefore(other) ? one : other);
              }
            });
    return owed;
  }

  private static Stand stand(
      Target target, Optional<Instant> since, Instant now, Duration objective, String words) {
    Duration behind =
        since
            .map(at -> Duration.between(at, now))
            .filter(age -> !age.isNegative())
            .orElse(Duration.ZERO);
    return new Stand(
        target.practice(),
        target.destination(),
        behind,
        objective,
        since.map(at -> words + at).orElse(""));
  }

  private static boolean isRead(Practice practice, Instant now) {
    return practice.database().enabled() && mayBeAsked(practice, now);
  }

  /** Not in quiet hours, nor until it could have caught up with them. */
  private static boolean mayBeAsked(Practice practice, Instant now) {
    ZoneId zone = practice.zone();
    return !practice.database().budget().isQuiet(now.atZone(zone).toLocalTime())
        && !practice
            .database()
            .budget()
            .isQuiet(now.minus(practice.freshness()).atZone(zone).toLocalTime());
  }

  private static Map<Target, Instant> since(Transaction tx, String sql) {
    Map<Target, Instant> since = new HashMap<>();
    tx.sql(sql)
        .query(
            row -> {
              since.put(
                  new Target(row.getString("practice"), row.getString("destination")),
                  Instant.ofEpochMilli(row.getLong("since")));
            });
    return since;
  }

  /**
   * Notes what has begun and what has ended since the last look.
   *
   * @return what has to be told now; {@link #told} says when that is done, otherwise it is returned
   *     again after a minute
   */
  public List<Alert> look() {
    List<Stand> stands = stands();
    List<Target> lasting = store.read(Freshness::lasting);
    for (Stand stand : stands) {
      Target target = new Target(stand.practice(), stand.destination());
      if (stand.isBreached() && !lasting.contains(target)) {
        store.write(tx -> begin(tx, stand));
      } else if (!stand.isBreached() && lasting.contains(target)) {
        store.write(tx -> end(tx, target, "has caught up"));
      }
    }
    for (Target target : lasting) {
      if (stands.stream()
          .noneMatch(stand -> target.equals(new Target(stand.practice(), stand.destination())))) {
        store.write(tx -> end(tx, target, "is no longer looked at"));
      }
    }
    return store.read(tx -> untold(tx, "select")).isEmpty()
        ? List.of()
        : store.write(tx -> untold(tx, "update"));
  }

  private static List<Target> lasting(Transaction tx) {
    return tx.sql("select practice, destination from breach where ended_at = 0")
        .query((row, number) -> new Target(row.getString(1), row.getString(2)))
        .list();
  }

  private int begin(Transaction tx, Stand stand) {
    int begun =
        tx.sql(
                """
                insert into breach (practice, destination, began_at, ended_at, reason, objective, told, telling_until)
                values (?, ?, ?, 0, ?, ?, 0, 0) on conflict do nothing
                """)
            .params(
                stand.practice(),
                stand.destination(),
                tx.now().toEpochMilli(),
                stand.reason(),
                stand.objective().toMillis())
            .update();
    if (begun > 0) {
      audit.record(tx, "freshness lost", stand.practice(), "pontic", stand.id());
      LOG.warn(
          "freshness: {} is behind its objective of {} s: {}. Pontic goes on by itself as soon as it can; ./pontic status tells what hinders it.",
          stand.id(),
          stand.objective().toSeconds(),
          stand.reason());
    }
    return begun;
  }

  private int end(Transaction tx, Target target, String how) {
    int ended =
        tx.sql(
                "update breach set ended_at = ? where practice = ? and destination = ? and ended_at = 0")
            .params(tx.now().toEpochMilli(), target.practice(), target.destination())
            .update();
    if (ended > 0) {
      Stand named =
          new Stand(target.practice(), target.destination(), Duration.ZERO, Duration.ZERO, "");
      audit.record(tx, "freshness regained", target.practice(), "pontic", named.id());
      LOG.info("freshness: {} {}", named.id(), how);
    }
    return ended;
  }

  private static final String UNTOLD =
      "telling_until <= :now and (told = 0 or (told = 1 and ended_at > 0))";

  /**
   * @param verb select to look, update to take what is found for oneself
   */
  private static List<Alert> untold(Transaction tx, String verb) {
    String columns = "practice, destination, began_at, ended_at, told, objective, reason";
    String sql =
        verb.equals("select")
            ? "select " + columns + " from breach where " + UNTOLD
            : "update breach set telling_until = :now + "
                + TELLING.toMillis()
                + " where "
                + UNTOLD
                + " returning "
                + columns;
    return tx.sql(sql)
        .param("now", tx.now().toEpochMilli())
        .query((row, number) -> alert(row))
        .list();
  }

  private static Alert alert(ResultSet row) throws SQLException {
    return new Alert(
        row.getString("practice"),
        row.getString("destination"),
        Instant.ofEpochMilli(row.getLong("began_at")),
        row.getInt("told") == 0 ? Instant.EPOCH : Instant.ofEpochMilli(row.getLong("ended_at")),
        Duration.ofMillis(row.getLong("objective")),
        row.getString("reason"));
  }

  /** It is not told again. */
  public void told(Alert alert) {
    store.write(
        tx ->
            tx.sql(
                    "update breach set told = ?, telling_until = 0 where practice = ? and destination = ? and began_at = ?")
                .params(
                    alert.ends() ? 2 : 1,
                    alert.practice(),
                    alert.destination(),
                    alert.began().toEpochMilli())
                .update());
  }
}
