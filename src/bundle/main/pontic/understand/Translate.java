package pontic.understand;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.util.Map;
import pontic.hl7.Hl7Json;
import pontic.mapping.MapperOf;

/** Bytes to JSON, JSON to a FHIR Bundle by the mapping that its type names; FHIR comes as it is. */
public final class Translate {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** A create may carry any id, even the same for all; the id of an update is one patient's. */
  private static final String UPDATE = "/update";

  private final Hl7Json hl7;
  private final Map<String, Event> events;
  private final MapperOf mappers;
  private final Map<String, String> zones;

  /**
   * @param events by type, ADT^A28 ...
   * @param zones by practice: the zone of times that name none
   */
  public Translate(
      Hl7Json hl7, Map<String, Event> events, MapperOf mappers, Map<String, String> zones) {
    this.hl7 = hl7;
    this.events = Map.copyOf(events);
    this.mappers = mappers;
    this.zones = Map.copyOf(zones);
  }

  /** HL7 v2 or FHIR bytes as JSON. */
  public Understanding read(Understanding message) {
    if (message.route().equals("accept-hl7")) {
      return message.withJson(hl7.parse(message.bytes()));
    }
    try {
      return message.withJson(JSON.readTree(message.bytes()));
    } catch (IOException e) {
      throw new NotUnderstood("the stored resource is not JSON");
    }
  }

  public Understanding translate(Understanding message) {
    if (message.route().equals("accept-fhir")) {
      return Subject.isPatient(message.json())
          ? message.withBundle("update", bundle(message))
          : message.withBundle("chart", Subject.bundle(message));
    }
    Event event = events.get(message.type());
    if (event == null || !event.taken()) {
      throw new NotUnderstood("its type is not understood any more");
    }
    if (event.event().equals(Event.NOTHING)) {
      return message.withNothing(message.type() + ": " + event.reason());
    }
    JsonNode bundle =
        mappers
            .mapper(message.practice(), event.mapping())
            .map(
                message.json(),
                Map.of(
                    "zone", TextNode.valueOf(zones.get(message.practice())),
                    "practice", TextNode.valueOf(message.practice()),
                    "sender", TextNode.valueOf(message.sender())));
    return message.withBundle(event.event(), bundle);
  }

  /** The id under which the client updates is its number for the patient, as good as any other. */
  private static JsonNode bundle(Understanding message) {
    JsonNode resource = message.json();
    if (message.type().endsWith(UPDATE) && resource instanceof ObjectNode given) {
      resource = given.deepCopy();
      ((ObjectNode) resource)
          .withArray("identifier")
          .addObject()
          .put("system", "urn:pontic:client:" + message.sender() + ":patient")
          .put("value", given.path("id").asText());
    }
    ObjectNode bundle =
        JsonNodeFactory.instance
            .objectNode()
            .put("resourceType", "Bundle")
            .put("type", "collection");
    bundle.putArray("entry").addObject().set("resource", resource);
    return bundle;
  }
}
