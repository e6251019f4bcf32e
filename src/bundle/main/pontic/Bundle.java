package pontic;

import ca.uhn.fhir.context.FhirContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.apache.camel.CamelContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pontic.audit.SqlAudit;
import pontic.broker.TokenBroker;
import pontic.broker.Tokens;
import pontic.facade.Facade;
import pontic.generation.Checks;
import pontic.generation.Copies;
import pontic.generation.Copy;
import pontic.generation.Installation;
import pontic.generation.Refused;
import pontic.generation.Report;
import pontic.generation.Watch;
import pontic.hawtio.Console;
import pontic.lane.ClockSetBack;
import pontic.lane.LaneTerms;
import pontic.lane.Restored;
import pontic.operations.BrokerCheck;
import pontic.operations.CamelRoutes;
import pontic.operations.GenerationCheck;
import pontic.operations.ManagementServer;
import pontic.operations.ManagementToken;
import pontic.operations.Metrics;
import pontic.operations.Operations;
import pontic.operations.StartCheck;
import pontic.operations.StoreCheck;
import pontic.operator.Asking;
import pontic.operator.Users;
import pontic.practice.Problem;
import pontic.practice.Settings;
import pontic.practice.SettingsException;
import pontic.receipt.Receipts;
import pontic.send.FhirThreads;
import pontic.store.DemoKeys;
import pontic.store.KeyVault;
import pontic.store.Leases;
import pontic.store.SqlLeases;
import pontic.store.Store;
import pontic.store.StoreSettings;
import pontic.store.Stores;
import pontic.store.Vault;
import pontic.validity.Validators;

/**
 * The process: store, broker, the operators' side, the façade, and the generations that run in it
 * one after the other.
 */
public final class Bundle implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Bundle.class);

  private static final int TRIES = 50;

  private final Installation installation;
  private final Settings settings;
  private final Parts parts;
  private final Generations generations;
  private final Deque<AutoCloseable> open = new ArrayDeque<>();
  private volatile Runnable reload = () -> {};
  private String where = "";

  private Bundle(
      Installation installation, Settings settings, Parts parts, Generations generations) {
    this.installation = installation;
    this.settings = settings;
    this.parts = parts;
    this.generations = generations;
  }

  /**
   * Opens store and broker and makes the routes of the files on disk, or, if these are refused, of
   * the last good copy; nothing runs yet.
   *
   * @throws Refused if neither can be run; carries everything that is wrong
   */
  public static Bundle prepare(Installation installation) throws IOException, Refused {
    return prepare(installation, Around.nothing());
  }

  /**
   * @param around what tests put around the product's parts
   */
  public static Bundle prepare(Installation installation, Around around)
      throws IOException, Refused {
    Path data = installation.loader().data(installation.config());
    String refused = "";
    List<Problem> problems;
    try {
      data = installation.settings().data();
      Copy copy = taken(new Copies(data), installation);
      refused = copy.id();
      return open(installation, around, copy, Optional.empty());
    } catch (SettingsException e) {
      problems = e.problems();
    } catch (Refused e) {
      problems = e.problems();
    }
    return lastGood(installation, around, new Copies(data), refused, problems);
  }

  private static Bundle lastGood(
      Installation installation, Around around, Copies copies, String id, List<Problem> problems)
      throws IOException, Refused {
    Copy last =
        copies
            .lastGood()
            .filter(copy -> !copy.id().equals(id))
            .orElseThrow(() -> new Refused(problems));
    LOG.error(
        "generation {} on disk is refused, the last good one {} is started:\n{}",
        id.isEmpty() ? "(unreadable)" : id,
        last.id(),
        new Refused(problems).getMessage());
    try {
      return open(
          installation, around, last, Optional.of(new Report.Refusal(id, Instant.now(), problems)));
    } catch (Refused e) {
      List<Problem> all = new ArrayList<>(problems);
      e.problems().stream()
          .map(
              problem ->
                  new Problem(
                      "last good generation " + last.id() + ": " + problem.file(),
                      problem.line(),
                      problem.what(),
                      problem.right()))
          .forEach(all::add);
      throw new Refused(all);
    }
  }

  /** Waits while somebody writes. */
  private static Copy taken(Copies copies, Installation installation) throws IOException {
    for (int i = 0; i < TRIES; i++) {
      Optional<Copy> copy = copies.take(installation.home(), installation.config());
      if (copy.isPresent()) {
        return copy.get();
      }
    }
    throw new IOException("the files are being written to all the time; start when that has ended");
  }

  private static Bundle open(
      Installation installation, Around around, Copy copy, Optional<Report.Refusal> refused)
      throws IOException, Refused {
    Settings settings = Generations.settings(installation, copy);
    FhirContext fhir = FhirContext.forR4();
    Checks checks = around.checking().apply(new FolderChecks(installation, fhir));
    Vault vault = vault(settings);
    Store store = Stores.open(storeSettings(settings), vault);
    Leases leases = new SqlLeases(settings.instance());
    Parts parts =
        new Parts(
            store,
            TokenBroker.open(settings.broker()),
            leases,
            new SqlAudit(),
            new Tokens(Live.TOKEN_LIFE),
            new Metrics(store),
            fhir,
            new Validators(fhir),
            FhirThreads.open());
    try {
      Generations generations =
          Generations.first(installation, settings, parts, around, checks, copy, refused);
      store.write(tx -> leases.voidOwn(tx));
      List<LaneTerms> lanes = settings.practices().stream().map(Live::terms).toList();
      new ClockSetBack(store).settleFirst(lanes, settings.longestPause());
      Restored restored = new Restored(store, parts.audit(), new Receipts(copy.id()));
      Path restoredByHand = settings.data().resolve("restored");
      if (Files.exists(restoredByHand)) {
        restored.mark(Files.getLastModifiedTime(restoredByHand).toInstant());
        Files.delete(restoredByHand);
      }
      restored.settleFirst(lanes);
      return new Bundle(installation, settings, parts, generations);
    } catch (Refused | RuntimeException e) {
      parts.close();
      throw e;
    }
  }

  /** The context of the generation that runs. */
  public CamelContext context() {
    return generations.live().camel();
  }

  public Store store() {
    return parts.store();
  }

  /** Which generation runs, and what is refused. */
  public Report generation() {
    return generations.report();
  }

  /**
   * Starts routes and listeners.
   *
   * @param stop ends the process, when an operator asks for it
   */
  public void start(Runnable stop) throws Exception {
    // The operators' side first: what goes wrong afterwards can be looked at.
    StartCheck starting = new StartCheck();
    CamelRoutes routes = new CamelRoutes(generations::contexts);
    parts.metrics().generation(generations::report);
    parts
        .metrics()
        .callConsumers(
            () -> generations.live().settings().callConsumers(),
            () -> context().getInflightRepository().size("call"));
    parts.metrics().queries(() -> generations.live().queries());
    parts.metrics().stands(() -> generations.live().stands());
    Users users = Users.load(settings.data(), System.getenv());
    ManagementServer management =
        ManagementServer.open(
            settings,
            parts.store(),
            routes,
            List.of(
                starting,
                new StoreCheck(parts.store(), settings.instance()),
                new BrokerCheck(parts.broker().connections()),
                new GenerationCheck(generations::report),
                routes),
            parts.metrics(),
            () -> generations.live().settings(),
            generations::report,
            () -> generations.live().runs(),
            ManagementToken.readOrMake(settings.data()),
            users,
            () -> generations.live().parked(),
            () -> generations.live().charts(),
            () -> reload.run(),
            stop);
    open.push(management);
    Asking asking = new Asking();
    open.push(Operations.show(management.desk(), asking));
    Console console = Console.open(settings, users, asking);
    open.push(console);
    generations.start();
    Facade facade =
        Facade.open(
            settings,
            parts.store(),
            new Facade.Doors(
                generations::handOver,
                () -> generations.live().kinds(),
                () -> generations.live().writes(),
                generations::hint,
                parts.metrics()::hint));
    open.push(facade);
    Watch watch =
        Watch.start(
            installation.home(), installation.config(), forced -> generations.look(facade, forced));
    open.push(watch);
    reload = watch::ask;
    starting.done();
    where =
        "generation "
            + generations.report().id()
            + ": "
            + management.url()
            + "/health, "
            + console.url();
  }

  /** Where to look, for the console. */
  public String where() {
    return where;
  }

  @Override
  public void close() throws Exception {
    while (!open.isEmpty()) {
      open.pop().close();
    }
    generations.close();
    parts.close();
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
}
