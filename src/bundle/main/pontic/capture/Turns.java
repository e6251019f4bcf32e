package pontic.capture;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import pontic.practice.WatchTable;

/**
 * Whose turn it is at an office: its feeds are read one after the other, within the share of time
 * that the office grants for queries.
 *
 * <p>Time that is granted and not used is saved up to a limit, so that a change or a start is read
 * at once; a feed whose query takes long twice is read more rarely by itself. What is cheap comes
 * first, then what has waited for more of its intervals, then what is to be read most often, and of
 * a table that is read page after page only so much that the others wait no longer than a period,
 * nor for time to be granted again. While something dear waits for time, half of what is granted is
 * put aside for it, so that neither keeps the other from its turn however much they want together.
 * In the same way a quarter is put aside for what is read beside the feeds, while that waits.
 */
public final class Turns {
  /** Pages of one table that are read in a row while the period lasts. */
  private static final int PAGES = 10;

  private static final Duration MOST_SAVED = Duration.ofSeconds(10);

  /** More than {@link #MOST_KEPT}, so that it is enough for any query. */
  private static final Duration MOST_ASIDE = MOST_SAVED.dividedBy(2);

  /** Less than what is left to the feeds by what is read beside them, so that it comes first. */
  private static final Duration MOST_KEPT = MOST_SAVED.dividedBy(4);

  /** However long a query took, the office is asked again after this. */
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

  private static final Duration LONGEST_INTERVAL = Duration.ofMinutes(1);

  /** What the first page of what is read beside the feeds is thought to take. */
  private static final Duration FIRST_PAGE = Duration.ofMillis(100);

  /** What is read beside the feeds and has not asked for so long waits no more. */
  private static final Duration FORGOTTEN = Duration.ofSeconds(30);

  /** However rarely tables are read, it is looked so often whether a hint has come. */
  private static final Duration LONGEST_TICK = Duration.ofSeconds(1);

  /** A poll sees what the office's clock was stamped with a second ago (clock/now.sql). */
  private static final long SETTLED = Duration.ofSeconds(1).toNanos();

  private final List<Feed> feeds;
  private final Duration period;
  private final Map<String, Grant> grants;
  private final LongSupplier nanos;
  private final Map<String, Office> offices = new ConcurrentHashMap<>();

  /**
   * What an office grants.
   *
   * @param share of the time in which one query may run, above 0, at most 1
   * @param isQuiet whether nothing may be asked now
   * @param isRead the feeds that are wanted there
   */
  public record Grant(double share, BooleanSupplier isQuiet, Predicate<Feed> isRead) {}

  /** One feed at one office; only the thread that has the office's turn touches it. */
  private static final class State {
    private long nextAt;

    /** No sooner, whatever hints say: its queries are dear. */
    private long notBefore;

    private Optional<Hinted> hinted = Optional.empty();
    private OptionalLong broughtAt = OptionalLong.empty();
    private long took;
    private long cost;
    private long tick;
    private boolean paging;

    /** Whether a hint brings its turn before its time. */
    boolean isBrought(long now) {
      return hinted
          .filter(hint -> hint.from() + SETTLED <= now)
          .filter(hint -> broughtAt.isEmpty() || broughtAt.getAsLong() + hint.pause() <= now)
          .filter(hint -> notBefore <= now)
          .isPresent();
    }
  }

  /**
   * Hints that no turn has covered yet.
   *
   * @param from when the first came
   * @param to when the last came
   * @param pause least time between two turns that hints bring
   */
  private record Hinted(long from, long to, long pause) {}

  private static final class Office {
    private final Map<String, State> states = new HashMap<>();
    private long saved = MOST_SAVED.toNanos();
    private long savedAt;

    /** For what is dear, beside what is saved for all. */
    private long aside;

    /** In this round something dear was due and has to wait for time to be granted. */
    private boolean isShort;

    /** Nothing else that is dear may begin before it. */
    private boolean isBlocked;

    private long tick;
    private long tickAt;
    private long turnAt;
    private boolean isTurnDear;

    /** When the rows of this turn were there; empty as long as they are not. */
    private OptionalLong arrivedAt = OptionalLong.empty();

    private long besideAt;

    /** For what is read beside the feeds. */
    private long besideSaved;

    /** What its last page took. */
    private long besideTook = FIRST_PAGE.toNanos();

    /** When it was last told to wait for time to be granted; empty if it was not. */
    private OptionalLong besideWaits = OptionalLong.empty();

    /** The round failed before any feed had its turn: no other begins before this. */
    private OptionalLong restsUntil = OptionalLong.empty();

    private long spent;

    State state(String feed) {
      return states.computeIfAbsent(feed, name -> new State());
    }
  }

  /**
   * @param period between two reads of a table that is to be read each period
   * @param grants by practice id
   * @param nanos a clock that only goes on
   */
  public Turns(List<Feed> feeds, Duration period, Map<String, Grant> grants, LongSupplier nanos) {
    this.feeds = List.copyOf(feeds);
    this.period = period;
    this.grants = Map.copyOf(grants);
    this.nanos = nanos;
  }

  /** How often it has to be asked whose turn it is. */
  public static Duration tick(Duration period) {
    return period.compareTo(LONGEST_TICK) < 0 ? period : LONGEST_TICK;
  }

  /**
   * Rows of this table may have changed, says the office: its feeds are read before their time.
   * That is all; the budget stands, and so does their time.
   *
   * @param every least time between two turns of a feed that hints bring
   */
  public void hint(String practice, WatchTable table, Duration every) {
    Office office = offices.computeIfAbsent(practice, id -> new Office());
    synchronized (office) {
      long now = nanos.getAsLong();
      for (Feed feed : feeds) {
        if (feed.isHintedBy(table) && grants.get(practice).isRead().test(feed)) {
          State state = office.state(feed.name());
          long from = state.hinted.map(Hinted::from).orElse(now);
          state.hinted = Optional.of(new Hinted(from, now, every.toNanos()));
        }
      }
    }
  }

  /**
   * The feeds whose turn may come in this tick, in their order; a feed that is read page after page
   * stands there several times. {@link #begin} decides when it comes to each.
   */
  public List<Feed> due(String practice) {
    Office office = offices.computeIfAbsent(practice, id -> new Office());
    synchronized (office) {
      long now = nanos.getAsLong();
      double share = grants.get(practice).share();
      save(office, grants.get(practice), now);
      office.tickAt = now;
      office.tick++;
      office.isShort = false;
      office.isBlocked = false;
      boolean rests = office.restsUntil.isPresent() && now < office.restsUntil.getAsLong();
      if (rests || isQuiet(practice)) {
        return List.of();
      }
      List<Feed> due =
          new ArrayList<>(
              feeds.stream()
                  .filter(feed -> grants.get(practice).isRead().test(feed))
                  .filter(
                      feed ->
                          office.state(feed.name()).nextAt <= now
                              || office.state(feed.name()).isBrought(now))
                  .sorted(
                      Comparator.comparing((Feed feed) -> isDear(office.state(feed.name()), share))
                          .thenComparing(feed -> -missed(office, feed, share))
                          .thenComparing(feed -> office.state(feed.name()).paging)
                          .thenComparing(Feed::every)
                          .thenComparing(feed -> office.state(feed.name()).cost))
                  .filter(feed -> isAffordable(office, office.state(feed.name()), share))
                  .toList());
      office.isBlocked = false;
      List<Feed> paging = due.stream().filter(feed -> office.state(feed.name()).paging).toList();
      for (int page = 1; page < PAGES; page++) {
        due.addAll(paging);
      }
      return due;
    }
  }

  /** Whether this is an hour in which nothing may be asked. */
  public boolean isQuiet(String practice) {
    return grants.get(practice).isQuiet().getAsBoolean();
  }

  /** Whether this feed is read now; its time at the office counts from here to {@link #end}. */
  public boolean begin(String practice, Feed feed) {
    Office office = offices.get(practice);
    synchronized (office) {
      long now = nanos.getAsLong();
      State state = office.state(feed.name());
      double share = grants.get(practice).share();
      boolean isAgain = state.tick == office.tick;
      boolean isLate = now - office.tickAt >= period.toNanos();
      if (isQuiet(practice)
          || (isAgain && (isLate || !state.paging))
          || !isAffordable(office, state, share)) {
        return false;
      }
      state.tick = office.tick;
      office.isTurnDear = isDear(state, share);
      office.arrivedAt = OptionalLong.empty();
      if (state.nextAt > office.tickAt) {
        state.broughtAt = OptionalLong.of(now);
      }
      // What came in the last second may be stamped later than this poll reads.
      state.hinted =
          state
              .hinted
              .filter(hint -> hint.to() + SETTLED > office.tickAt)
              .map(
                  hint ->
                      hint.from() + SETTLED > office.tickAt
                          ? hint
                          : new Hinted(hint.to(), hint.to(), hint.pause()));
      state.nextAt = regular(office, feed);
      office.turnAt = now;
      return true;
    }
  }

  /** The rows are there; what is done with them now is no time of the office. */
  public void arrived(String practice) {
    Office office = offices.get(practice);
    synchronized (office) {
      office.arrivedAt = OptionalLong.of(nanos.getAsLong());
    }
  }

  /** After a page was looked at. Its time counts up to {@link #arrived}, else up to here. */
  public void end(String practice, Feed feed, boolean paging) {
    Office office = offices.get(practice);
    synchronized (office) {
      State state = office.state(feed.name());
      state.paging = paging;
      took(office, state, grants.get(practice).share());
    }
  }

  /**
   * Whether the office may be asked for something beside what its feeds have to be asked for: while
   * half of what can be saved is left for these. Where they want all that is granted that never
   * comes, so a quarter of it is put aside while something waits here; a page begins when it would
   * do. Its time counts from here to {@link #besideEnds}.
   */
  public boolean besideBegins(String practice) {
    Office office = offices.computeIfAbsent(practice, id -> new Office());
    synchronized (office) {
      long now = nanos.getAsLong();
      Grant grant = grants.get(practice);
      save(office, grant, now);
      boolean isQuiet = isQuiet(practice);
      boolean begins =
          !isQuiet
              && (office.saved >= MOST_SAVED.toNanos() / 2
                  || office.besideSaved >= Math.min(office.besideTook, most(grant.share())));
      office.besideWaits = isQuiet || begins ? office.besideWaits : OptionalLong.of(now);
      office.besideAt = begins ? now : 0;
      return begins;
    }
  }

  /** Does nothing if nothing was begun. */
  public void besideEnds(String practice) {
    Office office = offices.get(practice);
    if (office == null) {
      return;
    }
    synchronized (office) {
      if (office.besideAt != 0) {
        long took = nanos.getAsLong() - office.besideAt;
        long fromBeside = Math.min(office.besideSaved, took);
        office.besideAt = 0;
        office.besideTook = took;
        office.spent += took;
        office.besideSaved -= fromBeside;
        office.saved =
            Math.max(-most(grants.get(practice).share()), office.saved - (took - fromBeside));
      }
    }
  }

  /**
   * After a query that failed: the time that it took counts too.
   *
   * @param poll {@code capture-mysql-elm-patient}, {@code reconcile-elm}, or {@code
   *     capture-mysql-elm} if the office did not even tell its time; of another route nothing is
   *     counted
   */
  public void failed(String poll) {
    offices.forEach(
        (practice, office) -> {
          if (poll.equals("reconcile-" + practice)) {
            besideEnds(practice);
          }
          if (poll.equals("capture-mysql-" + practice)) {
            synchronized (office) {
              office.restsUntil = OptionalLong.of(nextTime(office, 1));
            }
          }
          for (Feed feed : feeds) {
            if (poll.equals("capture-mysql-" + practice + "-" + feed.name())) {
              end(practice, feed, false);
            }
          }
        });
  }

  /** Time that queries have taken at this office since the start. */
  public Duration spent(String practice) {
    Office office = offices.get(practice);
    if (office == null) {
      return Duration.ZERO;
    }
    synchronized (office) {
      return Duration.ofNanos(office.spent);
    }
  }

  private void took(Office office, State state, double share) {
    long now = nanos.getAsLong();
    long took = office.arrivedAt.orElse(now) - office.turnAt;
    office.arrivedAt = OptionalLong.empty();
    office.spent += took;
    long fromAside = office.isTurnDear ? Math.min(office.aside, took) : 0;
    office.aside -= fromAside;
    office.saved = Math.max(-most(share), office.saved - (took - fromAside));
    // One slow query says little: the first also connects and looks around.
    state.cost = Math.min(took, state.took);
    state.took = took;
    // Alone a feed takes no more than half of what is granted.
    state.notBefore = office.turnAt + stretched(state, share);
    state.nextAt = Math.max(state.nextAt, state.notBefore);
    office.turnAt = now;
  }

  private static long stretched(State state, double share) {
    return Math.min(LONGEST_INTERVAL.toNanos(), (long) (2 * state.cost / share));
  }

  /**
   * What has to be saved for the feed's turn: twice what its query takes, if it is a page or dear.
   * A debt that such a query left would be paid by those that are to be read each period.
   */
  private long kept(State state, double share) {
    return isDear(state, share)
        ? Math.min(
            (long) (share * stretched(state, share)), Math.min(most(share), MOST_KEPT.toNanos()))
        : 0;
  }

  private boolean isDear(State state, double share) {
    return state.paging || stretched(state, share) > period.toNanos();
  }

  /** Of what is dear nothing goes before what waits for more time than there is. */
  private boolean isAffordable(Office office, State state, double share) {
    if (!isDear(state, share)) {
      return office.saved > 0;
    }
    office.isBlocked |= Math.max(0, office.saved) + office.aside <= kept(state, share);
    office.isShort |= office.isBlocked;
    return !office.isBlocked;
  }

  /** How many of its intervals have gone by since it was due. */
  private long missed(Office office, Feed feed, double share) {
    State state = office.state(feed.name());
    long interval = Math.max(period.toNanos() * feed.every(), stretched(state, share));
    return Math.max(0, office.tickAt - state.nextAt) / interval;
  }

  /** What may be owed at most. */
  private static long most(double share) {
    return (long) (share * LONGEST_PAUSE.toNanos());
  }

  private long regular(Office office, Feed feed) {
    return nextTime(office, feed.every());
  }

  /** Ticks do not come to the nanosecond: half of one early is the same tick. */
  private long nextTime(Office office, int periods) {
    return office.tickAt + period.toNanos() * periods - tick(period).toNanos() / 2;
  }

  private static void save(Office office, Grant grant, long now) {
    if (office.savedAt != 0) {
      boolean isBesideWaiting =
          office.besideWaits.isPresent()
              && now - office.besideWaits.getAsLong() < FORGOTTEN.toNanos();
      long all = (long) ((now - office.savedAt) * grant.share());
      long beside = isBesideWaiting ? all / 4 : -office.besideSaved;
      office.besideSaved = Math.min(MOST_ASIDE.toNanos(), office.besideSaved + beside);
      long granted = all - beside;
      long aside = office.isShort ? granted / 2 : -office.aside;
      office.aside = Math.min(MOST_ASIDE.toNanos(), office.aside + aside);
      office.saved = Math.min(MOST_SAVED.toNanos(), office.saved + granted - aside);
    }
    office.savedAt = now;
  }
}
