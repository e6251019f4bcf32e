package pontic.sandbox.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.LocalDate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SandboxDatabase.class)
class PatientsTest {

  @Test
  void aNewPatientHasTheDocumentedDefaultsInItsRow(TestApi on) {
    on.unthrottled();
    String name = on.newName();
    var reply = on.post("/patients", "{\"LName\":\"" + name + "\",\"FName\":\"Ada\"}");
    assertEquals(201, reply.status());
    long key = reply.json().get("PatNum").asLong();
    assertEquals(
        "http://127.0.0.1:" + on.port() + "/api/v1/patients/" + key,
        reply.header("location").orElseThrow());
    Row row = on.one("select * from patient where LName = ?", name);
    assertEquals(key, row.number("PatNum"));
    assertEquals(key, row.number("Guarantor"));
    assertEquals(0, row.number("PatStatus"));
    assertEquals(2, row.number("Gender"));
    assertEquals(0, row.number("SecUserNumEntry"));
    assertEquals("0001-01-01", row.text("Birthdate"));
    assertEquals(LocalDate.now(on.elm.zone()).toString(), row.text("SecDateEntry"));
    JsonNode json = reply.json();
    assertEquals("Patient", json.get("PatStatus").textValue());
    assertEquals("Unknown", json.get("Gender").textValue());
    assertEquals("0001-01-01", json.get("Birthdate").textValue());
    assertEquals("false", json.get("Premed").textValue());
    assertEquals("None", json.get("PreferContactMethod").textValue());
  }

  @Test
  void bothNamesAreRequired(TestApi on) {
    on.unthrottled();
    assertEquals("LName is required", refused(on, "{\"FName\":\"Ada\"}"));
    assertEquals("FName is required", refused(on, "{\"LName\":\"Fern\",\"FName\":\" \"}"));
    assertEquals(400, on.post("/patients", "{\"LName\":").status());
    assertEquals(400, on.post("/patients", "[]").status());
  }

  @Test
  void valuesAreChecked(TestApi on) {
    on.unthrottled();
    long before = on.one("select count(*) as n from patient").number("n");
    for (String wrong :
        new String[] {
          "\"Zip\":\"1234\"",
          "\"State\":\"or\"",
          "\"State\":\"Oregon\"",
          "\"SSN\":\"123-45-6789\"",
          "\"ChartNumber\":\"1234567890123456\"",
          "\"Gender\":\"Other\"",
          "\"Gender\":1",
          "\"PatStatus\":\"Deleted\"",
          "\"Position\":\"Alone\"",
          "\"Birthdate\":\"03/04/1990\"",
          "\"Birthdate\":\"1990-02-30\"",
          "\"TxtMsgOk\":\"true\"",
          "\"Premed\":\"perhaps\"",
          "\"ClinicNum\":\"one\"",
          "\"Email\":{}",
          "\"Guarantor\":1,\"SuperFamily\":1"
        }) {
      assertEquals(
          400,
          on.post("/patients", "{\"LName\":\"Fern\",\"FName\":\"Ada\"," + wrong + "}").status(),
          wrong);
    }
    for (String absent :
        new String[] {
          "\"PriProv\":999999", "\"Guarantor\":999999", "\"BillingType\":\"nowhere\""
        }) {
      assertEquals(
          404,
          on.post("/patients", "{\"LName\":\"Fern\",\"FName\":\"Ada\"," + absent + "}").status(),
          absent);
    }
    assertEquals(before, on.one("select count(*) as n from patient").number("n"));
    for (String right : new String[] {"12345", "12345-1234", "123456789", "K1A 0B1"}) {
      assertEquals(
          201,
          on.post(
                  "/patients",
                  "{\"LName\":\""
                      + on.newName()
                      + "\",\"FName\":\"Ada\",\"Zip\":\""
                      + right
                      + "\"}")
              .status());
    }
  }

  @Test
  void propertyNamesMatchWithoutCaseAndNumbersMayBeQuoted(TestApi on) {
    on.unthrottled();
    long head = on.newPatient();
    String name = on.newName();
    var reply =
        on.post(
            "/patients",
            "{\"lname\":\""
                + name
                + "\",\"FNAME\":\"Ada\",\"birthDate\":\"1990-04-05\",\"guarantor\":\""
                + head
                + "\"}");
    assertEquals(201, reply.status());
    Row row = on.one("select Birthdate, Guarantor from patient where LName = ?", name);
    assertEquals("1990-04-05", row.text("Birthdate"));
    assertEquals(head, row.number("Guarantor"));
  }

  @Test
  void aDuplicateIsRefusedByNameBirthDateAndOneContact(TestApi on) {
    on.unthrottled();
    String who =
        "\"LName\":\"" + on.newName() + "\",\"FName\":\"Ada\",\"Birthdate\":\"1980-01-02\"";
    assertEquals(201, on.post("/patients", "{" + who + ",\"HmPhone\":\"(503)555-0100\"}").status());
    assertEquals(
        400, on.post("/patients", "{" + who + ",\"WirelessPhone\":\"503-555-0100\"}").status());
    assertEquals(201, on.post("/patients", "{" + who + ",\"HmPhone\":\"503-555-0101\"}").status());
    assertEquals(201, on.post("/patients", "{" + who + "}").status());
    assertEquals(201, on.post("/patients", "{" + who + ",\"Email\":\"ada@example.org\"}").status());
    assertEquals(400, on.post("/patients", "{" + who + ",\"Email\":\"ADA@example.org\"}").status());
  }

  @Test
  void anUpdateTouchesOnlyWhatItNamesAndEmptyTextClears(TestApi on) {
    on.unthrottled();
    String name = on.newName();
    long key =
        on.post(
                "/patients",
                "{\"LName\":\""
                    + name
                    + "\",\"FName\":\"Ada\",\"City\":\"Salem\",\"Address\":\"1 Elm\",\"State\":\"OR\"}")
            .json()
            .get("PatNum")
            .asLong();
    assertEquals(
        200,
        on.put("/patients/" + key, "{\"City\":\"\",\"State\":\"\",\"Preferred\":\"Ad\"}").status());
    Row row = on.one("select * from patient where PatNum = ?", key);
    assertEquals("", row.text("City"));
    assertEquals("", row.text("State"));
    assertEquals("1 Elm", row.text("Address"));
    assertEquals("Ad", row.text("Preferred"));
    assertEquals(400, on.put("/patients/" + key, "{\"LName\":\"\"}").status());
    assertEquals(name, on.one("select LName from patient where PatNum = ?", key).text("LName"));
  }

  @Test
  void theStampMovesOnEveryWriteAlsoWithoutAChange(TestApi on) {
    on.unthrottled();
    long key = on.newPatient();
    on.change(
        on.elm,
        "update patient set City = 'Salem', DateTStamp = '2020-01-01 00:00:00' where PatNum = ?",
        key);
    assertEquals(200, on.put("/patients/" + key, "{\"City\":\"Salem\"}").status());
    assertTrue(
        on.one("select DateTStamp from patient where PatNum = ?", key)
                .text("DateTStamp")
                .compareTo("2025")
            > 0);
  }

  @Test
  void aDeletedPatientCannotBeWrittenAndIsNotListed(TestApi on) {
    on.unthrottled();
    String name = on.newName();
    long key =
        on.post("/patients", "{\"LName\":\"" + name + "\",\"FName\":\"Ada\"}")
            .json()
            .get("PatNum")
            .asLong();
    long note =
        on.post("/commlogs", "{\"PatNum\":" + key + ",\"Note\":\"Called\"}")
            .json()
            .get("CommlogNum")
            .asLong();
    on.change(on.elm, "update patient set PatStatus = 4 where PatNum = ?", key);
    assertEquals(400, on.put("/commlogs/" + note, "{\"Note\":\"Called again\"}").status());
    assertEquals(400, on.post("/commlogs", "{\"PatNum\":" + key + ",\"Note\":\"Late\"}").status());
    var reply = on.put("/patients/" + key, "{\"City\":\"Salem\"}");
    assertEquals(400, reply.status());
    assertEquals("Patient has been deleted", reply.json().textValue());
    assertEquals("", on.one("select City from patient where PatNum = ?", key).text("City"));
    assertEquals(400, on.get("/patients/" + key).status());
    assertEquals("[]", on.get("/patients/Simple?LName=" + name).text());
    assertEquals("[]", on.get("/patients?LName=" + name).text());
    on.api.change("elm", settings -> settings.withDeletedPatientsShown(true));
    assertEquals("Deleted", on.get("/patients/" + key).json().get("PatStatus").textValue());
    assertEquals(1, on.get("/patients/Simple?LName=" + name).json().size());
  }

  @Test
  void anUnknownPatientIs404(TestApi on) {
    on.unthrottled();
    for (var reply :
        new TestApi.Reply[] {on.get("/patients/99999999"), on.put("/patients/99999999", "{}")}) {
      assertEquals(404, reply.status());
      assertEquals("Patient not found", reply.json().textValue());
    }
  }

  @Test
  void onlyTheGuarantorHandsTheFamilyOn(TestApi on) {
    on.unthrottled();
    long head = on.newPatient();
    long child =
        on.post(
                "/patients",
                "{\"LName\":\"" + on.newName() + "\",\"FName\":\"Bo\",\"Guarantor\":" + head + "}")
            .json()
            .get("PatNum")
            .asLong();
    long stranger = on.newPatient();
    assertEquals(400, on.put("/patients/" + child, "{\"Guarantor\":" + stranger + "}").status());
    assertEquals(400, on.put("/patients/" + head, "{\"Guarantor\":" + stranger + "}").status());
    assertEquals(400, on.put("/patients/" + child, "{\"FamFinUrgNote\":\"x\"}").status());
    assertEquals(200, on.put("/patients/" + head, "{\"Guarantor\":" + child + "}").status());
    assertEquals(
        2, on.one("select count(*) as n from patient where Guarantor = ?", child).number("n"));
  }

  @Test
  void superFamilyZeroSentForTheHeadDisbandsIt(TestApi on) {
    on.unthrottled();
    long head = on.newPatient();
    long other = on.newPatient();
    assertEquals(200, on.put("/patients/" + head, "{\"SuperFamily\":" + head + "}").status());
    assertEquals(200, on.put("/patients/" + other, "{\"SuperFamily\":" + head + "}").status());
    assertEquals(
        2, on.one("select count(*) as n from patient where SuperFamily = ?", head).number("n"));
    assertEquals(200, on.put("/patients/" + head, "{\"SuperFamily\":0}").status());
    assertEquals(
        0, on.one("select count(*) as n from patient where SuperFamily = ?", head).number("n"));
  }

  @Test
  void simpleFiltersByEachParameter(TestApi on) {
    on.unthrottled();
    String name = on.newName();
    long first =
        on.post(
                "/patients",
                "{\"LName\":\""
                    + name
                    + "\",\"FName\":\"Ada\",\"Birthdate\":\"1990-04-05\",\"Gender\":\"Female\"}")
            .json()
            .get("PatNum")
            .asLong();
    long second =
        on.post(
                "/patients",
                "{\"LName\":\""
                    + name
                    + "son\",\"FName\":\"Bo\",\"PatStatus\":\"Inactive\",\"Position\":\"Married\",\"Guarantor\":"
                    + first
                    + "}")
            .json()
            .get("PatNum")
            .asLong();
    assertEquals(2, on.get("/patients/Simple?LName=" + name).json().size());
    for (String filter :
        new String[] {
          "FName=ad",
          "Birthdate=1990-04-05",
          "Gender=Female",
          "PatStatus=Patient",
          "Position=Single"
        }) {
      only(on, name, filter, first);
    }
    for (String filter :
        new String[] {"FName=Bo", "PatStatus=Inactive", "Position=Married", "Gender=Unknown"}) {
      only(on, name, filter, second);
    }
    assertEquals(2, on.get("/patients/Simple?Guarantor=" + first).json().size());
    assertEquals("[]", on.get("/patients/Simple?LName=" + name + "&PriProv=999999").text());
    assertEquals(400, on.get("/patients/Simple?PatStatus=Deleted").status());
    assertEquals("[]", on.get("/patients/Simple?LName=%25" + name).text());
  }

  @Test
  void simpleGivesRowsStampedAfterTheGivenSecondAndTheServersTime(TestApi on) {
    on.unthrottled();
    String name = on.newName();
    long key =
        on.post("/patients", "{\"LName\":\"" + name + "\",\"FName\":\"Ada\"}")
            .json()
            .get("PatNum")
            .asLong();
    on.change(
        on.elm, "update patient set DateTStamp = from_unixtime(1790000000) where PatNum = ?", key);
    String stamp =
        Formats.DATE_TIME.format(java.time.Instant.ofEpochSecond(1790000000).atZone(on.elm.zone()));
    JsonNode row = on.get("/patients/Simple?LName=" + name).json().get(0);
    assertEquals(stamp, row.get("DateTStamp").textValue());
    assertTrue(
        row.get("serverDateTime").textValue().matches("\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d"));
    String filter = "/patients/Simple?LName=" + name + "&DateTStamp=";
    assertEquals("[]", on.get(filter + stamp.replace(" ", "%20")).text());
    on.api.change("elm", settings -> settings.withStampsInclusive(true));
    assertEquals(1, on.get(filter + stamp.replace(" ", "%20")).json().size());
    var reply = on.get(filter + "2026-01-01");
    assertEquals(400, reply.status());
    assertEquals("DateTStamp format must be yyyy-MM-dd HH:mm:ss", reply.json().textValue());
  }

  @Test
  void multipleGivesTheShortRow(TestApi on) {
    on.unthrottled();
    String name = on.newName();
    on.post(
        "/patients",
        "{\"LName\":\""
            + name
            + "\",\"FName\":\"Ada\",\"Zip\":\"97301\",\"HmPhone\":\"(503)555-0123\",\"City\":\"Salem\"}");
    JsonNode row = on.get("/patients?LName=" + name).json().get(0);
    for (String absent : new String[] {"DateTStamp", "Gender", "Guarantor", "PriProv"}) {
      assertFalse(row.has(absent), absent);
    }
    assertTrue(row.get("Zip").isNumber());
    for (String filter :
        new String[] {
          "Phone=5035550123", "City=sal", "guarOnly=true", "hideInactive=true", "FName=da"
        }) {
      assertEquals(1, on.get("/patients?LName=" + name + "&" + filter).json().size(), filter);
    }
    on.change(on.elm, "update patient set PatStatus = 3 where LName = ?", name);
    assertEquals("[]", on.get("/patients?LName=" + name).text());
    assertEquals(1, on.get("/patients?LName=" + name + "&showArchived=true").json().size());
  }

  @Test
  void everyWriteLeavesAnAuditRowByUserZeroFromTheApi(TestApi on) {
    on.unthrottled();
    long key = on.newPatient();
    on.put("/patients/" + key, "{\"City\":\"Salem\"}");
    var rows = on.rows("select * from securitylog where PatNum = ? order by SecurityLogNum", key);
    assertEquals(2, rows.size());
    assertEquals(106, rows.get(0).number("PermType"));
    assertEquals(108, rows.get(1).number("PermType"));
    for (Row row : rows) {
      assertEquals(23, row.number("LogSource"));
      assertEquals(0, row.number("UserNum"));
      assertFalse(row.text("LogText").contains("Fern"));
    }
    assertEquals("0001-01-01 00:00:00", rows.get(0).text("DateTPrevious").substring(0, 19));
    assertTrue(rows.get(1).text("DateTPrevious").startsWith("20"));
  }

  private static String refused(TestApi on, String body) {
    var reply = on.post("/patients", body);
    assertEquals(400, reply.status());
    return reply.json().textValue();
  }

  private static void only(TestApi on, String name, String filter, long key) {
    JsonNode rows = on.get("/patients/Simple?LName=" + name + "&" + filter).json();
    assertEquals(1, rows.size(), filter);
    assertEquals(key, rows.get(0).get("PatNum").asLong(), filter);
  }
}
