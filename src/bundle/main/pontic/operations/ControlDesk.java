package pontic.operations;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pontic.lane.ParkedMessages.Outcome;
import pontic.operator.Operator;
import pontic.operator.Role;
import pontic.practice.Practice;
import pontic.reconcile.Runs;
import pontic.store.StoreException;

/**
 * What operators ask and order, whichever door they come through: who may do it, what is done, and
 * what is answered (docs/operations.md).
 */
public final class ControlDesk {
  private static final Logger LOG = LoggerFactory.getLogger(ControlDesk.class);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int MOST_ROWS = 1000;
  private static final int USUAL_ROWS = 100;
  private static final int SHORTEST_CAUSE = 4;
  private static final int LONGEST_REASON = 200;
  private static final String PAT_NUM = "[1-9]\\d{0,17}";

  /** By path: whether it changes something, and who may. */
  private record Order(boolean changes, Role least) {}

  private static final Map<String, Order> ORDERS =
      Map.ofEntries(
          Map.entry("/status", new Order(false, Role.VIEWER)),
          Map.entry("/capabilities", new Order(false, Role.VIEWER)),
          Map.entry("/unmapped", new Order(false, Role.VIEWER)),
          Map.entry("/generation", new Order(false, Role.VIEWER)),
          Map.entry("/receipts", new Order(false, Role.VIEWER)),
          Map.entry("/receipt", new Order(false, Role.VIEWER)),
          Map.entry("/reconciles", new Order(false, Role.VIEWER)),
          Map.entry("/parked", new Order(false, Role.VIEWER)),
          Map.entry("/parked/show", new Order(false, Role.VIEWER)),
          Map.entry("/parked/resubmit", new Order(true, Role.OPERATOR)),
          Map.entry("/parked/drop", new Order(true, Role.OPERATOR)),
          Map.entry("/parked/edit", new Order(true, Role.ADMIN)),
          Map.entry("/chart", new Order(false, Role.ADMIN)),
          Map.entry("/release", new Order(true, Role.OPERATOR)),
          Map.entry("/match", new Order(true, Role.OPERATOR)),
          Map.entry("/answer", new Order(true, Role.OPERATOR)),
          Map.entry("/backup", new Order(true, Role.ADMIN)),
          Map.entry("/pause", new Order(true, Role.OPERATOR)),
          Map.entry("/resume", new Order(true, Role.OPERATOR)),
          Map.entry("/reload", new Order(true, Role.OPERATOR)),
          Map.entry("/reconcile", new Order(true, Role.OPERATOR)),
          Map.entry("/reconcile/stop", new Order(true, Role.OPERATOR)),
          Map.entry("/loads", new Order(false, Role.VIEWER)),
          Map.entry("/load", new Order(true, Role.OPERATOR)),
          Map.entry("/load/stop", new Order(true, Role.OPERATOR)),
          Map.entry("/stop", new Order(true, Role.ADMIN)));

  /**
   * @param status as of HTTP
   * @param after what is done once the answer is out
   */
  record Answer(int status, JsonNode body, Runnable after) {
    static Answer of(int status, JsonNode body) {
      return new Answer(status, body, () -> {});
    }

    static Answer refusal(int status, String why) {
      return of(status, JSON.createObjectNode().put("error", why));
    }
  }

  private final Control control;
  private final Supplier<ParkedDesk> parked;
  private final Supplier<ChartDesk> charts;
  private final Runnable reload;
  private final Runnable stop;

  ControlDesk(
      Control control,
      Supplier<ParkedDesk> parked,
      Supplier<ChartDesk> charts,
      Runnable reload,
      Runnable stop) {
    this.control = control;
    this.parked = parked;
    this.charts = charts;
    this.reload = reload;
    this.stop = stop;
  }

  /** True if it changes something; empty if there is nothing of this path. */
  static Optional<Boolean> changes(String path) {
    return Optional.ofNullable(ORDERS.get(path)).map(Order::changes);
  }

  /**
   * @param path behind {@code /control}
   * @param parameters by name, "" for what was not given
   * @param body of an edit
   */
  Answer answer(String path, UnaryOperator<String> parameters, String body, Operator who) {
    Order order = ORDERS.get(path);
    if (order == null) {
      return Answer.refusal(
          404,
          "there is /control/"
              + String.join(
                  ", ", ORDERS.keySet().stream().map(each -> each.substring(1)).sorted().toList()));
    }
    if (!who.may(order.least())) {
      return Answer.refusal(
          403,
          path.substring(1)
              + " needs the role "
              + order.least().text()
              + "; "
              + who.name()
              + " has "
              + who.role().text());
    }
    try {
      return done(path, parameters, body, who);
    } catch (ParkedDesk.NotTheSame e) {
      return Answer.refusal(400, e.getMessage());
    } catch (ChartDesk.NoChart e) {
      return Answer.refusal(404, e.getMessage());
    } catch (RuntimeException e) {
      LOG.warn("control: {} could not be answered ({})", path, e.getClass().getSimpleName());
      return Answer.refusal(503, "the store did not answer; see /health");
    }
  }

  private Answer done(String path, UnaryOperator<String> parameters, String body, Operator who) {
    int limit = limit(parameters.apply("limit"));
    if (limit < 1) {
      return Answer.refusal(400, "limit is a whole number from 1 to " + MOST_ROWS);
    }
    String practice = parameters.apply("practice");
    return switch (path) {
      case "/status" -> Answer.of(200, control.status());
      case "/capabilities" -> Answer.of(200, control.capabilities());
      case "/unmapped" -> Answer.of(200, control.unmapped(practice, limit));
      case "/generation" -> Answer.of(200, control.generation());
      case "/receipts" ->
          Answer.of(200, control.receipts(practice, parameters.apply("end"), limit));
      case "/receipt" ->
          control
              .receipt(parameters.apply("message"))
              .map(receipt -> Answer.of(200, receipt))
              .orElseGet(() -> Answer.refusal(404, "there is no message of this id"));
      case "/reconciles" ->
          Answer.of(
              200,
              control.reconciles(asked(parameters), parameters.apply("history").equals("true")));
      case "/parked" -> Answer.of(200, control.parked(practice, limit));
      case "/parked/show" -> show(parameters, who);
      case "/parked/resubmit" -> resubmit(parameters, who);
      case "/parked/drop" -> drop(parameters, who);
      case "/parked/edit" -> {
        String id = parameters.apply("id");
        yield told("edited", id, parked.get().edit(id, body, who.name()), who);
      }
      case "/chart" -> chart(practice, parameters, who);
      case "/release" -> {
        String id = parameters.apply("message");
        yield told("released", id, parked.get().release(id, who.name()), who);
      }
      case "/match" -> match(parameters, who);
      case "/answer" -> again(parameters, who);
      case "/backup" -> backup(parameters, who);
      case "/pause", "/resume" -> pause(path.equals("/pause"), parameters, who);
      case "/reload" -> {
        reload.run();
        yield Answer.of(202, JSON.createObjectNode().put("status", "looking"));
      }
      case "/reconcile", "/reconcile/stop" -> reconcile(path.endsWith("/stop"), parameters, who);
      case "/loads", "/load", "/load/stop" -> load(path, parameters, who);
      case "/stop" -> {
        LOG.info("control: {} asked to stop", who.name());
        yield new Answer(
            202,
            JSON.createObjectNode().put("status", "stopping"),
            () -> new Thread(stop, "stop").start());
      }
      default -> throw new IllegalStateException(path + " is not done by anybody");
    };
  }

  private static Answer told(String status, String id, Outcome outcome, Operator who) {
    return switch (outcome) {
      case DONE -> {
        LOG.info("control: {} {} {}", who.name(), status, id);
        yield Answer.of(202, JSON.createObjectNode().put("status", status).put("message", id));
      }
      case NOT_PARKED ->
          Answer.refusal(
              404,
              "nothing of this id is parked by itself; what waits behind something else goes on with that");
      case NO_PATIENT ->
          Answer.refusal(
              409,
              "it was not parked for its patient; look at its reason, then release, edit or drop it");
      case BEGUN ->
          Answer.refusal(
              409,
              "it has begun to take effect at Open Dental; look at its receipt there, then release it");
    };
  }

  private Answer show(UnaryOperator<String> parameters, Operator who) {
    boolean clear = parameters.apply("clear").equals("true");
    if (clear && !who.may(Role.ADMIN)) {
      return Answer.refusal(
          403, "to see a body needs the role admin; without clear it is shown masked");
    }
    String id = parameters.apply("id");
    String original = parameters.apply("original");
    if (!original.matches("\\d{0,4}")) {
      return Answer.refusal(400, "original is a number: 1 is what the sender sent");
    }
    int number = original.isEmpty() ? 0 : Integer.parseInt(original);
    return parked
        .get()
        .show(id, number, clear, who.name())
        .map(
            shown ->
                Answer.of(
                    200,
                    JSON.createObjectNode()
                        .put("id", id)
                        .put("practice", shown.practice())
                        .put("kind", shown.kind())
                        .put("masked", shown.masked())
                        .put("edits", shown.originals())
                        .put("body", shown.text())))
        .orElseGet(
            () ->
                Answer.refusal(404, "nothing of this id is parked, or it was not edited so often"));
  }

  private Answer resubmit(UnaryOperator<String> parameters, Operator who) {
    String cause = parameters.apply("cause");
    if (cause.length() < SHORTEST_CAUSE) {
      return Answer.refusal(
          400, "cause is part of the reason, at least " + SHORTEST_CAUSE + " characters of it");
    }
    List<String> ids = parked.get().resubmit(cause, parameters.apply("practice"), who.name());
    LOG.info("control: {} resubmitted {} of one cause", who.name(), ids.size());
    ObjectNode node = JSON.createObjectNode().put("status", "resubmitted");
    ArrayNode list = node.putArray("messages");
    ids.forEach(list::add);
    return Answer.of(202, node);
  }

  private Answer again(UnaryOperator<String> parameters, Operator who) {
    Control.Again again = control.answerAgain(parameters.apply("message"), who.name());
    if (again.messages().isEmpty() && again.unanswered().isEmpty() && !again.gone().isEmpty()) {
      return Answer.refusal(
          409,
          "what was given up under this id can no longer be sent again: its contents are gone"
              + " (pontic.retention.contents-days); the receipts say how the messages ended, and a"
              + " sender that repeats its message is told so");
    }
    if (again.messages().isEmpty()) {
      return again.unanswered().isEmpty()
          ? Answer.refusal(
              404, "no answer to a message, or to a destination, of this id was given up")
          : Answer.refusal(
              409,
              "nobody is answered any more at "
                  + String.join(", ", again.unanswered())
                  + "; see types and practices of the destination");
    }
    LOG.info("control: {} has {} given-up answers sent again", who.name(), again.messages().size());
    ObjectNode node = JSON.createObjectNode().put("status", "again");
    ArrayNode list = node.putArray("messages");
    again.messages().forEach(list::add);
    again.gone().forEach(node.putArray("gone")::add);
    return Answer.of(202, node);
  }

  private Answer drop(UnaryOperator<String> parameters, Operator who) {
    String id = parameters.apply("id");
    String reason = parameters.apply("reason").replaceAll("\\p{Cntrl}", " ");
    if (reason.isBlank() || reason.length() > LONGEST_REASON) {
      return Answer.refusal(
          400, "reason says why in 1 to " + LONGEST_REASON + " characters, without patient data");
    }
    return told("dropped", id, parked.get().drop(id, reason, who.name()), who);
  }

  private Answer backup(UnaryOperator<String> parameters, Operator who) {
    Path file = Path.of(parameters.apply("file"));
    if (!file.isAbsolute() || Files.exists(file)) {
      return Answer.refusal(
          400, "file is the whole path of a file that does not exist yet, on Pontic's machine");
    }
    try {
      control.backup(file, who.name());
    } catch (StoreException e) {
      return Answer.refusal(409, e.getMessage());
    }
    LOG.info("control: {} had the store copied", who.name());
    return Answer.of(
        201, JSON.createObjectNode().put("status", "copied").put("file", file.toString()));
  }

  private Answer chart(String practice, UnaryOperator<String> parameters, Operator who) {
    String patient = parameters.apply("patient");
    if (!patient.matches(PAT_NUM)) {
      return Answer.refusal(400, "patient is a PatNum");
    }
    ObjectNode chart =
        charts
            .get()
            .chart(practice, Long.parseLong(patient), parameters.apply("destination"), who.name());
    LOG.info("control: {} looked at a chart of {}", who.name(), practice);
    return Answer.of(200, chart);
  }

  private Answer match(UnaryOperator<String> parameters, Operator who) {
    String id = parameters.apply("message");
    String patient = parameters.apply("patient");
    if (!patient.equals("new") && !patient.matches(PAT_NUM)) {
      return Answer.refusal(400, "patient is a PatNum, or new");
    }
    OptionalLong patNum =
        patient.equals("new") ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(patient));
    return told("matched", id, parked.get().match(id, patNum, who.name()), who);
  }

  private Answer pause(boolean begins, UnaryOperator<String> parameters, Operator who) {
    String id = parameters.apply("id");
    List<String> what =
        Stream.of(parameters.apply("what").split(",")).filter(one -> !one.isEmpty()).toList();
    Optional<ObjectNode> paused = control.pause(id, what, begins, who.name());
    if (paused.isEmpty()) {
      return Answer.refusal(
          404,
          "there is no practice (reads, writes) or destination (sends) of this id that has these");
    }
    LOG.info("control: {} {} {}", who.name(), begins ? "paused" : "resumed", id);
    return Answer.of(202, paused.get());
  }

  private Answer reconcile(boolean stops, UnaryOperator<String> parameters, Operator who) {
    ArrayNode stand =
        stops ? control.reconcileStop(asked(parameters)) : control.reconcile(asked(parameters));
    if (stand.isEmpty()) {
      return Answer.refusal(
          404, "there is no such practice, table that can be compared, or destination of it");
    }
    LOG.info("control: {} asked to reconcile {}", who.name(), stops ? "no more" : "");
    return Answer.of(202, stand);
  }

  private Answer load(String path, UnaryOperator<String> parameters, Operator who) {
    Optional<Practice> practice = control.practice(parameters.apply("practice"));
    if (practice.isEmpty()) {
      return Answer.refusal(404, "there is no practice of this id");
    }
    Set<String> tables =
        Stream.of(parameters.apply("tables").split(","))
            .map(String::trim)
            .filter(table -> !table.isEmpty())
            .collect(Collectors.toCollection(TreeSet::new));
    if (!control.tables().containsAll(tables)) {
      return Answer.refusal(
          404, "tables that can be loaded are " + String.join(", ", control.tables()));
    }
    if (path.equals("/loads")) {
      return Answer.of(200, control.loads(practice.get(), tables));
    }
    LOG.info("control: {} asked to {} {}", who.name(), path.substring(1), practice.get().id());
    if (path.equals("/load/stop")) {
      return Answer.of(202, control.loadStop(practice.get(), tables, who.name()));
    }
    try {
      Optional<LocalDate> since =
          Optional.of(parameters.apply("since"))
              .filter(text -> !text.isEmpty())
              .map(LocalDate::parse);
      return Answer.of(202, control.load(practice.get(), tables, since, who.name()));
    } catch (DateTimeParseException e) {
      return Answer.refusal(400, "since is a day such as 2026-01-31");
    }
  }

  private static Runs.Asked asked(UnaryOperator<String> parameters) {
    return Runs.Asked.compare(
        parameters.apply("practice"),
        parameters.apply("table"),
        parameters.apply("destination"),
        parameters.apply("dryRun").equals("true"),
        parameters.apply("manyDeletes").equals("true"),
        "person");
  }

  private static int limit(String text) {
    if (text.isEmpty()) {
      return USUAL_ROWS;
    }
    int limit = text.matches("\\d{1,4}") ? Integer.parseInt(text) : 0;
    return limit <= MOST_ROWS ? limit : 0;
  }
}
