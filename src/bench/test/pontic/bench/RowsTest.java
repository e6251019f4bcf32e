package pontic.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What is measured is valid FHIR: golden rows are, by the validator in every build. */
class RowsTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Path GOLDEN = Path.of("../bundle/test/golden");

  @Test
  void eachRowThatIsMeasuredIsAGoldenRow() throws Exception {
    Set<JsonNode> golden = new HashSet<>();
    try (Stream<Path> files = Files.walk(GOLDEN)) {
      for (Path file : files.filter(each -> each.endsWith("input.json")).toList()) {
        if (file.getParent().getParent().getFileName().toString().startsWith("outbound-")) {
          golden.add(JSON.readTree(file.toFile()));
        }
      }
    }
    assertFalse(golden.isEmpty());
    List<String> others = new ArrayList<>();
    JsonNode rows = JSON.readTree(RowsToFhir.class.getResource("rows/rows.json"));
    for (Map.Entry<String, JsonNode> row : rows.properties()) {
      if (!golden.contains(row.getValue())) {
        others.add(row.getKey());
      }
    }
    assertEquals(List.of(), others, "nobody validates what these become");
    assertEquals(5, rows.size());
  }
}
