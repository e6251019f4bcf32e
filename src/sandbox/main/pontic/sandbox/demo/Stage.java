package pontic.sandbox.demo;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import pontic.sandbox.FreePorts;
import pontic.sandbox.demo.Ports.Of;

/** Sandbox and bundle as two processes, so that either can be killed, and the doors to both. */
final class Stage implements AutoCloseable {
  /** Factor on Open Dental's limits and periods: 50 ms instead of 1 s, 3 s instead of 60 s. */
  static final double TIME_SCALE = 0.05;

  static final List<String> FEEDS =
      List.of(
          "patient",
          "patient-merged",
          "appointment",
          "appointment-broken",
          "appointment-deleted",
          "provider",
          "operatory");

  private static final Duration LONGEST_START = Duration.ofMinutes(8);
  private static final int MOST_RECEIPTS = 1000;

  private final Path home;
  private final Path folder;
  private final Ports ports;
  private final int patients;
  private final boolean jpa;
  private final Http control;
  private final Http hospital;
  private final Http registry;
  private final Offices offices;
  private volatile Optional<Child> sandbox = Optional.empty();
  private volatile Optional<Child> hospitalJpa = Optional.empty();
  private volatile Optional<Child> bundle = Optional.empty();
  private boolean ended;

  /**
   * @param home the project's folder, with both modules built
   * @param folder for data and logs, fresh
   * @param patients of each practice at the start
   * @param jpa whether the hospital's FHIR server is HAPI's JPA server
   */
  Stage(Path home, Path folder, Ports ports, int patients, boolean jpa) {
    this.home = home;
    this.folder = folder;
    this.ports = ports;
    this.patients = patients;
    this.jpa = jpa;
    this.control = new Http(ports.url(Of.CONTROL), Map.of());
    Map<String, String> asFhir = Map.of("Accept", "application/fhir+json");
    this.hospital = new Http(ports.url(Of.HOSPITAL_FHIR) + "/fhir", asFhir);
    this.registry = new Http(ports.url(Of.REGISTRY_FHIR) + "/fhir", asFhir);
    this.offices = new Offices(ports.of(Of.DATABASE));
  }

  void startSandbox() throws IOException {
    List<String> command = java("sandbox", "pontic.sandbox.Sandbox");
    command.addAll(
        List.of(
            "--data",
            folder.resolve("data/sandbox").toString(),
            "--patients",
            Integer.toString(patients),
            "--time-scale",
            Double.toString(TIME_SCALE)));
    option(command, "--database-port", Of.DATABASE);
    option(command, "--control-port", Of.CONTROL);
    option(command, "--api-port-elm", Of.API_ELM);
    option(command, "--api-port-oak", Of.API_OAK);
    if (jpa) {
      // Its own listens where nobody asks.
      command.addAll(List.of("--hospital-fhir-port", Integer.toString(new FreePorts().next())));
    } else {
      option(command, "--hospital-fhir-port", Of.HOSPITAL_FHIR);
    }
    option(command, "--registry-fhir-port", Of.REGISTRY_FHIR);
    option(command, "--hospital-mllp-port", Of.HOSPITAL_MLLP);
    Child child = start("sandbox", command);
    sandbox = Optional.of(child);
    child.untilReady(LONGEST_START, () -> child.said("ready"));
  }

  boolean hasJpa() {
    return jpa;
  }

  void startJpa() throws IOException {
    List<String> command = java("hospital-jpa", "pontic.jpa.JpaHospital");
    option(command, "--port", Of.HOSPITAL_FHIR);
    Child child = start("hospital-jpa", command);
    hospitalJpa = Optional.of(child);
    child.untilReady(LONGEST_START, () -> child.said("ready " + ports.of(Of.HOSPITAL_FHIR)));
  }

  void startBundle() throws IOException {
    List<String> command = java("bundle", "pontic.Pontic");
    command.addAll(List.of("run", "--data", data().toString()));
    option(command, "--facade-port", Of.FACADE);
    option(command, "--management-port", Of.MANAGEMENT);
    option(command, "--hawtio-port", Of.HAWTIO);
    set(command, "practices.elm.hl7.port", Integer.toString(ports.of(Of.MLLP_ELM)));
    set(command, "practices.oak.hl7.port", Integer.toString(ports.of(Of.MLLP_OAK)));
    set(command, "practices.elm.api.url", ports.url(Of.API_ELM) + "/api/v1");
    set(command, "practices.oak.api.url", ports.url(Of.API_OAK) + "/api/v1");
    for (String practice : List.of("elm", "oak")) {
      String prefix = "practices." + practice + ".";
      set(command, prefix + "api.timeScale", Double.toString(TIME_SCALE));
      // Nobody works at this office.
      set(command, prefix + "database.share", "50");
      // Whole charts of three hundred patients would have to be loaded before the play begins.
      set(command, prefix + "database.feeds", String.join(",", FEEDS));
      set(
          command,
          prefix + "database.url",
          "jdbc:mariadb://127.0.0.1:" + ports.of(Of.DATABASE) + "/" + practice);
    }
    set(command, "destinations.hospital.url", ports.url(Of.HOSPITAL_FHIR) + "/fhir");
    set(command, "destinations.registry.url", ports.url(Of.REGISTRY_FHIR) + "/fhir");
    set(command, "destinations.hospital-hl7.url", "mllp://127.0.0.1:" + ports.of(Of.HOSPITAL_MLLP));
    Child child = start("bundle", command);
    bundle = Optional.of(child);
    Http health = new Http(ports.url(Of.MANAGEMENT), Map.of());
    child.untilReady(
        LONGEST_START,
        () -> {
          whole();
          return health.answers("/health/ready");
        });
  }

  /** kill -9 of the bundle; the sandbox goes on. */
  void killBundle() {
    Child killed = bundle.orElseThrow();
    bundle = Optional.empty();
    killed.kill();
  }

  /** Keeps what the bundle counts now, for whoever looks why a step failed. */
  void keepMetrics(String name) throws IOException {
    Files.writeString(
        logs().resolve(name), new Http(ports.url(Of.MANAGEMENT), Map.of()).text("/metrics"));
  }

  /**
   * @throws StepFailed if a process ended that nobody ended on purpose
   */
  void whole() {
    sandbox.ifPresent(Child::mustLive);
    hospitalJpa.ifPresent(Child::mustLive);
    bundle.ifPresent(Child::mustLive);
  }

  boolean bundleLives() {
    return bundle.filter(Child::alive).isPresent();
  }

  /** {@link Until#holds}, given up at once when one of the processes has ended. */
  void until(String wanted, Duration limit, BooleanSupplier condition, Supplier<String> seen) {
    Until.holds(
        wanted,
        limit,
        () -> {
          whole();
          return condition.getAsBoolean();
        },
        seen);
  }

  Ports ports() {
    return ports;
  }

  Offices offices() {
    return offices;
  }

  /** The sandbox's control server. */
  Http control() {
    return control;
  }

  /** The hospital's FHIR server. */
  Http hospital() {
    return hospital;
  }

  /** The registry's FHIR server. */
  Http registry() {
    return registry;
  }

  /** The bundle's data folder. */
  Path data() {
    return folder.resolve("data/pontic");
  }

  Path logs() {
    return folder.resolve("logs");
  }

  JsonNode status() {
    return bundleControl().get("/control/status");
  }

  List<Receipt> receipts(String practice) {
    List<Receipt> receipts = new ArrayList<>();
    bundleControl()
        .get("/control/receipts?practice=" + practice + "&limit=" + MOST_RECEIPTS)
        .forEach(one -> receipts.add(new Receipt(one)));
    return receipts;
  }

  private Http bundleControl() {
    try {
      String token = Files.readString(data().resolve("management.token")).strip();
      return new Http(ports.url(Of.MANAGEMENT), Map.of("Authorization", "Bearer " + token));
    } catch (IOException e) {
      throw new StepFailed("the token of Pontic's management endpoint cannot be read", e);
    }
  }

  /** Ends all, the bundle first; nothing is started afterwards. */
  @Override
  public synchronized void close() {
    ended = true;
    bundle.ifPresent(Child::end);
    hospitalJpa.ifPresent(Child::end);
    sandbox.ifPresent(Child::end);
  }

  private synchronized Child start(String name, List<String> command) throws IOException {
    if (ended) {
      throw new StepFailed("the demo ends");
    }
    return Child.start(name, command, home, logs().resolve(name + ".log"));
  }

  private List<String> java(String module, String main) throws IOException {
    Path target = home.resolve("src").resolve(module).resolve("target");
    String classPath =
        target.resolve("classes")
            + java.io.File.pathSeparator
            + Files.readString(target.resolve("classpath.txt")).strip();
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Dpontic.home=" + home);
    command.add("-Dfile.encoding=UTF-8");
    command.add("-XX:+ExitOnOutOfMemoryError");
    if (Runtime.version().feature() >= 22) {
      command.add("--enable-native-access=ALL-UNNAMED");
    }
    if (Runtime.version().feature() >= 23) {
      command.add("--sun-misc-unsafe-memory-access=allow");
    }
    command.addAll(List.of("-cp", classPath, main));
    return command;
  }

  private void option(List<String> command, String flag, Of port) {
    command.addAll(List.of(flag, Integer.toString(ports.of(port))));
  }

  private static void set(List<String> command, String key, String value) {
    command.addAll(List.of("--set", key + "=" + value));
  }
}
