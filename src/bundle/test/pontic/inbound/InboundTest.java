package pontic.inbound;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import pontic.house.House;
import pontic.sandbox.hospital.Hospital;
import pontic.sandbox.hospital.Hospital.Patient;

final class InboundTest {
  private static final LocalDateTime NOON = LocalDateTime.of(2027, 3, 2, 12, 0);

  @TempDir static Path folder;
  private static House house;
  private int again;

  @BeforeAll
  static void open() throws Exception {
    house = House.open(folder);
  }

  @AfterAll
  static void close() throws Exception {
    house.close();
  }

  @AfterEach
  void noRequestBrokeTheSpacing() {
    house.api().faults().clear();
    assertEquals(List.of(), house.api().requests().violations(0));
  }

  @Test
  void aRegisteredUpdatedBookedMovedAndCancelledPatientEndsAsItsRows() throws Exception {
    for (String practice : List.of("elm", "oak")) {
      Patient patient = Patient.numbered(practice.equals("elm") ? 101 : 102);
      String id = practice + "-life-";
      assertEquals("AA", house.send(practice, Hospital.adt("A28", id + 1, patient)));
      assertEquals(
          "AA", house.send(practice, Hospital.adt("A31", id + 2, patient.withPhone("5035559999"))));
      assertEquals(
          "AA",
          house.send(
              practice, Hospital.siu("S12", id + 3, patient, "PL-" + id, NOON, 40, "check up")));
      assertEquals(
          "AA",
          house.send(
              practice,
              Hospital.siu("S13", id + 4, patient, "PL-" + id, NOON.plusHours(2), 40, "check up")));
      assertEquals(
          "AA",
          house.send(
              practice,
              Hospital.siu("S15", id + 5, patient, "PL-" + id, NOON.plusHours(2), 40, "check up")));
      house.untilAllEnded();
      for (int i = 1; i <= 5; i++) {
        assertEquals(
            "landed",
            house.ledger().end(id + i),
            id + i + " " + house.ledger().receipt(id + i).get("receipt_reason"));
      }
      String generation = String.valueOf(house.ledger().receipt(id + 5).get("receipt_generation"));
      assertTrue(
          house.control("/control/status").contains("\"generation\":\"" + generation + "\""),
          "the receipt's generation " + generation + " is the one that runs");
      assertFalse(generation.isBlank());
      List<Map<String, Object>> patients = house.office(practice).patients(patient);
      assertEquals(1, patients.size());
      assertEquals(
          "5035559999", String.valueOf(patients.get(0).get("HmPhone")).replaceAll("\\D", ""));
      List<Map<String, Object>> appointments = house.office(practice).appointments(patient);
      assertEquals(1, appointments.size());
      assertEquals(
          NOON.plusHours(2),
          appointments.get(0).get("AptDateTime") instanceof java.sql.Timestamp at
              ? at.toLocalDateTime()
              : appointments.get(0).get("AptDateTime"));
      assertEquals(5, ((Number) appointments.get(0).get("AptStatus")).intValue());
      assertTrue(
          String.valueOf(house.ledger().receipt(id + 3).get("receipt_keys")).contains("AptNum"));
    }
  }

  @Test
  void aBookingThatWasCancelledIsBookedAgain() throws Exception {
    Patient patient = Patient.numbered(103);
    for (String trigger : List.of("S12", "S15", "S12")) {
      house.send(
          "elm",
          Hospital.siu(trigger, "again-" + again++, patient, "PL-again", NOON.plusDays(4), 30, ""));
      house.untilAllEnded();
    }
    assertEquals("landed", house.ledger().end("again-2"));
    List<Map<String, Object>> appointments = house.office("elm").appointments(patient);
    assertEquals(1, appointments.size());
    assertEquals(1, ((Number) appointments.get(0).get("AptStatus")).intValue(), "scheduled");
  }
}
