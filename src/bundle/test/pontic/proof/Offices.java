package pontic.proof;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import pontic.sandbox.database.Engine;
import pontic.sandbox.database.PracticePlan;

/**
 * The practices of the matrix. A write whose answer is lost holds up the lane of its whole
 * practice, so many of them, all alike but for their version, wait beside each other.
 *
 * @param newer made like elm
 * @param older made like oak
 */
record Offices(List<String> newer, List<String> older) {
  /** One of each kind. */
  static final Offices FIRST = new Offices(List.of("elm"), List.of("oak"));

  private static final int PATIENTS = 2;

  /** So many of each kind. */
  static Offices of(int newer, int older) {
    return new Offices(named("elm", newer), named("oak", older));
  }

  private static List<String> named(String first, int many) {
    return Stream.concat(
            Stream.of(first), IntStream.rangeClosed(2, many).mapToObj(number -> first + number))
        .toList();
  }

  List<String> all() {
    return Stream.concat(newer.stream(), older.stream()).toList();
  }

  /** Whose rows a clean run leaves in it as well. */
  String alike(String practice) {
    return newer.contains(practice) ? newer.get(0) : older.get(0);
  }

  /** Its place among those of its kind, from 0. */
  int place(String practice) {
    return Math.max(newer.indexOf(practice), older.indexOf(practice));
  }

  /** Where a chapter is played when it is this turn's; the older are too old for some. */
  String forThe(Chapter chapter, long turn) {
    List<String> fit = chapter.isForNewerOnly() ? newer : all();
    return fit.get((int) (turn % fit.size()));
  }

  /** The same people in each office of a kind. */
  List<PracticePlan> plans() {
    PracticePlan elm = PracticePlan.elm(Engine.MYISAM, PATIENTS);
    PracticePlan oak = PracticePlan.oak(Engine.MYISAM, PATIENTS);
    return Stream.concat(
            newer.stream().map(id -> elm.as(id, elm.seed())),
            older.stream().map(id -> oak.as(id, oak.seed())))
        .toList();
  }
}
