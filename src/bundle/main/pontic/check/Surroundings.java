package pontic.check;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import pontic.practice.Settings;

/**
 * What the files find around them in the house: the same that the house itself goes by.
 *
 * @param beans type of each bean that routes may name, by its name
 * @param standIns makes what endpoints may take instead of the house's own: of the right type,
 *     without a connection
 * @param templates route templates that the house makes instances of, with their parameters and an
 *     example of each
 * @param handOvers names of {@code direct:} endpoints that the house calls by itself
 * @param feedParameters named parameters of the files in sql/capture
 * @param mappings names of the mappings that beans ask for
 * @param seams where an engineer may insert steps
 */
public record Surroundings(
    Map<String, Class<?>> beans,
    Map<String, Supplier<?>> standIns,
    Map<String, Map<String, String>> templates,
    Set<String> handOvers,
    Set<String> feedParameters,
    Set<String> mappings,
    List<Seam> seams) {

  /**
   * A stretch of a route into which steps may be inserted.
   *
   * @param route id of the route or template
   * @param after id of the step before it
   * @param before id of the step behind it
   * @param keeps exchange properties that no inserted step may touch
   */
  public record Seam(String route, String after, String before, Set<String> keeps) {}

  /**
   * Depends on the settings, if they could be read: practices and destinations have beans of their
   * own.
   */
  @FunctionalInterface
  public interface Source extends Function<Optional<Settings>, Surroundings> {}
}
