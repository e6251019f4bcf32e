package pontic.outbound;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static pontic.house.House.until;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.camel.api.management.ManagedCamelContext;
import org.hl7.fhir.r4.model.Patient;
import org.hl7.fhir.r4.model.Resource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import pontic.capture.Turns;
import pontic.house.House;
import pontic.sandbox.desk.FrontDesk;

/**
 * An ageing run gives every patient of an office the same new stamp, in a column without an index.
 *
 * <p>{@code -Dstorm.patients=50000 -Dstorm.share=1} is an office of that size at the budget that
 * the product grants; as it stands the numbers are small and the budget is one that a loaded
 * machine keeps to.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class StormTest {
  private static final int PATIENTS = Integer.getInteger("storm.patients", 3000);
  private static final String SHARE = System.getProperty("storm.share", "10");
  private static final int PAGE = 1000;
  private static final int LIMIT = Integer.getInteger("storm.limit", 3);
  private static final int ROUNDS_OF_SWEEPS = 6;
  private static final LocalDateTime AT = LocalDateTime.of(2027, 3, 2, 9, 0);

  @TempDir static Path folder;
  private static House house;
  private static FrontDesk desk;
  private static String second;

  /** The longest that the server has said of one query, in milliseconds. */
  private static double longest;

  /** What the server says that Pontic's account has cost it. */
  private record Cost(long sent, long read, double busy, long queries, Duration spent) {
    Cost since(Cost before) {
      return new Cost(
          sent - before.sent,
          read - before.read,
          busy - before.busy,
          queries - before.queries,
          spent.minus(before.spent));
    }
  }

  @BeforeAll
  static void open() throws Exception {
    house = House.sandboxOnly(folder);
    house
        .with("practices.oak.database.enabled", "false")
        .with("destinations.hospital-hl7.enabled", "false")
        .with("destinations.registry.enabled", "false")
        .with("practices.elm.database.longestQuery", Integer.toString(LIMIT));
    desk = house.sandbox().frontDesk("elm");
    execute(
        "set global userstat = 1",
        "insert into patient (LName, FName, Birthdate, PatStatus, Gender, City, Zip, ChartNumber, DateTStamp)"
            + " select concat('Copy', seq), 'Many', '1990-01-01', 0, 1, 'Sampleton', '90000', '', now() - interval 2 day"
            + " from seq_1_to_"
            + PATIENTS,
        "insert into patientrace (PatNum, Race, CdcrecCode)"
            + " select PatNum, 0, '2106-3' from patient where FName = 'Many'");
    house.startBundle();
    untilLoaded();
    house.stopBundle();
    house
        .with("practices.elm.database.share", SHARE)
        .with("pontic.capture.period", "1s")
        .with("pontic.capture.sweep-period", "2s");
    house.startBundle();
    untilRounds(3);
  }

  /** Fifty thousand take minutes; that it goes on is what is waited for. */
  private static void untilLoaded() {
    while (changed() < PATIENTS || waiting() > 0) {
      long loaded = changed();
      long left = waiting();
      until("more is loaded or sent", () -> changed() > loaded || waiting() < left);
    }
  }

  @AfterAll
  static void close() throws Exception {
    house.close();
  }

  @Test
  @Order(1)
  void aStormIsReadOnceAndDelaysNothingAndSendsNothing() throws Exception {
    long patientsSent = patientsSent();
    long unchanged = unchanged();
    long began = System.nanoTime();
    Cost before = cost();
    int touched = desk.touchAll();
    second = text("select max(DateTStamp) from patient");
    assertEquals(touched, count("select count(*) from patient where DateTStamp = ?", second));
    List<Long> rounds = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      rounds.add(roundsUntilRead(i));
    }
    while (unchanged() - unchanged < touched) {
      long read = unchanged();
      until("more of the storm is read", () -> unchanged() > read);
    }
    print("storm", touched, cost().since(before), began);
    System.out.println("  rounds from a change at the desk to its record: " + rounds);

    // Overlap and sweeps go over it.
    untilRounds(8);
    Cost whole = cost().since(before);
    print("storm and the sweeps after it", touched, whole, began);
    long swept = System.nanoTime();
    Cost later = cost();
    untilRounds(ROUNDS_OF_SWEEPS);
    Cost sweeps = cost().since(later);
    print("sweeps alone", touched, sweeps, swept);

    assertEquals(touched, unchanged() - unchanged, "each row is counted once");
    assertEquals(patientsSent, patientsSent());
    assertEquals(0, waiting());
    assertTrue(whole.sent() < 1.5 * touched + 2 * PAGE, whole.toString());
    assertTrue(sweeps.sent() < PAGE, sweeps.toString());
    assertTrue(rounds.stream().allMatch(each -> each <= 3), rounds.toString());
  }

  @Test
  @Order(2)
  void whatTheSecondOfTheStormShowsLateIsFoundWithoutReadingTheStorm() throws Exception {
    Cost before = cost();
    long began = System.nanoTime();
    execute(
        "update patient set City = 'Later', DateTStamp = '"
            + second
            + "' where LName = 'Copy"
            + PATIENTS / 2
            + "'",
        "insert into patient (LName, FName, Birthdate, City, DateTStamp) values ('Late', 'Row', '1990-01-01', 'Late', '"
            + second
            + "')",
        "update patient set City = 'Moved' where LName = 'Copy1'");
    arrives("Copy" + PATIENTS / 2, "Later");
    arrives("Late", "Late");
    arrives("Copy1", "Moved");
    untilRounds(ROUNDS_OF_SWEEPS);
    Cost found = cost().since(before);
    print("three rows of it, and sweeps", 3, found, began);
    assertTrue(found.sent() < 4 * PAGE, found.toString());
  }

  @Test
  @Order(3)
  void aQueryOverItsLimitIsCancelledAtTheServerAndTheFeedSaysWhy() throws Exception {
    Set<Long> cancelled = new HashSet<>();
    try (Connection locking = house.sandbox().practice("elm").dataSource().getConnection();
        Statement statement = locking.createStatement()) {
      statement.execute("lock tables patient write");
      for (int i = 0; i < 2; i++) {
        until("a query waits for the lock", () -> !running(cancelled).isEmpty());
        long query = running(cancelled).get(0);
        until(
            "the server has ended it although the table is still locked",
            () -> running(Set.of()).stream().noneMatch(each -> each == query));
        cancelled.add(query);
        until(
            "the feed says why it is not read",
            () ->
                house
                        .ledger()
                        .count(
                            "select count(*) from feed where practice = 'elm' and feed = 'patient' and state = 'on'"
                                + " and reason like 'its last query failed (SQLTimeout%'")
                    == 1);
      }
      statement.execute("unlock tables");
    }
    execute("update patient set City = 'Unlocked' where LName = 'Copy2'");
    arrives("Copy2", "Unlocked");
    assertEquals(
        1,
        house
            .ledger()
            .count(
                "select count(*) from feed where practice = 'elm' and feed = 'patient' and reason = ''"));
    System.out.printf(
        "a query that hangs at a limit of %d s: the server has seen it for %.0f ms%n",
        LIMIT, longest);
    assertTrue(longest >= 500 * LIMIT, "it did hang");
  }

  /** Of Pontic's account, by their numbers; those that have begun to read a table. */
  private static List<Long> running(Set<Long> without) {
    return house
        .office("elm")
        .rows(
            "select query_id, time_ms from information_schema.processlist"
                + " where user = 'pontic_read' and command = 'Query' and info like '%from patient%'")
        .stream()
        .peek(row -> longest = Math.max(longest, ((Number) row.get("time_ms")).doubleValue()))
        .map(row -> ((Number) row.get("query_id")).longValue())
        .filter(id -> !without.contains(id))
        .toList();
  }

  /**
   * A change at the desk, and how many rounds of the capture have ended when its record is there:
   * one that had begun before the office's second was over, and those that could read it.
   */
  private static long roundsUntilRead(int number) throws Exception {
    long apt = desk.book(patient("Copy" + (number + 1)), 1, 1, AT.plusHours(number), 30, "");
    String stamp = text("select DateTStamp from appointment where AptNum = " + apt);
    until("its second is over", () -> count("select now() > ?", stamp) == 1);
    long before = rounds();
    until(
        "appointment " + number + " is read",
        () ->
            house
                    .ledger()
                    .count(
                        "select count(*) from record where practice = 'elm' and resource = 'Appointment' and row_key = "
                            + apt)
                == 1);
    long rounds = rounds() - before;
    until(
        "it has arrived",
        () -> house.hospital().latest("Appointment", "elm-appointment-" + apt).isPresent());
    return rounds;
  }

  private static void print(String what, int rows, Cost cost, long began) {
    double lasted = (System.nanoTime() - began) / 1e9;
    System.out.printf(
        "%s: %d rows; rows sent to Pontic %d, rows read by the server %d, queries %d; %.1f s, server busy %.2f s = %.2f %%,"
            + " counted by Pontic %.2f s = %.2f %%%n",
        what,
        rows,
        cost.sent(),
        cost.read(),
        cost.queries(),
        lasted,
        cost.busy(),
        100 * cost.busy() / lasted,
        cost.spent().toNanos() / 1e9,
        cost.spent().toNanos() / 1e7 / lasted);
  }

  private static void arrives(String name, String city) {
    String id = "elm-patient-" + patient(name);
    until(
        name + " comes from " + city,
        () ->
            house
                .hospital()
                .latest("Patient", id)
                .filter(each -> city.equals(city(each.resource())))
                .isPresent());
  }

  private static String city(Resource patient) {
    return ((Patient) patient).getAddressFirstRep().getCity();
  }

  private static void untilRounds(int more) {
    long before = rounds();
    until(more + " rounds have ended", () -> rounds() - before >= more);
  }

  private static long rounds() {
    try {
      return house
          .bundle()
          .context()
          .getCamelContextExtension()
          .getContextPlugin(ManagedCamelContext.class)
          .getManagedRoute("capture-mysql-elm")
          .getExchangesTotal();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private static long patientsSent() {
    return house.hospital().all("Patient").size();
  }

  private static long waiting() {
    return house.ledger().count("select count(*) from due where destination = 'hospital'");
  }

  private static long changed() {
    return ofFeed("changed");
  }

  private static long unchanged() {
    return ofFeed("unchanged");
  }

  private static long ofFeed(String column) {
    return house
        .ledger()
        .count(
            "select coalesce(sum("
                + column
                + "), 0) from watermark where practice = 'elm' and feed = 'patient'");
  }

  private static long patient(String name) {
    return count("select PatNum from patient where LName = ?", name);
  }

  private static long count(String sql, Object... parameters) {
    return house.office("elm").count(sql, parameters);
  }

  private static Cost cost() throws Exception {
    Turns turns = house.bundle().context().getRegistry().lookupByNameAndType("turns", Turns.class);
    try (Connection connection = house.sandbox().practice("elm").dataSource().getConnection();
        Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "select rows_sent, rows_read, busy_time, select_commands"
                    + " from information_schema.user_statistics where user = 'pontic_read'")) {
      row.next();
      return new Cost(
          row.getLong(1), row.getLong(2), row.getDouble(3), row.getLong(4), turns.spent("elm"));
    }
  }

  private static String text(String sql) throws Exception {
    try (Connection connection = house.sandbox().practice("elm").dataSource().getConnection();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getString(1);
    }
  }

  private static void execute(String... sql) throws Exception {
    try (Connection connection = house.sandbox().practice("elm").dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      for (String one : sql) {
        statement.execute(one);
      }
    }
  }
}
