package pontic.sandbox.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SandboxDatabase.class)
class AppointmentsTest {

  @Test
  void aNewAppointmentHasTheDocumentedDefaultsInItsRow(TestApi on) {
    on.unthrottled();
    long patient = on.newPatient();
    var reply = on.post("/appointments", on.appointment(patient, "2031-04-01 10:00:00").toString());
    assertEquals(201, reply.status());
    long key = reply.json().get("AptNum").asLong();
    assertEquals(
        "http://127.0.0.1:" + on.port() + "/api/v1/appointments/" + key,
        reply.header("location").orElseThrow());
    Row row = on.one("select * from appointment where PatNum = ?", patient);
    assertEquals(key, row.number("AptNum"));
    assertEquals(1, row.number("AptStatus"));
    assertEquals("/XX/", row.text("Pattern"));
    assertEquals("////", row.text("PatternSecondary"));
    assertEquals("2031-04-01 10:00:00", row.text("AptDateTime").substring(0, 19));
    assertEquals(0, row.number("SecUserNumEntry"));
    assertEquals(
        on.one(
                "select DefNum from definition where Category = 2 order by ItemOrder, DefNum limit 1")
            .number("DefNum"),
        row.number("Confirmed"));
    assertEquals(
        on.one("select ValueString from preference where PrefName = 'PracticeDefaultProv'")
            .number("ValueString"),
        row.number("ProvNum"));
    JsonNode json = reply.json();
    assertEquals("Scheduled", json.get("AptStatus").textValue());
    assertEquals("Normal", json.get("Priority").textValue());
    assertEquals("false", json.get("IsNewPatient").textValue());
    assertEquals("0001-01-01 00:00:00", json.get("DateTimeArrived").textValue());
    assertEquals("0,0,0", json.get("colorOverride").textValue());
  }

  @Test
  void thePatientsOwnProviderComesBeforeTheOffices(TestApi on) {
    on.unthrottled();
    long patient = on.newPatient();
    long provider = on.one("select max(ProvNum) as k from provider").number("k");
    assertEquals(200, on.put("/patients/" + patient, "{\"PriProv\":" + provider + "}").status());
    long key = on.newAppointment(patient, "2031-04-01 11:00:00");
    assertEquals(
        provider,
        on.one("select ProvNum from appointment where AptNum = ?", key).number("ProvNum"));
  }

  @Test
  void requiredFieldsAndForeignKeysAreChecked(TestApi on) {
    on.unthrottled();
    long patient = on.newPatient();
    ObjectNode good = on.appointment(patient, "2031-04-02 10:00:00");
    for (String field : List.of("PatNum", "Op", "AptDateTime")) {
      ObjectNode without = good.deepCopy();
      without.remove(field);
      said(on.post("/appointments", without.toString()), 400, field + " is required");
    }
    said(
        on.post("/appointments", good.deepCopy().put("PatNum", 9999999).toString()),
        404,
        "Patient not found");
    said(
        on.post("/appointments", good.deepCopy().put("Op", 9999999).toString()),
        404,
        "Operatory not found");
    said(
        on.post("/appointments", good.deepCopy().put("ProvNum", 9999999).toString()),
        404,
        "Provider not found");
    said(
        on.post("/appointments", good.deepCopy().put("ClinicNum", 9999999).toString()),
        404,
        "Clinic not found");
    assertEquals(
        404,
        on.post("/appointments", good.deepCopy().put("Confirmed", 9999999).toString()).status());
    assertEquals(
        404,
        on.post("/appointments", good.deepCopy().put("SecUserNumEntry", 9999999).toString())
            .status());
    for (String field :
        List.of("AptStatus", "Pattern", "AptDateTime", "Priority", "IsHygiene", "colorOverride")) {
      assertEquals(
          400,
          on.post("/appointments", good.deepCopy().put(field, "Broken?").toString()).status(),
          field);
    }
    assertEquals(
        400,
        on.post("/appointments", good.deepCopy().put("AptStatus", "Broken").toString()).status());
    on.change(on.elm, "update patient set PatStatus = 4 where PatNum = ?", patient);
    said(on.post("/appointments", good.toString()), 400, "Patient has been deleted");
    assertEquals(0, on.rows("select 1 as x from appointment where PatNum = ?", patient).size());
    said(on.get("/appointments/9999999"), 404, "Appointment not found");
    said(on.put("/appointments/9999999", "{}"), 404, "Appointment not found");
  }

  @Test
  void aPatternIsCutAtNineHoursAndTheSecondHasItsLength(TestApi on) {
    on.unthrottled();
    long patient = on.newPatient();
    ObjectNode wish = on.appointment(patient, "2031-04-03 08:00:00");
    var reply =
        on.post("/appointments", wish.deepCopy().put("Pattern", "X".repeat(120)).toString());
    assertEquals(201, reply.status());
    Row row = on.one("select Pattern, PatternSecondary from appointment where PatNum = ?", patient);
    assertEquals(108, row.text("Pattern").length());
    assertEquals(108, row.text("PatternSecondary").length());
    assertEquals(
        400,
        on.post(
                "/appointments",
                wish.deepCopy().put("Pattern", "XX").put("PatternSecondary", "///").toString())
            .status());
  }

  @Test
  void anUpdateChangesOnlyWhatItNames(TestApi on) {
    on.unthrottled();
    long key = on.newAppointment(on.newPatient(), "2031-04-04 10:00:00");
    assertEquals(200, on.put("/appointments/" + key, "{\"Note\":\"first\"}").status());
    assertEquals(
        200,
        on.put(
                "/appointments/" + key,
                "{\"aptDateTime\":\"2031-04-05 11:30:00\",\"Priority\":\"ASAP\"}")
            .status());
    Row row = on.one("select * from appointment where AptNum = ?", key);
    assertEquals("2031-04-05 11:30:00", row.text("AptDateTime").substring(0, 19));
    assertEquals("first", row.text("Note"));
    assertEquals(1, row.number("Priority"));
    assertEquals(
        200, on.put("/appointments/" + key, "{\"Note\":\"\",\"AptStatus\":\"Broken\"}").status());
    row = on.one("select * from appointment where AptNum = ?", key);
    assertEquals("", row.text("Note"));
    assertEquals(5, row.number("AptStatus"));
  }

  @Test
  void anArrivalIsSentAsATimeAndKeptOnTheAppointmentsDay(TestApi on) {
    on.unthrottled();
    long key = on.newAppointment(on.newPatient(), "2031-04-06 10:00:00");
    assertEquals(
        400,
        on.put("/appointments/" + key, "{\"DateTimeArrived\":\"2031-04-06 09:55:00\"}").status());
    var reply = on.put("/appointments/" + key, "{\"DateTimeArrived\":\"09:55:00\"}");
    assertEquals("2031-04-06 09:55:00", reply.json().get("DateTimeArrived").textValue());
    assertEquals(
        "2031-04-06 09:55:00",
        on.one("select DateTimeArrived from appointment where AptNum = ?", key)
            .text("DateTimeArrived")
            .substring(0, 19));
  }

  @Test
  void breakingNeedsAScheduledAppointment(TestApi on) {
    on.unthrottled();
    long key = on.newAppointment(on.newPatient(), "2031-04-07 10:00:00");
    String path = "/appointments/" + key + "/Break";
    assertEquals(400, on.put(path, "{}").status());
    assertEquals(
        400,
        on.put(path, "{\"sendToUnscheduledList\":\"false\",\"breakType\":\"Forgotten\"}").status());
    var done = on.put(path, "{\"sendToUnscheduledList\":\"false\",\"breakType\":\"Missed\"}");
    assertEquals(200, done.status());
    assertEquals("", done.text());
    assertEquals(
        5, on.one("select AptStatus from appointment where AptNum = ?", key).number("AptStatus"));
    assertEquals(400, on.put(path, "{\"sendToUnscheduledList\":false}").status());
    long other = on.newAppointment(on.newPatient(), "2031-04-07 11:00:00");
    assertEquals(
        200,
        on.put("/appointments/" + other + "/Break", "{\"sendToUnscheduledList\":true}").status());
    assertEquals(
        3, on.one("select AptStatus from appointment where AptNum = ?", other).number("AptStatus"));
  }

  @Test
  void breakingAddsTheProcedureOnlyIfTheOfficeHasSetOne(TestApi on) {
    on.unthrottled();
    on.change(on.elm, "delete from preference where PrefName = 'BrokenApptProcedure'");
    long patient = on.newPatient();
    String broken = "{\"sendToUnscheduledList\":\"false\",\"breakType\":\"%s\"}";
    on.put(
        "/appointments/" + on.newAppointment(patient, "2031-04-08 09:00:00") + "/Break",
        broken.formatted("Missed"));
    assertEquals(0, procedures(on, patient).size());
    on.change(
        on.elm,
        "insert into preference (PrefName, ValueString, PrefNum) values ('BrokenApptProcedure', '3', 987654)");
    on.put(
        "/appointments/" + on.newAppointment(patient, "2031-04-08 10:00:00") + "/Break",
        broken.formatted("Missed"));
    on.put(
        "/appointments/" + on.newAppointment(patient, "2031-04-08 11:00:00") + "/Break",
        broken.formatted("Cancelled"));
    on.change(on.elm, "delete from preference where PrefName = 'BrokenApptProcedure'");
    assertEquals(
        List.of("D9986", "D9987"),
        procedures(on, patient).stream().map(row -> row.text("ProcCode")).toList());
    for (Row row : procedures(on, patient)) {
      assertEquals("", row.text("Descript"));
      assertEquals(2, row.number("ProcStatus"));
    }
  }

  @Test
  void aNoteIsAppendedAsALineEachTime(TestApi on) {
    on.unthrottled();
    long key = on.newAppointment(on.newPatient(), "2031-04-09 10:00:00");
    String path = "/appointments/" + key + "/Note";
    assertEquals(200, on.put(path, "{\"Note\":\"one\"}").status());
    assertEquals(200, on.put(path, "{\"Note\":\"one\"}").status());
    assertEquals(400, on.put(path, "{}").status());
    assertEquals(
        "one\r\none", on.one("select Note from appointment where AptNum = ?", key).text("Note"));
    assertEquals("one one", on.get("/appointments/" + key).json().get("Note").textValue());
  }

  @Test
  void aPlannedAppointmentHasNoTimeAndIsGivenOneByAnotherRow(TestApi on) {
    on.unthrottled();
    long patient = on.newPatient();
    String preference = "update preference set ValueString = ? where PrefName = 'ApptsRequireProc'";
    on.change(on.elm, preference, "1");
    said(
        on.post("/appointments/Planned", "{\"PatNum\":" + patient + "}"),
        400,
        "AppointmentTypeNum or procNums is required");
    on.change(on.elm, preference, "0");
    var planned =
        on.post(
            "/appointments/Planned",
            "{\"PatNum\":" + patient + ",\"AppointmentTypeNum\":1,\"Note\":\"crown\"}");
    assertEquals(201, planned.status(), planned.text());
    long key = planned.json().get("AptNum").asLong();
    Row row = on.one("select * from appointment where AptNum = ?", key);
    assertEquals(6, row.number("AptStatus"));
    assertEquals(0, row.number("Op"));
    assertEquals("0001-01-01", row.text("AptDateTime").substring(0, 10));
    String body =
        "{\"AptNum\":" + key + ",\"AptDateTime\":\"2031-05-01 10:00:00\",\"ProvNum\":1,\"Op\":1}";
    var scheduled = on.post("/appointments/SchedulePlanned", body);
    assertEquals(201, scheduled.status(), scheduled.text());
    long other = scheduled.json().get("AptNum").asLong();
    assertTrue(other != key);
    assertEquals(key, scheduled.json().get("NextAptNum").asLong());
    assertEquals("crown", scheduled.json().get("Note").textValue());
    assertEquals(
        6, on.one("select AptStatus from appointment where AptNum = ?", key).number("AptStatus"));
    said(
        on.post(
            "/appointments/SchedulePlanned",
            body.replace("\"AptNum\":" + key, "\"AptNum\":" + other)),
        400,
        "The appointment is not planned.");
    assertEquals(
        404,
        on.post("/appointments/SchedulePlanned", body.replace(":" + key + ",", ":9999999,"))
            .status());
  }

  @Test
  void procedureNumbersPlanToo(TestApi on) {
    on.unthrottled();
    long procedure = on.one("select max(ProcNum) as k from procedurelog").number("k");
    long patient =
        on.one("select PatNum from procedurelog where ProcNum = ?", procedure).number("PatNum");
    var planned =
        on.post(
            "/appointments/Planned",
            "{\"PatNum\":" + patient + ",\"procNums\":[" + procedure + "]}");
    assertEquals(201, planned.status(), planned.text());
    assertEquals(
        planned.json().get("AptNum").asLong(),
        on.one("select PlannedAptNum from procedurelog where ProcNum = ?", procedure)
            .number("PlannedAptNum"));
  }

  @Test
  void confirmTakesExactlyOneOfItsTwoFields(TestApi on) {
    on.unthrottled();
    long key = on.newAppointment(on.newPatient(), "2031-04-10 10:00:00");
    long last =
        on.one("select DefNum from definition where Category = 2 order by ItemOrder desc limit 1")
            .number("DefNum");
    String path = "/appointments/" + key + "/Confirm";
    assertEquals(400, on.put(path, "{}").status());
    assertEquals(400, on.put(path, "{\"confirmVal\":\"None\",\"defNum\":" + last + "}").status());
    assertEquals(400, on.put(path, "{\"confirmVal\":\"Perhaps\"}").status());
    assertEquals(404, on.put(path, "{\"defNum\":9999999}").status());
    assertEquals(200, on.put(path, "{\"defNum\":" + last + "}").status());
    assertEquals(
        last,
        on.one("select Confirmed from appointment where AptNum = ?", key).number("Confirmed"));
    assertEquals(200, on.put(path, "{\"confirmVal\":\"None\"}").status());
    assertEquals(
        on.one(
                "select DefNum from definition where Category = 2 order by ItemOrder, DefNum limit 1")
            .number("DefNum"),
        on.one("select Confirmed from appointment where AptNum = ?", key).number("Confirmed"));
  }

  @Test
  void everyWriteLeavesACopyInHistappointment(TestApi on) {
    on.unthrottled();
    long patient = on.newPatient();
    long key = on.newAppointment(patient, "2031-04-11 10:00:00");
    on.put("/appointments/" + key, "{\"AptDateTime\":\"2031-04-12 10:00:00\"}");
    on.put("/appointments/" + key + "/Note", "{\"Note\":\"x\"}");
    on.put(
        "/appointments/" + key + "/Break",
        "{\"sendToUnscheduledList\":\"false\",\"breakType\":\"Missed\"}");
    on.put("/appointments/" + key, "{\"AptStatus\":\"Scheduled\"}");
    on.put(
        "/appointments/" + key + "/Break",
        "{\"sendToUnscheduledList\":\"false\",\"breakType\":\"Cancelled\"}");
    var rows = on.rows("select * from histappointment where AptNum = ? order by HistApptNum", key);
    assertEquals(
        List.of(0L, 1L, 1L, 2L, 1L, 3L),
        rows.stream().map(row -> row.number("HistApptAction")).toList());
    for (Row row : rows) {
      assertEquals(patient, row.number("PatNum"));
      assertEquals(0, row.number("HistUserNum"));
    }
    assertEquals("2031-04-11 10:00:00", rows.get(0).text("AptDateTime").substring(0, 19));
    assertEquals("2031-04-12 10:00:00", rows.get(1).text("AptDateTime").substring(0, 19));
    assertEquals(5, rows.get(3).number("AptStatus"));
    JsonNode wire = on.get("/histappointments?AptNum=" + key + "&HistApptAction=Missed").json();
    assertEquals(1, wire.size());
    assertEquals("Missed", wire.get(0).get("HistApptAction").textValue());
    assertEquals("API", wire.get(0).get("ApptSource").textValue());
    assertEquals("Broken", wire.get(0).get("AptStatus").textValue());
    assertEquals(6, on.get("/histappointments?PatNum=" + patient).json().size());
    assertEquals(1, on.get("/histappointments?AptNum=" + key + "&date=2031-04-11").json().size());
  }

  @Test
  void everyWriteLeavesAnAuditRowForTheAppointment(TestApi on) {
    on.unthrottled();
    long key = on.newAppointment(on.newPatient(), "2031-04-13 10:00:00");
    on.put("/appointments/" + key, "{\"AptDateTime\":\"2031-04-14 10:00:00\"}");
    on.put("/appointments/" + key, "{\"Note\":\"x\"}");
    on.put("/appointments/" + key + "/Confirm", "{\"confirmVal\":\"None\"}");
    var rows =
        on.rows(
            "select * from securitylog where FKey = ? and LogSource = 23 and PermType in (25,26,27,120) order by SecurityLogNum",
            key);
    assertEquals(
        List.of(25L, 26L, 27L, 120L), rows.stream().map(row -> row.number("PermType")).toList());
    assertTrue(rows.stream().allMatch(row -> row.number("UserNum") == 0));
  }

  @Test
  void listsFilterByPatientStatusDayAndStamp(TestApi on) {
    on.unthrottled();
    long patient = on.newPatient();
    long first = on.newAppointment(patient, "2031-05-01 00:00:00");
    long second = on.newAppointment(patient, "2031-05-02 23:59:00");
    on.put("/appointments/" + second + "/Break", "{\"sendToUnscheduledList\":\"false\"}");
    String all = "/appointments?PatNum=" + patient;
    assertEquals(List.of(first, second), keys(on.get(all)));
    assertEquals(List.of(first), keys(on.get(all + "&AptStatus=Scheduled")));
    assertEquals(List.of(second), keys(on.get(all + "&AptStatus=Broken")));
    assertEquals(List.of(first), keys(on.get(all + "&date=2031-05-01")));
    assertEquals(List.of(second), keys(on.get(all + "&dateStart=2031-05-02")));
    assertEquals(List.of(first), keys(on.get(all + "&dateEnd=2031-05-01")));
    assertEquals(
        List.of(first, second), keys(on.get(all + "&dateStart=2031-05-01&dateEnd=2031-05-02")));
    assertEquals(List.of(), keys(on.get(all + "&Op=999999")));
    assertEquals(List.of(first, second), keys(on.get(all + "&DateTStamp=2026-01-01%2000:00:00")));
    assertEquals(List.of(), keys(on.get(all + "&DateTStamp=2037-01-01%2000:00:00")));
    assertTrue(on.get(all).json().get(0).has("serverDateTime"));
    said(on.get("/appointments?PatNum=9999999"), 404, "Patient not found");
    assertEquals(400, on.get("/appointments?AptStatus=None").status());
  }

  @Test
  void anOverlapIsAcceptedUnlessTheSwitchRefusesIt(TestApi on) {
    on.unthrottled();
    long patient = on.newPatient();
    on.newAppointment(patient, "2031-06-01 10:00:00");
    on.newAppointment(patient, "2031-06-01 10:15:00");
    on.api.change("elm", settings -> settings.withBookings(new BookingDoubts(true, false, false)));
    assertEquals(
        400,
        on.post("/appointments", on.appointment(patient, "2031-06-01 10:30:00").toString())
            .status());
    long after = on.newAppointment(patient, "2031-06-01 10:35:00");
    assertEquals(
        400,
        on.put("/appointments/" + after, "{\"AptDateTime\":\"2031-06-01 10:30:00\"}").status());
    assertEquals(200, on.put("/appointments/" + after, "{\"Note\":\"own slot\"}").status());
    assertEquals(3, on.rows("select 1 as x from appointment where PatNum = ?", patient).size());
  }

  @Test
  void slotsAreTheHoursWorkedWithoutWhatStandsThere(TestApi on) {
    on.unthrottled();
    long patient = on.newPatient();
    on.change(
        on.elm,
        "insert into schedule (SchedDate, StartTime, StopTime, SchedType, ProvNum) values (?, '08:00', '17:00', 1, 1)",
        "2031-08-04");
    on.change(
        on.elm,
        "insert into scheduleop (ScheduleNum, OperatoryNum) select ScheduleNum, ? from schedule where SchedDate = ?",
        on.operatory(),
        "2031-08-04");
    on.newAppointment(patient, "2031-08-04 10:00:00");
    String asked = "/appointments/Slots?ProvNum=1&date=2031-08-04&OpNum=" + on.operatory();
    assertEquals(
        List.of(
            "2031-08-04 08:00:00 to 2031-08-04 10:00:00",
            "2031-08-04 10:20:00 to 2031-08-04 17:00:00"),
        stretches(on.get(asked)));
    assertEquals(
        List.of("2031-08-04 10:20:00 to 2031-08-04 17:00:00"),
        stretches(on.get(asked + "&lengthMinutes=150")));
    assertEquals(List.of(), stretches(on.get(asked.replace("date=2031-08-04", "date=2031-08-05"))));
    on.api.change("elm", settings -> settings.withBookings(new BookingDoubts(false, false, true)));
    assertEquals(
        400,
        on.post("/appointments", on.appointment(patient, "2031-08-04 16:50:00").toString())
            .status());
    on.newAppointment(patient, "2031-08-04 16:40:00");
    long operatory = on.operatory();
    on.change(on.elm, "update operatory set IsHidden = 1 where OperatoryNum = ?", operatory);
    assertEquals(List.of(), stretches(on.get(asked)));
    on.change(on.elm, "update operatory set IsHidden = 0 where OperatoryNum = ?", operatory);
  }

  private static List<String> stretches(TestApi.Reply reply) {
    List<String> stretches = new ArrayList<>();
    reply
        .json()
        .forEach(
            row ->
                stretches.add(
                    row.path("DateTimeStart").asText()
                        + " to "
                        + row.path("DateTimeEnd").asText()));
    return stretches;
  }

  @Test
  void aNewPatientsFirstBookingSetsTheFirstVisit(TestApi on) {
    on.unthrottled();
    long patient = on.newPatient();
    on.post(
        "/appointments",
        on.appointment(patient, "2031-07-01 10:00:00").put("IsNewPatient", "true").toString());
    assertEquals(
        "2031-07-01",
        on.one("select DateFirstVisit from patient where PatNum = ?", patient)
            .text("DateFirstVisit"));
  }

  private static List<Row> procedures(TestApi on, long patient) {
    return on.rows(
        "select c.ProcCode, c.Descript, p.ProcStatus from procedurelog p join procedurecode c on c.CodeNum ="
            + " p.CodeNum where p.PatNum = ? order by p.ProcNum",
        patient);
  }

  private static List<Long> keys(TestApi.Reply reply) {
    assertEquals(200, reply.status(), reply.text());
    return reply.json().findValuesAsText("AptNum").stream().map(Long::valueOf).toList();
  }

  private static void said(TestApi.Reply reply, int status, String text) {
    assertEquals(status, reply.status(), reply.text());
    assertEquals(text, reply.json().textValue());
  }
}
