package pontic;

import ca.uhn.fhir.context.FhirContext;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.apache.camel.CamelContext;
import org.apache.camel.builder.TemplatedRouteBuilder;
import pontic.audit.Audit;
import pontic.capture.Captured;
import pontic.capture.Cursors;
import pontic.capture.Failures;
import pontic.capture.PracticeDatabases;
import pontic.mapping.Mapper;
import pontic.practice.Destination;
import pontic.practice.Practice;
import pontic.practice.Settings;
import pontic.record.Records;
import pontic.send.Dues;
import pontic.send.FhirClients;
import pontic.send.Known;
import pontic.send.Sends;
import pontic.send.Transactions;
import pontic.store.Leases;
import pontic.store.Store;
import pontic.translate.Translator;

/**
 * The outbound wing: its beans under the names that the routes use, and one route per practice and
 * feed and per FHIR destination.
 */
public final class Outbound implements AutoCloseable {
  private static final Duration OVERLAP = Duration.ofSeconds(5);
  private static final int PAGE = 1000;
  private static final Duration STATEMENT_LIMIT = Duration.ofSeconds(20);

  /** A file in {@code sql/capture} and the FHIR type that its rows become. */
  private record Feed(String name, String resource) {}

  private static final List<Feed> FEEDS =
      List.of(
          new Feed("patient", "Patient"),
          new Feed("appointment", "Appointment"),
          new Feed("appointment-deleted", "Appointment"));

  private final Settings settings;
  private final PracticeDatabases databases;
  private final Map<String, Object> beans;
  private final Store store;
  private final Dues dues;
  private final FhirContext fhir;
  private final FhirClients clients;

  private Outbound(
      Settings settings,
      Store store,
      Dues dues,
      FhirContext fhir,
      FhirClients clients,
      PracticeDatabases databases,
      Map<String, Object> beans) {
    this.settings = settings;
    this.store = store;
    this.dues = dues;
    this.fhir = fhir;
    this.clients = clients;
    this.databases = databases;
    this.beans = beans;
  }

  /**
   * @param mappers by name, {@code outbound/patient}
   */
  public static Outbound of(
      Settings settings,
      Store store,
      Leases leases,
      Audit audit,
      Function<String, Mapper> mappers) {
    List<Practice> practices = settings.practices();
    Records records = new Records(store, audit, settings.destinations());
    FhirContext fhir = FhirContext.forR4();
    FhirClients clients = new FhirClients(fhir);
    Dues dues = new Dues(store.vault(), audit, Known.NOTHING);
    return new Outbound(
        settings,
        store,
        dues,
        fhir,
        clients,
        new PracticeDatabases(practices, STATEMENT_LIMIT),
        Map.of(
            "records",
            records,
            "cursors",
            new Cursors(records, practices, OVERLAP, PAGE),
            "captured",
            new Captured(records, store.vault()),
            "failures",
            new Failures(),
            "translator",
            new Translator(mappers, practices),
            "sends",
            new Sends(
                store, leases, dues, settings::destination, new Transactions(), clients::wanted)));
  }

  /** Before the route files are loaded. */
  public void bind(BiConsumer<String, Object> registry) {
    beans.forEach(registry);
    databases
        .byPractice()
        .forEach((practice, database) -> registry.accept("database-" + practice, database));
    registry.accept("fhirContext", fhir);
    targets().forEach(each -> registry.accept("fhir-client-" + each.id(), clients.client(each)));
  }

  /**
   * After the route files are loaded: {@code capture-mysql-<practice>-<feed>}, {@code
   * send-fhir-<destination>}.
   */
  public void addRoutes(CamelContext camel) throws Exception {
    for (String practice : databases.byPractice().keySet()) {
      for (Feed feed : FEEDS) {
        TemplatedRouteBuilder.builder(camel, "capture-mysql")
            .routeId("capture-mysql-" + practice + "-" + feed.name())
            .prefixId(practice + "-" + feed.name())
            .parameter("practice", practice)
            .parameter("feed", feed.name())
            .parameter("resource", feed.resource())
            .add();
      }
    }
    // Before the routes: from here on each destination has its tokens, and a new one its first
    // load.
    store.write(
        tx -> {
          int loaded = 0;
          for (Destination destination : settings.destinations()) {
            for (Practice practice : settings.practices()) {
              if (destination.serves(practice.id())) {
                loaded += dues.open(tx, practice.id(), destination);
              }
            }
          }
          return loaded;
        });
    for (Destination target : targets()) {
      TemplatedRouteBuilder.builder(camel, "send-fhir")
          .routeId("send-fhir-" + target.id())
          .prefixId(target.id())
          .parameter("destination", target.id())
          .parameter("consumers", target.connections())
          .add();
    }
  }

  /**
   * The newest state of a parked delivery goes next.
   *
   * @param delivery {@code elm/hospital/Appointment/12}: practice, destination, type, key
   * @return false if nothing is parked under this id
   */
  public boolean release(String delivery) {
    String[] parts = delivery.split("/", -1);
    if (parts.length != 4 || !parts[3].matches("\\d{1,18}")) {
      return false;
    }
    return store.write(
        tx -> dues.release(tx, parts[0], parts[1], parts[2], Long.parseLong(parts[3])));
  }

  /** After the routes have stopped. */
  @Override
  public void close() {
    databases.close();
  }

  private List<Destination> targets() {
    return settings.destinations().stream()
        .filter(each -> each.kind() == Destination.Kind.FHIR)
        .toList();
  }
}
