package pontic.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import pontic.mapping.Golden;

/** docs/hl7-out.md tells of each field that is sent, and of no other. */
class Hl7OutPageTest {
  private static final Path PAGE = Path.of("..", "..", "docs", "hl7-out.md");

  @Test
  void theTableHasTheFieldsThatAreSent() throws IOException {
    Set<String> sent = new TreeSet<>();
    for (Golden golden : Golden.all()) {
      if (golden.mapping().matches("hl7v2/.*-out")) {
        fields(golden.expected(), sent);
      }
    }
    Set<String> told = new TreeSet<>();
    for (String line : rows()) {
      List<String> cells = List.of(line.split(" *[|] *", -1));
      assertEquals(6, cells.size(), line);
      assertTrue(!cells.get(2).isBlank() && !cells.get(3).isBlank(), line);
      assertTrue(told.add(cells.get(1)), line);
    }
    assertEquals(told, sent);
  }

  private static List<String> rows() throws IOException {
    return Files.readAllLines(PAGE).stream()
        .filter(line -> line.matches("[|] [A-Z][A-Z0-9]{2}-[0-9]+ .*"))
        .toList();
  }

  private static void fields(JsonNode message, Set<String> sent) {
    for (JsonNode segment : message.path("segments")) {
      for (JsonNode one : message.path(segment.asText())) {
        for (Map.Entry<String, JsonNode> field : one.properties()) {
          if (!field.getValue().isEmpty()) {
            sent.add(segment.asText() + "-" + field.getKey());
          }
        }
      }
    }
  }
}
