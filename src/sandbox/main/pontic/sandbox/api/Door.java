package pontic.sandbox.api;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.EofException;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.Fields;

/**
 * First look at a request: headers, keys, path and permission; refusals here neither wait in the
 * lane nor use up a fault.
 */
final class Door extends Handler.Abstract {
  static final String BASE = "/api/v1";
  private static final Pattern KEYS = Pattern.compile("ODFHIR ([A-Za-z0-9]+)/([A-Za-z0-9]+)");

  private final Visit.House house;
  private final Faults faults;
  private final Map<String, Office> offices;
  private final String developerKey;
  private final List<Method> methods = Method.all();

  /**
   * @param offices by customer key; may grow while the door is open
   */
  Door(Visit.House house, Faults faults, Map<String, Office> offices, String developerKey) {
    this.house = house;
    this.faults = faults;
    this.offices = offices;
    this.developerKey = developerKey;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    Requests.Ticket ticket = house.requests().open(request.getMethod());
    String body;
    try {
      body = StandardCharsets.UTF_8.decode(Content.Source.asByteBuffer(request)).toString();
    } catch (IOException e) {
      // The caller went away before its request was complete.
      house.requests().ended(ticket, "dropped");
      callback.failed(new EofException());
      return true;
    }
    Optional<Office> office = Optional.empty();
    try {
      office = office(request);
      Office known =
          office.orElseThrow(() -> new Refusal(401, "Invalid developer or customer key"));
      OfficeSettings settings = known.settings().get();
      String path = path(request);
      Optional<Method.Match> match =
          methods.stream()
              .flatMap(method -> method.match(request.getMethod(), path).stream())
              .findFirst();
      house
          .requests()
          .known(
              ticket,
              known.id(),
              match.map(found -> found.method().template()).orElse("unknown"),
              Visit.period(settings, house.timeScale()).toMillis());
      Map<String, String> query = query(request);
      contentType(request);
      if (settings.keyStatus() == KeyStatus.DISABLED) {
        throw new Refusal(401, "The customer key is disabled");
      }
      Method.Match found = match.orElseThrow(() -> Refusal.notFound("Resource not found"));
      boolean read = found.method().verb().equals("GET");
      if (!Permissions.allow(settings.permissions(), found.method().permission(settings))
          || (!read && settings.keyStatus() == KeyStatus.ENABLED_READ_ONLY)) {
        throw new Refusal(401, "The developer key has no permission for this method");
      }
      Optional<Fault> fault =
          faults.take(known.id(), request.getMethod(), path, content(request, body));
      Visit visit =
          new Visit(house, known, found, query, body, ticket, request, response, callback, fault);
      if (fault.map(armed -> armed.kind() == FaultKind.HANG).orElse(false)) {
        faults.hang(known.id(), visit::drop);
      }
      if (fault.map(armed -> armed.kind() == FaultKind.LANDS_AT_CLEAR).orElse(false)) {
        faults.hang(known.id(), visit::act);
      }
      visit.arrive();
    } catch (Refusal refusal) {
      refuse(refusal, office, ticket, response, callback);
    }
    return true;
  }

  private static String content(Request request, String body) {
    return Objects.requireNonNullElse(request.getHttpURI().getQuery(), "") + "\n" + body;
  }

  private void refuse(
      Refusal refusal,
      Optional<Office> office,
      Requests.Ticket ticket,
      Response response,
      Callback callback) {
    Answer answer = Answer.says(refusal.status(), refusal.getMessage());
    boolean bare = office.map(known -> known.settings().get().bareErrorText()).orElse(false);
    String text = bare ? refusal.getMessage() : answer.body().map(Object::toString).orElse("");
    response.setStatus(answer.status());
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json; charset=utf-8");
    house.requests().ended(ticket, Integer.toString(answer.status()));
    response.write(true, ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)), callback);
  }

  /** The practice of the customer key; on a practice's own port only that practice's. */
  private Optional<Office> office(Request request) throws Refusal {
    String header = request.getHeaders().get(HttpHeader.AUTHORIZATION);
    if (header == null) {
      throw Refusal.invalid("The Authorization header is missing");
    }
    Matcher keys = KEYS.matcher(header);
    if (!keys.matches() || !keys.group(1).equals(developerKey)) {
      return Optional.empty();
    }
    String only = request.getConnectionMetaData().getConnector().getName();
    return Optional.ofNullable(offices.get(keys.group(2)))
        .filter(office -> only == null || only.equals(office.id()));
  }

  private static String path(Request request) throws Refusal {
    String path = Request.getPathInContext(request);
    if (!path.startsWith(BASE + "/")) {
      throw Refusal.notFound("Resource not found");
    }
    String below = path.substring(BASE.length());
    return below.endsWith("/") ? below.substring(0, below.length() - 1) : below;
  }

  /** Demanded on every request, GET included. */
  private static void contentType(Request request) throws Refusal {
    String type = request.getHeaders().get(HttpHeader.CONTENT_TYPE);
    if (type == null || !type.split(";")[0].strip().equalsIgnoreCase("application/json")) {
      throw Refusal.invalid("Content-Type must be application/json");
    }
  }

  private static Map<String, String> query(Request request) throws Refusal {
    Map<String, String> query = new LinkedHashMap<>();
    try {
      for (Fields.Field field : Request.extractQueryParameters(request, StandardCharsets.UTF_8)) {
        query.put(field.getName(), field.getValue());
      }
    } catch (RuntimeException e) {
      throw Refusal.invalid("The URL is malformed.");
    }
    return query;
  }
}
