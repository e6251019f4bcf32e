package pontic.chart;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Where something is, by codes alone, as a program of the hospital would draw it.
 *
 * @param teeth in their order
 * @param surfaces letters of the ADA, of the one tooth
 * @param areas arches, quadrants, sextants, the mouth: in words
 * @param wrong what cannot be drawn, or contradicts itself, in words
 */
record Sites(List<Tooth> teeth, Set<String> surfaces, List<String> areas, List<String> wrong) {

  /** Of {@code bodySite}, one or a list. */
  static Sites of(JsonNode bodySite) {
    List<Tooth> teeth = new ArrayList<>();
    Set<String> surfaces = new LinkedHashSet<>();
    List<String> areas = new ArrayList<>();
    List<String> wrong = new ArrayList<>();
    for (JsonNode each : bodySite.isArray() ? bodySite : List.of(bodySite)) {
      Concept site = new Concept(each);
      Optional<Tooth> universal = site.code(Concept.UNIVERSAL).flatMap(Tooth::ofUniversal);
      Optional<Tooth> iso = site.code(Concept.ISO).flatMap(Tooth::ofIso);
      Optional<Tooth> tooth = universal.or(() -> iso);
      Optional<String> surface = site.code(Concept.SURFACE);
      if (universal.isPresent() && iso.isPresent() && !universal.equals(iso)) {
        wrong.add("its codes name different teeth: " + String.join(", ", site.codes()));
      }
      if (tooth.isPresent()) {
        teeth.add(tooth.get());
        lettersBeyond(site).ifPresent(wrong::add);
      } else if (surface.isPresent()) {
        surfaces.add(surface.get());
      } else if (site.code(Concept.AREA).isPresent()) {
        areas.add(site.words());
      } else if (!each.isMissingNode() && !each.isNull()) {
        wrong.add("no code says which tooth or area: " + site.words());
      }
    }
    if (!surfaces.isEmpty() && teeth.size() != 1) {
      wrong.add("surfaces of not one tooth");
    }
    return new Sites(
        List.copyOf(teeth), Set.copyOf(surfaces), List.copyOf(areas), List.copyOf(wrong));
  }

  /** Class V, of which only words tell: the ADA's list has no letter for it. */
  private static Optional<String> lettersBeyond(Concept site) {
    String words = site.node().path("text").asText();
    int at = words.toLowerCase(Locale.ROOT).indexOf(", surfaces ");
    String letters = at < 0 ? "" : words.substring(at + ", surfaces ".length());
    return letters.matches(".*[^MOIDBFL].*")
        ? Optional.of("in words only: " + words)
        : Optional.empty();
  }

  boolean isEmpty() {
    return teeth.isEmpty() && areas.isEmpty();
  }
}
