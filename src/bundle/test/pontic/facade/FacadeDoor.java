package pontic.facade;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.util.FileSystemUtils;
import pontic.accept.Accepted;
import pontic.accept.FhirPart;
import pontic.capture.Heard;
import pontic.operations.Fixture;
import pontic.store.Store;

/** A façade whose messages go nowhere: what holds for any body, whoever drew it. */
final class FacadeDoor implements AutoCloseable {
  /** A good body by the address that it is sent to. */
  static final Map<String, String> SAMPLES =
      Map.of(
          "/Patient",
          """
{"resourceType": "Patient", "id": "7", "identifier": [{"system": "urn:x", "value": "1"}], "active": true,
 "name": [{"use": "official", "family": "Fern", "given": ["Ada", "B"]}], "gender": "female", "birthDate": "1980-02-03",
 "telecom": [{"system": "phone", "value": "5035550101", "use": "home", "rank": 1}],
 "address": [{"line": ["1 Elm"], "city": "Salem", "state": "OR", "postalCode": "97301"}]}
""",
          "/Appointment",
          """
{"resourceType": "Appointment", "status": "booked", "identifier": [{"system": "urn:x", "value": "1"}],
 "start": "2026-12-01T10:00:00-05:00", "end": "2026-12-01T10:30:00-05:00", "minutesDuration": 30,
 "participant": [{"actor": {"reference": "Patient/elm-patient-5"}, "status": "accepted"}]}
""",
          "/AllergyIntolerance",
          """
{"resourceType": "AllergyIntolerance", "patient": {"reference": "Patient/elm-patient-5"}, "code": {"text": "Nuts"},
 "criticality": "high", "reaction": [{"manifestation": [{"text": "hives"}], "onset": "2020-01-01"}]}
""",
          "/DocumentReference",
          """
{"resourceType": "DocumentReference", "status": "current", "subject": {"reference": "Patient/elm-patient-5"}, "description": "Letter",
 "content": [{"attachment": {"contentType": "application/pdf", "data": "JVBERi0xLjQK"}}]}
""",
          "/Observation",
          """
{"resourceType": "Observation", "status": "final", "identifier": [{"system": "urn:x", "value": "1"}], "effectiveDateTime": "2026-03-04",
 "code": {"coding": [{"system": "http://loinc.org", "code": "86603-8"}]}, "subject": {"reference": "Patient/elm-patient-5"},
 "hasMember": [{"reference": "#p1"}], "contained": [{"resourceType": "Observation", "id": "p1", "status": "final",
  "code": {"coding": [{"system": "http://loinc.org", "code": "32910-2"}]},
  "bodySite": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/ADAUniversalToothDesignationSystem", "code": "1"}]},
  "component": [{"code": {"coding": [{"system": "http://loinc.org", "code": "32910-2"}, {"system": "http://loinc.org", "code": "LA9270-5"}]},
   "valueQuantity": {"value": 3, "unit": "mm", "system": "http://unitsofmeasure.org", "code": "mm"}}]}]}
""",
          "/Coverage",
          """
{"resourceType": "Coverage", "status": "active", "subscriberId": "S-1", "identifier": [{"system": "urn:x", "value": "1"}],
 "beneficiary": {"reference": "Patient/elm-patient-5"}, "relationship": {"coding": [{"code": "self"}]}, "period": {"start": "2026-01-01"}, "order": 1,
 "payor": [{"reference": "#p"}], "contained": [{"resourceType": "Organization", "id": "p", "name": "Wax Health"}],
 "class": [{"type": {"coding": [{"code": "group"}]}, "value": "G-100", "name": "Group A"}]}
""",
          "",
          """
{"resourceType": "Bundle", "type": "transaction", "entry": [
 {"fullUrl": "urn:uuid:a", "resource": {"resourceType": "Patient", "name": [{"family": "Fern"}]}, "request": {"method": "POST", "url": "Patient"}},
 {"resource": {"resourceType": "Condition", "subject": {"reference": "urn:uuid:a"}, "code": {"text": "Ache"}}, "request": {"method": "POST", "url": "Condition"}},
 {"fullUrl": "urn:uuid:b", "resource": {"resourceType": "Binary", "contentType": "application/pdf", "securityContext": {"reference": "urn:uuid:a"}, "data": "JVBERi0xLjQK"},
  "request": {"method": "POST", "url": "Binary"}},
 {"resource": {"resourceType": "DocumentReference", "status": "current", "subject": {"reference": "urn:uuid:a"},
  "content": [{"attachment": {"contentType": "application/pdf", "url": "urn:uuid:b", "size": 9, "hash": "lWB7AtSKeGy3hol9cnEU/HmBSx4="}}]},
  "request": {"method": "POST", "url": "DocumentReference"}}]}
""",
          "/$process-message",
          """
{"resourceType": "Bundle", "type": "message", "entry": [{"fullUrl": "urn:uuid:h", "resource": {"resourceType": "MessageHeader",
 "eventCoding": {"system": "http://terminology.hl7.org/CodeSystem/v2-0003", "code": "A28"}, "source": {"endpoint": "http://x.example"},
 "focus": [{"reference": "urn:uuid:p"}]}}, {"fullUrl": "urn:uuid:p", "resource": {"resourceType": "Patient", "name": [{"family": "Fern"}]}}]}
""",
          "/Patient/$validate",
          "{\"resourceType\": \"Patient\", \"name\": [{\"family\": \"Fern\"}], \"deceasedBoolean\":"
              + " false}");

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private final AtomicInteger handed = new AtomicInteger();
  private final Path folder;
  private final Store store;
  private final Facade facade;

  private FacadeDoor(Path folder) throws Exception {
    this.folder = folder;
    this.store = Fixture.store(folder);
    this.facade =
        Facade.open(
            Fixture.settings(folder),
            store,
            new Facade.Doors(
                this::handOver,
                FacadeTest::kinds,
                FacadeTest::writes,
                (practice, table, body) -> Heard.Outcome.TAKEN,
                (practice, table, outcome) -> {}));
  }

  static FacadeDoor open() throws Exception {
    return new FacadeDoor(Files.createTempDirectory("fuzz"));
  }

  private List<Accepted> handOver(String practice, String client, List<FhirPart> parts) {
    List<Accepted> accepted = new ArrayList<>();
    for (FhirPart part : parts) {
      // What is handed over is what the next step reads.
      readable(part.body());
      String id = "m" + handed.incrementAndGet();
      accepted.add(new Accepted(id, id, "202", "", false, Instant.EPOCH));
    }
    return accepted;
  }

  private static void readable(byte[] body) {
    try {
      JSON.readTree(body);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * A body is taken and handed over, or refused with a reason and not handed over.
   *
   * @return the status of the answer
   */
  int takenOrRefused(String path, byte[] body) throws Exception {
    int before = handed.get();
    HttpResponse<String> answer =
        HTTP.send(
            HttpRequest.newBuilder(
                    URI.create(facade.url() + "/fhir/elm" + path.replace("$", "%24")))
                .header("Content-Type", "application/fhir+json")
                .header("Authorization", "Bearer ElmFacadeToken01")
                .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    assertTrue(answer.statusCode() < 500, () -> answer.statusCode() + " " + answer.body());
    int taken = handed.get() - before;
    if (answer.statusCode() == 202) {
      assertTrue(taken > 0, answer.body());
    } else {
      assertEquals(0, taken, answer.body());
      JsonNode outcome = JSON.readTree(answer.body());
      assertEquals("OperationOutcome", outcome.path("resourceType").asText(), answer.body());
      assertTrue(outcome.path("issue").size() > 0, answer.body());
    }
    return answer.statusCode();
  }

  @Override
  public void close() throws IOException {
    facade.close();
    store.close();
    FileSystemUtils.deleteRecursively(folder);
  }
}
