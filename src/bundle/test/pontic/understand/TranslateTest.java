package pontic.understand;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import pontic.hl7.Hl7Json;
import pontic.mapping.Mappings;

/** What is read of a message, by the events and mappings that are shipped. */
final class TranslateTest {
  private static final Path MAPPINGS = Path.of("../../mappings");
  private static final int MOST = 50;

  private static Mappings mappings;
  private static Map<String, Event> events;

  /** How often a mapping was asked for. */
  private int mapped;

  @BeforeAll
  static void load() throws IOException {
    mappings = Mappings.load(MAPPINGS);
    events =
        new ObjectMapper(new YAMLFactory())
            .readValue(MAPPINGS.resolve("hl7v2/events.yaml").toFile(), new TypeReference<>() {});
  }

  @Test
  void aMergeIsReadWithAsManyNumbersAsItMaySay() {
    for (String type : List.of("ADT^A40", "ADT^A47")) {
      assertEquals(
          2 * MOST,
          read(type, "PID|1||" + numbers(MOST, "A"), "MRG|" + numbers(MOST, "B"))
              .bundle()
              .findValues("identifier")
              .stream()
              .mapToInt(identifiers -> identifiers.size())
              .sum());
    }
  }

  @Test
  void aMergeOfMoreNumbersIsRefusedBeforeItsMappingRuns() {
    for (String type : List.of("ADT^A40", "ADT^A47")) {
      assertRefused("MRG-1", 800, type, "PID|1||1", "MRG|" + numbers(800, "B"));
      assertRefused("PID-3", 800, type, "PID|1||" + numbers(800, "A"), "MRG|1");
      assertRefused("PID-3", MOST + 1, type, "PID|1||" + numbers(MOST + 1, "A"), "MRG|1");
    }
    assertEquals(0, mapped);
  }

  @Test
  void numbersOfSeveralSegmentsAreCountedTogether() {
    assertRefused(
        "MRG-1",
        60,
        "ADT^A40",
        "PID|1||1",
        "MRG|" + numbers(30, "A"),
        "PID|2||2",
        "MRG|" + numbers(30, "B"));
    assertEquals(0, mapped);
  }

  private void assertRefused(String field, int times, String type, String... segments) {
    assertEquals(
        "%s stands in it %d times; a message of this type is read with at most %d"
            .formatted(field, times, MOST),
        assertThrows(NotUnderstood.class, () -> read(type, segments)).getMessage());
  }

  private Understanding read(String type, String... segments) {
    Translate translate =
        new Translate(
            new Hl7Json(),
            events,
            new Kinds(Map.of(), Map.of()),
            (practice, name) -> {
              mapped++;
              return mappings.mapper(name);
            },
            Map.of("elm", "UTC"));
    String text =
        "MSH|^~\\&|ADT|LAKESIDE|PONTIC|ELM|20260301101500||"
            + type
            + "|1|P|2.5.1\r"
            + String.join("\r", segments);
    return translate.translate(
        translate.read(
            new Understanding(
                "m",
                "elm",
                1,
                "accept-hl7",
                "ADT|LAKESIDE",
                type,
                1,
                text.getBytes(StandardCharsets.UTF_8),
                "",
                "",
                false,
                false,
                MissingNode.getInstance(),
                List.of(),
                MissingNode.getInstance())));
  }

  private static String numbers(int count, String assigner) {
    return IntStream.range(0, count)
        .mapToObj(i -> i + "^^^" + assigner + i + "^MR")
        .collect(Collectors.joining("~"));
  }
}
