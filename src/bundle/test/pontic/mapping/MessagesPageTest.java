package pontic.mapping;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import pontic.house.Page;

/**
 * {@code docs/hl7v2.md} says of each type of message what Pontic does with it: made of {@code
 * events.yaml} and of what the mappings give for their golden cases. {@code
 * -Dpontic.docs.write=true} writes it.
 */
class MessagesPageTest {
  private static final Path HOME = Path.of("..", "..");
  private static final Mappings MAPPINGS = Mappings.load(HOME.resolve("mappings"));

  private static final Map<String, String> MEANINGS =
      Map.ofEntries(
          Map.entry("register", "the patient is created or brought up to date"),
          Map.entry("update", "the patient is created or brought up to date"),
          Map.entry(
              "known", "a patient whom the office has is brought up to date; nobody is created"),
          Map.entry(
              "refer",
              "the patient is created or brought up to date; what is asked for and told beside are rows of his"),
          Map.entry("chart", "rows of a patient whom the office has; nobody is created or changed"),
          Map.entry(
              "merge",
              "the sender's numbers are re-pointed (decision 0150), at most 50 of each side (decision 0449)"),
          Map.entry(
              "book",
              "booked; or ended, if SCH-25 says so; nothing, if by SCH-25 it happens (decision 0410)"),
          Map.entry(
              "move",
              "moved or modified; or ended, if SCH-25 says so; nothing, if by SCH-25 it happens (decision 0410)"),
          Map.entry("cancel", "broken: cancelled, missed or deleted by trigger and SCH-25"),
          Map.entry("nothing", "taken, ends as `no change`"),
          Map.entry("refuse", "answered AR"));

  private static final String REQUEST =
      "a request: taken where the practice takes them (`hl7.requests`) from senders whom a destination answers, by an SRR (decision 0359); else answered AR";

  private static final String INTRODUCTION =
      """
# HL7 v2 in

What becomes of each type of message. Made of `mappings/hl7v2/events.yaml` and of what the mappings give for their golden cases (`MessagesPageTest`); which fields they read, and why not the others, stands in
[fields.md](fields.md). Other types are answered AR with the list of those that are taken, and so are messages that are for something else than the practice takes (MSH-11, `hl7.processing`; decision 0431). What is urgent goes before the rest in the lane, unless it came in a batch (decision 0337).

| message | is taken as | in the lane | FHIR that it may become | what Open Dental sees | why |
|---|---|---|---|---|---|
""";

  private static final String REST =
      """

What a message carries beside is named on its receipt, segment by segment with the reason: `left out: PV1, PV2 (stays and visits are the hospital's own)`. The mapping says so in an OperationOutcome of its Bundle, so an
engineer who reads a segment from now on takes it from that list in the same file. Segments that nobody listed, a sender's own (Z) among them, are named as well; a PV1 of class N is not, since it stands there for the standard's sake.
Segments that are not in the charset of MSH-18 (UTF-8 if it is empty) are named there too: they alone are read as ISO 8859-1, and what in them is not ASCII may be garbled (decision 0434).
A field whose code no table reads is named too, `left out: PID-8 (not in codes/gender)`: the practice's own table may have it (decision 0435).

Our FHIR is compared, field by field, with what two other converters make of the same messages (`PairsTest`); differences that stay are in `src/bundle/test/v2-pairs.yaml` with their reasons. Held against HL7's own v2-to-FHIR tables (`TablesTest`), rows whose element does not follow its field stand in `src/bundle/test/v2-tables.yaml` (decision 0393).
""";

  @Test
  void thePageSaysWhatTheTableDoes() throws IOException {
    new Page("docs/hl7v2.md").says(page());
  }

  @Test
  void everyMappingOfMessagesIsThatOfAType() throws IOException {
    Set<String> used = new TreeSet<>();
    events().forEach(event -> used.add(event.path("mapping").asText()));
    used.remove("");
    Set<String> mappings = new TreeSet<>(MAPPINGS.names());
    mappings.removeIf(name -> !name.startsWith("hl7v2/") || name.endsWith("-out"));
    assertEquals(mappings, used);
  }

  private static String page() throws IOException {
    Map<String, Set<String>> kinds = new TreeMap<>();
    for (Golden golden : Golden.all()) {
      for (JsonNode entry : golden.run(MAPPINGS).path("entry")) {
        kinds
            .computeIfAbsent(golden.mapping(), each -> new TreeSet<>())
            .add(entry.path("resource").path("resourceType").asText());
      }
    }
    kinds.values().forEach(types -> types.remove("OperationOutcome"));
    StringBuilder page = new StringBuilder(INTRODUCTION);
    events()
        .fields()
        .forEachRemaining(
            type -> {
              JsonNode event = type.getValue();
              String word = event.path("event").asText();
              Set<String> becomes =
                  new TreeSet<>(kinds.getOrDefault(event.path("mapping").asText(), Set.of()));
              if (!Set.of("refer", "chart").contains(word)) {
                Set<String> taken = new TreeSet<>(Set.of("Patient", "Appointment"));
                event.path("with").forEach(more -> taken.add(more.asText()));
                becomes.retainAll(taken);
              }
              page.append(
                  "| `%s` | %s | %s | %s | %s | %s |\n"
                      .formatted(
                          type.getKey(),
                          word,
                          lane(word, event.path("urgent").asBoolean()),
                          word.equals("refuse") ? "" : String.join(", ", becomes),
                          MEANINGS.get(word),
                          event.path("request").asBoolean()
                              ? REQUEST
                              : event.path("reason").asText()));
            });
    return page.append(REST).toString();
  }

  /** Merges and what means nothing end before it. */
  private static String lane(String word, boolean urgent) {
    return Set.of("merge", "nothing", "refuse").contains(word) ? "" : urgent ? "urgent" : "bulk";
  }

  private static JsonNode events() throws IOException {
    return new ObjectMapper(new YAMLFactory())
        .readTree(HOME.resolve("mappings/hl7v2/events.yaml").toFile());
  }
}
