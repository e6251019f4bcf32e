package pontic.chart;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Something of teeth or areas that is drawn. */
record Finding(Told told, Status status, Sites sites, String words, String remark) {
  private static final String TOOTH_STATE = "urn:pontic:code-system:tooth-state";

  /** In the order in which they are drawn, one over the other. */
  enum Status {
    EXISTING("E", "Existing", "done before the day it was charted"),
    DONE("C", "Completed", "done in this office"),
    CONDITION("D", "Diagnosed", "an active problem of the tooth"),
    PLANNED("P", "Planned", "asked for and not done"),
    STATE("S", "State", "missing, moved, hidden");

    private final String letter;
    private final String text;
    private final String meaning;

    Status(String letter, String text, String meaning) {
      this.letter = letter;
      this.text = text;
      this.meaning = meaning;
    }

    String letter() {
      return letter;
    }

    String text() {
      return text;
    }

    String meaning() {
      return meaning;
    }

    String style() {
      return "s-" + letter.toLowerCase(Locale.ROOT);
    }
  }

  /** All that is to be drawn on the teeth. */
  static List<Finding> of(List<Told> all) {
    List<Finding> findings = new ArrayList<>();
    for (Told told : all) {
      if (!told.isWithdrawn()) {
        one(told).ifPresent(findings::add);
      }
    }
    return List.copyOf(findings);
  }

  private static Optional<Finding> one(Told told) {
    Sites sites = Sites.of(told.resource().path("bodySite"));
    return switch (told.type()) {
      case "Procedure" -> procedure(told, sites);
      case "ServiceRequest" -> request(told, sites);
      case "Condition" -> condition(told, sites);
      case "Observation" -> state(told, sites);
      default -> Optional.empty();
    };
  }

  private static Optional<Finding> procedure(Told told, Sites sites) {
    if (!told.text("/status").equals("completed")) {
      return Optional.empty();
    }
    JsonNode period = told.resource().path("performedPeriod");
    boolean existing = period.has("end") && !period.has("start");
    String elsewhere =
        existing && !told.resource().has("performer") ? "by nobody that is named" : "";
    return Optional.of(
        new Finding(
            told,
            existing ? Status.EXISTING : Status.DONE,
            sites,
            told.concept("/code").words(),
            elsewhere));
  }

  private static Optional<Finding> request(Told told, Sites sites) {
    String status = told.text("/status");
    if (!status.equals("active") && !status.equals("on-hold")) {
      return Optional.empty();
    }
    String remark =
        (status.equals("on-hold") ? "on hold" : "")
            + (told.text("/priority").equals("urgent") ? " urgent" : "")
            + (told.resource().has("performerType") ? " by somebody else" : "");
    return Optional.of(
        new Finding(told, Status.PLANNED, sites, told.concept("/code").words(), remark.strip()));
  }

  private static Optional<Finding> condition(Told told, Sites sites) {
    boolean listed =
        told.resource().path("category").findValuesAsText("code").contains("problem-list-item");
    boolean active =
        told.resource().path("clinicalStatus").findValuesAsText("code").contains("active");
    return listed && active && told.resource().has("bodySite")
        ? Optional.of(new Finding(told, Status.CONDITION, sites, told.concept("/code").words(), ""))
        : Optional.empty();
  }

  private static Optional<Finding> state(Told told, Sites sites) {
    Concept value = told.concept("/valueCodeableConcept");
    if (value.code(TOOTH_STATE).isEmpty()) {
      return Optional.empty();
    }
    JsonNode moved = told.resource().at("/component/0/valueQuantity");
    String by =
        moved.isMissingNode()
            ? ""
            : "by " + moved.path("value").asText() + " " + moved.path("unit").asText();
    return Optional.of(new Finding(told, Status.STATE, sites, value.words(), by));
  }

  boolean isMissing() {
    return status == Status.STATE
        && told.concept("/valueCodeableConcept").is(TOOTH_STATE, "missing");
  }
}
