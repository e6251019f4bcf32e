package pontic.hawtio;

import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** What a user of Hawtio may do; each includes the one before. */
public enum Role {
  /** Looks. */
  VIEWER,
  /** Starts, stops, suspends and resumes routes. */
  OPERATOR,
  /** Sets statistics back as well. */
  ADMIN;

  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  static Optional<Role> of(String text) {
    return Stream.of(values()).filter(role -> role.text().equals(text)).findFirst();
  }

  boolean includes(Role other) {
    return compareTo(other) >= 0;
  }
}
