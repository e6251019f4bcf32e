package pontic.freshness;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import java.time.Instant;

/**
 * What is told of a breach: that it began, or that it ended.
 *
 * @param destination "" for the practice itself
 * @param began by the store's clock; with practice and destination the identity of the breach
 * @param ended {@link Instant#EPOCH} if this tells that it began
 * @param reason what waited since when, as it began
 */
public record Alert(
    String practice,
    String destination,
    Instant began,
    Instant ended,
    Duration objective,
    String reason) {
  private static final ObjectMapper JSON = new ObjectMapper();

  public boolean ends() {
    return !ended.equals(Instant.EPOCH);
  }

  /** One object; docs/routes/alert.md. */
  public String json() {
    return JSON.createObjectNode()
        .put("alert", "freshness")
        .put("state", ends() ? "ends" : "begins")
        .put("practice", practice)
        .put("destination", destination)
        .put("objectiveSeconds", objective.toSeconds())
        .put("began", began.toString())
        .put("ended", ends() ? ended.toString() : "")
        .put("reason", reason)
        .toString();
  }
}
