package pontic;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.builder.TemplatedRouteBuilder;
import pontic.accept.AcceptHl7;
import pontic.generation.Copy;
import pontic.generation.RouteProblems;
import pontic.hl7.MllpDecoderFactory;
import pontic.hl7.MllpEncoderFactory;
import pontic.http.ListenException;
import pontic.operations.Metrics;
import pontic.practice.Practice;
import pontic.practice.Problem;
import pontic.practice.Settings;

/**
 * The HL7 listeners, in a Camel context that outlives generations: a connection stays open unless
 * its own route, that route's error configuration or its port changed. What they store and answer
 * is the running generation's say.
 */
final class Listeners implements AutoCloseable {
  private static final String ROUTE = "routes/inbound/accept-hl7.camel.yaml";
  private static final Pattern ERRORS = Pattern.compile("routeConfigurationId:\\s*\"?([a-z0-9-]+)");

  private final Supplier<AcceptHl7.Terms> terms;
  private final Metrics metrics;
  private final Consumer<CamelContext> observer;
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

  /**
   * @param ports by practice
   */
  private record Wanted(Book book, Map<String, Integer> ports) {}

  /** What to go back to. */
  private record Followed(Copy copy, Settings settings, Wanted wanted) {}

  /**
   * @param observer sees each context before its routes are made
   */
  Listeners(Supplier<AcceptHl7.Terms> terms, Metrics metrics, Consumer<CamelContext> observer) {
    this.terms = terms;
    this.metrics = metrics;
    this.observer = observer;
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
        RouteContext tried = load(copy, settings, book);
        try {
          for (Practice practice : settings.practices()) {
            add(tried.camel(), practice.id(), 1);
          }
          tried.make();
        } finally {
          tried.close();
        }
      }
    } catch (IOException e) {
      problems.add(new Problem(ROUTE, 0, "the file cannot be read", "put it back"));
    } catch (Exception e) {
      problems.add(RouteProblems.of(e, copy.folder()));
    }
    for (Practice practice : settings.practices()) {
      int port = practice.hl7().port();
      if (port != 0 && !now.ports().containsValue(port) && isTaken(settings.bind(), port)) {
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
    Wanted wanted = new Wanted(book(copy, settings), ports(settings));
    try {
      apply(copy, settings, wanted);
      followed = Optional.of(new Followed(copy, settings, wanted));
    } catch (Exception e) {
      if (followed.isPresent()) {
        Followed before = followed.get();
        apply(before.copy(), before.settings(), before.wanted());
      }
      throw e;
    }
  }

  private void apply(Copy copy, Settings settings, Wanted wanted) throws Exception {
    if (context.isEmpty() || !wanted.book().equals(now.book())) {
      RouteContext next = load(copy, settings, wanted.book());
      next.make();
      closeContext();
      context = Optional.of(next);
      next.show(metrics);
    }
    CamelContext camel = context.get().camel();
    for (Map.Entry<String, Integer> open : Map.copyOf(now.ports()).entrySet()) {
      if (!open.getValue().equals(wanted.ports().get(open.getKey()))) {
        String id = id(open.getKey());
        camel.getRouteController().stopRoute(id);
        camel.removeRoute(id);
        now = without(open.getKey());
      }
    }
    now = new Wanted(wanted.book(), now.ports());
    for (Map.Entry<String, Integer> each : wanted.ports().entrySet()) {
      if (!now.ports().containsKey(each.getKey())) {
        open(camel, settings.bind(), each.getKey(), each.getValue());
        now = with(each.getKey(), each.getValue());
      }
    }
  }

  private void open(CamelContext camel, String bind, String practice, int port) throws Exception {
    try {
      add(camel, practice, port);
      camel.getRouteController().startRoute(id(practice));
    } catch (Exception e) {
      if (camel.getRoute(id(practice)) != null) {
        camel.getRouteController().stopRoute(id(practice));
        camel.removeRoute(id(practice));
      }
      if (root(e) instanceof BindException) {
        throw new ListenException(
            "port "
                + port
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

  private RouteContext load(Copy copy, Settings settings, Book book) {
    RouteContext next =
        new RouteContext(
            "pontic-listeners",
            ++number,
            book.files().keySet().stream()
                .map(file -> "file:" + copy.folder().resolve(file))
                .toList(),
            settings.properties());
    next.property("pontic.home", copy.folder().toString());
    next.bind("mllpDecoder", new MllpDecoderFactory(Live.LARGEST_FRAME));
    next.bind("mllpEncoder", new MllpEncoderFactory());
    next.bind("acceptHl7", new AcceptHl7(terms));
    try {
      observer.accept(next.load());
      return next;
    } catch (RuntimeException e) {
      next.close();
      throw e;
    }
  }

  private static void add(CamelContext camel, String practice, int port) throws Exception {
    TemplatedRouteBuilder.builder(camel, "accept-hl7")
        .routeId(id(practice))
        .prefixId(practice + "-")
        .parameter("practice", practice)
        .parameter("port", port)
        .add();
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
    properties.keySet().removeIf(key -> key.startsWith("pontic."));
    return new Book(files, properties);
  }

  /** Port 0 means any; the listener's endpoint needs a number, and keeps it. */
  private Map<String, Integer> ports(Settings settings) throws IOException {
    Map<String, Integer> ports = new TreeMap<>();
    for (Practice practice : settings.practices()) {
      int port = practice.hl7().port();
      ports.put(
          practice.id(), port != 0 ? port : now.ports().getOrDefault(practice.id(), freePort()));
    }
    return ports;
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
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

  private Wanted with(String practice, int port) {
    Map<String, Integer> ports = new TreeMap<>(now.ports());
    ports.put(practice, port);
    return new Wanted(now.book(), ports);
  }

  private Wanted without(String practice) {
    Map<String, Integer> ports = new TreeMap<>(now.ports());
    ports.remove(practice);
    return new Wanted(now.book(), ports);
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
