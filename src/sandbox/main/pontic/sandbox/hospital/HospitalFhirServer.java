package pontic.sandbox.hospital;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.rest.server.RestfulServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.hl7.fhir.r4.model.Appointment;
import org.hl7.fhir.r4.model.Location;
import org.hl7.fhir.r4.model.Patient;
import org.hl7.fhir.r4.model.Practitioner;
import org.hl7.fhir.r4.model.Resource;

/**
 * A FHIR R4 server in memory at {@code http://127.0.0.1:<port>/fhir}: Patient, Appointment,
 * Practitioner and Location with create, update (also conditional by identifier; PUT creates),
 * read, vread, history, search by {@code _id} and {@code identifier}, and transaction Bundles.
 * Remembers when each version arrived.
 */
public final class HospitalFhirServer implements AutoCloseable {
  private final Server jetty;
  private final ServerConnector connector;
  private final Resources resources;
  private final AtomicInteger transactions;

  private HospitalFhirServer(
      Server jetty, ServerConnector connector, Resources resources, AtomicInteger transactions) {
    this.jetty = jetty;
    this.connector = connector;
    this.resources = resources;
    this.transactions = transactions;
  }

  /**
   * @param port on loopback; 0 takes a free one
   * @throws UncheckedIOException if the port is taken
   */
  public static HospitalFhirServer start(int port) {
    Resources resources = new Resources();
    AtomicInteger transactions = new AtomicInteger();
    RestfulServer fhir = new RestfulServer(FhirContext.forR4());
    fhir.registerProviders(
        List.of(
            new ResourceEndpoint<>(Patient.class, resources),
            new ResourceEndpoint<>(Appointment.class, resources),
            new ResourceEndpoint<>(Practitioner.class, resources),
            new ResourceEndpoint<>(Location.class, resources),
            new TransactionEndpoint(
                resources,
                Set.of("Patient", "Appointment", "Practitioner", "Location"),
                transactions)));
    Server jetty = new Server();
    ServerConnector connector = new ServerConnector(jetty);
    connector.setHost("127.0.0.1");
    connector.setPort(port);
    jetty.addConnector(connector);
    ServletContextHandler context = new ServletContextHandler("/");
    context.addServlet(new ServletHolder(fhir), "/fhir/*");
    jetty.setHandler(context);
    try {
      jetty.start();
    } catch (Exception e) {
      throw new UncheckedIOException(
          "The hospital's FHIR server could not start at port " + port, new IOException(e));
    }
    connector.setPort(connector.getLocalPort());
    return new HospitalFhirServer(jetty, connector, resources, transactions);
  }

  public int port() {
    return connector.getPort();
  }

  public String url() {
    return "http://127.0.0.1:" + port() + "/fhir";
  }

  /** The newest version, or empty if nothing with this id ever came. */
  public Optional<Arrival> latest(String type, String id) {
    return resources.latest(type, id);
  }

  /** All versions, oldest first; version n stands at n - 1. */
  public List<Arrival> history(String type, String id) {
    return resources.history(type, id);
  }

  /** The newest version of each resource of a type, in the order of first arrival. */
  public List<Arrival> all(String type) {
    return resources.all(type);
  }

  /** Waits on arrivals until the newest version fits; empty if the time is over before. */
  public Optional<Arrival> await(String type, String id, Predicate<Resource> fits, Duration limit)
      throws InterruptedException {
    return resources.await(type, id, fits, limit);
  }

  /** Transaction Bundles that came so far, refused ones included. */
  public int transactions() {
    return transactions.get();
  }

  /** Answers 422 to whatever carries such a resource, until {@link #refuseNothing()}. */
  public void refuse(Predicate<Resource> refusal) {
    resources.refuse(refusal);
  }

  public void refuseNothing() {
    resources.refuseNothing();
  }

  /** Closes the port and every connection; what is stored stays. */
  public void goDown() {
    try {
      connector.stop();
    } catch (Exception e) {
      throw new UncheckedIOException("The hospital's listener did not stop", new IOException(e));
    }
  }

  /** Listens again at the same port. */
  public void comeBack() {
    try {
      connector.start();
    } catch (Exception e) {
      throw new UncheckedIOException("The hospital's listener did not start", new IOException(e));
    }
  }

  @Override
  public void close() {
    try {
      jetty.stop();
    } catch (Exception e) {
      throw new UncheckedIOException("The hospital's FHIR server did not stop", new IOException(e));
    }
  }
}
