package pontic.facade;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;

/** Bytes as a base64Binary of R4 writes them; white space may stand in it. */
record Base64Text(String text) {
  private static final int GROUP = 4;
  private static final int BUFFER_BYTES = 16 * 1024;

  /** Size and SHA-1 of bytes, which is what Attachment.size and Attachment.hash are. */
  record Measure(long size, byte[] sha1) {
    @Override
    public boolean equals(Object other) {
      return other instanceof Measure measure
          && size == measure.size
          && Arrays.equals(sha1, measure.sha1);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(sha1);
    }
  }

  /** Whether it is one; looked at without making the bytes of it. */
  boolean isSound() {
    int signs = 0;
    int fill = 0;
    for (int i = 0; i < text.length(); i++) {
      char sign = text.charAt(i);
      if (isSpace(sign)) {
        continue;
      }
      if (sign == '=') {
        fill++;
      } else if (fill > 0 || !isOfAlphabet(sign)) {
        return false;
      }
      signs++;
    }
    return signs > 0 && signs % GROUP == 0 && fill <= 2;
  }

  /** The same without white space. */
  String plain() {
    return text.chars().anyMatch(sign -> isSpace((char) sign))
        ? text.replaceAll("[ \\t\\r\\n]", "")
        : text;
  }

  /**
   * The first bytes.
   *
   * @param most of them
   */
  byte[] first(int most) {
    String plain = plain();
    int signs = Math.min(plain.length(), (most + 2) / 3 * GROUP);
    byte[] bytes = Base64.getDecoder().decode(plain.substring(0, signs));
    return Arrays.copyOf(bytes, Math.min(bytes.length, most));
  }

  Measure measure() {
    try (InputStream bytes =
        Base64.getDecoder()
            .wrap(new ByteArrayInputStream(plain().getBytes(StandardCharsets.ISO_8859_1)))) {
      MessageDigest sha1 = MessageDigest.getInstance("SHA-1");
      byte[] buffer = new byte[BUFFER_BYTES];
      long size = 0;
      for (int read = bytes.read(buffer); read >= 0; read = bytes.read(buffer)) {
        sha1.update(buffer, 0, read);
        size += read;
      }
      return new Measure(size, sha1.digest());
    } catch (IOException | NoSuchAlgorithmException e) {
      throw new IllegalStateException("bytes in memory cannot be measured", e);
    }
  }

  private static boolean isSpace(char sign) {
    return sign == ' ' || sign == '\n' || sign == '\r' || sign == '\t';
  }

  private static boolean isOfAlphabet(char sign) {
    return sign >= 'A' && sign <= 'Z'
        || sign >= 'a' && sign <= 'z'
        || sign >= '0' && sign <= '9'
        || sign == '+'
        || sign == '/';
  }

  /** Never the bytes. */
  @Override
  public String toString() {
    return "Base64Text[" + text.length() + "]";
  }
}
