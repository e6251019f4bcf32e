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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.jdbc.core.simple.JdbcClient;
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
    assertFalse(warnings("again-2").contains("by the office"), warnings("again-2"));
    List<Map<String, Object>> appointments = house.office("elm").appointments(patient);
    assertEquals(1, appointments.size());
    assertEquals(1, ((Number) appointments.get(0).get("AptStatus")).intValue(), "scheduled");
  }

  /** The patient phoned, and the desk took the visit off the book; the hospital hears nothing. */
  @ParameterizedTest
  @CsvSource({"5, broken, 131", "3, unscheduled, 132"})
  void aVisitThatTheOfficeTookOffItsBookStaysSoUntilItIsGivenAnotherTime(
      int status, String word, int number) throws Exception {
    Patient patient = Patient.numbered(number);
    String placer = "PL-off-" + number;
    String id = "off-" + number + "-";
    LocalDateTime at = NOON.plusDays(number);
    house.send("elm", Hospital.siu("S12", id + 1, patient, placer, at, 30, ""));
    house.untilAllEnded();
    long aptNum = ((Number) appointment(patient).get("AptNum")).longValue();
    takenOff(aptNum, status);
    for (int i = 2; i <= 3; i++) {
      house.send("elm", withDentist2(Hospital.siu("S14", id + i, patient, placer, at, 40, "")));
      house.untilAllEnded();
      assertEquals(i == 2 ? "landed" : "no change", house.ledger().end(id + i));
      Map<String, Object> row = appointment(patient);
      assertEquals(status, ((Number) row.get("AptStatus")).intValue(), row.toString());
      assertWarned(
          "AptNum "
              + aptNum
              + " had been "
              + word
              + " by the office and stays so, since the message gives it no other time",
          id + i);
      assertEquals(at, time(row));
      assertEquals(8, String.valueOf(row.get("Pattern")).length(), "forty minutes");
      assertEquals(2, ((Number) row.get("ProvNum")).intValue(), row.toString());
    }
    house.send(
        "elm", withDentist2(Hospital.siu("S13", id + 4, patient, placer, at.plusHours(2), 40, "")));
    house.untilAllEnded();
    assertEquals("landed", house.ledger().end(id + 4));
    assertWarned(
        "AptNum "
            + aptNum
            + " had been "
            + word
            + " by the office; the message gives it another time, so it is scheduled again",
        id + 4);
    Map<String, Object> row = appointment(patient);
    assertEquals(1, ((Number) row.get("AptStatus")).intValue(), row.toString());
    assertEquals(at.plusHours(2), time(row));
    assertEquals(8, String.valueOf(row.get("Pattern")).length(), "forty minutes");
  }

  /** A segment, or the group that an RGS begins, says itself that it is taken away (table 0206). */
  @ParameterizedTest
  @CsvSource({
    "133, AIL|1|D|OP-1; AIL|2|A|OP-2; AIP|1|D|DR-1; AIP|2|A|DR-2, 2, 2",
    "134, RGS|1|D; AIL|1|D|OP-1; AIP|1|D|DR-1; RGS|2|A; AIL|1|A|OP-2; AIP|1|A|DR-2, 2, 2",
    "135, RGS|1|d; AIL|1||OP-1; AIP|1||DR-1; RGS|2|A; AIL|1|A|OP-2; AIP|1|A|DR-2, 2, 2",
    "136, RGS|1|U; AIL|1|X|OP-1; AIP|1|D|DR-1; AIP|2|A|DR-2, 1, 2",
    "137, RGS|1|U; AIL|1|D|OP-1; AIP|1|D|DR-1, 1, 1"
  })
  void whatAMessageTakesAwayIsNotWhereTheVisitIs(
      int number, String resources, int operatory, int provider) throws Exception {
    Patient patient = Patient.numbered(number);
    String placer = "PL-taken-" + number;
    String id = "taken-" + number + "-";
    LocalDateTime at = NOON.plusDays(number);
    house.send("elm", Hospital.siu("S12", id + 1, patient, placer, at, 30, ""));
    house.untilAllEnded();
    boolean stays = operatory == 1 && provider == 1;
    for (String trigger : List.of("S14", "S13")) {
      LocalDateTime to = trigger.equals("S13") ? at.plusHours(2) : at;
      house.send(
          "elm",
          replaced(
              Hospital.siu(trigger, id + trigger, patient, placer, to, 30, ""),
              "RGS|1|A\rAIL|1|A|OP-1\rAIP|1|A|DR-1^Welby^Marcus",
              resources.replace("; ", "\r")));
      house.untilAllEnded();
      assertEquals(
          trigger.equals("S14") && stays ? "no change" : "landed",
          house.ledger().end(id + trigger));
      Map<String, Object> row = appointment(patient);
      assertEquals(operatory, ((Number) row.get("Op")).intValue(), row.toString());
      assertEquals(provider, ((Number) row.get("ProvNum")).intValue(), row.toString());
      assertEquals(to, time(row));
    }
  }

  private static void takenOff(long aptNum, int status) throws Exception {
    if (status == 5) {
      house.sandbox().frontDesk("elm").breakAppointment(aptNum, false);
      return;
    }
    JdbcClient.create(house.sandbox().practice("elm").dataSource())
        .sql("update appointment set AptStatus = ? where AptNum = ?")
        .params(status, aptNum)
        .update();
  }

  private static Map<String, Object> appointment(Patient patient) {
    List<Map<String, Object>> rows = house.office("elm").appointments(patient);
    assertEquals(1, rows.size(), rows.toString());
    return rows.get(0);
  }

  private static LocalDateTime time(Map<String, Object> row) {
    return row.get("AptDateTime") instanceof java.sql.Timestamp at
        ? at.toLocalDateTime()
        : (LocalDateTime) row.get("AptDateTime");
  }

  private static String warnings(String controlId) {
    return String.valueOf(house.ledger().receipt(controlId).get("receipt_warnings"));
  }

  private static void assertWarned(String sentence, String controlId) {
    assertTrue(warnings(controlId).contains("\"" + sentence + "\""), warnings(controlId));
  }

  private static byte[] withDentist2(byte[] message) {
    return replaced(message, "|DR-1^Welby^Marcus", "|DR-2^Kiley^Steven");
  }

  private static byte[] replaced(byte[] message, String what, String with) {
    String text = new String(message, java.nio.charset.StandardCharsets.UTF_8);
    assertTrue(text.contains(what), what);
    return text.replace(what, with).getBytes(java.nio.charset.StandardCharsets.UTF_8);
  }

  @Test
  void aMessageThatIsRepeatedAfterItsContentsHaveGoneIsKnownAgain() throws Exception {
    Patient patient = Patient.numbered(104);
    byte[] message = Hospital.adt("A28", "kept-long", patient);
    assertEquals("AA", house.send("elm", message));
    house.untilAllEnded();
    house
        .ledger()
        .change(
            "update message set ended_at = ended_at - 7862400000 where control_id = ?",
            "kept-long"); // 91 days
    House.until(
        "its contents are gone",
        () ->
            house
                .ledger()
                .texts("select body from message where control_id = ?", "kept-long")
                .equals(List.of("")));
    assertEquals(
        0,
        house
            .ledger()
            .count(
                "select count(*) from call c join message m on m.id = (select w.message_id from work w where w.id = c.work_id)"
                    + " where m.control_id = 'kept-long'"));
    assertEquals("AA", house.send("elm", message));
    house.untilAllEnded();
    assertEquals("duplicate of", house.ledger().end("kept-long"));
    assertEquals(1, house.office("elm").patients(patient).size());
  }

  @Test
  void everyTriggerThatRegistersOrUpdatesEndsAsTheRow() throws Exception {
    int number = 110;
    for (String trigger : List.of("A01", "A04", "A05")) {
      Patient patient = Patient.numbered(number++);
      String id = "trigger-" + trigger;
      assertEquals("AA", house.send("elm", Hospital.adt(trigger, id, patient)));
      house.untilAllEnded();
      assertEquals("landed", house.ledger().end(id), id);
      assertEquals(1, house.office("elm").patients(patient).size(), trigger);
    }
    Patient patient = Patient.numbered(110);
    String phone = "5035550";
    for (String trigger : List.of("A08", "A13", "A01")) {
      String other = phone + (100 + number++);
      String id = "again-" + trigger;
      assertEquals("AA", house.send("elm", Hospital.adt(trigger, id, patient.withPhone(other))));
      house.untilAllEnded();
      assertEquals("landed", house.ledger().end(id), id);
      List<Map<String, Object>> rows = house.office("elm").patients(patient);
      assertEquals(1, rows.size(), trigger);
      assertEquals(
          other, String.valueOf(rows.get(0).get("HmPhone")).replaceAll("\\D", ""), trigger);
    }
  }

  @Test
  void aVisitThatEndsOrNeverWasBringsThePatientUpToDateAndSaysThatTheVisitWasLeftOut()
      throws Exception {
    Patient patient = Patient.numbered(118);
    assertEquals("AA", house.send("elm", visit("A01", "visit-A01", patient)));
    int number = 0;
    for (String trigger : List.of("A03", "A11", "A13")) {
      String phone = "503555990" + number++;
      assertEquals(
          "AA", house.send("elm", visit(trigger, "visit-" + trigger, patient.withPhone(phone))));
      house.untilAllEnded();
      Map<String, Object> receipt = house.ledger().receipt("visit-" + trigger);
      assertEquals("landed", receipt.get("receipt_end"), trigger);
      assertEquals(
          "[\"left out: PV1, PV2 (stays and visits are the hospital's own)\",\"left out: ZPI (no mapping of this message reads it)\"]",
          receipt.get("receipt_warnings"),
          trigger);
      List<Map<String, Object>> rows = house.office("elm").patients(patient);
      assertEquals(1, rows.size(), trigger);
      assertEquals(phone, String.valueOf(rows.get(0).get("HmPhone")).replaceAll("\\D", ""));
    }
  }

  @Test
  void aCancelledAdmissionCreatesNobodyAndADischargeDoes() throws Exception {
    Patient never = Patient.numbered(119);
    assertEquals("AA", house.send("elm", visit("A11", "never-A11", never)));
    Patient leaves = Patient.numbered(120);
    assertEquals("AA", house.send("elm", visit("A03", "leaves-A03", leaves)));
    house.untilAllEnded();
    Map<String, Object> receipt = house.ledger().receipt("never-A11");
    assertEquals("refused", receipt.get("receipt_end"));
    assertTrue(String.valueOf(receipt.get("receipt_reason")).contains("creates nobody"));
    assertEquals(List.of(), house.office("elm").patients(never));
    assertEquals("landed", house.ledger().end("leaves-A03"));
    assertEquals(1, house.office("elm").patients(leaves).size());
  }

  @Test
  void whatMeansNothingForADentalOfficeIsTakenAndEndsWithItsReason() throws Exception {
    assertEquals(
        "AA",
        house.send("elm", Hospital.message("SIU^S24", "nothing-S24", "SCH|9^LAKE", "RGS|1|A")));
    house.untilAllEnded();
    Map<String, Object> receipt = house.ledger().receipt("nothing-S24");
    assertEquals("no change", receipt.get("receipt_end"));
    String reason = String.valueOf(receipt.get("receipt_reason"));
    assertTrue(reason.startsWith("SIU^S24: ") && reason.contains("schedule"), reason);
    assertEquals(
        0,
        house
            .ledger()
            .count("select count(*) from work where message_id = '" + receipt.get("id") + "'"),
        "nothing was asked of the API");
  }

  @Test
  void appointmentsAreModifiedDiscontinuedDeletedAndMissed() throws Exception {
    // Trigger, the status of the visit that the sender states, and how the office's history names
    // it.
    record Way(String trigger, String filler, int action) {}
    int number = 121;
    for (Way way :
        List.of(
            new Way("S16", "", 3),
            new Way("S17", "", 1),
            new Way("S26", "", 2),
            new Way("S14", "Noshow", 2),
            new Way("S14", "Cancelled", 3))) {
      Patient patient = Patient.numbered(number);
      String placer = "PL-way-" + number;
      LocalDateTime at = NOON.plusDays(10 + number);
      String id = "way-" + number++ + "-";
      house.send("elm", Hospital.siu("S12", id + 1, patient, placer, at, 30, ""));
      house.send("elm", Hospital.siu("S14", id + 2, patient, placer, at.plusHours(1), 50, "knee"));
      house.untilAllEnded();
      assertEquals("landed", house.ledger().end(id + 2), id);
      Map<String, Object> modified = house.office("elm").appointments(patient).get(0);
      assertEquals(1, ((Number) modified.get("AptStatus")).intValue(), "scheduled");
      assertEquals(10, String.valueOf(modified.get("Pattern")).length(), "fifty minutes");
      assertTrue(String.valueOf(modified.get("Note")).contains("knee"));
      house.send(
          "elm", ending(way.trigger(), id + 3, patient, placer, at.plusHours(1), way.filler()));
      house.untilAllEnded();
      Map<String, Object> receipt = house.ledger().receipt(id + 3);
      assertEquals(
          "landed", receipt.get("receipt_end"), String.valueOf(receipt.get("receipt_reason")));
      List<Map<String, Object>> rows = house.office("elm").appointments(patient);
      assertEquals(1, rows.size(), way.toString());
      assertEquals(5, ((Number) rows.get(0).get("AptStatus")).intValue(), way.toString());
      assertEquals(
          way.action(),
          ((Number)
                  house
                      .office("elm")
                      .rows(
                          "select HistApptAction from histappointment where AptNum = ? order by HistApptNum desc limit 1",
                          rows.get(0).get("AptNum"))
                      .get(0)
                      .get("HistApptAction"))
              .intValue(),
          way.toString());
      assertEquals(
          way.trigger().equals("S17"),
          String.valueOf(receipt.get("receipt_warnings")).contains("API deletes none"),
          String.valueOf(receipt.get("receipt_warnings")));
    }
    house.send(
        "elm", Hospital.siu("S26", "way-none", Patient.numbered(121), "PL-none", NOON, 30, ""));
    house.untilAllEnded();
    assertEquals("refused", house.ledger().end("way-none"));
  }

  private static byte[] visit(String trigger, String id, Patient patient) {
    return new String(Hospital.adt(trigger, id, patient), java.nio.charset.StandardCharsets.UTF_8)
        .replace("PV1|1|N", "PV1|1|I|WEST^12^A\rPV2|||STONE\rZPI|1|2")
        .getBytes(java.nio.charset.StandardCharsets.UTF_8);
  }

  private static byte[] ending(
      String trigger, String id, Patient patient, String placer, LocalDateTime at, String filler) {
    String text =
        new String(
            Hospital.siu(trigger, id, patient, placer, at, 50, "knee"),
            java.nio.charset.StandardCharsets.UTF_8);
    // SCH-25 comes fourteen fields behind SCH-11.
    return text.replaceFirst("(\rSCH\\|[^\r]*)", "$1" + "|".repeat(14) + filler)
        .getBytes(java.nio.charset.StandardCharsets.UTF_8);
  }
}
