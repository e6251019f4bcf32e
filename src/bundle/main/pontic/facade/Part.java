package pontic.facade;

import java.util.Set;
import pontic.accept.FhirPart;

/**
 * One message of a request, and what the request said of it.
 *
 * @param entry place in the Bundle, 0 if it came alone
 * @param kind resource type
 * @param brings resource types that it brings about beside its own and that no entry stands for:
 *     whoever may not write them may not send it
 */
record Part(int entry, String kind, Action action, Set<String> brings, FhirPart message) {
  Part {
    brings = Set.copyOf(brings);
  }
}
