package pontic.sandbox.hospital;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The peers' part of the control server, JSON in and out. Nothing of a patient goes out: types,
 * ids, versions, times and codes only. Wrong input is an IllegalArgumentException whose text is for
 * the caller.
 */
final class HospitalControl {
  private static final String HL7 = "hl7";
  private static final List<String> PEERS = List.of("hospital", "registry", HL7);

  private final HospitalPeers peers;

  HospitalControl(HospitalPeers peers) {
    this.peers = peers;
  }

  /** GET /hospital/faults[?peer=]. */
  JsonNode faults(JsonNode asked) {
    ArrayNode rows = JsonNodeFactory.instance.arrayNode();
    for (String peer : wanted(asked)) {
      if (peer.equals(HL7)) {
        for (PeerFaults.Armed<MllpFault> one : peers.hl7().armed()) {
          MllpFault fault = one.fault();
          ObjectNode row = row(rows, peer, one.id(), fault.kind().wireName());
          row.put("remaining", one.remaining());
          row.put("millis", fault.time().toMillis());
          fault.trigger().ifPresent(trigger -> row.putObject("match").put("trigger", trigger));
        }
      } else {
        for (PeerFaults.Armed<FhirFault> one : fhir(peer).armed()) {
          FhirFault fault = one.fault();
          ObjectNode row = row(rows, peer, one.id(), fault.kind().wireName());
          row.put("remaining", one.remaining());
          row.put("millis", fault.time().toMillis());
          row.put("closing", fault.closing());
          ObjectNode match = row.putObject("match");
          fault.type().ifPresent(type -> match.put("type", type));
          fault.id().ifPresent(id -> match.put("id", id));
          fault.method().ifPresent(method -> match.put("method", method));
        }
      }
    }
    return rows;
  }

  /**
   * POST /hospital/faults: {@code
   * {"peer":"hospital","fault":"lands-late","millis":3000,"count":1,"match":{"type":"Patient"}}}.
   *
   * @throws IllegalArgumentException when a field is unknown or has a value that makes no sense
   */
  JsonNode arm(JsonNode body) {
    String peer = known(text(body, "peer").orElse(""));
    JsonNode match = body.path("match");
    if (!match.isMissingNode() && !match.isObject()) {
      throw new IllegalArgumentException("match must be an object");
    }
    String[] name = text(body, "fault").orElse("").split(":", 2);
    Optional<Duration> time =
        name.length == 2
            ? Optional.of(millis(JsonNodeFactory.instance.textNode(name[1])))
            : Optional.ofNullable(body.get("millis")).map(HospitalControl::millis);
    long id =
        peer.equals(HL7)
            ? peers.hl7().arm(mllp(name[0], time, body, match))
            : fhir(peer).arm(fhir(name[0], time, body, match));
    return JsonNodeFactory.instance.objectNode().put("id", id);
  }

  /** DELETE /hospital/faults[?peer=]. */
  JsonNode clear(JsonNode asked) {
    for (String peer : wanted(asked)) {
      if (peer.equals(HL7)) {
        peers.hl7().clear();
      } else {
        fhir(peer).clear();
      }
    }
    return faults(asked);
  }

  /**
   * GET /hospital/arrivals[?peer=&amp;since=], peer by peer in the order of arrival; since in epoch
   * milliseconds.
   */
  JsonNode arrivals(JsonNode asked) {
    Instant since =
        Instant.ofEpochMilli(text(asked, "since").map(HospitalControl::whole).orElse(0L));
    ArrayNode rows = JsonNodeFactory.instance.arrayNode();
    for (String peer : wanted(asked)) {
      if (peer.equals(HL7)) {
        peers.hl7().frames().stream()
            .filter(frame -> !frame.at().isBefore(since))
            .forEach(frame -> tell(frame, rows.addObject().put("peer", peer)));
      } else {
        fhir(peer).arrivals().stream()
            .filter(arrival -> !arrival.at().isBefore(since))
            .forEach(arrival -> tell(arrival, rows.addObject().put("peer", peer)));
      }
    }
    return rows;
  }

  private static void tell(Arrival arrival, ObjectNode row) {
    row.put("at", arrival.at().toEpochMilli());
    row.put("type", arrival.type());
    row.put("id", arrival.id());
    row.put("version", arrival.version());
  }

  /** What it is about as the sender's own keys: appointment, else patient, and who was merged. */
  private static void tell(HospitalMllp.Frame frame, ObjectNode row) {
    Hl7Message message = frame.message();
    row.put("at", frame.at().toEpochMilli());
    row.put("trigger", message.trigger());
    row.put("controlId", message.controlId());
    row.put("answer", frame.answer());
    row.put("sender", message.field("MSH", 4));
    String appointment = message.first("SCH", 2);
    row.put("key", appointment.isEmpty() ? message.first("PID", 3) : appointment);
    row.put("merged", message.first("MRG", 1));
    row.put("status", message.field("SCH", 25));
    frame.fault().ifPresent(fault -> row.put("fault", fault));
  }

  /** GET /hospital/landings[?peer=]: what became of requests that landed late. */
  JsonNode landings(JsonNode asked) {
    ArrayNode rows = JsonNodeFactory.instance.arrayNode();
    for (String peer : wanted(asked)) {
      if (!peer.equals(HL7)) {
        for (Landing landing : fhir(peer).landings()) {
          ObjectNode row = rows.addObject().put("peer", peer);
          row.put("answered", landing.answered().toEpochMilli());
          row.put("landed", landing.landed().toEpochMilli());
          row.put("status", landing.status());
        }
      }
    }
    return rows;
  }

  private static FhirFault fhir(
      String name, Optional<Duration> time, JsonNode body, JsonNode match) {
    onlyKnown(body, "peer", "fault", "millis", "count", "closing", "match");
    onlyKnown(match, "type", "id", "method");
    FhirFaultKind kind =
        Arrays.stream(FhirFaultKind.values())
            .filter(one -> one.wireName().equals(name))
            .findFirst()
            .orElseThrow(
                () -> noFault(Arrays.stream(FhirFaultKind.values()).map(FhirFaultKind::wireName)));
    return new FhirFault(
        kind,
        count(body).orElse(FhirFault.usualCount(kind)),
        time.orElse(FhirFault.usualTime(kind)),
        closing(body),
        text(match, "type"),
        text(match, "id"),
        text(match, "method"));
  }

  private static MllpFault mllp(
      String name, Optional<Duration> time, JsonNode body, JsonNode match) {
    onlyKnown(body, "peer", "fault", "millis", "count", "text", "match");
    onlyKnown(match, "trigger");
    MllpFaultKind kind =
        Arrays.stream(MllpFaultKind.values())
            .filter(one -> one.wireName().equals(name))
            .findFirst()
            .orElseThrow(
                () -> noFault(Arrays.stream(MllpFaultKind.values()).map(MllpFaultKind::wireName)));
    MllpFault usual = MllpFault.of(kind);
    return new MllpFault(
        kind,
        count(body).orElse(usual.count()),
        time.orElse(usual.time()),
        text(body, "text").orElse(usual.text()),
        text(match, "trigger"),
        usual.message());
  }

  private static IllegalArgumentException noFault(Stream<String> known) {
    return new IllegalArgumentException(
        "This peer has no fault of that name; it has " + known.toList());
  }

  private HospitalFhirServer fhir(String peer) {
    return peer.equals("registry") ? peers.registry() : peers.hospital();
  }

  private static List<String> wanted(JsonNode asked) {
    return text(asked, "peer").map(peer -> List.of(known(peer))).orElse(PEERS);
  }

  private static String known(String peer) {
    if (!PEERS.contains(peer)) {
      throw new IllegalArgumentException("peer is one of " + PEERS);
    }
    return peer;
  }

  private static ObjectNode row(ArrayNode rows, String peer, long id, String fault) {
    return rows.addObject().put("peer", peer).put("id", id).put("fault", fault);
  }

  private static void onlyKnown(JsonNode body, String... names) {
    Set<String> known = new TreeSet<>(List.of(names));
    body.fieldNames()
        .forEachRemaining(
            name -> {
              if (!known.contains(name)) {
                throw new IllegalArgumentException("Unknown field; known are " + known);
              }
            });
  }

  private static Optional<String> text(JsonNode body, String name) {
    if (!body.hasNonNull(name)) {
      return Optional.empty();
    }
    if (!body.get(name).isTextual()) {
      throw new IllegalArgumentException(name + " must be text");
    }
    return Optional.of(body.get(name).textValue());
  }

  private static Optional<Integer> count(JsonNode body) {
    if (!body.hasNonNull("count")) {
      return Optional.empty();
    }
    if (!body.get("count").isIntegralNumber() || !body.get("count").canConvertToInt()) {
      throw new IllegalArgumentException("count must be a whole number");
    }
    return Optional.of(body.get("count").intValue());
  }

  private static boolean closing(JsonNode body) {
    if (body.has("closing") && !body.get("closing").isBoolean()) {
      throw new IllegalArgumentException("closing must be true or false");
    }
    return body.path("closing").asBoolean(false);
  }

  private static long whole(String text) {
    if (!text.matches("\\d{1,15}")) {
      throw new IllegalArgumentException("since is a whole number of milliseconds");
    }
    return Long.parseLong(text);
  }

  private static Duration millis(JsonNode value) {
    if (!value.asText().matches("\\d{1,8}")) {
      throw new IllegalArgumentException("millis must be a whole number, of at most eight digits");
    }
    return Duration.ofMillis(Long.parseLong(value.asText()));
  }
}
