package pontic.sandbox.api;

import java.util.Locale;

/** What can go wrong on purpose; on the wire in kebab case, such as timeout-after. */
public enum FaultKind {
  /** 429 with Retry-After, without acting. */
  BUSY,
  /** Acts only after the given seconds; past the API's limit the caller has got 504 by then. */
  SLOW,
  /** Accepts and never answers; closes the socket without acting when the fault is cleared. */
  HANG,
  /** 504 at the API's limit, without acting. */
  TIMEOUT_BEFORE,
  /** Acts, then 504 at the API's limit. */
  TIMEOUT_AFTER,
  /** Closes the socket without acting. */
  DROP_BEFORE,
  /** Acts, then closes the socket without answering. */
  DROP_AFTER,
  /** 504 at the API's limit or at once, and acts the given seconds after that answer. */
  LANDS_LATE,
  /** 504 at once, and acts when the fault is cleared. */
  LANDS_AT_CLEAR,
  /** The office cannot be reached: Remote answers 400, Service and Local close the socket. */
  OFFLINE,
  /** 400 with a text that nobody documents, with or without acting. */
  UNKNOWN_400,
  /** 400 with a text of a gateway that cannot reach the office, with or without acting. */
  AWAY_400,
  /** 404 with a web page, as of a proxy, without acting. */
  PAGE_404,
  /** Acts, then answers 200 with a web page in place of JSON. */
  PAGE_200,
  /** Acts, then answers 201 with a JSON object that holds no key, and without a location. */
  KEYLESS_201;

  /** Name on the wire. */
  public String wireName() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /**
   * Reads the name on the wire.
   *
   * @throws IllegalArgumentException when there is no such fault
   */
  public static FaultKind of(String wireName) {
    return valueOf(wireName.toUpperCase(Locale.ROOT).replace('-', '_'));
  }
}
