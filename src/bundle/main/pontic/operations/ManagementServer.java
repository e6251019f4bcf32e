package pontic.operations;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pontic.generation.Report;
import pontic.http.Listener;
import pontic.practice.Secret;
import pontic.practice.Settings;
import pontic.reconcile.Runs;
import pontic.secretfile.OwnerFile;
import pontic.store.Store;

/** Health, metrics and control of one process over HTTP; shapes in docs/operations.md. */
public final class ManagementServer implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(ManagementServer.class);

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration HEALTH_LIMIT = Duration.ofSeconds(3);
  private static final int MOST_ROWS = 1000;
  private static final int USUAL_ROWS = 100;

  private static final String NOTE = "management.url";

  private final Listener listener;
  private final Health health;
  private final Path note;

  private ManagementServer(Listener listener, Health health, Path note) {
    this.listener = listener;
    this.health = health;
    this.note = note;
  }

  /** Where the process on this data folder answers, as it noted there; empty if none runs. */
  public static Optional<String> noted(Path data) throws IOException {
    Path note = data.resolve(NOTE);
    return Files.isRegularFile(note)
        ? Optional.of(Files.readString(note).strip())
        : Optional.empty();
  }

  /**
   * Opens the port of {@code settings}.
   *
   * @param live settings of the generation that runs, asked each time
   * @param generation which one that is, asked each time
   * @param runs comparisons of the generation that runs
   * @param reload looks at the files on disk, changed or not
   * @param token of {@link ManagementToken}
   * @param release lets a parked message go on
   * @param stop ends the process; called once for each {@code POST /control/stop}, on a thread of
   *     its own
   */
  public static ManagementServer open(
      Settings settings,
      Store store,
      Routes routes,
      List<HealthCheck> checks,
      Metrics metrics,
      Supplier<Settings> live,
      Supplier<Report> generation,
      Supplier<Runs> runs,
      Secret token,
      Release release,
      Runnable reload,
      Runnable stop) {
    Health health = new Health(checks, HEALTH_LIMIT);
    Control control = new Control(live, store, routes, generation, runs, Instant.now());
    ServletContextHandler context = new ServletContextHandler();
    context.addServlet(new ServletHolder(new HealthServlet(health)), "/health/*");
    context.addServlet(new ServletHolder(new MetricsServlet(metrics, health)), "/metrics");
    context.addServlet(
        new ServletHolder(new ControlServlet(control, token, release, reload, stop)), "/control/*");
    try {
      Listener listener =
          Listener.open(
              "the management endpoint",
              "pontic.management.port",
              settings.bind(),
              settings.ports().management(),
              context);
      return new ManagementServer(listener, health, note(settings.data(), listener));
    } catch (RuntimeException e) {
      health.close();
      throw e;
    }
  }

  private static Path note(Path data, Listener listener) {
    Path note = data.resolve(NOTE);
    try {
      OwnerFile.folder(data);
      Files.writeString(note, listener.url() + "\n");
      return note;
    } catch (IOException e) {
      listener.close();
      throw new UncheckedIOException("the data folder " + data + " cannot be written", e);
    }
  }

  public int port() {
    return listener.port();
  }

  public String url() {
    return listener.url();
  }

  @Override
  public void close() {
    listener.close();
    health.close();
    try {
      Files.deleteIfExists(note);
    } catch (IOException e) {
      LOG.warn(
          "management: {} could not be deleted; it names a port that is closed now",
          note.getFileName());
    }
  }

  private static void answer(HttpServletResponse response, int status, JsonNode body)
      throws IOException {
    byte[] bytes = JSON.writeValueAsBytes(body);
    response.setStatus(status);
    response.setContentType("application/json");
    response.setHeader("Cache-Control", "no-store");
    // With its length known, a flush sends all of it, even if the process ends right afterwards.
    response.setContentLength(bytes.length + 1);
    response.getOutputStream().write(bytes);
    response.getOutputStream().write('\n');
    response.flushBuffer();
  }

  private static void refuse(HttpServletResponse response, int status, String why)
      throws IOException {
    answer(response, status, JSON.createObjectNode().put("error", why));
  }

  private static final class HealthServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;
    private final transient Health health;

    HealthServlet(Health health) {
      this.health = health;
    }

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response)
        throws IOException {
      String path = Optional.ofNullable(request.getPathInfo()).orElse("");
      switch (path) {
        case "/live" -> answer(response, 200, JSON.createObjectNode().put("status", "UP"));
        case "", "/", "/ready" -> report(response);
        default -> refuse(response, 404, "there is /health, /health/live and /health/ready");
      }
    }

    private void report(HttpServletResponse response) throws IOException {
      List<HealthCheck.Part> parts = health.look();
      boolean up = parts.stream().allMatch(HealthCheck.Part::up);
      ObjectNode body = JSON.createObjectNode().put("status", up ? "UP" : "DOWN");
      ArrayNode checks = body.putArray("checks");
      for (HealthCheck.Part part : parts) {
        checks
            .addObject()
            .put("name", part.name())
            .put("status", part.up() ? "UP" : "DOWN")
            .put("detail", part.detail());
      }
      answer(response, up ? 200 : 503, body);
    }
  }

  private static final class MetricsServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;
    private final transient Metrics metrics;
    private final transient Health health;

    MetricsServlet(Metrics metrics, Health health) {
      this.metrics = metrics;
      this.health = health;
    }

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response)
        throws IOException {
      metrics.health(health.look());
      response.setContentType("text/plain; version=0.0.4; charset=utf-8");
      response.getOutputStream().write(metrics.scrape().getBytes(StandardCharsets.UTF_8));
    }
  }

  private static final class ControlServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;
    private final transient Control control;
    private final transient Secret token;
    private final transient Release release;
    private final transient Runnable reload;
    private final transient Runnable stop;

    ControlServlet(Control control, Secret token, Release release, Runnable reload, Runnable stop) {
      this.control = control;
      this.token = token;
      this.release = release;
      this.reload = reload;
      this.stop = stop;
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response)
        throws IOException {
      if (!token.matches(Listener.bearer(request.getHeader("Authorization")))) {
        response.setHeader("WWW-Authenticate", "Bearer");
        refuse(
            response,
            401,
            "send Authorization: Bearer with the text of management.token in the data folder");
        return;
      }
      String path = Optional.ofNullable(request.getPathInfo()).orElse("");
      boolean post =
          Set.of(
                  "/stop",
                  "/release",
                  "/pause",
                  "/resume",
                  "/reload",
                  "/reconcile",
                  "/reconcile/stop")
              .contains(path);
      if (!request.getMethod().equals(post ? "POST" : "GET")) {
        response.setHeader("Allow", post ? "POST" : "GET");
        refuse(response, 405, "use " + (post ? "POST" : "GET"));
        return;
      }
      try {
        route(path, request, response);
      } catch (RuntimeException e) {
        LOG.warn("control: {} could not be answered ({})", path, e.getClass().getSimpleName());
        refuse(response, 503, "the store did not answer; see /health");
      }
    }

    private void route(String path, HttpServletRequest request, HttpServletResponse response)
        throws IOException {
      int limit = limit(request);
      if (limit < 1) {
        refuse(response, 400, "limit is a whole number from 1 to " + MOST_ROWS);
        return;
      }
      String practice = parameter(request, "practice");
      switch (path) {
        case "/status" -> answer(response, 200, control.status());
        case "/generation" -> answer(response, 200, control.generation());
        case "/reload" -> {
          reload.run();
          answer(response, 202, JSON.createObjectNode().put("status", "looking"));
        }
        case "/receipts" ->
            answer(response, 200, control.receipts(practice, parameter(request, "end"), limit));
        case "/parked" -> answer(response, 200, control.parked(practice, limit));
        case "/receipt" -> {
          Optional<ObjectNode> receipt = control.receipt(parameter(request, "message"));
          if (receipt.isPresent()) {
            answer(response, 200, receipt.get());
          } else {
            refuse(response, 404, "there is no message of this id");
          }
        }
        case "/release" -> {
          String message = parameter(request, "message");
          if (release.release(message)) {
            LOG.info("control: {} was released", message);
            answer(
                response,
                202,
                JSON.createObjectNode().put("status", "released").put("message", message));
          } else {
            refuse(
                response,
                404,
                "nothing of this id is parked by itself; what waits behind something else goes on with that");
          }
        }
        case "/pause", "/resume" -> {
          String id = parameter(request, "id");
          List<String> what =
              Stream.of(parameter(request, "what").split(","))
                  .filter(one -> !one.isEmpty())
                  .toList();
          Optional<ObjectNode> paused = control.pause(id, what, path.equals("/pause"));
          if (paused.isPresent()) {
            LOG.info("control: {} {} {}", path.substring(1), id, String.join(" and ", what));
            answer(response, 202, paused.get());
          } else {
            refuse(
                response,
                404,
                "there is no practice (reads, writes) or destination (sends) of this id that has these");
          }
        }
        case "/capabilities" -> answer(response, 200, control.capabilities());
        case "/reconciles" ->
            answer(
                response,
                200,
                control.reconciles(asked(request), parameter(request, "history").equals("true")));
        case "/reconcile", "/reconcile/stop" -> {
          boolean stops = path.endsWith("/stop");
          ArrayNode stand =
              stops ? control.reconcileStop(asked(request)) : control.reconcile(asked(request));
          if (stand.isEmpty()) {
            refuse(
                response,
                404,
                "there is no such practice, table that can be compared, or destination of it");
          } else {
            LOG.info("control: reconcile {}", stops ? "stop" : "start");
            answer(response, 202, stand);
          }
        }
        case "/stop" -> {
          answer(response, 202, JSON.createObjectNode().put("status", "stopping"));
          LOG.info("control: stop was asked for");
          new Thread(stop, "stop").start();
        }
        default ->
            refuse(
                response,
                404,
                "there is /control/status, capabilities, reconciles, reconcile, reconcile/stop, generation, receipts, receipt, parked, release, pause, resume, reload and stop");
      }
    }

    private static Runs.Asked asked(HttpServletRequest request) {
      return new Runs.Asked(
          parameter(request, "practice"),
          parameter(request, "table"),
          parameter(request, "destination"),
          parameter(request, "dryRun").equals("true"),
          parameter(request, "manyDeletes").equals("true"),
          "person");
    }

    private static int limit(HttpServletRequest request) {
      String text = parameter(request, "limit");
      if (text.isEmpty()) {
        return USUAL_ROWS;
      }
      int limit = text.matches("\\d{1,4}") ? Integer.parseInt(text) : 0;
      return limit <= MOST_ROWS ? limit : 0;
    }

    private static String parameter(HttpServletRequest request, String name) {
      return Optional.ofNullable(request.getParameter(name)).orElse("").trim();
    }
  }
}
