package pontic.bench;

import com.zaxxer.hikari.HikariDataSource;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The least that somebody would write: a loop that reads by JDBC what was stamped in the last two
 * seconds or since, leaves out what it has sent, and posts the rest. Stores nothing; when it ends
 * it has forgotten where it stood.
 */
final class Loop implements AutoCloseable {
  private static final int PAGE = 1000;
  private static final int OVERLAP_SECONDS = 2;
  private static final String UNTIL = "2038-01-01 00:00:00";

  private final HikariDataSource database;
  private final Connection connection;
  private final Keyset keyset;
  private final URI url;
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private final AtomicLong polls = new AtomicLong();
  private final AtomicLong nanos = new AtomicLong();

  /** Of the timer's thread: what was sent, row by key, as far as it may be read again. */
  private Map<Long, Map<String, Object>> sent = new HashMap<>();

  private String newest;

  private Loop(
      HikariDataSource database, Connection connection, Keyset keyset, String url, String newest) {
    this.database = database;
    this.connection = connection;
    this.keyset = keyset;
    this.url = URI.create(url);
    this.newest = newest;
  }

  /** Reads from now on. */
  static Loop start(Office office, Duration interval, String url) throws Exception {
    HikariDataSource database = office.reader(Office.LOOP, office.practice());
    Connection connection = database.getConnection();
    String now;
    try (var statement = connection.createStatement();
        var row = statement.executeQuery("select cast(now() as char(19))")) {
      row.next();
      now = row.getString(1);
    }
    Loop loop =
        new Loop(
            database, connection, Keyset.of(connection, office.statement("appointment")), url, now);
    loop.timer.scheduleAtFixedRate(loop::poll, 0, interval.toNanos(), TimeUnit.NANOSECONDS);
    return loop;
  }

  long polls() {
    return polls.get();
  }

  /** In which it waited for rows. */
  long nanos() {
    return nanos.get();
  }

  private void poll() {
    try {
      String since = minus(newest, OVERLAP_SECONDS);
      long began = System.nanoTime();
      List<Map<String, Object>> page = keyset.read(since, Long.MIN_VALUE, UNTIL, PAGE);
      nanos.addAndGet(System.nanoTime() - began);
      polls.incrementAndGet();
      Map<Long, Map<String, Object>> again = new HashMap<>();
      List<String> entries = new ArrayList<>();
      for (Map<String, Object> row : page) {
        long key = ((Number) row.get("row_key")).longValue();
        again.put(key, row);
        newest = (String) row.get("stamp");
        if (!row.equals(sent.get(key))) {
          entries.add(entry(key, row));
        }
      }
      sent = again;
      if (!entries.isEmpty()) {
        post(entries);
      }
    } catch (Exception e) {
      System.err.println("the bare loop ends: " + e.getMessage());
      throw new IllegalStateException(e);
    }
  }

  private void post(List<String> entries) throws Exception {
    client.send(
        HttpRequest.newBuilder(url)
            .header("Content-Type", "application/fhir+json")
            .POST(
                HttpRequest.BodyPublishers.ofString(
                    "{\"resourceType\":\"Bundle\",\"type\":\"transaction\",\"entry\":["
                        + String.join(",", entries)
                        + "]}"))
            .build(),
        HttpResponse.BodyHandlers.discarding());
  }

  private static String minus(String stamp, int seconds) {
    return java.time.LocalDateTime.parse(stamp.replace(' ', 'T'))
        .minusSeconds(seconds)
        .format(java.time.format.DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss"));
  }

  private static String entry(long key, Map<String, Object> row) {
    return """
        {"resource":{"resourceType":"Appointment","id":"elm-appointment-%1$d","status":"booked","start":"%2$s",\
        "participant":[{"actor":{"reference":"Patient/elm-patient-%3$s"},"status":"accepted"}]},\
        "request":{"method":"PUT","url":"Appointment/elm-appointment-%1$d"}}"""
        .formatted(key, row.get("AptDateTime"), row.get("PatNum"));
  }

  @Override
  public void close() throws Exception {
    timer.shutdown();
    timer.awaitTermination(1, TimeUnit.MINUTES);
    keyset.close();
    connection.close();
    database.close();
  }
}
