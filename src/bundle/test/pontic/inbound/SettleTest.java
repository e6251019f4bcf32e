package pontic.inbound;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import pontic.house.House;
import pontic.sandbox.api.Fault;
import pontic.sandbox.api.FaultKind;
import pontic.sandbox.api.Requests;
import pontic.sandbox.hospital.Hospital;
import pontic.sandbox.hospital.Hospital.Patient;

/**
 * Every write, under every way in which the API can leave open what it did: one effect, and the
 * receipt says how it is known.
 */
final class SettleTest {
  private static final LocalDateTime NOON = LocalDateTime.of(2027, 4, 6, 12, 0);
  private static final AtomicInteger NUMBER = new AtomicInteger(2000);

  /** What the office's definition 2 and appointment type 1 are called by the hospital. */
  private static final String MEANINGS =
      "{confirmation: {Confirmed: 2}, appointment-type: {EXAM: 1}}";

  @TempDir static Path folder;
  private static House house;

  @BeforeAll
  static void open() throws Exception {
    house =
        House.sandboxOnly(folder, 0.025)
            .busyLanes()
            .with("pontic.capture.period", "3s")
            .with("routes.reconcile.period", "1000")
            .with("routes.reconcile-destination.period", "1000")
            .with(
                "practices.oak.writes.off",
                "appointments.confirm, appointments.planned, appointments.schedule")
            .withCodes("elm", MEANINGS)
            .withCodes("oak", MEANINGS);
    house.startBundle();
    house.untilConnected();
  }

  @AfterAll
  static void close() throws Exception {
    house.close();
  }

  @AfterEach
  void noRequestBrokeTheSpacing() {
    house.api().faults().clear();
    List<Requests.Violation> broken = house.api().requests().violations(0);
    house.api().requests().clear();
    assertEquals(List.of(), broken);
  }

  @ParameterizedTest
  @CsvSource({
    "elm, TIMEOUT_AFTER",
    "elm, DROP_AFTER",
    "elm, TIMEOUT_BEFORE",
    "elm, DROP_BEFORE",
    "elm, LANDS_LATE",
    "elm, UNKNOWN_400",
    "elm, BUSY",
    "elm, PAGE_404",
    "elm, PAGE_200",
    "elm, AWAY_400",
    "elm, OFFLINE",
    "oak, TIMEOUT_AFTER",
    "oak, DROP_AFTER",
    "oak, TIMEOUT_BEFORE",
    "oak, DROP_BEFORE",
    "oak, LANDS_LATE",
    "oak, UNKNOWN_400",
    "oak, BUSY",
    "oak, AWAY_400",
    "oak, KEYLESS_201"
  })
  void anUnclearCreateOfAPatientLeavesOnePatient(String practice, FaultKind kind) throws Exception {
    Patient patient = Patient.numbered(NUMBER.incrementAndGet());
    arm(practice, kind, "POST", "/patients");
    String id = house.ended(practice, Hospital.adt("A28", control(), patient));
    house.ledger().assertEnd("landed", id);
    assertEquals(1, house.office(practice).patients(patient).size());
    assertSettled(kind, id);
  }

  @ParameterizedTest
  @CsvSource({
    "elm, TIMEOUT_AFTER",
    "elm, DROP_AFTER",
    "elm, TIMEOUT_BEFORE",
    "elm, DROP_BEFORE",
    "elm, LANDS_LATE",
    "elm, UNKNOWN_400",
    "elm, BUSY",
    "elm, HANG",
    "elm, KEYLESS_201",
    "elm, AWAY_400",
    "oak, TIMEOUT_AFTER",
    "oak, DROP_AFTER",
    "oak, TIMEOUT_BEFORE",
    "oak, DROP_BEFORE",
    "oak, LANDS_LATE",
    "oak, UNKNOWN_400",
    "oak, BUSY",
    "oak, HANG",
    "oak, PAGE_200",
    "oak, AWAY_400",
    "oak, OFFLINE"
  })
  void anUnclearBookingLeavesOneAppointment(String practice, FaultKind kind) throws Exception {
    Patient patient = Patient.numbered(NUMBER.incrementAndGet());
    arm(practice, kind, "POST", "/appointments");
    String id =
        house.ended(
            practice, Hospital.siu("S12", control(), patient, "PL" + NUMBER, NOON, 30, "crown"));
    house.ledger().assertEnd("landed", id);
    assertEquals(1, house.office(practice).appointments(patient).size());
    assertSettled(kind, id);
  }

  @ParameterizedTest
  @CsvSource({
    "elm, TIMEOUT_AFTER",
    "elm, DROP_AFTER",
    "elm, TIMEOUT_BEFORE",
    "elm, LANDS_LATE",
    "elm, PAGE_404",
    "elm, PAGE_200",
    "oak, DROP_AFTER",
    "oak, DROP_BEFORE",
    "oak, LANDS_LATE"
  })
  void anUnclearUpdateLeavesTheFieldsAsSent(String practice, FaultKind kind) throws Exception {
    Patient patient = Patient.numbered(NUMBER.incrementAndGet());
    house.ended(practice, Hospital.adt("A28", control(), patient));
    arm(practice, kind, "PUT", "/patients/*");
    String id =
        house.ended(practice, Hospital.adt("A31", control(), patient.withPhone("5035550000")));
    house.ledger().assertEnd("landed", id);
    assertEquals(
        "5035550000",
        String.valueOf(house.office(practice).patients(patient).get(0).get("HmPhone"))
            .replaceAll("\\D", ""));
    assertSettled(kind, id);
  }

  @ParameterizedTest
  @CsvSource({
    "elm, TIMEOUT_AFTER",
    "elm, DROP_AFTER",
    "elm, TIMEOUT_BEFORE",
    "elm, LANDS_LATE",
    "elm, PAGE_200",
    "oak, DROP_AFTER",
    "oak, DROP_BEFORE",
    "oak, LANDS_LATE"
  })
  void anUnclearBreakBreaksOnceAndNotesOnce(String practice, FaultKind kind) throws Exception {
    Patient patient = Patient.numbered(NUMBER.incrementAndGet());
    String placer = "PL" + NUMBER;
    house.ended(practice, Hospital.siu("S12", control(), patient, placer, NOON, 30, ""));
    arm(practice, kind, "PUT", "/appointments/*/Break");
    arm(practice, kind, "PUT", "/appointments/*/Note");
    String id =
        house.ended(
            practice, Hospital.siu("S15", control(), patient, placer, NOON, 30, "patient is ill"));
    house.ledger().assertEnd("landed", id);
    Map<String, Object> row = house.office(practice).appointments(patient).get(0);
    assertEquals(5, ((Number) row.get("AptStatus")).intValue());
    assertEquals(
        2,
        String.valueOf(row.get("Note")).split("patient is ill", -1).length,
        "the note was appended once");
    assertEquals(
        1,
        house
            .office(practice)
            .count(
                "select count(*) from histappointment where AptNum = ? and HistApptAction in (2, 3)",
                row.get("AptNum")));
    assertSettled(kind, id);
  }

  @ParameterizedTest
  @CsvSource({"elm, TIMEOUT_AFTER", "elm, TIMEOUT_BEFORE", "elm, LANDS_LATE", "oak, DROP_AFTER"})
  void anUnclearMoveEndsAtTheNewTime(String practice, FaultKind kind) throws Exception {
    Patient patient = Patient.numbered(NUMBER.incrementAndGet());
    String placer = "PL" + NUMBER;
    house.ended(practice, Hospital.siu("S12", control(), patient, placer, NOON, 30, ""));
    arm(practice, kind, "PUT", "/appointments/*");
    String id =
        house.ended(
            practice, Hospital.siu("S13", control(), patient, placer, NOON.plusDays(1), 30, ""));
    house.ledger().assertEnd("landed", id);
    assertEquals(
        1,
        house
            .office(practice)
            .count(
                "select count(*) from appointment a join patient p on p.PatNum = a.PatNum where p.LName = ? and a.AptDateTime = ?",
                patient.last(),
                NOON.plusDays(1).toString().replace('T', ' ') + ":00"));
    assertSettled(kind, id);
  }

  @ParameterizedTest
  @CsvSource({"TIMEOUT_AFTER", "TIMEOUT_BEFORE", "DROP_BEFORE", "LANDS_LATE"})
  void anUnclearConfirmationIsTheOfficesDefinitionOfIt(FaultKind kind) throws Exception {
    Patient patient = Patient.numbered(NUMBER.incrementAndGet());
    String placer = "PL" + NUMBER;
    house.ended("elm", Hospital.siu("S12", control(), patient, placer, NOON, 30, ""));
    assertEquals(1, house.office("elm").appointments(patient).size());
    arm("elm", kind, "PUT", "/appointments/*/Confirm");
    String id = house.ended("elm", saying(patient, placer, "Confirmed", control()));
    house.ledger().assertEnd("landed", id);
    assertEquals("2", confirmed("elm", patient));
    assertSettled(kind, id);
    // The desk knows better since; who merely repeats himself does not undo it.
    JdbcClient.create(house.sandbox().practice("elm").dataSource())
        .sql(
            "update appointment a join patient p on p.PatNum = a.PatNum set a.Confirmed = 5 where p.LName = ?")
        .param(patient.last())
        .update();
    String again = house.ended("elm", saying(patient, placer, "Confirmed", control()));
    house.ledger().assertEnd("no change", again);
    assertEquals("5", confirmed("elm", patient));
  }

  @Test
  void aPatientsAnswerThatThePracticeDoesNotWantIsLeftAndSaid() throws Exception {
    Patient patient = Patient.numbered(NUMBER.incrementAndGet());
    String placer = "PL" + NUMBER;
    house.ended("oak", Hospital.siu("S12", control(), patient, placer, NOON, 30, ""));
    String before = confirmed("oak", patient);
    String id = house.ended("oak", saying(patient, placer, "Confirmed", control()));
    house.ledger().assertEnd("no change", id);
    assertTrue(
        warnings(id).contains("Confirmed was left: appointments.confirm is off: the practice"),
        warnings(id));
    assertEquals(before, confirmed("oak", patient));
  }

  @ParameterizedTest
  @CsvSource({
    "Planned, TIMEOUT_AFTER",
    "Planned, DROP_BEFORE",
    "Planned, LANDS_LATE",
    "SchedulePlanned, TIMEOUT_AFTER",
    "SchedulePlanned, DROP_BEFORE",
    "SchedulePlanned, LANDS_LATE"
  })
  void whatHasNoTimeIsPlannedOnceAndGivenItsTimeOnce(String method, FaultKind kind)
      throws Exception {
    Patient patient = Patient.numbered(NUMBER.incrementAndGet());
    String placer = "PL" + NUMBER;
    arm("elm", kind, "POST", "/appointments/" + method);
    String planned = house.ended("elm", withoutTime(patient, placer, control()));
    house.ledger().assertEnd("landed", planned);
    Map<String, Object> plan = house.office("elm").appointments(patient).get(0);
    assertEquals(6, ((Number) plan.get("AptStatus")).intValue());
    String repeated = house.ended("elm", withoutTime(patient, placer, control()));
    house.ledger().assertEnd("no change", repeated);
    String booked =
        house.ended(
            "elm", Hospital.siu("S13", control(), patient, placer, NOON, 30, "bring the splint"));
    house.ledger().assertEnd("landed", booked);
    assertSettled(kind, method.equals("Planned") ? planned : booked);
    List<Map<String, Object>> rows = house.office("elm").appointments(patient);
    assertEquals(2, rows.size(), rows.toString());
    assertEquals(1, ofState(rows, 6));
    assertEquals(
        1,
        house
            .office("elm")
            .count(
                "select count(*) from appointment where NextAptNum = ? and AptStatus = 1 and AptDateTime = ? and Op = 1 and Pattern = '/XXXX/' and Note like '%bring the splint%'",
                plan.get("AptNum"), NOON.toString().replace('T', ' ') + ":00"),
        rows.toString());
    // From now on the number means the one that has a time.
    house
        .ledger()
        .assertEnd(
            "landed",
            house.ended("elm", Hospital.siu("S15", control(), patient, placer, NOON, 30, "")));
    rows = house.office("elm").appointments(patient);
    assertEquals(1, ofState(rows, 6), rows.toString());
    assertEquals(1, ofState(rows, 5), rows.toString());
  }

  @Test
  void whatIsPlannedAndCalledOffStaysInThePlanAndIsSaid() throws Exception {
    Patient patient = Patient.numbered(NUMBER.incrementAndGet());
    String placer = "PL" + NUMBER;
    house.ended("elm", withoutTime(patient, placer, control()));
    String id = house.ended("elm", Hospital.siu("S15", control(), patient, placer, NOON, 30, ""));
    house.ledger().assertEnd("no change", id);
    assertTrue(warnings(id).contains("Open Dental's API takes no plan away"), warnings(id));
    assertEquals(1, ofState(house.office("elm").appointments(patient), 6));
  }

  @Test
  void whatHasNoTimeIsRefusedWithTheReasonWhereThePracticePlansNothing() throws Exception {
    Patient patient = Patient.numbered(NUMBER.incrementAndGet());
    String id = house.ended("oak", withoutTime(patient, "PL" + NUMBER, control()));
    house.ledger().assertEnd("refused", id);
    assertTrue(reason(id).contains("appointments.planned is off: the practice"), reason(id));
    assertEquals(List.of(), house.office("oak").appointments(patient));
  }

  private static long ofState(List<Map<String, Object>> rows, int state) {
    return rows.stream().filter(row -> ((Number) row.get("AptStatus")).intValue() == state).count();
  }

  private static String confirmed(String practice, Patient patient) {
    return String.valueOf(house.office(practice).appointments(patient).get(0).get("Confirmed"));
  }

  private static String warnings(String id) {
    return String.valueOf(house.ledger().receipt(id).get("receipt_warnings"));
  }

  /** A booking at noon of which the sender says how it stands. */
  private static byte[] saying(Patient patient, String placer, String state, String id) {
    return new String(
            Hospital.siu("S14", id, patient, placer, NOON, 30, ""), StandardCharsets.UTF_8)
        .replaceFirst("(\\rSCH\\|(?:[^|\\r]*\\|){10}[^|\\r]*)", "$1||||||||||||||" + state)
        .getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] withoutTime(Patient patient, String placer, String id) {
    return new String(
            Hospital.siu("S12", id, patient, placer, NOON, 30, ""), StandardCharsets.UTF_8)
        .replaceFirst(
            "\\rSCH[^\\r]*",
            "\r" + "SCH|" + placer + "^LAKE|||||ROUTINE|NORMAL|EXAM|30|min|||||||||||||||Pending")
        .getBytes(StandardCharsets.UTF_8);
  }

  /**
   * The desk's patient is not ours, by the audit log of elm and by the fields at oak. Whether it is
   * the one that the hospital means a person decides: nothing but the name fits.
   */
  @ParameterizedTest
  @CsvSource({
    "elm, 'name and birth date fit, but no phone, e-mail, address or number besides', not-landed",
    "oak, 'a new patient of that name and birth date, but not with the fields as sent', unknown"
  })
  void aPatientThatTheDeskAddsDuringAnUnclearCreateIsNotTakenForOurs(
      String practice, String why, String state) throws Exception {
    Patient patient = Patient.numbered(NUMBER.incrementAndGet());
    arm(practice, FaultKind.TIMEOUT_BEFORE, "POST", "/patients");
    String id = control();
    house.send(practice, Hospital.adt("A28", id, patient));
    untilTimedOut(practice);
    long desk =
        house
            .sandbox()
            .frontDesk(practice)
            .addPatient(
                Map.of(
                    "LName",
                    patient.last(),
                    "FName",
                    patient.first(),
                    "Birthdate",
                    LocalDate.parse(patient.birth(), DateTimeFormatter.BASIC_ISO_DATE).toString(),
                    "HmPhone",
                    "5035550066"));
    house.untilAllEnded();
    house.ledger().assertEnd("parked", id);
    assertTrue(reason(id).contains(why), reason(id));
    assertTrue(reason(id).contains("[" + desk + "]"), reason(id));
    assertEquals(1, house.office(practice).patients(patient).size());
    assertEquals("{}", house.ledger().receipt(id).get("receipt_keys"));
    assertEquals(
        state,
        house
            .ledger()
            .rows(
                "select c.state from call c join work w on w.id = c.work_id join message m on m.id = w.message_id"
                    + " where c.name = 'patients.post' and m.control_id = '"
                    + id
                    + "'")
            .get(0)
            .get("state"));
  }

  /** In that slot and at that time, but of another patient: both stand, each with its own. */
  @Test
  void aBookingOfTheFrontDeskInTheSameSlotIsNotTakenForOurs() throws Exception {
    Patient patient = Patient.numbered(NUMBER.incrementAndGet());
    Patient other = Patient.numbered(NUMBER.incrementAndGet());
    house.ended("elm", Hospital.adt("A28", control(), patient));
    house.ended("elm", Hospital.adt("A28", control(), other));
    // On a day on which no other test books.
    LocalDateTime at = NOON.plusYears(1);
    String id = bookingUnclear("elm", patient, at);
    long desk = book("elm", other, at);
    house.untilAllEnded();
    house.ledger().assertEnd("landed", id);
    assertTrue(
        warnings(id).contains("but doubly booked: AptNum " + desk + " stands in operatory 1"),
        warnings(id));
    List<Map<String, Object>> ours = house.office("elm").appointments(patient);
    assertEquals(1, ours.size());
    assertTrue(String.valueOf(ours.get(0).get("Note")).contains("[ref P-"));
    assertEquals(
        List.of(desk),
        house.office("elm").appointments(other).stream()
            .map(row -> ((Number) row.get("AptNum")).longValue())
            .toList());
  }

  /** Of the same patient it may be the booking that the hospital means: a person decides. */
  @ParameterizedTest
  @CsvSource({"elm", "oak"})
  void aBookingOfTheFrontDeskForTheSamePatientIsNotTakenForOursAndNotDoubled(String practice)
      throws Exception {
    Patient patient = Patient.numbered(NUMBER.incrementAndGet());
    house.ended(practice, Hospital.adt("A28", control(), patient));
    String id = bookingUnclear(practice, patient, NOON);
    long desk = book(practice, patient, NOON);
    house.untilAllEnded();
    house.ledger().assertEnd("parked", id);
    assertTrue(
        reason(id).contains("already has AptNum " + desk + " at that time, which this sender"),
        reason(id));
    assertEquals(1, house.office(practice).appointments(patient).size());
  }

  /** Made by no member of staff, so perhaps by us, but without the reference that ours carry. */
  @Test
  void aBookingOfNobodyInTheSameSlotIsDoubtful() throws Exception {
    Patient patient = Patient.numbered(NUMBER.incrementAndGet());
    house.ended("oak", Hospital.adt("A28", control(), patient));
    String id = bookingUnclear("oak", patient, NOON);
    long nobody = book("oak", patient, NOON);
    JdbcClient.create(house.sandbox().practice("oak").dataSource())
        .sql("update appointment set SecUserNumEntry = 0 where AptNum = ?")
        .param(nobody)
        .update();
    house.untilAllEnded();
    house.ledger().assertEnd("parked", id);
    assertTrue(
        reason(id).contains("AptNum " + nobody + " was made by no member of staff"), reason(id));
    assertEquals(1, house.office("oak").appointments(patient).size());
  }

  /** Sends a booking whose request is answered 504 without effect, and returns before that. */
  private static String bookingUnclear(String practice, Patient patient, LocalDateTime at)
      throws Exception {
    arm(practice, FaultKind.TIMEOUT_BEFORE, "POST", "/appointments");
    String id = control();
    house.send(practice, Hospital.siu("S12", id, patient, "PL" + NUMBER, at, 30, ""));
    untilTimedOut(practice);
    return id;
  }

  private static void untilTimedOut(String practice) throws Exception {
    house
        .api()
        .requests()
        .await(
            entry ->
                entry.practice().equals(Optional.of(practice))
                    && entry.fault().equals(Optional.of("timeout-before")),
            Duration.ofSeconds(600));
  }

  private static long book(String practice, Patient patient, LocalDateTime at) throws Exception {
    long patNum = house.office(practice).patNum(patient);
    return house.sandbox().frontDesk(practice).book(patNum, 1, 1, at, 30, "by the desk");
  }

  /** Everything that can double lands once more, after it was proven absent and repeated. */
  @Test
  void whatTakesEffectTwiceIsFoundLaterParkedAndCounted() throws Exception {
    // Without a phone: Open Dental itself refuses a second one of the same name, birth date and
    // phone.
    List<Patient> created =
        List.of(
            Patient.numbered(NUMBER.incrementAndGet()).withPhone(""),
            Patient.numbered(NUMBER.incrementAndGet()).withPhone(""));
    Patient booked = Patient.numbered(NUMBER.incrementAndGet());
    Patient noted = Patient.numbered(NUMBER.incrementAndGet());
    house.ended("elm", Hospital.adt("A28", control(), booked));
    house.ended("elm", Hospital.siu("S12", control(), noted, "PLN", NOON, 30, ""));
    house.api().requests().clear();
    landsAfterAll("elm", "POST", "/patients");
    landsAfterAll("oak", "POST", "/patients");
    landsAfterAll("elm", "POST", "/appointments");
    landsAfterAll("elm", "PUT", "/appointments/*/Note");
    List<String> ids = List.of(control(), control(), control(), control());
    // Elm keeps the API's audit log, oak does not.
    house.send("elm", Hospital.adt("A28", ids.get(0), created.get(0)));
    house.send("oak", Hospital.adt("A28", ids.get(1), created.get(1)));
    house.send("elm", Hospital.siu("S12", ids.get(2), booked, "PLD", NOON, 30, ""));
    house.send("elm", Hospital.siu("S15", ids.get(3), noted, "PLN", NOON, 30, "patient is ill"));
    house.untilAllEnded();
    for (String id : ids) {
      house.ledger().assertEnd("landed", id);
    }
    // Only now do the first four requests act.
    house.api().faults().clear();
    assertEquals(2, house.office("elm").patients(created.get(0)).size());
    assertEquals(2, house.office("oak").patients(created.get(1)).size());
    assertEquals(2, house.office("elm").appointments(booked).size());
    // Ten limits later.
    house
        .bundle()
        .store()
        .write(tx -> tx.sql("update work set due_at = 0 where event = 'watch'").update());
    House.until(
        "all four are parked",
        () -> ids.stream().allMatch(id -> house.ledger().end(id).equals("parked")));
    for (String id : ids) {
      assertTrue(reason(id).startsWith("double: "), reason(id));
    }
    House.until(
        "the doubles are counted",
        () ->
            scraped().contains("pontic_doubles{practice=\"elm\"} 3.0")
                && scraped().contains("pontic_doubles{practice=\"oak\"} 1.0"));
    // A person looked into it.
    for (String id : ids) {
      assertEquals(202, house.release(house.ledger().id(id)));
      house.ledger().assertEnd("landed", id);
    }
  }

  /** Its search is answered by a proxy's page alone, while others are served. */
  @Test
  void aDoubleThatNobodyCouldLookForIsShownCountedAndLetGoByAPerson() throws Exception {
    Patient booked = Patient.numbered(NUMBER.incrementAndGet());
    house.ended("elm", Hospital.adt("A28", control(), booked));
    String watches = "select id from work where event = 'watch' and practice = ?";
    List<String> before = house.ledger().texts(watches, "elm");
    landsAfterAll("elm", "POST", "/appointments");
    String id = control();
    house.send("elm", Hospital.siu("S12", id, booked, "PLU", NOON.plusDays(40), 30, ""));
    house.untilAllEnded();
    house.ledger().assertEnd("landed", id);
    house.api().faults().clear();
    house
        .api()
        .faults()
        .arm(Fault.of("elm", FaultKind.PAGE_404).on("GET", "/appointments*").times(0));
    String watch =
        house.ledger().texts(watches, "elm").stream()
            .filter(each -> !before.contains(each))
            .findFirst()
            .orElseThrow();
    String failed = "select count(*) from call where state = 'abandoned' and work_id = '%s'";
    for (int read = 1; read < 8 && !house.ledger().end(id).equals("parked"); read++) {
      int reads = read;
      // The last of its looks.
      house.ledger().change("update work set due_at = 0, looks = 23 where id = ?", watch);
      House.until(
          "it was asked in vain", () -> house.ledger().count(failed.formatted(watch)) >= reads);
      house.ended(
          "elm", Hospital.adt("A28", control(), Patient.numbered(NUMBER.incrementAndGet())));
    }
    house.ledger().assertEnd("parked", id);
    String shown = house.control("/control/parked?practice=elm&limit=1000");
    assertTrue(
        shown.contains("24 looks did not show whether it stands twice")
            && shown.contains("look in Open Dental at AptNum "),
        shown);
    House.until(
        "it is counted as a double is",
        () -> scraped().contains("pontic_doubles{practice=\"elm\"} 1.0"));
    assertEquals(
        List.of("done"), house.ledger().texts("select state from work where id = ?", watch));
    assertEquals(202, house.release(house.ledger().id(id)));
    house.ledger().assertEnd("landed", id);
    assertTrue(warnings(id).contains("24 looks"), warnings(id));
  }

  @Test
  void theNextRequestWaitsUntilTheApiMustBeDoneWithOneWhoseConnectionClosed() throws Exception {
    Patient patient = Patient.numbered(NUMBER.incrementAndGet());
    house.ended("elm", Hospital.adt("A28", control(), patient));
    arm("elm", FaultKind.DROP_BEFORE, "PUT", "/patients/*");
    house.ended("elm", Hospital.adt("A31", control(), patient.withPhone("5035550077")));
    List<Requests.Entry> all = house.api().requests().list("elm");
    int dropped = (int) all.stream().takeWhile(entry -> !entry.status().equals("dropped")).count();
    long pause = all.get(dropped + 1).arrival() - all.get(dropped).arrival();
    assertTrue(pause >= house.api().limit().toMillis(), "the next came after " + pause + " ms");
  }

  @Test
  void readsFromBeforeALongPauseDoNotDecide() throws Exception {
    Patient patient = Patient.numbered(NUMBER.incrementAndGet());
    house.ended("elm", Hospital.adt("A28", control(), patient));
    long patNum = house.office("elm").patNum(patient);
    house
        .api()
        .faults()
        .arm(
            Fault.of("elm", FaultKind.BUSY)
                .on("PUT", "/patients/*")
                .lasting(Duration.ofSeconds(3)));
    String id = control();
    house.send("elm", Hospital.adt("A31", id, patient.withPhone("5035550088")));
    House.until(
        "the write was turned away",
        () ->
            house
                    .ledger()
                    .count("select count(*) from call where name = 'patients.put' and status = 429")
                == 1);
    // The desk archives the patient in a pause that is longer than reads are good for.
    house.sandbox().frontDesk("elm").editPatient(patNum, Map.of("PatStatus", "3"));
    house
        .ledger()
        .change(
            "update call set intent_at = intent_at - 3600000 where name = 'patients.get' and practice = 'elm'");
    house.untilAllEnded();
    house.ledger().assertEnd("parked", id);
    assertTrue(reason(id).contains("archived"), reason(id));
    assertEquals(
        patient.phone(),
        String.valueOf(house.office("elm").patients(patient).get(0).get("HmPhone"))
            .replaceAll("\\D", ""));
  }

  private static void landsAfterAll(String practice, String method, String path) {
    house.api().faults().arm(Fault.of(practice, FaultKind.LANDS_AT_CLEAR).on(method, path));
  }

  private static String scraped() {
    try {
      return house.metrics();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private static void arm(String practice, FaultKind kind, String method, String path) {
    Fault fault = Fault.of(practice, kind).on(method, path).times(1);
    if (kind == FaultKind.LANDS_LATE) {
      fault = fault.lasting(Duration.ofMillis(1000)).answeringAtOnce();
    }
    if (kind == FaultKind.BUSY) {
      fault = fault.lasting(Duration.ofSeconds(2));
    }
    if (kind == FaultKind.AWAY_400 && practice.equals("oak")) {
      fault = fault.acting();
    }
    house.api().faults().arm(fault);
  }

  private static String control() {
    return "C" + NUMBER.incrementAndGet();
  }

  private static String reason(String id) {
    Map<String, Object> receipt = house.ledger().receipt(id);
    return receipt.get("receipt_reason") + " / " + receipt.get("receipt_settled");
  }

  private static void assertSettled(FaultKind kind, String id) {
    // An office that says it is busy leaves nothing open, unless it says so too late.
    if (kind != FaultKind.BUSY) {
      assertFalse(
          String.valueOf(house.ledger().receipt(id).get("receipt_settled")).isEmpty(),
          "the receipt says how it was settled: " + reason(id));
    }
  }
}
