package pontic.send;

import java.util.List;

/**
 * What one holder of the lease sends in one transaction.
 *
 * @param epoch of the lease; whoever acknowledges later than its lease stores nothing
 * @param entries each identity once; empty if there is nothing to do
 */
public record Claim(String practice, String destination, long epoch, List<Entry> entries) {

  public Claim {
    entries = List.copyOf(entries);
  }

  /** Nothing due, or someone else is at it. */
  public static Claim nothing(String practice, String destination) {
    return new Claim(practice, destination, 0, List.of());
  }

  public boolean isEmpty() {
    return entries.isEmpty();
  }

  /**
   * One version of one record.
   *
   * @param fhir JSON
   */
  public record Entry(String resource, long key, String fhirId, long version, String fhir) {
    /** Without the resource itself: it is a patient's. */
    @Override
    public String toString() {
      return resource + "/" + fhirId + " version " + version;
    }
  }
}
