package pontic.lane;

import java.util.Locale;

/** Why a request is made. */
public enum Purpose {
  /** A read at the head of the lane, from which the plan is made. */
  PLAN,
  /** A write. */
  CALL,
  /** A read that finds out what an unclear write did. */
  SETTLE,
  /** A late read that looks for a double. */
  WATCH,
  /** A read of capture-api; it asks for what changed in the practice. */
  CAPTURE;

  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  static Purpose of(String text) {
    return valueOf(text.toUpperCase(Locale.ROOT));
  }
}
