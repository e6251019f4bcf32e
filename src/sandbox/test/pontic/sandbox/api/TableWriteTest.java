package pontic.sandbox.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Writes of writes.tsv that are more than a row with its fields. */
@ExtendWith(SandboxDatabase.class)
class TableWriteTest {

  @Test
  void aCustomFieldIsMadeOnceByPostAndChangedByItsNameWithoutAKey(TestApi on) {
    on.unthrottled();
    long patient = on.newPatient();
    String field = "{\"PatNum\":" + patient + ",\"FieldName\":\"NAME\",\"FieldValue\":\"VALUE\"}";
    String number = field.replace("NAME", "Hospital number");
    assertEquals(404, on.put("/patfields", number.replace("VALUE", "1")).status());
    var made = on.post("/patfields", number.replace("VALUE", "1"));
    assertEquals(201, made.status(), made.text());
    var changed = on.put("/patfields", number.replace("VALUE", "2"));
    assertEquals(200, changed.status(), changed.text());
    assertEquals("2", changed.json().get("FieldValue").textValue());
    assertEquals(
        "2",
        on.one("select FieldValue from patfield where PatNum = ?", patient).text("FieldValue"));
    assertEquals(
        404,
        on.post("/patfields", field.replace("NAME", "hospital number").replace("VALUE", "1"))
            .status());
    assertEquals(
        400,
        on.post("/patfields", field.replace("NAME", "Seen since").replace("VALUE", "soon"))
            .status());
    Set<String> names = new TreeSet<>();
    on.get("/patfielddefs").json().forEach(row -> names.add(row.get("FieldName").textValue()));
    assertTrue(names.contains("Hospital number"), names.toString());
    // Older than 25.3: changed, and not told.
    String oak = number.replace(":" + patient + ",", ":3,");
    assertEquals(201, on.postOak("/patfields", oak.replace("VALUE", "1")).status());
    assertEquals("", on.putOak("/patfields", oak.replace("VALUE", "2")).text());
  }

  @Test
  void theSameSubscriptionIsAttachedToAPatientOnce(TestApi on) {
    on.unthrottled();
    long patient = on.newPatient();
    on.api.change(
        "elm",
        settings ->
            settings.withPermissions(
                Set.of(
                    Permissions.READ_ALL,
                    Permissions.PATIENTS,
                    Permissions.ALL_OTHERS,
                    "ApiInsuranceSimple",
                    "ApiInsurance")));
    var carrier = on.post("/carriers", "{\"CarrierName\":\"Chalk Benefit\"}");
    var plan =
        on.post(
            "/insplans",
            "{\"CarrierNum\":" + carrier.json().get("CarrierNum") + ",\"GroupNum\":\"G-7\"}");
    assertEquals(201, plan.status(), plan.text());
    var subscription =
        on.post(
            "/inssubs",
            "{\"PlanNum\":"
                + plan.json().get("PlanNum")
                + ",\"Subscriber\":"
                + patient
                + ",\"SubscriberID\":\"S-7\"}");
    String body =
        "{\"PatNum\":" + patient + ",\"InsSubNum\":" + subscription.json().get("InsSubNum") + "}";
    assertEquals(201, on.post("/patplans", body).status());
    assertEquals(400, on.post("/patplans", body).status());
    assertEquals(1, on.rows("select 1 as x from patplan where PatNum = ?", patient).size());
  }
}
