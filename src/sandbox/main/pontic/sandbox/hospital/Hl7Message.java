package pontic.sandbox.hospital;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A message as its segments and fields: enough to find it and to answer it, no more. Escapes stay
 * as they came.
 *
 * @param text the bytes read as UTF-8
 */
public record Hl7Message(String text) {

  static Hl7Message of(byte[] bytes) {
    return new Hl7Message(new String(bytes, StandardCharsets.UTF_8));
  }

  /** MSH-10, empty if there is none. */
  public String controlId() {
    return field("MSH", 10);
  }

  /** MSH-9 without its third component, such as {@code SIU^S12}. */
  public String trigger() {
    String[] parts = field("MSH", 9).split(Pattern.quote(componentMark()), -1);
    return parts.length < 2 ? parts[0] : parts[0] + "^" + parts[1];
  }

  /**
   * A whole field of the first segment of this name; empty if it is not there.
   *
   * @param number as HL7 counts: MSH-1 is the field separator
   */
  public String field(String segment, int number) {
    return fields(segment, number).stream().findFirst().orElse("");
  }

  /** The field of each segment of this name, in order. */
  public List<String> fields(String segment, int number) {
    String mark = fieldMark();
    if (segment.equals("MSH") && number == 1) {
      return List.of(mark);
    }
    int index = segment.equals("MSH") ? number - 1 : number;
    return Arrays.stream(text.split("[\r\n]+"))
        .map(line -> line.split(Pattern.quote(mark), -1))
        .filter(fields -> fields[0].equals(segment))
        .map(fields -> index < fields.length ? fields[index] : "")
        .toList();
  }

  /**
   * Whether a repetition of this field has this first component: {@code has("PID", 3, "elm-12")}.
   */
  public boolean has(String segment, int number, String value) {
    return fields(segment, number).stream()
        .flatMap(field -> Arrays.stream(field.split(Pattern.quote(mark(1, "~")))))
        .map(repetition -> repetition.split(Pattern.quote(componentMark()), -1)[0])
        .anyMatch(value::equals);
  }

  /** The first component of the first repetition; empty if it is not there. */
  String first(String segment, int number) {
    String repetition = field(segment, number).split(Pattern.quote(mark(1, "~")), -1)[0];
    return repetition.split(Pattern.quote(componentMark()), -1)[0];
  }

  /** The character after {@code MSH}. */
  String fieldMark() {
    return text.startsWith("MSH") && text.length() > 3 ? text.substring(3, 4) : "|";
  }

  private String componentMark() {
    return mark(0, "^");
  }

  private String mark(int at, String usual) {
    String marks = field("MSH", 2);
    return at < marks.length() ? marks.substring(at, at + 1) : usual;
  }
}
