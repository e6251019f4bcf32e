package pontic.facade;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import pontic.store.Store;

/**
 * What became of a message of a client.
 *
 * @param controlId request id, of a Bundle with the place of the entry
 * @param end "" while it is open
 * @param json all of it, as the client reads it
 */
record Receipt(String message, String controlId, String end, String reason, ObjectNode json) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Stores bound the variables of a statement; all who wait may wait for more. */
  private static final int AT_ONCE = 500;

  private static final String COLUMNS =
      "select id, type, control_id, accepted_at, state, receipt_end, receipt_reason, receipt_keys, receipt_settled,"
          + " receipt_generation, receipt_warnings, ended_at from message";

  boolean isOpen() {
    return end.isEmpty();
  }

  /** Whether it stays so: what is held for a person is not. */
  boolean isFinal() {
    return !isOpen() && !end.equals("parked");
  }

  /** Of a message that this client sent to this practice. */
  static Optional<Receipt> of(Store store, String practice, String client, String message) {
    return store.read(
        tx ->
            tx.sql(
                    COLUMNS
                        + " where id = :id and practice = :practice and sender = :client and route = 'accept-fhir'")
                .param("id", message)
                .param("practice", practice)
                .param("client", client)
                .query((row, number) -> read(row))
                .optional());
  }

  /** Of all that this client sent with that request id, entries of a Bundle in their order. */
  static List<Receipt> ofRequest(Store store, String practice, String client, String requestId) {
    return store
        .read(
            tx ->
                tx.sql(
                        COLUMNS
                            + " where practice = :practice and sender = :client and (control_id = :request"
                            + " or (control_id > :from and control_id < :to))"
                            + " and route = 'accept-fhir' and receipt_end <> 'duplicate of' order by seq")
                    .param("practice", practice)
                    .param("client", client)
                    .param("request", requestId)
                    // The dot and the sign after it.
                    .param("from", requestId + ".")
                    .param("to", requestId + "/")
                    .query((row, number) -> read(row))
                    .list())
        .stream()
        .filter(each -> each.controlId().substring(requestId.length()).matches("(\\.\\d{1,4})?"))
        .toList();
  }

  /** By id, of those that have ended. */
  static Map<String, Receipt> ended(Store store, Collection<String> messages) {
    List<String> all = List.copyOf(messages);
    Map<String, Receipt> ended = new HashMap<>();
    for (int from = 0; from < all.size(); from += AT_ONCE) {
      List<String> some = all.subList(from, Math.min(all.size(), from + AT_ONCE));
      store
          .read(
              tx ->
                  tx.sql(COLUMNS + " where id in (:ids) and receipt_end <> ''")
                      .param("ids", some)
                      .query((row, number) -> read(row))
                      .list())
          .forEach(each -> ended.put(each.message(), each));
    }
    return ended;
  }

  private static Receipt read(ResultSet row) throws SQLException {
    ObjectNode node = JSON.createObjectNode();
    node.put("message", row.getString("id"));
    node.put("type", row.getString("type"));
    node.put("requestId", row.getString("control_id"));
    node.put("acceptedAt", Instant.ofEpochMilli(row.getLong("accepted_at")).toString());
    node.put("state", row.getString("state"));
    node.put("end", row.getString("receipt_end"));
    node.put("reason", row.getString("receipt_reason"));
    node.set("keys", parsed(row.getString("receipt_keys"), "{}"));
    node.put("settled", row.getString("receipt_settled"));
    node.put("generation", row.getString("receipt_generation"));
    node.set("warnings", parsed(row.getString("receipt_warnings"), "[]"));
    long ended = row.getLong("ended_at");
    node.put("endedAt", ended == 0 ? "" : Instant.ofEpochMilli(ended).toString());
    return new Receipt(
        row.getString("id"),
        row.getString("control_id"),
        row.getString("receipt_end"),
        row.getString("receipt_reason"),
        node);
  }

  private static JsonNode parsed(String text, String blank) {
    try {
      return JSON.readTree(text.isBlank() ? blank : text);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a JSON column of the store does not hold JSON");
    }
  }
}
