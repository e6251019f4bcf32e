package pontic.lane;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which of our calls may be behind which entries of the API's own log (decision 0343). In types and
 * names of calls {@code *} stands for anything.
 *
 * @param made type to the call whose new row is the patient of such an entry
 * @param left type to the calls that may leave such an entry for their patient, in the order in
 *     which they are tried; none: not compared
 * @param named calls after which the log names their patient
 */
public record LogRules(
    Map<String, String> made, Map<String, List<String>> left, List<String> named) {

  /** The call whose row's key such an entry names. */
  Optional<String> maker(String type) {
    return Optional.ofNullable(made.get(type));
  }

  /** Calls that may leave such an entry; none if it is not compared. */
  List<String> leaving(String type) {
    return left.entrySet().stream()
        .filter(each -> fits(each.getKey(), type))
        .findFirst()
        .map(Map.Entry::getValue)
        .orElse(List.of());
  }

  static boolean fits(String pattern, String name) {
    int star = pattern.indexOf('*');
    return star < 0
        ? pattern.equals(name)
        : name.length() >= pattern.length() - 1
            && name.startsWith(pattern.substring(0, star))
            && name.endsWith(pattern.substring(star + 1));
  }
}
