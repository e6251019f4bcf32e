package pontic.identify;

import com.fasterxml.jackson.databind.JsonNode;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import pontic.person.Identifier;
import pontic.store.Vault;

/**
 * What a FHIR Patient can be told apart by, as keyed hashes.
 *
 * @param nameBirth of last name, first name and birth date; "" if one is missing
 * @param more of phones, e-mail addresses, street and postcode, social security number
 */
record Traits(List<Identifier> identifiers, String nameBirth, List<String> more) {
  private static final int WHOLE_PHONE = 7;

  static Traits of(JsonNode patient, String sender, Vault vault) {
    List<Identifier> identifiers =
        Senders.given(patient, sender).stream().map(Senders.Given::identifier).toList();
    List<String> more = new ArrayList<>();
    for (JsonNode identifier : patient.path("identifier")) {
      if (identifier.path("system").asText().equals(Senders.SSN)) {
        more.add(vault.index("ssn", identifier.path("value").asText().replaceAll("\\D", "")));
      }
    }
    for (JsonNode telecom : patient.path("telecom")) {
      String value = telecom.path("value").asText();
      if (value.contains("@")) {
        more.add(vault.index("email", plain(value)));
      } else {
        String digits = value.replaceAll("\\D", "");
        if (digits.length() >= WHOLE_PHONE) {
          more.add(vault.index("phone", digits.substring(Math.max(0, digits.length() - 10))));
        }
      }
    }
    for (JsonNode address : patient.path("address")) {
      String line = plain(address.path("line").path(0).asText());
      String postcode = plain(address.path("postalCode").asText());
      if (!line.isEmpty() && !postcode.isEmpty()) {
        more.add(vault.index("address", line + "|" + postcode));
      }
    }
    return new Traits(identifiers, nameBirth(patient, vault), List.copyOf(more));
  }

  private static String nameBirth(JsonNode patient, Vault vault) {
    JsonNode name = patient.path("name").path(0);
    for (JsonNode candidate : patient.path("name")) {
      if (candidate.path("use").asText().equals("official")) {
        name = candidate;
        break;
      }
    }
    String family = plain(name.path("family").asText());
    String given = plain(name.path("given").path(0).asText());
    String birth = patient.path("birthDate").asText();
    return family.isEmpty() || given.isEmpty() || birth.isEmpty()
        ? ""
        : vault.index("name-birth", String.join("|", family, given, birth));
  }

  private static String plain(String text) {
    return Normalizer.normalize(text, Normalizer.Form.NFD)
        .replaceAll("\\p{M}", "")
        .toLowerCase(Locale.ROOT)
        .replaceAll("[^\\p{L}\\p{N}@]+", " ")
        .strip();
  }
}
