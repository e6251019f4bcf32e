package pontic.identify;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import pontic.mapping.MatchRules;
import pontic.mapping.MatchRules.Fact;
import pontic.person.Identifier;
import pontic.store.Vault;

/**
 * What a FHIR Patient can be told apart by, as keyed hashes.
 *
 * @param nameBirth of last name, first name and birth date; "" if one is missing
 * @param more of phones, e-mail addresses, street and postcode, social security number, sex and
 *     middle initial, each with its kind before it: {@code phone:…}
 */
record Traits(List<Identifier> identifiers, String nameBirth, List<String> more) {
  private static final int WHOLE_PHONE = 7;

  private static final Map<String, Fact> EQUAL =
      Map.of("phone", Fact.PHONE, "email", Fact.EMAIL, "address", Fact.ADDRESS, "ssn", Fact.SSN);

  private static final Map<String, Fact> DIFFERS =
      Map.of("sex", Fact.SEX_DIFFERS, "middle", Fact.MIDDLE_NAME_DIFFERS, "ssn", Fact.SSN_DIFFERS);

  /**
   * @param name HumanName that is the patient's of several, as it is written too
   */
  static Traits of(JsonNode patient, JsonNode name, String sender, MatchRules rules, Vault vault) {
    List<Identifier> identifiers =
        Senders.leading(patient, sender, rules).stream().map(Senders.Given::identifier).toList();
    More more = new More(rules, vault, new ArrayList<>());
    for (JsonNode identifier : patient.path("identifier")) {
      if (identifier.path("system").asText().equals(Senders.SSN)) {
        more.add("ssn", identifier.path("value").asText().replaceAll("\\D", ""));
      }
    }
    for (JsonNode telecom : patient.path("telecom")) {
      String value = telecom.path("value").asText();
      String digits = value.replaceAll("\\D", "");
      if (value.contains("@")) {
        more.add("email", MatchRules.key(value));
      } else if (digits.length() >= WHOLE_PHONE) {
        more.add("phone", digits.substring(Math.max(0, digits.length() - 10)));
      }
    }
    for (JsonNode address : patient.path("address")) {
      String line = MatchRules.key(address.path("line").path(0).asText());
      String postcode = MatchRules.key(address.path("postalCode").asText());
      if (!postcode.isEmpty() && rules.tells(line)) {
        more.add("address", line + "|" + postcode);
      }
    }
    String sex = patient.path("gender").asText();
    if (Set.of("male", "female").contains(sex)) {
      more.add("sex", sex);
    }
    String middle = MatchRules.key(name.path("given").path(1).asText());
    if (!middle.isEmpty()) {
      more.add("middle", middle.substring(0, 1));
    }
    return new Traits(identifiers, nameBirth(name, patient, vault), List.copyOf(more.indexes()));
  }

  /** What can be said of this one and another of the same name and birth date. */
  Set<Fact> facts(List<String> other) {
    Set<Fact> facts = EnumSet.of(Fact.LAST_NAME, Fact.FIRST_NAME);
    EQUAL.forEach(
        (kind, fact) -> {
          if (of(kind, more).stream().anyMatch(of(kind, other)::contains)) {
            facts.add(fact);
          }
        });
    DIFFERS.forEach(
        (kind, fact) -> {
          Set<String> its = of(kind, more);
          Set<String> others = of(kind, other);
          if (!its.isEmpty() && !others.isEmpty() && its.stream().noneMatch(others::contains)) {
            facts.add(fact);
          }
        });
    return facts;
  }

  private static Set<String> of(String kind, List<String> indexes) {
    return indexes.stream()
        .filter(index -> index.startsWith(kind + ":"))
        .collect(Collectors.toSet());
  }

  private record More(MatchRules rules, Vault vault, List<String> indexes) {
    void add(String kind, String value) {
      if (rules.tells(value)) {
        indexes.add(kind + ":" + vault.index(kind, value));
      }
    }
  }

  private static String nameBirth(JsonNode name, JsonNode patient, Vault vault) {
    String family = MatchRules.key(name.path("family").asText());
    String given = MatchRules.key(name.path("given").path(0).asText());
    String birth = patient.path("birthDate").asText();
    return family.isEmpty() || given.isEmpty() || birth.isEmpty()
        ? ""
        : vault.index("name-birth", String.join("|", family, given, birth));
  }
}
