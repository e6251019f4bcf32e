package pontic.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import pontic.Around;
import pontic.Bundle;
import pontic.generation.Installation;
import pontic.generation.Report;
import pontic.practice.SettingsLoader;
import pontic.sandbox.FreePorts;
import pontic.sandbox.database.Practice;
import pontic.store.Store;

/**
 * The product with its own routes, mappings and statements, in this process, on a data folder of
 * its own: the embedded store with its durability, the embedded broker. Without the API of an
 * office.
 */
final class Product implements AutoCloseable {
  /** No secret stands in a config file; to these its files point. */
  static final Map<String, String> ENVIRONMENT =
      Map.of(
          "BENCH_KEY",
          "no-office-is-asked",
          "BENCH_PASSWORD",
          Office.PASSWORD,
          "BENCH_TOKEN",
          "BenchFacadeToken01");

  /** Of the one client of the façade. */
  static final String TOKEN = ENVIRONMENT.get("BENCH_TOKEN");

  private final Bundle bundle;
  private final String facade;

  private Product(Bundle bundle, String facade) {
    this.bundle = bundle;
    this.facade = facade;
  }

  /**
   * @param folder for data and config; what an earlier one left there is gone on with
   * @param feeds as {@code database.feeds}
   * @param period of capture, in milliseconds
   * @param hospital address of the one FHIR destination; empty: it is switched off, and what is due
   *     to it is kept
   */
  static Product start(
      Path home, Path folder, Office office, String feeds, long period, Optional<String> hospital)
      throws Exception {
    return start(
        installation(home, folder, office, feeds, period, hospital),
        Around.nothing().withoutCheck());
  }

  /** The same with its check of files, as in a house whose files are edited. */
  static Product checked(
      Path home, Path folder, Office office, String feeds, Optional<String> hospital)
      throws Exception {
    return start(installation(home, folder, office, feeds, 1000, hospital), Around.nothing());
  }

  /**
   * With one practice that takes HL7 v2 and whose office is not there.
   *
   * @param port of its listener
   * @param postgres where the store is, account included; empty: the embedded one
   */
  static Product listening(Path home, Path folder, int port, Optional<String> postgres)
      throws Exception {
    Map<String, String> flags = new HashMap<>(flags(1000));
    postgres.ifPresent(url -> flags.put("pontic.store.url", url));
    return alone(home, folder, port, flags);
  }

  /** With one practice that takes FHIR, and whose office is not there. */
  static Product posted(Path home, Path folder) throws Exception {
    return alone(home, folder, 0, flags(1000));
  }

  private static Product alone(Path home, Path folder, int port, Map<String, String> flags)
      throws Exception {
    Map<String, String> all = new HashMap<>(flags);
    all.put("pontic.data", folder.resolve("data").toString());
    Path config = Files.createDirectories(folder.resolve("config"));
    Files.write(
        config.resolve("application.properties"),
        Files.readAllBytes(home.resolve("config/application.properties")));
    Files.createDirectories(config.resolve("destinations"));
    Files.writeString(
        Files.createDirectories(config.resolve("practices")).resolve("elm.yaml"),
        """
        id: elm
        zone: America/New_York
        api:
          enabled: false
          url: http://127.0.0.1:9/api/v1
          developerKey: "{{env:BENCH_KEY}}"
          customerKey: "{{env:BENCH_KEY}}"
          mode: remote
        database:
          enabled: false
          url: jdbc:mariadb://127.0.0.1:9/elm
          user: none
          password: "{{env:BENCH_PASSWORD}}"
        hl7:
          port: %d
        facade:
          clients:
            - id: bench
              token: "{{env:BENCH_TOKEN}}"
        codes: {}
        """
            .formatted(port));
    return start(
        new Installation(home, config, new SettingsLoader(ENVIRONMENT, all)),
        Around.nothing().withoutCheck());
  }

  private static Product start(Installation installation, Around around) throws Exception {
    Bundle bundle = Bundle.prepare(installation, around);
    try {
      bundle.start(() -> {});
    } catch (Exception e) {
      bundle.close();
      throw e;
    }
    return new Product(bundle, "http://127.0.0.1:" + installation.settings().ports().facade());
  }

  private static Installation installation(
      Path home, Path folder, Office office, String feeds, long period, Optional<String> hospital)
      throws IOException {
    Map<String, String> flags = new HashMap<>(flags(period));
    flags.put("pontic.data", folder.resolve("data").toString());
    return new Installation(
        home,
        config(home, folder, office, feeds, 100, hospital),
        new SettingsLoader(ENVIRONMENT, flags));
  }

  /** What is laid over the shipped application.properties. */
  static Map<String, String> flags(long period) throws IOException {
    FreePorts free = new FreePorts();
    return Map.of(
        "pontic.facade.port",
        Integer.toString(free.next()),
        "pontic.management.port",
        Integer.toString(free.next()),
        "pontic.hawtio.port",
        Integer.toString(free.next()),
        "pontic.capture.period",
        Long.toString(period),
        "pontic.reconcile.at",
        "off");
  }

  /**
   * A config folder for the practices of an office; made anew.
   *
   * @param share per cent of the time in which an office may be asked
   */
  static Path config(
      Path home, Path folder, Office office, String feeds, int share, Optional<String> hospital)
      throws IOException {
    Path config = Files.createDirectories(folder.resolve("config"));
    Files.write(
        config.resolve("application.properties"),
        Files.readAllBytes(home.resolve("config/application.properties")));
    Path practices = Files.createDirectories(config.resolve("practices"));
    for (Practice practice : office.practices()) {
      Files.writeString(
          practices.resolve(practice.id() + ".yaml"),
          """
          id: %s
          zone: America/New_York
          api:
            enabled: false
            url: http://127.0.0.1:9/api/v1
            developerKey: "{{env:BENCH_KEY}}"
            customerKey: "{{env:BENCH_KEY}}"
            mode: remote
          database:
            url: %s
            user: %s
            password: "{{env:BENCH_PASSWORD}}"
            share: %d
            feeds: %s
          hl7:
            port: 0
          facade:
            clients: []
          codes: {}
          """
              .formatted(practice.id(), office.url(practice.id()), Office.PRODUCT, share, feeds));
    }
    Files.writeString(
        Files.createDirectories(config.resolve("destinations")).resolve("hospital.yaml"),
        """
        id: hospital
        kind: fhir
        url: %s
        enabled: %s
        """
            .formatted(hospital.orElse("http://127.0.0.1:9/fhir"), hospital.isPresent()));
    return config;
  }

  /** Where its façade is. */
  String facade() {
    return facade;
  }

  Report generation() {
    return bundle.generation();
  }

  Store store() {
    return bundle.store();
  }

  /** The one number that a statement of the store has for an answer. */
  long count(String sql) {
    return store().read(tx -> tx.sql(sql).query(Long.class).single());
  }

  /**
   * @throws IllegalStateException if it takes longer than an hour
   */
  static void until(String what, BooleanSupplier condition) {
    long end = System.nanoTime() + 3_600_000_000_000L;
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new IllegalStateException("not within an hour: " + what);
      }
      LockSupport.parkNanos(10_000_000);
    }
  }

  @Override
  public void close() throws Exception {
    bundle.close();
  }
}
