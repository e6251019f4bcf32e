package pontic.privacy;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Finds marked texts in bytes, however they were encoded on the way there. */
final class Search {
  /** The patterns that begin with four bytes, by these: what is read is gone through once. */
  private final Map<Integer, Map<String, String>> patterns = new HashMap<>();

  private final BitSet beginnings = new BitSet(1 << 16);

  Search(Collection<String> markers) {
    for (String marker : markers) {
      for (String spelling :
          Set.copyOf(
              List.of(marker, marker.toUpperCase(Locale.ROOT), marker.toLowerCase(Locale.ROOT)))) {
        encodings(spelling)
            .forEach((how, text) -> add(latinBytes(text), text, marker + " in " + how));
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

  private void add(byte[] pattern, String text, String what) {
    beginnings.set(pair(pattern, 0));
    patterns.computeIfAbsent(four(pattern, 0), four -> new LinkedHashMap<>()).put(text, what);
  }

  /** What was found, with how it was encoded; empty if nothing. */
  Set<String> in(byte[] bytes) {
    Set<String> found = new TreeSet<>();
    for (int at = 0; at <= bytes.length - 4; at++) {
      if (beginnings.get(pair(bytes, at))) {
        Map<String, String> begun = patterns.getOrDefault(four(bytes, at), Map.of());
        for (Map.Entry<String, String> one : begun.entrySet()) {
          if (stands(latinBytes(one.getKey()), bytes, at)) {
            found.add(one.getValue());
          }
        }
      }
    }
    return found;
  }

  private static boolean stands(byte[] pattern, byte[] bytes, int at) {
    return at + pattern.length <= bytes.length
        && Arrays.equals(pattern, 0, pattern.length, bytes, at, at + pattern.length);
  }

  private static int pair(byte[] bytes, int at) {
    return (bytes[at] & 0xff) << 8 | bytes[at + 1] & 0xff;
  }

  private static int four(byte[] bytes, int at) {
    return pair(bytes, at) << 16 | pair(bytes, at + 2);
  }

  private static String latin(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  private static byte[] latinBytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }
}
