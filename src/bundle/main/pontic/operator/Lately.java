package pontic.operator;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Who showed the right password lately: a browser or a watching command shows it with each request,
 * and to derive its hash takes a processor a tenth of a second (decision 0231). Kept is a keyed
 * hash under a key that this process made and nobody else has.
 */
final class Lately {
  static final Duration KEPT = Duration.ofMinutes(5);
  private static final String HMAC = "HmacSHA256";
  private static final int KEY_BYTES = 32;

  private record Shown(byte[] hash, long until) {}

  private final SecretKeySpec key;
  private final LongSupplier nanoTime;
  private final Map<String, Shown> shown = new ConcurrentHashMap<>();

  Lately(LongSupplier nanoTime) {
    byte[] random = new byte[KEY_BYTES];
    new SecureRandom().nextBytes(random);
    this.key = new SecretKeySpec(random, HMAC);
    this.nanoTime = nanoTime;
  }

  /** Whether this is the password that was right for the name not long ago. */
  boolean was(String name, char[] password) {
    Shown last = shown.get(name);
    return last != null
        && last.until() - nanoTime.getAsLong() > 0
        && MessageDigest.isEqual(last.hash(), hash(name, password));
  }

  /** It was right just now. */
  void is(String name, char[] password) {
    shown.put(name, new Shown(hash(name, password), nanoTime.getAsLong() + KEPT.toNanos()));
  }

  private byte[] hash(String name, char[] password) {
    ByteBuffer clear = StandardCharsets.UTF_8.encode(CharBuffer.wrap(password));
    try {
      Mac mac = Mac.getInstance(HMAC);
      mac.init(key);
      mac.update(name.getBytes(StandardCharsets.UTF_8));
      mac.update((byte) 0);
      mac.update(clear.array(), 0, clear.limit());
      return mac.doFinal();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java platform has no " + HMAC, e);
    } finally {
      Arrays.fill(clear.array(), (byte) 0);
    }
  }

  @Override
  public String toString() {
    return "***";
  }
}
