package pontic.lane;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;

/**
 * A request that was stored, with what became of it.
 *
 * @param parentId the unclear call that a settle read asks about, else ""
 * @param answer the API's body; missing if there is none (yet)
 * @param baseline what the planner wanted to remember beside a write; missing otherwise
 * @param resultKey primary key of the row that a write made, 0 if none
 */
public record Asked(
    String id,
    Purpose purpose,
    String parentId,
    int cycle,
    int ordinal,
    CallState state,
    Instant intentAt,
    int status,
    ApiRequest request,
    JsonNode answer,
    JsonNode baseline,
    long resultKey,
    String settled) {

  public String name() {
    return request.name();
  }

  public boolean is(Purpose wanted, CallState... states) {
    return purpose == wanted && java.util.Arrays.asList(states).contains(state);
  }
}
