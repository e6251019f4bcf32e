package pontic.facade;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.parser.StrictErrorHandler;
import ca.uhn.fhir.rest.api.EncodingEnum;
import ca.uhn.fhir.rest.api.PreferReturnEnum;
import ca.uhn.fhir.rest.server.HardcodedServerAddressStrategy;
import ca.uhn.fhir.rest.server.IResourceProvider;
import ca.uhn.fhir.rest.server.RestfulServer;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import org.eclipse.jetty.ee10.servlet.FilterHolder;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.HotSwapHandler;
import org.eclipse.jetty.util.Callback;
import pontic.http.Listener;
import pontic.practice.Practice;
import pontic.practice.Secret;
import pontic.practice.Settings;
import pontic.store.Store;

/**
 * FHIR R4 over HTTP, one base per practice: {@code /fhir/<practice>}; and, for those that have
 * hints switched on, {@code /hints/<practice>}.
 */
public final class Facade implements AutoCloseable {

  /** Path of a message's status: practice, message id. */
  static final String STATUS_OF = "/fhir/%s/_status/%s";

  private static final int MOST_BYTES = 1024 * 1024;

  private final FhirContext fhir;
  private final Store store;
  private final Doors doors;
  private final HotSwapHandler bases;
  private final Listener listener;
  private List<Base> served;

  /** What a base is made of: one that stays the same is not touched. */
  private record Base(
      String practice, Practice.Facade clients, boolean hints, Secret customerKey) {}

  /** What is behind the listener. */
  private record Doors(HandOver resources, HintHandOver hints, HintCount count) {}

  private Facade(
      FhirContext fhir,
      Store store,
      Doors doors,
      HotSwapHandler bases,
      Listener listener,
      List<Base> served) {
    this.fhir = fhir;
    this.store = store;
    this.doors = doors;
    this.bases = bases;
    this.listener = listener;
    this.served = served;
  }

  /**
   * Opens the port of {@code settings} and serves every practice in it.
   *
   * @param store read for the status of messages
   */
  public static Facade open(
      Settings settings,
      Store store,
      HandOver handOver,
      HintHandOver hintHandOver,
      HintCount hintCount) {
    Doors doors = new Doors(handOver, hintHandOver, hintCount);
    FhirContext fhir = FhirContext.forR4();
    fhir.setParserErrorHandler(new StrictErrorHandler());
    HotSwapHandler bases = new HotSwapHandler();
    // A context needs its server, which there is once the port is open.
    bases.setHandler(new NotYet());
    Listener listener =
        Listener.open(
            "the FHIR façade",
            "pontic.facade.port",
            settings.bind(),
            settings.ports().facade(),
            bases);
    bases.setHandler(bases(fhir, settings, store, doors));
    return new Facade(fhir, store, doors, bases, listener, served(settings));
  }

  /** Serves the practices of {@code settings} from now on; the port stays open. */
  public synchronized void follow(Settings settings) {
    List<Base> wanted = served(settings);
    if (!wanted.equals(served)) {
      bases.setHandler(bases(fhir, settings, store, doors));
      served = wanted;
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
                    practice.api().customerKey()))
        .toList();
  }

  private static ServletContextHandler bases(
      FhirContext fhir, Settings settings, Store store, Doors doors) {
    Faults faults = new Faults(fhir);
    ServletContextHandler context = new ServletContextHandler();
    for (Practice practice : settings.practices()) {
      String base = "/fhir/" + practice.id();
      context.addFilter(
          new FilterHolder(new Gate(practice, MOST_BYTES, faults)),
          base + "/*",
          EnumSet.of(DispatcherType.REQUEST));
      context.addServlet(
          new ServletHolder(new StatusServlet(practice.id(), store, faults)), base + "/_status/*");
      context.addServlet(
          new ServletHolder(server(fhir, practice.id(), base, doors.resources(), faults)),
          base + "/*");
      if (practice.hints().enabled()) {
        context.addServlet(
            new ServletHolder(new HintServlet(practice, doors.hints(), doors.count())),
            "/hints/" + practice.id() + "/*");
      }
    }
    context.addServlet(new ServletHolder(new Elsewhere(faults)), "/*");
    return context;
  }

  private static RestfulServer server(
      FhirContext fhir, String practice, String base, HandOver handOver, Faults faults) {
    RestfulServer server = new RestfulServer(fhir);
    server.setServerName("Pontic");
    server.setServerVersion("R4");
    server.setImplementationDescription("Pontic for practice " + practice);
    server.setServerAddressStrategy(new HardcodedServerAddressStrategy(base));
    server.setDefaultResponseEncoding(EncodingEnum.JSON);
    server.setDefaultPreferReturn(PreferReturnEnum.OPERATION_OUTCOME);
    server.setUncompressIncomingContents(false);
    Acceptance acceptance = new Acceptance(practice, handOver);
    List<IResourceProvider> providers = new ArrayList<>();
    providers.add(new Patients(acceptance));
    Charts.TYPES.forEach(type -> providers.add(new Charts(type, acceptance)));
    server.setResourceProviders(providers);
    server.registerInterceptor(faults);
    server.registerInterceptor(new Statement(MOST_BYTES));
    return server;
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
  }

  /** For the moment between the open port and the bases. */
  private static final class NotYet extends Handler.Abstract {
    @Override
    public boolean handle(Request request, Response response, Callback callback) {
      response.setStatus(HttpServletResponse.SC_SERVICE_UNAVAILABLE);
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
