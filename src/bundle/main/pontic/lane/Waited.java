package pontic.lane;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * Since when the work at the head of a lane has waited, and what was seen of its patient meanwhile.
 *
 * @param accepted when its message, and each that it stands for, was accepted, by place among the
 *     practice's messages
 * @param since reads of single rows, and writes that may have taken effect, of other work about the
 *     same patient, the newest first; from three minutes before the first of them came
 */
public record Waited(Map<Long, Instant> accepted, List<Asked> since) {
  public static final Waited NOT = new Waited(Map.of(), List.of());

  public Waited {
    accepted = Map.copyOf(accepted);
    since = List.copyOf(since);
  }
}
