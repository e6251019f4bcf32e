package pontic.hl7;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Segments in the separators of a sender, and fields of its message as they stand on the wire: one
 * character for each byte, so that what is repeated is repeated in its charset and its escapes.
 */
public final class Segments {
  private static final String ENDS = "[\r\n]+";
  private static final Pattern CONTROLS = Pattern.compile("[\\x00-\\x1F]");

  private final MessageHeader header;
  private final StringBuilder out = new StringBuilder();

  public Segments(MessageHeader header) {
    this.header = header;
  }

  /**
   * The first repetition of a field, or all of them, in each segment of a name, without control
   * characters.
   *
   * @param message as it came
   * @param field its number; not of MSH
   * @return without those that are absent, empty or HL7's null
   */
  public List<String> given(byte[] message, String segment, int field, boolean all) {
    String start = segment + header.fieldSeparator();
    List<String> found = new ArrayList<>();
    for (String line : new String(message, StandardCharsets.ISO_8859_1).split(ENDS)) {
      if (line.startsWith(start)) {
        String value = nth(line, header.fieldSeparator(), field);
        String wanted =
            all || header.encoding().length() < 2
                ? value
                : nth(value, header.encoding().charAt(1), 0);
        // Bytes that end frames or segments somewhere are no part of what is repeated.
        wanted = CONTROLS.matcher(wanted).replaceAll("");
        if (!wanted.isBlank() && !wanted.equals(Hl7Json.NULL)) {
          found.add(wanted);
        }
      }
    }
    return found;
  }

  private static String nth(String text, char separator, int index) {
    int from = 0;
    for (int i = 0; i < index; i++) {
      int next = text.indexOf(separator, from);
      if (next < 0) {
        return "";
      }
      from = next + 1;
    }
    int to = text.indexOf(separator, from);
    return text.substring(from, to < 0 ? text.length() : to);
  }

  /** A value of ours, escaped. */
  public String text(String value) {
    return escaped(header, value);
  }

  /**
   * @param parts as they stand on the wire
   */
  public String components(String... parts) {
    return String.join(String.valueOf(header.encoding().charAt(0)), parts);
  }

  /**
   * @param parts as they stand on the wire; a sender without a separator for them gets the first
   */
  public String subcomponents(String... parts) {
    return header.encoding().length() > 3
        ? String.join(String.valueOf(header.encoding().charAt(3)), parts)
        : parts[0];
  }

  /**
   * @param fields as they stand on the wire, from the first on; empty ones at the end are left out
   */
  public Segments add(String name, String... fields) {
    int last = fields.length;
    while (last > 0 && fields[last - 1].isEmpty()) {
      last--;
    }
    out.append(name);
    for (int i = 0; i < last; i++) {
      out.append(header.fieldSeparator()).append(fields[i]);
    }
    out.append('\r');
    return this;
  }

  /** All that was added, each segment with its end. */
  public String all() {
    return out.toString();
  }

  /** Names no value: it may be a patient's. */
  @Override
  public String toString() {
    return "Segments";
  }

  /**
   * Escaped in the sender's characters; where it declares no escape character the separators become
   * blanks.
   */
  static String escaped(MessageHeader header, String text) {
    String encoding = header.encoding();
    char escape = encoding.length() > 2 ? encoding.charAt(2) : Delimiters.NONE;
    StringBuilder safe = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      int position = encoding.indexOf(c);
      char name =
          c == header.fieldSeparator()
              ? 'F'
              : position < 0 || position > 3 ? ' ' : "SRET".charAt(position);
      if (name != ' ') {
        safe.append(escape == Delimiters.NONE ? " " : "" + escape + name + escape);
      } else {
        safe.append(c < ' ' ? ' ' : c > '~' ? '?' : c);
      }
    }
    return safe.toString();
  }
}
