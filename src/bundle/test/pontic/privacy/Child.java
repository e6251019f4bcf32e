package pontic.privacy;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import javax.management.JMException;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanServerConnection;
import javax.management.ObjectName;
import javax.management.RuntimeMBeanException;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;
import pontic.Pontic;
import pontic.house.ChildJvm;
import pontic.house.House;
import pontic.operations.Fixture;

/** {@code ./pontic run} as a process of its own, with its console in a file and JMX on loopback. */
final class Child implements AutoCloseable {
  private final Process process;
  private final Map<String, String> flags;
  private final int jmx;

  private Child(Process process, Map<String, String> flags, int jmx) {
    this.process = process;
    this.flags = flags;
    this.jmx = jmx;
  }

  /**
   * @param home routes, mappings, SQL and config that it runs with
   */
  static Child start(Map<String, String> flags, Path home, Path logback, Path console)
      throws Exception {
    int jmx = House.freePort();
    List<String> command =
        ChildJvm.command(
            "-Xmx512m",
            "-Dlogback.configurationFile=" + logback,
            "-Dpontic.home=" + home,
            "-Dcom.sun.management.jmxremote.host=127.0.0.1",
            "-Djava.rmi.server.hostname=127.0.0.1",
            "-Dcom.sun.management.jmxremote.port=" + jmx,
            "-Dcom.sun.management.jmxremote.rmi.port=" + jmx,
            "-Dcom.sun.management.jmxremote.authenticate=false",
            "-Dcom.sun.management.jmxremote.ssl=false");
    command.addAll(List.of(Pontic.class.getName(), "run"));
    flags.forEach((key, value) -> command.addAll(List.of("--set", key + "=" + value)));
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(console.toFile())
            .start();
    return new Child(process, flags, jmx);
  }

  void untilReady() throws Exception {
    House.until(
        "the bundle is ready, or has ended with " + process,
        () ->
            !process.isAlive()
                || Files.exists(Path.of(flags.get("pontic.data"), "management.token"))
                    && get("/health").startsWith("{\"status\":\"UP\"")
                    && get("/control/status").contains("\"elm\"")
                    && get("/control/status").contains("\"state\":\"ready\""));
    if (!process.isAlive()) {
      throw new AssertionError("the bundle ended with " + process.exitValue());
    }
  }

  void untilAllEnded(String practice) {
    House.until(
        "every message of " + practice + " has its end",
        () -> get("/control/receipts?end=open&practice=" + practice).trim().equals("[]"));
  }

  void assertEnd(String end, String controlId) throws Exception {
    for (JsonNode receipt : new ObjectMapper().readTree(get("/control/receipts?limit=1000"))) {
      if (receipt.path("controlId").asText().equals(controlId)) {
        assertEquals(end, receipt.path("end").asText(), receipt::toString);
        return;
      }
    }
    throw new AssertionError("no receipt of " + controlId);
  }

  /** Looks through HTTP, JMX and threads. */
  void lookAround(Search search, Map<String, Set<String>> found, String when) throws Exception {
    for (String path :
        List.of(
            "/metrics",
            "/health",
            "/control/status",
            "/control/receipts?limit=1000",
            "/control/parked?limit=1000")) {
      look(search, found, when + " " + path, get(path));
    }
    try (JMXConnector connector =
        JMXConnectorFactory.connect(
            new JMXServiceURL("service:jmx:rmi:///jndi/rmi://127.0.0.1:" + jmx + "/jmxrmi"))) {
      MBeanServerConnection beans = connector.getMBeanServerConnection();
      int attributes = 0;
      for (ObjectName name : beans.queryNames(null, null)) {
        look(search, found, when + " JMX names", name.toString());
        for (MBeanAttributeInfo attribute : beans.getMBeanInfo(name).getAttributes()) {
          // The child's own command line and class path are ours, not the bundle's.
          if (attribute.isReadable()) {
            attributes++;
            look(
                search,
                found,
                when + " JMX " + name + " " + attribute.getName(),
                value(beans, name, attribute.getName()));
          }
        }
      }
      if (attributes < 500) {
        throw new AssertionError("only " + attributes + " attributes were seen");
      }
      ThreadMXBean threads =
          ManagementFactory.newPlatformMXBeanProxy(
              beans, ManagementFactory.THREAD_MXBEAN_NAME, ThreadMXBean.class);
      for (ThreadInfo thread : threads.dumpAllThreads(false, false)) {
        look(search, found, when + " thread", thread.getThreadName());
      }
    }
  }

  private static String value(MBeanServerConnection beans, ObjectName name, String attribute)
      throws Exception {
    try {
      Object value = beans.getAttribute(name, attribute);
      return value instanceof Object[] many ? java.util.Arrays.deepToString(many) : "" + value;
    } catch (JMException | RuntimeMBeanException | java.io.IOException e) {
      // An attribute that cannot be read shows its exception instead.
      return String.valueOf(e);
    }
  }

  private static void look(
      Search search, Map<String, Set<String>> found, String where, String text) {
    Set<String> here = search.in(text.getBytes(StandardCharsets.UTF_8));
    if (!here.isEmpty()) {
      found.computeIfAbsent(where, any -> new TreeSet<>()).addAll(here);
    }
  }

  String get(String path) {
    try {
      String token =
          Files.readString(Path.of(flags.get("pontic.data"), "management.token")).strip();
      HttpResponse<String> answer =
          Fixture.request(
              "GET",
              "http://127.0.0.1:" + flags.get("pontic.management.port") + path,
              "",
              "Authorization",
              "Bearer " + token);
      return answer.body();
    } catch (java.net.ConnectException e) {
      return "";
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() throws Exception {
    process.destroy();
    if (!process.waitFor(Duration.ofSeconds(600).toMillis(), TimeUnit.MILLISECONDS)) {
      process.destroyForcibly().waitFor();
      throw new AssertionError("the bundle did not end within 600 s of SIGTERM");
    }
  }
}
