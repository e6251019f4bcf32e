package pontic.mapping;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import pontic.hl7.Hl7Json;

/**
 * The tables of HL7's v2-to-FHIR say to which element a field of a segment goes. Of each segment
 * that we read, each such field is changed in the golden cases, and the element has to change in
 * what comes out. Rows for which it does not stand in {@code v2-tables.yaml} with how many they are
 * and why; one that is not listed fails, and so does one that is listed and changes its element.
 * All rows of a kind of resource that is never made of a segment's messages stand as one.
 */
class TablesTest {
  private static final Path TABLES = Path.of("../../../shared/data/v2-to-fhir/segments");
  private static final Path HOME = Path.of("../..");
  private static final Path LISTED = Path.of("test/v2-tables.yaml");
  private static final Path TOLD = Path.of("target/v2-tables.md");
  private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());
  private static final Mappings MAPPINGS = Mappings.load(HOME.resolve("mappings"));

  private static final List<String> CODES =
      ("A B C D E F G H I L M N O P R S U X Y 18 19 AV AU CA CD CM DA DC DI DO EA FA HD IN IP LA LE MA MC MI MO"
              + " OB OP PA SC SE SV UN Booked Cancelled Complete Noshow Pending Started CHD SEL SPO")
          .lines()
          .flatMap(line -> Arrays.stream(line.split(" ")))
          .toList();

  /** By HL7's data type, what else may stand in a field. */
  private static final Map<String, List<String>> OTHERS =
      Map.ofEntries(
          Map.entry("SI", List.of("7")),
          Map.entry("NM", List.of("7")),
          Map.entry("DT", List.of("20200102")),
          Map.entry("DTM", List.of("20200102030405", "20200102")),
          Map.entry("TS", List.of("20200102030405", "20200102")),
          Map.entry("CX", List.of("X77^^^OTHER&1.2.3&ISO^MR", "X77^^^OTHER^SS")),
          Map.entry("EI", List.of("X77^OTHER")),
          Map.entry("EIP", List.of("X77&OTHER^Y77&OTHER")),
          Map.entry("HD", List.of("OTHER^1.2.3^ISO")),
          Map.entry("XPN", List.of("Other^Ada^B^^^^L", "Other^Ada^B^^^^M")),
          Map.entry("XCN", List.of("77^Other^Ada^^^Dr^^^NPI")),
          Map.entry("XAD", List.of("9 Other St^^Town^WA^98101^USA^H")),
          Map.entry(
              "XTN",
              List.of("5035550199^PRN^PH^^1^503^5550199", "^NET^Internet^other@house.example")),
          Map.entry("XON", List.of("Other House^^77^^^OTHER^^^^77")),
          Map.entry("PL", List.of("OP-9^^^OTHER")),
          Map.entry("TQ", List.of("1^^30^20200102030405^20200102033405^S")));

  /**
   * A row of a table.
   *
   * @param kind HL7's data type
   * @param type of resource
   * @param path of the element without positions and kinds; blank for the resource itself
   */
  private record Row(String segment, int field, String kind, String type, String path) {
    String place() {
      return segment + "-" + field + " " + type + (path.isEmpty() ? "" : "." + path);
    }
  }

  @Test
  void eachFieldChangesTheElementThatTheTablesNameOrIsListedWithAReason() throws IOException {
    assumeTrue(Files.isDirectory(TABLES), "the tables of others are not here: " + TABLES);
    Map<String, List<Golden>> cases = cases();
    Map<String, Set<String>> made = made(cases);
    Map<String, Integer> unheld = new TreeMap<>();
    Map<String, List<Row>> byField = new TreeMap<>();
    int all = 0;
    for (Row row : rows(cases.keySet())) {
      all++;
      if (made.get(row.segment()).contains(row.type())) {
        byField
            .computeIfAbsent(row.segment() + "-" + row.field(), field -> new ArrayList<>())
            .add(row);
      } else {
        unheld.merge(row.segment() + " " + row.type(), 1, Integer::sum);
      }
    }
    assertTrue(all > 500, "only " + all + " rows");
    for (List<Row> rows : byField.values()) {
      unheld(rows, cases.get(rows.get(0).segment()))
          .forEach(row -> unheld.merge(row.place(), 1, Integer::sum));
    }
    int not = unheld.values().stream().mapToInt(Integer::intValue).sum();
    System.out.println(all + " rows of tables: " + (all - not) + " held, " + not + " listed");
    Files.createDirectories(TOLD.getParent());
    Files.write(
        TOLD,
        unheld.entrySet().stream()
            .map(each -> "      \"%s\": %d".formatted(each.getKey(), each.getValue()))
            .toList());
    Map<String, Integer> listed = listed();
    Set<String> wrong = new TreeSet<>();
    unheld.forEach(
        (place, count) -> {
          if (!count.equals(listed.get(place))) {
            wrong.add(place + ": " + count + " and not " + listed.getOrDefault(place, 0));
          }
        });
    listed.keySet().stream()
        .filter(place -> !unheld.containsKey(place))
        .forEach(place -> wrong.add(place + ": no more"));
    assertEquals(Set.of(), wrong, "all of them: " + TOLD.toAbsolutePath().normalize());
  }

  /** By segment, the golden cases of the mappings that read it. */
  private static Map<String, List<Golden>> cases() throws IOException {
    JsonNode facts = YAML.readTree(HOME.resolve("mappings/left-out.yaml").toFile());
    Map<String, List<Golden>> cases = new TreeMap<>();
    facts
        .path("messages")
        .properties()
        .forEach(
            mapping -> {
              Set<String> left = new HashSet<>();
              facts
                  .path("mappings")
                  .path(mapping.getKey())
                  .forEach(names -> left.addAll(Arrays.asList(names.asText().split("\\s+"))));
              mapping
                  .getValue()
                  .fieldNames()
                  .forEachRemaining(
                      segment -> {
                        if (!left.contains(segment)) {
                          Golden.all(mapping.getKey()).stream()
                              .filter(each -> each.input().has(segment))
                              .forEach(
                                  each ->
                                      cases
                                          .computeIfAbsent(segment, any -> new ArrayList<>())
                                          .add(each));
                        }
                      });
            });
    return cases;
  }

  /** By segment, the types of resources that its messages become. */
  private static Map<String, Set<String>> made(Map<String, List<Golden>> cases) {
    Map<String, Set<String>> made = new TreeMap<>();
    cases.forEach(
        (segment, all) ->
            all.forEach(
                each ->
                    each.run(MAPPINGS)
                        .path("entry")
                        .forEach(
                            entry ->
                                made.computeIfAbsent(segment, any -> new TreeSet<>())
                                    .add(entry.path("resource").path("resourceType").asText()))));
    return made;
  }

  /** Those of these segments that name a field and an element. */
  private static List<Row> rows(Set<String> segments) throws IOException {
    List<Row> rows = new ArrayList<>();
    for (Path table : tables()) {
      String[] name = table.getFileName().toString().replace(".csv", "").split("__|-", 3);
      if (segments.contains(name[0])) {
        for (List<String> cells : cells(Files.readString(table))) {
          String id = cells.size() > 9 ? cells.get(1).strip() : "";
          String element = id.isEmpty() ? "" : cells.get(9).strip();
          if (id.matches(name[0] + "-\\d+") && !element.isEmpty()) {
            String path = element.replaceAll("\\[[^]]*]", "").replaceFirst("[(=\\s].*", "");
            rows.add(
                new Row(
                    name[0],
                    Integer.parseInt(id.substring(name[0].length() + 1)),
                    cells.get(3).strip(),
                    name[1],
                    path.equals("$this") ? "" : path));
          }
        }
      }
    }
    return rows;
  }

  private static List<Path> tables() throws IOException {
    try (Stream<Path> all = Files.list(TABLES)) {
      return all.filter(file -> file.toString().endsWith(".csv")).sorted().toList();
    }
  }

  /** Of a file with commas and quotation marks. */
  private static List<List<String>> cells(String text) {
    List<List<String>> lines = new ArrayList<>();
    List<String> line = new ArrayList<>();
    StringBuilder cell = new StringBuilder();
    boolean quoted = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"') {
        if (quoted && i + 1 < text.length() && text.charAt(i + 1) == '"') {
          cell.append(c);
          i++;
        } else {
          quoted = !quoted;
        }
      } else if (quoted || c != ',' && c != '\n') {
        cell.append(c);
      } else {
        line.add(cell.toString());
        cell.setLength(0);
        if (c == '\n') {
          lines.add(line);
          line = new ArrayList<>();
        }
      }
    }
    line.add(cell.toString());
    lines.add(line);
    assertFalse(quoted, "a quotation mark is not closed");
    return lines;
  }

  /** Rows of one field whose element no other value of the field changes, in any case. */
  private static List<Row> unheld(List<Row> rows, List<Golden> cases) {
    List<Row> left = new ArrayList<>(rows);
    Row any = rows.get(0);
    String field = String.valueOf(any.field());
    Set<JsonNode> others = others(any, cases);
    for (Golden each : cases) {
      JsonNode before = each.run(MAPPINGS);
      for (JsonNode other : others) {
        ObjectNode input = each.input().deepCopy();
        for (JsonNode segment : input.path(any.segment())) {
          if (other.isMissingNode()) {
            ((ObjectNode) segment).remove(field);
          } else {
            ((ObjectNode) segment).set(field, other);
          }
        }
        JsonNode after = new Golden(each.folder(), input, each.variables()).run(MAPPINGS);
        if (!after.has("fails")) {
          left.removeIf(row -> !values(before, row).equals(values(after, row)));
        }
        if (left.isEmpty()) {
          return left;
        }
      }
    }
    return left;
  }

  /** Nothing, what the cases have there, and what its data type allows. */
  private static Set<JsonNode> others(Row row, List<Golden> cases) {
    Set<JsonNode> others = new LinkedHashSet<>();
    others.add(MissingNode.getInstance());
    for (Golden each : cases) {
      each.input()
          .path(row.segment())
          .forEach(segment -> others.add(segment.path(String.valueOf(row.field()))));
    }
    List<String> texts = new ArrayList<>(OTHERS.getOrDefault(row.kind(), List.of()));
    if (texts.isEmpty()) {
      texts.addAll(List.of("Other words", "C7^Other words^L", "7.5"));
      texts.addAll(CODES);
    }
    for (String text : texts) {
      String message =
          "MSH|^~\\&|A|B|C|D|20260101||ADT^A08|1|P|2.5\r"
              + row.segment()
              + "|".repeat(row.field())
              + text;
      others.add(
          new Hl7Json()
              .parse(message.getBytes(StandardCharsets.UTF_8))
              .path(row.segment())
              .path(0)
              .path(String.valueOf(row.field())));
    }
    return others;
  }

  /** What stands at the row's element, of all resources of its type. */
  private static List<JsonNode> values(JsonNode bundle, Row row) {
    List<JsonNode> values = new ArrayList<>();
    for (JsonNode entry : bundle.path("entry")) {
      JsonNode resource = entry.path("resource");
      if (resource.path("resourceType").asText().equals(row.type())) {
        add(
            values,
            Golden.standard(resource),
            row.path().isEmpty() ? List.of() : List.of(row.path().split("\\.")));
      }
    }
    return values;
  }

  private static void add(List<JsonNode> values, JsonNode node, List<String> path) {
    if (node.isArray()) {
      node.forEach(each -> add(values, each, path));
    } else if (!path.isEmpty()) {
      add(values, node.path(path.get(0)), path.subList(1, path.size()));
    } else if (!node.isMissingNode()) {
      values.add(node);
    }
  }

  /** Place and count of all reasons; a place stands once. */
  private static Map<String, Integer> listed() throws IOException {
    Map<String, Integer> listed = new TreeMap<>();
    for (JsonNode each : YAML.readTree(LISTED.toFile()).path("rows")) {
      assertTrue(!each.path("why").asText().isBlank(), "a reason is missing");
      each.path("places")
          .properties()
          .forEach(
              place -> {
                Integer before = listed.put(place.getKey(), place.getValue().asInt());
                assertTrue(before == null, place.getKey() + " is listed twice");
              });
    }
    return listed;
  }
}
