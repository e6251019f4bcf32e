package pontic.opendental;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import pontic.mapping.Ownership.Owner;

/**
 * The three-way merge of what a sender said last, says now, and what stands in Open Dental. A field
 * that the sender merely repeats is never written: whoever changed it since meant to.
 *
 * @param changes only the fields to write
 * @param warnings field names only, no values
 * @param flipping fields that are left since two systems set them against each other
 */
record FieldMerge(ObjectNode changes, List<String> warnings, List<String> flipping) {

  static final FieldMerge NOTHING =
      new FieldMerge(JsonNodeFactory.instance.objectNode(), List.of(), List.of());

  /** What says one thing together: half of the office's and half of the message's says neither. */
  private static final List<Set<String>> TOGETHER =
      List.of(Set.of("AptDateTime", "Op"), Set.of("Address", "Address2", "City", "State", "Zip"));

  /**
   * @param later whose word is the later
   * @param seq place of the message among the practice's
   */
  static FieldMerge of(
      JsonNode now,
      Optional<JsonNode> last,
      JsonNode current,
      Function<String, Owner> owners,
      Flipping flipping,
      Later later,
      long seq) {
    ObjectNode changes = JsonNodeFactory.instance.objectNode();
    List<String> warnings = new ArrayList<>();
    List<String> stuck = new ArrayList<>();
    Set<String> offices = new HashSet<>();
    for (Map.Entry<String, JsonNode> field : now.properties()) {
      String name = field.getKey();
      String wanted = text(field.getValue());
      String stands = text(current.path(name));
      if (wanted.equals(stands)) {
        continue;
      }
      Optional<String> before = last.filter(l -> l.has(name)).map(l -> text(l.path(name)));
      if (before.isPresent() && before.get().equals(wanted)) {
        continue;
      }
      if (flipping.stuck(name, wanted)) {
        stuck.add(name);
        warnings.add(flipping.warning(name));
        continue;
      }
      Owner owner = owners.apply(name);
      boolean isConflict = before.isPresent() && !before.get().equals(stands);
      Later.Word word = isConflict ? later.word(seq, name, stands) : Later.Word.UNKNOWN;
      if (word == Later.Word.OFFICE && owner != Owner.OFFICE) {
        // Had the message not waited, the office's word would stand over the sender's own too.
        offices.add(name);
        warnings.add(
            name
                + " was changed on both sides; the office changed the row after this message had come, so its word stands");
        continue;
      }
      switch (owner) {
        case OFFICE -> warnings.add(name + " is the office's own and was left");
        case SENDER -> changes.set(name, field.getValue());
        case SHARED -> {
          if (before.isEmpty() && !empty(stands)) {
            warnings.add(
                name + " differs from Open Dental and was left, since this sender never set it");
          } else {
            if (isConflict) {
              warnings.add(
                  name
                      + " was changed on both sides; the "
                      + (word == Later.Word.MESSAGE
                          ? "newer word, the message's,"
                          : "message's word")
                      + " was taken");
            }
            changes.set(name, field.getValue());
          }
        }
      }
    }
    TOGETHER.stream()
        .filter(unit -> unit.stream().anyMatch(offices::contains))
        .flatMap(Set::stream)
        .filter(changes::has)
        .sorted()
        .forEach(
            name -> {
              changes.remove(name);
              warnings.add(
                  name
                      + " goes with what the office changed after this message had come, and was left");
            });
    return new FieldMerge(changes, warnings, stuck);
  }

  /** The same with one warning more. */
  FieldMerge with(String warning) {
    return new FieldMerge(
        changes, Stream.concat(warnings.stream(), Stream.of(warning)).toList(), flipping);
  }

  /**
   * Numbers and text compare alike: the API quotes some of its numbers, and tells each break of a
   * line as a space of its own (open-dental-api.md 1.4).
   */
  static String text(JsonNode value) {
    return value.asText("").strip().replaceAll("\\s+", " ");
  }

  /** Open Dental's ways of saying nothing (open-dental-api.md 1.4). */
  static boolean empty(String value) {
    return value.isEmpty()
        || value.equals("0")
        || value.startsWith("0001-01-01")
        || value.equals("Unknown");
  }
}
