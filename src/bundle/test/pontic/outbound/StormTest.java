package pontic.outbound;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static pontic.house.House.until;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.camel.AsyncCallback;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.NamedNode;
import org.apache.camel.Processor;
import org.apache.camel.spi.InterceptStrategy;
import org.apache.camel.support.processor.DelegateAsyncProcessor;
import org.hl7.fhir.r4.model.Patient;
import org.hl7.fhir.r4.model.Resource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import pontic.Around;
import pontic.capture.Cursor;
import pontic.capture.Stamp;
import pontic.capture.Turns;
import pontic.house.House;
import pontic.record.Page;
import pontic.sandbox.desk.FrontDesk;

/**
 * An ageing run gives every patient of an office the same new stamp, in a column without an index.
 *
 * <p>{@code -Dstorm.patients=50000 -Dstorm.page=1000 -Dstorm.limit=20 -Dstorm.share=1
 * -Dhouse.seconds=3600} is an office of that size as the product reads it, after a first load in
 * haste; as it stands the numbers are small and the budget is one that a loaded machine keeps to.
 * What is asserted is counted in rows and in rounds of a feed, which no load changes; times are
 * printed.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class StormTest {
  private static final int PATIENTS = Integer.getInteger("storm.patients", 300);
  private static final String SHARE = System.getProperty("storm.share", "10");
  private static final int PAGE = Integer.getInteger("storm.page", 20);
  private static final int LIMIT = Integer.getInteger("storm.limit", 2);
  private static final int PAGES = 15;
  private static final int FEEDS = 7;
  private static final LocalDateTime AT = LocalDateTime.of(2027, 3, 2, 9, 0);

  @TempDir static Path folder;
  private static House house;
  private static FrontDesk desk;
  private static long appointmentsRead;
  private static String second;

  /** The same, as capture reads it. */
  private static String stamp;

  private static final Reads READS = new Reads();

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
        .with("practices.elm.database.longestQuery", Integer.toString(LIMIT))
        .with("practices.elm.database.page", Integer.toString(PAGE))
        .with("pontic.capture.period", "1s")
        .with("pontic.capture.sweep-period", "2s");
    desk = house.sandbox().frontDesk("elm");
    execute(
        "set global userstat = 1",
        "insert into patient (LName, FName, Birthdate, PatStatus, Gender, City, Zip, ChartNumber, DateTStamp)"
            + " select concat('Copy', seq), 'Many', '1990-01-01', 0, 1, 'Sampleton', '90000', '', now() - interval 2 day"
            + " from seq_1_to_"
            + PATIENTS,
        "insert into patientrace (PatNum, Race, CdcrecCode)"
            + " select PatNum, 0, '2106-3' from patient where FName = 'Many'",
        "insert into appointment (PatNum, AptStatus, AptDateTime, Op, ProvNum, Pattern, DateTStamp)"
            + " select (select min(PatNum) from patient where FName = 'Many'), 1, '2027-03-01 08:00:00', 1, 1, '//XX//',"
            + "   now() - interval 2 day - interval seq second from seq_1_to_"
            + PAGES * PAGE);
    appointmentsRead = readOfAppointments();
    start();
    untilLoaded();
    appointmentsRead = readOfAppointments() - appointmentsRead;
    house.stopBundle();
    house.with("practices.elm.database.share", SHARE);
    start();
  }

  private static void start() throws Exception {
    house.startBundle(
        Around.nothing()
            .withObserver(
                context -> context.getCamelContextExtension().addInterceptStrategy(READS)));
  }

  /** By anybody, index entries too. */
  private static long readOfAppointments() {
    return count(
        "select coalesce(sum(rows_read), 0) from information_schema.table_statistics"
            + " where table_schema = 'elm' and table_name = 'appointment'");
  }

  /** Fifty thousand take minutes; that it goes on is what is waited for. */
  private static void untilLoaded() {
    long all = count("select count(*) from patient");
    Supplier<Boolean> isLoaded =
        () -> changed() >= all && feedsAtTheirEnd() == FEEDS && waiting() == 0;
    while (!isLoaded.get()) {
      long loaded = changed();
      long left = waiting();
      until(
          "more is loaded or sent", () -> isLoaded.get() || changed() > loaded || waiting() < left);
    }
  }

  @AfterAll
  static void close() throws Exception {
    house.compareAndClose("elm");
  }

  /** MyISAM: the index on the stamp does not hold the key, by which a page is in order. */
  @Test
  @Order(0)
  void aFirstLoadLooksAtEachRowOfATableWithAnIndexOnItsStampAFewTimesHoweverManyPages() {
    long rows = count("select count(*) from appointment");
    System.out.println(
        "first load: " + rows + " rows in pages of " + PAGE + "; looked at " + appointmentsRead);
    assertTrue(rows >= PAGES * PAGE);
    assertTrue(appointmentsRead <= 5 * rows, appointmentsRead + " of " + rows);
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
    stamp =
        Stamp.text(
            Instant.ofEpochSecond(count("select unix_timestamp(max(DateTStamp)) from patient")));
    List<Integer> rounds = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      rounds.add(roundsUntilRead(i));
    }
    while (unchanged() - unchanged < touched) {
      long read = unchanged();
      until(
          "more of the storm is read",
          () -> unchanged() - unchanged >= touched || unchanged() > read);
    }
    print("storm", touched, cost().since(before), began);
    long read = READS.rowsOf(stamp);
    System.out.println(
        "  rows read of it: " + read + "; rounds from a change to its record: " + rounds);

    long swept = System.nanoTime();
    Cost later = cost();
    untilSwept();
    print("sweeps after it", touched, cost().since(later), swept);

    assertEquals(read, READS.rowsOf(stamp), "overlap and sweeps read nothing of it again");
    assertEquals(touched, unchanged() - unchanged, "each row is counted once");
    until("nothing waits", () -> waiting() == 0);
    assertEquals(patientsSent, patientsSent());
    // Once more if a sweep was in its second, and a page by which each reading notes it.
    assertTrue(read >= touched && read <= 2 * (touched + PAGE), "read: " + read);
    assertTrue(rounds.stream().allMatch(each -> each <= 2), rounds.toString());
  }

  @Test
  @Order(2)
  void whatTheSecondOfTheStormShowsLateIsFoundWithoutReadingTheStorm() throws Exception {
    assumeTrue(
        count("select now() < ? + interval 20 minute", second) == 1,
        "so large a storm was read for longer than a sweep reaches back (decision 0093): what is shown late in its second now is found by a comparison");
    long before = READS.rowsOf(stamp);
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
    long found = READS.rowsOf(stamp) - before;
    assertTrue(found <= 3 * PAGE, "read: " + found);
  }

  @Test
  @Order(3)
  void aQueryOverItsLimitIsCancelledAtTheServerAndTheFeedSaysWhy() throws Exception {
    house.stopBundle();
    house.with("practices.elm.database.share", "100");
    // Each statement with the time that it took, by the server's own clock.
    execute(
        "set global log_output = 'TABLE'",
        "set global long_query_time = 0",
        "set global slow_query_log = 1");
    start();
    try (Connection locking = house.sandbox().practice("elm").dataSource().getConnection();
        Statement statement = locking.createStatement()) {
      statement.execute("lock tables patient write");
      Set<Long> waiting = new HashSet<>();
      until("a query waits for the lock", () -> waiting.addAll(running()));
      until(
          "the server has ended it although the table is still locked",
          () -> Collections.disjoint(waiting, running()));
      // A busy machine may be late once; one that waits on purpose always is.
      until(
          "one was ended within a second of its limit, says the server",
          () -> cancelledWithinASecond() > 0);
      until(
          "the feed says why it is not read", () -> reasons("its last query failed (SQLTimeout%"));
      statement.execute("unlock tables");
    }
    execute("update patient set City = 'Unlocked' where LName = 'Copy2'");
    arrives("Copy2", "Unlocked");
    until("the feed says that it is read", () -> reasons(""));
    assertEquals(
        List.of(),
        house
            .office("elm")
            .rows(
                "select distinct left(sql_text, 60) as what from mysql.slow_log where user_host like 'pontic_read%'"
                    + " and db = 'elm' and sql_text like '%from %' and sql_text not like '%information_schema%'"
                    + " and sql_text not like 'set statement max_statement_time="
                    + LIMIT
                    + " %'"),
        "each statement tells the server its limit, so its own clock ends it whatever becomes of Pontic");
  }

  /** Statements that the table's lock held up until the server ended them. */
  private static long cancelledWithinASecond() {
    return count(
        "select count(*) from mysql.slow_log where user_host like 'pontic_read%' and rows_sent = 0 and rows_examined = 0"
            + " and sql_text like 'set statement max_statement_time="
            + LIMIT
            + " %from patient p%' and query_time between "
            + LIMIT
            + " and "
            + (LIMIT + 1));
  }

  private static boolean reasons(String like) {
    return house
            .ledger()
            .count(
                "select count(*) from feed where practice = 'elm' and feed = 'patient' and state = 'on'"
                    + " and reason like '"
                    + like
                    + "'")
        == 1;
  }

  /**
   * Of Pontic's account, by their numbers; those that have begun to read a table, and that the
   * server's own clock ends, whatever becomes of Pontic.
   */
  private static List<Long> running() {
    return house
        .office("elm")
        .rows(
            "select query_id from information_schema.processlist"
                + " where user = 'pontic_read' and command = 'Query'"
                + " and info like 'set statement max_statement_time="
                + LIMIT
                + " %from patient p%'")
        .stream()
        .map(row -> ((Number) row.get("query_id")).longValue())
        .toList();
  }

  /**
   * A change at the desk, and the round of its feed that has it: one may have begun before the
   * office's second was over, the next reads it.
   */
  private static int roundsUntilRead(int number) throws Exception {
    long apt = desk.book(patient("Copy" + (number + 1)), 1, 1, AT.plusHours(number), 30, "");
    String stamp = text("select DateTStamp from appointment where AptNum = " + apt);
    until("its second is over", () -> count("select now() > ?", stamp) == 1);
    int before = READS.appointments.size();
    until("appointment " + number + " is read", () -> READS.roundOf(apt) >= 0);
    until(
        "it has arrived",
        () -> house.hospital().latest("Appointment", "elm-appointment-" + apt).isPresent());
    return Math.max(0, READS.roundOf(apt) - before + 1);
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

  private static void untilSwept() {
    int before = READS.sweeps.get();
    until("a sweep that begins from now on has ended", () -> READS.sweeps.get() - before >= 2);
  }

  private static long patientsSent() {
    return house.hospital().arrivals().stream()
        .filter(each -> each.id().startsWith("elm-patient-"))
        .count();
  }

  private static long waiting() {
    return house
        .ledger()
        .count("select count(*) from due where destination = 'hospital' and practice = 'elm'");
  }

  private static long feedsAtTheirEnd() {
    return house
        .ledger()
        .count("select count(*) from watermark where practice = 'elm' and paging = 0");
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

  /** What capture reads of elm. */
  private static final class Reads implements InterceptStrategy {
    private final Map<String, AtomicLong> patients = new ConcurrentHashMap<>();
    private final AtomicInteger sweeps = new AtomicInteger();

    /** What each round of the feed found changed; a round is all pages up to one that ends it. */
    private final List<Set<Long>> appointments = new CopyOnWriteArrayList<>();

    private final Set<Long> round = new HashSet<>();

    /** Rows of patients of that stamp that the office has sent since the start. */
    long rowsOf(String stamp) {
      return patients.getOrDefault(stamp, new AtomicLong()).get();
    }

    /** Below 0: in none yet. */
    int roundOf(long appointment) {
      for (int i = 0; i < appointments.size(); i++) {
        if (appointments.get(i).contains(appointment)) {
          return i;
        }
      }
      return -1;
    }

    @Override
    public Processor wrapProcessorInInterceptors(
        CamelContext context, NamedNode definition, Processor target, Processor next) {
      String step = String.valueOf(definition.getId());
      if (step.endsWith("changed")) {
        return new Seen(target, this::arrived, exchange -> {});
      }
      return step.endsWith("swept") ? new Seen(target, exchange -> {}, this::stored) : target;
    }

    private void arrived(Exchange exchange) {
      if (isOf(exchange, "patient")) {
        for (Object row : exchange.getMessage().getBody(List.class)) {
          String stamp = ((Map<?, ?>) row).get("stamp").toString();
          patients.computeIfAbsent(stamp, each -> new AtomicLong()).incrementAndGet();
        }
      }
    }

    private void stored(Exchange exchange) {
      if (exchange.isFailed()) {
        return;
      }
      Page page = exchange.getProperty("page", Page.class);
      boolean isEnd = !page.next().paging();
      if (isOf(exchange, "patient") && isEnd && cursor(exchange).sweep()) {
        sweeps.incrementAndGet();
      }
      if (isOf(exchange, "appointment")) {
        page.changed().forEach(row -> round.add(row.key()));
        if (isEnd) {
          appointments.add(Set.copyOf(round));
          round.clear();
        }
      }
    }

    private static Cursor cursor(Exchange exchange) {
      return exchange.getProperty("cursor", Cursor.class);
    }

    private static boolean isOf(Exchange exchange, String feed) {
      Cursor cursor = cursor(exchange);
      return cursor != null && cursor.practice().equals("elm") && cursor.feed().name().equals(feed);
    }
  }

  private static final class Seen extends DelegateAsyncProcessor {
    private final Consumer<Exchange> before;
    private final Consumer<Exchange> after;

    Seen(Processor target, Consumer<Exchange> before, Consumer<Exchange> after) {
      super(target);
      this.before = before;
      this.after = after;
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
      before.accept(exchange);
      return super.process(
          exchange,
          sync -> {
            after.accept(exchange);
            callback.done(sync);
          });
    }
  }
}
