package pontic.house;

import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;

/** Messages as a hospital's interface engine writes them. Names are synthetic. */
public final class Hospital {
  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyyMMddHHmmss");

  private Hospital() {}

  /** One patient of the hospital. */
  public record Patient(
      String mrn,
      String last,
      String first,
      String birth,
      String sex,
      String phone,
      String street) {

    public static Patient numbered(int n) {
      return new Patient(
          "MRN" + n,
          "Quill" + letters(n),
          "Robin",
          "19" + (50 + n % 40) + "0" + (1 + n % 9) + (10 + n % 18),
          n % 2 == 0 ? "F" : "M",
          String.format("503555%04d", n % 10000),
          n + " Larch Street");
    }

    public Patient withPhone(String other) {
      return new Patient(mrn, last, first, birth, sex, other, street);
    }

    String pid() {
      return "PID|1||"
          + mrn
          + "^^^LAKE^MR||"
          + last
          + "^"
          + first
          + "||"
          + birth
          + "|"
          + sex
          + "|||"
          + street
          + "^^Salem^OR^97301||"
          + phone;
    }
  }

  public static byte[] adt(String trigger, String controlId, Patient patient) {
    return message(
        "ADT^" + trigger,
        controlId,
        "EVN|" + trigger + "|20261101120000",
        patient.pid(),
        "PV1|1|N");
  }

  /** A booking of {@code minutes} from {@code at} (the practice's wall clock) in operatory OP-1. */
  public static byte[] siu(
      String trigger,
      String controlId,
      Patient patient,
      String placerId,
      LocalDateTime at,
      int minutes,
      String note) {
    return message(
        "SIU^" + trigger,
        controlId,
        "SCH|"
            + placerId
            + "^LAKE|||||ROUTINE||NORMAL|"
            + minutes
            + "|min|^^"
            + minutes
            + "^"
            + at.format(TIME)
            + "^"
            + at.plusMinutes(minutes).format(TIME),
        note.isEmpty() ? "" : "NTE|1||" + note,
        patient.pid(),
        "RGS|1|A",
        "AIL|1|A|OP-1",
        "AIP|1|A|DR-1^Welby^Marcus");
  }

  public static byte[] message(String type, String controlId, String... segments) {
    StringBuilder text = new StringBuilder();
    text.append("MSH|^~\\&|ADTLAKE|LAKESIDE|PONTIC|DENTAL|20261101120000||")
        .append(type)
        .append('|')
        .append(controlId)
        .append("|P|2.5.1\r");
    for (String segment : segments) {
      if (!segment.isEmpty()) {
        text.append(segment).append('\r');
      }
    }
    return text.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8);
  }

  /** 12 becomes BC: names without digits. */
  private static String letters(int n) {
    StringBuilder letters = new StringBuilder();
    for (char digit : Integer.toString(n).toCharArray()) {
      letters.append((char) ('a' + (digit - '0')));
    }
    return letters.toString();
  }
}
