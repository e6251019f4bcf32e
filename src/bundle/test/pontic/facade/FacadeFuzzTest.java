package pontic.facade;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.springframework.util.FileSystemUtils;
import pontic.accept.Accepted;
import pontic.accept.FhirPart;
import pontic.capture.Heard;
import pontic.fuzz.Mutations;
import pontic.operations.Fixture;
import pontic.store.Store;

/** Whatever is sent to a base is accepted or refused with a reason, and nothing else. */
final class FacadeFuzzTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final String MARK = "@@here@@";

  private static final Map<String, String> SAMPLES =
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
          "",
          """
{"resourceType": "Bundle", "type": "transaction", "entry": [
 {"fullUrl": "urn:uuid:a", "resource": {"resourceType": "Patient", "name": [{"family": "Fern"}]}, "request": {"method": "POST", "url": "Patient"}},
 {"resource": {"resourceType": "Condition", "subject": {"reference": "urn:uuid:a"}, "code": {"text": "Ache"}}, "request": {"method": "POST", "url": "Condition"}}]}
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

  /** In place of any value. */
  private static final List<byte[]> VALUES =
      List.of(
          text("null"),
          text("true"),
          text("[]"),
          text("{}"),
          text("\"\""),
          text("[[[[]]]]"),
          text("[".repeat(70) + "]".repeat(70)),
          text("{\"extension\":[".repeat(200) + "]}".repeat(200)),
          text("[".repeat(20_000)),
          text("9".repeat(99)),
          text("9".repeat(5_000)),
          text("-1e999999999"),
          text("1.0E-400"),
          text("\"" + "a".repeat(300_000) + "\""),
          text("\"" + "ä".repeat(40_000) + "\""),
          text("\"\\ud800\""),
          text("\"\\u0000\""),
          text("\"\\u202e<script>\""),
          text("{\"resourceType\":\"Bundle\"}"),
          text("{\"a\":1,\"a\":2}"),
          text("{\"reference\":\"http://127.0.0.1:1/x\"}"),
          text("{\"reference\":\"#\"}"),
          text("\"0000-00-00\""),
          text("\"2026-02-30T25:61:61+99:00\""),
          new byte[] {'"', (byte) 0xC3, (byte) 0x28, '"'},
          new byte[] {'"', (byte) 0xF0, (byte) 0x9F, '"'},
          new byte[] {'"', 0, '"'});

  private static final AtomicInteger HANDED = new AtomicInteger();
  private static Path folder;
  private static Store store;
  private static Facade facade;

  /** A body for an address. */
  private record Sent(String path, byte[] body) {
    @Override
    public String toString() {
      String text = new String(body, StandardCharsets.ISO_8859_1);
      return path + " " + text.substring(0, Math.min(2_000, text.length()));
    }
  }

  @BeforeContainer
  static void open() throws Exception {
    folder = Files.createTempDirectory("fuzz");
    store = Fixture.store(folder);
    facade =
        Facade.open(
            Fixture.settings(folder),
            store,
            new Facade.Doors(
                FacadeFuzzTest::handOver,
                FacadeTest::kinds,
                (practice, table, body) -> Heard.Outcome.TAKEN,
                (practice, table, outcome) -> {}));
  }

  @AfterContainer
  static void close() throws Exception {
    facade.close();
    store.close();
    FileSystemUtils.deleteRecursively(folder);
  }

  private static List<Accepted> handOver(String practice, String client, List<FhirPart> parts) {
    List<Accepted> accepted = new ArrayList<>();
    for (FhirPart part : parts) {
      // What is handed over is what the next step reads.
      readable(part.body());
      String id = "m" + HANDED.incrementAndGet();
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

  @Provide
  Arbitrary<Sent> bytes() {
    return Arbitraries.of(SAMPLES.keySet())
        .flatMap(
            path ->
                Mutations.of(
                        List.of(text(SAMPLES.get(path))),
                        "{",
                        "}",
                        "[",
                        "]",
                        "\"",
                        ",",
                        ":",
                        "\\u",
                        "\0",
                        "null",
                        "1e9",
                        "\"resourceType\":\"Patient\",")
                    .map(body -> new Sent(path, body)));
  }

  @Provide
  Arbitrary<Sent> values() {
    return Combinators.combine(
            Arbitraries.of(SAMPLES.keySet()),
            Arbitraries.integers().between(0, 1_000),
            Arbitraries.of(VALUES))
        .as((path, place, value) -> new Sent(path, replaced(SAMPLES.get(path), place, value)));
  }

  /** One of the sample's values, whichever the number hits, is another. */
  private static byte[] replaced(String sample, int place, byte[] value) {
    try {
      JsonNode tree = JSON.readTree(sample);
      List<Runnable> places = new ArrayList<>();
      collect(tree, places);
      places.get(place % places.size()).run();
      String[] around = JSON.writeValueAsString(tree).split("\"" + MARK + "\"", 2);
      ByteArrayOutputStream body = new ByteArrayOutputStream();
      body.writeBytes(text(around[0]));
      body.writeBytes(value);
      body.writeBytes(text(around[1]));
      return body.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void collect(JsonNode node, List<Runnable> places) {
    if (node instanceof ObjectNode object) {
      object.fieldNames().forEachRemaining(name -> places.add(() -> object.put(name, MARK)));
    } else if (node instanceof ArrayNode array) {
      for (int i = 0; i < array.size(); i++) {
        int at = i;
        places.add(() -> array.set(at, JSON.getNodeFactory().textNode(MARK)));
      }
    }
    node.forEach(each -> collect(each, places));
  }

  @Property
  void mutatedBytesAreTakenOrRefused(@ForAll("bytes") Sent sent) throws Exception {
    answered(sent);
  }

  @Property
  void valuesOfAnotherKindAreTakenOrRefused(@ForAll("values") Sent sent) throws Exception {
    answered(sent);
  }

  private static void answered(Sent sent) throws Exception {
    int before = HANDED.get();
    HttpResponse<String> answer =
        HTTP.send(
            HttpRequest.newBuilder(
                    URI.create(facade.url() + "/fhir/elm" + sent.path().replace("$", "%24")))
                .header("Content-Type", "application/fhir+json")
                .header("Authorization", "Bearer ElmFacadeToken01")
                .POST(HttpRequest.BodyPublishers.ofByteArray(sent.body()))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    assertTrue(answer.statusCode() < 500, () -> answer.statusCode() + " " + answer.body());
    int handed = HANDED.get() - before;
    if (answer.statusCode() == 202) {
      assertTrue(handed > 0, answer.body());
    } else {
      assertEquals(0, handed, answer.body());
      JsonNode outcome = JSON.readTree(answer.body());
      assertEquals("OperationOutcome", outcome.path("resourceType").asText(), answer.body());
      assertTrue(outcome.path("issue").size() > 0, answer.body());
    }
  }

  private static byte[] text(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
