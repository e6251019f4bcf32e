package pontic.sandbox;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import pontic.sandbox.database.Engine;
import pontic.sandbox.database.PracticePlan;

/**
 * The sandbox's flags. Each may also come from the environment: {@code --api-port-elm} from {@code
 * PONTIC_SANDBOX_API_PORT_ELM}; the flag wins.
 *
 * @param settings what to start
 * @param printPorts whether to print the ports as JSON
 */
record CommandLine(SandboxSettings settings, boolean printPorts) {
  static final String HELP =
      """
      usage: pontic sandbox [options]

        --data DIR               folder for everything it keeps (data/sandbox)
        --patients N             patients of a new practice (300)
        --engine E               myisam or innodb, for a new practice (myisam)
        --database-port P        MariaDB (13306)
        --control-port P         front desk, practices, faults, requests (30200)
        --api-port-elm P         API of practice elm (30223)
        --api-port-oak P         API of practice oak (30323)
        --hospital-fhir-port P   the hospital's FHIR server (8090)
        --registry-fhir-port P   the registry's FHIR server, a second peer (8091)
        --hospital-mllp-port P   the hospital's HL7 listener (2675)
        --time-scale X           factor on the API's limits and periods (1)
        --ports free             free ports where none is given; prints all as one JSON line
        --help                   this text

      All ports are on 127.0.0.1. A flag may also come from the environment:
      --api-port-elm from PONTIC_SANDBOX_API_PORT_ELM.
      """;

  private static final List<String> OPTIONS =
      List.of(
          "data",
          "patients",
          "engine",
          "database-port",
          "control-port",
          "api-port-elm",
          "api-port-oak",
          "hospital-fhir-port",
          "registry-fhir-port",
          "hospital-mllp-port",
          "time-scale",
          "ports");

  /**
   * Reads flags and environment.
   *
   * @throws IllegalArgumentException if something is wrong; the message is one line for a person
   */
  static CommandLine parse(List<String> arguments, Map<String, String> environment) {
    Map<String, String> given = new LinkedHashMap<>();
    for (String option : OPTIONS) {
      String variable = "PONTIC_SANDBOX_" + option.replace('-', '_').toUpperCase(Locale.ROOT);
      if (environment.containsKey(variable)) {
        given.put(option, environment.get(variable));
      }
    }
    for (int i = 0; i < arguments.size(); i += 2) {
      String flag = arguments.get(i);
      if (!flag.startsWith("--") || !OPTIONS.contains(flag.substring(2))) {
        throw new IllegalArgumentException("There is no option " + flag + "; see --help");
      }
      if (i + 1 == arguments.size()) {
        throw new IllegalArgumentException("Option " + flag + " needs a value; see --help");
      }
      given.put(flag.substring(2), arguments.get(i + 1));
    }
    boolean free = false;
    if (given.containsKey("ports")) {
      if (!given.get("ports").equals("free")) {
        throw new IllegalArgumentException("Option --ports takes the word free");
      }
      free = true;
    }
    Function<Integer, Integer> usual = free ? port -> 0 : port -> port;
    int patients = number(given, "patients", 300, 0, 1_000_000);
    Engine engine = engine(given.getOrDefault("engine", "myisam"));
    SandboxSettings settings =
        new SandboxSettings(
            folder(given.getOrDefault("data", "data/sandbox")),
            List.of(PracticePlan.elm(engine, patients), PracticePlan.oak(engine, patients)),
            port(given, "database-port", usual.apply(13306)),
            port(given, "control-port", usual.apply(30200)),
            SandboxSettings.apiPorts(
                port(given, "api-port-elm", usual.apply(30223)),
                port(given, "api-port-oak", usual.apply(30323))),
            port(given, "hospital-fhir-port", usual.apply(8090)),
            port(given, "registry-fhir-port", usual.apply(8091)),
            port(given, "hospital-mllp-port", usual.apply(2675)),
            scale(given.getOrDefault("time-scale", "1")));
    return new CommandLine(settings, free);
  }

  private static int port(Map<String, String> given, String option, int usual) {
    return number(given, option, usual, 0, 65535);
  }

  private static int number(
      Map<String, String> given, String option, int usual, int least, int most) {
    if (!given.containsKey(option)) {
      return usual;
    }
    try {
      int value = Integer.parseInt(given.get(option));
      if (value >= least && value <= most) {
        return value;
      }
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("Option --" + option + " takes a whole number", e);
    }
    throw new IllegalArgumentException(
        "Option --" + option + " takes a number from " + least + " to " + most);
  }

  private static double scale(String text) {
    try {
      double value = Double.parseDouble(text);
      if (value > 0 && value <= 100) {
        return value;
      }
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("Option --time-scale takes a number, such as 0.1", e);
    }
    throw new IllegalArgumentException("Option --time-scale takes a number above 0, at most 100");
  }

  private static Engine engine(String text) {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "myisam" -> Engine.MYISAM;
      case "innodb" -> Engine.INNODB;
      default -> throw new IllegalArgumentException("Option --engine takes myisam or innodb");
    };
  }

  private static Path folder(String text) {
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      throw new IllegalArgumentException("Option --data takes a folder", e);
    }
  }
}
