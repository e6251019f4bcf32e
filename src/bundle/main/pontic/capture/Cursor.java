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
 * @param until by the database's own clock
 * @param sweep this poll reaches further than usual
 */
public record Cursor(
    String practice,
    Feed feed,
    Optional<Watermark> from,
    Instant readAt,
    Instant since,
    long afterKey,
    Instant until,
    long untilKey,
    int most,
    boolean sweep) {

  /** Named parameters of the feed's SQL. */
  public Map<String, Object> parameters() {
    return Map.of(
        "since", Stamp.text(since),
        "after_key", afterKey,
        "until", Stamp.text(sweep ? Stamp.LAST : until),
        "until_key", untilKey,
        "most", most);
  }
}
