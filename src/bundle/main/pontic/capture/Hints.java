package pontic.capture;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import pontic.audit.Audit;
import pontic.practice.Practice;
import pontic.practice.WatchTable;
import pontic.record.Records;
import pontic.record.Row;
import pontic.record.Translated;
import pontic.store.Store;
import pontic.store.Transaction;

/**
 * What an office's workstations tell of changes (open-dental-api.md 1.11): a hint that the table's
 * poll is due, and no data. Only rows that are gone are taken from an event, and only where the
 * database is not read: no list of older versions tells of them (decision 0183).
 */
public final class Hints {
  private static final int DEEPEST = 50;

  /** Names, values and brackets of rows that are gone; a thousand rows have some 100 000. */
  private static final int MOST = 250_000;

  /** Nothing is made of what it reads. */
  private static final JsonFactory ANY =
      JsonFactory.builder()
          .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(DEEPEST).build())
          .build();

  private static final ObjectMapper JSON =
      new ObjectMapper(
          JsonFactory.builder()
              .streamReadConstraints(
                  StreamReadConstraints.builder()
                      .maxNestingDepth(DEEPEST)
                      .maxTokenCount(MOST)
                      .build())
              .build());

  private final Store store;
  private final Audit audit;
  private final Records records;
  private final Turns turns;
  private final ApiPages apiPages;
  private final ApiTurns apiTurns;
  private final Map<String, Practice> practices;

  public Hints(
      Store store,
      Audit audit,
      Records records,
      Turns turns,
      ApiPages apiPages,
      ApiTurns apiTurns,
      List<Practice> practices) {
    this.store = store;
    this.audit = audit;
    this.records = records;
    this.turns = turns;
    this.apiPages = apiPages;
    this.apiTurns = apiTurns;
    this.practices =
        practices.stream().collect(Collectors.toUnmodifiableMap(Practice::id, Function.identity()));
  }

  /**
   * Looks at an event; nothing is stored yet.
   *
   * @param body as it came
   * @param table the name that the event has
   */
  public Heard hear(byte[] body, String practice, String table) {
    Instant now = store.read(Transaction::now);
    Optional<WatchTable> watched = WatchTable.of(table);
    boolean tellsRows =
        watched.filter(WatchTable.APPOINTMENT_DELETED::equals).isPresent() && !isRead(practice);
    try {
      if (!tellsRows) {
        check(body);
        Heard.Outcome outcome = watched.isPresent() ? Heard.Outcome.TAKEN : Heard.Outcome.UNKNOWN;
        return new Heard(practice, outcome, watched, List.of(), now);
      }
      Optional<List<Row>> gone = apiPages.gone(practice, rows(body), now);
      return gone.map(rows -> new Heard(practice, Heard.Outcome.TAKEN, watched, rows, now))
          .orElseGet(() -> refused(practice, watched, now));
    } catch (IOException e) {
      // Its text quotes the body.
      return refused(practice, watched, now);
    }
  }

  /**
   * Stores what is gone, if anything, and lets the table be read.
   *
   * @param translated one for each row that is gone
   */
  public Heard.Outcome keep(Heard heard, List<Translated> translated) {
    if (!translated.isEmpty()) {
      store.write(
          tx -> {
            tx.serialise(heard.practice());
            translated.forEach(one -> records.repair(tx, one, heard.at()));
            audit.record(
                tx,
                "read",
                heard.practice(),
                "hint",
                heard.table().orElseThrow().text() + " rows " + translated.size());
            return true;
          });
    }
    if (heard.outcome() == Heard.Outcome.TAKEN) {
      heard.table().ifPresent(table -> hint(heard.practice(), table));
    }
    return heard.outcome();
  }

  private void hint(String practice, WatchTable table) {
    Practice its = practices.get(practice);
    if (isRead(practice)) {
      turns.hint(practice, table, its.hints().every());
    } else {
      apiTurns.hint(practice, table, its.hints().every());
    }
  }

  private boolean isRead(String practice) {
    return practices.get(practice).database().enabled();
  }

  private static Heard refused(String practice, Optional<WatchTable> table, Instant now) {
    return new Heard(practice, Heard.Outcome.REFUSED, table, List.of(), now);
  }

  /** One array or object and nothing behind it, without making anything of it. */
  private static void check(byte[] body) throws IOException {
    try (JsonParser parser = ANY.createParser(body)) {
      JsonToken first = parser.nextToken();
      if (first != JsonToken.START_ARRAY && first != JsonToken.START_OBJECT) {
        throw new IOException("no event");
      }
      parser.skipChildren();
      if (parser.nextToken() != null) {
        throw new IOException("something stands behind the event");
      }
    }
  }

  private static JsonNode rows(byte[] body) throws IOException {
    check(body);
    JsonNode rows = JSON.readTree(body);
    return rows.isArray() ? rows : JsonNodeFactory.instance.arrayNode().add(rows);
  }
}
