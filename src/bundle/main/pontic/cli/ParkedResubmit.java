package pontic.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "resubmit",
    description = "Let all go on that are parked for a cause, under the same rules.")
final class ParkedResubmit implements Callable<Integer> {

  @Mixin private final Ask ask;

  @Option(
      names = "--cause",
      paramLabel = "TEXT",
      required = true,
      description = "Part of the reason in ./pontic parked, at least 4 characters.")
  private String cause;

  @Mixin private OfPractice practice;

  ParkedResubmit(Home home) {
    ask = new Ask(home);
  }

  @Override
  public Integer call() {
    return ask.post(
        "/control/parked/resubmit?cause=" + Ask.encoded(cause) + "&practice=" + practice.encoded(),
        this::print);
  }

  private void print(JsonNode answer, PrintWriter out) {
    answer.path("messages").forEach(id -> out.println(id.asText()));
    out.println(answer.path("messages").size() + " go on; see ./pontic receipts");
  }
}
