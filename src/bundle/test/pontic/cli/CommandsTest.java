package pontic.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import pontic.Pontic;
import pontic.hl7.Mllp;
import pontic.house.ChildJvm;
import pontic.house.House;
import pontic.sandbox.hospital.Hospital;

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
  void everyCommandHasHelpAndStandsInTheLauncherAndTheManual() throws Exception {
    Path home = Path.of("..", "..");
    String launcher = Files.readString(home.resolve("pontic"));
    String manual =
        Files.readString(home.resolve("docs/operations.md"))
            .split("## Commands")[1]
            .split("\n## ")[0];
    List<String> commands = listed(pontic(List.of("--help")).out());
    assertTrue(commands.containsAll(List.of("run", "check", "release", "pause")), "" + commands);
    for (String command : commands) {
      Ended ended = pontic(List.of(command, "--help"));
      assertEquals(0, ended.code());
      assertTrue(ended.out().startsWith("Usage: pontic " + command), ended.out());
      assertTrue(launcher.matches("(?s).*\n  " + command + " {2,}.*"), command + " in usage");
      assertTrue(
          launcher.matches("(?s).*\\| " + command + "\\b.*|.*\n  " + command + " \\|.*"), command);
      assertTrue(manual.contains("| `" + command), command + " in docs/operations.md");
    }
  }

  /** The commands that the help of all names. */
  private static List<String> listed(String help) {
    return help.substring(help.indexOf("Commands:"))
        .lines()
        .skip(1)
        .filter(line -> line.matches("  [a-z]+ .*"))
        .map(line -> line.strip().split(" ")[0])
        .toList();
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
  }

  @Test
  void whateverPortIsTakenIsNamedInOneLine() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String port = Integer.toString(taken.getLocalPort());
      Map<String, String> flags =
          Map.of(
              "the management endpoint", "--management-port",
              "the FHIR façade", "--facade-port",
              "Hawtio", "--hawtio-port",
              "the HL7 listener of elm", "practices.elm.hl7.port=");
      for (Map.Entry<String, String> one : flags.entrySet()) {
        List<String> arguments = new ArrayList<>(run());
        int flag = arguments.indexOf(one.getValue() + (one.getValue().endsWith("=") ? "0" : ""));
        if (one.getValue().endsWith("=")) {
          arguments.set(flag, one.getValue() + port);
        } else {
          arguments.set(flag + 1, port);
        }
        Ended ended = pontic(arguments);
        assertEquals(1, ended.code(), ended.err());
        assertEquals(1, ended.err().lines().count(), ended.err());
        String what = "port " + port + " on 127.0.0.1 for " + one.getKey() + " is taken";
        assertTrue(ended.err().contains(what), ended.err());
      }
    }
  }

  @Test
  void theRunningProcessAnswersAndEndsWhenAskedTo() throws Exception {
    Map<String, String> keys = keyFile("open sesame");
    List<String> run = new ArrayList<>(withoutPorts());
    run.addAll(List.of("--ports", "free"));
    String nobody = "http://127.0.0.1:" + House.freePort() + "/api/v1";
    run.addAll(List.of("--set", "practices.elm.api.url=" + nobody));
    run.addAll(List.of("--set", "practices.oak.api.url=" + nobody));
    Process process = start(run, keys);
    try (BufferedReader out = said(process)) {
      JsonNode ports = new ObjectMapper().readTree(out.readLine());
      until(out, "Pontic runs");
      assertFalse(Files.exists(folder.resolve("demo-keys")), "the key file was given");
      assertEquals(5, ports.size(), ports.toString());
      for (JsonNode port : ports) {
        new Socket(InetAddress.getLoopbackAddress(), port.asInt()).close();
      }
      asked(ports.path("practices.elm.hl7.port").asInt());
      assertEquals(0, pontic(List.of("stop", "--data", folder.toString())).code());
      assertTrue(process.waitFor(600, TimeUnit.SECONDS));
      assertEquals(0, process.exitValue());
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void aSignalEndsItSoonAlsoWhileItStartsOrWaitsForAnOfficeAndLosesNothing() throws Exception {
    int mllp = House.freePort();
    List<String> run = new ArrayList<>(run());
    run.replaceAll(one -> one.replace("elm.hl7.port=0", "elm.hl7.port=" + mllp));
    // An office that takes the request and never answers.
    try (ServerSocket office = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      String url = "http://127.0.0.1:" + office.getLocalPort() + "/api/v1";
      run.addAll(List.of("--set", "practices.elm.api.url=" + url));
      run.addAll(List.of("--set", "practices.oak.api.url=" + url));

      Process early = start(run, Map.of());
      try (BufferedReader out = said(early)) {
        until(out, "Made demo keys");
        assertFalse(signalled(early, out).contains("Pontic runs"), "its start was waited for");
      } finally {
        early.destroyForcibly().waitFor();
      }

      Process waiting = start(run, Map.of());
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

      Process again = start(run, Map.of());
      try (BufferedReader out = said(again)) {
        until(out, "Pontic runs");
        assertTrue(json("receipts").toString().contains("KEPT-1"));
      } finally {
        again.destroyForcibly().waitFor();
      }
    }
  }

  @Test
  void aKeyFileThatDoesNotOpenIsOneLineAndExitOne() throws Exception {
    Map<String, String> keys = new HashMap<>(keyFile("open sesame"));
    keys.put("PONTIC_KEY_FILE_PASSWORD", "wrong");
    Ended ended = pontic(run(), keys);
    assertEquals(1, ended.code());
    assertEquals(1, ended.err().lines().count(), ended.err());
    assertTrue(ended.err().contains(keys.get("PONTIC_KEY_FILE")), ended.err());
    assertFalse(ended.err().contains("wrong"), "the password is not said");
    assertFalse(Files.exists(folder.resolve("demo-keys")));
  }

  /** What an operator asks, after a message that waits and one that is refused. */
  private void asked(int mllp) throws Exception {
    Ended status = pontic(List.of("status", "--json", "--data", folder.toString()));
    assertEquals(0, status.code(), status.err());
    assertTrue(status.out().contains("\"practice\" : \"elm\""), status.out());
    assertTrue(pontic(List.of("status", "--data", folder.toString())).out().contains("elm"));
    assertEquals(0, pontic(List.of("pause", "elm", "--reads", "--data", folder.toString())).code());
    Ended paused = pontic(List.of("status", "--data", folder.toString()));
    assertTrue(
        paused.out().contains(" reads by " + System.getProperty("user.name") + " "), paused.out());
    Ended unknown = pontic(List.of("resume", "elk", "--data", folder.toString()));
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
          new ProcessBuilder(command(List.of("status", "--watch", "--data", folder.toString())));
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
    Ended ended = pontic(arguments);
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
      Ended ended = pontic(List.of(command, "--json", "--data", folder.toString()));
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

  private Map<String, String> keyFile(String password) throws Exception {
    Path file = folder.resolve("keys.p12");
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    for (String alias : List.of("k1", "index")) {
      byte[] key = new byte[32];
      new SecureRandom().nextBytes(key);
      store.setEntry(
          alias,
          new KeyStore.SecretKeyEntry(new SecretKeySpec(key, "AES")),
          new KeyStore.PasswordProtection(password.toCharArray()));
    }
    try (OutputStream out = Files.newOutputStream(file)) {
      store.store(out, password.toCharArray());
    }
    return Map.of("PONTIC_KEY_FILE", file.toString(), "PONTIC_KEY_FILE_PASSWORD", password);
  }

  private List<String> run() {
    List<String> run = new ArrayList<>(withoutPorts());
    for (String port : List.of("--facade-port", "--hawtio-port", "--management-port")) {
      run.addAll(List.of(port, "0"));
    }
    for (String practice : List.of("elm", "oak")) {
      run.addAll(List.of("--set", "practices." + practice + ".hl7.port=0"));
    }
    return run;
  }

  private List<String> withoutPorts() {
    return List.of(
        "run",
        "--data",
        folder.toString(),
        "--set",
        "practices.elm.database.enabled=false",
        "--set",
        "practices.oak.database.enabled=false");
  }

  private Process start(List<String> arguments, Map<String, String> environment) throws Exception {
    ProcessBuilder builder = new ProcessBuilder(command(arguments));
    builder.environment().putAll(environment);
    return builder.redirectError(folder.resolve("err.txt").toFile()).start();
  }

  private static List<String> command(List<String> arguments) throws Exception {
    List<String> command = ChildJvm.command("-Dpontic.home=" + House.home());
    command.add(Pontic.class.getName());
    command.addAll(arguments);
    return command;
  }

  private Ended pontic(List<String> arguments) throws Exception {
    return pontic(arguments, Map.of());
  }

  private Ended pontic(List<String> arguments, Map<String, String> environment) throws Exception {
    Path out = Files.createTempFile("pontic", ".out");
    Path err = Files.createTempFile("pontic", ".err");
    ProcessBuilder builder = new ProcessBuilder(command(arguments));
    builder.environment().putAll(environment);
    Process process = builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start();
    try {
      assertTrue(process.waitFor(600, TimeUnit.SECONDS), arguments.toString());
      return new Ended(process.exitValue(), Files.readString(out), Files.readString(err));
    } finally {
      process.destroyForcibly();
      Files.delete(out);
      Files.delete(err);
    }
  }
}
