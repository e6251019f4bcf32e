package pontic.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.StringJoiner;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Both {@code pause} and {@code resume}. */
@Command(
    description = {
      "Pause or resume a practice or a destination; without options all of it.",
      "It works within a second, holds over a restart, and nothing is lost: what waits goes on at resume."
    })
final class Pause extends Ask {
  private final String verb;

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
    super(home);
    this.verb = verb;
  }

  @Override
  String method() {
    return "POST";
  }

  @Override
  String path() {
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
    return "/control/"
        + verb
        + "?id="
        + URLEncoder.encode(id, StandardCharsets.UTF_8)
        + "&what="
        + what;
  }

  @Override
  void print(JsonNode answer, PrintWriter out) {
    StringJoiner paused = new StringJoiner(" and ");
    answer.path("paused").forEach(what -> paused.add(what.asText()));
    out.println(
        answer.path("id").asText()
            + (paused.length() == 0 ? ": nothing is paused" : ": paused are " + paused)
            + "; see ./pontic status");
  }
}
