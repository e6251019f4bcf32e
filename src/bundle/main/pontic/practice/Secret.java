package pontic.practice;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/**
 * A key, token or password. Only {@link #value()} gives it away; texts, logs and exceptions see a
 * mask.
 */
public record Secret(String value) {

  /** No secret at all, where one is optional. */
  public static final Secret NONE = new Secret("");

  public boolean isBlank() {
    return value.isBlank();
  }

  /**
   * Compares in a time that does not depend on where the two differ; a blank secret matches
   * nothing.
   */
  public boolean matches(String candidate) {
    return !isBlank()
        && MessageDigest.isEqual(
            value.getBytes(StandardCharsets.UTF_8), candidate.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public String toString() {
    return isBlank() ? "(none)" : "***";
  }
}
