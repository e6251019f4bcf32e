package pontic.bench;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Plays contenders one after the other, round by round, so that what else the machine does meets
 * all of them. Every second round goes backwards.
 */
final class Contest {
  private final int warmUps;
  private final int rounds;
  private final PrintStream progress;

  /** What is measured of one contender in one round. */
  interface Turn {
    /**
     * @return values by name; the same names in each round
     */
    Map<String, Double> play() throws Exception;
  }

  /**
   * @param does and leaves out
   */
  record Contender(String name, String does, Turn turn) {}

  /**
   * @param warmUps rounds that go before those that count
   */
  Contest(int warmUps, int rounds, PrintStream progress) {
    this.warmUps = warmUps;
    this.rounds = rounds;
    this.progress = progress;
  }

  /**
   * @param contenders the product first
   * @return by the name of a value, a series for each contender that told it
   */
  Map<String, List<Figure.Series>> play(List<Contender> contenders) throws Exception {
    Map<String, Map<Contender, List<Double>>> values = new LinkedHashMap<>();
    for (int round = 1 - warmUps; round <= rounds; round++) {
      List<Contender> order = new ArrayList<>(contenders);
      if (round % 2 != 0) {
        java.util.Collections.reverse(order);
      }
      for (Contender contender : order) {
        Map<String, Double> told = contender.turn().play();
        progress.printf(
            "  %s %s: %s%n",
            round < 1 ? "warm-up" : "round " + round, contender.name(), Table.shown(told));
        if (round > 0) {
          told.forEach(
              (name, value) ->
                  values
                      .computeIfAbsent(name, key -> new LinkedHashMap<>())
                      .computeIfAbsent(contender, key -> new ArrayList<>())
                      .add(value));
        }
      }
    }
    Map<String, List<Figure.Series>> series = new LinkedHashMap<>();
    values.forEach(
        (name, of) ->
            series.put(
                name,
                contenders.stream()
                    .filter(of::containsKey)
                    .map(
                        each ->
                            new Figure.Series(each.name(), each.does(), new Spread(of.get(each))))
                    .toList()));
    return series;
  }
}
