package pontic.scale;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import pontic.Bundle;
import pontic.generation.Installation;
import pontic.house.House;
import pontic.pause.Pauses;
import pontic.practice.Settings;
import pontic.practice.SettingsLoader;
import pontic.sandbox.FreePorts;
import pontic.sandbox.Sandbox;
import pontic.sandbox.SandboxSettings;
import pontic.sandbox.api.OpenDentalApi;
import pontic.sandbox.api.OpenDentalApiPart;
import pontic.sandbox.api.Requests;
import pontic.sandbox.database.Engine;
import pontic.sandbox.database.PracticePlan;
import pontic.sandbox.hospital.Hospital;
import pontic.sandbox.hospital.MllpSender;

/** Many small practices in one sandbox, and one bundle for all of them on the embedded store. */
final class Town implements AutoCloseable {
  private static final int PATIENTS = 2;

  private final double scale;
  private final Sandbox sandbox;
  private final OpenDentalApi api;
  private final Settings settings;
  private final Bundle bundle;

  private Town(double scale, Sandbox sandbox, OpenDentalApi api, Settings settings, Bundle bundle) {
    this.scale = scale;
    this.sandbox = sandbox;
    this.api = api;
    this.settings = settings;
    this.bundle = bundle;
  }

  /**
   * @param scale on the API's times
   */
  static Town open(Path folder, int practices, int consumers, double scale) throws Exception {
    AtomicReference<OpenDentalApi> api = new AtomicReference<>();
    List<PracticePlan> plans =
        IntStream.range(0, practices)
            .mapToObj(n -> PracticePlan.elm(Engine.MYISAM, PATIENTS).as("p" + n, 100 + n))
            .toList();
    Sandbox sandbox =
        Sandbox.start(
            SandboxSettings.onFreePorts(folder.resolve("sandbox"), Engine.MYISAM, PATIENTS)
                .with(plans)
                .withTimeScale(scale),
            List.of(new OpenDentalApiPart(api::set)));
    try {
      Installation installation = installation(folder, plans, sandbox.ports(), consumers, scale);
      Settings settings = installation.settings();
      Bundle bundle = Bundle.prepare(installation);
      bundle.start(() -> {});
      return new Town(scale, sandbox, api.get(), settings, bundle);
    } catch (Exception e) {
      sandbox.close();
      throw e;
    }
  }

  private static Installation installation(
      Path folder,
      List<PracticePlan> plans,
      Map<String, Integer> ports,
      int consumers,
      double scale)
      throws Exception {
    Path config = Files.createDirectories(folder.resolve("config"));
    Files.copy(
        House.home().resolve("config/application.properties"),
        config.resolve("application.properties"));
    Path practices = Files.createDirectories(config.resolve("practices"));
    FreePorts free = new FreePorts();
    for (PracticePlan plan : plans) {
      Files.writeString(
          practices.resolve(plan.id() + ".yaml"),
          """
          id: %s
          name: Practice %s
          zone: America/New_York
          api:
            url: http://127.0.0.1:%d/api/v1
            developerKey: %s
            customerKey: "{{env:TOWN_CUSTOMER_KEY}}"
            mode: remote
            timeScale: %s
          database:
            enabled: false
            feeds: patient, patient-merged, appointment, appointment-broken, appointment-deleted, provider, operatory
          hl7:
            port: %d
          facade:
            clients: []
          codes: {}
          """
              .formatted(
                  plan.id(),
                  plan.id(),
                  ports.get("api"),
                  OpenDentalApi.DEVELOPER_KEY,
                  scale,
                  free.next()));
    }
    Map<String, String> flags = new HashMap<>();
    flags.put("pontic.data", folder.resolve("data").toString());
    // No secret stands in a file.
    plans.forEach(
        plan -> flags.put("practices." + plan.id() + ".api.customerKey", plan.customerKey()));
    flags.put("pontic.call.consumers", Integer.toString(consumers));
    for (String port :
        List.of("pontic.facade.port", "pontic.management.port", "pontic.hawtio.port")) {
      flags.put(port, Integer.toString(free.next()));
    }
    return new Installation(House.home(), config, new SettingsLoader(Map.of(), flags));
  }

  OpenDentalApi api() {
    return api;
  }

  Bundle bundle() {
    return bundle;
  }

  List<String> practices() {
    return settings.practices().stream().map(practice -> practice.id()).toList();
  }

  long count(String sql) {
    return bundle.store().read(tx -> tx.sql(sql).query(Long.class).single());
  }

  void untilConnected() {
    House.until(
        "every practice has said what it is",
        () ->
            count("select count(*) from lane where capabilities <> ''")
                == settings.practices().size());
  }

  /** No lane begins anything until they go on. */
  void rest() {
    bundle
        .store()
        .write(
            tx -> {
              practices().forEach(id -> Pauses.begin(tx, id, Pauses.What.WRITES, "the test"));
              return null;
            });
  }

  void goOn() {
    bundle
        .store()
        .write(
            tx -> {
              practices().forEach(id -> Pauses.end(tx, id, Pauses.What.WRITES));
              return null;
            });
  }

  /** Where everything stands, for the text of a failure. */
  String stall() {
    return bundle
        .store()
        .read(
            tx ->
                "messages "
                    + tx.sql("select state, count(*) as n from message group by state")
                        .query()
                        .listOfRows()
                    + ", work "
                    + tx.sql("select state, count(*) as n from work group by state")
                        .query()
                        .listOfRows()
                    + ", leases held "
                    + tx.sql("select count(*) from lease where until_at > :now")
                        .param("now", tx.now().toEpochMilli())
                        .query(Long.class)
                        .single());
  }

  /** Registers patients at every practice, each message through the practice's own listener. */
  void register(int first, int patients) throws Exception {
    ExecutorService hospitals = Executors.newFixedThreadPool(8);
    try {
      List<Callable<Void>> senders = new ArrayList<>();
      for (var practice : settings.practices()) {
        senders.add(
            () -> {
              try (MllpSender sender = new MllpSender("127.0.0.1", practice.hl7().port(), 60_000)) {
                for (int n = first; n < first + patients; n++) {
                  String answer =
                      House.acknowledgement(
                          sender.ask(
                              Hospital.adt(
                                  "A28", practice.id() + "-" + n, Hospital.Patient.numbered(n))));
                  if (!answer.equals("AA")) {
                    throw new AssertionError(practice.id() + " answered " + answer);
                  }
                }
              }
              return null;
            });
      }
      for (Future<Void> sent : hospitals.invokeAll(senders)) {
        sent.get();
      }
    } finally {
      hospitals.shutdownNow();
    }
  }

  /** Requests that arrived at the sandbox in a time, by practice. */
  Map<String, List<Requests.Entry>> arrivals(long from, long to, Predicate<String> practices) {
    return api.requests().list().stream()
        .filter(entry -> entry.arrival() >= from && entry.arrival() < to)
        .filter(entry -> entry.practice().filter(practices).isPresent())
        .collect(Collectors.groupingBy(entry -> entry.practice().orElseThrow()));
  }

  /**
   * How many requests of one practice the API would have let through: the time by the period and
   * the mean time of its answers.
   */
  double permitted(List<Requests.Entry> entries, Duration time) {
    double answer =
        entries.stream()
            .filter(entry -> entry.end().isPresent())
            .mapToLong(entry -> entry.end().getAsLong() - entry.arrival())
            .average()
            .orElse(0);
    return time.toMillis() / (1000 * scale + answer);
  }

  @Override
  public void close() throws Exception {
    bundle.close();
    sandbox.close();
  }
}
