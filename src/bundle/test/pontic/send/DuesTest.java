package pontic.send;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import pontic.audit.SqlAudit;
import pontic.person.Identifier;
import pontic.person.Person;
import pontic.person.Persons;
import pontic.person.SaidIdentifiers;
import pontic.practice.Destination;
import pontic.practice.Secret;
import pontic.store.KeyVault;
import pontic.store.Store;
import pontic.store.StoreSettings;
import pontic.store.Stores;
import pontic.store.Transaction;

/** What goes next, on both stores. */
class DuesTest {
  private static final Destination HOSPITAL =
      new Destination(
          "hospital",
          Destination.Kind.FHIR,
          "http://127.0.0.1:1/fhir",
          Set.of(),
          Secret.NONE,
          true,
          50,
          2,
          Set.of(),
          Duration.ofSeconds(30),
          "",
          "",
          true);

  @TempDir static Path folder;
  private static EmbeddedPostgres server;
  private static Store sqlite;
  private static Store postgres;
  private static int practices;

  private final Map<String, Known.Verdict> verdicts = new HashMap<>();

  @BeforeAll
  static void open() throws Exception {
    server = EmbeddedPostgres.start();
    sqlite =
        Stores.open(
            StoreSettings.embedded(folder.resolve("store")),
            KeyVault.createDemo(folder.resolve("keys")).vault());
    postgres =
        Stores.open(
            StoreSettings.postgres(server.getJdbcUrl("postgres", "postgres"), "", "", "one"),
            KeyVault.createDemo(folder.resolve("more-keys")).vault());
  }

  @AfterAll
  static void close() throws Exception {
    sqlite.close();
    postgres.close();
    server.close();
  }

  static Stream<Store> stores() {
    return Stream.of(sqlite, postgres);
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("stores")
  void whatIsReferredToGoesFirstAndNothingOfAPatientOvertakesWhatIsParked(Store store) {
    String practice = practice();
    Dues dues = dues(store);
    for (int key = 1; key <= 2; key++) {
      record(store, practice, "Appointment", key, key, 1);
      record(store, practice, "Patient", key, key, 1);
    }
    record(store, practice, "Practitioner", 9, 0, 1);
    assertEquals(5, open(store, dues, practice));
    assertEquals(0, open(store, dues, practice), "loaded once");
    List<Dues.Entry> first = next(store, dues, practice, 50);
    assertEquals(
        List.of("Practitioner/9", "Patient/1", "Patient/2", "Appointment/1", "Appointment/2"),
        identities(first));
    assertEquals(2, next(store, dues, practice, 2).size());

    Dues.Entry patient = first.get(1);
    store.write(tx -> dues.refused(tx, patient, "no"));
    assertEquals(
        List.of("Practitioner/9", "Patient/2", "Appointment/2"),
        identities(next(store, dues, practice, 50)),
        "an appointment waits for its patient that is tried again later");
    for (int i = 2; i <= 5; i++) {
      int times = i;
      assertEquals(times == 5, store.write(tx -> dues.refused(tx, patient, "no")));
    }
    for (Dues.Entry entry : next(store, dues, practice, 50)) {
      store.write(tx -> has(dues, tx, entry));
    }
    assertEquals(List.of(), next(store, dues, practice, 50));
    assertEquals(List.of(), woken(store, practice));
    assertEquals(2, number(store, "select count(*) from due where practice = '" + practice + "'"));

    assertFalse(
        (boolean) store.write(tx -> dues.release(tx, practice, "hospital", "Appointment", 1)));
    assertTrue((boolean) store.write(tx -> dues.release(tx, practice, "hospital", "Patient", 1)));
    assertEquals(List.of("send-fhir"), woken(store, practice));
    assertEquals(
        List.of("Patient/1"),
        identities(next(store, dues, practice, 50)),
        "released ones go alone");
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("stores")
  void anAttemptWithoutAnEndComesBackBeforeAnythingNewerWithWhatWasSent(Store store) {
    String practice = practice();
    Dues dues = dues(store);
    record(store, practice, "Patient", 1, 1, 1);
    record(store, practice, "Patient", 2, 2, 1);
    open(store, dues, practice);
    Dues.Entry sent = next(store, dues, practice, 1).get(0);
    store.write(
        tx -> {
          dues.attempted(tx, sent, "MSH|wire");
          return 1;
        });
    record(store, practice, "Patient", 1, 1, 2);
    Dues.Entry unclear = next(store, dues, practice, 50).get(0);
    assertEquals(1, next(store, dues, practice, 50).size());
    assertTrue(unclear.isUnknown());
    assertEquals("MSH|wire", unclear.wire());
    assertEquals(new Dues.Version(1, fhir(1, 1), "{\"v\":1}"), unclear.attempt());
    assertEquals(fhir(1, 2), unclear.record().fhir());
    store.write(
        tx -> {
          dues.acknowledged(tx, unclear, unclear.attempt(), "W/\"7\"");
          return 1;
        });
    Dues.Entry newer =
        next(store, dues, practice, 50).stream()
            .filter(e -> e.key() == 1)
            .findFirst()
            .orElseThrow();
    assertEquals(new Dues.Version(1, fhir(1, 1), "{\"v\":1}"), newer.acknowledged());
    assertEquals("W/\"7\"", newer.remoteVersion());
    assertEquals(2, newer.version());
    assertFalse(newer.isUnknown());

    record(store, practice, "Patient", 1, 1, 5);
    Dues.Entry newest =
        next(store, dues, practice, 50).stream()
            .filter(e -> e.key() == 1)
            .findFirst()
            .orElseThrow();
    store.write(tx -> has(dues, tx, newest));
    assertEquals(
        3,
        number(
            store,
            "select coalesced from delivery where row_key = 1 and practice = '" + practice + "'"),
        "versions 2, 3 and 4 were never sent");
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("stores")
  void whatTheDestinationSaidItselfIsNotSentAndWhatIsNotKnownYetWaitsWithItsAppointments(
      Store store) {
    String practice = practice();
    Dues dues = dues(store);
    for (int key = 1; key <= 3; key++) {
      record(store, practice, "Patient", key, key, 1);
      record(store, practice, "Appointment", key, key, 1);
    }
    open(store, dues, practice);
    verdicts.put("Patient/1", Known.Verdict.ECHO);
    verdicts.put("Patient/2", Known.Verdict.WAIT);
    assertEquals(
        List.of("Patient/3", "Appointment/1", "Appointment/3"),
        identities(next(store, dues, practice, 50)));
    assertEquals(
        1,
        number(
            store,
            "select count(*) from delivery where withheld = 'echo' and acknowledged_version = 1 and practice = '"
                + practice
                + "'"));
    assertEquals(
        1, number(store, "select withheld from sending where practice = '" + practice + "'"));
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("stores")
  void aRefusedBundleIsHalvedUntilOneStandsAlone(Store store) {
    String practice = practice();
    Dues dues = dues(store);
    for (int key = 1; key <= 8; key++) {
      record(store, practice, "Patient", key, key, 1);
    }
    open(store, dues, practice);
    List<Integer> sizes = new ArrayList<>();
    List<Dues.Entry> claim = next(store, dues, practice, 50);
    while (claim.size() > 1) {
      sizes.add(claim.size());
      List<Dues.Entry> refused = claim;
      store.write(
          tx -> {
            dues.narrowed(tx, refused);
            return 1;
          });
      claim = next(store, dues, practice, 50);
    }
    assertEquals(List.of(8, 4, 2), sizes);
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("stores")
  void aDestinationThatFailsIsLeftAloneForLongerEachTimeAndItIsSaidSinceWhen(Store store) {
    String practice = practice();
    Dues dues = dues(store);
    record(store, practice, "Patient", 1, 1, 1);
    open(store, dues, practice);
    assertEquals(1, (int) store.write(tx -> fails(dues, tx, practice, Duration.ZERO)));
    long since =
        number(store, "select failing_since from sending where practice = '" + practice + "'");
    assertTrue(since > 0);
    assertEquals(2, (int) store.write(tx -> fails(dues, tx, practice, Duration.ofSeconds(100))));
    assertEquals(
        since,
        number(store, "select failing_since from sending where practice = '" + practice + "'"));
    assertTrue(
        (boolean)
            store.read(tx -> dues.isPaused(tx, practice, "hospital", tx.now().plusSeconds(99))));
    assertFalse(
        (boolean)
            store.read(tx -> dues.isPaused(tx, practice, "hospital", tx.now().plusSeconds(101))));
    assertEquals(List.of(), woken(store, practice));
    store.write(
        tx -> {
          dues.works(tx, practice, "hospital");
          return 1;
        });
    assertEquals(List.of("send-fhir"), woken(store, practice));
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("stores")
  void whatIsPutOffGoesWhenTheDestinationIsBackButNotEndlesslyIfOnlyItIsNotAnswered(Store store) {
    String practice = practice();
    Dues dues = dues(store);
    record(store, practice, "Patient", 1, 1, 1);
    record(store, practice, "Patient", 2, 2, 1);
    open(store, dues, practice);
    Dues.Entry silent = next(store, dues, practice, 1).get(0);
    store.write(
        tx -> {
          dues.attempted(tx, silent, "MSH|wire");
          return 1;
        });
    assertEquals(List.of(0L, 0L, 4L), unanswered(store, dues, silent, 3), "seconds put off");
    assertEquals(List.of("Patient/2"), identities(next(store, dues, practice, 50)));
    List<Long> later = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      works(store, dues, practice);
      assertEquals(
          i < 3 ? List.of("Patient/1") : List.of("Patient/2"),
          identities(next(store, dues, practice, 50)));
      List<Long> seconds = unanswered(store, dues, silent, 4);
      later.add(seconds.get(3));
    }
    assertEquals(List.of(8L, 8L, 300L, 300L), later);
    works(store, dues, practice);
    assertEquals(List.of("Patient/2"), identities(next(store, dues, practice, 50)));
    store.write(
        tx -> {
          dues.refused(tx, silent, "no");
          fails(dues, tx, practice, Duration.ZERO);
          dues.works(tx, practice, "hospital");
          return 1;
        });
    assertEquals(
        List.of("Patient/2"),
        identities(next(store, dues, practice, 50)),
        "what is refused keeps its own pause");
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("stores")
  void whatMayHaveArrivedStaysSoWhenItsRepetitionIsRefusedAndParksAlthoughItIsNewerNow(
      Store store) {
    String practice = practice();
    Dues dues = dues(store);
    record(store, practice, "Patient", 1, 1, 1);
    open(store, dues, practice);
    attempt(store, dues, next(store, dues, practice, 1).get(0));
    record(store, practice, "Patient", 1, 1, 2);
    Dues.Entry unclear = next(store, dues, practice, 1).get(0);
    List<Boolean> parked = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      parked.add(store.write(tx -> dues.refused(tx, unclear, "AE")));
    }
    assertEquals(List.of(false, false, false, false, true), parked);
    assertEquals(
        1,
        number(
            store,
            "select count(*) from delivery where attempt_state = 'unknown' and practice = '"
                + practice
                + "'"));
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("stores")
  void ofWhatIsUnclearNoMoreGoTogetherThanMay(Store store) {
    String practice = practice();
    Dues dues = dues(store);
    for (int key = 1; key <= 8; key++) {
      record(store, practice, "Patient", key, key, 1);
    }
    open(store, dues, practice);
    next(store, dues, practice, 50).forEach(entry -> attempt(store, dues, entry));
    List<Dues.Entry> unclear = next(store, dues, practice, 50);
    assertEquals(8, unclear.size());
    store.write(
        tx -> {
          dues.narrowed(tx, unclear);
          return 1;
        });
    assertEquals(4, next(store, dues, practice, 50).size());
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("stores")
  void oneOfWhomNothingEverComesIsFoundPutOffAndParkedOnlyIfOthersAreAnswered(Store store) {
    String practice = practice();
    Dues dues = dues(store);
    for (int key = 1; key <= 4; key++) {
      record(store, practice, "Patient", key, key, 1);
    }
    open(store, dues, practice);
    List<Integer> sizes = new ArrayList<>();
    List<Dues.Entry> claim = next(store, dues, practice, 50);
    while (claim.size() > 1) {
      sizes.add(claim.size());
      vain(store, dues, practice, claim);
      claim = next(store, dues, practice, 50);
    }
    assertEquals(List.of(4, 4, 4, 2), sizes);
    Dues.Entry poison = claim.get(0);
    for (int i = 0; i < 50; i++) {
      vain(store, dues, practice, List.of(poison));
    }
    String parked =
        "select count(*) from due where state = 'parked' and practice = '" + practice + "'";
    assertEquals(0, number(store, parked), "nobody else was answered");
    assertEquals("Patient/2", identities(next(store, dues, practice, 50)).get(0));
    int rounds = 0;
    while (number(store, parked) == 0) {
      rounds++;
      works(store, dues, practice);
      vain(store, dues, practice, List.of(poison));
    }
    assertEquals(7, rounds);
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("stores")
  void whatChangedWhileADestinationWasNotConfiguredIsDueAfterTheNextStart(Store store) {
    String practice = practice();
    Dues dues = dues(store);
    for (int key = 1; key <= 3; key++) {
      record(store, practice, "Patient", key, key, 1);
    }
    open(store, dues, practice);
    next(store, dues, practice, 2).forEach(entry -> store.write(tx -> has(dues, tx, entry)));
    // As capture does while nobody is configured; the second is gone meanwhile, the fourth was
    // never told and is gone.
    record(store, practice, "Patient", 4, 4, 1);
    store.write(
        tx ->
            tx.sql(
                    "update record set version = version + 1, state = case when row_key in (2, 4) then 'deleted' else state end"
                        + " where practice = ?")
                .param(practice)
                .update());
    assertEquals(3, open(store, dues, practice));
    assertEquals(
        3,
        number(
            store, "select count(*) from due where version = 2 and practice = '" + practice + "'"));
    assertEquals(0, open(store, dues, practice));
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("stores")
  void aLoadOfManyGoesInRangesAndOneClaimEndsOnlySomeHundredEchoes(Store store) {
    String practice = practice();
    Dues dues = dues(store);
    for (int key = 1; key <= 501; key++) {
      record(store, practice, "Patient", key, key, 1);
      verdicts.put("Patient/" + key, Known.Verdict.ECHO);
    }
    assertEquals(501, open(store, dues, practice));
    assertEquals(List.of(), next(store, dues, practice, 50));
    assertEquals(
        301, number(store, "select count(*) from due where practice = '" + practice + "'"));
    assertEquals(List.of("send-fhir"), woken(store, practice), "the rest is for other claims");
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("stores")
  void whatWasClearedIsNewsWhateverWasAcknowledgedBefore(Store store) {
    String practice = practice();
    Dues dues = dues(store);
    record(store, practice, "Patient", 1, 1, 1);
    open(store, dues, practice);
    store.write(tx -> has(dues, tx, next(tx, dues, practice)));
    record(store, practice, "Patient", 1, 1, 2);
    attempt(store, dues, next(store, dues, practice, 1).get(0));
    Dues.Entry unclear = next(store, dues, practice, 1).get(0);
    assertEquals("{\"v\":1}", unclear.acknowledged().row());
    clear(store, dues, unclear, "W/\"2\"");
    Dues.Entry next = next(store, dues, practice, 1).get(0);
    assertEquals("", next.acknowledged().row());
    assertEquals(1, next.acknowledged().number());
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("stores")
  void aPatientThatWasSparedGoesBeforeWhatWasRefusedForWantOfItAlsoAfterAnUnclearEnd(Store store) {
    String practice = practice();
    Dues dues = dues(store);
    record(store, practice, "Patient", 1, 1, 1);
    record(store, practice, "Appointment", 1, 1, 1);
    open(store, dues, practice);
    verdicts.put("Patient/1", Known.Verdict.ECHO);
    Dues.Entry appointment = next(store, dues, practice, 50).get(0);
    store.write(tx -> dues.inVain(tx, appointment, "HTTP 412"));
    String due = "select count(*) from due where practice = '" + practice + "'";
    assertEquals(1, number(store, due), "another version there is no want of a Patient");
    store.write(tx -> dues.refused(tx, appointment, "HTTP 422"));
    assertEquals(2, number(store, due));
    verdicts.clear();
    Dues.Entry patient = next(store, dues, practice, 50).get(0);
    assertEquals("Patient/1", patient.resource() + "/" + patient.key());
    assertEquals("", patient.acknowledged().fhir(), "so HL7 registers it");
    attempt(store, dues, patient);
    clear(store, dues, next(store, dues, practice, 50).get(0), "");
    assertEquals(List.of("Patient/1"), identities(next(store, dues, practice, 50)));
    assertEquals(List.of("send-fhir"), woken(store, practice));
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("stores")
  void anAppointmentWaitsAMinuteForThePatientThatAnotherFeedBrings(Store store) {
    String practice = practice();
    Dues dues = dues(store);
    record(store, practice, "Appointment", 1, 1, 1);
    open(store, dues, practice);
    assertEquals(List.of(), next(store, dues, practice, 50));
    assertEquals(List.of(), woken(store, practice));
    record(store, practice, "Patient", 1, 1, 1);
    assertEquals(List.of(), next(store, dues, practice, 50), "it is not due yet");
    open(store, dues, practice);
    assertEquals(
        List.of("Patient/1", "Appointment/1"), identities(next(store, dues, practice, 50)));
    store.write(
        tx ->
            tx.sql("delete from due where resource = 'Patient' and practice = ?")
                .param(practice)
                .update());
    assertEquals(List.of(), next(store, dues, practice, 50));
    store.write(
        tx ->
            tx.sql("update record set changed_at = changed_at - 60000 where practice = ?")
                .param(practice)
                .update());
    assertEquals(List.of("Appointment/1"), identities(next(store, dues, practice, 50)));
    assertEquals(List.of("send-fhir"), woken(store, practice));
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("stores")
  void nobodyIsMergedIntoAPatientWhomTheDestinationHasNotGot(Store store) {
    String practice = practice();
    Dues dues = dues(store);
    record(store, practice, "Patient", 1, 1, 1);
    record(
        store,
        practice,
        "Patient",
        2,
        2,
        1,
        "{\"resourceType\":\"Patient\",\"link\":[{\"type\":\"replaced-by\",\"other\":{\"reference\":\"Patient/"
            + practice
            + "-patient-1\"}}]}");
    open(store, dues, practice);
    verdicts.put("Patient/1", Known.Verdict.ECHO);
    assertEquals(List.of(), next(store, dues, practice, 1), "spared, so it is told first now");
    verdicts.clear();
    Dues.Entry survivor = next(store, dues, practice, 1).get(0);
    assertEquals(1, survivor.key());
    for (int i = 0; i < 5; i++) {
      store.write(tx -> dues.refused(tx, survivor, "no"));
    }
    assertEquals(List.of(), nextIn(store, dues, practice, 100), "it waits behind the parked one");
    store.write(tx -> has(dues, tx, survivor));
    assertEquals(List.of("Patient/2"), identities(nextIn(store, dues, practice, 200)));
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("stores")
  void afterAnUnclearFirstAttemptWhatWasAcknowledgedIsReadOnceMore(Store store) {
    String practice = practice();
    Dues dues = dues(store);
    record(store, practice, "Patient", 1, 1, 1);
    open(store, dues, practice);
    attempt(store, dues, next(store, dues, practice, 1).get(0));
    clear(store, dues, next(store, dues, practice, 1).get(0), "");
    record(store, practice, "Patient", 1, 1, 2);
    Dues.Entry newer = next(store, dues, practice, 1).get(0);
    attempt(store, dues, newer);
    store.write(tx -> acknowledged(dues, tx, newer, newer.record()));
    assertEquals(List.of(), next(store, dues, practice, 1));
    Dues.Entry look = nextIn(store, dues, practice, 11).get(0);
    assertEquals(newer.record(), look.attempt());
    store.write(tx -> acknowledged(dues, tx, look, look.attempt()));
    assertEquals(0, number(store, "select count(*) from due where practice = '" + practice + "'"));
    assertEquals(
        1, number(store, "select delivered from sending where practice = '" + practice + "'"));
  }

  private static int acknowledged(
      Dues dues, Transaction tx, Dues.Entry entry, Dues.Version version) {
    dues.acknowledged(tx, entry, version, "W/\"1\"");
    dues.looksAgain(tx, entry, version, tx.now().plusSeconds(10));
    return 1;
  }

  private static void attempt(Store store, Dues dues, Dues.Entry entry) {
    store.write(
        tx -> {
          dues.attempted(tx, entry, "");
          return 1;
        });
  }

  private static void clear(Store store, Dues dues, Dues.Entry entry, String version) {
    store.write(
        tx -> {
          dues.cleared(tx, entry, version);
          return 1;
        });
  }

  private static void vain(Store store, Dues dues, String practice, List<Dues.Entry> entries) {
    store.write(
        tx -> {
          dues.vain(tx, practice, "hospital", entries, "nothing comes of it");
          return 1;
        });
  }

  private static Dues.Entry next(Transaction tx, Dues dues, String practice) {
    return dues.next(tx, practice, HOSPITAL, 1, tx.now()).get(0);
  }

  private static List<Dues.Entry> nextIn(Store store, Dues dues, String practice, int seconds) {
    return store.write(tx -> dues.next(tx, practice, HOSPITAL, 1, tx.now().plusSeconds(seconds)));
  }

  private static void works(Store store, Dues dues, String practice) {
    store.write(
        tx -> {
          dues.works(tx, practice, "hospital");
          return 1;
        });
  }

  /** For so many seconds it is put off by each of so many attempts without an answer. */
  private static List<Long> unanswered(Store store, Dues dues, Dues.Entry entry, int times) {
    List<Long> seconds = new ArrayList<>();
    for (int i = 0; i < times; i++) {
      seconds.add(
          store.write(
              tx -> {
                dues.aside(tx, entry, fails(dues, tx, entry.practice(), Duration.ZERO), "silent");
                long at =
                    tx.sql("select due_at from due where practice = ? and row_key = ?")
                        .params(entry.practice(), entry.key())
                        .query(Long.class)
                        .single();
                return Math.max(0, Math.round((at - tx.now().toEpochMilli()) / 1000.0));
              }));
    }
    return seconds;
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("stores")
  void anHl7DestinationIsNotDueWhatSuchMessagesCannotTell(Store store) {
    String practice = practice();
    Destination engine =
        new Destination(
            "engine",
            Destination.Kind.HL7V2,
            "mllp://127.0.0.1:1",
            Set.of(),
            Secret.NONE,
            true,
            1,
            2,
            Set.of(),
            Duration.ofSeconds(30),
            "A",
            "F",
            true);
    for (String type : List.of("Practitioner", "Location", "Patient", "Appointment")) {
      record(store, practice, type, 1, 0, 1);
    }
    assertEquals(2, open(store, dues(store), practice, engine));
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("stores")
  void whatItsSendersCallARowFollowsAMergeAndIsNotToldOfADoubtfulPatient(Store store) {
    String practice = practice();
    Persons persons = new Persons(store.vault());
    SaidIdentifiers said = new SaidIdentifiers(store, persons);
    Set<String> ours = Set.of("A|F", "client");
    store.write(
        tx -> {
          Person one = known(persons, tx, practice, 1);
          Person two = known(persons, tx, practice, 2);
          says(persons, said, tx, practice, one, "A|F", "NUMBER-ONE");
          says(persons, said, tx, practice, one, "client", "NUMBER-ONE");
          says(persons, said, tx, practice, two, "B|F", "NUMBER-TWO");
          return 1;
        });
    assertEquals(List.of("NUMBER-ONE"), values(said.of(practice, ours, "Patient", 1)));
    assertEquals(List.of(), values(said.of(practice, ours, "Patient", 2)), "another's number");
    assertEquals(List.of(), values(said.of(practice, ours, "Practitioner", 1)));
    assertEquals(List.of(), values(said.of(practice, Set.of(), "Patient", 1)));
    store.write(tx -> persons.becomeKnown(tx, persons.byPatNum(tx, practice, 1).orElseThrow(), 2));
    assertEquals(List.of("NUMBER-ONE"), values(said.of(practice, ours, "Patient", 2)));
    assertEquals(
        List.of(),
        store
            .read(
                tx ->
                    tx.sql("select said from said_identifier").query(String.class).list().stream())
            .filter(text -> text.contains("NUMBER"))
            .toList());
    store.write(
        tx -> {
          persons.hold(tx, persons.byPatNum(tx, practice, 2).orElseThrow(), "m-1", List.of());
          return 1;
        });
    assertEquals(List.of(), values(said.of(practice, ours, "Patient", 2)));
  }

  private static Person known(Persons persons, Transaction tx, String practice, long patNum) {
    return persons.create(tx, practice, "known", patNum, "", List.of(), "", List.of());
  }

  private static void says(
      Persons persons,
      SaidIdentifiers said,
      Transaction tx,
      String practice,
      Person person,
      String sender,
      String value) {
    Identifier identifier = new Identifier("urn:id:LAKE@F", value);
    persons.remember(tx, practice, Persons.PATIENT, List.of(identifier), person.id());
    said.remember(
        tx,
        practice,
        Persons.PATIENT,
        sender,
        identifier,
        JsonNodeFactory.instance.objectNode().put("system", "urn:id:LAKE").put("value", value));
  }

  private static List<String> values(List<JsonNode> identifiers) {
    return identifiers.stream().map(one -> one.path("value").asText()).toList();
  }

  private static int fails(Dues dues, Transaction tx, String practice, Duration least) {
    return dues.failing(tx, practice, "hospital", "no answer", least);
  }

  private static int has(Dues dues, Transaction tx, Dues.Entry entry) {
    dues.acknowledged(tx, entry, entry.record(), "");
    return 1;
  }

  private Dues dues(Store store) {
    return new Dues(
        store.vault(),
        new SqlAudit(),
        (tx, destination, entry) ->
            verdicts.getOrDefault(entry.resource() + "/" + entry.key(), Known.Verdict.NEWS));
  }

  static int open(Store store, Dues dues, String practice) {
    return open(store, dues, practice, HOSPITAL);
  }

  /** As at a start. */
  static int open(Store store, Dues dues, String practice, Destination destination) {
    store.write(tx -> dues.open(tx, practice, destination));
    try (CatchUp catchUp = new CatchUp(store, dues, List.of())) {
      return catchUp.of(new CatchUp.Pair(practice, destination));
    }
  }

  private static String practice() {
    practices++;
    return "p" + practices;
  }

  private static List<Dues.Entry> next(Store store, Dues dues, String practice, int most) {
    return store.write(tx -> dues.next(tx, practice, HOSPITAL, most, tx.now()));
  }

  private static List<String> identities(List<Dues.Entry> entries) {
    return entries.stream().map(entry -> entry.resource() + "/" + entry.key()).toList();
  }

  private static String fhir(long key, long version) {
    return "{\"id\":\"" + key + "\",\"v\":" + version + "}";
  }

  /** As capture would write it; a version above 1 becomes due like one that capture has seen. */
  static void record(
      Store store, String practice, String resource, long key, long patient, long version) {
    record(store, practice, resource, key, patient, version, fhir(key, version));
  }

  static void record(
      Store store,
      String practice,
      String resource,
      long key,
      long patient,
      long version,
      String fhir) {
    String name = practice + "/" + resource + "/" + key;
    store.write(
        tx -> {
          tx.sql(
                  """
                  insert into record (practice, resource, row_key, fhir_id, version, row_hash, stamp, state, reason, fhir, deleted,
                    changed_at, row_data, patient_key)
                  values (:practice, :resource, :key, :id, :version, '', 0, 'live', '', :fhir, 0, :now, :row, :patient)
                  on conflict (practice, resource, row_key) do update set version = excluded.version, fhir = excluded.fhir,
                    row_data = excluded.row_data
                  """)
              .param("practice", practice)
              .param("resource", resource)
              .param("key", key)
              .param("id", practice + "-" + key)
              .param("version", version)
              .param("fhir", store.vault().seal("record", name, bytes(fhir)))
              .param(
                  "row", store.vault().seal("record-row", name, bytes("{\"v\":" + version + "}")))
              .param("patient", patient)
              .param("now", tx.now().toEpochMilli())
              .update();
          if (version > 1) {
            tx.sql(
                    """
                    insert into due (practice, destination, resource, row_key, version, due_at, attempts, bundle_limit, state,
                      reason, patient_key)
                    values (?, 'hospital', ?, ?, ?, ?, 0, 50, 'due', '', ?)
                    on conflict (practice, destination, resource, row_key) do update set version = excluded.version
                    """)
                .params(practice, resource, key, version, tx.now().toEpochMilli(), patient)
                .update();
          }
          return 1;
        });
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static long number(Store store, String sql) {
    return store.read(tx -> tx.sql(sql).query(Long.class).single());
  }

  private static List<String> woken(Store store, String practice) {
    try {
      String sql =
          Files.readString(Path.of("..", "..", "sql", "wake-lanes.sql")).replace(":#now", ":now");
      return store.read(
          tx ->
              tx
                  .sql(sql)
                  .param("now", tx.now().toEpochMilli())
                  .query(
                      (row, number) ->
                          row.getString("practice").equals(practice) ? row.getString("queue") : "")
                  .list()
                  .stream()
                  .filter(queue -> !queue.isEmpty())
                  .toList());
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
