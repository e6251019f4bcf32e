package pontic.sandbox.hospital;

import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;

/**
 * A synthetic patient of the hospital, and the messages that its interface engine writes about one.
 *
 * @param number the hospital's record number
 * @param phone ten digits
 */
public record HospitalPatient(
    String number,
    String lastName,
    String firstName,
    LocalDate birth,
    String sex,
    String phone,
    String street,
    String city,
    String state,
    String zip) {
  private static final DateTimeFormatter DAY = DateTimeFormatter.ofPattern("yyyyMMdd");
  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyyMMddHHmmss");

  /** The nth of a row of people who have nothing in common but the town. */
  public static HospitalPatient numbered(int n) {
    return new HospitalPatient(
        "MRN" + n,
        "Quill" + letters(n),
        n % 2 == 0 ? "Robin" : "Rowan",
        LocalDate.of(1950 + n % 40, 1 + n % 9, 10 + n % 18),
        n % 2 == 0 ? "F" : "M",
        String.format("503555%04d", n % 10_000),
        n + " Larch Street",
        "Salem",
        "OR",
        "97301");
  }

  public HospitalPatient withPhone(String other) {
    return new HospitalPatient(
        number, lastName, firstName, birth, sex, other, street, city, state, zip);
  }

  /**
   * Patient message.
   *
   * @param trigger A28, A31, A08 …
   * @param controlId MSH-10
   */
  public byte[] adt(String trigger, String controlId) {
    return message(
        "ADT^" + trigger, controlId, "EVN|" + trigger + "|20261101120000", pid(), "PV1|1|N");
  }

  /**
   * Scheduling message for place OP-1.
   *
   * @param trigger S12, S13, S15 …
   * @param controlId MSH-10
   * @param placerId SCH-1, the hospital's number of the appointment
   * @param at the practice's wall clock
   */
  public byte[] siu(
      String trigger, String controlId, String placerId, LocalDateTime at, int minutes) {
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
        "NTE|1||check up",
        pid(),
        "RGS|1|A",
        "AIL|1|A|OP-1",
        "AIP|1|A|DR-1^Welby^Marcus");
  }

  private String pid() {
    return "PID|1||"
        + number
        + "^^^LAKE^MR||"
        + lastName
        + "^"
        + firstName
        + "||"
        + birth.format(DAY)
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

  private static byte[] message(String type, String controlId, String... segments) {
    String header =
        "MSH|^~\\&|ADTLAKE|LAKESIDE|PONTIC|DENTAL|20261101120000||"
            + type
            + "|"
            + controlId
            + "|P|2.5.1\r";
    return (header + String.join("\r", segments) + "\r").getBytes(StandardCharsets.UTF_8);
  }

  /** 12 becomes bc: names have no digits. */
  private static String letters(int n) {
    StringBuilder letters = new StringBuilder();
    for (char digit : Integer.toString(n).toCharArray()) {
      letters.append((char) ('a' + (digit - '0')));
    }
    return letters.toString();
  }
}
