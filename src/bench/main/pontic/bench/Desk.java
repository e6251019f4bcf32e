package pontic.bench;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.LongStream;

/** Somebody who moves one appointment after the other; no one twice before all were moved. */
final class Desk {
  private final Office office;
  private final Sink sink;
  private final Random random = new Random(1);
  private final List<Long> order;
  private int next;

  /**
   * @param rows of the table, keys from 1
   */
  Desk(Office office, Sink sink, int rows) {
    this.office = office;
    this.sink = sink;
    this.order = new ArrayList<>(LongStream.rangeClosed(1, rows).boxed().toList());
    Collections.shuffle(order, random);
  }

  /** Moves one now and then until something of it has come to the hospital. */
  void untilItCame() throws SQLException {
    try (Connection connection = office.desk().getConnection()) {
      for (int tries = 0; tries < 120; tries++) {
        long key = take();
        Office.move(connection, key);
        long end = System.nanoTime() + Duration.ofSeconds(3).toNanos();
        while (System.nanoTime() < end) {
          if (sink.arrival(identity(key)).isPresent()) {
            return;
          }
          LockSupport.parkNanos(1_000_000);
        }
      }
    }
    throw new IllegalStateException("nothing comes to the hospital");
  }

  /**
   * Moves some, about {@code rate} a second at times that follow no clock, and waits until all have
   * come.
   *
   * @return milliseconds from the commit of each until it came
   */
  List<Double> work(int changes, int rate) throws SQLException {
    List<Long> keys = new ArrayList<>();
    List<Long> times = new ArrayList<>();
    sink.clear();
    try (Connection connection = office.desk().getConnection()) {
      long due = System.nanoTime();
      for (int i = 0; i < changes; i++) {
        due += (long) (random.nextDouble() * 2e9 / rate);
        while (System.nanoTime() < due) {
          LockSupport.parkNanos(due - System.nanoTime());
        }
        long key = take();
        Office.move(connection, key);
        times.add(System.nanoTime());
        keys.add(key);
      }
    }
    Product.until(
        "all changes have come",
        () -> keys.stream().allMatch(key -> sink.arrival(identity(key)).isPresent()));
    List<Double> waits = new ArrayList<>();
    for (int i = 0; i < keys.size(); i++) {
      waits.add((sink.arrival(identity(keys.get(i))).getAsLong() - times.get(i)) / 1e6);
    }
    return waits;
  }

  private long take() {
    long key = order.get(next);
    next = (next + 1) % order.size();
    return key;
  }

  private String identity(long key) {
    return "Appointment/" + office.practice() + "-appointment-" + key;
  }
}
