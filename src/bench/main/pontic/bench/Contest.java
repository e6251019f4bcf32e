package pontic.bench;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Plays contenders one after the other unless told otherwise, round by round, so that what else the
 * machine does meets all of them. Every second round goes backwards.
 */
final class Contest {
  private final int warmUps;
  private final int rounds;
  private final int beside;
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
    this(warmUps, rounds, 1, progress);
  }

  /**
   * @param beside contenders that play at the same time, of each round: for turns that take hours.
   *     What else the machine does then meets them even so, and so do they each other
   */
  Contest(int warmUps, int rounds, int beside, PrintStream progress) {
    this.warmUps = warmUps;
    this.rounds = rounds;
    this.beside = beside;
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
      String called = round < 1 ? "warm-up" : "round " + round;
      Map<Contender, Map<String, Double>> played = round(called, order);
      if (round > 0) {
        for (Contender contender : order) {
          played
              .get(contender)
              .forEach(
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

  private Map<Contender, Map<String, Double>> round(String called, List<Contender> order)
      throws Exception {
    ExecutorService players = Executors.newFixedThreadPool(beside);
    try {
      Map<Contender, Future<Map<String, Double>>> turns = new LinkedHashMap<>();
      for (Contender contender : order) {
        turns.put(
            contender,
            players.submit(
                () -> {
                  Map<String, Double> told = contender.turn().play();
                  progress.printf("  %s %s: %s%n", called, contender.name(), Table.shown(told));
                  return told;
                }));
      }
      Map<Contender, Map<String, Double>> played = new LinkedHashMap<>();
      for (Map.Entry<Contender, Future<Map<String, Double>>> turn : turns.entrySet()) {
        played.put(turn.getKey(), turn.getValue().get());
      }
      return played;
    } finally {
      players.shutdownNow();
    }
  }
}
