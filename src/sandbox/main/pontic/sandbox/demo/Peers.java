package pontic.sandbox.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** The three systems that Pontic tells: two FHIR servers and the hospital's HL7 v2 engine. */
final class Peers {
  /** As the sandbox's control server names the HL7 v2 engine. */
  static final String HL7 = "hl7";

  static final List<String> FHIR = List.of("hospital", "registry");
  private static final Duration LIMIT = Duration.ofMinutes(5);

  private final Stage stage;

  Peers(Stage stage) {
    this.stage = stage;
  }

  /** What came to a peer since then, in the order of arrival, without content. */
  List<JsonNode> since(String peer, Instant since) {
    if (peer.equals("hospital") && stage.hasJpa()) {
      return history(since);
    }
    List<JsonNode> arrivals = new ArrayList<>();
    stage
        .control()
        .get("/hospital/arrivals?peer=" + peer + "&since=" + since.toEpochMilli())
        .forEach(arrivals::add);
    return arrivals;
  }

  /** The same as a server tells it that was not made for this: the versions that it keeps. */
  private List<JsonNode> history(Instant since) {
    List<JsonNode> arrivals = new ArrayList<>();
    Optional<String> page = Optional.of("/_history?_count=200&_since=" + since);
    while (page.isPresent()) {
      JsonNode bundle = stage.hospital().get(page.get());
      for (JsonNode entry : bundle.path("entry")) {
        JsonNode resource = entry.path("resource");
        ObjectNode arrival = JsonNodeFactory.instance.objectNode();
        arrival.set("type", resource.path("resourceType"));
        arrival.set("id", resource.path("id"));
        String at = resource.path("meta").path("lastUpdated").asText();
        arrivals.add(arrival.put("at", OffsetDateTime.parse(at).toInstant().toEpochMilli()));
      }
      page = next(bundle);
    }
    // Newest first, as a history is.
    Collections.reverse(arrivals);
    return arrivals;
  }

  private static Optional<String> next(JsonNode bundle) {
    for (JsonNode link : bundle.path("link")) {
      if (link.path("relation").asText().equals("next")) {
        String url = link.path("url").asText();
        return Optional.of(url.substring(url.indexOf("/fhir") + "/fhir".length()));
      }
    }
    return Optional.empty();
  }

  /**
   * Waits for a resource at a FHIR server.
   *
   * @return milliseconds from then to its arrival there
   */
  long resource(
      String peer,
      String practice,
      String type,
      long key,
      Instant since,
      Predicate<JsonNode> fits) {
    String id = id(practice, type, key);
    Http server = peer.equals("hospital") ? stage.hospital() : stage.registry();
    long[] at = new long[1];
    stage.until(
        type + "/" + id + " has come to the " + peer + " as it should be",
        LIMIT,
        () -> {
          List<JsonNode> arrivals = of(peer, type, id, since);
          if (arrivals.isEmpty() || !fits.test(server.get("/" + type + "/" + id))) {
            return false;
          }
          at[0] = arrivals.get(arrivals.size() - 1).path("at").asLong();
          return true;
        },
        () -> of(peer, type, id, since).size() + " arrivals of it");
    return at[0] - since.toEpochMilli();
  }

  /** The arrivals of one resource at a FHIR server since then. */
  List<JsonNode> of(String peer, String type, String id, Instant since) {
    return since(peer, since).stream()
        .filter(one -> one.path("type").asText().equals(type) && one.path("id").asText().equals(id))
        .toList();
  }

  /**
   * Waits for an event at the HL7 v2 engine, which must be the only one of this key since then.
   *
   * @param trigger such as SIU^S12
   * @param key AptNum of a SIU, PatNum of an ADT (of an A40 the survivor's)
   */
  Told event(String practice, String trigger, long key, Instant since) {
    List<JsonNode> found = new ArrayList<>();
    stage.until(
        trigger + " of " + key + " has come to the hospital's HL7 v2 engine",
        LIMIT,
        () -> {
          found.clear();
          found.addAll(events(practice, trigger.substring(0, 3), key, since));
          return found.stream().anyMatch(one -> one.path("trigger").asText().equals(trigger));
        },
        () -> triggers(found));
    Expect.same("what it was told", trigger, triggers(found));
    JsonNode event = found.get(0);
    Expect.same("the engine's answer", "AA", event.path("answer").asText());
    return new Told(
        event.path("at").asLong() - since.toEpochMilli(),
        event.path("status").asText(),
        event.path("merged").asText());
  }

  /**
   * @param millis from the act to the arrival
   * @param status SCH-25; "" in an ADT
   * @param merged MRG-1; "" unless A40
   */
  record Told(long millis, String status, String merged) {}

  /** Events of one patient (ADT) or appointment (SIU) since then. */
  List<JsonNode> events(String practice, String type, long key, Instant since) {
    return since(HL7, since).stream()
        .filter(one -> one.path("sender").asText().equals(practice))
        .filter(one -> one.path("trigger").asText().startsWith(type))
        .filter(one -> one.path("key").asText().equals(Long.toString(key)))
        .toList();
  }

  /** Waits until Pontic has nothing left to tell anybody. */
  void untilNothingIsDue() {
    stage.until(
        "nothing is due to any destination",
        LIMIT,
        () -> due() == 0 && unended() == 0,
        () -> due() + " due, " + unended() + " messages without an end");
  }

  /** Rows that destinations do not have yet. */
  long due() {
    long due = 0;
    for (JsonNode destination : stage.status().path("destinations")) {
      due += destination.path("due").asLong();
    }
    return due;
  }

  private long unended() {
    long open = 0;
    for (JsonNode practice : stage.status().path("practices")) {
      open += practice.path("open").asLong();
    }
    return open;
  }

  /** Versions that a destination was not told because it had said them itself. */
  Map<String, Long> withheld(String practice) {
    Map<String, Long> withheld = new java.util.TreeMap<>();
    for (JsonNode destination : stage.status().path("destinations")) {
      if (destination.path("practice").asText().equals(practice)) {
        withheld.put(
            destination.path("destination").asText(), destination.path("withheld").asLong());
      }
    }
    return withheld;
  }

  static String id(String practice, String type, long key) {
    return practice + "-" + type.toLowerCase(Locale.ROOT) + "-" + key;
  }

  private static String triggers(List<JsonNode> events) {
    return events.isEmpty()
        ? "nothing"
        : events.stream()
            .map(one -> one.path("trigger").asText())
            .collect(Collectors.joining(", "));
  }
}
