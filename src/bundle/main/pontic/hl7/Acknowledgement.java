package pontic.hl7;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Set;

/**
 * Answers: MSH, MSA and, for a fault, ERR; in the sender's separators, version and charset; as
 * commit acknowledgement (CA, CE, CR) where {@link Owed} says so. The same header, instant, id and
 * text give the same bytes. Of the message only MSH is repeated, so that an answer carries no
 * patient data; the texts are the caller's and must carry none.
 */
public final class Acknowledgement {
  /** Message error condition codes, table 0357. */
  public enum Condition {
    SEGMENT_SEQUENCE_ERROR(100, "Segment sequence error"),
    REQUIRED_FIELD_MISSING(101, "Required field missing"),
    DATA_TYPE_ERROR(102, "Data type error"),
    TABLE_VALUE_NOT_FOUND(103, "Table value not found"),
    UNSUPPORTED_MESSAGE_TYPE(200, "Unsupported message type"),
    UNSUPPORTED_EVENT_CODE(201, "Unsupported event code"),
    UNSUPPORTED_PROCESSING_ID(202, "Unsupported processing id"),
    UNSUPPORTED_VERSION_ID(203, "Unsupported version id"),
    APPLICATION_INTERNAL_ERROR(207, "Application internal error");

    private final int code;
    private final String text;

    Condition(int code, String text) {
      this.code = code;
      this.text = text;
    }

    public int code() {
      return code;
    }

    /** Table 0357 has errors below 200 (AE) and rejections from there on (AR). */
    public boolean rejects() {
      return code >= 200;
    }
  }

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMddHHmmssxx", Locale.ROOT).withZone(ZoneOffset.UTC);

  /**
   * Versions whose ERR segment has only ERR-1; the message type has a third component from 2.3.1
   * on.
   */
  private static final Set<String> SHORT_ERR = Set.of("2.1", "2.2", "2.3", "2.3.1", "2.4");

  private static final Set<String> SHORT_TYPE = Set.of("2.1", "2.2", "2.3");

  private static final int MAX_TEXT = 250;

  /** A schedule request, and what answers it (chapter 10). */
  private static final String REQUEST = "SRM";

  private static final String RESPONSE = "SRR";
  private static final String RESPONSE_STRUCTURE = "SRR_S01";

  private final MessageHeader header;
  private final StringBuilder out = new StringBuilder();

  private Acknowledgement(MessageHeader header) {
    this.header = header;
  }

  /** AA or CA: the message is stored. */
  public static byte[] accept(MessageHeader header, Instant at, String id) {
    return new Acknowledgement(header).msh(at, id).msa(code(header, "A", true), "").bytes();
  }

  /** CA, whatever MSH-15 says: the message is stored, and its end is told later. */
  public static byte[] commit(MessageHeader header, Instant at, String id) {
    return new Acknowledgement(header).msh(at, id).msa("CA", "").bytes();
  }

  /**
   * The application acknowledgement as a message of its own: MSH-3 to MSH-6 turned round, MSH-10
   * its own, MSH-15 AL, since it goes again until it is confirmed, and MSH-16 NE.
   *
   * @param at when the message had its end
   * @param id MSH-10
   * @param code AA, AE or AR
   * @param text how it ended
   * @param schedule segments behind the answer of a request, each with its end; "" if there are
   *     none
   */
  public static byte[] later(
      MessageHeader header, Instant at, String id, String code, String text, String schedule) {
    Acknowledgement answer = new Acknowledgement(header).msh(at, id, true).msa(code, text);
    if (!code.equals("AA")) {
      answer.err(Condition.APPLICATION_INTERNAL_ERROR, text);
    }
    answer.out.append(schedule);
    return answer.bytes();
  }

  /**
   * AE or CE: the message cannot be used as it is; sending it unchanged again will not help unless
   * the text says so.
   */
  public static byte[] error(
      MessageHeader header, Instant at, String id, Condition condition, String text) {
    return fault(header, at, id, "E", condition, text);
  }

  /**
   * AR or CR: type, event, version or processing id is not served here, or Pontic itself cannot
   * take messages now.
   */
  public static byte[] reject(
      MessageHeader header, Instant at, String id, Condition condition, String text) {
    return fault(header, at, id, "R", condition, text);
  }

  private static byte[] fault(
      MessageHeader header, Instant at, String id, String what, Condition condition, String text) {
    return new Acknowledgement(header)
        .msh(at, id)
        .msa(code(header, what, false), text)
        .err(condition, text)
        .bytes();
  }

  private static String code(MessageHeader header, String what, boolean accepted) {
    return (Owed.of(header, accepted) == Owed.COMMIT ? "C" : "A") + what;
  }

  /** AR to bytes without a usable header; there is no control id to repeat. */
  public static byte[] unreadable(Instant at, String id, HeaderProblem problem) {
    MessageHeader nobody =
        MessageHeader.read("MSH|^~\\&|||||||||P|2.5.1".getBytes(StandardCharsets.US_ASCII));
    return reject(nobody, at, id, Condition.SEGMENT_SEQUENCE_ERROR, problem.getMessage());
  }

  private Acknowledgement msh(Instant at, String id) {
    return msh(at, id, false);
  }

  private Acknowledgement msh(Instant at, String id, boolean asksForCommit) {
    char component = header.encoding().charAt(0);
    // What answers a request on its connection says no more than that it came.
    boolean responds = asksForCommit && header.type().equals(REQUEST);
    String type = responds ? RESPONSE : "ACK";
    if (!header.trigger().isEmpty()) {
      type += component + header.trigger();
      if (!SHORT_TYPE.contains(header.version())) {
        type += component + (responds ? RESPONSE_STRUCTURE : "ACK");
      }
    }
    out.append("MSH").append(header.fieldSeparator()).append(header.encoding());
    fields(
        header.receivingApplication(),
        header.receivingFacility(),
        header.sendingApplication(),
        header.sendingFacility(),
        TIME.format(at),
        "",
        type,
        escaped(id),
        header.processingId(),
        header.version());
    // 2.1 has no MSH-15.
    boolean asks = asksForCommit && !header.version().equals("2.1");
    if (asks || !header.charset().isEmpty()) {
      fields("", "", asks ? "AL" : "", asks ? "NE" : "");
    }
    if (!header.charset().isEmpty()) {
      fields("", header.charset());
    }
    out.append('\r');
    return this;
  }

  private Acknowledgement msa(String code, String text) {
    out.append("MSA");
    fields(code, header.controlId());
    if (!text.isEmpty()) {
      fields(escaped(text));
    }
    out.append('\r');
    return this;
  }

  private Acknowledgement err(Condition condition, String text) {
    String encoding = header.encoding();
    char component = encoding.charAt(0);
    out.append("ERR");
    if (SHORT_ERR.contains(header.version())) {
      String sub = encoding.length() > 3 ? String.valueOf(encoding.charAt(3)) : " ";
      fields(
          ""
              + component
              + component
              + component
              + condition.code
              + sub
              + condition.text
              + sub
              + "HL70357");
    } else {
      fields(
          "",
          "",
          "" + condition.code + component + condition.text + component + "HL70357",
          "E",
          "",
          "",
          "");
      fields(escaped(text));
    }
    out.append('\r');
    return this;
  }

  private void fields(String... values) {
    for (String value : values) {
      out.append(header.fieldSeparator()).append(value);
    }
  }

  private String escaped(String text) {
    return Segments.escaped(header, text.substring(0, Math.min(MAX_TEXT, text.length())));
  }

  private byte[] bytes() {
    return out.toString().getBytes(StandardCharsets.ISO_8859_1);
  }
}
