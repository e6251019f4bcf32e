package pontic.opendental;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import pontic.lane.Planner.Meaning;

/**
 * What the API's answers mean (open-dental-api.md 1.7: an office that cannot be reached is a 400
 * too, so texts decide).
 *
 * @param away texts of an office that cannot be reached
 * @param refused texts of a refusal without effect
 */
public record Answers(List<String> away, List<String> refused) {

  public Answers {
    away = away.stream().map(Answers::plain).toList();
    refused = refused.stream().map(Answers::plain).toList();
  }

  public Meaning meaning(int status, JsonNode body) {
    String text = plain(text(body));
    if (status == 200 || status == 201) {
      return Meaning.OK;
    }
    return switch (status) {
      case 429 -> Meaning.BUSY;
      case 401 -> Meaning.UNAUTHORISED;
      // A proxy's 404 says nothing about the row.
      case 404 -> matches(refused, text).isPresent() ? Meaning.NOT_FOUND : Meaning.UNCLEAR;
      case 400 ->
          matches(away, text).isPresent()
              ? Meaning.OFFICE_AWAY
              : matches(refused, text).isPresent() ? Meaning.REFUSED : Meaning.UNCLEAR;
      case 410 -> Meaning.REFUSED;
      default -> Meaning.UNCLEAR;
    };
  }

  /**
   * The text if it is one of the known ones, which name no patient; else only that it is not known.
   */
  public String words(int status, JsonNode body) {
    return matches(refused, plain(text(body)))
        .or(() -> matches(away, plain(text(body))))
        .map(known -> "\"" + known + "\" (HTTP " + status + ")")
        .orElse("HTTP " + status + " with a text that Pontic does not know");
  }

  private static String text(JsonNode body) {
    return body.isTextual() ? body.asText() : body.isMissingNode() ? "" : body.toString();
  }

  private static Optional<String> matches(List<String> known, String text) {
    return known.stream()
        .filter(
            entry ->
                entry.endsWith("*")
                    ? text.startsWith(entry.substring(0, entry.length() - 1))
                    : text.equals(entry))
        .findFirst()
        .map(entry -> entry.endsWith("*") ? entry.substring(0, entry.length() - 1).strip() : entry);
  }

  private static String plain(String text) {
    String plain = text.strip();
    if (plain.length() >= 2 && plain.startsWith("\"") && plain.endsWith("\"")) {
      plain = plain.substring(1, plain.length() - 1);
    }
    if (plain.endsWith(".")) {
      plain = plain.substring(0, plain.length() - 1);
    }
    return plain.toLowerCase(Locale.ROOT);
  }
}
