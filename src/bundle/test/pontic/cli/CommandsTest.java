package pontic.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the process says of orders that it cannot carry out, and of a folder. */
final class CommandsTest {

  @TempDir Path folder;

  @Test
  void checkTellsEachFindingInALineOrAsJsonAndExitsOne() throws Exception {
    for (String area : List.of("routes/errors", "mappings", "sql", "config")) {
      Files.createDirectories(folder.resolve(area));
    }
    Files.writeString(folder.resolve("routes/errors/broken.camel.yaml"), "- rout:\n    id: x\n");
    String told = "routes/errors/broken.camel.yaml:1: unknown key rout of the file; write route";

    Ended lines = terminal().pontic(List.of("check", folder.toString()));
    assertEquals(1, lines.code(), lines.err());
    assertTrue(lines.out().lines().anyMatch(told::equals), lines.out());

    Ended json = terminal().pontic(List.of("check", folder.toString(), "--json"));
    assertEquals(1, json.code(), json.err());
    JsonNode findings = new ObjectMapper().readTree(json.out());
    assertEquals(lines.out().lines().count(), findings.size());
    assertTrue(
        json.out()
            .contains(
                "{\"file\":\"routes/errors/broken.camel.yaml\",\"line\":1,"
                    + "\"what\":\"unknown key rout of the file\",\"right\":\"write route\"}"),
        json.out());

    Ended nowhere = terminal().pontic(List.of("check", folder.resolve("nowhere").toString()));
    assertEquals(1, nowhere.code());
    assertEquals(1, nowhere.err().lines().count(), nowhere.err());
  }

  @Test
  void askingNobodyIsOneLineAndExitOne() throws Exception {
    for (String command : List.of("status", "receipts", "parked", "stop")) {
      Ended ended = terminal().pontic(List.of(command, "--data", folder.toString()));
      assertEquals(1, ended.code());
      assertEquals(1, ended.err().lines().count(), ended.err());
      assertTrue(ended.err().contains("is not running"), ended.err());
    }
  }

  @Test
  void badSettingsAreAllNamedAndATakenPortToo() throws Exception {
    Ended bad =
        terminal()
            .pontic(
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
        List<String> arguments = new ArrayList<>(terminal().run());
        int flag = arguments.indexOf(one.getValue() + (one.getValue().endsWith("=") ? "0" : ""));
        if (one.getValue().endsWith("=")) {
          arguments.set(flag, one.getValue() + port);
        } else {
          arguments.set(flag + 1, port);
        }
        Ended ended = terminal().pontic(arguments);
        assertEquals(1, ended.code(), ended.err());
        assertEquals(1, ended.err().lines().count(), ended.err());
        String what = "port " + port + " on 127.0.0.1 for " + one.getKey() + " is taken";
        assertTrue(ended.err().contains(what), ended.err());
      }
    }
  }

  @Test
  void aKeyFileThatDoesNotOpenIsOneLineAndExitOne() throws Exception {
    Map<String, String> keys = new HashMap<>(terminal().keyFile("open sesame"));
    keys.put("PONTIC_KEY_FILE_PASSWORD", "wrong");
    Ended ended = terminal().pontic(terminal().run(), keys);
    assertEquals(1, ended.code());
    assertEquals(1, ended.err().lines().count(), ended.err());
    assertTrue(ended.err().contains(keys.get("PONTIC_KEY_FILE")), ended.err());
    assertFalse(ended.err().contains("wrong"), "the password is not said");
    assertFalse(Files.exists(folder.resolve("demo-keys")));
  }

  @Test
  void wrongUsageEndsTheProcessWithTwoAndNoneWithNought() throws Exception {
    assertEquals(2, terminal().pontic(List.of("nope")).code());
    assertEquals(0, terminal().pontic(List.of("run", "--help")).code());
  }

  private Terminal terminal() {
    return new Terminal(folder);
  }
}
