package pontic;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.TextNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.camel.CamelContext;
import org.apache.camel.Consumer;
import org.apache.camel.FluentProducerTemplate;
import org.apache.camel.Route;
import org.apache.camel.builder.TemplatedRouteBuilder;
import org.apache.camel.component.direct.DirectEndpoint;
import org.apache.camel.component.jms.JmsComponent;
import org.apache.camel.support.service.ServiceHelper;
import pontic.accept.AcceptFhir;
import pontic.accept.AcceptHl7;
import pontic.accept.Accepted;
import pontic.accept.FhirPart;
import pontic.accept.Inbox;
import pontic.answer.Answering;
import pontic.answer.Rooms;
import pontic.answer.Schedules;
import pontic.broker.TokenBroker;
import pontic.capture.ApiFeed;
import pontic.capture.Feed;
import pontic.capture.Heard;
import pontic.echo.Echo;
import pontic.echo.Said;
import pontic.freshness.Stand;
import pontic.generation.Copy;
import pontic.generation.Refused;
import pontic.generation.RouteProblems;
import pontic.generation.RoutesInvalid;
import pontic.hl7.Hl7Json;
import pontic.hl7.MllpEncoderFactory;
import pontic.identify.Identify;
import pontic.identify.Matching;
import pontic.identify.MergedPatients;
import pontic.identify.OfficeIdentifiers;
import pontic.lane.Lane;
import pontic.lane.LaneTerms;
import pontic.lane.LogRules;
import pontic.lane.Planner;
import pontic.mapping.MapperOf;
import pontic.mapping.Mappings;
import pontic.mapping.MappingsInvalid;
import pontic.mapping.MatchRules;
import pontic.mapping.PracticeRules;
import pontic.mapping.Writes;
import pontic.opendental.Answers;
import pontic.opendental.ApiCalls;
import pontic.opendental.ApiWire;
import pontic.opendental.Columns;
import pontic.opendental.HintTerms;
import pontic.opendental.OfficeTerms;
import pontic.opendental.OpenDentalPlanner;
import pontic.operations.ChartDesk;
import pontic.operations.ParkedDesk;
import pontic.person.Persons;
import pontic.person.SaidIdentifiers;
import pontic.practice.Destination;
import pontic.practice.Practice;
import pontic.practice.Problem;
import pontic.practice.Settings;
import pontic.practice.WatchTable;
import pontic.receipt.Receipts;
import pontic.reconcile.Runs;
import pontic.record.Newest;
import pontic.retention.Retention;
import pontic.send.OwnNumbers;
import pontic.store.StoreMillis;
import pontic.store.Vault;
import pontic.understand.Event;
import pontic.understand.Kinds;
import pontic.understand.Translate;
import pontic.understand.Understand;

/**
 * One generation at work: what its files say, the beans that its routes speak with, and a Camel
 * context of its own. Made as a whole before anything of it runs (decision 0115).
 */
final class Live {
  /** A token in a queue, and its memory in {@link pontic.broker.Tokens}. */
  static final Duration TOKEN_LIFE = Duration.ofSeconds(5);

  /** How long a consumer that is held may still be given a token. */
  private static final Duration RECEIVE = Duration.ofMillis(250);

  private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());
  private static final Duration SLOWEST_PERIOD = Duration.ofSeconds(5);

  private final Parts parts;
  private final Copy copy;
  private final Settings settings;
  private final Instant made = Instant.now();
  private final AcceptHl7.Terms reception;
  private final Kinds kinds;
  private final Writes writes;
  private final Lane lane;
  private final Function<String, MatchRules> matching;
  private final Outbound outbound;
  private final MapperOf mappers;
  private final RouteContext context;
  private final FluentProducerTemplate handOver;
  private final List<Consumer> held = new ArrayList<>();

  private Live(
      Parts parts,
      Copy copy,
      Settings settings,
      AcceptHl7.Terms reception,
      Kinds kinds,
      Writes writes,
      Lane lane,
      Function<String, MatchRules> matching,
      Outbound outbound,
      MapperOf mappers,
      RouteContext context,
      FluentProducerTemplate handOver) {
    this.parts = parts;
    this.copy = copy;
    this.settings = settings;
    this.reception = reception;
    this.kinds = kinds;
    this.writes = writes;
    this.lane = lane;
    this.matching = matching;
    this.outbound = outbound;
    this.mappers = mappers;
    this.context = context;
    this.handOver = handOver;
  }

  /**
   * Loads the files of a copy and makes every route of them; none takes anything yet.
   *
   * @param settings out of the copy
   * @param number of this generation in this process
   */
  static Live load(Parts parts, Copy copy, Settings settings, Around around, int number)
      throws Refused {
    try {
      return made(parts, copy, settings, around, number);
    } catch (MappingsInvalid e) {
      throw new Refused(
          e.problems().stream()
              .map(
                  problem ->
                      new Problem(
                          (problem.file().startsWith("practices/") ? "config/" : "mappings/")
                              + problem.file(),
                          problem.line(),
                          problem.what(),
                          "correct the mapping"))
              .toList());
    } catch (RoutesInvalid e) {
      throw new Refused(
          List.of(new Problem("sql/capture", 0, e.getMessage(), "correct the feed's file")));
    } catch (JsonProcessingException e) {
      throw new Refused(
          List.of(
              new Problem(
                  "mappings",
                  e.getLocation() == null ? 0 : e.getLocation().getLineNr(),
                  e.getOriginalMessage(),
                  "correct the file")));
    } catch (IOException | IllegalArgumentException e) {
      throw new Refused(
          List.of(
              new Problem(
                  "mappings", 0, String.valueOf(e.getMessage()), "correct or restore the file")));
    }
  }

  private static Live made(Parts parts, Copy copy, Settings settings, Around around, int number)
      throws IOException, Refused {
    Path home = copy.folder();
    Vault vault = parts.store().vault();
    Persons persons = new Persons(vault);
    Receipts receipts = new Receipts(copy.id());
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
    for (Destination destination : settings.destinations()) {
      if (!mappings.names().containsAll(destination.mapping().stream().toList())) {
        throw new Refused(
            List.of(
                new Problem(
                    "config/destinations/" + destination.id() + ".yaml",
                    0,
                    "mapping: there is no mappings/" + destination.mapping().get() + ".jslt",
                    "correct the name, or take the line away")));
      }
    }
    PracticeRules shipped = PracticeRules.shipped(home.resolve("mappings"));
    Map<String, PracticeRules> rules = new HashMap<>();
    for (Practice practice : settings.practices()) {
      rules.put(
          practice.id(),
          shipped.with(settings.config().resolve("practices").resolve(practice.id())));
    }
    // A practice's own codes count both ways.
    MapperOf mappers = (practice, name) -> byPractice.get(practice).mapper(name);
    Map<String, Event> events =
        YAML.readValue(
            home.resolve("mappings/hl7v2/events.yaml").toFile(),
            new TypeReference<Map<String, Event>>() {});
    Kinds kinds = YAML.readValue(home.resolve("mappings/fhir/kinds.yaml").toFile(), Kinds.class);
    Writes writes = Writes.load(home.resolve("mappings"));
    Columns columns =
        new Columns(YAML.readTree(home.resolve("mappings/opendental/columns.yaml").toFile()));
    List<Feed> databaseFeeds = Outbound.feeds(home);
    Function<Practice, List<ApiFeed>> feeds = Outbound.lists(home, databaseFeeds);
    Planner planner =
        around
            .planning()
            .apply(
                planner(
                    settings,
                    home,
                    writes,
                    byPractice,
                    rules,
                    columns,
                    feeds,
                    practice -> hints(practice, databaseFeeds, feeds.apply(practice)),
                    vault));
    SaidIdentifiers saidIdentifiers = new SaidIdentifiers(parts.store(), persons);
    Said said = new Said(vault, saidIdentifiers);
    OwnNumbers ownNumbers = new OwnNumbers(saidIdentifiers::of);
    Lane lane =
        new Lane(
            parts.store(),
            parts.leases(),
            parts.audit(),
            persons,
            receipts,
            planner,
            said,
            new Schedules(
                vault,
                new Rooms(new Newest(parts.store())),
                settings.practices().stream()
                    .collect(Collectors.toMap(Practice::id, Practice::zone))),
            settings.practices().stream().map(Live::terms).toList());
    Inbox inbox = new Inbox(parts.store(), parts.audit(), receipts);
    Map<String, String> zones = new HashMap<>();
    settings.practices().forEach(practice -> zones.put(practice.id(), practice.zone().getId()));

    RouteContext context =
        new RouteContext(
            "pontic",
            number,
            waiting(settings),
            List.of("file:" + home.resolve("routes") + "/**/*.camel.yaml"),
            settings.properties());
    context.property("pontic.home", home.toString());
    context.bind("jms", jms(parts.broker()));
    context.bind(
        "tokens",
        parts
            .tokens()
            .within(
                destination ->
                    settings.destination(destination).filter(Destination::enabled).isPresent()));
    context.bind("storeReader", parts.store().reader());
    context.bind("storeClock", new StoreMillis(parts.store()));
    context.bind("mllpDecoder", Listeners.decoder(settings));
    context.bind("mllpEncoder", new MllpEncoderFactory());
    context.bind("acceptFhir", new AcceptFhir(inbox));
    context.bind(
        "understand",
        new Understand(
            parts.store(),
            parts.leases(),
            receipts,
            inbox::isCrowded,
            (tx, practice, message) -> lane.parked().read(tx, practice, message)));
    context.bind("translate", new Translate(new Hl7Json(), events, kinds, mappers, zones));
    context.bind(
        "identify",
        new Identify(
            parts.store(),
            parts.leases(),
            persons,
            lane,
            receipts,
            saidIdentifiers,
            mappers,
            practice -> rules.get(practice).matching()));
    context.bind("retention", new Retention(parts.store(), parts.audit()));
    MergedPatients merged = new MergedPatients(parts.store(), persons);
    context.bind("mergedPatients", merged);
    context.bind("officeIdentifiers", new OfficeIdentifiers(parts.store(), persons, merged));
    context.bind("lane", lane);
    context.bind(
        "apiCalls",
        new ApiCalls(
            lane,
            settings.practices().stream().map(Live::office).toList(),
            settings.longestPause()));
    context.bind("apiWire", new ApiWire());
    Outbound outbound =
        Outbound.of(
            settings,
            home,
            parts.store(),
            parts.leases(),
            parts.audit(),
            mappers,
            (practice, table, code) -> byPractice.get(practice).knows(table, code),
            around.reaching(),
            parts.fhir(),
            parts.validators(),
            translation -> new Echo(said, lane::unclear, columns::bare, translation),
            ownNumbers);
    try {
      outbound.bind(context::bind);
      OutboundHl7 hl7 =
          OutboundHl7.of(
              settings,
              parts.store(),
              parts.leases(),
              outbound.dues(),
              mappers,
              home.resolve("mappings"),
              ownNumbers);
      hl7.bind(context::bind);
      context.bind(
          "answering",
          new Answering(
              parts.store(), parts.leases(), parts.audit(), receipts, settings.destinations()));
      return new Live(
          parts,
          copy,
          settings,
          new AcceptHl7.Terms(
              inbox,
              events.keySet().stream()
                  .filter(type -> events.get(type).taken())
                  .collect(Collectors.toSet()),
              requests(settings, events),
              events.entrySet().stream()
                  .filter(each -> !each.getValue().taken())
                  .collect(Collectors.toMap(Map.Entry::getKey, each -> each.getValue().reason())),
              (practice, sender) ->
                  settings.practice(practice).filter(p -> p.hl7().allows(sender)).isPresent(),
              practice ->
                  settings.practice(practice).map(p -> p.hl7().processing()).orElse(List.of()),
              (practice, sender) -> answered(settings, practice, sender)),
          kinds,
          writes,
          lane,
          // What is parked may be of a practice that is configured no more.
          practice -> rules.getOrDefault(practice, shipped).matching(),
          outbound,
          mappers,
          context,
          routes(context, home, settings, outbound, hl7, around));
    } catch (Refused | IOException | RuntimeException e) {
      context.close();
      outbound.close();
      throw e;
    }
  }

  /** Routes whose tick asks an office's database, two for each, or a FHIR destination. */
  private static int waiting(Settings settings) {
    long databases =
        settings.practices().stream().filter(each -> each.database().enabled()).count();
    long servers =
        settings.destinations().stream()
            .filter(each -> each.kind() == Destination.Kind.FHIR)
            .count();
    return (int) (2 * databases + servers);
  }

  private static AcceptHl7.Requests requests(Settings settings, Map<String, Event> events) {
    return new AcceptHl7.Requests(
        events.keySet().stream()
            .filter(type -> events.get(type).request())
            .collect(Collectors.toSet()),
        settings.practices().stream()
            .filter(practice -> practice.hl7().requests())
            .map(Practice::id)
            .collect(Collectors.toSet()));
  }

  private static Optional<AcceptHl7.Answered.By> answered(
      Settings settings, String practice, String sender) {
    return settings.destinations().stream()
        .filter(Destination::answers)
        .filter(each -> each.serves(practice) && each.senders().contains(sender))
        .findFirst()
        .map(each -> new AcceptHl7.Answered.By(each.id(), each.answersAlways()));
  }

  private static FluentProducerTemplate routes(
      RouteContext context,
      Path home,
      Settings settings,
      Outbound outbound,
      OutboundHl7 hl7,
      Around around)
      throws Refused {
    try {
      CamelContext camel = context.load();
      around.observer().accept(camel);
      for (Practice practice : settings.practices()) {
        if (practice.database().enabled()) {
          TemplatedRouteBuilder.builder(camel, "follow-merge")
              .routeId("follow-merge-" + practice.id())
              .prefixId(practice.id() + "-")
              .parameter("practice", practice.id())
              .parameter("longestQuery", practice.database().budget().longestQuery().toSeconds())
              .add();
        }
      }
      outbound.addRoutes(camel);
      hl7.addRoutes(camel);
      context.make();
      return camel.createFluentProducerTemplate();
    } catch (Exception e) {
      throw new Refused(List.of(RouteProblems.of(e, home)));
    }
  }

  Runs runs() {
    return outbound.runs();
  }

  List<Stand> stands() {
    return outbound.stands();
  }

  Map<String, Duration> queries() {
    return outbound.queries();
  }

  Copy copy() {
    return copy;
  }

  Settings settings() {
    return settings;
  }

  Instant made() {
    return made;
  }

  AcceptHl7.Terms reception() {
    return reception;
  }

  CamelContext camel() {
    return context.camel();
  }

  RouteContext context() {
    return context;
  }

  /** Its routes begin to take; what they call among themselves is there before. */
  void start() throws Exception {
    outbound.open();
    List<Route> routes =
        camel().getRoutes().stream()
            .filter(route -> !Boolean.FALSE.equals(route.isAutoStartup()))
            .sorted(Comparator.comparing(route -> !isCalled(route)))
            .toList();
    for (Route route : routes) {
      camel().getRouteController().startRoute(route.getId());
    }
  }

  /** Takes nothing more; what is under way goes on. */
  void hold() {
    for (Route route : camel().getRoutes()) {
      Consumer consumer = route.getConsumer();
      if (!isCalled(route) && ServiceHelper.isStarted(consumer)) {
        held.add(consumer);
        ServiceHelper.suspendService(consumer);
      }
    }
    // What the next one's clock sends is for the next one: this one may not know the practice.
    LockSupport.parkNanos(RECEIVE.plusMillis(50).toNanos());
  }

  /** Takes again what it took before it was held. */
  void resume() {
    held.forEach(ServiceHelper::resumeService);
    held.clear();
  }

  /**
   * Waits for what is under way, then gives everything back.
   *
   * @param most the longest wait; what is under way then is cut off
   * @param hurry asked again and again: true ends the wait
   */
  void drain(Duration most, BooleanSupplier hurry) {
    long end = System.nanoTime() + most.toNanos();
    while (camel().getInflightRepository().size() > 0
        && System.nanoTime() < end
        && !hurry.getAsBoolean()) {
      LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
    }
    close();
  }

  void close() {
    handOver.stop();
    context.close();
    outbound.close();
  }

  /** Destinations that the one before did not know get what that one recorded to its end. */
  void follows(Live before) {
    outbound.follows(before.settings);
  }

  /** The messages of a request from the façade to the route that stores them. */
  List<Accepted> handOver(String practice, String client, List<FhirPart> messages) {
    List<?> accepted =
        handOver
            .to("direct:accept-fhir")
            .withBody(messages)
            .withHeader("practice", practice)
            .withHeader("client", client)
            .request(List.class);
    return accepted.stream().map(Accepted.class::cast).toList();
  }

  /** What the façade takes. */
  Kinds kinds() {
    return kinds;
  }

  /** Every write that Pontic makes. */
  Writes writes() {
    return writes;
  }

  /** An event of an office to the route that takes it. */
  Heard.Outcome hint(String practice, String table, byte[] body) {
    return handOver
        .to("direct:accept-hint")
        .withBody(body)
        .withHeader("practice", practice)
        .withHeader("table", table)
        .request(Heard.Outcome.class);
  }

  /** What a person may do with what is parked. */
  ParkedDesk parked() {
    return new ParkedDesk(
        parts.store(),
        parts.audit(),
        lane.parked(),
        new Matching(new Persons(parts.store().vault()), lane.parked(), matching),
        outbound.dues(),
        parts.fhir());
  }

  /** A patient as destinations are told of him. */
  ChartDesk charts() {
    return new ChartDesk(parts.store(), parts.audit(), settings, mappers);
  }

  private static boolean isCalled(Route route) {
    return route.getEndpoint() instanceof DirectEndpoint;
  }

  private static JmsComponent jms(TokenBroker broker) {
    JmsComponent jms = JmsComponent.jmsComponent(broker.connections());
    jms.setDeliveryPersistent(false);
    jms.setExplicitQosEnabled(true);
    jms.setTimeToLive(TOKEN_LIFE.toMillis());
    jms.setCacheLevelName("CACHE_CONSUMER");
    jms.setReceiveTimeout(RECEIVE.toMillis());
    // A token that comes while a generation is held is served by it; refused, it would be lost for
    // the time of its life.
    jms.setAcceptMessagesWhileStopping(true);
    return jms;
  }

  private static OfficeTerms.DoubleBooking doubleBooking(Practice.DoubleBooking said) {
    return switch (said) {
      case PARK -> OfficeTerms.DoubleBooking.PARK;
      case REFUSE -> OfficeTerms.DoubleBooking.REFUSE;
      case TELL -> OfficeTerms.DoubleBooking.TELL;
    };
  }

  private static Planner planner(
      Settings settings,
      Path home,
      Writes writes,
      Map<String, Mappings> mappings,
      Map<String, PracticeRules> rules,
      Columns columns,
      Function<Practice, List<ApiFeed>> feeds,
      Function<Practice, HintTerms> hints,
      Vault vault)
      throws IOException {
    JsonNode answers = YAML.readTree(home.resolve("mappings/opendental/answers.yaml").toFile());
    LogRules logRules =
        YAML.readValue(home.resolve("mappings/opendental/own-log.yaml").toFile(), LogRules.class);
    return new OpenDentalPlanner(
        settings.practices().stream()
            .map(
                practice ->
                    new OfficeTerms(
                        practice.id(),
                        practice.zone(),
                        practice.api().mode().name().toLowerCase(Locale.ROOT),
                        practice.api().timeScale(),
                        hints.apply(practice),
                        practice.writes().rest().name().toLowerCase(Locale.ROOT),
                        practice.writes().patientRest().name().toLowerCase(Locale.ROOT),
                        practice.writes().on(),
                        practice.writes().off(),
                        doubleBooking(practice.writes().doubleBooking()),
                        practice.writes().sameProvider(),
                        practice.writes().closed() == Practice.ClosedHours.REFUSE))
            .toList(),
        writes,
        (practice, resource) -> toApi(settings, mappings, "inbound/patient", practice, resource),
        (practice, resource) ->
            toApi(settings, mappings, "inbound/appointment", practice, resource),
        (practice, mapping, resource) -> toApi(settings, mappings, mapping, practice, resource),
        rules::get,
        new Answers(texts(answers, "away"), texts(answers, "refused")),
        logRules,
        columns,
        practice -> feeds.apply(settings.practice(practice).orElseThrow()),
        (practice, sender, record) ->
            settings.destinations().stream()
                .filter(each -> each.enabled() && each.serves(practice) && each.tells(record))
                .anyMatch(each -> each.senders().contains(sender)),
        vault);
  }

  private static JsonNode toApi(
      Settings settings,
      Map<String, Mappings> mappings,
      String name,
      String practice,
      JsonNode resource) {
    Practice office = settings.practice(practice).orElseThrow();
    return mappings
        .get(practice)
        .mapper(name)
        .map(
            resource,
            Map.of(
                "zone", TextNode.valueOf(office.zone().getId()),
                "practice", TextNode.valueOf(practice),
                "rest", TextNode.valueOf(office.writes().rest().name().toLowerCase(Locale.ROOT))));
  }

  private static List<String> texts(JsonNode yaml, String field) {
    return YAML.convertValue(yaml.path(field), new TypeReference<List<String>>() {});
  }

  static LaneTerms terms(Practice practice) {
    Practice.Api api = practice.api();
    boolean throttled = api.mode() == Practice.Mode.REMOTE;
    return new LaneTerms(
        practice.id(),
        api.scaledRequestLimit(),
        api.scaledMargin(),
        throttled ? api.scaled(SLOWEST_PERIOD) : Duration.ZERO,
        api.timeScale(),
        api.enabled(),
        api.folds(),
        practice.database().budget().share(),
        now -> practice.database().budget().quietUntil(now, practice.zone()),
        practice.hints().enabled() ? practice.hints().url() : "");
  }

  /**
   * Wanted is what somebody reads here; of a table that was asked for by name it is said if not.
   */
  private static HintTerms hints(Practice practice, List<Feed> feeds, List<ApiFeed> lists) {
    Practice.Hints hints = practice.hints();
    if (!hints.enabled()) {
      return HintTerms.NONE;
    }
    Map<String, String> tables = new HashMap<>();
    for (WatchTable table : WatchTable.values()) {
      boolean isRead =
          practice.database().enabled()
              ? feeds.stream()
                  .filter(
                      feed -> practice.database().budget().reads(feed.name(), feed.offByDefault()))
                  .anyMatch(feed -> feed.isHintedBy(table))
              : lists.stream().anyMatch(list -> list.isHintedBy(table));
      if (hints.wants(table)) {
        tables.put(table.text(), isRead ? "" : "nothing that is read here follows this table");
      }
    }
    return new HintTerms(
        hints.url(),
        hints.workstations().isEmpty() ? List.of("") : hints.workstations(),
        hints.every().toSeconds(),
        tables);
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
