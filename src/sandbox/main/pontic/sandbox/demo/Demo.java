package pontic.sandbox.demo;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import pontic.sandbox.demo.Ports.Of;

/**
 * {@code ./pontic demo}: starts sandbox and bundle, plays the scenario, writes report.json, and
 * stays up. Exit 0 if every step held, 1 if not or if it could not start, 2 on wrong usage.
 */
public final class Demo {
  private static final String HELP =
      """
      usage: pontic demo [options]

        --once         end after the scenario: exit 0 if every step held, else 1
        --ports free   any free ports instead of the usual ones; prints all as one JSON line
        --patients N   of each practice (300)
        --folder DIR   data, logs and report.json (target/demo); its data and logs are made anew
        --hospital jpa the hospital's FHIR server is HAPI's JPA server, in a process of its own
        --help         this text

      Starts the sandbox (two Open Dental practices and a hospital) and Pontic as two processes, plays
      a scenario of twelve steps, and stays up until Ctrl-C.

      The usual ports, and the variable that moves each:
      """;

  @FunctionalInterface
  private interface Play {
    String play() throws Exception;
  }

  private record Step(String name, Play play) {}

  private record Options(boolean once, boolean free, int patients, Path folder, boolean jpa) {}

  private final PrintStream out;
  private final AtomicBoolean ending = new AtomicBoolean();

  private Demo(PrintStream out) {
    this.out = out;
  }

  public static void main(String[] arguments) throws Exception {
    if (System.getProperty("logback.configurationFile") == null) {
      System.setProperty("logback.configurationFile", "pontic/sandbox/logback.xml");
    }
    if (List.of(arguments).contains("--help")) {
      System.out.print(HELP + Ports.help());
      return;
    }
    Path home = Path.of(System.getProperty("pontic.home", "")).toAbsolutePath().normalize();
    Options options;
    Ports ports;
    try {
      options = options(List.of(arguments), home);
      ports = options.free() ? Ports.free() : Ports.usual(System.getenv());
    } catch (IllegalArgumentException e) {
      System.err.println("pontic demo: " + e.getMessage() + "; see ./pontic demo --help");
      System.exit(2);
      return;
    }
    PrintStream out = new PrintStream(System.out, true, java.nio.charset.StandardCharsets.UTF_8);
    System.exit(new Demo(out).run(home, options, ports) ? 0 : 1);
  }

  private static Options options(List<String> arguments, Path home) {
    boolean once = false;
    boolean free = false;
    boolean jpa = false;
    int patients = 300;
    Path folder = home.resolve("target/demo");
    for (int i = 0; i < arguments.size(); i++) {
      String next = i + 1 < arguments.size() ? arguments.get(i + 1) : "";
      switch (arguments.get(i)) {
        case "--once" -> once = true;
        case "--ports" -> {
          if (!next.equals("free")) {
            throw new IllegalArgumentException("--ports takes the word free");
          }
          free = true;
          i++;
        }
        case "--hospital" -> {
          if (!next.equals("jpa")) {
            throw new IllegalArgumentException("--hospital takes the word jpa");
          }
          jpa = true;
          i++;
        }
        case "--patients" -> {
          // The scenario needs the twins, who are among the first thirty.
          if (!next.matches("[3-9]\\d|[1-9]\\d{2,5}")) {
            throw new IllegalArgumentException("--patients takes a number of 30 to 999999");
          }
          patients = Integer.parseInt(next);
          i++;
        }
        case "--folder" -> {
          if (next.isEmpty()) {
            throw new IllegalArgumentException("--folder needs a folder");
          }
          folder = Path.of(next).toAbsolutePath().normalize();
          i++;
        }
        default -> throw new IllegalArgumentException("there is no option " + arguments.get(i));
      }
    }
    return new Options(once, free, patients, folder, jpa);
  }

  private boolean run(Path home, Options options, Ports ports) throws Exception {
    Files.createDirectories(options.folder());
    try (FileChannel channel =
            FileChannel.open(
                options.folder().resolve("lock"),
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE);
        FileLock lock = lock(channel)) {
      if (lock == null) {
        System.err.println("pontic demo: another demo runs in " + options.folder());
        return false;
      }
      List<String> taken = ports.taken();
      if (!taken.isEmpty()) {
        taken.forEach(line -> System.err.println("pontic demo: " + line));
        return false;
      }
      if (options.free()) {
        out.println(new ObjectMapper().writeValueAsString(ports.byName()));
      }
      clear(options.folder().resolve("data"));
      clear(options.folder().resolve("logs"));
      Files.createDirectories(options.folder().resolve("logs"));
      Files.deleteIfExists(options.folder().resolve("report.json"));
      return play(home, options, ports);
    }
  }

  private boolean play(Path home, Options options, Ports ports) throws Exception {
    Stage stage = new Stage(home, options.folder(), ports, options.patients(), options.jpa());
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  if (ending.compareAndSet(false, true)) {
                    out.println();
                    out.println("Ending both processes ...");
                  }
                  stage.close();
                },
                "demo-end"));
    Outward outward = new Outward(stage, out);
    List<Step> steps = steps(new Scenario(stage, out), outward);
    Path report = options.folder().resolve("report.json");
    try {
      begin(stage, outward);
    } catch (StepFailed e) {
      leaveToTheEnd();
      System.err.println("pontic demo: " + e.getMessage());
      String detail = "not played: " + e.getMessage();
      report(
          report, steps.stream().map(one -> new StepResult(one.name(), false, 0, detail)).toList());
      return false;
    }
    List<StepResult> results = play(stage, steps, report);
    boolean ok = results.stream().allMatch(StepResult::ok);
    summary(results, report);
    if (options.once()) {
      ending.set(true);
      stage.close();
      return ok;
    }
    where(stage, options.folder());
    new CountDownLatch(1).await();
    return ok;
  }

  /** Starts both and waits for the first load. */
  private void begin(Stage stage, Outward outward) throws IOException {
    starting("Starting the sandbox: MariaDB, two practices, a hospital", stage::startSandbox);
    if (stage.hasJpa()) {
      starting("Starting HAPI's JPA server as the hospital's FHIR server", stage::startJpa);
    }
    starting("Starting Pontic", stage::startBundle);
    out.println(
        "All times of Open Dental's API are scaled by "
            + Stage.TIME_SCALE
            + " (a request every 50 ms instead of 1 s). Patients are synthetic.");
    out.println(
        "Pontic made a key for its store: " + stage.data().resolve("demo-keys") + " (demo only)");
    out.println();
    out.println("The first load: all that both practices have goes to three destinations");
    outward.load();
  }

  @FunctionalInterface
  private interface Start {
    void start() throws IOException;
  }

  private void starting(String what, Start start) throws IOException {
    out.print(what + " ... ");
    out.flush();
    long begin = System.nanoTime();
    try {
      start.start();
    } catch (StepFailed e) {
      out.println("failed");
      throw e;
    }
    out.println(seconds(millis(begin)));
  }

  private static List<Step> steps(Scenario scenario, Outward outward) {
    return List.of(
        new Step("1 both practices connect", scenario::connect),
        new Step("2 the hospital registers, updates, books, moves, cancels", scenario::life),
        new Step("3 the same booking again and again", scenario::repeated),
        new Step("4 calls whose outcome is unclear", scenario::unclear),
        new Step("5 a new patient while the office is away", scenario::away),
        new Step("6 one office away for 10 s, the other works", scenario::held),
        new Step("7 garbage, an unknown trigger, a doubtful twin", scenario::refused),
        new Step("8 kill -9 in the middle of a burst", scenario::killed),
        new Step("9 the front desk books, moves, completes, breaks, deletes", outward::frontDesk),
        new Step("10 ageing touches every patient row", outward::ageing),
        new Step("11 two patients are merged", outward::merged),
        new Step("12 what the hospital said does not come back to it", outward::echo));
  }

  /** Plays all, whatever becomes of each; the report is written after each. */
  private List<StepResult> play(Stage stage, List<Step> steps, Path report) throws Exception {
    List<StepResult> results = new ArrayList<>();
    for (Step step : steps) {
      leaveToTheEnd();
      out.println();
      out.println(step.name());
      StepResult result = play(stage, step);
      leaveToTheEnd();
      results.add(result);
      report(report, results);
      out.println(
          "   "
              + (result.ok() ? "held" : "FAILED: " + result.detail())
              + " ("
              + seconds(result.millis())
              + ")");
      recover(stage, result);
    }
    return results;
  }

  /** After Ctrl-C nothing more is played or said. */
  private void leaveToTheEnd() throws InterruptedException {
    if (ending.get()) {
      new CountDownLatch(1).await();
    }
  }

  private static StepResult play(Stage stage, Step step) {
    long begin = System.nanoTime();
    try {
      stage.whole();
      String detail = step.play().play();
      return new StepResult(step.name(), true, millis(begin), detail);
    } catch (Exception e) {
      String detail =
          e instanceof StepFailed
              ? e.getMessage()
              : e.getClass().getSimpleName() + ": " + e.getMessage();
      return new StepResult(step.name(), false, millis(begin), detail);
    }
  }

  /** One step's failure is not the next one's. */
  private void recover(Stage stage, StepResult result) {
    if (result.ok()) {
      return;
    }
    try {
      stage.keepMetrics("metrics-after-step-" + result.step().split(" ")[0] + ".txt");
      stage.control().delete("/faults");
      if (!stage.bundleLives()) {
        stage.startBundle();
      }
    } catch (StepFailed | IOException e) {
      out.println("   the next step begins on what is left: " + e.getMessage());
    }
  }

  private void summary(List<StepResult> results, Path report) {
    out.println();
    for (StepResult result : results) {
      out.printf(
          "  %-6s %8s  %s%n",
          result.ok() ? "held" : "FAILED", seconds(result.millis()), result.step());
    }
    long held = results.stream().filter(StepResult::ok).count();
    out.println();
    out.println(held + " of " + results.size() + " steps held; report: " + report);
  }

  private void where(Stage stage, Path folder) {
    Ports ports = stage.ports();
    out.println();
    out.println("Both stay up. Where to look:");
    look(
        "Hawtio",
        ports.url(Of.HAWTIO)
            + "/hawtio/  user admin, password in "
            + stage.data().resolve("hawtio-admin.password"));
    look("health", ports.url(Of.MANAGEMENT) + "/health");
    look("metrics", ports.url(Of.MANAGEMENT) + "/metrics");
    look("receipts", "./pontic receipts --data " + stage.data());
    look("FHIR façade", ports.url(Of.FACADE) + "/fhir/elm/metadata");
    look(
        "HL7 (MLLP)",
        "elm 127.0.0.1:" + ports.of(Of.MLLP_ELM) + ", oak 127.0.0.1:" + ports.of(Of.MLLP_OAK));
    look(
        "Open Dental API",
        "elm " + ports.url(Of.API_ELM) + "/api/v1, oak " + ports.url(Of.API_OAK) + "/api/v1");
    look(
        "front desk",
        "POST " + ports.url(Of.CONTROL) + "/front-desk; also /faults, /requests (docs/sandbox.md)");
    look(
        "MySQL",
        "127.0.0.1:"
            + ports.of(Of.DATABASE)
            + ", databases elm and oak, user pontic_read, password pontic-read");
    look("hospital", ports.url(Of.HOSPITAL_FHIR) + "/fhir/Appointment");
    look("registry", ports.url(Of.REGISTRY_FHIR) + "/fhir/Appointment");
    look("what came there", ports.url(Of.CONTROL) + "/hospital/arrivals");
    look("logs", folder.resolve("logs").toString());
    out.println("Send a message by hand (bash):");
    out.println(
        "  exec 3<>/dev/tcp/127.0.0.1/"
            + ports.of(Of.MLLP_ELM)
            + "; printf '\\013MSH|^~\\\\&|ADTLAKE|LAKESIDE|PONTIC|DENTAL|20261101||ADT^A28|HAND-1|P|2.5.1\\r"
            + "PID|1||MRN9^^^LAKE^MR||Hand^Made||19800229|F|||1 Elm Street^^Salem^OR^97301||5035550100\\r\\034\\r' >&3; timeout 1 cat <&3 | tr '\\r' '\\n'");
    out.println("Ctrl-C ends both.");
  }

  private void look(String what, String where) {
    out.printf("  %-16s %s%n", what, where);
  }

  private static void report(Path file, List<StepResult> results) throws IOException {
    ObjectMapper json = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
    List<Map<String, Object>> lines = new ArrayList<>();
    for (StepResult result : results) {
      Map<String, Object> line = new java.util.LinkedHashMap<>();
      line.put("step", result.step());
      line.put("ok", result.ok());
      line.put("millis", result.millis());
      line.put("detail", result.detail());
      lines.add(line);
    }
    json.writeValue(file.toFile(), lines);
  }

  private static FileLock lock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      return null;
    }
  }

  private static void clear(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }

  private static long millis(long begin) {
    return (System.nanoTime() - begin) / 1_000_000;
  }

  private static String seconds(long millis) {
    return String.format(java.util.Locale.ROOT, "%.1f s", millis / 1000.0);
  }
}
