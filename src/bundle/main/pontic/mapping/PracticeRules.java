package pontic.mapping;

import java.nio.file.Path;

/**
 * What a practice decides about whom messages mean and whose words count: the shipped files of
 * {@code matching/} and {@code ownership/} with those of the practice laid over them.
 */
public record PracticeRules(MatchRules matching, Ownership patient, Ownership appointment) {

  /**
   * @param mappings folder of the shipped files
   * @throws MappingsInvalid with every problem found in the first file that has one
   */
  public static PracticeRules shipped(Path mappings) {
    return new PracticeRules(
        MatchRules.shipped(mappings),
        Ownership.shipped(mappings, "patient"),
        Ownership.shipped(mappings, "appointment"));
  }

  /**
   * @param practice {@code config/practices/<id>}, which need not exist
   * @throws MappingsInvalid with every problem found in the first file that has one
   */
  public PracticeRules with(Path practice) {
    return new PracticeRules(
        matching.with(practice),
        patient.with(practice, "patient"),
        appointment.with(practice, "appointment"));
  }
}
