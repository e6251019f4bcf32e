package pontic.facade;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.parser.StrictErrorHandler;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.HotSwapHandler;
import org.eclipse.jetty.util.Callback;
import pontic.http.Listener;
import pontic.mapping.Writes;
import pontic.practice.Practice;
import pontic.practice.Secret;
import pontic.practice.Settings;
import pontic.store.Store;
import pontic.understand.Kinds;

/**
 * FHIR R4 over HTTP, one base per practice: {@code /fhir/<practice>}; and, for those that have
 * hints switched on, {@code /hints/<practice>}.
 */
public final class Facade implements AutoCloseable {

  /** Path of a message's status: practice, message id. */
  static final String STATUS_OF = "/fhir/%s/_status/%s";

  /** Of events that are still coming, of all practices together. */
  private static final long MOST_HELD = 64L * 1024 * 1024;

  /** So many of the largest bodies of FHIR may be in hand at once. */
  private static final int LARGEST_AT_ONCE = 4;

  /** So long a body waits until others are read; each takes a second or so. */
  private static final Duration LONGEST_READING = Duration.ofSeconds(10);

  /** A large body has time as if it came over a line of half a megabit. */
  private static final int SLOWEST_BYTES_PER_SECOND = 64 * 1024;

  /** How much longer than a request's lines its body may take. */
  private static final int BODY_TO_HEADER = 3;

  private final Parts parts;
  private final HotSwapHandler bases;
  private final Entrance entrance;
  private final Listener listener;
  private List<Base> served;
  private String shown;

  /** What a base is made of: one that stays the same is not touched. */
  private record Base(
      String practice,
      Practice.Facade clients,
      boolean hints,
      boolean api,
      Secret customerKey,
      Duration patience) {}

  /** What is behind the listener. */
  public record Doors(
      HandOver resources,
      Supplier<Kinds> kinds,
      Supplier<Writes> writes,
      HintHandOver hints,
      HintCount count) {}

  /** What all bases share. */
  private record Parts(
      Faults faults,
      Structure structure,
      Reading reading,
      Store store,
      Landing landing,
      Doors doors) {}

  private Facade(
      Parts parts,
      HotSwapHandler bases,
      Entrance entrance,
      Listener listener,
      List<Base> served,
      String shown) {
    this.parts = parts;
    this.bases = bases;
    this.entrance = entrance;
    this.listener = listener;
    this.served = served;
    this.shown = shown;
  }

  /**
   * Opens the port of {@code settings} and serves every practice in it.
   *
   * @param store read for the status of messages
   */
  public static Facade open(Settings settings, Store store, Doors doors) {
    FhirContext fhir = FhirContext.forR4();
    fhir.setParserErrorHandler(new StrictErrorHandler());
    Parts parts =
        new Parts(
            new Faults(fhir),
            new Structure(fhir),
            new Reading(LONGEST_READING),
            store,
            new Landing(store),
            doors);
    HotSwapHandler bases = new HotSwapHandler();
    // A context needs its server, which there is once the port is open.
    bases.setHandler(new NotYet());
    Practice.Tls tls = settings.facade().tls();
    // A body that comes byte after byte holds no thread: it is asked for when it is here. Who
    // calls is asked before that, and nothing is kept of nobody's.
    Entrance entrance =
        new Entrance(
            bases,
            doors.count(),
            parts.faults(),
            new Gathering.Bounds(
                "event",
                HintServlet.MOST_BYTES,
                settings.facade().header().multipliedBy(BODY_TO_HEADER)),
            new Gathering.Bounds(
                "body",
                settings.facade().largest(),
                settings
                    .facade()
                    .header()
                    .multipliedBy(BODY_TO_HEADER)
                    .plusSeconds(settings.facade().largest() / SLOWEST_BYTES_PER_SECOND)),
            MOST_HELD,
            Math.max(MOST_HELD, (long) LARGEST_AT_ONCE * settings.facade().largest()));
    Listener listener =
        Listener.open(
            "the FHIR façade",
            "pontic.facade.port",
            settings.bind(),
            settings.ports().facade(),
            tls.on()
                ? Listener.tls(
                    tls.keyStore(),
                    tls.keyStorePassword().value(),
                    tls.trustStore(),
                    tls.trustStorePassword().value())
                : Listener.plain(),
            new Listener.Bounds(settings.facade().connections(), settings.facade().header()),
            entrance);
    entrance.follow(settings, parts.store());
    bases.setHandler(bases(settings, parts));
    return new Facade(parts, bases, entrance, listener, served(settings), tls.print());
  }

  /** Serves the practices of {@code settings} from now on; the port stays open. */
  public synchronized void follow(Settings settings) {
    List<Base> wanted = served(settings);
    if (!wanted.equals(served)) {
      entrance.follow(settings, parts.store());
      bases.setHandler(bases(settings, parts));
      served = wanted;
    }
    Practice.Tls tls = settings.facade().tls();
    if (tls.on() && !tls.print().equals(shown)) {
      listener.renew(
          tls.keyStore(),
          tls.keyStorePassword().value(),
          tls.trustStore(),
          tls.trustStorePassword().value());
      shown = tls.print();
    }
  }

  private static List<Base> served(Settings settings) {
    return settings.practices().stream()
        .map(
            practice ->
                new Base(
                    practice.id(),
                    practice.facade(),
                    practice.hints().enabled(),
                    practice.api().enabled(),
                    practice.api().customerKey(),
                    settings.facade().patience()))
        .toList();
  }

  private static ServletContextHandler bases(Settings settings, Parts parts) {
    Paths paths = new Paths();
    for (Practice practice : settings.practices()) {
      String id = practice.id();
      String base = "/fhir/" + id;
      paths.guard(
          "gate-" + id, new Gate(id, settings.facade().largest(), parts.faults()), base + "/*");
      paths.serve(
          "status-" + id,
          new StatusServlet(id, parts.store(), parts.faults()),
          base + "/_status/*");
      paths.serve("fhir-" + id, server(practice, settings, parts), base + "/*");
      if (practice.hints().enabled()) {
        paths.serve(
            "hints-" + id,
            new HintServlet(practice, parts.doors().hints(), parts.doors().count()),
            "/hints/" + id + "/*");
      }
    }
    paths.serve("elsewhere", new Elsewhere(parts.faults()), "/*");
    return paths.context();
  }

  private static FhirServlet server(Practice practice, Settings settings, Parts parts) {
    Offers offers = new Offers(practice, parts.store(), parts.doors().writes());
    return new FhirServlet(
        practice.id(),
        settings.practices().stream().map(Practice::id).collect(Collectors.toSet()),
        parts.doors().kinds(),
        offers,
        parts.structure(),
        parts.reading(),
        parts.doors().resources(),
        parts.landing(),
        new Statement(practice, offers, settings.facade().largest()),
        new Tasks(practice.id(), parts.store(), parts.faults()),
        parts.faults(),
        settings.facade().patience(),
        settings.facade().largest());
  }

  public int port() {
    return listener.port();
  }

  public String url() {
    return listener.url();
  }

  @Override
  public void close() {
    parts.landing().close();
    listener.close();
  }

  /** For the moment between the open port and the bases. */
  private static final class NotYet extends Handler.Abstract {
    @Override
    public boolean handle(Request request, Response response, Callback callback) {
      response.setStatus(HttpServletResponse.SC_SERVICE_UNAVAILABLE);
      response.getHeaders().put("Retry-After", Faults.RETRY_AFTER_SECONDS);
      callback.succeeded();
      return true;
    }
  }

  /** Whatever is no practice's base. */
  private static final class Elsewhere extends HttpServlet {
    private static final long serialVersionUID = 1L;
    private final transient Faults faults;

    Elsewhere(Faults faults) {
      this.faults = faults;
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response)
        throws IOException {
      faults.answer(
          response, 404, "There is no such practice here; a base is /fhir/ and the practice's id");
    }
  }
}
