package pontic.lane;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.jdbc.core.RowMapper;
import pontic.store.Transaction;

/**
 * Whose turn it is in a lane: what was begun, then what is urgent, then the rest in the order in
 * which it came (decisions 0302, 0337). Nobody overtakes an older one of the same person, and
 * nobody is overtaken for ever. The conditions of what can be taken at all stand in
 * sql/wake-lanes.sql too.
 */
final class Turns {
  /** Urgent ones that may be taken while others wait, before one of those is. */
  private static final int URGENT = 10;

  /** Messages that may go between two requests of what is half written, so that it ends. */
  private static final int YIELDED = 10;

  /** Due, served, and no older one of its person holds it back. */
  private static final String CAN_BE_TAKEN =
      """
      w.state = 'waiting' and w.due_at <= :now and w.waits_for = ''
        and (w.event = 'connect' or :serves = 1)
        and (w.person_id = '' or not exists (
          select 1 from work o where o.practice = w.practice and o.person_id = w.person_id
            and o.state = 'waiting' and o.seq < w.seq and (o.holds = 'all' or w.event = 'chart')))
      """;

  private static final String IN_ORDER =
      "select w.* from work w where w.practice = :practice and " + CAN_BE_TAKEN;

  private static final String BY_RANK = " order by w.rank, w.seq, w.id limit 1";

  /** The oldest of one person that can be taken; by the person's index, so rank is compared so. */
  private static final String OF_PERSON =
      IN_ORDER
          + " and w.person_id = :person and w.seq <= :seq and w.rank <> 2 order by w.seq, w.id limit 1";

  /** Persons of whom something urgent is due that are looked at before it is in order of age. */
  private static final int LOOKS = 100;

  private final RowMapper<Work> row;

  /**
   * @param row reads a row of work
   */
  Turns(RowMapper<Work> row) {
    this.row = row;
  }

  /**
   * @param rank 0: begun; 1: not begun; 2: half written, others may go before it
   * @param yielded how many did, since its last request
   */
  private record Candidate(Work work, int rank, int yielded) {}

  /**
   * @param serves false: nothing but the question what the practice is and allows
   */
  Optional<Work> next(Transaction tx, String practice, Instant now, boolean serves) {
    Optional<Candidate> first = one(tx, IN_ORDER + BY_RANK, practice, now, serves);
    if (first.filter(found -> found.rank() == 1).isEmpty()) {
      return first.map(Candidate::work);
    }
    Optional<Candidate> half =
        one(tx, IN_ORDER + " and w.rank = 2" + BY_RANK, practice, now, serves);
    if (half.filter(found -> found.yielded() >= YIELDED).isPresent()) {
      return half.map(Candidate::work);
    }
    Optional<Candidate> unbegun = unbegun(tx, practice, now, serves, half.isPresent());
    if (unbegun.isPresent() && half.isPresent()) {
      tx.sql("update work set yielded = yielded + 1 where id = :id")
          .param("id", half.get().work().id())
          .update();
    }
    return unbegun.or(() -> half).or(() -> first).map(Candidate::work);
  }

  /** The urgent one, but for each eleventh time if another waits. */
  private Optional<Candidate> unbegun(
      Transaction tx, String practice, Instant now, boolean serves, boolean beforeCharts) {
    Optional<Candidate> urgent = urgent(tx, practice, now, serves);
    int taken = urgent.isEmpty() ? 0 : taken(tx, practice);
    if (urgent.isPresent() && taken < URGENT) {
      taken(tx, practice, taken + 1);
      return urgent;
    }
    Optional<Candidate> other =
        one(
            tx,
            IN_ORDER
                + " and w.rank = 1"
                // What is urgent and was not looked at keeps its place by age.
                + (urgent.isPresent() ? " and w.urgent = 0" : "")
                + (beforeCharts ? " and w.event <> 'chart'" : "")
                + BY_RANK,
            practice,
            now,
            serves);
    if (other.isPresent()) {
      taken(tx, practice, 0);
    }
    return other.or(() -> urgent);
  }

  private static int taken(Transaction tx, String practice) {
    return tx.sql("select since_bulk from lane where practice = :practice")
        .param("practice", practice)
        .query(Integer.class)
        .single();
  }

  private static void taken(Transaction tx, String practice, int urgent) {
    tx.sql(
            "update lane set since_bulk = :urgent where practice = :practice and since_bulk <> :urgent")
        .param("urgent", urgent)
        .param("practice", practice)
        .update();
  }

  /**
   * What an urgent one waits for is as urgent: the oldest of its person that can be taken. Looked
   * for each time, since persons turn out to be the same. Those of whom something older waits for a
   * permission or its hour are no reason to look: a hundred of them would hide all others.
   */
  private Optional<Candidate> urgent(Transaction tx, String practice, Instant now, boolean serves) {
    List<Awaited> awaited =
        tx.sql(
                """
                select w.person_id, w.seq from work w
                where w.practice = :practice and w.state = 'waiting' and w.urgent = 1 and w.waits_for = '' and w.due_at <= :now
                  and (w.event = 'connect' or :serves = 1)
                  and (w.person_id = '' or not exists (
                    select 1 from work o where o.practice = :practice and o.person_id = w.person_id
                      and o.state = 'waiting' and o.seq < w.seq and o.holds = 'all' and (o.waits_for <> '' or o.due_at > :now)))
                order by w.seq limit :looks
                """)
            .param("practice", practice)
            .param("now", now.toEpochMilli())
            .param("serves", serves ? 1 : 0)
            .param("looks", LOOKS)
            .query((found, n) -> new Awaited(found.getString("person_id"), found.getLong("seq")))
            .list();
    return awaited.stream()
        .flatMap(
            each ->
                one(
                    tx,
                    OF_PERSON,
                    practice,
                    now,
                    serves,
                    Map.of("person", each.person(), "seq", each.seq()))
                    .stream())
        .findFirst();
  }

  /** Somebody waits for what is said of a person up to here. */
  private record Awaited(String person, long seq) {}

  private Optional<Candidate> one(
      Transaction tx, String sql, String practice, Instant now, boolean serves) {
    return one(tx, sql, practice, now, serves, Map.of());
  }

  private Optional<Candidate> one(
      Transaction tx,
      String sql,
      String practice,
      Instant now,
      boolean serves,
      Map<String, ?> more) {
    return tx.sql(sql)
        .params(more)
        .param("practice", practice)
        .param("now", now.toEpochMilli())
        .param("serves", serves ? 1 : 0)
        .query(
            (found, n) ->
                new Candidate(row.mapRow(found, n), found.getInt("rank"), found.getInt("yielded")))
        .optional();
  }
}
