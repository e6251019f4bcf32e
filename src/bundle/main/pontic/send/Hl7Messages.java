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
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import pontic.hl7.Hl7Json;
import pontic.hl7.Hl7Text;
import pontic.mapping.Mapper;
import pontic.mapping.MapperOf;
import pontic.practice.Destination;
import pontic.record.Newest;
import pontic.store.Transaction;
import pontic.store.Vault;

/** The HL7 v2 message that tells a destination what an entry changes for it. */
public final class Hl7Messages {
  /** MSH-10 has room for twenty characters. */
  private static final int CONTROL_ID = 20;

  /** Characters of a FHIR date without a time. */
  private static final int DAY = 10;

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
   *
   * @param type of the message; one entry may be told by two
   */
  private String controlId(Dues.Entry entry, String type) {
    Dues.Version version = entry.record();
    String name =
        String.join(
            "/",
            entry.practice(),
            entry.resource(),
            Long.toString(entry.key()),
            version.number()
                + (version.partsAt() > 0 ? "+" + version.partsAt() : "")
                + (type.equals("ADT") || type.equals("SIU") ? "" : type),
            entry.destination());
    return vault.index("msh-10", name).substring(0, CONTROL_ID);
  }

  /**
   * One message.
   *
   * @param known FHIR JSON of what the destination knows of the row once it has acknowledged this
   */
  public record Told(String message, String known) {
    /** Without what it says of a patient. */
    @Override
    public String toString() {
      return "a message";
    }
  }

  /** Whether its clock is known, without which no time can be told. */
  boolean knows(String practice) {
    return zones.containsKey(practice);
  }

  /** The entry with what goes along with it, as it stands now. */
  Dues.Entry withParts(Transaction tx, Destination destination, Dues.Entry entry) {
    return WithParts.of(tx, newest, destination, entry);
  }

  /** Whether there is something to tell of a row of which the destination knows this. */
  boolean hasMore(Dues.Entry entry, String known, Destination destination) {
    return first(read(known), read(entry.record().fhir()), entry.practice(), destination)
        .isPresent();
  }

  private Optional<Change> first(
      JsonNode told, JsonNode record, String practice, Destination destination) {
    return Change.all(told, record).stream()
        .filter(one -> events.containsKey(one.word()))
        .filter(one -> destination.says(events.get(one.word()).part(0)))
        .filter(one -> !told.isMissingNode() || isRecent(one, record, practice, destination))
        .findFirst();
  }

  /** What was done before the destination's day is none of its business. */
  private boolean isRecent(
      Change change, JsonNode record, String practice, Destination destination) {
    if (change != Change.CHARGE && change != Change.DOCUMENT) {
      return true;
    }
    String at = Change.at(record);
    LocalDate day =
        at.length() == DAY
            ? LocalDate.parse(at)
            : OffsetDateTime.parse(at)
                .atZoneSameInstant(ZoneId.of(zones.get(practice)))
                .toLocalDate();
    return destination.since().filter(since -> !day.isBefore(since)).isPresent();
  }

  /**
   * What is told next of an entry.
   *
   * @param fhir what the destination knows of the row; empty if nothing
   * @param at MSH-7
   * @return empty if there is nothing to tell
   * @throws pontic.mapping.MappingException if a mapping cannot be carried out
   * @throws pontic.hl7.Hl7Exception if what the mapping makes is no message
   */
  public Optional<Told> message(
      Dues.Entry entry, String fhir, Destination destination, Instant at) {
    JsonNode told = read(fhir);
    JsonNode record = read(entry.record().fhir());
    Optional<Change> next = first(told, record, entry.practice(), destination);
    if (next.isEmpty()) {
      return Optional.empty();
    }
    Change change = next.get();
    Hl7Event event = events.get(change.word());
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
        .put("change", change.word())
        .put("type", event.part(0))
        .put("trigger", event.part(1))
        .put("structure", event.part(2))
        .put("controlId", controlId(entry, event.part(0)))
        .put("time", at.toString())
        .put("application", destination.application())
        .put("facility", destination.facility());
    JsonNode known = change.after(told, record);
    ownNumbers.add((ObjectNode) record, entry.practice(), destination, entry.key());
    input.set("resource", record);
    if (told.isObject()) {
      input.set("told", told);
    }
    addNamed(input, entry.practice(), destination, record);
    JsonNode message = mapper.map(input, variables);
    if (change == Change.UPDATE) {
      ObjectNode before = input.deepCopy();
      before.set("resource", told);
      delete(mapper.map(before, variables), message);
    }
    if (destination.mapping().isPresent()) {
      // The destination's own version, fields and segments.
      input.set("message", message);
      message = mappers.mapper(entry.practice(), destination.mapping().get()).map(input, variables);
    }
    return Optional.of(
        new Told(new String(text.write(message), StandardCharsets.UTF_8), known.toString()));
  }

  /** The newest records of those whom the resource names. */
  private void addNamed(
      ObjectNode input, String practice, Destination destination, JsonNode record) {
    reference(practice, destination, Change.replacement(record), input, "survivor");
    ArrayNode records = input.putArray("records");
    String subject = record.path("subject").path("reference").asText();
    if (!subject.isEmpty()) {
      patient(practice, destination, subject, input);
    }
    for (JsonNode participant : record.path("participant")) {
      JsonNode actor = participant.path("actor");
      String reference = actor.path("reference").asText();
      if (reference.startsWith("Patient/")) {
        patient(practice, destination, reference, input);
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
    String own = record.path("resourceType").asText() + "/" + record.path("id").asText();
    Stream.of(Stream.of(record, input.path("told")), stream(record.path("contained")))
        .flatMap(resources -> resources)
        .flatMap(Hl7Messages::named)
        .distinct()
        .filter(reference -> !reference.equals(own))
        .forEach(
            reference ->
                newest
                    .byReference(practice, reference)
                    .map(Hl7Messages::read)
                    .ifPresent(records::add));
  }

  /** Whom a Patient, a Coverage or a Procedure names. */
  private static Stream<String> named(JsonNode resource) {
    return Stream.of(
            stream(resource.path("generalPractitioner")),
            Stream.of(resource.path("managingOrganization"), resource.path("subscriber")),
            stream(resource.path("payor")),
            stream(resource.path("performer")).map(performer -> performer.path("actor")))
        .flatMap(references -> references)
        .map(reference -> reference.path("reference").asText())
        .filter(reference -> !reference.isEmpty());
  }

  private static Stream<JsonNode> stream(JsonNode list) {
    return StreamSupport.stream(list.spliterator(), false);
  }

  private void patient(
      String practice, Destination destination, String reference, ObjectNode input) {
    reference(practice, destination, reference, input, "patient");
    if (!input.has("patient")) {
      // Its record is still to come; its numbers may be known all the same.
      ObjectNode numbers = JSON.createObjectNode().put("resourceType", "Patient");
      ownNumbers.add(numbers, practice, destination, Newest.key(reference));
      input.set("numbers", numbers.withArray("identifier"));
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
   * An empty field says nothing; a field of PID or PD1 that the destination was told and that is
   * empty now is HL7's explicit null. Segments that repeat are told as a whole (2.5.1, 2.10.4.1):
   * where the last of a kind is gone, one with nothing but nulls says so.
   */
  private static void delete(JsonNode told, JsonNode message) {
    for (String name : List.of("PID", "PD1")) {
      JsonNode now = message.path(name).path(0);
      if (now.isObject()) {
        told.path(name).path(0).properties().stream()
            .map(Map.Entry::getKey)
            .filter(field -> now.path(field).isMissingNode())
            .forEach(
                field -> ((ObjectNode) now).putArray(field).addObject().put("1", Hl7Json.NULL));
      }
    }
    List<String> segments = new ArrayList<>();
    message.path("segments").forEach(segment -> segments.add(segment.asText()));
    int last = 0;
    for (JsonNode segment : told.path("segments")) {
      String name = segment.asText();
      int at = segments.lastIndexOf(name);
      if (at < 0) {
        at = last + 1;
        segments.add(at, name);
        ((ObjectNode) message).putArray(name).add(nulls(told.path(name)));
      }
      last = at;
    }
    ArrayNode all = ((ObjectNode) message).putArray("segments");
    segments.forEach(all::add);
  }

  /** Each field that one of these segments had; field 1 numbers them. */
  private static ObjectNode nulls(JsonNode segments) {
    ObjectNode gone = JSON.createObjectNode();
    for (JsonNode segment : segments) {
      for (Map.Entry<String, JsonNode> field : segment.properties()) {
        gone.putArray(field.getKey())
            .addObject()
            .put("1", field.getKey().equals("1") ? "1" : Hl7Json.NULL);
      }
    }
    return gone;
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
