package pontic.echo;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import pontic.lane.Written;
import pontic.mapping.MappingException;
import pontic.practice.Destination;
import pontic.record.Row;
import pontic.send.Dues;
import pontic.send.Known;
import pontic.store.Transaction;

/**
 * A version is an echo for a destination if the row that it knows, with what it said since then
 * laid over, translates to the resource that is due (decision 0097).
 */
public final class Echo implements Known {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final TypeReference<Map<String, Object>> COLUMNS = new TypeReference<>() {};

  private final Said said;
  private final OpenWrites openWrites;
  private final BareRow bareRow;
  private final Translation translation;

  /** Writes of these senders that may have taken effect and whose end is not known. */
  public interface OpenWrites {
    /**
     * @param before only those that began before then
     */
    List<Written> of(Transaction tx, String practice, Set<String> senders, Instant before);
  }

  /** What of a row is no news to a receiver that was never told of it. */
  public interface BareRow {
    ObjectNode of(String resource, JsonNode row);
  }

  /** Row to FHIR. */
  public interface Translation {
    /**
     * @throws MappingException if the mapping cannot take the row
     */
    JsonNode of(Row row);
  }

  public Echo(Said said, OpenWrites openWrites, BareRow bareRow, Translation translation) {
    this.said = said;
    this.openWrites = openWrites;
    this.bareRow = bareRow;
    this.translation = translation;
  }

  @Override
  public Verdict judge(Transaction tx, Destination destination, Dues.Entry entry) {
    if (destination.senders().isEmpty() || entry.record().row().isEmpty()) {
      return Verdict.NEWS;
    }
    List<Said.Word> words =
        said.of(tx, entry.practice(), destination.senders(), entry.resource(), entry.key());
    List<Written> open =
        openWrites.of(tx, entry.practice(), destination.senders(), entry.changedAt()).stream()
            .filter(write -> mayConcern(write, entry))
            .toList();
    if (words.isEmpty() && open.isEmpty()) {
      return Verdict.NEWS;
    }
    JsonNode row = json(entry.record().row());
    if (destination.kind() == Destination.Kind.HL7V2
        && entry.acknowledged().number() == 0
        && words.isEmpty()
        && open.stream().anyMatch(write -> holds(row, write.columns()))) {
      // It made this row, as it seems: only its end says whether that is told as new.
      return Verdict.WAIT;
    }
    Optional<ObjectNode> known = known(entry, row);
    if (known.isEmpty()) {
      return Verdict.NEWS;
    }
    Instant toldAt = Dues.toldAt(tx, entry);
    words.stream()
        .filter(word -> word.at().isAfter(toldAt))
        .forEach(word -> lay(known.get(), word.column(), word.value(), row));
    if (isDue(entry, known.get())) {
      return Verdict.ECHO;
    }
    // Only what would be an echo once the write has landed has to wait for its end.
    open.forEach(
        write ->
            write
                .columns()
                .properties()
                .forEach(column -> lay(known.get(), column.getKey(), column.getValue(), row)));
    return !open.isEmpty() && isDue(entry, known.get()) ? Verdict.WAIT : Verdict.NEWS;
  }

  @Override
  public String told(Transaction tx, Destination destination, Dues.Entry entry) {
    String acknowledged = entry.acknowledged().fhir();
    if (destination.senders().isEmpty() || entry.record().row().isEmpty()) {
      return acknowledged;
    }
    Instant toldAt = Dues.toldAt(tx, entry);
    List<Said.Word> words =
        said.of(tx, entry.practice(), destination.senders(), entry.resource(), entry.key()).stream()
            .filter(word -> word.at().isAfter(toldAt))
            .sorted(Comparator.comparing(Said.Word::at))
            .toList();
    JsonNode row = json(entry.record().row());
    Optional<ObjectNode> known = words.isEmpty() ? Optional.empty() : known(entry, row);
    return known
        .flatMap(
            columns -> {
              // Whether it stands still or not: who said it believes it until told otherwise.
              words.stream()
                  .filter(word -> row.has(word.column()))
                  .forEach(word -> columns.set(word.column(), asIn(row, word)));
              return translated(entry, columns);
            })
        .filter(JsonNode::isObject)
        .map(JsonNode::toString)
        .orElse(acknowledged);
  }

  private static JsonNode asIn(JsonNode row, Said.Word word) {
    JsonNode stands = row.path(word.column());
    return stands.asText().equals(word.value().asText()) ? stands : word.value();
  }

  private static boolean holds(JsonNode row, ObjectNode columns) {
    return columns.properties().stream()
        .allMatch(column -> row.path(column.getKey()).asText().equals(column.getValue().asText()));
  }

  /** A create can only have made a row that the destination has never been told of. */
  private static boolean mayConcern(Written write, Dues.Entry entry) {
    return write.resource().equals(entry.resource())
        && (write.key() == entry.key() || write.key() == 0 && entry.acknowledged().number() == 0);
  }

  /**
   * The row as the destination knows it; empty if nobody stored what it was told, or something
   * stands there that it never acknowledged.
   */
  private Optional<ObjectNode> known(Dues.Entry entry, JsonNode row) {
    if (entry.acknowledged().number() == 0) {
      return entry.remoteVersion().isEmpty()
          ? Optional.of(bareRow.of(entry.resource(), row))
          : Optional.empty();
    }
    return entry.acknowledged().row().isEmpty()
        ? Optional.empty()
        : Optional.of((ObjectNode) json(entry.acknowledged().row()));
  }

  /** A word counts where it is what stands: anything else somebody has changed since. */
  private static void lay(ObjectNode known, String column, JsonNode value, JsonNode row) {
    if (row.has(column) && row.path(column).asText().equals(value.asText())) {
      known.set(column, row.path(column));
    }
  }

  private boolean isDue(Dues.Entry entry, ObjectNode columns) {
    // As text and back: a number that was computed is of another class than one that was read.
    return translated(entry, columns)
        .filter(known -> json(known.toString()).equals(json(entry.record().fhir())))
        .isPresent();
  }

  /** Empty if too little is known to make a resource of it. */
  private Optional<JsonNode> translated(Dues.Entry entry, ObjectNode columns) {
    try {
      return Optional.of(
          translation.of(
              new Row(
                  entry.practice(),
                  entry.resource(),
                  entry.key(),
                  entry.changedAt(),
                  false,
                  "",
                  JSON.convertValue(columns, COLUMNS))));
    } catch (MappingException e) {
      return Optional.empty();
    }
  }

  private static JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      // Without the cause: its text quotes the row.
      throw new IllegalStateException("A stored row or resource is not JSON");
    }
  }
}
