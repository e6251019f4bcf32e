package pontic.opendental;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Which events a practice is to send.
 *
 * @param url where to, with a slash at its end; the table's name follows. Blank: nothing is wanted
 * @param workstations whose programs look for changes; "" stands for all
 * @param seconds how often they look
 * @param tables wanted ones by name; the value says why nothing is asked for all the same, blank if
 *     something is
 */
public record HintTerms(
    String url, List<String> workstations, long seconds, Map<String, String> tables) {

  public static final HintTerms NONE = new HintTerms("", List.of(), 0, Map.of());

  public HintTerms {
    workstations = List.copyOf(workstations);
    tables = Map.copyOf(new TreeMap<>(tables));
  }
}
