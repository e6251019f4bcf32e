package pontic.proof;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static pontic.house.House.until;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import pontic.generation.Generation;
import pontic.house.ChildJvm;
import pontic.house.House;
import pontic.house.Workshop;
import pontic.operations.Fixture;

/** Processes that are killed in the middle of a swap, and beside files that are refused. */
final class KilledSwapTest {
  private static final String MAPPING = "mappings/outbound/patient.jslt";
  private static final String ROUTE = "routes/inbound/call.camel.yaml";

  @TempDir Path folder;
  private int management;
  private Process process;

  @AfterEach
  void end() throws Exception {
    process.destroyForcibly().waitFor();
  }

  @Test
  void afterAKillOneWholeGenerationRunsAndTheLastGoodOneBesideRefusedFiles() throws Exception {
    Workshop workshop = Workshop.open(folder.resolve("home"));
    String shipped = onDisk(workshop);

    start(workshop, "loaded");
    assertEquals(shipped, generation().path("generation").asText());
    workshop.write(MAPPING, workshop.read(MAPPING) + "\n// one\n");
    workshop.replace(ROUTE, "The lane.", "A lane.");
    awaitKilled();
    start(workshop, "started");
    assertEquals(onDisk(workshop), generation().path("generation").asText());
    assertEquals("disk", generation().path("from").asText());

    workshop.write(MAPPING, workshop.read(MAPPING) + "\n// two\n");
    workshop.replace(ROUTE, "A lane.", "One lane.");
    awaitKilled();
    start(workshop, "never");
    String good = onDisk(workshop);
    assertEquals(good, generation().path("generation").asText());

    workshop.replace(ROUTE, "ref: lane", "ref: street");
    until("the edit is refused", () -> !generation().path("refused").path("problems").isEmpty());
    process.destroyForcibly().waitFor();
    start(workshop, "never");
    JsonNode after = generation();
    assertEquals(good, after.path("generation").asText());
    assertEquals("last good copy", after.path("from").asText());
    assertEquals(onDisk(workshop), after.path("refused").path("generation").asText());
    assertEquals(ROUTE, after.path("refused").path("problems").path(0).path("file").asText());
    String health = get("/health");
    assertTrue(health.startsWith("{\"status\":\"UP\""), health);
    assertTrue(health.contains("started with the last good generation " + good), health);
    assertTrue(health.contains(ROUTE), health);
    assertTrue(get("/metrics").contains("pontic_generation_refused 1.0"));

    workshop.restore();
    until("the mended files run", () -> generation().path("generation").asText().equals(shipped));
    assertEquals("disk", generation().path("from").asText());
  }

  private static String onDisk(Workshop workshop) throws IOException {
    return Generation.of(workshop.home(), workshop.home().resolve("config")).id();
  }

  private void start(Workshop workshop, String where) throws Exception {
    Properties flags = new Properties();
    management = House.freePort();
    flags.setProperty("pontic.data", folder.resolve("data").toString());
    flags.setProperty("pontic.facade.port", "0");
    flags.setProperty("pontic.hawtio.port", "0");
    flags.setProperty("pontic.management.port", "" + management);
    for (String practice : List.of("elm", "oak")) {
      flags.setProperty("practices." + practice + ".hl7.port", "0");
      flags.setProperty("practices." + practice + ".database.enabled", "false");
      flags.setProperty(
          "practices." + practice + ".api.url", "http://127.0.0.1:" + House.freePort() + "/api/v1");
    }
    Path file = folder.resolve("flags.properties");
    try (Writer writer = Files.newBufferedWriter(file)) {
      flags.store(writer, "");
    }
    List<String> command = ChildJvm.command("-Xmx512m", "-Dlogback.configurationFile=logback.xml");
    command.addAll(
        List.of(KilledMain.class.getName(), workshop.home().toString(), file.toString(), where));
    Path log = folder.resolve("log");
    process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start();
    until(
        "the process runs",
        () -> {
          if (!process.isAlive()) {
            throw new AssertionError("it ended by itself:\n" + text(log));
          }
          return isUp();
        });
  }

  private static String text(Path log) {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      return "";
    }
  }

  private boolean isUp() {
    try {
      return get("/health").startsWith("{\"status\":\"UP\"");
    } catch (IOException e) {
      return false;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private void awaitKilled() throws Exception {
    assertTrue(process.waitFor(600, TimeUnit.SECONDS), "it was to be killed while it swaps");
    assertEquals(137, process.exitValue());
  }

  private JsonNode generation() {
    try {
      return new ObjectMapper().readTree(get("/control/generation"));
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private String get(String path) throws Exception {
    Path token = folder.resolve("data/management.token");
    return Fixture.request(
            "GET",
            "http://127.0.0.1:" + management + path,
            "",
            "Authorization",
            "Bearer " + (Files.exists(token) ? Files.readString(token).strip() : ""))
        .body();
  }
}
