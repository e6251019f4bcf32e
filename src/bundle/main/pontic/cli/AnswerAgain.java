package pontic.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
    name = "answer",
    description =
        "Tell a sender once more how its message ended, where that was given up: its listener works again.")
final class AnswerAgain implements Callable<Integer> {

  @Mixin private final Ask ask;

  @Parameters(
      paramLabel = "ID",
      description =
          "A message: m-…; or all that were given up at a destination: elm/hospital-hl7 (ANSWERS in ./pontic status)")
  private String id;

  AnswerAgain(Home home) {
    ask = new Ask(home);
  }

  @Override
  public Integer call() {
    return ask.post("/control/answer?message=" + Ask.encoded(id), this::print);
  }

  private void print(JsonNode answer, PrintWriter out) {
    answer.path("messages").forEach(each -> out.println(each.asText()));
    out.println(answer.path("messages").size() + " go again; see ./pontic status");
    if (!answer.path("gone").isEmpty()) {
      out.println(
          answer.path("gone").size()
              + " can no longer be sent again: their contents are gone (pontic.retention.contents-days)");
    }
  }
}
