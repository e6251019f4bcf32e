package pontic.sandbox.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SandboxDatabase.class)
class KeysTest {

  @Test
  void bothKeysMustBeKnown(TestApi on) {
    on.unthrottled();
    assertEquals(200, on.get("/securityperms").status());
    for (String wrong :
        new String[] {
          "ODFHIR PonticDevKey0001/WrongCustomerKey",
          "ODFHIR WrongDevKey00001/ElmCustomerKey01",
          "ODFHIR PonticDevKey0001/elmcustomerkey01",
          "Bearer PonticDevKey0001/ElmCustomerKey01",
          "ElmCustomerKey01"
        }) {
      assertEquals(
          401,
          on.send(
                  on.bare("GET", "/securityperms", "")
                      .header("Authorization", wrong)
                      .header("Content-Type", "application/json")
                      .build())
              .status(),
          wrong);
    }
  }

  @Test
  void aDisabledKeyIsRefusedAndAReadOnlyKeyOnlyReads(TestApi on) {
    on.unthrottled();
    on.api.change("elm", settings -> settings.withKeyStatus(KeyStatus.DISABLED));
    assertEquals(401, on.get("/securityperms").status());
    on.api.change("elm", settings -> settings.withKeyStatus(KeyStatus.ENABLED_READ_ONLY));
    assertEquals(200, on.get("/securityperms").status());
    String name = on.newName();
    assertEquals(
        401, on.post("/patients", "{\"LName\":\"" + name + "\",\"FName\":\"Ada\"}").status());
    assertEquals(0, on.rows("select 1 as x from patient where LName = ?", name).size());
  }

  @Test
  void eachMethodGroupNeedsItsPermission(TestApi on) {
    on.unthrottled();
    long patient = on.newPatient();
    long appointment = on.newAppointment(patient, "2031-03-03 09:00:00");
    String note = "{\"Note\":\"x\"}";
    permit(on, "ApiPatients");
    assertEquals(401, on.get("/patients/" + patient).status());
    assertEquals(200, on.put("/patients/" + patient, "{\"City\":\"Salem\"}").status());
    assertEquals(401, on.put("/appointments/" + appointment, note).status());
    assertEquals(401, on.put("/appointments/" + appointment + "/Note", note).status());
    permit(on, "ApiReadAll");
    assertEquals(200, on.get("/patients/" + patient).status());
    assertEquals(401, on.put("/patients/" + patient, "{\"City\":\"Bend\"}").status());
    permit(on, "ApiComm");
    assertEquals(200, on.put("/appointments/" + appointment + "/Note", note).status());
    assertEquals(401, on.put("/appointments/" + appointment, note).status());
    permit(on, "ApiAppointments");
    assertEquals(200, on.put("/appointments/" + appointment, note).status());
    assertEquals(401, on.put("/appointments/" + appointment + "/Note", note).status());
    assertEquals(
        "Salem", on.one("select City from patient where PatNum = ?", patient).text("City"));
  }

  @Test
  void securitypermsTellsWhatTheKeyHolds(TestApi on) {
    on.unthrottled();
    permit(on, "ApiReadAll", "ApiComm");
    var rows = on.get("/securityperms").json();
    assertEquals(
        "{\"Permission\":\"ApiReadAll\",\"HasPermission\":\"true\"}", rows.get(0).toString());
    assertTrue(
        rows.toString().contains("{\"Permission\":\"ApiPatients\",\"HasPermission\":\"false\"}"));
  }

  @Test
  void contentTypeIsDemandedOnEveryMethod(TestApi on) {
    on.unthrottled();
    String key = "ODFHIR " + OpenDentalApi.DEVELOPER_KEY + "/" + OpenDentalApi.ELM_KEY;
    assertEquals(
        400,
        on.send(on.bare("GET", "/securityperms", "").header("Authorization", key).build())
            .status());
    assertEquals(
        400,
        on.send(
                on.bare("POST", "/patients", "{}")
                    .header("Authorization", key)
                    .header("Content-Type", "text/plain")
                    .build())
            .status());
    assertEquals(
        200,
        on.send(
                on.bare("GET", "/securityperms", "")
                    .header("Authorization", key)
                    .header("Content-Type", "application/json; charset=utf-8")
                    .build())
            .status());
  }

  @Test
  void aMissingHeaderIs400AndAnUnknownPathIs404(TestApi on) {
    on.unthrottled();
    assertEquals(
        400,
        on.send(
                on.bare("GET", "/securityperms", "")
                    .header("Content-Type", "application/json")
                    .build())
            .status());
    assertEquals(404, on.get("/toothbrushes").status());
    assertEquals(404, on.put("/patients", "{}").status());
    assertEquals(
        404,
        on.send(on.request("DELETE", "/appointments/1", "", OpenDentalApi.ELM_KEY).build())
            .status());
  }

  @Test
  void aPracticesOwnPortKnowsOnlyItsKey(TestApi on) throws Exception {
    on.unthrottled();
    int elmPort = on.api.listen(0, "elm");
    assertEquals(200, status(on, elmPort, OpenDentalApi.ELM_KEY));
    assertEquals(401, status(on, elmPort, OpenDentalApi.OAK_KEY));
    assertEquals(200, status(on, on.port(), OpenDentalApi.OAK_KEY));
  }

  private static int status(TestApi on, int port, String key) {
    return on.send(
            java.net.http.HttpRequest.newBuilder(
                    java.net.URI.create("http://127.0.0.1:" + port + "/api/v1/securityperms"))
                .header("Authorization", "ODFHIR " + OpenDentalApi.DEVELOPER_KEY + "/" + key)
                .header("Content-Type", "application/json")
                .build())
        .status();
  }

  private static void permit(TestApi on, String... names) {
    on.api.change("elm", settings -> settings.withPermissions(Set.of(names)));
  }
}
