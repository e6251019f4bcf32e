package pontic.opendental;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * A named mapping from one FHIR resource to rows of the API, with the practice's zone and codes.
 */
@FunctionalInterface
public interface ToRows {
  /**
   * @param mapping {@code inbound/allergy}
   * @return one row, a list of them, or null where the resource becomes none of this kind
   */
  JsonNode map(String practice, String mapping, JsonNode resource);
}
