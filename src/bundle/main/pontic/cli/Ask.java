package pontic.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.BiConsumer;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** A question to the running process: whom it goes to, and how its answer is printed. */
final class Ask {

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

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

  /** Asks, and prints the answer: in words, or as JSON if that is wanted. */
  int get(String path, BiConsumer<JsonNode, PrintWriter> words) {
    return print(of("GET", path), words);
  }

  /** Asks for something to be done, and prints the answer. */
  int post(String path, BiConsumer<JsonNode, PrintWriter> words) {
    return print(of("POST", path), words);
  }

  JsonNode of(String method, String path) {
    Path folder = data.map(Path::toAbsolutePath).orElseGet(home::data);
    return new RunningProcess(folder, url).ask(method, path);
  }

  /**
   * @return the exit code
   */
  int print(JsonNode answer, BiConsumer<JsonNode, PrintWriter> words) {
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(answer.toPrettyString());
    } else {
      words.accept(answer, out);
    }
    out.flush();
    return 0;
  }

  /** Where is told how far a long question is. */
  PrintWriter progress() {
    return spec.commandLine().getErr();
  }

  /** A value as it may stand in a path. */
  static String encoded(String value) {
    return URLEncoder.encode(value, StandardCharsets.UTF_8);
  }
}
