package pontic.mapping;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import pontic.house.Page;

/**
 * {@code docs/ends.md} says of each field of an inbound message and each element of an inbound
 * resource in which fields of Open Dental's API it ends: a golden case is changed at this one place
 * and mapped as far as the rows, and what comes out otherwise is where it ends. {@code
 * -Dpontic.docs.write=true} writes it.
 */
class EndsPageTest {
  private static final Path HOME = Path.of("..", "..");
  private static final Mappings MAPPINGS = Mappings.load(HOME.resolve("mappings"));
  private static final Writes WRITES = Writes.load(HOME.resolve("mappings"));
  private static final Map<String, JsonNode> OFFICE =
      Map.of(
          "zone",
          TextNode.valueOf("America/New_York"),
          "practice",
          TextNode.valueOf("elm"),
          // What messages bring of results is a document already.
          "rest",
          TextNode.valueOf("leave"));

  /** What of a patient has no field, and where it goes. */
  private static final String LEFT = "fhir/patient-left";

  private static final String PATIENT_REST = "writes.patientRest";

  private static final String INTRODUCTION =
      """
# Where each field ends

In which field of Open Dental's API a field of a message, or an element of a resource, ends. Made of the mappings and their golden cases by `EndsPageTest`: a case is changed at this one place and mapped as far as the
rows; what comes out otherwise is where it ends. `writes.rest` is what has no field, `writes.patientRest` what of a patient himself has none (decision 0394): it is named on the receipt and kept as the practice chooses. *Whether* means that a row is made or not. Numbers (identifiers) say whom and what a
message means and are kept in the crosswalk; fields that are read for them or for FHIR alone have no end here. What is not read stands, with its reason, in [fields.md](fields.md).
Whether a visit is booked, broken or neither of them is said by the trigger with SCH-25, or by Appointment.status (decision 0410); where one of a chart's rows is taken back, by its status (decision 0408).

Of Observations a periodontal exam is written, whole or not at all (decision 0301): LOINC 86603-8, `hasMember` to Observations that it contains, each a measure at a tooth as Pontic tells them itself. What of it cannot be understood ends the exam, named on
the receipt. The API takes no other measurement, vital signs among them: each other Observation is kept in words, as an entry of the communication log or a text file, as `writes.rest` of the practice says, and the receipt
says so (decision 0364). Results of HL7 messages end as text of a document.

""";

  @Test
  void thePageIsUnchanged() throws IOException {
    new Page("docs/ends.md").says(page());
  }

  /** A field that a write file declares and that nothing ends in is written by nobody. */
  @Test
  void inEachFieldOfATableOfWritesSomethingEnds() throws IOException {
    Set<String> reached = new TreeSet<>();
    for (String mapping : inbound()) {
      ends(mapping, Set.of()).values().forEach(reached::addAll);
    }
    Set<String> declared = new TreeSet<>();
    for (RowKind kind : WRITES.kinds()) {
      kind.fields().keySet().stream()
          .filter(field -> kind.fields().get(field).owner() != Ownership.Owner.OFFICE)
          .filter(field -> kind.define().filter(define -> define.as().equals(field)).isEmpty())
          // The one value that a mapping ever gives them says what kind of row it is.
          .filter(field -> !Set.of("ReferralType", "ProcStatus", "SentOrReceived").contains(field))
          // Nothing but what has no field goes there.
          .filter(field -> !field.equals("SubscNote"))
          .forEach(field -> declared.add(kind.name() + "." + field));
    }
    declared.removeAll(reached);
    assertEquals(Set.of(), declared);
  }

  private static String page() throws IOException {
    StringBuilder page = new StringBuilder(INTRODUCTION);
    page.append("| message | field | ends in |\n|---|---|---|\n");
    for (Map.Entry<String, Set<String>> mapping : messages().entrySet()) {
      rows(
          page, mapping.getKey().replace("hl7v2/", ""), ends(mapping.getKey(), mapping.getValue()));
    }
    page.append("\n| resource | element | ends in |\n|---|---|---|\n");
    List<String> mappings = new ArrayList<>(inbound());
    mappings.add(LEFT);
    for (String mapping : mappings) {
      rows(page, type(mapping), ends(mapping, Set.of()));
    }
    return page.toString();
  }

  private static void rows(StringBuilder page, String name, Map<String, Set<String>> ends) {
    ends.forEach(
        (place, fields) ->
            page.append("| %s | `%s` | %s |%n".formatted(name, place, String.join(", ", fields))));
  }

  /** Mappings of messages, with the types of resources that are taken of theirs; none: all. */
  private static Map<String, Set<String>> messages() throws IOException {
    JsonNode events =
        new ObjectMapper(new YAMLFactory())
            .readTree(HOME.resolve("mappings/hl7v2/events.yaml").toFile());
    Map<String, Set<String>> messages = new TreeMap<>();
    for (JsonNode event : events) {
      String word = event.path("event").asText();
      if (event.has("mapping") && !Set.of("refuse", "merge").contains(word)) {
        Set<String> taken = new TreeSet<>();
        if (!Set.of("chart", "refer").contains(word)) {
          taken.addAll(List.of("Patient", "Appointment"));
          event.path("with").forEach(type -> taken.add(type.asText()));
        }
        messages.put(event.path("mapping").asText(), taken);
      }
    }
    return messages;
  }

  private static List<String> inbound() {
    return MAPPINGS.names().stream().filter(name -> name.startsWith("inbound/")).sorted().toList();
  }

  private static String type(String mapping) {
    return WRITES.kinds().stream()
        .flatMap(kind -> kind.mappings().entrySet().stream())
        .filter(made -> made.getValue().equals(mapping))
        .map(Map.Entry::getKey)
        .findFirst()
        .orElse(mapping.endsWith("/appointment") ? "Appointment" : "Patient");
  }

  /** By place: where it ends. */
  private static Map<String, Set<String>> ends(String mapping, Set<String> taken) {
    Map<String, Set<String>> ends = new TreeMap<>(Comparator.comparing(EndsPageTest::sortable));
    List<Golden> golden = Golden.all(mapping);
    for (Golden each : golden) {
      if (each.run(MAPPINGS).has("fails")) {
        continue;
      }
      List<Written> before = written(each, mapping, taken);
      for (List<String> place : places(each.input())) {
        for (JsonNode other : others(golden, each, place)) {
          Golden changed =
              new Golden(each.folder(), with(each.input(), place, other), each.variables());
          if (changed.run(MAPPINGS).has("fails")) {
            continue;
          }
          List<Written> after = written(changed, mapping, taken);
          Set<String> found = differences(before, after);
          if (!found.isEmpty()) {
            ends.computeIfAbsent(
                    String.join(mapping.startsWith("hl7v2/") ? "-" : ".", place),
                    name -> new TreeSet<>())
                .addAll(found);
          }
        }
      }
    }
    // Where something of the row changes it is understood that there is one.
    ends.values()
        .forEach(
            fields ->
                fields.removeIf(
                    field ->
                        field.startsWith("whether ")
                            && fields.stream()
                                .anyMatch(
                                    other ->
                                        other.startsWith(
                                            field.substring("whether ".length()) + "."))));
    return ends;
  }

  private static String sortable(String place) {
    String[] parts = place.split("-");
    return parts.length == 2 && parts[1].matches("\\d+")
        ? "%s-%03d".formatted(parts[0], Integer.parseInt(parts[1]))
        : place;
  }

  /** One row, or the patient's or appointment's own fields. */
  private record Written(String table, Map<String, JsonNode> fields) {}

  private static Set<String> differences(List<Written> before, List<Written> after) {
    Set<String> found = new TreeSet<>();
    Set<String> tables = new LinkedHashSet<>();
    before.forEach(row -> tables.add(row.table()));
    after.forEach(row -> tables.add(row.table()));
    for (String table : tables) {
      List<Written> was = before.stream().filter(row -> row.table().equals(table)).toList();
      List<Written> is = after.stream().filter(row -> row.table().equals(table)).toList();
      if (was.size() != is.size()) {
        found.add("whether " + table);
        continue;
      }
      for (int i = 0; i < was.size(); i++) {
        Set<String> names = new TreeSet<>(was.get(i).fields().keySet());
        names.addAll(is.get(i).fields().keySet());
        for (String name : names) {
          JsonNode one = was.get(i).fields().get(name);
          JsonNode two = is.get(i).fields().get(name);
          if (one == null ? two != null : !one.equals(two)) {
            found.add(name.startsWith("writes.") ? "`" + name + "`" : table + "." + name);
          }
        }
      }
    }
    return found;
  }

  private static List<Written> written(Golden golden, String mapping, Set<String> taken) {
    List<Written> rows = new ArrayList<>();
    if (mapping.equals(LEFT)) {
      rows.add(left(golden.run(MAPPINGS)));
      return rows;
    }
    if (!mapping.startsWith("hl7v2/")) {
      rows(rows, type(mapping), mapping, golden.run(MAPPINGS));
      return rows;
    }
    JsonNode entries = golden.run(MAPPINGS).path("entry");
    // Of one who comes with an appointment the rest is only named.
    boolean isBooking = entries.findValuesAsText("resourceType").contains("Appointment");
    for (JsonNode entry : entries) {
      JsonNode resource = entry.path("resource");
      String type = resource.path("resourceType").asText();
      if (!taken.isEmpty() && !taken.contains(type)) {
        continue;
      }
      if (Set.of("Patient", "Appointment").contains(type)) {
        String own = "inbound/" + type.toLowerCase(java.util.Locale.ROOT);
        rows(rows, type, own, mapped(own, resource));
      }
      if (type.equals("Patient") && !isBooking && !taken.isEmpty()) {
        rows.add(left(mapped(LEFT, resource)));
      }
      for (RowKind kind : WRITES.taking(type)) {
        String made = kind.mappings().get(type);
        rows(rows, type, made, mapped(made, resource));
      }
    }
    return rows;
  }

  /** What is kept where the practice wants it; not what is only named. */
  private static Written left(JsonNode groups) {
    ArrayNode words = new ObjectMapper().createArrayNode();
    for (JsonNode group : groups) {
      for (JsonNode each : group.path("left")) {
        if (each.hasNonNull("text")) {
          words.add(each.path("text"));
        }
      }
    }
    return new Written("patients", new TreeMap<>(Map.of(PATIENT_REST, words)));
  }

  private static JsonNode mapped(String mapping, JsonNode resource) {
    try {
      return MAPPINGS.mapper(mapping).map(resource, OFFICE);
    } catch (MappingException e) {
      return TextNode.valueOf("refused");
    }
  }

  private static void rows(List<Written> rows, String type, String mapping, JsonNode said) {
    RowKind[] of =
        WRITES.kinds().stream()
            .filter(kind -> kind.mappings().containsValue(mapping))
            .toArray(RowKind[]::new);
    if (of.length == 0) {
      if (said.isObject() && !said.has("fails")) {
        rows.add(new Written(type.equals("Patient") ? "patients" : "appointments", fields(said)));
      }
      return;
    }
    for (JsonNode row : said.isArray() ? said : new ObjectMapper().createArrayNode().add(said)) {
      if (row.isObject() && !row.has("unfit") && !row.has("withdrawn") && !row.has("fails")) {
        Map<String, JsonNode> fields = fields(row.path("row"));
        if (row.has("define")) {
          fields.put(of[0].define().map(RowKind.Define::as).orElse("define"), row.path("define"));
        }
        if (row.has("rest")) {
          fields.put("writes.rest", row.path("rest"));
        }
        rows.add(new Written(of[0].name(), fields));
        row.path("parts")
            .forEach(part -> rows.add(new Written(of[0].parts().orElseThrow().in(), fields(part))));
      }
    }
  }

  private static Map<String, JsonNode> fields(JsonNode object) {
    Map<String, JsonNode> fields = new TreeMap<>();
    object.properties().stream()
        .filter(field -> !field.getValue().isNull())
        .forEach(field -> fields.put(field.getKey(), field.getValue()));
    return fields;
  }

  /** Segment and field, or element. */
  private static List<List<String>> places(JsonNode input) {
    Set<List<String>> places = new LinkedHashSet<>();
    input
        .properties()
        .forEach(
            part -> {
              JsonNode first = part.getValue().path(0);
              boolean isSegment = part.getKey().matches("[A-Z][A-Z0-9]{2}") && first.isObject();
              if (isSegment) {
                part.getValue()
                    .forEach(
                        segment ->
                            segment
                                .fieldNames()
                                .forEachRemaining(
                                    field -> places.add(List.of(part.getKey(), field))));
              } else if (!part.getKey().equals("segments")
                  && !part.getKey().equals("resourceType")) {
                places.add(List.of(part.getKey()));
              }
            });
    return List.copyOf(places);
  }

  /** Nothing, and what the other cases have there. */
  private static Set<JsonNode> others(List<Golden> golden, Golden each, List<String> place) {
    Set<JsonNode> others = new LinkedHashSet<>();
    others.add(com.fasterxml.jackson.databind.node.MissingNode.getInstance());
    golden.stream()
        .filter(other -> other != each)
        .map(other -> at(other.input(), place))
        .filter(value -> !value.isMissingNode())
        .distinct()
        .limit(2)
        .forEach(others::add);
    return others;
  }

  private static JsonNode at(JsonNode input, List<String> place) {
    return place.size() == 1
        ? input.path(place.get(0))
        : input.path(place.get(0)).path(0).path(place.get(1));
  }

  private static JsonNode with(JsonNode input, List<String> place, JsonNode value) {
    ObjectNode changed = input.deepCopy();
    if (place.size() == 1) {
      put(changed, place.get(0), value);
    } else {
      changed.path(place.get(0)).forEach(segment -> put((ObjectNode) segment, place.get(1), value));
    }
    return changed;
  }

  private static void put(ObjectNode object, String name, JsonNode value) {
    if (value.isMissingNode()) {
      object.remove(name);
    } else {
      object.set(name, value);
    }
  }
}
