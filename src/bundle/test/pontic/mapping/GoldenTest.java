package pontic.mapping;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import pontic.hl7.Hl7Json;
import pontic.hl7.Hl7Text;

/** What each mapping makes of its {@link Golden} cases. Trees are compared, not text. */
class GoldenTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Mappings MAPPINGS = Mappings.load(Path.of("../../mappings"));

  static List<Golden> cases() {
    return Golden.all();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void theMappingGivesWhatIsExpected(Golden golden) throws IOException {
    JsonNode actual = golden.run(MAPPINGS);
    if (Boolean.getBoolean("golden.write")) {
      Files.writeString(
          golden.folder().resolve("expected.json"),
          JSON.writerWithDefaultPrettyPrinter().writeValueAsString(actual) + "\n");
    }
    assertEquals(
        golden.expected().toPrettyString(), actual.toPrettyString(), golden.folder().toString());
  }

  /** What goes out stands beside its JSON as the destination sees it, one segment a line. */
  @ParameterizedTest
  @MethodSource("outgoing")
  void theMessageIsWrittenAsExpected(Golden golden) throws IOException {
    JsonNode message = golden.run(MAPPINGS);
    byte[] bytes = new Hl7Text().write(message);
    String actual = new String(bytes, StandardCharsets.UTF_8).replace('\r', '\n');
    Path expected = golden.folder().resolve("expected.hl7");
    if (Boolean.getBoolean("golden.write")) {
      Files.writeString(expected, actual);
    }
    assertEquals(Files.readString(expected), actual, golden.folder().toString());
    assertEquals(message.get("segments"), new Hl7Json().parse(bytes).get("segments"));
  }

  static List<Golden> outgoing() {
    return cases().stream().filter(golden -> golden.mapping().endsWith("-out")).toList();
  }

  @Test
  void everyMappingHasAGoldenCase() {
    Set<String> covered = new TreeSet<>();
    cases().forEach(golden -> covered.add(golden.mapping()));
    Set<String> missing = new TreeSet<>(MAPPINGS.names());
    missing.removeAll(covered);
    assertFalse(covered.isEmpty());
    assertEquals(Set.of(), missing);
  }
}
