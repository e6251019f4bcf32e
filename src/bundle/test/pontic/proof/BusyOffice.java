package pontic.proof;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import pontic.house.House;
import pontic.sandbox.database.Practice;
import pontic.sandbox.desk.FrontDesk;

/**
 * One office at work, {@value #A_SECOND} changes of one row each in a second, by the hands of the
 * front desk: among them deletes, changes of one second that fill more than a page, a writer whose
 * clock is behind, a transaction that is held open, and a server whose clock steps back.
 *
 * <p>A server's clock cannot be set here. What it would change is what its sessions take for now,
 * and that is set: in the writers' sessions their time itself, for the reader the table {@link
 * #CLOCK}, which its statements subtract (NothingMissedTest).
 */
final class BusyOffice implements AutoCloseable {
  static final int A_SECOND = 25;

  /** Seconds by which the server's clock is behind. */
  static final String CLOCK = "clock_step";

  private static final Duration BEHIND = Duration.ofMinutes(10);
  private static final Duration STEP = Duration.ofSeconds(90);
  private static final Duration BROKEN_BEFORE = Duration.ofHours(1);
  private static final LocalDateTime FIRST_DAY = LocalDateTime.of(2028, 2, 1, 8, 0);
  private static final int RESERVED = 3;
  private static final int FEWEST_PATIENTS = 20;

  private final Practice practice;
  private final int tie;
  private final Random random;
  private final Hand desk;
  private final Hand slow;
  private final Hand behind;
  private final List<Long> patients;
  private final long ofStep;
  private final long broken;
  private final List<Long> ofSlow = new ArrayList<>();
  private final List<Long> ofBehind = new ArrayList<>();
  private final List<Long> appointments;
  private final List<Long> providers;
  private final List<Long> operatories;
  private final Set<String> late = new TreeSet<>();
  private final AtomicInteger changes = new AtomicInteger();
  private int seenLate;
  private int deletes;
  private volatile Duration steppedBack;
  private Optional<Thread> working = Optional.empty();
  private volatile Optional<Throwable> failure = Optional.empty();

  /** A session of its own, with a clock of its own. */
  private static final class Hand implements AutoCloseable {
    private final Connection connection;
    private final FrontDesk desk;

    Hand(Practice practice) throws SQLException {
      connection = practice.dataSource().getConnection();
      run("set session transaction isolation level read committed");
      desk =
          new FrontDesk(
              new Practice(
                  practice.id(),
                  practice.zone(),
                  practice.database(),
                  practice.customerKey(),
                  practice.edition(),
                  practice.images(),
                  new SingleConnectionDataSource(connection, true)));
    }

    void run(String sql) throws SQLException {
      try (Statement statement = connection.createStatement()) {
        statement.execute(sql);
      }
    }

    FrontDesk at(Instant now) throws SQLException {
      run("set timestamp = " + now.toEpochMilli() / 1000.0);
      return desk;
    }

    @Override
    public void close() throws SQLException {
      connection.setAutoCommit(true);
      run("set timestamp = default");
      connection.close();
    }
  }

  /**
   * @param tie so many rows get one stamp now and then
   */
  BusyOffice(House house, String practice, int tie) throws SQLException {
    this.practice = house.sandbox().practice(practice);
    this.tie = tie;
    this.random = new Random(tie);
    this.patients = keys(house, "select PatNum from patient where PatStatus = 0");
    for (int i = 0; i < RESERVED; i++) {
      ofSlow.add(patients.remove(0));
      ofBehind.add(patients.remove(0));
    }
    this.ofStep = patients.remove(0);
    this.appointments = keys(house, "select AptNum from appointment where AptStatus = 1");
    this.providers = keys(house, "select ProvNum from provider");
    this.operatories = keys(house, "select OperatoryNum from operatory");
    this.steppedBack =
        Duration.ofSeconds(house.office(practice).count("select Seconds from " + CLOCK));
    this.desk = new Hand(this.practice);
    this.slow = new Hand(this.practice);
    this.behind = new Hand(this.practice);
    this.broken = book();
    appointments.remove(Long.valueOf(broken));
    desk.at(now().minus(BROKEN_BEFORE)).breakAppointment(broken, true);
    changes.set(0);
    ofSlow.forEach(key -> late.add(practice + "-patient-" + key));
    ofBehind.forEach(key -> late.add(practice + "-patient-" + key));
  }

  private List<Long> keys(House house, String sql) {
    return new ArrayList<>(
        house.office(practice.id()).rows(sql).stream()
            .map(row -> ((Number) row.values().iterator().next()).longValue())
            .sorted()
            .toList());
  }

  /**
   * Works on for a while, in a thread of its own.
   *
   * @param held how long the transaction is open
   * @param steps the server's clock steps back soon after the begin
   */
  void work(Duration time, Duration held, boolean steps) {
    Thread thread = new Thread(() -> run(count(time), count(held), steps), "busy-office");
    thread.setDaemon(true);
    working = Optional.of(thread);
    thread.start();
  }

  boolean isWorking() {
    return working.isPresent() && working.get().isAlive();
  }

  /** Waits until the work is done. */
  void done() throws InterruptedException {
    working.orElseThrow().join();
    if (failure.isPresent()) {
      throw new AssertionError("the office could not work", failure.get());
    }
  }

  private static int count(Duration time) {
    return (int) (time.toMillis() * A_SECOND / 1000);
  }

  private void run(int all, int held, boolean steps) {
    try {
      long begin = System.nanoTime();
      int open = all / 10;
      for (int i = 0; i < all; i++) {
        LockSupport.parkNanos(begin + i * 1_000_000_000L / A_SECOND - System.nanoTime());
        if (steps && i == all / 20) {
          stepBack();
        }
        if (i == open) {
          open();
        } else if (i == Math.min(all - 1, open + held)) {
          commit();
        } else if (i % 20 == 10) {
          late(i);
        } else if (i % 100 == 55) {
          atOnce();
        } else if (i % 100 == 75) {
          moveBroken();
        } else {
          change();
        }
      }
    } catch (SQLException | RuntimeException e) {
      failure = Optional.of(e);
    }
  }

  /** Right behind a change, whose stamp is ahead of the clock then for as long as it stepped. */
  private void stepBack() throws SQLException {
    desk.at(now()).editPatient(ofStep, Map.of("City", "Step " + changes.incrementAndGet()));
    steppedBack = steppedBack.plus(STEP);
    desk.run("set timestamp = default");
    desk.run("update " + CLOCK + " set Seconds = " + steppedBack.toSeconds());
  }

  /** What the office's server takes for now. */
  Instant now() {
    return Instant.now().minus(steppedBack);
  }

  private void open() throws SQLException {
    long moved = book();
    long deleted = book();
    for (long each : new long[] {moved, deleted}) {
      appointments.remove(Long.valueOf(each));
      late.add(practice.id() + "-appointment-" + each);
    }
    slow.connection.setAutoCommit(false);
    FrontDesk hand = slow.at(now());
    for (long patient : ofSlow) {
      hand.editPatient(patient, Map.of("City", "Slow " + changes.incrementAndGet()));
    }
    hand.move(moved, day(), OptionalLong.empty(), OptionalLong.empty());
    hand.delete(deleted);
    changes.addAndGet(2);
    deletes++;
  }

  private void commit() throws SQLException {
    slow.connection.commit();
    slow.connection.setAutoCommit(true);
    seenLate += ofSlow.size() + 2;
  }

  private void late(int number) throws SQLException {
    behind
        .at(now().minus(BEHIND))
        .editPatient(
            ofBehind.get(number / 20 % ofBehind.size()),
            Map.of("City", "Behind " + changes.incrementAndGet()));
    seenLate++;
  }

  private void moveBroken() throws SQLException {
    changes.incrementAndGet();
    desk.at(now()).move(broken, day(), OptionalLong.empty(), OptionalLong.empty());
  }

  /** One after the other, all within one second. */
  private void atOnce() throws SQLException {
    FrontDesk hand = desk.at(now());
    for (int i = 0; i < tie; i++) {
      hand.editPatient(
          patients.get(i % patients.size()), Map.of("City", "Tie " + changes.incrementAndGet()));
    }
  }

  private void change() throws SQLException {
    FrontDesk hand = desk.at(now());
    int number = changes.incrementAndGet();
    int kind = random.nextInt(100);
    if (kind < 5) {
      delete(hand);
    } else if (kind < 15 || appointments.isEmpty()) {
      book();
    } else if (kind < 35) {
      hand.move(one(appointments), day(), OptionalLong.of(one(operatories)), OptionalLong.empty());
    } else if (kind < 40) {
      hand.complete(one(appointments));
    } else if (kind < 45) {
      hand.breakAppointment(one(appointments), kind < 43);
    } else if (kind < 50) {
      desk.run(
          "update provider set LName = 'Prov" + number + "' where ProvNum = " + one(providers));
    } else if (kind < 54) {
      desk.run(
          "update operatory set OpName = 'Room "
              + number
              + "' where OperatoryNum = "
              + one(operatories));
    } else if (kind < 57) {
      patients.add(
          hand.addPatient(
              Map.of("LName", "Busy" + number, "FName", "Ada", "Birthdate", "1961-04-05")));
    } else {
      hand.editPatient(
          one(patients),
          kind < 80
              ? Map.of("City", "City " + number)
              : Map.of("Email", number + "@example.org", "WirelessPhone", "503555" + number));
    }
  }

  private void delete(FrontDesk hand) throws SQLException {
    deletes++;
    if (patients.size() > FEWEST_PATIENTS && random.nextInt(4) == 0) {
      hand.deletePatient(patients.remove(random.nextInt(patients.size())));
    } else if (appointments.isEmpty()) {
      hand.delete(book());
    } else {
      hand.delete(appointments.remove(random.nextInt(appointments.size())));
    }
  }

  private long book() throws SQLException {
    changes.incrementAndGet();
    long booked =
        desk.at(now()).book(one(patients), one(operatories), one(providers), day(), 30, "busy");
    appointments.add(booked);
    return booked;
  }

  private LocalDateTime day() {
    return FIRST_DAY.plusDays(random.nextInt(300)).plusMinutes(10L * random.nextInt(48));
  }

  private long one(List<Long> keys) {
    return keys.get(random.nextInt(keys.size()));
  }

  /** Ids of the rows whose changes are seen long after their stamps. */
  Set<String> late() {
    return Set.copyOf(late);
  }

  int changes() {
    return changes.get();
  }

  @Override
  public String toString() {
    return changes + " rows changed, " + deletes + " of them deleted, " + seenLate + " seen late";
  }

  @Override
  public void close() throws SQLException {
    desk.close();
    slow.close();
    behind.close();
  }

  /** What a server's clock and a transaction need of both offices' tables. */
  static void prepare(House house, String practice) throws SQLException {
    for (String each : List.of("elm", "oak")) {
      try (Connection connection = house.sandbox().practice(each).dataSource().getConnection();
          Statement statement = connection.createStatement()) {
        statement.execute("create table " + CLOCK + " (Seconds int not null)");
        statement.execute("insert into " + CLOCK + " values (0)");
        if (each.equals(practice)) {
          for (String table : List.of("patient", "appointment", "histappointment")) {
            statement.execute("alter table " + table + " engine = InnoDB");
          }
        }
      }
    }
  }
}
