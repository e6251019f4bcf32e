package pontic.mapping;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.parser.StrictErrorHandler;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.TextNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.hl7.fhir.r4.model.Appointment;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.Patient;
import org.hl7.fhir.r4.model.Resource;
import org.junit.jupiter.api.Test;
import pontic.hl7.HeaderProblem;
import pontic.hl7.Hl7Exception;
import pontic.hl7.Hl7Json;
import pontic.hl7.MessageHeader;

/**
 * Whole messages, ours and others': header, JSON, FHIR. Each has one end, and the ends are counted.
 */
class CorpusTest {
  private static final Path OURS = Path.of("test/corpus");
  private static final Path OTHERS = Path.of("../../../shared/data/hl7v2");
  private static final Path EVENTS = Path.of("../../mappings/hl7v2/events.yaml");

  private final Mappings mappings = Mappings.load(Path.of("../../mappings"));
  private final FhirContext fhir = FhirContext.forR4Cached();

  @Test
  void everyMessageOfOursEndsAsItsNameSays() throws IOException {
    List<Path> files = files(OURS);
    assertTrue(files.size() >= 20, "only " + files.size() + " messages");
    Map<String, Integer> ends = new TreeMap<>();
    for (Path file : files) {
      String end = end(file);
      String expected = file.getFileName().toString().replaceAll("^.*\\.(\\w+)\\.hl7$", "$1");
      assertEquals(expected, end.replaceAll(":.*| .*", ""), file + " " + end);
      ends.merge(expected, 1, Integer::sum);
    }
    System.out.println("Our corpus: " + ends);
    assertEquals(Set.of("mapped", "refused", "unserved", "unreadable"), ends.keySet());
  }

  @Test
  void everyMessageOfOthersHasAnEnd() throws IOException {
    assumeTrue(
        Files.isDirectory(OTHERS), "the collected messages of others are not here: " + OTHERS);
    Map<String, Integer> ends = new TreeMap<>();
    for (Path file : files(OTHERS)) {
      ends.merge(end(file), 1, Integer::sum);
    }
    ends.forEach((end, count) -> System.out.println("Corpus of others: " + count + " " + end));
    assertTrue(ends.getOrDefault("mapped", 0) > 20, ends.toString());
  }

  @Test
  void aTextAsLongAsADocumentIsCutInAnObservationWhichSaysSo() {
    byte[] message =
        ("MSH|^~\\&|A|B|||2026||ADT^A08|1|P|2.5.1\rPID|1||7\rOBX|1|TX|X^Y||" + "a".repeat(40_000))
            .getBytes(StandardCharsets.US_ASCII);
    JsonNode observation =
        mappings
            .mapper("hl7v2/adt")
            .map(
                new Hl7Json().parse(message),
                Map.of("zone", TextNode.valueOf("UTC"), "sender", TextNode.valueOf("A|B")))
            .at("/entry/1/resource");
    assertEquals(32_000, observation.path("valueString").asText().length());
    assertEquals("cut after 32000 characters", observation.at("/note/0/text").asText());
  }

  private String end(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    try {
      MessageHeader header = MessageHeader.read(bytes);
      JsonNode message = new Hl7Json().parse(bytes);
      String mapping =
          new ObjectMapper(new YAMLFactory())
              .readTree(EVENTS.toFile())
              .path(header.event())
              .path("mapping")
              .asText();
      if (mapping.isEmpty()) {
        return "unserved";
      }
      JsonNode result =
          mappings
              .mapper(mapping)
              .map(
                  message,
                  Map.of(
                      "zone", TextNode.valueOf("America/Chicago"),
                      "practice", TextNode.valueOf("oak"),
                      "sender", TextNode.valueOf(header.sender())));
      Bundle bundle =
          fhir.newJsonParser()
              .setParserErrorHandler(new StrictErrorHandler())
              .parseResource(Bundle.class, result.toString());
      assertEquals(
          message.path("PID").size() + (mapping.endsWith("merge") ? message.path("MRG").size() : 0),
          of(bundle, Patient.class),
          file.toString());
      assertEquals(
          Set.of("hl7v2/siu", "hl7v2/srm").contains(mapping) ? 1 : 0,
          of(bundle, Appointment.class),
          file.toString());
      return "mapped";
    } catch (HeaderProblem | Hl7Exception e) {
      return "unreadable: " + e.getMessage().replaceAll("\\d+", "n");
    } catch (MappingException e) {
      return "refused: " + e.getMessage();
    }
  }

  private static long of(Bundle bundle, Class<? extends Resource> type) {
    return bundle.getEntry().stream().filter(entry -> type.isInstance(entry.getResource())).count();
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(p -> p.toString().endsWith(".hl7")).sorted().toList();
    }
  }
}
