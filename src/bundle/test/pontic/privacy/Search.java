package pontic.privacy;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Finds marked texts in bytes, however they were encoded on the way there. */
final class Search {
  /** Encoded text, one character per byte, to what is said of a find. */
  private final Map<String, String> patterns = new LinkedHashMap<>();

  Search(Collection<String> markers) {
    for (String marker : markers) {
      for (String spelling :
          Set.copyOf(
              List.of(marker, marker.toUpperCase(Locale.ROOT), marker.toLowerCase(Locale.ROOT)))) {
        encodings(spelling).forEach((how, text) -> patterns.put(text, marker + " in " + how));
      }
    }
  }

  static Map<String, String> encodings(String text) {
    Map<String, String> encodings = new LinkedHashMap<>();
    Map<String, Charset> charsets =
        Map.of(
            "UTF-8", StandardCharsets.UTF_8,
            "ISO 8859-1", StandardCharsets.ISO_8859_1,
            "UTF-16LE", StandardCharsets.UTF_16LE,
            "UTF-16BE", StandardCharsets.UTF_16BE);
    charsets.forEach(
        (name, charset) -> {
          byte[] bytes = text.getBytes(charset);
          encodings.put(name, latin(bytes));
          for (int before = 0; before < 3; before++) {
            String base64 = inBase64(bytes, before);
            encodings.put("base64 of " + name + " after " + before, base64);
            encodings.put(
                "base64url of " + name + " after " + before,
                base64.replace('+', '-').replace('/', '_'));
          }
          String hex = HexFormat.of().formatHex(bytes);
          encodings.put("hex of " + name, hex);
          encodings.put("HEX of " + name, hex.toUpperCase(Locale.ROOT));
        });
    encodings.put("URL encoding", java.net.URLEncoder.encode(text, StandardCharsets.UTF_8));
    encodings.put(
        "full URL encoding",
        HexFormat.of()
            .withPrefix("%")
            .withUpperCase()
            .formatHex(text.getBytes(StandardCharsets.UTF_8)));
    StringBuilder json = new StringBuilder();
    text.chars().forEach(c -> json.append(c < 128 ? "" + (char) c : String.format("\\u%04x", c)));
    encodings.put("JSON escapes", json.toString());
    encodings.put(
        "a list of numbers",
        Arrays.toString(text.getBytes(StandardCharsets.UTF_8)).replaceAll("[\\[\\]]", ""));
    return encodings;
  }

  /** What of the base64 of any text with this in it, 3n + before bytes from its start, is sure. */
  private static String inBase64(byte[] bytes, int before) {
    byte[] moved = new byte[bytes.length + before];
    System.arraycopy(bytes, 0, moved, before, bytes.length);
    String encoded = Base64.getEncoder().withoutPadding().encodeToString(moved);
    int from = before == 0 ? 0 : before + 1;
    int to = moved.length * 8 / 6;
    return encoded.substring(from, to);
  }

  /** What was found, with how it was encoded; empty if nothing. */
  Set<String> in(byte[] bytes) {
    String text = latin(bytes);
    Set<String> found = new TreeSet<>();
    patterns.forEach(
        (pattern, what) -> {
          if (text.contains(pattern)) {
            found.add(what);
          }
        });
    return found;
  }

  private static String latin(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }
}
