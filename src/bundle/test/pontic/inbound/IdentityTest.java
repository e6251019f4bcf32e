package pontic.inbound;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.util.FileSystemUtils;
import pontic.house.FacadeClient;
import pontic.house.House;
import pontic.sandbox.api.Fault;
import pontic.sandbox.api.FaultKind;
import pontic.sandbox.api.Requests;
import pontic.sandbox.desk.FrontDesk;
import pontic.sandbox.hospital.Hospital;
import pontic.sandbox.hospital.Hospital.Patient;

/** Whom a message means, at the far end. */
final class IdentityTest {
  private static final LocalDateTime NOON = LocalDateTime.of(2027, 5, 4, 12, 0);
  private static final AtomicInteger NUMBER = new AtomicInteger(5000);

  @TempDir static Path folder;
  private static House house;
  private static FrontDesk frontDesk;

  @BeforeAll
  static void open() throws Exception {
    house =
        House.sandboxOnly(folder)
            .busyLanes()
            .with("pontic.capture.period", "3s")
            .with("routes.reconcile.period", "1000")
            .with("routes.reconcile-destination.period", "1000")
            .with("pontic.facade.wait-seconds", "0")
            .withConfig(decidedApart());
    house.api().change("elm", settings -> settings.withAlso(Set.of("ApiDocuments")));
    house.startBundle();
    house.untilConnected();
    frontDesk = house.sandbox().frontDesk("elm");
  }

  /**
   * For two senders and a client of the façade elm says otherwise who decides; for all others, and
   * at oak, nothing else.
   */
  private static Path decidedApart() throws IOException {
    Path config = folder.resolve("config-decided-apart");
    FileSystemUtils.copyRecursively(House.home().resolve("config"), config);
    Files.writeString(
        Files.createDirectories(config.resolve("practices/elm/ownership")).resolve("patient.yaml"),
        """
        fields: {}
        senders:
          WARD|LAKESIDE:
            Address: {owner: sender, reason: It asks at each admission}
            HmPhone: {owner: office, reason: It holds the switchboard's number}
          CLINIC|LAKESIDE:
            HmPhone: {owner: sender, reason: It calls the patients}
            Address: {owner: office, reason: It never asks}
          hospital:
            Address: {owner: sender, reason: It asks at each admission}
            HmPhone: {owner: office, reason: It holds the switchboard's number}
        """);
    Files.writeString(
        Files.createDirectories(config.resolve("practices/oak/ownership"))
            .resolve("appointment.yaml"),
        """
        fields: {}
        senders:
          CLINIC|LAKESIDE:
            AptDateTime: {owner: office, reason: The desk agrees upon times with the patient}
        """);
    return config;
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
    String registered = house.accepted("elm", Hospital.adt("A28", control(), patient));
    String updated =
        house.accepted("elm", Hospital.adt("A08", control(), patient.withPhone("5035551234")));
    String booked =
        house.accepted("elm", Hospital.siu("S12", control(), patient, "PL" + NUMBER, NOON, 30, ""));
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
      house.ledger().assertEnd("landed", id);
    }
    assertEquals(1, house.office("elm").patients(patient).size());
    assertEquals(1, house.office("elm").appointments(patient).size());
  }

  @Test
  void aCreateThatStillWaitsIsACandidateForAnotherSendersNumber() throws Exception {
    Patient patient = next();
    Patient otherNumber = patient.withMrn("X" + patient.mrn());
    house.api().faults().arm(Fault.of("elm", FaultKind.OFFLINE));
    house.accepted("elm", Hospital.adt("A28", control(), patient));
    String second = house.accepted("elm", Hospital.adt("A28", control(), otherNumber));
    house.untilUnderstood();
    house.api().faults().clear();
    house.untilAllEnded();
    assertTrue(
        List.of("landed", "no change").contains(house.ledger().end(second)),
        house.ledger().reason(second));
    assertEquals(1, house.office("elm").patients(patient).size());
  }

  @Test
  void aNamesakeOfAWaitingCreateWithNothingElseInCommonIsHeld() throws Exception {
    Patient patient = next();
    Patient namesake =
        patient.withMrn("Y" + patient.mrn()).withPhone("5035550001").withStreet("1 Other Road");
    house.api().faults().arm(Fault.of("elm", FaultKind.OFFLINE));
    house.accepted("elm", Hospital.adt("A28", control(), patient));
    String second = house.accepted("elm", Hospital.adt("A28", control(), namesake));
    String later =
        house.accepted("elm", Hospital.adt("A08", control(), namesake.withPhone("5035550002")));
    house.untilUnderstood();
    house.api().faults().clear();
    house.untilAllEnded();
    house.ledger().assertEnd("parked", second);
    house.ledger().assertEnd("parked", later);
    house.ledger().assertReason("behind", later);
    assertEquals(1, house.office("elm").patients(patient).size());
  }

  /** Whom the crosswalk does not know the office may; who two are is nobody. */
  @Test
  void aNumberThatTheOfficeKeepsLeadsToItsPatientUnlessSeveralBearIt() throws Exception {
    Patient patient = next();
    long patNum = deskMade(patient);
    String own = "OWN-" + patient.mrn();
    String shared = "SHARED-" + patient.mrn();
    keeps(ROOT, own, patNum);
    keeps(ROOT, shared, patNum);
    keeps(ROOT, shared, deskMade(next()));
    untilLearned();
    // Name and birth date alone are a doubt, and the sender has never said a word of anybody.
    Patient named = patient.withPhone("5035552299");
    String known = control();
    house.ended("elm", from("NEWCOMER", bearing(Hospital.adt("A31", known, named), named, own)));
    assertEquals(
        "{\"PatNum\":" + patNum + "}",
        house.ledger().receipt(known).get("receipt_keys"),
        house.ledger().reason(known));
    assertEquals(named.street(), street(patNum), "the desk had none");
    Patient unknown = next();
    house.ended("elm", bearing(Hospital.adt("A28", control(), unknown), unknown, shared));
    assertEquals(1, house.office("elm").patients(unknown).size(), "a patient of his own");
  }

  /** Nobody here knows them but the office; its own row of a number names the loser for ever. */
  @Test
  void aNumberThatTheOfficeKeepsForALoserLeadsToTheSurvivorWhetherItWasLearnedBeforeOrAfter()
      throws Exception {
    String root = "2.16.840.1.113883.3.998";
    List<Patient> chain = List.of(next(), next(), next());
    List<Long> patNums = new ArrayList<>();
    for (Patient each : chain) {
      patNums.add(deskMade(each));
    }
    String before = "BEFORE-" + chain.get(0).mrn();
    String after = "AFTER-" + chain.get(0).mrn();
    keeps(root, before, patNums.get(0));
    untilNumbered(patNums.get(0), 1);
    frontDesk.merge(patNums.get(0), patNums.get(1));
    frontDesk.merge(patNums.get(1), patNums.get(2));
    untilNumbered(patNums.get(2), 1);
    keeps(root, after, patNums.get(1));
    untilNumbered(patNums.get(2), 2);
    int last = 0;
    for (String number : List.of(before, after)) {
      // But for a birth date nothing but the number fits; if that were another's too, it is held.
      Patient other = next().withPhone("503555660" + last++);
      Patient named =
          new Patient(
              other.mrn(),
              other.last(),
              other.first(),
              chain.get(2).birth(),
              other.sex(),
              other.phone(),
              other.street());
      String said = control();
      house.ended(
          "elm",
          replaced(
              Hospital.siu("S12", said, named, "PLO" + NUMBER, NOON.plusDays(30 + last), 30, ""),
              named.mrn() + "^^^LAKE^MR",
              number + "^^^&" + root + "&ISO^MR"));
      house.ledger().assertEnd("landed", said);
      assertEquals(
          1,
          house
              .office("elm")
              .count(
                  "select count(*) from appointment where PatNum = ? and AptDateTime = ?",
                  patNums.get(2),
                  NOON.plusDays(30 + last).toString().replace('T', ' ') + ":00"));
      assertEquals(0, house.office("elm").patients(named).size(), "nobody was made");
    }
  }

  /** Numbers of the office's own that lead to this patient. */
  private static void untilNumbered(long patNum, int numbers) {
    House.until(
        numbers + " numbers lead to PatNum " + patNum,
        () ->
            house
                    .ledger()
                    .count(
                        "select count(*) from identifier where practice = 'elm' and kind = 'office-patient' and target = '"
                            + patNum
                            + "'")
                == numbers);
  }

  private static void keeps(String root, String number, long patNum) {
    JdbcClient.create(house.sandbox().practice("elm").dataSource())
        .sql(
            "insert into oidexternal (OIDExternalNum, IDType, IDInternal, IDExternal, rootExternal) select coalesce(max(OIDExternalNum), 0) + 1, 'Patient', ?, ?, ? from oidexternal")
        .params(patNum, number, root)
        .update();
  }

  @Test
  void aTwinIsHeldWithTheOtherAsCandidate() throws Exception {
    Patient one = next();
    Patient twin = one.withMrn("T" + one.mrn()).withFirst("Robyn");
    house.ended("elm", Hospital.adt("A28", control(), one));
    long patNum = house.office("elm").patNum(one);
    String id = house.ended("elm", Hospital.adt("A28", control(), twin));
    house.ledger().assertEnd("parked", id);
    house.ledger().assertReason("[" + patNum + "]", id);
    assertEquals(0, house.office("elm").patients(twin).size());
  }

  @Test
  void aReleasedMessageGoesOnWithThoseBehindIt() throws Exception {
    Patient one = next();
    Patient twin = one.withMrn("T" + one.mrn()).withFirst("Tamsin").withStreet("9 Alder Row");
    house.ended("elm", Hospital.adt("A28", control(), one));
    String held = house.ended("elm", Hospital.adt("A28", control(), twin));
    String behind =
        house.ended("elm", Hospital.siu("S12", control(), twin, "PL" + NUMBER, NOON, 30, ""));
    house.ledger().assertEnd("parked", behind);
    long patNum = house.office("elm").patNum(one);
    frontDesk.editPatient(patNum, Map.of("HmPhone", "5035550009", "Address", "3 Elder Row"));
    assertEquals(202, house.release(house.ledger().id(held)));
    house.untilAllEnded();
    house.ledger().assertEnd("landed", held);
    house.ledger().assertEnd("landed", behind);
    assertEquals(1, house.office("elm").appointments(twin).size());
    assertEquals(404, house.release("m-none"));
  }

  @Test
  void aPatientThatTheDeskMadeIsFoundAndNotMadeAgain() throws Exception {
    Patient patient = next();
    deskMade(patient);
    String id = house.ended("elm", Hospital.adt("A28", control(), patient));
    assertTrue(
        List.of("landed", "no change").contains(house.ledger().end(id)), house.ledger().reason(id));
    assertEquals(1, house.office("elm").patients(patient).size());
  }

  @Test
  void messagesForAMergedPatientGoToTheSurvivor() throws Exception {
    Patient loser = next();
    Patient survivor = next();
    house.ended("elm", Hospital.adt("A28", control(), loser));
    house.ended("elm", Hospital.adt("A28", control(), survivor));
    long from = house.office("elm").patNum(loser);
    long into = house.office("elm").patNum(survivor);
    frontDesk.merge(from, into);
    untilFollowed(from);
    String id =
        house.ended(
            "elm",
            Hospital.siu(
                "S12",
                control(),
                loser,
                "PL" + NUMBER.incrementAndGet(),
                NOON.plusDays(3),
                30,
                ""));
    house.ledger().assertEnd("landed", id);
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
    house.ended("elm", Hospital.adt("A28", control(), patient));
    long patNum = house.office("elm").patNum(patient);
    frontDesk.editPatient(patNum, Map.of("HmPhone", "5035557777", "Preferred", "Bobbin"));
    String id = house.ended("elm", Hospital.adt("A08", control(), patient));
    house.ledger().assertEnd("no change", id);
    Map<String, Object> row = house.office("elm").patients(patient).get(0);
    assertEquals("5035557777", row.get("HmPhone"));
    assertEquals("Bobbin", row.get("Preferred"));
  }

  @Test
  void onlyWhatDiffersIsWritten() throws Exception {
    Patient patient = next();
    house.ended("elm", Hospital.adt("A28", control(), patient));
    frontDesk.editPatient(
        patNum(patient, patient.birth()),
        Map.of("Address", "4 Sorrel Yard", "Preferred", "Bobbin"));
    house.api().requests().clear();
    String id = house.ended("elm", Hospital.adt("A08", control(), patient.withPhone("5035557778")));
    house.ledger().assertEnd("landed", id);
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
        deskMade(
            new Patient(
                "", "Maiden" + NUMBER, patient.first(), patient.birth(), "", "5035550011", ""));
    long before = house.office("elm").count("select count(*) from patient");
    String id =
        house.ended("elm", carrying(Hospital.adt("A31", control(), patient), patient, "elm", desk));
    house.ledger().assertEnd("landed", id);
    Map<String, Object> row =
        house.office("elm").rows("select * from patient where PatNum = ?", desk).get(0);
    assertEquals(patient.street(), row.get("Address"), "the desk had none");
    assertEquals("5035550011", row.get("HmPhone"), "the desk's, which the sender never set");
    assertEquals(before, house.office("elm").count("select count(*) from patient"));
  }

  @Test
  void aNumberOfOursThatLeadsNowhereIsHeldAndOneOfAnotherPracticeIsNotOurs() throws Exception {
    Patient nobody = next();
    String id =
        house.ended(
            "elm", carrying(Hospital.adt("A31", control(), nobody), nobody, "elm", 999_999));
    house.ledger().assertEnd("parked", id);
    house.ledger().assertReason("PatNum 999999 can no longer be read", id);
    assertEquals(0, house.office("elm").patients(nobody).size());

    Patient other = next();
    long desk = deskMade(new Patient("", "Stays" + NUMBER, "As", "19440404", "", "5035550012", ""));
    String foreign =
        house.ended("elm", carrying(Hospital.adt("A31", control(), other), other, "oak", desk));
    house.ledger().assertEnd("landed", foreign);
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
    house.ended("elm", Hospital.adt("A28", control(), patient));
    house.ended("elm", Hospital.adt("A28", control(), other));
    long desk = booked(patient, NOON.plusDays(6));
    String id = house.ended("elm", moving(patient, NOON.plusDays(7), desk));
    house.ledger().assertEnd("landed", id);
    assertEquals(1, house.office("elm").appointments(patient).size());
    assertEquals(1, at(patient, NOON.plusDays(7), 1));

    String unknown = house.ended("elm", moving(patient, NOON.plusDays(8), 999_999));
    house.ledger().assertEnd("parked", unknown);
    house.ledger().assertReason("AptNum 999999 is no longer in Open Dental", unknown);
    long others = booked(patient, NOON.plusDays(9));
    String foreign = house.ended("elm", moving(other, NOON.plusDays(10), others));
    house.ledger().assertEnd("parked", foreign);
    house.ledger().assertReason("AptNum " + others + " belongs to another", foreign);
    assertEquals(1, at(patient, NOON.plusDays(9), 1));
    assertEquals(0, house.office("elm").appointments(other).size());
  }

  @Test
  void whatWaitsForAPatientThatIsMergedMeanwhileGoesToTheSurvivor() throws Exception {
    Patient loser = next();
    Patient survivor =
        loser
            .withMrn("S" + loser.mrn())
            .withBirth("19310204")
            .withPhone("5035553334")
            .withStreet("8 Rowan Close");
    house.ended("elm", Hospital.adt("A28", control(), loser));
    house.ended("elm", Hospital.adt("A28", control(), survivor));
    long from = patNum(loser, loser.birth());
    long into = patNum(survivor, survivor.birth());
    house.api().faults().arm(Fault.of("elm", FaultKind.OFFLINE));
    String updated =
        house.accepted("elm", Hospital.adt("A31", control(), loser.withPhone("5035554445")));
    String booked =
        house.accepted(
            "elm",
            Hospital.siu("S12", control(), loser, "PLW" + NUMBER, NOON.plusDays(11), 30, ""));
    house.untilUnderstood();
    frontDesk.merge(from, into);
    untilFollowed(from);
    house.api().faults().clear();
    house.untilAllEnded();
    house.ledger().assertEnd("landed", updated);
    house.ledger().assertEnd("landed", booked);
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
    return frontDesk.addPatient(
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
    return frontDesk.book(patNum(patient, patient.birth()), 1, 1, time, 30, "by the desk");
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
    String id = house.ended("elm", message);
    house.ended("elm", message);
    house.ended("elm", message);
    String again =
        house.ended(
            "elm",
            Hospital.siu(
                "S12", control(), patient, "PLX" + (NUMBER.get() - 1), NOON.plusDays(1), 30, ""));
    house.ledger().assertEnd("duplicate of", id);
    house.ledger().assertEnd("no change", again);
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
      house.accepted("elm", Hospital.adt("A28", control(), one));
      for (int i = 0; i < 4; i++) {
        house.accepted(
            "elm", Hospital.adt("A28", control(), like(one, "N" + i, "50355520" + group + i)));
      }
      found.add(house.accepted("elm", Hospital.adt("A28", control(), like(one, "Z", one.phone()))));
    }
    house.untilUnderstood();
    house.api().faults().clear();
    house.untilAllEnded();
    for (String id : found) {
      assertTrue(
          List.of("landed", "no change").contains(house.ledger().end(id)),
          house.ledger().reason(id));
    }
    for (Patient one : waiting) {
      assertEquals(1, house.office("elm").patients(one).size());
    }
  }

  @Test
  void anOlderMessageThatIsLetGoOnLateDoesNotUndoANewerOne() throws Exception {
    Patient patient = next();
    String placer = "PLO" + NUMBER;
    house.ended("elm", Hospital.siu("S12", control(), patient, placer, NOON, 30, ""));
    String oldUpdate = parked(Hospital.adt("A31", control(), patient.withPhone("5035551111")));
    String newUpdate =
        house.ended("elm", Hospital.adt("A31", control(), patient.withPhone("5035552222")));
    String oldMove =
        parked(Hospital.siu("S13", control(), patient, placer, NOON.plusHours(1), 30, ""));
    String newMove =
        house.ended(
            "elm", Hospital.siu("S13", control(), patient, placer, NOON.plusHours(2), 30, ""));
    supersedes(newUpdate, oldUpdate);
    supersedes(newMove, oldMove);
    Map<String, Object> row = house.office("elm").patients(patient).get(0);
    assertEquals("5035552222", digits(row.get("HmPhone")));
    assertEquals(1, at(patient, NOON.plusHours(2), 1));

    String oldBooking =
        parked(Hospital.siu("S13", control(), patient, placer, NOON.plusHours(2), 30, ""));
    String cancel =
        house.ended(
            "elm", Hospital.siu("S15", control(), patient, placer, NOON.plusHours(2), 30, ""));
    supersedes(cancel, oldBooking);
    assertEquals(1, at(patient, NOON.plusHours(2), 5), "still broken");

    String oldCancel =
        parked(Hospital.siu("S15", control(), patient, placer, NOON.plusHours(2), 30, ""));
    String again =
        house.ended(
            "elm", Hospital.siu("S12", control(), patient, placer, NOON.plusHours(2), 30, ""));
    supersedes(again, oldCancel);
    assertEquals(1, at(patient, NOON.plusHours(2), 1), "still booked");
  }

  private static void supersedes(String newer, String older) throws Exception {
    assertEquals(202, house.release(house.ledger().id(older)));
    house.untilAllEnded();
    house.ledger().assertEnd("landed", newer);
    house.ledger().assertEnd("superseded by", older);
    assertEquals(house.ledger().receipt(newer).get("id"), house.ledger().reason(older));
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
    String id = house.accepted("elm", message);
    house.ledger().change("update message set attempts = 3 where control_id = ?", id);
    lease("understand:elm", 0);
    house.untilAllEnded();
    house.ledger().assertEnd("parked", id);
    return id;
  }

  private static void lease(String name, long until) {
    house
        .ledger()
        .change("update lease set until_at = ?, epoch = epoch + 1 where name = ?", until, name);
  }

  @Test
  void aHoldSurvivesAMergeAndGoesWithItsRelease() throws Exception {
    Patient loser = next();
    Patient survivor =
        loser
            .withMrn("S" + loser.mrn())
            .withBirth("19310203")
            .withPhone("5035553333")
            .withStreet("7 Rowan Close");
    house.ended("elm", Hospital.adt("A28", control(), loser));
    house.ended("elm", Hospital.adt("A28", control(), survivor));
    long from = patNum(loser, loser.birth());
    long into = patNum(survivor, survivor.birth());
    frontDesk.editPatient(from, Map.of("PatStatus", "3"));
    String held = house.ended("elm", Hospital.adt("A31", control(), loser.withPhone("5035554444")));
    house.ledger().assertEnd("parked", held);
    frontDesk.editPatient(from, Map.of("PatStatus", "0"));
    frontDesk.merge(from, into);
    untilFollowed(from);
    String behind =
        house.ended("elm", Hospital.adt("A31", control(), survivor.withPhone("5035555555")));
    house.ledger().assertEnd("parked", behind);
    String heldId = house.ledger().id(held);
    assertTrue(
        house.ledger().reason(behind).startsWith("behind " + heldId),
        house.ledger().reason(behind));
    assertEquals(202, house.release(heldId));
    house.untilAllEnded();
    house.ledger().assertEnd("landed", held);
    house.ledger().assertEnd("landed", behind);
    assertEquals("5035555555", phone(into));
  }

  @Test
  void aHoldSurvivesTheReleaseOfAnotherMessage() throws Exception {
    Patient patient = next();
    Patient other = next();
    String placer = "PLH" + NUMBER;
    house.ended("elm", Hospital.siu("S12", control(), other, placer, NOON.plusDays(5), 30, ""));
    house.ended("elm", Hospital.adt("A28", control(), patient));
    String strange =
        house.ended("elm", Hospital.siu("S13", control(), patient, placer, NOON, 30, ""));
    house.ledger().assertEnd("parked", strange);
    long patNum = patNum(patient, patient.birth());
    frontDesk.editPatient(patNum, Map.of("PatStatus", "3"));
    String holding =
        house.ended("elm", Hospital.adt("A31", control(), patient.withPhone("5035556666")));
    house.ledger().assertEnd("parked", holding);
    String holdingId = house.ledger().id(holding);

    assertEquals(202, house.release(house.ledger().id(strange)));
    house.untilAllEnded();
    assertTrue(
        house.ledger().reason(strange).startsWith("behind " + holdingId),
        house.ledger().reason(strange));
    house.ledger().assertEnd("parked", holding);

    frontDesk.editPatient(patNum, Map.of("PatStatus", "0"));
    assertEquals(202, house.release(holdingId));
    house.untilAllEnded();
    // Both go on, in their order: the older one's own doubt stands.
    house.ledger().assertReason("belongs to another patient", strange);
    assertFalse(house.ledger().reason(strange).contains("candidates"));
    String strangeId = house.ledger().id(strange);
    assertTrue(
        house.ledger().reason(holding).startsWith("behind " + strangeId),
        house.ledger().reason(holding));
  }

  /**
   * The number leads to Nora Ash, and the message is of somebody else: an operator says of whom.
   */
  @Test
  void aHeldMessageGoesToThePatientThatAPersonNamesAndItsNumberLeadsThereFromThenOn()
      throws Exception {
    Patient one = next();
    Patient meant = next();
    house.ended("elm", Hospital.adt("A28", control(), one));
    long desk = deskMade(meant.withPhone("5035550077"));
    long wrong = patNum(one, one.birth());
    Patient stranger = meant.withMrn(one.mrn() + "B").withPhone("5035550078");
    // No phone in common with the desk's row: name and birth date alone are a doubt.
    String held = house.ended("elm", Hospital.adt("A31", control(), stranger));
    house.ledger().assertEnd("parked", held);
    house.ledger().assertReason("[" + desk + "]", held);
    String booked =
        house.ended(
            "elm",
            Hospital.siu("S12", control(), stranger, "PLM" + NUMBER, NOON.plusDays(20), 30, ""));
    house.ledger().assertEnd("parked", booked);
    assertEquals(202, match(held, "" + desk));
    house.untilAllEnded();
    house.ledger().assertEnd("landed", booked);
    assertEquals(1, house.office("elm").appointments(meant).size());
    // The sender's number leads there, whatever the message says besides.
    String later =
        house.ended(
            "elm",
            Hospital.siu("S12", control(), stranger, "PLN" + NUMBER, NOON.plusDays(21), 30, ""));
    house.ledger().assertEnd("landed", later);
    assertEquals(2, house.office("elm").appointments(meant).size());
    assertEquals(
        0, house.office("elm").count("select count(*) from appointment where PatNum = ?", wrong));
  }

  /**
   * The crosswalk leads to a patient whose name and birth date are others: it was given to another.
   */
  @Test
  void aNumberThatLedToAnotherPatientIsGivenToANewOneWithAllThatWaits() throws Exception {
    Patient first = next();
    Patient second = next().withMrn(first.mrn());
    house.ended("elm", Hospital.adt("A28", control(), first));
    // Said by another application of the facility, which has never spoken of that patient.
    String held = house.ended("elm", other(Hospital.adt("A31", control(), second)));
    house.ledger().assertEnd("parked", held);
    house.ledger().assertReason("name and birth date are another's", held);
    String booked =
        house.ended(
            "elm",
            other(
                Hospital.siu("S12", control(), second, "PLQ" + NUMBER, NOON.plusDays(22), 30, "")));
    house.ledger().assertReason("behind", booked);
    assertEquals(202, match(held, "new"));
    house.untilAllEnded();
    house.ledger().assertEnd("landed", held);
    house.ledger().assertEnd("landed", booked);
    assertEquals(1, house.office("elm").patients(second).size());
    assertEquals(1, house.office("elm").appointments(second).size());
    assertEquals(0, house.office("elm").appointments(first).size());
  }

  /** The hospital's system and the office's set the phone against each other. */
  @Test
  void aFieldThatTwoSystemsKeepFlippingIsLeftAndTheRestOfTheMessageIsWritten() throws Exception {
    Patient hospitals = next();
    Patient offices = hospitals.withPhone("5035551199");
    house.ended("elm", Hospital.adt("A28", control(), hospitals));
    long patNum = patNum(hospitals, hospitals.birth());
    for (int i = 0; i < 3; i++) {
      frontDesk.editPatient(patNum, Map.of("HmPhone", offices.phone()));
      // It takes the office's over, and then its own is there again.
      house.ended("elm", Hospital.adt("A31", control(), offices));
      Patient again = i < 2 ? hospitals : hospitals.withStreet("77 Sorrel Yard");
      String id = house.ended("elm", Hospital.adt("A31", control(), again));
      house.ledger().assertEnd("landed", id);
      Map<String, Object> row = house.office("elm").patients(hospitals).get(0);
      assertEquals(i < 2 ? hospitals.phone() : offices.phone(), digits(row.get("HmPhone")));
      if (i == 2) {
        assertEquals("77 Sorrel Yard", row.get("Address"));
        String warnings = String.valueOf(house.ledger().receipt(id).get("receipt_warnings"));
        assertTrue(warnings.contains("HmPhone was left: "), warnings);
        assertFalse(warnings.contains(hospitals.phone()), "no values");
      }
    }
    assertEquals(
        1,
        house.ledger().count("select n from tally where what = 'flipping' and name = 'HmPhone'"));
  }

  @Test
  void whoDecidesATimeIsSaidByPracticeAndSender() throws Exception {
    for (String practice : List.of("elm", "oak")) {
      for (String sender : List.of("CLINIC", "WARD")) {
        Patient patient = next();
        String placer = "PL" + NUMBER;
        LocalDateTime at = NOON.plusDays(5 + NUMBER.get() % 50);
        house.ended(
            practice, from(sender, Hospital.siu("S12", control(), patient, placer, at, 30, "")));
        String id =
            house.ended(
                practice,
                from(
                    sender,
                    Hospital.siu("S13", control(), patient, placer, at.plusHours(1), 50, "")));
        boolean isTheirs = practice.equals("oak") && sender.equals("CLINIC");
        // The length is the sender's at both.
        house.ledger().assertEnd("landed", id);
        Map<String, Object> row = house.office(practice).appointments(patient).get(0);
        assertEquals(10, String.valueOf(row.get("Pattern")).length(), row.toString());
        assertEquals(
            (isTheirs ? at : at.plusHours(1)).toString(),
            String.valueOf(row.get("AptDateTime")).replace(' ', 'T').substring(0, 16));
        assertEquals(
            isTheirs, warnings(id).contains("AptDateTime is the office's own and was left"));
      }
    }
  }

  /** The hospital's system moves the visit, and the desk moves it back, again and again. */
  @Test
  void aVisitThatTwoSystemsKeepMovingIsLeftAndTheRestOfTheMessageIsWritten() throws Exception {
    Patient patient = next();
    String placer = "PL" + NUMBER;
    LocalDateTime early = NOON.plusDays(3);
    LocalDateTime late = early.plusHours(2);
    house.ended("elm", Hospital.siu("S12", control(), patient, placer, early, 30, ""));
    house.ended("elm", Hospital.siu("S13", control(), patient, placer, late, 30, ""));
    long aptNum =
        ((Number) house.office("elm").appointments(patient).get(0).get("AptNum")).longValue();
    for (int i = 1; i <= 3; i++) {
      frontDesk.move(aptNum, early, OptionalLong.empty(), OptionalLong.empty());
      // It takes the desk's over, and then its own is there again.
      house.ended("elm", Hospital.siu("S13", control(), patient, placer, early, 30, ""));
      boolean isLast = i == 3;
      String id =
          house.ended(
              "elm", Hospital.siu("S13", control(), patient, placer, late, isLast ? 50 : 30, ""));
      house.ledger().assertEnd("landed", id);
      Map<String, Object> row = house.office("elm").appointments(patient).get(0);
      assertEquals(
          (isLast ? early : late).toString(),
          String.valueOf(row.get("AptDateTime")).replace(' ', 'T').substring(0, 16));
      if (isLast) {
        assertEquals(10, String.valueOf(row.get("Pattern")).length(), row.toString());
        assertWarned("AptDateTime was left: ", id);
      }
    }
    assertEquals(
        1,
        house
            .ledger()
            .count(
                "select coalesce(sum(n), 0) from tally where what = 'flipping' and name = 'AptDateTime'"));
  }

  @Test
  void eachOfTwoSendersDecidesItsOwnFieldsAndNeitherUndoesTheOthersOrTheDesks() throws Exception {
    Patient patient = next();
    house.ended("elm", from("WARD", Hospital.adt("A28", control(), patient)));
    long patNum = patNum(patient, patient.birth());

    String said = says("CLINIC", patient, "5035552201", "1 Clinics Word");
    house.ledger().assertEnd("landed", said);
    assertStands(patNum, "5035552201", patient.street());
    assertWarned("Address is the office's own and was left", said);
    said = says("WARD", patient, "5035552202", "2 Wards Word");
    house.ledger().assertEnd("landed", said);
    assertStands(patNum, "5035552201", "2 Wards Word");
    assertWarned("HmPhone is the office's own and was left", said);

    frontDesk.editPatient(patNum, Map.of("HmPhone", "5035552203", "Address", "3 Desks Word"));
    // Who merely repeats himself undoes nobody's word, not even in a field that is his.
    said = says("WARD", patient, "5035552202", "2 Wards Word");
    house.ledger().assertEnd("no change", said);
    assertStands(patNum, "5035552203", "3 Desks Word");
    said = says("CLINIC", patient, "5035552204", "1 Clinics Word");
    house.ledger().assertEnd("landed", said);
    assertStands(patNum, "5035552204", "3 Desks Word");

    // A third shares all fields: what it never set is left, what both changed is told.
    said = house.ended("elm", Hospital.adt("A31", control(), patient.withPhone("5035552205")));
    house.ledger().assertEnd("no change", said);
    assertStands(patNum, "5035552204", "3 Desks Word");
    assertWarned("HmPhone differs from Open Dental and was left", said);
    said = house.ended("elm", Hospital.adt("A31", control(), patient.withPhone("5035552206")));
    house.ledger().assertEnd("landed", said);
    assertStands(patNum, "5035552206", "3 Desks Word");
    assertWarned("HmPhone was changed on both sides", said);
    String warnings = warnings(said);
    assertFalse(warnings.contains("503555") || warnings.contains("Word"), "no values");
  }

  /** The office is away, and the patient tells the desk another phone than the hospital told. */
  @Test
  void aMessageThatWaitedDoesNotUndoWhatTheDeskWroteMeanwhile() throws Exception {
    Patient patient = next();
    house.ended("elm", Hospital.adt("A28", control(), patient));
    long patNum = patNum(patient, patient.birth());
    // Of two that wait the first writes the row, and so moves its stamp.
    String first = control();
    String id =
        waited(
            patNum,
            () -> {
              house.accepted(
                  "elm",
                  from("WARD", Hospital.adt("A31", first, patient.withStreet("9 Wards Word"))));
              return house.accepted(
                  "elm",
                  Hospital.adt(
                      "A08",
                      control(),
                      patient.withPhone("5035558801").withStreet("8 Birch Street")));
            },
            () -> {
              frontDesk.editPatient(patNum, Map.of("HmPhone", "5035558802"));
              stamped("patient", "PatNum", patNum, 2);
            });
    assertStands(patNum, "5035558802", "8 Birch Street");
    house.ledger().assertEnd("landed", id);
    assertWarned(
        "HmPhone was changed on both sides; the office changed the row after this message had come, so its word stands",
        id);
    // What the hospital says next is the newer word.
    String next =
        house.ended("elm", Hospital.adt("A08", control(), patient.withPhone("5035558803")));
    assertStands(patNum, "5035558803", patient.street());
    assertWarned("HmPhone was changed on both sides", next);
  }

  @Test
  void aMessageThatWaitedTakesThePlaceOfWhatTheDeskWroteBeforeItCame() throws Exception {
    Patient patient = next();
    house.ended("elm", Hospital.adt("A28", control(), patient));
    long patNum = patNum(patient, patient.birth());
    String id =
        waited(
            patNum,
            () ->
                house.accepted(
                    "elm", Hospital.adt("A08", control(), patient.withPhone("5035558811"))),
            () -> {
              frontDesk.editPatient(patNum, Map.of("HmPhone", "5035558812"));
              stamped("patient", "PatNum", patNum, 9);
            });
    assertStands(patNum, "5035558811", patient.street());
    house.ledger().assertEnd("landed", id);
    assertWarned("HmPhone was changed on both sides; the newer word, the message's, was taken", id);
  }

  /**
   * Ageing leaves the stamp of each patient at its own time; what it has touched nobody can tell.
   */
  @Test
  void whereAgeingTouchedTheRowMeanwhileTheDesksWordIsLeftAndToldWhatOnlyTheSenderChangedIsWritten()
      throws Exception {
    Patient patient = next();
    house.ended("elm", Hospital.adt("A28", control(), patient));
    long patNum = patNum(patient, patient.birth());
    String id =
        waited(
            patNum,
            () ->
                house.accepted(
                    "elm",
                    Hospital.adt(
                        "A08",
                        control(),
                        patient.withPhone("5035558821").withStreet("7 Birch Street"))),
            () -> {
              frontDesk.editPatient(patNum, Map.of("HmPhone", "5035558822"));
              stamped("patient", "PatNum", patNum, 9);
              frontDesk.touchAll();
            });
    assertStands(patNum, "5035558822", "7 Birch Street");
    house.ledger().assertEnd("landed", id);
    assertWarned("the office changed the row after this message had come, so its word stands", id);
  }

  @Test
  void aMoveThatWaitedDoesNotUndoTheDesksLaterTimeNorBringBackWhatItBroke() throws Exception {
    for (boolean isBroken : List.of(false, true)) {
      Patient patient = next();
      String placer = "PL" + NUMBER;
      LocalDateTime first = NOON.plusDays(100 + NUMBER.get() % 50);
      house.ended("elm", Hospital.siu("S12", control(), patient, placer, first, 30, ""));
      long aptNum = house.office("elm").aptNum(patient);
      long patNum = patNum(patient, patient.birth());
      String id =
          waited(
              patNum,
              () ->
                  house.accepted(
                      "elm",
                      Hospital.siu("S13", control(), patient, placer, first.plusHours(1), 50, "")),
              () -> {
                if (isBroken) {
                  frontDesk.breakAppointment(aptNum, false);
                } else {
                  frontDesk.move(
                      aptNum, first.plusHours(3), OptionalLong.empty(), OptionalLong.empty());
                }
              });
      house.ledger().assertEnd("landed", id);
      Map<String, Object> row = house.office("elm").appointments(patient).get(0);
      assertEquals(
          (isBroken ? first : first.plusHours(3)).toString(),
          String.valueOf(row.get("AptDateTime")).replace(' ', 'T').substring(0, 16));
      assertEquals(isBroken ? "5" : "1", String.valueOf(row.get("AptStatus")));
      assertEquals(10, String.valueOf(row.get("Pattern")).length(), row.toString());
      assertWarned(
          isBroken
              ? "had been broken by the office and stays so, since it changed the row after this message had come"
              : "AptDateTime was changed on both sides; the office changed the row after this message had come",
          id);
    }
  }

  /**
   * Its sender called it off himself; what the desk did with what was left of it is no word of the
   * visit.
   */
  @Test
  void aVisitThatItsSenderBooksAgainStandsAtItsTimeWhateverTheDeskDidWithTheBrokenOne()
      throws Exception {
    Patient patient = next();
    String placer = "PL" + NUMBER;
    LocalDateTime first = NOON.plusDays(100 + NUMBER.get() % 50);
    house.ended("elm", Hospital.siu("S12", control(), patient, placer, first, 30, ""));
    house.ended("elm", Hospital.siu("S15", control(), patient, placer, first, 30, ""));
    long aptNum = house.office("elm").aptNum(patient);
    String id =
        waited(
            patNum(patient, patient.birth()),
            () ->
                house.accepted(
                    "elm",
                    Hospital.siu("S13", control(), patient, placer, first.plusHours(1), 30, "")),
            () ->
                frontDesk.move(
                    aptNum, first.plusHours(3), OptionalLong.empty(), OptionalLong.empty()));
    house.ledger().assertEnd("landed", id);
    Map<String, Object> row = house.office("elm").appointments(patient).get(0);
    assertEquals(
        first.plusHours(1).toString(),
        String.valueOf(row.get("AptDateTime")).replace(' ', 'T').substring(0, 16));
    assertEquals("1", String.valueOf(row.get("AptStatus")));
    assertFalse(warnings(id).contains("so its word stands"), warnings(id));
  }

  /** A row of another table, which bears its stamp under another name. */
  @Test
  void whomToCallIsTheDesksWhereItWroteThatWhileTheMessageWaited() throws Exception {
    Patient patient = next();
    house.ended("elm", calls(patient, "Marsh^Bo", "5558841"));
    long patNum = patNum(patient, patient.birth());
    assertEquals(List.of("Bo Marsh", "5035558841"), called(patNum));
    String id =
        waited(
            patNum,
            () -> house.accepted("elm", calls(patient, "Marsh^Bo", "5558842")),
            () ->
                JdbcClient.create(house.sandbox().practice("elm").dataSource())
                    .sql("update patientnote set ICEPhone = '503-555-8843' where PatNum = ?")
                    .param(patNum)
                    .update());
    assertEquals(List.of("Bo Marsh", "5035558843"), called(patNum));
    house.ledger().assertEnd("no change", id);
    assertWarned(
        "ICEPhone was changed on both sides; the office changed the row after this message had come",
        id);
  }

  private static byte[] calls(Patient patient, String name, String phone) {
    return new String(Hospital.adt("A31", control(), patient), StandardCharsets.UTF_8)
        .replaceFirst(
            "(\\rPID[^\\r]*\\r)", "$1NK1|1|" + name + "|||^PRN^PH^^^503^" + phone + "||C\r")
        .getBytes(StandardCharsets.UTF_8);
  }

  private static List<String> called(long patNum) {
    Map<String, Object> row =
        house
            .office("elm")
            .rows("select ICEName, ICEPhone from patientnote where PatNum = ?", patNum)
            .get(0);
    return List.of(String.valueOf(row.get("ICEName")), digits(row.get("ICEPhone")));
  }

  private interface Said {
    String now() throws Exception;
  }

  private interface Meanwhile {
    void happens() throws Exception;
  }

  /**
   * The office is away for eight hours, at the end of which something happens at its desk; what
   * stood there is a day old.
   *
   * @return the control id of what was said
   */
  private static String waited(long patNum, Said said, Meanwhile meanwhile) throws Exception {
    house
        .ledger()
        .change(
            "update call set intent_at = intent_at - 86400000 where work_id in (select w.id from work w join person p"
                + " on p.practice = w.practice and p.id = w.person_id where p.practice = 'elm' and p.pat_num = ?)",
            patNum);
    house.api().faults().arm(Fault.of("elm", FaultKind.OFFLINE));
    String id = said.now();
    house.untilUnderstood();
    house
        .ledger()
        .change(
            "update message set accepted_at = accepted_at - 28800000 where practice = 'elm' and state <> 'ended'");
    meanwhile.happens();
    house.api().faults().clear();
    house.untilAllEnded();
    return id;
  }

  /** The row was last changed so many hours ago. */
  private static void stamped(String table, String key, long row, int hours) {
    JdbcClient.create(house.sandbox().practice("elm").dataSource())
        .sql(
            "update %s set DateTStamp = now() - interval %d hour where %s = ?"
                .formatted(table, hours, key))
        .param(row)
        .update();
  }

  /** As any sender: its fields are its own, and what it said last is held against what it says. */
  @Test
  void aClientOfTheFacadeDecidesItsOwnFieldsAndItsLastWordIsMergedWithTheDesks() throws Exception {
    Patient patient = next();
    house.ended("elm", Hospital.adt("A28", control(), patient));
    long patNum = patNum(patient, patient.birth());
    String first = put("elm", patNum, patient, "5035557701", "1 Clients Word", "one@example.org");
    assertStands(patNum, patient.phone(), "1 Clients Word");
    assertEquals("one@example.org", email("elm", patNum));
    assertTrue(first.contains("HmPhone is the office's own and was left"), first);

    frontDesk.editPatient(
        patNum,
        Map.of("HmPhone", "5035557702", "Address", "2 Desks Word", "Email", "two@example.org"));
    // Who merely repeats himself undoes nobody's word, not even in a field that is his.
    String same = put("elm", patNum, patient, "5035557701", "1 Clients Word", "one@example.org");
    assertTrue(same.contains("\"end\":\"no change\""), same);
    assertStands(patNum, "5035557702", "2 Desks Word");
    assertEquals("two@example.org", email("elm", patNum));
    // What both have changed is the message's, and said; the sender's own is written without a
    // word.
    String both = put("elm", patNum, patient, "5035557703", "3 Clients Word", "three@example.org");
    assertStands(patNum, "5035557702", "3 Clients Word");
    assertEquals("three@example.org", email("elm", patNum));
    assertTrue(both.contains("Email was changed on both sides"), both);
    assertFalse(both.contains("Address was changed"), both);
    assertFalse(both.contains("503555") || both.contains("Word") || both.contains("@"), both);
    // Another sender's word is not this client's: what a third never set is left.
    String third =
        house.ended("elm", Hospital.adt("A31", control(), patient.withPhone("5035557704")));
    house.ledger().assertEnd("landed", third);
    assertStands(patNum, "5035557704", "3 Clients Word");

    // Of the same client oak says nothing.
    Patient other = next();
    house.ended("oak", Hospital.adt("A28", control(), other));
    long atOak = house.office("oak").patNum(other);
    put("oak", atOak, other, other.phone(), other.street(), "four@example.org");
    String shared = put("oak", atOak, other, "5035557705", other.street(), "four@example.org");
    assertTrue(shared.contains("\"end\":\"landed\""), shared);
    assertEquals("5035557705", digits(house.office("oak").patients(other).get(0).get("HmPhone")));
  }

  private static String email(String practice, long patNum) {
    return String.valueOf(
        house
            .office(practice)
            .rows("select Email from patient where PatNum = ?", patNum)
            .get(0)
            .get("Email"));
  }

  /** What becomes of a Patient that a client says of one of ours. */
  private static String put(
      String practice, long patNum, Patient patient, String phone, String street, String email)
      throws Exception {
    FacadeClient client = new FacadeClient(house, "owner-" + NUMBER.incrementAndGet());
    HttpResponse<String> accepted =
        client.send(
            practice,
            "PUT",
            "/Patient/c" + patNum,
            """
            {"resourceType": "Patient", "id": "cPATNUM", "identifier": [{"system": "urn:pontic:PRACTICE:patient", "value": "PATNUM"}],
             "name": [{"family": "LAST", "given": ["FIRST"]}], "birthDate": "BORN",
             "telecom": [{"system": "phone", "use": "home", "value": "PHONE"}, {"system": "email", "value": "EMAIL"}],
             "address": [{"line": ["STREET"], "city": "Salem", "state": "OR", "postalCode": "97301"}]}
            """
                .replace("PRACTICE", practice)
                .replace("PATNUM", Long.toString(patNum))
                .replace("LAST", patient.last())
                .replace("FIRST", patient.first())
                .replace("BORN", birth(patient))
                .replace("PHONE", phone)
                .replace("EMAIL", email)
                .replace("STREET", street));
    assertEquals(202, accepted.statusCode(), accepted.body());
    return client.untilEnded(practice, accepted).toString();
  }

  @Test
  void whatOnePracticeSaysOfASenderHoldsAtNoOther() throws Exception {
    Patient patient = next();
    house.ended("oak", from("CLINIC", Hospital.adt("A28", control(), patient)));
    String said =
        house.ended(
            "oak",
            from("CLINIC", Hospital.adt("A31", control(), patient.withStreet("4 Clinics Word"))));
    house.ledger().assertEnd("landed", said);
    assertEquals("4 Clinics Word", house.office("oak").patients(patient).get(0).get("Address"));
  }

  /** Each takes the other's address over, and then says its own again. */
  @Test
  void aFieldThatTwoSendersSetAgainstEachOtherComesToRestAndTheRestGoesOn() throws Exception {
    Patient norths = next();
    Patient souths = norths.withStreet("5 South Row");
    house.ended("elm", from("NORTH", Hospital.adt("A28", control(), norths)));
    long patNum = patNum(norths, norths.birth());
    String left = "";
    int rounds = 0;
    while (left.isEmpty()) {
      assertTrue(++rounds < 10, "two senders go on for ever");
      house.ended("elm", from("SOUTH", Hospital.adt("A31", control(), norths)));
      house.ended("elm", from("SOUTH", Hospital.adt("A31", control(), souths)));
      house.ended("elm", from("NORTH", Hospital.adt("A31", control(), souths)));
      String own =
          house.ended(
              "elm",
              from(
                  "NORTH", Hospital.adt("A31", control(), norths.withPhone("503555440" + rounds))));
      if (warnings(own).contains("Address was left: ")) {
        left = own;
      }
    }
    house.ledger().assertEnd("landed", left);
    assertStands(patNum, "503555440" + rounds, "5 South Row");
    assertFalse(warnings(left).contains("Row"), "no values");
    assertTrue(
        house.ledger().count("select n from tally where what = 'flipping' and name = 'Address'")
            > 0);
    // However often they go on, nothing is written of it.
    long writes = addressWrites();
    for (Patient word : List.of(souths, norths, souths, norths)) {
      house.ended("elm", from("NORTH", Hospital.adt("A31", control(), word)));
      house.ended("elm", from("SOUTH", Hospital.adt("A31", control(), word)));
    }
    assertEquals(writes, addressWrites());
  }

  private static long addressWrites() {
    return house.api().requests().list("elm").stream()
        .filter(entry -> entry.method().equals("PUT") && entry.fields().contains("Address"))
        .count();
  }

  private static void assertStands(long patNum, String phone, String street) {
    Map<String, Object> row =
        house
            .office("elm")
            .rows("select HmPhone, Address from patient where PatNum = ?", patNum)
            .get(0);
    assertEquals(phone, digits(row.get("HmPhone")));
    assertEquals(street, row.get("Address"));
  }

  private static void assertWarned(String part, String controlId) {
    assertTrue(warnings(controlId).contains(part), warnings(controlId));
  }

  private static String warnings(String controlId) {
    return String.valueOf(house.ledger().receipt(controlId).get("receipt_warnings"));
  }

  @Test
  void nobodyIsBookedWhoIsDeceasedInOpenDentalButWhatIsSaidOfHimIsWritten() throws Exception {
    Patient patient = next();
    house.ended("elm", Hospital.adt("A28", control(), patient));
    long patNum = patNum(patient, patient.birth());
    frontDesk.editPatient(patNum, Map.of("PatStatus", "5"));
    String updated =
        house.ended("elm", Hospital.adt("A31", control(), patient.withPhone("5035550088")));
    house.ledger().assertEnd("landed", updated);
    String booked =
        house.ended(
            "elm",
            Hospital.siu("S12", control(), patient, "PLD" + NUMBER, NOON.plusDays(23), 30, ""));
    house.ledger().assertEnd("parked", booked);
    house.ledger().assertReason("deceased", booked);
    assertEquals(0, house.office("elm").appointments(patient).size());
  }

  private static int match(String controlId, String patient) throws Exception {
    return house.post(
        "/control/match?message=" + house.ledger().id(controlId) + "&patient=" + patient);
  }

  /** Of another application of the same facility. */
  private static byte[] other(byte[] message) {
    return from("OTHER", message);
  }

  /** Of this application of the same facility. */
  private static byte[] from(String application, byte[] message) {
    String text = new String(message, StandardCharsets.UTF_8);
    return text.replaceFirst("(MSH\\|[^|]*\\|)[^|]*", "$1" + application)
        .getBytes(StandardCharsets.UTF_8);
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
    return patient
        .withMrn(prefix + patient.mrn())
        .withPhone(phone)
        .withStreet(prefix + " Hazel Walk");
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

  @Test
  void aSendersNewNumberForAPatientLeadsToTheSameRow() throws Exception {
    Patient before = next();
    house.ended("elm", Hospital.adt("A28", control(), before));
    long patNum = patNum(before, before.birth());
    Patient now = before.withMrn(before.mrn() + "N");
    String changed = house.ended("elm", merging("A47", now, before.mrn()));
    assertEquals("no change", house.ledger().end(changed));
    assertTrue(
        house.ledger().reason(changed).contains("PatNum " + patNum),
        house.ledger().reason(changed));
    house.ended("elm", Hospital.adt("A31", control(), now.withPhone("5035553331")));
    assertEquals("5035553331", phone(patNum));
    house.ended("elm", Hospital.adt("A31", control(), before.withPhone("5035553332")));
    assertEquals("5035553332", phone(patNum));
    assertEquals(1, house.office("elm").patients(before).size());
  }

  @Test
  void aSendersMergeOfTwoPatientsOfTheOfficeIsParkedUntilTheOfficeMergedThem() throws Exception {
    Patient survivor = next();
    Patient loser = twice(survivor);
    Merge merge = told(survivor, loser);
    String merged = merge.message();
    long into = merge.into();
    long from = merge.from();
    assertEquals("parked", house.ledger().end(merged));
    assertTrue(
        house.ledger().reason(merged).contains("merge PatNum " + from + " into PatNum " + into),
        house.ledger().reason(merged));
    // The sender means the survivor by both numbers now, and neither waits for the office.
    house.ended(
        "elm",
        Hospital.adt("A31", control(), survivor.withMrn(loser.mrn()).withPhone("5035553341")));
    assertEquals("5035553341", phone(into));
    assertEquals(loser.phone(), phone(from));
    house.sandbox().frontDesk("elm").merge(from, into);
    untilFollowed(from);
    assertEquals(202, house.release(house.ledger().id(merged)));
    house.untilAllEnded();
    assertEquals("no change", house.ledger().end(merged), house.ledger().reason(merged));
  }

  @Test
  void aMergeThatSaysTooLittleOrOfNobodyIsSaidSo() throws Exception {
    Patient nobody = next();
    String unknown = house.ended("elm", merging("A40", nobody, "gone" + nobody.mrn()));
    assertEquals("no change", house.ledger().end(unknown));
    assertTrue(
        house.ledger().reason(unknown).contains("none of its numbers is known"),
        house.ledger().reason(unknown));
    assertEquals(List.of(), house.office("elm").patients(nobody));
    String without = house.ended("elm", Hospital.adt("A40", control(), nobody));
    assertEquals("refused", house.ledger().end(without));
    assertTrue(house.ledger().reason(without).contains("MRG-1"), house.ledger().reason(without));
  }

  @Test
  void aMergeOfAPatientThatIsNotWrittenYetIsParkedAndGoesOnLater() throws Exception {
    Patient survivor = next();
    house.ended("elm", Hospital.adt("A28", control(), survivor));
    Patient loser = next();
    house.api().faults().arm(Fault.of("elm", FaultKind.OFFLINE));
    house.accepted("elm", Hospital.adt("A28", control(), loser));
    String merged = house.accepted("elm", merging("A40", survivor, loser.mrn()));
    House.until("the merge has its end", () -> !house.ledger().end(merged).isEmpty());
    assertEquals("parked", house.ledger().end(merged));
    assertTrue(
        house.ledger().reason(merged).contains("still waits"), house.ledger().reason(merged));
    house.api().faults().clear();
    house.untilAllEnded();
    assertEquals(202, house.release(house.ledger().id(merged)));
    house.untilAllEnded();
    assertEquals("parked", house.ledger().end(merged));
    assertTrue(
        house.ledger().reason(merged).contains("merge PatNum " + patNum(loser, loser.birth())),
        house.ledger().reason(merged));
  }

  private static byte[] merging(String trigger, Patient survivor, String former) {
    byte[] message = Hospital.adt(trigger, control(), survivor);
    return replaced(message, "PV1|1|N", "MRG|" + former + "^^^LAKE^MR");
  }

  private static final String ROOT = "2.16.840.1.113883.3.999";

  /** The desk may have given it to the wrong patient, and hospitals give numbers anew. */
  @Test
  void aNumberOfTheOfficeWithAnothersNameAndBirthDateIsHeldWhateverItSays() throws Exception {
    Patient patient = next();
    long patNum = deskMade(patient);
    Patient stranger = next();
    String number = "WRONG-" + patient.mrn();
    keeps(ROOT, number, patNum);
    untilLearned();
    // Its sender has spoken of the patient before, by a number of its own.
    house.ended("elm", Hospital.adt("A31", control(), patient.withStreet("1 Own Word")));
    assertEquals("1 Own Word", street(patNum));
    String letter = control();
    for (byte[] message :
        List.of(
            letter(letter, stranger),
            Hospital.siu("S12", control(), stranger, "PLX" + NUMBER, NOON.plusDays(30), 30, ""),
            Hospital.adt("A31", control(), stranger))) {
      String held = house.ended("elm", bearing(message, stranger, number));
      house.ledger().assertEnd("parked", held);
    }
    house.ledger().assertReason("name and birth date are another's", letter);
    assertEquals(0, documents(patNum));
    assertEquals(0, house.office("elm").appointments(patient).size());
    assertEquals(1, house.office("elm").patients(patient).size(), "he keeps his name");
    // A person says that it is he after all.
    assertEquals(202, match(letter, "" + patNum));
    house.untilAllEnded();
    house.ledger().assertEnd("landed", letter);
    assertEquals(1, documents(patNum));
  }

  @Test
  void aNumberThatTheOfficeMovesOrTakesAwayLeadsNoLongerToWhoHadIt() throws Exception {
    Patient before = next();
    Patient now = next();
    long had = deskMade(before);
    long has = deskMade(now);
    String moved = "MOVED-" + before.mrn();
    String gone = "GONE-" + before.mrn();
    keeps(ROOT, moved, had);
    keeps(ROOT, gone, had);
    untilLearned();
    assertEquals(2, leading(had));
    JdbcClient office = JdbcClient.create(house.sandbox().practice("elm").dataSource());
    office
        .sql("update oidexternal set IDInternal = ? where IDExternal = ?")
        .params(has, moved)
        .update();
    office.sql("delete from oidexternal where IDExternal = ?").params(gone).update();
    House.until("what was moved leads to who has it", () -> leading(has) == 1);
    House.until("what is gone leads to nobody", () -> leading(had) == 0);
    Patient named = now.withPhone("5035552298");
    String id = control();
    house.ended("elm", bearing(letter(id, named), named, moved));
    house.ledger().assertEnd("landed", id);
    assertEquals(1, documents(has));
  }

  @Test
  void aNumberOfTheOfficeLeadsToWhomItsPatientWasMergedInto() throws Exception {
    Patient first = next();
    Patient second = next();
    Patient survivor = next();
    long learnedBefore = deskMade(first);
    long mergedBefore = deskMade(second);
    long into = deskMade(survivor);
    keeps(ROOT, "EARLY-" + first.mrn(), learnedBefore);
    untilLearned();
    frontDesk.merge(mergedBefore, learnedBefore);
    frontDesk.merge(learnedBefore, into);
    keeps(ROOT, "LATE-" + first.mrn(), mergedBefore);
    untilLearned();
    House.until("both numbers lead to who is left", () -> leading(into) == 2);
    Patient named = survivor.withPhone("5035552297");
    for (String number : List.of("EARLY-" + first.mrn(), "LATE-" + first.mrn())) {
      String id = control();
      house.ended("elm", bearing(letter(id, named), named, number));
      house.ledger().assertEnd("landed", id);
    }
    assertEquals(2, documents(into));
    assertEquals(0, documents(learnedBefore) + documents(mergedBefore));
  }

  @Test
  void spellingsOfOneNumberAreOneNumberAndThatOfSocialSecurityIsNone() throws Exception {
    Patient one = next();
    Patient other = next();
    long a = deskMade(one);
    long b = deskMade(other);
    String number = "SPELT-" + one.mrn();
    keeps(ROOT, number, a);
    keeps("urn:oid:" + ROOT, number + " ", b);
    keeps(ROOT, "SAME-" + one.mrn(), a);
    keeps("URN:OID:" + ROOT, " SAME-" + one.mrn(), a);
    for (String ssn :
        List.of(
            "2.16.840.1.113883.4.1",
            "urn:oid:2.16.840.1.113883.4.1",
            "http://hl7.org/fhir/sid/us-ssn")) {
      keeps(ssn, "999" + one.mrn(), b);
    }
    untilLearned();
    assertEquals(1, leading(a), "the one that nobody else bears");
    assertEquals(0, leading(b));
  }

  /** Rows are learned in their order, so everything before one that was learned is. */
  private static void untilLearned() throws Exception {
    long last = deskMade(next());
    keeps(ROOT, "LAST-" + last, last);
    House.until("the office's numbers are learned", () -> leading(last) == 1);
  }

  private static long leading(long patNum) {
    return house
        .ledger()
        .count(
            "select count(*) from identifier where practice = 'elm' and kind = 'office-patient' and target = '"
                + patNum
                + "'");
  }

  /** With this number in place of the hospital's own. */
  private static byte[] bearing(byte[] message, Patient patient, String number) {
    return replaced(message, patient.mrn() + "^^^LAKE^MR", number + "^^^&" + ROOT + "&ISO^MR");
  }

  private static byte[] letter(String controlId, Patient patient) {
    return Hospital.message(
        "MDM^T02",
        controlId,
        "EVN|T02|20260301101500",
        new String(Hospital.adt("A08", controlId, patient), StandardCharsets.UTF_8)
            .lines()
            .filter(segment -> segment.startsWith("PID|"))
            .findFirst()
            .orElseThrow(),
        "TXA|1|LET|AP|20260228||||||||DOC-" + controlId + "^LAKE|||||AU||AV||||||Letter",
        "OBX|1|TX|2^Told||of " + controlId + "||||||F");
  }

  private static long documents(long patNum) {
    return house.office("elm").count("select count(*) from document where PatNum = ?", patNum);
  }

  private static String street(long patNum) {
    return String.valueOf(
        house
            .office("elm")
            .rows("select Address from patient where PatNum = ?", patNum)
            .get(0)
            .get("Address"));
  }

  /** An update by one of the hospital's systems, and its end. */
  private static String says(String system, Patient patient, String phone, String street)
      throws Exception {
    return house.ended(
        "elm",
        from(system, Hospital.adt("A31", control(), patient.withPhone(phone).withStreet(street))));
  }

  /** Mistyped, given anew, or the mother's: whoever bears it, he is not who had it. */
  @Test
  void aNumberThatComesWithAnothersNameAndBirthDateWritesNothingOfHisWhateverTheMessageSays()
      throws Exception {
    List<String> unlike = new ArrayList<>();
    for (int kind = 0; kind < 3; kind++) {
      Patient first = next();
      Patient second = next().withFirst("Bertram").withMrn(first.mrn());
      house.ended("elm", Hospital.adt("A28", control(), first));
      long patNum = patNum(first, first.birth());
      Map<String, Object> before = identity(patNum);
      String held = house.ended("elm", ofKind(kind, control(), second));
      boolean isShown =
          house.ledger().end(held).equals("parked")
              && house.ledger().reason(held).contains("name and birth date are another's")
              && house.ledger().reason(held).contains("[" + patNum + "]");
      boolean isUntouched =
          before.equals(identity(patNum))
              && house.office("elm").appointments(first).isEmpty()
              && documents(patNum) == 0;
      if (!isShown || !isUntouched) {
        unlike.add(kind + ": " + house.ledger().end(held) + ", " + house.ledger().reason(held));
      }
    }
    assertEquals(List.of(), unlike);
  }

  @Test
  void aPersonWhoSaysThatItIsHeAllTheSameIsNotAskedAgain() throws Exception {
    Patient first = next();
    Patient second = next().withFirst("Bertram").withMrn(first.mrn());
    house.ended("elm", Hospital.adt("A28", control(), first));
    long patNum = patNum(first, first.birth());
    String held = house.ended("elm", letter(control(), second));
    house.ledger().assertEnd("parked", held);
    assertEquals(202, match(held, "" + patNum));
    house.untilAllEnded();
    house.ledger().assertEnd("landed", held);
    String later = house.ended("elm", letter(control(), second));
    house.ledger().assertEnd("landed", later);
    String booked =
        house.ended(
            "elm",
            Hospital.siu("S12", control(), second, "PLA" + NUMBER, NOON.plusDays(31), 30, ""));
    house.ledger().assertEnd("landed", booked);
    assertEquals(2, documents(patNum));
    // A third is still nobody whom anybody has spoken of.
    String third =
        house.ended("elm", letter(control(), next().withFirst("Casper").withMrn(first.mrn())));
    house.ledger().assertEnd("parked", third);
    assertEquals(2, documents(patNum));
  }

  /** The other child of that day, at the same address, by a number that one of them has. */
  @Test
  void aTwinUnderTheOthersNumberIsHeld() throws Exception {
    Patient one = next();
    Patient twin = one.withFirst("Wilhelmina").withPhone("5035550404");
    house.ended("elm", Hospital.adt("A28", control(), one));
    String held = house.ended("elm", Hospital.adt("A31", control(), twin));
    house.ledger().assertEnd("parked", held);
    house.ledger().assertReason("first name is another's", held);
    assertEquals(one.phone(), phone(patNum(one, one.birth())));
  }

  /** Twins called nearly alike: a slip of the pen in a name, or one in a number. */
  @Test
  void whoIsCalledNearlyAsHisTwinIsHeldUnderHisTwinsNumber() throws Exception {
    List<String> unlike = new ArrayList<>();
    for (int kind = 0; kind < 3; kind++) {
      Patient mila = next().withFirst("Mila");
      Patient mia =
          mila.withFirst("Mia").withMrn(mila.mrn() + "T").withPhone("5035551" + (100 + kind));
      house.ended("elm", Hospital.adt("A28", control(), mila));
      deskMade(mia);
      long patNum = patNum(mila, mila.birth());
      if (patNum == 0) {
        unlike.add(kind + ": no row");
      }
      String held = house.ended("elm", ofKind(kind, control(), mia.withMrn(mila.mrn())));
      boolean isShown =
          house.ledger().end(held).equals("parked")
              && house.ledger().reason(held).contains("called nearly alike")
              && house.ledger().reason(held).contains("[" + patNum + ", ");
      boolean isUntouched =
          phone(patNum).equals(mila.phone())
              && house.office("elm").appointments(mila).isEmpty()
              && documents(patNum) == 0;
      if (!isShown || !isUntouched) {
        unlike.add(kind + ": " + house.ledger().end(held) + ", " + house.ledger().reason(held));
      }
      // Where nobody else is called so, it is a slip of the pen.
      Patient lila = next().withFirst("Lila");
      house.ended("elm", Hospital.adt("A28", control(), lila));
      house
          .ledger()
          .assertEnd(
              "landed", house.ended("elm", ofKind(kind, control(), lila.withFirst("Lilla"))));
    }
    assertEquals(List.of(), unlike);
  }

  /** Who marries, is corrected, is called otherwise or is written by somebody in haste. */
  @Test
  void whoIsTheSameByHisNumberIsWrittenWhateverElseChangedOfHim() throws Exception {
    Patient one = next();
    house.ended("elm", Hospital.adt("A28", control(), one));
    long patNum = patNum(one, one.birth());
    List<Patient> said =
        List.of(
            called(one, "Wedded" + one.mrn(), one.first(), one.birth()),
            called(one, "Wedded" + one.mrn(), "ROBIN", one.birth().substring(0, 6) + "09"),
            called(one, "WEDDED" + one.mrn(), "Robín", one.birth().substring(0, 6) + "09"),
            called(one, "Wedded" + one.mrn(), "", one.birth().substring(0, 6) + "09"),
            called(one, "Wedded" + one.mrn(), "Robin", ""),
            called(one, "Robin", "Wedded" + one.mrn(), one.birth().substring(0, 6) + "09"));
    for (int i = 0; i < said.size(); i++) {
      String phone = "503555707" + i;
      house.ended("elm", Hospital.adt("A31", control(), said.get(i).withPhone(phone)));
      assertEquals(phone, phone(patNum), "word " + i);
    }
  }

  /**
   * Who files letters alone says nothing of the patient that is kept, but for how he called him.
   */
  @Test
  void whoHasFiledForHimBeforeGoesOnWhenTheOfficeCallsHimOtherwise() throws Exception {
    Patient patient = next();
    house.ended("elm", Hospital.adt("A28", control(), patient));
    long patNum = patNum(patient, patient.birth());
    house
        .ledger()
        .assertEnd("landed", house.ended("elm", from("DOCS", letter(control(), patient))));
    frontDesk.editPatient(patNum, Map.of("FName", "Quentin"));
    house
        .ledger()
        .assertEnd("landed", house.ended("elm", from("DOCS", letter(control(), patient))));
    assertEquals(2, documents(patNum));
    String stranger = house.ended("elm", from("SCANS", letter(control(), patient)));
    house.ledger().assertEnd("parked", stranger);
    assertEquals(2, documents(patNum), "nobody of that name was told by this one");
  }

  /** What stands on a family's card or bill, and what a clerk types where he has no number. */
  @Test
  void aNumberThatAFamilySharesLeadsToNobody() throws Exception {
    Patient mother = next();
    Patient child = next().withFirst("Junia");
    String shared =
        "~ACC%1$s^^^LAKE^AN~MB%1$s^^^PAYER^MB~12345%2$s^^^USSSA~98765%2$s^^^LAKE^SSN~V%1$s^^^LAKE^VN"
            .formatted(mother.mrn(), mother.mrn().substring(mother.mrn().length() - 4));
    house.ended("elm", sharing(Hospital.adt("A28", control(), mother), mother, shared));
    Map<String, Object> before = identity(patNum(mother, mother.birth()));
    String born = house.ended("elm", sharing(Hospital.adt("A28", control(), child), child, shared));
    house.ledger().assertEnd("landed", born);
    assertEquals(1, house.office("elm").patients(child).size(), "a patient of his own");
    assertEquals(before, identity(patNum(mother, mother.birth())));
  }

  /** Open Dental archives the loser of a merge; nobody opens that chart again. */
  @Test
  void nothingIsFiledInAChartThatIsArchivedAndNoVisitOfItIsMovedUntilSomebodyLooks()
      throws Exception {
    Patient patient = next();
    house.ended("elm", Hospital.adt("A28", control(), patient));
    long patNum = patNum(patient, patient.birth());
    String placer = "PLG" + NUMBER;
    house.ended("elm", Hospital.siu("S12", control(), patient, placer, NOON.plusDays(32), 30, ""));
    frontDesk.editPatient(patNum, Map.of("PatStatus", "3"));
    String filed = house.ended("elm", letter(control(), patient));
    house.ledger().assertEnd("parked", filed);
    house.ledger().assertReason("archived", filed);
    assertEquals(0, documents(patNum));
    frontDesk.editPatient(patNum, Map.of("PatStatus", "0"));
    assertEquals(202, house.release(house.ledger().id(filed)));
    house.untilAllEnded();
    assertEquals(1, documents(patNum), "the desk took him back");
    frontDesk.editPatient(patNum, Map.of("PatStatus", "3"));
    String moved =
        house.ended(
            "elm", Hospital.siu("S13", control(), patient, placer, NOON.plusDays(33), 30, ""));
    house.ledger().assertEnd("parked", moved);
    house.ledger().assertReason("archived", moved);
    assertEquals(1, visits(patNum, NOON.plusDays(32)));
    assertEquals(0, visits(patNum, NOON.plusDays(33)));
  }

  private static int visits(long patNum, LocalDateTime time) {
    return (int)
        house
            .office("elm")
            .count(
                "select count(*) from appointment where PatNum = ? and AptDateTime = ?",
                patNum,
                time.toString().replace('T', ' ') + ":00");
  }

  private static byte[] ofKind(int kind, String controlId, Patient patient) {
    return switch (kind) {
      case 0 -> Hospital.adt("A31", controlId, patient);
      case 1 ->
          other(
              Hospital.siu(
                  "S12", controlId, patient, "PLK" + controlId, NOON.plusDays(34), 30, ""));
      default -> letter(controlId, patient);
    };
  }

  private static byte[] sharing(byte[] message, Patient patient, String shared) {
    return replaced(message, patient.mrn() + "^^^LAKE^MR", patient.mrn() + "^^^LAKE^MR" + shared);
  }

  private static Patient called(Patient one, String last, String first, String birth) {
    return new Patient(one.mrn(), last, first, birth, one.sex(), one.phone(), one.street());
  }

  private static Map<String, Object> identity(long patNum) {
    return house
        .office("elm")
        .rows(
            "select LName, FName, Birthdate, HmPhone, Address from patient where PatNum = ?",
            patNum)
        .get(0);
  }

  /** One number mistyped, the other his own; nobody else was ever called by that. */
  @Test
  void theOtherNumbersOfAMessageThatIsGivenUpLeadToNobody() throws Exception {
    Patient ann = next();
    house.ended("elm", Hospital.adt("A28", control(), ann));
    long patNum = patNum(ann, ann.birth());
    String held = house.ended("elm", alsoEast(ann));
    house.ledger().assertEnd("parked", held);
    String behind = control();
    house.ended("elm", nameless(behind, east(ann)));
    house.ledger().assertReason("behind", behind);
    assertEquals(202, drop(held));
    house.untilAllEnded();
    house.ledger().assertEnd("dropped", held);
    house.ledger().assertEnd("parked", behind);
    house.ledger().assertReason("no identifier that is known", behind);
    String later = control();
    house.ended("elm", nameless(later, east(ann)));
    house.ledger().assertEnd("parked", later);
    assertEquals(0, documents(patNum));
    String hers = control();
    house.ended("elm", nameless(hers, lake(ann)));
    house.ledger().assertEnd("landed", hers);
    assertEquals(1, documents(patNum), "her own number leads to her as before");
  }

  @Test
  void theOtherNumbersOfAMessageThatIsEditedLeadToWhomItMeansNow() throws Exception {
    Patient ann = next();
    house.ended("elm", Hospital.adt("A28", control(), ann));
    long patNum = patNum(ann, ann.birth());
    Patient bob = next().withFirst("Bertram").withMrn(ann.mrn());
    byte[] mistyped = replaced(Hospital.adt("A28", control(), bob), lake(ann), both(ann));
    String held = house.ended("elm", mistyped);
    house.ledger().assertEnd("parked", held);
    String behind = control();
    house.ended("elm", nameless(behind, east(ann)));
    house.ledger().assertReason("behind", behind);
    assertEquals(
        202, house.edit(house.ledger().id(held), replaced(mistyped, both(ann), east(ann))));
    house.untilAllEnded();
    house.ledger().assertEnd("landed", held);
    house.ledger().assertEnd("landed", behind);
    assertEquals(0, documents(patNum));
    assertEquals(1, documents(patNum(bob, bob.birth())));
  }

  @Test
  void theOtherNumbersOfAMessageThatMeansAnotherLeadToHim() throws Exception {
    Patient ann = next();
    Patient bob = next().withFirst("Bertram");
    house.ended("elm", Hospital.adt("A28", control(), ann));
    long hers = patNum(ann, ann.birth());
    long his = deskMade(bob);
    String held =
        house.ended(
            "elm",
            replaced(Hospital.adt("A28", control(), bob.withMrn(ann.mrn())), lake(ann), both(ann)));
    house.ledger().assertEnd("parked", held);
    String behind = control();
    String third = "W" + ann.mrn() + "^^^WEST^MR";
    house.ended("elm", nameless(behind, east(ann) + "~" + third));
    assertEquals(202, match(held, "" + his));
    house.untilAllEnded();
    house.ledger().assertEnd("landed", behind);
    assertEquals(0, documents(hers));
    assertEquals(1, documents(his));
    house.ended("elm", nameless(control(), third));
    assertEquals(0, documents(hers));
    assertEquals(2, documents(his));
  }

  /** What is parked for its appointment has not been compared, and holds nobody. */
  @Test
  void whoIsMeantByANumberOfAMessageThatIsParkedWaitsForThat() throws Exception {
    Patient ann = next();
    Patient carl = next();
    house.ended("elm", Hospital.adt("A28", control(), ann));
    long patNum = patNum(ann, ann.birth());
    String placer = "PLE" + NUMBER;
    house.ended("elm", Hospital.siu("S12", control(), carl, placer, NOON.plusDays(36), 30, ""));
    String strange =
        house.ended(
            "elm",
            replaced(
                Hospital.siu("S13", control(), ann, placer, NOON.plusDays(37), 30, ""),
                lake(ann),
                both(ann)));
    house.ledger().assertReason("another patient's appointment", strange);
    // Candidates are PatNums: an AptNum among them would be matched as a patient.
    assertFalse(house.ledger().reason(strange).contains("candidates"));
    String behind = control();
    house.ended("elm", nameless(behind, east(ann)));
    house.ledger().assertEnd("parked", behind);
    house.ledger().assertReason("behind", behind);
    assertEquals(202, drop(strange));
    house.untilAllEnded();
    house.ledger().assertEnd("parked", behind);
    house.ledger().assertReason("no identifier that is known", behind);
    assertEquals(0, documents(patNum));
  }

  /** A merge that the office has not made yet: its message and the two rows. */
  private record Merge(String message, long into, long from) {}

  private static Merge told(Patient survivor, Patient loser) throws Exception {
    house.ended("elm", Hospital.adt("A28", control(), survivor));
    house.ended("elm", Hospital.adt("A28", control(), loser));
    return new Merge(
        house.ended("elm", merging("A40", survivor, loser.mrn())),
        patNum(survivor, survivor.birth()),
        patNum(loser, loser.birth()));
  }

  /** Two rows of one person, as both say; and the desk knows better. */
  @Test
  void aMergeThatIsGivenUpLeavesEachNumberWhereItLed() throws Exception {
    Patient survivor = next();
    Patient loser = twice(survivor);
    Merge merge = told(survivor, loser);
    String merged = merge.message();
    long into = merge.into();
    long from = merge.from();
    house.ledger().assertReason("merge PatNum " + from + " into PatNum " + into, merged);
    assertEquals(202, drop(merged));
    house.ledger().assertEnd("dropped", merged);
    String later = control();
    house.ended("elm", nameless(later, lake(loser)));
    house.ledger().assertEnd("landed", later);
    assertEquals(0, documents(into));
    assertEquals(1, documents(from));
    // As if it had never been: the next one is followed.
    String again = house.ended("elm", merging("A40", survivor, loser.mrn()));
    house.ledger().assertReason("merge PatNum " + from + " into PatNum " + into, again);
    house.ended("elm", nameless(control(), lake(loser)));
    assertEquals(1, documents(into));
  }

  /** Sent while the office was away, and written only after the desk had looked. */
  @Test
  void whatStillWaitsByANumberOfAMergeThatIsGivenUpGoesToWhoHadIt() throws Exception {
    Patient survivor = next();
    Patient loser = twice(survivor);
    Merge merge = told(survivor, loser);
    String merged = merge.message();
    long into = merge.into();
    long from = merge.from();
    house.api().faults().arm(Fault.of("elm", FaultKind.OFFLINE));
    String waiting = control();
    house.accepted("elm", nameless(waiting, lake(loser)));
    house.untilUnderstood();
    int dropped = drop(merged);
    house.untilUnderstood();
    house.api().faults().clear();
    house.untilAllEnded();
    assertEquals(202, dropped);
    house.ledger().assertEnd("landed", waiting);
    assertEquals(0, documents(into));
    assertEquals(1, documents(from));
  }

  /** A typing error in either number; what else the message says is the right patient's. */
  @Test
  void aMergeUnderANumberOfAnotherThanItNamesMovesNoNumber() throws Exception {
    Patient ann = next();
    Patient carl = next();
    house.ended("elm", Hospital.adt("A28", control(), ann));
    house.ended("elm", Hospital.adt("A28", control(), carl));
    long hers = patNum(ann, ann.birth());
    long his = patNum(carl, carl.birth());
    List<Patient> anew = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      anew.add(ann.withMrn(ann.mrn() + "N" + i));
    }
    List<byte[]> wrong =
        List.of(
            merging("A40", ann, carl.mrn()),
            merging("A40", anew.get(1), carl.mrn()),
            merging("A47", anew.get(2), carl.mrn()),
            merging("A40", carl.withMrn(anew.get(3).mrn()), ann.mrn()),
            merging("A40", anew.get(4), ann.mrn(), carl.last() + "^Bertram"),
            replaced(
                merging("A40", anew.get(5), carl.mrn(), ann.last() + "^Bertram"),
                "|" + ann.last() + "^" + ann.first() + "||" + ann.birth() + "|",
                "||||"));
    for (int i = 0; i < wrong.size(); i++) {
      String held = house.ended("elm", wrong.get(i));
      house.ledger().assertEnd("parked", held);
      house.ledger().assertReason("no number was moved", held);
      String unknown = control();
      house.ended("elm", nameless(unknown, lake(anew.get(i))));
      house.ledger().assertEnd("parked", unknown);
      house.ended("elm", nameless(control(), lake(ann)));
      house.ended("elm", nameless(control(), lake(carl)));
      assertEquals(List.of(i + 1L, i + 1L), List.of(documents(hers), documents(his)), "of " + i);
    }
    // Each by his own name is followed.
    String right = house.ended("elm", merging("A40", anew.get(6), ann.mrn(), ann.last() + "^R"));
    house.ledger().assertEnd("no change", right);
    house.ended("elm", nameless(control(), lake(anew.get(6))));
    assertEquals(wrong.size() + 1L, documents(hers));
    // Both sides lead to her, and a third number comes with another's name.
    String third = control();
    String added =
        house.ended(
            "elm",
            replaced(
                merging("A47", carl.withMrn(ann.mrn()), anew.get(6).mrn()), lake(ann), both(ann)));
    house.ledger().assertEnd("parked", added);
    house.ended("elm", nameless(third, east(ann)));
    house.ledger().assertEnd("parked", third);
    assertEquals(wrong.size() + 1L, documents(hers));
  }

  @Test
  void aNewNumberOfSomebodyElseThanStillWaitsIsNotHis() throws Exception {
    Patient carl = next();
    Patient ann = next();
    house.api().faults().arm(Fault.of("elm", FaultKind.OFFLINE));
    house.accepted("elm", Hospital.adt("A28", control(), carl));
    Patient anew = ann.withMrn(ann.mrn() + "N");
    String changed = house.accepted("elm", merging("A47", anew, carl.mrn()));
    House.until("the change has its end", () -> !house.ledger().end(changed).isEmpty());
    String end = house.ledger().end(changed) + ": " + house.ledger().reason(changed);
    house.api().faults().clear();
    house.untilAllEnded();
    assertTrue(end.startsWith("parked: one of the two patients still waits"), end);
    assertEquals(202, house.release(house.ledger().id(changed)));
    house.untilAllEnded();
    house.ledger().assertEnd("parked", changed);
    house.ledger().assertReason("another's", changed);
    house.ended("elm", nameless(control(), lake(anew)));
    assertEquals(0, documents(patNum(carl, carl.birth())));
  }

  /** With a universal id beside the name or without an assigner: no other number than before. */
  @Test
  void aFormerNumberThatAMergeWritesInAnotherFormIsTheOneThatIsKnown() throws Exception {
    for (String form : List.of("%s", "%s^^^^MR", "%s^^^LAKE&1.2.3&ISO^MR")) {
      Patient survivor = next();
      Patient loser = twice(survivor);
      house.ended("elm", Hospital.adt("A28", control(), survivor));
      house.ended("elm", Hospital.adt("A28", control(), loser));
      long into = patNum(survivor, survivor.birth());
      long from = patNum(loser, loser.birth());
      String merged = house.ended("elm", mergingInto(survivor, form.formatted(loser.mrn())));
      house.ledger().assertEnd("parked", merged);
      house.ledger().assertReason("merge PatNum " + from + " into PatNum " + into, merged);
      String later = control();
      house.ended("elm", nameless(later, lake(loser)));
      house.ledger().assertEnd("landed", later);
      assertEquals(List.of(1L, 0L), List.of(documents(into), documents(from)), form);
    }
  }

  @Test
  void aFormerNumberThatNobodyHadIsSaidToBeUnknownAndLeadsToWhoRemains() throws Exception {
    Patient survivor = next();
    house.ended("elm", Hospital.adt("A28", control(), survivor));
    Patient former = survivor.withMrn(survivor.mrn() + "F");
    String merged = house.ended("elm", mergingInto(survivor, former.mrn()));
    house.ledger().assertEnd("no change", merged);
    house.ledger().assertReason("the number that is replaced (MRG-1) was not known here", merged);
    house.ended("elm", nameless(control(), lake(former)));
    assertEquals(1, documents(patNum(survivor, survivor.birth())));
  }

  @Test
  void aFormerNumberThatIsKnownByTheOtherAssignerOfTheMergeAloneMovesNothing() throws Exception {
    Patient survivor = next();
    Patient loser = twice(survivor);
    house.ended("elm", Hospital.adt("A28", control(), survivor));
    house.ended("elm", Hospital.adt("A28", control(), loser));
    long into = patNum(survivor, survivor.birth());
    long from = patNum(loser, loser.birth());
    String merged = house.ended("elm", mergingInto(survivor, loser.mrn() + "^^^WEST^MR"));
    house.ledger().assertEnd("parked", merged);
    house.ledger().assertReason("it leads to PatNum " + from, merged);
    house.ledger().assertReason("no number was moved", merged);
    house.ended("elm", nameless(control(), lake(loser)));
    assertEquals(List.of(0L, 1L), List.of(documents(into), documents(from)));
  }

  @Test
  void aMergeOfMoreNumbersThanAPatientHasIsRefusedAndMovesNone() throws Exception {
    Patient survivor = next();
    Patient loser = twice(survivor);
    house.ended("elm", Hospital.adt("A28", control(), survivor));
    house.ended("elm", Hospital.adt("A28", control(), loser));
    StringBuilder former = new StringBuilder(loser.mrn() + "^^^LAKE^MR");
    for (int i = 0; i < 800; i++) {
      former.append("~").append(i).append("^^^OTHER").append(i).append("^MR");
    }
    String merged = house.ended("elm", mergingInto(survivor, former.toString()));
    house.ledger().assertEnd("refused", merged);
    house.ledger().assertReason("MRG-1 stands in it 801 times", merged);
    house.ended("elm", nameless(control(), lake(loser)));
    assertEquals(1, documents(patNum(loser, loser.birth())));
  }

  private static byte[] mergingInto(Patient survivor, String former) {
    return replaced(Hospital.adt("A40", control(), survivor), "PV1|1|N", "MRG|" + former);
  }

  /** As an alias, as the name of birth, as one of which nobody says what it is. */
  @Test
  void anotherNameOfAPatientNeverTakesThePlaceOfHisOwn() throws Exception {
    Patient patient = next();
    String own = patient.last() + "^" + patient.first() + "^^^^^D";
    house.ended("elm", named("A28", patient, own, ""));
    long patNum = patNum(patient, patient.birth());
    String other = "Frost" + patient.last() + "^" + patient.first();
    List<byte[]> forms =
        List.of(
            named("A08", patient.withStreet("1 Way"), own, other + "^^^^^A"),
            named("A08", patient.withStreet("2 Way"), own + "~" + other + "^^^^^B", ""),
            named("A08", patient.withStreet("3 Way"), own, other),
            named("A08", patient.withStreet("4 Way"), own, other + "^^^^^L"),
            named("A08", patient.withStreet("5 Way"), other + "^^^^^U~" + own, ""));
    for (int i = 0; i < forms.size(); i++) {
      String id = house.ended("elm", forms.get(i));
      house.ledger().assertEnd("landed", id);
      assertEquals(i + 1 + " Way", street(patNum));
      assertEquals(patNum, patNum(patient, patient.birth()), "of " + i);
    }
  }

  @Test
  void whoWaitsToBeWrittenIsKnownByTheNameThatWillBeWritten() throws Exception {
    Patient patient = next();
    String own = patient.last() + "^" + patient.first();
    house.api().faults().arm(Fault.of("elm", FaultKind.OFFLINE));
    house.accepted("elm", named("A28", patient, "Frost^" + patient.first() + "^^^^^B~" + own, ""));
    Patient anew = patient.withMrn(patient.mrn() + "N");
    String changed = house.accepted("elm", merging("A47", anew, patient.mrn()));
    House.until("the change has its end", () -> !house.ledger().end(changed).isEmpty());
    String end = house.ledger().end(changed);
    house.api().faults().clear();
    house.untilAllEnded();
    assertEquals("no change", end, house.ledger().reason(changed));
    house.ended("elm", nameless(control(), lake(anew)));
    assertEquals(1, documents(patNum(patient, patient.birth())));
  }

  /** PID-5 and PID-9. */
  private static byte[] named(String trigger, Patient patient, String names, String aliases) {
    return replaced(
        replaced(
            Hospital.adt(trigger, control(), patient),
            "|" + patient.last() + "^" + patient.first() + "|",
            "|" + names + "|"),
        "|" + patient.birth() + "|" + patient.sex() + "||",
        "|" + patient.birth() + "|" + patient.sex() + "|" + aliases + "|");
  }

  /** Written a second time by somebody who mistyped the birth date. */
  private static Patient twice(Patient one) {
    String birth = one.birth().substring(0, 6) + "28";
    return new Patient(
        one.mrn() + "D", one.last(), one.first(), birth, one.sex(), "5035558877", "8 Other Road");
  }

  private static String lake(Patient patient) {
    return patient.mrn() + "^^^LAKE^MR";
  }

  private static String east(Patient patient) {
    return "E" + patient.mrn() + "^^^EAST^MR";
  }

  private static String both(Patient patient) {
    return lake(patient) + "~" + east(patient);
  }

  /** Somebody else under her number, and under one of his own. */
  private static byte[] alsoEast(Patient ann) {
    Patient bob = next().withFirst("Bertram").withMrn(ann.mrn());
    return replaced(Hospital.adt("A28", control(), bob), lake(ann), both(ann));
  }

  /** A letter about whom this number means; it says no name, so nothing speaks against it. */
  private static byte[] nameless(String controlId, String number) {
    return Hospital.message(
        "MDM^T02",
        controlId,
        "EVN|T02|20260301101500",
        "PID|1||" + number,
        "TXA|1|LET|AP|20260228||||||||DOC-" + controlId + "^LAKE|||||AU||AV||||||Letter",
        "OBX|1|TX|2^Told||of " + controlId + "||||||F");
  }

  private static byte[] merging(String trigger, Patient survivor, String former, String name) {
    return replaced(
        merging(trigger, survivor, former),
        "MRG|" + former + "^^^LAKE^MR",
        "MRG|" + former + "^^^LAKE^MR||||||" + name);
  }

  private static int drop(String controlId) throws Exception {
    return house.post("/control/parked/drop?id=" + house.ledger().id(controlId) + "&reason=seen");
  }
}
