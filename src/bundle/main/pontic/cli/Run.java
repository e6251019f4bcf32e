package pontic.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import pontic.generation.Installation;
import pontic.generation.Refused;
import pontic.http.ListenException;
import pontic.operations.LogFile;
import pontic.practice.SettingsException;
import pontic.practice.SettingsLoader;
import pontic.store.StoreException;

@Command(name = "run", description = "Run the routes until SIGTERM, Ctrl-C or ./pontic stop.")
final class Run implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Option(
      names = "--config",
      paramLabel = "DIR",
      description = "Config folder (default: config/ of the installation).")
  private Optional<Path> config;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Data folder (default: PONTIC_DATA, else data/ beside the config folder).")
  private Optional<Path> data;

  @Option(
      names = "--bind",
      paramLabel = "ADDRESS",
      description = "Address of all listeners (default: PONTIC_BIND, else 127.0.0.1).")
  private Optional<String> bind;

  @Option(
      names = "--facade-port",
      paramLabel = "PORT",
      description = "FHIR façade (default: PONTIC_FACADE_PORT, else 8080).")
  private Optional<Integer> facade;

  @Option(
      names = "--management-port",
      paramLabel = "PORT",
      description = "Health, metrics, control (default: PONTIC_MANAGEMENT_PORT, else 8081).")
  private Optional<Integer> management;

  @Option(
      names = "--hawtio-port",
      paramLabel = "PORT",
      description = "Hawtio (default: PONTIC_HAWTIO_PORT, else 8181).")
  private Optional<Integer> hawtio;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "Any other key of docs/configuration.md, such as practices.elm.hl7.port=12575.")
  private Map<String, String> others = new LinkedHashMap<>();

  private final Runner runner;
  private final Home home;

  Run(Runner runner, Home home) {
    this.runner = runner;
    this.home = home;
  }

  @Override
  public Integer call() throws Exception {
    PrintWriter err = spec.commandLine().getErr();
    SettingsLoader loader = new SettingsLoader(home.environment(), flags());
    Path folder = config.map(Path::toAbsolutePath).orElseGet(home::config);
    try {
      LogFile.open(data(loader, folder));
      runner.run(new Installation(home.folder(), folder, loader));
      return 0;
    } catch (Refused e) {
      e.problems().forEach(problem -> err.println("pontic run: " + problem));
      err.flush();
      return 1;
    } catch (ListenException | StoreException | IOException e) {
      LoggerFactory.getLogger(Run.class).debug("Pontic ended", e);
      throw new Failure(e.getMessage(), e);
    }
  }

  private static Path data(SettingsLoader loader, Path config) {
    try {
      return loader.load(config).data();
    } catch (SettingsException e) {
      // What is wrong is said where a generation is chosen; here only where the log goes matters.
      return loader.data(config);
    }
  }

  private Map<String, String> flags() {
    Map<String, String> flags = new LinkedHashMap<>(others);
    data.ifPresent(path -> flags.put("pontic.data", path.toAbsolutePath().toString()));
    bind.ifPresent(address -> flags.put("pontic.bind", address));
    facade.ifPresent(port -> flags.put("pontic.facade.port", "" + port));
    management.ifPresent(port -> flags.put("pontic.management.port", "" + port));
    hawtio.ifPresent(port -> flags.put("pontic.hawtio.port", "" + port));
    return flags;
  }
}
