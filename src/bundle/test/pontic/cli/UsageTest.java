package pontic.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import pontic.house.House;
import pontic.house.Nobody;

/** Help of each command, and what is said of a wrong one. */
final class UsageTest {
  @Test
  void everyCommandHasHelpAndStandsInTheLauncherAndTheManual() throws Exception {
    Path home = Path.of("..", "..");
    String launcher = Files.readString(home.resolve("pontic"));
    String manual =
        Files.readString(home.resolve("docs/operations.md"))
            .split("## Commands")[1]
            .split("\n## ")[0];
    List<String> commands = listed(typed(List.of("--help")).out());
    assertTrue(commands.containsAll(List.of("run", "check", "release", "pause")), "" + commands);
    for (String command : commands) {
      Ended ended = typed(List.of(command, "--help"));
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
  void wrongUsageIsOneLineAndExitTwo() throws Exception {
    for (List<String> arguments :
        List.of(
            List.<String>of(),
            List.of("nope"),
            List.of("run", "--bogus"),
            List.of("receipts", "--limit", "many"),
            List.of("status", "--data"))) {
      Ended ended = typed(arguments);
      assertEquals(2, ended.code(), arguments.toString());
      assertEquals(1, ended.err().lines().count(), ended.err());
      assertTrue(ended.err().contains("--help"), ended.err());
    }
  }

  private static Ended typed(List<String> arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine line =
        Commands.line(new Nobody(), House.home(), Map.of())
            .setOut(new PrintWriter(out))
            .setErr(new PrintWriter(err));
    int code = line.execute(arguments.toArray(String[]::new));
    return new Ended(code, out.toString(), err.toString());
  }
}
