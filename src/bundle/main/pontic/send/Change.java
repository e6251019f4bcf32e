package pontic.send;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What there is to tell somebody who knows one state of a resource about another, as the table of
 * decision 0055 says. Which message tells it is data (mappings/hl7v2/events-out.yaml).
 */
public enum Change {
  /** A Patient that was not known. */
  REGISTER,
  /** A Patient with other content. */
  UPDATE,
  /** A Patient that another one has replaced since. */
  MERGE,
  /** A Patient that was told as one and is none any more: inactive, archived or deleted. */
  DEACTIVATE,
  /** An Appointment that was not known, or was cancelled or deleted. */
  BOOK,
  /** It starts at another time or has another length. */
  MOVE,
  /** It took place. */
  COMPLETE,
  /** The patient did not come. */
  MISS,
  /** Anything else about it. */
  MODIFY,
  /** It will not take place, and stays known. */
  CANCEL,
  /** It is gone, as if it had never been. */
  DELETE,
  /** A Procedure that was done. */
  CHARGE,
  /** What was charged was something else: the old is taken back and the new charged. */
  CORRECT,
  /** What was charged was not done. */
  CREDIT,
  /** A note that was not known. */
  DOCUMENT,
  /** It says something else. */
  AMEND,
  /** There is no such note. */
  WITHDRAW;

  private static final Set<String> STANDS =
      Set.of("proposed", "pending", "booked", "arrived", "checked-in", "waitlist", "fulfilled");

  /**
   * @param told the state that is known; a missing node if nothing is
   * @param record the state to be known
   * @return empty if there is nothing to tell: no difference, or one that such messages have no
   *     event for
   */
  public static Optional<Change> between(JsonNode told, JsonNode record) {
    return switch (record.path("resourceType").asText()) {
      case "Patient" -> patient(told, record);
      case "Appointment" -> appointment(told, record);
      default -> Optional.empty();
    };
  }

  /**
   * All that there is to tell, in the order in which it is told. A Procedure is a charge and a note
   * by itself.
   */
  static List<Change> all(JsonNode told, JsonNode record) {
    return switch (record.path("resourceType").asText()) {
      case "Procedure" ->
          Stream.of(charge(told, record), note(told, record)).flatMap(Optional::stream).toList();
      case "Communication" -> note(told, record).stream().toList();
      default -> between(told, record).stream().toList();
    };
  }

  /** What is known of the record once this was told, and nothing else of it. */
  JsonNode after(JsonNode told, JsonNode record) {
    ObjectNode known = record.deepCopy();
    switch (this) {
      case CHARGE, CORRECT, CREDIT -> {
        known.remove("note");
        if (told.has("note")) {
          known.set("note", told.get("note"));
        }
      }
      case WITHDRAW -> {
        known.remove("note");
        known.remove("payload");
      }
      default -> {
        // All of it.
      }
    }
    return known;
  }

  /**
   * FHIR date or instant of what was done or said here; empty if nothing was, or on no known day.
   */
  static String at(JsonNode record) {
    return Stream.of(
            record.path("performedDateTime"),
            record.at("/performedPeriod/start"),
            record.path("sent"),
            record.path("received"))
        .map(JsonNode::asText)
        .filter(time -> !time.isEmpty())
        .findFirst()
        .orElse("");
  }

  private static boolean isDone(JsonNode record) {
    return record.path("status").asText().equals("completed") && !at(record).isEmpty();
  }

  private static Optional<Change> charge(JsonNode told, JsonNode record) {
    if (isDone(told) && isDone(record)) {
      return charged(told).equals(charged(record)) ? Optional.empty() : Optional.of(CORRECT);
    }
    if (isDone(told) || isDone(record)) {
      return Optional.of(isDone(record) ? CHARGE : CREDIT);
    }
    return Optional.empty();
  }

  private static JsonNode charged(JsonNode procedure) {
    return ((ObjectNode) procedure.deepCopy())
        .without(Set.of("meta", "text", "note", "encounter", "basedOn"));
  }

  private static Optional<Change> note(JsonNode told, JsonNode record) {
    String before = words(told);
    String now = isDone(record) ? words(record) : "";
    if (before.equals(now)) {
      return Optional.empty();
    }
    return Optional.of(before.isEmpty() ? DOCUMENT : now.isEmpty() ? WITHDRAW : AMEND);
  }

  private static String words(JsonNode record) {
    return record.at("/note/0/text").asText() + record.at("/payload/0/contentString").asText();
  }

  /** As in the data files: {@code book}. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  private static Optional<Change> patient(JsonNode told, JsonNode record) {
    String replacement = replacement(record);
    if (!replacement.isEmpty()) {
      // Who was never told of has nothing to be merged; who was merged is no longer talked about.
      return told.isMissingNode() || replacement.equals(replacement(told))
          ? Optional.empty()
          : Optional.of(MERGE);
    }
    boolean stood = replacement(told).isEmpty() && isActive(told);
    if (!isActive(record)) {
      // No event of HL7 v2 registers or changes somebody who is not a patient.
      return stood ? Optional.of(DEACTIVATE) : Optional.empty();
    }
    if (!stood) {
      return Optional.of(REGISTER);
    }
    return isSame(told, record) ? Optional.empty() : Optional.of(UPDATE);
  }

  /** R4: whoever is not said to be inactive is active; who is not known is not. */
  private static boolean isActive(JsonNode patient) {
    return patient.path("active").asBoolean(!patient.isMissingNode());
  }

  private static Optional<Change> appointment(JsonNode told, JsonNode record) {
    String before = told.path("status").asText();
    String now = record.path("status").asText();
    boolean stood = STANDS.contains(before) || before.equals("noshow");
    if (!stood) {
      if (STANDS.contains(now)) {
        return Optional.of(BOOK);
      }
      return before.equals("cancelled") && now.equals("entered-in-error")
          ? Optional.of(DELETE)
          : Optional.empty();
    }
    if (now.equals("entered-in-error")) {
      return Optional.of(DELETE);
    }
    if (now.equals("cancelled")) {
      return Optional.of(CANCEL);
    }
    if (!told.path("start").equals(record.path("start"))
        || !told.path("end").equals(record.path("end"))) {
      return Optional.of(MOVE);
    }
    if (!now.equals(before) && now.equals("fulfilled")) {
      return Optional.of(COMPLETE);
    }
    if (!now.equals(before) && now.equals("noshow")) {
      return Optional.of(MISS);
    }
    return booking(told).equals(booking(record)) ? Optional.empty() : Optional.of(MODIFY);
  }

  /** Without what SIU has no field for: what was asked for, and who has answered. */
  private static JsonNode booking(JsonNode appointment) {
    ObjectNode booking = ((ObjectNode) content(appointment)).without(Set.of("basedOn"));
    booking
        .path("participant")
        .forEach(
            each -> {
              if (each instanceof ObjectNode participant) {
                participant.remove("status");
              }
            });
    return booking;
  }

  /** Reference of the Patient that replaced the one that is due; empty if none has. */
  static String replacement(Dues.Entry patient) {
    return patient.record().fhir().contains("\"replaced-by\"")
        ? replacement(Hl7Messages.read(patient.record().fhir()))
        : "";
  }

  /** Reference of the Patient that replaced this one; empty if none has. */
  static String replacement(JsonNode patient) {
    for (JsonNode link : patient.path("link")) {
      if (link.path("type").asText().equals("replaced-by")) {
        return link.path("other").path("reference").asText();
      }
    }
    return "";
  }

  private static boolean isSame(JsonNode told, JsonNode record) {
    return content(told).equals(content(record));
  }

  private static JsonNode content(JsonNode resource) {
    return ((ObjectNode) resource.deepCopy()).without(Set.of("meta", "text"));
  }
}
