package pontic.sandbox.api;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import java.time.ZoneId;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/**
 * Open Dental's REST API, base path /api/v1, for any number of practices: all on one port by their
 * customer keys, or each on its own. Listens on loopback only. What it reproduces and what it
 * assumes stands in decision 0025.
 */
public final class OpenDentalApi implements AutoCloseable {
  /**
   * The sandbox's developer key; with a customer key: {@code Authorization: ODFHIR
   * PonticDevKey0001/ElmCustomerKey01}.
   */
  public static final String DEVELOPER_KEY = "PonticDevKey0001";

  /** Customer key of practice elm. */
  public static final String ELM_KEY = "ElmCustomerKey01";

  /** Customer key of practice oak. */
  public static final String OAK_KEY = "OakCustomerKey01";

  private static final Duration REQUEST_LIMIT = Duration.ofSeconds(60);
  private static final int REMEMBERED_REQUESTS = 200_000;

  /** Each port takes one for itself, and there may be a hundred. */
  private static final int MOST_THREADS = 256;

  private final Map<String, Office> byKey = new ConcurrentHashMap<>();
  private final Map<String, Office> byId = new ConcurrentHashMap<>();
  private final Faults faults = new Faults();
  private final Meanwhile meanwhile = new Meanwhile();
  private final Requests requests;
  private final ScheduledExecutorService clock;
  private final ExecutorService workers;
  private final Duration limit;
  private final Server server;
  private final Events events;

  private OpenDentalApi(double timeScale) {
    AtomicInteger count = new AtomicInteger();
    clock = Executors.newSingleThreadScheduledExecutor(task -> daemon(task, "sandbox-api-clock"));
    workers =
        Executors.newCachedThreadPool(
            task -> daemon(task, "sandbox-api-" + count.incrementAndGet()));
    limit = Duration.ofNanos((long) (REQUEST_LIMIT.toNanos() * timeScale));
    requests = new Requests(REMEMBERED_REQUESTS, limit);
    QueuedThreadPool threads = new QueuedThreadPool(MOST_THREADS);
    threads.setName("sandbox-api-http");
    threads.setDaemon(true);
    server = new Server(threads);
    events = new Events(byId, timeScale);
    ObjectMapper json = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
    server.setHandler(
        new Door(
            new Visit.House(json, clock, workers, requests, meanwhile, limit, timeScale),
            faults,
            byKey,
            DEVELOPER_KEY));
  }

  /**
   * Starts without practices and ports.
   *
   * @param timeScale factor on the API's own times (60 s limit, 5 s, 1 s and 0.5 s intervals); 1 =
   *     as Open Dental
   */
  public static OpenDentalApi start(double timeScale) throws Exception {
    if (!(timeScale > 0)) {
      throw new IllegalArgumentException("timeScale is " + timeScale + ", give a number above 0");
    }
    OpenDentalApi api = new OpenDentalApi(timeScale);
    api.server.start();
    return api;
  }

  /**
   * Adds a practice.
   *
   * @param id practice id
   * @param zone zone of its wall clock
   * @param database its database
   * @param customerKey 16 letters and digits, case-sensitive
   */
  public void serve(
      String id, ZoneId zone, DataSource database, String customerKey, OfficeSettings settings) {
    if (!customerKey.matches("[A-Za-z0-9]{16}")) {
      throw new IllegalArgumentException(
          "the customer key of " + id + " must be 16 letters and digits");
    }
    Office office =
        new Office(
            id,
            zone,
            new Database(database),
            customerKey,
            new AtomicReference<>(settings),
            new Lane(clock, workers),
            new Subscriptions());
    if (byId.putIfAbsent(id, office) != null || byKey.putIfAbsent(customerKey, office) != null) {
      throw new IllegalArgumentException(
          "practice " + id + " or its customer key is served already");
    }
  }

  /**
   * Opens a port where every practice is reached by its customer key.
   *
   * @param port 0 = any free one
   * @return the port
   */
  public int listen(int port) throws Exception {
    return open(port, connector());
  }

  /**
   * Opens a port where only this practice's key is known.
   *
   * @param port 0 = any free one
   * @return the port
   */
  public int listen(int port, String practice) throws Exception {
    office(practice);
    ServerConnector connector = connector();
    connector.setName(practice);
    return open(port, connector);
  }

  /** Faults to arm and clear. */
  public Faults faults() {
    return faults;
  }

  /** What somebody else does at an office right before a request acts. */
  public Meanwhile meanwhile() {
    return meanwhile;
  }

  /** The programs of offices that tell of changes. */
  public Events events() {
    return events;
  }

  /** What was asked so far. */
  public Requests requests() {
    return requests;
  }

  public OfficeSettings settings(String practice) {
    return office(practice).settings().get();
  }

  /** Changes how a practice's API behaves, from the next request on. */
  public void change(String practice, UnaryOperator<OfficeSettings> change) {
    office(practice).settings().updateAndGet(change);
  }

  /** After how long a request is answered 504: 60 s times the scale. */
  public Duration limit() {
    return limit;
  }

  @Override
  public void close() throws Exception {
    events.close();
    faults.clear();
    server.stop();
    clock.shutdownNow();
    workers.shutdownNow();
  }

  private Office office(String practice) {
    Office office = byId.get(practice);
    if (office == null) {
      throw new IllegalArgumentException("no practice " + practice + " is served");
    }
    return office;
  }

  private int open(int port, ServerConnector connector) throws Exception {
    connector.setHost("127.0.0.1");
    connector.setPort(port);
    // A hanging request must stay open as long as the fault is armed.
    connector.setIdleTimeout(Duration.ofHours(1).toMillis());
    server.addConnector(connector);
    connector.start();
    return connector.getLocalPort();
  }

  /** Accepts on its selector's thread, so that a port costs one thread. */
  private ServerConnector connector() {
    return new ServerConnector(server, 0, 1, http());
  }

  private static HttpConnectionFactory http() {
    HttpConfiguration configuration = new HttpConfiguration();
    configuration.setSendServerVersion(false);
    // Keys are case-sensitive; Jetty's cache would hand out a header seen before in other case.
    configuration.setHeaderCacheCaseSensitive(true);
    return new HttpConnectionFactory(configuration);
  }

  private static Thread daemon(Runnable task, String name) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    return thread;
  }
}
