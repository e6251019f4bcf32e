package pontic.opendental;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import pontic.mapping.Ownership.Flips;
import pontic.mapping.Ownership.Owner;
import pontic.person.Asserted;

/**
 * Messages of one sender, played one after the other on paper: each is merged with what stands
 * after the one before, so that one write ends where all of them would (decision 0280).
 */
final class Played {
  private Played() {}

  /**
   * What one message says.
   *
   * @param seq its place among the practice's messages
   * @param fields as the API names them
   */
  record Said(String messageId, long seq, JsonNode fields) {}

  /** Whether two say the same fields and leave the same ones empty. */
  static boolean alikeInForm(JsonNode some, JsonNode other) {
    return some.size() == other.size()
        && some.properties().stream()
            .allMatch(
                field ->
                    other.has(field.getKey())
                        && empty(field.getValue()) == empty(other.path(field.getKey())));
  }

  private static boolean empty(JsonNode value) {
    return value.isNull() || FieldMerge.text(value).isEmpty();
  }

  /** What the sender has said once this is said too. */
  static Asserted with(Optional<Asserted> last, Said said) {
    return last.orElse(new Asserted(JsonNodeFactory.instance.objectNode(), Map.of()))
        .with(said.fields(), said.seq());
  }

  /**
   * The changes that all of them bring to a row.
   *
   * @param without fields that are not written by a merge
   * @param last what their sender said before the first
   * @param current the row as it stands
   * @param later whose word is the later where the office changed what a message changes
   */
  static FieldMerge of(
      List<Said> said,
      Collection<String> without,
      Optional<Asserted> last,
      JsonNode current,
      Function<String, Owner> owners,
      Flipping flipping,
      Later later) {
    ObjectNode stands = current.deepCopy();
    ObjectNode changes = JsonNodeFactory.instance.objectNode();
    List<String> warnings = new ArrayList<>();
    List<String> stuck = new ArrayList<>();
    Optional<Asserted> before = last;
    Flipping written = flipping;
    for (Said each : said) {
      ObjectNode words = Words.of(each.fields(), before, each.seq()).standing();
      words.remove(without);
      FieldMerge merge =
          FieldMerge.of(
              words, before.map(Asserted::fields), stands, owners, written, later, each.seq());
      changes.setAll(merge.changes());
      stands.setAll(merge.changes());
      warnings.addAll(merge.warnings());
      stuck.addAll(merge.flipping());
      if (!merge.changes().isEmpty()) {
        written = written.with(merge.changes());
      }
      before = Optional.of(with(before, each));
    }
    List<String> unchanged =
        changes.properties().stream()
            .filter(
                field ->
                    FieldMerge.text(field.getValue())
                        .equals(FieldMerge.text(current.path(field.getKey()))))
            .map(Map.Entry::getKey)
            .toList();
    changes.remove(unchanged);
    return new FieldMerge(
        changes, warnings.stream().distinct().toList(), stuck.stream().distinct().toList());
  }

  /**
   * The row that the first makes, with the changes of the others.
   *
   * @param without fields that are not written by a merge
   */
  static ObjectNode created(
      List<Said> said, Collection<String> without, Function<String, Owner> owners, Flips flips) {
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    Said first = said.get(0);
    first.fields().properties().stream()
        .filter(field -> !field.getValue().asText().isEmpty())
        .forEach(field -> body.set(field.getKey(), field.getValue()));
    FieldMerge rest =
        of(
            said.subList(1, said.size()),
            without,
            Optional.of(with(Optional.empty(), first)),
            body,
            owners,
            new Flipping(List.of(body), flips),
            Later.UNKNOWN);
    body.setAll(rest.changes());
    return body;
  }
}
