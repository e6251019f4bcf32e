package pontic.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Asks for rows to be read again and shows how far that is until it has ended. */
@Command(
    name = "load",
    description = {
      "Read a practice's rows again, behind what changes meanwhile and within its budget, and send what its destinations have not, or not so.",
      "It goes on without this command, and over a restart. What was stopped goes on when it is asked for again in the same words."
    })
final class Load implements Callable<Integer> {
  @Mixin private final Ask ask;
  @Mixin private final LongRuns runs = new LongRuns();

  @Parameters(paramLabel = "PRACTICE", description = "As in ./pontic status")
  private String practice;

  @Option(
      names = "--since",
      paramLabel = "DATE",
      description =
          "Only rows changed on that day or later, such as 2026-01-31; tables without a stamp are read whole (SINCE says all rows).")
  private Optional<LocalDate> since = Optional.empty();

  @Option(
      names = "--tables",
      paramLabel = "TABLE",
      split = ",",
      description = "patient,appointment,... (default: all that are read there)")
  private List<String> tables = List.of();

  @Option(names = "--watch", description = "Show what is under way, and begin nothing.")
  private boolean watch;

  Load(Home home) {
    ask = new Ask(home);
  }

  @Override
  public Integer call() {
    if (runs.areStopped()) {
      return ask.post("/control/load/stop?" + which(), Load::print);
    }
    String from = since.map(LocalDate::toString).orElse("");
    JsonNode begun =
        watch
            ? ask.of("GET", "/control/loads?" + which())
            : ask.of("POST", "/control/load?" + which() + "&since=" + from);
    return ask.print(runs.ended(begun, ask, "/control/loads?" + which()), Load::print);
  }

  private String which() {
    return "practice=" + Ask.encoded(practice) + "&tables=" + Ask.encoded(String.join(",", tables));
  }

  private static void print(JsonNode answer, PrintWriter out) {
    Table table =
        new Table(
            "PRACTICE",
            "TABLE",
            "WITH",
            "STATE",
            "SINCE",
            "ROWS",
            "OF",
            "SENT",
            "CHANGING",
            "BEGAN",
            "REASON");
    for (JsonNode run : answer) {
      String since = run.path("since").asText();
      table.row(
          run.path("practice").asText(),
          run.path("table").asText(),
          LongRuns.with(run),
          run.path("state").asText(),
          since.isEmpty() ? "all rows" : since,
          run.path("rows").asText(),
          run.path("of").asText(),
          run.path("repaired").asText(),
          run.path("changing").asText(),
          run.path("startedAt").asText(),
          run.path("reason").asText());
    }
    table.print(out);
  }
}
