package pontic.sandbox.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SandboxDatabase.class)
class OfficeDataTest {

  @Test
  void providersTellTheirNpiAndTheServersTime(TestApi on) {
    on.unthrottled();
    JsonNode rows = on.get("/providers").json();
    assertEquals(on.one("select count(*) as n from provider").number("n"), rows.size());
    JsonNode row = rows.get(0);
    Row stored = on.one("select * from provider order by ProvNum limit 1");
    assertEquals(stored.number("ProvNum"), row.get("ProvNum").asLong());
    assertEquals(stored.text("NationalProvID"), row.get("NationalProvID").textValue());
    assertTrue(row.get("IsHidden").isTextual());
    assertTrue(row.get("provColor").textValue().matches("\\d+,\\d+,\\d+"));
    assertTrue(row.get("serverDateTime").textValue().startsWith("20"));
    assertEquals(
        "", on.get("/providers?ClinicNum=0").json().get(0).get("serverDateTime").textValue());
    assertEquals("[]", on.get("/providers?DateTStamp=2037-01-01%2000:00:00").text());
    assertEquals(row.get("Abbr"), on.get("/providers/" + row.get("ProvNum")).json().get("Abbr"));
    assertEquals("Provider not found", on.get("/providers/999999").json().textValue());
  }

  @Test
  void operatoriesAreListedAndReadSingly(TestApi on) {
    on.unthrottled();
    JsonNode rows = on.get("/operatories").json();
    assertEquals(on.one("select count(*) as n from operatory").number("n"), rows.size());
    long key = rows.get(0).get("OperatoryNum").asLong();
    assertEquals(rows.get(0), on.get("/operatories/" + key).json());
    assertEquals(404, on.get("/operatories/999999").status());
  }

  @Test
  void aPreferenceIsFoundByItsExactName(TestApi on) {
    on.unthrottled();
    JsonNode rows = on.get("/preferences?PrefName=ProgramVersion").json();
    assertEquals(1, rows.size());
    assertEquals(on.elm.programVersion(), rows.get(0).get("ValueString").textValue());
    assertEquals("[]", on.get("/preferences?PrefName=ProgramVers").text());
  }

  @Test
  void securitylogsTellOnlyWhatThisDeveloperWrote(TestApi on) {
    on.unthrottled();
    long patient = on.newPatient();
    on.change(
        on.elm,
        "insert into securitylog (PermType, UserNum, LogDateTime, LogText, PatNum, CompName, FKey, LogSource, DefNum,"
            + " DefNumError, DateTPrevious) values (106, 1, now(), 'desk', ?, '', 0, 0, 0, 0, '0001-01-01')",
        patient);
    JsonNode last = on.get("/securitylogs?PermType=PatientCreate&Limit=1000").json();
    long own = 0;
    for (JsonNode row : last) {
      assertEquals("API", row.get("LogSource").textValue());
      assertEquals(0, row.get("UserNum").asInt());
      assertTrue(
          row.get("LogDateTime").textValue().matches("\\d+/\\d+/\\d{4} \\d+:\\d\\d:\\d\\d [AP]M"));
      own += row.get("PatNum").asLong() == patient ? 1 : 0;
    }
    assertEquals(1, own);
    assertEquals(400, on.get("/securitylogs?PermType=Nonsense").status());
  }

  @Test
  void anOlderOfficeRefusesNewerMethodsParametersAndFields(TestApi on) {
    on.unthrottled();
    assertEquals(400, on.getOak("/securitylogs").status());
    assertEquals(400, on.getOak("/providers/1").status());
    assertEquals(400, on.getOak("/operatories/1").status());
    assertEquals(400, on.getOak("/appointments?Op=1").status());
    assertEquals(200, on.getOak("/appointments?AptStatus=Scheduled").status());
    assertEquals(200, on.getOak("/histappointments").status());
    String name = on.newName();
    String newer = "{\"LName\":\"" + name + "\",\"FName\":\"Ada\",\"MedicaidID\":\"1\"}";
    assertEquals(400, on.postOak("/patients", newer).status());
    assertEquals(0, on.rows(on.oak, "select 1 as x from patient where LName = ?", name).size());
    on.api.change("oak", settings -> settings.withNewerFieldsIgnored(true));
    var reply = on.postOak("/patients", newer);
    assertEquals(201, reply.status());
    assertFalse(reply.json().has("MedicaidID"));
    assertEquals(
        "",
        on.rows(on.oak, "select MedicaidID from patient where LName = ?", name)
            .get(0)
            .text("MedicaidID"));
  }

  @Test
  void anAppointmentGoesThroughAtTheOldLevelToo(TestApi on) {
    on.unthrottled();
    long patient =
        on.postOak("/patients", "{\"LName\":\"" + on.newName() + "\",\"FName\":\"Ada\"}")
            .json()
            .get("PatNum")
            .asLong();
    long op = on.rows(on.oak, "select min(OperatoryNum) as k from operatory").get(0).number("k");
    String wish =
        "{\"PatNum\":" + patient + ",\"Op\":" + op + ",\"AptDateTime\":\"2031-04-01 10:00:00\"%s}";
    assertEquals(
        400, on.postOak("/appointments", wish.formatted(",\"SecUserNumEntry\":\"1\"")).status());
    var reply = on.postOak("/appointments", wish.formatted(""));
    assertEquals(201, reply.status());
    long key = reply.json().get("AptNum").asLong();
    assertEquals(
        200,
        on.putOak("/appointments/" + key + "/Break", "{\"sendToUnscheduledList\":true}").status());
    assertEquals(
        2, on.rows(on.oak, "select 1 as x from histappointment where AptNum = ?", key).size());
    assertEquals(
        1,
        on.rows(on.oak, "select ClinicNum from appointment where AptNum = ?", key)
            .get(0)
            .number("ClinicNum"));
    assertFalse(reply.json().has("ItemOrderPlanned"));
  }

  @Test
  void theOfficesVersionIsReadAtEachRequest(TestApi on) {
    on.unthrottled();
    on.change(
        on.oak,
        "update preference set ValueString = '23.1.33.0' where PrefName = 'ProgramVersion'");
    int newer = on.getOak("/securitylogs").status();
    on.change(
        on.oak,
        "update preference set ValueString = ? where PrefName = 'ProgramVersion'",
        on.oak.programVersion());
    assertEquals(200, newer);
  }
}
