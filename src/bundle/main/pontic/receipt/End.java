package pontic.receipt;

import java.util.Locale;

/** How a message ended. */
public enum End {
  LANDED,
  NO_CHANGE,
  SUPERSEDED_BY,
  /** It waited, and a newer message of its sender went with all that it said. */
  FOLDED_INTO,
  DUPLICATE_OF,
  REFUSED,
  PARKED,
  /** A person gave a parked one up. */
  DROPPED;

  public String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
