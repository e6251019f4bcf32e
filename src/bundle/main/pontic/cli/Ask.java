package pontic.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What the asking commands share: whom they ask, and how they print. */
abstract sealed class Ask implements Callable<Integer>
    permits Status, GenerationShow, Reload, ReceiptList, ParkedList, ReleaseParked, Pause, Stop {

  @Spec private CommandSpec spec;

  @Option(names = "--json", description = "Print the answer as JSON (docs/operations.md).")
  private boolean json;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description =
          "Data folder of the process (default: PONTIC_DATA, else data/ of the installation).")
  private Optional<Path> data;

  @Option(
      names = "--url",
      paramLabel = "URL",
      description = "Management endpoint (default: as the process noted in its data folder).")
  private Optional<String> url;

  private final Home home;

  Ask(Home home) {
    this.home = home;
  }

  abstract String method();

  abstract String path();

  abstract void print(JsonNode answer, PrintWriter out);

  @Override
  public Integer call() {
    Path folder = data.map(Path::toAbsolutePath).orElseGet(home::data);
    JsonNode answer = new RunningProcess(folder, url).ask(method(), path());
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(answer.toPrettyString());
    } else {
      print(answer, out);
    }
    out.flush();
    return 0;
  }

  static String keys(JsonNode keys) {
    StringBuilder text = new StringBuilder();
    for (Map.Entry<String, JsonNode> key : keys.properties()) {
      text.append(text.isEmpty() ? "" : " ")
          .append(key.getKey())
          .append('=')
          .append(key.getValue().asText());
    }
    return text.toString();
  }
}
