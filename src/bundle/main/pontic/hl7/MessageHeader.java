package pontic.hl7;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What the answer and the receipt need of an MSH segment, read by string; nothing after the first
 * segment is looked at. Absent fields are empty. Texts are as on the wire (not unescaped), one
 * character per byte, without control characters, so that an answer repeats the sender's bytes
 * whatever its charset.
 *
 * @param fieldSeparator MSH-1
 * @param encoding MSH-2
 * @param sendingApplication MSH-3, all components
 * @param sendingFacility MSH-4
 * @param receivingApplication MSH-5
 * @param receivingFacility MSH-6
 * @param time MSH-7
 * @param type MSH-9.1
 * @param trigger MSH-9.2
 * @param structure MSH-9.3
 * @param controlId MSH-10
 * @param processingId MSH-11, all components
 * @param version MSH-12.1
 * @param acceptAcknowledgement MSH-15
 * @param applicationAcknowledgement MSH-16
 * @param charset MSH-18, first repetition
 */
public record MessageHeader(
    char fieldSeparator,
    String encoding,
    String sendingApplication,
    String sendingFacility,
    String receivingApplication,
    String receivingFacility,
    String time,
    String type,
    String trigger,
    String structure,
    String controlId,
    String processingId,
    String version,
    String acceptAcknowledgement,
    String applicationAcknowledgement,
    String charset) {

  /** A longer MSH segment is refused. */
  public static final int MAX_BYTES = 8192;

  /**
   * @throws HeaderProblem if there is no MSH segment, if its separators are unusable or it has no
   *     end within {@link #MAX_BYTES}
   */
  public static MessageHeader read(byte[] message) {
    String segment = new String(segment(message), StandardCharsets.ISO_8859_1);
    Delimiters delimiters = Delimiters.of(segment);
    List<String> fields = split(segment, delimiters.field());
    String messageType = first(field(fields, 9), delimiters.repetition());
    return new MessageHeader(
        delimiters.field(),
        field(fields, 2),
        field(fields, 3),
        field(fields, 4),
        field(fields, 5),
        field(fields, 6),
        field(fields, 7),
        component(messageType, delimiters, 1),
        component(messageType, delimiters, 2),
        component(messageType, delimiters, 3),
        field(fields, 10),
        field(fields, 11),
        component(field(fields, 12), delimiters, 1),
        field(fields, 15),
        field(fields, 16),
        first(field(fields, 18), delimiters.repetition()));
  }

  /**
   * The first segment as it came, without its end.
   *
   * @throws HeaderProblem if it has no end within {@link #MAX_BYTES}
   */
  public static byte[] segment(byte[] message) {
    int start = start(message);
    int end = start;
    while (end < message.length && message[end] != '\r' && message[end] != '\n') {
      end++;
      if (end - start > MAX_BYTES) {
        throw new HeaderProblem("The MSH segment is longer than " + MAX_BYTES + " bytes");
      }
    }
    return Arrays.copyOfRange(message, start, end);
  }

  /**
   * Sending application and facility by their names (else their universal ids): {@code
   * ADT|Lakeside}.
   */
  public String sender() {
    return name(sendingApplication) + "|" + name(sendingFacility);
  }

  /** Receiving application and facility, likewise. */
  public String receiver() {
    return name(receivingApplication) + "|" + name(receivingFacility);
  }

  /** Type and trigger as people write them: {@code ADT^A28}; type alone if there is no trigger. */
  public String event() {
    return trigger.isEmpty() ? type : type + "^" + trigger;
  }

  /** What the message is for, MSH-11.1 (table 0103); empty if it says nothing. */
  public String processing() {
    String first = first(processingId, encoding.charAt(0)).trim();
    return first.equals("\"\"") ? "" : first;
  }

  private String name(String hierarchicDesignator) {
    char component = encoding.charAt(0);
    String namespace = first(hierarchicDesignator, component);
    if (!namespace.isEmpty() || hierarchicDesignator.isEmpty()) {
      return namespace;
    }
    return first(hierarchicDesignator.substring(1), component);
  }

  /** Skips what some senders put before MSH: a byte order mark and line ends. */
  static int start(byte[] message) {
    int i = 0;
    if (message.length >= 3
        && message[0] == (byte) 0xEF
        && message[1] == (byte) 0xBB
        && message[2] == (byte) 0xBF) {
      i = 3;
    }
    while (i < message.length && (message[i] == '\r' || message[i] == '\n')) {
      i++;
    }
    return i;
  }

  /** Index n holds field n: the separator itself is MSH-1. */
  private static List<String> split(String segment, char separator) {
    List<String> fields = new ArrayList<>();
    fields.add("MSH");
    fields.add(String.valueOf(separator));
    int from = 4;
    while (fields.size() < 19) {
      int to = segment.indexOf(separator, from);
      fields.add(clean(segment.substring(from, to < 0 ? segment.length() : to)));
      if (to < 0) {
        break;
      }
      from = to + 1;
    }
    return fields;
  }

  private static String clean(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) < ' ') {
        return text.replaceAll("[\\x00-\\x1F]", "");
      }
    }
    return text;
  }

  private static String field(List<String> fields, int number) {
    return number < fields.size() ? fields.get(number) : "";
  }

  private static String component(String field, Delimiters delimiters, int number) {
    int from = 0;
    for (int n = 1; n < number; n++) {
      int next = field.indexOf(delimiters.component(), from);
      if (next < 0) {
        return "";
      }
      from = next + 1;
    }
    return first(field.substring(from), delimiters.component());
  }

  private static String first(String text, char separator) {
    int end = text.indexOf(separator);
    return end < 0 ? text : text.substring(0, end);
  }
}
