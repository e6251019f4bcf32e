package pontic;

import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.builder.TemplatedRouteBuilder;
import org.apache.camel.component.netty.NettyComponent;
import org.apache.camel.component.netty.NettyConfiguration;
import org.apache.camel.component.netty.NettyWorkerPoolBuilder;
import org.apache.camel.support.jsse.KeyManagersParameters;
import org.apache.camel.support.jsse.KeyStoreParameters;
import org.apache.camel.support.jsse.SSLContextParameters;
import org.apache.camel.support.jsse.TrustManagersParameters;
import pontic.accept.AcceptHl7;
import pontic.generation.Copy;
import pontic.generation.RouteProblems;
import pontic.hl7.MllpBounds;
import pontic.hl7.MllpDecoderFactory;
import pontic.hl7.MllpEncoderFactory;
import pontic.hl7.MllpRoom;
import pontic.http.ListenException;
import pontic.operations.Metrics;
import pontic.practice.Practice;
import pontic.practice.Problem;
import pontic.practice.Secret;
import pontic.practice.Settings;

/**
 * The HL7 listeners, in a Camel context that outlives generations: a connection stays open unless
 * its own route, that route's error configuration or its port changed. What they store and answer
 * is the running generation's say.
 */
final class Listeners implements AutoCloseable {
  private static final String LARGEST_FRAME = "pontic.hl7.largest-frame";
  private static final String LARGEST_BATCH = "pontic.hl7.largest-batch";
  private static final String CONNECTIONS = "pontic.hl7.connections";
  private static final String FRAME_SECONDS = "pontic.hl7.frame-seconds";
  private static final String ROOM = "pontic.hl7.room";

  /** What else of the process's settings a listener follows without a restart. */
  private static final Set<String> FOLLOWED =
      Set.of(LARGEST_FRAME, LARGEST_BATCH, CONNECTIONS, FRAME_SECONDS, ROOM);

  /**
   * Connections whose messages may wait for the same commit. Two for each processor, Netty's own
   * number, would be the most that share one sync of the disk (decision 0336).
   */
  private static final int WAITING = 64;

  /** Name of the threads that take connections and read them. */
  private static final String PORTS = "mllp-ports";

  /** Of ports that nobody named, and that somebody else was given before they were opened. */
  private static final int MOST_TRIES = 20;

  private static final String ROUTE = "routes/inbound/accept-hl7.camel.yaml";
  private static final Pattern ERRORS = Pattern.compile("routeConfigurationId:\\s*\"?([a-z0-9-]+)");

  private final Supplier<AcceptHl7.Terms> terms;
  private final Metrics metrics;
  private final Consumer<CamelContext> observer;
  private final IntSupplier freePort;
  private Optional<RouteContext> context = Optional.empty();
  private Wanted now = new Wanted(new Book(Map.of(), Map.of()), Map.of());
  private Optional<Followed> followed = Optional.empty();
  private int number;

  /**
   * What decides about all listeners.
   *
   * @param files content by path
   * @param properties that routes may use
   */
  private record Book(Map<String, String> files, Map<String, String> properties) {}

  /** Where a practice listens and how. */
  private record Door(int port, Practice.Tls tls) {}

  /**
   * @param doors by practice
   */
  private record Wanted(Book book, Map<String, Door> doors) {}

  /** What to go back to. */
  private record Followed(Copy copy, Settings settings, Wanted wanted) {}

  /**
   * @param observer sees each context before its routes are made
   * @param freePort one that nobody has now
   */
  Listeners(
      Supplier<AcceptHl7.Terms> terms,
      Metrics metrics,
      Consumer<CamelContext> observer,
      IntSupplier freePort) {
    this.terms = terms;
    this.metrics = metrics;
    this.observer = observer;
    this.freePort = freePort;
  }

  /** The context they stand in, once there is one. */
  synchronized List<CamelContext> camel() {
    return context.map(RouteContext::camel).stream().toList();
  }

  /**
   * What stands in the way of these listeners: a route that cannot be made, a port that cannot be
   * opened. Nothing is changed.
   */
  synchronized List<Problem> problems(Copy copy, Settings settings) {
    List<Problem> problems = new ArrayList<>();
    try {
      Book book = book(copy, settings);
      if (!book.equals(now.book())) {
        made(copy, settings, new Wanted(book, samples(settings))).close();
      }
    } catch (IOException e) {
      problems.add(new Problem(ROUTE, 0, "the file cannot be read", "put it back"));
    } catch (Exception e) {
      problems.add(RouteProblems.of(e, copy.folder()));
    }
    for (Practice practice : settings.practices()) {
      int port = practice.hl7().port();
      if (port != 0
          && now.doors().values().stream().noneMatch(door -> door.port() == port)
          && isTaken(settings.bind(), port)) {
        problems.add(
            new Problem(
                "config/practices/" + practice.id() + ".yaml",
                line(copy, practice.id()),
                "port "
                    + port
                    + " on "
                    + settings.bind()
                    + " for the HL7 listener of "
                    + practice.id()
                    + " is taken",
                "stop the other program, or give another port"));
      }
    }
    return problems;
  }

  /**
   * Opens, closes and replaces listeners as a generation says; those that stay the same are not
   * touched.
   *
   * @throws ListenException if a port cannot be opened; what stood before stands again
   */
  synchronized void follow(Copy copy, Settings settings) throws Exception {
    Wanted wanted = new Wanted(book(copy, settings), doors(settings));
    try {
      apply(copy, settings, wanted);
      followed = Optional.of(new Followed(copy, settings, now));
    } catch (Exception e) {
      if (followed.isPresent()) {
        Followed before = followed.get();
        apply(before.copy(), before.settings(), before.wanted());
      }
      throw e;
    }
  }

  /** One of each kind: but for their names and ports the listeners of practices are the same. */
  private static Map<String, Door> samples(Settings settings) {
    Map<String, Door> samples = new TreeMap<>();
    Set<Practice.Tls> seen = new HashSet<>();
    for (Practice practice : settings.practices()) {
      if (seen.add(practice.hl7().tls())) {
        samples.put(practice.id(), new Door(1, practice.hl7().tls()));
      }
    }
    return samples;
  }

  private void apply(Copy copy, Settings settings, Wanted wanted) throws Exception {
    if (context.isPresent() && wanted.book().equals(now.book())) {
      open(context.get(), settings, wanted);
      return;
    }
    RouteContext next = made(copy, settings, wanted);
    closeContext();
    context = Optional.of(next);
    next.show(metrics);
    try {
      open(next, settings, wanted);
    } catch (Exception e) {
      // With it go the routes that were not opened yet.
      closeContext();
      throw e;
    }
  }

  private void open(RouteContext routes, Settings settings, Wanted wanted) throws Exception {
    CamelContext camel = routes.camel();
    for (Map.Entry<String, Door> open : Map.copyOf(now.doors()).entrySet()) {
      if (!open.getValue().equals(wanted.doors().get(open.getKey()))) {
        String id = id(open.getKey());
        camel.getRouteController().stopRoute(id);
        camel.removeRoute(id);
        now = without(open.getKey());
      }
    }
    now = new Wanted(wanted.book(), now.doors());
    for (Map.Entry<String, Door> each : wanted.doors().entrySet()) {
      if (!now.doors().containsKey(each.getKey())) {
        Door opened = open(routes, settings, each.getKey(), each.getValue());
        now = with(each.getKey(), opened);
      }
    }
  }

  /** At a port that the settings do not name, another is taken as often as somebody was faster. */
  private Door open(RouteContext routes, Settings settings, String practice, Door door)
      throws Exception {
    boolean isAny = settings.practice(practice).filter(each -> each.hl7().port() == 0).isPresent();
    Door tried = door;
    for (int i = 1; ; i++) {
      try {
        open(routes, settings.bind(), practice, tried);
        return tried;
      } catch (ListenException e) {
        if (!isAny || i == MOST_TRIES) {
          throw e;
        }
        tried = new Door(freePort.getAsInt(), door.tls());
      }
    }
  }

  private void open(RouteContext routes, String bind, String practice, Door door) throws Exception {
    CamelContext camel = routes.camel();
    try {
      if (camel.getRoute(id(practice)) == null) {
        add(routes, practice, door);
      }
      camel.getRouteController().startRoute(id(practice));
    } catch (Exception e) {
      if (camel.getRoute(id(practice)) != null) {
        camel.getRouteController().stopRoute(id(practice));
        camel.removeRoute(id(practice));
      }
      if (root(e) instanceof BindException) {
        throw new ListenException(
            "port "
                + door.port()
                + " on "
                + bind
                + " for the HL7 listener of "
                + practice
                + " is taken; set practices."
                + practice
                + ".hl7.port to another one",
            e);
      }
      throw e;
    }
  }

  /**
   * A context with a route for each door, none of them open. They are there before it is made: for
   * each that is added to a context that runs, Camel looks at all the others.
   */
  private RouteContext made(Copy copy, Settings settings, Wanted wanted) throws Exception {
    RouteContext next = load(copy, settings, wanted.book());
    try {
      for (Map.Entry<String, Door> door : wanted.doors().entrySet()) {
        add(next, door.getKey(), door.getValue());
      }
      next.make();
      return next;
    } catch (Exception e) {
      next.close();
      throw e;
    }
  }

  private RouteContext load(Copy copy, Settings settings, Book book) {
    RouteContext next =
        new RouteContext(
            "pontic-listeners",
            ++number,
            0,
            book.files().keySet().stream()
                .map(file -> "file:" + copy.folder().resolve(file))
                .toList(),
            settings.properties());
    next.property("pontic.home", copy.folder().toString());
    next.bind("mllpDecoder", new MllpDecoderFactory(largest(settings), bounds(settings)));
    next.bind("mllpEncoder", new MllpEncoderFactory());
    next.bind(
        "acceptHl7",
        new AcceptHl7(terms, Integer.parseInt(settings.properties().get(LARGEST_BATCH))));
    try {
      CamelContext camel = next.load();
      camel.addComponent("netty", netty());
      observer.accept(camel);
      return next;
    } catch (RuntimeException e) {
      next.close();
      throw e;
    }
  }

  /**
   * All ports of a context have their threads in common: by itself Camel gives each port some of
   * its own (decision 0333). They end with the component.
   */
  private static NettyComponent netty() {
    EventLoopGroup ports = new NettyWorkerPoolBuilder().withName(PORTS).build();
    NettyConfiguration configuration = new NettyConfiguration();
    configuration.setBossGroup(ports);
    configuration.setWorkerGroup(ports);
    NettyComponent netty = new NettyComponent();
    netty.setConfiguration(configuration);
    netty.setMaximumPoolSize(WAITING);
    return netty;
  }

  private static void add(RouteContext routes, String practice, Door door) throws Exception {
    routes.bind("mllpTls-" + practice, tls(door.tls()));
    TemplatedRouteBuilder.builder(routes.camel(), "accept-hl7")
        .routeId(id(practice))
        .prefixId(practice + "-")
        .parameter("practice", practice)
        .parameter("port", door.port())
        .parameter("tls", door.tls().on())
        .parameter("certificate", door.tls().asksForCertificate())
        .add();
  }

  /** Without TLS nobody asks for it; the route names it all the same. */
  private static SSLContextParameters tls(Practice.Tls tls) {
    SSLContextParameters parameters = new SSLContextParameters();
    if (tls.on()) {
      KeyManagersParameters keys = new KeyManagersParameters();
      keys.setKeyStore(store(tls.keyStore(), tls.keyStorePassword()));
      keys.setKeyPassword(tls.keyStorePassword().value());
      parameters.setKeyManagers(keys);
    }
    if (tls.asksForCertificate()) {
      TrustManagersParameters trusted = new TrustManagersParameters();
      trusted.setKeyStore(store(tls.trustStore(), tls.trustStorePassword()));
      parameters.setTrustManagers(trusted);
    }
    return parameters;
  }

  private static KeyStoreParameters store(String file, Secret password) {
    KeyStoreParameters store = new KeyStoreParameters();
    store.setResource("file:" + file);
    store.setPassword(password.value());
    return store;
  }

  /** Of every connection that is ours. */
  static MllpDecoderFactory decoder(Settings settings) {
    return new MllpDecoderFactory(largest(settings));
  }

  private static int largest(Settings settings) {
    return Integer.parseInt(settings.properties().get(LARGEST_FRAME));
  }

  private MllpBounds bounds(Settings settings) {
    return new MllpBounds(
        Integer.parseInt(settings.properties().get(CONNECTIONS)),
        Duration.ofSeconds(Long.parseLong(settings.properties().get(FRAME_SECONDS))),
        new MllpRoom(Long.parseLong(settings.properties().get(ROOM)), metrics::frameWithoutRoom),
        System::nanoTime);
  }

  private static Book book(Copy copy, Settings settings) throws IOException {
    Map<String, String> files = new TreeMap<>();
    String text = Files.readString(copy.folder().resolve(ROUTE), StandardCharsets.UTF_8);
    files.put(ROUTE, text);
    Matcher named = ERRORS.matcher(text);
    while (named.find()) {
      String errors = "routes/errors/" + named.group(1) + ".camel.yaml";
      Path file = copy.folder().resolve(errors);
      if (Files.isRegularFile(file)) {
        files.put(errors, Files.readString(file, StandardCharsets.UTF_8));
      }
    }
    Map<String, String> properties = new TreeMap<>(settings.properties());
    properties.keySet().removeIf(key -> key.startsWith("pontic.") && !FOLLOWED.contains(key));
    return new Book(files, properties);
  }

  /** Port 0 means any; the listener's endpoint needs a number, and keeps it. */
  private Map<String, Door> doors(Settings settings) throws IOException {
    Map<String, Door> doors = new TreeMap<>();
    Set<Integer> taken = new HashSet<>();
    for (Practice practice : settings.practices()) {
      int port = practice.hl7().port();
      Door before = now.doors().get(practice.id());
      if (port == 0) {
        port = before == null ? free(taken) : before.port();
      }
      taken.add(port);
      doors.put(practice.id(), new Door(port, practice.hl7().tls()));
    }
    return doors;
  }

  /** One that is free now may be named again while nobody has opened it. */
  private int free(Set<Integer> taken) {
    int port = freePort.getAsInt();
    for (int i = 1; i < MOST_TRIES && taken.contains(port); i++) {
      port = freePort.getAsInt();
    }
    return port;
  }

  private static boolean isTaken(String bind, int port) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getByName(bind), port));
      return false;
    } catch (IOException e) {
      return true;
    }
  }

  private static int line(Copy copy, String practice) {
    try (Stream<String> lines =
        Files.lines(copy.config().resolve("practices").resolve(practice + ".yaml"))) {
      List<String> all = lines.toList();
      for (int i = 0; i < all.size(); i++) {
        if (all.get(i).strip().startsWith("port:")) {
          return i + 1;
        }
      }
      return 0;
    } catch (IOException e) {
      return 0;
    }
  }

  private Wanted with(String practice, Door door) {
    Map<String, Door> doors = new TreeMap<>(now.doors());
    doors.put(practice, door);
    return new Wanted(now.book(), doors);
  }

  private Wanted without(String practice) {
    Map<String, Door> doors = new TreeMap<>(now.doors());
    doors.remove(practice);
    return new Wanted(now.book(), doors);
  }

  private static String id(String practice) {
    return "accept-hl7-" + practice;
  }

  private static Throwable root(Throwable e) {
    return e.getCause() == null || e.getCause() == e ? e : root(e.getCause());
  }

  private void closeContext() {
    context.ifPresent(
        open -> {
          open.hide(metrics);
          open.close();
        });
    context = Optional.empty();
    now = new Wanted(now.book(), Map.of());
  }

  @Override
  public synchronized void close() {
    closeContext();
  }
}
