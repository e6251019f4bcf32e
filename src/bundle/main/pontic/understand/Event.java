package pontic.understand;

/**
 * How a message type is understood.
 *
 * @param mapping path of the mapping below mappings/, without its ending; "" where nothing is
 *     mapped
 * @param event register, update, {@link #KNOWN}, {@link #CHART}, merge, book, move, cancel, {@link
 *     #NOTHING} or {@link #REFUSE}
 * @param reason for people: why nothing is done with it or why it is refused; else ""
 */
public record Event(String mapping, String event, String reason) {
  /** An update of a patient whom one of its numbers leads to; it creates nobody. */
  public static final String KNOWN = "known";

  /** About a patient of whom it says nothing but who he is; it creates nobody. */
  public static final String CHART = "chart";

  /** It is taken, and means nothing for Open Dental. */
  public static final String NOTHING = "nothing";

  /** It is refused at the door, with a reason of its own. */
  public static final String REFUSE = "refuse";

  /** A file leaves out what does not apply. */
  public Event {
    mapping = mapping == null ? "" : mapping;
    reason = reason == null ? "" : reason;
  }

  /** Whether a message of this type is taken in. */
  public boolean taken() {
    return !event.equals(REFUSE);
  }
}
