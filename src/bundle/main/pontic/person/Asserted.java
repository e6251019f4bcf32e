package pontic.person;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashMap;
import java.util.Map;

/**
 * What a sender last said of one patient or appointment.
 *
 * @param fields as the practice system's API names them
 * @param seqs by field: place of the message that said it, among the practice's messages
 */
public record Asserted(JsonNode fields, Map<String, Long> seqs) {
  public Asserted {
    seqs = Map.copyOf(seqs);
  }

  /** Place of the message that said this field last; 0 if none did. */
  public long seq(String field) {
    return seqs.getOrDefault(field, 0L);
  }

  /** With the words of the message at {@code seq}, but where a newer message has spoken. */
  public Asserted with(JsonNode said, long seq) {
    ObjectNode both = JsonNodeFactory.instance.objectNode();
    fields.properties().forEach(field -> both.set(field.getKey(), field.getValue()));
    Map<String, Long> places = new HashMap<>(seqs);
    said.properties().stream()
        .filter(field -> seq(field.getKey()) <= seq)
        .forEach(
            field -> {
              both.set(field.getKey(), field.getValue());
              places.put(field.getKey(), seq);
            });
    return new Asserted(both, places);
  }
}
