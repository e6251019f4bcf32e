package pontic.capture;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Seconds in which a table has very many rows, as ageing leaves them.
 *
 * <p>Such a second is read by ranges of keys, and before it is, the office's database is asked for
 * the sum of each range: how many rows and what is in them. Overlap and sweeps ask for the sums
 * again, and read only ranges whose sum is another one than it was before they were last read: rows
 * that were shown late, or that have left for a later second. What was read ahead of the office's
 * clock is read once more when its time has come, since it is counted only then. Known to this
 * process only; a start begins with reading.
 */
public final class Storms {
  static final long BELOW_EVERY_KEY = Long.MIN_VALUE;
  static final long ABOVE_EVERY_KEY = Long.MAX_VALUE;
  private static final Duration SECOND = Duration.ofSeconds(1);

  /**
   * What stands in one second and one range of keys.
   *
   * @param content a hash over all rows of the columns that the feed reads of its own table
   */
  public record Sum(long rows, String content) {}

  /** Who knows the sums. */
  public interface Office {
    /** Whether this feed can be asked for sums at this practice. */
    boolean hasSums(String practice, Feed feed);

    /**
     * @return by the lowest key of each range of as many keys as a page has rows
     */
    SortedMap<Long, Sum> sums(String practice, Feed feed, Instant second);

    /**
     * The stamp of the last row of a page that begins with the first row of a second.
     *
     * @return empty if less than a page is left, or if the office cannot tell without a look at all
     *     rows
     */
    Optional<Instant> pageEnd(String practice, Feed feed, Instant since, Instant until);
  }

  /**
   * What to read next: rows after {@code since}, or at {@code since} with a key above {@code
   * afterKey}, up to and including {@code until}; if that is the same second, up to and including
   * {@code untilKey}.
   *
   * @param part there is more behind it up to where the poll wanted to read
   */
  record Span(Instant since, long afterKey, Instant until, long untilKey, boolean part) {
    /** Rows of one second. */
    boolean within() {
      return part && since.equals(until);
    }
  }

  private static final class Second {
    private NavigableMap<Long, Sum> asked = new TreeMap<>();
    private final Map<Long, Sum> read = new HashMap<>();

    /** Where the last page ended that this process stored since it asked. */
    private long at = BELOW_EVERY_KEY;

    private boolean readAhead;

    void ask(SortedMap<Long, Sum> sums, boolean isAhead) {
      asked = new TreeMap<>(sums);
      if (readAhead && !isAhead) {
        read.clear();
        readAhead = false;
      }
    }

    /** The lowest key of the first range that is not as it was read. */
    Optional<Long> unread() {
      return asked.entrySet().stream()
          .filter(range -> !range.getValue().equals(read.get(range.getKey())))
          .map(Map.Entry::getKey)
          .findFirst();
    }
  }

  private final Office office;
  private final Map<String, NavigableMap<Instant, Second>> known = new ConcurrentHashMap<>();

  public Storms(Office office) {
    this.office = office;
  }

  /**
   * What a poll reads that wants to read from a position up to {@code end}.
   *
   * @param asOf as {@link Cursor#asOf}
   */
  Span span(
      String practice,
      Feed feed,
      int page,
      Instant since,
      long afterKey,
      Instant asOf,
      Instant end) {
    NavigableMap<Instant, Second> seconds = seconds(practice, feed);
    Instant from = since;
    long after = afterKey;
    if (!seconds.isEmpty() && !office.hasSums(practice, feed)) {
      seconds.clear();
    }
    while (true) {
      Instant first = after == ABOVE_EVERY_KEY ? from.plus(SECOND) : from;
      Instant dense = seconds.ceilingKey(first);
      if (dense == null || dense.isAfter(end)) {
        return new Span(from, after, end, ABOVE_EVERY_KEY, false);
      }
      if (dense.isAfter(first)) {
        return new Span(from, after, dense.minus(SECOND), ABOVE_EVERY_KEY, true);
      }
      Second second = seconds.get(dense);
      // Another process may have been faster, with sums of its own.
      if (after == BELOW_EVERY_KEY || after != second.at) {
        second.ask(office.sums(practice, feed, dense), dense.isAfter(asOf));
      }
      Optional<Long> unread = second.unread();
      if (unread.isPresent()) {
        long lowest = unread.get();
        return new Span(dense, lowest - 1, dense, highest(second, lowest, page), true);
      }
      from = dense;
      after = ABOVE_EVERY_KEY;
    }
  }

  /**
   * The same, but no further than a page full of rows after its first second, where the office can
   * tell how far that is: a server whose index on the stamp does not hold the key (MyISAM) would
   * sort all that is left of the table for each page.
   */
  Span onePage(String practice, Feed feed, Span span) {
    if (span.within()) {
      return span;
    }
    return office
        .pageEnd(practice, feed, span.since().plus(SECOND), span.until())
        .filter(end -> end.isBefore(span.until()))
        .map(end -> new Span(span.since(), span.afterKey(), end, ABOVE_EVERY_KEY, true))
        .orElse(span);
  }

  /** Ranges that hold few rows are read together. */
  private static long highest(Second second, long lowest, int page) {
    long rows = 0;
    long highest = lowest + page - 1;
    for (Map.Entry<Long, Sum> range : second.asked.tailMap(lowest, true).entrySet()) {
      rows += range.getValue().rows();
      if (rows >= page || range.getValue().equals(second.read.get(range.getKey()))) {
        break;
      }
      highest = range.getKey() + page - 1;
    }
    return highest;
  }

  /**
   * Whether a page ends within a second that fills it for the greater part.
   *
   * @return that second, if its rows are to be left to the next poll, which then begins with it
   */
  Optional<Instant> begun(Cursor cursor, List<Instant> stamps) {
    if (stamps.size() < cursor.most()
        || !cursor.feed().byStamp()
        || !office.hasSums(cursor.practice(), cursor.feed())) {
      return Optional.empty();
    }
    Instant last = stamps.get(stamps.size() - 1);
    if (2 * stamps.stream().filter(last::equals).count() < cursor.most()) {
      return Optional.empty();
    }
    return seconds(cursor.practice(), cursor.feed()).putIfAbsent(last, new Second()) == null
        ? Optional.of(last)
        : Optional.empty();
  }

  /**
   * After a page is stored, or was refused since another process was faster.
   *
   * @param next the last key that was read
   */
  void read(Cursor cursor, long next, boolean isStored) {
    Second second = seconds(cursor.practice(), cursor.feed()).get(cursor.until());
    if (!cursor.within() || second == null || !isStored) {
      return;
    }
    second.at = next;
    second.readAhead |= cursor.until().isAfter(cursor.asOf());
    second
        .asked
        .tailMap(cursor.afterKey(), false)
        .forEach(
            (lowest, sum) -> {
              if (lowest <= next && next - lowest >= cursor.most() - 1) {
                second.read.put(lowest, sum);
              }
            });
  }

  /** What lies before a sweep is not read again. */
  void forget(String practice, Feed feed, Instant before) {
    seconds(practice, feed).headMap(before).clear();
  }

  private NavigableMap<Instant, Second> seconds(String practice, Feed feed) {
    return known.computeIfAbsent(practice + "/" + feed.name(), name -> new TreeMap<>());
  }
}
