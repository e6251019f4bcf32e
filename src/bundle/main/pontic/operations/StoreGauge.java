package pontic.operations;

import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import pontic.store.Transaction;
import pontic.tally.Tally;

/**
 * A gauge whose samples are the rows of a query: the last column is the value, those before it are
 * labels by their names. {@code :now} is the store's time in epoch milliseconds.
 */
record StoreGauge(MultiGauge gauge, String sql) {

  private record Description(String name, String text, String sql) {}

  private static final List<Description> ALL =
      List.of(
          new Description(
              "pontic.messages",
              "accepted messages by practice, state and receipt end",
              """
              select practice, state, receipt_end as "end", count(*) from message where state = 'ended'
              group by practice, receipt_end, state
              union all
              select practice, state, '', count(*) from message where state <> 'ended' group by practice, state
              """),
          new Description(
              "pontic.work",
              "understood messages by practice and state; parked ones wait for a person, switched off ones for a write that the practice does not allow",
              """
              select practice, stands as state, count(*) from (
                select practice, case when waits_for = '' then state else 'switched off' end as stands from work
                where state <> 'done' and state in ('waiting', 'parked')) w
              group by practice, stands
              """),
          new Description(
              "pontic.work.oldest.waiting.seconds",
              "age of the oldest message whose work waits",
              """
              select w.practice as practice, %s from work w join message m on m.id = w.message_id
              where w.state <> 'done' and w.state in ('waiting', 'folded') group by w.practice
              """
                  .formatted(age("min(m.accepted_at)"))),
          new Description(
              "pontic.fields.flipping",
              "how often a field was left, since two systems set it against each other; by practice and field",
              """
              select practice, name as field, n from tally where what = 'flipping'
              """),
          new Description(
              "pontic.double.bookings",
              "visits that landed at a time that another visit has, by practice",
              """
              select practice, n from tally where what = 'double_booking'
              """),
          new Description(
              "pontic.unmapped.codes",
              "codes of a practice's own lists that a code table has no entry for, by practice and table",
              """
              select practice, code_table as "system", count(*) from unmapped_code c where exists (select 1 from unmapped_row u
                where u.practice = c.practice and u.code_table = c.code_table and u.token = c.token)
              group by practice, code_table
              """),
          new Description(
              "pontic.foreign.writes",
              "rows that were created with a practice's keys, but not by this installation; alarm when it grows",
              """
              select l.practice, coalesce((select sum(t.n) from tally t where t.what = 'foreign' and t.practice = l.practice), 0)
              from lane l
              """),
          new Description(
              "pontic.calls",
              "API requests by practice; unknown ones wait to be read back",
              """
              select practice, 'unknown' as state,
                (select count(*) from call c where c.practice = l.practice and c.state = 'unknown') from lane l
              """),
          new Description(
              "pontic.api.requests",
              "API requests since the store was made, by practice, kind and what they came to",
              """
              select practice, name as request, outcome, n from tally where what = 'call'
              """),
          new Description(
              "pontic.api.statement.seconds",
              "how long statements sent through an office's API ran there at most, since the store was made; its rate is the share of time",
              """
              select practice, statements_ms / 1000.0 from lane where statements_ms > 0
              """),
          new Description(
              "pontic.api.requests.seconds",
              "how long these API requests took together",
              """
              select practice, name as request, outcome, millis / 1000.0 from tally where what = 'call'
              """),
          new Description(
              "pontic.settled",
              "API requests of unclear outcome since the store was made, by practice, kind and how they were settled",
              """
              select practice, name as request, outcome, n from tally where what = 'settle'
              """),
          new Description(
              "pontic.doubles",
              "messages that took effect twice, or perhaps, and wait for a person to look",
              """
              select practice, count(*) from message where receipt_end = 'parked' and receipt_reason like 'double: %'
              group by practice
              """),
          new Description(
              "pontic.lanes", "lanes by state", "select state, count(*) from lane group by state"),
          new Description(
              "pontic.lane.state",
              "1 for the state that the lane of a practice is in",
              "select practice, state, 1 from lane"),
          new Description(
              "pontic.echoes",
              "rows whose newest version a destination was not sent because it had said it itself",
              """
              select practice, destination, count(*) from delivery where withheld = 'echo' group by practice, destination
              """),
          new Description(
              "pontic.due",
              "records that a destination does not have, by practice, destination and state; unknown ones may have arrived",
              """
              select practice, destination, state, count(*) from due group by practice, destination, state
              union all
              select practice, destination, 'unknown', count(*) from delivery where attempt_state = 'unknown'
              group by practice, destination
              """),
          new Description(
              "pontic.invalid",
              "records that a destination does not get since they are not valid, by practice, destination and table",
              """
              select practice, destination, resource as "table", count(*) from due where invalid = 1
              group by practice, destination, resource
              """),
          new Description(
              "pontic.documents",
              "documents that went to a destination without their file although it may leave, by practice, destination and why",
              """
              select practice, destination, state, count(*) from document_bytes
              where state <> 'joined' and state <> 'not permitted' group by practice, destination, state
              """),
          new Description(
              "pontic.due.oldest.seconds",
              "age of the oldest record that is due",
              """
              select practice, destination, %s from due where state = 'due' group by practice, destination
              """
                  .formatted(age("min(due_at)"))),
          new Description(
              "pontic.deliveries",
              "versions since the store was made, by practice, destination, table and what became of them: acknowledged, echo, withheld, invalid, refused (each try)",
              """
              select practice, destination, name as "table", outcome, n from tally where what = 'delivery'
              """),
          new Description(
              "pontic.delivery.lag.seconds",
              "from the stamps of acknowledged rows to their acknowledgements, together; rows older than a day are not counted",
              """
              select practice, destination, name as "table", sum(millis) / 1000.0 from tally where what = 'lag'
              group by practice, destination, name
              """),
          new Description(
              "pontic.delivery.lag.rows",
              "how many rows that is",
              """
              select practice, destination, name as "table", sum(n) from tally where what = 'lag'
              group by practice, destination, name
              """),
          new Description(
              "pontic.delivery.lag.within",
              "how many of these rows were acknowledged within le seconds",
              buckets()),
          new Description(
              "pontic.destination.failing.seconds",
              "how long a destination has been failing",
              """
              select practice, destination, case when failing_since = 0 then 0 else %s end from sending
              """
                  .formatted(age("failing_since"))),
          new Description(
              "pontic.answers",
              "messages whose senders are told of the end, by practice, destination and state: open, due, told, not wanted, given up",
              """
              select practice, destination, state, count(*) from answer group by practice, destination, state
              """),
          new Description(
              "pontic.freshness.breached",
              "1 while a practice or destination is behind its objective and that was noted; 0 when it has caught up",
              """
              select practice, destination, max(case when ended_at = 0 then 1 else 0 end) from breach group by practice, destination
              """),
          new Description(
              "pontic.freshness.breaches",
              "how often it fell behind since the store was made",
              """
              select practice, destination, count(*) from breach group by practice, destination
              """),
          new Description(
              "pontic.reconcile.unexplained",
              "Rows that the newest comparison found different and did not repair",
              """
              select practice, feed as "table", destination, differing - repaired from reconcile r
              where r.purpose = 'compare' and not exists (select 1 from reconcile n where n.practice = r.practice
                and n.purpose = r.purpose and n.feed = r.feed and n.destination = r.destination and n.started_at > r.started_at)
              """));

  /**
   * Each holds those of all smaller ones; what was counted before there were any is in the last.
   */
  private static String buckets() {
    List<String> each = new ArrayList<>();
    String within = "";
    for (int seconds : Tally.LAGS) {
      within += (within.isEmpty() ? "'" : ", '") + seconds + "'";
      each.add(bucket("" + seconds, "case when outcome in (" + within + ") then n else 0 end"));
    }
    each.add(bucket("+Inf", "n"));
    return String.join(" union all ", each);
  }

  private static String bucket(String le, String counted) {
    return "select practice, destination, name as \"table\", '%s' as le, sum(%s) from tally where what = 'lag'"
            .formatted(le, counted)
        + " group by practice, destination, name";
  }

  /**
   * @param make a gauge of a name and a description
   */
  static List<StoreGauge> all(BiFunction<String, String, MultiGauge> make) {
    return ALL.stream()
        .map(each -> new StoreGauge(make.apply(each.name(), each.text()), each.sql()))
        .toList();
  }

  void read(Transaction tx) {
    List<MultiGauge.Row<?>> rows =
        new ArrayList<>(
            tx.sql(sql)
                .params(sql.contains(":now") ? Map.of("now", tx.now().toEpochMilli()) : Map.of())
                .query(
                    (row, number) -> {
                      int last = row.getMetaData().getColumnCount();
                      List<Tag> labels = new ArrayList<>();
                      for (int i = 1; i < last; i++) {
                        labels.add(Tag.of(row.getMetaData().getColumnLabel(i), row.getString(i)));
                      }
                      return MultiGauge.Row.of(Tags.of(labels), row.getDouble(last));
                    })
                .list());
    gauge.register(rows, true);
  }

  /** Not below zero, though clocks may differ by a little. */
  private static String age(String since) {
    return "case when :now > %s then (:now - %s) / 1000.0 else 0 end".formatted(since, since);
  }
}
