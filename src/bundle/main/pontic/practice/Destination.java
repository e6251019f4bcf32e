package pontic.practice;

import java.util.Set;

/**
 * One system that receives what practices send out.
 *
 * @param url {@code http(s)://…} for fhir, {@code mllp(s)://host:port} for hl7v2
 * @param practices ids of those whose data it receives; empty = all
 * @param token bearer token, blank = none
 * @param bundleSize most resources in one transaction
 * @param connections most requests at the same time
 */
public record Destination(
    String id,
    Kind kind,
    String url,
    Set<String> practices,
    Secret token,
    boolean enabled,
    int bundleSize,
    int connections) {

  public Destination {
    practices = Set.copyOf(practices);
  }

  /** What it speaks. */
  public enum Kind {
    FHIR,
    HL7V2
  }

  public boolean serves(String practice) {
    return practices.isEmpty() || practices.contains(practice);
  }
}
