package pontic.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    name = "generation",
    description = "Show which generation of the files runs, and why a newer one does not.")
final class GenerationShow implements Callable<Integer> {

  @Mixin private final Ask ask;

  GenerationShow(Home home) {
    ask = new Ask(home);
  }

  @Override
  public Integer call() {
    return ask.get("/control/generation", GenerationShow::print);
  }

  private static void print(JsonNode answer, PrintWriter out) {
    out.println(
        "generation "
            + answer.path("generation").asText()
            + " since "
            + answer.path("since").asText()
            + ", from "
            + answer.path("from").asText());
    JsonNode refused = answer.path("refused");
    if (!refused.path("problems").isEmpty()) {
      String id = refused.path("generation").asText();
      out.println(
          "refused "
              + (id.isEmpty() ? "" : id + " ")
              + "at "
              + refused.path("at").asText()
              + ", as it stands on disk:");
      for (JsonNode problem : refused.path("problems")) {
        int line = problem.path("line").asInt();
        out.println(
            "  "
                + problem.path("file").asText()
                + (line > 0 ? ":" + line : "")
                + ": "
                + problem.path("what").asText()
                + "; "
                + problem.path("right").asText());
      }
    }
    for (JsonNode id : answer.path("draining")) {
      out.println("draining " + id.asText());
    }
    for (JsonNode key : answer.path("needsRestart")) {
      out.println("needs a restart: " + key.asText());
    }
  }
}
