package pontic.hl7;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;

/** What MSH-18 (table 0211) says of the bytes of a message. */
public final class Hl7Charset {
  private Hl7Charset() {}

  /**
   * @param name MSH-18, first repetition; empty or ASCII is read as UTF-8, of which ASCII is a part
   * @return empty if the name is none that is read here; those of two or four bytes a character
   *     cannot stand in an MLLP frame
   */
  public static Optional<Charset> of(String name) {
    String upper = name.trim().toUpperCase(Locale.ROOT);
    if (upper.matches("8859/\\d{1,2}")) {
      String iso = "ISO-8859-" + upper.substring(5);
      return Charset.isSupported(iso) ? Optional.of(Charset.forName(iso)) : Optional.empty();
    }
    return switch (upper) {
      case "",
          "\"\"",
          "ASCII",
          "US-ASCII",
          "ISO IR6",
          "UNICODE",
          "UNICODE UTF-8",
          "UTF-8",
          "UTF8" ->
          Optional.of(StandardCharsets.UTF_8);
      case "ISO-8859-1", "ISO8859-1", "ISO_8859-1", "LATIN1" ->
          Optional.of(StandardCharsets.ISO_8859_1);
      case "WINDOWS-1252", "CP1252" -> Optional.of(Charset.forName("windows-1252"));
      default -> Optional.empty();
    };
  }
}
