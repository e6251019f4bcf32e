package pontic.facade;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static pontic.operations.Fixture.message;
import static pontic.operations.Fixture.request;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import pontic.capture.Heard;
import pontic.operations.Fixture;
import pontic.store.Store;

class FacadeTest {

  private static final String PATIENT =
      "{\"resourceType\":\"Patient\",\"name\":[{\"family\":\"Zwetschgenmann\"}]}";
  private static final String ELM = "Bearer ElmFacadeToken01";
  private static final String JSON = "application/fhir+json";

  private record Handed(
      String practice, String client, String type, String body, String requestId) {}

  @TempDir Path data;

  private final List<Handed> handed = new ArrayList<>();
  private volatile boolean fails;
  private Store store;
  private Facade facade;

  @BeforeEach
  void open() throws Exception {
    store = Fixture.store(data);
    facade =
        Facade.open(
            Fixture.settings(data),
            store,
            (practice, client, type, body, requestId) -> {
              if (fails) {
                throw new IllegalStateException("Zwetschgenmann");
              }
              handed.add(
                  new Handed(
                      practice, client, type, new String(body, StandardCharsets.UTF_8), requestId));
              return new HandedOver("m" + handed.size());
            },
            (practice, table, body) -> Heard.Outcome.TAKEN,
            (practice, table, outcome) -> {});
  }

  @AfterEach
  void close() {
    facade.close();
    store.close();
  }

  @Test
  void aGoodPatientIsHandedOverAsSentAndAnsweredWithAnAddressOfItsStatus() throws Exception {
    HttpResponse<String> created = send("POST", "/Patient", PATIENT, "X-Request-Id", "r-1");
    assertEquals(202, created.statusCode(), created.body());
    assertEquals(
        "/fhir/elm/_status/m1", created.headers().firstValue("Content-Location").orElse(""));
    assertEquals("/fhir/elm/_status/m1", created.headers().firstValue("Location").orElse(""));
    assertEquals("OperationOutcome", outcome(created).path("resourceType").asText());
    String update = PATIENT.replace("\"Patient\"", "\"Patient\",\"id\":\"77\"");
    HttpResponse<String> updated = send("PUT", "/Patient/77", update);
    assertEquals(202, updated.statusCode(), updated.body());
    assertEquals(new Handed("elm", "hospital", "Patient", PATIENT, "r-1"), handed.get(0));
    assertEquals("Patient/update", handed.get(1).type());
    assertEquals(update, handed.get(1).body());
    assertTrue(handed.get(1).requestId().length() > 30);
  }

  @Test
  void withoutTheTokenOfThisPracticeNothingIsTaken() throws Exception {
    for (String token :
        List.of(
            "", "Bearer", "Bearer wrong", "Bearer OakFacadeToken01", "Basic ElmFacadeToken01")) {
      HttpResponse<String> refused =
          request(
              "POST", base() + "/Patient", PATIENT, "Content-Type", JSON, "Authorization", token);
      assertEquals(401, refused.statusCode());
      assertEquals("login", outcome(refused).path("issue").get(0).path("code").asText());
    }
    assertEquals(401, request("GET", base() + "/_status/m1", "").statusCode());
    assertTrue(handed.isEmpty());
  }

  @Test
  void whatIsNotOnePatientInJsonIsRefusedInOurOwnWords() throws Exception {
    List<String> bad =
        List.of(
            "",
            "{",
            "Zwetschgenmann",
            "[]",
            "{\"resourceType\":\"Zwetschgenmann\"}",
            "{\"resourceType\":\"Observation\",\"valueString\":\"Zwetschgenmann\"}",
            PATIENT.replace("}]", "}],\"birthDate\":\"Zwetschgenmann\""),
            PATIENT.replace("}]", "}],\"Zwetschgenmann\":1"),
            PATIENT.replace("}]", "}],\"gender\":\"Zwetschgenmann\""));
    for (String body : bad) {
      assertFault(400, send("POST", "/Patient", body), body);
    }
    assertFault(400, send("PUT", "/Patient/77", PATIENT), "an update without an id");
    assertFault(
        400,
        send("PUT", "/Patient/77", PATIENT.replace("\"Patient\"", "\"Patient\",\"id\":\"78\"")),
        "another id");
    assertFault(
        404, send("POST", "/Observation", "{\"resourceType\":\"Observation\"}"), "another type");
    assertFault(405, send("DELETE", "/Patient/77", ""), "delete");
    assertFault(405, send("GET", "/Patient/77", ""), "read");
    assertFault(405, send("DELETE", "/_status/m1", ""), "delete of a status");
    assertFault(400, send("POST", "/Patient", PATIENT, "X-Request-Id", "a b"), "request id");
    assertFault(413, send("POST", "/Patient", " ".repeat(1024 * 1024) + PATIENT), "too large");
    assertFault(
        415,
        request(
            "POST",
            base() + "/Patient",
            "<Patient/>",
            "Content-Type",
            "application/fhir+xml",
            "Authorization",
            ELM),
        "XML");
    assertFault(404, request("GET", facade.url() + "/fhir/ash/metadata", ""), "no practice");
    assertTrue(handed.isEmpty());
  }

  @Test
  void whoeverSendsTooMuchCanStillReadWhyItWasRefused() throws Exception {
    URI base = URI.create(base());
    byte[] body = " ".repeat(6 * 1024 * 1024).getBytes(StandardCharsets.US_ASCII);
    String head =
        "POST %s/Patient HTTP/1.1\r\nHost: localhost\r\nContent-Type: %s\r\nAuthorization: %s\r\nContent-Length: %d\r\n\r\n"
            .formatted(base.getPath(), JSON, ELM, body.length);
    try (Socket socket = new Socket(base.getHost(), base.getPort())) {
      socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
      socket.getOutputStream().write(body);
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      assertTrue(answer.startsWith("HTTP/1.1 413 "), answer);
      assertTrue(answer.contains("OperationOutcome"), answer);
    }
  }

  @Test
  void aMessageThatCouldNotBeStoredIsNotAccepted() throws Exception {
    fails = true;
    assertFault(503, send("POST", "/Patient", PATIENT), "store down");
  }

  @Test
  void theStatusIsForTheSenderAloneAndTellsTheReceipt() throws Exception {
    message(store, "m1", "elm", "accept-fhir", "hospital", "");
    message(store, "m2", "elm", "accept-fhir", "hospital", "landed");
    message(store, "m3", "elm", "accept-fhir", "other", "landed");
    message(store, "m4", "oak", "accept-fhir", "hospital", "landed");
    assertEquals(202, send("GET", "/_status/m1", "").statusCode());
    HttpResponse<String> ended = send("GET", "/_status/m2", "");
    assertEquals(200, ended.statusCode());
    assertEquals("landed", outcome(ended).path("end").asText());
    assertEquals(12, outcome(ended).path("keys").path("PatNum").asInt());
    for (String foreign : List.of("m3", "m4", "m5", "")) {
      assertEquals(404, send("GET", "/_status/" + foreign, "").statusCode(), foreign);
    }
  }

  @Test
  void theCapabilityStatementSaysWhatIsOfferedAndNothingElse() throws Exception {
    HttpResponse<String> metadata = request("GET", base() + "/metadata", "");
    assertEquals(200, metadata.statusCode(), metadata.body());
    JsonNode statement = outcome(metadata);
    assertEquals("[\"application/fhir+json\",\"json\"]", statement.path("format").toString());
    JsonNode rest = statement.path("rest").get(0);
    assertEquals(1, rest.path("resource").size());
    Set<String> interactions = new TreeSet<>();
    rest.path("resource")
        .get(0)
        .path("interaction")
        .forEach(one -> interactions.add(one.path("code").asText()));
    assertEquals(Set.of("create", "update"), interactions);
    assertFalse(rest.has("operation"));
    assertFalse(metadata.body().contains("hapi"), metadata.body());
  }

  private void assertFault(int status, HttpResponse<String> response, String of) throws Exception {
    assertEquals(status, response.statusCode(), of + "\n" + response.body());
    assertEquals("OperationOutcome", outcome(response).path("resourceType").asText(), of);
    for (String never : List.of("Zwetschgenmann", "HAPI", "Exception", "java", "ca.uhn", "org.")) {
      assertFalse(response.body().contains(never), response.body());
    }
    assertTrue(handed.isEmpty(), of);
  }

  private String base() {
    return facade.url() + "/fhir/elm";
  }

  private HttpResponse<String> send(String method, String path, String body, String... more)
      throws Exception {
    List<String> headers = new ArrayList<>(List.of("Content-Type", JSON, "Authorization", ELM));
    headers.addAll(List.of(more));
    return request(method, base() + path, body, headers.toArray(String[]::new));
  }

  private static JsonNode outcome(HttpResponse<String> response) throws Exception {
    return new ObjectMapper().readTree(response.body());
  }
}
