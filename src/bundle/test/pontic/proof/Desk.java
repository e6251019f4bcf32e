package pontic.proof;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;
import pontic.house.House;
import pontic.house.Office;
import pontic.sandbox.database.Practice;
import pontic.sandbox.desk.FrontDesk;

/**
 * The people at one practice's desk: one change after another, several in a second. They keep to
 * patients of their own and of the sandbox; to the hospital's they only add an e-mail address.
 */
final class Desk implements AutoCloseable {
  /** The practice whose tables are InnoDB, so that a change may be seen long after its stamp. */
  static final String TRANSACTIONAL = "oak";

  private static final LocalDateTime FIRST_DAY = LocalDateTime.of(2031, 2, 1, 8, 0);
  private static final Duration SEEN_LATE = Duration.ofSeconds(4);

  /** In the order of their weights; what has nobody to happen to becomes a booking. */
  private enum Kind {
    BOOK(10),
    MOVE(6),
    COMPLETE(3),
    CANCEL(4),
    MISS(4),
    BOOK_AGAIN(3),
    DELETE(3),
    ADD_PATIENT(5),
    EDIT_PATIENT(6),
    MERGE(2),
    DELETE_PATIENT(1),
    EDIT_HOSPITALS_PATIENT(4),
    EDIT_SEEN_LATE(5);

    private final int weight;

    Kind(int weight) {
      this.weight = weight;
    }

    static Kind drawn(Random random) {
      int left = random.nextInt(56);
      for (Kind kind : values()) {
        left -= kind.weight;
        if (left < 0) {
          return kind;
        }
      }
      throw new IllegalStateException("The weights do not add up to 56");
    }
  }

  private final Load load;
  private final Practice practice;
  private final FrontDesk desk;
  private final Office office;
  private final Peers peers;
  private final Random random;
  private final int changes;
  private final AtomicInteger released = new AtomicInteger();
  private final AtomicInteger done = new AtomicInteger();
  private final AtomicReference<Throwable> failure = new AtomicReference<>();
  private final List<Thread> late = new ArrayList<>();
  private final Thread thread = new Thread(this::run, "desk");
  private volatile boolean ended;

  /**
   * @param load whose patients are the hospital's
   * @param changes how many there are in all
   */
  Desk(House house, Load load, Peers peers, long seed, int changes) {
    this.load = load;
    this.practice = house.sandbox().practice(load.practice());
    this.desk = house.sandbox().frontDesk(load.practice());
    this.office = house.office(load.practice());
    this.peers = peers;
    this.random = new Random(seed * 37 + load.practice().hashCode());
    this.changes = changes;
    thread.setDaemon(true);
    thread.start();
  }

  /** Makes the tables of {@link #TRANSACTIONAL} so, as many offices have them. */
  static void prepare(House house) throws SQLException {
    try (Connection connection =
            house.sandbox().practice(TRANSACTIONAL).dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("alter table patient engine = InnoDB");
      statement.execute("alter table appointment engine = InnoDB");
    }
  }

  /** Lets the first so many changes happen. */
  void release(int number) {
    released.set(number);
    LockSupport.unpark(thread);
  }

  /** Lets one more than before go. */
  void releaseOneMore() {
    release(released.get() + 1);
  }

  boolean finished() {
    if (failure.get() != null) {
      throw new AssertionError("the front desk failed", failure.get());
    }
    return done.get() == changes && late.stream().noneMatch(Thread::isAlive);
  }

  private void run() {
    try {
      while (!ended && done.get() < changes) {
        if (released.get() <= done.get()) {
          LockSupport.parkNanos(20_000_000);
        } else {
          if (random.nextInt(4) == 0) {
            peers.trouble(random);
          }
          change(Kind.drawn(random), done.get());
          done.incrementAndGet();
          LockSupport.parkNanos(Duration.ofMillis(random.nextInt(160)).toNanos());
        }
      }
    } catch (Throwable e) {
      failure.set(e);
    }
  }

  private void change(Kind kind, int number) throws SQLException {
    switch (kind) {
      case MOVE ->
          one(booked("1")).ifPresentOrElse(apt -> move(apt, number), () -> booking(number));
      case COMPLETE ->
          one(booked("1")).ifPresentOrElse(quietly(desk::complete), () -> booking(number));
      case CANCEL ->
          one(booked("1"))
              .ifPresentOrElse(
                  quietly(apt -> desk.breakAppointment(apt, false)), () -> booking(number));
      case MISS ->
          one(booked("1"))
              .ifPresentOrElse(
                  quietly(apt -> desk.breakAppointment(apt, true)), () -> booking(number));
      case BOOK_AGAIN ->
          one(booked("5"))
              .ifPresentOrElse(
                  apt -> update("update appointment set AptStatus = 1 where AptNum = ?", apt),
                  () -> booking(number));
      case DELETE ->
          one(booked("1, 2, 5")).ifPresentOrElse(quietly(desk::delete), () -> booking(number));
      case ADD_PATIENT -> addPatient(number);
      case EDIT_PATIENT ->
          one(own())
              .ifPresentOrElse(
                  quietly(
                      pat ->
                          desk.editPatient(
                              pat,
                              number % 2 == 0
                                  ? Map.of("LName", "Desk" + letters(number), "City", "Salem")
                                  : Map.of(
                                      "WirelessPhone",
                                      phone(),
                                      "Birthdate",
                                      "1961-04-0" + (1 + number % 9)))),
                  () -> addPatient(number));
      case MERGE -> merge(number);
      case DELETE_PATIENT -> one(own()).ifPresent(quietly(desk::deletePatient));
      case EDIT_HOSPITALS_PATIENT ->
          one(hospitals())
              .ifPresentOrElse(
                  quietly(
                      pat ->
                          desk.editPatient(pat, Map.of("Email", "desk" + number + "@example.org"))),
                  () -> booking(number));
      case EDIT_SEEN_LATE -> seenLate(number);
      default -> booking(number);
    }
  }

  private void booking(int number) {
    OptionalLong patient =
        one(keys("select PatNum from patient where PatStatus = 0 and LName not like 'Quill%'"));
    quietly(
            pat ->
                desk.book(
                    pat,
                    2 + number % 3,
                    1 + number % 2,
                    FIRST_DAY.plusDays(random.nextInt(300)).plusMinutes(10L * random.nextInt(48)),
                    10 * (1 + random.nextInt(6)),
                    "desk " + number))
        .accept(patient.orElseThrow());
  }

  private void move(long apt, int number) {
    quietly(
            key ->
                desk.move(
                    key,
                    FIRST_DAY.plusDays(random.nextInt(300)).plusMinutes(10L * random.nextInt(48)),
                    number % 2 == 0 ? OptionalLong.of(1 + number % 4) : OptionalLong.empty(),
                    number % 3 == 0 ? OptionalLong.of(1 + number % 2) : OptionalLong.empty()))
        .accept(apt);
  }

  private void addPatient(int number) {
    Map<String, String> fields =
        Map.of(
            "LName",
            "Desk" + letters(number),
            "FName",
            number % 3 == 0 ? "Ann" : "Otto",
            "Birthdate",
            "195" + number % 10 + "-07-1" + number % 10,
            "HmPhone",
            phone());
    quietly(any -> desk.addPatient(fields)).accept(number);
  }

  private void merge(int number) throws SQLException {
    List<Long> own = new ArrayList<>(own());
    if (own.size() < 2) {
      addPatient(number);
      return;
    }
    long from = own.remove(random.nextInt(own.size()));
    desk.merge(from, own.get(random.nextInt(own.size())));
  }

  /** As a long statement does: stamped when it began, seen when it is over. */
  private void seenLate(int number) {
    long patient =
        one(keys(
                "select PatNum from patient where PatStatus = 0 and LName not like 'Quill%' and LName not like 'Desk%'"))
            .orElseThrow();
    String email = "late" + number + "@example.org";
    if (!practice.id().equals(TRANSACTIONAL)) {
      quietly(pat -> desk.editPatient(pat, Map.of("Email", email))).accept(patient);
      return;
    }
    Thread statement =
        new Thread(
            () -> {
              try (Connection connection = practice.dataSource().getConnection()) {
                connection.setAutoCommit(false);
                try (PreparedStatement update =
                    connection.prepareStatement("update patient set Email = ? where PatNum = ?")) {
                  update.setString(1, email);
                  update.setLong(2, patient);
                  update.executeUpdate();
                  LockSupport.parkNanos(SEEN_LATE.toNanos());
                  connection.commit();
                } finally {
                  connection.setAutoCommit(true);
                }
              } catch (SQLException e) {
                failure.set(e);
              }
            },
            "desk-late");
    statement.setDaemon(true);
    late.add(statement);
    statement.start();
  }

  private List<Long> booked(String statuses) {
    return keys(
        "select AptNum from appointment where Note like 'desk %' and AptStatus in ("
            + statuses
            + ")");
  }

  private List<Long> own() {
    return keys("select PatNum from patient where PatStatus = 0 and LName like 'Desk%'");
  }

  private List<Long> hospitals() {
    return load.messages().stream()
        .map(Load.Message::patient)
        .distinct()
        .flatMap(patient -> office.patients(patient).stream())
        .map(row -> ((Number) row.get("PatNum")).longValue())
        .distinct()
        .toList();
  }

  private List<Long> keys(String sql) {
    return office.rows(sql).stream()
        .map(row -> ((Number) row.values().iterator().next()).longValue())
        .sorted()
        .toList();
  }

  private OptionalLong one(List<Long> keys) {
    return keys.isEmpty()
        ? OptionalLong.empty()
        : OptionalLong.of(keys.get(random.nextInt(keys.size())));
  }

  private void update(String sql, long key) {
    try (Connection connection = practice.dataSource().getConnection();
        PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setLong(1, key);
      statement.executeUpdate();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @FunctionalInterface
  private interface Action {
    void to(long key) throws SQLException;
  }

  private static LongConsumer quietly(Action action) {
    return key -> {
      try {
        action.to(key);
      } catch (SQLException e) {
        throw new IllegalStateException(e);
      }
    };
  }

  private String phone() {
    return String.format("503777%04d", random.nextInt(10_000));
  }

  private static String letters(int number) {
    return "" + (char) ('a' + number / 26 % 26) + (char) ('a' + number % 26);
  }

  @Override
  public void close() throws Exception {
    ended = true;
    thread.join(15_000);
    for (Thread statement : late) {
      statement.join(15_000);
    }
  }
}
