package pontic.coverage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import pontic.house.House;
import pontic.house.PassedSteps;

/**
 * Runs behind all others in a build of everything (decision 0196): a step of a route that no
 * exchange of any test came to fails it. What cannot be reached is listed with its reason in {@code
 * steps-not-passed.yaml}.
 */
final class StepCoverageTest {
  private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

  /** ROUTE/STEP, as they stand in the files. */
  private static Set<String> steps() throws IOException {
    Set<String> steps = new TreeSet<>();
    try (Stream<Path> files = Files.walk(House.home().resolve("routes"))) {
      for (Path file : files.filter(each -> each.toString().endsWith(".camel.yaml")).toList()) {
        String route = file.getFileName().toString().replace(".camel.yaml", "");
        collect(YAML.readTree(file.toFile()), route, steps);
      }
    }
    return steps;
  }

  private static void collect(JsonNode node, String route, Set<String> steps) {
    for (JsonNode step : node.path("steps")) {
      step.fields()
          .forEachRemaining(kind -> steps.add(route + "/" + kind.getValue().path("id").asText()));
    }
    node.forEach(child -> collect(child, route, steps));
  }

  /** As the tests of this build left them, by test. */
  private static Map<String, Set<String>> passed() throws IOException {
    Instant begun = Instant.parse(System.getProperty("pontic.build.begun"));
    Map<String, Set<String>> passed = new TreeMap<>();
    try (Stream<Path> files = Files.list(PassedSteps.FOLDER)) {
      for (Path file : files.toList()) {
        if (!Files.getLastModifiedTime(file).toInstant().isBefore(begun)) {
          passed
              .computeIfAbsent(
                  file.getFileName().toString().replaceAll("\\..*", ""), key -> new HashSet<>())
              .addAll(Files.readAllLines(file));
        }
      }
    }
    return passed;
  }

  /**
   * Those that exchanges came to, as they stand in the files. A template's instance has more behind
   * its id, and something before those of its steps.
   */
  private static Set<String> reached(Set<String> steps, Set<String> passed) {
    Set<String> reached = new HashSet<>();
    for (String each : passed) {
      String route = each.substring(0, each.indexOf('/'));
      String here = each.substring(each.indexOf('/') + 1);
      steps.stream().filter(step -> here.equals(id(step)) && isUnlike(step)).forEach(reached::add);
      steps.stream()
          .filter(step -> (route + "-").startsWith(step.substring(0, step.indexOf('/')) + "-"))
          .filter(step -> ("-" + here).endsWith("-" + id(step)))
          .max(Comparator.comparing(String::length))
          .ifPresent(reached::add);
    }
    return reached;
  }

  private static String id(String step) {
    return step.substring(step.indexOf('/') + 1);
  }

  /** Ids of steps outside of templates carry the name of their file: there is no other such. */
  private static boolean isUnlike(String step) {
    return id(step).startsWith(step.substring(0, step.indexOf('/')));
  }

  @Test
  void everyStepOfEveryRouteIsPassedByATestOrItsReasonIsWritten() throws IOException {
    Map<String, String> unreached;
    try (var reasons = StepCoverageTest.class.getResourceAsStream("/steps-not-passed.yaml")) {
      unreached = YAML.readValue(reasons, new TypeReference<Map<String, String>>() {});
    }
    Set<String> steps = steps();
    Set<String> all = new HashSet<>();
    passed().values().forEach(all::addAll);
    Set<String> passed = reached(steps, all);
    assertTrue(steps.size() > 150, steps::toString);
    List<String> missing =
        steps.stream()
            .filter(step -> !passed.contains(step) && !unreached.containsKey(step))
            .toList();
    System.out.printf(
        "route steps: %d, passed by tests %d, listed with a reason %d%n",
        steps.size(), passed.size(), unreached.size());
    assertEquals(List.of(), missing, "no test passes through these");
    for (Map.Entry<String, String> each : unreached.entrySet()) {
      assertTrue(steps.contains(each.getKey()), each.getKey() + " is no step any more");
      assertTrue(each.getValue().length() > 20, each.getKey() + " has no reason");
    }
  }

  /**
   * The pages of the routes name tests that look at a far end; here, that they come to the route.
   */
  @Test
  void theTestsThatARoutesPageNamesComeToTheRoute() throws IOException {
    Set<String> steps = steps();
    Map<String, Set<String>> passed = passed();
    List<String> astray = new ArrayList<>();
    try (Stream<Path> pages = Files.list(House.home().resolve("docs/routes"))) {
      for (Path page : pages.sorted().toList()) {
        String route = page.getFileName().toString().replace(".md", "");
        Pattern.compile("(?m)^\\| `(\\w+Test)` \\|")
            .matcher(Files.readString(page))
            .results()
            .map(test -> test.group(1))
            .filter(
                test ->
                    reached(steps, passed.getOrDefault(test, Set.of())).stream()
                        .noneMatch(step -> step.startsWith(route + "/")))
            .forEach(test -> astray.add(test + " does not come to " + route));
      }
    }
    assertEquals(List.of(), astray);
  }

  @Test
  void aStepIsKnownInInstancesOfATemplateAndNotByAnothersName() {
    Set<String> steps =
        Set.of(
            "send-fhir/claim",
            "send-fhir/keep-claim",
            "reconcile/clock",
            "reconcile-destination/next",
            "reconcile/next",
            "understand/understand-read",
            "target-down/target-down");
    assertEquals(
        Set.of(
            "send-fhir/keep-claim",
            "reconcile-destination/next",
            "understand/understand-read",
            "target-down/target-down"),
        reached(
            steps,
            Set.of(
                "send-fhir-hospital/hospital-keep-claim",
                "reconcile-destination-hospital/reconcile-destination-hospital-next",
                "understand/understand-read",
                "call/target-down")));
  }
}
