package pontic.opendental;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * The mapping from one FHIR resource to the API's fields, with the practice's zone and code tables.
 */
@FunctionalInterface
public interface ToApiFields {
  JsonNode map(String practice, JsonNode resource);
}
