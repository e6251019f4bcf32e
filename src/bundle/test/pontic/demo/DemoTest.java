package pontic.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import pontic.house.House;

final class DemoTest {
  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  static Path folder;

  // Four JVMs start in it; what they do is the same.
  private static final Map<String, String> SMALL =
      Map.of("JAVA_TOOL_OPTIONS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC");
  private static final HttpClient HTTP =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .followRedirects(HttpClient.Redirect.NORMAL)
          .build();

  @Test
  void everyStepOfTheDemoHoldsAndItStaysUpUntilCtrlC() throws Exception {
    Path place = folder.resolve("whole");
    Path output = place.resolve("output");
    Process demo = start(place, output, SMALL, "--patients", "60", "--ports", "free");
    Process sandbox = demo;
    try {
      await(demo, output, Duration.ofMinutes(25), "Ctrl-C ends both.");
      JsonNode report = report(place);
      assertEquals(12, report.size());
      for (JsonNode step : report) {
        assertTrue(step.path("ok").asBoolean(), step.toString());
        assertTrue(step.path("millis").asLong() > 0, step.toString());
        assertFalse(step.path("detail").asText().isBlank(), step.toString());
      }
      String said = text(output);
      assertFalse(said.contains("DEBUG"), "only the demo's own words");
      portsAreToldAsJson(said);
      assertTrue(said.contains("read securitylogs (needs Open Dental 23.1.33"), said);
      Path key = place.resolve("demo/data/pontic/demo-keys");
      assertTrue(said.contains("Pontic made a key for its store: " + key), said);
      assertTrue(Files.size(key) > 0);
      whereToLook(said);
      sandbox = killedAndStartedAgain(demo, place);
      bothWaysGoOn(said);
      int exit = ctrlC(demo);
      assertTrue(exit == 130 || exit == 0, "exit " + exit);
      assertTrue(text(output).contains("Ending both processes"), text(output));
    } finally {
      end(demo);
      end(sandbox);
    }
    assertEquals(List.of(), processesWith(place.toString()));
  }

  @Test
  void eachStepIsInTheReportAlsoIfTheSandboxDies() throws Exception {
    Path place = folder.resolve("dies");
    Path output = place.resolve("output");
    Process demo = start(place, output, SMALL, "--once", "--patients", "30", "--ports", "free");
    try {
      await(demo, output, Duration.ofMinutes(10), "1 both practices connect");
      ofDemo(demo, "pontic.sandbox.Sandbox").destroyForcibly();
      // Each of the eleven steps would wait for 90 s.
      assertTrue(demo.waitFor(600, TimeUnit.SECONDS), () -> "still running: " + text(output));
      assertEquals(1, demo.exitValue(), text(output));
      JsonNode report = report(place);
      assertEquals(12, report.size(), report.toString());
      for (JsonNode step : report) {
        if (!step.path("step").asText().startsWith("1 ")) {
          assertFalse(step.path("ok").asBoolean(), step.toString());
          assertTrue(
              step.path("detail").asText().contains("sandbox has ended with exit 137"),
              step.toString());
        }
      }
    } finally {
      end(demo);
    }
    // The database server of the killed sandbox too.
    assertEquals(List.of(), processesWith(place.toString()));
  }

  @Test
  void aTakenPortIsNamed() throws Exception {
    try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String port = Integer.toString(other.getLocalPort());
      Run run = run(Map.of("PONTIC_HAWTIO_PORT", port), "--once");
      assertEquals(1, run.exit(), run.output());
      assertTrue(run.output().contains("port " + port + " (Hawtio) is taken"), run.output());
    }
  }

  @Test
  void wrongUsageIsOneLineAndExitTwo() throws Exception {
    Run run = run(Map.of(), "--twice");
    assertEquals(2, run.exit());
    assertEquals(1, run.output().lines().count(), run.output());
  }

  /** In one line, and they are those that it then names. */
  private static void portsAreToldAsJson(String said) throws IOException {
    String line = said.lines().filter(one -> one.startsWith("{")).findFirst().orElseThrow();
    JsonNode ports = new ObjectMapper().readTree(line);
    assertEquals(12, ports.size(), line);
    assertTrue(said.contains("http://127.0.0.1:" + ports.path("hawtio").asInt() + "/hawtio"), line);
    assertTrue(said.contains("elm 127.0.0.1:" + ports.path("mllp-elm").asInt()), line);
  }

  /** Every address that it names answers, and the message by hand is acknowledged. */
  private static void whereToLook(String said) throws Exception {
    String where = said.substring(said.indexOf("Where to look:"));
    List<String> told = new ArrayList<>();
    Matcher address = Pattern.compile("http://[^\\s,;]+").matcher(where);
    while (address.find()) {
      String url = address.group();
      int status = get(url).statusCode();
      told.add(status + " " + url.replaceFirst("http://127.0.0.1:[0-9]+", ""));
    }
    for (String works :
        List.of("/hawtio/", "/health", "/metrics", "/fhir/elm/metadata", "/hospital/arrivals")) {
      assertTrue(told.contains("200 " + works), told.toString());
    }
    assertTrue(told.contains("200 /fhir/Appointment"), told.toString());
    assertTrue(told.stream().noneMatch(line -> line.startsWith("5")), told.toString());
    assertEquals(10, told.size(), told.toString());
    String answer = byHand(where);
    assertTrue(answer.contains("MSA|AA|HAND-1"), answer);
  }

  /** What the demo says to type, typed. */
  private static String byHand(String where) throws Exception {
    String line = where.lines().filter(one -> one.contains("/dev/tcp/")).findFirst().orElseThrow();
    Process bash = new ProcessBuilder("bash", "-c", line).redirectErrorStream(true).start();
    return new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }

  /** kill -9 of the sandbox alone, and the same command once more. */
  private static Process killedAndStartedAgain(Process demo, Path place) throws Exception {
    ProcessHandle killed = ofDemo(demo, "pontic.sandbox.Sandbox");
    List<String> command = command(killed);
    killed.destroyForcibly();
    killed.onExit().get(600, TimeUnit.SECONDS);
    Path output = place.resolve("sandbox-again");
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().keySet().removeIf(name -> name.startsWith("PONTIC_"));
    Process again = builder.redirectOutput(output.toFile()).start();
    await(again, output, Duration.ofMinutes(10), "ready");
    return again;
  }

  /** The bundle, which nobody restarted, writes through the API and reads the database again. */
  private static void bothWaysGoOn(String said) throws Exception {
    String control = address(said, "what came there").replace("/hospital/arrivals", "");
    String answer =
        byHand(
            said.replace("HAND-1", "HAND-2")
                .replace("MRN9^", "MRN8^")
                .replace("Hand^Made||19800229", "Other^Hand||19810228"));
    assertTrue(answer.contains("MSA|AA|HAND-2"), answer);
    HttpRequest add =
        HttpRequest.newBuilder(URI.create(control + "/front-desk"))
            .POST(
                HttpRequest.BodyPublishers.ofString(
                    """
                    {"practice":"elm","action":"addPatient","fields":{"LName":"After","FName":"Again","Birthdate":"1990-02-03"}}
                    """))
            .build();
    HttpResponse<String> added = HTTP.send(add, HttpResponse.BodyHandlers.ofString());
    assertEquals(200, added.statusCode(), added.body());
    String patient =
        "elm-patient-" + new ObjectMapper().readTree(added.body()).path("PatNum").asLong();
    House.until(
        "the API is called and the registry told after the sandbox came back",
        () -> {
          try {
            return get(control + "/requests").body().contains("\"POST\"")
                && get(control + "/hospital/arrivals?peer=registry").body().contains(patient);
          } catch (Exception e) {
            throw new AssertionError(e);
          }
        });
  }

  private static String address(String said, String what) {
    return said.lines()
        .filter(line -> line.startsWith("  " + what))
        .map(line -> line.substring(line.indexOf("http://")).split("[\\s,;]")[0])
        .findFirst()
        .orElseThrow();
  }

  private static HttpResponse<String> get(String url) throws Exception {
    return HTTP.send(
        HttpRequest.newBuilder(URI.create(url)).timeout(Duration.ofSeconds(60)).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  /** As a terminal does: to the demo and what it started, all at once. */
  private static int ctrlC(Process demo) throws Exception {
    new ProcessBuilder("kill", "-INT", "--", "-" + demo.pid()).start().waitFor();
    assertTrue(demo.waitFor(600, TimeUnit.SECONDS), "Ctrl-C did not end it");
    return demo.exitValue();
  }

  private static ProcessHandle ofDemo(Process demo, String mainClass) {
    return demo.descendants()
        .filter(one -> command(one).contains(mainClass))
        .findFirst()
        .orElseThrow();
  }

  private static void await(Process process, Path output, Duration limit, String line) {
    Instant end = Instant.now().plus(limit);
    while (text(output).lines().noneMatch(line::equals)) {
      assertTrue(process.isAlive(), () -> "it ended: " + text(output));
      assertTrue(Instant.now().isBefore(end), () -> "not within " + limit + ": " + text(output));
      LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
    }
  }

  /** Lets its children end before it does. */
  private static void end(Process process) throws InterruptedException {
    process.destroy();
    process.waitFor(600, TimeUnit.SECONDS);
    process.destroyForcibly();
  }

  private static JsonNode report(Path place) throws IOException {
    return new ObjectMapper().readTree(place.resolve("demo/report.json").toFile());
  }

  private record Run(int exit, String output) {}

  private static Run run(Map<String, String> environment, String... arguments) throws Exception {
    Path place = Files.createTempDirectory(folder, "run");
    Path output = place.resolve("output");
    Process process = start(place, output, environment, arguments);
    try {
      assertTrue(process.waitFor(5, TimeUnit.MINUTES), () -> "still running: " + text(output));
    } finally {
      end(process);
    }
    return new Run(process.exitValue(), text(output));
  }

  /** Starts it in a session of its own, as a terminal would. */
  private static Process start(
      Path place, Path output, Map<String, String> environment, String... arguments)
      throws IOException {
    Files.createDirectories(place);
    Path target = House.home().resolve("src/sandbox/target");
    List<String> command = new ArrayList<>();
    // A build that was started in the background hands on that SIGINT is ignored.
    command.addAll(List.of("env", "--default-signal=INT", "setsid"));
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Dpontic.home=" + House.home());
    command.add("-cp");
    command.add(
        target.resolve("classes")
            + File.pathSeparator
            + Files.readString(target.resolve("classpath.txt")).strip());
    command.add("pontic.sandbox.demo.Demo");
    command.addAll(List.of("--folder", place.resolve("demo").toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().putAll(environment);
    return builder.redirectOutput(output.toFile()).start();
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static List<List<String>> processesWith(String text) {
    return ProcessHandle.allProcesses()
        .map(DemoTest::command)
        .filter(words -> words.stream().anyMatch(word -> word.contains(text)))
        .toList();
  }

  /** All of it: what {@link ProcessHandle} tells ends within the class path. */
  private static List<String> command(ProcessHandle process) {
    try {
      Path words = Path.of("/proc", Long.toString(process.pid()), "cmdline");
      return List.of(Files.readString(words, StandardCharsets.ISO_8859_1).split("\0"));
    } catch (IOException e) {
      return List.of();
    }
  }
}
