package pontic.facade;

import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pontic.practice.Practice;
import pontic.practice.Secret;
import pontic.practice.Settings;
import pontic.practice.WatchTable;
import pontic.store.Store;

/**
 * Asks who calls before a byte of the body is kept. The body of somebody who is known is gathered
 * within its bound; that of nobody is read and forgotten, without memory or a thread for it, so
 * that the refusal can be read at the other end.
 */
final class Entrance extends Handler.Wrapper {
  /** Attribute: the {@link Caller}, or the {@link FhirFault} that says why there is none. */
  static final String SEEN = "pontic.caller";

  /** Attribute: the practice at whose base that caller was looked at. */
  static final String SEEN_AT = "pontic.caller.practice";

  private static final Logger LOG = LoggerFactory.getLogger(Entrance.class);
  private static final Pattern BASE = Pattern.compile("/(fhir|hints)/([^/]+)(/.*)?");

  /** More than this, or longer than this, is not worth an answer that can be read. */
  private static final long MOST_FORGOTTEN = 8L * 1024 * 1024;

  private static final Duration LONGEST = Duration.ofSeconds(60);

  /** What is announced as no longer has a room of its own: who sends files holds up none of it. */
  private static final long SMALL = 1024 * 1024;

  private static final long SMALL_TOGETHER = 32 * SMALL;

  private final Handler bases;
  private final HintCount hints;
  private final Faults faults;
  private final Gathering.Bounds events;
  private final Gathering.Bounds resources;
  private final Pool roomOfEvents;
  private final Pool roomOfSmall;
  private final Pool roomOfLarge;
  private volatile Map<String, Keys> known = Map.of();

  /** Who may call at one practice. */
  private record Keys(Callers callers, boolean hints, Secret customerKey) {}

  /**
   * @param bases what serves, once the body is here
   * @param hints counts events that are refused here
   * @param faults how what is no event is refused
   * @param events within which the events of workstations come
   * @param resources within which bodies of FHIR come
   * @param eventsTogether bytes of all events that are gathered at the same time
   * @param largeTogether bytes of all bodies of FHIR that are, but for the small ones; half of them
   *     of one client
   */
  Entrance(
      Handler bases,
      HintCount hints,
      Faults faults,
      Gathering.Bounds events,
      Gathering.Bounds resources,
      long eventsTogether,
      long largeTogether) {
    super(bases);
    this.bases = bases;
    this.hints = hints;
    this.faults = faults;
    this.events = events;
    this.resources = resources;
    this.roomOfEvents = new Pool(eventsTogether, eventsTogether);
    this.roomOfSmall = new Pool(SMALL_TOGETHER, SMALL_TOGETHER / 2);
    this.roomOfLarge = new Pool(largeTogether, largeTogether / 2);
  }

  /** Knows the callers of these practices from now on. */
  void follow(Settings settings, Store store) {
    UsedTokens used = new UsedTokens(store);
    Map<String, Keys> keys = new HashMap<>();
    for (Practice practice : settings.practices()) {
      keys.put(
          practice.id(),
          new Keys(
              new Callers(practice, used),
              practice.hints().enabled(),
              practice.api().customerKey()));
    }
    known = Map.copyOf(keys);
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    boolean isEvent =
        Objects.requireNonNullElse(Request.getPathInContext(request), "").startsWith("/hints/");
    if (isKnown(request)) {
      new Gathering(
              request,
              response,
              callback,
              bases,
              isEvent ? events : resources,
              isEvent ? roomOfEvents : roomOf(request),
              whose(request),
              isEvent ? new EventRefused(request) : new ResourceRefused())
          .run();
      return true;
    }
    if (request.getHeaders().contains(HttpHeader.EXPECT)) {
      // Who waits for our leave to send a body has sent none.
      return bases.handle(request, response, callback);
    }
    new Forgetting(request, response, callback).run();
    return true;
  }

  private Pool roomOf(Request request) {
    return request.getLength() >= 0 && request.getLength() <= SMALL ? roomOfSmall : roomOfLarge;
  }

  private static String whose(Request request) {
    return request.getAttribute(SEEN) instanceof Caller caller
        ? request.getAttribute(SEEN_AT) + "|" + caller.client()
        : "";
  }

  private boolean isKnown(Request request) {
    Matcher base = BASE.matcher(Objects.requireNonNullElse(Request.getPathInContext(request), ""));
    Optional<Keys> keys =
        base.matches() ? Optional.ofNullable(known.get(base.group(2))) : Optional.empty();
    if (keys.isEmpty()) {
      return false;
    }
    String shown =
        Objects.requireNonNullElse(request.getHeaders().get(HttpHeader.AUTHORIZATION), "");
    if (base.group(1).equals("hints")) {
      return keys.get().hints() && keys.get().customerKey().matches(shown);
    }
    if ("/metadata".equals(base.group(3)) && request.getMethod().equals("GET")) {
      return false;
    }
    request.setAttribute(SEEN_AT, base.group(2));
    try {
      request.setAttribute(SEEN, keys.get().callers().of(shown, certificate(request)));
      return true;
    } catch (FhirFault nobody) {
      request.setAttribute(SEEN, nobody);
      return false;
    }
  }

  private void countRefused(Request request) {
    Matcher base = BASE.matcher(Request.getPathInContext(request));
    if (base.matches()) {
      String table =
          HintServlet.table(
              Objects.requireNonNullElse(base.group(3), ""),
              Objects.requireNonNullElse(request.getHeaders().get("Event-Type"), ""));
      hints.count(
          base.group(2),
          WatchTable.of(table).map(WatchTable::text).orElse(HintCount.OTHER),
          "refused");
    }
  }

  private static Optional<X509Certificate> certificate(Request request) {
    return request.getAttribute(EndPoint.SslSessionData.ATTRIBUTE)
                instanceof EndPoint.SslSessionData tls
            && tls.peerCertificates() != null
            && tls.peerCertificates().length > 0
        ? Optional.of(tls.peerCertificates()[0])
        : Optional.empty();
  }

  /** An event of a workstation is refused in plain words. */
  private final class EventRefused implements Gathering.Refusal {
    private final Request request;

    EventRefused(Request request) {
      this.request = request;
    }

    @Override
    public String media() {
      return "text/plain;charset=UTF-8";
    }

    @Override
    public String body(int status, String text) {
      return text + "\n";
    }

    @Override
    public void count() {
      countRefused(request);
    }
  }

  /** What is no event is refused in FHIR's terms. */
  private final class ResourceRefused implements Gathering.Refusal {
    @Override
    public String media() {
      return Faults.MEDIA;
    }

    @Override
    public String body(int status, String text) {
      return faults.text(status, text);
    }

    @Override
    public void count() {
      // It is told, and counted nowhere: a body that was not read is no message.
    }
  }

  /** Reads what is left of a request whenever something is here, then has it answered. */
  private final class Forgetting implements Runnable {
    private final Request request;
    private final Response response;
    private final Callback callback;
    private final long begun = System.nanoTime();
    private long bytes;

    Forgetting(Request request, Response response, Callback callback) {
      this.request = request;
      this.response = response;
      this.callback = callback;
    }

    @Override
    public void run() {
      while (true) {
        Content.Chunk chunk = request.read();
        if (chunk == null) {
          request.demand(this);
          return;
        }
        if (Content.Chunk.isFailure(chunk)) {
          callback.failed(chunk.getFailure());
          return;
        }
        bytes += chunk.getByteBuffer().remaining();
        chunk.release();
        boolean enough = bytes > MOST_FORGOTTEN || System.nanoTime() - begun > LONGEST.toNanos();
        if (chunk.isLast() || enough) {
          answer(enough);
          return;
        }
      }
    }

    private void answer(boolean enough) {
      try {
        if (enough) {
          response.getHeaders().put(HttpHeader.CONNECTION, "close");
          Response.writeError(
              request, response, callback, HttpStatus.PAYLOAD_TOO_LARGE_413, "too much");
        } else if (!bases.handle(request, response, callback)) {
          Response.writeError(request, response, callback, HttpStatus.NOT_FOUND_404);
        }
      } catch (Exception e) {
        LOG.warn("facade: a refused request failed with {}", e.getClass().getSimpleName());
        Response.writeError(
            request, response, callback, HttpStatus.INTERNAL_SERVER_ERROR_500, "failed");
      }
    }
  }
}
