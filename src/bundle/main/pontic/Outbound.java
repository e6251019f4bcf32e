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
import pontic.capture.ApiFeed;
import pontic.capture.ApiPages;
import pontic.capture.Captured;
import pontic.capture.Cursors;
import pontic.capture.Failures;
import pontic.capture.PracticeDatabases;
import pontic.mapping.Mapper;
import pontic.practice.Destination;
import pontic.practice.Practice;
import pontic.practice.Settings;
import pontic.record.Records;
import pontic.send.FhirClients;
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
  private static final Duration REQUEST_LIMIT = Duration.ofSeconds(30);
  private static final Duration LEASE = Duration.ofSeconds(60);

  /** A file in {@code sql/capture} and the FHIR type that its rows become. */
  private record Feed(String name, String resource) {}

  private static final List<Feed> FEEDS =
      List.of(
          new Feed("patient", "Patient"),
          new Feed("appointment", "Appointment"),
          new Feed("appointment-deleted", "Appointment"));

  private final Settings settings;
  private final PracticeDatabases databases;
  private final List<ApiFeed> apiFeeds;
  private final Map<String, Object> beans;

  private Outbound(
      Settings settings,
      PracticeDatabases databases,
      List<ApiFeed> apiFeeds,
      Map<String, Object> beans) {
    this.settings = settings;
    this.databases = databases;
    this.apiFeeds = apiFeeds;
    this.beans = beans;
  }

  /**
   * @param mappers by name, {@code outbound/patient}
   * @param apiFeeds lists of the API that are read in practices whose database is switched off
   */
  public static Outbound of(
      Settings settings,
      Store store,
      Leases leases,
      Audit audit,
      Function<String, Mapper> mappers,
      List<ApiFeed> apiFeeds) {
    List<Practice> practices = settings.practices();
    Records records = new Records(store, audit, settings.destinations());
    Captured captured = new Captured(records, store.vault());
    Transactions transactions = new Transactions();
    return new Outbound(
        settings,
        new PracticeDatabases(practices, STATEMENT_LIMIT),
        apiFeeds,
        Map.of(
            "records",
            records,
            "cursors",
            new Cursors(records, practices, OVERLAP, PAGE),
            "captured",
            captured,
            "apiPages",
            new ApiPages(store, records, captured, practices, apiFeeds),
            "failures",
            new Failures(),
            "translator",
            new Translator(mappers, practices),
            "transactions",
            transactions,
            "sends",
            new Sends(store, leases, audit, settings.destinations(), transactions, LEASE)));
  }

  /** Before the route files are loaded. */
  public void bind(BiConsumer<String, Object> registry) {
    beans.forEach(registry);
    databases
        .byPractice()
        .forEach((practice, database) -> registry.accept("database-" + practice, database));
    FhirContext fhir = FhirContext.forR4();
    registry.accept("fhirContext", fhir);
    FhirClients clients = new FhirClients(fhir, REQUEST_LIMIT);
    targets().forEach(each -> registry.accept("fhir-client-" + each.id(), clients.client(each)));
  }

  /**
   * After the route files are loaded: {@code capture-mysql-<practice>-<feed>} or, where the
   * database is switched off, {@code capture-api-<practice>-<feed>}; {@code
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
    for (Practice practice : settings.practices()) {
      if (!practice.database().enabled()) {
        addApiRoutes(camel, practice.id());
      }
    }
    for (Destination target : targets()) {
      TemplatedRouteBuilder.builder(camel, "send-fhir")
          .routeId("send-fhir-" + target.id())
          .prefixId(target.id())
          .parameter("destination", target.id())
          .parameter("consumers", target.connections())
          .add();
    }
  }

  private void addApiRoutes(CamelContext camel, String practice) throws Exception {
    for (ApiFeed feed : apiFeeds) {
      TemplatedRouteBuilder.builder(camel, "capture-api")
          .routeId("capture-api-" + practice + "-" + feed.name())
          .prefixId("api-" + practice + "-" + feed.name())
          .parameter("practice", practice)
          .parameter("feed", feed.name())
          .add();
    }
  }

  /** After the routes have stopped. */
  @Override
  public void close() {
    databases.close();
  }

  private List<Destination> targets() {
    return settings.destinations().stream()
        .filter(each -> each.enabled() && each.kind() == Destination.Kind.FHIR)
        .toList();
  }
}
