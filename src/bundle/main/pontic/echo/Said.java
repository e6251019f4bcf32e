package pontic.echo;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import pontic.lane.Decision;
import pontic.lane.Landings;
import pontic.lane.Work;
import pontic.lane.Written;
import pontic.person.SaidIdentifiers;
import pontic.store.StoredJson;
import pontic.store.Transaction;
import pontic.store.Vault;

/**
 * Keeps what each sender said of a row: column, value, and when Pontic accepted the message that
 * said it. Sealed, as {@code {"HmPhone": {"value": …, "at": epoch milliseconds}}}. Of a row of a
 * chart also what it calls it.
 */
public final class Said implements Landings {
  private static final ObjectMapper JSON =
      new ObjectMapper(JsonFactory.builder().streamReadConstraints(StoredJson.BOUNDS).build());

  private final Vault vault;
  private final SaidIdentifiers identifiers;

  public Said(Vault vault, SaidIdentifiers identifiers) {
    this.vault = vault;
    this.identifiers = identifiers;
  }

  /**
   * One word of a sender.
   *
   * @param at when its message was accepted, by the store's clock
   */
  record Word(String column, JsonNode value, Instant at) {}

  @Override
  public void landed(Transaction tx, Work work, Written written) {
    Optional<Long> acceptedAt =
        tx.sql("select accepted_at from message where id = :id")
            .param("id", work.messageId())
            .query(Long.class)
            .optional();
    if (acceptedAt.isEmpty() || written.key() == 0 || written.columns().isEmpty()) {
      return;
    }
    long at = acceptedAt.get();
    String name = name(work.practice(), work.sender(), written.resource(), written.key());
    ObjectNode said =
        sealed(tx, work.practice(), work.sender(), written.resource(), written.key())
            .map(columns -> opened(name, columns))
            .orElseGet(JSON::createObjectNode);
    for (Map.Entry<String, JsonNode> column : written.columns().properties()) {
      if (said.path(column.getKey()).path("at").asLong() <= at) {
        said.putObject(column.getKey()).put("at", at).set("value", column.getValue());
      }
    }
    tx.sql(
            "insert into said (practice, sender, resource, row_key, columns, said_at)"
                + " values (:practice, :sender, :resource, :key, :columns, :at)"
                + " on conflict (practice, sender, resource, row_key) do update set"
                + " columns = excluded.columns, said_at = excluded.said_at")
        .param("practice", work.practice())
        .param("sender", work.sender())
        .param("resource", written.resource())
        .param("key", written.key())
        .param(
            "columns", vault.seal("said", name, said.toString().getBytes(StandardCharsets.UTF_8)))
        .param("at", at)
        .update();
  }

  @Override
  public void brought(Transaction tx, Work work, Decision.Row row) {
    row.said().ifPresent(written -> landed(tx, work, written));
    row.identifiers()
        .forEach(
            said ->
                identifiers.rememberRow(
                    tx, work.practice(), row.record(), row.key(), work.sender(), said));
  }

  /** What these senders said of a row. */
  List<Word> of(Transaction tx, String practice, Set<String> senders, String resource, long key) {
    return senders.stream()
        .flatMap(
            sender ->
                sealed(tx, practice, sender, resource, key)
                    .map(columns -> opened(name(practice, sender, resource, key), columns))
                    .stream())
        .flatMap(Said::words)
        .toList();
  }

  private static Stream<Word> words(ObjectNode said) {
    return said.properties().stream()
        .map(
            column ->
                new Word(
                    column.getKey(),
                    column.getValue().path("value"),
                    Instant.ofEpochMilli(column.getValue().path("at").asLong())));
  }

  private static Optional<String> sealed(
      Transaction tx, String practice, String sender, String resource, long key) {
    return tx.sql(
            "select columns from said where practice = ? and sender = ? and resource = ? and row_key = ?")
        .params(practice, sender, resource, key)
        .query(String.class)
        .optional();
  }

  private ObjectNode opened(String name, String columns) {
    try {
      return (ObjectNode)
          JSON.readTree(new String(vault.open("said", name, columns), StandardCharsets.UTF_8));
    } catch (JsonProcessingException e) {
      // Without the cause: its text quotes the row.
      throw new IllegalStateException("What a sender said is not JSON in the store");
    }
  }

  private static String name(String practice, String sender, String resource, long key) {
    return String.join("/", practice, sender, resource, Long.toString(key));
  }
}
