package pontic.facade;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static pontic.operations.Fixture.message;
import static pontic.operations.Fixture.request;

import ca.uhn.fhir.context.FhirContext;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.hl7.fhir.r4.model.Task.TaskStatus;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import pontic.accept.Accepted;
import pontic.accept.FhirPart;
import pontic.capture.Heard;
import pontic.house.House;
import pontic.mapping.Writes;
import pontic.operations.Fixture;
import pontic.receipt.End;
import pontic.store.Store;
import pontic.understand.Kinds;

class FacadeTest {

  private static final String PATIENT =
      "{\"resourceType\":\"Patient\",\"name\":[{\"family\":\"Zwetschgenmann\"}]}";
  private static final String ELM = "Bearer ElmFacadeToken01";
  private static final String JSON = "application/fhir+json";
  private static final int LARGEST = 1024 * 1024;

  /** Bytes; more than buffers between two sockets hold. */
  private static final int LARGE_ANSWER = 6 * 1024 * 1024;

  private static final Writes WRITES = Writes.load(Path.of("..", "..", "mappings"));

  private record Handed(
      String practice, String client, String type, String body, String requestId) {}

  @TempDir Path data;

  /** Of Bundles, each with its parts. */
  private final List<List<JsonNode>> bundles = new CopyOnWriteArrayList<>();

  private final List<Handed> handed = new CopyOnWriteArrayList<>();
  private volatile boolean fails;
  private volatile Runnable beforeStored = () -> {};
  private Store store;
  private Facade facade;

  @BeforeEach
  void open() throws Exception {
    store = Fixture.store(data);
    facade = open(Map.of());
  }

  private Facade open(Map<String, String> flags) throws Exception {
    Map<String, String> all = new HashMap<>(flags);
    all.putIfAbsent("pontic.facade.wait-seconds", "0");
    all.putIfAbsent("pontic.facade.largest-body", Integer.toString(LARGEST));
    return Facade.open(
        Fixture.settings(data, all),
        store,
        new Facade.Doors(
            this::handOver,
            FacadeTest::kinds,
            FacadeTest::writes,
            (practice, table, body) -> Heard.Outcome.TAKEN,
            (practice, table, outcome) -> {}));
  }

  private List<Accepted> handOver(String practice, String client, List<FhirPart> parts) {
    if (fails) {
      throw new IllegalStateException("Zwetschgenmann");
    }
    beforeStored.run();
    List<Accepted> accepted = new ArrayList<>();
    List<JsonNode> bodies = new ArrayList<>();
    for (FhirPart part : parts) {
      String body = new String(part.body(), StandardCharsets.UTF_8);
      handed.add(new Handed(practice, client, part.type(), body, part.requestId()));
      bodies.add(json(body));
      String id = "m" + handed.size();
      accepted.add(new Accepted(id, id, "202", "", false, Instant.EPOCH));
    }
    bundles.add(bodies);
    return accepted;
  }

  static Kinds kinds() {
    try {
      return new ObjectMapper(new YAMLFactory())
          .readValue(Path.of("..", "..", "mappings", "fhir", "kinds.yaml").toFile(), Kinds.class);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Writes writes() {
    return WRITES;
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
    assertFault(404, send("POST", "/Basic", "{\"resourceType\":\"Basic\"}"), "another type");
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
    HttpResponse<String> refused = send("POST", "/Patient", PATIENT);
    assertFault(503, refused, "store down");
    assertEquals("5", refused.headers().firstValue("Retry-After").orElse(""));
  }

  @Test
  void whoAsksWhileTheStoreIsAwayIsToldWhenToAskAgain() throws Exception {
    store.close();
    for (String path : List.of("/_status/m1", "/Task/m1")) {
      HttpResponse<String> answer = send("GET", path, "");
      assertFault(503, answer, path);
      assertEquals("5", answer.headers().firstValue("Retry-After").orElse(""), path);
    }
  }

  @Test
  void whatIsReadAndNotYetStoredKeepsNoRoomFromOthersThatAreRead() throws Exception {
    // Each a quarter of what is read at the same time.
    String names = ",{\"given\":[\"a\"" + ",\"a\"".repeat(39) + "]}";
    String large =
        "{\"resourceType\":\"Patient\",\"name\":[{\"family\":\"a\"}" + names.repeat(4000) + "]}";
    int many = 6;
    CountDownLatch read = new CountDownLatch(many);
    CountDownLatch storeIsThere = new CountDownLatch(1);
    beforeStored =
        () -> {
          read.countDown();
          try {
            storeIsThere.await(30, TimeUnit.SECONDS);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        };
    List<CompletableFuture<Integer>> answers = new ArrayList<>();
    for (int i = 0; i < many; i++) {
      answers.add(
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  return send("POST", "/Patient", large).statusCode();
                } catch (Exception e) {
                  throw new IllegalStateException(e);
                }
              },
              task -> new Thread(task).start()));
    }
    boolean allAreRead = read.await(20, TimeUnit.SECONDS);
    storeIsThere.countDown();
    for (CompletableFuture<Integer> each : answers) {
      assertEquals(202, each.get(30, TimeUnit.SECONDS));
    }
    assertTrue(allAreRead);
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
  void aTaskSaysWhatTheReceiptSaysAtThatMomentAndIsForItsSenderAlone() throws Exception {
    message(store, "m1", "elm", "accept-fhir", "hospital", "");
    message(store, "m2", "elm", "accept-fhir", "hospital", "landed");
    message(store, "m3", "elm", "accept-fhir", "other", "landed");
    message(store, "m4", "oak", "accept-fhir", "hospital", "landed");
    HttpResponse<String> open = send("GET", "/Task/m1", "");
    assertEquals(200, open.statusCode(), open.body());
    assertEquals("accepted", outcome(open).path("status").asText());
    assertFalse(open.body().contains("landed"), open.body());
    JsonNode ended = outcome(send("GET", "/Task/m2", ""));
    assertEquals("completed", ended.path("status").asText());
    assertEquals("landed", ended.path("businessStatus").path("text").asText());
    assertEquals("PatNum", ended.path("output").get(0).path("type").path("text").asText());
    assertEquals(12, ended.path("output").get(0).path("valueInteger").asInt());
    for (String foreign : List.of("m3", "m4", "m5", "", "m1/x")) {
      assertEquals(404, send("GET", "/Task/" + foreign, "").statusCode(), foreign);
    }
    assertEquals(
        0,
        outcome(send("GET", "/Task?group-identifier=unknown", "")).path("total").asInt(),
        "a search that finds none is no fault");
    assertFault(400, send("GET", "/Task?status=completed", ""), "a search by what is not offered");
    assertFault(401, request("GET", base() + "/Task/m2", ""), "nobody");
    assertFault(405, send("DELETE", "/Task/m2", ""), "only read");
  }

  @Test
  void everyEndHasTheStatusOfATaskThatIsTrueOfIt() {
    assertEquals(TaskStatus.ACCEPTED, Progress.status("", "", false, "accepted"));
    assertEquals(TaskStatus.INPROGRESS, Progress.status("", "", false, "understood"));
    Map<End, TaskStatus> of =
        Map.of(
            End.LANDED, TaskStatus.COMPLETED,
            End.NO_CHANGE, TaskStatus.COMPLETED,
            End.FOLDED_INTO, TaskStatus.COMPLETED,
            End.SUPERSEDED_BY, TaskStatus.CANCELLED,
            End.DUPLICATE_OF, TaskStatus.CANCELLED,
            End.DROPPED, TaskStatus.CANCELLED,
            End.PARKED, TaskStatus.ONHOLD,
            End.REFUSED, TaskStatus.REJECTED);
    for (End end : End.values()) {
      assertEquals(of.get(end), Progress.status(end.text(), "", false, "ended"), end.text());
    }
    assertEquals(
        TaskStatus.FAILED,
        Progress.status("refused", "Open Dental refused patients.post: 400", false, "ended"));
    assertEquals(
        TaskStatus.FAILED,
        Progress.status("refused", "slot taken; of it stands PatNum 12", true, "ended"));
  }

  /** What the lane of elm was told, as it stands in the store. */
  private void capabilities(String writes) {
    store.write(
        tx ->
            tx.sql(
                    "insert into lane (practice, next_at, state, reason, failures, last_ok_at, capabilities, capabilities_at)"
                        + " values ('elm', 0, 'ready', '', 0, 0, :told, 1)"
                        + " on conflict (practice) do update set capabilities = :told")
                .param("told", "{\"writes\": {" + writes + "}}")
                .update());
  }

  private static String chosen(String write) {
    return "\"%s\": {\"on\": false, \"reason\": \"the practice has switched it off (writes.off)\", \"chosen\": true}"
        .formatted(write);
  }

  private static String lacking(String write) {
    return "\"%s\": {\"on\": false, \"reason\": \"the key lacks ApiAllOthers\"}".formatted(write);
  }

  private JsonNode offered(String type) throws Exception {
    for (JsonNode resource : rest().path("resource")) {
      if (resource.path("type").asText().equals(type)) {
        return resource;
      }
    }
    throw new AssertionError(type);
  }

  private JsonNode rest() throws Exception {
    return outcome(request("GET", base() + "/metadata", "")).path("rest").get(0);
  }

  private static String interactions(JsonNode resource) {
    return String.join(" ", resource.path("interaction").findValuesAsText("code"));
  }

  @Test
  void aTypeOfWhichThePracticeHasSwitchedOffEachWriteIsRefusedWhereverItComes() throws Exception {
    String allergy =
        "{\"resourceType\":\"AllergyIntolerance\",\"patient\":{\"reference\":\"Patient/9\"}}";
    String withId = allergy.replaceFirst("\\{", "{\"id\":\"77\",");
    assertEquals("create update", interactions(offered("AllergyIntolerance")));
    assertTrue(rest().path("documentation").asText().contains("|A60"));
    assertEquals(202, send("POST", "/AllergyIntolerance", allergy).statusCode());

    capabilities(chosen("allergies.post") + "," + chosen("allergies.put"));
    JsonNode off = offered("AllergyIntolerance");
    assertEquals("", interactions(off));
    assertFalse(off.path("updateCreate").asBoolean() || off.path("conditionalCreate").asBoolean());
    assertFalse(off.path("conditionalUpdate").asBoolean());
    assertTrue(
        off.path("documentation")
            .asText()
            .contains("allergies.post is off: the practice has switched it off (writes.off)"),
        off.toString());
    assertFalse(rest().path("documentation").asText().contains("|A60"), "no event of it");
    assertEquals("create update", interactions(offered("Condition")), "nothing else");
    handed.clear();
    assertFault(405, send("POST", "/AllergyIntolerance", allergy), "create");
    assertFault(405, send("PUT", "/AllergyIntolerance/77", withId), "update");
    assertFault(
        405, send("PUT", "/AllergyIntolerance?identifier=urn:x%7C1", allergy), "on condition");
    HttpResponse<String> entry =
        send(
            "POST",
            "",
            transaction(
                entry("", PATIENT, "POST", "Patient"),
                entry("", allergy, "POST", "AllergyIntolerance")));
    assertFault(422, entry, "in a transaction");
    assertEquals(
        "Bundle.entry[1].resource",
        outcome(entry).at("/issue/0/expression/0").asText(),
        entry.body());
    assertFault(422, send("POST", "/$process-message", messageBundle("A60", allergy)), "a message");
    HttpResponse<String> valid = send("POST", "/AllergyIntolerance/$validate", allergy);
    assertTrue(valid.body().contains("AllergyIntolerance is not taken here"), valid.body());
    assertTrue(handed.isEmpty());

    capabilities(lacking("allergies.post"));
    JsonNode waits = offered("AllergyIntolerance");
    assertEquals("create update", interactions(waits));
    assertTrue(
        waits
            .path("documentation")
            .asText()
            .contains("allergies.post is off: the key lacks ApiAllOthers"),
        waits.toString());
    assertEquals(202, send("POST", "/AllergyIntolerance", allergy).statusCode());
  }

  @Test
  void whatIsChangedAndNotMadeIsOfferedAsAnUpdateAlone() throws Exception {
    capabilities(chosen("patients.post") + "," + chosen("allergydefs.post"));
    JsonNode patient = offered("Patient");
    assertEquals("update", interactions(patient));
    assertFalse(patient.path("updateCreate").asBoolean());
    assertTrue(patient.path("conditionalUpdate").asBoolean());
    assertFault(405, send("POST", "/Patient", PATIENT), "create");
    HttpResponse<String> put =
        send("PUT", "/Patient/77", PATIENT.replaceFirst("\\{", "{\"id\":\"77\","));
    assertEquals(202, put.statusCode(), put.body());
    JsonNode allergy = offered("AllergyIntolerance");
    assertEquals("create update", interactions(allergy), "what the office's list has is written");
    assertTrue(
        allergy.path("documentation").asText().contains("allergydefs.post is off"),
        allergy.toString());
    // An exam is written whole or not; other observations are kept in words.
    capabilities(chosen("periomeasures.put"));
    assertEquals("create update", interactions(offered("Observation")));
    capabilities(
        chosen("periomeasures.put")
            + ","
            + chosen("commlogs.post")
            + ","
            + chosen("commlogs.put")
            + ","
            + chosen("documents.post"));
    assertEquals("", interactions(offered("Observation")));
  }

  @Test
  void everythingThatTheCapabilityStatementOffersAnswersAndNothingElseDoes() throws Exception {
    HttpResponse<String> metadata = request("GET", base() + "/metadata", "");
    assertEquals(200, metadata.statusCode(), metadata.body());
    assertFalse(metadata.body().contains("hapi"), metadata.body());
    JsonNode statement = outcome(metadata);
    assertEquals("[\"application/fhir+json\",\"json\"]", statement.path("format").toString());
    JsonNode rest = statement.path("rest").get(0);
    Map<String, String> bodies =
        Map.ofEntries(
            Map.entry("Patient", PATIENT),
            Map.entry("Appointment", appointment("{\"reference\":\"Patient/9\"}")),
            Map.entry(
                "AllergyIntolerance",
                "{\"resourceType\":\"AllergyIntolerance\",\"patient\":{\"reference\":\"Patient/9\"}}"),
            Map.entry(
                "Condition",
                "{\"resourceType\":\"Condition\",\"subject\":{\"reference\":\"Patient/9\"}}"),
            Map.entry(
                "MedicationStatement",
                "{\"resourceType\":\"MedicationStatement\",\"status\":\"active\",\"medicationCodeableConcept\":{\"text\":\"x\"},\"subject\":{\"reference\":\"Patient/9\"}}"),
            Map.entry(
                "MedicationRequest",
                "{\"resourceType\":\"MedicationRequest\",\"status\":\"active\",\"intent\":\"order\",\"medicationCodeableConcept\":{\"text\":\"x\"},\"subject\":{\"reference\":\"Patient/9\"}}"),
            Map.entry(
                "ServiceRequest",
                "{\"resourceType\":\"ServiceRequest\",\"status\":\"active\",\"intent\":\"order\",\"subject\":{\"reference\":\"Patient/9\"},\"requester\":{\"display\":\"x\"}}"),
            Map.entry(
                "Coverage",
                "{\"resourceType\":\"Coverage\",\"status\":\"active\",\"beneficiary\":{\"reference\":\"Patient/9\"},\"subscriber\":{\"reference\":\"Patient/10\"},\"payor\":[{\"display\":\"x\"}]}"),
            Map.entry(
                "PaymentReconciliation",
                "{\"resourceType\":\"PaymentReconciliation\",\"status\":\"active\",\"identifier\":[{\"value\":\"x\"}],\"created\":\"2026-03-04\",\"paymentDate\":\"2026-03-04\",\"paymentAmount\":{\"value\":1},\"detail\":[{\"type\":{\"text\":\"x\"},\"request\":{\"reference\":\"Patient/9\"}}]}"),
            Map.entry(
                "Communication",
                "{\"resourceType\":\"Communication\",\"status\":\"completed\",\"subject\":{\"reference\":\"Patient/9\"}}"),
            Map.entry(
                "Observation",
                "{\"resourceType\":\"Observation\",\"status\":\"final\",\"code\":{\"text\":\"x\"},\"subject\":{\"reference\":\"Patient/9\"},\"hasMember\":[{\"reference\":\"Observation/1\"}]}"),
            Map.entry(
                "DocumentReference",
                "{\"resourceType\":\"DocumentReference\",\"status\":\"current\",\"subject\":{\"reference\":\"Patient/9\"},\"content\":[{\"attachment\":{\"contentType\":\"text/plain\",\"data\":\"eA==\"}}]}"));
    Set<String> offered = new TreeSet<>();
    for (JsonNode resource : rest.path("resource")) {
      String type = resource.path("type").asText();
      if (type.equals("Binary")) {
        assertFalse(resource.has("interaction"), "not by itself");
        String binary =
            "{\"resourceType\":\"Binary\",\"contentType\":\"text/plain\",\"data\":\"eA==\"}";
        for (String path : List.of("/Binary", "/Binary/$validate")) {
          HttpResponse<String> alone = send("POST", path, binary);
          assertEquals(422, alone.statusCode(), alone.body());
          assertTrue(alone.body().contains("Binary is not taken by itself"), alone.body());
        }
        offered.add(type);
        continue;
      }
      if (type.equals("Task")) {
        assertEquals(
            List.of("read", "search-type"), resource.path("interaction").findValuesAsText("code"));
        message(store, "m-offered", "elm", "accept-fhir", "hospital", "landed");
        assertEquals(200, send("GET", "/Task/m-offered", "").statusCode());
        assertEquals(200, send("GET", "/Task?group-identifier=any", "").statusCode());
        continue;
      }
      offered.add(type);
      String body = bodies.get(type);
      String withId = body.replaceFirst("\\{", "{\"id\":\"77\",");
      Set<String> interactions = new TreeSet<>(resource.findValuesAsText("code"));
      assertEquals(Set.of("create", "update"), interactions);
      assertEquals(202, send("POST", "/" + type, body).statusCode(), type);
      assertEquals(202, send("PUT", "/" + type + "/77", withId).statusCode(), type);
      assertTrue(resource.path("conditionalCreate").asBoolean(), type);
      assertEquals(
          202, send("POST", "/" + type, body, "If-None-Exist", "identifier=urn:x|1").statusCode());
      JsonNode on = json(handed.get(handed.size() - 1).body()).path("entry").path(0);
      assertEquals("identifier=urn:x|1", on.at("/request/ifNoneExist").asText(), type);
      assertEquals(
          412, send("POST", "/" + type, body, "If-None-Exist", "name=x").statusCode(), type);
      handed.clear();
      assertEquals(
          202,
          send(
                  "POST",
                  "",
                  transaction(
                      entry("", body, "POST", type)
                          .replace(
                              "\"method\":\"POST\"",
                              "\"method\":\"POST\",\"ifNoneExist\":\"identifier=urn:x|1\"")))
              .statusCode(),
          type);
      assertEquals(
          "identifier=urn:x|1",
          json(handed.get(0).body()).at("/entry/0/request/ifNoneExist").asText(),
          "in a transaction too");
      assertTrue(resource.path("conditionalUpdate").asBoolean());
      assertEquals(202, send("PUT", "/" + type + "?identifier=urn:x%7C1", body).statusCode());
      assertEquals(
          "[\"validate\"]",
          resource.path("operation").findValuesAsText("name").stream()
              .map(each -> "\"" + each + "\"")
              .toList()
              .toString());
      assertEquals(200, send("POST", "/" + type + "/$validate", body).statusCode());
      for (String method : List.of("GET", "DELETE", "PATCH")) {
        assertEquals(405, send(method, "/" + type + "/77", "").statusCode(), method);
      }
      assertEquals(405, send("GET", "/" + type + "?name=x", "").statusCode());
      assertEquals(405, send("GET", "/" + type + "/77/_history", "").statusCode());
    }
    Set<String> known = new TreeSet<>(kinds().taken());
    known.add("Binary");
    assertEquals(known, offered);
    for (String type : FhirContext.forR4Cached().getResourceTypes()) {
      if (!offered.contains(type)) {
        HttpResponse<String> refused =
            send("POST", "/" + type, "{\"resourceType\":\"" + type + "\"}");
        assertEquals(404, refused.statusCode(), type);
        JsonNode issue = outcome(refused).path("issue").get(0);
        assertEquals("not-supported", issue.path("code").asText());
        assertTrue(issue.path("diagnostics").asText().startsWith(type + " is not taken here"));
      }
    }
    assertEquals("[\"transaction\"]", codes(rest.path("interaction")));
    assertEquals(
        202, send("POST", "", transaction(entry("", PATIENT, "POST", "Patient"))).statusCode());
    assertEquals(
        "process-message,validate",
        String.join(",", new TreeSet<>(rest.path("operation").findValuesAsText("name"))));
    assertEquals(
        202, send("POST", "/$process-message", messageBundle("A28", PATIENT)).statusCode());
    assertEquals(200, send("POST", "/$validate", PATIENT).statusCode());
    for (String other :
        List.of("/$everything", "/Patient/$match", "/_history", "/Patient/_search")) {
      assertEquals(404, send("POST", other, PATIENT).statusCode(), other);
    }
  }

  @Test
  void aFaultNamesTheElementAndNotItsValue() throws Exception {
    Map<String, String> wrong = new LinkedHashMap<>();
    wrong.put(
        PATIENT.replace("}]", "}],\"birthDate\":\"Zwetschgenmann\""), "Patient.birthDate value");
    wrong.put(PATIENT.replace("}]", "}],\"birthDate\":19800101"), "Patient.birthDate value");
    wrong.put(
        PATIENT.replace("}]", "}],\"gender\":\"Zwetschgenmann\""), "Patient.gender code-invalid");
    wrong.put(PATIENT.replace("}]", "}],\"Zwetschgenmann\":1"), "Patient structure");
    wrong.put(PATIENT.replace("}]", "},{\"given\":\"x\"}]"), "Patient.name[1].given structure");
    wrong.put(
        PATIENT.replace("}]", "},{\"use\":\"Zwetschgenmann\"}]"),
        "Patient.name[1].use code-invalid");
    wrong.put(PATIENT.replace("}]", "}],\"active\":\"true\""), "Patient.active value");
    wrong.put(
        PATIENT.replace("}]", "}],\"link\":[{\"type\":\"refer\"}]"),
        "Patient.link[0].other required");
    wrong.put(PATIENT.replace("}]", "}],\"contact\":[]"), "Patient.contact structure");
    wrong.put(
        PATIENT.replace("}]", "}],\"extension\":[{\"valueString\":\"Zwetschgenmann\"}]"),
        "Patient.extension[0].url required");
    for (Map.Entry<String, String> each : wrong.entrySet()) {
      HttpResponse<String> refused = send("POST", "/Patient", each.getKey());
      assertFault(400, refused, each.getKey());
      JsonNode issue = outcome(refused).path("issue").get(0);
      assertEquals(
          each.getValue(),
          issue.path("expression").path(0).asText() + " " + issue.path("code").asText(),
          each.getKey());
    }
    HttpResponse<String> inBundle =
        send(
            "POST",
            "",
            transaction(
                entry("", PATIENT, "POST", "Patient"),
                entry("", PATIENT.replace("}]", "}],\"birthDate\":\"x\""), "POST", "Patient")));
    assertFault(400, inBundle, "in a Bundle");
    assertEquals(
        "Bundle.entry[1].resource.birthDate",
        outcome(inBundle).path("issue").get(0).path("expression").path(0).asText());
  }

  /** R4: what bears a modifier that is not understood is not to be read (decision 0429). */
  @Test
  void whatBearsAModifierThatNobodyHereKnowsIsRefusedWhereverItStands() throws Exception {
    String modifier =
        "\"modifierExtension\":[{\"url\":\"urn:Zwetschgenmann\",\"valueBoolean\":true}]";
    String allergy =
        "{\"resourceType\":\"AllergyIntolerance\",\"patient\":{\"reference\":\"Patient/9\"},\"code\":{\"text\":\"x\"}";
    String rules = "\"implicitRules\":\"http://Zwetschgenmann.example\"";
    String modified = PATIENT.replace("}]", "}]," + modifier);
    Map<String, HttpResponse<String>> refused = new LinkedHashMap<>();
    refused.put("Patient.modifierExtension extension", send("POST", "/Patient", modified));
    refused.put(
        "Patient.contact[1].modifierExtension extension",
        send(
            "PUT",
            "/Patient/z",
            PATIENT.replace(
                "}]", "}],\"id\":\"z\",\"contact\":[{\"gender\":\"male\"},{" + modifier + "}]")));
    refused.put(
        "AllergyIntolerance.reaction[0].modifierExtension extension",
        send(
            "POST",
            "/AllergyIntolerance",
            allergy + ",\"reaction\":[{\"manifestation\":[{\"text\":\"x\"}]," + modifier + "}]}"));
    refused.put(
        "AllergyIntolerance.contained[0].modifierExtension extension",
        send(
            "POST",
            "/AllergyIntolerance",
            allergy
                + ",\"contained\":[{\"resourceType\":\"Patient\",\"id\":\"c\","
                + modifier
                + "}]}"));
    refused.put(
        "Patient.implicitRules not-supported",
        send("POST", "/Patient", PATIENT.replace("}]", "}]," + rules)));
    refused.put(
        "Bundle.entry[1].resource.modifierExtension extension",
        send(
            "POST",
            "",
            transaction(
                entry("", PATIENT, "POST", "Patient"), entry("", modified, "POST", "Patient"))));
    refused.put(
        "Bundle.implicitRules not-supported",
        send(
            "POST",
            "",
            transaction(entry("", PATIENT, "POST", "Patient"))
                .replace("\"transaction\"", "\"transaction\"," + rules)));
    refused.put(
        "Bundle.entry[2].resource.modifierExtension extension",
        send("POST", "/$process-message", messageBundle("A28", PATIENT, modified)));
    for (Map.Entry<String, HttpResponse<String>> each : refused.entrySet()) {
      assertFault(422, each.getValue(), each.getKey());
      assertEquals(each.getKey(), fault(each.getValue()));
    }
    HttpResponse<String> validated = send("POST", "/Patient/$validate", modified);
    assertEquals(200, validated.statusCode());
    assertEquals("Patient.modifierExtension extension", fault(validated));
    assertEquals(
        "Bundle.entry[0].resource.modifierExtension extension",
        fault(send("POST", "/$validate", transaction(entry("", modified, "POST", "Patient")))));
    assertTrue(handed.isEmpty());
    // A form that R4 does not have comes first: of such a resource nothing is sure.
    assertEquals(
        400,
        send(
                "POST",
                "/Patient",
                modified.replace("\"valueBoolean\":true", "\"valueBoolean\":\"x\""))
            .statusCode());
  }

  private static String fault(HttpResponse<String> answer) throws Exception {
    JsonNode issue = outcome(answer).path("issue").get(0);
    return issue.path("expression").path(0).asText() + " " + issue.path("code").asText();
  }

  @Test
  void whatR4KnowsIsNotRefused() throws Exception {
    String rich =
        """
        {"resourceType":"Patient","id":"p1","meta":{"profile":["http://hl7.org/fhir/us/core/StructureDefinition/us-core-patient"]},
         "text":{"status":"generated","div":"<div xmlns=\\"http://www.w3.org/1999/xhtml\\">x</div>"},
         "contained":[{"resourceType":"Organization","id":"o","name":"x"}],
         "extension":[{"url":"http://hl7.org/fhir/us/core/StructureDefinition/us-core-race","extension":[{"url":"text","valueString":"x"}]}],
         "identifier":[{"use":"usual","type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v2-0203","code":"MR"}]},"system":"urn:x","value":"1"}],
         "active":true,"name":[{"family":"X","_family":{"extension":[{"url":"urn:x","valueString":"y"}]},"given":["A",null],"_given":[null,{"id":"g"}]}],
         "telecom":[{"system":"phone","value":"1","rank":1}],"gender":"female","birthDate":"1980-01","_birthDate":{"extension":[{"url":"urn:t","valueDateTime":"1980-01-01T10:00:00-05:00"}]},
         "deceasedBoolean":false,"multipleBirthInteger":2,"maritalStatus":{"text":"x"},
         "photo":[{"contentType":"image/png","data":"QUJD"}],"managingOrganization":{"reference":"#o"},
         "communication":[{"language":{"coding":[{"code":"en"}]},"preferred":true}]}""";
    HttpResponse<String> taken = send("POST", "/Patient", rich);
    assertEquals(202, taken.statusCode(), taken.body());
    assertEquals(rich, handed.get(0).body(), "the bytes as sent");
  }

  @Test
  void hostileJsonIsRefusedBeforeAnybodyBelievesIt() throws Exception {
    String deep = "[".repeat(5000);
    for (String body :
        List.of(
            "{\"resourceType\":\"Patient\",\"gender\":\"male\",\"gender\":\"female\"}",
            "{\"resourceType\":\"Patient\",\"name\":" + deep,
            "{\"resourceType\":\"Patient\",\"extension\":" + "[{\"extension\":".repeat(3000),
            PATIENT + PATIENT,
            PATIENT.replace("}]", "}],\"multipleBirthInteger\":" + "9".repeat(5000)),
            PATIENT.replace("}]", "}],\"multipleBirthInteger\":1e999999999"))) {
      assertFault(400, send("POST", "/Patient", body), body.substring(0, 60));
    }
    assertFault(415, send("POST", "/Patient", PATIENT, "Content-Encoding", "gzip"), "compressed");
    assertFault(
        413,
        send(
            "POST",
            "",
            transaction(
                java.util.Collections.nCopies(201, entry("", PATIENT, "POST", "Patient"))
                    .toArray(String[]::new))),
        "entries");
    assertFault(
        413,
        send("POST", "/Patient", PATIENT.replace("[{", "[" + "{},".repeat(125_000) + "{")),
        "of each three bytes a thirtyfold would be made");
    String names = "[" + "{\"text\":\"a\"},".repeat(4999) + "{";
    assertFault(
        400,
        send("POST", "/Patient", PATIENT.replace("[{", names + "\"text\":\"a\"},{")),
        "a list of more than 5000");
    assertFault(406, send("POST", "/Patient", PATIENT, "Accept", "application/fhir+xml"), "XML");
    assertFault(412, send("PUT", "/Patient/77", PATIENT, "If-Match", "W/\"1\""), "versions");
    assertEquals(202, send("POST", "/Patient", PATIENT.replace("[{", names)).statusCode());
  }

  @Test
  void aTransactionIsHandedOverAsOneWithWhatItsEntriesReferTo() throws Exception {
    HttpResponse<String> taken =
        send(
            "POST",
            "",
            transaction(
                entry(
                    "urn:uuid:a1",
                    appointment("{\"reference\":\"urn:uuid:p1\"}"),
                    "POST",
                    "Appointment"),
                entry("urn:uuid:p1", PATIENT, "POST", "Patient")),
            "X-Request-Id",
            "t-1");
    assertEquals(202, taken.statusCode(), taken.body());
    assertEquals("transaction-response", outcome(taken).path("type").asText());
    JsonNode responses = outcome(taken).path("entry");
    assertEquals(2, responses.size());
    // Patients go first; the answer is in the order of the request.
    assertEquals(
        "/fhir/elm/_status/m2", responses.get(0).path("response").path("location").asText());
    assertEquals(
        "/fhir/elm/_status/m1", responses.get(1).path("response").path("location").asText());
    assertEquals("202 Accepted", responses.get(0).path("response").path("status").asText());
    assertEquals(
        "/fhir/elm/_status/request/t-1", taken.headers().firstValue("Content-Location").orElse(""));
    assertEquals(List.of("Patient", "Appointment"), handed.stream().map(Handed::type).toList());
    assertEquals(List.of("t-1.2", "t-1.1"), handed.stream().map(Handed::requestId).toList());
    assertEquals(1, bundles.size(), "all at once");
    JsonNode booked = bundles.get(0).get(1);
    JsonNode patient = booked.path("entry").get(1).path("resource");
    assertEquals("Zwetschgenmann", patient.path("name").get(0).path("family").asText());
    assertEquals(
        bundles.get(0).get(0).path("entry").get(0).path("resource").path("identifier"),
        patient.path("identifier"),
        "both are told by the same number");
    assertFalse(booked.toString().contains("urn:uuid"), booked.toString());
  }

  @Test
  void oneBadEntryRefusesTheWholeTransaction() throws Exception {
    String good = entry("urn:uuid:p1", PATIENT, "POST", "Patient");
    Map<String, String> bad = new LinkedHashMap<>();
    bad.put(
        entry("", appointment("{\"reference\":\"urn:uuid:nobody\"}"), "POST", "Appointment"),
        "400 not-found Bundle.entry[1].resource.participant[0].actor.reference");
    bad.put(
        entry("", appointment("{\"display\":\"x\"}"), "POST", "Appointment"),
        "422 business-rule Bundle.entry[1].resource");
    bad.put(
        entry("", "{\"resourceType\":\"Basic\",\"code\":{\"text\":\"x\"}}", "POST", "Basic"),
        "422 not-supported Bundle.entry[1].resource");
    bad.put(
        entry("", PATIENT, "DELETE", "Patient/1"),
        "422 not-supported Bundle.entry[1].request.method");
    bad.put(entry("", PATIENT, "PUT", "Patient/1"), "400 invalid Bundle.entry[1].resource.id");
    bad.put(entry("", PATIENT, "POST", "Appointment"), "400 invalid Bundle.entry[1].resource");
    bad.put(entry("urn:uuid:p1", PATIENT, "POST", "Patient"), "400 invariant Bundle.entry[1]");
    bad.put(
        entry("", PATIENT, "PUT", "Patient?name=x"),
        "412 not-supported Bundle.entry[1].request.url");
    for (Map.Entry<String, String> each : bad.entrySet()) {
      HttpResponse<String> refused = send("POST", "", transaction(good, each.getKey()));
      JsonNode issue = outcome(refused).path("issue").get(0);
      assertEquals(
          each.getValue(),
          refused.statusCode()
              + " "
              + issue.path("code").asText()
              + " "
              + issue.path("expression").path(0).asText(),
          each.getKey());
    }
    assertFault(
        422, send("POST", "", transaction(good).replace("\"transaction\"", "\"batch\"")), "batch");
    assertTrue(handed.isEmpty());
  }

  private static String binary(String more) {
    return "{\"resourceType\":\"Binary\",\"contentType\":\"application/pdf\"" + more + "}";
  }

  private static final String PDF = ",\"data\":\"JVBE Ri0x\\nLjQK\"";

  private static String document(String subject, String attachment) {
    return "{\"resourceType\":\"DocumentReference\",\"status\":\"current\",\"subject\":{\"reference\":\""
        + subject
        + "\"},\"content\":[{\"attachment\":{"
        + attachment
        + "}}]}";
  }

  @Test
  void aBinaryGoesWithEachDocumentThatRefersToItAndIsToldByIt() throws Exception {
    String one = document("Patient/elm-patient-5", "\"url\":\"urn:uuid:b\",\"title\":\"One\"");
    String two =
        document(
            "Patient/elm-patient-5",
            "\"url\":\"http://hospital.example/fhir/Binary/c\",\"contentType\":\"Application/PDF; x=y\"");
    HttpResponse<String> taken =
        send(
            "POST",
            "",
            transaction(
                entry("urn:uuid:b", binary(PDF), "POST", "Binary"),
                entry("", one, "POST", "DocumentReference"),
                entry(
                    "",
                    two.replace("http://hospital.example/fhir/Binary/c", "Binary/c"),
                    "POST",
                    "DocumentReference"),
                entry("", one.replace("One", "Again"), "POST", "DocumentReference"),
                entry(
                    "http://hospital.example/fhir/Binary/c",
                    binary(",\"id\":\"c\"" + PDF),
                    "PUT",
                    "Binary/c"),
                entry("", two, "POST", "DocumentReference")));
    assertEquals(202, taken.statusCode(), taken.body());
    assertEquals(4, handed.size(), "a Binary is no message");
    for (Handed each : handed) {
      JsonNode attachment = json(each.body()).at("/entry/0/resource/content/0/attachment");
      assertEquals("JVBERi0xLjQK", attachment.path("data").asText());
      assertFalse(attachment.has("url"), "it means nothing outside of the request");
      assertEquals("application/pdf", MediaSigns.plain(attachment.path("contentType").asText()));
    }
    assertEquals(
        List.of("m1", "m1", "m2", "m3", "m2", "m4"),
        outcome(taken).findValuesAsText("location").stream()
            .map(each -> each.substring(each.lastIndexOf('/') + 1))
            .toList());
    handed.clear();
    HttpResponse<String> contained =
        send(
            "POST",
            "/DocumentReference",
            document("Patient/elm-patient-5", "\"url\":\"#b\"")
                .replace(
                    "\"status\"",
                    "\"contained\":[" + binary(",\"id\":\"b\"" + PDF) + "],\"status\""));
    assertEquals(202, contained.statusCode(), contained.body());
    JsonNode alone = json(handed.get(0).body()).at("/entry/0/resource");
    assertEquals("JVBERi0xLjQK", alone.at("/content/0/attachment/data").asText());
    assertFalse(alone.at("/contained/0").has("data"), "its bytes stand in the attachment");
  }

  @Test
  void aFileThatIsNotWhatIsSaidOfItRefusesTheRequestAndSaysWhere() throws Exception {
    String mine = "Patient/elm-patient-5";
    String by = "\"url\":\"urn:uuid:b\"";
    String good = entry("urn:uuid:b", binary(PDF), "POST", "Binary");
    String content = "Bundle.entry[1].resource.content[0].attachment";
    Map<List<String>, String> wrong = new LinkedHashMap<>();
    wrong.put(
        List.of(good, document(mine, by + ",\"contentType\":\"image/png\"")),
        "422 business-rule " + content + ".contentType");
    wrong.put(
        List.of(
            good.replace("application/pdf", "image/png"),
            document(mine, by + ",\"contentType\":\"image/png\"")),
        "422 business-rule " + content + ".contentType");
    wrong.put(
        List.of(good.replace("JVBE", "JV!E"), document(mine, by)),
        "400 value Bundle.entry[0].resource.data");
    wrong.put(
        List.of(good.replace("JVBE", "=VBE"), document(mine, by)),
        "400 value Bundle.entry[0].resource.data");
    wrong.put(
        List.of(good.replace("LjQK", "LjQ"), document(mine, by)),
        "400 value Bundle.entry[0].resource.data");
    wrong.put(
        List.of(good.replace(PDF, ""), document(mine, by)),
        "422 required Bundle.entry[0].resource.data");
    wrong.put(
        List.of(good, document(mine, by).replace("uuid:b", "uuid:nobody")),
        "400 not-found " + content + ".url");
    wrong.put(
        List.of(good, document(mine, "\"url\":\"Binary/9\"")), "400 not-found " + content + ".url");
    wrong.put(
        List.of(good, document(mine, "\"data\":\"eA==\",\"contentType\":\"text/plain\"")),
        "422 business-rule Bundle.entry[0].resource");
    wrong.put(
        List.of(good, document(mine, by + ",\"data\":\"JVBERi0xLjUK\"")),
        "422 business-rule " + content + ".data");
    wrong.put(
        List.of(good, document(mine, by + ",\"size\":8")),
        "422 business-rule " + content + ".size");
    wrong.put(
        List.of(good, document(mine, by + ",\"hash\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAA=\"")),
        "422 business-rule " + content + ".hash");
    wrong.put(
        List.of(
            good.replace(
                ",\"data\"",
                ",\"securityContext\":{\"reference\":\"Patient/elm-patient-6\"},\"data\""),
            document(mine, by)),
        "422 business-rule Bundle.entry[0].resource.securityContext");
    wrong.put(
        List.of(
            good.replace("\"POST\",", "\"POST\",\"ifNoneExist\":\"identifier=a|b\","),
            document(mine, by)),
        "412 not-supported Bundle.entry[0].resource");
    for (Map.Entry<List<String>, String> each : wrong.entrySet()) {
      HttpResponse<String> refused =
          send(
              "POST",
              "",
              transaction(
                  each.getKey().get(0),
                  entry("", each.getKey().get(1), "POST", "DocumentReference")));
      JsonNode issue = outcome(refused).path("issue").path(0);
      assertEquals(
          each.getValue(),
          refused.statusCode()
              + " "
              + issue.path("code").asText()
              + " "
              + issue.path("expression").path(0).asText(),
          each.getKey() + refused.body());
    }
    assertTrue(handed.isEmpty());
    HttpResponse<String> inline =
        send(
            "POST",
            "/DocumentReference",
            document(mine, "\"contentType\":\"image/jpeg\",\"data\":\"JVBERi0xLjQK\""));
    assertFault(422, inline, "a PDF that is called a picture");
    // Right size and SHA-1 of the nine bytes.
    HttpResponse<String> right =
        send(
            "POST",
            "",
            transaction(
                good,
                entry(
                    "",
                    document(mine, by + ",\"size\":9,\"hash\":\"" + SHA1_OF_PDF + "\""),
                    "POST",
                    "DocumentReference")));
    assertEquals(202, right.statusCode(), right.body());
  }

  /** {@code printf '%%PDF-1.4\n' | openssl sha1 -binary | base64}. */
  private static final String SHA1_OF_PDF = "lWB7AtSKeGy3hol9cnEU/HmBSx4=";

  @Test
  void whatEntriesShareTakesNoMoreRoomThanTwoRequests() throws Exception {
    String large =
        "{\"resourceType\":\"Binary\",\"contentType\":\"text/plain\",\"data\":\""
            + "eHh4".repeat(200_000)
            + "\"}";
    String one =
        entry(
            "",
            document("Patient/elm-patient-5", "\"url\":\"urn:uuid:b\""),
            "POST",
            "DocumentReference");
    String file = entry("urn:uuid:b", large, "POST", "Binary");
    HttpResponse<String> twice = send("POST", "", transaction(file, one, one));
    assertEquals(202, twice.statusCode(), twice.body());
    handed.clear();
    assertFault(413, send("POST", "", transaction(file, one, one, one)), "three of them");
  }

  @Test
  void aResourceOfTheChartGoesWithThePatientThatItNamesAndItsNumberFirst() throws Exception {
    Map<String, String> named = new LinkedHashMap<>();
    named.put("{\"reference\":\"Patient/elm-patient-5\"}", "urn:pontic:elm:patient|5");
    named.put(
        "{\"reference\":\"Patient/oak-patient-5\"}",
        "urn:pontic:client:hospital:patient|oak-patient-5");
    named.put(
        "{\"reference\":\"Patient/elm-patient-five\"}",
        "urn:pontic:client:hospital:patient|elm-patient-five");
    named.put("{\"identifier\":{\"system\":\"urn:mrn\",\"value\":\"9\"}}", "urn:mrn|9");
    for (Map.Entry<String, String> each : named.entrySet()) {
      String allergy =
          "{\"resourceType\":\"AllergyIntolerance\",\"identifier\":[{\"system\":\"urn:other\",\"value\":\"1\"}],\"patient\":"
              + each.getKey()
              + ",\"code\":{\"text\":\"x\"}}";
      assertEquals(
          202,
          send("PUT", "/AllergyIntolerance?identifier=urn:x%7C1", allergy).statusCode(),
          each.getKey());
      JsonNode entries = json(handed.get(handed.size() - 1).body()).path("entry");
      assertEquals(
          List.of("1", "1"),
          entries.get(0).path("resource").path("identifier").findValuesAsText("value"));
      assertEquals(
          List.of("urn:x", "urn:other"),
          entries.get(0).path("resource").path("identifier").findValuesAsText("system"));
      JsonNode number = entries.get(1).path("resource").path("identifier").get(0);
      assertEquals(
          each.getValue(), number.path("system").asText() + "|" + number.path("value").asText());
    }
  }

  /** Decision 0448. */
  @Test
  void anUpdateUnderAnIdOfOursThatIsOfNothingHereIsRefused() throws Exception {
    Map<String, String> refused = new LinkedHashMap<>();
    String visit = appointment("{\"reference\":\"Patient/elm-patient-5\"}");
    for (String id : List.of("oak-patient-5", "elm-patient-0", "elm-patient-9999999999999999999")) {
      refused.put("Patient/" + id, PATIENT);
    }
    refused.put("Appointment/oak-appointment-5", visit);
    for (Map.Entry<String, String> each : refused.entrySet()) {
      String id = each.getKey().replaceFirst(".*/", "");
      String body = each.getValue().replaceFirst(",", ",\"id\":\"" + id + "\",");
      HttpResponse<String> alone = send("PUT", "/" + each.getKey(), body);
      assertFault(422, alone, each.getKey());
      assertEquals(each.getKey().replaceFirst("/.*", ".id not-found"), fault(alone));
      HttpResponse<String> together =
          send(
              "POST",
              "",
              transaction(
                  entry("", PATIENT, "POST", "Patient"), entry("", body, "PUT", each.getKey())));
      assertFault(422, together, each.getKey());
      assertEquals("Bundle.entry[1].resource.id not-found", fault(together));
    }
    for (String own : List.of("elm-patient-five", "ash-patient-5", "oak-appointment-5")) {
      HttpResponse<String> taken =
          send("PUT", "/Patient/" + own, PATIENT.replaceFirst(",", ",\"id\":\"" + own + "\","));
      assertEquals(202, taken.statusCode(), own + taken.body());
    }
  }

  @Test
  void whoIsUpdatedUnderOurIdIsOursAlsoBesideTheVisitThatRefersToHim() throws Exception {
    HttpResponse<String> taken =
        send(
            "POST",
            "",
            transaction(
                entry(
                    "",
                    PATIENT.replaceFirst(",", ",\"id\":\"elm-patient-5\","),
                    "PUT",
                    "Patient/elm-patient-5"),
                entry(
                    "",
                    appointment("{\"reference\":\"Patient/elm-patient-5\"}"),
                    "POST",
                    "Appointment")));
    assertEquals(202, taken.statusCode(), taken.body());
    JsonNode numbers = json(handed.get(1).body()).at("/entry/1/resource/identifier");
    assertTrue(
        numbers.toString().contains("{\"system\":\"urn:pontic:elm:patient\",\"value\":\"5\"}"),
        numbers.toString());
    assertFalse(numbers.toString().contains("urn:pontic:client:hospital:patient"));
  }

  @Test
  void aMessageIsItsFocus() throws Exception {
    HttpResponse<String> taken =
        send(
            "POST",
            "/$process-message",
            messageBundle("S15", appointment("{\"reference\":\"urn:uuid:p\"}"), PATIENT),
            "X-Request-Id",
            "fm-1");
    assertEquals(202, taken.statusCode(), taken.body());
    assertEquals("Appointment#cancel", handed.get(0).type());
    assertEquals(1, handed.size(), "the patient goes with it and is no message of its own");
    assertEquals(
        "Patient",
        bundles.get(0).get(0).path("entry").get(1).path("resource").path("resourceType").asText());
    assertIsNotYetAnswered(taken, "/fhir/elm/_status/request/fm-1");
    handed.clear();
    // What it holds beside its focus is left, and the receipt will say so.
    String allergy =
        "{\"resourceType\":\"AllergyIntolerance\",\"patient\":{\"reference\":\"Patient/9\"}}";
    assertEquals(
        202,
        send("POST", "/$process-message", messageBundle("A28", PATIENT, allergy)).statusCode());
    assertTrue(
        handed
            .get(0)
            .body()
            .contains("AllergyIntolerance was left: it is no focus of the message"));
    handed.clear();
    HttpResponse<String> unknown = send("POST", "/$process-message", messageBundle("Q11", PATIENT));
    assertFault(422, unknown, "event");
    assertEquals(
        "Bundle.entry[0].resource.event",
        outcome(unknown).path("issue").get(0).path("expression").get(0).asText());
  }

  /** R4: ok is "accepted and processed without error". */
  @Test
  void aMessageIsAnsweredOkOnlyOnceAllOfItHasEndedWell() throws Exception {
    facade.close();
    facade = open(Map.of("pontic.facade.wait-seconds", "1"));
    Map<String, String> codes = new LinkedHashMap<>();
    codes.put("landed", "ok");
    codes.put("no change", "ok");
    codes.put("superseded by", "ok");
    codes.put("refused", "fatal-error");
    codes.put("dropped", "fatal-error");
    for (Map.Entry<String, String> each : codes.entrySet()) {
      message(store, "m" + (handed.size() + 1), "elm", "accept-fhir", "hospital", each.getKey());
      HttpResponse<String> answered = booked("urn:uuid:f");
      assertEquals(200, answered.statusCode(), answered.body());
      JsonNode answer = outcome(answered);
      assertEquals("message", answer.path("type").asText());
      JsonNode header = answer.at("/entry/0/resource");
      assertEquals(each.getValue(), header.at("/response/code").asText(), each.getKey());
      // What it answers, and of which event it speaks.
      assertEquals("h", header.at("/response/identifier").asText());
      assertEquals("S12", header.at("/eventCoding/code").asText());
      assertEquals(
          answer.at("/entry/1/fullUrl").asText(),
          header.at("/response/details/reference").asText());
    }
    String next = "m" + (handed.size() + 1);
    message(store, next, "elm", "accept-fhir", "hospital", "parked");
    HttpResponse<String> held = booked("urn:uuid:f");
    assertIsNotYetAnswered(held, "");
    assertEquals("incomplete", outcome(held).at("/issue/0/code").asText());
    assertIsNotYetAnswered(booked("urn:uuid:f"), "");
    HttpResponse<String> later = booked("urn:uuid:f", "Prefer", "respond-async");
    assertIsNotYetAnswered(later, "");
    assertEquals("informational", outcome(later).at("/issue/0/code").asText());
    // Of two foci the other's good or bad end is none of the message.
    for (String end : List.of("landed", "refused")) {
      message(store, "m" + (handed.size() + 1), "elm", "accept-fhir", "hospital", end);
      message(store, "m" + (handed.size() + 2), "elm", "accept-fhir", "hospital", "parked");
      HttpResponse<String> two = booked("urn:uuid:f", "urn:uuid:p");
      assertIsNotYetAnswered(two, "");
      assertTrue(two.body().contains("has ended: " + end), two.body());
      assertTrue(two.body().contains("has ended: parked"), two.body());
      assertEquals(
          end.equals("refused") ? "error" : "information",
          outcome(two).at("/issue/0/severity").asText());
    }
  }

  /** S12 of one visit, or of another too, who is the focus beside it. */
  private HttpResponse<String> booked(String focus, String... more) throws Exception {
    boolean two = more.length == 1;
    String visit = appointment("{\"reference\":\"Patient/elm-patient-5\"}");
    String body =
        two
            ? messageBundle("S12", visit, visit.replace("\"1\"", "\"2\""))
                .replace(
                    "{\"reference\":\"" + focus + "\"}",
                    "{\"reference\":\"" + focus + "\"},{\"reference\":\"" + more[0] + "\"}")
            : messageBundle("S12", visit);
    return send("POST", "/$process-message", body, two ? new String[0] : more);
  }

  /**
   * @param status "" if it does not matter which it is
   */
  private void assertIsNotYetAnswered(HttpResponse<String> answer, String status) throws Exception {
    assertEquals(202, answer.statusCode(), answer.body());
    assertEquals("OperationOutcome", outcome(answer).path("resourceType").asText(), answer.body());
    assertFalse(answer.body().contains("MessageHeader"), answer.body());
    String told = answer.headers().firstValue("Content-Location").orElse("");
    assertTrue(told.startsWith("/fhir/elm/_status/request/"), told);
    assertTrue(status.isEmpty() || told.equals(status), told);
  }

  @Test
  void aTransactionOfWhichAnEntryIsHeldIsNotThroughYet() throws Exception {
    facade.close();
    facade = open(Map.of("pontic.facade.wait-seconds", "20"));
    message(store, "m1", "elm", "accept-fhir", "hospital", "landed");
    message(store, "m2", "elm", "accept-fhir", "hospital", "parked");
    HttpResponse<String> held =
        send(
            "POST",
            "",
            transaction(
                entry("urn:uuid:p1", PATIENT, "POST", "Patient"),
                entry("", appointment("{\"reference\":\"urn:uuid:p1\"}"), "POST", "Appointment")));
    assertEquals(202, held.statusCode(), held.body());
    assertEquals(List.of("201 Created", "202 Accepted"), outcome(held).findValuesAsText("status"));
  }

  /** What goes with several is told as held while one that it is in is held, and none landed. */
  @Test
  void whatGoesWithSeveralIsNotToldByTheEndOfOneWhileAnotherIsHeld() throws Exception {
    facade.close();
    facade = open(Map.of("pontic.facade.wait-seconds", "20"));
    message(store, "m1", "elm", "accept-fhir", "hospital", "no change");
    message(store, "m2", "elm", "accept-fhir", "hospital", "parked");
    String one = document("Patient/elm-patient-5", "\"url\":\"urn:uuid:b\",\"title\":\"One\"");
    HttpResponse<String> held =
        send(
            "POST",
            "",
            transaction(
                entry("urn:uuid:b", binary(PDF), "POST", "Binary"),
                entry("", one, "POST", "DocumentReference"),
                entry("", one.replace("One", "Two"), "POST", "DocumentReference")));
    assertEquals(202, held.statusCode(), held.body());
    assertEquals(
        List.of("202 Accepted", "200 OK", "202 Accepted"),
        outcome(held).findValuesAsText("status"));
  }

  @Test
  void whatIsOnlyValidatedIsNotKept() throws Exception {
    HttpResponse<String> good = send("POST", "/Patient/$validate", PATIENT);
    assertEquals("information", outcome(good).path("issue").get(0).path("severity").asText());
    HttpResponse<String> wrapped =
        send(
            "POST",
            "/$validate",
            "{\"resourceType\":\"Parameters\",\"parameter\":[{\"name\":\"resource\",\"resource\":"
                + PATIENT.replace("}]", "}],\"gender\":\"x\"")
                + "}]}");
    assertEquals(200, wrapped.statusCode());
    assertEquals("error", outcome(wrapped).path("issue").get(0).path("severity").asText());
    assertEquals(
        "Patient.gender", outcome(wrapped).path("issue").get(0).path("expression").get(0).asText());
    HttpResponse<String> untaken =
        send("POST", "/$validate", "{\"resourceType\":\"Basic\",\"code\":{\"text\":\"x\"}}");
    assertEquals("not-supported", outcome(untaken).path("issue").get(0).path("code").asText());
    assertTrue(handed.isEmpty());
  }

  @Test
  void anAnswerWaitsForTheReceiptUnlessItIsAskedNotTo() throws Exception {
    facade.close();
    facade = open(Map.of("pontic.facade.wait-seconds", "20"));
    message(store, "m1", "elm", "accept-fhir", "hospital", "landed");
    message(store, "m2", "elm", "accept-fhir", "hospital", "refused");
    message(store, "m3", "elm", "accept-fhir", "hospital", "parked");
    HttpResponse<String> landed = send("POST", "/Patient", PATIENT);
    assertEquals(201, landed.statusCode(), landed.body());
    assertTrue(landed.body().contains("PatNum 12"), landed.body());
    HttpResponse<String> refused = send("POST", "/Patient", PATIENT);
    assertEquals(422, refused.statusCode());
    assertEquals("error", outcome(refused).path("issue").get(0).path("severity").asText());
    HttpResponse<String> held = send("POST", "/Patient", PATIENT);
    assertEquals(202, held.statusCode(), "a person decides");
    assertEquals("incomplete", outcome(held).path("issue").get(0).path("code").asText());
    HttpResponse<String> later = send("POST", "/Patient", PATIENT, "Prefer", "respond-async");
    assertEquals(202, later.statusCode(), "of m4 nothing is known for ever");
    assertEquals("/fhir/elm/_status/m4", later.headers().firstValue("Content-Location").orElse(""));
  }

  /** The message is on disk, and its end may take for ever. */
  @Test
  void anAnswerWaitsNoLongerThanItIsToldTo() throws Exception {
    facade.close();
    facade = open(Map.of("pontic.facade.wait-seconds", "1"));
    HttpResponse<String> later = send("POST", "/Patient", PATIENT);
    assertEquals(202, later.statusCode(), later.body());
    assertEquals("/fhir/elm/_status/m1", later.headers().firstValue("Content-Location").orElse(""));
    assertTrue(later.body().contains("Accepted as message m1"), later.body());
  }

  /** More than the listener has threads, each with an answer that fits into no buffer. */
  @Test
  void clientsThatDoNotReadTheirLargeAnswersHoldUpNobodyElse() throws Exception {
    facade.close();
    facade = open(Map.of("pontic.facade.wait-seconds", "1"));
    List<Socket> unread = new ArrayList<>();
    try {
      for (int i = 1; i <= 34; i++) {
        message(store, "m" + i, "elm", "accept-fhir", "hospital", "landed");
        reason("m" + i, "x".repeat(LARGE_ANSWER));
        Socket socket = new Socket();
        unread.add(socket);
        socket.setReceiveBufferSize(4096);
        socket.setSoTimeout(20_000);
        URI base = URI.create(base());
        socket.connect(new InetSocketAddress(base.getHost(), base.getPort()));
        socket.getOutputStream().write(posted(base));
        assertEquals(
            "HTTP/1.1 201",
            new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII));
      }
      HttpResponse<String> other =
          HttpClient.newHttpClient()
              .send(
                  HttpRequest.newBuilder(URI.create(base() + "/Patient"))
                      .timeout(Duration.ofSeconds(20))
                      .header("Content-Type", JSON)
                      .header("Authorization", ELM)
                      .POST(HttpRequest.BodyPublishers.ofString(PATIENT))
                      .build(),
                  HttpResponse.BodyHandlers.ofString());
      assertEquals(202, other.statusCode());
      String last =
          new String(
              unread.get(33).getInputStream().readNBytes(LARGE_ANSWER), StandardCharsets.US_ASCII);
      assertTrue(last.endsWith("xxx"), "whoever reads late reads all of it");
    } finally {
      for (Socket each : unread) {
        each.close();
      }
    }
  }

  private static byte[] posted(URI base) {
    return ("POST %s/Patient HTTP/1.1\r\nHost: localhost\r\nContent-Type: %s\r\nAuthorization: %s\r\nContent-Length: %d\r\n\r\n%s"
            .formatted(base.getPath(), JSON, ELM, PATIENT.length(), PATIENT))
        .getBytes(StandardCharsets.US_ASCII);
  }

  private void reason(String message, String text) {
    store.write(
        tx ->
            tx.sql("update message set receipt_reason = ? where id = ?")
                .params(text, message)
                .update());
  }

  @Test
  void whoWaitsWhileTheFacadeClosesIsStillAnswered() throws Exception {
    facade.close();
    facade = open(Map.of("pontic.facade.wait-seconds", "25"));
    CompletableFuture<HttpResponse<String>> waits =
        HttpClient.newHttpClient()
            .sendAsync(
                HttpRequest.newBuilder(URI.create(base() + "/Patient"))
                    .header("Content-Type", JSON)
                    .header("Authorization", ELM)
                    .POST(HttpRequest.BodyPublishers.ofString(PATIENT))
                    .build(),
                HttpResponse.BodyHandlers.ofString());
    House.until("it was handed over", () -> bundles.size() == 1);
    facade.close();
    assertEquals(202, waits.get(20, TimeUnit.SECONDS).statusCode());
  }

  @Test
  void clientsThatSendSlowlyTakeNothingFromOthers() throws Exception {
    URI base = URI.create(base());
    List<Socket> slow = new ArrayList<>();
    try {
      for (int i = 0; i < 150; i++) {
        Socket socket = new Socket(base.getHost(), base.getPort());
        slow.add(socket);
        socket
            .getOutputStream()
            .write(
                "POST %s/Patient HTTP/1.1\r\nHost: localhost\r\nContent-Type: %s\r\nAuthorization: %s\r\nContent-Length: %d\r\n\r\n{"
                    .formatted(base.getPath(), JSON, ELM, PATIENT.length())
                    .getBytes(StandardCharsets.US_ASCII));
      }
      assertEquals(202, send("POST", "/Patient", PATIENT).statusCode());
      // Nor was one given up meanwhile, so that others could be served.
      Socket first = slow.get(0);
      first.getOutputStream().write(PATIENT.substring(1).getBytes(StandardCharsets.US_ASCII));
      byte[] begin = first.getInputStream().readNBytes(12);
      assertEquals("HTTP/1.1 202", new String(begin, StandardCharsets.US_ASCII));
    } finally {
      for (Socket socket : slow) {
        socket.close();
      }
    }
  }

  private static String codes(JsonNode list) {
    return list.findValuesAsText("code").stream()
        .map(each -> "\"" + each + "\"")
        .toList()
        .toString();
  }

  private static String transaction(String... entries) {
    return "{\"resourceType\":\"Bundle\",\"type\":\"transaction\",\"entry\":["
        + String.join(",", entries)
        + "]}";
  }

  private static String entry(String fullUrl, String resource, String method, String url) {
    return "{"
        + (fullUrl.isEmpty() ? "" : "\"fullUrl\":\"" + fullUrl + "\",")
        + "\"resource\":"
        + resource
        + ",\"request\":{\"method\":\""
        + method
        + "\",\"url\":\""
        + url
        + "\"}}";
  }

  /** The focus is the first resource, urn:uuid:f; another is urn:uuid:p. */
  private static String messageBundle(String event, String... resources) {
    StringBuilder entries = new StringBuilder();
    for (int i = 0; i < resources.length; i++) {
      entries
          .append(",{\"fullUrl\":\"urn:uuid:")
          .append(i == 0 ? "f" : "p")
          .append("\",\"resource\":")
          .append(resources[i])
          .append("}");
    }
    return """
        {"resourceType":"Bundle","type":"message","entry":[{"fullUrl":"urn:uuid:h","resource":{"resourceType":"MessageHeader",
         "eventCoding":{"system":"http://terminology.hl7.org/CodeSystem/v2-0003","code":"%s"},"source":{"endpoint":"http://x.example"},
         "focus":[{"reference":"urn:uuid:f"}]}}%s]}"""
        .formatted(event, entries);
  }

  private static String appointment(String actor) {
    return """
        {"resourceType":"Appointment","status":"booked","identifier":[{"system":"urn:x","value":"1"}],
         "start":"2026-12-01T10:00:00-05:00","end":"2026-12-01T10:30:00-05:00",
         "participant":[{"actor":%s,"status":"accepted"}]}"""
        .formatted(actor);
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

  private static JsonNode json(String text) {
    try {
      return new ObjectMapper().readTree(text);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void whatNoFocusOfAMessageRefersToIsNamedOnTheReceipt() throws Exception {
    String document = document("urn:uuid:p", "\"url\":\"urn:uuid:b\"");
    String message = messageBundle("T02", document, PATIENT);
    String files = ",{\"fullUrl\":\"urn:uuid:b\",\"resource\":" + binary(PDF) + "}]}";
    String more =
        ",{\"fullUrl\":\"urn:uuid:c\",\"resource\":"
            + binary(PDF)
            + "},{\"fullUrl\":\"urn:uuid:q\",\"resource\":"
            + PATIENT
            + "}"
            + files;
    assertEquals(202, send("POST", "/$process-message", with(message, files)).statusCode());
    assertFalse(handed.get(0).body().contains("was left"), handed.get(0).body());
    handed.clear();
    assertEquals(202, send("POST", "/$process-message", with(message, more)).statusCode());
    for (String left : List.of("Binary", "Patient")) {
      assertTrue(
          handed.get(0).body().contains(left + " was left: no focus of the message refers to it"),
          left);
    }
    handed.clear();
    String admitted = with(messageBundle("A28", PATIENT, PATIENT), files);
    assertEquals(202, send("POST", "/$process-message", admitted).statusCode());
    for (String left : List.of("Binary", "Patient")) {
      assertTrue(
          handed.get(0).body().contains(left + " was left: no focus of the message refers to it"),
          left);
    }
  }

  /** A Bundle with entries behind its last. */
  private static String with(String bundle, String entries) {
    return bundle.substring(0, bundle.length() - "]}".length()) + entries;
  }

  @Test
  void aContainedBinaryThatNoAttachmentNamesIsRefusedAndAnotherMayBeReferredToTwice()
      throws Exception {
    String by = "\"url\":\"#b\"";
    String one = "\"contained\":[" + binary(",\"id\":\"b\"" + PDF) + "],\"status\"";
    String two =
        "\"contained\":["
            + binary(",\"id\":\"b\"" + PDF)
            + ","
            + binary(",\"id\":\"c\"" + PDF)
            + "],\"status\"";
    String related = "\"context\":{\"related\":[{\"reference\":\"#%s\"}]},\"content\"";
    String document = document("Patient/elm-patient-5", by);
    for (String each :
        List.of(
            document.replace("\"status\"", two),
            document.replace("\"status\"", two).replace("\"content\"", related.formatted("c")))) {
      HttpResponse<String> refused = send("POST", "/DocumentReference", each);
      assertFault(422, refused, each);
      assertEquals(
          "DocumentReference.contained[1]",
          outcome(refused).path("issue").get(0).path("expression").get(0).asText());
    }
    HttpResponse<String> taken =
        send(
            "POST",
            "/DocumentReference",
            document.replace("\"status\"", one).replace("\"content\"", related.formatted("b")));
    assertEquals(202, taken.statusCode(), taken.body());
    JsonNode filed = json(handed.get(0).body()).at("/entry/0/resource");
    assertEquals("JVBERi0xLjQK", filed.at("/content/0/attachment/data").asText());
    assertEquals(1, filed.toString().split("JVBERi0xLjQK", -1).length - 1, "its bytes once");
  }

  @Test
  void aNumberIsHandedOverWithTheDigitsThatItCameWith() throws Exception {
    String observation =
        """
        {"resourceType":"Observation","status":"final","code":{"text":"x"},"subject":{"reference":"Patient/elm-patient-5"},
         "valueQuantity":{"value":7.10},"component":[{"code":{"text":"y"},"valueQuantity":{"value":0.0000050}}]}
        """;
    assertEquals(202, send("POST", "/Observation", observation).statusCode());
    assertTrue(handed.get(0).body().contains("\"value\":7.10"), handed.get(0).body());
    assertTrue(handed.get(0).body().contains("\"value\":0.0000050"), handed.get(0).body());
    handed.clear();
    // A dozen bytes that would be a gigabyte, written out.
    for (String endless : List.of("1E999999999", "1E-999999999")) {
      HttpResponse<String> refused =
          send("POST", "/Observation", observation.replace("7.10", endless));
      assertFault(400, refused, endless);
      assertEquals(
          "Observation.valueQuantity.value",
          outcome(refused).path("issue").get(0).path("expression").get(0).asText());
    }
  }

  /** R4 has a bound for texts; what stands in the store must be read again. */
  @Test
  void aTextThatIsLongerThanR4HasThemIsRefusedAndAFileIsNot() throws Exception {
    facade.close();
    facade = open(Map.of("pontic.facade.largest-body", Integer.toString(4 * LARGEST)));
    String longest = "x".repeat(1024 * 1024);
    String said =
        "{\"resourceType\":\"Communication\",\"status\":\"completed\",\"subject\":{\"reference\":\"Patient/9\"},\"payload\":[{\"contentString\":\"%s\"}]}";
    HttpResponse<String> refused = send("POST", "/Communication", said.formatted(longest + "x"));
    assertFault(400, refused, "longer than R4 has it");
    assertEquals(
        "Communication.payload[0].contentString",
        outcome(refused).path("issue").get(0).path("expression").get(0).asText());
    assertEquals(202, send("POST", "/Communication", said.formatted(longest)).statusCode());
    String file =
        document(
            "Patient/9",
            "\"contentType\":\"text/plain\",\"data\":\"" + "eHh4".repeat(400_000) + "\"");
    assertEquals(202, send("POST", "/DocumentReference", file).statusCode());
  }

  /** Whose it is must be sure, however either says so. */
  @Test
  void aBinaryOfAnotherPatientIsRefusedHoweverItSaysSo() throws Exception {
    String known =
        "{\"resourceType\":\"Patient\",\"identifier\":[{\"system\":\"urn:x\",\"value\":\"1\"}]}";
    String patient = entry("urn:uuid:p", known, "POST", "Patient");
    String byNumber = "{\"identifier\":{\"system\":\"urn:x\",\"value\":\"%s\"}}";
    Map<String, String> mine = new LinkedHashMap<>();
    Map<String, String> anothers = new LinkedHashMap<>();
    anothers.put("{\"reference\":\"Patient/2\"}", "urn:uuid:p");
    anothers.put("{\"reference\":\"https://h.example/fhir/Patient/2\"}", "Patient/1");
    anothers.put("{\"reference\":\"https://h.example/fhir/Patient/1\"}", "Patient/1");
    anothers.put("{\"reference\":\"Patient?identifier=urn:x|2\"}", "urn:uuid:p");
    anothers.put(byNumber.formatted("2"), "urn:uuid:p");
    anothers.put(
        byNumber.formatted("2").replace("{\"id", "{\"type\":\"Patient\",\"id"), "Patient/1");
    mine.put("{\"reference\":\"urn:uuid:p\"}", "urn:uuid:p");
    mine.put("{\"reference\":\"Patient/1\"}", "Patient/1/_history/3");
    mine.put("{\"reference\":\"Patient?identifier=urn:x|1\"}", "urn:uuid:p");
    mine.put(byNumber.formatted("1"), "urn:uuid:p");
    mine.put("{\"reference\":\"Organization/2\"}", "Patient/1");
    for (Map<String, String> each : List.of(mine, anothers)) {
      for (Map.Entry<String, String> one : each.entrySet()) {
        String context = ",\"securityContext\":" + one.getKey();
        String by = "\"url\":\"urn:uuid:b\"";
        HttpResponse<String> apart =
            send(
                "POST",
                "",
                transaction(
                    patient,
                    entry("urn:uuid:b", binary(context + PDF), "POST", "Binary"),
                    entry("", document(one.getValue(), by), "POST", "DocumentReference")));
        HttpResponse<String> contained =
            send(
                "POST",
                "",
                transaction(
                    patient,
                    entry(
                        "",
                        document(one.getValue(), "\"url\":\"#b\"")
                            .replace(
                                "\"status\"",
                                "\"contained\":["
                                    + binary(",\"id\":\"b\"" + context + PDF)
                                    + "],\"status\""),
                        "POST",
                        "DocumentReference")));
        if (each == mine) {
          assertEquals(202, apart.statusCode(), one + apart.body());
          assertEquals(202, contained.statusCode(), one + contained.body());
          handed.clear();
        } else {
          assertFault(422, apart, one.toString());
          assertFault(422, contained, one.toString());
          assertEquals(
              "Bundle.entry[1].resource.contained[0].securityContext",
              outcome(contained).path("issue").get(0).path("expression").get(0).asText());
        }
      }
    }
  }

  /** Bodies of one client have half of the room at most, and small ones a room of their own. */
  @Test
  void largeBodiesThatComeSlowlyTakeNothingFromSmallOnesNorFromOtherClients() throws Exception {
    facade.close();
    facade = open(Map.of("pontic.facade.largest-body", Integer.toString(16 * LARGEST)));
    URI base = URI.create(base());
    byte[] most = "x".repeat(16 * LARGEST - 1).getBytes(StandardCharsets.US_ASCII);
    List<Socket> slow = new ArrayList<>();
    try {
      for (int i = 0; i < 3; i++) {
        Socket socket = new Socket(base.getHost(), base.getPort());
        slow.add(socket);
        socket
            .getOutputStream()
            .write(
                "POST %s/Patient HTTP/1.1\r\nHost: localhost\r\nContent-Type: %s\r\nAuthorization: %s\r\nContent-Length: %d\r\n\r\n"
                    .formatted(base.getPath(), JSON, ELM, 16 * LARGEST)
                    .getBytes(StandardCharsets.US_ASCII));
        socket.getOutputStream().write(most);
      }
      assertEquals("HTTP/1.1 503", first(slow), "one of them, whichever came last");
      String small = PATIENT.replace("Zwetschgenmann", "Z".repeat(900_000));
      assertEquals(202, send("POST", "/Patient", small).statusCode());
      String large =
          PATIENT.replace(
              "}]}",
              "}],\"photo\":[{\"contentType\":\"text/plain\",\"data\":\""
                  + "eHh4".repeat(2 * LARGEST)
                  + "\"}]}");
      HttpResponse<String> others =
          request(
              "POST",
              facade.url() + "/fhir/oak/Patient",
              large,
              "Content-Type",
              JSON,
              "Authorization",
              "Bearer OakFacadeToken01");
      assertEquals(202, others.statusCode(), others.body());
    } finally {
      for (Socket socket : slow) {
        socket.close();
      }
    }
  }

  /** The beginning of the first answer on any of these. */
  private static String first(List<Socket> sockets) throws Exception {
    CompletableFuture<?>[] answers =
        sockets.stream()
            .map(
                socket ->
                    CompletableFuture.supplyAsync(
                        () -> {
                          try {
                            return new String(
                                socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII);
                          } catch (IOException e) {
                            throw new UncheckedIOException(e);
                          }
                        },
                        task -> new Thread(task).start()))
            .toArray(CompletableFuture[]::new);
    return String.valueOf(CompletableFuture.anyOf(answers).get(120, TimeUnit.SECONDS));
  }

  @Test
  void aBodyThatStopsComingIsToldSoAndIsNoFaultOfOurs() throws Exception {
    URI base = URI.create(base());
    try (Socket socket = new Socket(base.getHost(), base.getPort())) {
      socket.setSoTimeout(120_000);
      socket
          .getOutputStream()
          .write(
              "POST %s/Patient HTTP/1.1\r\nHost: localhost\r\nContent-Type: %s\r\nAuthorization: %s\r\nContent-Length: 100\r\n\r\n{"
                  .formatted(base.getPath(), JSON, ELM)
                  .getBytes(StandardCharsets.US_ASCII));
      assertEquals(
          "HTTP/1.1 408",
          new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII));
    }
  }
}
