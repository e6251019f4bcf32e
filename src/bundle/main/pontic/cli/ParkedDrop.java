package pontic.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "drop",
    description = "Give a parked message or delivery up; what waits behind it goes on.")
final class ParkedDrop extends Ask {

  @Parameters(paramLabel = "ID", description = "As in ./pontic parked")
  private String id;

  @Option(
      names = "--reason",
      paramLabel = "TEXT",
      required = true,
      description = "Why, for its receipt; without patient data.")
  private String reason;

  ParkedDrop(Home home) {
    super(home);
  }

  @Override
  String method() {
    return "POST";
  }

  @Override
  String path() {
    return "/control/parked/drop?id=" + encoded(id) + "&reason=" + encoded(reason);
  }

  @Override
  void print(JsonNode answer, PrintWriter out) {
    out.println(answer.path("message").asText() + " is dropped");
  }
}
