package pontic.hl7;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Reads any HL7 version 2 message as JSON, without knowing its structure.
 *
 * <pre>
 * {"MSH":[{"1":[{"1":"|"}],"2":[{"1":"^~\\&amp;"}],...}],
 *  "PID":[{"3":[{"1":"4711","4":"LAKE","4.2":"2.16.1","5":"MR"}],"5":[{"1":"Frost","2":"Ada"}]}],
 *  "segments":["MSH","PID"]}
 * </pre>
 *
 * A segment is an object from field number to the array of its repetitions; a repetition is an
 * object from component number to text, further subcomponents as "4.2". What is empty is absent; an
 * empty repetition between others is an empty object. HL7's null, two quotation marks, stays as
 * that text: "delete", as against absent. Escapes are resolved; one that is unknown stays as
 * written. Segments end with CR, LF or CRLF. The charset is MSH-18's, else UTF-8; a segment with
 * bytes that are malformed in it is read as ISO 8859-1, and the others as they are (decision 0434).
 * The work grows linearly with the length.
 */
public final class Hl7Json {
  /**
   * Upper bounds against hostile input; a scanned page in an OBX is one value.
   *
   * @param repetitions of a field: each number of a patient is a row of the store, and all of them
   *     are written in one unit, for which everybody waits (decision 0411)
   */
  public record Limits(int segments, int fieldsPerSegment, int repetitions, int values) {
    public static final Limits DEFAULT = new Limits(10_000, 500, 5_000, 500_000);
  }

  /** The text of HL7's explicit null. */
  public static final String NULL = "\"\"";

  /** The names of fields and components that messages have: made once, their hashes too. */
  private static final List<String> NUMBERS =
      IntStream.rangeClosed(0, 60).mapToObj(String::valueOf).toList();

  /**
   * A message that was read.
   *
   * @param misread names of segments that are not in the charset that MSH-18 says, or of which an
   *     escape is not: what they say may be garbled
   */
  public record Message(ObjectNode json, List<String> misread) {
    public Message {
      misread = List.copyOf(misread);
    }

    /** No contents. */
    @Override
    public String toString() {
      return "Message" + misread;
    }
  }

  private final Limits limits;

  public Hl7Json() {
    this(Limits.DEFAULT);
  }

  public Hl7Json(Limits limits) {
    this.limits = limits;
  }

  /**
   * @throws Hl7Exception if this is no message: no usable MSH, a line that is no segment, a second
   *     MSH, too much of something
   */
  public ObjectNode parse(byte[] message) {
    return read(message).json();
  }

  /**
   * @throws Hl7Exception as {@link #parse} does
   */
  public Message read(byte[] message) {
    return new Reading(message).read();
  }

  private final class Reading {
    private final ObjectNode result = JsonNodeFactory.instance.objectNode();
    private final ArrayNode segments = JsonNodeFactory.instance.arrayNode();
    private final String text;
    private final CharsetDecoder charset;
    private final Set<String> misread = new LinkedHashSet<>();
    private final Delimiters delimiters;
    private String name = "";
    private int segment;
    private int field;
    private int values;

    Reading(byte[] message) {
      try {
        charset =
            Hl7Charset.of(MessageHeader.read(message).charset())
                .orElseThrow(
                    () -> new HeaderProblem("MSH-18 names a charset that is not read here"))
                .newDecoder();
        int start = MessageHeader.start(message);
        text =
            decoded(message, start, message.length - start)
                .orElseGet(() -> bySegments(message, start));
        delimiters = Delimiters.of(text);
      } catch (HeaderProblem problem) {
        throw new Hl7Exception(1, 0, problem.getMessage());
      }
    }

    Message read() {
      int from = 0;
      while (from < text.length()) {
        int to = from;
        while (to < text.length() && text.charAt(to) != '\r' && text.charAt(to) != '\n') {
          to++;
        }
        if (!blank(from, to)) {
          segment(from, to);
        }
        from = to + 1;
      }
      result.set("segments", segments);
      return new Message(result, List.copyOf(misread));
    }

    private Optional<String> decoded(byte[] bytes, int from, int length) {
      try {
        return Optional.of(charset.decode(ByteBuffer.wrap(bytes, from, length)).toString());
      } catch (CharacterCodingException malformed) {
        return Optional.empty();
      }
    }

    /** In every charset that is read here CR and LF are these bytes, and part of nothing else. */
    private String bySegments(byte[] message, int start) {
      StringBuilder all = new StringBuilder(message.length - start);
      int from = start;
      while (from < message.length) {
        int to = from;
        while (to < message.length && !ends(message[to])) {
          to++;
        }
        while (to < message.length && ends(message[to])) {
          to++;
        }
        Optional<String> asSaid = decoded(message, from, to - from);
        if (asSaid.isPresent()) {
          all.append(asSaid.get());
        } else {
          String latin = new String(message, from, to - from, StandardCharsets.ISO_8859_1);
          misread.add(latin.substring(0, Math.min(3, latin.length())));
          all.append(latin);
        }
        from = to;
      }
      return all.toString();
    }

    private static boolean ends(byte b) {
      return b == '\r' || b == '\n';
    }

    private boolean blank(int from, int to) {
      for (int i = from; i < to; i++) {
        if (text.charAt(i) > ' ') {
          return false;
        }
      }
      return true;
    }

    private void segment(int from, int to) {
      segment++;
      field = 0;
      if (segment > limits.segments()) {
        throw fault("the message has more than " + limits.segments() + " segments");
      }
      if (!named(from, to)) {
        throw fault("the line does not begin with a segment name");
      }
      name = text.substring(from, from + 3);
      ObjectNode node = JsonNodeFactory.instance.objectNode();
      if (name.equals("MSH")) {
        if (segment > 1) {
          throw fault("a second MSH stands in the same message");
        }
        header(node, from, to);
      } else {
        fields(node, from + 4, to, 1);
      }
      result.withArray(name).add(node);
      segments.add(name);
    }

    private boolean named(int from, int to) {
      if (to - from < 3 || (to - from > 3 && text.charAt(from + 3) != delimiters.field())) {
        return false;
      }
      for (int i = from; i < from + 3; i++) {
        char c = text.charAt(i);
        boolean letter = c >= 'A' && c <= 'Z';
        if (!letter && (i == from || c < '0' || c > '9')) {
          return false;
        }
      }
      return true;
    }

    private void header(ObjectNode node, int from, int to) {
      int end = text.indexOf(delimiters.field(), from + 4);
      int stop = end < 0 || end > to ? to : end;
      single(node, "1", String.valueOf(delimiters.field()));
      single(node, "2", text.substring(from + 4, stop));
      if (stop < to) {
        fields(node, stop + 1, to, 3);
      }
    }

    private void single(ObjectNode node, String number, String value) {
      node.putArray(number).addObject().put("1", value);
    }

    private void fields(ObjectNode node, int from, int to, int firstNumber) {
      int start = from;
      int number = firstNumber;
      while (start <= to) {
        if (number > limits.fieldsPerSegment()) {
          throw fault("the segment has more than " + limits.fieldsPerSegment() + " fields");
        }
        field = number;
        int end = until(start, to, delimiters.field());
        if (end > start) {
          ArrayNode repetitions = repetitions(start, end);
          if (!repetitions.isEmpty()) {
            node.set(name(number), repetitions);
          }
        }
        start = end + 1;
        number++;
      }
    }

    private ArrayNode repetitions(int from, int to) {
      ArrayNode repetitions = JsonNodeFactory.instance.arrayNode();
      int filled = 0;
      int start = from;
      while (start <= to) {
        count();
        if (repetitions.size() == limits.repetitions()) {
          throw fault("the field has more than " + limits.repetitions() + " repetitions");
        }
        int end = until(start, to, delimiters.repetition());
        ObjectNode repetition = components(start, end);
        repetitions.add(repetition);
        if (!repetition.isEmpty()) {
          filled = repetitions.size();
        }
        start = end + 1;
      }
      while (repetitions.size() > filled) {
        repetitions.remove(repetitions.size() - 1);
      }
      return repetitions;
    }

    private ObjectNode components(int from, int to) {
      ObjectNode components = JsonNodeFactory.instance.objectNode();
      int number = 1;
      int start = from;
      while (start <= to) {
        int end = until(start, to, delimiters.component());
        if (end > start) {
          subcomponents(components, number, start, end);
        }
        start = end + 1;
        number++;
      }
      return components;
    }

    private void subcomponents(ObjectNode components, int number, int from, int to) {
      int sub = 1;
      int start = from;
      while (start <= to) {
        int end = until(start, to, delimiters.subcomponent());
        if (end > start) {
          count();
          components.put(sub == 1 ? name(number) : number + "." + sub, value(start, end));
        }
        start = end + 1;
        sub++;
      }
    }

    private int until(int from, int to, char separator) {
      for (int i = from; i < to; i++) {
        if (text.charAt(i) == separator) {
          return i;
        }
      }
      return to;
    }

    private void count() {
      values++;
      if (values > limits.values()) {
        throw fault("the message has more than " + limits.values() + " values");
      }
    }

    private String value(int from, int to) {
      int mark = until(from, to, delimiters.escape());
      if (mark == to) {
        return text.substring(from, to);
      }
      StringBuilder value = new StringBuilder(to - from);
      int start = from;
      while (mark < to) {
        value.append(text, start, mark);
        int close = until(mark + 1, to, delimiters.escape());
        if (close < to && unescape(mark + 1, close, value)) {
          start = close + 1;
        } else {
          value.append(delimiters.escape());
          start = mark + 1;
        }
        mark = until(start, to, delimiters.escape());
      }
      return value.append(text, start, to).toString();
    }

    /**
     * Appends what the escape sequence between the escape characters means; false if it is not one.
     */
    private boolean unescape(int from, int to, StringBuilder value) {
      if (to == from) {
        return false;
      }
      char kind = text.charAt(from);
      if (to - from == 1) {
        return switch (kind) {
          case 'F' -> append(value, delimiters.field());
          case 'S' -> append(value, delimiters.component());
          case 'R' -> append(value, delimiters.repetition());
          case 'E' -> append(value, delimiters.escape());
          case 'T' -> append(value, delimiters.subcomponent());
          // Highlighting begins and ends: means nothing without a screen.
          case 'H', 'N' -> true;
          default -> false;
        };
      }
      if (kind == 'X') {
        return hexadecimal(from + 1, to, value);
      }
      if (kind == '.' && to - from >= 3) {
        String command = text.substring(from + 1, from + 3).toLowerCase(Locale.ROOT);
        if ((command.equals("br") && to - from == 3)
            || command.equals("sp")
            || command.equals("ce")) {
          value.append('\n');
          return true;
        }
        return command.equals("fi")
            || command.equals("nf")
            || command.equals("in")
            || command.equals("ti")
            || command.equals("sk");
      }
      return false;
    }

    private boolean append(StringBuilder value, char separator) {
      if (separator == Delimiters.NONE) {
        return false;
      }
      value.append(separator);
      return true;
    }

    private boolean hexadecimal(int from, int to, StringBuilder value) {
      if ((to - from) % 2 != 0) {
        return false;
      }
      ByteArrayOutputStream bytes = new ByteArrayOutputStream((to - from) / 2);
      for (int i = from; i < to; i += 2) {
        int high = Character.digit(text.charAt(i), 16);
        int low = Character.digit(text.charAt(i + 1), 16);
        if (high < 0 || low < 0) {
          return false;
        }
        bytes.write(high * 16 + low);
      }
      Optional<String> asSaid = decoded(bytes.toByteArray(), 0, bytes.size());
      if (asSaid.isEmpty()) {
        misread.add(name);
      }
      value.append(asSaid.orElseGet(() -> bytes.toString(StandardCharsets.ISO_8859_1)));
      return true;
    }

    private Hl7Exception fault(String what) {
      return new Hl7Exception(segment, field, what);
    }
  }

  private static String name(int number) {
    return number < NUMBERS.size() ? NUMBERS.get(number) : String.valueOf(number);
  }
}
