package pontic.sandbox.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.EofException;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One accepted request from its turn in the lane to its answer, through the fault that it ran into.
 */
final class Visit {
  /** Ours: nobody has published the text of an unreachable office (open-dental-api.md 1.7). */
  static final String UNREACHABLE =
      "Unable to reach the office. Check that the eConnector is running.";

  /** Ours, for unknown-400. */
  static final String UNDOCUMENTED = "Object reference not set to an instance of an object.";

  /** Of the texts that a client is told to take for an unreachable office; for away-400. */
  static final String AWAY = "The eConnector is not running.";

  private static final Logger LOG = LoggerFactory.getLogger(Visit.class);
  private static final int LONGEST_BODY = 16_800_000;

  /**
   * What all visits share.
   *
   * @param json reads bodies and writes answers
   * @param clock wakes delayed steps
   * @param workers run methods
   * @param requests where each request is written down
   * @param meanwhile what happens at offices before a request acts
   * @param limit after how long the API answers 504, scaled
   * @param timeScale factor on the API's own times
   */
  record House(
      ObjectMapper json,
      ScheduledExecutorService clock,
      Executor workers,
      Requests requests,
      Meanwhile meanwhile,
      Duration limit,
      double timeScale) {}

  private final House house;
  private final Office office;
  private final Method.Match match;
  private final Map<String, String> query;
  private final String body;
  private final Requests.Ticket ticket;
  private final Request request;
  private final Response response;
  private final Callback callback;
  private final Optional<Fault> fault;
  private final AtomicBoolean answered = new AtomicBoolean();
  private final AtomicBoolean inLane = new AtomicBoolean();

  Visit(
      House house,
      Office office,
      Method.Match match,
      Map<String, String> query,
      String body,
      Requests.Ticket ticket,
      Request request,
      Response response,
      Callback callback,
      Optional<Fault> fault) {
    this.house = house;
    this.office = office;
    this.match = match;
    this.query = query;
    this.body = body;
    this.ticket = ticket;
    this.request = request;
    this.response = response;
    this.callback = callback;
    this.fault = fault;
  }

  /** Takes the request in: some faults act at the door, the rest waits for its turn. */
  void arrive() {
    fault.ifPresent(armed -> house.requests().fault(ticket, armed.kind()));
    OfficeSettings settings = office.settings().get();
    if (fault.isPresent()) {
      switch (fault.get().kind()) {
        case BUSY -> {
          answer(Answer.busy(Math.max(1, fault.get().duration().toSeconds())));
          return;
        }
        case HANG -> {
          house.requests().hung(ticket);
          return;
        }
        case DROP_BEFORE -> {
          drop();
          return;
        }
        case OFFLINE -> {
          if (settings.mode() != Mode.REMOTE) {
            drop();
            return;
          }
        }
        default -> {}
      }
    }
    if (settings.mode() == Mode.SERVICE) {
      house.workers().execute(this::run);
      return;
    }
    boolean remote = settings.mode() == Mode.REMOTE;
    if (remote && !settings.queue().waitUncounted()) {
      later(house.limit(), this::limit);
    }
    int places = remote && !settings.queueingOnly() ? settings.queueLength() : Integer.MAX_VALUE;
    if (!office.lane().enter(this::turn, places)) {
      long millis = period().toMillis() * (places + 1L);
      answer(Answer.busy(Math.max(1, (millis + 999) / 1000)));
    }
  }

  /** Closes the socket; whatever the request would have done is left undone. */
  void drop() {
    if (answered.compareAndSet(false, true)) {
      house.requests().ended(ticket, "dropped");
      leaveLane();
      request.getConnectionMetaData().getConnection().getEndPoint().close();
      // A quiet failure: Jetty would log any other one with its URL, and a URL can hold a name.
      callback.failed(new EofException());
    }
    leaveLane();
  }

  private void turn() {
    inLane.set(true);
    QueueDoubts queue = office.settings().get().queue();
    boolean remote = office.settings().get().mode() == Mode.REMOTE;
    if (remote && queue.waitUncounted()) {
      later(house.limit(), this::limit);
    }
    if (answered.get() && !queue.timedOutGoesOn()) {
      // Its limit ended while it waited: nobody is served, so no period follows.
      if (inLane.compareAndSet(true, false)) {
        office.lane().pass();
      }
      return;
    }
    run();
  }

  private void run() {
    if (fault.isEmpty()) {
      answer(act());
      return;
    }
    Fault armed = fault.get();
    switch (armed.kind()) {
      case SLOW -> later(armed.duration(), () -> answer(act()));
      case TIMEOUT_BEFORE -> later(house.limit(), this::timeOut);
      case TIMEOUT_AFTER -> {
        act();
        later(house.limit(), this::timeOut);
      }
      case DROP_AFTER -> {
        act();
        drop();
      }
      case LANDS_LATE -> {
        Runnable late =
            () -> {
              timeOut();
              later(armed.duration(), this::act);
            };
        if (armed.immediate()) {
          late.run();
        } else {
          later(house.limit(), late);
        }
      }
      case LANDS_AT_CLEAR -> timeOut();
      case OFFLINE -> answer(Answer.says(400, UNREACHABLE));
      case UNKNOWN_400 -> {
        if (armed.acts()) {
          act();
        }
        answer(Answer.says(400, UNDOCUMENTED));
      }
      case AWAY_400 -> {
        if (armed.acts()) {
          act();
        }
        answer(Answer.says(400, AWAY));
      }
      case PAGE_404 -> answer(Answer.page(404));
      case PAGE_200 -> {
        act();
        answer(Answer.page(200));
      }
      case KEYLESS_201 -> {
        act();
        answer(Answer.keyless());
      }
      default -> throw new IllegalStateException("fault " + armed.kind() + " acts at the door");
    }
  }

  private void timeOut() {
    answer(Answer.says(504, "The office did not answer in time."));
  }

  /** The API's patience is at its end; the office's work on it need not be. */
  private void limit() {
    say(
        Answer.says(504, "The office did not answer in time."),
        !office.settings().get().queue().timedOutGoesOn());
  }

  private void later(Duration delay, Runnable step) {
    house
        .clock()
        .schedule(() -> house.workers().execute(step), delay.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** Does what the request says, whether it is answered or not. */
  Answer act() {
    house.meanwhile().happen(office.id(), match.method());
    Answer answer = perform();
    house.requests().landed(ticket);
    return answer;
  }

  private Answer perform() {
    try {
      Context context = Context.of(office, match.key(), query, parsed());
      if (!context.version().atLeast(match.method().since())) {
        throw Refusal.invalid("This method needs a newer version of Open Dental.");
      }
      return match.method().work().answer(context);
    } catch (Refusal refusal) {
      return Answer.says(refusal.status(), refusal.getMessage());
    } catch (SQLException e) {
      if (e.getSQLState() != null && e.getSQLState().startsWith("22")) {
        return Answer.says(400, "A value is too long or out of range.");
      }
      // The text of a database error can hold values, so only its state and number are written
      // down.
      LOG.warn(
          "Sandbox API: {} {} of practice {} failed in the database (state {}, error {}); answered 500",
          match.method().verb(),
          match.method().template(),
          office.id(),
          e.getSQLState(),
          e.getErrorCode());
      return Answer.says(500, "The database refused the request.");
    }
  }

  private JsonNode parsed() throws Refusal {
    if (match.method().verb().equals("GET")) {
      return MissingNode.getInstance();
    }
    if (body.length() > LONGEST_BODY) {
      throw Refusal.invalid("The request body is too long.");
    }
    try {
      JsonNode parsed = house.json().readTree(body);
      List<String> names = new ArrayList<>();
      parsed.fieldNames().forEachRemaining(names::add);
      house.requests().fields(ticket, List.copyOf(names));
      return parsed;
    } catch (JsonProcessingException e) {
      throw Refusal.invalid("Unable to convert request.");
    }
  }

  private void answer(Answer answer) {
    say(answer, true);
    leaveLane();
  }

  private void say(Answer answer, boolean leaves) {
    if (!answered.compareAndSet(false, true)) {
      return;
    }
    ByteBuffer bytes = ByteBuffer.wrap(bytes(answer));
    response.setStatus(answer.status());
    answer
        .retryAfterSeconds()
        .ifPresent(
            seconds -> {
              response.getHeaders().put(HttpHeader.RETRY_AFTER, Long.toString(seconds));
              house.requests().retryAfter(ticket, Duration.ofSeconds(seconds));
            });
    if (answer.body().isPresent()) {
      response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json; charset=utf-8");
    }
    OfficeSettings settings = office.settings().get();
    if (settings.mode() != Mode.LOCAL) {
      answer
          .location()
          .ifPresent(
              path ->
                  response
                      .getHeaders()
                      .put(
                          HttpHeader.LOCATION,
                          "http://"
                              + Request.getServerName(request)
                              + ":"
                              + Request.getServerPort(request)
                              + Door.BASE
                              + path));
    }
    // Written down before the bytes leave, so that a caller who has the answer never sees it as
    // open.
    house.requests().ended(ticket, Integer.toString(answer.status()));
    if (leaves) {
      leaveLane();
    }
    response.write(true, bytes, callback);
  }

  private byte[] bytes(Answer answer) {
    if (answer.body().isEmpty()) {
      return new byte[0];
    }
    if (answer.bare() || (answer.explanation() && office.settings().get().bareErrorText())) {
      return answer.body().get().asText().getBytes(StandardCharsets.UTF_8);
    }
    return answer.body().get().toString().getBytes(StandardCharsets.UTF_8);
  }

  private void leaveLane() {
    if (inLane.compareAndSet(true, false)) {
      office.lane().release(period());
    }
  }

  /** Interval after an answer; zero outside Remote mode. */
  private Duration period() {
    return period(office.settings().get(), house.timeScale());
  }

  static Duration period(OfficeSettings settings, double timeScale) {
    if (settings.mode() != Mode.REMOTE) {
      return Duration.ZERO;
    }
    return Duration.ofNanos(
        (long) (Permissions.period(settings.permissions()).toNanos() * timeScale));
  }
}
