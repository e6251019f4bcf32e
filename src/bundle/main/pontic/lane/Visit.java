package pontic.lane;

import java.time.Instant;

/**
 * How an appointment stands in the practice's book when a message about it has ended, for who asked
 * for it.
 *
 * @param number its key
 * @param state in the words of HL7 table 0278: Booked, Cancelled ...
 * @param operatory 0 if none is known, as of the others
 * @param provider who sees the patient
 * @param hygienist who sees the patient beside
 */
public record Visit(
    long number,
    Instant start,
    long minutes,
    String state,
    long operatory,
    long provider,
    long hygienist) {

  /** The number alone. */
  @Override
  public String toString() {
    return "Visit[" + number + "]";
  }
}
