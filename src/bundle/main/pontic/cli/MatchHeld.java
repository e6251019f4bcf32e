package pontic.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
    name = "match",
    description =
        "Say whom a held message means; it goes on with what waits behind it, and its numbers lead there from now on.")
final class MatchHeld implements Callable<Integer> {

  @Mixin private final Ask ask;

  @Parameters(index = "0", paramLabel = "MESSAGE", description = "As in ./pontic parked: m-…")
  private String message;

  @Parameters(
      index = "1",
      paramLabel = "PATNUM|new",
      description = "Open Dental's number of the patient; new: none of those that were shown")
  private String patient;

  MatchHeld(Home home) {
    ask = new Ask(home);
  }

  @Override
  public Integer call() {
    return ask.post(
        "/control/match?message=" + Ask.encoded(message) + "&patient=" + Ask.encoded(patient),
        this::print);
  }

  private void print(JsonNode answer, PrintWriter out) {
    out.println(
        answer.path("message").asText()
            + " goes on for "
            + (patient.equals("new") ? "a new patient" : "PatNum " + patient)
            + "; see ./pontic receipts");
  }
}
