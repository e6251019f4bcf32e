package pontic.outbound;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.activemq.artemis.api.core.TransportConfiguration;
import org.apache.activemq.artemis.core.config.impl.ConfigurationImpl;
import org.apache.activemq.artemis.core.remoting.impl.invm.InVMAcceptorFactory;
import org.apache.activemq.artemis.core.server.embedded.EmbeddedActiveMQ;
import org.apache.activemq.artemis.core.settings.impl.AddressSettings;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.apache.camel.component.jms.JmsComponent;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.spi.Resource;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import pontic.Outbound;
import pontic.audit.SqlAudit;
import pontic.mapping.Mappings;
import pontic.practice.Destination;
import pontic.practice.Practice;
import pontic.practice.Secret;
import pontic.practice.Settings;
import pontic.sandbox.database.PracticePlan;
import pontic.store.KeyVault;
import pontic.store.SqlLeases;
import pontic.store.Store;
import pontic.store.StoreSettings;
import pontic.store.Stores;

/** The outbound wing alone, with the real route files, an embedded broker and a store on disk. */
final class OutboundProcess implements AutoCloseable {
  private static final Path HOME = Path.of("..", "..").toAbsolutePath().normalize();
  private static int brokers;

  private final EmbeddedActiveMQ broker;
  private final Store store;
  private final Outbound outbound;
  private final DefaultCamelContext camel;
  private boolean closed;

  private OutboundProcess(
      EmbeddedActiveMQ broker, Store store, Outbound outbound, DefaultCamelContext camel) {
    this.broker = broker;
    this.store = store;
    this.outbound = outbound;
    this.camel = camel;
  }

  static OutboundProcess start(
      Path data, pontic.sandbox.database.Practice sandbox, String databaseUrl, String hospitalUrl)
      throws Exception {
    int number = ++brokers;
    EmbeddedActiveMQ broker = broker(number);
    StoreSettings storeSettings = StoreSettings.embedded(data);
    Store store =
        Stores.open(
            storeSettings,
            KeyVault.createDemo(data.resolveSibling(data.getFileName() + "-keys")).vault());
    SqlLeases leases = new SqlLeases(storeSettings.holder());
    store.write(leases::voidOwn);
    Outbound outbound =
        Outbound.of(
            settings(data, sandbox, databaseUrl, hospitalUrl),
            HOME,
            store,
            leases,
            new SqlAudit(),
            Mappings.load(HOME.resolve("mappings"))::mapper);
    DefaultCamelContext camel = new DefaultCamelContext();
    camel.getPropertiesComponent().addInitialProperty("pontic.home", HOME.toString());
    camel.getPropertiesComponent().addInitialProperty("pontic.capture.period", "200");
    camel
        .getRegistry()
        .bind(
            "jms",
            JmsComponent.jmsComponentAutoAcknowledge(
                new ActiveMQConnectionFactory("vm://" + number)));
    camel.getRegistry().bind("storeReader", store.reader());
    camel.getRegistry().bind("storeClock", new Clock(store));
    outbound.bind(camel.getRegistry()::bind);
    List<Resource> files =
        java.util.stream.Stream.of(
                "routes/errors/target-down.camel.yaml",
                "routes/outbound/capture-mysql.camel.yaml",
                "routes/outbound/send-fhir.camel.yaml")
            .map(file -> ResourceHelper.resolveResource(camel, "file:" + HOME.resolve(file)))
            .collect(java.util.stream.Collectors.toList());
    files.add(ResourceHelper.fromString("wake-sends.camel.yaml", WAKE));
    PluginHelper.getRoutesLoader(camel).loadRoutes(files);
    outbound.addRoutes(camel);
    camel.start();
    return new OutboundProcess(broker, store, outbound, camel);
  }

  /** Waits until the query's number is above zero. */
  void await(String sql) {
    long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (number(sql) <= 0) {
      assertTrue(System.nanoTime() < end, "In vain for 30 s: " + sql);
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
    }
  }

  long number(String sql) {
    return store.read(tx -> tx.sql(sql).query(Long.class).optional().orElse(0L));
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    camel.stop();
    outbound.close();
    store.close();
    try {
      broker.stop();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static EmbeddedActiveMQ broker(int number) throws Exception {
    ConfigurationImpl configuration = new ConfigurationImpl();
    configuration
        .setPersistenceEnabled(false)
        .setSecurityEnabled(false)
        .setJMXManagementEnabled(false);
    configuration.addAcceptorConfiguration(
        new TransportConfiguration(
            InVMAcceptorFactory.class.getName(), Map.of("serverId", String.valueOf(number))));
    configuration.addAddressSetting(
        "send-fhir",
        new AddressSettings()
            .setDefaultLastValueKey(org.apache.activemq.artemis.api.core.SimpleString.of("token")));
    EmbeddedActiveMQ broker = new EmbeddedActiveMQ();
    broker.setConfiguration(configuration);
    return broker.start();
  }

  private static Settings settings(
      Path data, pontic.sandbox.database.Practice sandbox, String databaseUrl, String hospitalUrl) {
    Practice practice =
        new Practice(
            sandbox.id(),
            sandbox.id(),
            sandbox.zone(),
            new Practice.Api(
                "http://127.0.0.1:1/api/v1",
                Secret.NONE,
                Secret.NONE,
                Practice.Mode.REMOTE,
                1.0,
                Duration.ofSeconds(60),
                Duration.ofSeconds(5),
                false),
            new Practice.Database(
                true,
                databaseUrl,
                PracticePlan.READ_ACCOUNT,
                new Secret(PracticePlan.READ_PASSWORD)),
            new Practice.Hl7(0, List.of()),
            new Practice.Facade(List.of()),
            Map.of());
    Settings.Access embedded = new Settings.Access("", "", Secret.NONE);
    return new Settings(
        "test",
        "127.0.0.1",
        new Settings.Ports(0, 0, 0),
        data,
        HOME.resolve("config"),
        embedded,
        embedded,
        new Settings.Consumers(1, 1, 2),
        Duration.ofMillis(100),
        Duration.ofHours(1),
        List.of(practice),
        List.of(
            new Destination(
                "hospital",
                Destination.Kind.FHIR,
                hospitalUrl,
                Set.of(),
                Secret.NONE,
                true,
                50,
                2,
                Set.of(),
                Duration.ofSeconds(30),
                "",
                "")),
        Map.of());
  }

  /** The store's clock for the route below. Public because Camel calls it. */
  public record Clock(Store store) {
    public long millis() {
      return store.read(tx -> tx.now().toEpochMilli());
    }
  }

  /** Stands for the clock of the whole bundle. */
  private static final String WAKE =
      """
      - route:
          id: wake-sends
          from:
            uri: timer:wake-sends
            parameters:
              period: 100
            steps:
              - setHeader:
                  name: now
                  method:
                    ref: storeClock
                    method: millis
              - to:
                  uri: "sql:resource:file:{{pontic.home}}/sql/wake-lanes.sql"
                  parameters:
                    dataSource: "#storeReader"
              - split:
                  simple: "${body}"
                  steps:
                    - setHeader:
                        name: practice
                        simple: "${body[practice]}"
                    - setHeader:
                        name: destination
                        simple: "${body[destination]}"
                    - setHeader:
                        name: token
                        simple: "${body[practice]} ${body[destination]}"
                    - filter:
                        simple: "${body[queue]} == 'send-fhir'"
                        steps:
                          - setBody:
                              constant: ""
                          - to: jms:queue:send-fhir
      """;
}
