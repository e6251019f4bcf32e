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
 * @param readAt by the store's clock, before the rows were asked for: of two readings of one row
 *     the one that began later is right
 */
public record Page(
    String practice,
    String feed,
    Optional<Watermark> from,
    Watermark next,
    List<Row> changed,
    int unchanged,
    Instant readAt) {

  public Page {
    changed = List.copyOf(changed);
  }
}
