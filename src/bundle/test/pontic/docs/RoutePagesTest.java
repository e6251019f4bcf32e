package pontic.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import pontic.check.Picture;

/**
 * A page for each route, held against the route's file. {@code -Dpontic.docs.write=true} makes the
 * skeleton of a page that is missing; a skeleton is refused until somebody has filled it.
 */
final class RoutePagesTest {

  private static final List<String> HEADINGS =
      List.of("Purpose", "Trigger", "In and out", "Settings", "Faults", "Seams", "Replay", "Tests");

  /** Where a test sees what a route did, by the words of a page, and what it then asks. */
  private static final Map<String, Pattern> FAR_ENDS =
      Map.of(
          "the office's row", Pattern.compile("\\.office\\("),
          "the hospital's server", Pattern.compile("\\.hospital\\(\\)"),
          "the hospital's engine",
              Pattern.compile("\\.hospitalMllp\\(\\)|\\bHospitalMllp engine\\b"),
          "the registry's server", Pattern.compile("\\.registry\\(\\)"),
          "the sender's answer", Pattern.compile("acknowledgement\\(|Fixture\\.request\\("),
          "the API's requests", Pattern.compile("\\.requests\\(\\)"));

  private static final Pattern TEST = Pattern.compile("(?m)^\\| `(\\w+Test)` \\| ([^|]+) \\|$");

  private static final String UNTOLD = "(not told yet)";

  private static final Pattern QUOTED = Pattern.compile("`([^`\\n]+)`");
  private static final Pattern STEPS =
      Pattern.compile("[Ss]teps? ((?:`[^`]+`(?:, | and | or )?)+)");
  private static final Pattern PLACEHOLDER =
      Pattern.compile("\\{\\{((?:pontic|routes)\\.[a-z0-9.-]+)");
  private static final Pattern SEAM =
      Pattern.compile(
          "new Seam\\(\\s*\"([^\"]+)\",\\s*\"([^\"]+)\",\\s*\"([^\"]+)\",\\s*Set\\.of\\(([^)]*)\\)");

  /** Route or template id → its file. */
  private static Map<String, String> routes() throws IOException {
    Map<String, String> routes = new TreeMap<>();
    for (String file : Project.files("routes", ".camel.yaml")) {
      if (!file.startsWith("routes/errors/")) {
        String name = file.substring(file.lastIndexOf('/') + 1);
        routes.put(name.replace(".camel.yaml", ""), file);
      }
    }
    return routes;
  }

  private static Path page(String route) {
    return Project.HOME.resolve("docs/routes").resolve(route + ".md");
  }

  @Test
  void everyRouteHasItsPageAndEveryPageItsRoute() throws IOException {
    if (Boolean.getBoolean("pontic.docs.write")) {
      for (String route : routes().keySet()) {
        if (!Files.exists(page(route))) {
          Files.writeString(page(route), skeleton(route));
        }
      }
    }
    Set<String> pages = new TreeSet<>();
    for (String file : Project.files("docs/routes", ".md")) {
      pages.add(file.replaceAll("docs/routes/|\\.md", ""));
    }
    assertEquals(
        routes().keySet(), pages, "run this with -Dpontic.docs.write=true for a skeleton to fill");
    String index = Project.text("docs/routes.md");
    for (String route : routes().keySet()) {
      assertTrue(index.contains("(routes/" + route + ".md)"), route + " is not in docs/routes.md");
    }
  }

  @Test
  void everyPageHasItsHeadingsAndNoneIsAnUntouchedSkeleton() throws IOException {
    for (String route : routes().keySet()) {
      Map<String, String> sections = sections(route);
      assertEquals(HEADINGS, List.copyOf(sections.keySet()), route);
      sections.forEach(
          (heading, text) -> {
            assertTrue(!text.contains(UNTOLD), route + " says nothing under " + heading);
            assertTrue(text.length() > 30, route + " says too little under " + heading);
          });
      // A sample stands in a block, or the route takes and gives nothing that could be shown.
      assertTrue(
          sections.get("In and out").contains("```"), route + " shows no sample of in or out");
    }
  }

  @Test
  void everyStepThatAPageNamesIsInItsRoute() throws IOException {
    for (String route : routes().keySet()) {
      Set<String> ids = ids(Project.yaml(routes().get(route)));
      String text = Files.readString(page(route));
      Set<String> named = new TreeSet<>();
      STEPS
          .matcher(text)
          .results()
          .forEach(
              some ->
                  QUOTED.matcher(some.group(1)).results().forEach(id -> named.add(id.group(1))));
      QUOTED
          .matcher(text)
          .results()
          .map(quoted -> quoted.group(1))
          .filter(word -> word.startsWith(route + "-") && word.equals(word.toLowerCase()))
          .forEach(named::add);
      named.removeAll(ids);
      assertEquals(Set.of(), named, route + ".md names steps that its route does not have");
    }
  }

  @Test
  void everySettingOfARouteIsOnItsPageAndKnown() throws IOException {
    Set<String> known = new TreeSet<>();
    JsonNode keys = Project.yaml("docs/keys.yaml");
    for (String area : List.of("application", "routes", "practice", "destination")) {
      keys.path(area).forEach(key -> known.add(key.path("key").asText()));
    }
    for (Map.Entry<String, String> route : routes().entrySet()) {
      String settings = sections(route.getKey()).get("Settings");
      Set<String> told = new TreeSet<>();
      Pattern.compile("(?m)^\\| `([^`]+)` \\|")
          .matcher(settings)
          .results()
          .forEach(row -> told.add(row.group(1)));
      for (String key : told) {
        assertTrue(known.contains(key), route.getKey() + ".md tells of " + key);
      }
      Set<String> used = new TreeSet<>();
      Matcher placeholder = PLACEHOLDER.matcher(Project.text(route.getValue()));
      while (placeholder.find()) {
        used.add(placeholder.group(1));
      }
      used.remove("pontic.home");
      used.removeAll(told);
      assertEquals(Set.of(), used, route.getKey() + ".md does not tell of these");
      QUOTED
          .matcher(Files.readString(page(route.getKey())))
          .results()
          .map(quoted -> quoted.group(1))
          .filter(word -> word.matches("(pontic|routes)\\.[a-z0-9.-]+"))
          .forEach(word -> assertTrue(known.contains(word), route.getKey() + ".md: " + word));
    }
  }

  @Test
  void everyPageNamesTheErrorConfigurationOfItsRoute() throws IOException {
    String index = Project.text("docs/routes.md");
    for (Map.Entry<String, String> route : routes().entrySet()) {
      String configuration =
          Project.yaml(route.getValue()).findValue("routeConfigurationId").asText();
      assertTrue(
          sections(route.getKey())
              .get("Faults")
              .startsWith("Error configuration: `" + configuration + "`"),
          route.getKey());
      assertTrue(
          index
              .lines()
              .anyMatch(
                  line ->
                      line.contains("(routes/" + route.getKey() + ".md)")
                          && line.endsWith("| `" + configuration + "` |")),
          route.getKey() + " in docs/routes.md");
    }
  }

  @Test
  void everySeamThatIsCheckedStandsOnItsPageWithWhatMustStay() throws IOException {
    List<String> open = new ArrayList<>();
    Matcher seam = SEAM.matcher(Project.text("src/bundle/main/pontic/Vocabulary.java"));
    while (seam.find()) {
      String told = sections(seam.group(1)).get("Seams");
      open.add(seam.group(1));
      assertTrue(
          told.contains("| `" + seam.group(2) + "` and `" + seam.group(3) + "` |"), seam::group);
      QUOTED
          .matcher(seam.group(4).replace('"', '`'))
          .results()
          .map(MatchResult::group)
          .forEach(property -> assertTrue(told.contains(property), seam.group(1) + " " + property));
    }
    assertTrue(open.size() >= 4, open::toString);
    for (String route : routes().keySet()) {
      assertEquals(
          open.contains(route), !sections(route).get("Seams").startsWith("None"), route + " seams");
    }
  }

  /** That the tests which are named come to the route is StepCoverageTest's (decision 0196). */
  @Test
  void everyRouteHasATestThatLooksAtAFarEnd() throws IOException {
    Map<String, String> sources = new TreeMap<>();
    for (String file : Project.files("src/bundle/test/pontic", "Test.java")) {
      sources.put(file.replaceAll(".*/|\\.java", ""), Project.text(file));
    }
    for (String route : routes().keySet()) {
      List<MatchResult> tests = TEST.matcher(sections(route).get("Tests")).results().toList();
      assertTrue(!tests.isEmpty(), route + " names no test");
      for (MatchResult test : tests) {
        String source = sources.get(test.group(1));
        assertTrue(source != null, route + " names " + test.group(1) + ", which is not there");
        assertTrue(FAR_ENDS.containsKey(test.group(2)), route + ": " + test.group(2));
        assertTrue(
            FAR_ENDS.get(test.group(2)).matcher(source).find() && source.contains("assert"),
            test.group(1) + " does not look at " + test.group(2));
      }
    }
  }

  @Test
  void thePictureOfTheReadmeIsDrawnFromTheRoutes() throws IOException {
    Path readme = Project.HOME.resolve("README.md");
    String text = Files.readString(readme);
    String drawn =
        text.replaceFirst(
            "(?s)```mermaid\n.*?```",
            Matcher.quoteReplacement("```mermaid\n" + Picture.of(Project.HOME) + "```"));
    if (Boolean.getBoolean("pontic.docs.write")) {
      Files.writeString(readme, drawn);
    }
    assertTrue(drawn.contains("route-wake-lanes -. token .-> route-send-fhir\n"), drawn);
    assertEquals(drawn, text, "put in what ./pontic picture draws");
  }

  @Test
  void everyLinkInTheDocsLeadsSomewhere() throws IOException {
    List<String> pages = new ArrayList<>(List.of("README.md", "CONTRIBUTING.md", "CHANGELOG.md"));
    pages.addAll(Project.files("docs", ".md"));
    for (String file : pages) {
      Path from = Project.HOME.resolve(file).getParent();
      Stream<MatchResult> links =
          Pattern.compile("\\]\\(([^)#:\\s]+)(?:#[^)]*)?\\)").matcher(Project.text(file)).results();
      links.forEach(
          link ->
              assertTrue(
                  Files.exists(from.resolve(link.group(1))), file + " links to " + link.group(1)));
    }
  }

  private static String skeleton(String route) throws IOException {
    StringBuilder page = new StringBuilder("# " + route + "\n");
    JsonNode yaml = Project.yaml(routes().get(route));
    for (String heading : HEADINGS) {
      page.append("\n## ").append(heading).append("\n\n");
      switch (heading) {
        case "Purpose" -> page.append(yaml.findValue("description").asText()).append("\n\n");
        case "Trigger" -> page.append('`').append(yaml.findValue("uri").asText()).append("`\n\n");
        case "Faults" ->
            page.append("Error configuration: `")
                .append(yaml.findValue("routeConfigurationId").asText())
                .append("`.\n\nSteps: ")
                .append(String.join(", ", ids(yaml)))
                .append("\n\n");
        default -> {}
      }
      page.append(UNTOLD).append('\n');
    }
    return page.toString();
  }

  private static Map<String, String> sections(String route) throws IOException {
    String text = Files.readString(page(route));
    assertTrue(text.startsWith("# " + route + "\n"), route);
    Map<String, String> sections = new LinkedHashMap<>();
    for (String part : text.split("(?m)^## ")) {
      int end = part.indexOf('\n');
      if (!part.startsWith("# ")) {
        sections.put(part.substring(0, end).strip(), part.substring(end).strip());
      }
    }
    return sections;
  }

  private static Set<String> ids(JsonNode yaml) {
    return allIds(yaml, new TreeSet<>());
  }

  private static Set<String> allIds(JsonNode node, Set<String> ids) {
    if (node.isObject() && node.path("id").isTextual()) {
      ids.add(node.path("id").asText());
    }
    node.forEach(child -> allIds(child, ids));
    return ids;
  }
}
