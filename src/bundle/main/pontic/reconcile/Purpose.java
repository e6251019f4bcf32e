package pontic.reconcile;

import java.util.Locale;

/** What rows are read again for. */
public enum Purpose {
  /** To find what differs, and what is gone. */
  COMPARE,
  /** To bring what stands there, behind what changes meanwhile; it withdraws nothing. */
  LOAD;

  /** As the store has it. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
