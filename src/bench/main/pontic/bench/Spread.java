package pontic.bench;

import java.util.Arrays;
import java.util.List;

/**
 * Measured values of one kind, at least one: their middle, and how far they lie apart.
 *
 * @param values in the order of measuring
 */
record Spread(List<Double> values) {

  Spread {
    values = List.copyOf(values);
    if (values.isEmpty()) {
      throw new IllegalArgumentException("There is no middle of nothing");
    }
  }

  double median() {
    return quantile(0.5);
  }

  double least() {
    return quantile(0);
  }

  double most() {
    return quantile(1);
  }

  /**
   * By linear interpolation between the two values that lie next to it.
   *
   * @param share from 0, the least value, to 1, the most
   */
  double quantile(double share) {
    double[] sorted = values.stream().mapToDouble(Double::doubleValue).toArray();
    Arrays.sort(sorted);
    double place = share * (sorted.length - 1);
    int below = (int) Math.floor(place);
    int above = (int) Math.ceil(place);
    return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
  }

  /**
   * The ratios of values that were measured in the same round.
   *
   * @throws IllegalArgumentException if there are not as many of one as of the other
   */
  Spread over(Spread other) {
    if (values.size() != other.values.size()) {
      throw new IllegalArgumentException(
          values.size() + " rounds cannot be set beside " + other.values.size());
    }
    Double[] ratios = new Double[values.size()];
    Arrays.setAll(ratios, i -> values.get(i) / other.values.get(i));
    return new Spread(List.of(ratios));
  }
}
