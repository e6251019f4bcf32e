package pontic.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

final class TryMappingTest {

  private static final Path HOME = Path.of("..", "..").toAbsolutePath().normalize();
  private static final ObjectMapper JSON = new ObjectMapper();

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @TempDir Path folder;

  private int run(String... arguments) {
    CommandLine line =
        new CommandLine(new TryMapping(new Home(HOME, Map.of())))
            .setOut(new PrintWriter(out))
            .setErr(new PrintWriter(err));
    line.setExecutionExceptionHandler(
        (thrown, command, parsed) -> {
          if (!(thrown instanceof Failure)) {
            throw thrown;
          }
          command.getErr().println(thrown.getMessage());
          command.getErr().flush();
          return 1;
        });
    return line.execute(arguments);
  }

  private static String golden(String mapping, String name) throws IOException {
    Path cases = HOME.resolve("src/bundle/test/golden").resolve(mapping);
    try (Stream<Path> found = Files.list(cases)) {
      return found
          .map(one -> one.resolve(name))
          .filter(Files::exists)
          .sorted()
          .findFirst()
          .orElseThrow()
          .toString();
    }
  }

  @Test
  void anHl7MessageIsMappedWithThePracticesZoneAndPrintedAsJson() throws Exception {
    String input = golden("hl7v2-adt", "input.hl7");
    assertEquals(0, run("hl7v2/adt", input, "--practice", "elm"), err::toString);
    JsonNode expected = JSON.readTree(Path.of(input).resolveSibling("expected.json").toFile());
    assertEquals(expected, JSON.readTree(out.toString()));
  }

  @Test
  void aMappingIsNamedByItsFileTooAndARowIsJson() throws Exception {
    Path row = Files.writeString(folder.resolve("row.json"), "{\"PatNum\": 7}");
    assertEquals(
        0,
        run("mappings/outbound/patient.jslt", row.toString(), "--variable", "id=elm-patient-7"),
        err::toString);
    assertEquals("elm-patient-7", JSON.readTree(out.toString()).path("id").asText());
  }

  @Test
  void aMessageThatGoesOutIsPrintedAsItsSegments() throws Exception {
    String input = golden("hl7v2-siu-out", "input.json");
    assertEquals(0, run("hl7v2/siu-out", input, "--hl7", "--practice", "elm"), err::toString);
    List<String> segments = out.toString().lines().toList();
    assertTrue(segments.get(0).startsWith("MSH|") && segments.size() > 3, segments::toString);
  }

  @Test
  void aBrokenMappingIsToldWithFileAndLine() throws Exception {
    Path mappings = Files.createDirectories(folder.resolve("mappings/own"));
    Files.writeString(mappings.resolve("broken.jslt"), "{\n  \"id\": .PatNum,\n  \"x\": }\n");
    Path row = Files.writeString(folder.resolve("row.json"), "{}");
    assertEquals(
        1, run("own/broken", row.toString(), "--mappings", folder.resolve("mappings").toString()));
    assertTrue(err.toString().contains("own/broken.jslt:3"), err::toString);
    assertEquals("", out.toString());
  }

  @Test
  void whatCannotBeReadOrIsNotThereIsSaidInALine() throws Exception {
    Path broken = Files.writeString(folder.resolve("row.json"), "{\n  \"PatNum\": oops\n}");
    assertEquals(1, run("outbound/patient", broken.toString()));
    assertTrue(err.toString().contains("row.json:2: this is no JSON"), err::toString);
    assertEquals(1, run("outbound/nobody", broken.toString()));
    assertTrue(err.toString().contains("there is no mapping outbound/nobody"), err::toString);
    assertEquals(1, run("hl7v2/adt", broken.toString(), "--practice", "nobody"));
    assertTrue(err.toString().contains("there is no practice nobody"), err::toString);
    Path garbage = Files.writeString(folder.resolve("garbage"), "hello");
    assertEquals(1, run("hl7v2/adt", garbage.toString()));
    assertTrue(err.toString().contains("neither JSON nor HL7 v2"), err::toString);
  }
}
