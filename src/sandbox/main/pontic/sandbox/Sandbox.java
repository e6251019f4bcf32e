package pontic.sandbox;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import pontic.sandbox.api.OpenDentalApiPart;
import pontic.sandbox.control.ControlServer;
import pontic.sandbox.control.FrontDeskHandler;
import pontic.sandbox.database.DatabaseServer;
import pontic.sandbox.database.Practice;
import pontic.sandbox.database.Practices;
import pontic.sandbox.desk.FrontDesk;
import pontic.sandbox.hospital.HospitalPart;

/**
 * Open Dental's practices with their surroundings on one machine, for demo and tests. As a library:
 * {@link #start}; as a program: {@link #main}.
 */
public final class Sandbox implements AutoCloseable {
  private final DatabaseServer database;
  private final ControlServer control;
  private final Map<String, Practice> practices;
  private final Map<String, FrontDesk> desks;
  private final Map<String, Integer> ports = new ConcurrentHashMap<>();
  private final Deque<AutoCloseable> running;

  private Sandbox(
      DatabaseServer database,
      ControlServer control,
      List<Practice> opened,
      Deque<AutoCloseable> running) {
    this.database = database;
    this.control = control;
    this.running = running;
    this.practices = new LinkedHashMap<>();
    this.desks = new LinkedHashMap<>();
    for (Practice practice : opened) {
      practices.put(practice.id(), practice);
      desks.put(practice.id(), new FrontDesk(practice));
    }
    ports.put("database", database.port());
    ports.put("control", control.port());
  }

  /**
   * Starts database, practices, control server and then the parts; all or nothing.
   *
   * @throws IOException if a port is taken or a folder in use; the message is for a person
   * @throws Exception whatever a part could not start with
   */
  public static Sandbox start(SandboxSettings settings, List<SandboxPart> parts) throws Exception {
    Deque<AutoCloseable> running = new ArrayDeque<>();
    try {
      // First what is quick to find taken.
      ControlServer control = ControlServer.start(settings.controlPort());
      running.push(control);
      DatabaseServer database =
          DatabaseServer.start(settings.data().resolve("database"), settings.databasePort());
      running.push(database);
      Practices practices = new Practices(database);
      running.push(practices);
      Sandbox sandbox =
          new Sandbox(database, control, practices.openAll(settings.practices()), running);
      sandbox.register();
      Surroundings surroundings =
          new Surroundings(settings, List.copyOf(sandbox.practices.values()), control);
      for (SandboxPart part : parts) {
        SandboxPart.Running started = part.start(surroundings);
        running.push(started);
        sandbox.ports.putAll(started.ports());
      }
      return sandbox;
    } catch (Exception e) {
      closeAll(running, e);
      throw e;
    }
  }

  /** Starts the sandbox until it is told to end: exit 2 on wrong usage, 1 if it cannot start. */
  public static void main(String[] arguments) throws InterruptedException {
    if (System.getProperty("logback.configurationFile") == null) {
      System.setProperty("logback.configurationFile", "pontic/sandbox/logback.xml");
    }
    if (List.of(arguments).contains("--help")) {
      System.out.print(CommandLine.HELP);
      return;
    }
    CommandLine line;
    try {
      line = CommandLine.parse(List.of(arguments), System.getenv());
    } catch (IllegalArgumentException e) {
      System.err.println("pontic sandbox: " + e.getMessage());
      System.exit(2);
      return;
    }
    CountDownLatch end = new CountDownLatch(1);
    try {
      Sandbox sandbox =
          start(line.settings(), List.of(new OpenDentalApiPart(), new HospitalPart()));
      Runtime.getRuntime()
          .addShutdownHook(
              new Thread(
                  () -> {
                    sandbox.closeAtExit();
                    end.countDown();
                  },
                  "sandbox-end"));
      if (line.printPorts()) {
        System.out.println(new ObjectMapper().writeValueAsString(sandbox.ports()));
      }
      System.out.println("ready");
    } catch (Exception e) {
      System.err.println(e.getMessage());
      System.exit(1);
    }
    end.await();
  }

  /** The database server. */
  public DatabaseServer database() {
    return database;
  }

  /** The control server. */
  public ControlServer control() {
    return control;
  }

  /** All practices, in the order of the settings. */
  public List<Practice> practices() {
    return List.copyOf(practices.values());
  }

  /**
   * The practice of this id.
   *
   * @throws IllegalArgumentException if there is none
   */
  public Practice practice(String id) {
    return of(practices, id);
  }

  /**
   * The front desk of the practice of this id.
   *
   * @throws IllegalArgumentException if there is none
   */
  public FrontDesk frontDesk(String id) {
    return of(desks, id);
  }

  /** Every port on 127.0.0.1 by name: {@code database}, {@code control} and those of the parts. */
  public Map<String, Integer> ports() {
    return new TreeMap<>(ports);
  }

  /** Stops everything, last started first; the data stays. */
  @Override
  public void close() throws Exception {
    Exception failures = new Exception("Parts of the sandbox did not close");
    closeAll(running, failures);
    if (failures.getSuppressed().length > 0) {
      throw failures;
    }
  }

  private void closeAtExit() {
    try {
      close();
    } catch (Exception e) {
      System.err.println(e.getMessage());
    }
  }

  private void register() {
    control.register("POST", "/front-desk", new FrontDeskHandler(desks));
    control.register("GET", "/practices", body -> describe());
    control.register(
        "POST",
        "/database/stop",
        body -> {
          database.halt();
          return Map.of("running", database.isRunning());
        });
    control.register(
        "POST",
        "/database/start",
        body -> {
          database.resume();
          return Map.of("running", database.isRunning());
        });
  }

  private List<Map<String, Object>> describe() {
    List<Map<String, Object>> all = new ArrayList<>();
    for (Practice practice : practices.values()) {
      Map<String, Object> one = new LinkedHashMap<>();
      one.put("practice", practice.id());
      one.put("zone", practice.zone().getId());
      one.put("level", practice.level().toString());
      one.put("programVersion", practice.programVersion());
      one.put("database", practice.database());
      one.put("databasePort", database.port());
      Integer apiPort = ports.get("api-" + practice.id());
      if (apiPort != null) {
        one.put("apiPort", apiPort);
      }
      all.add(one);
    }
    return all;
  }

  private static <T> T of(Map<String, T> byId, String id) {
    T found = byId.get(id);
    if (found == null) {
      throw new IllegalArgumentException(
          "There is no practice '"
              + id
              + "' in this sandbox; there is "
              + String.join(", ", byId.keySet()));
    }
    return found;
  }

  private static void closeAll(Deque<AutoCloseable> running, Exception cause) {
    while (!running.isEmpty()) {
      try {
        running.pop().close();
      } catch (Exception e) {
        cause.addSuppressed(e);
      }
    }
  }
}
