package pontic.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import pontic.check.Finding;
import pontic.practice.SettingsLoader;

@Command(
    name = "check",
    description =
        "Look at routes, mappings, SQL and config as a whole without running them; exit 1 if anything is wrong.")
final class CheckFolder implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Parameters(
      arity = "0..1",
      paramLabel = "DIR",
      description = "Holds routes/, mappings/, sql/ and config/ (default: the installation).")
  private Optional<Path> folder;

  @Option(
      names = "--config",
      paramLabel = "DIR",
      description = "Config folder (default: config/ of DIR).")
  private Optional<Path> config;

  @Option(names = "--json", description = "Print a list of {file, line, what, right}.")
  private boolean json;

  private final Runner runner;
  private final Home home;

  CheckFolder(Runner runner, Home home) {
    this.runner = runner;
    this.home = home;
  }

  @Override
  public Integer call() throws JsonProcessingException {
    Path looked = folder.orElse(home.folder()).toAbsolutePath().normalize();
    if (!Files.isDirectory(looked.resolve("routes"))) {
      throw new Failure(looked + " holds no routes/; name the folder above it");
    }
    Path settings = config.map(Path::toAbsolutePath).orElse(looked.resolve("config")).normalize();
    List<Finding> findings =
        runner.check(new SettingsLoader(home.environment(), Map.of())).check(looked, settings);
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(new ObjectMapper().writeValueAsString(findings));
    } else {
      findings.forEach(out::println);
      if (findings.isEmpty()) {
        out.println("Nothing is wrong with routes/, mappings/, sql/ and config/");
      }
    }
    out.flush();
    return findings.isEmpty() ? 0 : 1;
  }
}
