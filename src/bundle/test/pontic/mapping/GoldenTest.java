package pontic.mapping;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import pontic.hl7.Hl7Json;
import pontic.hl7.MessageHeader;

/**
 * {@code golden/<mapping>/<case>/} holds {@code input.hl7} or {@code input.json}, optionally {@code
 * variables.json}, and {@code expected.json}: the result, or {@code {"fails": text}}. Trees are
 * compared, not text. A dash in the mapping's folder stands for the slash in its name. In {@code
 * input.hl7} a line is a segment.
 */
class GoldenTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Path GOLDEN = Path.of("test/golden");
  private static final Mappings MAPPINGS = Mappings.load(Path.of("../../mappings"));

  static List<Path> cases() throws IOException {
    try (Stream<Path> all = Files.walk(GOLDEN, 2)) {
      return all.filter(p -> GOLDEN.relativize(p).getNameCount() == 2).sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void theMappingGivesWhatIsExpected(Path folder) throws IOException {
    JsonNode actual = run(folder);
    Path expected = folder.resolve("expected.json");
    if (Boolean.getBoolean("golden.write")) {
      Files.writeString(
          expected, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(actual) + "\n");
    }
    assertEquals(
        JSON.readTree(Files.readString(expected)).toPrettyString(),
        actual.toPrettyString(),
        folder.toString());
  }

  @Test
  void everyMappingHasAGoldenCase() throws IOException {
    Set<String> covered = new TreeSet<>();
    for (Path folder : cases()) {
      covered.add(mapping(folder));
    }
    Set<String> missing = new TreeSet<>(MAPPINGS.names());
    missing.removeAll(covered);
    assertFalse(covered.isEmpty());
    assertEquals(Set.of(), missing);
  }

  private static JsonNode run(Path folder) throws IOException {
    Map<String, JsonNode> variables = new HashMap<>();
    JsonNode input;
    Path message = folder.resolve("input.hl7");
    if (Files.exists(message)) {
      byte[] bytes = Files.readAllBytes(message);
      input = new Hl7Json().parse(bytes);
      variables.put("sender", TextNode.valueOf(MessageHeader.read(bytes).sender()));
      variables.put("zone", TextNode.valueOf("America/New_York"));
      variables.put("practice", TextNode.valueOf("elm"));
    } else {
      input = JSON.readTree(Files.readString(folder.resolve("input.json")));
    }
    Path given = folder.resolve("variables.json");
    if (Files.exists(given)) {
      JSON.readTree(Files.readString(given))
          .fields()
          .forEachRemaining(e -> variables.put(e.getKey(), e.getValue()));
    }
    try {
      return MAPPINGS.mapper(mapping(folder)).map(input, variables);
    } catch (MappingException e) {
      ObjectNode failed = JsonNodeFactory.instance.objectNode();
      return failed.put("fails", e.getMessage());
    }
  }

  private static String mapping(Path folder) {
    return folder.getParent().getFileName().toString().replaceFirst("-", "/");
  }
}
