package pontic.sandbox.api;

/** State of a customer key (open-dental-api.md 1.2). */
public enum KeyStatus {
  ENABLED,
  /** Reads only; every other method is answered 401. */
  ENABLED_READ_ONLY,
  /** Every request is answered 401. */
  DISABLED
}
