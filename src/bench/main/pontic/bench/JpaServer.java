package pontic.bench;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** HAPI's JPA server (src/hospital-jpa) in a process of its own, its database in a folder. */
final class JpaServer implements Hospital {
  private static final String READY = "ready ";

  private final Process process;
  private final String url;

  private JpaServer(Process process, String url) {
    this.process = process;
    this.url = url;
  }

  static boolean isBuilt(Path home) {
    return Files.exists(built(home).resolve("classpath.txt"));
  }

  private static Path built(Path home) {
    return home.resolve("src/hospital-jpa/target");
  }

  /** Returns when it answers. It has the {@code -XX:} options of this process. */
  static JpaServer start(Path home, Path folder) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Xmx3g");
    // Which compiler and collector is used is said for both.
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(each -> each.startsWith("-XX:"))
        .forEach(command::add);
    command.addAll(
        List.of(
            "-cp",
            built(home).resolve("classes")
                + File.pathSeparator
                + Files.readString(built(home).resolve("classpath.txt")).strip(),
            "pontic.jpa.JpaHospital",
            "--port",
            "0",
            "--data",
            folder.resolve("data").toString()));
    Process process =
        new ProcessBuilder(command).redirectError(folder.resolve("log").toFile()).start();
    BufferedReader out = process.inputReader();
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      if (line.startsWith(READY)) {
        return new JpaServer(
            process, "http://127.0.0.1:" + line.substring(READY.length()) + "/fhir");
      }
    }
    throw new IOException("the JPA server ended before it was ready (see its log)");
  }

  @Override
  public String url() {
    return url;
  }

  @Override
  public Map<String, Long> counts(Set<String> types) throws Exception {
    return Counts.at(url, types);
  }

  @Override
  public Optional<Duration> processor() {
    return process.info().totalCpuDuration();
  }

  @Override
  public void close() {
    process.destroyForcibly();
    process.onExit().join();
  }
}
