package pontic.seam;

import java.util.ArrayList;
import java.util.List;
import org.apache.camel.AggregationStrategy;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePropertyKey;
import org.apache.camel.MessageHistory;

/**
 * What became of each exchange that entered a seam, in their order: it came through, or a step kept
 * it back and is known by its id. The steps of a seam stand in a split, so that a {@code stop} ends
 * the one exchange and not the route.
 */
public final class Seam implements AggregationStrategy {

  /**
   * What came through.
   *
   * @param place among those that entered, from 0
   * @param body as the last step of the seam left it
   */
  public record Through(int place, Object body) {
    /** Without the body: it is a patient's. */
    @Override
    public String toString() {
      return "place " + place;
    }
  }

  /**
   * What a step kept back.
   *
   * @param step the id of the last step that it came to, as it stands in the route that runs; empty
   *     if it is not known
   */
  public record Kept(int place, String step) {
    /**
     * ROUTE/STEP, as they stand in the route's file.
     *
     * @param prefix of the ids of an instance of a template; empty if the route is none
     */
    public String by(String route, String prefix) {
      return route + "/" + (step.startsWith(prefix) ? step.substring(prefix.length()) : step);
    }
  }

  /** At the end of the seam. */
  public Through through(int place, Object body) {
    return new Through(place, body);
  }

  /** Of the route's message history. */
  private static String last(Exchange entered) {
    List<?> history =
        entered.getProperty(ExchangePropertyKey.MESSAGE_HISTORY, List.of(), List.class);
    return history.isEmpty()
        ? ""
        : ((MessageHistory) history.get(history.size() - 1)).getNode().getId();
  }

  @Override
  public Exchange aggregate(Exchange before, Exchange entered) {
    List<Object> results = new ArrayList<>();
    if (before != null) {
      results.addAll(before.getMessage().getBody(List.class));
    }
    Object body = entered.getMessage().getBody();
    results.add(
        body instanceof Through
            ? body
            : new Kept(entered.getProperty(Exchange.SPLIT_INDEX, 0, Integer.class), last(entered)));
    Exchange all = before == null ? entered : before;
    // It ended one exchange; the route goes on with all.
    all.setRouteStop(false);
    all.getMessage().setBody(results);
    return all;
  }
}
