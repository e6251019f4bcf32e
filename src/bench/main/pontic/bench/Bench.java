package pontic.bench;

import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import pontic.sandbox.database.Engine;

/** The command: which figures, how many rounds, how large. */
@Command(
    name = "pontic bench",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Measures Pontic beside rivals in the same run: medians with spread, as tables and as target/bench/NAME.json. Fails on no figure.")
public final class Bench implements Callable<Integer> {
  private static final PrintStream OUT = System.out;

  /** A process is left alone so long before it is looked at: its start and its compiler end. */
  private static final Duration SETTLED = Duration.ofSeconds(60);

  private static final Duration WINDOW = Duration.ofSeconds(10);

  /** So many calls of each lane are seen in a window. */
  private static final Duration SPACED = Duration.ofSeconds(30);

  private static final int CLIENTS = 16;

  /** What can be measured. */
  enum Name {
    CATCH_UP,
    IDLE,
    LATENCY,
    HEAP,
    PRACTICES,
    LIVE_EDIT,
    HL7_TO_FHIR,
    ROWS_TO_FHIR,
    MLLP,
    INITIAL_LOAD,
    LANES,
    SPACING,
    FACADE;

    /** As on the command line and in file names. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  @Spec private CommandLine.Model.CommandSpec spec;

  @Parameters(
      paramLabel = "NAME",
      description = "What to measure: ${COMPLETION-CANDIDATES}; all if none is named.")
  private List<Name> names = new ArrayList<>();

  @Option(
      names = "--runs",
      paramLabel = "N",
      defaultValue = "5",
      description = "Rounds that count, after one to warm up (default: ${DEFAULT-VALUE}).")
  private int runs;

  @Option(
      names = "--rows",
      paramLabel = "N",
      defaultValue = "1000000",
      description = "Rows of the table that is read (default: ${DEFAULT-VALUE}).")
  private int rows;

  @Option(
      names = "--loaded",
      paramLabel = "N",
      defaultValue = "20000",
      description =
          "Rows of the table of idle, latency and heap, which the hospital has before they begin (default: ${DEFAULT-VALUE}).")
  private int loaded;

  @Option(
      names = "--changes",
      paramLabel = "N",
      defaultValue = "250",
      description = "Changes of each round of latency (default: ${DEFAULT-VALUE}).")
  private int changes;

  @Option(
      names = "--all-changes",
      paramLabel = "N",
      defaultValue = "200000",
      description = "Changes of heap (default: ${DEFAULT-VALUE}).")
  private int allChanges;

  @Option(
      names = "--patients",
      paramLabel = "N",
      defaultValue = "20000",
      description = "Patients of initial-load, with all their charts (default: ${DEFAULT-VALUE}).")
  private int patients;

  @Option(
      names = "--beside",
      paramLabel = "N",
      defaultValue = "1",
      description =
          "Senders of initial-load that send at the same time, each to a server of its own; with 4 a round of 20000 patients takes hours and not half a day (default: ${DEFAULT-VALUE}).")
  private int beside;

  @Option(
      names = "--practices",
      paramLabel = "N",
      defaultValue = "200",
      description = "Practices of practices (default: ${DEFAULT-VALUE}).")
  private int practices;

  @Option(
      names = "--lanes",
      paramLabel = "N",
      defaultValue = "1000",
      description =
          "Practices of lanes that have nothing to do; beside a hundredth of them (default: ${DEFAULT-VALUE}).")
  private int lanes;

  @Option(
      names = "--seconds",
      paramLabel = "N",
      defaultValue = "2",
      description =
          "Seconds for each value: of processor time in hl7-to-fhir and rows-to-fhir, of sending in mllp and facade (default: ${DEFAULT-VALUE}).")
  private double seconds;

  @Option(
      names = "--connections",
      paramLabel = "N",
      split = ",",
      defaultValue = "1,4,16,64",
      description =
          "How many send at once in mllp, one value for each (default: ${DEFAULT-VALUE}).")
  private List<Integer> connections;

  @Option(
      names = "--postgres",
      description = "mllp on PostgreSQL too (of a Maven artefact; where it starts).")
  private boolean postgres;

  @Option(
      names = "--messages",
      paramLabel = "DIR",
      description =
          "More HL7 v2 messages for hl7-to-fhir, ADT_A01*.hl7 and SIU_S12*.hl7 (default: ../shared/data/hl7v2 of the project, if it is there).")
  private Path messages;

  @Option(
      names = "--engine",
      paramLabel = "ENGINE",
      defaultValue = "INNODB",
      description =
          "Of the offices' tables: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}; Open Dental's own default is MyISAM).")
  private Engine engine;

  @Option(
      names = "--debezium",
      description = "Beside Debezium too; fetches its libraries (42 MB) the first time.")
  private boolean debezium;

  @Option(
      names = "--converter",
      description =
          "hl7-to-fhir beside LinuxForHealth's converter too; fetches its libraries (115 MB) the first time.")
  private boolean converter;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Folder for data and results (default: target/bench of the project).")
  private Path out;

  public static void main(String[] arguments) {
    if (System.getProperty("logback.configurationFile") == null) {
      System.setProperty("logback.configurationFile", "pontic/bench/logback.xml");
    }
    CommandLine line = new CommandLine(new Bench());
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setParameterExceptionHandler(
        (e, given) -> {
          System.err.println("pontic bench: " + e.getMessage() + "; see ./pontic bench --help");
          return 2;
        });
    System.exit(line.execute(arguments));
  }

  @Override
  public Integer call() throws Exception {
    if (!(seconds > 0) || seconds > 3600) {
      throw new ParameterException(
          spec.commandLine(), "--seconds takes more than 0, an hour at most");
    }
    if (connections.stream().anyMatch(each -> each < 1 || each > 1000)) {
      throw new ParameterException(
          spec.commandLine(), "--connections takes numbers from 1 to 1000");
    }
    if (IntStream.of(runs, rows, loaded, changes, allChanges, patients, beside, practices, lanes)
            .min()
            .orElse(0)
        < 1) {
      throw new ParameterException(spec.commandLine(), "numbers have to be 1 at least");
    }
    Path home = Path.of(System.getProperty("pontic.home", "")).toAbsolutePath();
    Path folder = out == null ? home.resolve("target/bench") : out.toAbsolutePath();
    Setting setting =
        new Setting(home, folder.resolve("work"), new Contest(1, runs, OUT), engine, debezium);
    OUT.println(Machine.facts());
    for (Name name : names.isEmpty() ? List.of(Name.values()) : names) {
      double before = Machine.load();
      OUT.printf("%n## %s (load %s)%n", name, Table.shown(before));
      List<Figure> figures = measure(name, setting);
      double after = Machine.load();
      figures.forEach(figure -> OUT.println(Table.of(figure)));
      OUT.printf("load %s before, %s after%n", Table.shown(before), Table.shown(after));
      OUT.println(
          Report.write(folder, name.toString(), options(), List.of(before, after), figures));
    }
    return 0;
  }

  private List<Figure> measure(Name name, Setting setting) throws Exception {
    return switch (name) {
      case CATCH_UP -> new CatchUp(setting, rows).measure();
      case IDLE -> new Live(setting, loaded, changes).idle();
      case LATENCY -> new Live(setting, loaded, changes).latency();
      case HEAP -> new Heap(setting, loaded, allChanges).measure();
      case PRACTICES -> new Town(setting, practices, runs).measure();
      case LIVE_EDIT -> new Edits(setting).measure();
      case HL7_TO_FHIR ->
          new Hl7ToFhir(setting, new Pace(seconds), corpus(setting.home()), converter).measure();
      case ROWS_TO_FHIR -> new RowsToFhir(setting, new Pace(seconds)).measure();
      case MLLP -> new Mllp(setting, seconds, connections, postgres).measure();
      case INITIAL_LOAD -> initialLoad(setting);
      case LANES -> new Lanes(setting, lanes, runs, SETTLED, WINDOW).measure();
      case SPACING -> new Spacing(setting, runs, SPACED).measure();
      case FACADE -> new Receipts(setting, seconds, CLIENTS).measure();
    };
  }

  private List<Figure> initialLoad(Setting setting) throws Exception {
    if (!JpaServer.isBuilt(setting.home())) {
      OUT.println("left out: its server is built by ./pontic bench initial-load");
      return List.of();
    }
    return new InitialLoad(
            setting.with(new Contest(0, runs, beside, OUT)),
            beside == 1,
            patients,
            folder -> JpaServer.start(setting.home(), folder),
            OUT)
        .measure();
  }

  private Optional<Path> corpus(Path home) {
    Path beside = home.resolve("../shared/data/hl7v2").normalize();
    return messages == null
        ? Optional.of(beside).filter(Files::isDirectory)
        : Optional.of(messages.toAbsolutePath());
  }

  private Map<String, Object> options() {
    Map<String, Object> options = new LinkedHashMap<>();
    options.put("runs", runs);
    options.put("rows", rows);
    options.put("engine", engine.sqlName());
    options.put("loaded", loaded);
    options.put("changes", changes);
    options.put("allChanges", allChanges);
    options.put("patients", patients);
    options.put("beside", beside);
    options.put("practices", practices);
    options.put("lanes", lanes);
    options.put("seconds", seconds);
    options.put("connections", connections);
    return options;
  }
}
