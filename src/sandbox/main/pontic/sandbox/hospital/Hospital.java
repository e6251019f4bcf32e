package pontic.sandbox.hospital;

import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;

/** Messages as a hospital's interface engine writes them. Names are synthetic. */
public final class Hospital {
  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyyMMddHHmmss");

  private Hospital() {}

  /**
   * A synthetic patient of the hospital.
   *
   * @param mrn the hospital's record number
   * @param birth as PID-7 has it, {@code yyyyMMdd}
   * @param sex {@code F} or {@code M}
   * @param phone ten digits
   */
  public record Patient(
      String mrn,
      String last,
      String first,
      String birth,
      String sex,
      String phone,
      String street,
      String city,
      String state,
      String zip) {

    /** Somebody of the town in which all {@linkplain #numbered numbered} ones live. */
    public Patient(
        String mrn,
        String last,
        String first,
        String birth,
        String sex,
        String phone,
        String street) {
      this(mrn, last, first, birth, sex, phone, street, "Salem", "OR", "97301");
    }

    /** The nth of a row of people who have nothing in common but first name and town. */
    public static Patient numbered(int n) {
      return new Patient(
          "MRN" + n,
          "Quill" + letters(n),
          "Robin",
          "19" + (50 + n % 40) + "0" + (1 + n % 9) + (10 + n % 18),
          n % 2 == 0 ? "F" : "M",
          String.format("503555%04d", n % 10_000),
          n + " Larch Street");
    }

    public Patient withMrn(String other) {
      return new Patient(other, last, first, birth, sex, phone, street, city, state, zip);
    }

    public Patient withFirst(String other) {
      return new Patient(mrn, last, other, birth, sex, phone, street, city, state, zip);
    }

    public Patient withBirth(String other) {
      return new Patient(mrn, last, first, other, sex, phone, street, city, state, zip);
    }

    public Patient withStreet(String other) {
      return new Patient(mrn, last, first, birth, sex, phone, other, city, state, zip);
    }

    public Patient withPhone(String other) {
      return new Patient(mrn, last, first, birth, sex, other, street, city, state, zip);
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
          + "^^"
          + city
          + "^"
          + state
          + "^"
          + zip
          + "||"
          + phone;
    }
  }

  /**
   * Patient message.
   *
   * @param trigger A28, A31, A08 …
   * @param controlId MSH-10
   */
  public static byte[] adt(String trigger, String controlId, Patient patient) {
    return message(
        "ADT^" + trigger,
        controlId,
        "EVN|" + trigger + "|20261101120000",
        patient.pid(),
        "PV1|1|N");
  }

  /**
   * Scheduling message for place OP-1.
   *
   * @param trigger S12, S13, S15 …
   * @param controlId MSH-10
   * @param placerId SCH-1, the hospital's number of the appointment
   * @param at the practice's wall clock
   * @param note NTE-3; empty = no NTE
   */
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

  /**
   * Request for an appointment; its answer is an SRR.
   *
   * @param trigger S01, S02, S03, S04 …
   */
  public static byte[] srm(
      String trigger,
      String controlId,
      Patient patient,
      String placerId,
      LocalDateTime at,
      int minutes) {
    return message(
        "SRM^" + trigger + "^SRM_S01",
        controlId,
        "ARQ|"
            + placerId
            + "^LAKE|||||ROUTINE|CHECKUP|NORMAL|"
            + minutes
            + "|min|"
            + at.format(TIME)
            + "^"
            + at.format(TIME)
            + "||||7^Clerk^Kim||||7^Clerk^Kim",
        patient.pid(),
        "RGS|1|A",
        "AIL|1|A|OP-1",
        "AIP|1|A|DR-1^Welby^Marcus");
  }

  /**
   * Any message.
   *
   * @param type MSH-9
   * @param controlId MSH-10
   * @param segments without their ends; empty ones are left out
   */
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
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  /** 12 becomes bc: names have no digits. */
  /** With a check letter: no two of these names are a slip of the pen apart (weights modulo 11). */
  private static String letters(int n) {
    StringBuilder letters = new StringBuilder();
    int check = 0;
    String digits = Integer.toString(n);
    for (int i = 0; i < digits.length(); i++) {
      int digit = digits.charAt(i) - '0';
      letters.append((char) ('a' + digit));
      check += digit * (digits.length() - i + 1);
    }
    return letters.append((char) ('k' + check % 11)).toString();
  }
}
