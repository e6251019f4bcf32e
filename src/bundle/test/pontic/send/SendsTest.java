package pontic.send;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.rest.server.exceptions.ForbiddenOperationException;
import ca.uhn.fhir.rest.server.exceptions.UnprocessableEntityException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.ConnectException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import pontic.audit.SqlAudit;
import pontic.practice.Destination;
import pontic.practice.SomeDestination;
import pontic.record.Newest;
import pontic.seam.Seam;
import pontic.store.KeyVault;
import pontic.store.Leases;
import pontic.store.SqlLeases;
import pontic.store.Store;
import pontic.store.StoreException;
import pontic.store.StoreSettings;
import pontic.store.Stores;
import pontic.validity.Exceptions;
import pontic.validity.Validators;

/** What becomes of a claim by its end, where the end cannot be made at a real far end. */
class SendsTest {
  private static final Destination SERVER = destination("server", Destination.Kind.FHIR, true);
  private static final Destination PLAIN = destination("plain", Destination.Kind.FHIR, false);
  private static final Destination OWN =
      destination("own", Destination.Kind.FHIR, true, Optional.of("own"));
  private static final Destination ENGINE = destination("engine", Destination.Kind.HL7V2, true);

  /** As the pool tells it when PostgreSQL is away. */
  private static final StoreException OUTAGE =
      new StoreException(
          "The store cannot be reached",
          new SQLTransientConnectionException(
              "no connection", new ConnectException("Connection refused")));

  @TempDir static Path folder;
  private static Store store;
  private static Leases leases;
  private static Dues dues;
  private static Sends sends;
  private static Hl7Messages messages;
  private static Hl7Sends hl7Sends;
  private static int practices;

  @BeforeAll
  static void open() {
    StoreSettings settings = StoreSettings.embedded(folder.resolve("store"));
    store = Stores.open(settings, KeyVault.createDemo(folder.resolve("keys")).vault());
    leases = new SqlLeases(settings.holder());
    dues = new Dues(store.vault(), new SqlAudit(), Known.NOTHING);
    OwnNumbers nobodys = new OwnNumbers((practice, senders, resource, key) -> List.of());
    Map<String, Destination> destinations = Map.of("server", SERVER, "plain", PLAIN, "own", OWN);
    sends =
        new Sends(
            store,
            leases,
            dues,
            id -> Optional.ofNullable(destinations.get(id)),
            new Transactions(nobodys),
            (practice, name) ->
                (input, variables) -> ((ObjectNode) input.deepCopy()).put("language", name),
            id -> Duration.ZERO,
            new Validity(new Validators(FhirContext.forR4Cached()), new Exceptions(List.of())),
            new Enclosures(OfficeFiles.NONE, store.vault()));
    messages =
        new Hl7Messages(
            Map.of(),
            (practice, name) -> {
              throw new IllegalStateException("nothing is mapped here");
            },
            IntStream.range(0, 100)
                .boxed()
                .collect(Collectors.toMap(number -> "p" + number, number -> "UTC")),
            new Newest(store),
            store.vault(),
            nobodys);
    hl7Sends =
        new Hl7Sends(
            store,
            leases,
            dues,
            messages,
            List.of(ENGINE),
            Map.of("AA", Hl7Sends.Meaning.ACCEPTED, "AE", Hl7Sends.Meaning.REFUSED));
  }

  @AfterAll
  static void close() {
    store.close();
  }

  @Test
  void aStoreThatIsAwayAfterTheAnswerDoesNotSayThatNothingWasSent() {
    String practice = practice(SERVER, 1);
    Claim claim = sends.claim(practice, "server");
    sends.failed(claim, OUTAGE);
    assertEquals(1, unclear(practice));
    String other = practice(SERVER, 1);
    sends.failed(sends.claim(other, "server"), new IllegalStateException(new ConnectException()));
    assertEquals(0, unclear(other), "nobody took the connection");

    String engine = practice(ENGINE, 1);
    Hl7Claim told = attempted(engine);
    hl7Sends.failed(told, OUTAGE);
    assertEquals(1, unclear(engine));
  }

  @Test
  void aDestinationsOwnMappingMakesWhatIsSentThereAndNowhereElse() {
    Claim own = sends.claim(practice(OWN, 1), "own");
    assertTrue(sends.resources(own).get(0).contains("\"language\":\"own\""));
    Claim other = sends.claim(practice(SERVER, 1), "server");
    assertTrue(sends.resources(other).stream().noneMatch(fhir -> fhir.contains("language")));
  }

  @Test
  void aServerWithoutVersionsThatRefusesOneOfWhatIsSentAgainGetsTheOthersAndParksTheOne() {
    String practice = practice(PLAIN, 8);
    assertEquals(8, sends.claim(practice, "plain").entries().size());
    store.write(tx -> leases.voidOwn(tx));
    Claim again = sends.claim(practice, "plain");
    assertTrue(again.isSend());
    assertEquals(8, again.entries().size(), "killed, so all is sent again");
    int rounds = 0;
    for (Claim claim = again; !claim.entries().isEmpty(); claim = claimNow(practice, "plain")) {
      rounds++;
      assertTrue(rounds < 20, "it goes on without an end");
      if (claim.entries().stream().anyMatch(entry -> entry.key() == 1)) {
        sends.failed(claim, new UnprocessableEntityException("no"));
      } else {
        sends.acknowledge(claim, answer(claim, "200 OK"));
      }
    }
    assertEquals(1, count("due where state = 'parked' and practice = '" + practice + "'"));
    assertEquals(1, count("due where practice = '" + practice + "'"));
  }

  @Test
  void aServerThatForbidsOnePatientGetsTheOthers() {
    String practice = practice(SERVER, 8);
    for (int round = 0; round < 12; round++) {
      Claim claim = claimNow(practice, "server");
      if (claim.entries().stream().anyMatch(entry -> entry.key() == 1)) {
        sends.failed(claim, new ForbiddenOperationException("no"));
      } else if (!claim.entries().isEmpty()) {
        sends.acknowledge(claim, answer(claim, "200 OK"));
      }
    }
    assertEquals(1, count("due where practice = '" + practice + "'"));
  }

  @Test
  void whatOneEntryOfABatchOfReadsSaysIsOfThatEntryOrOfTheMoment() {
    String practice = practice(SERVER, 4);
    sends.claim(practice, "server");
    store.write(tx -> leases.voidOwn(tx));
    Claim reads = sends.claim(practice, "server");
    assertTrue(reads.isReadBack());
    sends.readBack(
        reads, answer(reads, "429 Too many", "403 Forbidden", "404 Not found", "503 Busy"));
    assertEquals(3, unclear(practice));
    assertEquals(1, count("due where attempts > 0 and practice = '" + practice + "'"));
    assertEquals(1, count("sending where failures = 1 and practice = '" + practice + "'"));
  }

  @Test
  void whatAStepKeepsBackAtTheSeamIsNotToldAndNothingStandsStill() {
    String practice = practice(SERVER, 2);
    Claim claim = sends.claim(practice, "server");
    String other = sends.resources(claim).get(1).replace("\"v\":1", "\"v\":\"seam\"");
    Claim passed =
        sends.passed(
            claim,
            List.of(new Seam.Kept(0, "server-no"), new Seam.Through(1, other)),
            "send-fhir-server");
    assertEquals(1, passed.entries().size());
    assertTrue(sends.transaction(passed).contains("\"seam\""));
    assertEquals(
        1,
        count(
            "delivery where withheld = 'send-fhir-server/no' and acknowledged = ''"
                + " and attempt_state = '' and row_key = 1 and practice = '"
                + practice
                + "'"));
    sends.keptBack(passed, "send-fhir-server");
    assertEquals(0, count("due where practice = '" + practice + "'"));
    assertEquals(0, unclear(practice));

    String failing = practice(SERVER, 2);
    Claim broken = sends.claim(failing, "server");
    sends.failed(broken, new IllegalStateException("a step"));
    assertTrue(
        sends
            .passed(broken, List.of(new Seam.Kept(0, "x"), new Seam.Through(1, other)), "r")
            .entries()
            .isEmpty());
    assertEquals(2, unclear(failing), "it is asked for, not taken for kept back");
  }

  @Test
  void aMessageKeptBackIsNotToldAndOneThatMayHaveArrivedStaysUnclear() {
    String practice = practice(ENGINE, 1);
    Hl7Claim claim = attempted(practice);
    hl7Sends.keptBack(claim, "send-hl7-engine/event");
    assertEquals(
        1,
        count(
            "delivery where withheld = 'send-hl7-engine/event' and acknowledged = '' and practice ="
                + " '"
                + practice
                + "'"));
    assertEquals(0, count("due where practice = '" + practice + "'"));

    String doubtful = practice(ENGINE, 1);
    attempted(doubtful);
    store.write(tx -> leases.voidOwn(tx));
    hl7Sends.keptBack(hl7Sends.claim(doubtful, "engine", 0), "send-hl7-engine/event");
    assertEquals(1, unclear(doubtful));
    assertEquals(
        1,
        count(
            "due where reason = 'withheld by send-hl7-engine/event' and practice = '"
                + doubtful
                + "'"));
  }

  @Test
  void whatIsDueOfAPracticeThatIsConfiguredNoLongerWaits() {
    String practice = practice("gone", ENGINE, 1);
    assertTrue(hl7Sends.claim(practice, "engine", 0).isEmpty());
    assertEquals(1, count("due where practice = '" + practice + "'"));
  }

  @Test
  void aRepetitionThatTheReceiverKnowsAlreadyHasArrived() {
    String practice = practice(ENGINE, 1);
    attempted(practice);
    store.write(tx -> leases.voidOwn(tx));
    Hl7Claim claim = hl7Sends.claim(practice, "engine", 0);
    hl7Sends.acknowledge(claim, refusal(claim, "207"));
    assertEquals(1, unclear(practice));
    store.write(
        tx -> tx.sql("update due set due_at = 0 where practice = ?").param(practice).update());
    Hl7Claim again = hl7Sends.claim(practice, "engine", 1);
    assertEquals(WIRE, again.one().wire());
    hl7Sends.acknowledge(again, refusal(again, "205"));
    assertEquals(0, count("due where practice = '" + practice + "'"));
    assertEquals(
        1, count("delivery where acknowledged_version = 1 and practice = '" + practice + "'"));
  }

  @Test
  void whatIsReleasedAfterRefusalsGoesInNewBytes() {
    String practice = practice(ENGINE, 1);
    attempted(practice);
    store.write(tx -> leases.voidOwn(tx));
    Dues.Entry entry = hl7Sends.claim(practice, "engine", 0).one();
    for (int i = 0; i < 5; i++) {
      store.write(tx -> dues.refused(tx, entry, "AE"));
    }
    assertEquals(1, unclear(practice));
    assertTrue((boolean) store.write(tx -> dues.release(tx, practice, "engine", "Patient", 1)));
    assertEquals(0, unclear(practice));
  }

  @Test
  void whatWokeUpTooLateIsNotSent() {
    String practice = practice(ENGINE, 1);
    Hl7Claim claim = attempted(practice);
    assertArrayEquals(new byte[] {1}, hl7Sends.inTime(claim, new byte[] {1}));
    Hl7Claim late =
        new Hl7Claim(practice, "engine", claim.epoch(), System.nanoTime() - 1, claim.entry());
    TooLateException tooLate =
        assertThrows(TooLateException.class, () -> hl7Sends.inTime(late, new byte[0]));
    hl7Sends.failed(late, tooLate);
    assertEquals(0, unclear(practice));
    assertEquals(0, count("sending where failures > 0 and practice = '" + practice + "'"));
    assertFalse(hl7Sends.claim(practice, "engine", 0).isEmpty());

    String server = practice(SERVER, 1);
    Claim due = sends.claim(server, "server");
    Claim asleep =
        new Claim(
            server, "server", due.epoch(), System.nanoTime() - 1, Claim.Step.SEND, due.entries());
    assertThrows(TooLateException.class, () -> sends.inTime(asleep, "{}"));
  }

  private static final String WIRE =
      "MSH|^~\\&|PONTIC|elm|A|F|20270101||ADT^A28^ADT_A05|ID-1|P|2.5.1\r";

  /** A message whose bytes are stored, as {@code event} leaves it. */
  private static Hl7Claim attempted(String practice) {
    Hl7Claim claim = hl7Sends.claim(practice, "engine", 0);
    store.write(
        tx -> {
          dues.attempted(tx, claim.one(), WIRE);
          return 1;
        });
    return claim;
  }

  private static byte[] refusal(Hl7Claim claim, String condition) {
    return ("MSH|^~\\&|ADT|LAKE|PONTIC|elm|20270101||ACK|1|P|2.5.1\rMSA|AE|ID-1\rERR|||"
            + condition
            + "\r")
        .getBytes(StandardCharsets.UTF_8);
  }

  private static String answer(Claim claim, String... status) {
    return claim.entries().stream()
        .map(entry -> status[claim.entries().indexOf(entry) % status.length])
        .map(one -> "{\"response\":{\"status\":\"" + one + "\"}}")
        .collect(Collectors.joining(",", "{\"entry\":[", "]}"));
  }

  /** Whatever pause the destination or an entry has. */
  private static Claim claimNow(String practice, String destination) {
    store.write(
        tx ->
            tx.sql("update sending set not_before = 0 where practice = ?").param(practice).update()
                + tx.sql("update due set due_at = 0 where aside = 0 and practice = ?")
                    .param(practice)
                    .update());
    return sends.claim(practice, destination);
  }

  private static String practice(Destination destination, int patients) {
    practices++;
    return practice("p" + practices, destination, patients);
  }

  private static String practice(String practice, Destination destination, int patients) {
    for (int key = 1; key <= patients; key++) {
      HospitalQueue.record(store, practice, "Patient", key, key, 1);
    }
    HospitalQueue.open(store, dues, practice, destination);
    return practice;
  }

  private static long unclear(String practice) {
    return count("delivery where attempt_state = 'unknown' and practice = '" + practice + "'");
  }

  private static long count(String what) {
    return store.read(tx -> tx.sql("select count(*) from " + what).query(Long.class).single());
  }

  private static Destination destination(String id, Destination.Kind kind, boolean versioned) {
    return destination(id, kind, versioned, Optional.empty());
  }

  private static Destination destination(
      String id, Destination.Kind kind, boolean versioned, Optional<String> mapping) {
    return SomeDestination.of(id, kind).versioned(versioned).mapping(mapping).made();
  }
}
