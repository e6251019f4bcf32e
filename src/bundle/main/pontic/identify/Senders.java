package pontic.identify;

/** Whose number an identifier is. */
final class Senders {
  /** What the HL7 mapping makes of a bare namespace (CX.4, EI.2) that no table knows. */
  private static final String NAMESPACE = "urn:id:";

  private Senders() {}

  /**
   * A bare namespace ("MRN") means something only within its facility: two hospitals that both
   * write it number different patients. The applications of one facility (MSH-4) share it. Anything
   * else is unique by itself.
   *
   * @param sender MSH-3|MSH-4, or a client of the façade
   */
  static String scoped(String system, String sender) {
    if (!system.startsWith(NAMESPACE)) {
      return system;
    }
    String facility = sender.substring(sender.indexOf('|') + 1);
    return system + "@" + (facility.isBlank() ? sender : facility);
  }
}
