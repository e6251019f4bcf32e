package pontic.reconcile;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiPredicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.jdbc.core.simple.JdbcClient;
import pontic.practice.Destination;
import pontic.practice.Practice;
import pontic.practice.Settings;
import pontic.store.Leases;
import pontic.store.Store;
import pontic.store.Transaction;

/**
 * The table {@code reconcile}: who is compared with whom, how far that is and what came of it. A
 * page and its counts are one unit, so a run goes on where it was after a stop or a kill.
 */
public final class Runs {
  private static final long BELOW_EVERY_KEY = Long.MIN_VALUE;
  private static final int HISTORY = 30;
  private static final int TRIED = 5;
  private static final int FEW = 100;

  private static final String RUN =
      "select r.id, r.practice, r.feed, r.destination, r.dry_run, r.many_deletes, r.after_key, r.until_key, r.phase,"
          + " r.suspects, r.total, r.gone, r.purpose, r.since from reconcile r ";

  private static final String REPLACED = "another one took its place";

  private static final String SAME =
      "practice = :practice and feed = :feed and destination = :destination and purpose = :purpose";

  /**
   * A load is measured by the time that passes between its pages, since it waits for its turns; but
   * not for long after a stop.
   */
  private static final String WORKED =
      "case when purpose = 'load' and looked > 0 and :now - moved_at < 60000 then :now - moved_at else :worked end";

  private final Store store;
  private final UnderWay underWay;
  private final Leases leases;
  private final Settings settings;
  private final Map<String, String> resources;
  private final BiPredicate<Practice, String> isRead;
  private final Set<String> stamped;

  /**
   * @param resources FHIR types by the feeds that can be compared
   * @param isRead whether a practice's settings ask for a feed
   * @param stamped feeds whose rows have a stamp
   */
  public Runs(
      Store store,
      Leases leases,
      Settings settings,
      Map<String, String> resources,
      BiPredicate<Practice, String> isRead,
      Set<String> stamped) {
    this.store = store;
    this.underWay = new UnderWay(store, System::nanoTime);
    this.leases = leases;
    this.settings = settings;
    this.resources = new TreeMap<>(resources);
    this.isRead = isRead;
    this.stamped = Set.copyOf(stamped);
  }

  /**
   * What to compare or load; blank or none is all. Without a destination it is Open Dental with the
   * records, and the records with every destination.
   *
   * @param tables feeds
   * @param since only rows stamped then or later; {@link Instant#EPOCH}: all
   * @param by person or schedule
   */
  public record Asked(
      Purpose purpose,
      String practice,
      Set<String> tables,
      String destination,
      boolean dryRun,
      boolean manyDeletes,
      Instant since,
      String by) {

    public Asked {
      tables = Set.copyOf(tables);
    }

    /**
     * @param table blank: all
     */
    public static Asked compare(
        String practice,
        String table,
        String destination,
        boolean dryRun,
        boolean manyDeletes,
        String by) {
      Set<String> tables = table.isEmpty() ? Set.of() : Set.of(table);
      return new Asked(
          Purpose.COMPARE, practice, tables, destination, dryRun, manyDeletes, Instant.EPOCH, by);
    }

    public static Asked load(String practice, Set<String> tables, Instant since) {
      return new Asked(Purpose.LOAD, practice, tables, "", false, false, since, "person");
    }
  }

  /** Feeds that can be compared and loaded. */
  public Set<String> tables() {
    return resources.keySet();
  }

  private record Pair(Practice practice, String feed, Optional<Destination> destination) {}

  /**
   * Begins runs, or lets those go on that were stopped; one that runs is left alone.
   *
   * @return how they stand; none if nothing is called so
   */
  public List<Report> start(Asked asked) {
    List<Pair> pairs = pairs(asked);
    if (pairs.isEmpty()) {
      return List.of();
    }
    List<Report> begun =
        store.write(
            tx -> {
              List<Pair> open =
                  asked.purpose() == Purpose.LOAD ? open(tx, pairs, asked) : List.of();
              (open.isEmpty() ? pairs : open).forEach(pair -> start(tx, pair, asked));
              return reports(tx, asked, false);
            });
    underWay.begun();
    return begun;
  }

  /**
   * What runs is stopped after the page at hand, and can be continued.
   *
   * @return how they stand; none if nothing is called so
   */
  public List<Report> stop(Asked asked) {
    List<Pair> pairs = pairs(asked);
    return store.write(
        tx -> {
          for (Pair pair : pairs) {
            tx.sql(
                    "update reconcile set state = 'stopped', reason = 'a person stopped it' where "
                        + SAME
                        + " and state = 'running'")
                .params(identity(pair, asked.purpose()))
                .update();
          }
          return pairs.isEmpty() ? List.of() : reports(tx, asked, false);
        });
  }

  /**
   * @param history all that are remembered, the newest first; else the newest of each
   */
  public List<Report> reports(Asked asked, boolean history) {
    return store.read(tx -> reports(tx, asked, history));
  }

  /** What of a load has not ended: it goes on, and what has ended is not read once more. */
  private static List<Pair> open(Transaction tx, List<Pair> pairs, Asked asked) {
    return pairs.stream()
        .filter(
            pair ->
                tx.sql(
                            "select count(*) from reconcile where "
                                + SAME
                                + " and since = :since and state in ('running', 'stopped')")
                        .params(identity(pair, asked.purpose()))
                        .param("since", asked.since().toEpochMilli())
                        .query(Integer.class)
                        .single()
                    > 0)
        .toList();
  }

  private List<Pair> pairs(Asked asked) {
    List<Pair> pairs = new ArrayList<>();
    for (Practice practice : settings.practices()) {
      if (!asked.practice().isEmpty() && !asked.practice().equals(practice.id())) {
        continue;
      }
      for (String feed : resources.keySet()) {
        if (asked.tables().isEmpty()
            ? isRead.test(practice, feed)
            : asked.tables().contains(feed)) {
          if (asked.destination().isEmpty()) {
            pairs.add(new Pair(practice, feed, Optional.empty()));
          }
          settings.destinations().stream()
              .filter(each -> each.serves(practice.id()) && each.tells(resources.get(feed)))
              .filter(
                  each -> asked.destination().isEmpty() || asked.destination().equals(each.id()))
              .forEach(each -> pairs.add(new Pair(practice, feed, Optional.of(each))));
        }
      }
    }
    return pairs;
  }

  private void start(Transaction tx, Pair pair, Asked asked) {
    String off = off(pair);
    Map<String, Object> identity = identity(pair, asked.purpose());
    long since = asked.since().toEpochMilli();
    boolean open =
        tx.sql(
                    "update reconcile set state = 'running', reason = '', many_deletes = :many, moved_at = :now where "
                        + SAME
                        + " and state in ('running', 'stopped') and dry_run = :dry and since = :since")
                .params(identity)
                .param("dry", asked.dryRun() ? 1 : 0)
                .param("many", asked.manyDeletes() ? 1 : 0)
                .param("since", since)
                .param("now", tx.now().toEpochMilli())
                .update()
            > 0;
    if (open && off.isEmpty()) {
      return;
    }
    // One moment for both: so is known what took whose place.
    Instant now = tx.now();
    // What was begun otherwise is over: two at once would count each other's repairs.
    tx.sql(
            "update reconcile set state = 'ended', reason = :replaced, ended_at = :now where "
                + SAME
                + " and state in ('running', 'stopped')")
        .params(identity)
        .param("replaced", REPLACED)
        .param("now", now.toEpochMilli())
        .update();
    tx.sql(
            """
            insert into reconcile (id, practice, feed, destination, dry_run, many_deletes, asked_by, state, reason,
              after_key, until_key, phase, suspects, not_before, total, looked, matched, differing, gone, repaired,
              changing, withheld, worked, started_at, moved_at, ended_at, purpose, since)
            select :id, :practice, :feed, :destination, :dry, :many, :by, :state, :reason, :after, :until, 0, '', 0,
              count(*), 0, 0, 0, 0, 0, 0, 0, 0, :now, :now, :ended, :purpose, :since
            from record
            where practice = :practice and resource = :resource and (:from = 0 or stamp >= :from)
            on conflict (id) do nothing
            """)
        .params(identity)
        .param("id", id(pair, asked.purpose(), now))
        .param("dry", asked.dryRun() ? 1 : 0)
        .param("many", asked.manyDeletes() ? 1 : 0)
        .param("by", asked.by())
        .param("state", off.isEmpty() ? "running" : "off")
        .param("reason", off)
        .param("after", BELOW_EVERY_KEY)
        .param("until", Long.MAX_VALUE)
        .param("resource", resources.get(pair.feed()))
        .param("since", since)
        .param("from", stamped.contains(pair.feed()) ? since : 0)
        .param("now", now.toEpochMilli())
        .param("ended", off.isEmpty() ? 0 : now.toEpochMilli())
        .update();
    tx.sql(
            "delete from reconcile where "
                + SAME
                + " and state in ('ended', 'off') and id not in (select id from reconcile where "
                + SAME
                + " order by started_at desc limit :most)")
        .params(identity)
        .param("most", HISTORY)
        .update();
  }

  private static String id(Pair pair, Purpose purpose, Instant now) {
    String id =
        String.join(
            "/",
            pair.practice().id(),
            pair.feed(),
            destination(pair),
            Long.toString(now.toEpochMilli()));
    return purpose == Purpose.LOAD ? id + "/load" : id;
  }

  private String off(Pair pair) {
    if (!isRead.test(pair.practice(), pair.feed())) {
      return "it is not read here; name it in database.feeds if it is wanted";
    }
    if (pair.destination().isEmpty()) {
      return pair.practice().database().enabled()
          ? ""
          : "its database is not read, and its API has no list of all keys to compare with";
    }
    Destination destination = pair.destination().get();
    if (destination.kind() != Destination.Kind.FHIR) {
      return "a receiver of HL7 v2 cannot be asked what it holds";
    }
    return destination.enabled() ? "" : "the destination is switched off";
  }

  private static String destination(Pair pair) {
    return pair.destination().map(Destination::id).orElse("");
  }

  private static Map<String, Object> identity(Pair pair, Purpose purpose) {
    return Map.of(
        "practice",
        pair.practice().id(),
        "feed",
        pair.feed(),
        "destination",
        destination(pair),
        "purpose",
        purpose.text());
  }

  /**
   * The next page of rows of a practice, if its feed is on and has had its first load.
   *
   * @param purpose of the runs that are asked for a page
   */
  public Turn ofPractice(String practice, Purpose purpose, Duration lease) {
    if (!underWay.ofPractice(practice)) {
      return Turn.NOTHING;
    }
    return next(
        RUN
            + " join feed f on f.practice = r.practice and f.feed = r.feed and f.state = 'on'"
            + " join watermark w on w.practice = r.practice and w.feed = r.feed and w.paging = 0"
            + " where r.state = 'running' and r.practice = :of and r.destination = '' and r.purpose = '"
            + purpose.text()
            + "'"
            + " and r.not_before <= :now order by r.started_at, r.id limit :most",
        practice,
        lease);
  }

  /**
   * Whether a load has a page to read now. It waits while more than a few records are due at a
   * destination that takes them, so that what changes meanwhile goes before the rest of it.
   */
  public boolean hasLoads(String practice) {
    return underWay.ofPractice(practice)
        && store.read(
            tx ->
                tx.sql(
                                "select count(*) from reconcile where purpose = 'load' and state = 'running'"
                                    + " and practice = ? and destination = ''")
                            .params(practice)
                            .query(Integer.class)
                            .single()
                        > 0
                    && !isBusy(tx, practice));
  }

  private boolean isBusy(Transaction tx, String practice) {
    return settings.destinations().stream()
        .filter(each -> each.enabled() && each.serves(practice))
        .anyMatch(each -> isBusy(tx, practice, each));
  }

  private static boolean isBusy(Transaction tx, String practice, Destination destination) {
    return tx.sql(
                "select count(*) from (select 1 from due d join sending s on s.practice = d.practice"
                    + " and s.destination = d.destination and s.failures = 0 where d.practice = :practice"
                    + " and d.destination = :destination and d.state = 'due' and d.due_at <= :now"
                    + " and not exists (select 1 from pause p where p.id = d.destination and p.what = 'sends')"
                    + " limit :few) as few")
            .param("practice", practice)
            .param("destination", destination.id())
            .param("now", tx.now().toEpochMilli())
            .param("few", FEW)
            .query(Integer.class)
            .single()
        >= FEW;
  }

  /** The next page of records that the destination should hold. */
  public Turn ofDestination(String destination, Duration lease) {
    if (!underWay.ofDestination(destination)) {
      return Turn.NOTHING;
    }
    return next(
        RUN
            + " where r.state = 'running' and r.destination = :of"
            + " and r.not_before <= :now order by r.started_at, r.id limit :most",
        destination,
        lease);
  }

  private Turn next(String sql, String of, Duration lease) {
    if (store.read(tx -> found(tx, sql, of)).isEmpty()) {
      return Turn.NOTHING;
    }
    return store.write(
        tx -> {
          for (Run run : found(tx, sql, of)) {
            Optional<Long> epoch = leases.take(tx, name(run), lease);
            if (epoch.isPresent()) {
              return new Turn(Optional.of(run), epoch.get(), tx.now());
            }
          }
          return Turn.NOTHING;
        });
  }

  private List<Run> found(Transaction tx, String sql, String of) {
    return tx
        .sql(sql)
        .param("of", of)
        .param("now", tx.now().toEpochMilli())
        .param("most", TRIED)
        .query((row, number) -> run(row))
        .list()
        .stream()
        .filter(run -> resources.containsKey(run.feed()))
        .toList();
  }

  private Run run(ResultSet row) throws SQLException {
    return new Run(
        row.getString("id"),
        row.getString("practice"),
        row.getString("feed"),
        resources.getOrDefault(row.getString("feed"), ""),
        row.getString("destination"),
        row.getInt("dry_run") == 1,
        row.getInt("many_deletes") == 1,
        row.getLong("after_key"),
        row.getLong("until_key"),
        row.getInt("phase"),
        keys(row.getString("suspects")),
        row.getLong("total"),
        row.getLong("gone"),
        purpose(row),
        since(row));
  }

  private static Purpose purpose(ResultSet row) throws SQLException {
    return row.getString("purpose").equals(Purpose.LOAD.text()) ? Purpose.LOAD : Purpose.COMPARE;
  }

  /** {@link Instant#EPOCH} where the rows have no stamp: all of them are read. */
  private Instant since(ResultSet row) throws SQLException {
    return stamped.contains(row.getString("feed"))
        ? Instant.ofEpochMilli(row.getLong("since"))
        : Instant.EPOCH;
  }

  private static Set<Long> keys(String text) {
    return Stream.of(text.split(","))
        .filter(key -> !key.isEmpty())
        .map(Long::valueOf)
        .collect(Collectors.toUnmodifiableSet());
  }

  /** False if another one has taken the page over. */
  public boolean holds(Transaction tx, Turn turn) {
    return leases.holds(tx, name(turn.run()), turn.epoch());
  }

  /** The same page again, after a while: these keys differed. */
  public void again(
      Transaction tx, Turn turn, long end, int phase, Collection<Long> suspects, Duration wait) {
    tx.sql(
            "update reconcile set until_key = :end, phase = :phase, suspects = :suspects, not_before = :at,"
                + " moved_at = :now, worked = worked + "
                + WORKED
                + " where id = :id")
        .param("end", end)
        .param("phase", phase)
        .param("suspects", suspects.stream().map(String::valueOf).collect(Collectors.joining(",")))
        .param("at", tx.now().plus(wait).toEpochMilli())
        .param("now", tx.now().toEpochMilli())
        .param("worked", worked(tx, turn))
        .param("id", turn.run().id())
        .update();
    leases.release(tx, name(turn.run()), turn.epoch());
  }

  /** Nothing can be said of the page now; it is looked at again after a while, as it is. */
  public void waits(Transaction tx, Turn turn, Duration wait) {
    Run run = turn.run();
    again(tx, turn, run.untilKey(), run.phase(), run.suspects(), wait);
  }

  /**
   * The page is done.
   *
   * @param end the last key of the page
   * @param isLast no key stands behind it
   */
  public void done(Transaction tx, Turn turn, long end, boolean isLast, Tally tally) {
    JdbcClient.StatementSpec statement =
        tx.sql(
            """
            update reconcile set after_key = :end, until_key = :until, phase = 0, suspects = '', not_before = 0,
              moved_at = :now, worked = worked + %s, state = case when :last = 1 then 'ended' else state end,
              reason = case when :last = 1 then '' else reason end,
              ended_at = case when :last = 1 then :now else 0 end, looked = looked + :looked,
              matched = matched + :matched, differing = differing + :differing, gone = gone + :gone,
              repaired = repaired + :repaired, changing = changing + :changing, withheld = withheld + :withheld
            where id = :id and state in ('running', 'stopped')
            """
                .formatted(WORKED));
    statement
        .param("end", end)
        .param("until", Long.MAX_VALUE)
        .param("now", tx.now().toEpochMilli())
        .param("worked", worked(tx, turn))
        .param("last", isLast ? 1 : 0)
        .param("looked", tally.looked())
        .param("matched", tally.matched())
        .param("differing", tally.differing())
        .param("gone", tally.gone())
        .param("repaired", tally.repaired())
        .param("changing", tally.changing())
        .param("withheld", tally.withheld())
        .param("id", turn.run().id())
        .update();
    leases.release(tx, name(turn.run()), turn.epoch());
  }

  /** It goes no further until a person says so. */
  public void holdsBack(Transaction tx, Turn turn, String reason) {
    tx.sql(
            "update reconcile set state = 'stopped', reason = ?, phase = 0, suspects = '' where id = ?")
        .params(reason, turn.run().id())
        .update();
    leases.release(tx, name(turn.run()), turn.epoch());
  }

  private static long worked(Transaction tx, Turn turn) {
    return Math.max(1, Duration.between(turn.readAt(), tx.now()).toMillis());
  }

  private static String name(Run run) {
    return "reconcile:" + run.id();
  }

  private List<Report> reports(Transaction tx, Asked asked, boolean history) {
    String behind =
        asked.purpose() == Purpose.LOAD && isBusy(tx, asked.practice())
            ? "what is due already is sent first"
            : "";
    Instant now = tx.now();
    return tx.sql(
            """
            select r.practice, r.feed, r.destination, r.dry_run, r.asked_by, r.state, r.reason, r.total, r.looked, r.matched,
              r.differing, r.gone, r.repaired, r.changing, r.withheld, r.worked, r.started_at, r.ended_at, r.since,
              coalesce((select max(case when o.purpose = 'load' then 'load' when o.dry_run = 1 then 'dry run' else 'repair' end)
                from reconcile o where o.practice = r.practice and o.feed = r.feed and o.destination = r.destination
                and o.purpose = r.purpose and o.ended_at = r.started_at and o.reason = :replaced), '') as replaced,
              case when r.state <> 'running' or r.destination <> '' then ''
                when exists (select 1 from pause p where p.id = r.practice and p.what = 'reads') then 'its reads are paused'
                when f.state <> 'on' then f.reason
                when w.feed is null or w.paging = 1 then 'the feed is being read' else '' end as waits
            from reconcile r
            left join feed f on f.practice = r.practice and f.feed = r.feed
            left join watermark w on w.practice = r.practice and w.feed = r.feed
            where r.purpose = :purpose and (:practice = '' or r.practice = :practice) and (:all = 1 or r.feed in (:feeds))
              and (:destination = '' or r.destination = :destination)
              and (:history = 1 or not exists (select 1 from reconcile n where n.practice = r.practice
                and n.feed = r.feed and n.destination = r.destination and n.purpose = r.purpose and n.started_at > r.started_at))
            order by r.started_at desc, r.practice, r.destination, r.feed
            """)
        .param("practice", asked.practice())
        .param("purpose", asked.purpose().text())
        .param("all", asked.tables().isEmpty() ? 1 : 0)
        .param("feeds", asked.tables().isEmpty() ? Set.of("") : asked.tables())
        .param("destination", asked.destination())
        .param("history", history ? 1 : 0)
        .param("replaced", REPLACED)
        .query((row, number) -> report(row, behind, now))
        .list();
  }

  private Report report(ResultSet row, String behind, Instant now) throws SQLException {
    long looked = row.getLong("looked");
    boolean isBehind =
        row.getString("state").equals("running") && row.getString("destination").isEmpty();
    Optional<String> quiet =
        settings
            .practice(row.getString("practice"))
            .filter(practice -> isBehind)
            .flatMap(practice -> practice.database().budget().quietUntil(now, practice.zone()))
            .map(until -> "its database has quiet hours until " + until);
    String waits =
        quiet.orElse(
            row.getString("waits").isEmpty() && isBehind ? behind : row.getString("waits"));
    return new Report(
        row.getString("practice"),
        row.getString("feed"),
        row.getString("destination"),
        row.getInt("dry_run") == 1,
        row.getString("asked_by"),
        row.getString("state"),
        waits.isEmpty() ? row.getString("reason") : waits,
        row.getLong("total"),
        new Tally(
            looked,
            row.getLong("matched"),
            row.getLong("differing"),
            row.getLong("gone"),
            row.getLong("repaired"),
            row.getLong("changing"),
            row.getLong("withheld")),
        row.getLong("worked") == 0 ? 0 : looked * 1000.0 / row.getLong("worked"),
        Instant.ofEpochMilli(row.getLong("started_at")),
        Instant.ofEpochMilli(row.getLong("ended_at")),
        since(row),
        row.getString("replaced"));
  }
}
