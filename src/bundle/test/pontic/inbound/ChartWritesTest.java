package pontic.inbound;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
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
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import pontic.house.FacadeClient;
import pontic.house.House;
import pontic.lane.Lane;
import pontic.sandbox.api.Fault;
import pontic.sandbox.api.FaultKind;
import pontic.sandbox.api.OfficeSettings;
import pontic.sandbox.api.Requests;
import pontic.sandbox.hospital.Hospital;
import pontic.sandbox.hospital.MllpSender;

/** Rows of a patient's chart through the façade, looked at in Open Dental's database. */
final class ChartWritesTest {
  private static final AtomicInteger NUMBER = new AtomicInteger();
  private static final ObjectMapper JSON = new ObjectMapper();

  /** One of those that every practice of the sandbox has. */
  private static final long PAT = 5;

  /** What the practices keep in custom fields; the last has been taken away at the office. */
  private static final String FIELDS =
      "{patient-field: {'urn:hospital:number': Hospital number, 'urn:hospital:seen': Seen since, 'urn:hospital:gone': Gone}}";

  @TempDir static Path folder;
  private static House house;
  private static FacadeClient client;

  @BeforeAll
  static void open() throws Exception {
    house =
        House.sandboxOnly(folder, 0.025)
            .busyLanes()
            .with("pontic.capture.period", "3s")
            .with("pontic.facade.wait-seconds", "0")
            .with("practices.oak.writes.rest", "document")
            .with("practices.elm.writes.on", "procedurelogs.post, payments.post")
            .with("practices.oak.writes.on", "carriers.post, insplans.post")
            .with("practices.oak.writes.off", "diseases.post, patfields.post")
            .withCodes("elm", FIELDS)
            .withCodes("oak", FIELDS);
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
                        "ApiInsurance",
                        "ApiPayments"));
                return settings.withPermissions(held);
              });
    }
    house.startBundle();
    house.untilConnected();
    client = new FacadeClient(house, "chart");
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
        case "ServiceRequest" ->
            new Sample(
                type,
                """
                {"resourceType": "ServiceRequest", "status": "active", "intent": "order", "subject": {"reference": "Patient/PATIENT"}, "authoredOn": "2026-03-01",
                 "contained": [{"resourceType": "Practitioner", "id": "asks", "name": [{"family": "WORD", "given": ["Mara"]}]}], "requester": {"reference": "#asks"},
                 "reasonCode": [{"text": "periodontitis"}]}
                """,
                "select count(*) from refattach a join referral r on r.ReferralNum = a.ReferralNum where a.PatNum = ? and r.LName = ? and r.FName = 'Mara' and r.IsDoctor = 1 and a.RefType = 1"
                    + " and a.RefDate = '2026-03-01' and a.Note like 'periodontitis [ref P-%'");
        case "Coverage" ->
            new Sample(
                type,
                """
                {"resourceType": "Coverage", "status": "active", "beneficiary": {"reference": "Patient/PATIENT"}, "subscriberId": "WORD",
                 "relationship": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/subscriber-relationship", "code": "self"}]},
                 "payor": [{"display": "Plaster Mutual"}], "period": {"start": "2026-01-01"},
                 "class": [{"type": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/coverage-class", "code": "group"}]}, "value": "G-100"}]}
                """,
                "select count(*) from patplan t join inssub s on s.InsSubNum = t.InsSubNum join insplan l on l.PlanNum = s.PlanNum where t.PatNum = ? and s.Subscriber = t.PatNum"
                    + " and s.SubscriberID = ? and s.DateEffective = '2026-01-01' and t.Relationship = 0 and l.GroupNum = 'G-100'");
        case "PaymentReconciliation" ->
            new Sample(
                type,
                """
                {"resourceType": "PaymentReconciliation", "status": "active", "identifier": [{"system": "urn:hospital:payment", "value": "WORD"}], "created": "2026-03-04",
                 "paymentDate": "2026-03-03", "paymentAmount": {"value": 25.5, "currency": "USD"}, "disposition": "WORD",
                 "detail": [{"type": {"text": "payment"}, "request": {"reference": "Patient/PATIENT"}}]}
                """,
                "select count(*) from payment where PatNum = ? and PayNote like concat(?, ' [ref P-%') and PayAmt = 25.5 and PayDate = '2026-03-03'");
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
    "oak, DocumentReference, /documents/Upload, DROP_AFTER",
    "elm, ServiceRequest, /refattaches, TIMEOUT_AFTER",
    "elm, ServiceRequest, /refattaches, LANDS_LATE",
    "elm, ServiceRequest, /referrals, DROP_AFTER",
    "elm, ServiceRequest, /referrals, LANDS_LATE",
    "elm, Coverage, /inssubs, TIMEOUT_AFTER",
    "elm, Coverage, /inssubs, LANDS_LATE",
    "oak, Coverage, /inssubs, DROP_BEFORE",
    "elm, Coverage, /patplans, TIMEOUT_AFTER",
    "oak, Coverage, /patplans, LANDS_LATE",
    "elm, Coverage, /patplans, DROP_BEFORE",
    "elm, PaymentReconciliation, /payments, TIMEOUT_AFTER",
    "elm, PaymentReconciliation, /payments, LANDS_LATE",
    "elm, PaymentReconciliation, /payments, DROP_BEFORE"
  })
  void anUnclearWriteLeavesOneRow(String practice, String type, String path, FaultKind kind)
      throws Exception {
    String word = "Wort" + NUMBER.incrementAndGet();
    Sample sample = Sample.of(type, word);
    Fault fault = Fault.of(practice, kind).on("POST", path).times(1);
    house.arm(kind, fault);
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

  @ParameterizedTest
  @CsvSource({
    "TIMEOUT_AFTER, D0120, 1",
    "LANDS_LATE, D0210, 1",
    "DROP_BEFORE, D1110, 1",
    "DROP_AFTER, D2740, 0"
  })
  void whatIsAskedForByItsCodeIsPlannedOnceIfTheApiCanSayIt(
      FaultKind kind, String code, long planned) throws Exception {
    String word = "Wort" + NUMBER.incrementAndGet();
    String day = "2027-01-" + (10 + NUMBER.get() % 18);
    Fault fault = Fault.of("elm", kind).on("POST", "/procedurelogs").times(1);
    if (planned > 0) {
      house.arm(kind, fault);
    }
    String body =
        Sample.of("ServiceRequest", word)
            .about("elm", word)
            .replace("2026-03-01", day)
            .replace(
                "\"intent\"",
                "\"code\": {\"coding\": [{\"system\": \"http://www.ada.org/cdt\", \"code\": \""
                    + code
                    + "\"}]}, \"intent\"");
    JsonNode end = ended("elm", "POST", "/ServiceRequest", body);
    assertEquals("landed", end.path("end").asText(), end.toString());
    assertEquals(
        planned,
        house
            .office("elm")
            .count(
                "select count(*) from procedurelog l join procedurecode c on c.CodeNum = l.CodeNum where l.PatNum = ? and c.ProcCode = ? and l.ProcStatus = 1 and l.ProcDate = ?",
                PAT,
                code,
                day),
        end.toString());
    assertEquals(planned == 0, end.toString().contains("is required"), end.toString());
    if (planned > 0) {
      // What the dentist has taken out of the plan is not asked for again by the same words.
      JdbcClient.create(house.sandbox().practice("elm").dataSource())
          .sql("update procedurelog set ProcStatus = 6 where PatNum = ? and ProcDate = ?")
          .params(PAT, day)
          .update();
      ended("elm", "POST", "/ServiceRequest", body);
      assertEquals(
          0,
          house
              .office("elm")
              .count(
                  "select count(*) from procedurelog where PatNum = ? and ProcDate = ? and ProcStatus = 1",
                  PAT,
                  day));
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = FaultKind.class,
      names = {"TIMEOUT_AFTER", "LANDS_LATE", "DROP_BEFORE"})
  void whomToCallInAnEmergencyStandsInThePatientsNotes(FaultKind kind) throws Exception {
    String word = "Wort" + NUMBER.incrementAndGet();
    Fault fault = Fault.of("elm", kind).on("PUT", "/patientnotes/*").times(1);
    house.arm(kind, fault);
    String patient =
        """
        {"resourceType": "Patient", "id": "WORD", "name": [{"family": "WORDEN", "given": ["Ada"]}], "birthDate": "BORN",
         "contact": [{"relationship": [{"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v2-0131", "code": "C"}]}],
           "name": {"family": "WORDEN", "given": ["Otto"]}, "telecom": [{"system": "phone", "value": "503-555-0188"}]}]}
        """
            .replace("WORD", word)
            .replace("BORN", born(word).replaceAll("(....)(..)(..)", "$1-$2-$3"));
    JsonNode end = ended("elm", "PUT", "/Patient/" + word, patient);
    assertEquals("landed", end.path("end").asText(), end.toString());
    assertEquals(
        1,
        house
            .office("elm")
            .count(
                "select count(*) from patientnote n join patient p on p.PatNum = n.PatNum where p.LName = ? and n.ICEName = ? and n.ICEPhone = '503-555-0188'",
                word + "EN",
                "Otto " + word + "EN"));
  }

  @ParameterizedTest
  @EnumSource(
      value = FaultKind.class,
      names = {"TIMEOUT_AFTER", "LANDS_LATE", "DROP_BEFORE"})
  void whomToCallIsTakenOfAnAdmissionToo(FaultKind kind) throws Exception {
    String word = "Known" + NUMBER.incrementAndGet();
    house.arm(kind, Fault.of("elm", kind).on("PUT", "/patientnotes/*").times(1));
    house.accepted(
        "elm",
        Hospital.message(
            "ADT^A28",
            word,
            pid(word),
            "NK1|1|" + word + "^Una|SPO^Spouse||^PRN^PH^^^503^5550101||N",
            "NK1|2|" + word + "^Otto|BRO^Brother||^PRN^CP^^^503^5550188||C"));
    JsonNode warnings = landed(word);
    assertTrue(warnings.toString().contains("left out: NK1"), warnings.toString());
    assertOne(
        "select count(*) from patientnote n join patient p on p.PatNum = n.PatNum where p.LName = ? and n.ICEName = ? and n.ICEPhone = '(503)5550188'",
        word.toLowerCase(Locale.ROOT),
        "Otto " + word);
  }

  @ParameterizedTest
  @EnumSource(
      value = FaultKind.class,
      names = {"TIMEOUT_AFTER", "LANDS_LATE", "DROP_BEFORE"})
  void whatThePracticeNamesIsKeptInItsCustomFieldAndTheOfficesOwnWordStays(FaultKind kind)
      throws Exception {
    String word = "Wort" + NUMBER.incrementAndGet();
    String value =
        "select count(*) from patfield f join patient p on p.PatNum = f.PatNum where p.LName = ? and f.FieldName = 'Hospital number' and f.FieldValue = ?";
    for (String method : List.of("POST", "PUT")) {
      house.arm(kind, Fault.of("elm", kind).on(method, "/patfields").times(1));
      JsonNode end = ended("elm", "PUT", "/Patient/" + word, numbered(word, "H-" + method, ""));
      assertEquals("landed", end.path("end").asText(), end.toString());
      assertFalse(end.path("settled").asText().isEmpty(), end.toString());
      assertOne(value, word, "H-" + method + "-" + word);
    }
    JdbcClient.create(house.sandbox().practice("elm").dataSource())
        .sql("update patfield set FieldValue = 'H-desk' where FieldValue = ?")
        .param("H-PUT-" + word)
        .update();
    JsonNode again = ended("elm", "PUT", "/Patient/" + word, numbered(word, "H-PUT", ""));
    assertEquals("no change", again.path("end").asText(), again.toString());
    assertOne(value, word, "H-desk");
    assertOne(
        "select count(*) from patfield f join patient p on p.PatNum = f.PatNum where p.LName = ?",
        word);
  }

  @Test
  void whatACustomFieldDoesNotTakeIsLeftAndSaidAndHoldsUpNothing() throws Exception {
    String word = "Wort" + NUMBER.incrementAndGet();
    JsonNode end =
        ended(
            "elm",
            "PUT",
            "/Patient/" + word,
            numbered(
                word,
                "H-1",
                "{\"url\": \"urn:hospital:gone\", \"valueString\": \"x\"}, {\"url\": \"urn:hospital:seen\", \"valueString\": \"soon\"}"));
    assertEquals("landed", end.path("end").asText(), end.toString());
    String warnings = end.path("warnings").toString();
    assertTrue(warnings.contains("the office's list patfielddefs has none of that name"), warnings);
    // What the office asks of a date the API says in words that are published nowhere.
    assertTrue(
        warnings.contains("refused patfields.post: HTTP 400 with a text that Pontic does not know"),
        warnings);
    assertOne(
        "select count(*) from patfield f join patient p on p.PatNum = f.PatNum where p.LName = ?",
        word);
    JsonNode off = ended("oak", "PUT", "/Patient/" + word, numbered(word, "H-1", ""));
    assertEquals("landed", off.path("end").asText(), off.toString());
    assertTrue(
        off.path("warnings").toString().contains("patfields.post is off: the practice"),
        off.toString());
    assertEquals(
        0,
        house
            .office("oak")
            .count(
                "select count(*) from patfield f join patient p on p.PatNum = f.PatNum where p.LName = ?",
                word));
  }

  @ParameterizedTest
  @EnumSource(
      value = FaultKind.class,
      names = {"TIMEOUT_AFTER", "LANDS_LATE", "DROP_BEFORE"})
  void aPlanThatTheOfficeLacksIsMadeOnceWhereThePracticeWantsThat(FaultKind kind) throws Exception {
    String word = "Wort" + NUMBER.incrementAndGet();
    String body =
        Sample.of("Coverage", word).about("oak", word).replace("Plaster Mutual", word + " Life");
    house.arm(kind, Fault.of("oak", kind).on("POST", "/carriers").times(1));
    house.arm(kind, Fault.of("oak", kind).on("POST", "/insplans").times(1));
    JsonNode end = ended("oak", "POST", "/Coverage", body);
    assertEquals("landed", end.path("end").asText(), end.toString());
    assertEquals(1, house.office("oak").count(Sample.of("Coverage", word).count(), PAT, word));
    assertEquals(
        1,
        house
            .office("oak")
            .count(
                "select count(*) from insplan l join carrier c on c.CarrierNum = l.CarrierNum where c.CarrierName = ? and l.GroupNum = 'G-100'",
                word + " Life"));
    // It is over: the row says so, and no other is made.
    JsonNode over =
        ended(
            "oak",
            "POST",
            "/Coverage",
            body.replace(
                "\"start\": \"2026-01-01\"", "\"start\": \"2026-01-01\", \"end\": \"2026-06-30\""));
    assertEquals("landed", over.path("end").asText(), over.toString());
    assertEquals(
        1,
        house
            .office("oak")
            .count(
                "select count(*) from inssub where SubscriberID = ? and DateTerm = '2026-06-30'",
                word));
    assertEquals(1, house.office("oak").count(Sample.of("Coverage", word).count(), PAT, word));
  }

  @ParameterizedTest
  @CsvSource({"TIMEOUT_AFTER, /inssubs", "LANDS_LATE, /patplans"})
  void aChildIsCoveredUnderAParentWhomTheSenderNamesByOurNumber(FaultKind kind, String path)
      throws Exception {
    String word = "Wort" + NUMBER.incrementAndGet();
    house.arm(kind, Fault.of("elm", kind).on("POST", path).times(1));
    JsonNode end =
        ended(
            "elm",
            "POST",
            "/Coverage",
            Sample.of("Coverage", word)
                .about("elm", word)
                .replace("\"self\"", "\"child\"")
                .replace(
                    "\"payor\"",
                    "\"subscriber\": {\"reference\": \"Patient/elm-patient-6\"}, \"payor\""));
    assertEquals("landed", end.path("end").asText(), end.toString());
    assertEquals(
        1,
        house
            .office("elm")
            .count(
                "select count(*) from patplan t join inssub s on s.InsSubNum = t.InsSubNum where t.PatNum = ? and s.Subscriber = 6 and s.SubscriberID = ? and t.Relationship = 2",
                PAT,
                word));
    assertEquals(
        1, house.office("elm").count("select count(*) from inssub where SubscriberID = ?", word));
  }

  @Test
  void coverageUnderAPlanThatTheOfficeLacksOrOfSomebodyElseIsLeftAndSaid() throws Exception {
    String word = "Wort" + NUMBER.incrementAndGet();
    String body = Sample.of("Coverage", word).about("elm", word);
    JsonNode lacks = ended("elm", "POST", "/Coverage", body.replace("G-100", "G-" + word));
    assertEquals("no change", lacks.path("end").asText(), lacks.toString());
    assertTrue(
        lacks.path("warnings").toString().contains("insplans.post is off: off unless the practice"),
        lacks.toString());
    JsonNode spouse = ended("elm", "POST", "/Coverage", body.replace("\"self\"", "\"spouse\""));
    assertEquals("no change", spouse.path("end").asText(), spouse.toString());
    assertTrue(
        spouse.path("warnings").toString().contains("somebody else is the subscriber"),
        spouse.toString());
    assertEquals(
        0, house.office("elm").count("select count(*) from inssub where SubscriberID = ?", word));
  }

  @Test
  void aPaymentIsWrittenOnceUnderItsNumberAndNowhereUnlessThePracticeWantsThat() throws Exception {
    String word = "Wort" + NUMBER.incrementAndGet();
    Sample sample = Sample.of("PaymentReconciliation", word);
    String said = sample.about("elm", word);
    ended("elm", "POST", "/PaymentReconciliation", said);
    JsonNode again = ended("elm", "POST", "/PaymentReconciliation", said);
    assertEquals("no change", again.path("end").asText(), again.toString());
    JsonNode other = ended("elm", "POST", "/PaymentReconciliation", said.replace("25.5", "30.5"));
    assertEquals("no change", other.path("end").asText(), other.toString());
    assertTrue(
        other.path("warnings").toString().contains("PayAmt was left: Open Dental's API cannot"),
        other.toString());
    assertEquals(1, house.office("elm").count(sample.count(), PAT, word));
    JsonNode off = ended("oak", "POST", "/PaymentReconciliation", sample.about("oak", word));
    assertEquals("no change", off.path("end").asText(), off.toString());
    assertTrue(
        off.path("warnings").toString().contains("payments.post is off: off unless the practice"),
        off.toString());
    assertEquals(0, house.office("oak").count(sample.count(), PAT, word));
  }

  /** It lands once more after it was proven absent and repeated; of a list of the office too. */
  @Test
  void whatIsMadeTwiceIsFoundLaterAndParked() throws Exception {
    String word = "Wort" + NUMBER.incrementAndGet();
    String field = "Wort" + NUMBER.incrementAndGet();
    for (Fault fault :
        List.of(
            Fault.of("elm", FaultKind.LANDS_AT_CLEAR).on("POST", "/payments"),
            Fault.of("elm", FaultKind.LANDS_AT_CLEAR).on("POST", "/patfields"),
            Fault.of("oak", FaultKind.LANDS_AT_CLEAR).on("POST", "/carriers"))) {
      house.api().faults().arm(fault);
    }
    String company = "Company of " + word;
    List<HttpResponse<String>> accepted =
        List.of(
            send(
                "elm",
                "POST",
                "/PaymentReconciliation",
                Sample.of("PaymentReconciliation", word).about("elm", word)),
            send("elm", "PUT", "/Patient/" + field, numbered(field, "H-1", "")),
            send(
                "oak",
                "POST",
                "/Coverage",
                Sample.of("Coverage", word).about("oak", word).replace("Plaster Mutual", company)));
    List<String> ids = new ArrayList<>();
    for (HttpResponse<String> each : accepted) {
      assertEquals("landed", untilEnded(ids.size() < 2 ? "elm" : "oak", each).path("end").asText());
      String place = each.headers().firstValue("Content-Location").orElseThrow();
      ids.add(place.substring(place.lastIndexOf('/') + 1));
    }
    // Only now do the first requests act.
    house.api().faults().clear();
    assertEquals(
        2, house.office("elm").count(Sample.of("PaymentReconciliation", word).count(), PAT, word));
    assertEquals(
        2,
        house.office("oak").count("select count(*) from carrier where CarrierName = ?", company));
    house
        .bundle()
        .store()
        .write(tx -> tx.sql("update work set due_at = 0 where event = 'watch'").update());
    for (String id : ids) {
      House.until(
          id + " is parked",
          () ->
              house
                      .ledger()
                      .count(
                          "select count(*) from message where receipt_end = 'parked' and receipt_reason like 'double: %' and id = '"
                              + id
                              + "'")
                  == 1);
    }
  }

  private static String numbered(String word, String number, String extensions) {
    return """
        {"resourceType": "Patient", "id": "WORD", "name": [{"family": "WORD", "given": ["Ada"]}], "birthDate": "BORN",
         "identifier": [{"system": "urn:hospital:number", "value": "NUMBER"}], "extension": [EXTENSIONS]}
        """
        .replace(extensions.isEmpty() ? ", \"extension\": [EXTENSIONS]" : "EXTENSIONS", extensions)
        .replace("WORD", word)
        .replace("NUMBER", number + "-" + word)
        .replace("BORN", born(word).replaceAll("(....)(..)(..)", "$1-$2-$3"));
  }

  /** Whom the office sent is told by the hospital under our own number of that row. */
  @Test
  void howFarAReferralOfTheOfficeIsIsChangedInItsOwnRowAndNothingElse() throws Exception {
    String word = "Wort" + NUMBER.incrementAndGet();
    ended("elm", "POST", "/ServiceRequest", Sample.of("ServiceRequest", word).about("elm", word));
    JdbcClient.create(house.sandbox().practice("elm").dataSource())
        .sql(
            "update refattach set RefType = 0, RefToStatus = 2, Note = 'Please see.' where ReferralNum = (select ReferralNum from referral where LName = ?)")
        .param(word)
        .update();
    Map<String, Object> sent =
        house
            .office("elm")
            .rows(
                "select a.* from refattach a join referral r on r.ReferralNum = a.ReferralNum where r.LName = ?",
                word)
            .get(0);
    long before = house.office("elm").count("select count(*) from refattach");
    JsonNode end =
        ended(
            "elm",
            "POST",
            "/ServiceRequest",
            """
            {"resourceType": "ServiceRequest", "status": "completed", "intent": "order", "subject": {"reference": "Patient/elm-patient-PATNUM"},
             "requester": {"display": "the practice"}, "identifier": [{"system": "urn:pontic:elm:refattach", "value": "KEY"}]}
            """
                .replace("PATNUM", sent.get("PatNum").toString())
                .replace("KEY", sent.get("RefAttachNum").toString()));
    assertEquals("landed", end.path("end").asText(), end.toString());
    Map<String, Object> after =
        house
            .office("elm")
            .rows("select * from refattach where RefAttachNum = ?", sent.get("RefAttachNum"))
            .get(0);
    assertEquals("5", after.get("RefToStatus").toString());
    assertEquals(sent.get("Note"), after.get("Note"));
    assertEquals(before, house.office("elm").count("select count(*) from refattach"));
  }

  /** Everything that a referral may carry, of somebody whom the office does not know. */
  @Test
  void aReferralMakesItsPatientAndIsTold() throws Exception {
    String word = "Ref" + NUMBER.incrementAndGet();
    String mine = word.toLowerCase(Locale.ROOT);
    byte[] message =
        Hospital.message(
            "REF^I12",
            word,
            "RF1|A|R|||O|RF-" + word + "^LAKE|||20260301|K05.30^Chronic periodontitis^I10",
            "PRD|RP^Referring Provider^HL70286|Stone^Mara^^^Dr.|1 Main St",
            pid(word),
            "AL1|1|DA|^" + word + "-cillin|SV|Hives|20190511",
            "DG1|1||^" + word + "-itis|" + word + "-itis|20200101|F",
            "OBX|1|NM|2345-7^Glucose^LN||182|mg/dL|70-105|H|||F",
            "OBX|2|ED|LET^Letter " + word + "^L||^AP^PDF^Base64^aGVsbG8=||||||F",
            "PV1|1|O",
            "NTE|1||Please see " + word);
    byte[] answer = ask("elm", message);
    assertTrue(
        new String(answer, StandardCharsets.UTF_8).contains("\rMSA|AA|" + word + "\r"),
        new String(answer, StandardCharsets.UTF_8));
    JsonNode warnings = landed(word);
    assertFalse(warnings.toString().contains("ServiceRequest was left"), warnings.toString());
    assertFalse(warnings.toString().contains("Observation was left"), warnings.toString());
    long patNum =
        house
            .office("elm")
            .count("select PatNum from patient where LName = ? and PatStatus = 0", mine);
    assertOne(
        "select count(*) from commlog where PatNum = ? and Note like concat('Referral: %Chronic periodontitis%', ?, ' [ref P-%')",
        patNum, word);
    assertOne(
        "select count(*) from refattach a join referral r on r.ReferralNum = a.ReferralNum where a.PatNum = ? and r.LName = 'Stone' and r.FName = 'Mara' and a.RefType = 1 and a.RefDate = '2026-03-01'",
        patNum);
    assertOne(
        "select count(*) from allergy a join allergydef d on d.AllergyDefNum = a.AllergyDefNum where a.PatNum = ? and d.Description = ? and a.DateAdverseReaction = '2019-05-11'",
        patNum,
        word + "-cillin");
    assertOne(
        "select count(*) from disease a join diseasedef d on d.DiseaseDefNum = a.DiseaseDefNum where a.PatNum = ? and d.DiseaseName = ?",
        patNum,
        word + "-itis");
    assertOne(
        "select count(*) from document where PatNum = ? and Description like concat('Letter ', ?, ' [ref P-%') and Note = '_rawBase64_:.pdf_aGVsbG8='",
        patNum, word);
    // Glucose: 182 mg/dL (70-105) [H]
    assertOne(
        "select count(*) from document where PatNum = ? and Description like 'Results [ref P-%' and Note = ?",
        patNum, "_rawBase64_:.txt_R2x1Y29zZTogMTgyIG1nL2RMICg3MC0xMDUpIFtIXQ==");

    // The same referral under another number of its message leaves all as it is.
    String again = word + "-again";
    house.accepted(
        "elm",
        new String(message, StandardCharsets.UTF_8)
            .replace("|" + word + "|P|", "|" + again + "|P|")
            .getBytes(StandardCharsets.UTF_8));
    ended(again);
    house.ledger().assertEnd("no change", again);
    for (String table : List.of("commlog", "allergy", "disease", "refattach")) {
      assertOne("select count(*) from " + table + " where PatNum = ?", patNum);
    }
    assertEquals(
        2, house.office("elm").count("select count(*) from document where PatNum = ?", patNum));
  }

  @Test
  void aLongDocumentIsFiledAndStandsInTheStoreOnceUntilThen() throws Exception {
    String word = known("elm");
    byte[] bytes = new byte[600_000];
    new Random(7).nextBytes(bytes);
    String base64 = Base64.getEncoder().encodeToString(bytes);
    String id = word + "-mdm";
    byte[] answer =
        ask(
            "elm",
            Hospital.message(
                "MDM^T02",
                id,
                "EVN|T02|20260301101500",
                pid(word),
                "TXA|1|LET|AP|20260228||||||||DOC-" + word + "^LAKE|||||AU||AV||||||Letter " + word,
                "OBX|1|ED|LET^Letter^L||^AP^PDF^Base64^" + base64 + "||||||F",
                "OBX|2|TX|TXT^Text^L||Seen today.||||||F"));
    assertTrue(
        new String(answer, StandardCharsets.UTF_8).contains("\rMSA|AA|" + id + "\r"),
        new String(answer, StandardCharsets.UTF_8));
    landed(id);
    assertOne(
        "select count(*) from document d join patient p on p.PatNum = d.PatNum where p.LName = ? and d.Note = ?",
        word.toLowerCase(Locale.ROOT),
        "_rawBase64_:.pdf_" + base64);
    assertOne(
        "select count(*) from document d join patient p on p.PatNum = d.PatNum where p.LName = ? and d.Note = ?",
        word.toLowerCase(Locale.ROOT),
        "_rawBase64_:.txt_U2VlbiB0b2RheS4=");
    String ofIt =
        " where work_id in (select w.id from work w join message m on m.id = w.message_id where m.control_id = '"
            + id
            + "')";
    assertEquals(
        0,
        house
            .ledger()
            .count(
                "select count(*) from call"
                    + ofIt
                    + " and length(request) + length(answer) > 50000"));
    assertEquals(0, house.ledger().count("select count(*) from work_file" + ofIt));
  }

  @Test
  void resultsAreFiledAsTextAndNothingOfThemIsCalledLeft() throws Exception {
    String word = known("elm");
    String id = word + "-oru";
    house.accepted(
        "elm",
        Hospital.message(
            "ORU^R01",
            id,
            pid(word),
            "OBR|1|PL-"
                + word
                + "^LAKE|FI-"
                + word
                + "^LAB|24323-8^Panel "
                + word
                + "^LN|||202603010700|||||||||||||||20260301090000||CH|F",
            "OBX|1|NM|2345-7^Glucose^LN||182|mg/dL|70-105|H|||F"));
    JsonNode warnings = landed(id);
    assertFalse(warnings.toString().contains("was left"), warnings.toString());
    assertOne(
        "select count(*) from document d join patient p on p.PatNum = d.PatNum where p.LName = ? and d.Description like concat('Panel ', ?, ' [ref P-%') and d.Note = '_rawBase64_:.txt_R2x1Y29zZTogMTgyIG1nL2RMICg3MC0xMDUpIFtIXQ=='",
        word.toLowerCase(Locale.ROOT), word);
  }

  @Test
  void whatStandsBehindAFileIsFiledAsTextBesideIt() throws Exception {
    String word = known("elm");
    String file = "OBX|1|ED|RPT^Report " + word + "^L||^AP^PDF^Base64^aGVsbG8=||||||F";
    for (String type : List.of("ORU^R01", "OMG^O19", "REF^I12")) {
      String id = word + type.substring(0, 3);
      house.accepted(
          "elm",
          Hospital.message(
              type,
              id,
              type.startsWith("REF") ? "RF1|A|R|||||||||" : "",
              pid(word),
              type.startsWith("REF") ? "" : "ORC|NW|PL-" + id + "^LAKE",
              type.startsWith("REF")
                  ? ""
                  : "OBR|1|PL-"
                      + id
                      + "^LAKE|FI-"
                      + id
                      + "^LAB|24323-8^Panel^LN|||202603010700|||||||||||||||20260301090000||CH|F",
              file,
              "NTE|1||Signed copy follows " + id));
      landed(id);
      assertOne(
          "select count(*) from document d join patient p on p.PatNum = d.PatNum where p.LName = ? and d.Note = ?",
          word.toLowerCase(Locale.ROOT),
          base64("Report " + word + ": Signed copy follows " + id));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"ORU^R01", "MDM^T02"})
  void whatIsToldOfAPatientWhomTheOfficeHasNotIsParkedAndFiledOnceAPersonSaysWhoHeIs(String type)
      throws Exception {
    String word = known("elm");
    long patNum =
        ((Number)
                house
                    .office("elm")
                    .rows(
                        "select PatNum from patient where LName = ?", word.toLowerCase(Locale.ROOT))
                    .get(0)
                    .get("PatNum"))
            .longValue();
    String stranger = "Stranger" + NUMBER.incrementAndGet();
    long patients = house.office("elm").count("select count(*) from patient");
    String held = stranger + "-held";
    house.accepted("elm", result(type, held, stranger));
    ended(held);
    house.ledger().assertEnd("parked", held);
    String behind = stranger + "-behind";
    house.accepted("elm", result(type, behind, stranger));
    ended(behind);
    house.ledger().assertEnd("parked", behind);
    assertEquals(patients, house.office("elm").count("select count(*) from patient"));
    assertEquals(0, documents(patNum, held));

    assertEquals(
        202,
        house.post("/control/match?message=" + house.ledger().id(held) + "&patient=" + patNum));
    House.until("it has landed", () -> house.ledger().end(held).equals("landed"));
    assertEquals(1, documents(patNum, held));
    assertEquals(202, house.release(house.ledger().id(behind)));
    House.until("what came after it too", () -> house.ledger().end(behind).equals("landed"));
    assertEquals(1, documents(patNum, behind));
    // The number leads there from now on.
    String later = stranger + "-later";
    house.accepted("elm", result(type, later, stranger));
    landed(later);
    assertEquals(1, documents(patNum, later));
    assertEquals(patients, house.office("elm").count("select count(*) from patient"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"ORU^R01", "MDM^T02"})
  void whatIsToldOfAPatientBeforeHeIsRegisteredHoldsHimUpNotAndIsFiledWhenItIsLetGo(String type)
      throws Exception {
    String stranger = "Early" + NUMBER.incrementAndGet();
    String early = stranger + "-early";
    house.accepted("elm", result(type, early, stranger));
    ended(early);
    house.ledger().assertEnd("parked", early);
    house.accepted("elm", Hospital.message("ADT^A28", stranger, pid(stranger)));
    landed(stranger);
    String later = stranger + "-later";
    house.accepted("elm", result(type, later, stranger));
    landed(later);
    house.ledger().assertEnd("parked", early);
    assertEquals(202, house.release(house.ledger().id(early)));
    House.until("it has landed", () -> house.ledger().end(early).equals("landed"));
    long patNum =
        ((Number)
                house
                    .office("elm")
                    .rows(
                        "select PatNum from patient where LName = ?",
                        stranger.toLowerCase(Locale.ROOT))
                    .get(0)
                    .get("PatNum"))
            .longValue();
    assertEquals(1, documents(patNum, early));
    assertEquals(1, documents(patNum, later));
  }

  private static byte[] result(String type, String id, String word) {
    return type.startsWith("ORU")
        ? Hospital.message(
            type,
            id,
            pid(word),
            "OBR|1|PL-" + id + "^LAKE|FI-" + id + "^LAB|1^Panel|||202603010700",
            "OBX|1|ST|2^Told||of " + id + "||||||F")
        : Hospital.message(
            type,
            id,
            "EVN|T02|20260301101500",
            pid(word),
            "TXA|1|LET|AP|20260228||||||||DOC-" + id + "^LAKE|||||AU||AV||||||Letter",
            "OBX|1|TX|2^Told||of " + id + "||||||F");
  }

  /** Those of one message: by the words that only it has. */
  private static long documents(long patNum, String id) {
    return house
        .office("elm")
        .count(
            "select count(*) from document where PatNum = ? and Note in (?, ?)",
            patNum,
            base64("Told: of " + id),
            base64("of " + id));
  }

  private static String base64(String text) {
    return "_rawBase64_:.txt_"
        + Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void aProblemThatIsToldAndLaterOverIsOneRow() throws Exception {
    String word = known("elm");
    for (String state : List.of("PC1", "PC2")) {
      String id = word + "-" + state;
      house.accepted(
          "elm",
          Hospital.message(
              "PPR^" + state,
              id,
              pid(word),
              "PRB|"
                  + (state.equals("PC1") ? "AD" : "UP")
                  + "|20260301|^"
                  + word
                  + "-osis|PRB-"
                  + word
                  + "^LAKE|||20250101||"
                  + (state.equals("PC1") ? "" : "20260110")
                  + "|||||"
                  + (state.equals("PC1") ? "" : "^Resolved")));
      landed(id);
    }
    assertOne(
        "select count(*) from disease a join diseasedef d on d.DiseaseDefNum = a.DiseaseDefNum where d.DiseaseName = ?",
        word + "-osis");
    assertOne(
        "select count(*) from disease a join diseasedef d on d.DiseaseDefNum = a.DiseaseDefNum where d.DiseaseName = ? and a.ProbStatus = 1 and a.DateStop = '2026-01-10'",
        word + "-osis");
  }

  @ParameterizedTest
  @ValueSource(strings = {"OMG^O19", "ORM^O01"})
  void anOrderIsToldAndItsEndIsToldToo(String type) throws Exception {
    String word = known("elm");
    for (String control : List.of("NW", "CA")) {
      String id = word + "-" + control;
      house.accepted(
          "elm",
          Hospital.message(
              type,
              id,
              pid(word),
              "ORC|" + control + "|PL-" + word + "^LAKE||||||||||1230^Stone^Mara",
              "OBR|1|PL-" + word + "^LAKE||^Consultation " + word));
      landed(id);
    }
    for (String state : List.of("active", "revoked")) {
      assertOne(
          "select count(*) from commlog c join patient p on p.PatNum = c.PatNum where p.LName = ? and c.Note like concat('Order: Consultation ', ?, '%status ', ?, '%')",
          word.toLowerCase(Locale.ROOT), word, state);
    }
  }

  /** The file waits, the address does not, and neither is lost. */
  @Test
  void aMissingPermissionForTheChartHoldsUpNothingOfThePatient() throws Exception {
    String word = known("oak");
    OfficeSettings before = house.api().settings("oak");
    try {
      house
          .api()
          .change(
              "oak", settings -> settings.withPermissions(OfficeSettings.standard().permissions()));
      askedAgain();
      String file = word + "-file";
      house.accepted(
          "oak",
          Hospital.message(
              "MDM^T02",
              file,
              pid(word),
              "TXA|1|LET||||||||||DOC-" + word + "^LAKE|||||AU||AV||||||Letter " + word,
              "OBX|1|TX|TXT^Text^L||Seen.||||||F"));
      House.until(
          "the file waits for its permission",
          () -> house.ledger().reason(file).contains("ApiDocuments"));
      String moved = word + "-moved";
      house.accepted(
          "oak",
          Hospital.message(
              "ADT^A08",
              moved,
              pid(word) + "|||9 Elsewhere^^Salem^OR^97301",
              "AL1|1|DA|^" + word + "-cillin|SV|Hives"));
      JsonNode warnings = landed(moved);
      assertTrue(
          warnings
              .toString()
              .contains(
                  "AllergyIntolerance was left: allergydefs.post is off: the key lacks ApiSetup"),
          warnings.toString());
      assertEquals("", house.ledger().end(file));
      assertEquals(
          1,
          house
              .office("oak")
              .count(
                  "select count(*) from patient where LName = ? and Address = '9 Elsewhere'",
                  word.toLowerCase(Locale.ROOT)));
      house.api().change("oak", settings -> before);
      askedAgain();
      landed(file);
      assertEquals(
          1,
          house
              .office("oak")
              .count(
                  "select count(*) from document where Description like concat('Letter ', ?, ' [ref P-%')",
                  word));
      // The next update says it once more.
      String once = word + "-once";
      house.accepted(
          "oak",
          Hospital.message("ADT^A08", once, pid(word), "AL1|1|DA|^" + word + "-cillin|SV|Hives"));
      landed(once);
      assertEquals(
          1,
          house
              .office("oak")
              .count(
                  "select count(*) from allergy a join allergydef d on d.AllergyDefNum = a.AllergyDefNum where d.Description = ?",
                  word + "-cillin"));
    } finally {
      house.api().change("oak", settings -> before);
      askedAgain();
    }
  }

  private static void askedAgain() {
    house.ledger().change("update lane set capabilities_at = 0");
    house.bundle().context().getRegistry().lookupByNameAndType("lane", Lane.class).watch();
    House.until(
        "the practices have said again what they are",
        () -> house.ledger().count("select count(*) from lane where capabilities_at > 0") == 2);
  }

  private static void assertOne(String sql, Object... parameters) {
    assertEquals(1, house.office("elm").count(sql, parameters), sql);
  }

  /** Somebody whom the office knows by a number of the hospital, and by nothing else. */
  private static String known(String practice) throws Exception {
    String word = "Known" + NUMBER.incrementAndGet();
    house.accepted(practice, Hospital.message("ADT^A28", word, pid(word)));
    landed(word);
    return word;
  }

  private static String pid(String word) {
    return "PID|1||"
        + word
        + "^^^LAKE^MR||"
        + word.toLowerCase(Locale.ROOT)
        + "^Ada||"
        + born(word)
        + "|F";
  }

  /** Each on a day of his own, so that nobody is taken for another of a name much alike. */
  private static String born(String word) {
    int number = Integer.parseInt(word.replaceAll("\\D", ""));
    return "19%02d%02d%02d".formatted(30 + number % 60, 1 + number % 12, 1 + number % 28);
  }

  private static byte[] ask(String practice, byte[] message) throws Exception {
    try (MllpSender sender = new MllpSender("127.0.0.1", house.mllpPort(practice), 60_000)) {
      return sender.ask(message);
    }
  }

  /** Waits for the end of the message of this control id. */
  private static void ended(String controlId) {
    House.until(controlId + " has ended", () -> !house.ledger().end(controlId).isEmpty());
  }

  /** The warnings of its receipt. */
  private static JsonNode landed(String controlId) throws Exception {
    ended(controlId);
    house.ledger().assertEnd("landed", controlId);
    return JSON.readTree(house.ledger().receipt(controlId).get("receipt_warnings").toString());
  }

  private static JsonNode ended(String practice, String method, String path, String body)
      throws Exception {
    HttpResponse<String> accepted = send(practice, method, path, body);
    assertEquals(202, accepted.statusCode(), accepted.body());
    return untilEnded(practice, accepted);
  }

  private static HttpResponse<String> send(String practice, String method, String path, String body)
      throws Exception {
    return client.send(practice, method, path, body);
  }

  private static JsonNode untilEnded(String practice, HttpResponse<String> accepted)
      throws Exception {
    return client.untilEnded(practice, accepted);
  }
}
