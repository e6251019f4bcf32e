package pontic.facade;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.hl7.fhir.r4.model.OperationOutcome.IssueType;
import pontic.facade.FhirFault.Flaw;

/**
 * Finds what turns the meaning of a resource in a way that nobody here knows: R4 forbids to read
 * one without understanding it (decision 0429).
 */
final class Modifiers {
  private static final int MOST_FLAWS = 20;
  private static final String EXTENSION = "modifierExtension";
  private static final String RULES = "implicitRules";

  private Modifiers() {}

  /**
   * @param resource of the form that R4 has
   * @param at its FHIRPath
   * @return each that stands anywhere in it, some of them if they are many
   */
  static List<Flaw> unknown(JsonNode resource, String at) {
    List<Flaw> flaws = new ArrayList<>();
    look(resource, at, flaws);
    return flaws.subList(0, Math.min(flaws.size(), MOST_FLAWS));
  }

  private static void look(JsonNode node, String at, List<Flaw> flaws) {
    if (flaws.size() >= MOST_FLAWS) {
      return;
    }
    for (Map.Entry<String, JsonNode> field : node.properties()) {
      String name = field.getKey().startsWith("_") ? field.getKey().substring(1) : field.getKey();
      String place = at + "." + name;
      if (name.equals(EXTENSION)) {
        flaws.add(
            new Flaw(
                IssueType.EXTENSION,
                place,
                "no modifier extension is known here, and what bears one must not be read without"
                    + " it"));
      } else if (name.equals(RULES)) {
        flaws.add(
            new Flaw(
                IssueType.NOTSUPPORTED,
                place,
                "no rules but R4's own are known here, and what was made by others must not be read"
                    + " without them"));
      } else {
        look(field.getValue(), place, flaws);
      }
    }
    for (int i = 0; node.isArray() && i < node.size(); i++) {
      look(node.get(i), at + "[" + i + "]", flaws);
    }
  }
}
