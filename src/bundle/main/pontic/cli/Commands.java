package pontic.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Map;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * The command line: exit 0 = done, 1 = could not (one line says why), 2 = wrong usage (one line).
 */
@Command(
    name = "pontic",
    description =
        "Routes between dental practices on Open Dental and the medical systems around them.",
    footer = "The launcher also knows: sandbox, demo, test.")
public final class Commands implements Runnable {

  private static final int COULD_NOT = 1;
  private static final int WRONG_USAGE = 2;

  @Spec private CommandSpec spec;

  private Commands() {}

  /**
   * @param home folder of the installation
   * @param environment usually {@link System#getenv()}
   * @return the exit code
   */
  public static int run(
      Runner runner, Path home, Map<String, String> environment, String... arguments) {
    return line(runner, home, environment).execute(arguments);
  }

  static CommandLine line(Runner runner, Path home, Map<String, String> environment) {
    Home place = new Home(home.toAbsolutePath().normalize(), Map.copyOf(environment));
    CommandLine line =
        new CommandLine(new Commands())
            .addSubcommand(new Run(runner, place))
            .addSubcommand(new CheckFolder(runner, place))
            .addSubcommand(new TryMapping(place))
            .addSubcommand(new ShowPicture(place))
            .addSubcommand(new Status(place))
            .addSubcommand(new GenerationShow(place))
            .addSubcommand(new Reload(place))
            .addSubcommand(new CapabilityTable(place))
            .addSubcommand(new UnmappedList(place))
            .addSubcommand(new Reconcile(place))
            .addSubcommand(new Load(place))
            .addSubcommand(new ReceiptList(place))
            .addSubcommand(
                new CommandLine(new ParkedList(place))
                    .addSubcommand(new ParkedShow(place))
                    .addSubcommand(new ParkedEdit(place))
                    .addSubcommand(new ParkedResubmit(place))
                    .addSubcommand(new ParkedDrop(place)))
            .addSubcommand(new Chart(place))
            .addSubcommand(new ReleaseParked(place))
            .addSubcommand(new MatchHeld(place))
            .addSubcommand(new AnswerAgain(place))
            .addSubcommand(new Backup(place))
            .addSubcommand("pause", new Pause(place, "pause"))
            .addSubcommand("resume", new Pause(place, "resume"))
            .addSubcommand(new Stop(place));
    help(line);
    line.setParameterExceptionHandler(Commands::wrongUsage);
    line.setExecutionExceptionHandler((thrown, command, parsed) -> couldNot(thrown, command));
    return line;
  }

  /** {@code --help} everywhere, without the short form and the version that picocli would add. */
  private static void help(CommandLine line) {
    line.getCommandSpec()
        .addOption(
            CommandLine.Model.OptionSpec.builder("--help")
                .usageHelp(true)
                .type(boolean.class)
                .arity("0")
                .description("Show this help.")
                .build());
    line.getSubcommands().values().forEach(Commands::help);
  }

  private static int wrongUsage(ParameterException e, String[] arguments) {
    CommandLine line = e.getCommandLine();
    String name = line.getCommandSpec().qualifiedName();
    PrintWriter err = line.getErr();
    err.println(oneLine(name + ": " + e.getMessage() + "; see ./" + name + " --help"));
    err.flush();
    return WRONG_USAGE;
  }

  private static int couldNot(Exception thrown, CommandLine line) {
    String name = line.getCommandSpec().qualifiedName();
    PrintWriter err = line.getErr();
    if (thrown instanceof Failure) {
      err.println(oneLine(name + ": " + thrown.getMessage()));
    } else {
      LoggerFactory.getLogger(Commands.class)
          .error("{} failed ({})", name, thrown.getClass().getSimpleName(), thrown);
      err.println(
          name
              + ": failed unexpectedly ("
              + thrown.getClass().getSimpleName()
              + "); details are in logs/pontic.log of the data folder");
    }
    err.flush();
    return COULD_NOT;
  }

  private static String oneLine(String text) {
    return text.replaceAll("\\s*\\R\\s*", " ");
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing");
  }
}
