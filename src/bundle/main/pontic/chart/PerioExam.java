package pontic.chart;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * The measures of one periodontal exam as they are told: of a group, or of a day where no group
 * lists them.
 */
final class PerioExam {
  private static final String EXAM = "86603-8";
  private static final String MOBILITY = "34005-9";

  /** By LOINC's code of the measure. */
  private static final Map<String, Measure> MEASURES =
      Map.of(
          "34015-8",
          Measure.FURCATION,
          "32911-0",
          Measure.MARGIN,
          "32913-6",
          Measure.JUNCTION,
          "32910-2",
          Measure.DEPTH,
          MOBILITY,
          Measure.MOBILITY);

  /** By LOINC's code of the probe site. */
  private static final Map<String, Site> SITES =
      Map.of(
          "LA9270-5", Site.MF,
          "LA9269-7", Site.F,
          "LA9271-3", Site.DF,
          "LA9274-7", Site.ML,
          "LA9272-1", Site.L,
          "LA9273-9", Site.DL);

  /** By the code of what was found at a site. */
  private static final Map<String, String> FLAGS =
      Map.of("64044-1", "B", "suppuration", "S", "34016-6", "P", "calculus", "C");

  enum Measure {
    DEPTH,
    MARGIN,
    JUNCTION,
    FURCATION,
    MOBILITY
  }

  enum Site {
    MF,
    F,
    DF,
    ML,
    L,
    DL
  }

  private record Place(int tooth, Measure measure, Site site) {}

  private final String title;
  private final String by;
  private final Map<Place, Integer> values = new LinkedHashMap<>();
  private final Map<Integer, Map<Site, Set<String>>> flags = new TreeMap<>();
  private final List<String> wrong = new ArrayList<>();

  private PerioExam(String title, String by) {
    this.title = title;
    this.by = by;
  }

  /** Newest first. */
  static List<PerioExam> of(List<Told> all) {
    Map<String, Told> measures = new LinkedHashMap<>();
    all.stream()
        .filter(each -> !each.isWithdrawn() && isMeasure(each))
        .forEach(each -> measures.put(each.reference(), each));
    List<PerioExam> exams = new ArrayList<>();
    all.stream()
        .filter(each -> each.concept("/code").is(Concept.LOINC, EXAM) && !each.isWithdrawn())
        .sorted((one, other) -> other.when().compareTo(one.when()))
        .forEach(
            each -> {
              PerioExam exam =
                  new PerioExam(
                      "Exam of " + (each.when().isEmpty() ? "an unknown day" : each.when()),
                      each.anchor());
              for (JsonNode member : each.resource().path("hasMember")) {
                Told measure = measures.remove(member.path("reference").asText());
                if (measure == null) {
                  exam.wrong.add(
                      "it lists " + member.path("reference").asText() + ", which is not told");
                } else {
                  exam.add(measure);
                }
              }
              exams.add(exam);
            });
    if (!measures.isEmpty()) {
      PerioExam loose = new PerioExam("Measures that no exam lists", "");
      measures.values().forEach(loose::add);
      exams.add(loose);
    }
    return List.copyOf(exams);
  }

  /** A component names its site, or it is the mobility of a whole tooth. */
  private static boolean isMeasure(Told told) {
    if (!told.type().equals("Observation")) {
      return false;
    }
    if (told.concept("/code").is(Concept.LOINC, MOBILITY)) {
      return true;
    }
    for (JsonNode component : told.resource().path("component")) {
      if (site(new Concept(component.path("code"))).isPresent()) {
        return true;
      }
    }
    return false;
  }

  private static Optional<Site> site(Concept code) {
    for (JsonNode coding : code.node().path("coding")) {
      if (coding.path("system").asText().equals(Concept.LOINC)
          && SITES.containsKey(coding.path("code").asText())) {
        return Optional.of(SITES.get(coding.path("code").asText()));
      }
    }
    return Optional.empty();
  }

  private void add(Told told) {
    Sites sites = Sites.of(told.resource().path("bodySite"));
    if (sites.teeth().size() != 1
        || sites.teeth().get(0).isPrimary()
        || sites.teeth().get(0).isSupernumerary()) {
      wrong.add(told.reference() + " is of no permanent tooth by its code");
      return;
    }
    int tooth = Integer.parseInt(sites.teeth().get(0).number());
    if (told.resource().has("valueInteger")) {
      put(
          new Place(tooth, Measure.MOBILITY, Site.F),
          told.resource().path("valueInteger").asInt(),
          told);
    }
    for (JsonNode component : told.resource().path("component")) {
      component(tooth, component, told);
    }
  }

  private void component(int tooth, JsonNode component, Told told) {
    Concept code = new Concept(component.path("code"));
    Optional<Site> site = site(code);
    if (site.isEmpty()) {
      wrong.add(told.reference() + " has a part of no site");
      return;
    }
    boolean understood = false;
    for (JsonNode coding : code.node().path("coding")) {
      String value = coding.path("code").asText();
      if (FLAGS.containsKey(value) && component.path("valueBoolean").asBoolean()) {
        flags
            .computeIfAbsent(tooth, key -> new TreeMap<>())
            .computeIfAbsent(site.get(), key -> new HashSet<>())
            .add(FLAGS.get(value));
        understood = true;
      } else if (MEASURES.containsKey(value)) {
        JsonNode number =
            component.has("valueInteger")
                ? component.path("valueInteger")
                : component.at("/valueQuantity/value");
        put(new Place(tooth, MEASURES.get(value), site.get()), number.asInt(), told);
        understood = true;
      }
    }
    if (!understood) {
      wrong.add(told.reference() + " has a part that no code explains: " + code.words());
    }
  }

  private void put(Place place, int value, Told told) {
    Integer before = values.putIfAbsent(place, value);
    if (before != null && before != value) {
      wrong.add(
          "tooth "
              + place.tooth()
              + " has two values of "
              + place.measure().name().toLowerCase(Locale.ROOT)
              + ", "
              + before
              + " and "
              + value
              + " ("
              + told.reference()
              + "); the first is drawn");
    }
  }

  String title() {
    return title;
  }

  /** Anchor of the group; "" if there is none. */
  String by() {
    return by;
  }

  /** What contradicts itself or cannot be drawn, in words. */
  List<String> wrong() {
    return List.copyOf(wrong);
  }

  boolean isEmpty() {
    return values.isEmpty() && flags.isEmpty();
  }

  Optional<Integer> value(int tooth, Measure measure, Site site) {
    return Optional.ofNullable(values.get(new Place(tooth, measure, site)));
  }

  Optional<Integer> mobility(int tooth) {
    return value(tooth, Measure.MOBILITY, Site.F);
  }

  /** Letters of B bleeding, S suppuration, P plaque, C calculus. */
  Set<String> flags(int tooth, Site site) {
    return flags.getOrDefault(tooth, Map.of()).getOrDefault(site, Set.of());
  }

  boolean has(Measure measure) {
    return values.keySet().stream().anyMatch(each -> each.measure() == measure);
  }

  boolean has(int tooth) {
    return flags.containsKey(tooth)
        || values.keySet().stream().anyMatch(each -> each.tooth() == tooth);
  }

  /** How many sites were probed, how many are at least so deep. */
  long depths(int least) {
    return values.entrySet().stream()
        .filter(each -> each.getKey().measure() == Measure.DEPTH && each.getValue() >= least)
        .count();
  }

  long bleeding() {
    return flags.values().stream()
        .flatMap(each -> each.values().stream())
        .filter(each -> each.contains("B"))
        .count();
  }
}
