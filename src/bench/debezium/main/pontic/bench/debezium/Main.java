package pontic.bench.debezium;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.debezium.engine.ChangeEvent;
import io.debezium.engine.DebeziumEngine;
import io.debezium.engine.format.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;

/**
 * Reads the table {@code appointment} of one database from MariaDB's binary log until it is ended.
 *
 * <p>Arguments: port, account, password, database, folder for offsets, poll interval in
 * milliseconds, then {@code snapshot ROWS} (says on standard output how long all rows behind the
 * first batch took: {@code snapshot ROWS NANOSECONDS}) or {@code stream URL} (posts each change as
 * a FHIR transaction).
 */
public final class Main {
  private static final ObjectMapper JSON = new ObjectMapper();

  private Main() {}

  public static void main(String[] arguments) throws Exception {
    boolean isSnapshot = arguments[6].equals("snapshot");
    DebeziumEngine.ChangeConsumer<ChangeEvent<String, String>> consumer =
        isSnapshot ? new Counter(Long.parseLong(arguments[7])) : new Poster(arguments[7]);
    try (DebeziumEngine<ChangeEvent<String, String>> engine =
        DebeziumEngine.create(Json.class)
            .using(properties(arguments, isSnapshot))
            .notifying(consumer)
            .using(
                (ok, message, error) -> {
                  if (!ok) {
                    System.out.println("failed " + message + " " + error);
                  }
                })
            .build()) {
      Runtime.getRuntime().addShutdownHook(new Thread(() -> System.out.println("ended")));
      engine.run();
    }
  }

  private static Properties properties(String[] arguments, boolean isSnapshot) {
    Path folder = Path.of(arguments[4]);
    Properties properties = new Properties();
    properties.put("name", "bench");
    properties.put("connector.class", "io.debezium.connector.mariadb.MariaDbConnector");
    properties.put("offset.storage", "org.apache.kafka.connect.storage.FileOffsetBackingStore");
    properties.put("offset.storage.file.filename", folder.resolve("offsets").toString());
    properties.put("offset.flush.interval.ms", "1000");
    properties.put("database.hostname", "127.0.0.1");
    properties.put("database.port", arguments[0]);
    properties.put("database.user", arguments[1]);
    properties.put("database.password", arguments[2]);
    properties.put("database.server.id", "85744");
    properties.put("database.ssl.mode", "disable");
    properties.put("topic.prefix", "bench");
    properties.put("database.include.list", arguments[3]);
    properties.put("table.include.list", arguments[3] + ".appointment");
    properties.put("include.schema.changes", "false");
    properties.put("schema.history.internal", "io.debezium.storage.file.history.FileSchemaHistory");
    properties.put(
        "schema.history.internal.file.filename", folder.resolve("schema-history").toString());
    properties.put("schema.history.internal.store.only.captured.tables.ddl", "true");
    properties.put("snapshot.mode", isSnapshot ? "initial" : "no_data");
    properties.put("snapshot.locking.mode", "none");
    properties.put("poll.interval.ms", arguments[5]);
    properties.put("converter.schemas.enable", "false");
    properties.put("tombstones.on.delete", "false");
    return properties;
  }

  private static JsonNode after(ChangeEvent<String, String> event) throws IOException {
    return event.value() == null ? JSON.missingNode() : JSON.readTree(event.value()).path("after");
  }

  private static final class Counter
      implements DebeziumEngine.ChangeConsumer<ChangeEvent<String, String>> {
    private final long rows;
    private long count;
    private long first;
    private long began;

    Counter(long rows) {
      this.rows = rows;
    }

    @Override
    public void handleBatch(
        List<ChangeEvent<String, String>> events,
        DebeziumEngine.RecordCommitter<ChangeEvent<String, String>> committer)
        throws InterruptedException {
      for (ChangeEvent<String, String> event : events) {
        committer.markProcessed(event);
      }
      committer.markBatchFinished();
      count += events.size();
      if (began == 0) {
        began = System.nanoTime();
        first = count;
      }
      if (count >= rows) {
        System.out.println("snapshot " + (count - first) + " " + (System.nanoTime() - began));
      }
    }
  }

  private static final class Poster
      implements DebeziumEngine.ChangeConsumer<ChangeEvent<String, String>> {
    private final URI url;
    private final HttpClient client =
        HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    Poster(String url) {
      this.url = URI.create(url);
    }

    @Override
    public void handleBatch(
        List<ChangeEvent<String, String>> events,
        DebeziumEngine.RecordCommitter<ChangeEvent<String, String>> committer)
        throws InterruptedException {
      try {
        List<String> entries = new ArrayList<>();
        for (ChangeEvent<String, String> event : events) {
          JsonNode row = after(event);
          if (row.isObject()) {
            entries.add(entry(row));
          }
          committer.markProcessed(event);
        }
        if (!entries.isEmpty()) {
          String bundle =
              "{\"resourceType\":\"Bundle\",\"type\":\"transaction\",\"entry\":["
                  + String.join(",", entries)
                  + "]}";
          client.send(
              HttpRequest.newBuilder(url)
                  .header("Content-Type", "application/fhir+json")
                  .POST(HttpRequest.BodyPublishers.ofString(bundle))
                  .build(),
              HttpResponse.BodyHandlers.discarding());
        }
        committer.markBatchFinished();
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }

    private static String entry(JsonNode row) {
      return """
          {"resource":{"resourceType":"Appointment","id":"elm-appointment-%1$d","status":"booked","start":"%2$s",\
          "participant":[{"actor":{"reference":"Patient/elm-patient-%3$d"},"status":"accepted"}]},\
          "request":{"method":"PUT","url":"Appointment/elm-appointment-%1$d"}}"""
          .formatted(
              row.path("AptNum").asLong(),
              row.path("AptDateTime").asText(),
              row.path("PatNum").asLong());
    }
  }
}
