package pontic.sandbox.hospital;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static pontic.sandbox.hospital.Fhir.bundle;
import static pontic.sandbox.hospital.Fhir.entry;
import static pontic.sandbox.hospital.Fhir.json;
import static pontic.sandbox.hospital.Fhir.patient;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.ConnectException;
import java.net.http.HttpResponse;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class HospitalFhirServerTest {
  private static HospitalFhirServer hospital;
  private static Fhir fhir;

  @BeforeAll
  static void start() {
    hospital = HospitalFhirServer.start(0);
    fhir = new Fhir(hospital);
  }

  @AfterAll
  static void stop() {
    hospital.close();
  }

  @Test
  void putCreatesThenUpdatesAndEachVersionKeepsItsArrival() throws Exception {
    assertEquals(201, fhir.status("PUT", "/Patient/a-1", patient("a-1", "u:a", "1")));
    assertEquals(200, fhir.status("PUT", "/Patient/a-1", patient("a-1", "u:a", "2")));
    assertEquals(2, hospital.history("Patient", "a-1").size());
    assertFalse(
        hospital
            .history("Patient", "a-1")
            .get(1)
            .at()
            .isBefore(hospital.history("Patient", "a-1").get(0).at()));
    assertTrue(fhir.send("GET", "/Patient/a-1/_history/1", "").body().contains("\"value\":\"1\""));
    assertTrue(fhir.send("GET", "/Patient/a-1", "").body().contains("\"value\":\"2\""));
    assertTrue(fhir.send("GET", "/Patient/a-1/_history", "").body().contains("\"total\":2"));
    assertEquals(404, fhir.status("GET", "/Patient/a-1/_history/3", ""));
  }

  @Test
  void aPutThatChangesNothingIsAVersionToo() throws Exception {
    fhir.send("PUT", "/Patient/s-1", patient("s-1", "u:s", "1"));
    HttpResponse<String> again = fhir.send("PUT", "/Patient/s-1", patient("s-1", "u:s", "1"));
    assertEquals(Optional.of("W/\"2\""), again.headers().firstValue("ETag"));
    assertTrue(again.headers().firstValue("Last-Modified").isPresent());
    assertEquals(2, hospital.history("Patient", "s-1").size());
  }

  @Test
  void aConditionalUpdateFindsByIdentifier() throws Exception {
    String path = "/Patient?identifier=u:b%7C7";
    assertEquals(201, fhir.status("PUT", path, patient("", "u:b", "7")));
    assertEquals(200, fhir.status("PUT", path, patient("", "u:b", "7")));
    assertTrue(fhir.send("GET", path, "").body().contains("\"total\":1"));
    assertEquals(412, fhir.status("PUT", path, patient("", "u:b", "7"), "If-Match", "W/\"1\""));
    assertEquals(412, fhir.status("PUT", path, patient("", "u:b", "7"), "If-None-Match", "*"));
    assertEquals(200, fhir.status("PUT", path, patient("", "u:b", "7"), "If-Match", "W/\"2\""));
  }

  @Test
  void ifMatchLetsOnlyTheNamedVersionBeReplaced() throws Exception {
    String body = patient("m-1", "u:m", "1");
    String path = "/Patient/m-1";
    assertEquals(412, fhir.status("PUT", path, body, "If-Match", "W/\"1\""));
    assertEquals(412, fhir.status("PUT", path, body, "If-Match", "*"));
    assertEquals(201, fhir.status("PUT", path, body, "If-None-Match", "*"));
    assertEquals(412, fhir.status("PUT", path, body, "If-None-Match", "*"));
    assertEquals(200, fhir.status("PUT", path, body, "If-Match", "W/\"1\""));
    assertEquals(412, fhir.status("PUT", path, body, "If-Match", "W/\"1\""));
    assertEquals(412, fhir.status("PUT", path, body, "If-Match", "W/\"3\""));
    assertEquals(400, fhir.status("PUT", path, body, "If-Match", "two"));
    assertEquals(200, fhir.status("PUT", path, body, "If-Match", "*"));
    assertEquals(3, hospital.history("Patient", "m-1").size());
  }

  @Test
  void aTransactionIsStoredWholeOrNotAtAll() throws Exception {
    String whole =
        bundle(
            "transaction",
            entry("PUT", "Patient/c-1", patient("c-1", "u:c", "1")),
            entry("PUT", "Patient?identifier=u:c%7C2", patient("", "u:c", "2")),
            entry("POST", "Patient", patient("", "u:c", "3")));
    assertEquals(200, fhir.status("POST", "", whole));
    assertEquals(1, hospital.history("Patient", "c-1").size());
    String broken =
        bundle(
            "transaction",
            entry("PUT", "Patient/c-1", patient("c-1", "u:c", "1")),
            entry("PUT", "Patient/c-9", patient("c-9", "u:c", "9")),
            entry("DELETE", "Patient/c-2", patient("c-2", "u:c", "2")));
    int arrivals = hospital.arrivals().size();
    HttpResponse<String> refused = fhir.send("POST", "", broken);
    assertEquals(400, refused.statusCode());
    assertEquals("Bundle.entry[2]", expression(json(refused)));
    assertEquals(1, hospital.history("Patient", "c-1").size());
    assertEquals(404, fhir.status("GET", "/Patient/c-9", ""));
    assertEquals(arrivals, hospital.arrivals().size());
  }

  @Test
  void anEntryOfATransactionMayDemandAVersion() throws Exception {
    fhir.send("PUT", "/Patient/e-1", patient("e-1", "u:e", "1"));
    JsonNode taken =
        json(
            fhir.send(
                "POST",
                "",
                bundle(
                    "transaction",
                    entry("PUT", "Patient/e-1", patient("e-1", "u:e", "2"), "ifMatch", "W/\"1\""),
                    entry("PUT", "Patient/e-2", patient("e-2", "u:e", "3"), "ifNoneMatch", "*"))));
    JsonNode first = taken.at("/entry/0/response");
    assertEquals("200 OK", first.path("status").asText());
    assertEquals("W/\"2\"", first.path("etag").asText());
    assertEquals("Patient/e-1/_history/2", first.path("location").asText());
    assertTrue(first.hasNonNull("lastModified"));
    assertEquals("201 Created", taken.at("/entry/1/response/status").asText());
    HttpResponse<String> refused =
        fhir.send(
            "POST",
            "",
            bundle(
                "transaction",
                entry("PUT", "Patient/e-1", patient("e-1", "u:e", "4")),
                entry("PUT", "Patient/e-2", patient("e-2", "u:e", "5"), "ifMatch", "W/\"7\"")));
    assertEquals(412, refused.statusCode());
    assertEquals("Bundle.entry[1]", expression(json(refused)));
    assertEquals(2, hospital.history("Patient", "e-1").size());
    assertEquals(1, hospital.history("Patient", "e-2").size());
  }

  @Test
  void eachEntryOfABatchStandsByItself() throws Exception {
    fhir.send("PUT", "/Patient/f-1", patient("f-1", "u:f", "1"));
    JsonNode answer =
        json(
            fhir.send(
                "POST",
                "",
                bundle(
                    "batch",
                    entry("GET", "Patient/f-1", ""),
                    entry("GET", "Patient/nobody", ""),
                    entry("PUT", "Patient/f-1", patient("f-1", "u:f", "2"), "ifMatch", "W/\"9\""),
                    entry("PUT", "Patient/f-2", patient("f-2", "u:f", "3")),
                    entry("GET", "Patient?identifier=u:f%7C1", ""))));
    assertEquals("batch-response", answer.path("type").asText());
    assertEquals("200 OK", answer.at("/entry/0/response/status").asText());
    assertEquals("W/\"1\"", answer.at("/entry/0/response/etag").asText());
    assertEquals("1", answer.at("/entry/0/resource/identifier/0/value").asText());
    assertTrue(answer.at("/entry/1/response/status").asText().startsWith("404"));
    assertEquals("not-found", answer.at("/entry/1/response/outcome/issue/0/code").asText());
    assertTrue(answer.at("/entry/2/response/status").asText().startsWith("412"));
    assertEquals("201 Created", answer.at("/entry/3/response/status").asText());
    assertEquals(1, answer.at("/entry/4/resource/total").asInt());
    assertEquals(1, hospital.history("Patient", "f-1").size());
    assertEquals(1, hospital.history("Patient", "f-2").size());
  }

  @Test
  void itsCapabilitiesSayWhatItDoes() throws Exception {
    JsonNode rest = json(fhir.send("GET", "/metadata", "")).at("/rest/0");
    for (JsonNode resource : rest.path("resource")) {
      if (!resource.path("type").asText().equals("OperationDefinition")) {
        assertEquals("versioned-update", resource.path("versioning").asText());
        assertTrue(resource.path("readHistory").asBoolean());
        assertTrue(resource.path("updateCreate").asBoolean());
        assertTrue(resource.path("conditionalUpdate").asBoolean());
        for (String code : new String[] {"vread", "history-instance", "update", "create"}) {
          assertTrue(resource.path("interaction").toString().contains(code), code);
        }
      }
    }
    assertTrue(rest.path("interaction").toString().contains("\"transaction\""));
    assertTrue(rest.path("interaction").toString().contains("\"batch\""));
  }

  @Test
  void downMeansNoConnectionAndBackMeansTheSameResources() throws Exception {
    fhir.send("PUT", "/Patient/d-1", patient("d-1", "u:d", "1"));
    hospital.goDown();
    try {
      assertThrows(
          ConnectException.class,
          () -> fhir.send("PUT", "/Patient/d-1", patient("d-1", "u:d", "2")));
    } finally {
      hospital.comeBack();
    }
    assertEquals(200, fhir.status("GET", "/Patient/d-1", ""));
  }

  private static String expression(JsonNode outcome) {
    return outcome.at("/issue/0/expression/0").asText();
  }
}
