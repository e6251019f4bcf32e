package pontic.proof;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The deal of kills: each number is a kind of write and an instant; {@link #ALL} numbers are each
 * kind at each instant, and each so many as there are kinds have each kind once and each instant.
 */
final class Kills {
  static final List<KillPoint> POINTS = KillPoint.inbound();

  static final int ALL = Write.ALL.size() * POINTS.size();

  private Kills() {}

  /** What number it is, with a patient of its own for each try. */
  static Cell cell(int number, int attempt, Offices offices) {
    int place = (number - 1) % Write.ALL.size();
    int turn = (number - 1) / Write.ALL.size();
    Write write = Write.ALL.get(place);
    List<Cell.Wrong> fit = new ArrayList<>(fitting(point(number)));
    return new Cell(
        number,
        write,
        fit.get((number * 7 + turn) % fit.size()),
        offices.forThe(write.chapter(), place + turn * 5L),
        Subject.of("kill" + attempt, number, MatrixTest.YEARS.get(attempt)),
        false);
  }

  static KillPoint point(int number) {
    int place = (number - 1) % Write.ALL.size();
    int turn = (number - 1) / Write.ALL.size();
    return POINTS.get((place + turn) % POINTS.size());
  }

  /** What may go wrong beside, so that the write comes to the instant at all. */
  private static Set<Cell.Wrong> fitting(KillPoint point) {
    if (point.purpose().equals("settle")) {
      return EnumSet.of(
          Cell.Wrong.TIMEOUT_BEFORE,
          Cell.Wrong.TIMEOUT_AFTER,
          Cell.Wrong.DROP_BEFORE,
          Cell.Wrong.DROP_AFTER,
          Cell.Wrong.LANDS_LATE);
    }
    if (point.trigger().equals(KillPoint.REQUEST)) {
      return EnumSet.of(Cell.Wrong.SLOW);
    }
    return EnumSet.complementOf(
        point.equals(KillPoint.after("call-outcome").of("call"))
            ? EnumSet.of(Cell.Wrong.SLOW, Cell.Wrong.DROP_AFTER)
            : EnumSet.of(Cell.Wrong.SLOW));
  }

  /** Kind and instant of a number, for the table. */
  static String pair(int number) {
    return Write.ALL.get((number - 1) % Write.ALL.size()).name() + " at " + point(number).place();
  }

  /** Each kind at each instant. */
  static Set<String> table() {
    Set<String> table = new TreeSet<>();
    Write.ALL.forEach(
        write -> POINTS.forEach(point -> table.add(write.name() + " at " + point.place())));
    return table;
  }

  /**
   * Which are played, by so many each in one run: all up to a number, or those that {@code
   * first-last} names.
   */
  static List<List<Integer>> runs(Optional<String> some, int upTo, int together) {
    String[] ends = some.orElse("1-" + upTo).split("-");
    int first = Integer.parseInt(ends[0]);
    int last = Integer.parseInt(ends[ends.length - 1]);
    return Stream.iterate(first, from -> from <= last, from -> from + together)
        .map(
            from ->
                IntStream.rangeClosed(from, Math.min(last, from + together - 1)).boxed().toList())
        .toList();
  }
}
