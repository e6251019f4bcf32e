package pontic.house;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.springframework.util.FileSystemUtils;
import pontic.Around;
import pontic.Bundle;
import pontic.generation.Installation;
import pontic.lane.Planner;
import pontic.operations.Fixture;
import pontic.practice.SettingsLoader;
import pontic.sandbox.FreePorts;
import pontic.sandbox.Sandbox;
import pontic.sandbox.SandboxSettings;
import pontic.sandbox.api.Fault;
import pontic.sandbox.api.FaultKind;
import pontic.sandbox.api.OpenDentalApi;
import pontic.sandbox.api.OpenDentalApiPart;
import pontic.sandbox.database.Engine;
import pontic.sandbox.database.PracticePlan;
import pontic.sandbox.hospital.HospitalFhirServer;
import pontic.sandbox.hospital.HospitalMllp;
import pontic.sandbox.hospital.MllpSender;
import pontic.secretfile.OwnerFile;

/**
 * Sandbox and bundle in one test: MariaDB, the API with its throttle and faults (times scaled), and
 * the bundle with the shipped routes, mappings and config. The bundle can be stopped and started
 * again on the same data.
 */
public final class House implements AutoCloseable {
  /** One request every 50 ms instead of every second, a limit of 3 s instead of 60. */
  public static final double SCALE = 0.05;

  /** To read whole charts would cost each start more than all the rest; EveryFeedTest does. */
  private static final String CORE =
      "patient, patient-merged, appointment, appointment-broken, appointment-deleted, provider, operatory";

  private static final int ACCEPTED = 202;
  private static final Duration LONGEST =
      Duration.ofSeconds(Integer.getInteger("house.seconds", 600));

  /** As the bundle would write it; to derive one for each new data folder costs a second. */
  public static final String ADMIN_PASSWORD = "house-of-the-tests";

  /** Its line among {@code Users}. */
  public static final String ADMINISTRATOR =
      "admin:admin:pbkdf2:100000:aG91c2Utb2YtdGhlLXRlcw:auNShxMuhE1eEL0Q2klJxqA3rJ_DOdEirXxT3zZsHsc";

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path folder;
  private final List<PracticePlan> plans;

  /** Those that the bundle has. */
  private List<String> served;

  private final Sandbox sandbox;
  private final OpenDentalApi api;
  private final HospitalFhirServer hospital;
  private final HospitalFhirServer registry = HospitalFhirServer.start(0);
  private final HospitalMllp hospitalMllp = HospitalMllp.start(0);
  private final Map<String, String> flags = new HashMap<>();
  private final PassedSteps passed = PassedSteps.ofThisTest();
  private Path home = home();
  private Path config = home().resolve("config");

  /** CheckFolderTest shows that the shipped files pass; a look costs each start a second. */
  private boolean checked;

  private Bundle bundle;

  private House(
      Path folder,
      List<PracticePlan> plans,
      Sandbox sandbox,
      OpenDentalApi api,
      HospitalFhirServer hospital) {
    this.folder = folder;
    this.plans = plans;
    this.served = plans.stream().map(PracticePlan::id).toList();
    this.sandbox = sandbox;
    this.api = api;
    this.hospital = hospital;
  }

  /**
   * Sandbox and bundle, both running and both practices connected. What is asked of them comes from
   * the hospital: what happens at the desk is looked for now and then only, since looking is half
   * of what an idle house costs.
   */
  public static House open(Path folder) throws Exception {
    return open(folder, SCALE);
  }

  /** The same with another scale of the API's times. */
  public static House open(Path folder, double scale) throws Exception {
    House house =
        sandboxOnly(folder, scale)
            .busyLanes()
            .with("pontic.capture.period", "3s")
            .with("routes.reconcile.period", "1000")
            .with("routes.reconcile-destination.period", "1000");
    house.startBundle();
    house.untilConnected();
    return house;
  }

  public static House sandboxOnly(Path folder) throws Exception {
    return sandboxOnly(folder, SCALE);
  }

  public static House sandboxOnly(Path folder, double scale) throws Exception {
    return sandboxOnly(folder, scale, 12);
  }

  /**
   * @param patients of each practice
   */
  public static House sandboxOnly(Path folder, double scale, int patients) throws Exception {
    return sandboxOnly(
        folder,
        scale,
        List.of(
            PracticePlan.elm(Engine.MYISAM, patients), PracticePlan.oak(Engine.MYISAM, patients)));
  }

  /** Other practices than elm and oak; each has settings like those of elm. */
  public static House of(Path folder, List<PracticePlan> plans) throws Exception {
    return of(folder, SCALE, plans);
  }

  /** The same with another scale of the API's times. */
  public static House of(Path folder, double scale, List<PracticePlan> plans) throws Exception {
    House house = sandboxOnly(folder, scale, plans);
    Path config = folder.resolve("config");
    FileSystemUtils.copyRecursively(house.config, config);
    String elm = Files.readString(config.resolve("practices/elm.yaml"));
    FileSystemUtils.deleteRecursively(config.resolve("practices"));
    Files.createDirectories(config.resolve("practices"));
    for (PracticePlan plan : plans) {
      Files.writeString(
          config.resolve("practices/" + plan.id() + ".yaml"),
          elm.replace("id: elm", "id: " + plan.id())
              .replace("PONTIC_ELM_", "PONTIC_" + plan.id().toUpperCase(Locale.ROOT) + "_")
              .replace("ElmCustomerKey01", plan.customerKey())
              .replace("ElmFacadeToken01", facadeToken(plan.id()))
              .replace("America/New_York", plan.zone().getId()));
    }
    return house.withConfig(config);
  }

  /** What a client of a practice of {@link #of} shows to the façade. */
  public static String facadeToken(String practice) {
    return "FacadeTokenOf" + practice;
  }

  /**
   * Bundles that start from now on, in this process or their own, have these practices alone.
   *
   * @param practices of those that the sandbox has
   */
  public House only(List<String> practices) throws Exception {
    Path own = folder.resolve("config-of-some");
    FileSystemUtils.copyRecursively(config, own);
    for (String other : served) {
      if (!practices.contains(other)) {
        Files.delete(own.resolve("practices/" + other + ".yaml"));
        flags.keySet().removeIf(key -> key.startsWith("practices." + other + "."));
      }
    }
    config = own;
    served = List.copyOf(practices);
    return this;
  }

  private static House sandboxOnly(Path folder, double scale, List<PracticePlan> plans)
      throws Exception {
    AtomicReference<OpenDentalApi> api = new AtomicReference<>();
    Sandbox sandbox =
        Sandbox.start(
            SandboxSettings.onFreePorts(folder.resolve("sandbox"), Engine.MYISAM, 0)
                .with(plans)
                .withTimeScale(scale),
            List.of(new OpenDentalApiPart(api::set)));
    House house = new House(folder, plans, sandbox, api.get(), HospitalFhirServer.start(0));
    house.configure(scale);
    return house;
  }

  private void configure(double scale) throws Exception {
    Path data = folder.resolve("data");
    withUsers(data);
    flags.put("pontic.data", data.toString());
    for (String port :
        List.of("pontic.facade.port", "pontic.management.port", "pontic.hawtio.port")) {
      flags.put(port, Integer.toString(freePort()));
    }
    for (String practice : plans.stream().map(PracticePlan::id).toList()) {
      flags.put(
          "practices." + practice + ".api.url",
          "http://127.0.0.1:" + sandbox.ports().get("api-" + practice) + "/api/v1");
      flags.put("practices." + practice + ".api.timeScale", Double.toString(scale));
      flags.put(
          "practices." + practice + ".database.url",
          "jdbc:mariadb://127.0.0.1:" + sandbox.ports().get("database") + "/" + practice);
      // A test that says two things at once asks what became of each; FoldRowsTest and the demo
      // fold.
      flags.put("practices." + practice + ".api.folds", "false");
      // Tests book whom they like at noon; SlotLookTest and OpenPointsTest have it otherwise.
      flags.put("practices." + practice + ".writes.doubleBooking", "tell");
      // Nobody works at this office, and on a loaded machine each query takes long.
      flags.put("practices." + practice + ".database.share", "100");
      flags.put("practices." + practice + ".database.feeds", CORE);
      flags.put("practices." + practice + ".hl7.port", Integer.toString(freePort()));
    }
    flags.put("destinations.hospital.url", hospital.url());
    flags.put("destinations.registry.url", registry.url());
    flags.put("destinations.hospital-hl7.url", "mllp://127.0.0.1:" + hospitalMllp.port());
    // What settles first is DuesTest's and FhirDeliveryTest's; here it would cost each frame
    // seconds.
    flags.put("destinations.hospital-hl7.quiet", "100ms");
    flags.put("pontic.wake.period", "50");
    flags.put("pontic.merge.period", "200ms");
    flags.put("pontic.capture.period", "500ms");
    // Else a test that runs over half past two of an office would compare everything.
    flags.put("pontic.reconcile.at", "off");
    flags.put("routes.purge.period", "2s");
    flags.put("routes.reconcile.period", "200");
    flags.put("routes.reconcile-destination.period", "200");
  }

  /** A data folder in which the administrator of Hawtio is made already. */
  public void withUsers(Path data) throws Exception {
    OwnerFile.make(
        data.resolve("hawtio-users"),
        ADMINISTRATOR + "\n" + Fixture.USERS.replace(',', '\n') + "\n");
    OwnerFile.make(data.resolve("hawtio-admin.password"), ADMIN_PASSWORD + "\n");
  }

  /** Another value for a key of config/, before the bundle starts. */
  public House with(String key, String value) {
    flags.put(key, value);
    return this;
  }

  /**
   * Where calls of the API are much of what is done: a lane is looked at more often than its time
   * comes.
   */
  public House busyLanes() {
    return with("pontic.wake.period", "20");
  }

  /** What a key has to be bought for beside the usual, to write whatever Pontic writes. */
  public static final Set<String> EVERY_PERMISSION =
      Set.of(
          "ApiSetup",
          "ApiDocuments",
          "ApiProcedureLogs",
          "ApiInsuranceSimple",
          "ApiInsurance",
          "ApiPayments");

  /** What the API's key lets do in both practices beside the usual. */
  public House permitted(Set<String> permissions) {
    for (String practice : List.of("elm", "oak")) {
      api().change(practice, settings -> settings.withAlso(permissions));
    }
    return this;
  }

  /**
   * Codes of a practice's own, before the bundle starts.
   *
   * @param codes as the practice's file has them: {@code {confirmation: {Confirmed: 2}}}
   */
  public House withCodes(String practice, String codes) throws Exception {
    Path own = folder.resolve("config-with-codes");
    if (!config.equals(own)) {
      FileSystemUtils.copyRecursively(config, own);
      config = own;
    }
    Path file = own.resolve("practices/" + practice + ".yaml");
    Files.writeString(file, Files.readString(file).replace("codes: {}", "codes: " + codes));
    return this;
  }

  /** Another config folder than the shipped one, before the bundle starts. */
  public House withConfig(Path folder) {
    config = folder;
    return this;
  }

  /** Another installation than the project: routes, mappings and sql, before the bundle starts. */
  public House withInstallation(Path folder) {
    home = folder;
    return this;
  }

  /**
   * A copy of the installation, config too, that a test may edit and that is checked as the product
   * does, before the bundle starts.
   */
  public House withHome(Path folder) {
    home = folder;
    config = folder.resolve("config");
    checked = true;
    return this;
  }

  /** What this house lays over config/, for a bundle in a process of its own. */
  public Map<String, String> flags() {
    return Map.copyOf(flags);
  }

  /** The config folder that a bundle starts with. */
  public Path config() {
    return config;
  }

  public void startBundle() throws Exception {
    startBundle(planner -> planner);
  }

  public void startBundle(UnaryOperator<Planner> planning) throws Exception {
    startBundle(Around.nothing().withPlanning(planning));
  }

  public void startBundle(Around around) throws Exception {
    bundle =
        Bundle.prepare(
            new Installation(home, config, new SettingsLoader(Map.of(), flags)),
            (checked ? around : around.withoutCheck())
                .withObserver(around.observer().andThen(passed::watch)));
    bundle.start(() -> {});
  }

  public void stopBundle() throws Exception {
    bundle.close();
    bundle = null;
  }

  /** The installation folder: the project itself. */
  public static Path home() {
    Path here = Path.of("").toAbsolutePath();
    while (!Files.isDirectory(here.resolve("routes"))) {
      here = here.getParent();
    }
    return here;
  }

  public static int freePort() throws Exception {
    return new FreePorts().next();
  }

  public Sandbox sandbox() {
    return sandbox;
  }

  /** What lands late is answered at once and acts a second later. */
  public void arm(FaultKind kind, Fault fault) {
    api.faults()
        .arm(
            kind == FaultKind.LANDS_LATE
                ? fault.lasting(Duration.ofMillis(1000)).answeringAtOnce()
                : fault);
  }

  public OpenDentalApi api() {
    return api;
  }

  public HospitalFhirServer hospital() {
    return hospital;
  }

  /** The second FHIR destination. */
  public HospitalFhirServer registry() {
    return registry;
  }

  public HospitalMllp hospitalMllp() {
    return hospitalMllp;
  }

  public Bundle bundle() {
    return bundle;
  }

  public Office office(String practice) {
    return new Office(sandbox.practice(practice));
  }

  public Ledger ledger() {
    return new Ledger(bundle.store());
  }

  public int mllpPort(String practice) {
    return Integer.parseInt(flags.get("practices." + practice + ".hl7.port"));
  }

  /** Sends one message and returns MSA-1 of its answer. */
  public String send(String practice, byte[] message) throws Exception {
    try (MllpSender sender = new MllpSender("127.0.0.1", mllpPort(practice), 60_000)) {
      return acknowledgement(sender.ask(message));
    }
  }

  /** Sends one message, which has to be taken, and returns its control id. */
  public String accepted(String practice, byte[] message) throws Exception {
    String answer = send(practice, message);
    if (!answer.equals("AA")) {
      throw new AssertionError("not AA but " + answer);
    }
    return new String(message, java.nio.charset.StandardCharsets.UTF_8).split("\\|")[9];
  }

  /** Sends one message, waits until all have their ends, and returns its control id. */
  public String ended(String practice, byte[] message) throws Exception {
    String id = accepted(practice, message);
    untilAllEnded();
    return id;
  }

  /** As ./pontic release: the status that the control endpoint answers. */
  public int release(String messageId) throws Exception {
    return post("/control/release?message=" + messageId);
  }

  /**
   * As ./pontic pause and resume: the status that the control endpoint answers.
   *
   * @param what as in {@code reads,writes}; empty for all
   */
  public int control(String verb, String id, String what) throws Exception {
    return post("/control/" + verb + "?id=" + id + "&what=" + what);
  }

  /** What the control endpoint answers to a question that it understands. */
  public String control(String path) throws Exception {
    java.net.http.HttpResponse<String> answer = management(path, request -> request);
    if (answer.statusCode() != 200) {
      throw new AssertionError(path + " is answered " + answer.statusCode());
    }
    return answer.body();
  }

  /** Asks the control endpoint to do something. */
  public int post(String path) throws Exception {
    return management(
            path, request -> request.POST(java.net.http.HttpRequest.BodyPublishers.noBody()))
        .statusCode();
  }

  /** As ./pontic edit: the status that the control endpoint answers. */
  public int edit(String messageId, byte[] body) throws Exception {
    return management(
            "/control/parked/edit?id=" + messageId,
            request -> request.POST(java.net.http.HttpRequest.BodyPublishers.ofByteArray(body)))
        .statusCode();
  }

  /** What Prometheus reads. */
  public String metrics() throws Exception {
    return control("/metrics");
  }

  private java.net.http.HttpResponse<String> management(
      String path, UnaryOperator<java.net.http.HttpRequest.Builder> method) throws Exception {
    java.net.http.HttpRequest.Builder request =
        java.net.http.HttpRequest.newBuilder(
                java.net.URI.create(
                    "http://127.0.0.1:" + flags.get("pontic.management.port") + path))
            .header(
                "Authorization",
                "Bearer "
                    + Files.readString(Path.of(flags.get("pontic.data"), "management.token"))
                        .strip());
    return java.net.http.HttpClient.newHttpClient()
        .send(method.apply(request).build(), java.net.http.HttpResponse.BodyHandlers.ofString());
  }

  public static String acknowledgement(byte[] answer) {
    for (String segment : new String(answer, java.nio.charset.StandardCharsets.UTF_8).split("\r")) {
      if (segment.startsWith("MSA|")) {
        return segment.split("\\|")[1];
      }
    }
    throw new AssertionError("an answer without MSA");
  }

  public void untilConnected() {
    until(
        "all practices have said what they are",
        () ->
            ledger()
                .texts("select practice from lane where capabilities <> ''")
                .containsAll(served));
  }

  /**
   * As ./pontic reconcile --dry-run of each practice: no row of Open Dental differs from its record
   * and no record from what a FHIR destination holds, but for what is known to change.
   */
  public void nothingIsUnexplained(String... practices) throws Exception {
    for (String practice : practices) {
      int status = post("/control/reconcile?dryRun=true&practice=" + practice);
      assertEquals(ACCEPTED, status, practice);
    }
    for (String practice : practices) {
      until("all of " + practice + " is compared", () -> compared(practice).noneMatch(running()));
      assertTrue(compared(practice).anyMatch(each -> each.path("matched").asLong() > 0), practice);
      assertEquals(
          List.of(),
          compared(practice).filter(each -> each.path("unexplained").asLong() > 0).toList());
    }
  }

  /** The end of a test of capture. */
  public void compareAndClose(String... practices) throws Exception {
    try (House closed = this) {
      closed.nothingIsUnexplained(practices);
    }
  }

  private static Predicate<JsonNode> running() {
    return each -> each.path("state").asText().equals("running");
  }

  private Stream<JsonNode> compared(String practice) {
    try {
      JsonNode reports =
          JSON.readTree(control("/control/reconciles?dryRun=true&practice=" + practice));
      return StreamSupport.stream(reports.spliterator(), false);
    } catch (Exception e) {
      throw new AssertionError(practice, e);
    }
  }

  /** Waits until every accepted message waits for its lane, if not for its end. */
  public void untilUnderstood() {
    until(
        "all are understood",
        () -> ledger().count("select count(*) from message where state = 'accepted'") == 0);
  }

  /** Waits until every accepted message has its end. */
  public void untilAllEnded() {
    try {
      until(
          "every message has its end",
          () -> ledger().count("select count(*) from message where receipt_end = ''") == 0);
    } catch (AssertionError e) {
      throw new AssertionError(e.getMessage() + "\n" + ledger().describe() + threads(), e);
    }
  }

  /** Where the threads of routes and store stand, for a failing test. */
  private static String threads() {
    StringBuilder text = new StringBuilder();
    Thread.getAllStackTraces()
        .forEach(
            (thread, stack) -> {
              if (thread.getName().matches(".*(Camel|JmsConsumer|pontic|store|Timer).*")) {
                text.append("\n").append(thread.getName()).append(' ').append(thread.getState());
                List.of(stack).stream().limit(25).forEach(at -> text.append("\n    ").append(at));
              }
            });
    return text.toString();
  }

  public static void until(String what, Supplier<Boolean> condition) {
    Instant end = Instant.now().plus(LONGEST);
    while (!condition.get()) {
      if (Instant.now().isAfter(end)) {
        throw new AssertionError("not within " + LONGEST.toSeconds() + " s: " + what);
      }
      java.util.concurrent.locks.LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
    }
  }

  @Override
  public void close() throws Exception {
    if (bundle != null) {
      bundle.close();
    }
    passed.leave();
    hospital.close();
    registry.close();
    hospitalMllp.close();
    sandbox.close();
  }
}
