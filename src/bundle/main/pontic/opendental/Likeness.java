package pontic.opendental;

import com.fasterxml.jackson.databind.JsonNode;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Which patient of Open Dental a message means, by name, birth date and one more trait. Sex is no
 * trait: half of all agree. A doubt is never decided here.
 */
final class Likeness {
  private static final Set<String> GONE = Set.of("Deleted");
  private static final Set<String> OUT_OF_USE = Set.of("Archived");
  private static final int WHOLE_PHONE = 7;

  private Likeness() {}

  /** What a comparison found. */
  sealed interface Result {
    record Same(long patNum) implements Result {}

    record Doubtful(String reason, List<Long> candidates) implements Result {}

    record Nobody() implements Result {}
  }

  /**
   * @param wanted API fields of the message, with LName, FName and Birthdate
   * @param born rows of all patients of that birth date
   */
  static Result find(JsonNode wanted, List<JsonNode> born) {
    List<Long> same = new ArrayList<>();
    List<Long> doubtful = new ArrayList<>();
    String reason = "";
    for (JsonNode row : born) {
      String status = row.path("PatStatus").asText();
      long patNum = row.path("PatNum").asLong();
      if (GONE.contains(status)) {
        continue;
      }
      boolean last = equal(wanted, row, "LName");
      boolean first = equal(wanted, row, "FName");
      boolean more = oneMore(wanted, row);
      if (last && first && OUT_OF_USE.contains(status)) {
        doubtful.add(patNum);
        reason =
            "a patient of this name and birth date is archived in Open Dental, perhaps merged into another";
      } else if (last && first && more) {
        same.add(patNum);
      } else if (last && first) {
        doubtful.add(patNum);
        reason = "name and birth date fit, but no phone, e-mail, address or number besides";
      } else if (more && (last || first)) {
        doubtful.add(patNum);
        reason =
            last
                ? "last name, birth date and one more fit, the first name does not (a twin, or another spelling)"
                : "first name, birth date and one more fit, the last name does not (married, or another spelling)";
      }
    }
    if (same.size() == 1) {
      return new Result.Same(same.get(0));
    }
    if (same.size() > 1) {
      return new Result.Doubtful("several patients of Open Dental fit", same);
    }
    return doubtful.isEmpty() ? new Result.Nobody() : new Result.Doubtful(reason, doubtful);
  }

  static boolean equal(JsonNode a, JsonNode b, String field) {
    String left = plain(a.path(field).asText());
    return !left.isEmpty() && left.equals(plain(b.path(field).asText()));
  }

  private static boolean oneMore(JsonNode wanted, JsonNode row) {
    Set<String> phones = phones(row);
    boolean phone = phones(wanted).stream().anyMatch(phones::contains);
    boolean address = equal(wanted, row, "Zip") && equal(wanted, row, "Address");
    String ssn = digits(wanted.path("SSN").asText());
    boolean number = ssn.length() == 9 && ssn.equals(digits(row.path("SSN").asText()));
    return phone || address || number || equal(wanted, row, "Email");
  }

  private static Set<String> phones(JsonNode fields) {
    Set<String> phones = new java.util.HashSet<>();
    for (String field : List.of("HmPhone", "WkPhone", "WirelessPhone")) {
      String digits = digits(fields.path(field).asText());
      if (digits.length() >= WHOLE_PHONE) {
        phones.add(digits.length() > 10 ? digits.substring(digits.length() - 10) : digits);
      }
    }
    return phones;
  }

  static String digits(String text) {
    return text.replaceAll("\\D", "");
  }

  /** Without case, accents, punctuation and double spaces. */
  static String plain(String text) {
    return Normalizer.normalize(text, Normalizer.Form.NFD)
        .replaceAll("\\p{M}", "")
        .toLowerCase(Locale.ROOT)
        .replaceAll("[^\\p{L}\\p{N}@]+", " ")
        .strip();
  }
}
