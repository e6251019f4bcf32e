package pontic.lane;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What of work stands in the practice, though the work as a whole was refused or given up (decision
 * 0390).
 *
 * @param keys of the rows, as a receipt names them
 * @param made rows that it made, by their keys
 * @param changed rows that it changed, with what became of each
 * @param asserted what its sender has said by that, as in {@link Decision.Done}
 * @param bookingState new state of the booking, "" to leave it
 */
public record Standing(
    Map<String, Long> keys,
    List<String> made,
    List<String> changed,
    Map<String, JsonNode> asserted,
    String bookingState) {
  /** Nothing of it was written. */
  public static final Standing NOTHING = new Standing(Map.of(), List.of(), List.of(), Map.of(), "");

  public Standing {
    made = List.copyOf(made);
    changed = List.copyOf(changed);
  }

  /** A reason, and what stands nevertheless. */
  String after(String reason) {
    Set<String> all = new LinkedHashSet<>(made);
    all.addAll(changed);
    return all.isEmpty()
        ? reason
        : reason
            + "; of it "
            + (changed.isEmpty() ? "stands " : "stands: ")
            + String.join(", ", all);
  }
}
