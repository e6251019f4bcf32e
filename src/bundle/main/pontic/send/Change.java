package pontic.send;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

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
  DELETE;

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
    if (told.isMissingNode() || !replacement(told).isEmpty()) {
      return Optional.of(REGISTER);
    }
    return isSame(told, record) ? Optional.empty() : Optional.of(UPDATE);
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
    return isSame(told, record) ? Optional.empty() : Optional.of(MODIFY);
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
