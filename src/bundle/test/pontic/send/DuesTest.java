package pontic.send;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import pontic.audit.SqlAudit;
import pontic.person.Identifier;
import pontic.person.Person;
import pontic.person.Persons;
import pontic.person.SaidIdentifiers;
import pontic.practice.Destination;
import pontic.record.Records;
import pontic.record.Row;
import pontic.record.Translated;
import pontic.store.BothStores;
import pontic.store.Store;
import pontic.store.Transaction;

/** What goes next, on both stores. */
class DuesTest {
  @RegisterExtension static final BothStores BOTH = new BothStores();
  private static int practices;

  private final Map<String, Known.Verdict> verdicts = new HashMap<>();

  static Stream<Store> stores() {
    return BOTH.stores();
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("stores")
  void whatIsReferredToGoesFirstAndNothingOfAPatientOvertakesWhatIsParked(Store store) {
    HospitalQueue queue = queue(store);
    for (int key = 1; key <= 2; key++) {
      queue.record("Appointment", key, key, 1);
      queue.record("Patient", key, key, 1);
    }
    queue.record("Practitioner", 9, 0, 1);
    assertEquals(5, queue.open());
    assertEquals(0, queue.open(), "loaded once");
    List<Dues.Entry> first = queue.next(50);
    assertEquals(
        List.of("Practitioner/9", "Patient/1", "Patient/2", "Appointment/1", "Appointment/2"),
        identities(first));
    assertEquals(2, queue.next(2).size());

    Dues.Entry patient = first.get(1);
    queue.refused(patient, "no");
    assertEquals(
        List.of("Practitioner/9", "Patient/2", "Appointment/2"),
        identities(queue.next(50)),
        "an appointment waits for its patient that is tried again later");
    for (int i = 2; i <= 5; i++) {
      int times = i;
      assertEquals(times == 5, queue.refused(patient, "no"));
    }
    for (Dues.Entry entry : queue.next(50)) {
      queue.acknowledged(entry);
    }
    assertEquals(List.of(), queue.next(50));
    assertEquals(List.of(), queue.woken());
    assertEquals(2, queue.number("select count(*) from due where practice = :practice"));

    assertFalse(queue.release("Appointment", 1));
    assertTrue(queue.release("Patient", 1));
    assertEquals(List.of("send-fhir"), queue.woken());
    assertEquals(List.of("Patient/1"), identities(queue.next(50)), "released ones go alone");
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("stores")
  void whatIsNotValidStandsAloneUntilANewerVersionOnlyANewPatientHoldsBackHisOwn(Store store) {
    HospitalQueue queue = queue(store);
    queue.record("Patient", 1, 1, 1);
    queue.record("Patient", 2, 2, 1);
    queue.open();
    List<Dues.Entry> patients = queue.next(50);
    queue.acknowledged(patients.get(0));
    queue.invalid(patients.get(1));
    for (int key = 1; key <= 2; key++) {
      queue.record("Appointment", key, key, 1);
      queue.record("Procedure", key, key, 1);
    }
    queue.open();
    List<Dues.Entry> others = queue.next(50);
    assertEquals(List.of("Appointment/1", "Procedure/1"), identities(others), "2 is not there yet");
    queue.invalid(others.get(0));
    assertEquals(List.of("Procedure/1"), identities(queue.next(50)), "it stands alone");
    assertEquals(List.of("send-fhir"), queue.woken());
    queue.acknowledged(queue.first());
    assertEquals(List.of(), queue.woken());
    assertEquals(
        2, queue.number("select count(*) from due where invalid = 1 and practice = :practice"));

    newer(store, queue, 2);
    assertEquals(
        List.of("Patient/2", "Appointment/2", "Procedure/2"),
        identities(queue.next(50)),
        "a newer version is judged anew");
    queue.next(50).forEach(queue::acknowledged);
    assertTrue(queue.release("Appointment", 1));
    assertEquals(List.of("Appointment/1"), identities(queue.next(50)));
  }

  /** The patient's row was read again, and is another. */
  private static void newer(Store store, HospitalQueue queue, long patient) {
    store.write(
        tx -> {
          new Records(store, new SqlAudit(), List.of(queue.destination()))
              .repair(
                  tx,
                  new Translated(
                      new Row(
                          queue.practice(),
                          "Patient",
                          patient,
                          Instant.EPOCH,
                          false,
                          "another",
                          Map.of("PatNum", patient)),
                      Translated.Outcome.MAPPED,
                      JsonNodeFactory.instance.objectNode().put("resourceType", "Patient"),
                      ""),
                  tx.now());
          return 1;
        });
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("stores")
  void anAttemptWithoutAnEndComesBackBeforeAnythingNewerWithWhatWasSent(Store store) {
    HospitalQueue queue = queue(store);
    queue.record("Patient", 1, 1, 1);
    queue.record("Patient", 2, 2, 1);
    queue.open();
    Dues.Entry sent = queue.first();
    queue.attempt(sent, "MSH|wire");
    queue.record("Patient", 1, 1, 2);
    Dues.Entry unclear = queue.next(50).get(0);
    assertEquals(1, queue.next(50).size());
    assertTrue(unclear.isUnknown());
    assertEquals("MSH|wire", unclear.wire());
    assertEquals(new Dues.Version(1, HospitalQueue.fhir(1, 1), "{\"v\":1}"), unclear.attempt());
    assertEquals(HospitalQueue.fhir(1, 2), unclear.record().fhir());
    queue.acknowledged(unclear, unclear.attempt(), "W/\"7\"");
    Dues.Entry newer = queue.next(50).stream().filter(e -> e.key() == 1).findFirst().orElseThrow();
    assertEquals(new Dues.Version(1, HospitalQueue.fhir(1, 1), "{\"v\":1}"), newer.acknowledged());
    assertEquals("W/\"7\"", newer.remoteVersion());
    assertEquals(2, newer.version());
    assertFalse(newer.isUnknown());

    queue.record("Patient", 1, 1, 5);
    Dues.Entry newest = queue.next(50).stream().filter(e -> e.key() == 1).findFirst().orElseThrow();
    queue.acknowledged(newest);
    assertEquals(
        3,
        queue.number("select coalesced from delivery where row_key = 1 and practice = :practice"),
        "versions 2, 3 and 4 were never sent");
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("stores")
  void whatGoesAlongWithAPatientMakesHimDueAlsoWhileAMessageIsUnderWay(Store store) {
    HospitalQueue queue = queue(store);
    queue.speaksHl7(Duration.ZERO);
    queue.record("Patient", 1, 1, 1);
    queue.open();
    Dues.Entry first = queue.first();
    queue.attempt(first, "MSH|first");
    part(store, queue.practice(), 1);
    queue.acknowledged(first);
    Dues.Entry second = queue.first();
    assertEquals(first.version(), second.version());
    assertTrue(second.record().partsAt() > second.acknowledged().partsAt());
    queue.attempt(second, "MSH|second");
    part(store, queue.practice(), 2);
    Dues.Entry unclear = queue.first();
    queue.acknowledged(unclear, unclear.attempt(), "");
    Dues.Entry third = queue.first();
    assertEquals(unclear.attempt().partsAt(), third.acknowledged().partsAt());
    assertTrue(third.record().partsAt() > third.acknowledged().partsAt());
    queue.acknowledged(third);
    assertEquals(List.of(), queue.next(1));
    part(store, queue.practice(), 3);
    assertTrue(queue.first().record().partsAt() > third.record().partsAt());
  }

  /** An allergy of patient 1 with other content. */
  private static void part(Store store, String practice, int content) {
    store.write(
        tx -> {
          new Records(
                  store, new SqlAudit(), List.of(HospitalQueue.engine("hospital", Duration.ZERO)))
              .repair(
                  tx,
                  new Translated(
                      new Row(
                          practice,
                          "AllergyIntolerance:allergy",
                          7,
                          Instant.EPOCH,
                          false,
                          "hash " + content,
                          Map.of("PatNum", 1L)),
                      Translated.Outcome.MAPPED,
                      JsonNodeFactory.instance.objectNode().put("id", "" + content),
                      ""),
                  tx.now());
          return 1;
        });
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("stores")
  void whatTheDestinationSaidItselfIsNotSentAndWhatIsNotKnownYetWaitsWithItsAppointments(
      Store store) {
    HospitalQueue queue = queue(store);
    for (int key = 1; key <= 3; key++) {
      queue.record("Patient", key, key, 1);
      queue.record("Appointment", key, key, 1);
    }
    queue.open();
    verdicts.put("Patient/1", Known.Verdict.ECHO);
    verdicts.put("Patient/2", Known.Verdict.WAIT);
    assertEquals(
        List.of("Patient/3", "Appointment/1", "Appointment/3"), identities(queue.next(50)));
    assertEquals(
        1,
        queue.number(
            "select count(*) from delivery where withheld = 'echo' and acknowledged_version = 1 and practice = :practice"));
    assertEquals(1, queue.number("select withheld from sending where practice = :practice"));
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("stores")
  void aRefusedBundleIsHalvedUntilOneStandsAlone(Store store) {
    HospitalQueue queue = queue(store);
    queue.patients(8);
    queue.open();
    List<Integer> sizes = new ArrayList<>();
    List<Dues.Entry> claim = queue.next(50);
    while (claim.size() > 1) {
      sizes.add(claim.size());
      List<Dues.Entry> refused = claim;
      queue.narrowed(refused);
      claim = queue.next(50);
    }
    assertEquals(List.of(8, 4, 2), sizes);
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("stores")
  void aDestinationThatFailsIsLeftAloneForLongerEachTimeAndItIsSaidSinceWhen(Store store) {
    HospitalQueue queue = queue(store);
    queue.record("Patient", 1, 1, 1);
    queue.open();
    assertEquals(1, queue.fails(Duration.ZERO));
    long since = queue.number("select failing_since from sending where practice = :practice");
    assertTrue(since > 0);
    assertEquals(2, queue.fails(Duration.ofSeconds(100)));
    assertEquals(
        since, queue.number("select failing_since from sending where practice = :practice"));
    assertTrue(queue.isPaused(99));
    assertFalse(queue.isPaused(101));
    assertEquals(List.of(), queue.woken());
    queue.works();
    assertEquals(List.of("send-fhir"), queue.woken());
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("stores")
  void whatIsPutOffGoesWhenTheDestinationIsBackButNotEndlesslyIfOnlyItIsNotAnswered(Store store) {
    HospitalQueue queue = queue(store);
    queue.record("Patient", 1, 1, 1);
    queue.record("Patient", 2, 2, 1);
    queue.open();
    Dues.Entry silent = queue.first();
    queue.attempt(silent, "MSH|wire");
    assertEquals(List.of(0L, 0L, 4L), queue.unanswered(silent, 3), "seconds put off");
    assertEquals(List.of("Patient/2"), identities(queue.next(50)));
    List<Long> later = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      queue.works();
      assertEquals(i < 3 ? List.of("Patient/1") : List.of("Patient/2"), identities(queue.next(50)));
      List<Long> seconds = queue.unanswered(silent, 4);
      later.add(seconds.get(3));
    }
    assertEquals(List.of(8L, 8L, 300L, 300L), later);
    queue.works();
    assertEquals(List.of("Patient/2"), identities(queue.next(50)));
    queue.refused(silent, "no");
    queue.fails(Duration.ZERO);
    queue.works();
    assertEquals(
        List.of("Patient/2"), identities(queue.next(50)), "what is refused keeps its own pause");
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("stores")
  void whatMayHaveArrivedStaysSoWhenItsRepetitionIsRefusedAndParksAlthoughItIsNewerNow(
      Store store) {
    HospitalQueue queue = queue(store);
    queue.record("Patient", 1, 1, 1);
    queue.open();
    queue.attempt(queue.first());
    queue.record("Patient", 1, 1, 2);
    Dues.Entry unclear = queue.first();
    List<Boolean> parked = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      parked.add(queue.refused(unclear, "AE"));
    }
    assertEquals(List.of(false, false, false, false, true), parked);
    assertEquals(
        1,
        queue.number(
            "select count(*) from delivery where attempt_state = 'unknown' and practice = :practice"));
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("stores")
  void ofWhatIsUnclearNoMoreGoTogetherThanMay(Store store) {
    HospitalQueue queue = queue(store);
    queue.patients(8);
    queue.open();
    queue.next(50).forEach(entry -> queue.attempt(entry));
    List<Dues.Entry> unclear = queue.next(50);
    assertEquals(8, unclear.size());
    queue.narrowed(unclear);
    assertEquals(4, queue.next(50).size());
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("stores")
  void oneOfWhomNothingEverComesIsFoundPutOffAndParkedOnlyIfOthersAreAnswered(Store store) {
    HospitalQueue queue = queue(store);
    queue.patients(4);
    queue.open();
    List<Integer> sizes = new ArrayList<>();
    List<Dues.Entry> claim = queue.next(50);
    while (claim.size() > 1) {
      sizes.add(claim.size());
      queue.vain(claim);
      claim = queue.next(50);
    }
    assertEquals(List.of(4, 4, 4, 2), sizes);
    Dues.Entry poison = claim.get(0);
    for (int i = 0; i < 50; i++) {
      queue.vain(List.of(poison));
    }
    String parked = "select count(*) from due where state = 'parked' and practice = :practice";
    assertEquals(0, queue.number(parked), "nobody else was answered");
    assertEquals("Patient/2", identities(queue.next(50)).get(0));
    int rounds = 0;
    while (queue.number(parked) == 0) {
      rounds++;
      queue.works();
      queue.vain(List.of(poison));
    }
    assertEquals(7, rounds);
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("stores")
  void whatChangedWhileADestinationWasNotConfiguredIsDueAfterTheNextStart(Store store) {
    HospitalQueue queue = queue(store);
    queue.patients(3);
    queue.open();
    queue.next(2).forEach(entry -> queue.acknowledged(entry));
    // As capture does while nobody is configured; the second is gone meanwhile, the fourth was
    // never told and is gone.
    queue.record("Patient", 4, 4, 1);
    queue.changed(
        "update record set version = version + 1, state = case when row_key in (2, 4) then 'deleted' else state end"
            + " where practice = :practice");
    assertEquals(3, queue.open());
    assertEquals(
        3, queue.number("select count(*) from due where version = 2 and practice = :practice"));
    assertEquals(0, queue.open());
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("stores")
  void aLoadOfManyGoesInRangesAndOneClaimEndsOnlySomeHundredEchoes(Store store) {
    HospitalQueue queue = queue(store);
    for (int key = 1; key <= 501; key++) {
      queue.record("Patient", key, key, 1);
      verdicts.put("Patient/" + key, Known.Verdict.ECHO);
    }
    assertEquals(501, queue.open());
    assertEquals(List.of(), queue.next(50));
    assertEquals(301, queue.number("select count(*) from due where practice = :practice"));
    assertEquals(List.of("send-fhir"), queue.woken(), "the rest is for other claims");
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("stores")
  void whatWasClearedIsNewsWhateverWasAcknowledgedBefore(Store store) {
    HospitalQueue queue = queue(store);
    queue.record("Patient", 1, 1, 1);
    queue.open();
    queue.acknowledged(queue.first());
    queue.record("Patient", 1, 1, 2);
    queue.attempt(queue.first());
    Dues.Entry unclear = queue.first();
    assertEquals("{\"v\":1}", unclear.acknowledged().row());
    queue.clear(unclear, "W/\"2\"");
    Dues.Entry next = queue.first();
    assertEquals("", next.acknowledged().row());
    assertEquals(1, next.acknowledged().number());
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("stores")
  void aPatientThatWasSparedGoesBeforeWhatWasRefusedForWantOfItAlsoAfterAnUnclearEnd(Store store) {
    HospitalQueue queue = queue(store);
    queue.record("Patient", 1, 1, 1);
    queue.record("Appointment", 1, 1, 1);
    queue.open();
    verdicts.put("Patient/1", Known.Verdict.ECHO);
    Dues.Entry appointment = queue.next(50).get(0);
    queue.inVain(appointment, "HTTP 412");
    String due = "select count(*) from due where practice = :practice";
    assertEquals(1, queue.number(due), "another version there is no want of a Patient");
    queue.refused(appointment, "HTTP 422");
    assertEquals(2, queue.number(due));
    verdicts.clear();
    Dues.Entry patient = queue.next(50).get(0);
    assertEquals("Patient/1", patient.resource() + "/" + patient.key());
    assertEquals("", patient.acknowledged().fhir(), "so HL7 registers it");
    queue.attempt(patient);
    queue.clear(queue.next(50).get(0), "");
    assertEquals(List.of("Patient/1"), identities(queue.next(50)));
    assertEquals(List.of("send-fhir"), queue.woken());
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("stores")
  void anAppointmentWaitsAMinuteForThePatientThatAnotherFeedBrings(Store store) {
    HospitalQueue queue = queue(store);
    queue.record("Appointment", 1, 1, 1);
    queue.open();
    assertEquals(List.of(), queue.next(50));
    assertEquals(List.of(), queue.woken());
    queue.record("Patient", 1, 1, 1);
    assertEquals(List.of(), queue.next(50), "it is not due yet");
    queue.open();
    assertEquals(List.of("Patient/1", "Appointment/1"), identities(queue.next(50)));
    queue.changed("delete from due where resource = 'Patient' and practice = :practice");
    assertEquals(List.of(), queue.next(50));
    queue.changed("update record set changed_at = changed_at - 60000 where practice = :practice");
    assertEquals(List.of("Appointment/1"), identities(queue.next(50)));
    assertEquals(List.of("send-fhir"), queue.woken());
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("stores")
  void nobodyIsMergedIntoAPatientWhomTheDestinationHasNotGot(Store store) {
    HospitalQueue queue = queue(store);
    queue.record("Patient", 1, 1, 1);
    queue.record(
        "Patient",
        2,
        2,
        1,
        "{\"resourceType\":\"Patient\",\"link\":[{\"type\":\"replaced-by\",\"other\":{\"reference\":\"Patient/"
            + queue.practice()
            + "-patient-1\"}}]}");
    queue.open();
    verdicts.put("Patient/1", Known.Verdict.ECHO);
    assertEquals(List.of(), queue.next(1), "spared, so it is told first now");
    verdicts.clear();
    Dues.Entry survivor = queue.first();
    assertEquals(1, survivor.key());
    for (int i = 0; i < 5; i++) {
      queue.refused(survivor, "no");
    }
    assertEquals(List.of(), queue.nextIn(100), "it waits behind the parked one");
    queue.acknowledged(survivor);
    assertEquals(List.of("Patient/2"), identities(queue.nextIn(200)));
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("stores")
  void whatIsRefusedForWantOfAnotherWaitsForItAndHoldsBackNothingOfItsPatient(Store store) {
    HospitalQueue queue = queue(store);
    queue.record("Patient", 1, 1, 1);
    queue.record("Procedure:procedure", 5, 1, 1, toVisit(queue));
    queue.record("Condition:disease", 6, 1, 1);
    queue.open();
    List<Dues.Entry> bundle = queue.next(50);
    assertEquals(3, bundle.size());
    assertTrue(queue.wanting(bundle));
    List<Dues.Entry> others = queue.next(50);
    assertEquals(
        List.of("Patient/1", "Condition:disease/6"),
        identities(others),
        "they go as many as before");
    assertFalse(queue.wanting(others), "they refer to nothing");
    others.forEach(queue::acknowledged);
    assertEquals(List.of(), queue.next(50));
    assertEquals(List.of(), queue.woken());

    queue.record("Encounter:visit", 3, 1, 1);
    queue.open();
    assertEquals(List.of("send-fhir"), queue.woken());
    List<Dues.Entry> visit = queue.next(50);
    assertEquals(List.of("Encounter:visit/3"), identities(visit));
    queue.acknowledged(visit.get(0));
    List<Dues.Entry> procedure = queue.next(50);
    assertEquals(List.of("Procedure:procedure/5"), identities(procedure), "at once");
    assertFalse(queue.wanting(procedure), "it is there now");
    assertEquals(0, queue.number("select attempts from due where practice = :practice"));
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("stores")
  void whatComesByTheSameRequestIsNotWantedAndWhatNeverComesParksAfterADay(Store store) {
    HospitalQueue queue = queue(store);
    queue.record("Procedure:procedure", 5, 0, 1, toVisit(queue));
    queue.record("Encounter:visit", 3, 0, 1);
    queue.open();
    List<Dues.Entry> both = queue.next(50);
    assertEquals(2, both.size());
    assertFalse(queue.wanting(both));
    List<Dues.Entry> procedure =
        both.stream().filter(entry -> entry.resource().startsWith("Procedure")).toList();
    int tries = 0;
    while (queue.number("select count(*) from due where state = 'parked' and practice = :practice")
        == 0) {
      assertTrue(queue.wanting(procedure));
      tries++;
    }
    assertEquals(32, tries);
    assertEquals(
        1,
        queue.number(
            "select count(*) from due where practice = :practice and state = 'parked'"
                + " and reason like 'HTTP 400; it refers to Encounter/%-visit-3'"));
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("stores")
  void twoMergedPatientsThatReferToEachOtherGoInOneRequestAndWaitForTheSameMoment(Store store) {
    HospitalQueue queue = queue(store);
    queue.record("Patient", 1, 1, 1, linked(queue, "replaces", 2));
    queue.record("Patient", 2, 2, 1, linked(queue, "replaced-by", 1));
    queue.open();
    assertEquals(List.of("Patient/1", "Patient/2"), identities(queue.next(50)));

    List<Dues.Entry> survivor = queue.next(1);
    assertTrue(queue.wanting(survivor), "alone it is refused where references are checked");
    assertEquals(List.of(), queue.next(50), "neither goes without the other");
    assertEquals(
        1, queue.number("select count(distinct due_at) from due where practice = :practice"));
    assertFalse(queue.wanting(queue.next(50, 11)));
    assertEquals(List.of("Patient/1", "Patient/2"), identities(queue.next(50, 11)));
  }

  private static String linked(HospitalQueue queue, String type, long other) {
    return "{\"resourceType\":\"Patient\",\"link\":[{\"type\":\"%s\",\"other\":{\"reference\":\"Patient/%s-patient-%d\"}}]}"
        .formatted(type, queue.practice(), other);
  }

  private static String toVisit(HospitalQueue queue) {
    return "{\"resourceType\":\"Procedure\",\"encounter\":{\"reference\":\"Encounter/"
        + queue.practice()
        + "-visit-3\"}}";
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("stores")
  void afterAnUnclearFirstAttemptWhatWasAcknowledgedIsReadOnceMore(Store store) {
    HospitalQueue queue = queue(store);
    queue.record("Patient", 1, 1, 1);
    queue.open();
    queue.attempt(queue.first());
    queue.clear(queue.first(), "");
    queue.record("Patient", 1, 1, 2);
    Dues.Entry newer = queue.first();
    queue.attempt(newer);
    queue.acknowledged(newer, newer.record(), Duration.ofSeconds(10));
    assertEquals(List.of(), queue.next(1));
    Dues.Entry look = queue.nextIn(11).get(0);
    assertEquals(newer.record(), look.attempt());
    queue.acknowledged(look, look.attempt(), Duration.ofSeconds(10));
    assertEquals(0, queue.number("select count(*) from due where practice = :practice"));
    assertEquals(1, queue.number("select delivered from sending where practice = :practice"));
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("stores")
  void hl7IsToldOfAPatientWhoseRecordsStandStillOrMoveWithoutEnd(Store store) {
    HospitalQueue queue = queue(store);
    queue.speaksHl7(Duration.ofSeconds(10));
    queue.record("Patient", 1, 1, 1);
    queue.record("Appointment", 7, 1, 1);
    queue.record("Patient", 2, 2, 1);
    queue.open();
    assertEquals(List.of(), queue.next(50));
    assertEquals(List.of(), queue.woken());
    assertEquals(List.of("send-hl7"), queue.wokenIn(11));

    moves(queue, "Appointment", 20);
    assertEquals(List.of("Patient/2"), identities(queue.nextIn(11)), "all of the other waits");
    queue.acknowledged(queue.nextIn(11).get(0));
    assertEquals(List.of(), queue.nextIn(11));
    assertEquals(List.of(), queue.wokenIn(11));
    assertEquals(List.of("Patient/1"), identities(queue.nextIn(31)), "in its order");

    moves(queue, "Appointment", 100);
    assertEquals(List.of(), queue.nextIn(99));
    assertEquals(List.of(), queue.wokenIn(99));
    Dues.Entry restless = queue.nextIn(101).get(0);
    assertEquals("Patient/1", restless.resource() + "/" + restless.key());
    assertEquals(List.of("send-hl7"), queue.wokenIn(101));

    queue.attempt(restless, "MSH|wire");
    assertTrue(queue.next(50).get(0).isUnknown(), "what is unclear waits for no rest");
    assertEquals(List.of("send-hl7"), queue.woken());
    queue.record("Patient", 1, 1, 2);
    queue.changed("update due set due_at = due_at - 200000 where practice = :practice");
    queue.acknowledged(restless);
    queue.changed("delete from due where practice = :practice and resource = 'Appointment'");
    moves(queue, "Patient", 90);
    assertEquals(List.of(), queue.nextIn(95), "its unrest is counted from what was told last");
    assertEquals(2, queue.nextIn(102).get(0).version());
  }

  /** Of patient 1, in so many seconds. */
  private static void moves(HospitalQueue queue, String resource, int seconds) {
    queue.changed(
        "update record set changed_at = changed_at + "
            + seconds * 1000
            + " where practice = :practice and patient_key = 1 and resource = '"
            + resource
            + "'");
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("stores")
  void anHl7DestinationIsNotDueWhatSuchMessagesCannotTell(Store store) {
    HospitalQueue queue = queue(store);
    Destination engine = HospitalQueue.engine("engine", Duration.ofSeconds(3));
    for (String type : List.of("Practitioner", "Location", "Patient", "Appointment")) {
      queue.record(type, 1, 0, 1);
    }
    assertEquals(2, queue.open(engine));
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

  private HospitalQueue queue(Store store) {
    return new HospitalQueue(store, practice(), verdicts);
  }

  private static String practice() {
    practices++;
    return "p" + practices;
  }

  private static List<String> identities(List<Dues.Entry> entries) {
    return entries.stream().map(entry -> entry.resource() + "/" + entry.key()).toList();
  }
}
