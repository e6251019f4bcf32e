package pontic.inbound;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import pontic.house.House;
import pontic.operations.Fixture;
import pontic.sandbox.api.Fault;
import pontic.sandbox.api.FaultKind;
import pontic.sandbox.api.Requests;

/** Rows of a patient's chart through the façade, looked at in Open Dental's database. */
final class ChartWritesTest {
  private static final AtomicInteger NUMBER = new AtomicInteger();
  private static final ObjectMapper JSON = new ObjectMapper();

  /** One of those that every practice of the sandbox has. */
  private static final long PAT = 5;

  @TempDir static Path folder;
  private static House house;

  @BeforeAll
  static void open() throws Exception {
    house =
        House.sandboxOnly(folder, 0.025)
            .busyLanes()
            .with("pontic.capture.period", "3s")
            .with("pontic.facade.wait-seconds", "0")
            .with("practices.oak.writes.rest", "document")
            .with("practices.oak.writes.off", "diseases.post");
    for (String practice : List.of("elm", "oak")) {
      house
          .api()
          .change(
              practice,
              settings -> {
                Set<String> held = new TreeSet<>(settings.permissions());
                held.addAll(
                    Set.of(
                        "ApiSetup",
                        "ApiDocuments",
                        "ApiProcedureLogs",
                        "ApiInsuranceSimple",
                        "ApiPayments"));
                return settings.withPermissions(held);
              });
    }
    house.startBundle();
    house.untilConnected();
  }

  @AfterAll
  static void close() throws Exception {
    house.close();
  }

  @AfterEach
  void noRequestBrokeTheSpacing() {
    house.api().faults().clear();
    List<Requests.Violation> broken = house.api().requests().violations(0);
    house.api().requests().clear();
    assertEquals(List.of(), broken);
  }

  /** What is sent, and how many rows of it the office may have in the end. */
  private record Sample(String type, String body, String count) {
    static Sample of(String type, String word) {
      return switch (type) {
        case "AllergyIntolerance" ->
            new Sample(
                type,
                """
                {"resourceType": "AllergyIntolerance", "patient": {"reference": "Patient/PATIENT"}, "code": {"text": "WORD"},
                 "criticality": "high", "reaction": [{"manifestation": [{"text": "hives"}]}]}
                """,
                "select count(*) from allergy a join allergydef d on d.AllergyDefNum = a.AllergyDefNum where a.PatNum = ? and d.Description = ?");
        case "Condition" ->
            new Sample(
                type,
                """
                {"resourceType": "Condition", "subject": {"reference": "Patient/PATIENT"}, "code": {"text": "WORD"},
                 "clinicalStatus": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/condition-clinical", "code": "active"}]}, "onsetDateTime": "2019-03-04"}
                """,
                "select count(*) from disease a join diseasedef d on d.DiseaseDefNum = a.DiseaseDefNum where a.PatNum = ? and d.DiseaseName = ?");
        case "MedicationStatement" ->
            new Sample(
                type,
                """
                {"resourceType": "MedicationStatement", "status": "active", "subject": {"reference": "Patient/PATIENT"},
                 "medicationCodeableConcept": {"text": "WORD"}, "effectivePeriod": {"start": "2024-05-06"}, "dosage": [{"text": "one a day"}]}
                """,
                "select count(*) from medicationpat a join medication d on d.MedicationNum = a.MedicationNum where a.PatNum = ? and d.MedName = ?");
        case "Communication" ->
            new Sample(
                type,
                """
                {"resourceType": "Communication", "status": "completed", "subject": {"reference": "Patient/PATIENT"}, "sent": "2026-02-03T15:00:00Z",
                 "medium": [{"coding": [{"code": "PHONE"}]}], "payload": [{"contentString": "WORD"}]}
                """,
                "select count(*) from commlog where PatNum = ? and Note like concat(?, ' [ref P-%')");
        case "DocumentReference" ->
            new Sample(
                type,
                """
                {"resourceType": "DocumentReference", "status": "current", "subject": {"reference": "Patient/PATIENT"}, "description": "WORD",
                 "content": [{"attachment": {"contentType": "application/pdf", "data": "JVBERi0xLjQK"}}]}
                """,
                "select count(*) from document where PatNum = ? and Description like concat(?, ' [ref P-%') and Note = '_rawBase64_:.pdf_JVBERi0xLjQK'");
        default -> throw new IllegalArgumentException(type);
      };
    }

    String about(String practice, String word) {
      return body.replace("PATIENT", practice + "-patient-" + PAT).replace("WORD", word);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "elm, AllergyIntolerance, /allergies, TIMEOUT_AFTER",
    "elm, AllergyIntolerance, /allergies, LANDS_LATE",
    "elm, AllergyIntolerance, /allergies, TIMEOUT_BEFORE",
    "elm, AllergyIntolerance, /allergies, PAGE_200",
    "oak, AllergyIntolerance, /allergydefs, DROP_AFTER",
    "oak, AllergyIntolerance, /allergydefs, LANDS_LATE",
    "elm, Condition, /diseases, DROP_AFTER",
    "elm, Condition, /diseases, LANDS_LATE",
    "elm, Condition, /diseasedefs, TIMEOUT_AFTER",
    "elm, MedicationStatement, /medicationpats, TIMEOUT_AFTER",
    "oak, MedicationStatement, /medicationpats, DROP_AFTER",
    "oak, MedicationStatement, /medicationpats, LANDS_LATE",
    "elm, MedicationStatement, /medications, UNKNOWN_400",
    "elm, Communication, /commlogs, TIMEOUT_AFTER",
    "oak, Communication, /commlogs, DROP_BEFORE",
    "oak, Communication, /commlogs, LANDS_LATE",
    "elm, DocumentReference, /documents/Upload, TIMEOUT_AFTER",
    "elm, DocumentReference, /documents/Upload, LANDS_LATE",
    "oak, DocumentReference, /documents/Upload, DROP_AFTER"
  })
  void anUnclearWriteLeavesOneRow(String practice, String type, String path, FaultKind kind)
      throws Exception {
    String word = "Wort" + NUMBER.incrementAndGet();
    Sample sample = Sample.of(type, word);
    Fault fault = Fault.of(practice, kind).on("POST", path).times(1);
    house
        .api()
        .faults()
        .arm(
            kind == FaultKind.LANDS_LATE
                ? fault.lasting(Duration.ofMillis(1000)).answeringAtOnce()
                : fault);
    JsonNode end = ended(practice, "POST", "/" + type, sample.about(practice, word));
    assertEquals("landed", end.path("end").asText(), end.toString());
    assertEquals(1, house.office(practice).count(sample.count(), PAT, word));
    assertFalse(end.path("settled").asText().isEmpty(), end.toString());
  }

  @Test
  void aProblemThatIsResolvedIsResolvedInItsOneRowAndRepeatedWordsWriteNothing() throws Exception {
    String word = "Wort" + NUMBER.incrementAndGet();
    String active = Sample.of("Condition", word).about("elm", word);
    String resolved =
        active
            .replace("\"code\": \"active\"", "\"code\": \"resolved\"")
            .replace(
                "\"onsetDateTime\"", "\"abatementDateTime\": \"2025-01-02\", \"onsetDateTime\"");
    assertEquals("landed", ended("elm", "POST", "/Condition", active).path("end").asText());
    assertEquals("landed", ended("elm", "POST", "/Condition", resolved).path("end").asText());
    JsonNode again = ended("elm", "POST", "/Condition", resolved);
    assertEquals("no change", again.path("end").asText(), again.toString());
    List<Map<String, Object>> rows =
        house
            .office("elm")
            .rows(
                "select d.* from disease d join diseasedef f on f.DiseaseDefNum = d.DiseaseDefNum where f.DiseaseName = ?",
                word);
    assertEquals(1, rows.size());
    assertEquals("1", rows.get(0).get("ProbStatus").toString());
    assertEquals("2019-03-04", rows.get(0).get("DateStart").toString());
    assertEquals("2025-01-02", rows.get(0).get("DateStop").toString());
  }

  @Test
  void aProblemOfWhichNothingButItsNameIsSaidIsARow() throws Exception {
    String word = "Wort" + NUMBER.incrementAndGet();
    JsonNode end =
        ended(
            "elm",
            "POST",
            "/Condition",
            "{\"resourceType\":\"Condition\",\"subject\":{\"reference\":\"Patient/elm-patient-5\"},\"code\":{\"text\":\"WORD\"}}"
                .replace("WORD", word));
    assertEquals("landed", end.path("end").asText(), end.toString());
    assertEquals(1, house.office("elm").count(Sample.of("Condition", word).count(), PAT, word));
  }

  /** The office changed the reaction since: who merely repeats does not undo it. */
  @Test
  void whatTheOfficeChangedStaysIfTheSenderMerelyRepeatsItself() throws Exception {
    String word = "Wort" + NUMBER.incrementAndGet();
    String said = Sample.of("AllergyIntolerance", word).about("elm", word);
    assertEquals("landed", ended("elm", "POST", "/AllergyIntolerance", said).path("end").asText());
    JdbcClient.create(house.sandbox().practice("elm").dataSource())
        .sql(
            "update allergy a join allergydef d on d.AllergyDefNum = a.AllergyDefNum set a.Reaction = 'swelling' where d.Description = ?")
        .param(word)
        .update();
    JsonNode again = ended("elm", "POST", "/AllergyIntolerance", said);
    assertEquals("no change", again.path("end").asText(), again.toString());
    assertEquals(
        1,
        house
            .office("elm")
            .count(
                "select count(*) from allergy a join allergydef d on d.AllergyDefNum = a.AllergyDefNum where d.Description = ? and a.Reaction = 'swelling'",
                word));
  }

  @Test
  void aDocumentUnderTheSameIdIsFiledOnce() throws Exception {
    String word = "Wort" + NUMBER.incrementAndGet();
    Sample sample = Sample.of("DocumentReference", word);
    String body =
        sample
            .about("elm", word)
            .replace(
                "\"status\": \"current\"", "\"id\": \"" + word + "\", \"status\": \"current\"");
    assertEquals(
        "landed", ended("elm", "PUT", "/DocumentReference/" + word, body).path("end").asText());
    JsonNode again = ended("elm", "PUT", "/DocumentReference/" + word, body);
    assertEquals("no change", again.path("end").asText(), again.toString());
    assertEquals(1, house.office("elm").count(sample.count(), PAT, word));
  }

  @Test
  void whatHasNoFieldIsSaidAndKeptAsThePracticeChooses() throws Exception {
    String word = "Wort" + NUMBER.incrementAndGet();
    for (String practice : List.of("elm", "oak")) {
      JsonNode end =
          ended(
              practice,
              "POST",
              "/AllergyIntolerance",
              Sample.of("AllergyIntolerance", word).about(practice, word));
      assertEquals("landed", end.path("end").asText(), end.toString());
      assertTrue(
          end.path("warnings").toString().contains("no field for criticality"), end.toString());
    }
    String reaction =
        "select count(*) from allergy a join allergydef d on d.AllergyDefNum = a.AllergyDefNum where d.Description = ? and a.Reaction = ?";
    assertEquals(1, house.office("elm").count(reaction, word, "hives; criticality: high"));
    assertEquals(1, house.office("oak").count(reaction, word, "hives"));
    // criticality: high, as a text file
    assertEquals(
        1,
        house
            .office("oak")
            .count(
                "select count(*) from document where PatNum = ? and Note = '_rawBase64_:.txt_Y3JpdGljYWxpdHk6IGhpZ2g='"
                    + " and DocNum = (select max(DocNum) from document)",
                PAT));
  }

  @Test
  void aWriteThatThePracticeHasSwitchedOffIsLeftAndSaidAndHoldsUpNothing() throws Exception {
    String word = "Wort" + NUMBER.incrementAndGet();
    JsonNode end =
        ended("oak", "POST", "/Condition", Sample.of("Condition", word).about("oak", word));
    assertEquals("no change", end.path("end").asText(), end.toString());
    assertTrue(
        end.path("warnings").toString().contains("diseases.post is off: the practice"),
        end.toString());
    assertEquals(0, house.office("oak").count(Sample.of("Condition", word).count(), PAT, word));
    assertTrue(
        house.control("/control/capabilities").contains("the practice has switched it off"),
        "capabilities say so");
  }

  @Test
  void aResourceOfNobodyKnownMakesNoPatient() throws Exception {
    String word = "Wort" + NUMBER.incrementAndGet();
    long before = house.office("elm").count("select count(*) from patient");
    HttpResponse<String> accepted =
        send(
            "elm",
            "POST",
            "/AllergyIntolerance",
            Sample.of("AllergyIntolerance", word)
                .about("elm", word)
                .replace("elm-patient-" + PAT, "nobody-" + word));
    assertEquals("parked", untilEnded("elm", accepted).path("end").asText());
    assertEquals(before, house.office("elm").count("select count(*) from patient"));
  }

  private static JsonNode ended(String practice, String method, String path, String body)
      throws Exception {
    HttpResponse<String> accepted = send(practice, method, path, body);
    assertEquals(202, accepted.statusCode(), accepted.body());
    return untilEnded(practice, accepted);
  }

  private static HttpResponse<String> send(String practice, String method, String path, String body)
      throws Exception {
    return Fixture.request(
        method,
        base() + "/fhir/" + practice + path,
        body,
        "Content-Type",
        "application/fhir+json",
        "Authorization",
        "Bearer " + token(practice),
        "X-Request-Id",
        "chart-" + NUMBER.incrementAndGet());
  }

  private static JsonNode untilEnded(String practice, HttpResponse<String> accepted)
      throws Exception {
    String url = base() + accepted.headers().firstValue("Content-Location").orElseThrow();
    HttpResponse<?>[] last = new HttpResponse<?>[1];
    House.until(
        url + " has ended",
        () -> {
          try {
            last[0] = Fixture.request("GET", url, "", "Authorization", "Bearer " + token(practice));
            return last[0].statusCode() == 200;
          } catch (Exception e) {
            throw new IllegalStateException(e);
          }
        });
    return JSON.readTree(last[0].body().toString());
  }

  private static String token(String practice) {
    return practice.equals("elm") ? "ElmFacadeToken01" : "OakFacadeToken01";
  }

  private static String base() {
    return "http://127.0.0.1:" + house.flags().get("pontic.facade.port");
  }
}
