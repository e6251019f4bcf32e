package pontic.sandbox.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SandboxDatabase.class)
class ApiControlTest {

  @Test
  void faultsAreArmedListedAndCleared(TestApi on) throws Exception {
    ApiControl control = new ApiControl(on.api);
    control.arm(
        json(
            "{\"practice\":\"elm\",\"fault\":\"lands-late:2.5\",\"count\":3,\"method\":\"POST\",\"path\":\"/appointments*\",\"after\":1}"));
    control.arm(json("{\"practice\":\"oak\",\"fault\":\"offline\"}"));
    JsonNode armed = control.faults();
    assertEquals("lands-late", armed.get(0).get("fault").textValue());
    assertEquals(2.5, armed.get(0).get("seconds").doubleValue());
    assertEquals(3, armed.get(0).get("remaining").intValue());
    assertEquals(1, armed.get(0).get("toPass").intValue());
    assertTrue(armed.get(1).get("untilCleared").booleanValue());
    assertEquals(400, on.getOak("/securityperms").status());
    control.clearFaults(Optional.of("oak"));
    assertEquals(1, control.faults().size());
    control.clearFaults(Optional.empty());
    assertEquals(0, control.faults().size());
    assertEquals(200, on.getOak("/securityperms").status());
  }

  @Test
  void wrongInputIsRefusedInWords(TestApi on) {
    ApiControl control = new ApiControl(on.api);
    for (String wrong :
        List.of(
            "[]",
            "{}",
            "{\"fault\":\"nap\"}",
            "{\"fault\":\"busy\",\"counts\":1}",
            "{\"fault\":\"busy\",\"count\":-1}",
            "{\"fault\":\"busy\",\"practice\":\"fir\"}",
            "{\"fault\":\"slow\",\"seconds\":\"soon\"}")) {
      assertThrows(IllegalArgumentException.class, () -> control.arm(json(wrong)), wrong);
    }
    assertThrows(
        IllegalArgumentException.class,
        () -> control.change(json("{\"practice\":\"elm\",\"mode\":\"fast\"}")));
    assertEquals(0, control.faults().size());
  }

  @Test
  void settingsChangeFromTheNextRequestOn(TestApi on) throws Exception {
    ApiControl control = new ApiControl(on.api);
    JsonNode after =
        control.change(
            json(
                "{\"practice\":\"elm\",\"mode\":\"service\",\"bareErrorText\":true,\"permissions\":[\"ApiReadAll\"]}"));
    assertEquals("service", after.get("mode").textValue());
    assertEquals("[\"ApiReadAll\"]", after.get("permissions").toString());
    assertEquals(10, after.get("queueLength").intValue());
    assertEquals("Patient not found", on.get("/patients/99999999").text());
  }

  @Test
  void requestsAreToldWithoutKeysValuesOrNames(TestApi on) {
    on.unthrottled();
    ApiControl control = new ApiControl(on.api);
    String name = on.newName();
    long patient =
        on.post("/patients", "{\"LName\":\"" + name + "\",\"FName\":\"Ada\"}")
            .json()
            .get("PatNum")
            .asLong();
    on.get("/patients/" + patient);
    on.get("/patients/Simple?LName=" + name);
    on.get("/toothbrushes/" + name);
    on.send(
        on.bare("GET", "/patients/1", "")
            .header("Authorization", "ODFHIR wrong/wrong")
            .header("Content-Type", "application/json")
            .build());
    JsonNode rows = control.requests(Optional.empty(), Optional.empty());
    assertEquals(
        List.of("/patients", "/patients/{id}", "/patients/Simple", "unknown", "unknown"),
        rows.findValuesAsText("path"));
    assertEquals(List.of("201", "200", "200", "404", "401"), rows.findValuesAsText("status"));
    assertEquals(4, control.requests(Optional.of("elm"), Optional.empty()).size());
    assertEquals(List.of("LName FName"), rows.findValuesAsText("fields"));
    assertFalse(rows.toString().contains(name));
    assertFalse(rows.toString().contains("CustomerKey"));
    for (JsonNode row : rows) {
      assertTrue(row.get("end").asLong() >= row.get("arrival").asLong());
    }
    String later = Long.toString(rows.get(4).get("arrival").asLong() + 1);
    assertEquals(0, control.requests(Optional.empty(), Optional.of(later)).size());
    control.clearRequests();
    assertEquals(0, control.requests(Optional.empty(), Optional.empty()).size());
  }

  @Test
  void violationsNameBothRequests(TestApi on) {
    ApiControl control = new ApiControl(on.api);
    on.get("/securityperms");
    on.get("/providers");
    JsonNode rows = control.violations(Optional.of("elm"), Optional.empty());
    assertEquals(1, rows.size());
    assertEquals("/securityperms", rows.get(0).get("before").get("path").textValue());
    assertEquals("/providers", rows.get(0).get("early").get("path").textValue());
    assertEquals(0, control.violations(Optional.of("oak"), Optional.empty()).size());
    assertEquals(0, control.violations(Optional.empty(), Optional.of("1000")).size());
  }

  private static JsonNode json(String text) throws Exception {
    return new ObjectMapper().readTree(text);
  }
}
