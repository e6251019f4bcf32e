package pontic.inbound;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import pontic.house.House;
import pontic.sandbox.api.Fault;
import pontic.sandbox.api.FaultKind;
import pontic.sandbox.api.Requests;
import pontic.sandbox.hospital.Hospital;
import pontic.sandbox.hospital.Hospital.Patient;

/** Whom a message means, at the far end. */
final class IdentityTest {
  private static final LocalDateTime NOON = LocalDateTime.of(2027, 5, 4, 12, 0);
  private static final AtomicInteger NUMBER = new AtomicInteger(5000);

  @TempDir static Path folder;
  private static House house;

  @BeforeAll
  static void open() throws Exception {
    house = House.open(folder);
  }

  @AfterAll
  static void close() throws Exception {
    house.close();
  }

  @Test
  void everythingAboutANewPatientThatWaitsForAnOfficeThatIsAwayBecomesOnePatient()
      throws Exception {
    Patient patient = next();
    house.api().faults().arm(Fault.of("elm", FaultKind.OFFLINE));
    String registered = accepted(Hospital.adt("A28", control(), patient));
    String updated = accepted(Hospital.adt("A08", control(), patient.withPhone("5035551234")));
    String booked = accepted(Hospital.siu("S12", control(), patient, "PL" + NUMBER, NOON, 30, ""));
    House.until(
        "the office is known to be away",
        () ->
            house
                    .ledger()
                    .count("select count(*) from lane where practice = 'elm' and state = 'offline'")
                == 1);
    house.api().faults().clear();
    house.untilAllEnded();
    for (String id : List.of(registered, updated, booked)) {
      assertEquals("landed", house.ledger().end(id), reason(id));
    }
    assertEquals(1, house.office("elm").patients(patient).size());
    assertEquals(1, house.office("elm").appointments(patient).size());
  }

  @Test
  void aCreateThatStillWaitsIsACandidateForAnotherSendersNumber() throws Exception {
    Patient patient = next();
    Patient otherNumber =
        new Patient(
            "X" + patient.mrn(),
            patient.last(),
            patient.first(),
            patient.birth(),
            patient.sex(),
            patient.phone(),
            patient.street());
    house.api().faults().arm(Fault.of("elm", FaultKind.OFFLINE));
    accepted(Hospital.adt("A28", control(), patient));
    String second = accepted(Hospital.adt("A28", control(), otherNumber));
    House.until(
        "both are understood",
        () -> house.ledger().count("select count(*) from message where state = 'accepted'") == 0);
    house.api().faults().clear();
    house.untilAllEnded();
    assertTrue(List.of("landed", "no change").contains(house.ledger().end(second)), reason(second));
    assertEquals(1, house.office("elm").patients(patient).size());
  }

  @Test
  void aNamesakeOfAWaitingCreateWithNothingElseInCommonIsHeld() throws Exception {
    Patient patient = next();
    Patient namesake =
        new Patient(
            "Y" + patient.mrn(),
            patient.last(),
            patient.first(),
            patient.birth(),
            patient.sex(),
            "5035550001",
            "1 Other Road");
    house.api().faults().arm(Fault.of("elm", FaultKind.OFFLINE));
    accepted(Hospital.adt("A28", control(), patient));
    String second = accepted(Hospital.adt("A28", control(), namesake));
    String later = accepted(Hospital.adt("A08", control(), namesake.withPhone("5035550002")));
    House.until(
        "all are understood",
        () -> house.ledger().count("select count(*) from message where state = 'accepted'") == 0);
    house.api().faults().clear();
    house.untilAllEnded();
    assertEquals("parked", house.ledger().end(second));
    assertEquals("parked", house.ledger().end(later));
    assertTrue(reason(later).contains("behind"), reason(later));
    assertEquals(1, house.office("elm").patients(patient).size());
  }

  @Test
  void aTwinIsHeldWithTheOtherAsCandidate() throws Exception {
    Patient one = next();
    Patient twin =
        new Patient(
            "T" + one.mrn(),
            one.last(),
            "Robyn",
            one.birth(),
            one.sex(),
            one.phone(),
            one.street());
    ended(Hospital.adt("A28", control(), one));
    long patNum = ((Number) house.office("elm").patients(one).get(0).get("PatNum")).longValue();
    String id = ended(Hospital.adt("A28", control(), twin));
    assertEquals("parked", house.ledger().end(id));
    assertTrue(reason(id).contains("[" + patNum + "]"), reason(id));
    assertEquals(0, house.office("elm").patients(twin).size());
  }

  @Test
  void aReleasedMessageGoesOnWithThoseBehindIt() throws Exception {
    Patient one = next();
    Patient twin =
        new Patient(
            "T" + one.mrn(),
            one.last(),
            "Robyn",
            one.birth(),
            one.sex(),
            one.phone(),
            "9 Alder Row");
    ended(Hospital.adt("A28", control(), one));
    String held = ended(Hospital.adt("A28", control(), twin));
    String behind = ended(Hospital.siu("S12", control(), twin, "PL" + NUMBER, NOON, 30, ""));
    assertEquals("parked", house.ledger().end(behind));
    long patNum = ((Number) house.office("elm").patients(one).get(0).get("PatNum")).longValue();
    house
        .sandbox()
        .frontDesk("elm")
        .editPatient(patNum, Map.of("HmPhone", "5035550009", "Address", "3 Elder Row"));
    assertEquals(202, house.release(String.valueOf(house.ledger().receipt(held).get("id"))));
    house.untilAllEnded();
    assertEquals("landed", house.ledger().end(held), reason(held));
    assertEquals("landed", house.ledger().end(behind), reason(behind));
    assertEquals(1, house.office("elm").appointments(twin).size());
    assertEquals(404, house.release("m-none"));
  }

  @Test
  void aPatientThatTheDeskMadeIsFoundAndNotMadeAgain() throws Exception {
    Patient patient = next();
    deskMade(patient);
    String id = ended(Hospital.adt("A28", control(), patient));
    assertTrue(List.of("landed", "no change").contains(house.ledger().end(id)), reason(id));
    assertEquals(1, house.office("elm").patients(patient).size());
  }

  @Test
  void messagesForAMergedPatientGoToTheSurvivor() throws Exception {
    Patient loser = next();
    Patient survivor = next();
    ended(Hospital.adt("A28", control(), loser));
    ended(Hospital.adt("A28", control(), survivor));
    long from = ((Number) house.office("elm").patients(loser).get(0).get("PatNum")).longValue();
    long into = ((Number) house.office("elm").patients(survivor).get(0).get("PatNum")).longValue();
    house.sandbox().frontDesk("elm").merge(from, into);
    untilFollowed(from);
    String id =
        ended(
            Hospital.siu(
                "S12",
                control(),
                loser,
                "PL" + NUMBER.incrementAndGet(),
                NOON.plusDays(3),
                30,
                ""));
    assertEquals("landed", house.ledger().end(id), reason(id));
    assertEquals(
        1,
        house
            .office("elm")
            .count(
                "select count(*) from appointment where PatNum = ? and AptDateTime = ?",
                into,
                NOON.plusDays(3).toString().replace('T', ' ') + ":00"));
  }

  @Test
  void aSnapshotDoesNotOverwriteWhatTheOfficeOwns() throws Exception {
    Patient patient = next();
    ended(Hospital.adt("A28", control(), patient));
    long patNum = ((Number) house.office("elm").patients(patient).get(0).get("PatNum")).longValue();
    house
        .sandbox()
        .frontDesk("elm")
        .editPatient(patNum, Map.of("HmPhone", "5035557777", "Preferred", "Bobbin"));
    String id = ended(Hospital.adt("A08", control(), patient));
    assertEquals("no change", house.ledger().end(id), reason(id));
    Map<String, Object> row = house.office("elm").patients(patient).get(0);
    assertEquals("5035557777", row.get("HmPhone"));
    assertEquals("Bobbin", row.get("Preferred"));
  }

  @Test
  void onlyWhatDiffersIsWritten() throws Exception {
    Patient patient = next();
    ended(Hospital.adt("A28", control(), patient));
    house
        .sandbox()
        .frontDesk("elm")
        .editPatient(
            patNum(patient, patient.birth()),
            Map.of("Address", "4 Sorrel Yard", "Preferred", "Bobbin"));
    house.api().requests().clear();
    String id = ended(Hospital.adt("A08", control(), patient.withPhone("5035557778")));
    assertEquals("landed", house.ledger().end(id), reason(id));
    Map<String, Object> row = house.office("elm").patients(patient).get(0);
    assertEquals("5035557778", digits(row.get("HmPhone")));
    assertEquals("4 Sorrel Yard", row.get("Address"));
    assertEquals("Bobbin", row.get("Preferred"));
    assertEquals(
        List.of(List.of("HmPhone")),
        house.api().requests().list("elm").stream()
            .filter(request -> request.method().equals("PUT"))
            .map(Requests.Entry::fields)
            .toList());
  }

  /** Name and phone are another's: the number that Open Dental gave decides. */
  @Test
  void aNumberOfOursThatASenderCarriesLeadsToItsRow() throws Exception {
    Patient patient = next();
    long desk =
        deskMade(new Patient("", "Maiden" + NUMBER, "Old", patient.birth(), "", "5035550011", ""));
    long before = house.office("elm").count("select count(*) from patient");
    String id = ended(carrying(Hospital.adt("A31", control(), patient), patient, "elm", desk));
    assertEquals("landed", house.ledger().end(id), reason(id));
    Map<String, Object> row =
        house.office("elm").rows("select * from patient where PatNum = ?", desk).get(0);
    assertEquals(patient.street(), row.get("Address"), "the desk had none");
    assertEquals("5035550011", row.get("HmPhone"), "the desk's, which the sender never set");
    assertEquals(before, house.office("elm").count("select count(*) from patient"));
  }

  @Test
  void aNumberOfOursThatLeadsNowhereIsHeldAndOneOfAnotherPracticeIsNotOurs() throws Exception {
    Patient nobody = next();
    String id = ended(carrying(Hospital.adt("A31", control(), nobody), nobody, "elm", 999_999));
    assertEquals("parked", house.ledger().end(id));
    assertTrue(reason(id).contains("PatNum 999999 can no longer be read"), reason(id));
    assertEquals(0, house.office("elm").patients(nobody).size());

    Patient other = next();
    long desk = deskMade(new Patient("", "Stays" + NUMBER, "As", "19440404", "", "5035550012", ""));
    String foreign = ended(carrying(Hospital.adt("A31", control(), other), other, "oak", desk));
    assertEquals("landed", house.ledger().end(foreign), reason(foreign));
    assertEquals(1, house.office("elm").patients(other).size());
    assertEquals(
        "",
        house
            .office("elm")
            .rows("select * from patient where PatNum = ?", desk)
            .get(0)
            .get("Address"));
  }

  @Test
  void aNumberOfABookingOfOursThatASenderCarriesMovesThatBooking() throws Exception {
    Patient patient = next();
    Patient other = next();
    ended(Hospital.adt("A28", control(), patient));
    ended(Hospital.adt("A28", control(), other));
    long desk = booked(patient, NOON.plusDays(6));
    String id = ended(moving(patient, NOON.plusDays(7), desk));
    assertEquals("landed", house.ledger().end(id), reason(id));
    assertEquals(1, house.office("elm").appointments(patient).size());
    assertEquals(1, at(patient, NOON.plusDays(7), 1));

    String unknown = ended(moving(patient, NOON.plusDays(8), 999_999));
    assertEquals("parked", house.ledger().end(unknown));
    assertTrue(
        reason(unknown).contains("AptNum 999999 is no longer in Open Dental"), reason(unknown));
    long others = booked(patient, NOON.plusDays(9));
    String foreign = ended(moving(other, NOON.plusDays(10), others));
    assertEquals("parked", house.ledger().end(foreign));
    assertTrue(
        reason(foreign).contains("AptNum " + others + " belongs to another"), reason(foreign));
    assertEquals(1, at(patient, NOON.plusDays(9), 1));
    assertEquals(0, house.office("elm").appointments(other).size());
  }

  @Test
  void whatWaitsForAPatientThatIsMergedMeanwhileGoesToTheSurvivor() throws Exception {
    Patient loser = next();
    Patient survivor =
        new Patient(
            "S" + loser.mrn(),
            loser.last(),
            loser.first(),
            "19310204",
            loser.sex(),
            "5035553334",
            "8 Rowan Close");
    ended(Hospital.adt("A28", control(), loser));
    ended(Hospital.adt("A28", control(), survivor));
    long from = patNum(loser, loser.birth());
    long into = patNum(survivor, survivor.birth());
    house.api().faults().arm(Fault.of("elm", FaultKind.OFFLINE));
    String updated = accepted(Hospital.adt("A31", control(), loser.withPhone("5035554445")));
    String booked =
        accepted(Hospital.siu("S12", control(), loser, "PLW" + NUMBER, NOON.plusDays(11), 30, ""));
    House.until(
        "both are understood",
        () -> house.ledger().count("select count(*) from message where state = 'accepted'") == 0);
    house.sandbox().frontDesk("elm").merge(from, into);
    untilFollowed(from);
    house.api().faults().clear();
    house.untilAllEnded();
    assertEquals("landed", house.ledger().end(updated), reason(updated));
    assertEquals("landed", house.ledger().end(booked), reason(booked));
    assertEquals("5035554445", phone(into));
    assertEquals(loser.phone(), phone(from));
    assertEquals(
        List.of(into),
        house
            .office("elm")
            .rows(
                "select PatNum from appointment where AptDateTime = ?",
                NOON.plusDays(11).toString().replace('T', ' ') + ":00")
            .stream()
            .map(row -> ((Number) row.get("PatNum")).longValue())
            .toList());
  }

  private static void untilFollowed(long loser) {
    House.until(
        "the merge is followed",
        () ->
            house
                    .ledger()
                    .count(
                        "select count(*) from person where merged_into = '' and pat_num = " + loser)
                == 0);
  }

  private static String phone(long patNum) {
    return digits(
        house
            .office("elm")
            .rows("select HmPhone from patient where PatNum = ?", patNum)
            .get(0)
            .get("HmPhone"));
  }

  private static String digits(Object phone) {
    return String.valueOf(phone).replaceAll("\\D", "");
  }

  private static long deskMade(Patient patient) throws Exception {
    return house
        .sandbox()
        .frontDesk("elm")
        .addPatient(
            Map.of(
                "LName",
                patient.last(),
                "FName",
                patient.first(),
                "Birthdate",
                birth(patient),
                "HmPhone",
                patient.phone()));
  }

  private static long booked(Patient patient, LocalDateTime time) throws Exception {
    return house
        .sandbox()
        .frontDesk("elm")
        .book(patNum(patient, patient.birth()), 1, 1, time, 30, "by the desk");
  }

  /** The same message with a PatNum beside the sender's own number, as Pontic writes it. */
  private static byte[] carrying(byte[] message, Patient patient, String practice, long patNum) {
    String own = patient.mrn() + "^^^LAKE^MR";
    String ours = "%d^^^%s&urn:pontic:%s:patient&URI^PI".formatted(patNum, practice, practice);
    return replaced(message, own, own + "~" + ours);
  }

  /** A move that carries an AptNum as filler number. */
  private static byte[] moving(Patient patient, LocalDateTime to, long aptNum) {
    String placer = "PLC" + NUMBER.incrementAndGet();
    return replaced(
        Hospital.siu("S13", control(), patient, placer, to, 30, ""),
        "SCH|" + placer + "^LAKE|",
        "SCH|" + placer + "^LAKE|" + aptNum + "^elm^urn:pontic:elm:appointment^URI");
  }

  private static byte[] replaced(byte[] message, String what, String with) {
    String text = new String(message, StandardCharsets.UTF_8);
    assertTrue(text.contains(what), what);
    return text.replace(what, with).getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void theSameBookingThreeTimesAndOnceMoreUnderAnotherControlIdIsOneAppointment() throws Exception {
    Patient patient = next();
    byte[] message =
        Hospital.siu("S12", control(), patient, "PLX" + NUMBER, NOON.plusDays(1), 30, "");
    String id = ended(message);
    ended(message);
    ended(message);
    String again =
        ended(
            Hospital.siu(
                "S12", control(), patient, "PLX" + (NUMBER.get() - 1), NOON.plusDays(1), 30, ""));
    assertEquals("duplicate of", house.ledger().end(id));
    assertEquals("no change", house.ledger().end(again), reason(again));
    assertEquals(1, house.office("elm").appointments(patient).size());
  }

  /** However many of the name wait already, and in whatever order the store names them. */
  @Test
  void aMessageIsComparedWithEveryWaitingPatientOfItsName() throws Exception {
    house.api().faults().arm(Fault.of("elm", FaultKind.OFFLINE));
    List<String> found = new ArrayList<>();
    List<Patient> waiting = new ArrayList<>();
    for (int group = 0; group < 2; group++) {
      Patient one = next();
      waiting.add(one);
      accepted(Hospital.adt("A28", control(), one));
      for (int i = 0; i < 4; i++) {
        accepted(Hospital.adt("A28", control(), like(one, "N" + i, "50355520" + group + i)));
      }
      found.add(accepted(Hospital.adt("A28", control(), like(one, "Z", one.phone()))));
    }
    House.until(
        "all are understood",
        () -> house.ledger().count("select count(*) from message where state = 'accepted'") == 0);
    house.api().faults().clear();
    house.untilAllEnded();
    for (String id : found) {
      assertTrue(List.of("landed", "no change").contains(house.ledger().end(id)), reason(id));
    }
    for (Patient one : waiting) {
      assertEquals(1, house.office("elm").patients(one).size());
    }
  }

  @Test
  void anOlderMessageThatIsLetGoOnLateDoesNotUndoANewerOne() throws Exception {
    Patient patient = next();
    String placer = "PLO" + NUMBER;
    ended(Hospital.siu("S12", control(), patient, placer, NOON, 30, ""));
    String oldUpdate = parked(Hospital.adt("A31", control(), patient.withPhone("5035551111")));
    String newUpdate = ended(Hospital.adt("A31", control(), patient.withPhone("5035552222")));
    String oldMove =
        parked(Hospital.siu("S13", control(), patient, placer, NOON.plusHours(1), 30, ""));
    String newMove =
        ended(Hospital.siu("S13", control(), patient, placer, NOON.plusHours(2), 30, ""));
    supersedes(newUpdate, oldUpdate);
    supersedes(newMove, oldMove);
    Map<String, Object> row = house.office("elm").patients(patient).get(0);
    assertEquals("5035552222", String.valueOf(row.get("HmPhone")).replaceAll("\\D", ""));
    assertEquals(1, at(patient, NOON.plusHours(2), 1));

    String oldBooking =
        parked(Hospital.siu("S13", control(), patient, placer, NOON.plusHours(2), 30, ""));
    String cancel =
        ended(Hospital.siu("S15", control(), patient, placer, NOON.plusHours(2), 30, ""));
    supersedes(cancel, oldBooking);
    assertEquals(1, at(patient, NOON.plusHours(2), 5), "still broken");

    String oldCancel =
        parked(Hospital.siu("S15", control(), patient, placer, NOON.plusHours(2), 30, ""));
    String again =
        ended(Hospital.siu("S12", control(), patient, placer, NOON.plusHours(2), 30, ""));
    supersedes(again, oldCancel);
    assertEquals(1, at(patient, NOON.plusHours(2), 1), "still booked");
  }

  private static void supersedes(String newer, String older) throws Exception {
    assertEquals(202, house.release(String.valueOf(house.ledger().receipt(older).get("id"))));
    house.untilAllEnded();
    assertEquals("landed", house.ledger().end(newer), reason(newer));
    assertEquals("superseded by", house.ledger().end(older), reason(older));
    assertEquals(house.ledger().receipt(newer).get("id"), reason(older));
  }

  private static long at(Patient patient, LocalDateTime time, int status) {
    return house
        .office("elm")
        .count(
            "select count(*) from appointment a join patient p on p.PatNum = a.PatNum where p.LName = ? and a.AptDateTime = ? and a.AptStatus = ?",
            patient.last(),
            time.toString().replace('T', ' ') + ":00",
            status);
  }

  /** It is parked before anything has read it, as one that killed its process three times. */
  private static String parked(byte[] message) throws Exception {
    lease("understand:elm", Long.MAX_VALUE);
    String id = accepted(message);
    house
        .bundle()
        .store()
        .write(
            tx ->
                tx.sql("update message set attempts = 3 where control_id = :id")
                    .param("id", id)
                    .update());
    lease("understand:elm", 0);
    house.untilAllEnded();
    assertEquals("parked", house.ledger().end(id));
    return id;
  }

  private static void lease(String name, long until) {
    house
        .bundle()
        .store()
        .write(
            tx ->
                tx.sql("update lease set until_at = :until, epoch = epoch + 1 where name = :name")
                    .param("until", until)
                    .param("name", name)
                    .update());
  }

  @Test
  void aHoldSurvivesAMergeAndGoesWithItsRelease() throws Exception {
    Patient loser = next();
    Patient survivor =
        new Patient(
            "S" + loser.mrn(),
            loser.last(),
            loser.first(),
            "19310203",
            loser.sex(),
            "5035553333",
            "7 Rowan Close");
    ended(Hospital.adt("A28", control(), loser));
    ended(Hospital.adt("A28", control(), survivor));
    long from = patNum(loser, loser.birth());
    long into = patNum(survivor, survivor.birth());
    house.sandbox().frontDesk("elm").editPatient(from, Map.of("PatStatus", "3"));
    String held = ended(Hospital.adt("A31", control(), loser.withPhone("5035554444")));
    assertEquals("parked", house.ledger().end(held));
    house.sandbox().frontDesk("elm").editPatient(from, Map.of("PatStatus", "0"));
    house.sandbox().frontDesk("elm").merge(from, into);
    untilFollowed(from);
    String behind = ended(Hospital.adt("A31", control(), survivor.withPhone("5035555555")));
    assertEquals("parked", house.ledger().end(behind));
    String heldId = String.valueOf(house.ledger().receipt(held).get("id"));
    assertTrue(reason(behind).startsWith("behind " + heldId), reason(behind));
    assertEquals(202, house.release(heldId));
    house.untilAllEnded();
    assertEquals("landed", house.ledger().end(held), reason(held));
    assertEquals("landed", house.ledger().end(behind), reason(behind));
    assertEquals(
        "5035555555",
        String.valueOf(
                house
                    .office("elm")
                    .rows("select HmPhone from patient where PatNum = ?", into)
                    .get(0)
                    .get("HmPhone"))
            .replaceAll("\\D", ""));
  }

  @Test
  void aHoldSurvivesTheReleaseOfAnotherMessage() throws Exception {
    Patient patient = next();
    Patient other = next();
    String placer = "PLH" + NUMBER;
    ended(Hospital.siu("S12", control(), other, placer, NOON.plusDays(5), 30, ""));
    ended(Hospital.adt("A28", control(), patient));
    String strange = ended(Hospital.siu("S13", control(), patient, placer, NOON, 30, ""));
    assertEquals("parked", house.ledger().end(strange));
    long patNum = patNum(patient, patient.birth());
    house.sandbox().frontDesk("elm").editPatient(patNum, Map.of("PatStatus", "3"));
    String holding = ended(Hospital.adt("A31", control(), patient.withPhone("5035556666")));
    assertEquals("parked", house.ledger().end(holding));
    String holdingId = String.valueOf(house.ledger().receipt(holding).get("id"));

    assertEquals(202, house.release(String.valueOf(house.ledger().receipt(strange).get("id"))));
    house.untilAllEnded();
    assertTrue(reason(strange).startsWith("behind " + holdingId), reason(strange));
    assertEquals("parked", house.ledger().end(holding));

    house.sandbox().frontDesk("elm").editPatient(patNum, Map.of("PatStatus", "0"));
    assertEquals(202, house.release(holdingId));
    house.untilAllEnded();
    // Both go on, in their order: the older one's own doubt stands.
    assertTrue(reason(strange).contains("belongs to another patient"), reason(strange));
    String strangeId = String.valueOf(house.ledger().receipt(strange).get("id"));
    assertTrue(reason(holding).startsWith("behind " + strangeId), reason(holding));
  }

  private static long patNum(Patient patient, String birth) {
    return house
        .office("elm")
        .count(
            "select PatNum from patient where LName = ? and FName = ? and date_format(Birthdate, '%Y%m%d') = ?",
            patient.last(), patient.first(), birth);
  }

  /** The same name and birth date under another number. */
  private static Patient like(Patient patient, String prefix, String phone) {
    return new Patient(
        prefix + patient.mrn(),
        patient.last(),
        patient.first(),
        patient.birth(),
        patient.sex(),
        phone,
        prefix + " Hazel Walk");
  }

  private static Patient next() {
    return Patient.numbered(NUMBER.incrementAndGet());
  }

  private static String birth(Patient patient) {
    return patient.birth().substring(0, 4)
        + "-"
        + patient.birth().substring(4, 6)
        + "-"
        + patient.birth().substring(6);
  }

  private static String control() {
    return "I" + NUMBER.incrementAndGet();
  }

  private static String accepted(byte[] message) throws Exception {
    assertEquals("AA", house.send("elm", message));
    return new String(message, java.nio.charset.StandardCharsets.UTF_8).split("\\|")[9];
  }

  private static String ended(byte[] message) throws Exception {
    String id = accepted(message);
    house.untilAllEnded();
    return id;
  }

  private static String reason(String id) {
    return String.valueOf(house.ledger().receipt(id).get("receipt_reason"));
  }

  @Test
  void aSendersNewNumberForAPatientLeadsToTheSameRow() throws Exception {
    Patient before = next();
    ended(Hospital.adt("A28", control(), before));
    long patNum = patNum(before, before.birth());
    Patient now = numbered(before, before.mrn() + "N");
    String changed = ended(merging("A47", now, before.mrn()));
    assertEquals("no change", house.ledger().end(changed));
    assertTrue(reason(changed).contains("PatNum " + patNum), reason(changed));
    ended(Hospital.adt("A31", control(), now.withPhone("5035553331")));
    assertEquals("5035553331", phone(patNum));
    ended(Hospital.adt("A31", control(), before.withPhone("5035553332")));
    assertEquals("5035553332", phone(patNum));
    assertEquals(1, house.office("elm").patients(before).size());
  }

  @Test
  void aSendersMergeOfTwoPatientsOfTheOfficeIsParkedUntilTheOfficeMergedThem() throws Exception {
    Patient loser = next();
    Patient survivor = next();
    ended(Hospital.adt("A28", control(), loser));
    ended(Hospital.adt("A28", control(), survivor));
    long from = patNum(loser, loser.birth());
    long into = patNum(survivor, survivor.birth());
    String merged = ended(merging("A40", survivor, loser.mrn()));
    assertEquals("parked", house.ledger().end(merged));
    assertTrue(
        reason(merged).contains("merge PatNum " + from + " into PatNum " + into), reason(merged));
    // The sender means the survivor by both numbers now, and neither waits for the office.
    ended(Hospital.adt("A31", control(), numbered(survivor, loser.mrn()).withPhone("5035553341")));
    assertEquals("5035553341", phone(into));
    assertEquals(loser.phone(), phone(from));
    house.sandbox().frontDesk("elm").merge(from, into);
    untilFollowed(from);
    assertEquals(202, house.release(String.valueOf(house.ledger().receipt(merged).get("id"))));
    house.untilAllEnded();
    assertEquals("no change", house.ledger().end(merged), reason(merged));
  }

  @Test
  void aMergeThatSaysTooLittleOrOfNobodyIsSaidSo() throws Exception {
    Patient nobody = next();
    String unknown = ended(merging("A40", nobody, "gone" + nobody.mrn()));
    assertEquals("no change", house.ledger().end(unknown));
    assertTrue(reason(unknown).contains("none of its numbers is known"), reason(unknown));
    assertEquals(List.of(), house.office("elm").patients(nobody));
    String without = ended(Hospital.adt("A40", control(), nobody));
    assertEquals("refused", house.ledger().end(without));
    assertTrue(reason(without).contains("MRG-1"), reason(without));
  }

  @Test
  void aMergeOfAPatientThatIsNotWrittenYetIsParkedAndGoesOnLater() throws Exception {
    Patient survivor = next();
    ended(Hospital.adt("A28", control(), survivor));
    Patient loser = next();
    house.api().faults().arm(Fault.of("elm", FaultKind.OFFLINE));
    accepted(Hospital.adt("A28", control(), loser));
    String merged = accepted(merging("A40", survivor, loser.mrn()));
    House.until("the merge has its end", () -> !house.ledger().end(merged).isEmpty());
    assertEquals("parked", house.ledger().end(merged));
    assertTrue(reason(merged).contains("still waits"), reason(merged));
    house.api().faults().clear();
    house.untilAllEnded();
    assertEquals(202, house.release(String.valueOf(house.ledger().receipt(merged).get("id"))));
    house.untilAllEnded();
    assertEquals("parked", house.ledger().end(merged));
    assertTrue(
        reason(merged).contains("merge PatNum " + patNum(loser, loser.birth())), reason(merged));
  }

  private static Patient numbered(Patient patient, String mrn) {
    return new Patient(
        mrn,
        patient.last(),
        patient.first(),
        patient.birth(),
        patient.sex(),
        patient.phone(),
        patient.street());
  }

  private static byte[] merging(String trigger, Patient survivor, String former) {
    byte[] message = Hospital.adt(trigger, control(), survivor);
    return replaced(message, "PV1|1|N", "MRG|" + former + "^^^LAKE^MR");
  }
}
