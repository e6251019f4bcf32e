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
 * at once; a feed whose query takes long twice is read more rarely by itself. What is to be read
 * most often comes first, then what hardly costs, and of a table that is read page after page only
 * so much that the others wait no longer than a period, nor for time to be granted again.
 */
public final class Turns {
  /** Pages of one table that are read in a row while the period lasts. */
  private static final int PAGES = 10;

  private static final Duration MOST_SAVED = Duration.ofSeconds(10);

  /** Less than what is left to the feeds by what is read beside them, so that it comes first. */
  private static final Duration MOST_KEPT = MOST_SAVED.dividedBy(4);

  /** However long a query took, the office is asked again after this. */
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

  private static final Duration LONGEST_INTERVAL = Duration.ofMinutes(1);

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
    private long tick;
    private long tickAt;
    private long turnAt;
    private long besideAt;

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
      save(office, grants.get(practice), now);
      office.tickAt = now;
      office.tick++;
      boolean rests = office.restsUntil.isPresent() && now < office.restsUntil.getAsLong();
      if (rests || grants.get(practice).isQuiet().getAsBoolean() || office.saved <= 0) {
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
                      Comparator.comparing((Feed feed) -> office.state(feed.name()).paging)
                          .thenComparing(Feed::every)
                          .thenComparing(feed -> office.state(feed.name()).cost))
                  .toList());
      List<Feed> paging = due.stream().filter(feed -> office.state(feed.name()).paging).toList();
      for (int page = 1; page < PAGES; page++) {
        due.addAll(paging);
      }
      return due;
    }
  }

  /** Whether this feed is read now; its time at the office counts from here to {@link #end}. */
  public boolean begin(String practice, Feed feed) {
    Office office = offices.get(practice);
    synchronized (office) {
      long now = nanos.getAsLong();
      State state = office.state(feed.name());
      boolean isAgain = state.tick == office.tick;
      boolean isLate = now - office.tickAt >= period.toNanos();
      if (office.saved <= kept(state, grants.get(practice).share())
          || (isAgain && (isLate || !state.paging))) {
        return false;
      }
      state.tick = office.tick;
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

  /** After the rows are there. */
  public void end(String practice, Feed feed, boolean paging) {
    Office office = offices.get(practice);
    synchronized (office) {
      State state = office.state(feed.name());
      state.paging = paging;
      took(office, state, grants.get(practice).share());
    }
  }

  /**
   * Whether the office may be asked for something beside what its feeds have to be asked for: only
   * while half of what can be saved is left for these. Its time counts from here to {@link
   * #besideEnds}.
   */
  public boolean besideBegins(String practice) {
    Office office = offices.computeIfAbsent(practice, id -> new Office());
    synchronized (office) {
      long now = nanos.getAsLong();
      save(office, grants.get(practice), now);
      boolean begins =
          !grants.get(practice).isQuiet().getAsBoolean()
              && office.saved >= MOST_SAVED.toNanos() / 2;
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
        office.besideAt = 0;
        office.spent += took;
        office.saved = Math.max(-most(grants.get(practice).share()), office.saved - took);
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
    long took = now - office.turnAt;
    office.spent += took;
    office.saved = Math.max(-most(share), office.saved - took);
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
    long stretched = stretched(state, share);
    boolean isHeavy = state.paging || stretched > period.toNanos();
    return isHeavy
        ? Math.min((long) (share * stretched), Math.min(most(share), MOST_KEPT.toNanos()))
        : 0;
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
      long granted = (long) ((now - office.savedAt) * grant.share());
      office.saved = Math.min(MOST_SAVED.toNanos(), office.saved + granted);
    }
    office.savedAt = now;
  }
}
