package pontic.chart;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What a hospital does not get, or gets in a form that a program cannot use. */
final class Lacking {
  private record Words(String path, Concept concept, Told told) {}

  private final JsonNode chart;
  private final List<Told> all;
  private final List<String> notDrawn;

  /**
   * @param notDrawn what the drawings leave out or found contradictory, in words
   */
  Lacking(JsonNode chart, List<Told> all, List<String> notDrawn) {
    this.chart = chart;
    this.all = all;
    this.notDrawn = notDrawn;
  }

  void show(Page page) {
    page.one("h3", "Not on the drawings");
    list(page, notDrawn, "Everything with a place is drawn.");
    parked(page);
    codes(page);
    untold(page);
  }

  private static void list(Page page, List<String> words, String none) {
    if (words.isEmpty()) {
      page.one("p", none, "class", "note");
      return;
    }
    page.open("ul");
    words.forEach(each -> page.open("li").one("bdi", each).close());
    page.close();
  }

  private void parked(Page page) {
    page.one("h3", "Parked or on the way");
    List<String> parked = new ArrayList<>();
    Map<String, Integer> due = new TreeMap<>();
    for (JsonNode each : chart.path("waiting")) {
      if (each.path("state").asText().equals("parked")) {
        parked.add(
            each.path("delivery").asText()
                + ": parked after "
                + each.path("attempts").asInt()
                + " attempts, "
                + each.path("reason").asText());
      } else {
        due.merge(each.path("destination").asText(), 1, Integer::sum);
      }
    }
    for (JsonNode each : chart.path("messages")) {
      parked.add(
          each.path("type").asText()
              + " "
              + each.path("message").asText()
              + " of a sender: parked, "
              + each.path("reason").asText());
    }
    due.forEach(
        (destination, count) -> parked.add(destination + ": " + count + " resources are due"));
    list(page, parked, "Nothing of this patient is parked, and nothing is due.");
  }

  /** Every CodeableConcept without a code of a system that others know. */
  private void codes(Page page) {
    page.one("h3", "Without a code that others know");
    Map<String, List<Words>> found = new TreeMap<>();
    for (Told told : all) {
      collect(told, "", told.resource(), found);
    }
    if (found.isEmpty()) {
      page.one("p", "Every concept has one.", "class", "note");
      return;
    }
    page.open("table").open("thead").open("tr");
    for (String head : List.of("Element", "Is told", "As", "Times", "Resource")) {
      page.one("th", head, "scope", "col");
    }
    page.close().close().open("tbody");
    found.values().stream()
        .sorted(Comparator.comparing((List<Words> each) -> each.get(0).path()))
        .forEach(each -> line(page, each));
    page.close().close();
  }

  private static void collect(
      Told told, String path, JsonNode node, Map<String, List<Words>> found) {
    if (node.isArray()) {
      node.forEach(each -> collect(told, path, each, found));
    } else if (node.isObject()) {
      for (Map.Entry<String, JsonNode> each : node.properties()) {
        String name =
            path.isEmpty() ? told.type() + "." + each.getKey() : path + "." + each.getKey();
        for (JsonNode value :
            each.getValue().isArray() ? each.getValue() : List.of(each.getValue())) {
          if (isConcept(each.getKey(), value)) {
            Concept concept = new Concept(value);
            if (concept.use() != Concept.Use.CODED) {
              found
                  .computeIfAbsent(
                      name + "|" + concept.words() + "|" + concept.use(), key -> new ArrayList<>())
                  .add(new Words(name, concept, told));
            }
          }
        }
        collect(told, name, each.getValue(), found);
      }
    }
  }

  /** Notes and narratives have a text too. */
  private static boolean isConcept(String name, JsonNode value) {
    return value.isObject()
        && (value.has("coding")
            || value.path("text").isTextual()
                && value.size() == 1
                && !List.of("note", "dosageInstruction", "name", "address", "supportingInfo")
                    .contains(name));
  }

  private static void line(Page page, List<Words> same) {
    Words one = same.get(0);
    page.open("tr").one("th", one.path(), "scope", "row");
    page.open("td").one("bdi", one.concept().words()).close();
    page.one("td", one.concept().use().text()).one("td", "" + same.size());
    page.open("td").one("a", one.told().reference(), "href", "#" + one.told().anchor()).close();
    page.close();
  }

  private void untold(Page page) {
    page.one("h3", "Read and not told");
    Map<String, List<Long>> reasons = new TreeMap<>();
    for (JsonNode each : chart.path("records")) {
      String state = each.path("state").asText();
      if (!state.equals("live")) {
        reasons
            .computeIfAbsent(
                each.path("kind").asText() + ", " + state + ": " + each.path("reason").asText(),
                key -> new ArrayList<>())
            .add(each.path("key").asLong());
      }
    }
    List<String> words = new ArrayList<>();
    reasons.forEach(
        (reason, keys) ->
            words.add(
                reason
                    + " ("
                    + keys.size()
                    + (keys.size() == 1 ? " row: " : " rows: ")
                    + String.join(", ", keys.stream().map(String::valueOf).toList())
                    + ")"));
    page.open(
        "details",
        words.stream().anyMatch(each -> each.contains(", failed: "))
            ? new String[] {"open", ""}
            : new String[0]);
    page.one(
        "summary",
        words.isEmpty()
            ? "Every row that was read is told"
            : "Rows by kind and reason (" + words.size() + ")");
    list(page, words, "There are none.");
    page.close();
  }
}
