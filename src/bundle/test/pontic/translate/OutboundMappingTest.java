package pontic.translate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import pontic.mapping.Mappings;
import pontic.practice.Practice;
import pontic.practice.Secret;
import pontic.record.Row;
import pontic.record.Translated;

/** What the outbound mapping files make of rows as the SQL reads them. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OutboundMappingTest {
  private static final Path HOME = Path.of("..", "..");
  private static final Path GOLDEN = Path.of("test", "golden");
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Mappings mappings = Mappings.load(HOME.resolve("mappings"));
  private final Translator translator =
      new Translator(
          (practice, name) -> mappings.mapper(name), List.of(practice("elm", "America/New_York")));

  static List<Path> pairs() throws IOException {
    try (Stream<Path> all = Files.walk(GOLDEN, 2)) {
      return all.filter(folder -> GOLDEN.relativize(folder).toString().matches("outbound-.*/.*"))
          .filter(OutboundMappingTest::isSent)
          .sorted()
          .toList();
    }
  }

  /** A row that is not to be told has no resource: its expected.json says null. */
  private static boolean isSent(Path pair) {
    try {
      return !JSON.readTree(pair.resolve("expected.json").toFile()).isNull();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** That the mapping makes them is GoldenTest's. Validated in one go, each under its own id. */
  @Test
  void whatTheGoldenPairsExpectIsValidAgainstItsProfile() throws Exception {
    assumeTrue(UsCore.isThere(), UsCore.MISSING);
    List<String> told = new ArrayList<>();
    for (Path pair : pairs()) {
      ObjectNode expected = (ObjectNode) JSON.readTree(pair.resolve("expected.json").toFile());
      String name = told.size() + "-" + pair.getFileName();
      told.add(expected.put("id", name.substring(0, Math.min(name.length(), 64))).toString());
    }
    assertTrue(told.size() > 16, "no golden pairs were found");
    assertEquals(List.of(), UsCore.SHARED.errorsOfAll(told));
  }

  @Test
  void aResourceThatBreaksTheProfileIsFoundOut() throws Exception {
    assumeTrue(UsCore.isThere(), UsCore.MISSING);
    ObjectNode broken =
        (ObjectNode) JSON.readTree(GOLDEN.resolve("outbound-patient/full/expected.json").toFile());
    broken.remove("gender");
    assertTrue(!UsCore.SHARED.errors(broken.toString()).isEmpty());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 6, 7, 8})
  void plannedAppointmentsAndNotesAreLeftOut(int status) throws Exception {
    Map<String, Object> columns = columns("appointment-booked");
    columns.put("AptStatus", status);
    assertEquals(
        Translated.Outcome.LEFT_OUT, translator.translate(row("Appointment", columns)).outcome());
  }

  @Test
  void aBookedAppointmentWithoutATimeIsLeftOut() throws Exception {
    Map<String, Object> columns = columns("appointment-booked");
    columns.put("AptDateTime", "0001-01-01 00:00:00");
    assertEquals(
        Translated.Outcome.LEFT_OUT, translator.translate(row("Appointment", columns)).outcome());
  }

  @Test
  void aRowThatCannotBeMappedSaysWhyWithoutItsValues() throws Exception {
    Map<String, Object> columns = columns("appointment-booked");
    columns.put("AptDateTime", "marked-nonsense");
    Translated translated = translator.translate(row("Appointment", columns));
    assertEquals(Translated.Outcome.FAILED, translated.outcome());
    assertTrue(translated.reason().contains("appointment.jslt"), translated.reason());
    assertTrue(!translated.reason().contains("marked"), translated.reason());
  }

  private static Row row(String resource, Map<String, Object> columns) {
    long key = ((Number) columns.get(resource.equals("Patient") ? "PatNum" : "AptNum")).longValue();
    return new Row("elm", resource, key, Instant.EPOCH, false, "hash", columns);
  }

  private static Map<String, Object> columns(String name) throws IOException {
    Path pair = GOLDEN.resolve("outbound-" + name.replaceFirst("-", "/"));
    return JSON.convertValue(
        JSON.readTree(pair.resolve("input.json").toFile()), new TypeReference<>() {});
  }

  static Practice practice(String id, String zone) {
    return new Practice(
        id,
        id,
        ZoneId.of(zone),
        new Practice.Api(
            "http://127.0.0.1:1/api/v1",
            Secret.NONE,
            Secret.NONE,
            Practice.Mode.REMOTE,
            1.0,
            Duration.ofSeconds(60),
            Duration.ofSeconds(5),
            true,
            true),
        new Practice.Database(
            true,
            "jdbc:mariadb://127.0.0.1:1/" + id,
            "none",
            Secret.NONE,
            false,
            Practice.Budget.USUAL),
        new Practice.Hl7(0, List.of(), List.of("P"), false, Practice.Tls.NONE),
        new Practice.Facade(List.of(), Optional.empty()),
        Practice.Hints.NONE,
        Practice.Writes.USUAL,
        Practice.Documents.NONE,
        Duration.ofMinutes(15),
        Map.of());
  }
}
