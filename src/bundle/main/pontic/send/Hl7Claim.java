package pontic.send;

import java.util.List;

/**
 * What one holder of the lease tells one HL7 v2 destination next.
 *
 * @param epoch of the lease; whoever acknowledges later than its lease stores nothing
 * @param deadline of {@link System#nanoTime()}: not sent after it
 * @param entry one, or none if there is nothing to do
 */
public record Hl7Claim(
    String practice, String destination, long epoch, long deadline, List<Dues.Entry> entry) {

  public Hl7Claim {
    entry = List.copyOf(entry);
  }

  /** Nothing due, or someone else is at it. */
  public static Hl7Claim nothing(String practice, String destination) {
    return new Hl7Claim(practice, destination, 0, 0, List.of());
  }

  public boolean isEmpty() {
    return entry.isEmpty();
  }

  Dues.Entry one() {
    return entry.get(0);
  }
}
