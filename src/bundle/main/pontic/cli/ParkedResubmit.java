package pontic.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "resubmit",
    description = "Let all go on that are parked for a cause, under the same rules.")
final class ParkedResubmit extends Ask {

  @Option(
      names = "--cause",
      paramLabel = "TEXT",
      required = true,
      description = "Part of the reason in ./pontic parked, at least 4 characters.")
  private String cause;

  @Option(
      names = "--practice",
      paramLabel = "ID",
      defaultValue = "",
      description = "Only of this practice.")
  private String practice;

  ParkedResubmit(Home home) {
    super(home);
  }

  @Override
  String method() {
    return "POST";
  }

  @Override
  String path() {
    return "/control/parked/resubmit?cause=" + encoded(cause) + "&practice=" + encoded(practice);
  }

  @Override
  void print(JsonNode answer, PrintWriter out) {
    answer.path("messages").forEach(id -> out.println(id.asText()));
    out.println(answer.path("messages").size() + " go on; see ./pontic receipts");
  }
}
