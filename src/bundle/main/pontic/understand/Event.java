package pontic.understand;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * How a message type is understood.
 *
 * @param mapping path of the mapping below mappings/, without its ending; "" where nothing is
 *     mapped
 * @param event register, update, {@link #KNOWN}, {@link #REFER}, {@link #CHART}, merge, book, move,
 *     cancel, {@link #NOTHING} or {@link #REFUSE}
 * @param reason for people: why nothing is done with it or why it is refused; else ""
 * @param request whether it asks the office and waits for an answer of its own kind
 * @param with resource types beside its own that are taken of a message whose matter they are not
 * @param matter resource types of which its Bundle has to hold one, each with what the message
 *     lacks that holds none (decision 0409)
 * @param most how often a field ({@code PID-3}) may stand in it in all, segments and repetitions
 *     together (decision 0449)
 * @param urgent whether somebody waits for it: in the lane it goes before what is not (decision
 *     0337)
 */
public record Event(
    String mapping,
    String event,
    String reason,
    boolean request,
    List<String> with,
    Map<String, String> matter,
    Map<String, Integer> most,
    boolean urgent) {
  /** What any message may be about, and what it says of itself. */
  private static final Set<String> OWN = Set.of("Patient", "Appointment", "OperationOutcome");

  /** An update of a patient whom one of its numbers leads to; it creates nobody. */
  public static final String KNOWN = "known";

  /** About a patient of whom it says nothing but who he is; it creates nobody. */
  public static final String CHART = "chart";

  /** Create or update, and rows of the chart that it asks for or tells. */
  public static final String REFER = "refer";

  /** It is taken, and means nothing for Open Dental. */
  public static final String NOTHING = "nothing";

  /** It is refused at the door, with a reason of its own. */
  public static final String REFUSE = "refuse";

  /** A file leaves out what does not apply. */
  public Event {
    mapping = mapping == null ? "" : mapping;
    reason = reason == null ? "" : reason;
    with = with == null ? List.of() : List.copyOf(with);
    matter = matter == null ? Map.of() : Map.copyOf(matter);
    most = most == null ? Map.of() : Map.copyOf(most);
  }

  /** What a message lacks whose Bundle holds nothing of its matter; empty if it does. */
  Optional<String> lacks(JsonNode bundle) {
    for (JsonNode entry : bundle.path("entry")) {
      if (matter.containsKey(entry.path("resource").path("resourceType").asText())) {
        return Optional.empty();
      }
    }
    return matter.values().stream().findFirst();
  }

  /** What a message says too often to be read; empty if nothing. */
  Optional<String> exceeds(JsonNode message) {
    return new TreeMap<>(most)
        .entrySet().stream()
            .filter(bound -> times(message, bound.getKey()) > bound.getValue())
            .map(
                bound ->
                    bound.getKey()
                        + " stands in it "
                        + times(message, bound.getKey())
                        + " times; a message of this type is read with at most "
                        + bound.getValue())
            .findFirst();
  }

  private static int times(JsonNode message, String field) {
    String[] place = field.split("-");
    int times = 0;
    for (JsonNode segment : message.path(place[0])) {
      times += segment.path(place[1]).size();
    }
    return times;
  }

  /** Whether a resource of its Bundle is taken. */
  boolean takes(String resource) {
    return Set.of(CHART, REFER).contains(event)
        || OWN.contains(resource)
        || with.contains(resource);
  }

  /** Whether a message of this type is taken in. */
  public boolean taken() {
    return !event.equals(REFUSE);
  }
}
