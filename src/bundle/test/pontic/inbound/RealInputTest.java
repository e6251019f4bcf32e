package pontic.inbound;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import pontic.house.House;
import pontic.operations.Fixture;
import pontic.sandbox.hospital.Hospital;
import pontic.sandbox.hospital.MllpSender;

/**
 * Files as others send them, and our own corpus, through the listener of a running practice: each
 * is answered once, has one row and one end, and each end has its cause. How many there were of
 * each type, end and cause, and what was not sent, is printed and stays in {@code
 * target/real-input}.
 */
final class RealInputTest {
  private static final Path OURS = House.home().resolve("src/bundle/test/corpus");
  private static final Path OTHERS = House.home().resolve("../shared/data/hl7v2").normalize();
  private static final Path EXAMPLES =
      House.home().resolve("../shared/data/fhir-examples").normalize();
  private static final Duration LONGEST = Duration.ofMinutes(10);
  private static final Set<String> ENDS =
      Set.of(
          "landed",
          "no change",
          "duplicate of",
          "refused",
          "parked",
          "superseded by",
          "folded into");

  private static final Path TOTALS = Path.of("target", "real-input");
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final ObjectNode TOLD = JSON.createObjectNode();

  @TempDir static Path folder;
  private static House house;

  @BeforeAll
  static void open() throws Exception {
    house =
        House.sandboxOnly(folder)
            .busyLanes()
            .with("pontic.capture.period", "3s")
            // Many of others' are for training or debugging.
            .with("practices.elm.hl7.processing", "P, T, D");
    // Else letters and results of patients whom the office knows would wait for their permission.
    house
        .api()
        .change(
            "elm",
            settings -> settings.withAlso(Set.of("ApiSetup", "ApiDocuments", "ApiProcedureLogs")));
    house.startBundle();
    house.untilConnected();
  }

  @AfterAll
  static void close() throws Exception {
    house.close();
    Files.createDirectories(TOTALS);
    Files.writeString(TOTALS.resolve("totals.json"), TOLD.toPrettyString());
    Files.writeString(TOTALS.resolve("totals.md"), page());
    System.out.print(page());
  }

  @Test
  void everyMessageOfOursIsAnsweredAndEnds() throws Exception {
    Map<String, Integer> ends = through("our corpus", OURS);
    assertTrue(ends.getOrDefault("landed", 0) >= 6, ends.toString());
    // Its ZIP and state are of a form for which the API would refuse the whole patient.
    Map<String, Object> foreign = house.ledger().receipt("C33");
    assertEquals("landed", foreign.get("receipt_end"));
    assertEquals(
        "[\"State was left out: Open Dental takes none of that form\",\"Zip was left out: Open Dental takes none of that form\"]",
        foreign.get("receipt_warnings"));
    assertEquals(
        1,
        house
            .office("elm")
            .count(
                "select count(*) from patient where LName = 'Sedge' and City = 'Ely' and Zip = ''"));
    assertTrue(ends.getOrDefault("refused", 0) >= 8, ends.toString());
  }

  @Test
  void everyMessageOfOthersIsAnsweredAndEnds() throws Exception {
    if (!Files.isDirectory(OTHERS)) {
      skipped("messages of others", "the folder is not beside the project");
    }
    assumeTrue(Files.isDirectory(OTHERS), "the collected messages of others are not here");
    Map<String, Integer> ends = through("messages of others", OTHERS);
    // Each file has one answer, one row and one end: of these two kinds, malformed too, none is
    // left.
    assertTrue(named(OTHERS, "ADT") > 100);
    assertTrue(named(OTHERS, "SIU") > 10);
    assertTrue(ends.getOrDefault("landed", 0) >= 10, ends.toString());
  }

  /**
   * Resources of others at the façade: each is answered, with an OperationOutcome where it is not
   * taken, and what is taken ends.
   */
  @Test
  void everyExampleOfFhirIsAnsweredAndEnds() throws Exception {
    if (!Files.isDirectory(EXAMPLES)) {
      skipped("examples of FHIR", "the folder is not beside the project");
    }
    assumeTrue(Files.isDirectory(EXAMPLES), "the collected examples of others are not here");
    Map<List<String>, Integer> totals = new TreeMap<>(Comparator.comparing(List::toString));
    long before = house.ledger().count("select coalesce(max(seq), 0) from message");
    int taken = 0;
    int number = 0;
    for (Path file : files(EXAMPLES)) {
      if (!file.toString().endsWith(".json")) {
        skipped("examples of FHIR", file.getFileName() + " is no resource");
        continue;
      }
      String resource = Files.readString(file);
      String type = JSON.readTree(resource).path("resourceType").asText();
      HttpResponse<String> answer =
          Fixture.request(
              "POST",
              "http://127.0.0.1:"
                  + house.flags().get("pontic.facade.port")
                  + "/fhir/elm"
                  + (type.equals("Bundle") ? "" : "/" + type),
              resource,
              "Content-Type",
              "application/fhir+json",
              "Authorization",
              "Bearer ElmFacadeToken01",
              "Prefer",
              "respond-async",
              "X-Request-Id",
              "example-" + number++);
      int status = answer.statusCode();
      assertTrue(status / 100 == 2 || status / 100 == 4, file.getFileName() + ": " + status);
      taken += status == 202 ? 1 : 0;
      if (status / 100 == 4) {
        JsonNode said = JSON.readTree(answer.body());
        assertEquals("OperationOutcome", said.path("resourceType").asText(), file.toString());
        totals.merge(
            List.of(type, "answered " + status, said.at("/issue/0/code").asText()),
            1,
            Integer::sum);
      }
    }
    untilEnded();
    List<Map<String, Object>> rows =
        house
            .ledger()
            .rows(
                "select * from message where practice = 'elm' and route = 'accept-fhir' and seq > "
                    + before);
    assertTrue(number > 100 && taken > 0, taken + " of " + number);
    assertTrue(rows.size() >= taken, rows.size() + " rows for " + taken + " that were taken");
    totals("examples of FHIR", rows);
    ArrayNode lines = TOLD.withObject("/examples of FHIR").withArray("totals");
    totals.forEach(
        (line, count) ->
            lines
                .addObject()
                .put("type", line.get(0))
                .put("end", line.get(1))
                .put("cause", line.get(2))
                .put("count", count));
  }

  private static Map<String, Integer> through(String title, Path corpus) throws Exception {
    List<Path> files = new ArrayList<>();
    for (Path file : files(corpus)) {
      if (file.toString().endsWith(".hl7")) {
        files.add(file);
      } else {
        skipped(title, file.getFileName() + " is no message");
      }
    }
    long before = house.ledger().count("select coalesce(max(seq), 0) from message");
    List<String> answers = new ArrayList<>();
    try (MllpSender sender = new MllpSender("127.0.0.1", house.mllpPort("elm"), 60_000)) {
      for (Path file : files) {
        answers.add(answer(sender, Files.readAllBytes(file)));
      }
    }
    assertEquals(files.size(), answers.size());
    untilEnded();
    List<Map<String, Object>> rows =
        house
            .ledger()
            .rows(
                "select * from message where practice = 'elm' and seq > "
                    + before
                    + " and control_id not like 'after-%' order by seq");
    assertEquals(files.size(), rows.size(), "one row for each message");
    Map<String, Integer> ends = totals(title, rows);
    for (int i = 0; i < rows.size(); i++) {
      Map<String, Object> row = rows.get(i);
      String file = files.get(i).getFileName().toString();
      String end = String.valueOf(row.get("receipt_end"));
      String reason = String.valueOf(row.get("receipt_reason"));
      String answer = answers.get(i);
      if (!answer.isEmpty()) {
        assertEquals(answer.replaceFirst("C", "A"), row.get("answer"), file);
      }
      assertTrue(ENDS.contains(end), file + " ends as " + end);
      if (end.equals("landed")) {
        assertTrue(String.valueOf(row.get("receipt_keys")).contains("PatNum"), file);
      } else {
        assertFalse(reason.isBlank(), file + " ends as " + end + " without a cause");
      }
      assertFalse(
          reason.matches("(?s).*(Exception|null|\\bjava\\b|Pontic failed|could not plan).*"),
          file + ": " + reason);
      if (answer.endsWith("R") || answer.endsWith("E")) {
        assertTrue(List.of("refused", "duplicate of").contains(end), file);
      }
    }
    return ends;
  }

  private static Map<String, Integer> totals(String title, List<Map<String, Object>> rows) {
    Map<String, Integer> ends = new TreeMap<>();
    Map<List<String>, Integer> totals = new TreeMap<>(Comparator.comparing(List::toString));
    for (Map<String, Object> row : rows) {
      String end = String.valueOf(row.get("receipt_end"));
      String type = String.valueOf(row.get("type"));
      ends.merge(end, 1, Integer::sum);
      totals.merge(
          List.of(
              type.isEmpty() ? "unreadable" : type,
              end,
              kind(String.valueOf(row.get("receipt_reason")))),
          1,
          Integer::sum);
    }
    ArrayNode lines = TOLD.withObject("/" + title).withArray("totals");
    totals.forEach(
        (line, count) ->
            lines
                .addObject()
                .put("type", line.get(0))
                .put("end", line.get(1))
                .put("cause", line.get(2))
                .put("count", count));
    return ends;
  }

  private static void skipped(String title, String why) {
    TOLD.withObject("/" + title).withArray("skipped").add(why);
  }

  /** Messages of this type by the names of their files. */
  private static long named(Path corpus, String type) throws Exception {
    return files(corpus).stream()
        .map(file -> file.getFileName().toString())
        .filter(name -> name.startsWith(type + "_") && name.endsWith(".hl7"))
        .count();
  }

  private static String page() {
    StringBuilder page = new StringBuilder();
    for (Map.Entry<String, JsonNode> corpus : TOLD.properties()) {
      long messages = 0;
      StringBuilder table =
          new StringBuilder("| type | end | cause | messages |\n|---|---|---|---|\n");
      for (JsonNode line : corpus.getValue().path("totals")) {
        messages += line.path("count").asLong();
        table.append("| ").append(line.path("type").asText());
        table.append(" | ").append(line.path("end").asText());
        table.append(" | ").append(line.path("cause").asText().replaceAll("[|\\s]+", " "));
        table.append(" | ").append(line.path("count").asLong()).append(" |\n");
      }
      JsonNode skipped = corpus.getValue().path("skipped");
      page.append("# Totals of ").append(corpus.getKey()).append(": ").append(messages);
      page.append(" messages, ").append(skipped.size()).append(" skipped\n\n");
      skipped.forEach(why -> page.append("- skipped: ").append(why.asText()).append('\n'));
      page.append('\n').append(table).append('\n');
    }
    return page.toString();
  }

  /**
   * "" if the sender asks for no answer (MSH-15, MSH-16): then the message after it is answered.
   */
  private static String answer(MllpSender sender, byte[] message) throws Exception {
    sender.send(message);
    String mark = "after-" + UUID.randomUUID();
    sender.send(Hospital.message("SIU^S24", mark, "SCH|9^LAKE"));
    byte[] answer = sender.answer();
    if (new String(answer, StandardCharsets.ISO_8859_1).contains("MSA|AA|" + mark)) {
      return "";
    }
    assertTrue(new String(sender.answer(), StandardCharsets.ISO_8859_1).contains(mark));
    return acknowledgement(answer);
  }

  /** MSA-1, whatever separator the sender declared. */
  private static String acknowledgement(byte[] answer) {
    for (String segment : new String(answer, StandardCharsets.ISO_8859_1).split("\r")) {
      if (segment.startsWith("MSA")) {
        return segment.substring(4, 6);
      }
    }
    throw new AssertionError("an answer without MSA");
  }

  /** Reasons that differ only in an id or a number are one. */
  private static String kind(String reason) {
    return reason
        .replaceAll("m-[0-9a-f-]{36}", "ID")
        .replaceAll("; understood are .*", "")
        .replaceAll("(?<=Num |Segment |field |identifiers lead to |: \\[)[\\d, ]+", "N");
  }

  private static void untilEnded() {
    Instant end = Instant.now().plus(LONGEST);
    while (house.ledger().count("select count(*) from message where receipt_end = ''") > 0) {
      if (Instant.now().isAfter(end)) {
        throw new AssertionError("messages without an end\n" + house.ledger().describe());
      }
      LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
    }
  }

  private static List<Path> files(Path folder) throws Exception {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(Files::isRegularFile).sorted().toList();
    }
  }
}
