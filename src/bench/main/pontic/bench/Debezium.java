package pontic.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Debezium's engine in a process of its own, with a class path of its own. */
final class Debezium implements AutoCloseable {
  private final Process process;

  private Debezium(Process process) {
    this.process = process;
  }

  /**
   * @param rows behind the first batch
   */
  record Snapshot(long rows, long nanos) {}

  /** Reads all rows of the table from nothing. */
  static Snapshot snapshot(Setting setting, Office office, long rows) throws IOException {
    Path folder = setting.folder("debezium");
    try (Debezium debezium =
        start(setting.home(), folder, office, 500, List.of("snapshot", Long.toString(rows)))) {
      String[] said = debezium.line("snapshot ").split(" ");
      return new Snapshot(Long.parseLong(said[1]), Long.parseLong(said[2]));
    }
  }

  /**
   * Posts what changes from now on.
   *
   * @param interval {@code poll.interval.ms}
   */
  static Debezium stream(Setting setting, Office office, long interval, String url)
      throws IOException {
    return start(
        setting.home(), setting.folder("debezium"), office, interval, List.of("stream", url));
  }

  private static Debezium start(
      Path home, Path folder, Office office, long interval, List<String> what) throws IOException {
    Path module = home.resolve("src/bench/debezium/target");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-Xmx1g",
            "-cp",
            module.resolve("classes")
                + ":"
                + Files.readString(module.resolve("classpath.txt")).strip(),
            "pontic.bench.debezium.Main",
            Integer.toString(office.port()),
            Office.BINLOG,
            Office.PASSWORD,
            office.practice(),
            folder.toString(),
            Long.toString(interval)));
    command.addAll(what);
    return new Debezium(
        new ProcessBuilder(command).redirectError(folder.resolve("log").toFile()).start());
  }

  private String line(String begin) throws IOException {
    BufferedReader out = process.inputReader();
    Optional<String> other = Optional.empty();
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      if (line.startsWith(begin)) {
        return line;
      }
      other = Optional.of(line);
    }
    throw new IOException("Debezium ended (see its log): " + other.orElse("without a word"));
  }

  @Override
  public void close() {
    process.destroy();
    process.onExit().join();
  }
}
