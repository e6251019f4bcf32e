package pontic.house;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * HAPI's JPA server with its class path of its own, src/hospital-jpa, as a process: a hospital that
 * nobody here wrote.
 */
public final class JpaHospital implements AutoCloseable {
  public static final String MISSING =
      "src/hospital-jpa has not been built here; mvn verify builds all";

  private static final Path BUILT = House.home().resolve("src/hospital-jpa/target");
  private static final Pattern READY = Pattern.compile("(?m)^ready (\\d+)$");
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient http = HttpClient.newHttpClient();
  private final Process process;
  private final Path log;

  private JpaHospital(Process process, Path log) {
    this.process = process;
    this.log = log;
  }

  public static boolean isBuilt() {
    return Files.exists(BUILT.resolve("classpath.txt"))
        && Files.exists(BUILT.resolve("classes/pontic/jpa/JpaHospital.class"));
  }

  /** Begins to start; {@link #url} waits for it. */
  public static JpaHospital start(Path folder) throws IOException {
    Path log = folder.resolve("hospital-jpa.log");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx512m",
                "-cp",
                BUILT.resolve("classes")
                    + File.pathSeparator
                    + Files.readString(BUILT.resolve("classpath.txt")).strip(),
                "pontic.jpa.JpaHospital",
                "--port",
                "0")
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    return new JpaHospital(process, log);
  }

  /** Its base, once it answers. */
  public String url() {
    List<String> port = new ArrayList<>();
    House.until(
        "the JPA server is ready, see " + log,
        () -> {
          Matcher ready = READY.matcher(said());
          if (ready.find()) {
            port.add(ready.group(1));
          } else if (!process.isAlive()) {
            throw new AssertionError("the JPA server ended: " + said());
          }
          return !port.isEmpty();
        });
    return "http://127.0.0.1:" + port.get(0) + "/fhir";
  }

  /**
   * @param path such as {@code /Patient?family=Fern}
   * @throws AssertionError unless it is answered with 200
   */
  public JsonNode get(String path) throws Exception {
    return JSON.readTree(asked(path, HttpRequest.Builder::GET));
  }

  public void delete(String path) throws Exception {
    asked(path, HttpRequest.Builder::DELETE);
  }

  private String asked(String path, UnaryOperator<HttpRequest.Builder> method) throws Exception {
    HttpResponse<String> answer =
        http.send(
            method
                .apply(HttpRequest.newBuilder(URI.create(url() + path)))
                .header("Accept", "application/fhir+json")
                .build(),
            HttpResponse.BodyHandlers.ofString());
    if (answer.statusCode() != 200) {
      throw new AssertionError(path + " is answered " + answer.statusCode() + answer.body());
    }
    return answer.body();
  }

  private String said() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }
}
