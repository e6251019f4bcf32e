package pontic.send;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import pontic.practice.Destination;

/**
 * Adds to a resource what the destination's own senders call it (decisions 0105, 0330): only to
 * what is sent, never to records, so a number that is learned makes nothing due.
 */
public final class OwnNumbers {
  private final Named named;

  /** Identifiers of a row as these senders of a practice wrote them. */
  @FunctionalInterface
  public interface Named {
    /**
     * @param resource kind of record: {@code Patient}, {@code AllergyIntolerance:allergy}
     * @return FHIR Identifiers, the newest first
     */
    List<JsonNode> of(String practice, java.util.Set<String> senders, String resource, long key);
  }

  public OwnNumbers(Named named) {
    this.named = named;
  }

  /** What the destination's senders call the row. */
  List<JsonNode> of(String practice, Destination destination, String resource, long key) {
    return named.of(practice, destination.senders(), resource, key);
  }

  /** Of a patient or an appointment. */
  void add(ObjectNode resource, String practice, Destination destination, long key) {
    add(resource, practice, destination, resource.path("resourceType").asText(), key);
  }

  /**
   * @param kind of its record
   */
  void add(ObjectNode resource, String practice, Destination destination, String kind, long key) {
    List<JsonNode> own = of(practice, destination, kind, key);
    if (!own.isEmpty()) {
      resource.withArray("identifier").addAll(own);
    }
  }
}
