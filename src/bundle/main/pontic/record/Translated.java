package pontic.record;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import pontic.mapping.MissedCode;

/**
 * What became of a row.
 *
 * @param fhir the resource; a missing node unless {@code outcome} is MAPPED
 * @param reason why there is no resource, in words without values; empty if there is one
 * @param missed codes of the row that listed tables have no entry for
 */
public record Translated(
    Row row, Outcome outcome, JsonNode fhir, String reason, List<MissedCode> missed) {

  public Translated {
    missed = List.copyOf(missed);
  }

  /** Of a row that missed no code. */
  public Translated(Row row, Outcome outcome, JsonNode fhir, String reason) {
    this(row, outcome, fhir, reason, List.of());
  }

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
