package pontic.capture;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import pontic.practice.Practice;
import pontic.record.Records;
import pontic.record.Watermark;

/**
 * Where the next poll begins.
 *
 * <p>Stamps are whole seconds and become visible in no particular order, so a poll that had read
 * everything is followed by one that reaches back by an overlap. After a full page the next poll
 * goes on strictly behind the last row instead: else a batch that gives thousands of rows one
 * second would be read from its start for ever.
 */
public final class Cursors {
  private static final Instant BEGINNING = Instant.parse("1970-01-02T00:00:00Z");
  private static final long BELOW_EVERY_KEY = Long.MIN_VALUE;

  private final Records records;
  private final Set<String> enabled;
  private final Duration overlap;
  private final int most;

  /**
   * @param overlap how far a poll reaches back, at least 1 s
   * @param most rows in one page, at least 1
   */
  public Cursors(Records records, java.util.List<Practice> practices, Duration overlap, int most) {
    if (overlap.toSeconds() < 1 || most < 1) {
      throw new IllegalArgumentException("The overlap is at least 1 s and a page at least 1 row");
    }
    this.records = records;
    this.enabled =
        practices.stream()
            .filter(practice -> practice.database().enabled())
            .map(Practice::id)
            .collect(Collectors.toUnmodifiableSet());
    this.overlap = overlap;
    this.most = most;
  }

  /** False for a practice whose database is switched off. */
  public boolean enabled(String practice) {
    return enabled.contains(practice);
  }

  /**
   * @param until the database's own clock less one second, {@code yyyy-MM-dd HH:mm:ss} in UTC; rows
   *     of a running second may still come
   */
  public Cursor open(String practice, String feed, String resource, String until) {
    Instant end = Stamp.instant(until);
    Optional<Watermark> from = records.watermark(practice, feed);
    if (from.isEmpty()) {
      return new Cursor(practice, feed, resource, from, BEGINNING, BELOW_EVERY_KEY, end, most);
    }
    Watermark mark = from.get();
    boolean steppedBack = end.isBefore(mark.stamp());
    if (mark.paging() && !steppedBack) {
      return new Cursor(practice, feed, resource, from, mark.stamp(), mark.key(), end, most);
    }
    Instant reached = steppedBack ? end : mark.stamp();
    return new Cursor(
        practice, feed, resource, from, reached.minus(overlap), BELOW_EVERY_KEY, end, most);
  }
}
