package pontic.lane;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pontic.store.Transaction;
import pontic.tally.Tally;

/**
 * Whether another installation writes with the same customer key (decisions 0227, 0343): the API
 * logs what our developer key did, and what this store did not do somebody else has done. In doubt
 * nothing is counted.
 */
final class OwnLog {
  private static final Logger LOG = LoggerFactory.getLogger(OwnLog.class);
  private static final Duration EVERY = Duration.ofHours(1);

  /** Requests act no later than so many limits, else they are doubles that nobody can foresee. */
  private static final int LIMITS = 10;

  private static final int NAMED = 5;

  private final LaneRows rows;

  OwnLog(LaneRows rows) {
    this.rows = rows;
  }

  /**
   * How far was looked.
   *
   * @param seen entries; -1 before the first look
   * @param newest number of the last of them
   * @param at when a look was last put
   * @param from when the last that reached the end of the log was put
   * @param to when that was over
   */
  private record Stand(long seen, long newest, Instant at, Instant from, Instant to) {}

  /** A write of ours, with the patients whom an entry of it may name. */
  private record Sent(
      String name, CallState state, Instant intentAt, Instant outcomeAt, Set<Long> patNums) {

    boolean isUnclear() {
      return state == CallState.INTENT || state == CallState.UNKNOWN;
    }

    boolean mayLeave(Decision.LogEntry entry, List<String> calls) {
      return patNums.contains(entry.patNum())
          && calls.stream().anyMatch(call -> LogRules.fits(call, name));
    }
  }

  private static Stand stand(Transaction tx, String practice) {
    return tx.sql(
            "select own_log_seen, own_log_newest, own_log_at, own_log_from, own_log_to from lane where practice = ?")
        .params(practice)
        .query(
            (row, n) ->
                new Stand(
                    row.getLong("own_log_seen"),
                    row.getLong("own_log_newest"),
                    Instant.ofEpochMilli(row.getLong("own_log_at")),
                    Instant.ofEpochMilli(row.getLong("own_log_from")),
                    Instant.ofEpochMilli(row.getLong("own_log_to"))))
        .single();
  }

  private static void stand(Transaction tx, String practice, Stand stand) {
    tx.sql(
            """
            update lane set own_log_seen = ?, own_log_newest = ?, own_log_at = ?, own_log_from = ?, own_log_to = ?
            where practice = ?
            """)
        .params(
            stand.seen(),
            stand.newest(),
            stand.at().toEpochMilli(),
            stand.from().toEpochMilli(),
            stand.to().toEpochMilli(),
            practice)
        .update();
  }

  private static void put(Transaction tx, String practice, Instant at) {
    tx.sql("update lane set own_log_at = ? where practice = ?")
        .params(at.toEpochMilli(), practice)
        .update();
  }

  /**
   * Whether a look is due where the lane serves.
   *
   * @param at when it last was
   */
  static boolean isDue(Instant at, LaneTerms its, Instant now) {
    return at.equals(Instant.EPOCH) || at.plus(its.scaled(EVERY)).isBefore(now);
  }

  /** Puts the question if an hour has passed, and the office keeps such a log. */
  void watch(Transaction tx, LaneTerms its) {
    LaneRows.LaneRow lane = rows.lane(tx, its.practice());
    Stand stand = stand(tx, its.practice());
    Instant now = tx.now();
    if (stand.at().equals(Instant.EPOCH)) {
      // Not in the first minutes, in which much else is asked.
      put(tx, its.practice(), now);
      return;
    }
    if (!lane.serves() || !isDue(stand.at(), its, now)) {
      return;
    }
    // Also where no such log is kept: it is looked at again in an hour.
    put(tx, its.practice(), now);
    if (lane.capabilities().path("reads").path("securitylogs").path("on").asBoolean()) {
      ask(tx, its.practice(), stand, now);
    }
  }

  private void ask(Transaction tx, String practice, Stand stand, Instant at) {
    ObjectNode look =
        JsonNodeFactory.instance
            .objectNode()
            .put("first", stand.seen() < 0)
            .put("seen", stand.seen())
            .put("newest", stand.newest())
            .put("at", at.toEpochMilli());
    rows.own(tx, practice, Work.OWN_LOG, tx.now(), look);
  }

  /** Compares; the entries that were there before the first look prove nothing. */
  void logged(Transaction tx, LaneTerms its, Work work, Decision.Logged logged) {
    String practice = work.practice();
    Stand stand = stand(tx, practice);
    if (work.bundle().path("seen").asLong() != stand.seen()
        || work.bundle().path("newest").asLong() != stand.newest()) {
      // Another look was quicker, or the store was restored between.
      return;
    }
    Instant asked = Instant.ofEpochMilli(work.bundle().path("at").asLong());
    if (!logged.ordered()) {
      LOG.warn(
          "{}: the API's log of what our key did does not go on where the last look ended; what another installation"
              + " has written since then is not told, and it is begun anew",
          practice);
      stand(tx, practice, new Stand(-1, 0, stand.at(), stand.from(), stand.to()));
      return;
    }
    Stand next =
        new Stand(
            logged.seen(),
            logged.newest(),
            stand.at(),
            logged.whole() ? asked : stand.from(),
            logged.whole() ? tx.now() : stand.to());
    if (stand.seen() >= 0) {
      Instant since = stand.from().minus(longest(its));
      List<Sent> sent = sent(tx, practice, since, logged.rules().made().values());
      if (sent.stream()
          .anyMatch(
              each ->
                  each.isUnclear() && isMaker(logged, each) && each.intentAt().isAfter(since))) {
        // One of the new patients may be ours; an hour later it is known.
        return;
      }
      if (!isMoved(logged, sent, stand.to(), asked)) {
        tell(
            tx,
            practice,
            logged.entries().stream()
                .filter(entry -> entry.patNum() > 0 && isForeign(tx, practice, logged, sent, entry))
                .toList());
      }
    }
    stand(tx, practice, next);
    if (!logged.whole()) {
      ask(tx, practice, next, asked);
    }
  }

  /** How long before a look's beginning a request may have been sent that acts after it. */
  private static Duration longest(LaneTerms its) {
    Duration limits = its.limit().multipliedBy(LIMITS);
    Duration hour = its.scaled(EVERY);
    return limits.compareTo(hour) > 0 ? limits : hour;
  }

  private static boolean isMaker(Decision.Logged logged, Sent sent) {
    return logged.rules().made().containsValue(sent.name());
  }

  private static boolean isForeign(
      Transaction tx,
      String practice,
      Decision.Logged logged,
      List<Sent> sent,
      Decision.LogEntry entry) {
    Optional<String> maker = logged.rules().maker(entry.type());
    if (maker.isPresent()) {
      return sent.stream()
              .noneMatch(
                  each ->
                      each.name().equals(maker.get())
                          && (each.isUnclear() || each.patNums().contains(entry.patNum())))
          && !isOurs(tx, practice, maker.get(), entry.patNum());
    }
    List<String> calls = logged.rules().leaving(entry.type());
    return !calls.isEmpty() && sent.stream().noneMatch(each -> each.mayLeave(entry, calls));
  }

  /**
   * Whether the log does not name a patient whom it ought to: patients were merged, and their
   * entries stand under another number.
   */
  private static boolean isMoved(
      Decision.Logged logged, List<Sent> sent, Instant from, Instant until) {
    Set<Long> named =
        logged.entries().stream().map(Decision.LogEntry::patNum).collect(Collectors.toSet());
    return sent.stream()
        .filter(each -> logged.rules().named().contains(each.name()))
        .filter(each -> each.state() == CallState.LANDED && !each.patNums().isEmpty())
        .filter(each -> each.intentAt().isAfter(from) && each.outcomeAt().isBefore(until))
        .anyMatch(each -> each.patNums().stream().noneMatch(named::contains));
  }

  private static List<Sent> sent(
      Transaction tx, String practice, Instant since, Collection<String> makers) {
    return tx.sql(
            """
            select c.name, c.state, c.intent_at, c.outcome_at, c.pat_num, c.result_key, coalesce(p.pat_num, 0) as now_num
            from call c left join work w on w.id = c.work_id
              left join person p on p.practice = w.practice and p.id = w.person_id
            where c.practice = ? and c.purpose = 'call' and (c.intent_at >= ? or c.state in ('intent', 'unknown'))
            """)
        .params(practice, since.toEpochMilli())
        .query(
            (row, n) -> {
              String name = row.getString("name");
              Set<Long> patNums =
                  Stream.of(
                          row.getLong("pat_num"),
                          row.getLong("now_num"),
                          makers.contains(name) ? row.getLong("result_key") : 0)
                      .filter(number -> number > 0)
                      .collect(Collectors.toSet());
              return new Sent(
                  name,
                  CallState.of(row.getString("state")),
                  Instant.ofEpochMilli(row.getLong("intent_at")),
                  Instant.ofEpochMilli(row.getLong("outcome_at")),
                  patNums);
            })
        .list();
  }

  private static boolean isOurs(Transaction tx, String practice, String maker, long patNum) {
    return tx.sql("select count(*) from call where practice = ? and name = ? and result_key = ?")
            .params(practice, maker, patNum)
            .query(Long.class)
            .single()
        > 0;
  }

  private static void tell(Transaction tx, String practice, List<Decision.LogEntry> foreign) {
    if (foreign.isEmpty()) {
      return;
    }
    foreign.forEach(
        entry -> Tally.count(tx, Tally.What.FOREIGN, practice, "", entry.type(), "logged"));
    LOG.error(
        "{}: {} writes with this practice's keys are not of this installation ({}{}): another one uses the same developer"
            + " and customer key, or this store was restored from an older copy. Two that write break the API's spacing"
            + " and each other's order: stop one of them",
        practice,
        foreign.size(),
        foreign.stream()
            .limit(NAMED)
            .map(entry -> entry.type() + " of PatNum " + entry.patNum())
            .collect(Collectors.joining(", ")),
        foreign.size() > NAMED ? " ..." : "");
  }
}
