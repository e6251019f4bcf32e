package pontic.send;

/**
 * Which message tells a change.
 *
 * @param event MSH-9: {@code SIU^S12^SIU_S12}
 * @param mapping path of the mapping below mappings/, without its ending
 */
public record Hl7Event(String event, String mapping) {
  public Hl7Event {
    if (!event.matches("[A-Z]{3}\\^[A-Z][0-9A-Z]{2}\\^[A-Z]{3}_[A-Z][0-9A-Z]{2}")) {
      throw new IllegalArgumentException(
          "mappings/hl7v2/events-out.yaml: write an event as SIU^S12^SIU_S12, type, trigger and structure");
    }
  }

  String part(int number) {
    return event.split("\\^")[number];
  }
}
