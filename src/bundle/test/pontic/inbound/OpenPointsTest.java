package pontic.inbound;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import pontic.house.House;
import pontic.sandbox.api.Fault;
import pontic.sandbox.api.FaultKind;
import pontic.sandbox.api.OfficeSettings;
import pontic.sandbox.hospital.Hospital;
import pontic.sandbox.hospital.Hospital.Patient;

/** What nobody could confirm about the API (open-dental-api.md 8) is survived both ways. */
final class OpenPointsTest {
  private static final LocalDateTime NOON = LocalDateTime.of(2027, 6, 1, 12, 0);

  @TempDir static Path folder;
  private static House house;

  @BeforeAll
  static void open() throws Exception {
    house = House.open(folder, 0.02);
  }

  @AfterAll
  static void close() throws Exception {
    house.close();
  }

  @AfterEach
  void asItWas() {
    house.api().faults().clear();
    change(settings -> OfficeSettings.standard());
    assertEquals(List.of(), house.api().requests().violations(0));
  }

  @Test
  void anErrorMayBeAJsonStringOrBareText() throws Exception {
    int n = 7000;
    for (boolean bare : List.of(false, true)) {
      change(settings -> settings.withBareErrorText(bare));
      Patient patient = Patient.numbered(++n);
      house.api().faults().arm(Fault.of("elm", FaultKind.OFFLINE));
      String id = send(Hospital.adt("A28", "O" + n, patient));
      House.until(
          "the office is known to be away",
          () ->
              house
                      .ledger()
                      .count(
                          "select count(*) from lane where practice = 'elm' and state = 'offline'")
                  == 1);
      house.api().faults().clear();
      house.untilAllEnded();
      assertEquals("landed", house.ledger().end(id));
      assertEquals(1, house.office("elm").patients(patient).size());
    }
  }

  @Test
  void tooManyRequestsMayBeAnsweredOrOnlyQueued() throws Exception {
    int n = 7100;
    for (boolean queueing : List.of(false, true)) {
      change(settings -> settings.withQueueingOnly(queueing));
      Patient patient = Patient.numbered(++n);
      String id = send(Hospital.siu("S12", "O" + n, patient, "PL" + n, NOON.plusDays(n), 30, ""));
      house.untilAllEnded();
      assertEquals("landed", house.ledger().end(id));
      assertEquals(1, house.office("elm").appointments(patient).size());
    }
  }

  @Test
  void anOverlapMayBeAcceptedOrRefused() throws Exception {
    Patient first = Patient.numbered(7201);
    Patient second = Patient.numbered(7202);
    Patient third = Patient.numbered(7203);
    send(Hospital.siu("S12", "O7201", first, "PL7201", NOON, 30, ""));
    house.untilAllEnded();
    String accepted = send(Hospital.siu("S12", "O7202", second, "PL7202", NOON, 30, ""));
    house.untilAllEnded();
    assertEquals("landed", house.ledger().end(accepted));
    change(settings -> settings.withOverlapRefused(true));
    String refused = send(Hospital.siu("S12", "O7203", third, "PL7203", NOON, 30, ""));
    house.untilAllEnded();
    Map<String, Object> receipt = house.ledger().receipt(refused);
    assertEquals("refused", receipt.get("receipt_end"));
    assertTrue(String.valueOf(receipt.get("receipt_reason")).contains("appointments.post"));
    assertEquals(0, house.office("elm").appointments(third).size());
  }

  @Test
  void aKeyWithoutPermissionSwitchesThatWriteOffWithItsReason() throws Exception {
    change(settings -> settings.withPermissions(Set.of("ApiReadAll", "ApiPatients")));
    Patient patient = Patient.numbered(7301);
    String id = send(Hospital.siu("S12", "O7301", patient, "PL7301", NOON, 30, ""));
    house.untilAllEnded();
    Map<String, Object> receipt = house.ledger().receipt(id);
    assertEquals("parked", receipt.get("receipt_end"));
    String reason = String.valueOf(receipt.get("receipt_reason"));
    assertTrue(reason.contains("appointments.post") && reason.contains("401"), reason);
    assertEquals(1, house.office("elm").patients(patient).size());
    assertEquals(0, house.office("elm").appointments(patient).size());
  }

  private static void change(UnaryOperator<OfficeSettings> to) {
    house.api().change("elm", to);
  }

  private static String send(byte[] message) throws Exception {
    assertEquals("AA", house.send("elm", message));
    return new String(message, java.nio.charset.StandardCharsets.UTF_8).split("\\|")[9];
  }
}
