package pontic.mapping;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What a practice decides about whom messages mean and whose words count: the shipped files of
 * {@code matching/}, {@code ownership/} and {@code write/} with those of the practice laid over
 * them.
 *
 * @param rows by resource of the table of writes: who decides fields of rows of a chart
 */
public record PracticeRules(
    MatchRules matching, Ownership patient, Ownership appointment, Map<String, Ownership> rows) {

  public PracticeRules {
    rows = Map.copyOf(rows);
  }

  /**
   * @param mappings folder of the shipped files
   * @throws MappingsInvalid with every problem found in the first file that has one
   */
  public static PracticeRules shipped(Path mappings) {
    return of(
        MatchRules.shipped(mappings),
        Ownership.shipped(mappings, "patient"),
        Ownership.shipped(mappings, "appointment"),
        Writes.load(mappings));
  }

  /** The same of what is loaded already. */
  public static PracticeRules of(
      MatchRules matching, Ownership patient, Ownership appointment, Writes table) {
    Map<String, Ownership> rows = new TreeMap<>();
    table.kinds().stream()
        .filter(RowKind::isChanged)
        .forEach(kind -> rows.put(kind.name(), Ownership.of(kind, patient.flips())));
    return new PracticeRules(matching, patient, appointment, rows);
  }

  /**
   * @param practice {@code config/practices/<id>}, which need not exist
   * @throws MappingsInvalid with every problem found in the first file that has one
   */
  public PracticeRules with(Path practice) {
    Ownership its = patient.with(practice, "patient");
    Map<String, Ownership> own = new TreeMap<>();
    rows.forEach(
        (resource, shipped) ->
            own.put(resource, shipped.with(its.flips()).with(practice, resource)));
    return new PracticeRules(
        matching.with(practice), its, appointment.with(practice, "appointment"), own);
  }

  /** Who decides fields of rows of this kind. */
  public Ownership row(RowKind kind) {
    return Optional.ofNullable(rows.get(kind.name()))
        .orElseGet(() -> Ownership.of(kind, patient.flips()));
  }
}
