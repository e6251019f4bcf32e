package pontic.sandbox.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SandboxDatabase.class)
class WireTest {

  @Test
  void anExplanationIsAJsonStringOrBareText(TestApi on) {
    on.unthrottled();
    assertEquals("\"Patient not found\"", on.get("/patients/99999999").text());
    on.api.change("elm", settings -> settings.withBareErrorText(true));
    assertEquals("Patient not found", on.get("/patients/99999999").text());
    assertEquals("Resource not found", on.get("/toothbrushes").text());
  }

  @Test
  void dateFormatsFollowTheParameters(TestApi on) {
    on.unthrottled();
    long patient = on.newPatient();
    on.put("/patients/" + patient, "{\"Birthdate\":\"1990-04-05\"}");
    JsonNode row =
        on.get(
                "/patients/"
                    + patient
                    + "?DateFormatString=MM%2Fdd%2Fyyyy&DateTimeFormatString=dd%2FMM%2Fyyyy%20HH%3Amm%3Ass%20zzz")
            .json();
    assertEquals("04/05/1990", row.get("Birthdate").textValue());
    assertTrue(
        row.get("DateTStamp")
            .textValue()
            .matches("\\d\\d/\\d\\d/\\d{4} \\d\\d:\\d\\d:\\d\\d -0[45]:00"),
        row.get("DateTStamp").textValue());
    long key = on.newAppointment(patient, "2031-07-01 15:04:05");
    assertEquals(
        "1.7.31 3:04:05 PM -04:00",
        on.get("/appointments/" + key + "?DateTimeFormatString=d.M.yy%20h%3Amm%3Ass%20tt%20zzz")
            .json()
            .get("AptDateTime")
            .textValue());
  }

  @Test
  void stampsAreTheOfficesWallClock(TestApi on) {
    on.unthrottled();
    long patient = on.newPatient();
    on.change(
        on.elm,
        "update patient set DateTStamp = from_unixtime(1751371200) where PatNum = ?",
        patient);
    assertEquals(
        "2025-07-01 08:00:00", on.get("/patients/" + patient).json().get("DateTStamp").textValue());
    on.change(
        on.elm,
        "update patient set DateTStamp = from_unixtime(1736942400) where PatNum = ?",
        patient);
    assertEquals(
        "2025-01-15 07:00:00", on.get("/patients/" + patient).json().get("DateTStamp").textValue());
  }

  @Test
  void lineBreaksComeBackAsSpaces(TestApi on) {
    on.unthrottled();
    long key = on.newAppointment(on.newPatient(), "2031-07-02 10:00:00");
    on.put("/appointments/" + key, "{\"Note\":\"a\\r\\nb\\nc\"}");
    assertEquals(
        "a\r\nb\nc", on.one("select Note from appointment where AptNum = ?", key).text("Note"));
    assertEquals("a b c", on.get("/appointments/" + key).json().get("Note").textValue());
  }

  @Test
  void pagesAreCutByModeAndPermission(TestApi on) {
    on.unthrottled();
    String name = on.newName();
    StringBuilder rows = new StringBuilder("('" + name + "', 'P0')");
    for (int i = 1; i < 1100; i++) {
      rows.append(", ('").append(name).append("', 'P").append(i).append("')");
    }
    on.change(on.elm, "insert into patient (LName, FName) values " + rows);
    String all = "/patients/Simple?LName=" + name;
    assertEquals(1000, on.get(all).json().size());
    on.api.change("elm", settings -> settings.withMode(Mode.REMOTE));
    JsonNode first = on.get(all).json();
    assertEquals(100, first.size());
    assertEquals(100, on.get(all + "&Limit=5000").json().size());
    assertEquals(7, on.get(all + "&Limit=7").json().size());
    JsonNode second = on.get(all + "&Offset=100").json();
    assertEquals(100, second.size());
    assertTrue(second.get(0).get("PatNum").asLong() > first.get(99).get("PatNum").asLong());
    assertEquals(1, on.get(all + "&Offset=1099").json().size());
    assertEquals(400, on.get(all + "&Limit=0").status());
    assertEquals(400, on.get(all + "&Offset=-1").status());
    on.api.change(
        "elm", settings -> settings.withPermissions(Set.of("ApiReadAll", "ApiEnterprise")));
    assertEquals(1000, on.get(all).json().size());
    on.api.change("elm", settings -> settings.withMode(Mode.LOCAL));
    assertEquals(1100, on.get(all).json().size());
    on.change(on.elm, "delete from patient where LName = ?", name);
  }

  @Test
  void localModeSendsNoLocation(TestApi on) {
    on.api.change("elm", settings -> settings.withMode(Mode.LOCAL));
    var reply = on.post("/patients", "{\"LName\":\"" + on.newName() + "\",\"FName\":\"Ada\"}");
    assertEquals(201, reply.status());
    assertTrue(reply.header("location").isEmpty());
  }

  @Test
  void unknownFieldsAreIgnoredOrRefused(TestApi on) {
    on.unthrottled();
    long patient = on.newPatient();
    String body = "{\"City\":\"Salem\",\"FavouriteColour\":\"blue\",\"PatNum\":1}";
    assertEquals(200, on.put("/patients/" + patient, body).status());
    assertEquals(200, on.get("/patients/Simple?Limit=1&Colour=blue").status());
    on.api.change("elm", settings -> settings.withUnknownFieldsRefused(true));
    assertEquals(400, on.put("/patients/" + patient, body.replace("Salem", "Bend")).status());
    assertEquals(400, on.get("/patients/Simple?Limit=1&Colour=blue").status());
    assertEquals(200, on.get("/patients/Simple?limit=1&DateFormatString=yyyy").status());
    assertEquals(
        "Salem", on.one("select City from patient where PatNum = ?", patient).text("City"));
  }
}
