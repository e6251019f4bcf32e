package pontic.operations;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import pontic.practice.Practice;
import pontic.store.Transaction;

/**
 * What each practice is and so what of it is on: every feed and every write, or off with its
 * reason.
 */
final class Capabilities {
  private static final ObjectMapper JSON = new ObjectMapper();

  private Capabilities() {}

  static ObjectNode of(Transaction tx, Practice practice) {
    ObjectNode node = JSON.createObjectNode();
    node.put("practice", practice.id());
    node.put("zone", practice.zone().getId());
    JsonNode lane = lane(tx, practice);
    node.set("database", database(tx, practice));
    node.set("api", api(practice, lane));
    ArrayNode feeds = node.putArray("feeds");
    if (practice.database().enabled()) {
      feeds.addAll(byDatabase(tx, practice));
    } else {
      lane.path("capabilities")
          .path("capture")
          .properties()
          .forEach(list -> feeds.add(one("feed", list, "api")));
    }
    ArrayNode writes = node.putArray("writes");
    for (Map.Entry<String, JsonNode> write :
        lane.path("capabilities").path("writes").properties()) {
      ObjectNode one = one("write", write, "api");
      writes.add(
          practice.api().enabled()
              ? one
              : one.put("on", false).put("reason", "the practice's API is switched off"));
    }
    ArrayNode hints = node.putArray("hints");
    for (Map.Entry<String, JsonNode> hint : lane.path("hints").path("tables").properties()) {
      hints.add(one("hint", hint, "api"));
    }
    node.set("documents", documents(tx, practice));
    ObjectNode compared = node.putObject("compared");
    compared.put("on", practice.database().enabled());
    compared.put(
        "reason",
        practice.database().enabled()
            ? ""
            : "its database is not read, and its API has no list of all keys to compare with");
    node.set("cannotSee", list(lane.path("capabilities").path("captureCannotSee")));
    return node;
  }

  /** Whether files of documents leave, and how those stand that were told. */
  private static ObjectNode documents(Transaction tx, Practice practice) {
    ObjectNode node = JSON.createObjectNode();
    boolean isNamed = practice.documents().folder().isPresent();
    node.put("on", isNamed && practice.database().enabled());
    node.put(
        "reason",
        !isNamed
            ? "documents.folder is not set"
            : practice.database().enabled()
                ? ""
                : "its database is not read, and its API names no folder of a patient");
    ObjectNode files = node.putObject("files");
    tx.sql(
            "select destination, state, count(*) as n from document_bytes where practice = ?"
                + " group by destination, state order by destination, state")
        .params(practice.id())
        .query(
            row -> {
              files
                  .withObject("/" + row.getString("destination"))
                  .put(row.getString("state"), row.getLong("n"));
            });
    return node;
  }

  private static ObjectNode one(String what, Map.Entry<String, JsonNode> entry, String by) {
    ObjectNode one = JSON.createObjectNode();
    one.put(what, entry.getKey()).put("by", by);
    one.put("on", entry.getValue().path("on").asBoolean());
    return one.put("reason", entry.getValue().path("reason").asText());
  }

  private static JsonNode list(JsonNode node) {
    return node.isArray() ? node : JSON.createArrayNode();
  }

  private static ObjectNode database(Transaction tx, Practice practice) {
    ObjectNode node = JSON.createObjectNode();
    node.put("enabled", practice.database().enabled());
    node.put("allowWritingAccount", practice.database().allowWritingAccount());
    if (practice.database().enabled()) {
      tx.sql("select facts, looked_at from office where practice = ?")
          .params(practice.id())
          .query(
              row -> {
                node.setAll((ObjectNode) json(row.getString("facts")));
                node.put("lookedAt", Instant.ofEpochMilli(row.getLong("looked_at")).toString());
              });
    }
    return node;
  }

  private static ArrayNode byDatabase(Transaction tx, Practice practice) {
    ArrayNode feeds = JSON.createArrayNode();
    tx.sql("select feed, state, reason, facts from feed where practice = ? order by feed")
        .params(practice.id())
        .query(
            row -> {
              ObjectNode feed = feeds.addObject();
              feed.put("feed", row.getString("feed")).put("by", "database");
              feed.put("on", row.getString("state").equals("on"));
              feed.put("reason", row.getString("reason"));
              feed.setAll((ObjectNode) json(row.getString("facts")));
            });
    return feeds;
  }

  private static ObjectNode api(Practice practice, JsonNode lane) {
    ObjectNode node = JSON.createObjectNode();
    node.put("enabled", practice.api().enabled());
    node.put("mode", practice.api().mode().name().toLowerCase(Locale.ROOT));
    node.put("state", lane.path("state").asText("unknown"));
    node.put("reason", lane.path("reason").asText("not asked yet"));
    node.put("version", lane.path("capabilities").path("version").asText());
    node.put("periodMillis", lane.path("capabilities").path("periodMillis").asLong());
    node.set("permissions", list(lane.path("capabilities").path("permissions")));
    return node;
  }

  private static JsonNode lane(Transaction tx, Practice practice) {
    Optional<JsonNode> lane =
        tx.sql("select state, reason, capabilities, hints from lane where practice = ?")
            .params(practice.id())
            .query(
                (row, number) -> {
                  ObjectNode node = JSON.createObjectNode();
                  node.put("state", row.getString("state")).put("reason", row.getString("reason"));
                  String told = row.getString("capabilities");
                  String hints = row.getString("hints");
                  node.set("hints", json(hints.isBlank() ? "{}" : hints));
                  return (JsonNode) node.set("capabilities", json(told.isBlank() ? "{}" : told));
                })
            .optional();
    return lane.orElseGet(JSON::createObjectNode);
  }

  private static JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a JSON column of the store does not hold JSON");
    }
  }
}
