package pontic.inbound;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDateTime;
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
import pontic.house.House;
import pontic.sandbox.api.Fault;
import pontic.sandbox.api.FaultKind;
import pontic.sandbox.hospital.Hospital;
import pontic.sandbox.hospital.Hospital.Patient;

/**
 * Every write, under every way in which the API can leave open what it did: one effect, and the
 * receipt says how it is known.
 */
final class SettleTest {
  private static final LocalDateTime NOON = LocalDateTime.of(2027, 4, 6, 12, 0);
  private static final AtomicInteger NUMBER = new AtomicInteger(2000);

  @TempDir static Path folder;
  private static House house;

  @BeforeAll
  static void open() throws Exception {
    house = House.open(folder, 0.025);
  }

  @AfterAll
  static void close() throws Exception {
    house.close();
  }

  @AfterEach
  void noRequestBrokeTheSpacing() {
    house.api().faults().clear();
    assertEquals(List.of(), house.api().requests().violations(0));
    house.api().requests().clear();
  }

  @ParameterizedTest
  @CsvSource({
    "elm, TIMEOUT_AFTER", "elm, DROP_AFTER", "elm, TIMEOUT_BEFORE", "elm, DROP_BEFORE",
        "elm, LANDS_LATE", "elm, UNKNOWN_400", "elm, BUSY",
    "oak, TIMEOUT_AFTER", "oak, DROP_AFTER", "oak, TIMEOUT_BEFORE", "oak, DROP_BEFORE",
        "oak, LANDS_LATE", "oak, UNKNOWN_400", "oak, BUSY"
  })
  void anUnclearCreateOfAPatientLeavesOnePatient(String practice, FaultKind kind) throws Exception {
    Patient patient = Patient.numbered(NUMBER.incrementAndGet());
    arm(practice, kind, "POST", "/patients");
    String id = send(practice, Hospital.adt("A28", control(), patient));
    assertEquals("landed", house.ledger().end(id), reason(id));
    assertEquals(1, house.office(practice).patients(patient).size());
    assertSettled(kind, id);
  }

  @ParameterizedTest
  @CsvSource({
    "elm, TIMEOUT_AFTER", "elm, DROP_AFTER", "elm, TIMEOUT_BEFORE", "elm, DROP_BEFORE",
        "elm, LANDS_LATE", "elm, UNKNOWN_400", "elm, BUSY", "elm, HANG",
    "oak, TIMEOUT_AFTER", "oak, DROP_AFTER", "oak, TIMEOUT_BEFORE", "oak, DROP_BEFORE",
        "oak, LANDS_LATE", "oak, UNKNOWN_400", "oak, BUSY", "oak, HANG"
  })
  void anUnclearBookingLeavesOneAppointment(String practice, FaultKind kind) throws Exception {
    Patient patient = Patient.numbered(NUMBER.incrementAndGet());
    arm(practice, kind, "POST", "/appointments");
    String id =
        send(practice, Hospital.siu("S12", control(), patient, "PL" + NUMBER, NOON, 30, "crown"));
    assertEquals("landed", house.ledger().end(id), reason(id));
    assertEquals(1, house.office(practice).appointments(patient).size());
    assertSettled(kind, id);
  }

  @ParameterizedTest
  @CsvSource({
    "elm, TIMEOUT_AFTER",
    "elm, DROP_AFTER",
    "elm, TIMEOUT_BEFORE",
    "elm, LANDS_LATE",
    "oak, DROP_AFTER",
    "oak, DROP_BEFORE",
    "oak, LANDS_LATE"
  })
  void anUnclearUpdateLeavesTheFieldsAsSent(String practice, FaultKind kind) throws Exception {
    Patient patient = Patient.numbered(NUMBER.incrementAndGet());
    send(practice, Hospital.adt("A28", control(), patient));
    arm(practice, kind, "PUT", "/patients/*");
    String id = send(practice, Hospital.adt("A31", control(), patient.withPhone("5035550000")));
    assertEquals("landed", house.ledger().end(id), reason(id));
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
    "oak, DROP_AFTER",
    "oak, DROP_BEFORE",
    "oak, LANDS_LATE"
  })
  void anUnclearBreakBreaksOnceAndNotesOnce(String practice, FaultKind kind) throws Exception {
    Patient patient = Patient.numbered(NUMBER.incrementAndGet());
    String placer = "PL" + NUMBER;
    send(practice, Hospital.siu("S12", control(), patient, placer, NOON, 30, ""));
    arm(practice, kind, "PUT", "/appointments/*/Break");
    arm(practice, kind, "PUT", "/appointments/*/Note");
    String id =
        send(practice, Hospital.siu("S15", control(), patient, placer, NOON, 30, "patient is ill"));
    assertEquals("landed", house.ledger().end(id), reason(id));
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
    send(practice, Hospital.siu("S12", control(), patient, placer, NOON, 30, ""));
    arm(practice, kind, "PUT", "/appointments/*");
    String id =
        send(practice, Hospital.siu("S13", control(), patient, placer, NOON.plusDays(1), 30, ""));
    assertEquals("landed", house.ledger().end(id), reason(id));
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

  @Test
  void aBookingOfTheFrontDeskInTheSameSlotIsNotTakenForOurs() throws Exception {
    for (String practice : List.of("elm", "oak")) {
      Patient patient = Patient.numbered(NUMBER.incrementAndGet());
      send(practice, Hospital.adt("A28", control(), patient));
      long patNum =
          ((Number) house.office(practice).patients(patient).get(0).get("PatNum")).longValue();
      arm(practice, FaultKind.TIMEOUT_BEFORE, "POST", "/appointments");
      String id = control();
      house.send(practice, Hospital.siu("S12", id, patient, "PL" + NUMBER, NOON, 30, ""));
      house
          .api()
          .requests()
          .await(
              entry ->
                  entry.practice().equals(Optional.of(practice))
                      && entry.fault().equals(Optional.of("timeout-before")),
              Duration.ofSeconds(20));
      house.sandbox().frontDesk(practice).book(patNum, 1, 1, NOON, 30, "by the desk");
      house.untilAllEnded();
      String keys = String.valueOf(house.ledger().receipt(id).get("receipt_keys"));
      long desk =
          house
              .office(practice)
              .count(
                  "select AptNum from appointment where PatNum = ? and Note = 'by the desk'",
                  patNum);
      assertFalse(
          keys.contains(":" + desk + "}") || keys.contains(":" + desk + ","),
          "the desk's AptNum " + desk + " in " + keys);
      assertTrue(List.of("landed", "parked").contains(house.ledger().end(id)), reason(id));
      long ours =
          house
              .office(practice)
              .count(
                  "select count(*) from appointment where PatNum = ? and Note like '%[ref P-%'",
                  patNum);
      assertEquals(house.ledger().end(id).equals("landed") ? 1 : 0, ours);
    }
  }

  private static void arm(String practice, FaultKind kind, String method, String path) {
    Fault fault = Fault.of(practice, kind).on(method, path).times(1);
    if (kind == FaultKind.LANDS_LATE) {
      fault = fault.lasting(Duration.ofMillis(1000)).answeringAtOnce();
    }
    if (kind == FaultKind.BUSY) {
      fault = fault.lasting(Duration.ofSeconds(1));
    }
    house.api().faults().arm(fault);
  }

  private static String control() {
    return "C" + NUMBER.incrementAndGet();
  }

  /** Sends it and waits for its end. */
  private static String send(String practice, byte[] message) throws Exception {
    assertEquals("AA", house.send(practice, message));
    house.untilAllEnded();
    return new String(message, java.nio.charset.StandardCharsets.UTF_8).split("\\|")[9];
  }

  private static String reason(String id) {
    Map<String, Object> receipt = house.ledger().receipt(id);
    return receipt.get("receipt_reason") + " / " + receipt.get("receipt_settled");
  }

  private static void assertSettled(FaultKind kind, String id) {
    boolean told = !String.valueOf(house.ledger().receipt(id).get("receipt_settled")).isEmpty();
    assertEquals(
        kind != FaultKind.BUSY, told, "the receipt says how it was settled: " + reason(id));
  }
}
