package pontic.record;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * What became of a row.
 *
 * @param fhir the resource; a missing node unless {@code outcome} is MAPPED
 * @param reason why there is no resource, in words without values; empty if there is one
 */
public record Translated(Row row, Outcome outcome, JsonNode fhir, String reason) {

  /** How the mapping ended. */
  public enum Outcome {
    MAPPED,
    /** The mapping sends nothing for such a row. */
    LEFT_OUT,
    /** The mapping could not be carried out. */
    FAILED,
    DELETED
  }

  @Override
  public String toString() {
    return row + " " + outcome;
  }
}
