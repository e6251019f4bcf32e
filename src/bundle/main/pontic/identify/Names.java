package pontic.identify;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import pontic.mapping.MapperOf;

/**
 * Which of several names is the patient's: the mappings say it, for what is written of him and for
 * what he is found by (decision 0428).
 */
final class Names {
  private static final String NAME = "fhir/patient-name";

  private final MapperOf mappers;

  Names(MapperOf mappers) {
    this.mappers = mappers;
  }

  /**
   * HumanName; null node if he has none.
   *
   * @param patient FHIR Patient
   */
  JsonNode of(String practice, JsonNode patient) {
    return mappers.mapper(practice, NAME).map(patient, Map.of());
  }
}
