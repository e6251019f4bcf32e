package pontic.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "show",
    description =
        "Show what is parked, letters and digits masked; in clear for the role admin. Each look is audited.")
final class ParkedShow implements Callable<Integer> {

  @Mixin private final Ask ask;

  @Parameters(paramLabel = "ID", description = "As in ./pontic parked")
  private String id;

  @Option(names = "--clear", description = "Not masked; needs the role admin.")
  private boolean clear;

  @Option(
      names = "--original",
      paramLabel = "N",
      defaultValue = "0",
      description = "What it was before edits: 1 is what the sender sent.")
  private int original;

  ParkedShow(Home home) {
    ask = new Ask(home);
  }

  @Override
  public Integer call() {
    return ask.get(
        "/control/parked/show?id=" + Ask.encoded(id) + "&clear=" + clear + "&original=" + original,
        this::print);
  }

  private void print(JsonNode answer, PrintWriter out) {
    // Only the body, so that it can be saved, changed and handed to edit.
    out.println(answer.path("body").asText().stripTrailing());
  }
}
