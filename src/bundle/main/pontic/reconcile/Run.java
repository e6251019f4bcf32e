package pontic.reconcile;

import java.time.Instant;
import java.util.Set;

/**
 * One comparison and how far it is.
 *
 * @param feed stem of the file in {@code sql/capture} whose rows are compared
 * @param resource FHIR type that they become
 * @param destination empty: rows of Open Dental against records; else records against it
 * @param manyDeletes a person said that many rows may be gone
 * @param afterKey all keys up to here have been compared
 * @param untilKey last key of a page that is looked at again; else above every key
 * @param phase of the page: 0 first look, 1 looked at again, 2 after its repair
 * @param suspects keys that differed at the look before
 * @param total records when it began
 * @param gone rows that it found gone, so far
 * @param purpose of it
 * @param since of a load: only rows stamped then or later; {@link Instant#EPOCH}: all
 */
public record Run(
    String id,
    String practice,
    String feed,
    String resource,
    String destination,
    boolean dryRun,
    boolean manyDeletes,
    long afterKey,
    long untilKey,
    int phase,
    Set<Long> suspects,
    long total,
    long gone,
    Purpose purpose,
    Instant since) {

  public Run {
    suspects = Set.copyOf(suspects);
  }

  public boolean isLoad() {
    return purpose == Purpose.LOAD;
  }

  /** Only rows from a stamp on are wanted. */
  public boolean isSince() {
    return since.isAfter(Instant.EPOCH);
  }
}
