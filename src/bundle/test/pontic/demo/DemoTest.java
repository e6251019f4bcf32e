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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import pontic.house.House;

final class DemoTest {
  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  static Path folder;

  @Test
  void everyStepOfTheDemoHolds() throws Exception {
    // Four JVMs start in it; what they do is the same.
    Run run =
        run(
            Map.of("JAVA_TOOL_OPTIONS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"),
            "--once",
            "--patients",
            "60",
            "--ports",
            "free");
    JsonNode report = new ObjectMapper().readTree(folder.resolve("demo/report.json").toFile());
    assertEquals(12, report.size());
    for (JsonNode step : report) {
      assertTrue(step.path("ok").asBoolean(), step.toString());
      assertTrue(step.path("millis").asLong() > 0, step.toString());
      assertFalse(step.path("detail").asText().isBlank(), step.toString());
    }
    assertEquals(0, run.exit(), run.output());
    assertFalse(run.output().contains("DEBUG"), "only the demo's own words");
    // The bundle was started twice, by us and after kill -9; nobody is left.
    assertEquals(List.of(), processesWith(folder.toString()));
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

  private record Run(int exit, String output) {}

  private static Run run(Map<String, String> environment, String... arguments) throws Exception {
    Path target = House.home().resolve("src/sandbox/target");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Dpontic.home=" + House.home());
    command.add("-cp");
    command.add(
        target.resolve("classes")
            + File.pathSeparator
            + Files.readString(target.resolve("classpath.txt")).strip());
    command.add("pontic.sandbox.demo.Demo");
    command.addAll(List.of("--folder", folder.resolve("demo").toString()));
    command.addAll(List.of(arguments));
    Path output = Files.createTempFile(folder, "demo", ".out");
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().putAll(environment);
    Process process = builder.redirectOutput(output.toFile()).start();
    try {
      assertTrue(process.waitFor(8, TimeUnit.MINUTES), () -> "still running: " + text(output));
    } finally {
      // Lets its children end before it does.
      process.destroy();
      process.waitFor(90, TimeUnit.SECONDS);
      process.destroyForcibly();
    }
    return new Run(process.exitValue(), text(output));
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static List<String> processesWith(String text) {
    return ProcessHandle.allProcesses()
        .map(process -> process.info().commandLine().orElse(""))
        .filter(line -> line.contains(text))
        .toList();
  }
}
