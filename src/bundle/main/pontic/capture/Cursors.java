package pontic.capture;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import pontic.practice.Practice;
import pontic.record.Page;
import pontic.record.Records;
import pontic.record.Watermark;

/**
 * Where the next poll begins.
 *
 * <p>Stamps are whole seconds and become visible in no particular order, so a poll that had read
 * everything is followed by one that reaches back by an overlap, and now and then by one that
 * reaches back much further. After a full page the next poll goes on strictly behind the last row
 * instead: else a batch that gives thousands of rows one second would be read from its start for
 * ever. A sweep that fills a page goes on like that too, so its whole reach is read, over a restart
 * as well; a restart itself begins with a sweep.
 *
 * <p>A poll ends a second before the database's now. A sweep has no end: a row whose stamp is ahead
 * of that clock is one of another server, or of before the clock stepped back. A clock that stepped
 * back makes the poll a sweep.
 */
public final class Cursors {
  private static final Instant BEGINNING = Instant.parse("1970-01-02T00:00:00Z");
  private static final long BELOW_EVERY_KEY = Storms.BELOW_EVERY_KEY;
  private static final long ABOVE_EVERY_KEY = Storms.ABOVE_EVERY_KEY;

  /** What may lie behind this is more than a page, perhaps. */
  private static final Duration RECENT = Duration.ofMinutes(2);

  private final Records records;
  private final Predicate<String> enabled;
  private final Offices offices;
  private final Storms storms;
  private final Reach reach;
  private final Map<String, Practice.Budget> budgets;
  private final LongSupplier nanos;
  private final Map<String, Long> swept = new ConcurrentHashMap<>();

  /** What was the database's clock when a sweep began: all its pages are read as of then. */
  private final Map<String, Instant> sweeping = new ConcurrentHashMap<>();

  /**
   * @param enabled asked at each poll whether the practice's database may be read
   * @param budgets by practice id
   * @param nanos a clock that only goes on
   */
  public Cursors(
      Records records,
      Predicate<String> enabled,
      Offices offices,
      Storms storms,
      Reach reach,
      Map<String, Practice.Budget> budgets,
      LongSupplier nanos) {
    this.records = records;
    this.enabled = enabled;
    this.offices = offices;
    this.storms = storms;
    this.reach = reach;
    this.budgets = Map.copyOf(budgets);
    this.nanos = nanos;
  }

  /**
   * False for a practice whose database is switched off, whose reads are paused, or in whose quiet
   * hours it is.
   */
  public boolean enabled(String practice) {
    return enabled.test(practice);
  }

  /**
   * @param row of the feed's file in {@code sql/capture/clock}
   */
  public Cursor open(String practice, String feedName, Map<String, Object> row) {
    Feed feed = offices.feed(feedName);
    Clock clock = Clock.of(row);
    Records.Start start = records.start(practice, feedName);
    boolean sweep = isSweepTime(practice, feedName);
    return switch (feed.strategy()) {
      case STAMP -> byStamp(practice, feed, clock, start, sweep);
      case KEY -> byKey(practice, feed, clock, start, sweep);
      case HASH -> all(practice, feed, clock, start);
    };
  }

  /**
   * After the page is stored: the next sweep is a period away.
   *
   * @param versions what {@link Records#store} said
   */
  public void read(Cursor cursor, Page page, OptionalInt versions) {
    if (cursor.sweep()) {
      String name = name(cursor.practice(), cursor.feed().name());
      swept.put(name, nanos.getAsLong());
      sweeping.put(name, cursor.asOf());
    }
    storms.read(cursor, page.next().key(), versions.isPresent());
  }

  private boolean isSweepTime(String practice, String feed) {
    Long last = swept.get(name(practice, feed));
    return last == null || nanos.getAsLong() - last >= reach.sweepPeriod().toNanos();
  }

  private Cursor byStamp(
      String practice, Feed feed, Clock clock, Records.Start start, boolean sweep) {
    Instant end = clock.until();
    if (start.from().isEmpty()) {
      return byStamp(practice, feed, end, start, BEGINNING, BELOW_EVERY_KEY, true);
    }
    Watermark mark = start.from().get();
    String name = name(practice, feed.name());
    if (!mark.paging()) {
      sweeping.remove(name);
    }
    Optional<Instant> began = Optional.ofNullable(sweeping.get(name));
    // The pages of a sweep may lie ahead of the clock.
    boolean steppedBack = end.isBefore(began.orElse(mark.stamp()));
    if (mark.paging() && !steppedBack) {
      Instant asOf = began.orElse(end);
      return byStamp(practice, feed, asOf, start, mark.stamp(), mark.key(), began.isPresent());
    }
    boolean far = sweep || steppedBack;
    Duration back = far ? reach.sweep() : reach.overlap();
    Instant since = (steppedBack ? end : mark.stamp()).minus(back);
    if (far) {
      storms.forget(practice, feed, since);
    }
    long after = back.isZero() && !steppedBack ? ABOVE_EVERY_KEY : BELOW_EVERY_KEY;
    return byStamp(practice, feed, end, start, since, after, far);
  }

  /** To the end, or up to or within a second that is read by ranges. */
  private Cursor byStamp(
      String practice,
      Feed feed,
      Instant asOf,
      Records.Start start,
      Instant since,
      long afterKey,
      boolean sweep) {
    int page = page(practice, feed);
    Instant end = sweep ? Stamp.LAST : asOf;
    boolean mayBeMany =
        start.from().map(Watermark::paging).orElse(true) || since.isBefore(asOf.minus(RECENT));
    Storms.Span all = storms.span(practice, feed, page, since, afterKey, asOf, end);
    Storms.Span span = mayBeMany ? storms.onePage(practice, feed, all) : all;
    return new Cursor(
        practice,
        feed,
        start.from(),
        start.at(),
        asOf,
        span.since(),
        span.afterKey(),
        span.until(),
        span.untilKey(),
        page,
        span.part(),
        sweep);
  }

  private Cursor byKey(
      String practice, Feed feed, Clock clock, Records.Start start, boolean sweep) {
    if (start.from().isEmpty()) {
      return cursor(practice, feed, clock, start, BEGINNING, BELOW_EVERY_KEY, false);
    }
    Watermark mark = start.from().get();
    boolean steppedBack = clock.untilKey() < mark.key();
    if (mark.paging() && !steppedBack) {
      return cursor(practice, feed, clock, start, mark.stamp(), mark.key(), false);
    }
    long back = sweep ? reach.sweepKeys() : reach.keys();
    long reached = Math.min(mark.key(), clock.untilKey());
    return cursor(practice, feed, clock, start, mark.stamp(), reached - back, sweep);
  }

  /** From the beginning, or strictly behind the page before. */
  private Cursor all(String practice, Feed feed, Clock clock, Records.Start start) {
    long after = start.from().filter(Watermark::paging).map(Watermark::key).orElse(BELOW_EVERY_KEY);
    return new Cursor(
        practice,
        feed,
        start.from(),
        start.at(),
        clock.until(),
        BEGINNING,
        after,
        clock.until(),
        ABOVE_EVERY_KEY,
        page(practice, feed),
        false,
        true);
  }

  private Cursor cursor(
      String practice,
      Feed feed,
      Clock clock,
      Records.Start start,
      Instant since,
      long afterKey,
      boolean sweep) {
    return new Cursor(
        practice,
        feed,
        start.from(),
        start.at(),
        clock.until(),
        since,
        afterKey,
        clock.until(),
        clock.untilKey(),
        page(practice, feed),
        false,
        sweep || start.from().isEmpty());
  }

  private int page(String practice, Feed feed) {
    return Math.min(budgets.get(practice).page(), feed.page());
  }

  private static String name(String practice, String feed) {
    return practice + "/" + feed;
  }
}
