package pontic.mapping;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;

/**
 * One mapping, compiled: a function of its input, its variables and the day, safe for many threads.
 */
public interface Mapper {
  /**
   * @param variables by name without the dollar sign; more than the mapping uses do no harm
   * @throws IllegalArgumentException if a variable that the mapping uses is not given
   * @throws CodeRefused if a code is not in a table whose rule is to refuse
   * @throws MappingException if the mapping cannot be carried out; names file and function, never a
   *     value
   */
  JsonNode map(JsonNode input, Map<String, JsonNode> variables);

  /** The same, and which codes of listed tables it missed. */
  default Mapped mapped(JsonNode input, Map<String, JsonNode> variables) {
    return new Mapped(map(input, variables), List.of());
  }
}
