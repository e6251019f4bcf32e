package pontic.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import pontic.chart.ChartPage;
import pontic.secretfile.OwnerFile;

@Command(
    name = "chart",
    description = {
      "Write a page that shows one patient as a hospital will see him: teeth, perio, timeline, and each resource as it is sent.",
      "It holds patient data in clear: needs the role admin, is audited, and only its owner may read the file."
    })
final class Chart implements Callable<Integer> {

  @Mixin private final Ask ask;

  @Parameters(index = "0", paramLabel = "PRACTICE", description = "Id of the practice")
  private String practice;

  @Parameters(index = "1", paramLabel = "PATNUM", description = "The patient's number there")
  private String patient;

  @Option(
      names = "--destination",
      paramLabel = "D",
      defaultValue = "",
      description =
          "As this FHIR destination is told it: its types, its own mapping (default: all records as they are).")
  private String destination;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description =
          "A file that does not exist yet (default: chart-<practice>-<time>.html here; no patient's number stands in that name).")
  private Optional<Path> out = Optional.empty();

  Chart(Home home) {
    ask = new Ask(home);
  }

  @Override
  public Integer call() {
    // Before anything is read, and so before a look is audited that nobody has.
    out.filter(Files::exists).ifPresent(Chart::taken);
    return ask.get(
        "/control/chart?practice="
            + Ask.encoded(practice)
            + "&patient="
            + Ask.encoded(patient)
            + "&destination="
            + Ask.encoded(destination),
        this::write);
  }

  private void write(JsonNode chart, PrintWriter words) {
    Path file = out.orElseGet(() -> usual(chart)).toAbsolutePath().normalize();
    try {
      if (!OwnerFile.make(file, new ChartPage(chart).html())) {
        taken(file);
      }
    } catch (IOException e) {
      throw new Failure(file + " cannot be written", e);
    }
    words.println("written to " + file + "; it holds patient data, delete it once it was judged");
  }

  private static void taken(Path file) {
    throw new Failure(file + " is there already; name another with --out");
  }

  private static Path usual(JsonNode chart) {
    String at =
        DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss")
            .withZone(ZoneId.systemDefault())
            .format(Instant.parse(chart.path("at").asText()));
    return Path.of("chart-" + chart.path("practice").asText() + "-" + at + ".html");
  }
}
