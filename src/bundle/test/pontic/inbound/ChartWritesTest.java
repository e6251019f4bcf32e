package pontic.inbound;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.util.FileSystemUtils;
import pontic.house.FacadeClient;
import pontic.house.House;
import pontic.lane.Lane;
import pontic.sandbox.api.Fault;
import pontic.sandbox.api.FaultKind;
import pontic.sandbox.api.OfficeSettings;
import pontic.sandbox.api.Requests;
import pontic.sandbox.desk.ChartDesk;
import pontic.sandbox.hospital.Hospital;
import pontic.sandbox.hospital.Hospital.Patient;
import pontic.sandbox.hospital.MllpSender;
import pontic.understand.Kinds;

/** Rows of a patient's chart through the façade, looked at in Open Dental's database. */
final class ChartWritesTest {
  private static final AtomicInteger NUMBER = new AtomicInteger();
  private static final ObjectMapper JSON = new ObjectMapper();

  /** One of those that every practice of the sandbox has. */
  private static final long PAT = 5;

  private static final String CLEARING = "ClearingHouseToken01";

  /** What the practices keep in custom fields; the last has been taken away at the office. */
  private static final String FIELDS =
      "{patient-field: {'urn:hospital:number': Hospital number, 'urn:hospital:seen': Seen since, 'urn:hospital:gone': Gone}}";

  @TempDir static Path folder;
  private static House house;
  private static FacadeClient client;

  /** Another system that elm lets send. */
  private static FacadeClient clearing;

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
            .withConfig(decidedApart())
            .withCodes("elm", FIELDS)
            .withCodes("oak", FIELDS)
            .permitted(House.EVERY_PERMISSION);
    house.startBundle();
    house.untilConnected();
    client = new FacadeClient(house, "chart");
    clearing = new FacadeClient(house, "clearing", CLEARING);
  }

  /** At oak the reaction is the office's, whatever this client says; all else is as shipped. */
  private static Path decidedApart() throws IOException {
    Path config = folder.resolve("config-decided-apart");
    FileSystemUtils.copyRecursively(House.home().resolve("config"), config);
    Path elm = config.resolve("practices/elm.yaml");
    Files.writeString(
        elm,
        Files.readString(elm)
            .replace(
                "  clients:\n", "  clients:\n    - id: clearing\n      token: " + CLEARING + "\n"));
    Files.writeString(
        Files.createDirectories(config.resolve("practices/oak/ownership"))
            .resolve("allergies.yaml"),
        """
        fields: {}
        senders:
          hospital:
            Reaction: {owner: office, reason: The hygienist asks at each visit}
        """);
    return config;
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
        case "MedicationRequest" ->
            new Sample(
                type,
                """
                {"resourceType": "MedicationRequest", "status": "active", "intent": "order", "subject": {"reference": "Patient/PATIENT"},
                 "medicationCodeableConcept": {"text": "WORD"}, "authoredOn": "2026-02-03", "dosageInstruction": [{"text": "one a day"}]}
                """,
                "select count(*) from medicationpat a join medication d on d.MedicationNum = a.MedicationNum where a.PatNum = ? and d.MedName = ?");
        case "Observation" ->
            new Sample(
                type,
                """
                {"resourceType": "Observation", "status": "final", "subject": {"reference": "Patient/PATIENT"}, "code": {"text": "WORD"}, "valueString": "seen"}
                """,
                "select count(*) from commlog where PatNum = ? and Note like concat(?, '%: seen [ref P-%')");
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
    "elm, Condition, /diseasedefs, PAGE_200",
    "oak, AllergyIntolerance, /allergydefs, PAGE_200",
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

  /** The API tells each break of a line as a space of its own. */
  @ParameterizedTest
  @CsvSource({
    "MedicationStatement, medication, MedName, medicationpat",
    "AllergyIntolerance, allergydef, Description, allergy",
    "Condition, diseasedef, DiseaseName, disease"
  })
  void aNameOfManyLinesIsMadeOnceAndItsRowStands(
      String type, String definitions, String name, String rows) throws Exception {
    String word = "Wort" + NUMBER.incrementAndGet();
    long before =
        house.office("elm").count("select count(*) from " + rows + " where PatNum = ?", PAT);
    String said = Sample.of(type, word).about("elm", word + " 500 mg\\n\\nline two \\nand three");
    JsonNode end = ended("elm", "POST", "/" + type, said);
    assertEquals("landed", end.path("end").asText(), end.toString());
    assertEquals("no change", ended("elm", "POST", "/" + type, said).path("end").asText());
    assertEquals(
        1,
        house
            .office("elm")
            .count(
                "select count(*) from " + definitions + " where " + name + " like concat(?, ' %')",
                word));
    assertEquals(
        before + 1,
        house.office("elm").count("select count(*) from " + rows + " where PatNum = ?", PAT));
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
  void whoDecidesAFieldOfARowIsSaidByPracticeAndSender() throws Exception {
    for (String practice : List.of("elm", "oak")) {
      String word = "Wort" + NUMBER.incrementAndGet();
      String said = Sample.of("AllergyIntolerance", word).about(practice, word);
      ended(practice, "POST", "/AllergyIntolerance", said);
      assertEquals("hives", reaction(practice, word));
      JsonNode end =
          ended(practice, "POST", "/AllergyIntolerance", said.replace("hives", "swelling"));
      boolean isTheirs = practice.equals("oak");
      assertEquals(isTheirs ? "hives" : "swelling", reaction(practice, word));
      assertEquals(isTheirs ? "no change" : "landed", end.path("end").asText(), end.toString());
      assertEquals(
          isTheirs,
          end.path("warnings").toString().contains("Reaction is the office's own and was left"),
          end.toString());
    }
  }

  private static String reaction(String practice, String word) {
    return String.valueOf(
            house
                .office(practice)
                .rows(
                    "select a.Reaction from allergy a join allergydef d on d.AllergyDefNum = a.AllergyDefNum where d.Description = ?",
                    word)
                .get(0)
                .get("Reaction"))
        .replaceFirst(";.*", "");
  }

  /** The office says that it is over, the hospital's system that it is not, again and again. */
  @Test
  void aFieldOfARowThatTwoSystemsKeepFlippingIsLeftAndTheRestIsWritten() throws Exception {
    String word = "Wort" + NUMBER.incrementAndGet();
    String active = Sample.of("Condition", word).about("elm", word);
    String resolved = active.replace("\"code\": \"active\"", "\"code\": \"resolved\"");
    assertEquals("landed", ended("elm", "POST", "/Condition", active).path("end").asText());
    for (int i = 1; i <= 4; i++) {
      problem(word, 1);
      // It takes the office's over, and then its own is there again.
      ended("elm", "POST", "/Condition", resolved);
      boolean isLast = i == 4;
      JsonNode end =
          ended(
              "elm",
              "POST",
              "/Condition",
              isLast
                  ? active.replace(
                      "\"onsetDateTime\"",
                      "\"note\": [{\"text\": \"seen by two\"}], \"onsetDateTime\"")
                  : active);
      assertEquals("landed", end.path("end").asText(), end.toString());
      Map<String, Object> row = problem(word);
      assertEquals(isLast ? "1" : "0", row.get("ProbStatus").toString(), end.toString());
      if (isLast) {
        assertTrue(String.valueOf(row.get("PatNote")).contains("seen by two"), row.toString());
        assertTrue(
            end.path("warnings").toString().contains("ProbStatus was left: "), end.toString());
      }
    }
    assertEquals(
        1,
        house
            .ledger()
            .count(
                "select coalesce(sum(n), 0) from tally where what = 'flipping' and name = 'ProbStatus'"));
  }

  private static Map<String, Object> problem(String word) {
    return house
        .office("elm")
        .rows(
            "select d.* from disease d join diseasedef f on f.DiseaseDefNum = d.DiseaseDefNum where f.DiseaseName = ?",
            word)
        .get(0);
  }

  /** The desk sets the state of a problem. */
  private static void problem(String word, int state) {
    JdbcClient.create(house.sandbox().practice("elm").dataSource())
        .sql(
            "update disease d join diseasedef f on f.DiseaseDefNum = d.DiseaseDefNum set d.ProbStatus = ? where f.DiseaseName = ?")
        .params(state, word)
        .update();
  }

  /**
   * Nobody knows what its answers mean: that is looked into for this patient and this allergy, and
   * all others go on.
   */
  @Test
  void aTextThatNobodyKnowsStopsNeitherOtherCreatesNorOtherDefinitions() throws Exception {
    int n = NUMBER.incrementAndGet();
    Patient unclear = Patient.numbered(96_000 + 2 * n);
    Patient other = Patient.numbered(96_001 + 2 * n);
    String unclearWord = "Wort" + NUMBER.incrementAndGet();
    String otherWord = "Wort" + NUMBER.incrementAndGet();
    Fault fault = Fault.of("elm", FaultKind.UNKNOWN_400).times(0);
    house.api().faults().arm(fault.on("POST", "/patients").holding(unclear.last()));
    house.api().faults().arm(fault.on("POST", "/allergydefs").holding(unclearWord));
    long patients = answered400("patients.post");
    long definitions = answered400("allergydefs.post");
    String first = house.accepted("elm", Hospital.adt("A28", "UNCLEAR-P" + n, unclear));
    HttpResponse<String> firstAllergy = allergy(unclearWord, 5);
    House.until(
        "both were answered in words that nobody knows",
        () ->
            answered400("patients.post") > patients
                && answered400("allergydefs.post") > definitions);
    String second = house.accepted("elm", Hospital.adt("A28", "OTHER-P" + n, other));
    JsonNode secondAllergy = untilEnded("elm", allergy(otherWord, 6));
    JsonNode left = untilEnded("elm", firstAllergy);
    house.untilAllEnded();

    house.ledger().assertEnd("landed", second);
    assertEquals(1, house.office("elm").patients(other).size());
    assertEquals("landed", secondAllergy.path("end").asText(), secondAllergy.toString());
    assertEquals(
        1,
        house
            .office("elm")
            .count(Sample.of("AllergyIntolerance", otherWord).count(), 6, otherWord));
    house.ledger().assertEnd("refused", first);
    house
        .ledger()
        .assertReason(
            "patients.post was answered 3 times with a text that Pontic does not know", first);
    assertEquals(0, house.office("elm").patients(unclear).size());
    assertEquals("refused", left.path("end").asText(), left.toString());
    assertTrue(
        left.path("reason").asText().contains("with a text that Pontic does not know"),
        left.toString());
    assertEquals(
        0,
        house
            .office("elm")
            .count("select count(*) from allergydef where Description = ?", unclearWord));
    assertTrue(endedAt(second) < endedAt(first), "the other patient landed in the meantime");
    assertTrue(
        Instant.parse(secondAllergy.path("endedAt").asText())
            .isBefore(Instant.parse(left.path("endedAt").asText())),
        "and the other allergy: " + secondAllergy + left);
  }

  /**
   * Of the office's lists, whose probes ask for a name, and of rows of a patient: while one is
   * unclear the next of its kind is written. A body holds the name, or the patient's number.
   */
  @ParameterizedTest
  @CsvSource({
    "elm, AllergyIntolerance, /allergydefs, allergydef, Description",
    "elm, Condition, /diseasedefs, diseasedef, DiseaseName",
    "elm, MedicationStatement, /medications, medication, MedName",
    "elm, ServiceRequest, /referrals, referral, LName",
    "oak, Coverage, /carriers, carrier, CarrierName",
    "oak, Coverage, /insplans, insplan, GroupNum",
    "elm, AllergyIntolerance, /allergies, , ",
    "elm, Condition, /diseases, , ",
    "elm, MedicationStatement, /medicationpats, , ",
    "elm, Communication, /commlogs, , ",
    "elm, DocumentReference, /documents/Upload, , ",
    "elm, ServiceRequest, /refattaches, , ",
    "elm, Coverage, /inssubs, inssub, SubscriberID"
  })
  void whileOneWriteIsUnclearTheNextOfItsKindLandsAndBothEndAsOneRow(
      String practice, String type, String path, String table, String column) throws Exception {
    String first = "Wort" + NUMBER.incrementAndGet();
    String second = "Wort" + NUMBER.incrementAndGet();
    String write = path.substring(1).replaceFirst("/.*", "") + ".post";
    house
        .api()
        .faults()
        .arm(
            Fault.of(practice, FaultKind.UNKNOWN_400)
                .on("POST", path)
                .holding(table == null ? "\"PatNum\":" + PAT : named(column, first))
                .times(0));
    HttpResponse<String> unclear = said(practice, type, first, PAT);
    keptUnclear(practice, write);
    JsonNode other = untilEnded(practice, said(practice, type, second, PAT + 1));
    assertLanded(other);
    assertEquals(1, stand(practice, type, second, PAT + 1), "the other's row");
    assertEquals(0, stand(practice, type, first, PAT), "and no more");
    assertEquals(
        List.of(""),
        house
            .ledger()
            .texts(
                "select m.receipt_end from call c join work w on w.id = c.work_id join message m on m.id = w.message_id"
                    + " where c.practice = ? and c.name = ? and c.state = 'unknown'",
                practice,
                write),
        "the first is unclear all the while");

    house.api().faults().clear();
    noLongerKept(practice, write);
    JsonNode end = untilEnded(practice, unclear);
    assertLanded(end);
    assertTrue(end.path("settled").asText().contains(write), end.toString());
    assertEquals(1, stand(practice, type, first, PAT), end.toString());
    assertEquals(1, stand(practice, type, second, PAT + 1), "as before");
    if (table != null) {
      for (String name : List.of(first, second)) {
        assertEquals(
            1,
            house
                .office(practice)
                .count(
                    "select count(*) from " + table + " where " + column + " = ?",
                    named(column, name)));
      }
    }
  }

  /** What nobody knows how to read may be the answer to what took effect. */
  @ParameterizedTest
  @CsvSource({
    "elm, AllergyIntolerance, /allergydefs",
    "elm, Condition, /diseasedefs",
    "elm, MedicationStatement, /medications",
    "oak, Coverage, /carriers",
    "elm, AllergyIntolerance, /allergies",
    "oak, Communication, /commlogs"
  })
  void whatTookEffectUnderATextThatNobodyKnowsIsOneRowAndTheNextToo(
      String practice, String type, String path) throws Exception {
    String first = "Wort" + NUMBER.incrementAndGet();
    String second = "Wort" + NUMBER.incrementAndGet();
    house
        .api()
        .faults()
        .arm(Fault.of(practice, FaultKind.UNKNOWN_400).on("POST", path).acting().times(1));
    HttpResponse<String> unclear = said(practice, type, first, PAT);
    HttpResponse<String> other = said(practice, type, second, PAT + 1);
    JsonNode end = untilEnded(practice, unclear);
    assertLanded(end);
    assertFalse(end.path("settled").asText().isEmpty(), end.toString());
    assertFalse(end.path("settled").asText().contains("looked for twice"), end.toString());
    assertLanded(untilEnded(practice, other));
    assertEquals(1, stand(practice, type, first, PAT));
    assertEquals(1, stand(practice, type, second, PAT + 1));
  }

  /** Rows of what was {@link #said} of a patient. */
  private static long stand(String practice, String type, String word, long patient) {
    String rows = Sample.of(type, word).count();
    return house
        .office(practice)
        .count(
            practice.equals("oak") ? rows.replace("'G-100'", "'" + word + "'") : rows,
            patient,
            word);
  }

  private static String named(String column, String word) {
    return column.equals("CarrierName") ? word + " Life" : word;
  }

  /** Each word's insurance is of a company and a plan of its own. */
  private static HttpResponse<String> said(String practice, String type, String word, long patient)
      throws Exception {
    HttpResponse<String> accepted =
        send(
            practice,
            "POST",
            "/" + type,
            Sample.of(type, word)
                .about(practice, word)
                .replace("-patient-" + PAT, "-patient-" + patient)
                .replace(
                    "Plaster Mutual", practice.equals("oak") ? word + " Life" : "Plaster Mutual")
                .replace("G-100", practice.equals("oak") ? word : "G-100"));
    assertEquals(202, accepted.statusCode(), accepted.body());
    return accepted;
  }

  /** Of a change too, whose probe reads the patient back. */
  @Test
  void whileAChangeOfOnePatientIsUnclearThatOfAnotherLands() throws Exception {
    int n = NUMBER.incrementAndGet();
    Patient first = Patient.numbered(97_000 + 2 * n);
    Patient second = Patient.numbered(97_001 + 2 * n);
    for (Patient each : List.of(first, second)) {
      ended(house.accepted("elm", Hospital.adt("A28", "KNOWN-" + each.last(), each)));
    }
    house
        .api()
        .faults()
        .arm(
            Fault.of("elm", FaultKind.UNKNOWN_400)
                .on("PUT", "/patients/" + house.office("elm").patNum(first))
                .times(0));
    String unclear =
        house.accepted("elm", Hospital.adt("A31", "MOVED-1-" + n, first.withPhone("9715557001")));
    keptUnclear("elm", "patients.put");
    String other =
        house.accepted("elm", Hospital.adt("A31", "MOVED-2-" + n, second.withPhone("9715557002")));
    landed(other);
    assertEquals("9715557002", phone(second));
    assertEquals("", house.ledger().end(unclear));
    assertFalse(phone(first).equals("9715557001"));
    house.api().faults().clear();
    noLongerKept("elm", "patients.put");
    landed(unclear);
    assertEquals("9715557001", phone(first));
    for (Patient each : List.of(first, second)) {
      assertEquals(1, house.office("elm").patients(each).size());
    }
  }

  private static String phone(Patient patient) {
    return String.valueOf(house.office("elm").patients(patient).get(0).get("HmPhone"))
        .replaceAll("\\D", "");
  }

  /** Once it is unclear it stays so, as if it were sent an hour from now. */
  private static void keptUnclear(String practice, String write) {
    House.until(
        write + " is unclear",
        () ->
            house
                    .ledger()
                    .change(
                        "update call set intent_at = intent_at + 3600000 where practice = ? and name = ? and state = 'unknown'",
                        practice,
                        write)
                == 1);
  }

  private static void noLongerKept(String practice, String write) {
    assertEquals(
        1,
        house
            .ledger()
            .change(
                "update call set intent_at = intent_at - 3600000 where practice = ? and name = ? and state = 'unknown'",
                practice,
                write));
  }

  private static HttpResponse<String> allergy(String word, int patient) throws Exception {
    HttpResponse<String> accepted =
        send(
            "elm",
            "POST",
            "/AllergyIntolerance",
            Sample.of("AllergyIntolerance", word)
                .about("elm", word)
                .replace("elm-patient-" + PAT, "elm-patient-" + patient));
    assertEquals(202, accepted.statusCode(), accepted.body());
    return accepted;
  }

  /** Writes that were answered so, whatever was found out about them since. */
  private static long answered400(String name) {
    return house
        .ledger()
        .count("select count(*) from call where status = 400 and name = '" + name + "'");
  }

  private static long endedAt(String controlId) {
    return ((Number) house.ledger().receipt(controlId).get("ended_at")).longValue();
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

  /** Longer than a MiB, and two documents share it. */
  @Test
  void aBinaryOfATransactionIsFiledWithTheDocumentsThatReferToIt() throws Exception {
    String word = "Wort" + NUMBER.incrementAndGet();
    byte[] bytes = new byte[1_200_000];
    new Random(11).nextBytes(bytes);
    System.arraycopy("%PDF-1.7".getBytes(StandardCharsets.US_ASCII), 0, bytes, 0, 8);
    String base64 = Base64.getEncoder().encodeToString(bytes);
    String transaction =
        """
        {"resourceType": "Bundle", "type": "transaction", "entry": [
         {"fullUrl": "urn:uuid:0c0ffee0-0000-4000-8000-000000000001", "request": {"method": "POST", "url": "Binary"},
          "resource": {"resourceType": "Binary", "contentType": "application/pdf", "data": "BYTES"}},
         {"request": {"method": "POST", "url": "DocumentReference"}, "resource": FIRST},
         {"request": {"method": "POST", "url": "DocumentReference"}, "resource": SECOND}]}
        """
            .replace("BYTES", base64)
            .replace("FIRST", referring(word + "-1"))
            .replace("SECOND", referring(word + "-2"));
    HttpResponse<String> accepted = send("elm", "POST", "", transaction);
    assertEquals(202, accepted.statusCode(), accepted.body());
    JsonNode responses = JSON.readTree(accepted.body()).path("entry");
    assertEquals(3, responses.size());
    for (JsonNode each : responses) {
      JsonNode end = client.untilEnded("elm", each.path("response").path("location").asText());
      assertEquals("landed", end.path("end").asText(), end.toString());
    }
    for (String each : List.of(word + "-1", word + "-2")) {
      assertOne(
          "select count(*) from document where PatNum = ? and Description like concat(?, ' [ref P-%') and Note = ?",
          PAT, each, "_rawBase64_:.pdf_" + base64);
    }
  }

  private static String referring(String description) {
    return """
        {"resourceType": "DocumentReference", "status": "current", "subject": {"reference": "Patient/elm-patient-PAT"}, "description": "WORD",
         "content": [{"attachment": {"url": "urn:uuid:0c0ffee0-0000-4000-8000-000000000001"}}]}
        """
        .replace("PAT\"", PAT + "\"")
        .replace("WORD", description);
  }

  /** A vital sign and a result: the API takes neither, and the practice says where words go. */
  @Test
  void aMeasurementIsKeptInWordsAsThePracticeChoosesAndTheReceiptSaysSo() throws Exception {
    String word = "Wort" + NUMBER.incrementAndGet();
    String pressure =
        """
        {"resourceType": "Observation", "status": "final", "subject": {"reference": "Patient/PATIENT"}, "code": {"text": "Blood pressure WORD"},
         "effectiveDateTime": "2026-03-01T15:00:00Z", "component": [
         {"code": {"text": "systolic"}, "valueQuantity": {"value": 128, "unit": "mmHg"}},
         {"code": {"text": "diastolic"}, "valueQuantity": {"value": 82, "unit": "mmHg"}}]}
        """
            .replace("WORD", word);
    String text = "Blood pressure " + word + ", 2026-03-01\nsystolic: 128 mmHg\ndiastolic: 82 mmHg";
    for (String practice : List.of("elm", "oak")) {
      JsonNode end =
          ended(
              practice,
              "POST",
              "/Observation",
              pressure.replace("PATIENT", practice + "-patient-" + PAT));
      assertEquals("landed", end.path("end").asText(), end.toString());
      assertTrue(
          end.path("warnings")
              .toString()
              .contains(
                  "Observation: no field of Open Dental's API takes it; kept as "
                      + (practice.equals("elm") ? "an entry of the communication log" : "a file")),
          end.toString());
    }
    assertOne(
        "select count(*) from commlog where PatNum = ? and Note like concat(?, ' [ref P-%') and CommDateTime = '2026-03-01 10:00:00'",
        PAT, text);
    String base64 = Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    assertEquals(
        1,
        house
            .office("oak")
            .count(
                "select count(*) from document where PatNum = ? and Description like concat('Blood pressure ', ?, ', 2026-03-01 [ref P-%') and Note = ?",
                PAT, word, "_rawBase64_:.txt_" + base64));
    assertEquals(
        0,
        house
            .office("oak")
            .count("select count(*) from commlog where Note like concat('%', ?, '%')", word));
  }

  /** Each that is offered; one that nobody looks at here fails. */
  static Stream<String> events() throws IOException {
    return new ObjectMapper(new YAMLFactory())
            .readValue(House.home().resolve("mappings/fhir/kinds.yaml").toFile(), Kinds.class)
            .messages()
            .keySet()
            .stream()
            .map(event -> event.substring(event.indexOf('|') + 1))
            .sorted();
  }

  /** An office whose version changes entries; of what was never told nothing is said. */
  @Test
  void aMeasurementThatItsSenderTakesBackLosesItsValueInTheEntryThatWasMadeOfIt() throws Exception {
    String word = "Wort" + NUMBER.incrementAndGet();
    String told =
        sample("Observation", word).replace("\"status\"", "\"id\": \"" + word + "\", \"status\"");
    assertLanded(ended("elm", "PUT", "/Observation/" + word, told));
    assertOne(Sample.of("Observation", word).count(), PAT, word);
    String wrong = told.replace("\"final\"", "\"entered-in-error\"");
    assertLanded(ended("elm", "PUT", "/Observation/" + word, wrong));
    assertOne(
        "select count(*) from commlog where PatNum = ? and Note like concat(?, ': taken back by its sender [ref P-%')",
        PAT, word);
    String entries = "select count(*) from commlog where Note like concat('%', ?, '%')";
    assertOne(entries, word);
    String other = "Wort" + NUMBER.incrementAndGet();
    JsonNode never = ended("elm", "POST", "/Observation", wrong.replace(word, other));
    assertEquals("no change", never.path("end").asText(), never.toString());
    assertEquals(0, house.office("elm").count(entries, other));
  }

  /** Its event says what becomes of the focus; the Binary of a document goes with it. */
  @ParameterizedTest
  @MethodSource("events")
  void eachEventOfAMessageOfFhirDoesAtTheOfficeWhatItSays(String event) throws Exception {
    String word = "Wort" + NUMBER.incrementAndGet();
    String known = "\"subject\": {\"reference\": \"Patient/elm-patient-" + PAT + "\"}";
    switch (event) {
      case "A01", "A03", "A04", "A05", "A08", "A13", "A28", "A31" -> registers(event, word);
      case "A11" -> bringsUpToDateAndMakesNobody(word);
      case "S12", "S13", "S14" -> books(event, word);
      case "S15" -> ends(event, word, "cancelled", 3);
      case "S16" -> ends(event, word, "booked", 3);
      case "S17" -> ends(event, word, "entered-in-error", 1);
      case "S26" -> ends(event, word, "noshow", 2);
      case "A60" -> tells(event, "AllergyIntolerance", sample("AllergyIntolerance", word), word);
      case "PC1" -> tells(event, "Condition", sample("Condition", word), word);
      case "PC2" -> {
        String problem =
            sample("Condition", word)
                .replace(
                    "\"code\": {\"text\"",
                    "\"identifier\": [{\"system\": \"urn:hospital:problem\", \"value\": \"WORD\"}], \"code\": {\"text\"");
        tells("PC1", "Condition", problem, word);
        String over =
            problem
                .replace("\"code\": \"active\"", "\"code\": \"resolved\"")
                .replace(
                    "\"onsetDateTime\"",
                    "\"abatementDateTime\": \"2025-01-02\", \"onsetDateTime\"");
        tells(event, "Condition", over, word);
        assertOne(
            "select count(*) from disease a join diseasedef d on d.DiseaseDefNum = a.DiseaseDefNum where d.DiseaseName = ? and a.ProbStatus = 1 and a.DateStop = '2025-01-02'",
            word);
      }
      case "R01" -> {
        String result =
            "{\"resourceType\": \"Observation\", \"status\": \"final\", SUBJECT, \"code\": {\"text\": \"WORD\"}, \"valueString\": \"seen\"}";
        assertLanded(told(event, result, word, known));
        assertOne(
            "select count(*) from commlog where PatNum = ? and Note like concat(?, '%: seen [ref P-%')",
            PAT, word);
      }
      case "T02" -> {
        String document =
            "{\"resourceType\": \"DocumentReference\", \"status\": \"current\", \"description\": \"WORD\", SUBJECT, \"content\": [{\"attachment\": {\"url\": \"urn:uuid:b\"}}]}";
        String binary =
            "{\"fullUrl\": \"urn:uuid:b\", \"resource\": {\"resourceType\": \"Binary\", \"contentType\": \"application/pdf\", \"data\": \"JVBERi0xLjQK\"}}";
        assertLanded(told(event, document, word, known, binary));
        assertOne(Sample.of("DocumentReference", word).count(), PAT, word);
      }
      case "I12", "O01", "O19" -> refers(event, word);
      default -> throw new AssertionError("nobody looks at what " + event + " does");
    }
  }

  private static String sample(String type, String word) {
    return Sample.of(type, word).about("elm", word);
  }

  private static void assertLanded(JsonNode end) {
    assertEquals("landed", end.path("end").asText(), end.toString());
  }

  /** One row, whatever was told of it before. */
  private static void tells(String event, String type, String focus, String word) throws Exception {
    assertLanded(told(event, focus, word, ""));
    assertOne(Sample.of(type, word).count(), PAT, word);
  }

  private static void registers(String event, String word) throws Exception {
    for (String phone : List.of("5035550101", "5035550102")) {
      assertLanded(told(event, person(phone), word, ""));
      assertReached(word, phone);
    }
  }

  private static void bringsUpToDateAndMakesNobody(String word) throws Exception {
    JsonNode stranger = told("A11", person("5035550101"), word, "");
    assertEquals("refused", stranger.path("end").asText(), stranger.toString());
    assertEquals(
        0, house.office("elm").count("select count(*) from patient where LName = ?", word));
    assertLanded(told("A28", person("5035550101"), word, ""));
    assertLanded(told("A11", person("5035550102"), word, ""));
    assertReached(word, "5035550102");
  }

  /** One of that name, by that phone. */
  private static void assertReached(String word, String phone) {
    assertOne("select count(*) from patient where LName = ?", word);
    assertOne(
        "select count(*) from patient where LName = ? and regexp_replace(HmPhone, '[^0-9]', '') = ?",
        word,
        phone);
  }

  private static void books(String event, String word) throws Exception {
    LocalDateTime at = visited(word);
    assertLanded(visit("S12", word, at, 30, "booked"));
    if (!event.equals("S12")) {
      at = at.plusHours(2);
      assertLanded(visit(event, word, at, 50, "booked"));
    }
    assertOne(
        "select count(*) from appointment a join patient p on p.PatNum = a.PatNum where p.LName = ? and a.AptStatus = 1 and a.AptDateTime = ? and length(a.Pattern) = ?",
        word,
        at.toString().replace('T', ' ') + ":00",
        event.equals("S12") ? 6 : 10);
    assertOne(
        "select count(*) from appointment a join patient p on p.PatNum = a.PatNum where p.LName = ?",
        word);
  }

  /**
   * @param status of the visit, as its sender states it
   * @param action how the office's history names what became of it
   */
  private static void ends(String event, String word, String status, int action) throws Exception {
    assertLanded(visit("S12", word, visited(word), 30, "booked"));
    assertLanded(visit(event, word, visited(word), 30, status));
    assertOne(
        "select count(*) from appointment a join patient p on p.PatNum = a.PatNum where p.LName = ? and a.AptStatus = 5"
            + " and (select h.HistApptAction from histappointment h where h.AptNum = a.AptNum order by h.HistApptNum desc limit 1) = ?",
        word,
        action);
    assertOne(
        "select count(*) from appointment a join patient p on p.PatNum = a.PatNum where p.LName = ?",
        word);
  }

  private static LocalDateTime visited(String word) {
    return LocalDateTime.of(2028, 1, 3, 9, 0)
        .plusDays(Integer.parseInt(word.replaceAll("\\D", "")));
  }

  private static JsonNode visit(
      String event, String word, LocalDateTime at, int minutes, String status) throws Exception {
    ZoneId zone = ZoneId.of("America/New_York");
    String focus =
        """
        {"resourceType": "Appointment", "status": "STATUS", "identifier": [{"system": "urn:hospital:visit", "value": "WORD"}], "start": "START", "end": "END",
         "participant": [{"actor": {"type": "Location", "identifier": {"value": "OP-1"}}, "status": "accepted"}, {"actor": {"reference": "urn:uuid:p"}, "status": "accepted"}]}
        """
            .replace("STATUS", status)
            .replace("START", at.atZone(zone).toInstant().toString())
            .replace("END", at.plusMinutes(minutes).atZone(zone).toInstant().toString());
    return told(event, focus, word, "", came("5035550101"));
  }

  /** The patient of a referral comes with it, and is made if the office does not have him. */
  private static void refers(String event, String word) throws Exception {
    String referral =
        "{\"resourceType\": \"ServiceRequest\", \"status\": \"active\", \"intent\": \"order\", SUBJECT, \"authoredOn\": \"2026-03-01\","
            + " \"contained\": [{\"resourceType\": \"Practitioner\", \"id\": \"asks\", \"name\": [{\"family\": \"WORD\", \"given\": [\"Mara\"]}]}], \"requester\": {\"reference\": \"#asks\"}}";
    assertLanded(
        told(
            event,
            referral,
            word,
            "\"subject\": {\"reference\": \"urn:uuid:p\"}",
            came("5035550101")));
    assertOne(
        "select count(*) from refattach a join referral r on r.ReferralNum = a.ReferralNum join patient p on p.PatNum = a.PatNum where p.LName = ? and r.LName = ? and a.RefDate = '2026-03-01'",
        word,
        word);
  }

  private static String came(String phone) {
    return "{\"fullUrl\": \"urn:uuid:p\", \"resource\": " + person(phone) + "}";
  }

  private static String person(String phone) {
    return """
        {"resourceType": "Patient", "identifier": [{"system": "urn:hospital:mrn", "value": "WORD"}], "name": [{"family": "WORD", "given": ["Ada"]}], "birthDate": "BORN", "gender": "female",
         "telecom": [{"system": "phone", "use": "home", "value": "PHONE"}]}
        """
        .replace("PHONE", phone);
  }

  private static JsonNode told(
      String event, String focus, String word, String subject, String... more) throws Exception {
    StringBuilder entries =
        new StringBuilder("{\"fullUrl\": \"urn:uuid:f\", \"resource\": " + focus + "}");
    for (String each : more) {
      entries.append(", ").append(each);
    }
    HttpResponse<String> accepted =
        send(
            "elm",
            "POST",
            "/$process-message",
            """
            {"resourceType": "Bundle", "type": "message", "entry": [{"fullUrl": "urn:uuid:h", "resource": {"resourceType": "MessageHeader",
             "eventCoding": {"system": "http://terminology.hl7.org/CodeSystem/v2-0003", "code": "EVENT"}, "source": {"endpoint": "http://x.example"},
             "focus": [{"reference": "urn:uuid:f"}]}}, ENTRIES]}
            """
                .replace("EVENT", event)
                .replace("ENTRIES", entries)
                .replace("SUBJECT", subject)
                .replace("BORN", born(word).replaceAll("(....)(..)(..)", "$1-$2-$3"))
                .replace("WORD", word));
    assertEquals(202, accepted.statusCode(), accepted.body());
    String diagnostics = JSON.readTree(accepted.body()).at("/issue/0/diagnostics").asText();
    return client.untilEnded("elm", diagnostics.substring(diagnostics.indexOf("/fhir/")));
  }

  @Test
  void anOrderedMedicationIsOnTheListOnceAndWhatIsNotToBeTakenIsNot() throws Exception {
    String word = "Wort" + NUMBER.incrementAndGet();
    String ordered =
        """
        {"resourceType": "MedicationRequest", "status": "active", "intent": "order", "subject": {"reference": "Patient/elm-patient-PAT"},
         "identifier": [{"system": "urn:hospital:order", "value": "WORD"}], "medicationCodeableConcept": {"text": "WORD"}, "authoredOn": "2026-02-03",
         "dosageInstruction": [{"text": "one a day"}], "dispenseRequest": {"quantity": {"value": 30, "unit": "tablet"}}}
        """
            .replace("PAT\"", PAT + "\"")
            .replace("WORD", word);
    String list =
        "select count(*) from medicationpat a join medication d on d.MedicationNum = a.MedicationNum where a.PatNum = ? and d.MedName = ? and a.DateStart = '2026-02-03'"
            + " and a.PatNote = 'one a day; dispenseRequest: quantity 30 tablet' and coalesce(year(a.DateStop), 1) ";
    JsonNode end = ended("elm", "POST", "/MedicationRequest", ordered);
    assertEquals("landed", end.path("end").asText(), end.toString());
    assertTrue(
        end.path("warnings").toString().contains("no field for dispenseRequest, kept in PatNote"),
        end.toString());
    assertOne(list + "= 1", PAT, word);
    assertEquals(
        "no change", ended("elm", "POST", "/MedicationRequest", ordered).path("end").asText());
    String over =
        ordered
            .replace("\"active\"", "\"completed\"")
            .replace(
                "\"text\": \"one a day\"",
                "\"text\": \"one a day\", \"timing\": {\"repeat\": {\"boundsPeriod\": {\"end\": \"2026-02-28\"}}}");
    assertEquals("landed", ended("elm", "POST", "/MedicationRequest", over).path("end").asText());
    assertOne(list + "= 2026", PAT, word);
    String never =
        ordered
            .replace(word, word + "-never")
            .replace("\"intent\"", "\"doNotPerform\": true, \"intent\"");
    JsonNode left = ended("elm", "POST", "/MedicationRequest", never);
    assertEquals("refused", left.path("end").asText(), left.toString());
    assertTrue(left.toString().contains("doNotPerform"), left.toString());
    assertEquals(
        0,
        house
            .office("elm")
            .count("select count(*) from medication where MedName = ?", word + "-never"));
  }

  @Test
  void whatIsInterruptedSaysSoInTheOffice() throws Exception {
    String word = "Wort" + NUMBER.incrementAndGet();
    String held =
        """
        {"resourceType": "MedicationStatement", "status": "on-hold", "subject": {"reference": "Patient/elm-patient-PAT"},
         "medicationCodeableConcept": {"text": "WORD"}, "dosage": [{"text": "one a day"}]}
        """
            .replace("PAT\"", PAT + "\"")
            .replace("WORD", word);
    assertLanded(ended("elm", "POST", "/MedicationStatement", held));
    assertOne(
        "select count(*) from medicationpat a join medication d on d.MedicationNum = a.MedicationNum where a.PatNum = ? and d.MedName = ?"
            + " and a.PatNote = 'one a day; status: on-hold'",
        PAT,
        word);
    String stopped =
        """
        {"resourceType": "Communication", "status": "stopped", "subject": {"reference": "Patient/elm-patient-PAT"}, "topic": {"text": "Surgery"},
         "payload": [{"contentString": "WORD"}]}
        """
            .replace("PAT\"", PAT + "\"")
            .replace("WORD", word);
    assertLanded(ended("elm", "POST", "/Communication", stopped));
    assertOne(
        "select count(*) from commlog where PatNum = ? and Note like concat('status stopped: Surgery: ', ?, '%')",
        PAT, word);
  }

  /** The condition is asked of what this sender's words made of the patient. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "AllergyIntolerance",
        "Condition",
        "MedicationStatement",
        "Communication",
        "DocumentReference",
        "ServiceRequest",
        "Coverage",
        "PaymentReconciliation",
        "MedicationRequest",
        "Observation"
      })
  void aCreateOnConditionMakesARowOnceAndChangesNone(String type) throws Exception {
    String word = "Wort" + NUMBER.incrementAndGet();
    Sample sample = Sample.of(type, word);
    String transaction =
        """
        {"resourceType": "Bundle", "type": "transaction", "entry": [{"resource": RESOURCE,
         "request": {"method": "POST", "url": "TYPE", "ifNoneExist": "identifier=urn:hospital:row|WORD"}}]}
        """
            .replace("TYPE", type)
            .replace("WORD", word);
    List<String> ends = new ArrayList<>();
    // The third says something else under the same number.
    for (String said :
        List.of(
            sample.about("elm", word),
            sample.about("elm", word),
            sample.about("elm", word).replace("\"" + word + "\"", "\"" + word + " changed\""))) {
      HttpResponse<String> accepted =
          send("elm", "POST", "", transaction.replace("RESOURCE", said));
      assertEquals(202, accepted.statusCode(), accepted.body());
      JsonNode end =
          client.untilEnded(
              "elm", JSON.readTree(accepted.body()).at("/entry/0/response/location").asText());
      ends.add(end.path("end").asText());
      assertEquals(
          ends.size() > 1,
          end.toString().contains("there is one already that matches the condition"),
          end.toString());
    }
    assertEquals(List.of("landed", "no change", "no change"), ends);
    assertOne(sample.count(), PAT, word);
    assertEquals(
        0, house.office("elm").count(sample.count(), PAT, word + " changed"), "nothing else");
    // An update on the same condition is of that row, or of one that is made anew.
    JsonNode updated =
        ended(
            "elm",
            "PUT",
            "/" + type + "?identifier=urn:hospital:row%7C" + word,
            sample.about("elm", word));
    assertEquals("no change", updated.path("end").asText(), updated.toString());
    assertOne(sample.count(), PAT, word);
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

  /** The office enters it, and hears of it once however often it is said. */
  @ParameterizedTest
  @ValueSource(strings = {"elm", "oak"})
  void thatAPatientHasDiedIsSaidOnTheReceiptAndKeptOnceAsThePracticeChooses(String practice)
      throws Exception {
    String word = known(practice);
    // PID-29 and PID-30.
    String died = pid(word) + "|".repeat(21) + "20260301|Y";
    for (String id : List.of(word + "-died", word + "-again")) {
      house.accepted(practice, Hospital.message("ADT^A08", id, died));
      ended(id);
      house.ledger().assertEnd(id.endsWith("died") ? "landed" : "no change", id);
    }
    String warnings =
        String.valueOf(house.ledger().receipt(word + "-died").get("receipt_warnings"));
    assertTrue(
        warnings.contains("it says that the patient has died, which is the office's to enter"),
        warnings);
    String text = "Another system says that this patient has died (2026-03-01)";
    String mine = word.toLowerCase(Locale.ROOT);
    boolean isNote = practice.equals("elm");
    assertEquals(
        isNote ? 1 : 0,
        house
            .office(practice)
            .count(
                "select count(*) from commlog c join patient p on p.PatNum = c.PatNum where p.LName = ? and c.Note like concat(?, ' [ref P-%')",
                mine, text));
    assertEquals(
        isNote ? 0 : 1,
        house
            .office(practice)
            .count(
                "select count(*) from document d join patient p on p.PatNum = d.PatNum where p.LName = ? and d.Note = ?",
                mine,
                base64(text)));
    assertEquals(
        1,
        house
            .office(practice)
            .count("select count(*) from patient where LName = ? and PatStatus = 0", mine));
  }

  /** By HL7 v2 and by FHIR: what is not there has no name in the office's lists. */
  @Test
  void whoHasNoAllergyProblemOrMedicationGetsNoRowOfIt() throws Exception {
    String word = known("elm");
    String id = word + "-none";
    long before = noneInLists();
    house.accepted(
        "elm",
        Hospital.message(
            "ADT^A08",
            id,
            pid(word) + "|||9 Elsewhere^^Salem^OR^97301",
            "AL1|1|DA|^NKDA",
            "AL1|2|FA|716186003^^SCT",
            "AL1|3|DA|^" + word + "-cillin|SV|Hives"));
    String warnings = landed(id).toString();
    assertTrue(
        warnings.contains("AllergyIntolerance was left: it says that the patient has none"),
        warnings);
    assertOne(
        "select count(*) from allergy a join patient p on p.PatNum = a.PatNum where p.LName = ?",
        word.toLowerCase(Locale.ROOT));
    for (String type :
        List.of("AllergyIntolerance", "Condition", "MedicationStatement", "MedicationRequest")) {
      JsonNode end =
          ended("elm", "POST", "/" + type, sample(type, "No known " + NONE_OF.get(type)));
      assertEquals("refused", end.path("end").asText(), end.toString());
      assertTrue(
          end.path("reason").asText().contains("it says that the patient has none"),
          end.toString());
    }
    assertEquals(before, noneInLists());
  }

  /** Entries of the office's lists that mean none; offices have some of their own. */
  private static long noneInLists() {
    return house
        .office("elm")
        .count(
            "select (select count(*) from allergydef where Description like 'No known%' or Description = 'NKDA')"
                + " + (select count(*) from diseasedef where DiseaseName like 'No known%') + (select count(*) from medication where MedName like 'No known%')");
  }

  private static final Map<String, String> NONE_OF =
      Map.of(
          "AllergyIntolerance", "allergies",
          "Condition", "problems",
          "MedicationStatement", "medications",
          "MedicationRequest", "medications");

  @Test
  void aWriteThatThePracticeHasSwitchedOffIsRefusedWithTheReasonAndHoldsUpNothing()
      throws Exception {
    String word = "Wort" + NUMBER.incrementAndGet();
    String said =
        Sample.of("Condition", word)
            .about("oak", word)
            .replaceFirst("\\{", "{\"id\": \"" + word + "\", ");
    // An update is offered: what the chart has may be changed, and this is not in it.
    JsonNode end = ended("oak", "PUT", "/Condition/" + word, said);
    assertEquals("refused", end.path("end").asText(), end.toString());
    assertTrue(
        end.path("reason").asText().contains("diseases.post is off: the practice"), end.toString());
    assertEquals(0, house.office("oak").count(Sample.of("Condition", word).count(), PAT, word));
    assertTrue(
        house.control("/control/capabilities").contains("the practice has switched it off"),
        "capabilities say so");
  }

  /** Elm wants payments and problems, oak does not; oak is too old for exams besides. */
  @Test
  void theCapabilityStatementOfEachPracticeSaysWhatItTakes() throws Exception {
    for (String type : List.of("Condition", "PaymentReconciliation")) {
      assertEquals("create update", interactions(offered("elm", type)), type);
      String word = "Wort" + NUMBER.incrementAndGet();
      assertLanded(ended("elm", "POST", "/" + type, sample(type, word)));
      assertOne(Sample.of(type, word).count(), PAT, word);
    }
    JsonNode problem = offered("oak", "Condition");
    assertEquals("update", interactions(problem), "what stands may be changed");
    assertFalse(problem.path("updateCreate").asBoolean(), problem.toString());
    JsonNode payment = offered("oak", "PaymentReconciliation");
    assertEquals("", interactions(payment));
    Map<String, String> reasons =
        Map.of(
            "Condition",
            "diseases.post is off: the practice has switched it off (writes.off)",
            "PaymentReconciliation",
            "payments.post is off: off unless the practice switches it on (writes.on)");
    for (Map.Entry<String, String> each : reasons.entrySet()) {
      String type = each.getKey();
      String said = offered("oak", type).path("documentation").asText();
      assertTrue(said.contains(each.getValue()), said);
      String word = "Wort" + NUMBER.incrementAndGet();
      Sample sample = Sample.of(type, word);
      assertNotOffered(send("oak", "POST", "/" + type, sample.about("oak", word)), each.getValue());
      assertEquals(0, house.office("oak").count(sample.count(), PAT, word), type);
    }
    JsonNode allergy = offered("oak", "AllergyIntolerance");
    assertEquals("create update", interactions(allergy));
    String word = "Wort" + NUMBER.incrementAndGet();
    Sample sample = Sample.of("AllergyIntolerance", word);
    assertLanded(ended("oak", "POST", "/AllergyIntolerance", sample.about("oak", word)));
    assertEquals(1, house.office("oak").count(sample.count(), PAT, word));
    String exams = "perioexams.post is off: needs Open Dental 24.1, the office has 23.1.30";
    JsonNode observation = offered("oak", "Observation");
    assertEquals("create update", interactions(observation), "others are kept in words");
    assertTrue(observation.path("documentation").asText().contains(exams), observation.toString());
    String atElm = offered("elm", "Observation").path("documentation").asText();
    assertFalse(atElm.contains("perioexams"), atElm);
  }

  /** A permission may come back any day: what needs it is offered, waits, and lands then. */
  @Test
  void theCapabilityStatementFollowsTheKeysPermissions() throws Exception {
    String lacks = "documents.post is off: the key lacks ApiDocuments";
    assertFalse(documented("DocumentReference").contains(lacks), "not yet");
    OfficeSettings before = house.api().settings("elm");
    try {
      house
          .api()
          .change(
              "elm",
              settings -> {
                Set<String> held = new TreeSet<>(settings.permissions());
                held.remove("ApiDocuments");
                return settings.withPermissions(held);
              });
      askedAgain();
      String said = documented("DocumentReference");
      assertTrue(said.contains(lacks), said);
      assertEquals("create update", interactions(offered("elm", "DocumentReference")));
      assertFalse(documented("Condition").contains("ApiDocuments"), "of no other type");
      String word = "Wort" + NUMBER.incrementAndGet();
      HttpResponse<String> waits = waiting("DocumentReference", word, PAT, "ApiDocuments");
      house.api().change("elm", settings -> before);
      askedAgain();
      assertFalse(documented("DocumentReference").contains(lacks), "nor any more");
      assertLanded(untilEnded("elm", waits));
      assertOne(Sample.of("DocumentReference", word).count(), PAT, word);
    } finally {
      house.api().change("elm", settings -> before);
      askedAgain();
    }
  }

  private static String documented(String type) throws Exception {
    return offered("elm", type).path("documentation").asText();
  }

  private static JsonNode offered(String practice, String type) throws Exception {
    HttpResponse<String> metadata = send(practice, "GET", "/metadata", "");
    assertEquals(200, metadata.statusCode(), metadata.body());
    for (JsonNode resource : JSON.readTree(metadata.body()).at("/rest/0/resource")) {
      if (resource.path("type").asText().equals(type)) {
        return resource;
      }
    }
    throw new AssertionError(type + " is not in it");
  }

  private static String interactions(JsonNode resource) {
    return String.join(" ", resource.path("interaction").findValuesAsText("code"));
  }

  private static void assertNotOffered(HttpResponse<String> refused, String reason)
      throws Exception {
    assertEquals(405, refused.statusCode(), refused.body());
    JsonNode issue = JSON.readTree(refused.body()).at("/issue/0");
    assertEquals("not-supported", issue.path("code").asText(), refused.body());
    assertTrue(issue.path("diagnostics").asText().contains(reason), refused.body());
    String id = refused.request().headers().firstValue("X-Request-Id").orElseThrow();
    assertEquals(
        List.of(), house.ledger().texts("select id from message where control_id = ?", id));
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

  @Test
  void whatOfAPatientHasNoFieldIsNamedOnTheReceiptByItsPathAndNeverByItsValue() throws Exception {
    String word = "Known" + NUMBER.incrementAndGet();
    // PID-10, two addresses in PID-11, and PID-18.
    house.accepted(
        "elm",
        Hospital.message(
            "ADT^A28",
            word,
            pid(word)
                + "||2106-3^White^HL70005|12 Elm St.^^Salem^OR^97301^USA^H~9 Mill Rd^^Salem^OR^97301^USA^B|||||||ACC-77"));
    assertEquals(
        Set.of(
            "left out: PID-10 (race and ethnicity: the API does not write them)",
            "left out: PID-18 (accounts and licences: the office's own business)",
            "left out: Patient.address[1] (the API has fields for one address in two lines)"),
        texts(landed(word)));
    assertOne(
        "select count(*) from patient where LName = ? and Address = '12 Elm St.'",
        word.toLowerCase(Locale.ROOT));

    String other = "Known" + NUMBER.incrementAndGet();
    JsonNode end =
        ended(
            "elm",
            "PUT",
            "/Patient/" + other,
            """
            {"resourceType": "Patient", "id": "WORD", "active": true, "birthDate": "BORN", "gender": "female",
             "name": [{"use": "official", "family": "WORD", "given": ["Ada"], "suffix": ["Secret"]}],
             "telecom": [{"system": "fax", "value": "503-555-0177"}, {"system": "email", "use": "old", "value": "former@example.org"}],
             "link": [{"other": {"reference": "Patient/another"}, "type": "replaced-by"}, {"other": {"reference": "Patient/third"}, "type": "seealso"}],
             "photo": [{"contentType": "image/png", "data": "AAAA"}],
             "extension": [{"url": "http://hl7.org/fhir/us/core/StructureDefinition/us-core-birthsex", "valueCode": "F"}]}
            """
                .replace("WORD", other)
                .replace("BORN", born(other).replaceFirst("(....)(..)(..)", "$1-$2-$3")));
    assertEquals("landed", end.path("end").asText(), end.toString());
    assertEquals(
        Set.of(
            "left out: Patient.name[0].suffix (the API has fields for one name, family, given, middle and preferred)",
            "left out: Patient.link[0] (two patients are made one by the office, or by an A40 of HL7 v2)",
            "left out: Patient.telecom[0], Patient.telecom[1] (the API has fields for one phone at home, at work and to carry, and for one e-mail address)",
            "left out: Patient.photo (the API does not write it)",
            "left out: Patient.extension('us-core-birthsex') (nothing here reads it; codes/patient-field may name a custom field for it)"),
        texts(end.path("warnings")));
    assertOne("select count(*) from patient where LName = ? and Email = ''", other);
    // Neither a note nor a file is what the practice chose.
    for (String table : List.of("commlog", "document")) {
      for (String name : List.of(word.toLowerCase(Locale.ROOT), other)) {
        assertEquals(
            0,
            house
                .office("elm")
                .count(
                    "select count(*) from "
                        + table
                        + " t join patient p on p.PatNum = t.PatNum where p.LName = ?",
                    name),
            table);
      }
    }
  }

  private static Set<String> texts(JsonNode list) {
    Set<String> texts = new TreeSet<>();
    list.forEach(each -> texts.add(each.asText()));
    return texts;
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

  /** Step 2 of 2: the subscription stands, is named, and is found by the next message. */
  @Test
  void aCoverageWhoseLastStepIsRefusedSaysWhatStandsAndIsNotMadeTwiceLater() throws Exception {
    String word = "Wort" + NUMBER.incrementAndGet();
    String body = Sample.of("Coverage", word).about("elm", word);
    house
        .api()
        .faults()
        .arm(Fault.of("elm", FaultKind.UNKNOWN_400).on("POST", "/patplans").times(0));
    JsonNode end = ended("elm", "POST", "/Coverage", body);
    house.api().faults().clear();
    String subscription = "select InsSubNum from inssub where SubscriberID = ?";
    long stands = house.office("elm").count(subscription, word);
    assertEquals("landed", end.path("end").asText(), end.toString());
    assertEquals(stands, end.path("keys").path("InsSubNum").asLong(), end.toString());
    assertTrue(end.path("keys").path("PatPlanNum").isMissingNode(), end.toString());
    assertTrue(
        end.path("warnings")
            .toString()
            .contains(
                "Coverage was left in part: Open Dental refused patplans.post: HTTP 400 with a text that Pontic does not know; of it stands InsSubNum "
                    + stands),
        end.toString());
    String covered = Sample.of("Coverage", word).count();
    assertEquals(0, house.office("elm").count(covered, PAT, word));
    JsonNode again = ended("elm", "POST", "/Coverage", body);
    assertEquals("landed", again.path("end").asText(), again.toString());
    assertOne(covered, PAT, word);
    assertOne("select count(*) from inssub where SubscriberID = ?", word);
  }

  /** It is the office's to take away: whoever repeats his words hears no refusal. */
  @Test
  void aCoverageThatTheOfficeDeletedIsNoChangeWhenItIsRepeated() throws Exception {
    String word = "Wort" + NUMBER.incrementAndGet();
    String body = Sample.of("Coverage", word).about("elm", word);
    JsonNode made = ended("elm", "POST", "/Coverage", body);
    assertEquals("landed", made.path("end").asText(), made.toString());
    ChartDesk desk = new ChartDesk(house.sandbox().practice("elm"));
    desk.deleteRow("patplan", made.path("keys").path("PatPlanNum").asLong());
    desk.deleteRow("inssub", made.path("keys").path("InsSubNum").asLong());
    JsonNode again = ended("elm", "POST", "/Coverage", body);
    assertEquals("no change", again.path("end").asText(), again.toString());
    assertTrue(again.toString().contains("is no longer in Open Dental"), again.toString());
    assertEquals(
        0, house.office("elm").count("select count(*) from inssub where SubscriberID = ?", word));
    // Of one whose subscription is refused nothing is said to be there.
    String other = "Wort" + NUMBER.incrementAndGet();
    house
        .api()
        .faults()
        .arm(Fault.of("elm", FaultKind.UNKNOWN_400).on("POST", "/inssubs").times(0));
    JsonNode refused =
        ended("elm", "POST", "/Coverage", Sample.of("Coverage", other).about("elm", other));
    house.api().faults().clear();
    assertEquals("refused", refused.path("end").asText(), refused.toString());
  }

  /** Of four steps: company, plan, subscription, coverage. */
  @ParameterizedTest
  @CsvSource({"/insplans, DROP_AFTER", "/insplans, ", "/inssubs, TIMEOUT_AFTER", "/inssubs, "})
  void aCoverageThatIsRefusedInTheMiddleSaysWhatWasMadeForIt(String path, FaultKind before)
      throws Exception {
    String word = "Wort" + NUMBER.incrementAndGet();
    String body =
        Sample.of("Coverage", word)
            .about("oak", word)
            .replace("Plaster Mutual", word + " Life")
            .replace("G-100", "G-" + word);
    if (before != null) {
      house.arm(before, Fault.of("oak", before).on("POST", "/carriers").times(1));
    }
    house.api().faults().arm(Fault.of("oak", FaultKind.UNKNOWN_400).on("POST", path).times(0));
    JsonNode end = ended("oak", "POST", "/Coverage", body);
    house.api().faults().clear();
    assertEquals("refused", end.path("end").asText(), end.toString());
    MadeOf made = new MadeOf(word);
    assertEquals(1, made.rows("carrier", "CarrierName = concat(?, ' Life')"));
    assertEquals(
        path.equals("/inssubs") ? 1 : 0, made.rows("insplan", "GroupNum = concat('G-', ?)"));
    assertEquals(0, made.rows("inssub", "SubscriberID = ?"));
    String stands =
        "; of it stands CarrierNum "
            + made.key("CarrierNum", "carrier", "CarrierName = concat(?, ' Life')")
            + (path.equals("/inssubs")
                ? ", PlanNum " + made.key("PlanNum", "insplan", "GroupNum = concat('G-', ?)")
                : "");
    assertTrue(end.toString().contains(stands), stands + " in " + end);
    JsonNode again = ended("oak", "POST", "/Coverage", body);
    assertEquals("landed", again.path("end").asText(), again.toString());
    assertEquals(1, made.rows("carrier", "CarrierName = concat(?, ' Life')"), "made once");
    assertEquals(1, made.rows("insplan", "GroupNum = concat('G-', ?)"), "made once");
    assertEquals(
        1,
        house
            .office("oak")
            .count(
                "select count(*) from patplan t join inssub s on s.InsSubNum = t.InsSubNum where t.PatNum = ? and s.SubscriberID = ?",
                PAT,
                word));
  }

  /** What a message of one word made at oak. */
  private record MadeOf(String word) {
    long rows(String table, String where) {
      return house.office("oak").count("select count(*) from " + table + " where " + where, word);
    }

    long key(String column, String table, String where) {
      return house
          .office("oak")
          .count("select " + column + " from " + table + " where " + where, word);
    }
  }

  /** Half is not begun where the rest cannot follow. */
  @Test
  void nothingIsMadeForWhatIsOff() throws Exception {
    String word = "Wort" + NUMBER.incrementAndGet();
    OfficeSettings before = house.api().settings("oak");
    try {
      house
          .api()
          .change(
              "oak",
              settings -> {
                Set<String> held = new TreeSet<>(settings.permissions());
                held.remove("ApiInsurance");
                return settings.withPermissions(held);
              });
      askedAgain();
      HttpResponse<String> answer =
          send(
              "oak",
              "POST",
              "/Coverage",
              Sample.of("Coverage", word)
                  .about("oak", word)
                  .replace("Plaster Mutual", word + " Life"));
      String id = answer.request().headers().firstValue("X-Request-Id").orElseThrow();
      House.until(
          "it waits for its plan",
          () -> house.ledger().reason(id).contains("insplans.post is off"));
      MadeOf made = new MadeOf(word);
      assertEquals(0, made.rows("carrier", "CarrierName = concat(?, ' Life')"));
      house.api().change("oak", settings -> before);
      askedAgain();
      JsonNode end = untilEnded("oak", answer);
      assertEquals("landed", end.path("end").asText(), end.toString());
      assertEquals(1, made.rows("carrier", "CarrierName = concat(?, ' Life')"));
    } finally {
      house.api().change("oak", settings -> before);
      askedAgain();
    }
  }

  @Test
  void coverageUnderAPlanThatTheOfficeLacksOrOfSomebodyElseIsRefused() throws Exception {
    String word = "Wort" + NUMBER.incrementAndGet();
    String body = Sample.of("Coverage", word).about("elm", word);
    JsonNode lacks = ended("elm", "POST", "/Coverage", body.replace("G-100", "G-" + word));
    assertEquals("refused", lacks.path("end").asText(), lacks.toString());
    assertTrue(
        lacks.path("reason").asText().contains("insplans.post is off: off unless the practice"),
        lacks.toString());
    JsonNode spouse = ended("elm", "POST", "/Coverage", body.replace("\"self\"", "\"spouse\""));
    assertEquals("refused", spouse.path("end").asText(), spouse.toString());
    assertTrue(
        spouse.path("reason").asText().contains("somebody else is the subscriber"),
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
    assertEquals("refused", other.path("end").asText(), other.toString());
    assertTrue(
        other.path("reason").asText().contains("Open Dental's API cannot change PayAmt of PayNum"),
        other.toString());
    assertEquals(1, house.office("elm").count(sample.count(), PAT, word));
    assertNotOffered(
        send("oak", "POST", "/PaymentReconciliation", sample.about("oak", word)),
        "payments.post is off: off unless the practice switches it on (writes.on)");
    assertEquals(0, house.office("oak").count(sample.count(), PAT, word));
  }

  /** All that the office has been told of a payment of these words, whatever it says. */
  private static final String PAYMENTS =
      "select PayNum, PatNum, PayAmt, PayDate, PayNote from payment where PayNote like concat(?, ' [ref P-%')";

  private static JsonNode paid(FacadeClient by, String method, String path, String body)
      throws Exception {
    HttpResponse<String> accepted = by.send("elm", method, "/PaymentReconciliation" + path, body);
    assertEquals(202, accepted.statusCode(), accepted.body());
    return by.untilEnded("elm", accepted);
  }

  /** The desk changes what stands in its books. */
  private static void books(String sql, Object... parameters) {
    JdbcClient.create(house.sandbox().practice("elm").dataSource())
        .sql(sql)
        .params(List.of(parameters))
        .update();
  }

  private static void assertNoChange(JsonNode end, List<Map<String, Object>> stands, String word) {
    assertEquals(stands, house.office("elm").rows(PAYMENTS, word), end.toString());
    assertEquals("no change", end.path("end").asText(), end.toString());
  }

  private static void assertRefused(
      String reason, JsonNode end, List<Map<String, Object>> stands, String word) {
    assertEquals(stands, house.office("elm").rows(PAYMENTS, word), end.toString());
    assertEquals("refused", end.path("end").asText(), end.toString());
    assertTrue(end.path("reason").asText().contains(reason), end.toString());
  }

  private static String under(String said, String... systems) {
    String word = said.replaceFirst("(?s).*\"disposition\": \"(\\w+)\".*", "$1");
    return said.replaceFirst(
        "\"identifier\": \\[[^]]*]",
        "\"identifier\": ["
            + Stream.of(systems)
                .map(
                    system -> "{\"system\": \"urn:%s\", \"value\": \"%s\"}".formatted(system, word))
                .collect(Collectors.joining(", "))
            + "]");
  }

  @Test
  void aPaymentUnderOneNumberIsOnePaymentHoweverItsSenderSendsIt() throws Exception {
    String word = "Wort" + NUMBER.incrementAndGet();
    String said = Sample.of("PaymentReconciliation", word).about("elm", word);
    String updated = said.replace("\"status\"", "\"id\": \"" + word + "\", \"status\"");
    String both = under(said, "hospital:payment", "bank:payment");
    assertEquals("landed", paid(client, "POST", "", both).path("end").asText());
    List<Map<String, Object>> rows = house.office("elm").rows(PAYMENTS, word);
    assertEquals(1, rows.size());
    // One number may be that of a batch: neither dropped nor booked in silence.
    assertRefused(
        "PayNum " + rows.get(0).get("PayNum") + " bears one of its numbers and one that it has not",
        paid(client, "POST", "", under(said, "till:receipt", "bank:payment")),
        rows,
        word);
    for (String numbers :
        List.of(
            "bank:payment",
            "hospital:payment",
            "bank:payment hospital:payment",
            "till:receipt hospital:payment bank:payment")) {
      String[] systems = numbers.split(" ");
      assertNoChange(paid(client, "POST", "", under(said, systems)), rows, word);
      assertNoChange(paid(client, "PUT", "/" + word, under(updated, systems)), rows, word);
      assertNoChange(
          paid(
              client,
              "PUT",
              "?identifier=urn:" + systems[systems.length - 1] + "%7C" + word,
              under(said, systems)),
          rows,
          word);
    }
    // By what the client calls it, it is known under any number, and under none.
    assertNoChange(paid(client, "PUT", "/" + word, under(updated, "till:other")), rows, word);
    assertNoChange(
        paid(client, "PUT", "/" + word, updated.replaceFirst("\"identifier\": \\[[^]]*], ", "")),
        rows,
        word);
    assertRefused(
        "cannot change PayAmt of PayNum " + rows.get(0).get("PayNum"),
        paid(client, "PUT", "/" + word, updated.replace("25.5", "30.5")),
        rows,
        word);
  }

  @Test
  void aPaymentUnderOneNumberIsOnePaymentWhoeverSendsIt() throws Exception {
    String word = "Wort" + NUMBER.incrementAndGet();
    String said = Sample.of("PaymentReconciliation", word).about("elm", word);
    String both = under(said, "hospital:payment", "bank:payment");
    assertEquals("landed", paid(client, "POST", "", both).path("end").asText());
    List<Map<String, Object>> rows = house.office("elm").rows(PAYMENTS, word);
    assertEquals(1, rows.size());
    String payNum = "PayNum " + rows.get(0).get("PayNum");
    for (String system : List.of("hospital:payment", "bank:payment")) {
      String its = under(said, system);
      assertRefused(
          "cannot change PayAmt of " + payNum,
          paid(clearing, "POST", "", its.replace("25.5", "30.5")),
          rows,
          word);
      assertRefused(
          "cannot change PayDate of " + payNum,
          paid(clearing, "POST", "", its.replace("2026-03-03", "2026-03-02")),
          rows,
          word);
      assertRefused(
          "one was told of PatNum " + PAT + ", and one number is one row",
          paid(clearing, "POST", "", its.replace("elm-patient-5", "elm-patient-6")),
          rows,
          word);
    }
    for (String system : List.of("bank:payment", "hospital:payment")) {
      assertNoChange(paid(clearing, "POST", "", under(said, system)), rows, word);
    }
    assertRefused(
        "one was told of PatNum " + PAT,
        paid(client, "POST", "", said.replace("elm-patient-5", "elm-patient-6")),
        rows,
        word);
    // The office takes it out of its books, and nobody brings it back by saying it again.
    books("delete from payment where PayNum = ?", rows.get(0).get("PayNum"));
    for (FacadeClient by : List.of(client, clearing)) {
      JsonNode end = paid(by, "POST", "", under(said, "bank:payment"));
      assertNoChange(end, List.of(), word);
      assertTrue(end.toString().contains("is no longer in Open Dental"), end.toString());
    }
  }

  /** A number that is of no system is its sender's own. */
  @Test
  void aPaymentUnderANumberThatIsOfNoSystemIsItsSendersAlone() throws Exception {
    String word = "Wort" + NUMBER.incrementAndGet();
    String said =
        Sample.of("PaymentReconciliation", word)
            .about("elm", word)
            .replace("\"system\": \"urn:hospital:payment\", ", "");
    for (FacadeClient by : List.of(client, clearing)) {
      assertEquals("landed", paid(by, "POST", "", said).path("end").asText());
      List<Map<String, Object>> rows = house.office("elm").rows(PAYMENTS, word);
      assertNoChange(paid(by, "POST", "", said), rows, word);
    }
    assertEquals(2, house.office("elm").rows(PAYMENTS, word).size());
  }

  @ParameterizedTest
  @EnumSource(names = {"TIMEOUT_AFTER", "LANDS_LATE", "DROP_BEFORE"})
  void ofTwoWhoSendOnePaymentAtOnceOneLands(FaultKind fault) throws Exception {
    String word = "Wort" + NUMBER.incrementAndGet();
    String said = Sample.of("PaymentReconciliation", word).about("elm", word);
    house.api().faults().arm(Fault.of("elm", fault).on("POST", "/payments"));
    List<String> ends = new ArrayList<>();
    List<FacadeClient> senders = List.of(client, clearing);
    List<HttpResponse<String>> accepted = new ArrayList<>();
    for (FacadeClient by : senders) {
      accepted.add(by.send("elm", "POST", "/PaymentReconciliation", said));
    }
    for (int i = 0; i < accepted.size(); i++) {
      ends.add(senders.get(i).untilEnded("elm", accepted.get(i)).path("end").asText());
    }
    assertEquals(1, house.office("elm").rows(PAYMENTS, word).size(), ends.toString());
    assertEquals(List.of("landed", "no change"), ends);
  }

  /** As rows bear it that were made when a number was its sender's alone. */
  @Test
  void aPaymentThatBearsItsSendersOldMarkIsFound() throws Exception {
    String word = "Wort" + NUMBER.incrementAndGet();
    String said = Sample.of("PaymentReconciliation", word).about("elm", word);
    String before = "Wort" + NUMBER.incrementAndGet();
    paid(client, "POST", "", Sample.of("PaymentReconciliation", before).about("elm", before));
    assertEquals("landed", paid(client, "POST", "", said).path("end").asText());
    String mark =
        house
            .bundle()
            .store()
            .vault()
            .index(
                "marker",
                "elm|hospital|PaymentReconciliation|urn:hospital:payment|"
                    + word
                    + "|0|payments.post")
            .replaceAll("[^A-Za-z0-9]", "")
            .substring(0, 10)
            .toUpperCase(Locale.ROOT);
    long payNum =
        ((Number) house.office("elm").rows(PAYMENTS, word).get(0).get("PayNum")).longValue();
    books(
        "update payment set PayNote = ? where PayNum = ?", word + " [ref P-" + mark + "]", payNum);
    List<Map<String, Object>> rows = house.office("elm").rows(PAYMENTS, word);
    String last =
        house
            .ledger()
            .texts("select id from message where practice = 'elm' order by seq desc limit 1")
            .get(0);
    assertTrue(house.ledger().change("delete from asserted where message_id = ?", last) > 0);
    for (FacadeClient by : List.of(clearing, client)) {
      assertNoChange(paid(by, "POST", "", said), rows, word);
    }
    assertNoChange(
        paid(
            client,
            "PUT",
            "/" + word,
            said.replace("\"status\"", "\"id\": \"" + word + "\", \"status\"")),
        rows,
        word);
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
            panel(word, "Panel " + word, "F"),
            "OBX|1|NM|2345-7^Glucose^LN||182|mg/dL|70-105|H|||F"));
    JsonNode warnings = landed(id);
    assertFalse(warnings.toString().contains("was left"), warnings.toString());
    assertOne(
        "select count(*) from document d join patient p on p.PatNum = d.PatNum where p.LName = ? and d.Description like concat('Panel ', ?, ' [ref P-%') and d.Note = '_rawBase64_:.txt_R2x1Y29zZTogMTgyIG1nL2RMICg3MC0xMDUpIFtIXQ=='",
        word.toLowerCase(Locale.ROOT), word);
  }

  /** Nobody shall read as a value what its laboratory has taken back, nor as final what is not. */
  @Test
  void aResultThatIsNotFinalSaysSoAndOneThatWasTakenBackTellsNoValue() throws Exception {
    String word = known("elm");
    String id = word + "-states";
    house.accepted(
        "elm",
        Hospital.message(
            "ORU^R01",
            id,
            pid(word),
            panel(word, "Panel", "C"),
            "OBX|1|NM|2345-7^Glucose^LN||182|mg/dL|70-105|H|||F",
            "OBX|2|NM|2823-3^Potassium^LN||4.1|mmol/L||N|||C",
            "OBX|3|NM|2951-2^Sodium^LN||139|mmol/L||N|||P",
            "OBX|4|NM|6301-6^INR^LN||7.5|||HH|||W",
            "OBX|5|NM|718-7^Hemoglobin^LN||6.1|g/dL||LL|||D",
            "OBX|6|NM|777-3^Platelets^LN||||||||X"));
    landed(id);
    assertOne(
        "select count(*) from document d join patient p on p.PatNum = d.PatNum where p.LName = ? and d.Description like 'Corrected: Panel [ref P-%' and d.Note = ?",
        word.toLowerCase(Locale.ROOT),
        base64(
            "Glucose: 182 mg/dL (70-105) [H]\nPotassium: 4.1 mmol/L - corrected\nSodium: 139 mmol/L - preliminary\n"
                + "INR: was wrong and is taken back by its sender\nHemoglobin: taken back by its sender\nPlatelets: no result can be had"));
  }

  @ParameterizedTest
  @CsvSource({
    "docStatus, preliminary, Preliminary",
    "docStatus, amended, Corrected",
    "status, superseded, Superseded"
  })
  void aDocumentThatIsNotTheLastWordSaysSoBeforeItsTitle(String element, String code, String said)
      throws Exception {
    String word = "Wort" + NUMBER.incrementAndGet();
    String body = sample("DocumentReference", word);
    JsonNode end =
        ended(
            "elm",
            "POST",
            "/DocumentReference",
            element.equals("status")
                ? body.replace("\"current\"", "\"" + code + "\"")
                : body.replace("\"status\"", "\"docStatus\": \"" + code + "\", \"status\""));
    assertLanded(end);
    assertOne(Sample.of("DocumentReference", word).count(), PAT, said + ": " + word);
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
              type.startsWith("REF") ? "" : panel(id, "Panel", "F"),
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
    // Her maiden name, which the office does not know; were nothing hers, it would be compared
    // again.
    String stranger = "Stranger" + NUMBER.incrementAndGet();
    long patients = house.office("elm").count("select count(*) from patient");
    String held = stranger + "-held";
    house.accepted("elm", asBornOn(born(word), result(type, held, stranger), stranger));
    ended(held);
    house.ledger().assertEnd("parked", held);
    String behind = stranger + "-behind";
    house.accepted("elm", asBornOn(born(word), result(type, behind, stranger), stranger));
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
    house.accepted("elm", asBornOn(born(word), result(type, later, stranger), stranger));
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

  private static byte[] asBornOn(String birth, byte[] message, String word) {
    return new String(message, StandardCharsets.UTF_8)
        .replace("|" + born(word) + "|", "|" + birth + "|")
        .getBytes(StandardCharsets.UTF_8);
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
    // Who asks has sent the patient.
    assertOne(
        "select count(*) from refattach a join referral r on r.ReferralNum = a.ReferralNum join patient p on p.PatNum = a.PatNum where p.LName = ? and r.LName = 'Stone' and r.FName = 'Mara' and a.RefType = 1",
        word.toLowerCase(Locale.ROOT));
  }

  /** Insurance of an ADT is taken where it says that it is dental, under a plan that there is. */
  @Test
  void dentalInsuranceOfAnAdtIsWrittenAndOtherInsuranceIsLeft() throws Exception {
    String word = known("elm");
    String id = word + "-insured";
    house.accepted(
        "elm",
        Hospital.message(
            "ADT^A08",
            id,
            pid(word),
            insurance("Plaster Mutual", "G-100", "SEL", word + "-D", "D"),
            insurance("Plaster Mutual", "G-100", "SEL", word + "-M", "M"),
            insurance("Plaster Mutual", "G-100", "SPO", word + "-S", "D"),
            insurance("Nobody's Mutual", "G-" + word, "SEL", word + "-N", "D")));
    String warnings = landed(id).toString();
    assertOne(
        "select count(*) from patplan t join inssub s on s.InsSubNum = t.InsSubNum join patient p on p.PatNum = t.PatNum and p.PatNum = s.Subscriber"
            + " join insplan l on l.PlanNum = s.PlanNum where p.LName = ? and s.SubscriberID = ? and s.DateEffective = '2026-01-01' and l.GroupNum = 'G-100'",
        word.toLowerCase(Locale.ROOT),
        word + "-D");
    assertEquals(
        1,
        house
            .office("elm")
            .count("select count(*) from inssub where SubscriberID like concat(?, '-%')", word));
    for (String said :
        List.of("left out: IN1", "somebody else is the subscriber", "Coverage was left: ")) {
      assertTrue(warnings.contains(said), said + " in " + warnings);
    }
    assertFalse(warnings.contains(word), warnings);
    // Told once more, it is looked for in no list.
    String again = word + "-again";
    house.api().requests().clear();
    house.accepted(
        "elm",
        Hospital.message(
            "ADT^A08",
            again,
            pid(word),
            insurance("Plaster Mutual", "G-100", "SEL", word + "-D", "D")));
    ended(again);
    house.ledger().assertEnd("no change", again);
    assertEquals(
        List.of(),
        house.api().requests().list().stream()
            .filter(request -> request.template().matches("/(inssubs|patplans).*"))
            .toList());
  }

  private static String insurance(
      String company, String group, String relation, String number, String kind) {
    return "IN1|1|P|C|"
        + company
        + "||||"
        + group
        + "||||20260101|||||"
        + relation
        + "|".repeat(30)
        + kind
        + "||"
        + number;
  }

  /** Whose own matter it is waits for it; what comes along with something else is left. */
  @ParameterizedTest(name = "InsuranceSimple is called otherwise: {0}")
  @ValueSource(booleans = {false, true})
  void aMissingPermissionForInsuranceAndPaymentsIsSaidAndWaitedFor(boolean otherwise)
      throws Exception {
    String word = known("elm");
    String own = "Wort" + NUMBER.incrementAndGet();
    OfficeSettings before = house.api().settings("elm");
    try {
      house
          .api()
          .change(
              "elm",
              settings -> {
                Set<String> held = new TreeSet<>(settings.permissions());
                held.removeAll(Set.of("ApiInsuranceSimple", "ApiPayments"));
                if (otherwise) {
                  // The key has it, under a name that nobody could confirm.
                  held.add("ApiInsSimple");
                }
                return settings.withPermissions(held);
              });
      askedAgain();
      String writes = house.control("/control/capabilities");
      for (String permission : List.of("ApiInsuranceSimple", "ApiPayments")) {
        assertTrue(writes.contains("the key lacks " + permission), permission + " in " + writes);
      }
      List<HttpResponse<String>> accepted = new ArrayList<>();
      accepted.add(waiting("Coverage", own, PAT, "ApiInsuranceSimple"));
      // Of another: who waits is waited for by what comes after him.
      accepted.add(waiting("PaymentReconciliation", own, PAT + 1, "ApiPayments"));
      String moved = word + "-moved";
      house.accepted(
          "elm",
          Hospital.message(
              "ADT^A08",
              moved,
              pid(word) + "|||9 Elsewhere^^Salem^OR^97301",
              insurance("Plaster Mutual", "G-100", "SEL", word, "D")));
      String warnings = landed(moved).toString();
      assertTrue(
          warnings.contains(
              "Coverage was left: inssubs.post is off: the key lacks ApiInsuranceSimple"),
          warnings);
      assertEquals(
          0, house.office("elm").count(Sample.of("Coverage", own).count(), PAT, own), "coverage");
      assertEquals(
          0,
          house.office("elm").count(Sample.of("PaymentReconciliation", own).count(), PAT + 1, own),
          "payment");
      house.api().change("elm", settings -> before);
      askedAgain();
      for (HttpResponse<String> each : accepted) {
        JsonNode end = untilEnded("elm", each);
        assertEquals("landed", end.path("end").asText(), end.toString());
      }
      assertOne(Sample.of("Coverage", own).count(), PAT, own);
      assertOne(Sample.of("PaymentReconciliation", own).count(), PAT + 1, own);
    } finally {
      house.api().change("elm", settings -> before);
      askedAgain();
    }
  }

  /** Sends what is not permitted, and returns once its receipt says what it waits for. */
  private static HttpResponse<String> waiting(
      String type, String word, long patient, String permission) throws Exception {
    HttpResponse<String> answer =
        send(
            "elm",
            "POST",
            "/" + type,
            Sample.of(type, word)
                .about("elm", word)
                .replace("elm-patient-" + PAT, "elm-patient-" + patient));
    String id = answer.request().headers().firstValue("X-Request-Id").orElseThrow();
    House.until(
        type + " waits for its permission", () -> house.ledger().reason(id).contains(permission));
    assertEquals("", house.ledger().end(id));
    return answer;
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

  /**
   * @param number of both, who asked and who fills it
   * @param state of the whole, HL7 table 0123
   */
  private static String panel(String number, String name, String state) {
    return "OBR|1|PL-%s^LAKE|FI-%s^LAB|24323-8^%s^LN|||202603010700|||||||||||||||20260301090000||CH|%s"
        .formatted(number, number, name, state);
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

  /** Under one number; a file's bytes cannot be changed, so each text is a file of its own. */
  @Test
  void aCorrectedResultIsAnotherFileAndTheFirstStays() throws Exception {
    String word = "Wort" + NUMBER.incrementAndGet();
    String result =
        """
        {"resourceType": "Observation", "status": "final", "subject": {"reference": "Patient/oak-patient-PAT"}, "code": {"text": "Glucose WORD"},
         "identifier": [{"system": "urn:lab:result", "value": "WORD"}], "effectiveDateTime": "2026-03-01", "valueQuantity": {"value": 5.5, "unit": "mmol/L"}}
        """
            .replace("PAT\"", PAT + "\"")
            .replace("WORD", word);
    String corrected = result.replace("\"final\"", "\"corrected\"").replace("5.5", "15.5");
    List<String> ends = new ArrayList<>();
    for (String said : List.of(result, corrected, corrected)) {
      ends.add(ended("oak", "POST", "/Observation", said).path("end").asText());
    }
    String title = "Glucose " + word + ", 2026-03-01";
    for (String text : List.of(": 5.5 mmol/L", ": 15.5 mmol/L")) {
      String state = text.contains("15") ? " (corrected)" : "";
      assertEquals(
          1,
          house
              .office("oak")
              .count(
                  "select count(*) from document where PatNum = ? and Description like concat(?, ' [ref P-%') and Note = ?",
                  PAT, title, base64(title + state + "\nGlucose " + word + text)),
          text);
    }
    assertEquals(List.of("landed", "landed", "no change"), ends);
  }

  @ParameterizedTest
  @ValueSource(strings = {"MDM^T02", "ORU^R01"})
  void aFileWithOtherBytesUnderItsNumberIsFiledBesideTheFirst(String type) throws Exception {
    String word = known("elm");
    for (String text : List.of("5.0", "15.0")) {
      String id = word + "-" + text;
      boolean isCorrected = type.startsWith("ORU") && text.equals("15.0");
      String obx =
          "OBX|1|NM|2345-7^Glucose^LN||" + text + "|mmol/L|||||" + (text.equals("5.0") ? "F" : "C");
      house.accepted(
          "elm",
          type.startsWith("MDM")
              ? Hospital.message(
                  type,
                  id,
                  "EVN|T02|20260301101500",
                  pid(word),
                  "TXA|1|LET|AP|20260228||||||||DOC-" + word + "^LAKE|||||AU||AV||||||" + word,
                  "OBX|1|TX|TXT^Text^L||Glucose: " + text + " mmol/L||||||F")
              : Hospital.message(type, id, pid(word), panel(word, word, "F"), obx));
      landed(id);
      assertOne(
          "select count(*) from document d join patient p on p.PatNum = d.PatNum where p.LName = ? and d.Description like concat(?, ' [ref P-%') and d.Note = ?",
          word.toLowerCase(Locale.ROOT),
          word,
          base64("Glucose: " + text + " mmol/L" + (isCorrected ? " - corrected" : "")));
    }
  }

  /** Until when it may be dispensed, or was to be taken, is no day on which it ended. */
  @Test
  void anOrderThatWasStoppedIsNotTakenUntilADayToCome() throws Exception {
    String word = "Wort" + NUMBER.incrementAndGet();
    String ordered =
        """
        {"resourceType": "MedicationRequest", "status": "active", "intent": "order", "subject": {"reference": "Patient/elm-patient-PAT"},
         "identifier": [{"system": "urn:hospital:order", "value": "WORD"}], "medicationReference": {"reference": "#meant"}, "authoredOn": "2026-02-03",
         "contained": [{"resourceType": "Medication", "id": "part", "code": {"text": "WORD-part"}},
          {"resourceType": "Medication", "id": "meant", "code": {"text": "WORD"}, "ingredient": [{"itemReference": {"reference": "#part"}}]}],
         "dispenseRequest": {"validityPeriod": {"end": "2999-02-01"}}}
        """
            .replace("PAT\"", PAT + "\"")
            .replace("WORD", word);
    JsonNode end = ended("elm", "POST", "/MedicationRequest", ordered);
    assertEquals("landed", end.path("end").asText(), end.toString());
    String list =
        "select count(*) from medicationpat a join medication d on d.MedicationNum = a.MedicationNum where a.PatNum = ? and d.MedName = ? and coalesce(year(a.DateStop), 1) ";
    assertOne(list + "= 1", PAT, word);
    assertEquals(
        0,
        house
            .office("elm")
            .count("select count(*) from medication where MedName = ?", word + "-part"),
        "of two that it contains, the one that it refers to");
    String bounded =
        "\"dosageInstruction\": [{\"timing\": {\"repeat\": {\"boundsPeriod\": {\"end\": \"2999-02-01\"}}}}], \"dispenseRequest\"";
    for (String over : List.of(ordered, ordered.replace("\"dispenseRequest\"", bounded))) {
      end = ended("elm", "POST", "/MedicationRequest", over.replace("\"active\"", "\"stopped\""));
      assertOne(list + "= 1", PAT, word);
      assertEquals("refused", end.path("end").asText(), end.toString());
      assertTrue(end.toString().contains("it is over, and no day says since when"), end.toString());
    }
    String statement =
        Sample.of("MedicationStatement", word + "-too")
            .about("elm", word + "-too")
            .replace("\"start\"", "\"end\": \"2999-02-01\", \"start\"");
    ended("elm", "POST", "/MedicationStatement", statement);
    assertOne(list + "= 2999", PAT, word + "-too");
    end =
        ended(
            "elm",
            "POST",
            "/MedicationStatement",
            statement.replace("\"active\"", "\"stopped\", \"dateAsserted\": \"2026-03-04\""));
    assertEquals("landed", end.path("end").asText(), end.toString());
    assertOne(list + "= 2026", PAT, word + "-too");
  }

  /** Who has not said here that something is taken cannot take that back. */
  @Test
  void anOrderThatIsTakenBackStopsNobodyElsesMedication() throws Exception {
    String word = "Wort" + NUMBER.incrementAndGet();
    ChartDesk desk = new ChartDesk(house.sandbox().practice("elm"));
    long medication = desk.insertRow("medication", Map.of("MedName", word));
    desk.updateRow("medication", medication, Map.of("GenericNum", medication));
    long own = desk.add("medicationpat", Map.of("PatNum", PAT, "MedicationNum", medication));
    String order =
        """
        {"resourceType": "MedicationRequest", "status": "active", "intent": "order", "subject": {"reference": "Patient/elm-patient-PAT"},
         "identifier": [{"system": "urn:hospital:order", "value": "WORD-NUMBER"}], "medicationCodeableConcept": {"text": "WORD"}END}
        """
            .replace("PAT\"", PAT + "\"")
            .replace("WORD", word);
    String ends =
        ", \"dosageInstruction\": [{\"timing\": {\"repeat\": {\"boundsPeriod\": {\"end\": \"2026-02-01\"}}}}]";
    String back = order.replace("\"active\"", "\"cancelled\"").replace("END", ends);
    String stands =
        "select count(*) from medicationpat where MedicationPatNum = ? and coalesce(year(DateStop), 1) = ?";
    JsonNode end = ended("elm", "POST", "/MedicationRequest", back.replace("NUMBER", "1"));
    assertOne(stands, own, 1);
    assertEquals("no change", end.path("end").asText(), end.toString());
    assertTrue(
        end.toString().contains("it takes back what this sender has not said of MedicationPatNum"),
        end.toString());
    // Two orders of its own are one row there: while one of them stands, so does the row.
    for (String number : List.of("2", "3")) {
      ended(
          "elm", "POST", "/MedicationRequest", order.replace("NUMBER", number).replace("END", ""));
    }
    end = ended("elm", "POST", "/MedicationRequest", back.replace("NUMBER", "3"));
    assertOne(stands, own, 1);
    assertEquals("no change", end.path("end").asText(), end.toString());
    assertTrue(end.toString().contains("says of the same row"), end.toString());
    assertOne(
        "select count(*) from medicationpat where PatNum = ? and MedicationNum = ?",
        PAT,
        medication);
  }

  /** Number by number of what it was sent with, by itself and by a payment that is no file. */
  @ParameterizedTest
  @CsvSource({"DocumentReference, masterIdentifier", "PaymentReconciliation, identifier"})
  void aConditionIsMetByEachNumberThatARowWasSentWith(String type, String first) throws Exception {
    String word = "Wort" + NUMBER.incrementAndGet();
    Sample sample = Sample.of(type, word);
    String numbers =
        type.equals("DocumentReference")
            ? "\"masterIdentifier\": {\"system\": \"urn:hospital:master\", \"value\": \"WORD\"}, \"identifier\": [{\"system\": \"urn:hospital:row\", \"value\": \"WORD\"}], \"status\""
            : "\"identifier\": [{\"system\": \"urn:hospital:payment\", \"value\": \"WORD\"}, {\"system\": \"urn:hospital:row\", \"value\": \"WORD\"}], \"status\"";
    String body =
        sample
            .about("elm", word)
            .replaceAll("\"identifier\": \\[[^]]*], ", "")
            .replace("\"status\"", numbers.replace("WORD", word));
    assertTrue(body.contains(first), body);
    assertEquals("landed", ended("elm", "POST", "/" + type, body).path("end").asText());
    JsonNode again = onCondition("elm", type, "urn:hospital:row|" + word, body);
    assertEquals(1, house.office("elm").count(sample.count(), PAT, word), again.toString());
    assertEquals("no change", again.path("end").asText(), again.toString());
    assertTrue(again.toString().contains("there is one already"), again.toString());
    JsonNode updated =
        ended("elm", "PUT", "/" + type + "?identifier=urn:hospital:row%7C" + word, body);
    assertEquals(1, house.office("elm").count(sample.count(), PAT, word), updated.toString());
    assertEquals("no change", updated.path("end").asText(), updated.toString());
  }

  /** A create by itself as the one entry of a transaction. */
  private static JsonNode onCondition(String practice, String type, String number, String body)
      throws Exception {
    HttpResponse<String> accepted =
        send(
            practice,
            "POST",
            "",
            """
            {"resourceType": "Bundle", "type": "transaction", "entry": [{"resource": RESOURCE,
             "request": {"method": "POST", "url": "TYPE", "ifNoneExist": "identifier=NUMBER"}}]}
            """
                .replace("TYPE", type)
                .replace("NUMBER", number)
                .replace("RESOURCE", body));
    assertEquals(202, accepted.statusCode(), accepted.body());
    return client.untilEnded(
        practice, JSON.readTree(accepted.body()).at("/entry/0/response/location").asText());
  }

  @Test
  void aCoverageThatWasLeftInPartIsMadeWholeByACreateOnCondition() throws Exception {
    String word = "Wort" + NUMBER.incrementAndGet();
    Sample sample = Sample.of("Coverage", word);
    String body = sample.about("elm", word);
    String number = "urn:hospital:coverage|" + word;
    house
        .api()
        .faults()
        .arm(Fault.of("elm", FaultKind.UNKNOWN_400).on("POST", "/patplans").times(0));
    JsonNode part = onCondition("elm", "Coverage", number, body);
    house.api().faults().clear();
    assertTrue(part.toString().contains("Coverage was left in part"), part.toString());
    JsonNode whole = onCondition("elm", "Coverage", number, body);
    assertOne(sample.count(), PAT, word);
    assertEquals("landed", whole.path("end").asText(), whole.toString());
    assertFalse(whole.toString().contains("was left"), whole.toString());
    JsonNode again =
        onCondition("elm", "Coverage", number, body.replace("2026-01-01", "2025-01-01"));
    assertEquals("no change", again.path("end").asText(), again.toString());
    assertTrue(again.toString().contains("there is one already"), again.toString());
    assertOne(sample.count(), PAT, word);
  }

  /** Of a number its precision is part of what it says (R4, decimal). */
  @Test
  void aMeasurementStandsInTheChartAsItsSenderWroteIt() throws Exception {
    String word = "Wort" + NUMBER.incrementAndGet();
    StringBuilder parts = new StringBuilder();
    StringBuilder text = new StringBuilder("Trace " + word + ", 2026-03-01");
    Map<String, String> written = new LinkedHashMap<>();
    written.put("0.0005", "0.0005");
    written.put("7.10", "7.10");
    written.put("12000000.0", "12000000.0");
    written.put("5E-9", "0.000000005");
    written.forEach(
        (value, looks) -> {
          parts
              .append(parts.isEmpty() ? "" : ", ")
              .append("{\"code\": {\"text\": \"part\"}, \"valueQuantity\": {\"value\": ")
              .append(value)
              .append(", \"unit\": \"mg/L\"}}");
          text.append("\npart: ").append(looks).append(" mg/L");
        });
    String observation =
        """
        {"resourceType": "Observation", "status": "final", "subject": {"reference": "Patient/elm-patient-PAT"}, "code": {"text": "Trace WORD"},
         "effectiveDateTime": "2026-03-01", "component": [PARTS]}
        """
            .replace("PAT\"", PAT + "\"")
            .replace("WORD", word)
            .replace("PARTS", parts);
    for (boolean alone : List.of(true, false)) {
      if (alone) {
        ended("elm", "POST", "/Observation", observation);
      } else {
        onCondition("elm", "Observation", "urn:hospital:row|" + word, observation);
      }
      assertEquals(
          List.of(text.toString()),
          house
              .office("elm")
              .rows("select Note from commlog where Note like concat('Trace ', ?, '%')", word)
              .stream()
              .map(row -> row.get("Note").toString().replaceAll(" \\[ref P-.*", ""))
              .distinct()
              .toList());
    }
    assertEquals(
        2,
        house
            .office("elm")
            .count("select count(*) from commlog where Note like concat('Trace ', ?, '%')", word));
  }
}
