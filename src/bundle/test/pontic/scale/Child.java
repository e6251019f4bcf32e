package pontic.scale;

import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import pontic.house.ChildJvm;
import pontic.house.House;

/** A bundle in a process of its own, which can be stopped and continued as the system does it. */
final class Child implements AutoCloseable {
  private final String instance;
  private final Map<String, String> flags;
  private final Path log;
  private final Process process;

  private Child(String instance, Map<String, String> flags, Path log, Process process) {
    this.instance = instance;
    this.flags = flags;
    this.log = log;
    this.process = process;
  }

  /**
   * @param shared what all processes of the house have in common; ports, data and name are set here
   * @param control where the tests' files {@code hold}, {@code held} and {@code go} are
   */
  static Child start(
      String instance, Map<String, String> shared, Path folder, Path control, String keys)
      throws Exception {
    Map<String, String> flags = new HashMap<>(shared);
    flags.put("pontic.instance", instance);
    flags.put("pontic.data", Files.createDirectories(folder.resolve(instance)).toString());
    for (String port :
        List.of(
            "pontic.facade.port",
            "pontic.management.port",
            "pontic.hawtio.port",
            "practices.elm.hl7.port",
            "practices.oak.hl7.port")) {
      flags.put(port, Integer.toString(House.freePort()));
    }
    Properties file = new Properties();
    file.putAll(flags);
    Path written = folder.resolve(instance + ".properties");
    try (Writer writer = Files.newBufferedWriter(written)) {
      file.store(writer, "flags");
    }
    List<String> command = ChildJvm.command("-Xmx256m");
    command.add(StoppableBundle.class.getName());
    command.add(control.toString());
    command.add(written.toString());
    command.add(House.home().toString());
    Path log = folder.resolve(instance + ".log");
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("PONTIC_KEYS", keys);
    builder.redirectErrorStream(true).redirectOutput(log.toFile());
    return new Child(instance, flags, log, builder.start());
  }

  String instance() {
    return instance;
  }

  int mllpPort(String practice) {
    return Integer.parseInt(flags.get("practices." + practice + ".hl7.port"));
  }

  void untilRuns() {
    House.until(
        instance + " runs",
        () -> {
          if (!process.isAlive()) {
            throw new AssertionError(instance + " ended: " + log());
          }
          return log().contains("\nruns") || log().startsWith("runs");
        });
  }

  void stop() throws Exception {
    signal("STOP");
    House.until(instance + " is stopped", this::stopped);
  }

  void go() throws Exception {
    signal("CONT");
  }

  private boolean stopped() {
    try {
      String stat = Files.readString(Path.of("/proc", Long.toString(process.pid()), "stat"));
      return stat.substring(stat.lastIndexOf(')') + 2).startsWith("T");
    } catch (IOException e) {
      throw new AssertionError(instance + " is gone", e);
    }
  }

  private void signal(String name) throws Exception {
    int ended =
        new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
    if (ended != 0) {
      throw new AssertionError("kill -" + name + " ended with " + ended);
    }
  }

  String log() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      throw new AssertionError("no log of " + instance, e);
    }
  }

  @Override
  public void close() throws Exception {
    // Also ends a stopped one.
    process.destroyForcibly();
    process.waitFor(10, TimeUnit.SECONDS);
  }
}
