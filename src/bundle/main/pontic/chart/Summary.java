package pontic.chart;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** Who it is, and what a clinician looks for first. */
final class Summary {
  private final List<Told> all;

  Summary(List<Told> all) {
    this.all = all;
  }

  /** Name as it is told; empty if there is no Patient. */
  Optional<String> name() {
    return patient().map(each -> name(each.resource().at("/name/0")));
  }

  private Optional<Told> patient() {
    return all.stream().filter(each -> each.type().equals("Patient")).findFirst();
  }

  static String name(JsonNode name) {
    if (name.hasNonNull("text")) {
      return name.path("text").asText();
    }
    List<String> parts = new ArrayList<>();
    for (String part : List.of("prefix", "given", "family", "suffix")) {
      JsonNode its = name.path(part);
      if (its.isArray()) {
        its.forEach(each -> parts.add(each.asText()));
      } else if (!its.asText().isEmpty()) {
        parts.add(its.asText());
      }
    }
    return String.join(" ", parts);
  }

  void show(Page page) {
    page.open("div", "class", "cards");
    patient().ifPresent(each -> person(page, each));
    card(page, "Allergies", each -> each.type().equals("AllergyIntolerance"));
    card(
        page,
        "Problems",
        each ->
            each.type().equals("Condition")
                && each.resource()
                    .path("category")
                    .findValuesAsText("code")
                    .contains("problem-list-item"));
    card(page, "Medications", each -> each.type().equals("MedicationRequest"));
    page.close();
  }

  private static void person(Page page, Told told) {
    page.open("section", "class", "card person").one("h3", "Patient").open("dl");
    JsonNode resource = told.resource();
    row(page, "Born", told.text("/birthDate"));
    row(
        page,
        "Died",
        told.text("/deceasedDateTime")
            + (resource.path("deceasedBoolean").asBoolean() ? "yes" : ""));
    row(page, "Gender", told.text("/gender"));
    row(page, "Active", told.text("/active"));
    for (JsonNode each : resource.path("telecom")) {
      row(
          page,
          each.path("system").asText(),
          each.path("value").asText() + " " + each.path("use").asText());
    }
    for (JsonNode each : resource.path("address")) {
      List<String> parts = new ArrayList<>();
      each.path("line").forEach(line -> parts.add(line.asText()));
      for (String part : List.of("city", "state", "district", "postalCode", "country")) {
        if (each.hasNonNull(part)) {
          parts.add(each.path(part).asText());
        }
      }
      row(page, "Address", String.join(", ", parts));
    }
    row(page, "Language", new Concept(resource.at("/communication/0/language")).words());
    row(page, "Marital status", new Concept(resource.path("maritalStatus")).words());
    for (JsonNode each : resource.path("extension")) {
      String url = each.path("url").asText();
      if (url.matches(".*us-core-(race|ethnicity)")) {
        row(
            page,
            url.endsWith("race") ? "Race" : "Ethnicity",
            String.join(", ", each.findValuesAsText("valueString")));
      }
    }
    for (JsonNode each : resource.path("contact")) {
      row(page, "Contact", name(each.path("name")) + " " + each.at("/telecom/0/value").asText());
    }
    for (JsonNode each : resource.path("identifier")) {
      row(page, each.path("system").asText(), each.path("value").asText());
    }
    for (JsonNode each : resource.path("link")) {
      row(page, each.path("type").asText(), each.at("/other/reference").asText());
    }
    page.close().close();
  }

  private static void row(Page page, String name, String value) {
    if (!value.isBlank()) {
      page.one("dt", name).open("dd").one("bdi", value.strip()).close();
    }
  }

  private void card(Page page, String title, Predicate<Told> which) {
    List<Told> its = all.stream().filter(which).filter(each -> !each.isWithdrawn()).toList();
    page.open("section", "class", "card").one("h3", title);
    if (its.isEmpty()) {
      page.one("p", "Nothing told.", "class", "note");
    }
    page.open("ul");
    for (Told each : its) {
      Concept code =
          each.concept(
              each.type().equals("MedicationRequest") ? "/medicationCodeableConcept" : "/code");
      page.open("li");
      page.open("a", "href", "#" + each.anchor()).one("bdi", code.words()).close();
      page.text(" " + Event.status(each) + (each.when().isEmpty() ? "" : ", " + each.when()) + " ");
      page.one("small", code.use() == Concept.Use.CODED ? code.codesBeside() : code.use().text());
      JsonNode reaction = each.resource().at("/reaction/0/manifestation/0");
      if (!reaction.isMissingNode()) {
        page.text(" reaction: ").one("bdi", new Concept(reaction).words());
      }
      page.close();
    }
    page.close().close();
  }
}
