package pontic.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
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
      names = "--ports",
      paramLabel = "free",
      description = "free: any free ports where none is given; prints all as one JSON line.")
  private Optional<String> ports;

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
    if (ports.isPresent() && !ports.get().equals("free")) {
      throw new ParameterException(spec.commandLine(), "--ports takes the word free");
    }
    Path folder = config.map(Path::toAbsolutePath).orElseGet(home::config);
    Map<String, String> flags = flags();
    if (ports.isPresent()) {
      free(folder, flags);
    }
    SettingsLoader loader = new SettingsLoader(home.environment(), flags);
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

  /** Adds a free port for each listener that has none among the flags, and tells them all. */
  private void free(Path folder, Map<String, String> flags) throws IOException {
    List<String> keys =
        new ArrayList<>(
            List.of("pontic.facade.port", "pontic.management.port", "pontic.hawtio.port"));
    try {
      new SettingsLoader(home.environment(), flags)
          .load(folder)
          .practices()
          .forEach(practice -> keys.add("practices." + practice.id() + ".hl7.port"));
    } catch (SettingsException e) {
      // The run says what is wrong.
      return;
    }
    ObjectNode told = new ObjectMapper().createObjectNode();
    List<ServerSocket> held = new ArrayList<>();
    try {
      for (String key : keys) {
        String variable = key.toUpperCase(Locale.ROOT).replace('.', '_');
        if (home.environment().containsKey(variable)) {
          flags.putIfAbsent(key, home.environment().get(variable));
        }
        if (!flags.containsKey(key)) {
          // Held until all are found, so that none is found twice.
          ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
          held.add(socket);
          flags.put(key, "" + socket.getLocalPort());
        }
        told.put(key, Integer.parseInt(flags.get(key)));
      }
    } catch (NumberFormatException e) {
      // The run says which is no port.
      return;
    } finally {
      for (ServerSocket socket : held) {
        socket.close();
      }
    }
    PrintWriter out = spec.commandLine().getOut();
    out.println(told);
    out.flush();
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
