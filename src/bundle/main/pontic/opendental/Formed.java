package pontic.opendental;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import pontic.lane.Decision;

/**
 * A patient's fields without values of a form that the API does not take (open-dental-api.md 2.1):
 * for one of them it would refuse the whole patient. A part of an address is emptied, since what
 * stands there would belong to another one; anything else is left as it stands.
 *
 * @param left what none of the fields takes, and what was taken out of them
 */
record Formed(ObjectNode fields, Left left) {
  private static final Map<String, Pattern> TAKEN =
      new TreeMap<>(
          Map.of(
              "Zip", Pattern.compile("\\d{5}(-?\\d{4})?|[A-Za-z]\\d[A-Za-z] \\d[A-Za-z]\\d"),
              "State", Pattern.compile("[A-Z]{2}"),
              "SSN", Pattern.compile("\\d{9}")));

  private static final List<String> OF_AN_ADDRESS = List.of("Zip", "State");

  /**
   * @param left what has no field
   */
  static Formed of(JsonNode wanted, Left left) {
    ObjectNode fields = wanted.deepCopy();
    List<String> warnings = new ArrayList<>();
    List<Left.Word> words = new ArrayList<>();
    TAKEN.forEach(
        (name, form) -> {
          String value = fields.path(name).asText("");
          if (!fields.path(name).isNull() && !value.isEmpty() && !form.matcher(value).matches()) {
            warnings.add(name + " was left out: Open Dental takes none of that form");
            // Of a wrong number of the authorities nothing is to be copied into a note.
            if (OF_AN_ADDRESS.contains(name)) {
              words.add(new Left.Word(name, value));
              fields.put(name, "");
            } else {
              fields.remove(name);
            }
          }
        });
    return new Formed(fields, left.and(new Left(warnings, words)));
  }

  /** Field names and paths only, no values. */
  List<String> warnings() {
    return left.sentences();
  }

  /** What is decided, with what was left out among the warnings of its end. */
  Decision told(Decision decision) {
    if (decision instanceof Decision.Done done) {
      Decision.Done told = done;
      for (String warning : warnings()) {
        told = told.with(warning);
      }
      return told;
    }
    return decision;
  }
}
