package pontic.opendental;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import pontic.house.House;
import pontic.lane.ApiRequest;
import pontic.lane.Written;
import pontic.mapping.RowKind;
import pontic.mapping.Writes;

/** The shipped table of fields and columns. */
class ColumnsTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final JsonNode file;
  private final Columns columns;

  ColumnsTest() throws Exception {
    file = yaml("mappings/opendental/columns.yaml");
    columns = new Columns(file);
  }

  @Test
  void aBookingMakesItsFieldsTrueAndIsScheduled() throws Exception {
    Written written =
        columns
            .written(
                write(
                    "appointments.post",
                    "/appointments",
                    """
                    {"PatNum":12,"Op":"3","AptDateTime":"2027-03-01 12:00:00","IsHygiene":"true","Note":"crown"}
                    """),
                88)
            .orElseThrow();
    assertEquals(88, written.key());
    assertEquals(
        JSON.readTree(
            """
            {"PatNum":12,"AptStatus":1,"AptDateTime":"2027-03-01 12:00:00","Op":3,"IsHygiene":1}
            """),
        JSON.readTree(written.columns().toString()));
  }

  @Test
  void aBreakMakesTheAppointmentOfItsPathBroken() throws Exception {
    Written written =
        columns
            .written(
                write(
                    "appointments.break",
                    "/appointments/88/Break",
                    "{\"sendToUnscheduledList\":\"false\",\"breakType\":\"Cancelled\"}"),
                0)
            .orElseThrow();
    assertEquals(88, written.key());
    assertEquals(
        JSON.readTree("{\"AptStatus\":5,\"BrokenBy\":3}"),
        JSON.readTree(written.columns().toString()));
    Written unnamed =
        columns
            .written(
                write(
                    "appointments.break",
                    "/appointments/88/Break",
                    "{\"sendToUnscheduledList\":\"false\"}"),
                0)
            .orElseThrow();
    assertEquals("{\"AptStatus\":5}", unnamed.columns().toString());
  }

  @Test
  void aCreateOfWhichNobodyKnowsTheRowHasNoKey() throws Exception {
    Written written =
        columns
            .written(
                write("patients.post", "/patients", "{\"LName\":\"Quill\",\"Gender\":\"Other\"}"),
                0)
            .orElseThrow();
    assertEquals(0, written.key());
    assertEquals("{\"LName\":\"Quill\",\"Gender\":3}", written.columns().toString());
  }

  @Test
  void aNoteMakesNothingTrueThatIsRead() throws Exception {
    assertTrue(
        columns
            .written(write("appointments.note", "/appointments/88/Note", "{\"Note\":\"ill\"}"), 0)
            .isEmpty());
  }

  @Test
  void ofARowThatNobodySaidOnlyOurKeyAndUnknownsAreNoNews() throws Exception {
    assertEquals(
        "{\"PatNum\":12,\"Gender\":2}",
        columns
            .bare(
                "Patient",
                JSON.readTree("{\"PatNum\":12,\"Gender\":2,\"PatStatus\":3,\"City\":\"Bend\"}"))
            .toString());
  }

  /**
   * A field that a message may write, and that this table does not know, would always come back.
   */
  @Test
  void everyFieldThatMessagesWriteAndDestinationsAreToldStandsInTheTable() throws Exception {
    for (String resource : List.of("Patient", "Appointment")) {
      String name = resource.toLowerCase(Locale.ROOT);
      JsonNode told = yaml("mappings/outbound/" + name + ".shape.yaml").path("fields");
      JsonNode written = yaml("mappings/ownership/" + name + ".yaml").path("fields");
      List<String> both =
          StreamSupport.stream(told.spliterator(), false)
              .map(JsonNode::asText)
              .filter(written::has)
              .toList();
      assertTrue(both.size() > 4);
      for (String field : both) {
        assertTrue(file.path(resource).path("columns").has(field), resource + "." + field);
      }
    }
  }

  /** A column that the table does not know would make every row of a sender's news. */
  @Test
  void ofRowsOfAChartEachColumnIsSaidOrTheOfficesOwnOrSaysNothing() throws Exception {
    List<String> records =
        file.properties().stream()
            .map(Map.Entry::getKey)
            .filter(record -> record.contains(":"))
            .toList();
    assertEquals(3, records.size());
    for (String record : records) {
      JsonNode table = file.path(record);
      Set<String> known = new TreeSet<>();
      table.path("columns").fieldNames().forEachRemaining(known::add);
      table.path("nothing").fieldNames().forEachRemaining(known::add);
      table.path("own").forEach(column -> known.add(column.asText()));
      JsonNode shape = yaml("mappings/outbound/" + record.replaceFirst("^.*:", "") + ".shape.yaml");
      assertTrue(shape.path("fields").size() > 4, record);
      for (JsonNode column : shape.path("fields")) {
        assertTrue(known.contains(column.asText()), record + "." + column.asText());
      }
      RowKind kind =
          Writes.load(House.home().resolve("mappings")).kinds().stream()
              .filter(each -> each.tells().equals(record))
              .findFirst()
              .orElseThrow();
      assertEquals(kind.key(), table.path("key").asText());
      Set<String> definition = Set.of(kind.define().orElseThrow().as());
      for (String field : kind.fields().keySet()) {
        assertTrue(
            table.path("columns").has(field) || definition.contains(field), record + "." + field);
      }
      assertEquals(
          Set.of(kind.name() + ".post", kind.name() + ".put"),
          table.path("writes").properties().stream()
              .map(Map.Entry::getKey)
              .collect(Collectors.toSet()));
    }
  }

  @Test
  void aMadeAllergyMakesItsColumnsTrueAndNotTheNumberOfItsDefinition() throws Exception {
    Written written =
        columns
            .written(
                write(
                    "allergies.post",
                    "/allergies",
                    "{\"PatNum\":5,\"AllergyDefNum\":3,\"Reaction\":\"hives\",\"StatusIsActive\":\"true\"}"),
                7)
            .orElseThrow();
    assertEquals("AllergyIntolerance:allergy", written.resource());
    assertEquals(7, written.key());
    assertEquals(
        JSON.readTree("{\"PatNum\":5,\"Reaction\":\"hives\",\"StatusIsActive\":1}"),
        JSON.readTree(written.columns().toString()));
  }

  private static JsonNode yaml(String path) throws Exception {
    return new ObjectMapper(new YAMLFactory()).readTree(House.home().resolve(path).toFile());
  }

  private static ApiRequest write(String name, String path, String body) throws Exception {
    return new ApiRequest(name, "PUT", path, path, Map.of(), JSON.readTree(body));
  }
}
