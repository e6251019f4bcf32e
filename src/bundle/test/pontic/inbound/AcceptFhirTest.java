package pontic.inbound;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import pontic.house.House;
import pontic.operations.Fixture;
import pontic.sandbox.hospital.Hospital;
import pontic.sandbox.hospital.Hospital.Patient;

/** FHIR Patients through the façade of the running bundle, looked at in Open Dental's database. */
final class AcceptFhirTest {
  private static final String MRN_SYSTEM = "https://lakeside.example/mrn";
  private static final String ELM_TOKEN = "ElmFacadeToken01";
  private static final String OAK_TOKEN = "OakFacadeToken01";

  @TempDir static Path folder;
  private static House house;

  @BeforeAll
  static void open() throws Exception {
    house = House.sandboxOnly(folder).busyLanes();
    // docs/configuration.md: what the hospital calls LAKE in HL7 it calls MRN_SYSTEM in FHIR.
    Path config = copy(House.home().resolve("config"), folder.resolve("config"));
    Path codes = Files.createDirectories(config.resolve("practices/elm/codes"));
    Files.writeString(
        codes.resolve("assigner.yaml"), "default: none\ncodes: {LAKE: '" + MRN_SYSTEM + "'}\n");
    house.withConfig(config);
    house.with("pontic.facade.wait-seconds", "25");
    house.with("practices.elm.writes.doubleBooking", "refuse");
    house.with("practices.oak.writes.doubleBooking", "park");
    house.startBundle();
    house.untilConnected();
  }

  @AfterAll
  static void close() throws Exception {
    house.close();
  }

  @Test
  void aCreatedAndUpdatedPatientIsARowInTheOffice() throws Exception {
    Patient patient = Patient.numbered(401);
    HttpResponse<String> created = send("POST", "elm", "/Patient", fhir(patient, ""), "r-401");
    assertEquals(202, created.statusCode(), created.body());
    JsonNode landed = untilEnded(created, ELM_TOKEN);
    assertEquals("landed", landed.path("end").asText(), landed.toString());
    List<Map<String, Object>> rows = house.office("elm").patients(patient);
    assertEquals(1, rows.size());
    assertEquals(
        ((Number) rows.get(0).get("PatNum")).longValue(),
        landed.path("keys").path("PatNum").asLong());

    HttpResponse<String> updated =
        send(
            "PUT",
            "elm",
            "/Patient/77",
            fhir(patient.withPhone("5035557777"), "77"),
            "r-401-update");
    assertEquals(202, updated.statusCode(), updated.body());
    JsonNode changed = untilEnded(updated, ELM_TOKEN);
    assertEquals("landed", changed.path("end").asText(), changed.toString());
    rows = house.office("elm").patients(patient);
    assertEquals(1, rows.size());
    assertEquals("5035557777", String.valueOf(rows.get(0).get("HmPhone")).replaceAll("\\D", ""));
  }

  @Test
  void whatIsNoPatientOrHasNoTokenIsRefusedAndNotStored() throws Exception {
    long before = house.ledger().count("select count(*) from message");
    for (String bad : List.of("{", "no JSON", "[]", "{\"resourceType\":\"Observation\"}")) {
      HttpResponse<String> refused = send("POST", "elm", "/Patient", bad, "bad-1");
      assertEquals(400, refused.statusCode(), bad);
      assertEquals("OperationOutcome", json(refused).path("resourceType").asText());
      assertFalse(json(refused).path("issue").path(0).path("diagnostics").asText().isBlank());
    }
    String good = fhir(Patient.numbered(402), "");
    for (String token : List.of("", "Bearer wrong-token-01", "Bearer " + OAK_TOKEN)) {
      HttpResponse<String> refused =
          Fixture.request(
              "POST",
              base("elm") + "/Patient",
              good,
              "Content-Type",
              "application/fhir+json",
              "Authorization",
              token);
      assertEquals(401, refused.statusCode(), token);
    }
    assertEquals(before, house.ledger().count("select count(*) from message"));
  }

  @Test
  void theStatusIsForItsSenderAlone() throws Exception {
    HttpResponse<String> created =
        send("POST", "elm", "/Patient", fhir(Patient.numbered(403), ""), "r-403");
    assertEquals("landed", untilEnded(created, ELM_TOKEN).path("end").asText());
    String url = status(created);
    assertEquals(401, Fixture.request("GET", url, "").statusCode());
    assertEquals(
        401, Fixture.request("GET", url, "", "Authorization", "Bearer " + OAK_TOKEN).statusCode());
    assertEquals(
        404,
        Fixture.request(
                "GET", url.replace("/elm/", "/oak/"), "", "Authorization", "Bearer " + OAK_TOKEN)
            .statusCode());
  }

  @Test
  void theSameRequestIdAndBytesHaveOneEffect() throws Exception {
    Patient patient = Patient.numbered(404);
    String body = fhir(patient, "");
    HttpResponse<String> first = send("POST", "elm", "/Patient", body, "r-404");
    HttpResponse<String> again = send("POST", "elm", "/Patient", body, "r-404");
    assertEquals(202, again.statusCode());
    assertEquals(status(first), status(again), "the status of the first one");
    assertEquals("landed", untilEnded(again, ELM_TOKEN).path("end").asText());
    assertEquals(1, house.office("elm").patients(patient).size());
    assertEquals(
        1,
        house
            .ledger()
            .count(
                "select count(*) from message where control_id = 'r-404' and receipt_end = 'duplicate of'"));
    HttpResponse<String> other =
        send("POST", "elm", "/Patient", fhir(patient.withPhone("5035559404"), ""), "r-404");
    JsonNode warned = untilEnded(other, ELM_TOKEN);
    assertTrue(warned.path("warnings").toString().contains("same control id"), warned.toString());
  }

  @Test
  void theSameIdentifierByHl7AndFhirIsOnePersonWhereTheSystemsAgree() throws Exception {
    Patient patient = Patient.numbered(405);
    assertEquals("AA", house.send("elm", Hospital.adt("A28", "both-1", patient)));
    house.untilAllEnded();
    // Nothing but the identifier fits any more: another name and another phone.
    Patient married =
        new Patient(
            patient.mrn(),
            "Newname",
            patient.first(),
            patient.birth(),
            patient.sex(),
            "5035559405",
            patient.street());
    HttpResponse<String> update = send("POST", "elm", "/Patient", fhir(married, ""), "both-2");
    JsonNode ended = untilEnded(update, ELM_TOKEN);
    assertTrue(ended.path("warnings").toString().contains("LName differs"), ended.toString());
    assertTrue(ended.path("reason").asText().contains("see the warnings"), ended.toString());
    String keys = String.valueOf(house.ledger().receipt("both-1").get("receipt_keys"));
    assertTrue(
        keys.contains(":" + ended.path("keys").path("PatNum").asText() + "}"),
        keys + " and " + ended);
    // And the other way round: known by FHIR first, then booked by HL7.
    Patient second = Patient.numbered(406);
    JsonNode created =
        untilEnded(send("POST", "elm", "/Patient", fhir(second, ""), "both-3"), ELM_TOKEN);
    assertEquals("AA", house.send("elm", Hospital.adt("A31", "both-4", second)));
    house.untilAllEnded();
    assertEquals(
        "{\"PatNum\":" + created.path("keys").path("PatNum").asText() + "}",
        house.ledger().receipt("both-4").get("receipt_keys"));
    assertEquals(1, house.office("elm").patients(second).size());
  }

  @Test
  void theIdOfAnUpdateIsThePatientsNumberAndTheIdInACreateIsNot() throws Exception {
    Patient patient = Patient.numbered(407);
    String alone = fhir(patient, "88").replaceAll("\"identifier\":\\[[^]]*],", "");
    JsonNode first = untilEnded(send("PUT", "elm", "/Patient/88", alone, "id-1"), ELM_TOKEN);
    assertEquals("landed", first.path("end").asText(), first.toString());
    // Neither phone nor street fit any more: the id alone says who it is.
    String moved =
        alone.replace(patient.phone(), "5035558888").replace(patient.street(), "1 Other Street");
    JsonNode second = untilEnded(send("PUT", "elm", "/Patient/88", moved, "id-2"), ELM_TOKEN);
    assertEquals("landed", second.path("end").asText(), second.toString());
    assertEquals(first.path("keys"), second.path("keys"));
    assertEquals(1, house.office("elm").patients(patient).size());

    for (int n = 408; n < 410; n++) {
      JsonNode created =
          untilEnded(
              send("POST", "elm", "/Patient", fhir(Patient.numbered(n), "88"), "id-" + n),
              ELM_TOKEN);
      assertEquals("landed", created.path("end").asText(), created.toString());
      assertEquals(1, house.office("elm").patients(Patient.numbered(n)).size());
    }
  }

  @Test
  void aTransactionOfAPatientHisBookingAndACallIsRowsThatBelongTogether() throws Exception {
    Patient patient = Patient.numbered(411);
    // Nothing but the reference inside of the transaction says whose booking it is.
    String unnumbered = fhir(patient, "").replaceAll("\"identifier\":\\[[^]]*],", "");
    String transaction =
        """
        {"resourceType":"Bundle","type":"transaction","entry":[
         {"fullUrl":"urn:uuid:9b1f0a52-6d5c-4d62-8f7e-0a5f0c1f2b11","request":{"method":"POST","url":"Appointment"},
          "resource":{"resourceType":"Appointment","status":"booked","identifier":[{"system":"https://lakeside.example/visits","value":"v411"}],
           "start":"2027-03-01T15:00:00Z","end":"2027-03-01T15:30:00Z","comment":"by transaction",
           "participant":[{"actor":{"type":"Location","identifier":{"value":"OP-1"}},"status":"accepted"},{"actor":{"reference":"urn:uuid:9b1f0a52-6d5c-4d62-8f7e-0a5f0c1f2b12"},"status":"accepted"}]}},
         {"fullUrl":"urn:uuid:9b1f0a52-6d5c-4d62-8f7e-0a5f0c1f2b12","request":{"method":"POST","url":"Patient"},"resource":%s},
         {"request":{"method":"POST","url":"Communication"},"resource":{"resourceType":"Communication","status":"completed","sent":"2026-02-03T15:00:00Z",
          "subject":{"reference":"urn:uuid:9b1f0a52-6d5c-4d62-8f7e-0a5f0c1f2b12"},"payload":[{"contentString":"said in a transaction"}]}}]}"""
            .formatted(unnumbered);
    HttpResponse<String> done = await("", transaction, "X-Request-Id", "tx-411");
    assertEquals(200, done.statusCode(), done.body());
    JsonNode responses = json(done).path("entry");
    assertEquals("201 Created", responses.get(0).path("response").path("status").asText());
    assertEquals("201 Created", responses.get(1).path("response").path("status").asText());
    List<Map<String, Object>> rows = house.office("elm").patients(patient);
    assertEquals(1, rows.size());
    assertEquals(
        1,
        house
            .office("elm")
            .count(
                "select count(*) from appointment where PatNum = ? and AptDateTime = '2027-03-01 10:00:00'",
                rows.get(0).get("PatNum")));
    assertEquals("201 Created", responses.get(2).path("response").path("status").asText());
    assertEquals(
        1,
        house
            .office("elm")
            .count(
                "select count(*) from commlog where PatNum = ? and Note like 'said in a transaction%'",
                rows.get(0).get("PatNum")));
    HttpResponse<String> again = await("", transaction, "X-Request-Id", "tx-411");
    assertEquals(
        responses.get(0).path("response").path("location"),
        json(again).path("entry").get(0).path("response").path("location"),
        "the same request is the same messages");
    JsonNode status =
        json(
            Fixture.request(
                "GET",
                base("elm") + "/_status/request/tx-411",
                "",
                "Authorization",
                "Bearer " + ELM_TOKEN));
    assertEquals(3, status.path("messages").size(), status.toString());
    JsonNode tasks =
        json(
            Fixture.request(
                "GET",
                base("elm") + "/Task?group-identifier=tx-411",
                "",
                "Authorization",
                "Bearer " + ELM_TOKEN));
    assertEquals(3, tasks.path("total").asInt(), tasks.toString());
    for (JsonNode entry : tasks.path("entry")) {
      assertEquals("completed", entry.path("resource").path("status").asText(), tasks.toString());
    }
    assertEquals(1, house.office("elm").patients(patient).size());
  }

  @Test
  void aTransactionWithOneBadEntryLeavesNothing() throws Exception {
    long before = house.ledger().count("select count(*) from message");
    String transaction =
        "{\"resourceType\":\"Bundle\",\"type\":\"transaction\",\"entry\":[{\"request\":{\"method\":\"POST\",\"url\":\"Patient\"},\"resource\":"
            + fhir(Patient.numbered(412), "")
            + "},{\"request\":{\"method\":\"POST\",\"url\":\"Basic\"},\"resource\":{\"resourceType\":\"Basic\",\"code\":{\"text\":\"x\"}}}]}";
    HttpResponse<String> refused = await("", transaction);
    assertEquals(422, refused.statusCode(), refused.body());
    assertEquals("not-supported", json(refused).path("issue").get(0).path("code").asText());
    assertEquals(before, house.ledger().count("select count(*) from message"));
  }

  @Test
  void aCreateOnConditionIsNoChangeWhereOneStandsAndAnUpdateOnConditionFindsHim() throws Exception {
    Patient patient = Patient.numbered(413);
    String search = "identifier=" + MRN_SYSTEM + "|" + patient.mrn();
    HttpResponse<String> first = await("/Patient", fhir(patient, ""), "If-None-Exist", search);
    assertEquals(201, first.statusCode(), first.body());
    HttpResponse<String> second =
        await(
            "/Patient",
            fhir(patient.withPhone("5035554130"), ""),
            "If-None-Exist",
            search,
            "X-Request-Id",
            "cond-413");
    assertEquals(200, second.statusCode(), second.body());
    assertEquals("no change", house.ledger().end("cond-413"));
    HttpResponse<String> updated =
        send(
            "PUT",
            "elm",
            "/Patient?identifier=" + MRN_SYSTEM.replace(":", "%3A") + "%7C" + patient.mrn(),
            fhir(patient.withPhone("5035554131"), "").replaceAll("\"identifier\":\\[[^]]*],", ""),
            "cond-414");
    assertEquals("landed", untilEnded(updated, ELM_TOKEN).path("end").asText());
    List<Map<String, Object>> rows = house.office("elm").patients(patient);
    assertEquals(1, rows.size());
    assertEquals("5035554131", String.valueOf(rows.get(0).get("HmPhone")).replaceAll("\\D", ""));
  }

  @Test
  void aVisitOnConditionIsBookedOnceAndAnUpdateOnConditionMovesIt() throws Exception {
    Patient patient = Patient.numbered(417);
    assertEquals(201, await("/Patient", fhir(patient, "")).statusCode());
    String booked =
        """
        {"resourceType":"Appointment","status":"booked","start":"2027-03-04T15:00:00Z","end":"2027-03-04T15:30:00Z",
         "participant":[{"actor":{"type":"Location","identifier":{"value":"OP-1"}},"status":"accepted"},{"actor":{"type":"Patient","identifier":{"system":"%s","value":"%s"}},"status":"accepted"}]}"""
            .formatted(MRN_SYSTEM, patient.mrn());
    String condition = "identifier=https://lakeside.example/visits|v417";
    assertEquals(201, await("/Appointment", booked, "If-None-Exist", condition).statusCode());
    String moved = booked.replace("T15:", "T17:");
    HttpResponse<String> again = await("/Appointment", moved, "If-None-Exist", condition);
    assertEquals(200, again.statusCode(), again.body());
    String at =
        "select count(*) from appointment a join patient p on p.PatNum = a.PatNum where p.LName = ? and a.AptDateTime = ?";
    assertEquals(1, house.office("elm").appointments(patient).size());
    assertEquals(1, house.office("elm").count(at, patient.last(), "2027-03-04 10:00:00"));
    JsonNode update =
        untilEnded(
            send(
                "PUT",
                "elm",
                "/Appointment?" + condition.replace(":", "%3A").replace("|", "%7C"),
                moved,
                "cond-417"),
            ELM_TOKEN);
    assertEquals("landed", update.path("end").asText(), update.toString());
    assertEquals(1, house.office("elm").appointments(patient).size());
    assertEquals(1, house.office("elm").count(at, patient.last(), "2027-03-04 12:00:00"));
  }

  @Test
  void aMessageThatCancelsBreaksTheVisitThatWasBookedByFhir() throws Exception {
    Patient patient = Patient.numbered(415);
    String booked =
        """
        {"resourceType":"Appointment","status":"booked","identifier":[{"system":"https://lakeside.example/visits","value":"v415"}],
         "start":"2027-03-02T15:00:00Z","end":"2027-03-02T15:30:00Z",
         "participant":[{"actor":{"type":"Location","identifier":{"value":"OP-1"}},"status":"accepted"},{"actor":{"type":"Patient","identifier":{"system":"%s","value":"%s"}},"status":"accepted"}]}"""
            .formatted(MRN_SYSTEM, patient.mrn());
    assertEquals(201, await("/Patient", fhir(patient, "")).statusCode());
    HttpResponse<String> visit = await("/Appointment", booked);
    assertEquals(201, visit.statusCode(), visit.body());
    String cancelled =
        """
        {"resourceType":"Bundle","type":"message","entry":[{"fullUrl":"urn:uuid:h","resource":{"resourceType":"MessageHeader",
         "eventCoding":{"system":"http://terminology.hl7.org/CodeSystem/v2-0003","code":"S15"},"source":{"endpoint":"http://x.example"},
         "focus":[{"reference":"urn:uuid:a"}]}},{"fullUrl":"urn:uuid:a","resource":%s}]}"""
            .formatted(booked.replace("\"booked\"", "\"cancelled\""));
    HttpResponse<String> done = await("/$process-message", cancelled);
    assertEquals(200, done.statusCode(), done.body());
    assertEquals(
        "ok",
        json(done).path("entry").get(0).path("resource").path("response").path("code").asText());
    assertEquals(
        1,
        house
            .office("elm")
            .count(
                "select count(*) from appointment a join patient p on p.PatNum = a.PatNum where p.LName = ? and a.AptStatus = 5",
                patient.last()));
  }

  @Test
  void aTakenTimeIsRefusedWithTheNextFreeOnes() throws Exception {
    Patient patient = Patient.numbered(416);
    String wanted =
        """
        {"resourceType":"Appointment","status":"booked","identifier":[{"system":"https://lakeside.example/visits","value":"v416"}],
         "start":"2027-03-03T15:00:00Z","end":"2027-03-03T15:30:00Z",
         "participant":[{"actor":{"type":"Location","identifier":{"value":"OP-1"}},"status":"accepted"},{"actor":{"type":"Patient","identifier":{"system":"%s","value":"%s"}},"status":"accepted"}]}"""
            .formatted(MRN_SYSTEM, patient.mrn());
    assertEquals(201, await("/Patient", fhir(patient, "")).statusCode());
    LocalDateTime at = LocalDateTime.of(2027, 3, 3, 10, 0);
    house.office("elm").worked(at.toLocalDate());
    long desk =
        house
            .sandbox()
            .frontDesk("elm")
            .book(house.office("elm").anybody(), 1, 1, at.plusMinutes(10), 30, "by the desk");
    HttpResponse<String> refused = await("/Appointment", wanted);
    assertEquals(422, refused.statusCode(), refused.body());
    String diagnostics = json(refused).path("issue").path(0).path("diagnostics").asText();
    assertTrue(
        diagnostics.contains(
            "slot taken: AptNum "
                + desk
                + " stands in operatory 1 at that time; next free there: 2027-03-03 10:40 to 17:00 (America/New_York)"),
        refused.body());
    assertEquals(0, house.office("elm").appointments(patient).size());
    HttpResponse<String> booked =
        await("/Appointment", wanted.replace("T15:00", "T15:40").replace("T15:30", "T16:10"));
    assertEquals(201, booked.statusCode(), booked.body());
    assertEquals(1, house.office("elm").appointments(patient).size());
  }

  /** As an office is shipped: a person decides of a time that is taken. */
  @ParameterizedTest
  @ValueSource(strings = {"message", "transaction", "alone"})
  void aVisitThatIsHeldIsToldAsHeldAndNothingIsBooked(String how) throws Exception {
    int number = 417 + List.of("message", "transaction", "alone").indexOf(how);
    Patient patient = Patient.numbered(number);
    LocalDateTime at = LocalDateTime.of(2027, 3, 4, 10, 0).plusDays(number - 417);
    house.office("oak").worked(at.toLocalDate());
    house
        .sandbox()
        .frontDesk("oak")
        .book(house.office("oak").anybody(), 1, 1, at.plusMinutes(10), 30, "by the desk");
    String visit =
        """
        {"resourceType":"Appointment","status":"booked","identifier":[{"system":"https://lakeside.example/visits","value":"v%d"}],
         "start":"%sT18:00:00Z","end":"%sT18:30:00Z",
         "participant":[{"actor":{"type":"Location","identifier":{"value":"OP-1"}},"status":"accepted"},{"actor":{"reference":"urn:uuid:p"},"status":"accepted"}]}"""
            .formatted(number, at.toLocalDate(), at.toLocalDate());
    String both =
        """
        {"fullUrl":"urn:uuid:p","resource":%s%s},{"fullUrl":"urn:uuid:a","resource":%s%s}""";
    HttpResponse<String> held =
        switch (how) {
          case "message" ->
              oak(
                  "/$process-message",
                  """
                  {"resourceType":"Bundle","type":"message","entry":[{"fullUrl":"urn:uuid:h","resource":{"resourceType":"MessageHeader",
                   "eventCoding":{"system":"http://terminology.hl7.org/CodeSystem/v2-0003","code":"S12"},"source":{"endpoint":"http://x.example"},
                   "focus":[{"reference":"urn:uuid:a"}]}},%s]}"""
                      .formatted(both.formatted(fhir(patient, ""), "", visit, "")));
          case "transaction" ->
              oak(
                  "",
                  "{\"resourceType\":\"Bundle\",\"type\":\"transaction\",\"entry\":["
                      + both.formatted(
                          fhir(patient, ""),
                          ",\"request\":{\"method\":\"POST\",\"url\":\"Patient\"}",
                          visit,
                          ",\"request\":{\"method\":\"POST\",\"url\":\"Appointment\"}")
                      + "]}");
          default -> {
            assertEquals(201, oak("/Patient", fhir(patient, "")).statusCode());
            yield oak(
                "/Appointment",
                visit.replace(
                    "\"reference\":\"urn:uuid:p\"",
                    "\"type\":\"Patient\",\"identifier\":{\"system\":\"%s\",\"value\":\"%s\"}"
                        .formatted(MRN_SYSTEM, patient.mrn())));
          }
        };
    assertEquals(202, held.statusCode(), held.body());
    JsonNode answer = json(held);
    if (how.equals("transaction")) {
      assertEquals(List.of("201 Created", "202 Accepted"), answer.findValuesAsText("status"));
      answer = answer.at("/entry/1/response/outcome");
    }
    assertEquals("OperationOutcome", answer.path("resourceType").asText(), held.body());
    assertEquals("incomplete", answer.at("/issue/0/code").asText(), held.body());
    assertTrue(answer.at("/issue/0/diagnostics").asText().contains("slot taken"), held.body());
    assertEquals(0, house.office("oak").appointments(patient).size());
  }

  private static HttpResponse<String> oak(String path, String body) throws Exception {
    return Fixture.request(
        "POST",
        base("oak") + path,
        body,
        "Content-Type",
        "application/fhir+json",
        "Authorization",
        "Bearer " + OAK_TOKEN);
  }

  /** Nobody of the table, and a second place. */
  @Test
  void whatAnAppointmentTakesNothingOfStandsOnItsReceipt() throws Exception {
    Patient patient = Patient.numbered(437);
    assertEquals(201, await("/Patient", fhir(patient, "")).statusCode());
    String wanted =
        """
        {"resourceType":"Appointment","status":"booked","identifier":[{"system":"https://lakeside.example/visits","value":"v437"}],
         "start":"2027-03-08T15:00:00Z","end":"2027-03-08T15:30:00Z",
         "participant":[{"actor":{"type":"Location","identifier":{"value":"OP-1"}},"status":"accepted"},{"actor":{"type":"Location","identifier":{"value":"OP-2"}},"status":"accepted"},
          {"actor":{"type":"Practitioner","identifier":{"value":"DR-99"}},"status":"accepted"},{"actor":{"type":"Patient","identifier":{"system":"%s","value":"%s"}},"status":"accepted"}]}"""
            .formatted(MRN_SYSTEM, patient.mrn());
    JsonNode landed = untilEnded(send("POST", "elm", "/Appointment", wanted, "r-437"), ELM_TOKEN);
    assertEquals("landed", landed.path("end").asText(), landed.toString());
    String warnings = landed.path("warnings").toString();
    assertTrue(
        warnings.contains(
            "left out: Appointment.participant[1] (an appointment has one operatory: the first AIL)"),
        warnings);
    assertTrue(
        warnings.contains(
            "left out: Appointment.participant[2] (AIP-3 is not in codes/provider: the office's own provider stands)"),
        warnings);
    assertEquals(1, house.office("elm").appointments(patient).size());
  }

  private static Path copy(Path from, Path to) throws Exception {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path target = to.resolve(from.relativize(file));
        Files.createDirectories(target.getParent());
        Files.copy(file, target);
      }
    }
    return to;
  }

  private static String fhir(Patient patient, String id) {
    String birth = patient.birth();
    return """
        {"resourceType":"Patient",%s"identifier":[{"system":"%s","value":"%s"}],
         "name":[{"family":"%s","given":["%s"]}],"gender":"%s","birthDate":"%s-%s-%s",
         "telecom":[{"system":"phone","use":"home","value":"%s"}],
         "address":[{"line":["%s"],"city":"Salem","state":"OR","postalCode":"97301"}]}"""
        .formatted(
            id.isEmpty() ? "" : "\"id\":\"" + id + "\",",
            MRN_SYSTEM,
            patient.mrn(),
            patient.last(),
            patient.first(),
            patient.sex().equals("F") ? "female" : "male",
            birth.substring(0, 4),
            birth.substring(4, 6),
            birth.substring(6, 8),
            patient.phone(),
            patient.street());
  }

  private static HttpResponse<String> send(
      String method, String practice, String path, String body, String requestId) throws Exception {
    return Fixture.request(
        method,
        base(practice) + path,
        body,
        "Content-Type",
        "application/fhir+json",
        "Authorization",
        "Bearer " + ELM_TOKEN,
        "X-Request-Id",
        requestId,
        "Prefer",
        "respond-async");
  }

  /** Waits for the answer until what it accepted has ended. */
  private static HttpResponse<String> await(String path, String body, String... more)
      throws Exception {
    List<String> headers =
        new ArrayList<>(
            List.of(
                "Content-Type", "application/fhir+json", "Authorization", "Bearer " + ELM_TOKEN));
    headers.addAll(List.of(more));
    return Fixture.request("POST", base("elm") + path, body, headers.toArray(String[]::new));
  }

  private static String base(String practice) {
    return "http://127.0.0.1:" + house.flags().get("pontic.facade.port") + "/fhir/" + practice;
  }

  private static String status(HttpResponse<String> accepted) {
    return base("elm").replace("/fhir/elm", "")
        + accepted.headers().firstValue("Content-Location").orElseThrow();
  }

  private static JsonNode untilEnded(HttpResponse<String> accepted, String token) throws Exception {
    List<JsonNode> seen = new ArrayList<>();
    String url = status(accepted);
    House.until(
        url + " has ended",
        () -> {
          try {
            HttpResponse<String> answer =
                Fixture.request("GET", url, "", "Authorization", "Bearer " + token);
            seen.add(json(answer));
            return answer.statusCode() == 200;
          } catch (Exception e) {
            throw new IllegalStateException(e);
          }
        });
    return seen.get(seen.size() - 1);
  }

  private static JsonNode json(HttpResponse<String> response) throws Exception {
    return new ObjectMapper().readTree(response.body());
  }
}
