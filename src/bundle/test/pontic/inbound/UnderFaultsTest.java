package pontic.inbound;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import pontic.house.House;
import pontic.house.QueryPlans;
import pontic.sandbox.api.Fault;
import pontic.sandbox.api.FaultKind;
import pontic.sandbox.hospital.Hospital;
import pontic.sandbox.hospital.Hospital.Patient;

/** What the proof by killing found, each as small as it can be. */
final class UnderFaultsTest {
  private static final LocalDateTime NOON = LocalDateTime.of(2027, 6, 1, 12, 0);

  @TempDir static Path folder;
  private static House house;
  private static QueryPlans plans;

  @BeforeAll
  static void open() throws Exception {
    plans = new QueryPlans();
    house = House.open(folder);
  }

  @AfterAll
  static void close() throws Exception {
    try (QueryPlans seen = plans) {
      house.metrics();
      house.close();
      assertEquals(Set.of(), seen.scans(folder.resolve("data")));
    }
  }

  @AfterEach
  void noFaultStays() {
    house.api().faults().clear();
  }

  @Test
  void anUpdateAfterABookingThatCreatedItsPatientIsWritten() throws Exception {
    Patient patient = Patient.numbered(301);
    house.send("elm", Hospital.siu("S12", "first-1", patient, "PL-first", NOON, 30, ""));
    house.send("elm", Hospital.adt("A08", "first-2", patient.withPhone("9715550001")));
    house.untilAllEnded();
    assertEquals("landed", house.ledger().end("first-1"));
    assertEquals("landed", house.ledger().end("first-2"));
    assertEquals("9715550001", phone(patient));
  }

  @Test
  void theSameHoldsWhereTheCreateWasSettled() throws Exception {
    Patient patient = Patient.numbered(302);
    house.api().faults().arm(Fault.of("elm", FaultKind.DROP_AFTER).on("POST", "/patients"));
    house.send("elm", Hospital.siu("S12", "settled-1", patient, "PL-settled", NOON, 30, ""));
    house.send("elm", Hospital.adt("A08", "settled-2", patient.withPhone("9715550002")));
    house.untilAllEnded();
    assertTrue(
        String.valueOf(house.ledger().receipt("settled-1").get("receipt_settled"))
            .startsWith("patients.post"));
    assertEquals("landed", house.ledger().end("settled-2"));
    assertEquals("9715550002", phone(patient));
  }

  @Test
  void readsThatFailDoNotUseUpTheTriesOfAWrite() throws Exception {
    Patient patient = Patient.numbered(303);
    Patient other = Patient.numbered(304);
    house.send("elm", Hospital.adt("A28", "tries-1", patient));
    house.send("elm", Hospital.adt("A28", "tries-2", other));
    house.untilAllEnded();
    Map<String, Object> row = house.office("elm").patients(patient).get(0);
    String path = "/patients/" + row.get("PatNum");
    house.api().faults().arm(Fault.of("elm", FaultKind.UNKNOWN_400).on("GET", path).times(3));
    house.api().faults().arm(Fault.of("elm", FaultKind.UNKNOWN_400).on("PUT", path));
    house.send("elm", Hospital.adt("A31", "tries-3", patient.withPhone("9715550003")));
    // Each failed read counts only where the lane served somebody else in between.
    int sent = 0;
    while (!house.api().faults().list().isEmpty() && sent < 200) {
      sent++;
      String id = "tries-other-" + sent;
      house.send(
          "elm", Hospital.adt("A31", id, other.withPhone(String.format("971556%04d", sent))));
      House.until(id + " ended", () -> !house.ledger().end(id).isEmpty());
    }
    house.untilAllEnded();
    assertEquals(
        "landed",
        house.ledger().end("tries-3"),
        () -> String.valueOf(house.ledger().receipt("tries-3").get("receipt_reason")));
    assertEquals("9715550003", phone(patient));
    assertEquals(
        1,
        house
            .ledger()
            .count(
                "select count(*) from call where name = 'patients.put' and state = 'not-landed'"));
  }

  private static String phone(Patient patient) {
    return String.valueOf(house.office("elm").patients(patient).get(0).get("HmPhone"))
        .replaceAll("\\D", "");
  }
}
