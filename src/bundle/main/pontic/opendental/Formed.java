package pontic.opendental;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import pontic.lane.Decision;

/**
 * A patient's fields without values of a form that the API does not take (open-dental-api.md 2.1):
 * for one of them it would refuse the whole patient. A part of an address is emptied, since what
 * stands there would belong to another one; anything else is left as it stands.
 *
 * @param warnings field names only, no values
 */
record Formed(ObjectNode fields, List<String> warnings) {
  private static final Map<String, Pattern> TAKEN =
      new TreeMap<>(
          Map.of(
              "Zip", Pattern.compile("\\d{5}(-?\\d{4})?|[A-Za-z]\\d[A-Za-z] \\d[A-Za-z]\\d"),
              "State", Pattern.compile("[A-Z]{2}"),
              "SSN", Pattern.compile("\\d{9}")));

  private static final List<String> OF_AN_ADDRESS = List.of("Zip", "State");

  /**
   * @param left what has no field, in words
   */
  static Formed of(JsonNode wanted, List<String> left) {
    ObjectNode fields = wanted.deepCopy();
    List<String> warnings = new ArrayList<>(left);
    TAKEN.forEach(
        (name, form) -> {
          String value = fields.path(name).asText("");
          if (!fields.path(name).isNull() && !value.isEmpty() && !form.matcher(value).matches()) {
            warnings.add(name + " was left out: Open Dental takes none of that form");
            if (OF_AN_ADDRESS.contains(name)) {
              fields.put(name, "");
            } else {
              fields.remove(name);
            }
          }
        });
    return new Formed(fields, warnings);
  }

  /** What is decided, with what was left out among the warnings of its end. */
  Decision told(Decision decision) {
    if (decision instanceof Decision.Done done && !warnings.isEmpty()) {
      return new Decision.Done(
          done.landed(),
          done.keys(),
          done.asserted(),
          done.bookingState(),
          Stream.concat(done.warnings().stream(), warnings.stream()).toList(),
          done.flipping(),
          done.stands(),
          done.rows());
    }
    return decision;
  }
}
