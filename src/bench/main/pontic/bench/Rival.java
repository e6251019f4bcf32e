package pontic.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/** LinuxForHealth's converter in a process of its own, with a class path of its own; it stays. */
final class Rival implements AutoCloseable {
  private final Optional<Process> process;

  private Rival(Optional<Process> process) {
    this.process = process;
  }

  /** Nobody, where it does not take part. */
  static Rival none() {
    return new Rival(Optional.empty());
  }

  static Rival start(Setting setting) throws IOException {
    Path module = setting.home().resolve("src/bench/converter/target");
    return new Rival(
        Optional.of(
            new ProcessBuilder(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Xmx1g",
                    "-cp",
                    module.resolve("classes")
                        + ":"
                        + Files.readString(module.resolve("classpath.txt")).strip(),
                    "pontic.bench.converter.Main")
                .redirectError(setting.folder("converter").resolve("log").toFile())
                .start()));
  }

  /**
   * @param messages with carriage returns
   * @return messages for a second of one core; empty if it can take none of them
   */
  Optional<Double> perSecond(double seconds, String name, List<String> messages)
      throws IOException {
    Process running = process.orElseThrow(() -> new IllegalStateException("it takes no part"));
    StringBuilder line = new StringBuilder(Double.toString(seconds));
    for (String message : messages) {
      line.append(' ')
          .append(Base64.getEncoder().encodeToString(message.getBytes(StandardCharsets.UTF_8)));
    }
    running.outputWriter().append(line).append('\n').flush();
    for (String said = running.inputReader().readLine();
        said != null;
        said = running.inputReader().readLine()) {
      // The libraries below it print as they like.
      if (said.startsWith("rate ")) {
        String[] words = said.split(" ");
        return words[1].equals("0") ? Optional.empty() : Optional.of(Double.parseDouble(words[2]));
      }
    }
    throw new IOException("hl7v2-fhir-converter ended at " + name + " (see its log)");
  }

  @Override
  public void close() {
    process.ifPresent(
        running -> {
          running.destroy();
          running.onExit().join();
        });
  }
}
