package pontic;

import ca.uhn.fhir.context.FhirContext;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.apache.camel.CamelContext;
import org.apache.camel.builder.TemplatedRouteBuilder;
import pontic.audit.Audit;
import pontic.capture.ApiFeed;
import pontic.capture.ApiFeeds;
import pontic.capture.ApiPages;
import pontic.capture.ApiTurns;
import pontic.capture.Captured;
import pontic.capture.Cursors;
import pontic.capture.Failures;
import pontic.capture.Feed;
import pontic.capture.FeedFiles;
import pontic.capture.Hints;
import pontic.capture.Offices;
import pontic.capture.PracticeDatabases;
import pontic.capture.Reach;
import pontic.capture.Storms;
import pontic.capture.Turns;
import pontic.echo.Echo;
import pontic.freshness.Freshness;
import pontic.freshness.Stand;
import pontic.generation.RoutesInvalid;
import pontic.mapping.KnownCodes;
import pontic.mapping.MapperOf;
import pontic.opendental.ImageShare;
import pontic.opendental.TimedShare;
import pontic.practice.Destination;
import pontic.practice.Practice;
import pontic.practice.Settings;
import pontic.reconcile.Nights;
import pontic.reconcile.RowComparison;
import pontic.reconcile.Runs;
import pontic.record.FeedRows;
import pontic.record.Records;
import pontic.seam.Seam;
import pontic.send.CatchUp;
import pontic.send.Dues;
import pontic.send.Enclosures;
import pontic.send.FhirClients;
import pontic.send.HoldingComparison;
import pontic.send.Known;
import pontic.send.LaterFiles;
import pontic.send.OfficeFiles;
import pontic.send.OwnNumbers;
import pontic.send.Sends;
import pontic.send.Transactions;
import pontic.send.Validity;
import pontic.store.Leases;
import pontic.store.Store;
import pontic.translate.Remapping;
import pontic.translate.Translator;
import pontic.validity.Exceptions;
import pontic.validity.Validators;

/**
 * The outbound wing: its beans under the names that the routes use, and one route per practice and
 * per FHIR destination.
 */
public final class Outbound implements AutoCloseable {
  /** Shorter than the time in which a lease is certainly held: what is slower goes without it. */
  private static final Duration LONGEST_FILE = Duration.ofSeconds(10);

  private static final Duration SWEEP_PERIOD = Duration.ofMinutes(5);

  private final Settings settings;
  private final List<Feed> feeds;
  private final PracticeDatabases databases;
  private final Map<String, Object> beans;
  private final Store store;
  private final Dues dues;
  private final FhirContext fhir;
  private final FhirClients clients;
  private final CatchUp catchUp;
  private final LaterFiles laterFiles;
  private final Runs runs;
  private final Turns turns;
  private final Freshness freshness;
  private final Validity validity;
  private final Remapping remapping;

  private Outbound(
      Settings settings,
      List<Feed> feeds,
      Store store,
      Dues dues,
      FhirContext fhir,
      FhirClients clients,
      PracticeDatabases databases,
      Runs runs,
      Turns turns,
      Freshness freshness,
      Validity validity,
      Enclosures enclosures,
      Remapping remapping,
      Map<String, Object> beans) {
    this.settings = settings;
    this.feeds = List.copyOf(feeds);
    this.store = store;
    this.dues = dues;
    this.fhir = fhir;
    this.clients = clients;
    this.databases = databases;
    this.runs = runs;
    this.turns = turns;
    this.freshness = freshness;
    this.validity = validity;
    this.remapping = remapping;
    this.beans = beans;
    this.catchUp = new CatchUp(store, dues, pairs());
    this.laterFiles =
        new LaterFiles(
            store,
            dues,
            enclosures,
            pairs().stream()
                .filter(pair -> pair.destination().kind() == Destination.Kind.FHIR)
                .toList());
  }

  /**
   * @param home holds sql/capture
   * @param mappers of practices by name, {@code outbound/patient}
   * @param knownCodes what the code tables of practices have
   * @throws RoutesInvalid if a file of sql/capture is no feed
   * @param reaching how far polls reach back, from what the product does
   * @param fhir of the process; to make one takes seconds
   * @param validators of the process; they outlive generations
   * @param known tells what destinations said themselves, by the translation of a row
   * @param ownNumbers what each destination calls a row itself
   */
  public static Outbound of(
      Settings settings,
      Path home,
      Store store,
      Leases leases,
      Audit audit,
      MapperOf mappers,
      KnownCodes knownCodes,
      UnaryOperator<Reach> reaching,
      FhirContext fhir,
      Validators validators,
      Function<Echo.Translation, Known> known,
      OwnNumbers ownNumbers) {
    List<Practice> practices = settings.practices();
    Map<String, Practice.Budget> budgets =
        practices.stream()
            .collect(Collectors.toUnmodifiableMap(Practice::id, each -> each.database().budget()));
    List<Feed> feeds = feeds(home);
    practices.forEach(practice -> known(practice, feeds));
    Function<Practice, List<ApiFeed>> apiFeeds = lists(home, feeds);
    PracticeDatabases databases = new PracticeDatabases(practices, store);
    Records records = new Records(store, audit, settings.destinations());
    Translator translator = new Translator(mappers, practices);
    Dues dues = new Dues(store.vault(), audit, known.apply(translator::map));
    Offices offices =
        new Offices(
            feeds,
            databases.byPractice(),
            budgets,
            records,
            new FeedRows(store),
            practice ->
                settings
                    .practice(practice)
                    .filter(each -> each.database().allowWritingAccount())
                    .isPresent(),
            System::nanoTime);
    Storms storms = new Storms(offices);
    Captured captured = new Captured(records, store.vault(), storms);
    Turns turns = new Turns(feeds, period(settings), grants(practices), System::nanoTime);
    ApiPages apiPages = new ApiPages(store, records, captured, practices, apiFeeds);
    ApiTurns apiTurns = new ApiTurns(store, apiPages, System::nanoTime);
    Reach reach = reaching.apply(Reach.usual(sweepPeriod(settings)));
    FhirClients clients = new FhirClients(fhir);
    Transactions transactions = new Transactions(ownNumbers);
    Validity validity = new Validity(validators, exceptions(home));
    Enclosures enclosures = new Enclosures(files(practices), store.vault());
    Runs runs =
        new Runs(
            store,
            leases,
            settings,
            feeds.stream()
                .filter(feed -> feed.keys().isPresent())
                .collect(Collectors.toMap(Feed::name, Feed::resource)),
            (practice, name) ->
                feeds.stream()
                    .filter(feed -> feed.name().equals(name))
                    .allMatch(
                        feed -> practice.database().budget().reads(name, feed.offByDefault())),
            feeds.stream()
                .filter(feed -> feed.stamp().isPresent())
                .map(Feed::name)
                .collect(Collectors.toUnmodifiableSet()));
    Duration again = lookAgain(settings);
    Freshness freshness = new Freshness(store, audit, settings, apiPages::names);
    return new Outbound(
        settings,
        feeds,
        store,
        dues,
        fhir,
        clients,
        databases,
        runs,
        turns,
        freshness,
        validity,
        enclosures,
        new Remapping(
            store,
            records,
            knownCodes,
            translator::translate,
            practices.stream().map(Practice::id).toList()),
        Map.ofEntries(
            Map.entry("freshness", freshness),
            Map.entry(
                "rowComparison",
                new RowComparison(
                    store,
                    audit,
                    runs,
                    records,
                    captured,
                    budgets,
                    again,
                    feeds.stream().filter(Feed::byStamp).map(Feed::name).collect(Collectors.toSet())
                        ::contains,
                    turns)),
            Map.entry(
                "holdingComparison",
                new HoldingComparison(
                    store,
                    audit,
                    runs,
                    dues,
                    settings::destination,
                    transactions,
                    ownNumbers,
                    enclosures,
                    again)),
            Map.entry("nights", new Nights(store, runs, practices, night(settings))),
            Map.entry("records", records),
            Map.entry("offices", offices),
            Map.entry(
                "cursors",
                new Cursors(
                    records,
                    practice -> databases.isOn(practice) && !turns.isQuiet(practice),
                    offices,
                    storms,
                    reach,
                    budgets,
                    System::nanoTime)),
            Map.entry("captured", captured),
            Map.entry("apiPages", apiPages),
            Map.entry("apiTurns", apiTurns),
            Map.entry(
                "hints", new Hints(store, audit, records, turns, apiPages, apiTurns, practices)),
            Map.entry("turns", turns),
            Map.entry(
                "failures",
                new Failures(
                    (poll, kind) -> {
                      offices.failed(poll, kind);
                      turns.failed(poll);
                    })),
            Map.entry("translator", translator),
            Map.entry("seam", new Seam()),
            Map.entry(
                "sends",
                new Sends(
                    store,
                    leases,
                    dues,
                    settings::destination,
                    transactions,
                    mappers,
                    clients::wanted,
                    validity,
                    enclosures))));
  }

  /** The API names no folder of a patient, so files go only where the database is read. */
  private static OfficeFiles files(List<Practice> practices) {
    return new TimedShare(
        new ImageShare(
            practices.stream()
                .filter(each -> each.database().enabled())
                .collect(Collectors.toMap(Practice::id, Practice::documents)),
            Clock.systemUTC()),
        LONGEST_FILE);
  }

  /** Longer than any feed takes to see a change, so that what differs then was missed. */
  private static Duration lookAgain(Settings settings) {
    return Duration.ofMillis(500).plus(period(settings).multipliedBy(6));
  }

  private static Duration period(Settings settings) {
    return Duration.ofMillis(
        Long.parseLong(settings.properties().getOrDefault("pontic.capture.period", "1000")));
  }

  private static Map<String, Turns.Grant> grants(List<Practice> practices) {
    return practices.stream()
        .collect(
            Collectors.toUnmodifiableMap(
                Practice::id,
                practice ->
                    new Turns.Grant(
                        practice.database().budget().share(),
                        () -> practice.database().budget().isQuiet(LocalTime.now(practice.zone())),
                        feed ->
                            practice.database().budget().reads(feed.name(), feed.offByDefault()))));
  }

  private static Optional<LocalTime> night(Settings settings) {
    return Optional.ofNullable(settings.properties().get("pontic.reconcile.at"))
        .filter(text -> !text.equals("off"))
        .map(LocalTime::parse);
  }

  /** How long queries ran at each office whose database is read, since this generation began. */
  public Map<String, Duration> queries() {
    return databases.byPractice().keySet().stream()
        .collect(Collectors.toUnmodifiableMap(practice -> practice, turns::spent));
  }

  /** How far practices and destinations are behind. */
  public List<Stand> stands() {
    return freshness.stands();
  }

  /** Comparisons of what both ends hold. */
  public Runs runs() {
    return runs;
  }

  /** What is due, for every kind of destination. */
  public Dues dues() {
    return dues;
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
   * After the route files are loaded: {@code capture-mysql-<practice>} or, where the database is
   * switched off, {@code capture-api-<practice>}; {@code send-fhir-<destination>}.
   */
  public void addRoutes(CamelContext camel) throws Exception {
    for (String practice : databases.byPractice().keySet()) {
      TemplatedRouteBuilder.builder(camel, "capture-mysql")
          .routeId("capture-mysql-" + practice)
          .prefixId("capture-mysql-" + practice + "-")
          .parameter("practice", practice)
          .parameter("longestQuery", longestQuery(practice))
          .parameter("tick", Turns.tick(period(settings)).toMillis())
          .add();
    }
    for (String practice : databases.byPractice().keySet()) {
      TemplatedRouteBuilder.builder(camel, "reconcile")
          .routeId("reconcile-" + practice)
          .prefixId("reconcile-" + practice + "-")
          .parameter("practice", practice)
          .parameter("longestQuery", longestQuery(practice))
          .add();
    }
    for (Destination target : targets()) {
      TemplatedRouteBuilder.builder(camel, "reconcile-destination")
          .routeId("reconcile-destination-" + target.id())
          .prefixId("reconcile-destination-" + target.id() + "-")
          .parameter("destination", target.id())
          .add();
    }
    for (Practice practice : settings.practices()) {
      if (!practice.database().enabled()) {
        TemplatedRouteBuilder.builder(camel, "capture-api")
            .routeId("capture-api-" + practice.id())
            .prefixId("capture-api-" + practice.id() + "-")
            .parameter("practice", practice.id())
            .parameter("tick", Turns.tick(period(settings)).toMillis())
            .add();
      }
    }
    for (Destination target : targets()) {
      TemplatedRouteBuilder.builder(camel, "send-fhir")
          .routeId("send-fhir-" + target.id())
          .prefixId(target.id() + "-")
          .parameter("destination", target.id())
          .parameter("consumers", target.connections())
          .add();
    }
  }

  /**
   * Before the routes start: from here on each destination has its tokens, and, in the background,
   * what it lacks.
   */
  public void open() {
    store.write(
        tx ->
            pairs().stream()
                .mapToInt(pair -> dues.open(tx, pair.practice(), pair.destination()))
                .sum());
    validity.begin(settings.destinations());
    catchUp.start();
    remapping.start();
    laterFiles.start();
  }

  /**
   * After the generation before has ended: what it recorded to its end it did not make due to
   * destinations that it did not know.
   */
  public void follows(Settings before) {
    catchUp.over(
        pairs().stream()
            .filter(
                pair ->
                    before
                        .destination(pair.destination().id())
                        .filter(known -> known.serves(pair.practice()))
                        .isEmpty())
            .toList());
    // What it read to its end it mapped by its own tables.
    remapping.run();
  }

  private List<CatchUp.Pair> pairs() {
    return settings.practices().stream()
        .flatMap(
            practice ->
                settings.destinations().stream()
                    .filter(destination -> destination.serves(practice.id()))
                    .map(destination -> new CatchUp.Pair(practice.id(), destination)))
        .toList();
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
    catchUp.close();
    remapping.close();
    laterFiles.close();
    databases.close();
    clients.close();
  }

  private static void known(Practice practice, List<Feed> feeds) {
    for (String named : practice.database().budget().feeds()) {
      if (!named.equals("all") && feeds.stream().noneMatch(feed -> feed.name().equals(named))) {
        String what =
            "database.feeds of practice "
                + practice.id()
                + " names "
                + named
                + ", and there is no sql/capture/"
                + named
                + ".sql";
        throw new RoutesInvalid(what, new IllegalArgumentException(what));
      }
    }
  }

  /** By practice, the lists of its API that are read; a record is wanted if its feed is. */
  static Function<Practice, List<ApiFeed>> lists(Path home, List<Feed> feeds) {
    List<ApiFeed> all = ApiFeeds.load(home.resolve("mappings/capture-api"));
    return practice ->
        practice.database().enabled()
            ? List.of()
            : ApiFeeds.wanted(
                all,
                resource ->
                    feeds.stream()
                        .filter(feed -> feed.keys().isPresent() && feed.resource().equals(resource))
                        .anyMatch(
                            feed ->
                                practice
                                    .database()
                                    .budget()
                                    .reads(feed.name(), feed.offByDefault())));
  }

  private static Exceptions exceptions(Path home) {
    Path file = home.resolve("mappings/fhir/exceptions.yaml");
    try {
      return Exceptions.read(file);
    } catch (IOException e) {
      throw new RoutesInvalid("mappings/fhir/exceptions.yaml is no list of exceptions", e);
    }
  }

  static List<Feed> feeds(Path home) {
    try {
      return FeedFiles.load(home.resolve("sql/capture"));
    } catch (IllegalArgumentException e) {
      throw new RoutesInvalid(e.getMessage(), e);
    }
  }

  private static Duration sweepPeriod(Settings settings) {
    return Optional.ofNullable(settings.properties().get("pontic.capture.sweep-period"))
        .map(millis -> Duration.ofMillis(Long.parseLong(millis)))
        .orElse(SWEEP_PERIOD);
  }

  private long longestQuery(String practice) {
    return settings.practice(practice).orElseThrow().database().budget().longestQuery().toSeconds();
  }

  private List<Destination> targets() {
    return settings.destinations().stream()
        .filter(each -> each.kind() == Destination.Kind.FHIR)
        .toList();
  }
}
