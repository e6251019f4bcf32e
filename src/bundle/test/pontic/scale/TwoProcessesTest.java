package pontic.scale;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDateTime;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import pontic.house.House;
import pontic.sandbox.api.Fault;
import pontic.sandbox.api.FaultKind;
import pontic.sandbox.api.Requests;
import pontic.sandbox.hospital.Hospital;
import pontic.sandbox.hospital.Hospital.Patient;
import pontic.sandbox.hospital.MllpSender;

/**
 * Two bundles on one PostgreSQL store and one broker. One is stopped as the system stops processes,
 * the other takes its lane over, the first goes on: the same ends as with one process.
 *
 * <p>More rounds: {@code -Dpontic.scale.seeds=1,2,3}.
 */
final class TwoProcessesTest {
  private static final LocalDateTime NOON = LocalDateTime.of(2027, 3, 2, 12, 0);

  @TempDir static Path folder;
  private static Path control;
  private static House house;
  private static EmbeddedPostgres postgres;
  private static StandAloneBroker broker;
  private static List<Child> children;
  private static JdbcClient store;
  private static int patients;

  static Stream<Long> seeds() {
    return Stream.of(System.getProperty("pontic.scale.seeds", "11,12,13").split(","))
        .map(Long::valueOf);
  }

  @BeforeAll
  static void open() throws Exception {
    control = Files.createDirectories(folder.resolve("control"));
    house = House.sandboxOnly(folder);
    postgres = EmbeddedPostgres.start();
    broker = StandAloneBroker.start(folder);
    store = JdbcClient.create(postgres.getPostgresDatabase());
    Map<String, String> shared = new HashMap<>(house.flags());
    shared.put(
        "pontic.store.url", "jdbc:postgresql://127.0.0.1:" + postgres.getPort() + "/postgres");
    shared.put("pontic.store.user", "postgres");
    shared.put("pontic.broker.url", broker.url());
    shared.put("pontic.call.consumers", "3");
    Random random = new Random();
    byte[] key = new byte[32];
    byte[] index = new byte[32];
    random.nextBytes(key);
    random.nextBytes(index);
    String keys =
        "k1:"
            + Base64.getEncoder().encodeToString(key)
            + ",index:"
            + Base64.getEncoder().encodeToString(index);
    children =
        List.of(
            Child.start("north", shared, folder, control, keys),
            Child.start("south", shared, folder, control, keys));
    children.forEach(Child::untilRuns);
    House.until(
        "both practices have said what they are",
        () -> count("select count(*) from pontic.lane where capabilities <> ''") == 2);
  }

  @AfterAll
  static void close() throws Exception {
    for (Child child : children == null ? List.<Child>of() : children) {
      child.close();
    }
    if (broker != null) {
      broker.close();
    }
    if (postgres != null) {
      postgres.close();
    }
    if (house != null) {
      house.close();
    }
  }

  @AfterEach
  void noRequestBrokeTheSpacing() throws IOException {
    house.api().faults().clear();
    for (String file : List.of("hold", "held", "go")) {
      Files.deleteIfExists(control.resolve(file));
    }
    assertEquals(List.of(), house.api().requests().violations(0));
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void aProcessStoppedInACallIsFencedOffAndTheOtherEndsItsMessages(long seed) throws Exception {
    Random random = new Random(seed);
    String practice = random.nextBoolean() ? "elm" : "oak";
    FaultKind kind = random.nextBoolean() ? FaultKind.TIMEOUT_AFTER : FaultKind.SLOW;
    String path = random.nextBoolean() ? "/patients" : "/appointments";
    Patient patient = Patient.numbered(5000 + patients++);
    house
        .api()
        .faults()
        .arm(Fault.of(practice, kind).on("POST", path).lasting(house.api().limit().dividedBy(2)));

    register(practice, patient, seed, random);
    house
        .api()
        .requests()
        .await(
            entry ->
                entry.practice().filter(practice::equals).isPresent()
                    && entry.fault().isPresent()
                    && entry.status().equals("open"),
            Duration.ofSeconds(30));
    Lease lease = lease(practice);
    String call = intent(practice);
    Child stopped = child(lease.holder());
    Child other = children.get(1 - children.indexOf(stopped));
    stopped.stop();

    byte[] update = Hospital.adt("A31", "u-" + seed, patient.withPhone("5035550042"));
    try (MllpSender unanswered = new MllpSender("127.0.0.1", stopped.mllpPort(practice), 20_000)) {
      // The hospital's engine hears nothing here and sends the same to the other.
      unanswered.send(update);
      assertEquals("AA", send(other, practice, update));
      untilTakenOver(practice, lease);
      boolean late = random.nextBoolean();
      if (late) {
        untilAllEnded();
      }
      stopped.go();
      assertEquals("AA", House.acknowledgement(unanswered.answer()));
    }
    untilAllEnded();
    House.until(
        "the late answer met the fence",
        () -> stopped.log().contains(call + " came after this process lost the lane"));
    // Settled by what the other one read, not by the answer that came to the stopped one.
    assertEquals("landed", state(call));
    assertFalse(settled(call).isEmpty());
    ends(practice, patient, "5035550042");
    assertEquals(
        1,
        count(
            "select count(*) from pontic.message where control_id = 'u-"
                + seed
                + "' and receipt_end = 'duplicate of'"));
    continuedOneWorksAgain(stopped, practice, seed);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void aRequestThatWaitedTooLongBehindItsIntentNeverLeaves(long seed) throws Exception {
    Random random = new Random(seed);
    String practice = random.nextBoolean() ? "elm" : "oak";
    Patient patient = Patient.numbered(6000 + patients++);
    int before = posts(practice);
    Files.writeString(control.resolve("hold"), "");

    register(practice, patient, 1000 + seed, random);
    House.until("a write is held behind its intent", () -> Files.exists(control.resolve("held")));
    String call = Files.readString(control.resolve("held"));
    Lease lease = lease(practice);
    Child stopped = child(lease.holder());
    stopped.stop();
    untilTakenOver(practice, lease);
    if (random.nextBoolean()) {
      untilAllEnded();
    }
    Files.writeString(control.resolve("go"), "");
    stopped.go();

    House.until(
        "the stopped one knows that it lost the lane",
        () -> stopped.log().contains(call + " came after this process lost the lane"));
    untilAllEnded();
    ends(practice, patient, patient.phone());
    assertEquals("not-landed", state(call));
    // One for the patient, one for the appointment: the held one is not among them.
    assertEquals(before + 2, posts(practice));
    continuedOneWorksAgain(stopped, practice, 1000 + seed);
  }

  /** Registers and books, by one process or the other. */
  private static void register(String practice, Patient patient, long seed, Random random)
      throws Exception {
    assertEquals(
        "AA",
        send(children.get(random.nextInt(2)), practice, Hospital.adt("A28", "r-" + seed, patient)));
    assertEquals(
        "AA",
        send(
            children.get(random.nextInt(2)),
            practice,
            Hospital.siu("S12", "b-" + seed, patient, "PL-" + seed, NOON, 30, "")));
    assertUnderstandable(practice);
  }

  /**
   * What is accepted is understood before a process is stopped, so that a test stops in the lane.
   */
  private static void assertUnderstandable(String practice) {
    House.until(
        "all is understood",
        () ->
            count(
                    "select count(*) from pontic.message where state = 'accepted' and practice = '"
                        + practice
                        + "'")
                == 0);
  }

  private static void ends(String practice, Patient patient, String phone) {
    List<Map<String, Object>> rows = house.office(practice).patients(patient);
    assertEquals(1, rows.size(), "patients in MySQL");
    assertEquals(phone, String.valueOf(rows.get(0).get("HmPhone")).replaceAll("\\D", ""));
    assertEquals(1, house.office(practice).appointments(patient).size(), "appointments in MySQL");
    assertEquals(
        0,
        count(
            "select count(*) from pontic.message where receipt_end not in ('landed', 'no change', 'duplicate of')"));
  }

  /** The continued process takes messages and lanes again: the other one is stopped meanwhile. */
  private static void continuedOneWorksAgain(Child continued, String practice, long seed)
      throws Exception {
    Child other = children.get(1 - children.indexOf(continued));
    Patient patient = Patient.numbered(7000 + patients++);
    House.until("nothing is under way", () -> count(BUSY) == 0);
    other.stop();
    try {
      assertEquals("AA", send(continued, practice, Hospital.adt("A28", "c-" + seed, patient)));
      untilAllEnded();
      assertEquals(1, house.office(practice).patients(patient).size());
    } finally {
      other.go();
    }
  }

  private static final String BUSY =
      "select count(*) from pontic.lease where until_at > extract(epoch from clock_timestamp()) * 1000";

  private static void untilTakenOver(String practice, Lease before) {
    House.until("the other took the lane over", () -> lease(practice).epoch() > before.epoch());
    assertNotEquals(before.holder(), lease(practice).holder());
  }

  private static void untilAllEnded() {
    House.until(
        "every message has its end",
        () -> count("select count(*) from pontic.message where receipt_end = ''") == 0);
  }

  private record Lease(String holder, long epoch) {}

  private static Lease lease(String practice) {
    return store
        .sql("select holder, epoch from pontic.lease where name = :name")
        .param("name", "lane:" + practice)
        .query(Lease.class)
        .single();
  }

  private static String intent(String practice) {
    return store
        .sql("select id from pontic.call where practice = :practice and state = 'intent'")
        .param("practice", practice)
        .query(String.class)
        .single();
  }

  private static String state(String call) {
    return store
        .sql("select state from pontic.call where id = :id")
        .param("id", call)
        .query(String.class)
        .single();
  }

  private static String settled(String call) {
    return store
        .sql("select settled from pontic.call where id = :id")
        .param("id", call)
        .query(String.class)
        .single();
  }

  private static Child child(String instance) {
    return children.stream().filter(c -> c.instance().equals(instance)).findFirst().orElseThrow();
  }

  private static String send(Child child, String practice, byte[] message) throws IOException {
    try (MllpSender sender = new MllpSender("127.0.0.1", child.mllpPort(practice), 20_000)) {
      return House.acknowledgement(sender.ask(message));
    }
  }

  private static int posts(String practice) {
    return (int)
        house.api().requests().list(practice).stream()
            .map(Requests.Entry::method)
            .filter("POST"::equals)
            .count();
  }

  private static long count(String sql) {
    return store.sql(sql).query(Long.class).single();
  }
}
