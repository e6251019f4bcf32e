package pontic.inbound;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import pontic.house.FacadeClient;
import pontic.house.House;
import pontic.sandbox.desk.ChartDesk;
import pontic.sandbox.desk.FrontDesk;
import pontic.sandbox.hospital.Hl7Message;
import pontic.sandbox.hospital.Hospital;
import pontic.sandbox.hospital.Hospital.Patient;

/**
 * What is said of what Open Dental does not get: by the end that its sender hears, and the row that
 * is not there or stands as it was (decisions 0408 to 0410).
 */
final class WhatIsNotTakenTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final AtomicInteger NUMBER = new AtomicInteger(83_000);
  private static final LocalDateTime NOON = LocalDateTime.of(2027, 3, 1, 12, 0);
  private static final long PAT = 5;

  /** What the office calls it that somebody is here. */
  private static final String HERE = "{confirmation: {Arrived: 5}}";

  @TempDir static Path folder;
  private static House house;
  private static FacadeClient client;

  @BeforeAll
  static void open() throws Exception {
    house =
        House.sandboxOnly(folder, 0.025)
            .busyLanes()
            .with("pontic.capture.period", "3s")
            .with("pontic.facade.wait-seconds", "25")
            .with("destinations.hospital-hl7.types", "ACK")
            .with("practices.elm.writes.on", "procedurelogs.post, payments.post")
            .with("practices.oak.writes.rest", "leave")
            .with("practices.oak.writes.off", "diseases.post")
            .withCodes("oak", HERE)
            .permitted(House.EVERY_PERMISSION);
    house.startBundle();
    house.untilConnected();
    client = new FacadeClient(house, "left");
  }

  @AfterAll
  static void close() throws Exception {
    house.close();
  }

  private static String word() {
    return "Left" + NUMBER.incrementAndGet();
  }

  private static String problem(String practice, String word) {
    return "{\"resourceType\": \"Condition\", \"subject\": {\"reference\": \"Patient/%s-patient-%d\"}, \"code\": {\"text\": \"%s\"}}"
        .formatted(practice, PAT, word);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "oak; Condition; {'code': {'text': 'WORD'}; diseases.post is off: the practice",
        "elm; Condition; {'code': {'text': 'No known problems'}; says that the patient has none",
        "elm; Coverage; {'status': 'active', 'subscriberId': 'WORD', 'payor': [{'display': 'Plaster Mutual'}], 'relationship': {'coding': [{'code': 'spouse'}]}; somebody else is the subscriber",
        "elm; Coverage; {'status': 'active', 'subscriberId': 'WORD', 'payor': [{'display': 'Nobody Life of WORD'}]; insplans.post is off",
        "elm; DocumentReference; {'status': 'current', 'content': [{'attachment': {'contentType': 'video/x-msvideo', 'data': 'QUJD'}}]; no file of this kind",
        "oak; Observation; {'status': 'final', 'code': {'text': 'WORD'}, 'valueQuantity': {'value': 5}; API takes nothing of it",
        "elm; ServiceRequest; {'status': 'active', 'intent': 'order', 'doNotPerform': true, 'authoredOn': '2031-03-17', 'contained': [{'resourceType': 'Practitioner', 'id': 'r', 'name': [{'family': 'WORD'}]}], 'requester': {'reference': '#r'}, 'code': {'coding': [{'system': 'http://www.ada.org/cdt', 'code': 'D0120'}], 'text': 'WORD'}; that something is not done (doNotPerform)",
        "elm; ServiceRequest; {'status': 'active', 'intent': 'proposal', 'authoredOn': '2031-03-17', 'contained': [{'resourceType': 'Practitioner', 'id': 'r', 'name': [{'family': 'WORD'}]}], 'requester': {'reference': '#r'}, 'code': {'coding': [{'system': 'http://www.ada.org/cdt', 'code': 'D0120'}], 'text': 'WORD'}; not in force (status, intent)",
        "elm; ServiceRequest; {'status': 'draft', 'intent': 'order', 'authoredOn': '2031-03-17', 'contained': [{'resourceType': 'Practitioner', 'id': 'r', 'name': [{'family': 'WORD'}]}], 'requester': {'reference': '#r'}, 'code': {'coding': [{'system': 'http://www.ada.org/cdt', 'code': 'D0120'}], 'text': 'WORD'}; not in force (status, intent)",
        "elm; MedicationStatement; {'status': 'intended', 'medicationCodeableConcept': {'text': 'WORD'}; not taken yet (status)",
        "elm; Communication; {'status': 'preparation', 'payload': [{'contentString': 'WORD'}]; nothing was said yet (status)",
        "elm; Coverage; {'status': 'draft', 'subscriberId': 'WORD', 'payor': [{'display': 'Plaster Mutual'}]; not in force (status)"
      })
  void whatIsLeftWholeIsRefusedToAClientWithTheReason(
      String practice, String type, String said, String reason) throws Exception {
    String word = word();
    HttpResponse<String> answer =
        client.send(
            practice,
            // A create is not offered where its write is off; an update is.
            type.equals("Condition") ? "PUT" : "POST",
            "/" + type + (type.equals("Condition") ? "/" + word : ""),
            said.replace('\'', '"').replace("WORD", word)
                + ", \"id\": \"%s\", \"resourceType\": \"%s\", \"%s\": {\"reference\": \"Patient/%s-patient-%d\"}}"
                    .formatted(
                        word,
                        type,
                        type.equals("Coverage") ? "beneficiary" : "subject",
                        practice,
                        PAT));
    assertEquals(422, answer.statusCode(), answer.body());
    assertTrue(answer.body().contains(reason), answer.body());
    JsonNode end = client.untilEnded(practice, answer);
    assertEquals("refused", end.path("end").asText(), end.toString());
    assertTrue(end.path("reason").asText().contains(reason), end.toString());
    assertEquals(
        0,
        house
            .office(practice)
            .count(
                "select (select count(*) from disease a join diseasedef d on d.DiseaseDefNum = a.DiseaseDefNum where a.PatNum = ? and d.DiseaseName = ?)"
                    + " + (select count(*) from inssub where SubscriberID = ?) + (select count(*) from commlog where Note like concat('%', ?, '%'))"
                    + " + (select count(*) from refattach where Note like concat('%', ?, '%')) + (select count(*) from referral where LName = ?)"
                    + " + (select count(*) from medication where MedName = ?) + (select count(*) from procedurelog where PatNum = ? and ProcDate = '2031-03-17')",
                PAT, word, word, word, word, word, word, PAT));
  }

  @Test
  void severalRowsThatFitAreNoSuccess() throws Exception {
    String word = word();
    ChartDesk desk = new ChartDesk(house.sandbox().practice("elm"));
    long definition = desk.insertRow("diseasedef", Map.of("DiseaseName", word));
    for (int i = 0; i < 2; i++) {
      desk.add("disease", Map.of("PatNum", PAT, "DiseaseDefNum", definition));
    }
    HttpResponse<String> answer = client.send("elm", "POST", "/Condition", problem("elm", word));
    assertEquals(422, answer.statusCode(), answer.body());
    assertTrue(answer.body().contains("2 rows of the patient fit"), answer.body());
    assertEquals(
        2,
        house
            .office("elm")
            .count("select count(*) from disease where DiseaseDefNum = ?", definition));
  }

  /** What the office has already is no refusal, nor what comes beside something that landed. */
  @Test
  void whatTheOfficeHasAlreadyAndWhatIsLeftBesideWhatLandedAreNoRefusals() throws Exception {
    String word = word();
    String said = problem("elm", word);
    assertEquals(201, client.send("elm", "POST", "/Condition", said).statusCode());
    HttpResponse<String> again = client.send("elm", "POST", "/Condition", said);
    assertEquals(200, again.statusCode(), again.body());
    assertEquals("no change", client.untilEnded("elm", again).path("end").asText());
    String id = register(word);
    send(
        Hospital.message(
            "PPR^PC1", id + "-b", pid(word), "PRB|AD|20260301|^" + word, "PRB|AD|20260301|"));
    house.ledger().assertEnd("landed", id + "-b");
    assertTrue(warnings(id + "-b").contains("1 of 2 PRB"), warnings(id + "-b"));
  }

  @ParameterizedTest
  @CsvSource({
    "MDM^T02, TXA|1|CN|TX|202602281015|||||||||||||DI|R|AV, no document that can be read",
    "PPR^PC1, PRB|AD|20260301|, no problem that can be read",
    "ORU^R01, OBX|1|NM|2345-7^Glucose^LN||5|mg/dL|||||F, no result that can be read",
    "ORM^O01, ORC|NW|PL-WORD^LAKE|||||||20260301, no order that can be read",
    "OMG^O19, ORC|NW|PL-WORD^LAKE|||||||20260301, no order that can be read",
    "ORM^O01, ORC|CA|PL-WORD^LAKE|||||||20260301, there is nothing to call off"
  })
  void aMessageWithoutItsMatterIsRefusedToItsSenderAndMakesNobody(
      String type, String segment, String reason) throws Exception {
    String word = word();
    house.send(
        "elm",
        asking(Hospital.message(type, word, pid(word), segment.replace("WORD", word)), "AL"));
    house.untilAllEnded();
    house.ledger().assertEnd("refused", word);
    Hl7Message answer = house.hospitalMllp().await(1, about(word), LONG).get(0).message();
    assertEquals("AE", answer.field("MSA", 1), answer.text());
    assertTrue(answer.field("ERR", 8).contains(reason), answer.text());
    assertEquals(0, patients(word));
  }

  /** With or without the letter in the message that takes it back. */
  @ParameterizedTest
  @ValueSource(strings = {"", "OBX|1|TX|TXT^Text^L||The wrong letter||||||F"})
  void aLetterThatItsSenderTakesBackWaitsForAPersonWhoSeesWhichItIs(String contents)
      throws Exception {
    String word = word();
    register(word);
    String txa = "TXA|1|LET|AP|20260228||||||||DOC-" + word + "^LAKE|||||AU||AV||||||" + word;
    send(
        Hospital.message(
            "MDM^T02",
            word + "-1",
            pid(word),
            txa,
            "OBX|1|TX|TXT^Text^L||The wrong letter||||||F"));
    house.ledger().assertEnd("landed", word + "-1");
    long document = document(word);
    String back = word + "-2";
    send(
        asking(
            Hospital.message("MDM^T02", back, pid(word), txa.replace("|AV|", "|CA|"), contents),
            "AL"));
    house.ledger().assertEnd("parked", back);
    assertTrue(
        house.ledger().reason(back).contains("DocNum " + document + " stands"),
        house.ledger().reason(back));
    assertEquals(List.of(), house.hospitalMllp().frames(about(back)), "nobody is told yet");
    assertEquals(document, document(word));
    // Let go on while it stands it is held again; once the office has decided it has its end.
    assertEquals(202, house.release(house.ledger().id(back)));
    House.until("it is held again", () -> house.ledger().end(back).equals("parked"));
    new ChartDesk(house.sandbox().practice("elm")).remove("document", document);
    assertEquals(202, house.release(house.ledger().id(back)));
    Hl7Message answer = house.hospitalMllp().await(1, about(back), LONG).get(0).message();
    assertEquals("AA", answer.field("MSA", 1), answer.text());
    house.ledger().assertEnd("no change", back);
  }

  @Test
  void aResultThatItsLaboratoryTakesBackNamesEachFileThatWasMadeOfIt() throws Exception {
    String word = word();
    register(word);
    for (String state : List.of("P", "F")) {
      send(
          Hospital.message(
              "ORU^R01",
              word + state,
              pid(word),
              result(word, state),
              "OBX|1|NM|2345-7^Glucose^LN||182|mg/dL|||||" + state));
      house.ledger().assertEnd("landed", word + state);
    }
    List<Map<String, Object>> files =
        house
            .office("elm")
            .rows(
                "select DocNum from document d join patient p on p.PatNum = d.PatNum where p.LName = ? order by DocNum",
                word.toLowerCase(java.util.Locale.ROOT));
    assertEquals(2, files.size());
    send(Hospital.message("ORU^R01", word + "X", pid(word), result(word, "X")));
    house.ledger().assertEnd("parked", word + "X");
    for (Map<String, Object> file : files) {
      assertTrue(
          house.ledger().reason(word + "X").contains("DocNum " + file.get("DocNum")),
          house.ledger().reason(word + "X"));
    }
  }

  /** Rows that no write takes away, by their own numbers. */
  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "Communication; 'status': 'completed', 'payload': [{'contentString': 'WORD'}]; entered-in-error; CommlogNum; select CommlogNum from commlog where PatNum = ? and Note like concat(?, '%')",
        "ServiceRequest; 'status': 'active', 'intent': 'order', 'authoredOn': '2026-03-01', 'requester': {'display': 'WORD'}, 'code': {'coding': [{'system': 'http://www.ada.org/cdt', 'code': 'D0120'}]}; revoked; ProcNum; select max(ProcNum) from procedurelog where PatNum = ? and ? <> ''",
        "PaymentReconciliation; 'status': 'active', 'created': '2026-03-01', 'paymentDate': '2026-03-01', 'paymentAmount': {'value': 25.5}, 'disposition': 'WORD', 'detail': [{'type': {'text': 'payment'}, 'request': {'reference': 'Patient/elm-patient-5'}}]; cancelled; PayNum; select PayNum from payment where PatNum = ? and PayNote like concat(?, '%')"
      })
  void aRowThatItsSenderTakesBackAndNoWriteTakesAwayWaitsForAPerson(
      String type, String said, String status, String key, String sql) throws Exception {
    String word = word();
    String body =
        "{\"resourceType\": \"%s\", \"id\": \"%s\", \"identifier\": [{\"system\": \"urn:hospital:row\", \"value\": \"%s\"}], "
                .formatted(type, word, word)
            + (type.startsWith("Payment")
                ? ""
                : "\"subject\": {\"reference\": \"Patient/elm-patient-%d\"}, ".formatted(PAT))
            + said.replace('\'', '"').replace("WORD", word)
            + "}";
    HttpResponse<String> told = client.send("elm", "PUT", "/" + type + "/" + word, body);
    assertEquals("landed", client.untilEnded("elm", told).path("end").asText(), told.body());
    long row =
        ((Number) house.office("elm").rows(sql, PAT, word).get(0).values().iterator().next())
            .longValue();
    HttpResponse<String> back =
        client.send(
            "elm",
            "PUT",
            "/" + type + "/" + word,
            body.replaceFirst("\"status\": \"\\w+\"", "\"status\": \"" + status + "\""));
    assertEquals(202, back.statusCode(), back.body());
    assertTrue(back.body().contains(key + " " + row + " stands"), back.body());
    assertEquals(
        row,
        ((Number) house.office("elm").rows(sql, PAT, word).get(0).values().iterator().next())
            .longValue());
    String message =
        house
            .ledger()
            .texts(
                "select id from message where receipt_end = 'parked' and receipt_reason like ?",
                "%" + key + " " + row + " stands%")
            .get(0);
    assertEquals(202, house.post("/control/parked/drop?id=" + message + "&reason=kept"));
    // Nothing of a number that was never told is there to be taken back.
    String other = word();
    HttpResponse<String> never =
        client.send(
            "elm",
            "PUT",
            "/" + type + "/" + other,
            body.replace(word, other)
                .replaceFirst("\"status\": \"\\w+\"", "\"status\": \"" + status + "\""));
    assertEquals(200, never.statusCode(), never.body());
  }

  /** Before: nothing, a visit that stands, one that was cancelled, one that the office closed. */
  @ParameterizedTest
  @ValueSource(strings = {"Complete", "Arrived", "Started"})
  void thatAVisitHappensBooksNothingAndBringsNothingBack(String state) throws Exception {
    for (String before : List.of("unknown", "stands", "cancelled", "complete")) {
      for (boolean isFhir : List.of(false, true)) {
        Patient patient = next();
        String id = word();
        LocalDateTime at = NOON.plusDays(NUMBER.get() % 700);
        Visit visit = new Visit("elm", id, patient, at);
        if (!before.equals("unknown")) {
          assertEquals("landed", visit.says(isFhir, "S12", "Booked"));
        }
        if (before.equals("cancelled")) {
          assertEquals("landed", visit.says(isFhir, "S15", "Cancelled"));
        }
        if (before.equals("complete")) {
          new FrontDesk(house.sandbox().practice("elm"))
              .complete(house.office("elm").aptNum(patient));
        }
        List<Map<String, Object>> rows = house.office("elm").appointments(patient);
        int people = house.office("elm").patients(patient).size();
        String end = visit.says(isFhir, "S14", state);
        String what = state + " of one that is " + before + (isFhir ? " by FHIR: " : ": ");
        assertEquals(
            before.equals("complete") ? "no change" : "refused", end, what + visit.reason());
        assertEquals(rows, house.office("elm").appointments(patient), what);
        assertEquals(people, house.office("elm").patients(patient).size(), what);
        if (end.equals("refused")) {
          assertTrue(visit.reason().contains("is the office's to say"), what + visit.reason());
        }
      }
    }
  }

  /** What is said for the first time with it is added to the note, once. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aCommentOnAVisitThatIsCompleteIsWrittenOnce(boolean isFhir) throws Exception {
    String word = word();
    Patient patient = next();
    Visit visit = new Visit("elm", word, patient, NOON.plusDays(NUMBER.get() % 700));
    assertEquals("landed", visit.says(isFhir, "S12", "Booked"));
    new FrontDesk(house.sandbox().practice("elm")).complete(house.office("elm").aptNum(patient));
    assertEquals("landed", visit.says(isFhir, "S14", "Complete", word), visit.reason());
    Map<String, Object> row = house.office("elm").appointments(patient).get(0);
    assertEquals(2, String.valueOf(row.get("Note")).split(word, -1).length, row.toString());
    assertEquals("2", String.valueOf(row.get("AptStatus")));
    assertEquals("no change", visit.says(isFhir, "S14", "Complete", word), visit.reason());
    assertEquals(row, house.office("elm").appointments(patient).get(0));
  }

  /** Oak has a definition for who is here; of all else nothing is written. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void thatSomebodyArrivedIsWrittenAsThePracticesTableSays(boolean isFhir) throws Exception {
    Patient patient = next();
    Visit visit = new Visit("oak", word(), patient, NOON.plusDays(NUMBER.get() % 700));
    assertEquals("landed", visit.says(isFhir, "S12", "Booked"));
    Map<String, Object> booked = house.office("oak").appointments(patient).get(0);
    Visit later = new Visit("oak", visit.id(), patient, visit.at().plusHours(2));
    assertEquals("landed", later.says(isFhir, "S14", "Arrived"), later.reason());
    Map<String, Object> row = house.office("oak").appointments(patient).get(0);
    assertEquals("5", String.valueOf(row.get("Confirmed")));
    assertEquals(booked.get("AptDateTime"), row.get("AptDateTime"));
    assertEquals(booked.get("AptStatus"), row.get("AptStatus"));
    assertEquals("no change", later.says(isFhir, "S14", "Arrived"), later.reason());
  }

  /** Each other status has an end of its own too: 1 scheduled, 5 broken, 6 planned. */
  @ParameterizedTest
  @CsvSource({
    "proposed, Pending, landed, 1, landed",
    "pending, Pending, landed, 1, landed",
    "waitlist, Waitlist, landed, 1, landed",
    "entered-in-error, Deleted, refused, 5, landed",
    "noshow, Noshow, refused, 5, landed"
  })
  void everyOtherStatusHasItsEnd(
      String status, String state, String unknown, int action, String known) throws Exception {
    for (boolean isFhir : List.of(false, true)) {
      String said = isFhir ? status : state;
      Visit first = new Visit("elm", word(), next(), NOON.plusDays(NUMBER.get() % 700));
      assertEquals(unknown, first.says(isFhir, "S14", said), said + first.reason());
      assertEquals(
          unknown.equals("landed") ? 1 : 0,
          house.office("elm").appointments(first.patient()).size(),
          said);
      Visit booked = new Visit("elm", word(), next(), NOON.plusDays(NUMBER.get() % 700));
      assertEquals("landed", booked.says(isFhir, "S12", "Booked"));
      String end = booked.says(isFhir, "S14", said);
      assertEquals(action == 1 ? "no change" : known, end, said + booked.reason());
      assertEquals(
          action,
          ((Number) house.office("elm").appointments(booked.patient()).get(0).get("AptStatus"))
              .intValue(),
          said);
    }
  }

  /** A state that no table reads books what its trigger books, and nothing else (0435). */
  @Test
  void aStateThatNoTableReadsIsNamedAndMakesNoVisitOfItsOwn() throws Exception {
    Visit booked = new Visit("elm", word(), next(), NOON.plusDays(NUMBER.get() % 700));
    assertEquals("landed", booked.says(false, "S12", "Blocked"), booked.reason());
    assertTrue(booked.warnings().contains("SCH-25 (not in codes/appointment-status)"));
    assertEquals("no change", booked.says(false, "S14", "Blocked"), booked.reason());
    assertTrue(booked.warnings().contains("SCH-25 (not in codes/appointment-status)"));
    assertEquals("landed", booked.says(false, "S15", ""), booked.reason());
    List<Map<String, Object>> broken = house.office("elm").appointments(booked.patient());
    Visit never = new Visit("elm", word(), next(), NOON.plusDays(NUMBER.get() % 700));
    for (Visit visit : List.of(booked, never)) {
      assertEquals("parked", visit.says(false, "S14", "Blocked"));
      assertTrue(visit.reason().contains("SCH-25"), visit.reason());
      dropped();
    }
    assertEquals(broken, house.office("elm").appointments(booked.patient()));
    assertEquals(List.of(), house.office("elm").appointments(never.patient()));
    Visit stopped = new Visit("elm", word(), next(), NOON.plusDays(NUMBER.get() % 700));
    assertEquals("landed", stopped.says(false, "S12", "Overbook"), stopped.reason());
    assertEquals("landed", stopped.says(false, "S14", "Dc"), stopped.reason());
    assertEquals(
        "5",
        String.valueOf(
            house.office("elm").appointments(stopped.patient()).get(0).get("AptStatus")));
  }

  /** An S14 may say something else of a visit; an S13 says nothing but its time. */
  @Test
  void whatMovesAVisitToADayWithoutATimeWaitsForAPerson() throws Exception {
    Patient patient = next();
    String id = word();
    LocalDateTime at = NOON.plusDays(NUMBER.get() % 700);
    send(Hospital.siu("S12", id + "-1", patient, "PL-" + id, at, 30, ""));
    List<Map<String, Object>> rows = house.office("elm").appointments(patient);
    for (String trigger : List.of("S14", "S13")) {
      send(
          new String(
                  Hospital.siu(trigger, id + trigger, patient, "PL-" + id, at.plusDays(1), 30, ""),
                  StandardCharsets.UTF_8)
              .replaceFirst("\\^\\^30\\^(\\d{8})\\d+\\^\\d+", "^^^$1")
              .getBytes(StandardCharsets.UTF_8));
      assertTrue(
          warnings(id + trigger).contains("left out: SCH-11.4 (a day without a time of day"),
          warnings(id + trigger));
    }
    house.ledger().assertEnd("no change", id + "S14");
    house.ledger().assertEnd("parked", id + "S13");
    house.ledger().assertReason("SCH-11.4", id + "S13");
    assertEquals(rows, house.office("elm").appointments(patient));
    dropped();
  }

  /** By code and words (SNOMED CT), by words behind a code that nobody knows, and by neither. */
  @ParameterizedTest
  @CsvSource({
    "413322009^Resolved^SCT, 1, false",
    "413322009, 1, false",
    "X7^Resolved^99LOCAL, 1, false",
    "73425007, 2, false",
    "X7^Over^99LOCAL, 0, true"
  })
  void aProblemIsInTheStateThatItsCodeOrItsWordsSay(String state, int status, boolean isUnread)
      throws Exception {
    String word = register(word());
    String number = "|PRB-" + word + "^LAKE|||20250101";
    send(
        Hospital.message(
            "PPR^PC1", word + "-a", pid(word), "PRB|AD|20260301|^" + word + "-osis" + number));
    house.ledger().assertEnd("landed", word + "-a");
    send(
        Hospital.message(
            "PPR^PC2",
            word + "-b",
            pid(word),
            "PRB|UP|20260302|^" + word + "-osis" + number + "|||||||" + state));
    house.ledger().assertEnd(isUnread ? "no change" : "landed", word + "-b");
    assertEquals(
        isUnread,
        warnings(word + "-b").contains("PRB-14 (not in codes/problem-life-cycle)"),
        warnings(word + "-b"));
    assertFalse(warnings(word + "-b").contains("Over"), "a receipt tells no value");
    assertEquals(
        1,
        house
            .office("elm")
            .count(
                "select count(*) from disease a join diseasedef d on d.DiseaseDefNum = a.DiseaseDefNum where d.DiseaseName = ? and a.ProbStatus = ?",
                word + "-osis",
                status));
  }

  /** Of a patient: a word that is known, and codes that nobody knows. */
  @Test
  void codesOfAPatientThatNoTableReadsAreNamed() throws Exception {
    String word = word();
    String known = pid(word).replaceFirst("F$", "Female||||||||Married");
    send(Hospital.message("ADT^A28", word, known));
    house.ledger().assertEnd("landed", word);
    assertFalse(warnings(word).contains("not in codes"), warnings(word));
    assertEquals(
        1,
        house
            .office("elm")
            .count(
                "select count(*) from patient where LName = ? and Gender = 1 and Position = 1",
                word.toLowerCase(java.util.Locale.ROOT)));
    String other = word();
    send(
        Hospital.message(
            "ADT^A28",
            other,
            pid(other)
                .replaceFirst(
                    "F$", "Weiblich|||9 Elm^^Town^WA^98101^^BDL||5035550199^CELL^PH|||Verh")));
    house.ledger().assertEnd("landed", other);
    for (String field :
        List.of(
            "PID-8 (not in codes/gender)",
            "PID-11.7 (not in codes/address-use)",
            "PID-13.2 (not in codes/telecom-use)",
            "PID-16 (not in codes/marital-status)")) {
      assertTrue(warnings(other).contains("left out: " + field), warnings(other));
    }
    assertFalse(warnings(other).contains("Weiblich"), "a receipt tells no value");
  }

  /** What waits for a person would hold what comes for the next. */
  private static void dropped() throws Exception {
    String id =
        String.valueOf(
            house
                .ledger()
                .rows("select id from message where practice = 'elm' order by seq desc limit 1")
                .get(0)
                .get("id"));
    assertEquals(202, house.post("/control/parked/drop?id=" + id + "&reason=kept"));
    house.untilAllEnded();
  }

  private static Patient next() {
    int number = NUMBER.addAndGet(361);
    return Patient.numbered(number).withFirst("Robin" + (char) ('a' + number % 26));
  }

  /** One visit of one patient, by HL7 or by a message of FHIR. */
  private record Visit(String practice, String id, Patient patient, LocalDateTime at) {
    private static final Map<String, String> FHIR =
        Map.of(
            "Complete", "fulfilled",
            "Arrived", "arrived",
            "Started", "checked-in",
            "Booked", "booked",
            "Cancelled", "cancelled");

    /** Its end. */
    String says(boolean isFhir, String trigger, String state) throws Exception {
      return says(isFhir, trigger, state, "");
    }

    String says(boolean isFhir, String trigger, String state, String comment) throws Exception {
      String control = id + "-" + NUMBER.incrementAndGet();
      if (isFhir) {
        HttpResponse<String> answer =
            client.send(
                practice,
                "POST",
                "/$process-message",
                fhir(trigger, FHIR.getOrDefault(state, state))
                    .replace(
                        "\"start\":",
                        comment.isEmpty()
                            ? "\"start\":"
                            : "\"comment\": \"" + comment + "\", \"start\":"));
        house.untilAllEnded();
        String end = last("receipt_end");
        String code = JSON.readTree(answer.body()).at("/entry/0/resource/response/code").asText();
        boolean isThrough = answer.statusCode() == 200 && !end.equals("parked");
        assertEquals(
            !isThrough ? "" : end.equals("refused") ? "fatal-error" : "ok", code, answer.body());
        return end;
      }
      String text =
          new String(
              Hospital.siu(trigger, control, patient, "PL-" + id, at, 30, comment),
              StandardCharsets.UTF_8);
      send(
          practice,
          text.replaceFirst("(\rSCH\\|[^\r]*)", "$1" + "|".repeat(14) + state)
              .getBytes(StandardCharsets.UTF_8));
      return last("receipt_end");
    }

    String reason() {
      return last("receipt_reason");
    }

    String warnings() {
      return last("receipt_warnings");
    }

    private String last(String column) {
      return String.valueOf(
          house
              .ledger()
              .rows(
                  "select * from message where practice = '"
                      + practice
                      + "' order by seq desc limit 1")
              .get(0)
              .get(column));
    }

    private String fhir(String trigger, String status) {
      ZoneId zone = ZoneId.of("America/New_York");
      return """
        {"resourceType": "Bundle", "type": "message", "entry": [{"fullUrl": "urn:uuid:h", "resource": {"resourceType": "MessageHeader",
         "eventCoding": {"system": "http://terminology.hl7.org/CodeSystem/v2-0003", "code": "EVENT"}, "source": {"endpoint": "http://x.example"},
         "focus": [{"reference": "urn:uuid:f"}]}}, {"fullUrl": "urn:uuid:f", "resource":
        {"resourceType": "Appointment", "status": "STATUS", "identifier": [{"system": "urn:hospital:visit", "value": "WORD"}], "start": "START", "end": "END",
         "participant": [{"actor": {"type": "Location", "identifier": {"value": "OP-1"}}, "status": "accepted"}, {"actor": {"reference": "urn:uuid:p"}, "status": "accepted"}]}},
         {"fullUrl": "urn:uuid:p", "resource": {"resourceType": "Patient", "identifier": [{"system": "urn:hospital:mrn", "value": "MRN"}], "name": [{"family": "LAST", "given": ["FIRST"]}],
          "birthDate": "BORN", "gender": "female"}}]}
        """
          .replace("EVENT", trigger)
          .replace("STATUS", status)
          .replace("WORD", id)
          .replace("START", at.atZone(zone).toInstant().toString())
          .replace("END", at.plusMinutes(30).atZone(zone).toInstant().toString())
          .replace("MRN", patient.mrn())
          .replace("LAST", patient.last())
          .replace("FIRST", patient.first())
          .replace("BORN", patient.birth().replaceAll("(....)(..)(..)", "$1-$2-$3"));
    }
  }

  private static String register(String word) throws Exception {
    send(Hospital.message("ADT^A28", word, pid(word)));
    house.ledger().assertEnd("landed", word);
    return word;
  }

  private static String pid(String word) {
    int number = Integer.parseInt(word.replaceAll("\\D", ""));
    return "PID|1||%s^^^LAKE^MR||%s^Ada||19%02d%02d%02d|F"
        .formatted(
            word,
            word.toLowerCase(java.util.Locale.ROOT),
            30 + number % 60,
            1 + number % 12,
            1 + number % 28);
  }

  private static String result(String number, String state) {
    return "OBR|1|PL-%s^LAKE|FI-%s^LAB|24323-8^Panel^LN|||202603010700|||||||||||||||20260301090000||CH|%s"
        .formatted(number, number, state);
  }

  private static long patients(String word) {
    return house
        .office("elm")
        .count(
            "select count(*) from patient where LName = ?",
            word.toLowerCase(java.util.Locale.ROOT));
  }

  private static long document(String word) {
    return ((Number)
            house
                .office("elm")
                .rows(
                    "select DocNum from document d join patient p on p.PatNum = d.PatNum where p.LName = ?",
                    word.toLowerCase(java.util.Locale.ROOT))
                .get(0)
                .get("DocNum"))
        .longValue();
  }

  private static String warnings(String controlId) {
    return String.valueOf(house.ledger().receipt(controlId).get("receipt_warnings"));
  }

  private static void send(byte[] message) throws Exception {
    send("elm", message);
  }

  private static void send(String practice, byte[] message) throws Exception {
    assertFalse(house.send(practice, message).endsWith("E"));
    house.untilAllEnded();
  }

  private static java.util.function.Predicate<Hl7Message> about(String controlId) {
    return message -> message.field("MSA", 2).equals(controlId);
  }

  /** In enhanced mode: MSH-15 AL and this MSH-16. */
  private static byte[] asking(byte[] message, String application) {
    return new String(message, StandardCharsets.UTF_8)
        .replaceFirst("\\|P\\|2\\.5\\.1\r", "|P|2.5.1|||AL|" + application + "\r")
        .getBytes(StandardCharsets.UTF_8);
  }
}
