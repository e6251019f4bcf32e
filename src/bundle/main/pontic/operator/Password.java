package pontic.operator;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/**
 * A password as it is kept: {@code pbkdf2:<iterations>:<salt>:<hash>}, PBKDF2 with HMAC-SHA-256,
 * base64url.
 */
record Password(int iterations, byte[] salt, byte[] hash) {

  private static final int ITERATIONS = 210_000;
  private static final int LEAST_ITERATIONS = 100_000;
  private static final int MOST_ITERATIONS = 5_000_000;
  private static final int SALT_BYTES = 16;
  private static final int HASH_BITS = 256;

  static Password of(char[] clear) {
    byte[] salt = new byte[SALT_BYTES];
    new SecureRandom().nextBytes(salt);
    return new Password(ITERATIONS, salt, derive(clear, salt, ITERATIONS));
  }

  /** Takes as long to compare as any other, and no start waits for it: its hash is of nothing. */
  static Password thatNobodyHas() {
    SecureRandom random = new SecureRandom();
    byte[] salt = new byte[SALT_BYTES];
    byte[] hash = new byte[HASH_BITS / Byte.SIZE];
    random.nextBytes(salt);
    random.nextBytes(hash);
    return new Password(ITERATIONS, salt, hash);
  }

  static Optional<Password> parse(String text) {
    String[] parts = text.split(":", -1);
    if (parts.length != 4 || !parts[0].equals("pbkdf2") || !parts[1].matches("\\d{1,7}")) {
      return Optional.empty();
    }
    try {
      Password password =
          new Password(
              Integer.parseInt(parts[1]),
              Base64.getUrlDecoder().decode(parts[2]),
              Base64.getUrlDecoder().decode(parts[3]));
      boolean strong =
          password.iterations >= LEAST_ITERATIONS
              && password.iterations <= MOST_ITERATIONS
              && password.salt.length >= SALT_BYTES
              && password.hash.length * Byte.SIZE == HASH_BITS;
      return Optional.of(password).filter(any -> strong);
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  boolean is(char[] clear) {
    return MessageDigest.isEqual(hash, derive(clear, salt, iterations));
  }

  String text() {
    Base64.Encoder base64 = Base64.getUrlEncoder().withoutPadding();
    return "pbkdf2:"
        + iterations
        + ":"
        + base64.encodeToString(salt)
        + ":"
        + base64.encodeToString(hash);
  }

  private static byte[] derive(char[] clear, byte[] salt, int iterations) {
    PBEKeySpec spec = new PBEKeySpec(clear, salt, iterations, HASH_BITS);
    try {
      return SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256").generateSecret(spec).getEncoded();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java platform has no PBKDF2", e);
    } finally {
      spec.clearPassword();
    }
  }

  @Override
  public String toString() {
    return "***";
  }
}
