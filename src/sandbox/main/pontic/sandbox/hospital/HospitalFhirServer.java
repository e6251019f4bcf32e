package pontic.sandbox.hospital;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.rest.server.RestfulServer;
import jakarta.servlet.DispatcherType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.eclipse.jetty.ee10.servlet.FilterHolder;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.hl7.fhir.r4.model.AllergyIntolerance;
import org.hl7.fhir.r4.model.Appointment;
import org.hl7.fhir.r4.model.CarePlan;
import org.hl7.fhir.r4.model.Claim;
import org.hl7.fhir.r4.model.ClaimResponse;
import org.hl7.fhir.r4.model.Communication;
import org.hl7.fhir.r4.model.Condition;
import org.hl7.fhir.r4.model.Coverage;
import org.hl7.fhir.r4.model.DocumentReference;
import org.hl7.fhir.r4.model.Encounter;
import org.hl7.fhir.r4.model.Flag;
import org.hl7.fhir.r4.model.Location;
import org.hl7.fhir.r4.model.MedicationRequest;
import org.hl7.fhir.r4.model.MedicationStatement;
import org.hl7.fhir.r4.model.Observation;
import org.hl7.fhir.r4.model.Organization;
import org.hl7.fhir.r4.model.Patient;
import org.hl7.fhir.r4.model.PaymentNotice;
import org.hl7.fhir.r4.model.Person;
import org.hl7.fhir.r4.model.Practitioner;
import org.hl7.fhir.r4.model.PractitionerRole;
import org.hl7.fhir.r4.model.Procedure;
import org.hl7.fhir.r4.model.RelatedPerson;
import org.hl7.fhir.r4.model.Resource;
import org.hl7.fhir.r4.model.Schedule;
import org.hl7.fhir.r4.model.ServiceRequest;
import org.hl7.fhir.r4.model.Task;

/**
 * A FHIR R4 server in memory at {@code http://127.0.0.1:<port>/fhir}: the types that Pontic tells
 * of, with create, update (also conditional by identifier; PUT creates; If-Match and {@code
 * If-None-Match: *} are honoured), read, vread, history, search by {@code _id} and {@code
 * identifier}, and Bundles of type transaction and batch. Every write makes a version, also one
 * that changes nothing. Remembers when each version arrived, and fails as it is told.
 */
public final class HospitalFhirServer implements AutoCloseable {
  private static final List<Class<? extends Resource>> TYPES =
      List.of(
          AllergyIntolerance.class,
          Appointment.class,
          CarePlan.class,
          Claim.class,
          ClaimResponse.class,
          Communication.class,
          Condition.class,
          Coverage.class,
          DocumentReference.class,
          Encounter.class,
          Flag.class,
          Location.class,
          MedicationRequest.class,
          MedicationStatement.class,
          Observation.class,
          Organization.class,
          Patient.class,
          PaymentNotice.class,
          Person.class,
          Practitioner.class,
          PractitionerRole.class,
          Procedure.class,
          RelatedPerson.class,
          Schedule.class,
          ServiceRequest.class,
          Task.class);

  private final String name;
  private final Server jetty;
  private final ServerConnector connector;
  private final Resources resources;
  private final BundleEndpoint bundles;
  private final PeerFaults<FhirFault> faults;
  private final Landings landings;
  private final ScheduledExecutorService clock;

  private HospitalFhirServer(String name, int port) {
    this.name = name;
    this.clock =
        Executors.newSingleThreadScheduledExecutor(
            work -> {
              Thread thread = new Thread(work, name + "-clock");
              thread.setDaemon(true);
              return thread;
            });
    this.faults = new PeerFaults<>(FhirFault::count);
    this.resources = new Resources(this::rejects);
    FhirContext context = FhirContext.forR4Cached();
    this.bundles =
        new BundleEndpoint(
            resources, TYPES.stream().map(Class::getSimpleName).collect(Collectors.toSet()));
    this.landings = new Landings(bundles, clock);
    RestfulServer fhir = new RestfulServer(context);
    TYPES.forEach(type -> fhir.registerProvider(new ResourceEndpoint<>(type, resources)));
    fhir.registerProvider(bundles);
    fhir.registerInterceptor(new Capabilities());
    this.jetty = new Server();
    this.connector = new ServerConnector(jetty);
    connector.setHost("127.0.0.1");
    connector.setPort(port);
    jetty.addConnector(connector);
    ServletContextHandler servlets = new ServletContextHandler("/");
    servlets.addFilter(
        new FilterHolder(new FhirDoor(faults, context, landings)),
        "/fhir/*",
        EnumSet.of(DispatcherType.REQUEST));
    servlets.addServlet(new ServletHolder(fhir), "/fhir/*");
    jetty.setHandler(servlets);
  }

  /** As {@link #start(String, int)}, named hospital. */
  public static HospitalFhirServer start(int port) {
    return start("hospital", port);
  }

  /**
   * @param name of this peer, for errors and threads
   * @param port on loopback; 0 takes a free one
   * @throws UncheckedIOException if the port is taken
   */
  public static HospitalFhirServer start(String name, int port) {
    HospitalFhirServer server = new HospitalFhirServer(name, port);
    try {
      server.jetty.start();
    } catch (Exception e) {
      server.clock.shutdownNow();
      throw new UncheckedIOException(
          "The FHIR server of peer " + name + " could not start at port " + port,
          new IOException(e));
    }
    server.connector.setPort(server.connector.getLocalPort());
    return server;
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

  /** As after a backup was put back: the resource is gone without a trace. */
  public void lose(String type, String id) {
    resources.lose(type, id);
  }

  /** Waits on arrivals until the newest version fits; empty if the time is over before. */
  public Optional<Arrival> await(String type, String id, Predicate<Resource> fits, Duration limit)
      throws InterruptedException {
    return resources.await(type, id, fits, limit);
  }

  /** Every version of everything, in the order of arrival. */
  public List<Arrival> arrivals() {
    return resources.arrivals();
  }

  /** Bundles that came in so far, refused ones included; those that met a fault are not counted. */
  public int transactions() {
    return bundles.count();
  }

  /** Answers 422 to whatever carries such a resource, until {@link #refuseNothing()}. */
  public void refuse(Predicate<Resource> refusal) {
    resources.refuse(refusal);
  }

  /**
   * @param heeded false: {@code ifNoneMatch} in a Bundle has no effect, as at HAPI's JPA server
   */
  public void ifNoneMatch(boolean heeded) {
    bundles.ifNoneMatch(heeded);
  }

  /** Answers 500 to whatever would write such a resource, until {@link #refuseNothing()}. */
  public void fail(Predicate<Resource> failure) {
    resources.fail(failure);
  }

  /** Neither refuses nor fails any more. */
  public void refuseNothing() {
    resources.refuseNothing();
  }

  /**
   * Arms a fault; down begins at once, the others with the next request that fits.
   *
   * @return its id
   */
  public long arm(FhirFault fault) {
    long id = faults.arm(fault);
    if (fault.kind() == FhirFaultKind.DOWN) {
      goDown();
      if (!fault.time().isZero()) {
        clock.schedule(() -> up(id), fault.time().toNanos(), TimeUnit.NANOSECONDS);
      }
    }
    return id;
  }

  /**
   * Takes every fault back: the port is open again, requests that hang lose their sockets, slow
   * ones go on at once. What lands late still lands.
   */
  public void clear() {
    faults.clear();
    comeBack();
  }

  /** How many faults are armed and not used up. */
  public int faultsLeft() {
    return faults.list().size();
  }

  /** Requests that landed late, in the order of landing. */
  public List<Landing> landings() {
    return landings.list();
  }

  /** Waits until this many requests landed late, or the time is over; returns what landed. */
  public List<Landing> awaitLandings(int count, Duration limit) throws InterruptedException {
    return landings.await(count, limit);
  }

  /** Closes the port and every connection; what is stored stays. Nothing if it is down already. */
  public synchronized void goDown() {
    try {
      connector.stop();
    } catch (Exception e) {
      throw new UncheckedIOException(
          "The listener of peer " + name + " did not stop", new IOException(e));
    }
    new LoopbackPort(port()).awaitRefusal();
  }

  /** Listens again at the same port. Nothing if it listens. */
  public synchronized void comeBack() {
    try {
      connector.start();
    } catch (Exception e) {
      throw new UncheckedIOException(
          "The listener of peer " + name + " did not start", new IOException(e));
    }
  }

  @Override
  public void close() {
    clock.shutdownNow();
    faults.clear();
    try {
      jetty.stop();
    } catch (Exception e) {
      throw new UncheckedIOException(
          "The FHIR server of peer " + name + " did not stop", new IOException(e));
    }
  }

  List<PeerFaults.Armed<FhirFault>> armed() {
    return faults.list();
  }

  private void up(long fault) {
    if (faults.disarm(fault)) {
      comeBack();
    }
  }

  private boolean rejects(String type, String id) {
    FhirFault.Target target = new FhirFault.Target(type, id);
    return faults
        .take(fault -> fault.kind() == FhirFaultKind.REJECT && fault.matches(target))
        .isPresent();
  }
}
