package pontic.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import picocli.CommandLine.Command;

@Command(
    name = "reload",
    description =
        "Look at the files at once and start anew from them, changed or not; for changed secrets and freed ports.")
final class Reload extends Ask {

  Reload(Home home) {
    super(home);
  }

  @Override
  String method() {
    return "POST";
  }

  @Override
  String path() {
    return "/control/reload";
  }

  @Override
  void print(JsonNode answer, PrintWriter out) {
    out.println("the files are looked at; see ./pontic generation");
  }
}
