package pontic.proof;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import pontic.house.House;
import pontic.house.Office;

/**
 * Plays cells beside each other, round by round: a round is sent when all that was sent before has
 * its end, so that nothing depends on what waited beside what.
 */
final class Matrix {

  /** The running product, whichever way it runs. */
  interface Product {
    /** Comes back once the message is accepted. */
    void deliver(String practice, Chapter.Message message) throws Exception;

    /** Comes back once every accepted message of the practice has its end. */
    void untilAllEnded(String practice) throws Exception;

    /** Nothing more comes for this practice. */
    default void finished(String practice) {}
  }

  private final House house;
  private final Offices offices;
  private final Map<String, Map<String, List<String>>> clean = new LinkedHashMap<>();

  Matrix(House house, Offices offices) {
    this.house = house;
    this.offices = offices;
  }

  /** Sends each chapter once to the first practice of each kind with nothing that goes wrong. */
  void playClean(Product product) throws Exception {
    List<Cell> once = new ArrayList<>();
    for (Chapter chapter : Chapter.values()) {
      for (String practice : Offices.FIRST.all()) {
        Write any =
            Write.ALL.stream().filter(w -> w.chapter() == chapter).findFirst().orElseThrow();
        String kind = "clean-" + chapter + "-" + practice;
        once.add(new Cell(0, any, Cell.Wrong.REORDERED, practice, Subject.of(kind, 0), true));
      }
    }
    for (int round = 0; round < Chapter.ROUNDS; round++) {
      for (Cell cell : once) {
        for (Chapter.Message message : messages(cell, round)) {
          product.deliver(cell.practice(), message);
        }
      }
      for (String practice : Offices.FIRST.all()) {
        product.untilAllEnded(practice);
      }
    }
    for (Cell cell : once) {
      clean.put(place(cell), held(cell));
    }
  }

  /** What a clean run leaves of a chapter at a practice: table to rows. */
  Map<String, List<String>> clean(String practice, Chapter chapter) {
    return clean.get(practice + " " + chapter);
  }

  /**
   * Plays the cells of each practice in an order of their own, some practices beside each other.
   *
   * @param beside how many
   * @return of each cell in what its rows differ from those of a clean run
   */
  Map<Cell, List<String>> play(List<Cell> cells, Product product, int beside) throws Exception {
    ExecutorService hospitals = Executors.newFixedThreadPool(beside);
    try {
      Map<Cell, List<String>> differences = new TreeMap<>(Comparator.comparingLong(Cell::seed));
      List<Callable<Map<Cell, List<String>>>> each = new ArrayList<>();
      cells.stream()
          .collect(Collectors.groupingBy(Cell::practice, TreeMap::new, Collectors.toList()))
          .forEach((practice, its) -> each.add(() -> play(practice, its, product)));
      for (Future<Map<Cell, List<String>>> played : hospitals.invokeAll(each)) {
        differences.putAll(played.get());
      }
      return differences;
    } finally {
      hospitals.shutdownNow();
    }
  }

  private Map<Cell, List<String>> play(String practice, List<Cell> cells, Product product)
      throws Exception {
    for (int round = 0; round < Chapter.ROUNDS; round++) {
      for (Cell cell : cells) {
        cell.faults(round, keys(cell)).forEach(house.api().faults()::arm);
      }
      for (Cell cell : cells) {
        for (Chapter.Message message : messages(cell, round)) {
          product.deliver(practice, message);
          if (cell.wrong() == Cell.Wrong.DUPLICATE && cell.write().round() == round) {
            product.deliver(practice, message);
            product.deliver(practice, message.under(message.controlId() + "-again"));
          }
        }
      }
      product.untilAllEnded(practice);
    }
    for (Cell cell : cells) {
      if (cell.wrong() == Cell.Wrong.REORDERED) {
        for (int round = Chapter.ROUNDS - 1; round >= 0; round--) {
          for (Chapter.Message message : messages(cell, round)) {
            product.deliver(practice, message);
          }
        }
      }
    }
    product.untilAllEnded(practice);
    product.finished(practice);
    Map<Cell, List<String>> differences = new LinkedHashMap<>();
    for (Cell cell : cells) {
      differences.put(cell, Held.differences(clean.get(place(cell)), held(cell)));
    }
    return differences;
  }

  private List<Chapter.Message> messages(Cell cell, int round) {
    Optional<Long> patNum = keys(cell).patNum();
    // Without a patient there is nothing to put; the rows then tell.
    return round > 0 && patNum.isEmpty()
        ? List.of()
        : cell.write()
            .chapter()
            .messages(cell.subject(), round, cell.practice(), patNum.orElse(0L));
  }

  private Map<String, List<String>> held(Cell cell) {
    return Held.of(house.office(cell.practice()), cell.subject());
  }

  private String place(Cell cell) {
    return offices.alike(cell.practice()) + " " + cell.write().chapter();
  }

  private Cell.Requested keys(Cell cell) {
    Office office = house.office(cell.practice());
    String last = cell.subject().patient().last();
    return new Cell.Requested() {
      @Override
      public Optional<Long> patNum() {
        return first(office, "select PatNum as k from patient where LName = ?", last);
      }

      @Override
      public Optional<Long> key(Write write) {
        return first(
            office,
            "select t."
                + write.key()
                + " as k from "
                + write.table()
                + " t join patient p on p.PatNum = t."
                + write.patientColumn()
                + " where p.LName = ? order by 1",
            last);
      }
    };
  }

  private static Optional<Long> first(Office office, String sql, String last) {
    return office.rows(sql, last).stream()
        .findFirst()
        .map(row -> ((Number) row.get("k")).longValue());
  }

  /** Sends as a hospital does: by MLLP or to the façade. */
  record Sender(House house) {

    /**
     * @return true if it is accepted, false if it is to be sent again
     * @throws IOException if nobody answered
     */
    boolean send(String practice, Chapter.Message message) throws Exception {
      if (message.isFrame()) {
        String answer = house.send(practice, message.bytes());
        if (answer.equals("AA") || answer.equals("AE")) {
          return answer.equals("AA");
        }
        throw new AssertionError(message.controlId() + " is answered " + answer);
      }
      var answer =
          pontic.operations.Fixture.request(
              "PUT",
              "http://127.0.0.1:"
                  + house.flags().get("pontic.facade.port")
                  + "/fhir/"
                  + practice
                  + message.path(),
              message.body(),
              "Content-Type",
              "application/fhir+json",
              "Authorization",
              "Bearer " + House.facadeToken(practice),
              "X-Request-Id",
              message.controlId());
      // A repetition of what has ended is told its end at once.
      if (answer.statusCode() / 100 == 2) {
        return true;
      }
      if (answer.statusCode() == 503) {
        return false;
      }
      throw new AssertionError(
          message.controlId() + " is answered " + answer.statusCode() + " " + answer.body());
    }
  }
}
