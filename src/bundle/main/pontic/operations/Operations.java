package pontic.operations;

import java.lang.management.ManagementFactory;
import java.util.Map;
import javax.management.InstanceAlreadyExistsException;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pontic.operator.Asking;
import pontic.operator.Operator;
import pontic.operator.Role;

/**
 * The desk as an MBean. Who comes through Hawtio is who logged in there; who comes otherwise is on
 * this machine under the process's own user, and so could read management.token as well.
 */
public final class Operations implements OperationsMBean {
  private static final Logger LOG = LoggerFactory.getLogger(Operations.class);

  private final ControlDesk desk;
  private final Asking asking;

  private Operations(ControlDesk desk, Asking asking) {
    this.desk = desk;
    this.asking = asking;
  }

  /**
   * Shows it to JMX.
   *
   * @return takes it away again
   */
  public static AutoCloseable show(ControlDesk desk, Asking asking) throws JMException {
    MBeanServer server = ManagementFactory.getPlatformMBeanServer();
    ObjectName name = new ObjectName("pontic:type=Operations");
    try {
      server.registerMBean(new Operations(desk, asking), name);
      return () -> server.unregisterMBean(name);
    } catch (InstanceAlreadyExistsException e) {
      LOG.warn("JMX: {} is another's of the same Java process", name);
      return () -> {};
    }
  }

  private String ask(String path, Map<String, String> parameters) {
    return ask(path, parameters, "");
  }

  private String ask(String path, Map<String, String> parameters, String body) {
    Operator who = asking.now().orElse(new Operator("jmx", Role.ADMIN));
    ControlDesk.Answer answer =
        desk.answer(path, name -> parameters.getOrDefault(name, "").trim(), body, who);
    answer.after().run();
    return answer.body().toString();
  }

  @Override
  public String status() {
    return ask("/status", Map.of());
  }

  @Override
  public String capabilities() {
    return ask("/capabilities", Map.of());
  }

  @Override
  public String unmapped(String practice, int limit) {
    return ask("/unmapped", Map.of("practice", practice, "limit", "" + limit));
  }

  @Override
  public String generation() {
    return ask("/generation", Map.of());
  }

  @Override
  public String receipts(String practice, String end, int limit) {
    return ask("/receipts", Map.of("practice", practice, "end", end, "limit", "" + limit));
  }

  @Override
  public String receipt(String message) {
    return ask("/receipt", Map.of("message", message));
  }

  @Override
  public String parked(String practice, int limit) {
    return ask("/parked", Map.of("practice", practice, "limit", "" + limit));
  }

  @Override
  public String showMasked(String id, int original) {
    return ask("/parked/show", Map.of("id", id, "original", original == 0 ? "" : "" + original));
  }

  @Override
  public String edit(String id, String text) {
    return ask("/parked/edit", Map.of("id", id), text);
  }

  @Override
  public String release(String id) {
    return ask("/release", Map.of("message", id));
  }

  @Override
  public String backup(String file) {
    return ask("/backup", Map.of("file", file));
  }

  @Override
  public String match(String id, String patient) {
    return ask("/match", Map.of("message", id, "patient", patient));
  }

  @Override
  public String answer(String id) {
    return ask("/answer", Map.of("message", id));
  }

  @Override
  public String resubmit(String cause, String practice) {
    return ask("/parked/resubmit", Map.of("cause", cause, "practice", practice));
  }

  @Override
  public String drop(String id, String reason) {
    return ask("/parked/drop", Map.of("id", id, "reason", reason));
  }

  @Override
  public String pause(String id, String what) {
    return ask("/pause", Map.of("id", id, "what", what));
  }

  @Override
  public String resume(String id, String what) {
    return ask("/resume", Map.of("id", id, "what", what));
  }

  @Override
  public String load(String practice, String since, String tables) {
    return ask("/load", Map.of("practice", practice, "since", since, "tables", tables));
  }

  @Override
  public String loadStop(String practice, String tables) {
    return ask("/load/stop", Map.of("practice", practice, "tables", tables));
  }

  @Override
  public String loads(String practice) {
    return ask("/loads", Map.of("practice", practice));
  }

  @Override
  public String reconcile(
      String practice, String table, String destination, boolean dryRun, boolean manyDeletes) {
    return ask(
        "/reconcile",
        Map.of(
            "practice", practice,
            "table", table,
            "destination", destination,
            "dryRun", "" + dryRun,
            "manyDeletes", "" + manyDeletes));
  }

  @Override
  public String reconcileStop(String practice, String table, String destination) {
    return ask(
        "/reconcile/stop",
        Map.of("practice", practice, "table", table, "destination", destination));
  }

  @Override
  public String reconciles(String practice, String table, String destination, boolean history) {
    return ask(
        "/reconciles",
        Map.of(
            "practice", practice,
            "table", table,
            "destination", destination,
            "history", "" + history));
  }

  @Override
  public String reload() {
    return ask("/reload", Map.of());
  }

  @Override
  public String stop() {
    return ask("/stop", Map.of());
  }
}
