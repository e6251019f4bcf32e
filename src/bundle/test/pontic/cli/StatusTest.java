package pontic.cli;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

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

  private static String shown(String status) throws Exception {
    StringWriter text = new StringWriter();
    try (PrintWriter out = new PrintWriter(text)) {
      new Status(new Home(Path.of(""), Map.of())).print(new ObjectMapper().readTree(status), out);
    }
    return text.toString();
  }
}
