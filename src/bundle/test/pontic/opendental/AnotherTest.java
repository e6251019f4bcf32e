package pontic.opendental;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import pontic.mapping.MatchRules;

/** The shipped rules believe a number as a registrar would: another.yaml. */
final class AnotherTest {
  private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());
  private static final MatchRules RULES = MatchRules.shipped(Path.of("../../mappings"));

  @ParameterizedTest
  @MethodSource("cases")
  void aNumberIsBelievedUnlessARegistrarWouldSeeTwoPeople(JsonNode its) {
    ObjectNode says = born(its.path("says"));
    ObjectNode row = born(its.path("row"));
    String then = its.path("then").asText();
    assertEquals(then, judged(says, row));
    assertEquals(then, judged(row, says), "the other way round");
  }

  private static String judged(JsonNode says, JsonNode row) {
    return Likeness.another(RULES, says, row).isPresent() ? "two" : "one";
  }

  static Stream<Named<JsonNode>> cases() throws IOException {
    return StreamSupport.stream(
            YAML.readTree(Path.of("test/pontic/opendental/another.yaml").toFile()).spliterator(),
            false)
        .map(each -> Named.of(each.path("why").asText(), each));
  }

  private static ObjectNode born(JsonNode fields) {
    ObjectNode all = fields.deepCopy();
    if (!all.has("Birthdate")) {
      all.put("Birthdate", "1984-06-15");
    }
    return all;
  }
}
