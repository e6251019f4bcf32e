package pontic.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.SimpleRegistry;
import pontic.store.Store;

/** How fast a table that nobody has read is read to its end. */
final class CatchUp {
  private static final int PAGE = 1000;
  private static final String UNTIL = "2038-01-01 00:00:00";

  /** As long as pages do not take longer, only so many of them are read in a period. */
  private static final long PERIOD = 100;

  private final Setting setting;
  private final int rows;

  CatchUp(Setting setting, int rows) {
    this.setting = setting;
    this.rows = rows;
  }

  List<Figure> measure() throws Exception {
    try (Office office = Office.open(setting, "catch-up-office", 1, setting.debezium())) {
      office.fill(rows);
      String statement = office.statement("appointment");
      List<Contest.Contender> contenders = new ArrayList<>();
      contenders.add(
          new Contest.Contender(
              "pontic",
              "reads, hashes, maps to FHIR, seals row and resource, commits record, due and watermark per page (SQLite, synchronous FULL)",
              () -> rate(pontic(office))));
      contenders.add(
          new Contest.Contender(
              "bare JDBC",
              "the same statement, pages of 1000 into maps; stores nothing, not even where it stands",
              () -> rate(paging(office, statement, (page, cursor) -> {}))));
      contenders.add(
          new Contest.Contender(
              "bare JDBC, stored",
              "the same, and per page one commit of JSON rows and cursor (SQLite, synchronous FULL); no hash, no FHIR, nothing sealed, nothing due",
              () -> rate(stored(office, statement))));
      contenders.add(
          new Contest.Contender(
              "camel-sql consumer",
              "the same statement, a list of 1000 per exchange; stores nothing",
              () -> rate(camel(office, statement))));
      if (setting.debezium()) {
        contenders.add(
            new Contest.Contender(
                "Debezium embedded",
                "snapshot of the table to JSON events in a process that is new each round, so cold; keeps an offset file, stores no event",
                () -> rate(Debezium.snapshot(setting, office, rows))));
      }
      List<Figure.Series> series = setting.contest().play(contenders).get("rows/s");
      return List.of(
          new Figure(
              "catch-up",
              "first load of " + rows + " appointments, " + setting.engine().sqlName(),
              "rows/s",
              series,
              List.of(
                  "from the first page on; start-up is not counted",
                  "all but Debezium read with the product's statement for the feed; Debezium reads all columns",
                  "the destination of pontic is switched off: what is due to it is stored and not sent")));
    }
  }

  /** Of all rows behind the first page. */
  private record Read(long rows, long nanos) {}

  private static Map<String, Double> rate(Read read) {
    return Map.of("rows/s", read.rows * 1e9 / read.nanos);
  }

  private static Map<String, Double> rate(Debezium.Snapshot read) {
    return Map.of("rows/s", read.rows() * 1e9 / read.nanos());
  }

  private Read pontic(Office office) throws Exception {
    Path folder = setting.folder("catch-up-pontic");
    try (Product product =
        Product.start(
            // An appointment waits for its patient (decision 0128).
            setting.home(), folder, office, "patient, appointment", PERIOD, Optional.empty())) {
      Product.until("the first page is stored", () -> changed(product) > 0);
      long first = changed(product);
      long began = System.nanoTime();
      Product.until("all rows are stored", () -> changed(product) >= rows);
      long lasted = System.nanoTime() - began;
      long records = product.count("select count(*) from record where resource = 'Appointment'");
      if (records != rows) {
        throw new IllegalStateException(records + " records of " + rows + " rows");
      }
      return new Read(rows - first, lasted);
    }
  }

  private static long changed(Product product) {
    Store store = product.store();
    return store.read(
        tx -> tx.sql("select coalesce(sum(changed), 0) from watermark").query(Long.class).single());
  }

  private Read paging(
      Office office, String statement, BiConsumer<List<Map<String, Object>>, Cursor> take)
      throws SQLException {
    try (HikariDataSource database = office.reader(Office.LOOP, office.practice());
        Connection connection = database.getConnection();
        Keyset keyset = Keyset.of(connection, statement)) {
      Cursor cursor = new Cursor();
      long began = 0;
      long first = 0;
      long count = 0;
      while (count < rows) {
        List<Map<String, Object>> page =
            keyset.read(cursor.getSince(), cursor.getAfterKey(), UNTIL, PAGE);
        cursor.behind(page);
        take.accept(page, cursor);
        count += page.size();
        if (began == 0) {
          began = System.nanoTime();
          first = count;
        }
      }
      return new Read(count - first, System.nanoTime() - began);
    }
  }

  private Read stored(Office office, String statement) throws Exception {
    Path folder = setting.folder("catch-up-stored");
    ObjectMapper json = new ObjectMapper();
    try (Connection store =
        DriverManager.getConnection(
            "jdbc:sqlite:"
                + folder.resolve("rows.db")
                + "?journal_mode=WAL&synchronous=FULL&transaction_mode=IMMEDIATE")) {
      try (Statement make = store.createStatement()) {
        make.execute("create table row (key integer primary key, json text not null)");
        make.execute("create table cursor (id integer primary key, since text, key integer)");
      }
      store.setAutoCommit(false);
      try (PreparedStatement row =
              store.prepareStatement("insert or replace into row (key, json) values (?, ?)");
          PreparedStatement mark =
              store.prepareStatement(
                  "insert or replace into cursor (id, since, key) values (1, ?, ?)")) {
        return paging(
            office,
            statement,
            (page, cursor) -> {
              try {
                for (Map<String, Object> each : page) {
                  row.setLong(1, ((Number) each.get("row_key")).longValue());
                  row.setString(2, json.writeValueAsString(each));
                  row.addBatch();
                }
                row.executeBatch();
                mark.setString(1, cursor.getSince());
                mark.setLong(2, cursor.getAfterKey());
                mark.executeUpdate();
                store.commit();
              } catch (SQLException | IOException e) {
                throw new IllegalStateException(e);
              }
            });
      }
    }
  }

  private Read camel(Office office, String statement) throws Exception {
    Path query = setting.folder("catch-up-camel").resolve("rows.sql");
    Files.writeString(
        query,
        statement
            .replace(":#since", ":#${bean:cursor.since}")
            .replace(":#after_key", ":#${bean:cursor.afterKey}")
            .replace(":#until", "'" + UNTIL + "'")
            .replace(":#most", Integer.toString(PAGE)));
    Cursor cursor = new Cursor();
    AtomicLong count = new AtomicLong();
    AtomicLong first = new AtomicLong();
    AtomicLong began = new AtomicLong();
    AtomicLong ended = new AtomicLong();
    SimpleRegistry registry = new SimpleRegistry();
    try (HikariDataSource database = office.reader(Office.LOOP, office.practice());
        DefaultCamelContext camel = new DefaultCamelContext(registry)) {
      registry.bind("database", database);
      registry.bind("cursor", cursor);
      camel.addRoutes(
          new RouteBuilder() {
            @Override
            public void configure() {
              from("sql:file:"
                      + query
                      + "?dataSource=#database&useIterator=false&delay=1&greedy=true")
                  .process(
                      exchange -> {
                        @SuppressWarnings("unchecked")
                        List<Map<String, Object>> page = exchange.getMessage().getBody(List.class);
                        cursor.behind(page);
                        long all = count.addAndGet(page.size());
                        if (began.get() == 0) {
                          began.set(System.nanoTime());
                          first.set(all);
                        }
                        if (all >= rows) {
                          ended.compareAndSet(0, System.nanoTime());
                        }
                      });
            }
          });
      camel.start();
      Product.until("camel-sql has read all rows", () -> ended.get() > 0);
      return new Read(count.get() - first.get(), ended.get() - began.get());
    }
  }
}
