package pontic.chart;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Something that happened or is to happen, as a line of the timeline.
 *
 * @param open not done, not over, or not to be: drawn hollow
 */
record Event(Told told, Lane lane, String words, String status, boolean open) {
  private static final List<String> WHAT =
      List.of(
          "/code",
          "/medicationCodeableConcept",
          "/serviceType/0",
          "/appointmentType",
          "/type/0",
          "/type",
          "/category/0",
          "/class");

  private static final List<String> OVER =
      List.of("completed", "fulfilled", "finished", "final", "current", "arrived", "active");

  /** Categories of what is said of the body as a whole: what was measured, and how he lives. */
  private static final List<String> BODY = List.of("vital-signs", "social-history");

  /** In the order in which they stand below each other. */
  enum Lane {
    APPOINTMENTS("Appointments"),
    ENCOUNTERS("Encounters"),
    PROCEDURES("Procedures"),
    PLANNED("Planned, referred"),
    PLANS("Treatment plans"),
    PERIO("Perio exams"),
    PROBLEMS("Problems"),
    ALLERGIES("Allergies"),
    MEDICATIONS("Medications"),
    VITALS("Vital signs"),
    DOCUMENTS("Documents"),
    TASKS("Tasks"),
    WORDS("Communications"),
    MONEY("Coverage, claims");

    private final String text;

    Lane(String text) {
      this.text = text;
    }

    String text() {
      return text;
    }
  }

  /**
   * @param names of others, by reference
   */
  static Optional<Event> of(Told told, Map<String, String> names) {
    return lane(told).map(lane -> event(told, lane, names));
  }

  private static Optional<Lane> lane(Told told) {
    return switch (told.type()) {
      case "Appointment" -> Optional.of(Lane.APPOINTMENTS);
      case "Encounter" -> Optional.of(Lane.ENCOUNTERS);
      case "Procedure" -> Optional.of(Lane.PROCEDURES);
      case "ServiceRequest" -> Optional.of(Lane.PLANNED);
      case "CarePlan" -> Optional.of(Lane.PLANS);
      case "Condition", "Flag" -> Optional.of(Lane.PROBLEMS);
      case "AllergyIntolerance" -> Optional.of(Lane.ALLERGIES);
      case "MedicationRequest" -> Optional.of(Lane.MEDICATIONS);
      case "DocumentReference" -> Optional.of(Lane.DOCUMENTS);
      case "Task" -> Optional.of(Lane.TASKS);
      case "Communication" -> Optional.of(Lane.WORDS);
      case "Coverage", "Claim", "ClaimResponse" -> Optional.of(Lane.MONEY);
      case "Observation" -> observation(told);
      default -> Optional.empty();
    };
  }

  private static Optional<Lane> observation(Told told) {
    if (told.concept("/code").is(Concept.LOINC, "86603-8")) {
      return Optional.of(Lane.PERIO);
    }
    return told.resource().path("category").findValuesAsText("code").stream()
            .anyMatch(BODY::contains)
        ? Optional.of(Lane.VITALS)
        : Optional.empty();
  }

  private static Event event(Told told, Lane lane, Map<String, String> names) {
    List<String> words = new ArrayList<>();
    WHAT.stream()
        .map(path -> told.concept(path).words())
        .filter(each -> !each.isBlank())
        .findFirst()
        .ifPresent(words::add);
    Stream.of("/title", "/description", "/content/0/attachment/title", "/payload/0/contentString")
        .map(told::text)
        .filter(each -> !each.isBlank() && !words.contains(each))
        .forEach(words::add);
    for (JsonNode site : told.resource().path("bodySite")) {
      String where = new Concept(site).words();
      if (!where.startsWith("Surface ")) {
        words.add(where);
      }
    }
    value(told).ifPresent(words::add);
    told.resource().findValues("reference").stream()
        .map(each -> names.getOrDefault(each.asText(), ""))
        .filter(each -> !each.isEmpty())
        .distinct()
        .forEach(words::add);
    String status = status(told);
    return new Event(
        told, lane, String.join(" · ", words), status, OVER.stream().noneMatch(status::startsWith));
  }

  private static Optional<String> value(Told told) {
    List<String> values = new ArrayList<>();
    quantity(told.resource().path("valueQuantity")).ifPresent(values::add);
    if (told.resource().has("valueCodeableConcept")) {
      values.add(told.concept("/valueCodeableConcept").words());
    }
    for (JsonNode component : told.resource().path("component")) {
      quantity(component.path("valueQuantity"))
          .map(each -> new Concept(component.path("code")).words() + " " + each)
          .ifPresent(values::add);
    }
    return values.isEmpty() ? Optional.empty() : Optional.of(String.join(", ", values));
  }

  private static Optional<String> quantity(JsonNode quantity) {
    return quantity.has("value")
        ? Optional.of(quantity.path("value").asText() + " " + quantity.path("unit").asText())
        : Optional.empty();
  }

  /** Of what has none, the clinical one. */
  static String status(Told told) {
    List<String> all = new ArrayList<>();
    Stream.of("/status", "/clinicalStatus/coding/0/code", "/intent", "/outcome")
        .map(told::text)
        .filter(each -> !each.isEmpty() && !each.equals("plan") && !each.equals("order"))
        .forEach(all::add);
    if (told.isWithdrawn() && !all.contains("entered-in-error")) {
      all.add("entered-in-error");
    }
    String reason = told.concept("/cancelationReason").words();
    return String.join(", ", all) + (reason.isEmpty() ? "" : " (" + reason + ")");
  }
}
