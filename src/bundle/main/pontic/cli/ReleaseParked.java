package pontic.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
    name = "release",
    description =
        "Let a parked message, delivery or patient go on, with what waits behind it, under the same rules.")
final class ReleaseParked implements Callable<Integer> {

  @Mixin private final Ask ask;

  @Parameters(
      paramLabel = "ID",
      description =
          "As in ./pontic parked: m-…, or elm/hospital/Appointment/12; or all of a patient: elm/12 (PatNum)")
  private String message;

  ReleaseParked(Home home) {
    ask = new Ask(home);
  }

  @Override
  public Integer call() {
    return ask.post("/control/release?message=" + Ask.encoded(message), this::print);
  }

  private void print(JsonNode answer, PrintWriter out) {
    out.println(
        answer.path("message").asText()
            + " goes on; see ./pontic "
            + (message.contains("/") ? "status" : "receipts"));
  }
}
