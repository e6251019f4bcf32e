package pontic.trying;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.camel.Exchange;
import pontic.freshness.Alert;
import pontic.hl7.Acknowledgement;
import pontic.hl7.MessageHeader;
import pontic.record.Page;
import pontic.record.Row;
import pontic.record.Watermark;
import pontic.seam.Seam;
import pontic.understand.Understanding;

/**
 * What stubbed steps hand on: the tried message, in the form that the route has there. A call that
 * is not known here leaves the body as it is; as a condition it holds.
 */
final class StandIns {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final String text;
  private final String practice;
  private final String feed;
  private final long clinic;

  /**
   * @param text the message: JSON, or HL7 v2 with a segment a line or as on the wire
   * @param feed what rows are, if it is one
   * @param clinic of whom the message tells
   */
  StandIns(String text, String practice, String feed, long clinic) {
    this.text =
        isJson(text) ? text : text.replace("\r\n", "\r").replace('\n', '\r').stripTrailing() + "\r";
    this.practice = practice;
    this.feed = feed;
    this.clinic = clinic;
  }

  static boolean isJson(String text) {
    return text.stripLeading().startsWith("{") || text.stripLeading().startsWith("[");
  }

  /**
   * The message as the route's own beginning would take it.
   *
   * @param route its id: one is called with a message that is read already
   */
  Object begin(String route) {
    return route.equals("wake-understand") ? understanding() : text;
  }

  /**
   * @param call bean and method
   */
  Optional<Object> answer(String call, Exchange exchange) {
    return Optional.ofNullable(
        switch (call) {
          case "understand.claim" -> understanding();
          case "understand.each", "hl7Sends.messages" -> List.of(exchange.getMessage().getBody());
          case "understand.claimed", "cursors.enabled", "turns.begin", "offices.on" -> true;
          case "understand.more" -> false;
          case "sends.claim", "lane.claim", "cursors.open" -> item(true);
          case "rowComparison.next", "holdingComparison.next" -> item(true);
          case "hints.hear" -> new Item(true, feed, rows());
          case "hl7Sends.claim", "answering.claim" ->
              item(exchange.getProperty(Exchange.LOOP_INDEX, 0, Integer.class) == 0);
          case "sends.resources" -> List.of(text);
          case "sends.clinic", "hl7Sends.clinic" -> clinic;
          case "storeClock.millis" -> 0L;
          case "freshness.look" -> List.of(late());
          case "sends.passed" -> item(!through(exchange).isEmpty());
          case "sends.transaction" -> "{\"resourceType\":\"Bundle\",\"type\":\"transaction\"}";
          case "hl7Sends.event" -> text;
          case "answering.inTime" -> bytes(text);
          case "hl7Sends.passed" ->
              through(exchange).stream().findFirst().map(StandIns::bytes).orElse(new byte[0]);
          case "hl7Sends.isToSend" ->
              Optional.ofNullable(exchange.getMessage().getBody(byte[].class))
                  .filter(bytes -> bytes.length > 0)
                  .isPresent();
          case "turns.due", "apiTurns.due" -> List.of(item(true));
          case "captured.page", "apiPages.page", "rowComparison.compare" -> page();
          case "tokens.needed" ->
              List.of(Map.of("practice", practice, "destination", "", "queue", "call"));
          case "apiCalls.request" -> isJson(text) ? json() : text;
          case "acceptHl7.answer" ->
              Acknowledgement.accept(MessageHeader.read(bytes(text)), Instant.now(), "try");
          default -> null;
        });
  }

  private Alert late() {
    Instant now = Instant.now();
    return new Alert(
        practice,
        "hospital",
        now,
        Instant.EPOCH,
        Duration.ofMinutes(15),
        "what is due waits since " + now.minus(Duration.ofMinutes(15)));
  }

  private Item item(boolean held) {
    return new Item(held, feed, List.of());
  }

  private static byte[] bytes(Object body) {
    return body instanceof byte[] bytes
        ? bytes
        : String.valueOf(body).getBytes(StandardCharsets.UTF_8);
  }

  /** What came through a seam. */
  private static List<Object> through(Exchange exchange) {
    List<Object> bodies = new ArrayList<>();
    for (Object each : exchange.getMessage().getBody(List.class)) {
      if (each instanceof Seam.Through through) {
        bodies.add(through.body());
      }
    }
    return bodies;
  }

  private Understanding understanding() {
    boolean fhir = isJson(text);
    MessageHeader header =
        MessageHeader.read(bytes(fhir ? "MSH|^~\\&|client||||||Patient||P|2.5.1\r" : text));
    return new Understanding(
        "try",
        practice,
        1,
        fhir ? "accept-fhir" : "accept-hl7",
        fhir ? "client" : header.sender(),
        fhir ? json().path("resourceType").asText() : header.event(),
        0,
        bytes(text),
        "",
        "",
        false,
        false,
        MissingNode.getInstance(),
        List.of(),
        MissingNode.getInstance());
  }

  private Page page() {
    return new Page(
        practice,
        feed,
        Optional.empty(),
        new Watermark(Instant.EPOCH, 0, false),
        rows(),
        0,
        Instant.EPOCH);
  }

  private List<Row> rows() {
    List<Row> rows = new ArrayList<>();
    JsonNode json = json();
    for (JsonNode row : json.isArray() ? json : JSON.createArrayNode().add(json)) {
      rows.add(
          new Row(
              practice,
              resource(),
              row.path("row_key").asLong(1),
              Instant.EPOCH,
              row.has("row_deleted"),
              "try",
              JSON.convertValue(row, new TypeReference<Map<String, Object>>() {})));
    }
    return rows;
  }

  private String resource() {
    return Character.toUpperCase(feed.charAt(0)) + feed.substring(1);
  }

  private JsonNode json() {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new TryFailed(
          "line " + e.getLocation().getLineNr() + " of the message is no JSON from here on");
    }
  }
}
