package pontic.mapping;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.schibsted.spt.data.jslt.Function;
import java.util.HashMap;
import java.util.Map;

/**
 * {@code hl7-split(message, "OBR")} gives {@code {"head": what stands before the first OBR,
 * "groups": [what stands from one OBR to the next]}}; each part has the form of a message, so that
 * it can be split further; {@code notes} are the NTE directly behind the segment that begins a
 * group, the first of its NTE. HL7 v2 says by order alone which OBX belongs to which OBR. The work
 * grows linearly with the message.
 */
final class Hl7Split implements Function {
  private static final String SEGMENTS = "segments";
  private static final String NOTES = "notes";

  @Override
  public String getName() {
    return "hl7-split";
  }

  @Override
  public int getMinArguments() {
    return 2;
  }

  @Override
  public int getMaxArguments() {
    return 2;
  }

  @Override
  public JsonNode call(JsonNode input, JsonNode[] given) {
    if (!given[0].path(SEGMENTS).isArray() || !given[1].isTextual()) {
      throw new MappingException(
          "hl7-split() takes a message as JSON and the name of the segment that begins a group");
    }
    ObjectNode split = JsonNodeFactory.instance.objectNode();
    ObjectNode part = split.putObject("head");
    ArrayNode groups = split.putArray("groups");
    part.putArray(SEGMENTS);
    Map<String, Integer> seen = new HashMap<>();
    boolean behind = false;
    for (JsonNode segment : given[0].path(SEGMENTS)) {
      String name = segment.asText();
      int at = seen.merge(name, 1, Integer::sum) - 1;
      if (name.equals(given[1].asText())) {
        part = groups.addObject();
        part.putArray(SEGMENTS);
        part.putArray(NOTES);
        behind = true;
      } else if (behind && name.equals("NTE")) {
        part.withArray(NOTES).add(given[0].path(name).path(at));
      } else {
        behind = false;
      }
      part.withArray(name).add(given[0].path(name).path(at));
      part.withArray(SEGMENTS).add(name);
    }
    return split;
  }
}
