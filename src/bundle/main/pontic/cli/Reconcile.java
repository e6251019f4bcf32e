package pontic.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Asks for a comparison and shows it until it has ended. */
@Command(
    name = "reconcile",
    description = {
      "Compare Open Dental with the records, and the records with what each destination holds; repair by sending.",
      "What is under way goes on without this command; what was stopped goes on when it is asked for again."
    })
final class Reconcile implements Callable<Integer> {
  @Mixin private final Ask ask;
  @Mixin private final LongRuns runs = new LongRuns();

  @Parameters(index = "0", arity = "0..1", paramLabel = "PRACTICE", description = "Default: all")
  private String practice = "";

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "TABLE",
      description = "patient, appointment, provider, operatory (default: all)")
  private String table = "";

  @Option(
      names = "--destination",
      paramLabel = "D",
      description = "Only the records with this destination.")
  private String destination = "";

  @Option(names = "--dry-run", description = "Repair nothing.")
  private boolean dryRun;

  @Option(
      names = "--many-deletes",
      description = "It is right that many rows are gone: withdraw them at the destinations.")
  private boolean manyDeletes;

  @Option(names = "--history", description = "Show the comparisons of before, and begin none.")
  private boolean history;

  Reconcile(Home home) {
    ask = new Ask(home);
  }

  @Override
  public Integer call() {
    if (history) {
      return ask.get("/control/reconciles?history=true&" + which(), Reconcile::print);
    }
    if (runs.areStopped()) {
      return ask.post("/control/reconcile/stop?" + which(), Reconcile::print);
    }
    String begin =
        "/control/reconcile?" + which() + "&dryRun=" + dryRun + "&manyDeletes=" + manyDeletes;
    JsonNode begun = ask.of("POST", begin);
    replaced(begun).ifPresent(ask.progress()::println);
    return ask.print(runs.ended(begun, ask, "/control/reconciles?" + which()), Reconcile::print);
  }

  /** What is over now and was not done; a dry run that is has changed nothing. */
  private static Optional<String> replaced(JsonNode runs) {
    StringJoiner ended = new StringJoiner(", ");
    for (JsonNode run : runs) {
      if (run.path("state").asText().equals("running")
          && run.path("replaced").asText().equals("repair")) {
        ended.add(
            run.path("practice").asText()
                + " "
                + run.path("table").asText()
                + " with "
                + LongRuns.with(run));
      }
    }
    return ended.length() == 0
        ? Optional.empty()
        : Optional.of(
            "This took the place of a repair that was not done: "
                + ended
                + ". Ask for it again, without --dry-run, when this has ended.");
  }

  private String which() {
    return "practice="
        + Ask.encoded(practice)
        + "&table="
        + Ask.encoded(table)
        + "&destination="
        + Ask.encoded(destination);
  }

  private static void print(JsonNode answer, PrintWriter out) {
    Table table =
        new Table(
            "PRACTICE",
            "TABLE",
            "WITH",
            "STATE",
            "ROWS",
            "MATCHED",
            "DIFFERING",
            "REPAIRED",
            "UNEXPLAINED",
            "CHANGING",
            "WITHHELD",
            "BEGAN",
            "REASON");
    for (JsonNode run : answer) {
      table.row(
          run.path("practice").asText(),
          run.path("table").asText(),
          LongRuns.with(run),
          run.path("state").asText() + (run.path("dryRun").asBoolean() ? ", dry" : ""),
          run.path("rows").asText(),
          run.path("matched").asText(),
          run.path("differing").asText(),
          run.path("repaired").asText(),
          run.path("unexplained").asText(),
          run.path("changing").asText(),
          run.path("withheld").asText(),
          run.path("startedAt").asText(),
          reason(run));
    }
    table.print(out);
  }

  private static String reason(JsonNode run) {
    String replaced = run.path("replaced").asText();
    return Stream.of(
            run.path("reason").asText(),
            replaced.isEmpty() ? "" : "took the place of a " + replaced + " that was not done")
        .filter(text -> !text.isEmpty())
        .collect(Collectors.joining("; "));
  }
}
