package pontic.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** A question to the running process: whom it goes to, and how its answer is printed. */
final class Ask {
  /** To the upper left corner, and nothing below. */
  private static final String CLEAR = "\u001b[H\u001b[2J";

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

  @Option(
      names = "--user",
      paramLabel = "NAME",
      description =
          "Ask as this user of Hawtio, with the password in PONTIC_PASSWORD (default: by the management.token).")
  private Optional<String> user = Optional.empty();

  private final Home home;
  private boolean clears;

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

  /** The same, with something sent along. */
  int post(String path, String body, BiConsumer<JsonNode, PrintWriter> words) {
    return print(of("POST", path, body), words);
  }

  JsonNode of(String method, String path) {
    return of(method, path, "");
  }

  private JsonNode of(String method, String path, String body) {
    Path folder = data.map(Path::toAbsolutePath).orElseGet(home::data);
    return new RunningProcess(
            folder, url, user, home.environment().getOrDefault("PONTIC_PASSWORD", ""))
        .ask(method, path, body);
  }

  /**
   * @return the exit code
   */
  int print(JsonNode answer, BiConsumer<JsonNode, PrintWriter> words) {
    StringWriter page = new StringWriter();
    if (json) {
      page.append(answer.toPrettyString()).append(System.lineSeparator());
    } else {
      words.accept(answer, new PrintWriter(page));
    }
    PrintWriter out = spec.commandLine().getOut();
    // On a terminal a page that is printed again takes the place of the one before.
    out.print((clears ? CLEAR : "") + page);
    out.flush();
    clears = home.terminal();
    return 0;
  }

  Table table(String... heads) {
    return new Table(home.colours(), heads);
  }

  /** Where is told how far a long question is. */
  PrintWriter progress() {
    return spec.commandLine().getErr();
  }

  /** A value as it may stand in a path. */
  static String encoded(String value) {
    return URLEncoder.encode(value, StandardCharsets.UTF_8);
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
