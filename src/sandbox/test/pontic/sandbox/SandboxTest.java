package pontic.sandbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import pontic.sandbox.database.Engine;
import pontic.sandbox.database.PracticePlan;

class SandboxTest {
  @TempDir Path folder;

  @Test
  void aKilledSandboxLeavesAServerThatTheNextOneEnds() throws Exception {
    Process killed = program("--data", folder.toString(), "--ports", "free", "--patients", "10");
    JsonNode ports = awaitReady(killed);
    assertTrue(ports.get("control").asInt() > 0);
    ProcessHandle orphan =
        killed
            .children()
            .filter(p -> p.info().command().orElse("").contains("maria"))
            .findFirst()
            .orElseThrow();
    killed.destroyForcibly().waitFor();
    assertTrue(orphan.isAlive());
    try (Sandbox next =
        Sandbox.start(SandboxSettings.onFreePorts(folder, Engine.MYISAM, 10), List.of())) {
      assertFalse(orphan.isAlive());
      assertEquals(10, Sql.number(next.practice("oak"), "SELECT COUNT(*) FROM patient"));
    }
  }

  @Test
  void aTerminatedSandboxTakesItsServerAlong() throws Exception {
    Process ended = program("--data", folder.toString(), "--ports", "free", "--patients", "10");
    awaitReady(ended);
    ProcessHandle server = ended.children().findFirst().orElseThrow();
    ended.destroy();
    assertTrue(ended.waitFor(600, TimeUnit.SECONDS));
    assertFalse(server.isAlive());
    try (Stream<Path> files = Files.list(folder.resolve("database"))) {
      assertTrue(files.noneMatch(f -> f.toString().endsWith(".pid")));
    }
  }

  @Test
  void wrongUsageIsOneLineAndExitTwo() throws Exception {
    for (String[] wrong :
        new String[][] {{"--patents", "3"}, {"--patients"}, {"--engine", "oracle"}}) {
      Process refused = program(wrong);
      List<String> lines = refused.errorReader().lines().toList();
      assertEquals(2, refused.waitFor());
      assertEquals(1, lines.size(), lines.toString());
    }
  }

  @Test
  void aTakenPortIsNamedAndExitOne() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String port = String.valueOf(taken.getLocalPort());
      for (String option :
          List.of("--control-port", "--database-port", "--api-port-elm", "--registry-fhir-port")) {
        Process refused =
            program(
                "--data", folder.toString(), "--ports", "free", "--patients", "5", option, port);
        List<String> lines = refused.errorReader().lines().toList();
        assertEquals(1, refused.waitFor());
        assertTrue(lines.get(lines.size() - 1).contains("Port " + port), lines.toString());
      }
    }
  }

  @Test
  void aFlagWinsOverTheEnvironmentAndTheUsualPortsAreTheDocumentedOnes() {
    SandboxSettings usual = CommandLine.parse(List.of(), Map.of()).settings();
    assertEquals(13306, usual.databasePort());
    assertEquals(30200, usual.controlPort());
    assertEquals(30223, usual.apiPort("elm"));
    assertEquals(30323, usual.apiPort("oak"));
    assertEquals(8090, usual.hospitalFhirPort());
    assertEquals(8091, usual.registryFhirPort());
    assertEquals(2675, usual.hospitalMllpPort());
    assertEquals(300, usual.practices().get(0).patients());
    assertEquals(Engine.MYISAM, usual.practices().get(0).engine());
    Map<String, String> environment =
        Map.of("PONTIC_SANDBOX_API_PORT_ELM", "1111", "PONTIC_SANDBOX_PATIENTS", "7");
    SandboxSettings mixed =
        CommandLine.parse(List.of("--api-port-elm", "2222"), environment).settings();
    assertEquals(2222, mixed.apiPort("elm"));
    assertEquals(7, mixed.practices().get(1).patients());
    assertEquals(
        0, CommandLine.parse(List.of("--ports", "free"), Map.of()).settings().apiPort("oak"));
    SandboxSettings innodb = CommandLine.parse(List.of("--engine", "innodb"), Map.of()).settings();
    assertEquals(
        List.of(Engine.INNODB, Engine.INNODB),
        innodb.practices().stream().map(PracticePlan::engine).toList());
  }

  @Test
  void aPartThatCannotStartTakesTheRestDownAgain() throws Exception {
    List<String> events = new ArrayList<>();
    SandboxPart good =
        surroundings -> {
          surroundings.control().register("GET", "/part", body -> Map.of());
          return new SandboxPart.Running() {
            @Override
            public Map<String, Integer> ports() {
              return Map.of("part", 1);
            }

            @Override
            public void close() {
              events.add("closed");
            }
          };
        };
    SandboxPart bad =
        surroundings -> {
          throw new IOException("Port 1 (part) is taken");
        };
    SandboxSettings settings = SandboxSettings.onFreePorts(folder, Engine.MYISAM, 5);
    assertThrows(IOException.class, () -> Sandbox.start(settings, List.of(good, bad)));
    assertEquals(List.of("closed"), events);
    try (Sandbox again = Sandbox.start(settings, List.of(good))) {
      assertEquals(1, again.ports().get("part"));
    }
  }

  private static Process program(String... arguments) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Xshare:auto",
                "-cp",
                System.getProperty("java.class.path"),
                "-Dlogback.configurationFile=pontic/sandbox/logback.xml",
                Sandbox.class.getName()));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command).start();
  }

  private static JsonNode awaitReady(Process process) throws IOException {
    BufferedReader lines = process.inputReader(StandardCharsets.UTF_8);
    String ports = lines.readLine();
    assertEquals("ready", lines.readLine());
    return new ObjectMapper().readTree(ports);
  }
}
