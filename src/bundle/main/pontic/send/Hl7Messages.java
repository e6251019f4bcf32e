package pontic.send;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import pontic.hl7.Hl7Json;
import pontic.hl7.Hl7Text;
import pontic.mapping.Mapper;
import pontic.mapping.MapperOf;
import pontic.practice.Destination;
import pontic.record.Newest;
import pontic.store.Vault;

/** The HL7 v2 message that tells a destination what an entry changes for it. */
public final class Hl7Messages {
  /** MSH-10 has room for twenty characters. */
  private static final int CONTROL_ID = 20;

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Map<String, Hl7Event> events;
  private final MapperOf mappers;
  private final Map<String, String> zones;
  private final Newest newest;
  private final Vault vault;
  private final OwnNumbers ownNumbers;
  private final Hl7Text text = new Hl7Text();

  /**
   * @param events by change: register, book ...; what is not there is not told
   * @param mappers of practices by name, {@code hl7v2/adt-out}
   * @param zones by practice
   */
  public Hl7Messages(
      Map<String, Hl7Event> events,
      MapperOf mappers,
      Map<String, String> zones,
      Newest newest,
      Vault vault,
      OwnNumbers ownNumbers) {
    this.events = Map.copyOf(events);
    this.mappers = mappers;
    this.zones = Map.copyOf(zones);
    this.newest = newest;
    this.vault = vault;
    this.ownNumbers = ownNumbers;
  }

  /**
   * The same entry has the same MSH-10 at any time: a keyed hash, so that it says nothing of whom
   * the message is about.
   */
  public String controlId(Dues.Entry entry, long version) {
    String name =
        String.join(
            "/",
            entry.practice(),
            entry.resource(),
            Long.toString(entry.key()),
            Long.toString(version),
            entry.destination());
    return vault.index("msh-10", name).substring(0, CONTROL_ID);
  }

  /**
   * @param fhir what the destination knows of the row; empty if nothing
   * @param at MSH-7
   * @return empty if there is nothing to tell
   * @throws pontic.mapping.MappingException if the mapping cannot be carried out
   * @throws pontic.hl7.Hl7Exception if what the mapping makes is no message
   */
  public Optional<String> message(
      Dues.Entry entry, String fhir, Destination destination, Instant at) {
    JsonNode told = read(fhir);
    JsonNode record = read(entry.record().fhir());
    Optional<Change> change =
        Change.between(told, record).filter(one -> events.containsKey(one.word()));
    if (change.isEmpty()) {
      return Optional.empty();
    }
    Hl7Event event = events.get(change.get().word());
    Mapper mapper = mappers.mapper(entry.practice(), event.mapping());
    Map<String, JsonNode> variables =
        Map.of(
            "practice",
            TextNode.valueOf(entry.practice()),
            "zone",
            TextNode.valueOf(zones.get(entry.practice())));
    ObjectNode input = JSON.createObjectNode();
    input
        .putObject("head")
        .put("change", change.get().word())
        .put("type", event.part(0))
        .put("trigger", event.part(1))
        .put("structure", event.part(2))
        .put("controlId", controlId(entry, entry.version()))
        .put("time", at.toString())
        .put("application", destination.application())
        .put("facility", destination.facility());
    ownNumbers.add((ObjectNode) record, entry.practice(), destination, entry.key());
    input.set("resource", record);
    addNamed(input, entry.practice(), destination, record);
    JsonNode message = mapper.map(input, variables);
    if (change.get() == Change.UPDATE) {
      input.set("resource", told);
      delete(mapper.map(input, variables), message);
    }
    return Optional.of(new String(text.write(message), StandardCharsets.UTF_8));
  }

  /** The newest records of those whom the resource names. */
  private void addNamed(
      ObjectNode input, String practice, Destination destination, JsonNode record) {
    reference(practice, destination, Change.replacement(record), input, "survivor");
    ArrayNode records = input.putArray("records");
    for (JsonNode participant : record.path("participant")) {
      JsonNode actor = participant.path("actor");
      String reference = actor.path("reference").asText();
      if (reference.startsWith("Patient/")) {
        reference(practice, destination, reference, input, "patient");
        if (!input.has("patient")) {
          // Its record is still to come; its numbers may be known all the same.
          ObjectNode numbers = JSON.createObjectNode().put("resourceType", "Patient");
          ownNumbers.add(numbers, practice, destination, Newest.key(reference));
          input.set("numbers", numbers.withArray("identifier"));
        }
      } else if (!reference.isEmpty()) {
        newest.byReference(practice, reference).map(Hl7Messages::read).ifPresent(records::add);
      } else {
        newest
            .byKey(
                practice,
                actor.path("type").asText(),
                actor.path("identifier").path("value").asText())
            .map(Hl7Messages::read)
            .ifPresent(records::add);
      }
    }
  }

  private void reference(
      String practice, Destination destination, String reference, ObjectNode input, String name) {
    newest
        .byReference(practice, reference)
        .map(Hl7Messages::read)
        .ifPresent(
            found -> {
              ownNumbers.add((ObjectNode) found, practice, destination, Newest.key(reference));
              input.set(name, found);
            });
  }

  /**
   * An empty field says nothing; a PID field that the destination was told and that is empty now is
   * HL7's explicit null.
   */
  private static void delete(JsonNode told, JsonNode message) {
    JsonNode now = message.path("PID").path(0);
    if (now.isObject()) {
      List<String> gone = new ArrayList<>();
      for (Iterator<String> names = told.path("PID").path(0).fieldNames(); names.hasNext(); ) {
        String name = names.next();
        if (now.path(name).isMissingNode()) {
          gone.add(name);
        }
      }
      gone.forEach(name -> ((ObjectNode) now).putArray(name).addObject().put("1", Hl7Json.NULL));
    }
  }

  static JsonNode read(String fhir) {
    if (fhir.isEmpty()) {
      return MissingNode.getInstance();
    }
    try {
      return JSON.readTree(fhir);
    } catch (JsonProcessingException e) {
      // Without the cause: its text quotes the resource.
      throw new IllegalStateException("A stored record is not JSON");
    }
  }
}
