package pontic.sandbox.hospital;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A fault to arm at a FHIR peer.
 *
 * @param kind what goes wrong
 * @param count how many requests it takes (reject: how many resources); 0 = until cleared
 * @param time real time: delay of slow and lands-late, Retry-After of http-429 (in whole seconds),
 *     length of down (zero = until cleared)
 * @param closing lands-late: closes the socket instead of answering 504
 * @param type resource type that the request must touch, itself or in its Bundle; empty = any
 * @param id logical id that the request must touch; empty = any
 * @param method HTTP verb of the request; empty = any
 */
public record FhirFault(
    FhirFaultKind kind,
    int count,
    Duration time,
    boolean closing,
    Optional<String> type,
    Optional<String> id,
    Optional<String> method) {

  /** A resource that a request names; the id is empty in a create, search or conditional update. */
  record Target(String type, String id) {}

  public FhirFault {
    if (count < 0 || time.isNegative()) {
      throw new IllegalArgumentException("count and millis must not be negative");
    }
    if (kind == FhirFaultKind.REJECT && (type.isEmpty() || method.isPresent())) {
      throw new IllegalArgumentException("reject takes a match on type, or on type and id");
    }
    if (closing && kind != FhirFaultKind.LANDS_LATE) {
      throw new IllegalArgumentException("Only lands-late can be closing");
    }
  }

  /** Hits the next request, whatever it is; down stays until cleared; not for reject. */
  public static FhirFault of(FhirFaultKind kind) {
    return new FhirFault(
        kind,
        usualCount(kind),
        usualTime(kind),
        false,
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  /** Refuses this resource once. */
  public static FhirFault rejecting(String type, String id) {
    return new FhirFault(
        FhirFaultKind.REJECT,
        usualCount(FhirFaultKind.REJECT),
        usualTime(FhirFaultKind.REJECT),
        false,
        Optional.of(type),
        Optional.of(id),
        Optional.empty());
  }

  static int usualCount(FhirFaultKind kind) {
    return kind == FhirFaultKind.DOWN ? 0 : 1;
  }

  static Duration usualTime(FhirFaultKind kind) {
    return kind == FhirFaultKind.HTTP_429 ? Duration.ofSeconds(1) : Duration.ZERO;
  }

  public FhirFault on(String resourceType) {
    return new FhirFault(kind, count, time, closing, Optional.of(resourceType), id, method);
  }

  public FhirFault on(String resourceType, String logicalId) {
    return new FhirFault(
        kind, count, time, closing, Optional.of(resourceType), Optional.of(logicalId), method);
  }

  public FhirFault to(String verb) {
    return new FhirFault(kind, count, time, closing, type, id, Optional.of(verb));
  }

  public FhirFault times(int value) {
    return new FhirFault(kind, value, time, closing, type, id, method);
  }

  public FhirFault lasting(Duration value) {
    return new FhirFault(kind, count, value, closing, type, id, method);
  }

  public FhirFault closingTheSocket() {
    return new FhirFault(kind, count, time, true, type, id, method);
  }

  boolean matches(String verb, List<Target> targets) {
    return method.map(verb::equalsIgnoreCase).orElse(true)
        && ((type.isEmpty() && id.isEmpty()) || targets.stream().anyMatch(this::matches));
  }

  boolean matches(Target target) {
    return type.map(target.type()::equals).orElse(true) && id.map(target.id()::equals).orElse(true);
  }
}
