package pontic.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import pontic.house.Page;
import pontic.practice.Problem;
import pontic.practice.Settings;
import pontic.practice.SettingsException;
import pontic.practice.SettingsLoader;

/**
 * docs/configuration.md is made of docs/keys.yaml and the shipped config; {@code
 * -Dpontic.docs.write=true} writes it. Which keys there are, which are required and what is taken
 * for one that is left out is asked of the loader itself.
 */
final class ConfigurationPageTest {

  private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());
  private static final String PAGE = "docs/configuration.md";
  private static final Pattern VARIABLE =
      Pattern.compile("\\{\\{env:([A-Z0-9_]+)(?::([^}]*))?\\}\\}");
  private static final Pattern KNOWN = Pattern.compile("known here: (.*)");
  private static final Set<String> SECTIONS =
      Set.of(
          "api",
          "database",
          "hl7",
          "facade",
          "facade.oauth",
          "hints",
          "writes",
          "documents",
          "tls",
          "validate");

  /** What the page says means nothing to hl7v2. */
  private static final Set<String> FHIR_ONLY =
      Set.of(
          "PONTIC_HOSPITAL_TOKEN",
          "PONTIC_HOSPITAL_BUNDLE_SIZE",
          "PONTIC_HOSPITAL_VERSIONED",
          "PONTIC_HOSPITAL_VALIDATE",
          "PONTIC_HOSPITAL_PACKAGES");

  @TempDir Path folder;

  @Test
  void theGeneratedPageIsUnchanged() throws IOException {
    String page = Project.text(PAGE);
    String made = page;
    for (String area : List.of("application", "routes", "practice", "destination", "outside")) {
      String begin = "<!-- generated: " + area + " -->\n";
      int from = made.indexOf(begin) + begin.length();
      int to = made.indexOf("<!-- end -->", from);
      assertTrue(from >= begin.length() && to >= from, "the page has no place for " + area);
      made = made.substring(0, from) + table(area) + made.substring(to);
    }
    new Page(PAGE).says(made);
  }

  @Test
  void everyKeyThatTheLoaderKnowsHasItsSentenceAndNoOther() throws IOException {
    Set<String> told = keys("application");
    told.addAll(keys("practice"));
    told.addAll(keys("destination"));
    Set<String> known = new TreeSet<>();
    config();
    Files.writeString(
        folder.resolve("application.properties"),
        Project.text("config/application.properties") + "\npontic.nobody=1\n");
    for (String section :
        List.of(
            "",
            "api",
            "database",
            "hl7",
            "facade",
            "facade.oauth",
            "hints",
            "writes",
            "documents")) {
      edit("practices/elm.yaml", root -> in(root, section).put("nobody", "1"));
      known.addAll(known("practices/elm.yaml", section));
    }
    edit(
        "practices/elm.yaml",
        root -> ((ObjectNode) root.at("/facade/clients/0")).put("nobody", "1"));
    known.addAll(known("practices/elm.yaml", "facade.clients[]"));
    edit("practices/elm.yaml", root -> {});
    edit("destinations/hospital.yaml", root -> root.put("nobody", "1"));
    known.addAll(known("destinations/hospital.yaml", ""));
    edit("destinations/hospital.yaml", root -> in(root, "validate").put("nobody", "1"));
    known.addAll(known("destinations/hospital.yaml", "validate"));
    edit("destinations/hospital.yaml", root -> in(root, "tls").put("nobody", "1"));
    known.addAll(known("destinations/hospital.yaml", "tls"));
    edit("destinations/hospital.yaml", root -> {});
    known.addAll(known("application.properties", ""));
    known.removeAll(SECTIONS);
    assertEquals(known, told);
  }

  @Test
  void everyDefaultIsWhatTheLoaderTakesAndEveryOtherKeyIsRequired() throws Exception {
    config();
    for (JsonNode key : Project.yaml("docs/keys.yaml").path("application")) {
      String name = key.path("key").asText();
      String rest =
          Project.text("config/application.properties")
              .lines()
              .filter(line -> !line.startsWith(name + "="))
              .reduce("", (all, line) -> all + line + "\n");
      Path file = folder.resolve("application.properties");
      Files.writeString(file, rest);
      Settings without = load();
      Files.writeString(file, rest + name + "=" + key.path("default").asText() + "\n");
      assertEquals(without, load(), name);
    }
    leftOut("practice", "practices/elm.yaml");
    leftOut("destination", "destinations/hospital.yaml");
  }

  @Test
  void theDefaultsOfRoutesStandInTheRoutes() throws IOException {
    Set<String> inRoutes = new TreeSet<>();
    for (String file : Project.files("routes", ".camel.yaml")) {
      Matcher found =
          Pattern.compile("\\{\\{(routes\\.[a-z0-9.-]+):([^}]*)\\}\\}").matcher(Project.text(file));
      while (found.find()) {
        inRoutes.add(found.group(1) + " " + found.group(2));
      }
    }
    Set<String> told = new TreeSet<>();
    Project.yaml("docs/keys.yaml")
        .path("routes")
        .forEach(key -> told.add(key.path("key").asText() + " " + key.path("default").asText()));
    assertEquals(inRoutes, told);
  }

  @Test
  void everyVariableOutsideTheConfigIsReadBySomebody() throws IOException {
    StringBuilder sources = new StringBuilder(Project.text("pontic"));
    for (String file : Project.files("src/bundle/main", ".java")) {
      sources.append(Project.text(file));
    }
    Set<String> shipped = shipped().keySet();
    Set<String> read = new TreeSet<>(Project.variablesIn(sources.toString()));
    read.removeAll(shipped);
    // A cookie.
    read.remove("PONTIC_HAWTIO");
    Set<String> told = new TreeSet<>();
    Project.yaml("docs/keys.yaml")
        .path("outside")
        .forEach(key -> told.add(key.path("key").asText()));
    for (String name : told) {
      assertTrue(sources.indexOf(name) >= 0, name + " is read by nobody");
    }
    read.removeAll(told);
    assertEquals(Set.of(), read, "not in docs/keys.yaml");
  }

  @Test
  void everySettingOfTheShippedFilesHasItsVariableInTheTable() throws IOException {
    String page = Project.text(PAGE);
    for (String name : shipped().keySet()) {
      if (!name.startsWith("PONTIC_")) {
        continue; // A comment's NAME.
      }
      String general =
          name.replaceFirst("PONTIC_(ELM|OAK)_", "PONTIC_<ID>_")
              .replaceFirst("PONTIC_REGISTRY_", "PONTIC_HOSPITAL_");
      assertTrue(
          page.contains("`" + general + "`")
              || page.contains("`" + general.replaceFirst("_HL7_", "_") + "`"),
          general + " is not in " + PAGE);
    }
  }

  /** The other way round: a variable that no file has is ignored without a word. */
  @Test
  void everyVariableThatThePageNamesStandsInAShippedFile() throws IOException {
    Set<String> promised = new TreeSet<>();
    Matcher named =
        Pattern.compile("PONTIC_(?:<ID>_)?[A-Z0-9_]*[A-Z0-9](?![A-Z0-9_])")
            .matcher(Project.text(PAGE));
    while (named.find()) {
      for (String id : List.of("ELM", "OAK")) {
        promised.add(named.group().replace("<ID>", id));
      }
    }
    Set<String> none = new TreeSet<>(FHIR_ONLY);
    for (Map.Entry<String, String> each : shipped().entrySet()) {
      String name = each.getKey();
      if (each.getValue().endsWith("/hospital.yaml")) {
        promised.add(name.replaceFirst("_HOSPITAL_", "_REGISTRY_"));
        if (!none.remove(name)) {
          promised.add(name.replaceFirst("_HOSPITAL_", "_HOSPITAL_HL7_"));
        }
      }
    }
    assertEquals(Set.of(), none, "in no file");
    assertTrue(promised.contains("PONTIC_OAK_ZONE"));
    promised.removeAll(Project.environment());
    assertEquals(Set.of(), promised, "in no file of config/");
  }

  private static Map<String, String> shipped() throws IOException {
    Map<String, String> found = new TreeMap<>();
    for (String file : Project.files("config", "")) {
      VARIABLE.matcher(Project.text(file)).results().forEach(one -> found.put(one.group(1), file));
    }
    return found;
  }

  private void leftOut(String area, String file) throws IOException, SettingsException {
    for (JsonNode key : Project.yaml("docs/keys.yaml").path(area)) {
      String name = key.path("key").asText();
      if (name.equals("id")) {
        continue; // The file's name stands in for it, and nothing else may.
      }
      String last = name.substring(name.lastIndexOf('.') + 1);
      edit(file, root -> owner(root, name).remove(last));
      if (!key.has("default") && !key.has("told")) {
        List<Problem> problems = problems();
        assertFalse(problems.isEmpty(), name + " is told as required");
        assertTrue(problems.toString().contains(last), problems::toString);
        continue;
      }
      Settings without = load();
      if (key.has("default")) {
        edit(file, root -> owner(root, name).put(last, key.path("default").asText()));
        assertEquals(load(), without, name);
      }
    }
    edit(file, root -> {});
  }

  private static ObjectNode owner(ObjectNode root, String name) {
    if (name.startsWith("facade.clients[].")) {
      return (ObjectNode) root.at("/facade/clients/0");
    }
    int dot = name.lastIndexOf('.');
    return dot < 0 ? root : in(root, name.substring(0, dot));
  }

  private static ObjectNode in(ObjectNode root, String section) {
    return section.isEmpty() ? root : root.withObject("/" + section.replace('.', '/'));
  }

  private static Set<String> keys(String area) throws IOException {
    Set<String> keys = new TreeSet<>();
    for (JsonNode key : Project.yaml("docs/keys.yaml").path(area)) {
      assertTrue(
          key.path("meaning").asText().matches("(?s).{8,}\\."),
          key.path("key").asText() + " has no sentence");
      keys.add(key.path("key").asText());
    }
    return keys;
  }

  /** Copies the shipped config, with blank defaults resolved by the loader as ever. */
  private void config() throws IOException {
    for (String file : Project.files("config", "")) {
      Path to = folder.resolve(file.substring("config/".length()));
      Files.createDirectories(to.getParent());
      Files.copy(Project.HOME.resolve(file), to);
    }
  }

  private void edit(String file, Consumer<ObjectNode> change) throws IOException {
    ObjectNode root = (ObjectNode) Project.yaml("config/" + file);
    change.accept(root);
    Files.writeString(folder.resolve(file), YAML.writeValueAsString(root));
  }

  private Settings load() throws SettingsException {
    return new SettingsLoader(Map.of(), Map.of()).load(folder);
  }

  private List<Problem> problems() {
    try {
      load();
      return List.of();
    } catch (SettingsException e) {
      return e.problems();
    }
  }

  /** The keys that the loader names beside the one that it does not know. */
  private Set<String> known(String file, String section) {
    Set<String> known = new TreeSet<>();
    for (Problem problem : problems()) {
      Matcher found = KNOWN.matcher(problem.toString());
      if (problem.toString().contains(file) && found.find()) {
        for (String key : found.group(1).split(", ")) {
          known.add(section.isEmpty() ? key.strip() : section + "." + key.strip());
        }
      }
    }
    assertFalse(known.isEmpty(), file + " " + section + ": " + problems());
    return known;
  }

  private static String table(String area) throws IOException {
    StringBuilder table = new StringBuilder();
    boolean outside = area.equals("outside");
    table.append(
        outside
            ? "| environment | meaning |\n|---|---|\n"
            : "| key | environment | default | meaning |\n|---|---|---|---|\n");
    Map<String, String> environment = environment(area);
    for (JsonNode key : Project.yaml("docs/keys.yaml").path(area)) {
      String name = key.path("key").asText();
      table.append("| `").append(name).append("` |");
      if (!outside) {
        String variable = environment.getOrDefault(name, "");
        table
            .append(variable.isEmpty() ? "" : " `" + variable + "`")
            .append(" | ")
            .append(defaultOf(key))
            .append(" |");
      }
      table.append(' ').append(cell(key.path("meaning").asText())).append(" |\n");
    }
    return table.toString();
  }

  private static String defaultOf(JsonNode key) {
    if (key.has("told")) {
      return key.path("told").asText();
    }
    if (!key.has("default")) {
      return "required";
    }
    String text = key.path("default").asText();
    return text.isEmpty() ? "blank" : "`" + text + "`";
  }

  private static String cell(String text) {
    return text.replaceAll("(?<!\\\\)\\|", "\\\\|");
  }

  /** Key → variable, from the files that are shipped. */
  private static Map<String, String> environment(String area) throws IOException {
    Map<String, String> found = new LinkedHashMap<>();
    switch (area) {
      case "application" ->
          Project.text("config/application.properties")
              .lines()
              .filter(line -> !line.startsWith("#") && line.contains("="))
              .forEach(line -> variable(line, line.substring(0, line.indexOf('=')), found));
      case "practice" -> walk(Project.yaml("config/practices/elm.yaml"), "", found);
      case "destination" -> {
        walk(Project.yaml("config/destinations/hospital-hl7.yaml"), "", found);
        walk(Project.yaml("config/destinations/hospital.yaml"), "", found);
      }
      default -> {}
    }
    found.replaceAll((key, name) -> name.replace("PONTIC_ELM_", "PONTIC_<ID>_"));
    return found;
  }

  private static void walk(JsonNode node, String prefix, Map<String, String> found) {
    if (node instanceof ArrayNode list) {
      list.forEach(one -> walk(one, prefix.replaceAll("\\.$", "[]."), found));
    } else if (node.isObject()) {
      node.properties().forEach(one -> walk(one.getValue(), prefix + one.getKey() + ".", found));
    } else {
      variable(node.asText(), prefix.replaceAll("\\.$", ""), found);
    }
  }

  private static void variable(String text, String key, Map<String, String> found) {
    Matcher variable = VARIABLE.matcher(text);
    if (variable.find()) {
      found.put(key, variable.group(1));
    }
  }
}
