package pontic.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import pontic.hl7.Mllp;
import pontic.house.House;
import pontic.sandbox.hospital.Hospital;

/** The process runs, is asked and ends. */
final class RunTest {
  @TempDir Path folder;

  @Test
  void theRunningProcessAnswersAndEndsWhenAskedTo() throws Exception {
    Map<String, String> keys = terminal().keyFile("open sesame");
    List<String> run = new ArrayList<>(terminal().withoutPorts());
    run.addAll(List.of("--ports", "free"));
    String nobody = "http://127.0.0.1:" + House.freePort() + "/api/v1";
    run.addAll(List.of("--set", "practices.elm.api.url=" + nobody));
    run.addAll(List.of("--set", "practices.oak.api.url=" + nobody));
    Process process = terminal().start(run, keys);
    try (BufferedReader out = said(process)) {
      JsonNode ports = new ObjectMapper().readTree(out.readLine());
      until(out, "Pontic runs");
      assertFalse(Files.exists(folder.resolve("demo-keys")), "the key file was given");
      assertEquals(5, ports.size(), ports.toString());
      for (JsonNode port : ports) {
        new Socket(InetAddress.getLoopbackAddress(), port.asInt()).close();
      }
      asked(ports.path("practices.elm.hl7.port").asInt());
      assertEquals(0, terminal().pontic(List.of("stop", "--data", folder.toString())).code());
      assertTrue(process.waitFor(600, TimeUnit.SECONDS));
      assertEquals(0, process.exitValue());
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void aSignalEndsItSoonAlsoWhileItStartsOrWaitsForAnOfficeAndLosesNothing() throws Exception {
    int mllp = House.freePort();
    List<String> run = new ArrayList<>(terminal().run());
    run.replaceAll(one -> one.replace("elm.hl7.port=0", "elm.hl7.port=" + mllp));
    // An office that takes the request and never answers.
    try (ServerSocket office = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      String url = "http://127.0.0.1:" + office.getLocalPort() + "/api/v1";
      run.addAll(List.of("--set", "practices.elm.api.url=" + url));
      run.addAll(List.of("--set", "practices.oak.api.url=" + url));

      Process early = terminal().start(run, Map.of());
      try (BufferedReader out = said(early)) {
        until(out, "Made demo keys");
        assertFalse(signalled(early, out).contains("Pontic runs"), "its start was waited for");
      } finally {
        early.destroyForcibly().waitFor();
      }

      Process waiting = terminal().start(run, Map.of());
      try (BufferedReader out = said(waiting);
          Socket asked = office.accept()) {
        assertEquals('G', asked.getInputStream().read());
        until(out, "Pontic runs");
        try (Mllp sender = new Mllp(mllp)) {
          byte[] message = Hospital.adt("A28", "KEPT-1", Hospital.Patient.numbered(1));
          String answer = new String(sender.ask(message), StandardCharsets.UTF_8);
          assertTrue(answer.contains("MSA|AA|"), answer);
        }
        String last = signalled(waiting, out);
        assertTrue(last.contains("with work under way"), last);
      } finally {
        waiting.destroyForcibly().waitFor();
      }

      Process again = terminal().start(run, Map.of());
      try (BufferedReader out = said(again)) {
        until(out, "Pontic runs");
        assertTrue(json("receipts").toString().contains("KEPT-1"));
      } finally {
        again.destroyForcibly().waitFor();
      }
    }
  }

  /** What an operator asks, after a message that waits and one that is refused. */
  private void asked(int mllp) throws Exception {
    Ended status = terminal().pontic(List.of("status", "--json", "--data", folder.toString()));
    assertEquals(0, status.code(), status.err());
    assertTrue(status.out().contains("\"practice\" : \"elm\""), status.out());
    assertTrue(
        terminal().pontic(List.of("status", "--data", folder.toString())).out().contains("elm"));
    assertEquals(
        0,
        terminal().pontic(List.of("pause", "elm", "--reads", "--data", folder.toString())).code());
    Ended paused = terminal().pontic(List.of("status", "--data", folder.toString()));
    assertTrue(
        paused.out().contains(" reads by " + System.getProperty("user.name") + " "), paused.out());
    Ended unknown = terminal().pontic(List.of("resume", "elk", "--data", folder.toString()));
    assertEquals(1, unknown.code());
    assertTrue(unknown.err().contains("no practice"), unknown.err());
    assertTrue(Files.exists(folder.resolve("logs/pontic.log")));
    watched();

    try (Mllp sender = new Mllp(mllp)) {
      for (byte[] message :
          List.of(
              Hospital.adt("A28", "WAITS-1", Hospital.Patient.numbered(1)),
              Hospital.message("ADT^A28", "NOBODY-1"),
              withoutBirth("HELD-1", Hospital.Patient.numbered(2)))) {
        String answer = new String(sender.ask(message), StandardCharsets.UTF_8);
        assertTrue(answer.contains("MSA|AA|"), answer);
      }
    }
    JsonNode receipts = json("receipts");
    assertEquals(3, receipts.size(), receipts.toString());
    House.until("the message without a patient has its end", () -> ended("NOBODY-1"));
    for (JsonNode receipt : json("receipts")) {
      if (receipt.path("controlId").asText().equals("NOBODY-1")) {
        assertEquals("refused", receipt.path("end").asText());
        assertTrue(receipt.path("reason").asText().contains("names no patient"), "" + receipt);
      }
    }
    House.until("the message without a birth date has its end", () -> ended("HELD-1"));
    // What is refused waits for nobody.
    JsonNode parked = json("parked");
    assertEquals(1, parked.size(), parked.toString());
    assertEquals("HELD-1", parked.get(0).path("controlId").asText());
    assertEquals("parked", parked.get(0).path("end").asText());
    String id = parked.get(0).path("message").asText();
    String last = Hospital.Patient.numbered(2).last();
    String masked = done("parked", "show", id).out();
    assertTrue(masked.contains("PID|") && !masked.contains(last), masked);
    assertTrue(done("parked", "show", id, "--clear").out().contains(last));
    done("parked", "drop", id, "--reason", "a test");
    assertTrue(json("parked").isEmpty());
    JsonNode dropped = receipt("HELD-1");
    assertEquals("dropped", dropped.path("end").asText());
    assertTrue(dropped.path("reason").asText().endsWith(": a test"), dropped.toString());
  }

  /** Page after page until somebody ends it; on a terminal each in the place of the one before. */
  private void watched() throws Exception {
    for (String terminal : List.of("", "1")) {
      ProcessBuilder builder =
          new ProcessBuilder(
              Terminal.command(List.of("status", "--watch", "--data", folder.toString())));
      builder.environment().put("PONTIC_TERMINAL", terminal);
      Process process = builder.redirectErrorStream(true).start();
      try (BufferedReader out = said(process)) {
        until(out, "instance pontic");
        until(out, "elm ");
        String line = until(out, "instance pontic");
        assertEquals(!terminal.isEmpty(), line.startsWith("\u001b[H\u001b[2J"), line);
        assertTrue(process.isAlive());
      } finally {
        process.destroyForcibly().waitFor();
      }
    }
  }

  /** So nobody but a person can say who is meant. */
  private static byte[] withoutBirth(String control, Hospital.Patient patient) {
    return new String(Hospital.adt("A28", control, patient), StandardCharsets.UTF_8)
        .replaceFirst("(PID\\|(?:[^|]*\\|){6})[^|\r]*", "$1")
        .getBytes(StandardCharsets.UTF_8);
  }

  private Ended done(String... command) throws Exception {
    List<String> arguments = new ArrayList<>(List.of(command));
    arguments.addAll(List.of("--data", folder.toString()));
    Ended ended = terminal().pontic(arguments);
    assertEquals(0, ended.code(), ended.err());
    return ended;
  }

  private JsonNode receipt(String controlId) {
    for (JsonNode receipt : json("receipts")) {
      if (receipt.path("controlId").asText().equals(controlId)) {
        return receipt;
      }
    }
    throw new AssertionError("no receipt of " + controlId);
  }

  private boolean ended(String controlId) {
    for (JsonNode receipt : json("receipts")) {
      if (receipt.path("controlId").asText().equals(controlId)) {
        return !receipt.path("end").asText().isEmpty();
      }
    }
    return false;
  }

  private JsonNode json(String command) {
    try {
      Ended ended = terminal().pontic(List.of(command, "--json", "--data", folder.toString()));
      assertEquals(0, ended.code(), ended.err());
      return new ObjectMapper().readTree(ended.out());
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  /**
   * Ends it as a service manager does.
   *
   * @return what it still said
   */
  private static String signalled(Process process, BufferedReader out) throws Exception {
    // Not Process.destroy, which closes what it said.
    process.toHandle().destroy();
    assertTrue(process.waitFor(600, TimeUnit.SECONDS), "not ended within 600 s");
    return out.lines().collect(Collectors.joining("\n"));
  }

  /** Its output, which ends with it: after twenty minutes it is one that says no more. */
  private static BufferedReader said(Process process) {
    CompletableFuture.delayedExecutor(20, TimeUnit.MINUTES)
        .execute(process.toHandle()::destroyForcibly);
    return new BufferedReader(
        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  private static String until(BufferedReader out, String words) throws IOException {
    String line = out.readLine();
    while (line != null && !line.contains(words)) {
      line = out.readLine();
    }
    assertTrue(line != null, "the process ended before it said " + words);
    return line;
  }

  private Terminal terminal() {
    return new Terminal(folder);
  }
}
