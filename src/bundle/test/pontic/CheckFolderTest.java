package pontic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ca.uhn.fhir.context.FhirContext;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import pontic.check.Check;
import pontic.check.Editor;
import pontic.check.Finding;
import pontic.house.House;
import pontic.practice.SettingsLoader;

/** One Check for the whole class, as the running process has one. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CheckFolderTest {
  private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

  @TempDir static Path folder;
  private Check check;

  /** One case of broken.yaml. */
  private record Broken(JsonNode said) {
    String text(String key) {
      return said.path(key).asText();
    }

    Set<String> files() {
      return Set.of("file", "to", "told").stream()
          .map(this::text)
          .filter(name -> !name.isEmpty())
          .collect(Collectors.toSet());
    }

    boolean isAlone() {
      return said.path("alone").asBoolean();
    }

    @Override
    public String toString() {
      return text("rule");
    }
  }

  /** Cases that are broken and looked at together, since they are in different files. */
  private record Folder(List<Broken> cases) {
    boolean takes(Broken other) {
      return !other.isAlone()
          && cases.stream()
              .noneMatch(
                  each -> each.isAlone() || !Collections.disjoint(each.files(), other.files()));
    }
  }

  private record Looked(Path home, List<Finding> findings) {}

  private final Map<Folder, Looked> looked = new IdentityHashMap<>();

  @BeforeAll
  void load() {
    check = Check.of(new Vocabulary(FhirContext.forR4()), new SettingsLoader(Map.of(), Map.of()));
  }

  @Test
  void theShippedFolderHasNoFindings() throws IOException {
    assertEquals(List.of(), found(shipped("as-shipped")));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("broken")
  void whatIsWrongIsToldAtItsLineWithWhatWouldBeRight(Broken broken, Folder around)
      throws IOException {
    if (!looked.containsKey(around)) {
      Path home = shipped("broken-" + looked.size());
      for (Broken each : around.cases()) {
        edit(home, each);
      }
      looked.put(around, new Looked(home, found(home)));
    }
    Path home = looked.get(around).home();
    List<Finding> findings = looked.get(around).findings();

    String seen = findings.stream().map(Finding::toString).collect(Collectors.joining("\n"));
    Finding finding =
        findings.stream()
            .filter(each -> each.file().equals(broken.text("told")))
            .filter(each -> each.what().equals(broken.text("what")))
            .findFirst()
            .orElseThrow(() -> new AssertionError(broken + " is not told; but: " + seen));
    assertTrue(finding.right().startsWith(broken.text("right")), finding.right());
    if (broken.said().has("at")) {
      List<String> lines = text(home.resolve(finding.file())).lines().toList();
      String line = finding.line() > lines.size() ? "" : lines.get(finding.line() - 1).strip();
      assertEquals(broken.text("at"), line, seen);
      assertTrue(finding.line() > 0, seen);
    } else {
      assertEquals(0, finding.line());
    }
    int told = around.cases().stream().mapToInt(each -> each.said().path("count").asInt(1)).sum();
    assertEquals(told, findings.size(), seen);
  }

  static Stream<Arguments> broken() throws IOException {
    List<Arguments> all = new ArrayList<>();
    List<Folder> folders = new ArrayList<>();
    for (JsonNode each :
        YAML.readTree(CheckFolderTest.class.getResource("/pontic/check/broken.yaml"))) {
      Broken broken = new Broken(each);
      Folder folder =
          folders.stream()
              .filter(other -> other.takes(broken))
              .findFirst()
              .orElseGet(() -> new Folder(new ArrayList<>()));
      if (folder.cases().isEmpty()) {
        folders.add(folder);
      }
      folder.cases().add(broken);
      all.add(Arguments.of(broken, folder));
    }
    return all.stream();
  }

  /**
   * Edits that an engineer makes every day: a step at a seam, a route, a query, a column, a code.
   */
  @Test
  void sensibleEditsAreNotComplainedAbout() throws IOException {
    Path home = shipped("sensible");
    for (JsonNode each :
        YAML.readTree(CheckFolderTest.class.getResource("/pontic/check/sensible.yaml"))) {
      edit(home, new Broken(each));
    }
    assertEquals(List.of(), found(home));
  }

  /** That Camel makes the same of it is shown by EditorTest. */
  @ParameterizedTest
  @EnumSource
  void whatAnEditorSavesHasNoFindings(Editor editor) throws IOException {
    Path home = shipped("saved-by-" + editor);
    List<Path> routes;
    try (Stream<Path> all = Files.walk(home.resolve("routes"))) {
      routes = all.filter(Files::isRegularFile).toList();
    }
    for (Path route : routes) {
      Files.writeString(route, editor.saved(text(route)));
    }
    assertEquals(List.of(), found(home));
  }

  /** Of rows that messages change; a list of the office's has no owner but the office. */
  @Test
  void whoDecidesRowsOfAPracticeIsCheckedByFileAndLine() throws IOException {
    Path home = shipped("own-rows");
    Path own = Files.createDirectories(home.resolve("config/practices/oak/ownership"));
    Files.writeString(
        own.resolve("diseases.yaml"),
        """
        fields: {}
        senders:
          LAKE|EHR:
            ProbStatus: {owner: office, reason: The dentist says when it is over}
        """);
    Files.writeString(
        own.resolve("allergies.yaml"),
        """
        fields:
          Reaction: {owner: nobody, reason: Why}
          Severity: {owner: office, reason: Why}
        """);
    Files.writeString(own.resolve("allergydefs.yaml"), "fields: {}\n");
    String file = "config/practices/oak/ownership/";
    assertEquals(
        List.of(
            file + "allergies.yaml:2 Reaction: owner must be sender, shared or office",
            file + "allergies.yaml:3 Severity: the shipped file names no such field",
            file + "allergydefs.yaml:0 the file is not read"),
        found(home).stream()
            .map(each -> each.file() + ":" + each.line() + " " + each.what())
            .sorted()
            .toList());
  }

  @Test
  void theConfigFolderMayLieElsewhere() throws IOException {
    Path home = shipped("without-config");
    Path config = Files.move(home.resolve("config"), folder.resolve("site-config"));
    assertEquals(List.of(), check.check(home, config));
    Files.writeString(config.resolve("destinations/hospital.yaml"), "kind: fire\n");
    assertEquals("site-config/destinations/hospital.yaml", check.check(home, config).get(0).file());
  }

  @Test
  void askedAgainItLeavesNoThreadAndNoFile() throws IOException {
    Path home = shipped("quick");
    found(home);
    Set<String> threads = threads();
    Set<Path> files = files(home);
    long begin = System.nanoTime();
    found(home);
    System.out.printf("check again: %d ms%n", (System.nanoTime() - begin) / 1_000_000);
    Set<String> left = threads();
    left.removeAll(threads);
    assertEquals(Set.of(), left);
    assertEquals(files, files(home));
  }

  @Test
  void theHouseBindsNothingThatTheCheckDoesNotKnow() {
    Map<String, Object> bound = new HashMap<>();
    Vocabulary.only(bound::put).accept("mllpEncoder", new pontic.hl7.MllpEncoderFactory());
    assertEquals(Set.of("mllpEncoder"), bound.keySet());
    assertThrows(
        IllegalStateException.class,
        () -> Vocabulary.only(bound::put).accept("somethingNew", new Object()));
    assertThrows(
        IllegalStateException.class,
        () -> Vocabulary.only(bound::put).accept("mllpEncoder", new Object()));
  }

  private static Set<String> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .collect(Collectors.toCollection(HashSet::new));
  }

  private static Set<Path> files(Path home) throws IOException {
    try (Stream<Path> all = Files.walk(home)) {
      return all.collect(Collectors.toSet());
    }
  }

  private List<Finding> found(Path home) {
    return check.check(home, home.resolve("config"));
  }

  private Path shipped(String name) throws IOException {
    Path home = folder.resolve(name);
    for (String area : List.of("routes", "mappings", "sql", "config")) {
      Path from = House.home().resolve(area);
      List<Path> files;
      try (Stream<Path> all = Files.walk(from)) {
        files = all.filter(Files::isRegularFile).toList();
      }
      for (Path file : files) {
        Path target = home.resolve(area).resolve(from.relativize(file).toString());
        Files.createDirectories(target.getParent());
        Files.copy(file, target);
      }
    }
    return home;
  }

  private static void edit(Path home, Broken broken) throws IOException {
    Path file = home.resolve(broken.text("file"));
    String put = broken.text("put");
    switch (broken.text("edit")) {
      case "replace" -> replace(file, broken, StandardCharsets.UTF_8);
      case "latin1" -> replace(file, broken, StandardCharsets.ISO_8859_1);
      case "cut" -> {
        String text = text(file);
        Files.writeString(file, text.substring(0, text.indexOf(broken.text("find"))));
      }
      case "append" -> Files.writeString(file, text(file) + put);
      case "empty" -> Files.writeString(file, "");
      case "write" -> {
        Files.createDirectories(file.getParent());
        Files.writeString(file, put);
      }
      case "move" -> Files.move(file, home.resolve(broken.text("to")));
      case "copy" -> Files.copy(file, home.resolve(broken.text("to")));
      case "delete" -> {
        Files.delete(file);
        if (broken.said().has("to")) {
          Files.delete(home.resolve(broken.text("to")));
        }
      }
      default -> throw new IllegalArgumentException(broken.text("edit"));
    }
  }

  private static void replace(Path file, Broken broken, Charset charset) throws IOException {
    String text = text(file);
    int at = text.indexOf(broken.text("find"));
    assertFalse(at < 0, file + " does not hold " + broken.text("find"));
    String edited =
        text.substring(0, at)
            + broken.text("put")
            + text.substring(at + broken.text("find").length());
    Files.write(file, edited.getBytes(charset));
  }

  private static String text(Path file) throws IOException {
    return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
  }
}
