package pontic.opendental;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import pontic.mapping.MatchRules;
import pontic.opendental.Likeness.Result;

/** The shipped rules decide as a registrar would: registrar.yaml. */
final class RegistrarTest {
  private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());
  private static final MatchRules RULES = MatchRules.shipped(Path.of("../../mappings"));

  @ParameterizedTest
  @MethodSource("cases")
  void thePatientIsTheOneWhomARegistrarWouldTake(JsonNode its) {
    ObjectNode means = born(its.path("means"));
    List<JsonNode> office = new ArrayList<>();
    its.path("office")
        .properties()
        .forEach(row -> office.add(born(row.getValue()).put("PatNum", row.getKey())));
    List<JsonNode> born =
        office.stream()
            .filter(row -> row.path("Birthdate").asText().equals(means.path("Birthdate").asText()))
            .toList();
    Result result = Likeness.find(RULES, means, born, Set.of());
    JsonNode then = its.path("then");
    if (then.isNumber()) {
      assertEquals(new Result.Same(then.asLong()), result);
    } else if (then.asText().equals("new")) {
      assertInstanceOf(Result.Nobody.class, result);
    } else {
      Result.Doubtful held = assertInstanceOf(Result.Doubtful.class, result);
      JsonNode shown =
          then.isArray()
              ? then
              : YAML.valueToTree(born.stream().map(row -> row.path("PatNum").asLong()).toList());
      assertEquals(
          StreamSupport.stream(shown.spliterator(), false).map(JsonNode::asLong).toList(),
          held.candidates().stream().sorted().toList());
      assertTrue(held.reason().length() > 10, held.reason());
    }
  }

  @Test
  void thereAreSixtyCasesAndEachSaysWhy() throws IOException {
    JsonNode all = YAML.readTree(Path.of("test/pontic/opendental/registrar.yaml").toFile());
    assertTrue(all.size() >= 60, all.size() + " cases");
    all.forEach(each -> assertTrue(each.path("why").asText().split(" ").length >= 4));
  }

  static Stream<Named<JsonNode>> cases() throws IOException {
    return StreamSupport.stream(
            YAML.readTree(Path.of("test/pontic/opendental/registrar.yaml").toFile()).spliterator(),
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
