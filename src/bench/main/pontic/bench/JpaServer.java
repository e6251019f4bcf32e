package pontic.bench;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
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
import java.util.stream.Stream;

/**
 * HAPI's JPA server (src/hospital-jpa) in a process of its own, on a PostgreSQL of its own, as its
 * makers advise for more than a trial.
 */
final class JpaServer implements Hospital {
  private static final String READY = "ready ";

  private final Process process;
  private final String url;
  private final EmbeddedPostgres database;
  private final ProcessHandle postmaster;

  private JpaServer(
      Process process, String url, EmbeddedPostgres database, ProcessHandle postmaster) {
    this.process = process;
    this.url = url;
    this.database = database;
    this.postmaster = postmaster;
  }

  static boolean isBuilt(Path home) {
    return Files.exists(built(home).resolve("classpath.txt"));
  }

  private static Path built(Path home) {
    return home.resolve("src/hospital-jpa/target");
  }

  /** Returns when it answers. It has the {@code -XX:} options of this process. */
  static JpaServer start(Path home, Path folder) throws IOException {
    Path data = folder.resolve("data");
    EmbeddedPostgres database =
        EmbeddedPostgres.builder()
            .setDataDirectory(data)
            .setServerConfig("shared_buffers", "512MB")
            .setServerConfig("max_wal_size", "2GB")
            .start();
    try {
      ProcessHandle postmaster =
          ProcessHandle.of(
                  Long.parseLong(Files.readAllLines(data.resolve("postmaster.pid")).get(0).strip()))
              .orElseThrow();
      return start(home, folder, database, postmaster);
    } catch (IOException e) {
      database.close();
      throw e;
    }
  }

  private static JpaServer start(
      Path home, Path folder, EmbeddedPostgres database, ProcessHandle postmaster)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Xmx2g");
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
            "--database",
            database.getJdbcUrl("postgres", "postgres") + "&reWriteBatchedInserts=true"));
    Process process =
        new ProcessBuilder(command).redirectError(folder.resolve("log").toFile()).start();
    BufferedReader out = process.inputReader();
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      if (line.startsWith(READY)) {
        return new JpaServer(
            process,
            "http://127.0.0.1:" + line.substring(READY.length()) + "/fhir",
            database,
            postmaster);
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
    return Optional.of(
        Stream.concat(Stream.of(process.toHandle(), postmaster), postmaster.descendants())
            .flatMap(each -> each.info().totalCpuDuration().stream())
            .reduce(Duration.ZERO, Duration::plus));
  }

  @Override
  public void close() throws IOException {
    process.destroyForcibly();
    process.onExit().join();
    database.close();
  }
}
