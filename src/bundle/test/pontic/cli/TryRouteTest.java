package pontic.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.util.FileSystemUtils;
import picocli.CommandLine;

/** One message through the route files as they are on disk, with nothing around them. */
final class TryRouteTest {
  private static final Path HOME = Path.of("..", "..").toAbsolutePath().normalize();
  private static final String ADT =
      """
      MSH|^~\\&|ADT|LAKESIDE|PONTIC|ELM|20261121||ADT^A28^ADT_A05|m1|P|2.5.1
      EVN|A28|20261121
      PID|1||77^^^LAKESIDE^MR||Rivers^Ann||19800102|F
      """;
  private static final String ROW =
      "{\"row_key\": 5, \"PatNum\": 5, \"LName\": \"Rivers\", \"FName\": \"Ann\", \"Birthdate\": \"1980-01-02\","
          + " \"Gender\": 1, \"PatStatus\": 0}";
  private static final String PATIENT =
      "{\"resourceType\": \"Patient\", \"id\": \"elm-patient-5\", \"name\": [{\"family\": \"Rivers\"}]}";

  @TempDir Path folder;

  private String said = "";

  @BeforeEach
  void anEngineersCopy() throws IOException {
    for (String area : List.of("routes", "mappings", "config")) {
      FileSystemUtils.copyRecursively(HOME.resolve(area), folder.resolve(area));
    }
  }

  /** Exit code; what was said is kept. */
  private int run(String route, String message, String... more) throws IOException {
    Path file = Files.writeString(folder.resolve("message"), message);
    StringWriter text = new StringWriter();
    CommandLine line =
        new CommandLine(new TryMapping(new Home(folder, Map.of())))
            .setOut(new PrintWriter(text))
            .setErr(new PrintWriter(text));
    line.setExecutionExceptionHandler(
        (thrown, command, parsed) -> {
          command.getErr().println(thrown.getMessage());
          return thrown instanceof Failure ? 1 : 3;
        });
    String[] arguments =
        Stream.concat(Stream.of("--route", route, file.toString()), Stream.of(more))
            .toArray(String[]::new);
    int code = line.execute(arguments);
    said = text.toString();
    return code;
  }

  private void edit(String file, String text, String by) throws IOException {
    Path path = folder.resolve(file);
    String before = Files.readString(path);
    assertTrue(before.contains(text), file + " does not hold " + text);
    Files.writeString(path, before.replace(text, by));
  }

  @Test
  void aMessageIsSeenAfterEachStepAndWhatIsStubbedIsSaid() throws IOException {
    assertEquals(0, run("understand", ADT), () -> said);
    assertTrue(said.contains("understand-claim  stubbed: bean understand.claim"), said);
    assertTrue(said.contains("understand-next-message  stubbed: to direct:wake-understand"), said);
    assertTrue(said.contains("a message of elm, ADT^A28, means register"), said);
    assertTrue(said.contains("\"family\" : \"Rivers\""), said);
    assertTrue(
        said.indexOf("understand-read") < said.indexOf("understand-translate")
            && said.indexOf("understand-translate") < said.indexOf("understand-identify"),
        said);
  }

  @Test
  void anEditedRouteAndMappingAreTriedAsTheyAreOnDisk() throws IOException {
    edit("mappings/outbound/patient.jslt", "text(.LName)", "text(.LName) + \"-tried\"");
    edit("routes/outbound/capture-mysql.camel.yaml", "id: record\n", "id: record-it\n");
    assertEquals(0, run("capture-mysql", ROW), () -> said);
    assertTrue(said.contains("\"family\" : \"Rivers-tried\""), said);
    assertTrue(said.contains("record-it  stubbed: bean records.store"), said);
  }

  @Test
  void aStepThatIsInsertedAtASeamKeepsBackAsInTheHouse() throws IOException {
    edit(
        "routes/outbound/send-fhir.camel.yaml",
        "                          - bean:\n                              id: through\n",
        """
                                  - filter:
                                      id: no-rivers
                                      expression:
                                        simple:
                                          expression: "${body} contains 'Rivers'"
                                      steps:
                                        - stop:
                                            id: no-rivers-stop
                                  - bean:
                                      id: through
        """);
    assertEquals(0, run("send-fhir", PATIENT), () -> said);
    assertTrue(said.contains("kept back by no-rivers-stop"), said);
    assertFalse(said.contains("stubbed: to fhir:"), said);
    assertEquals(0, run("send-fhir", PATIENT.replace("Rivers", "Banks")), () -> said);
    assertTrue(said.contains("transaction  stubbed: to fhir:transaction/withBundle"), said);
  }

  @Test
  void aStepThatFailsIsNamedWithItsFileAndLine() throws IOException {
    edit(
        "routes/inbound/understand.camel.yaml",
        "                    - bean:\n                        id: understand-translate\n",
        """
                            - setProperty:
                                id: understand-mine
                                name: mine
                                simple:
                                  expression: "${body.nobodyKnows}"
                            - bean:
                                id: understand-translate
        """);
    assertEquals(1, run("understand", ADT));
    String file = "routes/inbound/understand.camel.yaml";
    List<String> lines = Files.readAllLines(folder.resolve(file));
    int line = 1 + lines.indexOf("                    - setProperty:");
    assertTrue(line > 1 && said.contains(file + ":" + line + ": understand-mine failed"), said);
    assertFalse(said.contains("understand-translate"), said);

    edit("mappings/outbound/patient.jslt", "text(.LName)", "error(\"not this one\")");
    assertEquals(1, run("capture-mysql", ROW));
    assertTrue(said.contains("FAILED: Mapping outbound/patient.jslt cannot be carried"), said);
    assertEquals(1, run("no-such-route", ADT));
    assertTrue(said.contains("there are accept-fhir, accept-hint, accept-hl7"), said);
  }

  @Test
  void aFilterByClinicIsTriedWithTheClinicThatIsSaid() throws IOException {
    edit(
        "routes/outbound/send-hl7.camel.yaml",
        "                                  - bean:\n                                      id: through\n",
        """
                                          - filter:
                                              id: one-clinic
                                              expression:
                                                simple:
                                                  expression: "${exchangeProperty.clinic} == 7"
                                              steps:
                                                - stop:
                                                    id: one-clinic-stop
                                          - bean:
                                              id: through
        """);
    assertEquals(0, run("send-hl7", ADT, "--with", "clinic=7"), () -> said);
    assertTrue(said.contains("kept back by one-clinic-stop"), said);
    assertFalse(said.contains("stubbed: to netty:"), said);
    for (String other : List.of("clinic=8", "destination=hospital-hl7")) {
      assertEquals(0, run("send-hl7", ADT, "--with", other), () -> said);
      assertTrue(said.contains("stubbed: to netty:"), said);
    }
    assertEquals(1, run("send-hl7", ADT, "--with", "clinic=North"));
    assertTrue(said.contains("clinic is a ClinicNum"), said);
  }

  @Test
  void anErrorConfigurationIsSaidToBeNoneThatATryBeginsWith() throws IOException {
    assertEquals(1, run("bad-message", ADT));
    assertEquals(
        "bad-message is an error configuration: it begins with a failure, and a try of a route shows each failure with its line",
        said.strip());
  }

  /** A new one without a line here fails. */
  @Test
  void everyShippedRouteRunsThroughItsStepsWithAMessageOfItsKind() throws IOException {
    Map<String, List<String>> kinds = new TreeMap<>();
    for (String route :
        List.of("accept-hl7", "answer-hl7", "send-hl7", "wake-understand", "wake-lanes")) {
      kinds.put(route, List.of(ADT));
    }
    kinds.put("understand", List.of(ADT, PATIENT));
    for (String route : List.of("accept-fhir", "send-fhir", "call")) {
      kinds.put(route, List.of(PATIENT));
    }
    for (String route :
        List.of(
            "accept-hint",
            "alert",
            "capture-api",
            "capture-mysql",
            "follow-merge",
            "purge",
            "reconcile",
            "reconcile-destination",
            "reconcile-nightly",
            "watch-practice")) {
      kinds.put(route, List.of(ROW));
    }
    List<String> shipped = new ArrayList<>();
    for (String area : List.of("inbound", "outbound", "operations")) {
      try (Stream<Path> files = Files.list(folder.resolve("routes").resolve(area))) {
        files.forEach(file -> shipped.add(file.getFileName().toString().split("\\.")[0]));
      }
    }
    assertEquals(Set.copyOf(shipped), kinds.keySet());
    Map<String, String> told = new TreeMap<>();
    for (Map.Entry<String, List<String>> kind : kinds.entrySet()) {
      for (String message : kind.getValue()) {
        assertEquals(0, run(kind.getKey(), message), () -> kind.getKey() + "\n" + said);
        told.merge(kind.getKey(), said, String::concat);
      }
    }
    assertTrue(told.get("wake-lanes").contains("jms:queue:call"), told.get("wake-lanes"));
    assertEquals(
        1, told.get("send-hl7").split("stubbed: bean hl7Sends.event", -1).length - 1, said);
    assertTrue(told.get("alert").contains("\"state\" : \"begins\""), told.get("alert"));
    assertTrue(told.get("purge").contains("purge-receipts  stubbed"), told.get("purge"));
  }
}
