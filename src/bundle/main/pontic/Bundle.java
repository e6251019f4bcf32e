package pontic;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.TextNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.net.BindException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.UnaryOperator;
import org.apache.camel.CamelContext;
import org.apache.camel.FailedToStartRouteException;
import org.apache.camel.FluentProducerTemplate;
import org.apache.camel.RuntimeCamelException;
import org.apache.camel.builder.TemplatedRouteBuilder;
import org.apache.camel.component.jms.JmsComponent;
import org.apache.camel.main.Main;
import org.apache.camel.main.SimpleMainShutdownStrategy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pontic.accept.AcceptFhir;
import pontic.accept.AcceptHl7;
import pontic.accept.Accepted;
import pontic.accept.Inbox;
import pontic.audit.Audit;
import pontic.audit.SqlAudit;
import pontic.broker.TokenBroker;
import pontic.broker.Tokens;
import pontic.capture.ApiFeed;
import pontic.capture.ApiFeeds;
import pontic.capture.Reach;
import pontic.echo.Echo;
import pontic.echo.Said;
import pontic.facade.Facade;
import pontic.facade.HandedOver;
import pontic.generation.Generation;
import pontic.generation.RoutesInvalid;
import pontic.hawtio.Console;
import pontic.hawtio.Users;
import pontic.hl7.Hl7Json;
import pontic.hl7.MllpDecoderFactory;
import pontic.hl7.MllpEncoderFactory;
import pontic.http.ListenException;
import pontic.identify.Identify;
import pontic.identify.MergedPatients;
import pontic.lane.Lane;
import pontic.lane.LaneTerms;
import pontic.lane.Planner;
import pontic.mapping.Mappings;
import pontic.mapping.Ownership;
import pontic.opendental.Answers;
import pontic.opendental.ApiCalls;
import pontic.opendental.ApiWire;
import pontic.opendental.Columns;
import pontic.opendental.OfficeTerms;
import pontic.opendental.OpenDentalPlanner;
import pontic.operations.BrokerCheck;
import pontic.operations.CamelRoutes;
import pontic.operations.ManagementServer;
import pontic.operations.ManagementToken;
import pontic.operations.Metrics;
import pontic.operations.StartCheck;
import pontic.operations.StoreCheck;
import pontic.person.Persons;
import pontic.person.SaidIdentifiers;
import pontic.practice.Practice;
import pontic.practice.Settings;
import pontic.receipt.Receipts;
import pontic.send.OwnNumbers;
import pontic.store.DemoKeys;
import pontic.store.KeyVault;
import pontic.store.Leases;
import pontic.store.SqlLeases;
import pontic.store.Store;
import pontic.store.StoreMillis;
import pontic.store.StoreSettings;
import pontic.store.Stores;
import pontic.store.Vault;
import pontic.understand.Event;
import pontic.understand.Translate;
import pontic.understand.Understand;

/** The house put together: store, broker, the beans that the routes speak with, and Camel. */
public final class Bundle implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Bundle.class);
  private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());
  private static final Duration SLOWEST_PERIOD = Duration.ofSeconds(5);
  private static final Duration TOKEN_LIFE = Duration.ofSeconds(5);
  private static final int LARGEST_FRAME = 16 * 1024 * 1024;

  private final Settings settings;
  private final Generation generation;
  private final Store store;
  private final TokenBroker broker;
  private final Metrics metrics;
  private final Main main;
  private final Outbound outbound;
  private final OutboundHl7 outboundHl7;
  private final Lane lane;
  private final Deque<AutoCloseable> open = new ArrayDeque<>();
  private String where = "";

  private Bundle(
      Settings settings,
      Generation generation,
      Store store,
      TokenBroker broker,
      Metrics metrics,
      Main main,
      Outbound outbound,
      OutboundHl7 outboundHl7,
      Lane lane) {
    this.settings = settings;
    this.generation = generation;
    this.store = store;
    this.broker = broker;
    this.metrics = metrics;
    this.main = main;
    this.outbound = outbound;
    this.outboundHl7 = outboundHl7;
    this.lane = lane;
  }

  /**
   * Opens store and broker and loads the routes; nothing runs yet.
   *
   * @param home holds routes/, mappings/ and sql/
   */
  public static Bundle prepare(Settings settings, Path home) throws IOException {
    return prepare(settings, home, planner -> planner);
  }

  /**
   * @param planning what stands around the planner; itself in the product
   */
  public static Bundle prepare(Settings settings, Path home, UnaryOperator<Planner> planning)
      throws IOException {
    return prepare(settings, home, planning, reach -> reach);
  }

  /**
   * @param planning what stands around the planner; itself in the product
   * @param reaching how far polls of an office's database reach back; as given in the product
   */
  public static Bundle prepare(
      Settings settings, Path home, UnaryOperator<Planner> planning, UnaryOperator<Reach> reaching)
      throws IOException {
    Generation generation = Generation.of(home, settings.config());
    Vault vault = vault(settings);
    Store store = Stores.open(storeSettings(settings), vault);
    TokenBroker broker = TokenBroker.open(settings.broker());
    Metrics metrics = new Metrics(store);
    Leases leases = new SqlLeases(settings.instance());
    Audit audit = new SqlAudit();
    Persons persons = new Persons(vault);
    Receipts receipts = new Receipts(generation.id());
    Mappings mappings = Mappings.load(home.resolve("mappings"));
    Map<String, Mappings> byPractice = new HashMap<>();
    for (Practice practice : settings.practices()) {
      byPractice.put(
          practice.id(),
          mappings
              .withCodes(
                  settings.config().resolve("practices").resolve(practice.id()).resolve("codes"))
              .withCodes(practice.codes(), "practices/" + practice.id() + ".yaml"));
    }
    Map<String, Event> events = events(home.resolve("mappings/hl7v2/events.yaml"));
    Columns columns =
        new Columns(YAML.readTree(home.resolve("mappings/opendental/columns.yaml").toFile()));
    List<ApiFeed> feeds = ApiFeeds.load(home.resolve("mappings/capture-api"));
    Planner planner = planning.apply(planner(settings, home, byPractice, columns, feeds, vault));
    Said said = new Said(vault);
    SaidIdentifiers saidIdentifiers = new SaidIdentifiers(store, persons);
    OwnNumbers ownNumbers = new OwnNumbers(saidIdentifiers::of);
    Lane lane =
        new Lane(
            store,
            leases,
            audit,
            persons,
            receipts,
            planner,
            said,
            settings.practices().stream().map(Bundle::terms).toList());
    Inbox inbox = new Inbox(store, audit, receipts);

    Main main = new Main();
    main.setShutdownStrategy(new SimpleMainShutdownStrategy());
    main.configure().setName("pontic");
    main.configure().setRoutesIncludePattern("file:" + home.resolve("routes") + "/**/*.camel.yaml");
    main.configure().setShutdownTimeout(20);
    settings.properties().forEach(main::addInitialProperty);
    main.addInitialProperty("pontic.home", home.toString());
    BiConsumer<String, Object> beans = Vocabulary.only(main::bind);
    beans.accept("jms", jms(broker));
    beans.accept("tokens", new Tokens(TOKEN_LIFE));
    beans.accept("storeReader", store.reader());
    beans.accept("storeClock", new StoreMillis(store));
    beans.accept("mllpDecoder", new MllpDecoderFactory(LARGEST_FRAME));
    beans.accept("mllpEncoder", new MllpEncoderFactory());
    beans.accept(
        "acceptHl7",
        new AcceptHl7(
            inbox,
            events.keySet(),
            (practice, sender) ->
                settings.practice(practice).filter(p -> p.hl7().allows(sender)).isPresent()));
    beans.accept("acceptFhir", new AcceptFhir(inbox));
    beans.accept("understand", new Understand(store, leases, receipts));
    Map<String, String> zones = new HashMap<>();
    settings.practices().forEach(practice -> zones.put(practice.id(), practice.zone().getId()));
    beans.accept(
        "translate",
        new Translate(
            new Hl7Json(),
            events,
            (practice, name) -> byPractice.get(practice).mapper(name),
            zones));
    beans.accept("identify", new Identify(store, leases, persons, lane, saidIdentifiers));
    beans.accept("mergedPatients", new MergedPatients(store, persons));
    beans.accept("lane", lane);
    beans.accept(
        "apiCalls",
        new ApiCalls(
            lane,
            settings.practices().stream().map(Bundle::office).toList(),
            settings.longestPause()));
    beans.accept("apiWire", new ApiWire());
    Outbound outbound =
        Outbound.of(
            settings,
            home,
            store,
            leases,
            audit,
            mappings::mapper,
            reaching,
            translation -> new Echo(said, lane::unclear, columns::bare, translation),
            ownNumbers);
    outbound.bind(beans);
    OutboundHl7 outboundHl7 =
        OutboundHl7.of(
            settings,
            store,
            leases,
            outbound.dues(),
            mappings::mapper,
            home.resolve("mappings"),
            ownNumbers);
    outboundHl7.bind(beans);
    try {
      main.init();
    } catch (RuntimeException e) {
      throw new RoutesInvalid(String.valueOf(e.getMessage()), e);
    }
    main.getCamelContext().addRoutePolicyFactory(metrics.routePolicies());
    metrics.callConsumers(
        settings.consumers().call(),
        () -> main.getCamelContext().getInflightRepository().size("call"));
    store.write(tx -> leases.voidOwn(tx));
    return new Bundle(
        settings, generation, store, broker, metrics, main, outbound, outboundHl7, lane);
  }

  /**
   * The context with its routes loaded; until {@link #start} it may be observed but not yet used.
   */
  public CamelContext context() {
    return main.getCamelContext();
  }

  public Store store() {
    return store;
  }

  /**
   * Starts routes and listeners.
   *
   * @param stop ends the process, when an operator asks for it
   */
  public void start(Runnable stop) throws Exception {
    // The operators' side first: what goes wrong afterwards can be looked at.
    StartCheck starting = new StartCheck();
    CamelRoutes routes = new CamelRoutes(context());
    ManagementServer management =
        ManagementServer.open(
            settings,
            store,
            routes,
            List.of(starting, new StoreCheck(store), new BrokerCheck(broker.connections()), routes),
            metrics,
            generation::id,
            ManagementToken.readOrMake(settings.data()),
            id -> id.contains("/") ? outbound.release(id) : lane.release(id),
            stop);
    open.push(management);
    Console console = Console.open(settings, Users.load(settings.data(), System.getenv()));
    open.push(console);
    try {
      main.start();
      for (Practice practice : settings.practices()) {
        startPractice(practice);
      }
      outbound.addRoutes(context());
      outboundHl7.addRoutes(context());
    } catch (FailedToStartRouteException e) {
      throw new RoutesInvalid(e.getMessage() + ": " + root(e).getMessage(), e);
    }
    FluentProducerTemplate handOver = context().createFluentProducerTemplate();
    open.push(handOver);
    open.push(
        Facade.open(
            settings,
            store,
            (practice, client, type, body, requestId) ->
                handedOver(handOver, practice, client, type, body, requestId)));
    starting.done();
    where = "generation " + generation.id() + ": " + management.url() + "/health, " + console.url();
  }

  private void startPractice(Practice practice) throws Exception {
    int port = practice.hl7().port() == 0 ? freePort() : practice.hl7().port();
    try {
      TemplatedRouteBuilder.builder(context(), "accept-hl7")
          .routeId("accept-hl7-" + practice.id())
          .prefixId(practice.id())
          .parameter("practice", practice.id())
          .parameter("port", port)
          .add();
    } catch (RuntimeCamelException e) {
      if (root(e) instanceof BindException) {
        throw new ListenException(
            "port "
                + port
                + " on "
                + settings.bind()
                + " for the HL7 listener of "
                + practice.id()
                + " is taken; set practices."
                + practice.id()
                + ".hl7.port to another one",
            e);
      }
      throw e;
    }
    if (practice.database().enabled()) {
      TemplatedRouteBuilder.builder(context(), "follow-merge")
          .routeId("follow-merge-" + practice.id())
          .prefixId(practice.id())
          .parameter("practice", practice.id())
          .add();
    }
  }

  /** Port 0 in the config means any; the listener's endpoint needs a number. */
  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private static Throwable root(Throwable e) {
    return e.getCause() == null || e.getCause() == e ? e : root(e.getCause());
  }

  /** Where to look, for the console. */
  public String where() {
    return where;
  }

  /** The one hand-over from the façade into a route. */
  private static HandedOver handedOver(
      FluentProducerTemplate handOver,
      String practice,
      String client,
      String type,
      byte[] body,
      String requestId) {
    Accepted accepted =
        handOver
            .to("direct:accept-fhir")
            .withBody(body)
            .withHeader("practice", practice)
            .withHeader("client", client)
            .withHeader("type", type)
            .withHeader("requestId", requestId)
            .request(Accepted.class);
    return new HandedOver(accepted.firstId());
  }

  @Override
  public void close() throws Exception {
    while (!open.isEmpty()) {
      open.pop().close();
    }
    main.stop();
    outbound.close();
    metrics.close();
    broker.close();
    store.close();
  }

  private static Vault vault(Settings settings) {
    Optional<String> keys =
        Optional.ofNullable(System.getenv("PONTIC_KEYS")).filter(text -> !text.isBlank());
    if (keys.isPresent()) {
      return KeyVault.fromText(keys.get());
    }
    Optional<String> file =
        Optional.ofNullable(System.getenv("PONTIC_KEY_FILE")).filter(text -> !text.isBlank());
    if (file.isPresent()) {
      char[] password =
          Optional.ofNullable(System.getenv("PONTIC_KEY_FILE_PASSWORD")).orElse("").toCharArray();
      return KeyVault.fromPkcs12(Path.of(file.get()), password);
    }
    DemoKeys demo = KeyVault.createDemo(settings.data().resolve("demo-keys"));
    LOG.warn(demo.notice());
    return demo.vault();
  }

  private static StoreSettings storeSettings(Settings settings) throws IOException {
    Files.createDirectories(settings.data());
    return settings.store().embedded()
        ? new StoreSettings("", settings.data().resolve("store"), "", "", settings.instance())
        : StoreSettings.postgres(
            settings.store().url(),
            settings.store().user(),
            settings.store().password().value(),
            settings.instance());
  }

  private static JmsComponent jms(TokenBroker broker) {
    JmsComponent jms = JmsComponent.jmsComponent(broker.connections());
    jms.setDeliveryPersistent(false);
    jms.setExplicitQosEnabled(true);
    jms.setTimeToLive(TOKEN_LIFE.toMillis());
    jms.setCacheLevelName("CACHE_CONSUMER");
    jms.setReceiveTimeout(1000);
    return jms;
  }

  private static Planner planner(
      Settings settings,
      Path home,
      Map<String, Mappings> mappings,
      Columns columns,
      List<ApiFeed> feeds,
      Vault vault)
      throws IOException {
    JsonNode answers = YAML.readTree(home.resolve("mappings/opendental/answers.yaml").toFile());
    return new OpenDentalPlanner(
        settings.practices().stream()
            .map(
                practice ->
                    new OfficeTerms(
                        practice.id(),
                        practice.zone(),
                        practice.api().mode().name().toLowerCase(java.util.Locale.ROOT),
                        practice.api().timeScale()))
            .toList(),
        (practice, resource) -> toApi(settings, mappings, "inbound/patient", practice, resource),
        (practice, resource) ->
            toApi(settings, mappings, "inbound/appointment", practice, resource),
        Ownership.load(home.resolve("mappings/ownership/patient.yaml")),
        Ownership.load(home.resolve("mappings/ownership/appointment.yaml")),
        new Answers(texts(answers, "away"), texts(answers, "refused")),
        columns,
        practice ->
            settings.practice(practice).orElseThrow().database().enabled() ? List.of() : feeds,
        vault);
  }

  private static JsonNode toApi(
      Settings settings,
      Map<String, Mappings> mappings,
      String name,
      String practice,
      JsonNode resource) {
    return mappings
        .get(practice)
        .mapper(name)
        .map(
            resource,
            Map.of(
                "zone", TextNode.valueOf(settings.practice(practice).orElseThrow().zone().getId()),
                "practice", TextNode.valueOf(practice)));
  }

  private static List<String> texts(JsonNode yaml, String field) {
    return YAML.convertValue(yaml.path(field), new TypeReference<List<String>>() {});
  }

  private static Map<String, Event> events(Path file) throws IOException {
    return YAML.readValue(file.toFile(), new TypeReference<Map<String, Event>>() {});
  }

  private static LaneTerms terms(Practice practice) {
    Practice.Api api = practice.api();
    boolean throttled = api.mode() == Practice.Mode.REMOTE;
    return new LaneTerms(
        practice.id(),
        api.scaledRequestLimit(),
        api.scaledMargin(),
        throttled ? api.scaled(SLOWEST_PERIOD) : Duration.ZERO,
        api.timeScale(),
        api.enabled());
  }

  private static ApiCalls.Office office(Practice practice) {
    Practice.Api api = practice.api();
    return new ApiCalls.Office(
        practice.id(),
        api.url(),
        api.authorization().value(),
        api.scaledRequestLimit().plus(api.scaledMargin()).toMillis());
  }
}
