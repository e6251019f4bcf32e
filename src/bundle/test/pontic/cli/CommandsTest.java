package pontic.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Starts the real process, as the launcher does. */
class CommandsTest {

  private record Ended(int code, String out, String err) {}

  @TempDir Path folder;

  @Test
  void wrongUsageIsOneLineAndExitTwo() throws Exception {
    for (List<String> arguments :
        List.of(
            List.<String>of(),
            List.of("nope"),
            List.of("run", "--bogus"),
            List.of("receipts", "--limit", "many"),
            List.of("status", "--data"))) {
      Ended ended = pontic(arguments);
      assertEquals(2, ended.code(), arguments.toString());
      assertEquals(1, ended.err().lines().count(), ended.err());
      assertTrue(ended.err().contains("--help"), ended.err());
    }
  }

  @Test
  void everyCommandHasHelp() throws Exception {
    for (String command :
        List.of("run", "check", "status", "receipts", "parked", "pause", "resume", "stop")) {
      Ended ended = pontic(List.of(command, "--help"));
      assertEquals(0, ended.code());
      assertTrue(ended.out().startsWith("Usage: pontic " + command), ended.out());
    }
  }

  @Test
  void checkTellsEachFindingInALineOrAsJsonAndExitsOne() throws Exception {
    for (String area : List.of("routes/errors", "mappings", "sql", "config")) {
      Files.createDirectories(folder.resolve(area));
    }
    Files.writeString(folder.resolve("routes/errors/broken.camel.yaml"), "- rout:\n    id: x\n");
    String told = "routes/errors/broken.camel.yaml:1: unknown key rout of the file; write route";

    Ended lines = pontic(List.of("check", folder.toString()));
    assertEquals(1, lines.code(), lines.err());
    assertTrue(lines.out().lines().anyMatch(told::equals), lines.out());

    Ended json = pontic(List.of("check", folder.toString(), "--json"));
    assertEquals(1, json.code(), json.err());
    JsonNode findings = new ObjectMapper().readTree(json.out());
    assertEquals(lines.out().lines().count(), findings.size());
    assertTrue(
        json.out()
            .contains(
                "{\"file\":\"routes/errors/broken.camel.yaml\",\"line\":1,"
                    + "\"what\":\"unknown key rout of the file\",\"right\":\"write route\"}"),
        json.out());

    Ended nowhere = pontic(List.of("check", folder.resolve("nowhere").toString()));
    assertEquals(1, nowhere.code());
    assertEquals(1, nowhere.err().lines().count(), nowhere.err());
  }

  @Test
  void askingNobodyIsOneLineAndExitOne() throws Exception {
    for (String command : List.of("status", "receipts", "parked", "stop")) {
      Ended ended = pontic(List.of(command, "--data", folder.toString()));
      assertEquals(1, ended.code());
      assertEquals(1, ended.err().lines().count(), ended.err());
      assertTrue(ended.err().contains("is not running"), ended.err());
    }
  }

  @Test
  void badSettingsAreAllNamedAndATakenPortToo() throws Exception {
    Ended bad =
        pontic(
            List.of(
                "run",
                "--data",
                folder.toString(),
                "--facade-port",
                "99999",
                "--set",
                "practices.elm.zone=Mars"));
    assertEquals(1, bad.code());
    assertTrue(bad.err().contains("pontic.facade.port is \"99999\""), bad.err());
    assertTrue(bad.err().contains("practices.elm.zone is \"Mars\""), bad.err());
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Ended ended = pontic(run(taken.getLocalPort()));
      assertEquals(1, ended.code());
      assertTrue(
          ended
              .err()
              .contains(
                  "port "
                      + taken.getLocalPort()
                      + " on 127.0.0.1 for the management endpoint is taken"),
          ended.err());
    }
  }

  @Test
  void theRunningProcessAnswersAndEndsWhenAskedTo() throws Exception {
    Process process = start(run(0));
    try (BufferedReader out =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      String line = out.readLine();
      while (line != null && !line.contains("Pontic runs")) {
        line = out.readLine();
      }
      assertTrue(line != null, "the process ended before it ran");
      Ended status = pontic(List.of("status", "--json", "--data", folder.toString()));
      assertEquals(0, status.code(), status.err());
      assertTrue(status.out().contains("\"practice\" : \"elm\""), status.out());
      assertTrue(pontic(List.of("status", "--data", folder.toString())).out().contains("elm"));
      assertEquals(
          0, pontic(List.of("pause", "elm", "--reads", "--data", folder.toString())).code());
      Ended paused = pontic(List.of("status", "--data", folder.toString()));
      assertTrue(paused.out().matches("(?s).*elm +\\S+ +reads .*"), paused.out());
      Ended unknown = pontic(List.of("resume", "elk", "--data", folder.toString()));
      assertEquals(1, unknown.code());
      assertTrue(unknown.err().contains("no practice"), unknown.err());
      assertTrue(Files.exists(folder.resolve("logs/pontic.log")));
      assertEquals(0, pontic(List.of("stop", "--data", folder.toString())).code());
      assertTrue(process.waitFor(60, TimeUnit.SECONDS));
      assertEquals(0, process.exitValue());
    } finally {
      process.destroyForcibly();
    }
  }

  private List<String> run(int management) {
    return List.of(
        "run",
        "--data",
        folder.toString(),
        "--facade-port",
        "0",
        "--hawtio-port",
        "0",
        "--management-port",
        "" + management,
        "--set",
        "practices.elm.hl7.port=0",
        "--set",
        "practices.oak.hl7.port=0",
        "--set",
        "practices.elm.database.enabled=false",
        "--set",
        "practices.oak.database.enabled=false");
  }

  private Process start(List<String> arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
    command.add("-Dpontic.home=" + Path.of("..", "..").toAbsolutePath().normalize());
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), "pontic.Pontic"));
    command.addAll(arguments);
    return new ProcessBuilder(command).redirectError(folder.resolve("err.txt").toFile()).start();
  }

  private Ended pontic(List<String> arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
    command.add("-Dpontic.home=" + Path.of("..", "..").toAbsolutePath().normalize());
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), "pontic.Pontic"));
    command.addAll(arguments);
    Path out = Files.createTempFile("pontic", ".out");
    Path err = Files.createTempFile("pontic", ".err");
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    try {
      assertTrue(process.waitFor(60, TimeUnit.SECONDS), arguments.toString());
      return new Ended(process.exitValue(), Files.readString(out), Files.readString(err));
    } finally {
      process.destroyForcibly();
      Files.delete(out);
      Files.delete(err);
    }
  }
}
