package pontic.mapping;

import com.fasterxml.jackson.databind.JsonNode;
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
 */
record CodeTable(
    String name, Rule rule, JsonNode otherwise, boolean ignoreCase, Map<String, JsonNode> codes) {
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

  /** This table with these codes laid over its own. */
  CodeTable with(Map<String, String> values) {
    Map<String, JsonNode> merged = new HashMap<>(codes);
    values.forEach(
        (code, value) ->
            merged.put(ignoreCase ? code.toLowerCase(Locale.ROOT) : code, TextNode.valueOf(value)));
    return new CodeTable(name, rule, otherwise, ignoreCase, merged);
  }

  /** This table's codes laid over the base's; the rules are this table's. */
  CodeTable over(CodeTable base) {
    Map<String, JsonNode> merged = new HashMap<>();
    base.codes.forEach(
        (code, value) -> merged.put(ignoreCase ? code.toLowerCase(Locale.ROOT) : code, value));
    merged.putAll(codes);
    return new CodeTable(name, rule, otherwise, ignoreCase, merged);
  }
}
