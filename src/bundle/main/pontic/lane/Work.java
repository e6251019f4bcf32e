package pontic.lane;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.stream.StreamSupport;

/**
 * An understood message that waits for its lane.
 *
 * @param seq order of acceptance within the practice; 0 for connect, that of the newest message for
 *     watch
 * @param messageId "" for Pontic's own work
 * @param cycle reads of an earlier cycle are stale
 * @param attempts how often a read of it failed while the lane served others
 * @param bundle the FHIR Bundle that it was translated to
 */
public record Work(
    String id,
    String practice,
    long seq,
    String messageId,
    String sender,
    String event,
    String personId,
    String bookingId,
    int cycle,
    int attempts,
    JsonNode bundle) {

  /** In the meta.tag of the bundle: the office itself keeps one of the patient's numbers. */
  public static final String KEPT_BY_OFFICE = "urn:pontic:kept-by-office";

  /** In the meta.tag of the bundle: it asks the office, and its sender waits for the answer. */
  public static final String REQUEST = "urn:pontic:request";

  /**
   * In the meta.tag of the bundle: a create on condition that there is none yet, of which there may
   * be one. It writes nothing; what is there says how it ends (decision 0406).
   */
  public static final String ON_CONDITION = "urn:pontic:on-condition";

  /** What a person who matched it has left among what its sender asserted: a kind of row. */
  public static final String MATCHED = "matched";

  /** A message about a patient whom the practice has; it creates nobody. */
  public static final String KNOWN = "known";

  /** A message that says nothing of the patient but whose its resources are. */
  public static final String CHART = "chart";

  /** A message about the patient and what is asked of the practice for him; it creates him. */
  public static final String REFER = "refer";

  /** Asks a practice for its version and permissions; made by Pontic itself. */
  public static final String CONNECT = "connect";

  /** Looks whether a practice sends the events that are wanted; made by Pontic itself. */
  public static final String SUBSCRIBE = "subscribe";

  /** Compares the API's log of what our key did with what we did; made by Pontic itself. */
  public static final String OWN_LOG = "own-log";

  /** Looks, long after a repeated write, whether it took effect twice. */
  public static final String WATCH = "watch";

  /**
   * Whether a number of the patient's is one that the office keeps (decision 0367). The desk may
   * have given it to the wrong one, so name and birth date are compared.
   */
  public boolean isKeptByOffice() {
    return isTagged(KEPT_BY_OFFICE);
  }

  /** Whether no is an answer that its sender waits for (decision 0359). */
  public boolean isRequest() {
    return isTagged(REQUEST);
  }

  /** Whether it ends by whether its person, or its booking, stands in the practice. */
  public boolean isOnCondition() {
    return isTagged(ON_CONDITION);
  }

  /** The same bundle with this tag. */
  public static JsonNode tagged(JsonNode bundle, String system) {
    ObjectNode tagged = bundle.deepCopy();
    tagged.withObject("/meta").withArray("/tag").addObject().put("system", system);
    return tagged;
  }

  private boolean isTagged(String system) {
    return StreamSupport.stream(bundle.path("meta").path("tag").spliterator(), false)
        .anyMatch(tag -> tag.path("system").asText().equals(system));
  }
}
