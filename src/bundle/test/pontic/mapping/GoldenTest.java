package pontic.mapping;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import pontic.capture.Feed;
import pontic.capture.FeedFiles;
import pontic.hl7.Hl7Json;
import pontic.hl7.Hl7Text;
import pontic.record.Kind;

/** What each mapping makes of its {@link Golden} cases. Trees are compared, not text. */
class GoldenTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Mappings MAPPINGS = Mappings.load(Path.of("../../mappings"));

  private static final String HARM = "a text that means harm, or of another script";
  private static final String BEYOND = "a number that is none of its kind";
  private static final double TWO_TO_53 = 9_007_199_254_740_992d;
  private static final Pattern HOSTILE =
      Pattern.compile("[<>|\"\\\\]|[\\p{Cntrl}&&[^\\r\\n\\t]]|[^\\p{ASCII}]");

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

  /** By what offices have in their rows, not by what a case is called. */
  private static Set<String> uglinessOf(Golden golden) {
    Set<String> ugly = new TreeSet<>();
    golden
        .input()
        .properties()
        .forEach(
            column -> {
              JsonNode value = column.getValue();
              if (value.isNull()) {
                ugly.add("null");
              } else if (value.isNumber()
                  && (value.asDouble() < -1 || value.asDouble() >= TWO_TO_53)) {
                ugly.add(BEYOND);
              } else if (value.isTextual() && value.asText().matches("0000-00-00.*|0001-01-01.*")) {
                ugly.add("a day that is none");
              } else if (value.isTextual() && HOSTILE.matcher(value.asText()).find()) {
                ugly.add(HARM);
              }
            });
    return ugly;
  }

  private static List<String> resources() {
    return MAPPINGS.names().stream().filter(name -> name.startsWith("outbound/")).toList();
  }

  @Test
  void everyResourceHasAnOrdinaryRowThatIsToldAndAnUglyOne() throws IOException {
    Set<String> missing = new TreeSet<>();
    for (String name : resources()) {
      boolean ordinary = false;
      boolean ugly = false;
      for (Golden golden : Golden.all(name)) {
        Set<String> uglinesses = uglinessOf(golden);
        boolean told = golden.expected().path("resourceType").isTextual();
        // -1, null and a day that is none are how Open Dental says that there is nothing.
        ordinary |= told && !uglinesses.contains(HARM) && !uglinesses.contains(BEYOND);
        ugly |= uglinesses.contains(HARM) || uglinesses.size() > 1;
      }
      if (!ordinary) {
        missing.add(name + " has no ordinary row");
      }
      if (!ugly) {
        missing.add(name + " has no ugly row");
      }
    }
    assertEquals(Set.of(), missing);
  }

  /**
   * Columns that some versions lack are named in sql/capture/columns; each resource that reads one
   * has a row of a level with it and of a level without it. All other columns are those of every
   * level, so that one row stands for both.
   */
  @Test
  void everyResourceThatAnOlderSchemaMakesOtherwiseHasARowOfBothLevels() throws IOException {
    Set<String> missing = new TreeSet<>();
    int looked = 0;
    for (Feed feed : FeedFiles.load(Path.of("../../sql/capture"))) {
      String name = "outbound/" + new Kind(feed.resource()).name();
      for (Feed.Line line : feed.lines()) {
        String column = line.needs().orElse("").replaceFirst("^.*\\.", "");
        if (!column.isEmpty() && resources().contains(name)) {
          looked++;
          for (boolean newer : List.of(true, false)) {
            boolean there = false;
            for (Golden golden : Golden.all(name)) {
              there |=
                  has(golden, column) == newer
                      && golden.expected().path("resourceType").isTextual();
            }
            if (!there) {
              missing.add(name + " has no row " + (newer ? "with " : "without ") + column);
            }
          }
        }
      }
    }
    assertTrue(looked > 5, "no column of some versions was found");
    assertEquals(Set.of(), missing);
  }

  /** Whatever its case: so are columns in MySQL. */
  private static boolean has(Golden golden, String column) {
    return golden.input().properties().stream()
        .anyMatch(each -> each.getKey().equalsIgnoreCase(column));
  }
}
