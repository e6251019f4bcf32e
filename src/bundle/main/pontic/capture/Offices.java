package pontic.capture;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pontic.practice.Practice;
import pontic.record.FeedRows;
import pontic.record.Records;
import pontic.record.Watermark;

/**
 * What each office has, and so which feeds can be read there and how. Looked at when a practice is
 * first read, after every failed poll, when {@code DataBaseVersion} changes, and each minute while
 * a feed is off. A feed that does not fit its office is off with a reason, never guessed at.
 */
public final class Offices implements Storms.Office {
  private static final Logger LOG = LoggerFactory.getLogger(Offices.class);
  private static final String WARNING = "warning";
  private static final Duration AGAIN = Duration.ofMinutes(1);
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * @param isIndexed the feed follows a stamp, and an index begins with it
   * @param reason why the feed is off; empty: it is on
   */
  private record Look(
      String version,
      boolean updating,
      String statement,
      Optional<String> keyed,
      Optional<String> keyedSince,
      Optional<String> within,
      Optional<String> sums,
      boolean isIndexed,
      String reason,
      long nanos) {
    boolean off() {
      return !reason.isEmpty();
    }
  }

  private final Map<String, Feed> feeds;
  private final Function<String, OfficeProbe> probes;
  private final Map<String, Practice.Budget> budgets;
  private final Records records;
  private final FeedRows rows;
  private final Predicate<String> mayWrite;
  private final LongSupplier nanos;
  private final Map<String, Look> looks = new ConcurrentHashMap<>();
  private final Set<String> noted = ConcurrentHashMap.newKeySet();
  private final Set<String> begun = ConcurrentHashMap.newKeySet();

  /**
   * @param databases by practice id
   * @param budgets by practice id
   * @param mayWrite practices that are read although the account may write
   * @param nanos a clock that only goes on
   */
  public Offices(
      List<Feed> feeds,
      Map<String, DataSource> databases,
      Map<String, Practice.Budget> budgets,
      Records records,
      FeedRows rows,
      Predicate<String> mayWrite,
      LongSupplier nanos) {
    this.feeds = feeds.stream().collect(Collectors.toUnmodifiableMap(Feed::name, each -> each));
    this.probes =
        practice -> new OfficeProbe(databases.get(practice), budgets.get(practice).longestQuery());
    this.budgets = Map.copyOf(budgets);
    this.records = records;
    this.rows = rows;
    this.mayWrite = mayWrite;
    this.nanos = nanos;
  }

  Feed feed(String name) {
    return feeds.get(name);
  }

  /**
   * False for a feed that is off at this practice, or whose first load waits for another feed's.
   *
   * @param row of the feed's file in {@code sql/capture/clock}
   */
  public boolean on(String practice, String feedName, Map<String, Object> row) {
    Feed feed = feed(feedName);
    Clock clock = Clock.of(row);
    sayUnwanted(practice, clock);
    Look look = looks.get(name(practice, feedName));
    if (look == null || isStale(look, clock)) {
      look = look(practice, feed, clock, Optional.ofNullable(look));
    }
    return !look.off() && isItsTurn(practice, feed);
  }

  /** The feed's file without the lines whose column the office lacks. */
  public String statement(Cursor cursor) {
    Look look = looks.get(name(cursor.practice(), cursor.feed().name()));
    return cursor.within() ? look.within().orElse(look.statement()) : look.statement();
  }

  @Override
  public boolean hasSums(String practice, Feed feed) {
    Look look = looks.get(name(practice, feed.name()));
    return look != null && look.sums().isPresent();
  }

  @Override
  public SortedMap<Long, Storms.Sum> sums(String practice, Feed feed, Instant second) {
    return probes
        .apply(practice)
        .sums(
            looks.get(name(practice, feed.name())).sums().orElseThrow(),
            second,
            budgets.get(practice).page());
  }

  @Override
  public Optional<Instant> pageEnd(String practice, Feed feed, Instant since, Instant until) {
    Look look = looks.get(name(practice, feed.name()));
    return look == null || !look.isIndexed()
        ? Optional.empty()
        : probes.apply(practice).last(feed, since, until, budgets.get(practice).page());
  }

  /**
   * By its keys, likewise.
   *
   * @param since whether only rows from a stamp on are wanted
   * @throws java.util.NoSuchElementException if the feed names no keys
   */
  public String keyed(String practice, String feed, boolean since) {
    Look look = looks.get(name(practice, feed));
    return (since ? look.keyedSince() : look.keyed()).orElseThrow();
  }

  /**
   * After a poll that failed: perhaps the office is another one when it comes back.
   *
   * @param poll {@code capture-mysql-elm} or {@code capture-mysql-elm-patient}
   * @param kind of the failure; the feed says so until the office was looked at again
   */
  public void failed(String poll, String kind) {
    for (String practice : budgets.keySet()) {
      if (poll.equals("capture-mysql-" + practice)) {
        looks.keySet().removeIf(name -> name.startsWith(practice + "/"));
      }
      for (String feed : feeds.keySet()) {
        // Also where it could not be looked at: a table may be locked when Pontic starts.
        if (poll.equals("capture-mysql-" + practice + "-" + feed)) {
          looks.remove(name(practice, feed));
          rows.failed(practice, feed, "its last query failed (" + kind + "); it is tried again");
        }
      }
    }
  }

  private boolean isRead(String practice, Feed feed) {
    return budgets.get(practice).reads(feed.name(), feed.offByDefault());
  }

  /** The database is not asked for a feed that nobody wants, or whose file is gone; said once. */
  private void sayUnwanted(String practice, Clock clock) {
    if (!noted.add(practice)) {
      return;
    }
    rows.only(practice, feeds.keySet(), budgets.keySet());
    feeds.values().stream()
        .filter(feed -> !isRead(practice, feed))
        .forEach(
            feed ->
                rows.unwanted(
                    practice,
                    feed.name(),
                    clock.version(),
                    "not wanted here; name it in database.feeds if it is"));
  }

  private boolean isStale(Look look, Clock clock) {
    return !look.version().equals(clock.version())
        || look.updating() != clock.updating()
        || (look.off() && nanos.getAsLong() - look.nanos() > AGAIN.toNanos());
  }

  private boolean isItsTurn(String practice, Feed feed) {
    String name = name(practice, feed.name());
    if (begun.contains(name)) {
      return true;
    }
    boolean turn =
        records.watermark(practice, feed.name()).isPresent()
            || feed.after().stream().allMatch(before -> isLoaded(practice, before));
    if (turn) {
      begun.add(name);
    }
    return turn;
  }

  private boolean isLoaded(String practice, String feed) {
    Look look = looks.get(name(practice, feed));
    return (look != null && look.off())
        || !isRead(practice, feed(feed))
        || records.watermark(practice, feed).map(mark -> !mark.paging()).orElse(false);
  }

  private Look look(String practice, Feed feed, Clock clock, Optional<Look> before) {
    OfficeProbe probe = probes.apply(practice);
    Map<String, Boolean> columns = probe.columns(tables(feed));
    String statement = feed.statement(columns.keySet());
    List<String> writes = probe.writes();
    String reason =
        writes.isEmpty() || mayWrite.test(practice)
            ? reason(feed, clock, probe, columns, statement)
            : "its account may write ("
                + String.join(", ", writes)
                + "); give Pontic one with SELECT only, or, for a test database, set database.allowWritingAccount";
    if (!writes.isEmpty() && mayWrite.test(practice)) {
      LOG.warn(
          "{}: THE ACCOUNT OF THIS PRACTICE'S DATABASE MAY WRITE ({}), and database.allowWritingAccount lets it pass. Pontic only reads; for anything but a test database take an account with SELECT only.",
          practice,
          String.join(", ", writes));
    }
    Optional<String> within = reason.isEmpty() ? feed.within(columns.keySet()) : Optional.empty();
    // Ranges of keys that are spread at random hold hardly a row each.
    Optional<String> sums =
        within
            .filter(text -> !probe.keysJump() && probe.refuses(text).isEmpty())
            .flatMap(text -> feed.sums(columns.keySet()))
            .filter(text -> probe.refusesSums(text).isEmpty());
    boolean isIndexed =
        reason.isEmpty() && feed.byStamp() && !probe.indexes(feed.table(), feed.column()).isEmpty();
    Look look =
        new Look(
            clock.version(),
            clock.updating(),
            statement,
            feed.keyed(columns.keySet()),
            feed.keyedSince(columns.keySet()),
            within,
            sums,
            isIndexed,
            reason,
            nanos.getAsLong());
    Optional<Watermark> mark = records.watermark(practice, feed.name());
    boolean counts = reason.isEmpty() && mark.isEmpty() && feed.byStamp();
    Map<String, Object> facts =
        feedFacts(feed, probe, columns, reason.isEmpty() ? statement : "", sums.isPresent());
    rows.looked(
        practice,
        feed.name(),
        clock.version(),
        reason,
        counts ? probe.rows(feed.table()) : 0,
        json(facts));
    if (facts.containsKey(WARNING)) {
      LOG.warn(
          "{} at {}: {}. It is read within the budget all the same, only more rarely.",
          feed.name(),
          practice,
          facts.get(WARNING));
    }
    rows.office(practice, json(officeFacts(clock, probe, writes)));
    looks.put(name(practice, feed.name()), look);
    say(practice, feed, look, before);
    return look;
  }

  /**
   * @param statement that the office takes; empty if there is none
   * @param byRanges a second with very many rows is read by ranges of keys
   */
  private static Map<String, Object> feedFacts(
      Feed feed,
      OfficeProbe probe,
      Map<String, Boolean> columns,
      String statement,
      boolean byRanges) {
    Map<String, Object> facts = probe.facts(feed.table(), feed.column());
    facts.put("table", feed.table());
    facts.put("column", feed.column());
    facts.put("strategy", feed.strategy().name().toLowerCase(Locale.ROOT));
    facts.put(
        "onUpdate",
        columns.getOrDefault((feed.table() + "." + feed.column()).toLowerCase(Locale.ROOT), false));
    facts.put("compared", feed.keys().isPresent());
    facts.put("cost", feed.cost().name().toLowerCase(Locale.ROOT));
    facts.put("page", feed.page());
    facts.put("byRanges", byRanges);
    List<String> plan = statement.isEmpty() ? List.of() : probe.plan(statement);
    facts.put("plan", plan);
    Plans.warning(feed, probe.indexes(feed.table(), feed.column()), plan)
        .ifPresent(warning -> facts.put(WARNING, warning));
    facts.put(
        "without",
        feed.lines().stream()
            .flatMap(line -> line.needs().stream())
            .filter(column -> !columns.containsKey(column))
            .toList());
    return facts;
  }

  private static Map<String, Object> officeFacts(
      Clock clock, OfficeProbe probe, List<String> writes) {
    Map<String, Object> facts = probe.facts();
    facts.put("version", clock.version());
    facts.put("updating", clock.updating());
    facts.put("accountMayWrite", writes);
    return facts;
  }

  private static String json(Map<String, Object> facts) {
    try {
      return JSON.writeValueAsString(facts);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("What a database says of itself is neither text nor number");
    }
  }

  private static String reason(
      Feed feed, Clock clock, OfficeProbe probe, Map<String, Boolean> columns, String statement) {
    String column = (feed.table() + "." + feed.column()).toLowerCase(Locale.ROOT);
    if (clock.version().isEmpty()) {
      return "the office says no DataBaseVersion";
    }
    if (!feed.versions().hold(clock.version())) {
      return "it holds for DataBaseVersion " + feed.versions() + ", not for " + clock.version();
    }
    if (clock.updating()) {
      return "an update of Open Dental is under way at the office";
    }
    if (!columns.containsKey(column)) {
      return "the office lacks the column " + feed.table() + "." + feed.column();
    }
    if (feed.strategy() == Feed.Strategy.STAMP && !columns.get(column)) {
      return "the stamp "
          + feed.table()
          + "."
          + feed.column()
          + " does not move when a row changes (it lacks ON UPDATE)";
    }
    if (feed.strategy() == Feed.Strategy.KEY && probe.keysJump()) {
      return "keys of this office do not grow with time (RandomPrimaryKeys or auto_increment_increment)";
    }
    return probe.refuses(statement).orElse("");
  }

  private static List<String> tables(Feed feed) {
    Set<String> tables = new TreeSet<>(Set.of(feed.table()));
    for (Feed.Line line : feed.lines()) {
      line.needs().ifPresent(column -> tables.add(column.substring(0, column.indexOf('.'))));
    }
    return List.copyOf(tables);
  }

  private static void say(String practice, Feed feed, Look look, Optional<Look> before) {
    String was = before.map(Look::reason).orElse("");
    if (look.off() && !look.reason().equals(was)) {
      LOG.warn(
          "capture of {} at {} is off: {}. Nothing is read by it until that changes; correct the office or sql/capture/{}.sql.",
          feed.name(),
          practice,
          look.reason(),
          feed.name());
    } else if (!look.off() && !was.isEmpty()) {
      LOG.info("capture of {} at {} is on again.", feed.name(), practice);
    }
    Set<String> without = new HashSet<>();
    for (Feed.Line line : feed.lines()) {
      line.needs()
          .filter(column -> !look.off() && !look.statement().contains(line.text()))
          .ifPresent(without::add);
    }
    if (!without.isEmpty() && before.isEmpty()) {
      LOG.info(
          "{} at version {} lacks {}: {} is read without.",
          practice,
          look.version(),
          without,
          feed.name());
    }
  }

  private static String name(String practice, String feed) {
    return practice + "/" + feed;
  }
}
