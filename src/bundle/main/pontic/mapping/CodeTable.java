package pontic.mapping;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Codes of one system to values of another, with the rule for a code that is not there.
 *
 * @param rule what an unknown code becomes
 * @param otherwise the value of rule {@link Rule#VALUE}; else null node
 * @param ignoreCase whether codes match without regard to case; the keys are then lower case
 * @param listed whether codes that are not there are counted and listed ({@link MissedCode})
 * @param codings whether values are FHIR codings, written SYSTEM|CODE
 */
record CodeTable(
    String name,
    Rule rule,
    JsonNode otherwise,
    boolean ignoreCase,
    boolean listed,
    boolean codings,
    Map<String, JsonNode> codes) {

  /** Systems that may be written by a short name. */
  private static final Map<String, String> SYSTEMS =
      Map.of(
          "snomed", "http://snomed.info/sct",
          "loinc", "http://loinc.org",
          "rxnorm", "http://www.nlm.nih.gov/research/umls/rxnorm",
          "unii", "http://fdasis.nlm.nih.gov",
          "icd10cm", "http://hl7.org/fhir/sid/icd-10-cm",
          "cdt", "http://www.ada.org/cdt",
          "nucc", "http://nucc.org/provider-taxonomy");

  /** So begin codes of the shipped tables that stand there to be seen. */
  private static final String EXAMPLE = "EXAMPLE-";

  enum Rule {
    KEEP,
    NONE,
    REFUSE,
    VALUE
  }

  CodeTable {
    codes = Map.copyOf(codes);
  }

  /**
   * @param code empty if there is none
   * @throws CodeRefused if the code is unknown and the rule says so
   */
  JsonNode value(String code) {
    JsonNode found = codes.get(ignoreCase ? code.toLowerCase(Locale.ROOT) : code);
    if (found != null) {
      return found;
    }
    return switch (rule) {
      case KEEP -> code.isEmpty() ? NullNode.instance : TextNode.valueOf(code);
      case NONE -> NullNode.instance;
      case REFUSE -> throw new CodeRefused(name, code);
      case VALUE -> otherwise;
    };
  }

  /** Whether this code is one that is counted and listed. */
  boolean lists(String code) {
    return (listed || rule == Rule.REFUSE) && !code.isEmpty() && !knows(code);
  }

  /** Whether there is an entry, be it one that says that the code becomes nothing. */
  boolean knows(String code) {
    return codes.containsKey(ignoreCase ? code.toLowerCase(Locale.ROOT) : code);
  }

  /** Whether somebody has filled it in: what shows how an entry looks is none. */
  boolean hasCodes() {
    return codes.keySet().stream()
        .anyMatch(code -> !code.toUpperCase(Locale.ROOT).startsWith(EXAMPLE));
  }

  static boolean isCoding(String value) {
    int bar = value.indexOf('|');
    String system = bar < 1 ? "" : value.substring(0, bar);
    return (SYSTEMS.containsKey(system) || system.matches("(https?://|urn:)\\S+"))
        && value.substring(bar + 1).matches("[^\\s|]+( [^\\s|]+)*");
  }

  /** What is wrong about a value that is no coding. */
  static String noCoding(String code) {
    return "the value of code '"
        + code
        + "' must be SYSTEM|CODE, the system a URI or one of "
        + String.join(", ", SYSTEMS.keySet().stream().sorted().toList());
  }

  /**
   * @param value as {@link #isCoding} takes it
   */
  static JsonNode coding(String value) {
    int bar = value.indexOf('|');
    String system = value.substring(0, bar);
    return JsonNodeFactory.instance
        .objectNode()
        .put("system", SYSTEMS.getOrDefault(system, system))
        .put("code", value.substring(bar + 1));
  }

  /** This table with these codes laid over its own. */
  CodeTable with(Map<String, String> values) {
    Map<String, JsonNode> merged = new HashMap<>(codes);
    values.forEach(
        (code, value) ->
            merged.put(
                ignoreCase ? code.toLowerCase(Locale.ROOT) : code,
                codings ? coding(value) : TextNode.valueOf(value)));
    return new CodeTable(name, rule, otherwise, ignoreCase, listed, codings, merged);
  }

  /**
   * This table's codes laid over the base's; the rules are this table's, but what is listed and
   * what is a coding stays so.
   */
  CodeTable over(CodeTable base) {
    Map<String, JsonNode> merged = new HashMap<>();
    base.codes.forEach(
        (code, value) -> merged.put(ignoreCase ? code.toLowerCase(Locale.ROOT) : code, value));
    merged.putAll(codes);
    return new CodeTable(
        name, rule, otherwise, ignoreCase, listed || base.listed, base.codings, merged);
  }
}
