package pontic.mapping;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.TextNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import pontic.hl7.Hl7Json;
import pontic.hl7.MessageHeader;

/**
 * Our FHIR beside that of two other converters for the same messages, field by field. Each
 * difference stands in {@code v2-pairs.yaml} with how often it occurs and why it stays; one that is
 * not listed fails, and so does one that is listed and occurs no more, or less, or more often.
 *
 * <p>Of each path the values of all resources of a type are compared as a set with repetitions:
 * <i>missing</i> where the others say more, <i>ours</i> where we do, <i>other</i> where both say
 * something else. Every single one is written to {@code target/v2-pairs.md}.
 */
class PairsTest {
  private static final Path MESSAGES = Path.of("../../../shared/data/hl7v2");
  private static final Path EXAMPLES = Path.of("../../../shared/data/fhir-examples");
  private static final Path LISTED = Path.of("test/v2-pairs.yaml");
  private static final Path TOLD = Path.of("target/v2-pairs.md");
  private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());
  private static final Set<String> OURS =
      Set.of(
          "Patient",
          "Appointment",
          "AllergyIntolerance",
          "Condition",
          "Observation",
          "DiagnosticReport",
          "DocumentReference",
          "ServiceRequest",
          "Communication",
          "Coverage");

  private final Mappings mappings = Mappings.load(Path.of("../../mappings"));
  private final Map<String, Integer> differences = new TreeMap<>();
  private final List<String> told = new ArrayList<>();
  private int alike;

  @Test
  void whatOthersMakeOfTheSameMessagesIsOursOrListedWithAReason() throws IOException {
    assumeTrue(Files.isDirectory(EXAMPLES), "the pairs of others are not here: " + EXAMPLES);
    int pairs = 0;
    for (Path expected : expected()) {
      pairs++;
      String stem = expected.getFileName().toString().replace(".expected.json", "");
      compare(stem, message(stem), YAML.readTree(expected.toFile()));
    }
    assertTrue(pairs > 50, "only " + pairs + " pairs");
    Files.createDirectories(TOLD.getParent());
    told.add(0, "# " + pairs + " pairs: " + alike + " values alike, " + sum() + " differences\n");
    Files.write(TOLD, told);
    System.out.println(told.get(0));
    Map<String, Integer> listed = listed();
    Set<String> wrong = new TreeSet<>();
    differences.forEach(
        (place, count) -> {
          if (!count.equals(listed.get(place))) {
            wrong.add(place + ": " + count + " and not " + listed.getOrDefault(place, 0));
          }
        });
    listed.forEach(
        (place, count) -> {
          if (!differences.containsKey(place)) {
            wrong.add(place + ": no more");
          }
        });
    assertEquals(Set.of(), wrong, "differences, see " + TOLD.toAbsolutePath().normalize());
  }

  private void compare(String stem, Path file, JsonNode others) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    MessageHeader header = MessageHeader.read(bytes);
    String mapping =
        YAML.readTree(Path.of("../../mappings/hl7v2/events.yaml").toFile())
            .path(header.event())
            .path("mapping")
            .asText();
    if (mapping.isEmpty()) {
      difference(stem, header.event() + " not understood", "", "");
      return;
    }
    JsonNode ours =
        mappings
            .mapper(mapping)
            .map(
                new Hl7Json().parse(bytes),
                Map.of(
                    "zone", TextNode.valueOf("UTC"),
                    "practice", TextNode.valueOf("oak"),
                    "sender", TextNode.valueOf(header.sender())));
    Map<String, List<String>> theirs = values(others);
    Map<String, List<String>> said = values(ours);
    Set<String> paths = new TreeSet<>(theirs.keySet());
    paths.addAll(said.keySet());
    for (String path : paths) {
      List<String> missing = new ArrayList<>(theirs.getOrDefault(path, List.of()));
      List<String> more = new ArrayList<>();
      for (String value : said.getOrDefault(path, List.of())) {
        if (missing.remove(value)) {
          alike++;
        } else {
          more.add(value);
        }
      }
      for (int i = 0; i < Math.max(missing.size(), more.size()); i++) {
        String kind = i >= more.size() ? "missing" : i >= missing.size() ? "ours" : "other";
        difference(
            stem,
            path + " " + kind,
            i < missing.size() ? missing.get(i) : "",
            i < more.size() ? more.get(i) : "");
      }
    }
  }

  private static Path message(String stem) {
    Path file = MESSAGES.resolve(stem + ".hl7");
    return Files.exists(file) ? file : MESSAGES.resolve("malformed").resolve(stem + ".hl7");
  }

  private void difference(String stem, String place, String theirs, String ours) {
    differences.merge(place, 1, Integer::sum);
    told.add("- " + place + " | " + stem + " | " + theirs + " | " + ours);
  }

  private int sum() {
    return differences.values().stream().mapToInt(Integer::intValue).sum();
  }

  /** By path without positions; resources of a kind that we never make count as one each. */
  private static Map<String, List<String>> values(JsonNode bundle) {
    Map<String, List<String>> values = new TreeMap<>();
    for (JsonNode entry : bundle.path("entry")) {
      JsonNode resource = Golden.standard(entry.path("resource"));
      String type = resource.path("resourceType").asText();
      if (OURS.contains(type)) {
        add(values, type, "resource");
        resource
            .fields()
            .forEachRemaining(
                field -> {
                  if (!Set.of("resourceType", "id", "meta").contains(field.getKey())) {
                    leaves(values, type + "." + field.getKey(), field.getValue());
                  }
                });
      } else if (!type.equals("OperationOutcome")) {
        add(values, type, "resource");
      }
    }
    return values;
  }

  private static void leaves(Map<String, List<String>> values, String path, JsonNode node) {
    if (node.isObject()) {
      node.fields()
          .forEachRemaining(field -> leaves(values, path + "." + field.getKey(), field.getValue()));
    } else if (node.isArray()) {
      node.forEach(each -> leaves(values, path, each));
    } else {
      add(values, path, plain(path, node.asText().trim()));
    }
  }

  /** Moments as such, numbers as such, references by the type that they point to. */
  private static String plain(String path, String text) {
    if (path.endsWith(".reference")) {
      return text.replaceFirst("/.*", "");
    }
    if (text.matches("\\d{4}-\\d\\d-\\d\\dT.*([+-]\\d\\d:\\d\\d|Z)")) {
      return OffsetDateTime.parse(text).toInstant().toString();
    }
    return text.matches("-?\\d+\\.0+") ? text.replaceFirst("\\.0+$", "") : text;
  }

  private static void add(Map<String, List<String>> values, String path, String value) {
    values.computeIfAbsent(path, each -> new ArrayList<>()).add(value);
  }

  private static List<Path> expected() throws IOException {
    try (Stream<Path> all = Files.walk(EXAMPLES)) {
      return all.filter(file -> file.toString().endsWith(".expected.json")).sorted().toList();
    }
  }

  /** Place and count of all reasons; a place stands once. */
  private static Map<String, Integer> listed() throws IOException {
    Map<String, Integer> listed = new TreeMap<>();
    for (JsonNode each : YAML.readTree(LISTED.toFile()).path("differences")) {
      assertTrue(!each.path("why").asText().isBlank(), "a reason is missing");
      each.path("places")
          .fields()
          .forEachRemaining(
              place -> {
                Integer before = listed.put(place.getKey(), place.getValue().asInt());
                assertTrue(before == null, place.getKey() + " is listed twice");
              });
    }
    return listed;
  }
}
