package pontic.hl7;

import java.util.Locale;
import java.util.Optional;

/** Of which ends a sender wants to be told (MSH-16, table 0155). */
public enum Wanted {
  ALWAYS,
  SUCCESS,
  ERROR;

  /**
   * Empty if the field asks for nothing. A word that the table does not know is taken as AL: rather
   * an answer than silence.
   */
  public static Optional<Wanted> of(MessageHeader header) {
    String field = header.applicationAcknowledgement().trim().toUpperCase(Locale.ROOT);
    return switch (field) {
      case "", "NE", Hl7Json.NULL -> Optional.empty();
      case "SU" -> Optional.of(SUCCESS);
      case "ER" -> Optional.of(ERROR);
      default -> Optional.of(ALWAYS);
    };
  }

  /** The same of a request: its response is the answer that it is sent for, if nothing is said. */
  public static Optional<Wanted> ofRequest(MessageHeader header) {
    return header.applicationAcknowledgement().isBlank() ? Optional.of(ALWAYS) : of(header);
  }

  /**
   * @param success whether all went well
   */
  public boolean covers(boolean success) {
    return this == ALWAYS || (this == SUCCESS) == success;
  }
}
