package pontic.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "drop",
    description = "Give a parked message or delivery up; what waits behind it goes on.")
final class ParkedDrop implements Callable<Integer> {

  @Mixin private final Ask ask;

  @Parameters(paramLabel = "ID", description = "As in ./pontic parked")
  private String id;

  @Option(
      names = "--reason",
      paramLabel = "TEXT",
      required = true,
      description = "Why, for its receipt; without patient data.")
  private String reason;

  ParkedDrop(Home home) {
    ask = new Ask(home);
  }

  @Override
  public Integer call() {
    return ask.post(
        "/control/parked/drop?id=" + Ask.encoded(id) + "&reason=" + Ask.encoded(reason),
        this::print);
  }

  private void print(JsonNode answer, PrintWriter out) {
    out.println(answer.path("message").asText() + " is dropped");
  }
}
