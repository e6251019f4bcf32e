package pontic.hl7;

/**
 * A message is not HL7 version 2. The text names segment and field by position and never a value.
 */
public final class Hl7Exception extends RuntimeException {
  private final int segment;
  private final int field;

  /**
   * @param segment position in the message, 1 = MSH; 0 if the message as a whole is meant
   * @param field position in the segment; 0 if the segment as a whole is meant
   */
  public Hl7Exception(int segment, int field, String what) {
    super(place(segment, field) + what);
    this.segment = segment;
    this.field = field;
  }

  public int segment() {
    return segment;
  }

  public int field() {
    return field;
  }

  private static String place(int segment, int field) {
    if (segment == 0) {
      return "";
    }
    return field == 0
        ? "Segment " + segment + ": "
        : "Segment " + segment + ", field " + field + ": ";
  }
}
