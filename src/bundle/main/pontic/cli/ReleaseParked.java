package pontic.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
    name = "release",
    description =
        "Let a parked message, delivery or patient go on, with what waits behind it, under the same rules.")
final class ReleaseParked extends Ask {

  @Parameters(
      paramLabel = "ID",
      description =
          "As in ./pontic parked: m-…, or elm/hospital/Appointment/12; or all of a patient: elm/12 (PatNum)")
  private String message;

  ReleaseParked(Home home) {
    super(home);
  }

  @Override
  String method() {
    return "POST";
  }

  @Override
  String path() {
    return "/control/release?message=" + URLEncoder.encode(message, StandardCharsets.UTF_8);
  }

  @Override
  void print(JsonNode answer, PrintWriter out) {
    out.println(
        answer.path("message").asText()
            + " goes on; see ./pontic "
            + (message.contains("/") ? "status" : "receipts"));
  }
}
