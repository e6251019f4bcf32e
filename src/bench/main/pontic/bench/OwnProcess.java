package pontic.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A contender in a process of its own with a heap of 1 GB, so that the system says what it uses.
 */
final class OwnProcess implements AutoCloseable {
  private static final Pattern USED = Pattern.compile("total \\d+K, used (\\d+)K");

  private final Process process;

  private OwnProcess(Process process) {
    this.process = process;
  }

  /**
   * @param folder for its log
   * @param arguments the main class first
   * @param saying what it writes once it works
   */
  static OwnProcess start(Setting setting, Path folder, List<String> arguments, String saying)
      throws IOException {
    return start(setting, folder, arguments, saying, Product.ENVIRONMENT);
  }

  private static OwnProcess start(
      Setting setting,
      Path folder,
      List<String> arguments,
      String saying,
      Map<String, String> environment)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(tool("java"));
    command.addAll(
        List.of(
            "-Xmx1g",
            "-Dpontic.home=" + setting.home(),
            "-cp",
            System.getProperty("java.class.path")));
    command.addAll(arguments);
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectError(folder.resolve("log").toFile());
    builder.environment().putAll(environment);
    OwnProcess own = new OwnProcess(builder.start());
    try {
      own.untilSaid(saying);
      return own;
    } catch (IOException e) {
      own.process.destroy();
      throw e;
    }
  }

  /**
   * The product.
   *
   * @param folder for its data and its log
   */
  static OwnProcess pontic(Setting setting, Path folder, Path config, Map<String, String> flags)
      throws IOException {
    return pontic(setting, folder, config, flags, Product.ENVIRONMENT);
  }

  /** One of several that share a store, whose keys are in the environment. */
  static OwnProcess pontic(
      Setting setting,
      Path folder,
      Path config,
      Map<String, String> flags,
      Map<String, String> environment)
      throws IOException {
    List<String> arguments = new ArrayList<>();
    arguments.addAll(List.of("pontic.Pontic", "run", "--config", config.toString()));
    arguments.addAll(List.of("--data", folder.resolve("data").toString()));
    flags.forEach((key, value) -> arguments.addAll(List.of("--set", key + "=" + value)));
    return start(setting, folder, arguments, "Pontic runs", environment);
  }

  private static String tool(String name) {
    return Path.of(System.getProperty("java.home"), "bin", name).toString();
  }

  /** And reads on in the background, so that the process is never held up by its own words. */
  private void untilSaid(String text) throws IOException {
    BufferedReader out = process.inputReader();
    String line = out.readLine();
    while (line != null && !line.contains(text)) {
      line = out.readLine();
    }
    if (line == null) {
      throw new IOException("the process ended before it said: " + text);
    }
    Thread rest =
        new Thread(
            () -> {
              try (Stream<String> lines = out.lines()) {
                lines.forEach(each -> {});
              } catch (UncheckedIOException e) {
                Thread.currentThread().interrupt();
              }
            });
    rest.setDaemon(true);
    rest.start();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** Processor time since it started, compiler and collector included. */
  Duration cpu() {
    return process.info().totalCpuDuration().orElseThrow();
  }

  /** In MB. */
  double resident() throws IOException {
    return told("VmRSS") / 1024;
  }

  double threads() throws IOException {
    return told("Threads");
  }

  /** Files and sockets that it has open. */
  double files() throws IOException {
    try (Stream<Path> open = Files.list(Path.of("/proc", Long.toString(process.pid()), "fd"))) {
      return open.count();
    }
  }

  private double told(String name) throws IOException {
    return Files.readAllLines(Path.of("/proc", Long.toString(process.pid()), "status")).stream()
        .filter(line -> line.startsWith(name + ":"))
        .mapToDouble(line -> Double.parseDouble(line.replaceAll("\\D", "")))
        .findFirst()
        .orElseThrow();
  }

  /** In MB, after a collection. */
  double heap() throws IOException {
    ask("GC.run");
    Matcher used = USED.matcher(ask("GC.heap_info"));
    if (!used.find()) {
      throw new IOException("the process does not say what its heap holds");
    }
    return Double.parseDouble(used.group(1)) / 1024;
  }

  private String ask(String command) throws IOException {
    Process tool =
        new ProcessBuilder(tool("jcmd"), Long.toString(process.pid()), command)
            .redirectErrorStream(true)
            .start();
    return new String(tool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }

  @Override
  public void close() throws InterruptedException {
    process.destroy();
    process.waitFor();
  }
}
