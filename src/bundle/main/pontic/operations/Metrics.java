package pontic.operations;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pontic.freshness.Stand;
import pontic.generation.Report;
import pontic.store.Store;
import pontic.store.Transaction;

/**
 * Prometheus metrics: the Java process, each route, and what stands in the store. Labels are ids
 * and states only.
 */
public final class Metrics implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Metrics.class);

  private static final long LEAST_AGE_NANOS = 1_000_000_000L;

  /** Reading may take the tenth part of the time: who asks more often gets what was read last. */
  private static final int PACE = 9;

  private final Store store;
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final JvmGcMetrics collections = new JvmGcMetrics();
  private final AtomicInteger readable = new AtomicInteger();
  private final List<StoreGauge> ofStore;
  private final Counter withoutRoom;
  private final MultiGauge health;
  private final MultiGauge captured;
  private final MultiGauge captureOn;
  private final MultiGauge captureAge;
  private final MultiGauge behind;
  private final MultiGauge objective;
  private final MultiGauge generation;
  private final MultiGauge queried;
  private final List<RouteMeters> routes = new CopyOnWriteArrayList<>();
  private volatile Optional<Supplier<Report>> report = Optional.empty();
  private volatile Supplier<Map<String, Duration>> queries = Map::of;
  private volatile Supplier<List<Stand>> stands = List::of;
  private long readAt;
  private long tookNanos;
  private boolean read;

  public Metrics(Store store) {
    this.store = store;
    new ClassLoaderMetrics().bindTo(registry);
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    new UptimeMetrics().bindTo(registry);
    new FileDescriptorMetrics().bindTo(registry);
    collections.bindTo(registry);
    Gauge.builder("pontic.store.readable", readable, AtomicInteger::get)
        .description(
            "1 if the gauges of this answer were read from the store, 0 if it did not answer")
        .register(registry);
    withoutRoom =
        Counter.builder("pontic.hl7.without.room")
            .description("frames that were not taken, since what comes at once has no more room")
            .register(registry);
    health =
        gauge("pontic.health.up", "1 for a part of /health that works, 0 for one that does not");
    generation = gauge("pontic.generation", "1 for the generation that runs");
    queried =
        gauge(
            "pontic.capture.query.seconds",
            "how long queries of feeds and comparisons ran at an office, since its generation began; its rate is the share of time");
    captured =
        gauge(
            "pontic.capture.rows",
            "rows read by practice, feed and kind: changed, unchanged (a new stamp and nothing new), total of the first load");
    captureOn = gauge("pontic.capture.on", "0 for a feed that is off, see /control/status");
    captureAge =
        gauge(
            "pontic.capture.age.seconds",
            "age of the stamp up to which a feed has read; -1 before its first page");
    behind =
        gauge(
            "pontic.freshness.behind.seconds",
            "how long what a destination lacks has waited; of the practice itself (no destination) its reading, or a message for it");
    objective =
        gauge("pontic.freshness.objective.seconds", "what was agreed: the setting freshness");
    ofStore = StoreGauge.all(this::gauge);
  }

  private MultiGauge gauge(String name, String description) {
    return MultiGauge.builder(name).description(description).register(registry);
  }

  /**
   * How near the bound is up to which practices may hang (decision 0002).
   *
   * @param consumers of queue call, in this process
   * @param busy how many of them have a token in hand, most of them a request under way
   */
  public void callConsumers(Supplier<Number> consumers, Supplier<Number> busy) {
    Gauge.builder("pontic.call.consumers", consumers)
        .description("consumers of queue call in this process: so many API requests at a time")
        .register(registry);
    Gauge.builder("pontic.call.consumers.busy", busy)
        .description("of these, how many are busy; practices wait for each other when all are")
        .register(registry);
  }

  /** One event of an office (a hint) more. */
  public void hint(String practice, String table, String outcome) {
    Counter.builder("pontic.hints")
        .description(
            "events of offices by practice, table and outcome: taken, unknown (nothing is read for"
                + " it), refused, failed")
        .tags("practice", practice, "table", table, "outcome", outcome)
        .register(registry)
        .increment();
  }

  /** One frame of HL7 v2 more for which there was no room. */
  public void frameWithoutRoom() {
    withoutRoom.increment();
  }

  /**
   * Which generation runs, and whether another one was refused.
   *
   * @param report asked at each look
   */
  public void generation(Supplier<Report> report) {
    this.report = Optional.of(report);
    Gauge.builder(
            "pontic.generation.refused",
            () -> report.get().refused().map(refusal -> refusal.problems().size()).orElse(0))
        .description("what is wrong with the files on disk; 0 if they are those that run")
        .register(registry);
    Gauge.builder("pontic.generation.draining", () -> report.get().draining().size())
        .description("older generations that still end what they have under way")
        .register(registry);
    FunctionCounter.builder("pontic.generation.swaps", report, asked -> asked.get().swaps())
        .description("generations that followed another one without a restart")
        .register(registry);
  }

  /**
   * How long queries ran at each office.
   *
   * @param queries by practice, asked at each look; begins anew with a generation
   */
  public void queries(Supplier<Map<String, Duration>> queries) {
    this.queries = queries;
  }

  /**
   * How far practices and destinations are behind.
   *
   * @param stands asked at each look
   */
  public void stands(Supplier<List<Stand>> stands) {
    this.stands = stands;
  }

  /** The meters of these routes are part of each answer from now on. */
  public void show(RouteMeters meters) {
    routes.add(meters);
  }

  /** In place of others: no answer is without both or has both. */
  public void replace(RouteMeters old, RouteMeters by) {
    routes.replaceAll(meters -> meters == old ? by : meters);
  }

  /** No longer. */
  public void hide(RouteMeters meters) {
    routes.remove(meters);
  }

  /** What was found of each part; stays until the next look. */
  void health(List<HealthCheck.Part> parts) {
    List<MultiGauge.Row<?>> rows = new ArrayList<>();
    parts.forEach(
        part -> rows.add(MultiGauge.Row.of(Tags.of("part", part.name()), part.up() ? 1 : 0)));
    health.register(rows, true);
  }

  /**
   * The text form of Prometheus, with the store's gauges not older than a second, or than nine
   * times what it took to read them.
   */
  synchronized String scrape() {
    if (!read || System.nanoTime() - readAt > Math.max(LEAST_AGE_NANOS, PACE * tookNanos)) {
      long begun = System.nanoTime();
      readStore();
      readAt = System.nanoTime();
      tookNanos = readAt - begun;
      read = true;
    }
    report.ifPresent(
        asked ->
            generation.register(
                List.of(MultiGauge.Row.of(Tags.of("generation", asked.get().id()), 1)), true));
    List<MultiGauge.Row<?>> ran = new ArrayList<>();
    queries
        .get()
        .forEach(
            (practice, time) ->
                ran.add(
                    MultiGauge.Row.of(Tags.of("practice", practice), time.toMillis() / 1000.0)));
    queried.register(ran, true);
    List<String> texts = new ArrayList<>(List.of(registry.scrape()));
    routes.forEach(meters -> texts.add(meters.scrape()));
    return merged(texts);
  }

  /** Samples of one name stand together, below its description, wherever they came from. */
  private static String merged(List<String> texts) {
    Map<String, Set<String>> families = new LinkedHashMap<>();
    for (String text : texts) {
      Set<String> family = new LinkedHashSet<>();
      for (String line : text.split("\n")) {
        if (line.startsWith("# ")) {
          family = families.computeIfAbsent(line.split(" ", 4)[2], name -> new LinkedHashSet<>());
        }
        family.add(line);
      }
    }
    StringBuilder merged = new StringBuilder();
    families.values().forEach(lines -> lines.forEach(line -> merged.append(line).append('\n')));
    return merged.toString();
  }

  private void readStore() {
    try {
      List<Stand> now = stands.get();
      behind.register(each(now, stand -> stand.behind().toMillis() / 1000.0), true);
      objective.register(each(now, stand -> stand.objective().toMillis() / 1000.0), true);
      store.read(this::rows);
      readable.set(1);
    } catch (RuntimeException e) {
      LOG.warn(
          "metrics: the store did not answer ({}); the gauges keep their last values",
          e.getClass().getSimpleName());
      readable.set(0);
    }
  }

  private boolean rows(Transaction tx) {
    ofStore.forEach(gauge -> gauge.read(tx));
    List<FeedStates.FeedState> feeds = FeedStates.read(tx);
    captured.register(FeedStates.rows(feeds), true);
    captureOn.register(FeedStates.each(feeds, feed -> feed.state().equals("off") ? 0 : 1), true);
    captureAge.register(FeedStates.each(feeds, FeedStates.FeedState::ageSeconds), true);
    return true;
  }

  private static List<MultiGauge.Row<?>> each(List<Stand> stands, ToDoubleFunction<Stand> value) {
    List<MultiGauge.Row<?>> rows = new ArrayList<>();
    for (Stand stand : stands) {
      Tags tags = Tags.of("practice", stand.practice(), "destination", stand.destination());
      rows.add(MultiGauge.Row.of(tags, value.applyAsDouble(stand)));
    }
    return rows;
  }

  @Override
  public void close() {
    collections.close();
    registry.close();
  }
}
