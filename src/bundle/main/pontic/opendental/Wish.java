package pontic.opendental;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;

/**
 * What a message wants of an appointment. The API breaks appointments and deletes none
 * (open-dental-api.md 2.2).
 */
enum Wish {
  TAKES_PLACE(""),
  /** It is to take place, and nobody has said when. */
  PLANNED(""),
  /** Its patient is there, or it is over: that is the office's to enter. */
  HAPPENED(""),
  CANCELLED("Cancelled"),
  MISSED("Missed"),
  /** It never should have been: broken without a procedure for a missed or cancelled visit. */
  DELETED("");

  private final String breakType;

  Wish(String breakType) {
    this.breakType = breakType;
  }

  /**
   * @param event of the message
   * @param appointment FHIR Appointment, whose status says more than the event where it says that
   *     the visit does not take place, or has begun
   */
  static Wish of(String event, JsonNode appointment) {
    return switch (appointment.path("status").asText()) {
      case "cancelled" -> CANCELLED;
      case "noshow" -> MISSED;
      case "entered-in-error" -> DELETED;
      case "proposed", "pending", "waitlist" ->
          event.equals("cancel") ? CANCELLED : appointment.has("start") ? TAKES_PLACE : PLANNED;
      case "arrived", "checked-in", "fulfilled" -> event.equals("cancel") ? CANCELLED : HAPPENED;
      default -> event.equals("cancel") ? CANCELLED : TAKES_PLACE;
    };
  }

  boolean cancels() {
    return this != TAKES_PLACE && this != PLANNED && this != HAPPENED;
  }

  /** The API's breakType; empty for none. */
  Optional<String> breakType() {
    return Optional.of(breakType).filter(type -> !type.isEmpty());
  }
}
