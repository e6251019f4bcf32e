package pontic.practice;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/**
 * One system that receives what practices send out.
 *
 * @param url {@code http(s)://…} for fhir, {@code mllp://host:port} for hl7v2
 * @param practices ids of those whose data it receives; empty = all
 * @param token bearer token, blank = none
 * @param bundleSize most resources in one transaction
 * @param connections most requests at the same time
 * @param senders what it is called as a sender to us, {@code MSH-3|MSH-4} or a client of the
 *     façade: what these said is not sent back to it
 * @param requestLimit longest wait for its answer
 * @param application MSH-5 for hl7v2, blank for fhir
 * @param facility MSH-6 for hl7v2, blank for fhir
 * @param types fhir: FHIR types that it is told of; empty = all
 * @param mapping fhir: by which each resource goes before it is sent, {@code
 *     destination/snomed-teeth}; empty = none
 * @param versioned fhir: it tells versions of what it has and honours If-Match and If-None-Match
 * @param quiet hl7v2: a patient's records have stood still so long before a message is made of one;
 *     zero for fhir, which is sent at once and corrected after
 * @param freshness how long a practice's change may be on its way there before somebody is told
 */
public record Destination(
    String id,
    Kind kind,
    String url,
    Set<String> practices,
    Secret token,
    boolean enabled,
    int bundleSize,
    int connections,
    Set<String> senders,
    Duration requestLimit,
    String application,
    String facility,
    Set<String> types,
    Optional<String> mapping,
    boolean versioned,
    Duration quiet,
    Duration freshness) {

  public Destination {
    types = Set.copyOf(types);
    practices = Set.copyOf(practices);
    senders = Set.copyOf(senders);
  }

  /** What it speaks. */
  public enum Kind {
    FHIR,
    HL7V2
  }

  /**
   * Whether it is told of a resource by itself: HL7 v2 names practitioners and places only in
   * appointments, and not every FHIR server takes every type.
   *
   * @param resource FHIR type, perhaps with the name of a kind: {@code Condition:disease}
   */
  public boolean tells(String resource) {
    String type = resource.replaceFirst(":.*", "");
    return switch (kind) {
      case FHIR -> types.isEmpty() || types.contains(type);
      case HL7V2 -> resource.equals("Patient") || resource.equals("Appointment");
    };
  }

  public boolean serves(String practice) {
    return practices.isEmpty() || practices.contains(practice);
  }
}
