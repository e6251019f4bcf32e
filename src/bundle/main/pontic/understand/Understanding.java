package pontic.understand;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.util.List;

/**
 * One message on its way through {@code understand}: the exchange body of that route.
 *
 * @param messageId "" when there is nothing to do
 * @param seq its place among the practice's messages
 * @param event register, update, known, merge, book, move, cancel, nothing; "" until translated
 * @param reason why it means nothing for Open Dental, for people; else ""
 * @param inBatch whether it came with many others, in one frame or one request
 * @param urgent whether somebody waits for it; false until translated
 * @param json the message as JSON; missing until read. A step inserted at the seam may change it
 * @param misread segments of HL7 v2 that are not in the charset that their message says
 * @param bundle the FHIR Bundle; missing until translated
 */
public record Understanding(
    String messageId,
    String practice,
    long seq,
    String route,
    String sender,
    String type,
    long epoch,
    byte[] bytes,
    String event,
    String reason,
    boolean inBatch,
    boolean urgent,
    JsonNode json,
    List<String> misread,
    JsonNode bundle) {
  public Understanding {
    misread = List.copyOf(misread);
  }

  static Understanding nothing(String practice) {
    return new Understanding(
        "",
        practice,
        0,
        "",
        "",
        "",
        0,
        new byte[0],
        "",
        "",
        false,
        false,
        MissingNode.getInstance(),
        List.of(),
        MissingNode.getInstance());
  }

  public boolean isNothing() {
    return messageId.isEmpty();
  }

  public Understanding withJson(JsonNode read) {
    return withJson(read, misread);
  }

  Understanding withJson(JsonNode read, List<String> wrongly) {
    return new Understanding(
        messageId, practice, seq, route, sender, type, epoch, bytes, event, reason, inBatch, urgent,
        read, wrongly, bundle);
  }

  public Understanding withBundle(String meaning, JsonNode translated) {
    return new Understanding(
        messageId,
        practice,
        seq,
        route,
        sender,
        type,
        epoch,
        bytes,
        meaning,
        reason,
        inBatch,
        urgent,
        json,
        misread,
        translated);
  }

  /** Somebody waits for messages of its kind, and so for this one unless it is part of a load. */
  Understanding awaited() {
    return new Understanding(
        messageId, practice, seq, route, sender, type, epoch, bytes, event, reason, inBatch,
        !inBatch, json, misread, bundle);
  }

  Understanding withNothing(String why) {
    return new Understanding(
        messageId,
        practice,
        seq,
        route,
        sender,
        type,
        epoch,
        bytes,
        Event.NOTHING,
        why,
        inBatch,
        urgent,
        json,
        misread,
        bundle);
  }

  /** Ids only: this text may reach a log. */
  @Override
  public String toString() {
    return "Understanding[" + practice + " " + messageId + "]";
  }
}
