package pontic.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What the asking commands share: whom they ask, and how they print. */
abstract sealed class Ask implements Callable<Integer>
    permits CapabilityTable,
        Reconcile,
        Status,
        GenerationShow,
        Reload,
        ReceiptList,
        ParkedList,
        ParkedShow,
        ParkedEdit,
        ParkedResubmit,
        ParkedDrop,
        ReleaseParked,
        Pause,
        Stop {

  /** To the upper left corner, and nothing below. */
  private static final String CLEAR = "\u001b[H\u001b[2J";

  @Spec private CommandSpec spec;

  private boolean clears;

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

  Ask(Home home) {
    this.home = home;
  }

  abstract String method();

  abstract String path();

  /** What is sent along; "" = nothing. */
  String body() {
    return "";
  }

  /** True if it is to be asked and printed once more. */
  boolean again() {
    return false;
  }

  abstract void print(JsonNode answer, PrintWriter out);

  /** For what takes longer than one question: asks on, and says how far it is. */
  JsonNode further(JsonNode answer, PrintWriter progress) {
    return answer;
  }

  final JsonNode ask(String method, String path) {
    Path folder = data.map(Path::toAbsolutePath).orElseGet(home::data);
    return new RunningProcess(
            folder, url, user, home.environment().getOrDefault("PONTIC_PASSWORD", ""))
        .ask(method, path, body());
  }

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    do {
      JsonNode answer = further(ask(method(), path()), spec.commandLine().getErr());
      StringWriter page = new StringWriter();
      if (json) {
        page.append(answer.toPrettyString()).append(System.lineSeparator());
      } else {
        print(answer, new PrintWriter(page));
      }
      out.print((clears ? CLEAR : "") + page);
      out.flush();
      clears = home.terminal();
    } while (again());
    return 0;
  }

  final Table table(String... heads) {
    return new Table(home.colours(), heads);
  }

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
