package pontic;

import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.apache.camel.CamelContext;
import pontic.capture.Reach;
import pontic.lane.Planner;

/**
 * What a test puts around the product's own parts, in every generation.
 *
 * @param planning stands around the planner
 * @param reaching how far polls of an office's database reach back
 * @param observer sees each context before its routes are made
 */
public record Around(
    UnaryOperator<Planner> planning,
    UnaryOperator<Reach> reaching,
    Consumer<CamelContext> observer) {

  /** The product as it is. */
  public static Around nothing() {
    return new Around(planner -> planner, reach -> reach, context -> {});
  }

  public Around withPlanning(UnaryOperator<Planner> other) {
    return new Around(other, reaching, observer);
  }

  public Around withReaching(UnaryOperator<Reach> other) {
    return new Around(planning, other, observer);
  }

  public Around withObserver(Consumer<CamelContext> other) {
    return new Around(planning, reaching, other);
  }
}
