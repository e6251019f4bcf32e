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
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pontic.generation.Report;
import pontic.http.Body;
import pontic.http.Listener;
import pontic.operator.Operator;
import pontic.operator.Role;
import pontic.operator.Users;
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
  private static final String BASIC = "Basic ";

  private static final String NOTE = "management.url";

  private final Listener listener;
  private final Health health;
  private final ControlDesk desk;
  private final Path note;

  private ManagementServer(Listener listener, Health health, ControlDesk desk, Path note) {
    this.listener = listener;
    this.health = health;
    this.desk = desk;
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
   * @param users of Hawtio, who may come with their passwords
   * @param parked of the generation that runs
   * @param charts of the generation that runs
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
      Users users,
      Supplier<ParkedDesk> parked,
      Supplier<ChartDesk> charts,
      Runnable reload,
      Runnable stop) {
    Health health = new Health(checks, HEALTH_LIMIT);
    Control control = new Control(live, store, routes, generation, runs, Instant.now());
    ControlDesk desk = new ControlDesk(control, parked, charts, reload, stop);
    ServletContextHandler context = new ServletContextHandler();
    context.addServlet(new ServletHolder(new HealthServlet(health)), "/health/*");
    context.addServlet(new ServletHolder(new MetricsServlet(metrics, health)), "/metrics");
    context.addServlet(new ServletHolder(new ControlServlet(desk, token, users)), "/control/*");
    try {
      Listener listener =
          Listener.open(
              "the management endpoint",
              "pontic.management.port",
              settings.bind(),
              settings.ports().management(),
              context);
      return new ManagementServer(listener, health, desk, note(settings.data(), listener));
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

  /** What is done at {@code /control}, for other doors to it. */
  public ControlDesk desk() {
    return desk;
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
    private static final int MOST_BYTES = 16 * 1024 * 1024;

    private final transient ControlDesk desk;
    private final transient Secret token;
    private final transient Users users;

    ControlServlet(ControlDesk desk, Secret token, Users users) {
      this.desk = desk;
      this.token = token;
      this.users = users;
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response)
        throws IOException {
      Optional<Operator> who = who(request);
      if (who.isEmpty()) {
        response.setHeader("WWW-Authenticate", "Bearer");
        Body.discard(request);
        refuse(
            response,
            401,
            "send Authorization: Bearer with the text of management.token in the data folder, or Basic with a user of Hawtio");
        return;
      }
      String path = Optional.ofNullable(request.getPathInfo()).orElse("");
      String method = ControlDesk.changes(path).orElse(false) ? "POST" : "GET";
      if (!request.getMethod().equals(method)) {
        response.setHeader("Allow", method);
        Body.discard(request);
        refuse(response, 405, "use " + method);
        return;
      }
      // Before the parameters, which would read it for their own.
      byte[] body = path.equals("/parked/edit") ? Body.read(request, MOST_BYTES) : new byte[0];
      if (body.length > MOST_BYTES) {
        Body.discard(request);
        refuse(response, 413, "the body is larger than " + MOST_BYTES + " bytes");
        return;
      }
      ControlDesk.Answer answer =
          desk.answer(
              path,
              name -> parameter(request, name),
              new String(body, StandardCharsets.UTF_8),
              who.get());
      answer(response, answer.status(), answer.body());
      answer.after().run();
    }

    /**
     * Whoever has the token is who he says he is: it lies open to him who may do all. A password is
     * a person's own.
     */
    private Optional<Operator> who(HttpServletRequest request) {
      String authorization =
          Optional.ofNullable(request.getHeader("Authorization")).orElse("").strip();
      if (token.matches(Listener.bearer(authorization))) {
        String said = Optional.ofNullable(request.getHeader("X-Pontic-User")).orElse("");
        Operator operator = Operator.said(said, Role.ADMIN);
        return Optional.of(
            operator.name().isEmpty() ? new Operator("token", Role.ADMIN) : operator);
      }
      if (!authorization.regionMatches(true, 0, BASIC, 0, BASIC.length())) {
        return Optional.empty();
      }
      try {
        String both =
            new String(
                Base64.getDecoder().decode(authorization.substring(BASIC.length()).strip()),
                StandardCharsets.UTF_8);
        int colon = both.indexOf(':');
        return colon < 0
            ? Optional.empty()
            : users
                .login(both.substring(0, colon), both.substring(colon + 1).toCharArray())
                .map(role -> new Operator(both.substring(0, colon), role));
      } catch (IllegalArgumentException e) {
        return Optional.empty();
      }
    }

    private static String parameter(HttpServletRequest request, String name) {
      return Optional.ofNullable(request.getParameter(name)).orElse("").trim();
    }
  }
}
