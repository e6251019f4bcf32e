package pontic.lane;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import pontic.store.Transaction;
import pontic.store.Vault;

/**
 * The bytes of files that messages carry. A lane opens a work and its requests at each step, so
 * both hold a name in their place; they are put back into the one request that takes them to Open
 * Dental, right before it is sent (decision 0290).
 */
final class WorkFiles {
  /** FHIR's element for bytes as Base64: of an Attachment, a Binary. */
  private static final String BYTES = "data";

  /** No Base64, so that no sender's bytes are taken for a name of ours. */
  private static final String NAME = "pontic-file:";

  /** Characters; what is shorter is no burden. */
  private static final int SHORT = 1024;

  private final Vault vault;

  WorkFiles(Vault vault) {
    this.vault = vault;
  }

  /** The same Bundle with a name in the place of each file; the same bytes have the same name. */
  JsonNode keep(Transaction tx, String workId, JsonNode bundle) {
    if (longest(bundle).isEmpty()) {
      return bundle;
    }
    JsonNode without = bundle.deepCopy();
    for (ObjectNode holder : longest(without)) {
      String bytes = holder.path(BYTES).textValue();
      String id = vault.index("work_file", bytes);
      tx.sql(
              "insert into work_file (work_id, id, body) values (?, ?, ?) on conflict (work_id, id) do nothing")
          .params(
              workId,
              id,
              vault.seal("work_file", workId + "|" + id, bytes.getBytes(StandardCharsets.US_ASCII)))
          .update();
      holder.put(BYTES, NAME + id);
    }
    return without;
  }

  /** Whether a request takes a file along. */
  static boolean namesOne(ApiRequest request) {
    return request.body().properties().stream().anyMatch(field -> isName(field.getValue()));
  }

  /** The request with the bytes of its work's files in the places of their names. */
  ApiRequest with(Transaction tx, String callId, ApiRequest request) {
    ObjectNode body = request.body().deepCopy();
    for (Map.Entry<String, JsonNode> field : request.body().properties()) {
      if (isName(field.getValue())) {
        bytes(tx, callId, field.getValue().textValue().substring(NAME.length()))
            .ifPresent(bytes -> body.set(field.getKey(), TextNode.valueOf(bytes)));
      }
    }
    return new ApiRequest(
        request.name(),
        request.method(),
        request.template(),
        request.path(),
        request.query(),
        body);
  }

  /** Of work that has come to its end. */
  static void forget(Transaction tx, String workId) {
    tx.sql("delete from work_file where work_id = ?").params(workId).update();
  }

  private Optional<String> bytes(Transaction tx, String callId, String id) {
    return tx.sql(
            """
            select f.work_id, f.body from work_file f join call c on c.work_id = f.work_id
            where c.id = ? and f.id = ?
            """)
        .params(callId, id)
        .query(
            (row, n) ->
                new String(
                    vault.open(
                        "work_file", row.getString("work_id") + "|" + id, row.getString("body")),
                    StandardCharsets.US_ASCII))
        .optional();
  }

  private static boolean isName(JsonNode value) {
    return value.isTextual() && value.textValue().startsWith(NAME);
  }

  /** Objects with bytes that are worth it, however deep. */
  private static List<ObjectNode> longest(JsonNode root) {
    List<ObjectNode> found = new ArrayList<>();
    List<JsonNode> open = new ArrayList<>(List.of(root));
    while (!open.isEmpty()) {
      JsonNode node = open.remove(open.size() - 1);
      node.forEach(open::add);
      if (node instanceof ObjectNode object
          && object.path(BYTES).isTextual()
          && object.path(BYTES).textValue().length() > SHORT) {
        found.add(object);
      }
    }
    return found;
  }
}
