package pontic.inbound;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.LocalDateTime;
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
    house
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
    House.until(
        "the merge is followed",
        () ->
            house
                    .ledger()
                    .count(
                        "select count(*) from person where merged_into = '' and pat_num = " + from)
                == 0);
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
}
