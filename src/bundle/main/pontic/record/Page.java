package pontic.record;

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
 */
public record Page(
    String practice,
    String feed,
    Optional<Watermark> from,
    Watermark next,
    List<Row> changed,
    int unchanged) {

  public Page {
    changed = List.copyOf(changed);
  }
}
