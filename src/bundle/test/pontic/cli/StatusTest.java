package pontic.cli;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

final class StatusTest {

  @Test
  void whatIsReadThroughTheApiAndWhatIsNotSeenThatWayIsShown() throws Exception {
    String shown =
        shown(
            """
            {"practices": [{"practice": "elm", "lane": {"capabilities": {
              "capture": {"patient": {"on": true, "reason": "", "everyMillis": 750},
                "appointment-deleted": {"on": false, "reason": "needs Open Dental 23.1.30", "everyMillis": 1000}},
              "captureCannotSee": ["patient merges: the table patientlink is not in the API"]}}}]}
            """);
    assertTrue(shown.matches("(?s).*elm +patient +on +750 ms.*"), shown);
    assertTrue(
        shown.matches("(?s).*elm +appointment-deleted +off +1000 ms +needs Open Dental 23.1.30.*"),
        shown);
    assertTrue(shown.matches("(?s).*elm +patient merges: the table patientlink.*"), shown);
  }

  @Test
  void ofPracticesWhoseDatabaseIsReadThereIsNothingOfTheKind() throws Exception {
    String shown = shown("{\"practices\": [{\"practice\": \"elm\", \"lane\": {}}]}");
    assertFalse(shown.contains("READ THROUGH THE API"), shown);
  }

  @Test
  void aLineTellsWhatAnOperatorWantsWithColoursOnATerminalOnly() throws Exception {
    String status =
        """
        {"now": "2026-03-02T07:00:00Z", "practices": [{"practice": "elm", "apiEnabled": true, "databaseEnabled": true,
          "version": "25.3.36.0", "lastChangeAt": "2026-03-02T06:58:30Z", "oldestOpenAt": "2026-03-02T04:00:00Z", "open": 3,
          "parked": 2, "pausedBy": [{"what": "reads", "by": "ann", "since": "2026-03-02T06:00:00Z"}],
          "lateSince": "2026-03-02T05:00:00Z", "lateReason": "a message waits since 2026-03-02T04:00:00Z",
          "lane": {"state": "ready"}}],
         "destinations": [{"destination": "hospital", "practice": "elm", "enabled": true, "state": "fails",
          "failingSince": "2026-03-02T06:00:00Z", "due": 7, "reason": "HTTP 503", "lateSince": "2026-03-02T06:15:00Z",
          "lateReason": "what is due waits since 06:00", "objectiveSeconds": 900},
          {"destination": "registry", "practice": "elm", "enabled": true, "state": "works", "lateSince": "", "lateReason": ""}]}
        """;
    String piped = shown(status, Map.of());
    assertTrue(
        piped.matches(
            "(?s).*elm +yes +25.3.36.0 +90 s +3 +2 +3 h +2 h +reads by ann 2026-03-02T06:00:00Z +a message waits since 2026-03-02T04:00:00Z.*"),
        piped);
    assertTrue(
        piped.matches(
            "(?s).*hospital +elm +no, 60 min +- +7 +0 +- +- +45 min +- +HTTP 503; what is due waits since 06:00.*"),
        piped);
    assertTrue(piped.matches("(?s).*registry +elm +yes +- +0 +0 +- +- +- +-\\s*"), piped);
    assertFalse(piped.contains("\u001b"), piped);
    String terminal = shown(status, Map.of("PONTIC_TERMINAL", "1"));
    assertTrue(terminal.contains("\u001b[32myes\u001b[0m"), terminal);
    assertTrue(terminal.contains("\u001b[31m45 min\u001b[0m"), terminal);
    assertFalse(shown(status, Map.of("PONTIC_TERMINAL", "1", "NO_COLOR", "1")).contains("\u001b"));
  }

  @Test
  void aPlanThatLooksAtAWholeTableIsAWarningOfTheCapabilityTable() throws Exception {
    String table =
        """
        [{"practice": "elm", "feeds": [
          {"feed": "patient", "by": "database", "on": true, "plan": ["p ALL - 300"]}%s]}]
        """;
    String warned =
        """
        , {"feed": "tooth", "by": "database", "on": true,
          "warning": "each poll looks at all of toothinitial (12000 rows): no index begins with SecDateTEdit"}
        """;
    String shown = capabilities(table.formatted(warned));
    assertTrue(
        shown.matches(
            "(?s).*elm +tooth +each poll looks at all of toothinitial \\(12000 rows\\) +no index begins with SecDateTEdit.*"),
        shown);
    assertFalse(capabilities(table.formatted("")).contains("WARNING"));
  }

  private static String capabilities(String answer) throws Exception {
    StringWriter out = new StringWriter();
    CapabilityTable.print(new ObjectMapper().readTree(answer), new PrintWriter(out, true));
    return out.toString();
  }

  private static String shown(String status) throws Exception {
    return shown(status, Map.of(), "--details");
  }

  private static String shown(String status, Map<String, String> environment, String... options)
      throws Exception {
    StringWriter text = new StringWriter();
    try (PrintWriter out = new PrintWriter(text)) {
      Status command = new Status(new Home(Path.of(""), environment));
      new CommandLine(command).parseArgs(options);
      command.print(new ObjectMapper().readTree(status), out);
    }
    return text.toString();
  }
}
