package pontic.translate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ca.uhn.hl7v2.HL7Exception;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import pontic.capture.Feed;
import pontic.capture.FeedFiles;
import pontic.hl7.Hl7Json;
import pontic.hl7.Hl7Text;
import pontic.hl7.Strictly;
import pontic.mapping.Golden;
import pontic.mapping.Mappings;
import pontic.practice.Practice;
import pontic.record.Kind;
import pontic.record.Row;

/**
 * Whatever stands in a row, no mapping throws and what it tells is valid. A few rows of each in a
 * build; {@code -Dpontic.rows=1000 -Dpontic.rows.seed=7} looks at many.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AnyRowsTest {
  private static final Path HOME = Path.of("..", "..");
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern ENTRY = Pattern.compile("entry\\[(\\d+)\\]");
  private static final int AT_ONCE = 500;
  private static final int TELL = 40;

  /** What a mapping made of a row. */
  private record Told(Kind kind, ObjectNode row, ObjectNode resource) {
    String mapping() {
      return "outbound/" + kind.name();
    }
  }

  private final Mappings mappings = Mappings.load(HOME.resolve("mappings"));
  private final Translator translator =
      new Translator(
          (practice, name) -> mappings.mapper(name),
          List.of(OutboundMappingTest.practice("elm", "America/New_York")));
  private final int each = Integer.getInteger("pontic.rows", 8);
  private final long seed = Long.getLong("pontic.rows.seed", 20261122L);
  private final List<Told> told = new ArrayList<>();
  private final List<String> thrown = new ArrayList<>();

  @BeforeAll
  void make() {
    for (Feed feed : FeedFiles.load(HOME.resolve("sql/capture"))) {
      String name = "outbound/" + new Kind(feed.resource()).name();
      if (feed.keys().isPresent() && mappings.names().contains(name)) {
        make(name, new Kind(feed.resource()), feed.keys().get().replaceFirst("^.*\\.", ""));
      }
    }
  }

  private void make(String name, Kind kind, String key) {
    AnyRows rows = new AnyRows(seed, Golden.all(name), mappings.fields(name), key);
    int made = 0;
    for (int tries = 0; tries < each * 25 && made < each; tries++) {
      ObjectNode row = rows.next();
      Map<String, Object> columns = JSON.convertValue(row, new TypeReference<>() {});
      try {
        if (translator.map(
                new Row(
                    "elm",
                    kind.text(),
                    row.path(key).asLong(1),
                    Instant.EPOCH,
                    false,
                    "hash",
                    columns))
            instanceof ObjectNode resource) {
          told.add(new Told(kind, row, resource));
          made++;
        }
      } catch (RuntimeException e) {
        thrown.add(name + ": " + e.getMessage() + " " + row);
      }
    }
    if (made < each) {
      thrown.add(name + ": of " + each * 25 + " rows only " + made + " were told");
    }
  }

  @Test
  void noRowIsTooMuchForItsMapping() {
    assertEquals(List.of(), thrown.stream().limit(TELL).toList(), "seed " + seed);
    assertTrue(told.size() >= each * 38, "mappings were not found");
  }

  @Test
  void whatIsToldOfAnyRowIsValid() throws Exception {
    assumeTrue(UsCore.isThere(), UsCore.MISSING);
    // By mapping and complaint: how often, and one row.
    Map<String, List<String>> wrong = new TreeMap<>();
    for (int from = 0; from < told.size(); from += AT_ONCE) {
      List<Told> some = told.subList(from, Math.min(told.size(), from + AT_ONCE));
      List<String> texts = new ArrayList<>();
      for (Told one : some) {
        // Rows may share a key.
        texts.add(one.resource().deepCopy().put("id", "row-" + texts.size()).toString());
      }
      for (String error : UsCore.SHARED.errorsOfAll(texts)) {
        Matcher entry = ENTRY.matcher(error);
        assertTrue(entry.find(), error);
        Told one = some.get(Integer.parseInt(entry.group(1)));
        wrong
            .computeIfAbsent(
                one.mapping() + error.replaceFirst("^.*?/row-\\d+\\*/", ""),
                key -> new ArrayList<>())
            .add(one.row().toString());
      }
    }
    assertEquals(
        List.of(),
        wrong.entrySet().stream()
            .map(
                each ->
                    each.getKey() + " x" + each.getValue().size() + " " + each.getValue().get(0))
            .limit(TELL)
            .toList(),
        "seed " + seed);
  }

  @Test
  void idsAreIds() {
    for (Told one : told) {
      String id = one.resource().path("id").asText();
      assertTrue(id.matches("[A-Za-z0-9.-]{1,64}"), id);
    }
  }

  /** Sites that once had random keys have them of 64 bits (open-dental-schema.md 1). */
  @Test
  void idsAndReferencesAreIdsAtThePracticeOfTheLongestNameWithTheLongestKeys() {
    String practice = "e".repeat(Practice.LONGEST_ID);
    Translator longest =
        new Translator(
            (office, name) -> mappings.mapper(name),
            List.of(OutboundMappingTest.practice(practice, "America/New_York")));
    Set<String> wrong = new TreeSet<>();
    Set<String> made = new TreeSet<>();
    for (Told one : told) {
      Map<String, Object> columns = JSON.convertValue(one.row(), new TypeReference<>() {});
      columns.replaceAll(
          (column, value) ->
              column.endsWith("Num") && value instanceof Number number && number.longValue() > 0
                  ? Long.valueOf(Long.MAX_VALUE)
                  : value);
      JsonNode resource =
          longest.map(
              new Row(
                  practice,
                  one.kind().text(),
                  Long.MAX_VALUE,
                  Instant.EPOCH,
                  false,
                  "hash",
                  columns));
      if (!resource.isObject()) {
        continue;
      }
      List<String> ids = new ArrayList<>();
      resource.findValues("reference").stream()
          .filter(JsonNode::isTextual)
          .forEach(reference -> ids.add(reference.asText()));
      ids.add(resource.path("resourceType").asText() + "/" + resource.path("id").asText());
      for (String id : ids) {
        made.add(id.replaceFirst("^.*/", "").replaceFirst(practice, ""));
        if (!id.matches("[A-Za-z]+/[A-Za-z0-9.-]{1,64}")) {
          wrong.add(id);
        }
      }
    }
    assertEquals(Set.of(), wrong);
    assertTrue(made.contains("-vital-bmi-percentile-" + Long.MAX_VALUE), made::toString);
    assertTrue(made.contains("-patient-" + Long.MAX_VALUE), made::toString);
  }

  @Test
  void whatIsToldOfAnyRowMakesAMessageThatReadsTheSameAndAnothersParserTakes() throws Exception {
    Map<String, List<String>> sources =
        Map.of(
            "hl7v2/adt-out", List.of("outbound/patient"),
            "hl7v2/siu-out", List.of("outbound/appointment"),
            "hl7v2/dft-out", List.of("outbound/procedure"),
            "hl7v2/mdm-out", List.of("outbound/procedure", "outbound/commlog"));
    Set<String> parts =
        Set.of(
            "outbound/allergy",
            "outbound/disease",
            "outbound/patplan",
            "outbound/guarantor",
            "outbound/procedure");
    int made = 0;
    for (Map.Entry<String, List<String>> source : sources.entrySet()) {
      Golden like = Golden.all(source.getKey()).get(0);
      for (Told one : told) {
        ObjectNode input = like.input().deepCopy();
        if (source.getValue().contains(one.mapping())) {
          input.set("resource", one.resource());
        } else if (source.getKey().equals("hl7v2/adt-out") && parts.contains(one.mapping())) {
          ((ObjectNode) input.get("resource")).putArray("contained").add(one.resource());
        } else {
          continue;
        }
        if (!source.getKey().equals("hl7v2/dft-out") && !source.getKey().equals("hl7v2/mdm-out")
            || isTold(one.resource())) {
          JsonNode message = mappings.mapper(source.getKey()).map(input, like.variables());
          byte[] bytes = new Hl7Text().write(message);
          JsonNode read = new Hl7Json().parse(bytes);
          assertEquals(message.path("segments"), read.path("segments"), one.toString());
          try {
            Strictly.parsed(new String(bytes, StandardCharsets.UTF_8));
          } catch (HL7Exception e) {
            throw new AssertionError(one + " " + new String(bytes, StandardCharsets.UTF_8), e);
          }
          made++;
        }
      }
    }
    assertTrue(made > each * 6, "rows were not found: " + made);
  }

  /** Others are not told by such messages (ChangeTest). */
  private static boolean isTold(JsonNode resource) {
    return resource.path("status").asText().equals("completed")
        && (resource.has("performedDateTime")
            || resource.path("performedPeriod").has("start")
            || resource.has("sent")
            || resource.has("received"))
        && (resource.has("note") || resource.has("payload"));
  }
}
