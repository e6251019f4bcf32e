package pontic.opendental;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import pontic.lane.Decision;
import pontic.mapping.TextColumn;

/**
 * A patient's fields without values of a form that the API does not take (open-dental-api.md 2.1):
 * for one of them it would refuse the whole patient; and without those that are longer than their
 * columns. A part of an address is emptied, since what stands there would belong to another one;
 * anything else is left as it stands.
 *
 * @param left what none of the fields takes, and what was taken out of them
 */
record Formed(ObjectNode fields, Left left) {
  /** Of a wrong number of the authorities nothing is to be copied into a note. */
  private static final String SSN = "SSN";

  private static final Map<String, Pattern> TAKEN =
      new TreeMap<>(
          Map.of(
              "Zip",
              Pattern.compile("\\d{5}(-?\\d{4})?|[A-Za-z]\\d[A-Za-z] \\d[A-Za-z]\\d"),
              "State",
              Pattern.compile("[A-Z]{2}"),
              SSN,
              Pattern.compile("\\d{9}")));

  private static final List<String> NAMES = List.of("LName", "FName");

  private static final List<String> OF_AN_ADDRESS = List.of("Zip", "State");

  /**
   * @param left what has no field
   * @param columns of a patient's texts
   */
  static Formed of(JsonNode wanted, Left left, Map<String, TextColumn> columns) {
    Fitted fitted = Fitted.of(wanted.deepCopy(), columns);
    ObjectNode fields = fitted.fields();
    List<String> warnings = new ArrayList<>(fitted.warnings());
    warnings.addAll(fitted.changed());
    List<Left.Word> words = new ArrayList<>(fitted.over());
    words.removeIf(word -> word.element().equals(SSN));
    TAKEN.forEach(
        (name, form) -> {
          String value = fields.path(name).asText("");
          if (!fields.path(name).isNull() && !value.isEmpty() && !form.matcher(value).matches()) {
            warnings.add(name + " was left out: Open Dental takes none of that form");
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

  /**
   * What is decided, with what was left out among the warnings of its end, or behind the reason why
   * it is held: it may be the name that is missing.
   */
  Decision told(Decision decision) {
    if (decision instanceof Decision.Hold hold) {
      String nameless =
          warnings().stream()
              .filter(warning -> NAMES.stream().anyMatch(name -> warning.startsWith(name + " was")))
              .collect(Collectors.joining("; "));
      return nameless.isEmpty()
          ? hold
          : new Decision.Hold(hold.reason() + "; " + nameless, hold.candidates());
    }
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
