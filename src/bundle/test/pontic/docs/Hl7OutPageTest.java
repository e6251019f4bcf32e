package pontic.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import pontic.mapping.Golden;

/** docs/hl7-out.md tells of each field that is sent, and of no other. */
class Hl7OutPageTest {
  private static final Path PAGE = Path.of("..", "..", "docs", "hl7-out.md");

  /** By its general definition, outbound (open-dental-own-mappings.md 1.1 to 1.9). */
  private static final Map<String, List<Integer>> OPEN_DENTAL =
      Map.ofEntries(
          Map.entry("MSH", List.of(3, 5, 7, 9, 10, 11, 12, 16)),
          Map.entry("PID", List.of(1, 2, 3, 4, 5, 7, 8, 10, 11, 13, 14, 16, 19)),
          Map.entry("PV1", List.of(2, 3, 7, 11, 18, 19, 44)),
          Map.entry("SCH", List.of(1, 2, 5, 7, 8, 16, 20, 25)),
          Map.entry("TQ1", List.of(6, 7, 8)),
          Map.entry("RGS", List.of(2)),
          Map.entry("AIL", List.of(2, 3, 12)),
          Map.entry("AIP", List.of(2, 3, 4, 12)),
          Map.entry("FT1", List.of(1, 2, 4, 5, 6, 7, 10, 11, 12, 16, 19, 20, 21, 22, 25, 26)),
          Map.entry(
              "IN1",
              List.of(
                  2, 3, 4, 5, 7, 8, 9, 11, 12, 13, 15, 16, 17, 18, 19, 20, 21, 22, 27, 36, 47,
                  49)));

  /** What it has there, where that is of a few values (1.4, 1.8, 1.9). */
  private static final Map<String, Set<String>> VALUES =
      Map.ofEntries(
          Map.entry("MSH-11", Set.of("P")),
          Map.entry("PID-1", Set.of("1")),
          Map.entry("RGS-2", Set.of("A", "U", "D", "X")),
          Map.entry("AIL-2", Set.of("A", "U", "D", "X")),
          Map.entry("AIP-2", Set.of("A", "U", "D", "X")),
          Map.entry("AIP-4", Set.of("D", "H")),
          Map.entry("IN1-17", Set.of("SEL", "SPO", "DOM", "PAR", "EMR", "GRD", "OTH")),
          Map.entry("IN1-21", Set.of("CO", "IN")),
          Map.entry("IN1-47", Set.of("M", "D")));

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
      assertTrue(cells.get(3).equals("same") || !cells.get(4).isBlank(), "no reason: " + line);
      assertTrue(told.add(cells.get(1)), line);
    }
    assertEquals(told, sent);
  }

  @Test
  void eachFieldThatOpenDentalSendsIsSentOrHasItsReason() throws IOException {
    Set<String> told = new TreeSet<>();
    for (String line : rows()) {
      told.add(line.split(" *[|] *", -1)[1]);
    }
    Set<String> expected = new TreeSet<>();
    OPEN_DENTAL.forEach(
        (segment, fields) -> fields.forEach(field -> expected.add(segment + "-" + field)));
    expected.removeAll(told);
    Set<String> withReason = new TreeSet<>();
    for (String line : Files.readAllLines(PAGE)) {
      if (line.matches("[|] `[A-Z][A-Z0-9]{2}-[0-9]+` [|] [^0-9|][^|]* [|] [^|]*[^| ] [|]")) {
        withReason.add(line.split("`", -1)[1]);
      }
    }
    assertEquals(expected, withReason);
  }

  /** As far as the facts go: that the field is there, and of few values that no other is sent. */
  @Test
  void whatIsCalledTheSameIsSentByOpenDentalTooAndWhatIsCalledEmptyIsNot() throws IOException {
    Map<String, Set<String>> sent = new TreeMap<>();
    for (Golden golden : Golden.all()) {
      if (golden.mapping().matches("hl7v2/.*-out")) {
        values(golden.expected(), sent);
      }
    }
    List<String> wrong = new ArrayList<>();
    int compared = 0;
    for (String line : rows()) {
      List<String> cells = List.of(line.split(" *[|] *", -1));
      String name = cells.get(1);
      int dash = name.indexOf('-');
      boolean isTheirs =
          OPEN_DENTAL
              .getOrDefault(name.substring(0, dash), List.of())
              .contains(Integer.parseInt(name.substring(dash + 1)));
      boolean isSame = cells.get(3).matches("same(,.*)?");
      if (isSame && !isTheirs || cells.get(3).equals("empty") && isTheirs) {
        wrong.add(line);
      }
      if (isSame && VALUES.containsKey(name)) {
        compared++;
        Set<String> others = new TreeSet<>(sent.getOrDefault(name, Set.of()));
        others.removeAll(VALUES.get(name));
        others.forEach(value -> wrong.add(value + " is none of Open Dental's in " + line));
      }
    }
    assertEquals(List.of(), wrong);
    assertTrue(compared > 5);
  }

  private static void values(JsonNode message, Map<String, Set<String>> sent) {
    for (JsonNode segment : message.path("segments")) {
      for (JsonNode one : message.path(segment.asText())) {
        for (Map.Entry<String, JsonNode> field : one.properties()) {
          for (JsonNode repetition : field.getValue()) {
            if (!repetition.path("1").asText("").isEmpty()) {
              sent.computeIfAbsent(segment.asText() + "-" + field.getKey(), key -> new TreeSet<>())
                  .add(repetition.path("1").asText());
            }
          }
        }
      }
    }
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
