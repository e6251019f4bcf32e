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
import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Every fault of a FHIR peer as its client sees it. */
class FhirFaultsTest {
  private static final Duration LIMIT = Duration.ofSeconds(600);

  private static HospitalFhirServer hospital;
  private static Fhir fhir;

  @BeforeAll
  static void start() {
    hospital = HospitalFhirServer.start(0);
    fhir = new Fhir(hospital);
  }

  @AfterEach
  void clear() {
    hospital.clear();
  }

  @AfterAll
  static void stop() {
    hospital.close();
  }

  @Test
  void busyIs429WithRetryAfterAndDoesNothing() throws Exception {
    hospital.arm(FhirFault.of(FhirFaultKind.HTTP_429).lasting(Duration.ofMillis(1500)));
    HttpResponse<String> busy = put("busy", "1");
    assertEquals(429, busy.statusCode());
    assertEquals(Optional.of("2"), busy.headers().firstValue("Retry-After"));
    assertEquals("OperationOutcome", json(busy).path("resourceType").asText());
    assertTrue(hospital.latest("Patient", "busy").isEmpty());
    assertEquals(201, put("busy", "1").statusCode());
  }

  @Test
  void aFaultTakesAsManyRequestsAsItsCountAndOnlyThoseThatMatch() throws Exception {
    hospital.arm(FhirFault.of(FhirFaultKind.HTTP_500).on("Patient", "two").times(2));
    assertEquals(201, put("one", "1").statusCode());
    assertEquals(500, put("two", "1").statusCode());
    assertEquals(500, status(bundle("transaction", put("one"), put("two"))));
    assertEquals(200, status(bundle("transaction", put("one"), put("two"))));
    hospital.arm(FhirFault.of(FhirFaultKind.HTTP_500).on("Appointment").times(0));
    assertEquals(200, fhir.status("GET", "/Patient/two", ""));
    assertEquals(500, fhir.status("GET", "/Appointment/x", ""));
    assertEquals(500, fhir.status("GET", "/Appointment?identifier=u%7C1", ""));
    hospital.arm(FhirFault.of(FhirFaultKind.HTTP_500).on("Patient").to("PUT"));
    assertEquals(200, fhir.status("GET", "/Patient/two", ""));
    assertEquals(500, put("two", "1").statusCode());
    assertEquals(200, fhir.status("GET", "/metadata", ""));
    hospital.clear();
    assertEquals(404, fhir.status("GET", "/Appointment/x", ""));
  }

  @Test
  void slowActsAndAnswersLater() throws Exception {
    hospital.arm(FhirFault.of(FhirFaultKind.SLOW).lasting(Duration.ofMillis(300)));
    long begin = System.nanoTime();
    assertEquals(201, put("slow", "1").statusCode());
    assertTrue(System.nanoTime() - begin >= 300_000_000L);
    assertEquals(1, hospital.history("Patient", "slow").size());
  }

  @Test
  void hangIsNeverAnsweredAndLosesItsSocketWhenCleared() throws Exception {
    hospital.arm(FhirFault.of(FhirFaultKind.HANG));
    CompletableFuture<HttpResponse<String>> hanging = later("hang", "1");
    until(() -> hospital.armed().isEmpty());
    assertEquals(200, fhir.status("GET", "/metadata", ""));
    assertFalse(hanging.isDone());
    hospital.clear();
    assertUnanswered(hanging);
    assertTrue(hospital.latest("Patient", "hang").isEmpty());
  }

  @Test
  void rejectNamesTheEntryAndTakesTheTransactionWithItButNotTheBatch() throws Exception {
    hospital.arm(FhirFault.rejecting("Patient", "bad").times(3));
    HttpResponse<String> whole =
        fhir.send("POST", "", bundle("transaction", put("good"), put("fine"), put("bad")));
    assertEquals(422, whole.statusCode());
    JsonNode issue = json(whole).at("/issue/0");
    assertEquals("Bundle.entry[2]", issue.at("/expression/0").asText());
    assertTrue(issue.path("diagnostics").asText().contains("Patient/bad"), issue.toString());
    assertTrue(hospital.latest("Patient", "good").isEmpty());
    JsonNode batch = json(fhir.send("POST", "", bundle("batch", put("good"), put("bad"))));
    assertEquals("201 Created", batch.at("/entry/0/response/status").asText());
    assertTrue(batch.at("/entry/1/response/status").asText().startsWith("422"));
    HttpResponse<String> alone = put("bad", "1");
    assertEquals(422, alone.statusCode());
    assertTrue(alone.body().contains("Patient/bad"));
    assertEquals(201, put("bad", "1").statusCode());
  }

  @Test
  void whatLandsLateIsAnswered504AtOnceAndStoredWholeLater() throws Exception {
    int before = hospital.landings().size();
    hospital.arm(
        FhirFault.of(FhirFaultKind.LANDS_LATE).on("Patient").lasting(Duration.ofMillis(400)));
    assertEquals(504, status(bundle("transaction", put("late-1"), put("late-2"))));
    assertTrue(hospital.latest("Patient", "late-1").isEmpty());
    Landing landing = landing(before);
    assertEquals(200, landing.status());
    assertTrue(Duration.between(landing.answered(), landing.landed()).toMillis() >= 400);
    assertEquals(1, hospital.history("Patient", "late-1").size());
    assertEquals(1, hospital.history("Patient", "late-2").size());
  }

  @Test
  void whatLandsLateMayCloseTheSocketInsteadAndLandsAlsoWhenCleared() throws Exception {
    int before = hospital.landings().size();
    hospital.arm(
        FhirFault.of(FhirFaultKind.LANDS_LATE)
            .lasting(Duration.ofMillis(200))
            .closingTheSocket()
            .to("PUT"));
    assertUnanswered(later("closed", "1"));
    hospital.clear();
    assertEquals(201, landing(before).status());
    assertEquals(1, hospital.history("Patient", "closed").size());
  }

  @Test
  void theLateOneIsMeasuredByThePreconditionsOfItsLanding() throws Exception {
    put("fence", "1");
    int before = hospital.landings().size();
    FhirFault late =
        FhirFault.of(FhirFaultKind.LANDS_LATE).to("POST").lasting(Duration.ofMillis(400));
    hospital.arm(late);
    assertEquals(
        504,
        status(
            bundle(
                "transaction",
                put("beside"),
                entry(
                    "PUT",
                    "Patient/fence",
                    patient("fence", "u:x", "old"),
                    "ifMatch",
                    "W/\"1\""))));
    assertEquals(200, put("fence", "new").statusCode());
    assertEquals(412, landing(before).status());
    assertTrue(hospital.latest("Patient", "beside").isEmpty());
    assertTrue(fhir.send("GET", "/Patient/fence", "").body().contains("new"));
    // Without a fence the old one overwrites the newer: this is what If-Match is for.
    hospital.arm(late);
    assertEquals(
        504,
        status(
            bundle("transaction", entry("PUT", "Patient/fence", patient("fence", "u:x", "old")))));
    assertEquals(200, put("fence", "newer").statusCode());
    assertEquals(200, landing(before + 1).status());
    assertTrue(fhir.send("GET", "/Patient/fence", "").body().contains("\"old\""));
    // A plain PUT keeps its own If-Match.
    hospital.arm(late.to("PUT"));
    assertEquals(
        504,
        fhir.status("PUT", "/Patient/fence", patient("fence", "u:x", "4"), "If-Match", "W/\"9\""));
    assertEquals(412, landing(before + 2).status());
  }

  @Test
  void downClosesThePortForItsTimeOrUntilCleared() throws Exception {
    put("down", "1");
    hospital.arm(FhirFault.of(FhirFaultKind.DOWN).lasting(Duration.ofMillis(300)));
    assertThrows(ConnectException.class, () -> put("down", "2"));
    until(() -> hospital.armed().isEmpty());
    until(() -> answers());
    hospital.arm(FhirFault.of(FhirFaultKind.DOWN));
    assertThrows(ConnectException.class, () -> put("down", "2"));
    hospital.clear();
    assertEquals(200, put("down", "3").statusCode());
    assertEquals(2, hospital.history("Patient", "down").size());
  }

  @Test
  void aSecondPeerHasItsOwnResourcesAndFaults() throws Exception {
    try (HospitalFhirServer registry = HospitalFhirServer.start("registry", 0)) {
      Fhir other = new Fhir(registry);
      registry.arm(FhirFault.of(FhirFaultKind.HTTP_500).times(0));
      assertEquals(500, other.status("PUT", "/Patient/own", patient("own", "u:x", "1")));
      assertEquals(201, put("own", "1").statusCode());
      registry.clear();
      assertEquals(404, other.status("GET", "/Patient/own", ""));
    }
  }

  private static HttpResponse<String> put(String id, String value) throws Exception {
    return fhir.send("PUT", "/Patient/" + id, patient(id, "u:x", value));
  }

  private static String put(String id) {
    return entry("PUT", "Patient/" + id, patient(id, "u:x", id));
  }

  private static int status(String bundle) throws Exception {
    return fhir.status("POST", "", bundle);
  }

  /** On a connection of its own: a client repeats a GET on a kept connection that closes. */
  private static CompletableFuture<HttpResponse<String>> later(String id, String value) {
    return HttpClient.newHttpClient()
        .sendAsync(
            fhir.request("PUT", "/Patient/" + id, patient(id, "u:x", value)).build(),
            HttpResponse.BodyHandlers.ofString());
  }

  private static void assertUnanswered(CompletableFuture<HttpResponse<String>> request) {
    ExecutionException end =
        assertThrows(
            ExecutionException.class, () -> request.get(LIMIT.toSeconds(), TimeUnit.SECONDS));
    assertTrue(end.getCause() instanceof IOException, end.toString());
    assertFalse(end.getCause() instanceof java.net.http.HttpTimeoutException, "the client gave up");
  }

  private static Landing landing(int index) throws InterruptedException {
    List<Landing> landings = hospital.awaitLandings(index + 1, LIMIT);
    assertEquals(index + 1, landings.size());
    return landings.get(index);
  }

  private static boolean answers() {
    try {
      return fhir.status("GET", "/metadata", "") == 200;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void until(java.util.function.BooleanSupplier condition) {
    long end = System.nanoTime() + LIMIT.toNanos();
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() < end, "not in time");
      Thread.onSpinWait();
    }
  }
}
