package pontic.opendental;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import pontic.lane.Asked;
import pontic.mapping.Ownership.Flips;

/**
 * Values that two systems set against each other (decision 0225): what was written of late, to be
 * written no more where it never stands for long.
 *
 * @param written bodies of the writes of late
 */
record Flipping(List<JsonNode> written, Flips flips) {

  /**
   * @param earlier landed writes about the same patient or appointment, by whatever message
   * @param names of the writes that count
   */
  static Flipping of(List<Asked> earlier, List<String> names, Flips flips, Instant now) {
    return new Flipping(
        earlier.stream()
            .filter(call -> names.contains(call.name()))
            .filter(call -> call.intentAt().isAfter(now.minus(flips.within())))
            .map(call -> call.request().body())
            .toList(),
        flips);
  }

  /** With one more write. */
  Flipping with(JsonNode body) {
    List<JsonNode> all = new ArrayList<>(written);
    all.add(body);
    return new Flipping(List.copyOf(all), flips);
  }

  /**
   * Whether this value was written so often already; since it does not stand now, it was changed
   * each time.
   */
  boolean stuck(String field, String value) {
    return written.stream()
            .filter(body -> body.has(field) && FieldMerge.text(body.path(field)).equals(value))
            .count()
        >= flips.most();
  }

  String warning(String field) {
    Duration within = flips.within();
    return field
        + " was left: this value has been written "
        + flips.most()
        + " times within "
        + within.toHours()
        + " h and was changed each time; two systems set it against each other";
  }
}
