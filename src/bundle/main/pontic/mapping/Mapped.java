package pontic.mapping;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/**
 * What a mapping made.
 *
 * @param missed codes that listed tables have no entry for, each once, in the order of the asking
 */
public record Mapped(JsonNode value, List<MissedCode> missed) {
  public Mapped {
    missed = List.copyOf(missed);
  }
}
