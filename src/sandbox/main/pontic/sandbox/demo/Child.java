package pontic.sandbox.demo;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A process of the demo whose output goes to a file. */
final class Child {
  private static final Duration LONGEST_END = Duration.ofSeconds(40);

  private final String name;
  private final Process process;
  private final Path log;
  private List<ProcessHandle> own = List.of();

  private Child(String name, Process process, Path log) {
    this.name = name;
    this.process = process;
    this.log = log;
  }

  /**
   * Starts it. It gets none of our {@code PONTIC_} variables: what the demo is, its flags say.
   *
   * @param log is continued if it is there
   */
  static Child start(String name, List<String> command, Path folder, Path log) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
    builder.environment().keySet().removeIf(variable -> variable.startsWith("PONTIC_"));
    builder.redirectErrorStream(true);
    builder.redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
    builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    return new Child(name, builder.start(), log);
  }

  boolean alive() {
    return process.isAlive();
  }

  long pid() {
    return process.pid();
  }

  /** Whether a line of its output is this one. */
  boolean said(String line) {
    try (BufferedReader lines = Files.newBufferedReader(log, StandardCharsets.UTF_8);
        Stream<String> all = lines.lines()) {
      return all.anyMatch(line::equals);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * @throws StepFailed if it has ended
   */
  void mustLive() {
    if (!alive()) {
      throw new StepFailed(
          name + " has ended with exit " + process.exitValue() + " (see " + log + ")");
    }
  }

  /** Waits for it to be ready; its last words are in the failure if it ends instead. */
  void untilReady(Duration limit, java.util.function.BooleanSupplier ready) {
    Until.holds(
        name + " is ready",
        limit,
        () -> !alive() || ready.getAsBoolean(),
        () -> "no answer; see " + log);
    if (!alive()) {
      throw new StepFailed(name + " ended at once: " + lastWords() + " (see " + log + ")");
    }
    own = process.descendants().toList();
  }

  private String lastWords() {
    try (Stream<String> lines = Files.lines(log)) {
      return lines
          .filter(line -> !line.isBlank())
          .reduce((first, second) -> second)
          .orElse("nothing said");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** kill -9. */
  void kill() {
    process.destroyForcibly();
    waitFor(LONGEST_END);
  }

  /** SIGTERM, and kill -9 if that does not end it; then what it started and could not end. */
  void end() {
    List<ProcessHandle> started =
        Stream.concat(own.stream(), process.descendants()).distinct().toList();
    process.destroy();
    if (!waitFor(LONGEST_END)) {
      kill();
    }
    for (ProcessHandle left : started) {
      if (left.destroy()) {
        left.onExit()
            .orTimeout(LONGEST_END.toSeconds(), TimeUnit.SECONDS)
            .exceptionally(e -> left)
            .join();
      }
    }
  }

  private boolean waitFor(Duration limit) {
    boolean interrupted = false;
    long end = System.nanoTime() + limit.toNanos();
    try {
      while (true) {
        try {
          return process.waitFor(end - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
