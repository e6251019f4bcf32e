package pontic.sandbox.hospital;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class HospitalFhirServerTest {
  private static HospitalFhirServer hospital;
  private final HttpClient http = HttpClient.newHttpClient();

  @BeforeAll
  static void start() {
    hospital = HospitalFhirServer.start(0);
  }

  @AfterAll
  static void stop() {
    hospital.close();
  }

  @Test
  void putCreatesThenUpdatesAndEachVersionKeepsItsArrival() throws Exception {
    assertEquals(201, send("PUT", "/Patient/a-1", patient("a-1", "u:a", "1")).statusCode());
    assertEquals(200, send("PUT", "/Patient/a-1", patient("a-1", "u:a", "2")).statusCode());
    assertEquals(2, hospital.history("Patient", "a-1").size());
    assertFalse(
        hospital
            .history("Patient", "a-1")
            .get(1)
            .at()
            .isBefore(hospital.history("Patient", "a-1").get(0).at()));
    assertTrue(send("GET", "/Patient/a-1/_history/1", "").body().contains("\"value\":\"1\""));
    assertTrue(send("GET", "/Patient/a-1", "").body().contains("\"value\":\"2\""));
    assertTrue(send("GET", "/Patient/a-1/_history", "").body().contains("\"total\":2"));
  }

  @Test
  void aConditionalUpdateFindsByIdentifier() throws Exception {
    String path = "/Patient?identifier=u:b%7C7";
    assertEquals(201, send("PUT", path, patient("", "u:b", "7")).statusCode());
    assertEquals(200, send("PUT", path, patient("", "u:b", "7")).statusCode());
    assertTrue(send("GET", path, "").body().contains("\"total\":1"));
  }

  @Test
  void aTransactionIsStoredWholeOrNotAtAll() throws Exception {
    String whole =
        transaction(
            entry("PUT", "Patient/c-1", patient("c-1", "u:c", "1")),
            entry("PUT", "Patient?identifier=u:c%7C2", patient("", "u:c", "2")),
            entry("POST", "Patient", patient("", "u:c", "3")));
    assertEquals(200, send("POST", "", whole).statusCode());
    assertEquals(1, hospital.history("Patient", "c-1").size());
    String broken =
        transaction(
            entry("PUT", "Patient/c-1", patient("c-1", "u:c", "1")),
            entry("DELETE", "Patient/c-2", patient("c-2", "u:c", "2")));
    assertEquals(400, send("POST", "", broken).statusCode());
    assertEquals(1, hospital.history("Patient", "c-1").size());
  }

  @Test
  void itsCapabilitiesAreServed() throws Exception {
    assertTrue(send("GET", "/metadata", "").body().contains("CapabilityStatement"));
  }

  @Test
  void downMeansNoConnectionAndBackMeansTheSameResources() throws Exception {
    send("PUT", "/Patient/d-1", patient("d-1", "u:d", "1"));
    hospital.goDown();
    try {
      assertThrows(
          ConnectException.class, () -> send("PUT", "/Patient/d-1", patient("d-1", "u:d", "2")));
    } finally {
      hospital.comeBack();
    }
    assertEquals(200, send("GET", "/Patient/d-1", "").statusCode());
  }

  private HttpResponse<String> send(String method, String path, String body)
      throws IOException, InterruptedException {
    return http.send(
        HttpRequest.newBuilder(URI.create(hospital.url() + path))
            .header("Content-Type", "application/fhir+json")
            .method(
                method,
                body.isEmpty()
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(body))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private static String patient(String id, String system, String value) {
    String idField = id.isEmpty() ? "" : "\"id\":\"" + id + "\",";
    return "{\"resourceType\":\"Patient\","
        + idField
        + "\"identifier\":[{\"system\":\""
        + system
        + "\",\"value\":\""
        + value
        + "\"}]}";
  }

  private static String entry(String method, String url, String resource) {
    return "{\"resource\":"
        + resource
        + ",\"request\":{\"method\":\""
        + method
        + "\",\"url\":\""
        + url
        + "\"}}";
  }

  private static String transaction(String... entries) {
    return "{\"resourceType\":\"Bundle\",\"type\":\"transaction\",\"entry\":["
        + String.join(",", entries)
        + "]}";
  }
}
