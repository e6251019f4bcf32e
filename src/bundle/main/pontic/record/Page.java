package pontic.record;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What one poll found.
 *
 * @param from the watermark that the poll started from; if another one stands in the store by now,
 *     the page is void
 * @param next the watermark that covers the page
 * @param changed rows that differ from their record, in the order of the cursor
 * @param unchanged rows that carry a new stamp and nothing else
 * @param until the database's own clock when the page was read; {@code Instant.MAX} if nobody asked
 *     it
 */
public record Page(
    String practice,
    String feed,
    Optional<Watermark> from,
    Watermark next,
    List<Row> changed,
    int unchanged,
    Instant until) {

  public Page {
    changed = List.copyOf(changed);
  }

  /** Of a source whose clock is not known. */
  public Page(
      String practice,
      String feed,
      Optional<Watermark> from,
      Watermark next,
      List<Row> changed,
      int unchanged) {
    this(practice, feed, from, next, changed, unchanged, Instant.MAX);
  }
}
