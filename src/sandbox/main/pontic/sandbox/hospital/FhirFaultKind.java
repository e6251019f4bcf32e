package pontic.sandbox.hospital;

import java.util.Locale;

/** What can go wrong on purpose at a FHIR peer; in JSON in kebab case, such as lands-late. */
public enum FhirFaultKind {
  /** The port is closed, for the fault's time or until cleared. */
  DOWN,
  /** 429 with Retry-After, nothing done. */
  HTTP_429,
  /** 500, nothing done. */
  HTTP_500,
  /** Acts and answers after the fault's time. */
  SLOW,
  /** Accepted, never answered, nothing done; the socket closes when the fault is cleared. */
  HANG,
  /** 422 for one resource; takes a transaction with it, but not its neighbours in a batch. */
  REJECT,
  /**
   * Answered 504 (or the socket closed) at once, done after the fault's time with the preconditions
   * of that moment.
   */
  LANDS_LATE;

  /** Name in JSON. */
  public String wireName() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
