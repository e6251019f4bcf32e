package pontic.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.util.StringJoiner;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Both {@code pause} and {@code resume}. */
@Command(
    description = {
      "Pause or resume a practice or a destination; without options all of it.",
      "It works within a second, holds over a restart, and nothing is lost: what waits goes on at resume."
    })
final class Pause implements Callable<Integer> {
  private final String verb;

  @Mixin private final Ask ask;

  @Parameters(paramLabel = "ID", description = "Practice or destination, as in ./pontic status")
  private String id;

  @Option(
      names = "--reads",
      description = "Of a practice: its database, and changes read through its API.")
  private boolean reads;

  @Option(names = "--writes", description = "Of a practice: what its lane writes to Open Dental.")
  private boolean writes;

  @Option(names = "--sends", description = "Of a destination: what it is sent.")
  private boolean sends;

  /**
   * @param verb pause or resume
   */
  Pause(Home home, String verb) {
    ask = new Ask(home);
    this.verb = verb;
  }

  @Override
  public Integer call() {
    StringJoiner what = new StringJoiner(",");
    if (reads) {
      what.add("reads");
    }
    if (writes) {
      what.add("writes");
    }
    if (sends) {
      what.add("sends");
    }
    return ask.post("/control/" + verb + "?id=" + Ask.encoded(id) + "&what=" + what, Pause::print);
  }

  private static void print(JsonNode answer, PrintWriter out) {
    StringJoiner paused = new StringJoiner(" and ");
    answer.path("paused").forEach(what -> paused.add(what.asText()));
    out.println(
        answer.path("id").asText()
            + (paused.length() == 0 ? ": nothing is paused" : ": paused are " + paused)
            + "; see ./pontic status");
  }
}
