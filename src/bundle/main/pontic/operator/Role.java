package pontic.operator;

import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** What an operator may do, in Hawtio as at the control endpoint; each includes the one before. */
public enum Role {
  /** Looks; bodies of messages are masked. */
  VIEWER,
  /** Steers: starts and stops routes, pauses, releases, resubmits and drops. */
  OPERATOR,
  /** Sees and edits bodies of parked messages, ends the process, sets statistics back. */
  ADMIN;

  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Empty if no role is called so. */
  public static Optional<Role> of(String text) {
    return Stream.of(values()).filter(role -> role.text().equals(text)).findFirst();
  }

  public boolean includes(Role other) {
    return compareTo(other) >= 0;
  }
}
