package pontic.lane;

import java.util.Locale;

/** What is known of a request. */
public enum CallState {
  /** Stored, perhaps sent. */
  INTENT,
  /** A read that was answered. */
  ANSWERED,
  /** A settle read that was answered and did not find the row. */
  ABSENT,
  /** A write whose effect nobody knows yet. */
  UNKNOWN,
  /** Certainly without effect: never sent, or turned away as busy. */
  ABANDONED,
  LANDED,
  /** A write that was looked for and not found. */
  NOT_LANDED,
  REFUSED;

  public String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  static CallState of(String text) {
    return valueOf(text.toUpperCase(Locale.ROOT).replace('-', '_'));
  }
}
