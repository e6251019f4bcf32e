package pontic.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
    name = "release",
    description = "Let a parked message go on, with those parked behind it, under the same rules.")
final class ReleaseParked extends Ask {

  @Parameters(paramLabel = "MESSAGE", description = "Id as in ./pontic parked: m-…")
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
    out.println(answer.path("message").asText() + " goes on; see ./pontic receipts");
  }
}
