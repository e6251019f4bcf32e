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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
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

  private final Store store;
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final JvmGcMetrics collections = new JvmGcMetrics();
  private final AtomicInteger readable = new AtomicInteger();
  private final MultiGauge messages;
  private final MultiGauge work;
  private final MultiGauge calls;
  private final MultiGauge health;
  private final MultiGauge doubles;
  private final MultiGauge oldest;
  private final MultiGauge lanes;
  private final MultiGauge laneOf;
  private final MultiGauge echoes;
  private final MultiGauge dues;
  private final MultiGauge oldestDue;
  private final MultiGauge deliveries;
  private final MultiGauge failing;
  private final MultiGauge captured;
  private final MultiGauge captureOn;
  private final MultiGauge captureAge;
  private final MultiGauge unexplained;
  private final MultiGauge generation;
  private final List<RouteMeters> routes = new CopyOnWriteArrayList<>();
  private volatile Optional<Supplier<Report>> report = Optional.empty();
  private long readAt;
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
    messages = gauge("pontic.messages", "accepted messages by practice, state and receipt end");
    work =
        gauge(
            "pontic.work",
            "understood messages by practice and state; parked ones wait for a person, switched off ones for a write that the practice does not allow");
    calls = gauge("pontic.calls", "API requests by practice; unknown ones wait to be read back");
    health =
        gauge("pontic.health.up", "1 for a part of /health that works, 0 for one that does not");
    doubles =
        gauge("pontic.doubles", "messages that took effect twice and wait for a person to look");
    oldest =
        gauge("pontic.work.oldest.waiting.seconds", "age of the oldest message whose work waits");
    lanes = gauge("pontic.lanes", "lanes by state");
    echoes =
        gauge(
            "pontic.echoes",
            "rows whose newest version a destination was not sent because it had said it itself");
    dues =
        gauge(
            "pontic.due",
            "records that a destination does not have, by practice, destination and state; unknown ones may have arrived");
    oldestDue = gauge("pontic.due.oldest.seconds", "age of the oldest record that is due");
    deliveries =
        gauge(
            "pontic.deliveries",
            "versions that a destination acknowledged or was spared, since the store was made");
    failing =
        gauge("pontic.destination.failing.seconds", "how long a destination has been failing");
    laneOf = gauge("pontic.lane.state", "1 for the state that the lane of a practice is in");
    generation = gauge("pontic.generation", "1 for the generation that runs");
    captured =
        gauge(
            "pontic.capture.rows",
            "rows read by practice, feed and kind: changed, unchanged (a new stamp and nothing new), total of the first load");
    captureOn = gauge("pontic.capture.on", "0 for a feed that is off, see /control/status");
    unexplained =
        gauge(
            "pontic.reconcile.unexplained",
            "Rows that the newest comparison found different and did not repair");
    captureAge =
        gauge(
            "pontic.capture.age.seconds",
            "age of the stamp up to which a feed has read; -1 before its first page");
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

  /** The text form of Prometheus, with the store's gauges not older than a second. */
  synchronized String scrape() {
    if (!read || System.nanoTime() - readAt > LEAST_AGE_NANOS) {
      readStore();
      readAt = System.nanoTime();
      read = true;
    }
    report.ifPresent(
        asked ->
            generation.register(
                List.of(MultiGauge.Row.of(Tags.of("generation", asked.get().id()), 1)), true));
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
    List<MultiGauge.Row<?>> rows = new ArrayList<>();
    tx.sql(
            "select practice, state, receipt_end, count(*) as n from message group by practice, state, receipt_end")
        .query(
            (row, number) ->
                MultiGauge.Row.of(
                    Tags.of(
                        "practice",
                        row.getString(1),
                        "state",
                        row.getString(2),
                        "end",
                        row.getString(3)),
                    row.getLong(4)))
        .list()
        .forEach(rows::add);
    messages.register(rows, true);

    List<MultiGauge.Row<?>> ofWork = new ArrayList<>();
    tx.sql(
            """
            select practice, stands, count(*) as n from (
              select practice, case when waits_for = '' then state else 'switched off' end as stands from work
              where state in ('waiting', 'parked')) w
            group by practice, stands
            """)
        .query(
            (row, number) ->
                MultiGauge.Row.of(
                    Tags.of("practice", row.getString(1), "state", row.getString(2)),
                    row.getLong(3)))
        .list()
        .forEach(ofWork::add);
    work.register(ofWork, true);
    List<MultiGauge.Row<?>> unclear = new ArrayList<>();
    tx.sql(
            """
            select practice, (select count(*) from call c where c.practice = l.practice and c.state = 'unknown') as n from lane l
            """)
        .query(
            (row, number) ->
                MultiGauge.Row.of(
                    Tags.of("practice", row.getString(1), "state", "unknown"), row.getLong(2)))
        .list()
        .forEach(unclear::add);
    calls.register(unclear, true);
    List<MultiGauge.Row<?>> ofDoubles = new ArrayList<>();
    tx.sql(
            """
            select practice, count(*) as n from message where receipt_end = 'parked' and receipt_reason like 'double: %'
            group by practice
            """)
        .query(
            (row, number) ->
                MultiGauge.Row.of(Tags.of("practice", row.getString(1)), row.getLong(2)))
        .list()
        .forEach(ofDoubles::add);
    doubles.register(ofDoubles, true);

    long now = tx.now().toEpochMilli();
    List<MultiGauge.Row<?>> ages = new ArrayList<>();
    tx.sql(
            """
            select w.practice, min(m.accepted_at) from work w join message m on m.id = w.message_id
            where w.state = 'waiting' group by w.practice
            """)
        .query(
            (row, number) ->
                MultiGauge.Row.of(
                    Tags.of("practice", row.getString(1)),
                    Math.max(0, now - row.getLong(2)) / 1000.0))
        .list()
        .forEach(ages::add);
    oldest.register(ages, true);

    List<MultiGauge.Row<?>> byState = new ArrayList<>();
    tx.sql("select state, count(*) as n from lane group by state")
        .query(
            (row, number) -> MultiGauge.Row.of(Tags.of("state", row.getString(1)), row.getLong(2)))
        .list()
        .forEach(byState::add);
    lanes.register(byState, true);

    List<MultiGauge.Row<?>> each = new ArrayList<>();
    tx.sql("select practice, state from lane")
        .query(
            (row, number) ->
                MultiGauge.Row.of(
                    Tags.of("practice", row.getString(1), "state", row.getString(2)), 1))
        .list()
        .forEach(each::add);
    laneOf.register(each, true);

    List<MultiGauge.Row<?>> known = new ArrayList<>();
    tx.sql(
            "select practice, destination, count(*) as n from delivery where withheld = 'echo'"
                + " group by practice, destination")
        .query(
            (row, number) ->
                MultiGauge.Row.of(
                    Tags.of("practice", row.getString(1), "destination", row.getString(2)),
                    row.getLong(3)))
        .list()
        .forEach(known::add);
    echoes.register(known, true);
    outbound(tx, now);

    List<MultiGauge.Row<?>> ofUnexplained = new ArrayList<>();
    tx.sql(
            "select practice, feed, destination, differing - repaired as open from reconcile r"
                + " where r.purpose = 'compare' and not exists (select 1 from reconcile n where n.practice = r.practice"
                + " and n.purpose = r.purpose and n.feed = r.feed and n.destination = r.destination and n.started_at > r.started_at)")
        .query(
            row -> {
              ofUnexplained.add(
                  MultiGauge.Row.of(
                      Tags.of(
                          "practice",
                          row.getString("practice"),
                          "table",
                          row.getString("feed"),
                          "destination",
                          row.getString("destination")),
                      row.getLong("open")));
            });
    unexplained.register(ofUnexplained, true);
    List<FeedStates.FeedState> feeds = FeedStates.read(tx);
    captured.register(FeedStates.rows(feeds), true);
    captureOn.register(FeedStates.each(feeds, feed -> feed.state().equals("off") ? 0 : 1), true);
    captureAge.register(FeedStates.each(feeds, FeedStates.FeedState::ageSeconds), true);
    return true;
  }

  private void outbound(Transaction tx, long now) {
    List<MultiGauge.Row<?>> states = new ArrayList<>();
    List<MultiGauge.Row<?>> ages = new ArrayList<>();
    tx.sql(
            "select practice, destination, state, count(*), min(due_at) from due group by practice, destination, state")
        .query(
            (row, number) -> {
              Tags pair = pair(row.getString(1), row.getString(2));
              states.add(MultiGauge.Row.of(pair.and("state", row.getString(3)), row.getLong(4)));
              if (row.getString(3).equals("due")) {
                ages.add(MultiGauge.Row.of(pair, Math.max(0, now - row.getLong(5)) / 1000.0));
              }
              return 1;
            })
        .list();
    tx.sql(
            "select practice, destination, count(*) from delivery where attempt_state = 'unknown' group by practice, destination")
        .query(
            (row, number) ->
                states.add(
                    MultiGauge.Row.of(
                        pair(row.getString(1), row.getString(2)).and("state", "unknown"),
                        row.getLong(3))))
        .list();
    dues.register(states, true);
    oldestDue.register(ages, true);
    List<MultiGauge.Row<?>> told = new ArrayList<>();
    List<MultiGauge.Row<?>> silent = new ArrayList<>();
    tx.sql("select practice, destination, delivered, withheld, failing_since from sending")
        .query(
            (row, number) -> {
              Tags pair = pair(row.getString(1), row.getString(2));
              told.add(MultiGauge.Row.of(pair.and("how", "acknowledged"), row.getLong(3)));
              told.add(MultiGauge.Row.of(pair.and("how", "withheld"), row.getLong(4)));
              long since = row.getLong(5);
              return silent.add(
                  MultiGauge.Row.of(pair, since == 0 ? 0 : Math.max(0, now - since) / 1000.0));
            })
        .list();
    deliveries.register(told, true);
    failing.register(silent, true);
  }

  private static Tags pair(String practice, String destination) {
    return Tags.of("practice", practice, "destination", destination);
  }

  @Override
  public void close() {
    collections.close();
    registry.close();
  }
}
