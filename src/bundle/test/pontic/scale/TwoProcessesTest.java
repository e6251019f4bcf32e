package pontic.scale;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import pontic.house.House;
import pontic.sandbox.api.Fault;
import pontic.sandbox.api.FaultKind;
import pontic.sandbox.hospital.Hospital;
import pontic.sandbox.hospital.Hospital.Patient;
import pontic.sandbox.hospital.MllpSender;

/**
 * Two bundles on one PostgreSQL store and one broker. One is stopped as the system stops processes,
 * the other takes its lane over, the first goes on: the same ends as with one process.
 *
 * <p>Each kind of write is the one that the stop falls into, by turns. More rounds: {@code
 * -Dpontic.scale.seeds=1,2,3,4,5,6}.
 */
final class TwoProcessesTest {
  /** A limit of 6 s: whoever takes a lane over waits for it. */
  private static final double SCALE = 0.1;

  private static final String UPDATED = "5035550041";
  private static final LocalDateTime NOON = LocalDateTime.of(2027, 3, 2, 12, 0);

  @TempDir static Path folder;
  private static Path control;
  private static House house;
  private static EmbeddedPostgres postgres;
  private static StandAloneBroker broker;
  private static List<Child> children;
  private static Map<String, String> shared;
  private static String keys;
  private static JdbcClient store;
  private static int patients;

  /** The write that a process is stopped in. */
  private enum Write {
    PATIENT("elm", "patients.post", "POST", "/patients", "/patients"),
    APPOINTMENT("oak", "appointments.post", "POST", "/appointments", "/appointments"),
    UPDATE("elm", "patients.put", "PUT", "/patients/*", "/patients/{id}");

    private final String practice;
    private final String call;
    private final String method;
    private final String path;
    private final String template;

    Write(String practice, String call, String method, String path, String template) {
      this.practice = practice;
      this.call = call;
      this.method = method;
      this.path = path;
      this.template = template;
    }
  }

  static Stream<Arguments> writes() {
    String[] seeds = System.getProperty("pontic.scale.seeds", "11,12,13").split(",");
    return IntStream.range(0, seeds.length)
        .mapToObj(
            n -> Arguments.of(Write.values()[n % Write.values().length], Long.valueOf(seeds[n])));
  }

  @BeforeAll
  static void open() throws Exception {
    control = Files.createDirectories(folder.resolve("control"));
    house = House.sandboxOnly(folder, SCALE).busyLanes();
    postgres = EmbeddedPostgres.start();
    broker = StandAloneBroker.start(folder);
    store = JdbcClient.create(postgres.getPostgresDatabase());
    shared = new HashMap<>(house.flags());
    shared.put(
        "pontic.store.url", "jdbc:postgresql://127.0.0.1:" + postgres.getPort() + "/postgres");
    shared.put("pontic.store.user", "postgres");
    shared.put("pontic.broker.url", broker.url());
    shared.put("pontic.call.consumers", "3");
    shared.put("practices.oak.api.folds", "true");
    Random random = new Random();
    byte[] key = new byte[32];
    byte[] index = new byte[32];
    random.nextBytes(key);
    random.nextBytes(index);
    keys =
        "k1:"
            + Base64.getEncoder().encodeToString(key)
            + ",index:"
            + Base64.getEncoder().encodeToString(index);
    children = new ArrayList<>(List.of(started("north"), started("south")));
    children.forEach(Child::untilRuns);
    House.until(
        "both practices have said what they are",
        () -> count("select count(*) from pontic.lane where capabilities <> ''") == 2);
  }

  private static Child started(String instance) throws Exception {
    return Child.start(instance, shared, folder, control, keys);
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
  @MethodSource("writes")
  void aProcessStoppedInACallIsFencedOffAndTheOtherEndsItsMessages(Write write, long seed)
      throws Exception {
    Random random = new Random(seed);
    FaultKind kind = random.nextBoolean() ? FaultKind.TIMEOUT_AFTER : FaultKind.SLOW;
    Patient patient = patient(write, seed, random);
    house
        .api()
        .faults()
        .arm(
            Fault.of(write.practice, kind)
                .on(write.method, write.path)
                .lasting(house.api().limit().dividedBy(2)));

    begin(write, patient, seed, random);
    house
        .api()
        .requests()
        .await(
            entry ->
                entry.practice().filter(write.practice::equals).isPresent()
                    && entry.fault().isPresent()
                    && entry.status().equals("open"),
            Duration.ofSeconds(600));
    Lease lease = lease(write.practice);
    String call = intent(write);
    Child stopped = child(lease.holder());
    Child other = children.get(1 - children.indexOf(stopped));
    stopped.stop();

    byte[] update = Hospital.adt("A31", "u-" + seed, patient.withPhone("5035550042"));
    try (MllpSender unanswered =
        new MllpSender("127.0.0.1", stopped.mllpPort(write.practice), 60_000)) {
      // The hospital's engine hears nothing here and sends the same to the other.
      unanswered.send(update);
      assertEquals("AA", send(other, write.practice, update));
      untilTakenOver(write.practice, lease);
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
    ends(write, patient, "5035550042");
    assertEquals(
        1,
        count(
            "select count(*) from pontic.message where control_id = 'u-"
                + seed
                + "' and receipt_end = 'duplicate of'"));
    continuedOneWorksAgain(stopped, write.practice, seed);
  }

  @ParameterizedTest
  @MethodSource("writes")
  void aRequestThatWaitedTooLongBehindItsIntentNeverLeaves(Write write, long seed)
      throws Exception {
    Random random = new Random(seed);
    Patient patient = patient(write, 1000 + seed, random);
    long before = sent(write);
    Files.writeString(control.resolve("hold.part"), write.practice + " " + write.call);
    Files.move(control.resolve("hold.part"), control.resolve("hold"));

    begin(write, patient, 1000 + seed, random);
    House.until("a write is held behind its intent", () -> Files.exists(control.resolve("held")));
    String call = Files.readString(control.resolve("held"));
    assertEquals(call, intent(write));
    Lease lease = lease(write.practice);
    Child stopped = child(lease.holder());
    stopped.stop();
    untilTakenOver(write.practice, lease);
    if (random.nextBoolean()) {
      untilAllEnded();
    }
    Files.writeString(control.resolve("go"), "");
    stopped.go();

    House.until(
        "the stopped one knows that it lost the lane",
        () -> stopped.log().contains(call + " came after this process lost the lane"));
    untilAllEnded();
    ends(write, patient, write == Write.UPDATE ? UPDATED : patient.phone());
    assertEquals("not-landed", state(call));
    // The other one's; the held one never left.
    assertEquals(before + 1, sent(write));
    continuedOneWorksAgain(stopped, write.practice, 1000 + seed);
  }

  /** Decision 0280: what two processes took is folded by one, and by the other if that one dies. */
  @Test
  void whatWaitedForAnOfficeThatWasAwayIsFoldedOnceAlsoIfTheProcessThatDidItIsKilled()
      throws Exception {
    Random random = new Random(7);
    Patient patient = Patient.numbered(5000 + patients++);
    accepted("oak", random, Hospital.adt("A28", "fold-0", patient));
    accepted("oak", random, Hospital.siu("S12", "fold-1", patient, "PL-fold", NOON, 30, ""));
    untilAllEnded();
    long moves = sent("oak", "PUT", "/appointments/{id}");
    long updates = sent("oak", "PUT", "/patients/{id}");
    house.api().faults().arm(Fault.of("oak", FaultKind.OFFLINE));
    // What was begun before the office was known to be away is played by itself.
    accepted("oak", random, Hospital.adt("A31", "fold-2", patient.withPhone("5035550060")));
    House.until(
        "the office is known to be away",
        () ->
            count("select count(*) from pontic.lane where practice = 'oak' and state = 'offline'")
                == 1);
    for (int hour = 1; hour <= 4; hour++) {
      byte[] moved =
          Hospital.siu(
              "S13", "fold-move-" + hour, patient, "PL-fold", NOON.plusHours(hour), 30, "");
      assertEquals("AA", send(children.get(hour % 2), "oak", moved));
    }
    for (int number = 1; number <= 3; number++) {
      byte[] update =
          Hospital.adt("A31", "fold-phone-" + number, patient.withPhone("503555006" + number));
      assertEquals("AA", send(children.get(number % 2), "oak", update));
    }
    assertUnderstandable("oak");
    Files.writeString(control.resolve("hold.part"), "oak appointments.put");
    Files.move(control.resolve("hold.part"), control.resolve("hold"));
    house.api().faults().clear();

    House.until("the move is held behind its intent", () -> Files.exists(control.resolve("held")));
    String call = Files.readString(control.resolve("held"));
    Lease lease = lease("oak");
    Child killed = child(lease.holder());
    killed.close();
    Child again;
    try {
      untilTakenOver("oak", lease);
      untilAllEnded();
    } finally {
      again = started(killed.instance());
      children.set(children.indexOf(killed), again);
      again.untilRuns();
    }
    assertEquals("not-landed", state(call));
    assertEquals(
        Map.of(
            "fold-move-1", "folded into",
            "fold-move-2", "folded into",
            "fold-move-3", "folded into",
            "fold-move-4", "landed",
            "fold-phone-1", "folded into",
            "fold-phone-2", "folded into",
            "fold-phone-3", "landed"),
        ends("fold-%-%"));
    assertEquals(moves + 1, sent("oak", "PUT", "/appointments/{id}"));
    assertEquals(updates + 2, sent("oak", "PUT", "/patients/{id}"));
    assertEquals(
        1,
        house
            .office("oak")
            .count(
                "select count(*) from appointment a join patient p on p.PatNum = a.PatNum where p.LName = ? and p.FName = ?"
                    + " and a.AptDateTime = ? and a.AptStatus = 1 and p.HmPhone like '%0063'",
                patient.last(),
                patient.first(),
                NOON.plusHours(4).toString().replace('T', ' ') + ":00"));

    continuedOneWorksAgain(again, "oak", 7);
  }

  /** Control id to end. */
  private static Map<String, String> ends(String controlIds) {
    Map<String, String> ends = new HashMap<>();
    store
        .sql("select control_id, receipt_end from pontic.message where control_id like :ids")
        .param("ids", controlIds)
        .query(
            row -> {
              ends.put(row.getString(1), row.getString(2));
            });
    return ends;
  }

  /** Somebody new; for an update, registered before. */
  private static Patient patient(Write write, long seed, Random random) throws Exception {
    Patient patient = Patient.numbered(5000 + patients++);
    if (write == Write.UPDATE) {
      accepted(write.practice, random, Hospital.adt("A28", "r-" + seed, patient));
      untilAllEnded();
    }
    return patient;
  }

  /** What leads to the write, by one process or the other. */
  private static void begin(Write write, Patient patient, long seed, Random random)
      throws Exception {
    if (write == Write.UPDATE) {
      accepted(
          write.practice, random, Hospital.adt("A31", "p-" + seed, patient.withPhone(UPDATED)));
    } else {
      accepted(write.practice, random, Hospital.adt("A28", "r-" + seed, patient));
      accepted(
          write.practice,
          random,
          Hospital.siu("S12", "b-" + seed, patient, "PL-" + seed, NOON, 30, ""));
    }
    assertUnderstandable(write.practice);
  }

  private static void accepted(String practice, Random random, byte[] message) throws Exception {
    assertEquals("AA", send(children.get(random.nextInt(2)), practice, message));
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

  private static void ends(Write write, Patient patient, String phone) {
    List<Map<String, Object>> rows = house.office(write.practice).patients(patient);
    assertEquals(1, rows.size(), "patients in MySQL");
    assertEquals(phone, String.valueOf(rows.get(0).get("HmPhone")).replaceAll("\\D", ""));
    assertEquals(
        write == Write.UPDATE ? 0 : 1,
        house.office(write.practice).appointments(patient).size(),
        "appointments in MySQL");
    assertEquals(
        0,
        count(
            "select count(*) from pontic.message where receipt_end not in ('landed', 'no change', 'duplicate of', 'folded into')"));
  }

  /** The continued process takes messages again, and lanes by turns with the other one. */
  private static void continuedOneWorksAgain(Child continued, String practice, long seed)
      throws Exception {
    long epoch = lease(practice).epoch();
    AtomicInteger sent = new AtomicInteger();
    House.until(
        continued.instance() + " takes a lane again",
        () -> {
          Lease now = lease(practice);
          if (now.epoch() > epoch && now.holder().equals(continued.instance())) {
            return true;
          }
          if (count("select count(*) from pontic.message where receipt_end = ''") == 0) {
            Patient patient = Patient.numbered(7000 + patients++);
            String id = "c-" + seed + "-" + sent.incrementAndGet();
            assertEquals("AA", send(continued, practice, Hospital.adt("A28", id, patient)));
          }
          return false;
        });
    untilAllEnded();
  }

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

  private static String intent(Write write) {
    return store
        .sql(
            "select id from pontic.call where practice = :practice and name = :name and state = 'intent'")
        .param("practice", write.practice)
        .param("name", write.call)
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

  private static String send(Child child, String practice, byte[] message) {
    try (MllpSender sender = new MllpSender("127.0.0.1", child.mllpPort(practice), 60_000)) {
      return House.acknowledgement(sender.ask(message));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long sent(Write write) {
    return sent(write.practice, write.method, write.template);
  }

  private static long sent(String practice, String method, String template) {
    return house.api().requests().list(practice).stream()
        .filter(entry -> entry.method().equals(method) && entry.template().equals(template))
        .count();
  }

  private static long count(String sql) {
    return store.sql(sql).query(Long.class).single();
  }
}
