package pontic.mapping;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;

import ca.uhn.fhir.context.BaseRuntimeChildDefinition;
import ca.uhn.fhir.context.FhirContext;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import pontic.capture.Feed;
import pontic.capture.FeedFiles;
import pontic.capture.OfficeTables;
import pontic.house.Page;
import pontic.record.Kind;

/**
 * Whatever a mapping is given is read or left out for a reason that {@code mappings/left-out.yaml}
 * has. Read means seen in what comes out: there is a golden case that comes out otherwise if this
 * one value is another. {@code docs/fields.md} is made of the same; {@code
 * -Dpontic.docs.write=true} writes it.
 */
class InputsTest {
  private static final Pattern SEVERAL = Pattern.compile("(\\w{3})-(\\d+)\\.\\.(\\d+)");
  private static final Path HOME = Path.of("..", "..");
  private static final Mappings MAPPINGS = Mappings.load(HOME.resolve("mappings"));
  private static final Writes WRITES = Writes.load(HOME.resolve("mappings"));
  private static final List<Feed> FEEDS = FeedFiles.load(HOME.resolve("sql/capture"));
  private static final OfficeTables OFFICE = OfficeTables.known();
  private static final JsonNode FACTS = facts();
  private static final Map<String, List<Golden>> GOLDEN =
      Golden.all().stream().collect(Collectors.groupingBy(Golden::mapping));

  private static final Pattern SOURCE =
      Pattern.compile("(?i)\\b(?:from|join)\\s+([a-z]+)(?:\\s+(?:as\\s+)?([a-z]+))?\\b");
  private static final Pattern DERIVED = Pattern.compile("\\) ([a-z]\\w*)\\b");
  private static final Pattern COLUMN = Pattern.compile("\\b(\\w+)\\.(\\w+)\\b");

  /** Beside what other golden cases have at the same place. */
  private static final List<JsonNode> OTHERS =
      List.of(
          IntNode.valueOf(0),
          IntNode.valueOf(1),
          IntNode.valueOf(2),
          IntNode.valueOf(7),
          TextNode.valueOf("1"),
          TextNode.valueOf("word"),
          TextNode.valueOf("2021-03-04"),
          TextNode.valueOf("2021-03-04 05:06:07"),
          TextNode.valueOf("05:06:07"));

  private static final Set<String> OTHER_NAMES =
      Set.of(
          "medicationMedication",
          "reportedOrganization",
          "reportedPatient",
          "reportedPractitioner",
          "reportedPractitionerRole",
          "reportedRelatedPerson");

  private static final String INTRODUCTION =
      """
# Fields

What the mappings are given, what of it is read, and what is left out for which reason. Made of `mappings/left-out.yaml`, the statements, the mappings and their golden cases by
`InputsTest`; decision 0216 says how. Read means: there is a golden case that comes out otherwise if this one value is another.

## What is read of an office's database

Columns of the table behind each resource, as any version from 21.1 to 25.3 has them: read for it, read for another resource or to find rows, left out. Beside it, columns of other tables.

| resource | table | read | for others | left out | total | of other tables |
|---|---|---|---|---|---|---|
""";

  private static final String UNREAD =
      """

## Tables that no statement of capture reads

Of the tables in `capture/tables.txt`, each with its reason. "Not yet" is clinical, has a place in FHIR, and is not told by this version.

""";

  private static final String GIVEN =
      """

## What mappings are given beside rows

Messages by fields of their segments, not components; FHIR by top-level elements of R4, so that one is read if anything in it is; messages that go out by top-level elements of the records that
they are made of. Mappings of rows stand here only if they do not read all of what their statement selects.

| mapping | read | left out | total |
|---|---|---|---|
""";

  /**
   * What goes along in a message, by where it stands and its type: the mappings that make such
   * resources.
   */
  private static final Map<String, Map<String, List<String>>> ALONG =
      Map.of(
          "hl7v2/adt-out",
          Map.of(
              "resource.contained.AllergyIntolerance",
              List.of("outbound/allergy"),
              "resource.contained.Condition",
              List.of("outbound/disease"),
              "resource.contained.Coverage",
              List.of("outbound/patplan"),
              "resource.contained.Procedure",
              List.of("outbound/procedure"),
              "resource.contained.RelatedPerson",
              List.of("outbound/guarantor"),
              "records.Organization",
              List.of("outbound/carrier", "outbound/clinic-organization"),
              "records.Patient",
              List.of("outbound/patient"),
              "records.Practitioner",
              List.of("outbound/practitioner")),
          "hl7v2/siu-out",
          Map.of(
              "records.Location",
              List.of("outbound/location", "outbound/clinic"),
              "records.Practitioner",
              List.of("outbound/practitioner")),
          "hl7v2/dft-out",
          Map.of("records.Practitioner", List.of("outbound/practitioner")),
          "hl7v2/mdm-out",
          Map.of("records.Practitioner", List.of("outbound/practitioner")));

  /**
   * A place in an input: a column, a segment and its field, an element, or an element below. Of a
   * list of resources the step after it is their type.
   */
  private record Place(List<String> path) {
    static Place of(String... path) {
      return new Place(List.of(path));
    }

    /** All that stands there, in any of the segments. */
    List<JsonNode> values(JsonNode input) {
      List<JsonNode> found = new ArrayList<>();
      for (JsonNode parent : parents(input)) {
        JsonNode value = parent.path(last());
        if (!value.isMissingNode()) {
          found.add(value);
        }
      }
      return found;
    }

    /** The input with another value there, or without one if {@code value} is missing. */
    JsonNode with(JsonNode input, JsonNode value) {
      JsonNode changed = input.deepCopy();
      for (ObjectNode parent : parents(changed)) {
        if (value.isMissingNode()) {
          parent.remove(last());
        } else {
          parent.set(last(), value);
        }
      }
      return changed;
    }

    private List<ObjectNode> parents(JsonNode input) {
      JsonNode at = input;
      for (String step : path.subList(0, path.size() - 1)) {
        at = at instanceof ArrayNode all ? ofType(all, step) : at.path(step);
      }
      List<ObjectNode> parents = new ArrayList<>();
      (at instanceof ArrayNode all ? all : List.of(at))
          .forEach(
              each -> {
                if (each instanceof ObjectNode object) {
                  parents.add(object);
                }
              });
      return parents;
    }

    /** The resources of one type; they are not copied. */
    private static ArrayNode ofType(ArrayNode resources, String type) {
      ArrayNode some = new ObjectMapper().createArrayNode();
      for (JsonNode each : resources) {
        if (each.path("resourceType").asText().equals(type)) {
          some.add(each);
        }
      }
      return some;
    }

    private String last() {
      return path.get(path.size() - 1);
    }

    @Override
    public String toString() {
      boolean field = path.size() > 1 && last().matches("[0-9]+");
      return String.join(field ? "-" : ".", path);
    }
  }

  /**
   * Those of destinations are given whatever is sent; what only names what is left reads nothing.
   */
  static Set<String> mappings() {
    return MAPPINGS.names().stream()
        .filter(name -> !name.startsWith("destination/") && !name.endsWith("-left"))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @ParameterizedTest
  @MethodSource("mappings")
  void whatAMappingIsGivenIsSeenInWhatComesOutOrLeftOutForAReason(String mapping) {
    Set<String> unseen = new TreeSet<>();
    for (Place place : places(mapping)) {
      if (!isSeen(mapping, place)) {
        unseen.add(place.toString());
      }
    }
    assertEquals(
        leftOut("mappings", mapping), unseen, "left out by mappings/left-out.yaml, and not seen");
  }

  @ParameterizedTest
  @MethodSource("rows")
  void theColumnsOfAStatementAreThoseOfTheShape(String mapping) {
    for (Feed feed : feeds(mapping)) {
      assertEquals(new TreeSet<>(MAPPINGS.fields(mapping)), selected(feed), feed.name());
    }
  }

  static Set<String> rows() {
    return MAPPINGS.names().stream()
        .filter(name -> name.startsWith("outbound/"))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** Of each table whose rows are told, alone or with another's. */
  @Test
  void eachColumnOfAnOfficesTablesIsReadByAStatementOrLeftOutForAReason() {
    Map<String, Set<String>> read = columnsRead(FEEDS);
    FACTS.path("lookups").forEach(table -> read.remove(table.asText()));
    Set<String> listed = new TreeSet<>();
    FACTS.path("tables").fieldNames().forEachRemaining(listed::add);
    listed.removeIf(table -> read.containsKey(table));
    assertEquals(Set.of(), listed, "tables that no statement reads");
    assertAll(
        read.entrySet().stream()
            .map(
                table ->
                    () -> {
                      Set<String> rest =
                          new TreeSet<>(OFFICE.columns(table.getKey()).orElseThrow());
                      rest.removeAll(table.getValue());
                      assertEquals(leftOut("tables", table.getKey()), rest, table.getKey());
                    }));
  }

  /**
   * What is known of an office and not told at all is as good as dropped, unless it is said why.
   */
  @Test
  void eachKnownTableIsReadOrLeftOutForAReason() {
    Set<String> unread = new TreeSet<>(OFFICE.names());
    unread.removeAll(columnsRead(FEEDS).keySet());
    FACTS.path("lookups").forEach(table -> unread.remove(table.asText()));
    List<String> listed = new ArrayList<>();
    unread().values().forEach(listed::addAll);
    assertEquals(List.copyOf(unread), listed.stream().sorted().toList());
  }

  @Test
  void thePageIsUnchanged() throws IOException {
    new Page("docs/fields.md").says(page());
  }

  private static boolean isSeen(String mapping, Place place) {
    List<Golden> golden = GOLDEN.get(mapping);
    Set<JsonNode> candidates = new LinkedHashSet<>();
    GOLDEN.entrySet().stream()
        .filter(of -> of.getKey().equals(mapping) || isMessage(of.getKey()) && isMessage(mapping))
        .flatMap(of -> of.getValue().stream())
        .forEach(each -> candidates.addAll(place.values(each.input())));
    if (mapping.endsWith("-out")) {
      candidates.addAll(told(mapping, place));
    }
    candidates.addAll(others(mapping));
    for (Golden each : golden) {
      JsonNode before = read(each);
      for (JsonNode candidate : candidates) {
        JsonNode input = place.with(each.input(), candidate);
        if (!input.equals(each.input())) {
          JsonNode after = read(new Golden(each.folder(), input, each.variables()));
          if (!after.equals(before) && !after.has("fails")) {
            return true;
          }
        }
      }
    }
    return false;
  }

  /** What comes out, without the sentences that name fields as left out. */
  private static JsonNode read(Golden golden) {
    JsonNode out = golden.run(MAPPINGS);
    if (out.path("entry") instanceof ArrayNode entries) {
      for (int i = entries.size() - 1; i >= 0; i--) {
        if (entries.path(i).path("resource").path("issue") instanceof ArrayNode issues) {
          for (int j = issues.size() - 1; j >= 0; j--) {
            if (issues.path(j).path("diagnostics").asText().matches("left out: [A-Z0-9]{3}-.*")) {
              issues.remove(j);
            }
          }
          if (issues.isEmpty()) {
            entries.remove(i);
          }
        }
      }
    }
    return out;
  }

  private static boolean isMessage(String mapping) {
    return mapping.startsWith("hl7v2/") && !mapping.endsWith("-out");
  }

  private static List<JsonNode> others(String mapping) {
    List<JsonNode> others = new ArrayList<>();
    others.add(MissingNode.getInstance());
    if (mapping.startsWith("outbound/")) {
      others.addAll(OTHERS);
    }
    if (isMessage(mapping)) {
      ObjectNode field = new ObjectMapper().createObjectNode().put("1", "word");
      others.add(new ObjectMapper().createArrayNode().add(field));
    }
    return others;
  }

  private static List<Place> places(String mapping) {
    List<Place> places = new ArrayList<>();
    if (mapping.startsWith("outbound/")) {
      MAPPINGS.fields(mapping).forEach(column -> places.add(Place.of(column)));
    } else if (mapping.startsWith("inbound/")) {
      elements(mapping).forEach(element -> places.add(Place.of(element)));
    } else if (mapping.endsWith("-out")) {
      for (Golden golden : GOLDEN.get(mapping)) {
        golden
            .input()
            .fields()
            .forEachRemaining(
                part -> {
                  if (part.getValue().isObject() && !part.getKey().equals("numbers")) {
                    part.getValue()
                        .fieldNames()
                        .forEachRemaining(name -> places.add(Place.of(part.getKey(), name)));
                  } else {
                    places.add(Place.of(part.getKey()));
                  }
                });
      }
      for (String source : sources(mapping, Place.of("resource", ""))) {
        elementsTold(source).forEach(name -> places.add(Place.of("resource", name)));
      }
      for (Map.Entry<String, List<String>> along : ALONG.get(mapping).entrySet()) {
        for (String source : along.getValue()) {
          for (String name : elementsTold(source)) {
            places.add(Place.of((along.getKey() + "." + name).split("\\.")));
          }
        }
      }
    } else {
      FACTS
          .path("messages")
          .path(mapping)
          .fields()
          .forEachRemaining(
              segment -> {
                for (int field = 1; field <= segment.getValue().asInt(); field++) {
                  places.add(Place.of(segment.getKey(), String.valueOf(field)));
                }
              });
    }
    return places.stream().distinct().toList();
  }

  /** The elements of R4; of a choice, one for each type. */
  private static Set<String> elements(String mapping) {
    String type =
        WRITES.kinds().stream()
            .flatMap(kind -> kind.mappings().entrySet().stream())
            .filter(made -> made.getValue().equals(mapping))
            .map(Map.Entry::getKey)
            .findFirst()
            .orElse(mapping.substring("inbound/".length()));
    return FhirContext.forR4Cached()
        .getResourceDefinition(type.substring(0, 1).toUpperCase(Locale.ROOT) + type.substring(1))
        .getChildren()
        .stream()
        .map(BaseRuntimeChildDefinition::getValidChildNames)
        .flatMap(Collection::stream)
        .filter(name -> !name.endsWith("Resource"))
        // HAPI's other names for a reference, which no JSON has.
        .filter(name -> !OTHER_NAMES.contains(name))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** What stands in an element of the records of which a message is made. */
  private static List<JsonNode> told(String mapping, Place place) {
    return sources(mapping, place).stream()
        .flatMap(source -> GOLDEN.get(source).stream())
        .map(golden -> golden.run(MAPPINGS).path(place.last()))
        .filter(element -> !element.isMissingNode())
        .toList();
  }

  /** The elements of what a mapping tells of its golden rows. */
  private static Set<String> elementsTold(String mapping) {
    Set<String> names = new TreeSet<>();
    GOLDEN
        .get(mapping)
        .forEach(golden -> golden.run(MAPPINGS).fieldNames().forEachRemaining(names::add));
    names.remove("fails");
    return names;
  }

  /** The mappings that made what stands at a place of what a message is made of. */
  private static List<String> sources(String mapping, Place place) {
    List<String> path = place.path();
    String along = String.join(".", path.subList(0, path.size() - 1));
    if (ALONG.get(mapping).containsKey(along)) {
      return ALONG.get(mapping).get(along);
    }
    if (!path.get(0).equals("resource") && !path.get(0).equals("told")) {
      return List.of("outbound/patient");
    }
    return switch (mapping.replaceFirst("^.*/", "")) {
      case "siu-out" -> List.of("outbound/appointment");
      case "dft-out" -> List.of("outbound/procedure");
      case "mdm-out" -> List.of("outbound/procedure", "outbound/commlog");
      default -> List.of("outbound/patient");
    };
  }

  /** The feeds whose rows the mapping is given. */
  private static List<Feed> feeds(String mapping) {
    return FEEDS.stream()
        .filter(feed -> ("outbound/" + new Kind(feed.resource()).name()).equals(mapping))
        .filter(
            feed -> feed.lines().stream().noneMatch(line -> line.text().contains("row_deleted")))
        .toList();
  }

  private static String text(Feed feed) {
    return feed.lines().stream().map(Feed.Line::text).collect(Collectors.joining("\n"));
  }

  /** What the outermost select gives to the mapping. */
  private static Set<String> selected(Feed feed) {
    String list = text(feed).replaceAll("'[^']*'", "''").replaceFirst("(?s)^\\s*select\\s", "");
    Set<String> names = new TreeSet<>();
    int depth = 0;
    int begin = 0;
    for (int at = 0; at < list.length(); at++) {
      char c = list.charAt(at);
      depth += c == '(' ? 1 : c == ')' ? -1 : 0;
      boolean end = depth == 0 && list.startsWith("\nfrom ", at);
      if (end || depth == 0 && c == ',') {
        String column = list.substring(begin, at).strip();
        names.add(column.replaceFirst("(?s)^.*(?:\\bas\\s+|\\.)(\\w+)$", "$1"));
        begin = at + 1;
      }
      if (end) {
        break;
      }
    }
    names.removeAll(Set.of("stamp", "cursor_key", "row_key"));
    return names;
  }

  /** By table, what statements say of its columns: to tell it, or to find rows by it. */
  private static Map<String, Set<String>> columnsRead(List<Feed> feeds) {
    Map<String, Set<String>> read = new TreeMap<>();
    for (Feed feed : feeds) {
      String text = text(feed);
      Map<String, Set<String>> names = new TreeMap<>();
      Matcher source = SOURCE.matcher(text);
      while (source.find()) {
        String table = source.group(1);
        if (OFFICE.columns(table).isPresent()) {
          add(names, table, table);
          add(names, String.valueOf(source.group(2)), table);
        }
      }
      Matcher derived = DERIVED.matcher(text);
      while (derived.find()) {
        add(names, derived.group(1), feed.table());
      }
      Matcher column = COLUMN.matcher(text);
      while (column.find()) {
        for (String table : names.getOrDefault(column.group(1), Set.of())) {
          canonical(table, column.group(2)).forEach(name -> add(read, table, name));
        }
      }
      canonical(feed.table(), feed.column()).forEach(name -> add(read, feed.table(), name));
    }
    return read;
  }

  /** The column as the table has it; nothing if it has none of that name. */
  private static List<String> canonical(String table, String column) {
    return OFFICE.columns(table).orElseThrow().stream().filter(column::equalsIgnoreCase).toList();
  }

  private static void add(Map<String, Set<String>> sets, String key, String value) {
    sets.computeIfAbsent(key, each -> new TreeSet<>()).add(value);
  }

  /** What the list leaves out of a table or a mapping; a segment stands for all of its fields. */
  private static Set<String> leftOut(String part, String of) {
    Set<String> names = new TreeSet<>();
    reasons(part, of).values().forEach(all -> all.forEach(name -> names.addAll(eachOf(name))));
    FACTS
        .path("messages")
        .path(of)
        .fields()
        .forEachRemaining(
            segment -> {
              if (names.remove(segment.getKey())) {
                for (int field = 1; field <= segment.getValue().asInt(); field++) {
                  names.add(segment.getKey() + "-" + field);
                }
              }
            });
    return names;
  }

  /** PV1-3..5 stands for PV1-3, PV1-4 and PV1-5. */
  private static List<String> eachOf(String name) {
    Matcher several = SEVERAL.matcher(name);
    return several.matches()
        ? IntStream.rangeClosed(
                Integer.parseInt(several.group(2)), Integer.parseInt(several.group(3)))
            .mapToObj(field -> several.group(1) + "-" + field)
            .toList()
        : List.of(name);
  }

  private static Map<String, List<String>> reasons(String part, String of) {
    Map<String, List<String>> reasons = new TreeMap<>();
    FACTS
        .path(part)
        .path(of)
        .fields()
        .forEachRemaining(
            each ->
                reasons.put(
                    each.getKey(), Arrays.asList(each.getValue().asText().trim().split("\\s+"))));
    return reasons;
  }

  /** By reason, the tables that no statement reads. */
  private static Map<String, List<String>> unread() {
    Map<String, List<String>> tables = new LinkedHashMap<>();
    FACTS
        .path("unread")
        .fields()
        .forEachRemaining(
            each ->
                tables.put(
                    each.getKey(), Arrays.asList(each.getValue().asText().trim().split("\\s+"))));
    return tables;
  }

  private static JsonNode facts() {
    try {
      return new ObjectMapper(new YAMLFactory())
          .readTree(HOME.resolve("mappings/left-out.yaml").toFile());
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static String page() {
    StringBuilder page = new StringBuilder(INTRODUCTION);
    Map<String, Set<String>> all = columnsRead(FEEDS);
    for (String mapping : rows()) {
      Feed feed = feeds(mapping).stream().filter(each -> each.keys().isPresent()).findFirst().get();
      Map<String, Set<String>> read = columnsRead(feeds(mapping));
      int own = read.get(feed.table()).size();
      int more = all.get(feed.table()).size() - own;
      int total = OFFICE.columns(feed.table()).orElseThrow().size();
      int beside = read.values().stream().mapToInt(Set::size).sum() - own;
      page.append("| ")
          .append(String.join(" | ", feed.resource(), feed.table()))
          .append(
              " | %d | %d | %d | %d | %d |\n"
                  .formatted(own, more, total - own - more, total, beside));
    }
    page.append(UNREAD);
    unread()
        .forEach(
            (reason, tables) ->
                page.append("- " + reason + ": " + String.join(", ", tables) + "\n"));
    page.append(GIVEN);
    for (String mapping : mappings()) {
      if (!mapping.startsWith("outbound/") || FACTS.path("mappings").has(mapping)) {
        int total = places(mapping).size();
        int left = leftOut("mappings", mapping).size();
        page.append("| %s | %d | %d | %d |\n".formatted(mapping, total - left, left, total));
      }
    }
    page.append("\n## Why\n");
    for (String part : List.of("tables", "mappings")) {
      FACTS
          .path(part)
          .fieldNames()
          .forEachRemaining(
              of -> {
                page.append("\n`").append(of).append("`\n\n");
                reasons(part, of)
                    .forEach(
                        (reason, names) ->
                            page.append("- " + reason + ": " + String.join(", ", names) + "\n"));
              });
    }
    return page.toString();
  }
}
