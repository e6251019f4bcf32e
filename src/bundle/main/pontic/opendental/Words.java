package pontic.opendental;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import pontic.person.Asserted;

/**
 * What a message says, without what a newer message of its sender has said otherwise since: a
 * message that a person let go on late does not undo it.
 *
 * @param standing fields that are still the sender's word
 * @param newest place of the newest message that spoke otherwise; 0 if none did
 * @param warnings field names only, no values
 */
record Words(ObjectNode standing, long newest, List<String> warnings) {
  static Words of(JsonNode wanted, Optional<Asserted> last, long seq) {
    ObjectNode standing = wanted.deepCopy();
    List<String> warnings = new ArrayList<>();
    long newest = 0;
    for (var field : wanted.properties()) {
      String name = field.getKey();
      long said = last.map(l -> l.seq(name)).orElse(0L);
      boolean otherwise =
          last.isPresent()
              && !FieldMerge.text(field.getValue())
                  .equals(FieldMerge.text(last.get().fields().path(name)));
      if (said > seq && otherwise) {
        standing.remove(name);
        warnings.add(name + " was left: a newer message of this sender says otherwise");
        newest = Math.max(newest, said);
      }
    }
    return new Words(standing, newest, warnings);
  }
}
