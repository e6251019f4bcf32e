package pontic.understand;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import pontic.hl7.Hl7Json;
import pontic.lane.Work;
import pontic.mapping.MapperOf;

/** Bytes to JSON, JSON to a FHIR Bundle by the mapping that its type names; FHIR comes as it is. */
public final class Translate {
  /** A file may be as long as what is accepted. */
  private static final ObjectMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxStringLength(Integer.MAX_VALUE).build())
                  .build())
          // How precise a number is, is part of what it says (R4, decimal).
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .build();

  /** A create may carry any id, even the same for all; the id of an update is one patient's. */
  private static final String UPDATE = "/update";

  private static final String OUTCOME = "OperationOutcome";

  /** As many as of those that no mapping reads. */
  private static final int MOST_NAMED = 20;

  private final Hl7Json hl7;
  private final Map<String, Event> events;
  private final Kinds kinds;
  private final MapperOf mappers;
  private final Map<String, String> zones;

  /**
   * @param events by type, ADT^A28 ...
   * @param kinds what FHIR resources mean
   * @param zones by practice: the zone of times that name none
   */
  public Translate(
      Hl7Json hl7,
      Map<String, Event> events,
      Kinds kinds,
      MapperOf mappers,
      Map<String, String> zones) {
    this.hl7 = hl7;
    this.events = Map.copyOf(events);
    this.kinds = kinds;
    this.mappers = mappers;
    this.zones = Map.copyOf(zones);
  }

  /** HL7 v2 or FHIR bytes as JSON. */
  public Understanding read(Understanding message) {
    if (message.route().equals("accept-hl7")) {
      Hl7Json.Message read = hl7.read(message.bytes());
      return message.withJson(read.json(), read.misread());
    }
    try {
      return message.withJson(JSON.readTree(message.bytes()));
    } catch (IOException e) {
      throw new NotUnderstood("the stored resource is not JSON");
    }
  }

  public Understanding translate(Understanding message) {
    if (message.route().equals("accept-fhir")) {
      String event =
          kinds
              .event(message.type())
              .orElseThrow(() -> new NotUnderstood("its type is not understood any more"));
      boolean alone = !message.json().path("resourceType").asText().equals("Bundle");
      return awaited(
          message.withBundle(
              event,
              event.equals(Event.CHART) && alone
                  ? Subject.bundle(message)
                  : bundle(message, event.equals(Event.CHART))),
          kinds.urgent(message.type()));
    }
    Event event = events.get(message.type());
    if (event == null || !event.taken()) {
      throw new NotUnderstood("its type is not understood any more");
    }
    if (event.event().equals(Event.NOTHING)) {
      return message.withNothing(message.type() + ": " + event.reason());
    }
    event
        .exceeds(message.json())
        .ifPresent(
            what -> {
              throw new NotUnderstood(what);
            });
    JsonNode bundle =
        mappers
            .mapper(message.practice(), event.mapping())
            .map(
                message.json(),
                Map.of(
                    "zone", TextNode.valueOf(zones.get(message.practice())),
                    "practice", TextNode.valueOf(message.practice()),
                    "sender", TextNode.valueOf(message.sender())));
    JsonNode taken = taken(event, bundle);
    if (!message.misread().isEmpty() && taken instanceof ObjectNode told) {
      misread(told, message.misread());
    }
    event
        .lacks(taken)
        .ifPresent(
            what -> {
              throw new NotUnderstood("it tells " + what);
            });
    return awaited(message.withBundle(event.event(), taken), event.urgent());
  }

  private static Understanding awaited(Understanding message, boolean urgent) {
    return urgent ? message.awaited() : message;
  }

  /** What is not taken of a message of this type stands on its receipt, by the mapping. */
  private static JsonNode taken(Event event, JsonNode bundle) {
    JsonNode taken = bundle.deepCopy();
    if (event.request()) {
      taken.withObject("/meta").withArray("/tag").addObject().put("system", Work.REQUEST);
    }
    if (taken.path("entry") instanceof ArrayNode entries) {
      entries.removeIf(entry -> !event.takes(entry.path("resource").path("resourceType").asText()));
    }
    return taken;
  }

  /** Said with what is left out, on its receipt: segments, no values. */
  private static void misread(ObjectNode bundle, List<String> segments) {
    issues(bundle)
        .addObject()
        .put("severity", "warning")
        .put("code", "value")
        .put(
            "diagnostics",
            String.join(", ", segments.subList(0, Math.min(MOST_NAMED, segments.size())))
                + ": not in the charset that MSH-18 says (UTF-8 if it says none), read as ISO 8859-1");
  }

  private static ArrayNode issues(ObjectNode bundle) {
    for (JsonNode entry : bundle.path("entry")) {
      if (entry.path("resource") instanceof ObjectNode resource
          && resource.path("resourceType").asText().equals(OUTCOME)) {
        return resource.withArray("issue");
      }
    }
    return bundle
        .withArray("entry")
        .addObject()
        .putObject("resource")
        .put("resourceType", OUTCOME)
        .putArray("issue");
  }

  /**
   * The id under which the client updates is a number of the patient or appointment, as good as any
   * other: ours, or its own. What the door put together is a Bundle already, of which the first
   * entry is meant.
   *
   * @param numbered whether the first number names the row that is made (decision 0262)
   */
  private static JsonNode bundle(Understanding message, boolean numbered) {
    JsonNode given = message.json();
    ObjectNode bundle;
    if (given.path("resourceType").asText().equals("Bundle")) {
      bundle = given.deepCopy();
    } else {
      bundle =
          JsonNodeFactory.instance
              .objectNode()
              .put("resourceType", "Bundle")
              .put("type", "collection");
      bundle.putArray("entry").addObject().set("resource", given.deepCopy());
    }
    JsonNode meant = bundle.path("entry").path(0).path("resource");
    if (message.type().endsWith(UPDATE) && meant instanceof ObjectNode resource) {
      LogicalId number =
          LogicalId.of(
              message.practice(),
              message.sender(),
              resource.path("resourceType").asText(),
              resource.path("id").asText());
      ArrayNode identifiers = resource.withArray("identifier");
      (numbered ? identifiers.insertObject(0) : identifiers.addObject())
          .put("system", number.system())
          .put("value", number.value());
    }
    return bundle;
  }
}
