package pontic.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import picocli.CommandLine.Command;

@Command(
    name = "stop",
    description = "Ask the running process to end; it finishes what is under way.")
final class Stop extends Ask {

  Stop(Home home) {
    super(home);
  }

  @Override
  String method() {
    return "POST";
  }

  @Override
  String path() {
    return "/control/stop";
  }

  @Override
  void print(JsonNode answer, PrintWriter out) {
    out.println("Pontic is stopping");
  }
}
