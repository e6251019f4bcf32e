package pontic.sandbox.hospital;

import java.util.Locale;

/** What can go wrong on purpose at the MLLP listener; in JSON in kebab case, such as ack-late. */
public enum MllpFaultKind {
  /** The port is closed, for the fault's time or until cleared. */
  DOWN,
  /** Accepts a connection and reads nothing from it; the socket closes when it is cleared. */
  HANG,
  /** Kept, answered AE with ERR. */
  AE,
  /** Kept, answered AR with ERR. */
  AR,
  /** Kept, never answered; the connection stays. */
  NO_ACK,
  /** Kept, answered AA after the fault's time; what comes meanwhile is read and answered. */
  ACK_LATE,
  /** Kept, answered AA with the control id of the message before. */
  WRONG_MSA,
  /** Kept, answered with a frame that is no HL7. */
  GARBAGE,
  /** Kept, then the socket closes without an answer. */
  DROP;

  /** Name in JSON. */
  public String wireName() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
