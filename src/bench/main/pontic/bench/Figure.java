package pontic.bench;

import java.util.List;
import java.util.Optional;

/**
 * One thing measured of several, side by side.
 *
 * @param name as in {@code catch-up}
 * @param what in words
 * @param unit of all values
 * @param series the product first
 * @param notes what a reader has to know to judge it
 */
record Figure(String name, String what, String unit, List<Series> series, List<String> notes) {

  /**
   * What one contender did.
   *
   * @param does and leaves out, compared with the others
   * @param spread a value for each round
   */
  record Series(String contender, String does, Spread spread) {}

  Figure {
    series = List.copyOf(series);
    notes = List.copyOf(notes);
  }

  /**
   * The product's value over that of a rival, round by round; empty for the product itself, and
   * where a value is zero.
   */
  Optional<Spread> ratio(Series rival) {
    Series product = series.get(0);
    boolean isComparable =
        !rival.equals(product)
            && rival.spread().values().size() == product.spread().values().size()
            && rival.spread().least() > 0;
    return isComparable ? Optional.of(product.spread().over(rival.spread())) : Optional.empty();
  }
}
