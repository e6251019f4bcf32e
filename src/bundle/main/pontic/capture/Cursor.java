package pontic.capture;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import pontic.record.Watermark;

/**
 * What one poll of one feed reads: rows stamped after {@code since}, or at {@code since} with a key
 * above {@code afterKey}, up to and including {@code until}.
 *
 * @param feed stem of the file in {@code sql/capture}
 * @param resource FHIR type that the feed's rows become
 * @param from the watermark that this poll starts from; empty before the first
 * @param most rows in one page
 */
public record Cursor(
    String practice,
    String feed,
    String resource,
    Optional<Watermark> from,
    Instant since,
    long afterKey,
    Instant until,
    int most) {

  /** Named parameters of the feed's SQL. */
  public Map<String, Object> parameters() {
    return Map.of(
        "since",
        Stamp.text(since),
        "after_key",
        afterKey,
        "until",
        Stamp.text(until),
        "most",
        most);
  }
}
