package pontic.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

final class DependencyOrderTest {
  private static List<Set<String>> order(Map<String, List<String>> references) {
    return DependencyOrder.of(new LinkedHashMap<>(references)).stream()
        .map(together -> together.stream().collect(Collectors.toUnmodifiableSet()))
        .toList();
  }

  @Test
  void whatIsReferredToGoesFirst() {
    Map<String, List<String>> references = new LinkedHashMap<>();
    references.put("Procedure/1", List.of("Encounter/1", "Patient/1"));
    references.put("Encounter/1", List.of("Patient/1"));
    references.put("Patient/1", List.of());
    assertEquals(
        List.of(Set.of("Patient/1"), Set.of("Encounter/1"), Set.of("Procedure/1")),
        order(references));
  }

  @Test
  void whatRefersToEachOtherGoesTogetherBehindWhatItNeeds() {
    Map<String, List<String>> references = new LinkedHashMap<>();
    references.put("Claim/1", List.of("Patient/2"));
    references.put("Patient/1", List.of("Patient/2", "Practitioner/1"));
    references.put("Patient/2", List.of("Patient/1"));
    references.put("Practitioner/1", List.of("Organization/not-among-them"));
    assertEquals(
        List.of(Set.of("Practitioner/1"), Set.of("Patient/1", "Patient/2"), Set.of("Claim/1")),
        order(references));
  }

  @Test
  void whoRefersToItselfGoesAlone() {
    assertEquals(List.of(Set.of("Patient/1")), order(Map.of("Patient/1", List.of("Patient/1"))));
  }
}
