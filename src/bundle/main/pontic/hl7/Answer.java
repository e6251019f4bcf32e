package pontic.hl7;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;

/**
 * What a receiver says of a message. Its free texts (MSA-3, ERR-7, ERR-8) may quote a patient and
 * are not read.
 *
 * @param code MSA-1 in capitals: AA, AE, AR, CA, CE, CR
 * @param controlId MSA-2, MSH-10 of the message that is meant; empty if it says none
 * @param condition ERR-3 or, in older versions, ERR-1.4: number of table 0357; empty if there is
 *     none or it is no number
 */
public record Answer(String code, String controlId, String condition) {
  private static final Hl7Json READER = new Hl7Json(new Hl7Json.Limits(100, 100, 100, 1000));

  /** Empty if the bytes are no acknowledgement. */
  public static Optional<Answer> read(byte[] message) {
    JsonNode json;
    try {
      json = READER.parse(message);
    } catch (Hl7Exception garbage) {
      return Optional.empty();
    }
    JsonNode msa = json.path("MSA").path(0);
    String code = text(msa, "1", "1").toUpperCase(java.util.Locale.ROOT);
    if (!code.matches("[AC][AER]")) {
      return Optional.empty();
    }
    JsonNode err = json.path("ERR").path(0);
    String condition = text(err, "3", "1");
    if (condition.isEmpty()) {
      condition = text(err, "1", "4");
    }
    return Optional.of(
        new Answer(code, text(msa, "2", "1"), condition.matches("[0-9]{1,4}") ? condition : ""));
  }

  private static String text(JsonNode segment, String field, String component) {
    return segment.path(field).path(0).path(component).asText().trim();
  }
}
