package pontic.sandbox.hospital;

import java.nio.charset.StandardCharsets;

/**
 * What the listener says to a message.
 *
 * @param code MSA-1: AA, AE or AR
 * @param about MSA-2
 * @param text MSA-3; with AE and AR also in an ERR segment; empty with AA
 */
record Acknowledgement(String code, String about, String text) {

  /** The answer's bytes, in the delimiters of the message that is answered. */
  byte[] to(Hl7Message message) {
    String mark = message.fieldMark();
    String header =
        String.join(
            mark,
            "MSH",
            message.field("MSH", 2),
            message.field("MSH", 5),
            message.field("MSH", 6),
            message.field("MSH", 3),
            message.field("MSH", 4),
            "",
            "",
            "ACK",
            "A" + message.controlId(),
            message.field("MSH", 11),
            message.field("MSH", 12));
    String answer = header + "\r" + String.join(mark, "MSA", code, about);
    if (!code.equals("AA")) {
      // HL7 table 0357.
      String error =
          code.equals("AE")
              ? "207^Application internal error^HL70357"
              : "200^Unsupported message type^HL70357";
      answer += mark + text + "\r" + String.join(mark, "ERR", "", "", error, "E", "", "", "", text);
    }
    return (answer + "\r").getBytes(StandardCharsets.UTF_8);
  }
}
