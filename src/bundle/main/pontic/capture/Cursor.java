package pontic.capture;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import pontic.record.Watermark;

/**
 * What one poll of one feed reads. By stamp: rows stamped after {@code since}, or at {@code since}
 * with a key above {@code afterKey}, up to and including {@code until}. By key: rows above {@code
 * afterKey} up to and including {@code untilKey}.
 *
 * @param from the watermark that this poll starts from; empty before the first
 * @param readAt by the store's clock, before the rows are asked for
 * @param most rows in one page
 * @param asOf by the database's own clock: when this poll, or the sweep whose page it is, began
 * @param part more follows behind {@code until} and {@code untilKey}
 * @param sweep this poll reaches further than usual: back, and beyond {@code asOf}
 */
public record Cursor(
    String practice,
    Feed feed,
    Optional<Watermark> from,
    Instant readAt,
    Instant asOf,
    Instant since,
    long afterKey,
    Instant until,
    long untilKey,
    int most,
    boolean part,
    boolean sweep) {

  /** By stamp, and all that is read is of one second, up to and including {@code untilKey}. */
  boolean within() {
    return part && since.equals(until);
  }

  /** Named parameters of the feed's SQL. */
  public Map<String, Object> parameters() {
    return Map.of(
        "since", Stamp.text(since),
        "after_key", afterKey,
        "until", Stamp.text(until),
        "until_key", untilKey,
        "most", most);
  }
}
