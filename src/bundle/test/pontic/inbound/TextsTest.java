package pontic.inbound;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import pontic.house.FacadeClient;
import pontic.house.House;
import pontic.sandbox.api.Fault;
import pontic.sandbox.api.FaultKind;
import pontic.sandbox.hospital.Hospital;

/**
 * Texts that are longer than their columns, and characters that no column holds, looked at in Open
 * Dental's database, which cuts without a word as an office does. elm keeps what does not fit as
 * notes, oak as files.
 */
final class TextsTest {
  private static final AtomicInteger NUMBER = new AtomicInteger();
  private static final ObjectMapper JSON = new ObjectMapper();

  /** One of those that every practice of the sandbox has. */
  private static final long PAT = 5;

  private static final int TEXT = 65_535;
  private static final String REFERENCE = " \\[ref P-[A-Z0-9]{10}]";
  private static final LocalDateTime NOON = LocalDateTime.of(2027, 9, 7, 12, 0);

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
            .with("practices.elm.writes.patientRest", "note")
            .with("practices.oak.writes.patientRest", "document")
            .with("practices.oak.writes.rest", "document")
            .permitted(Set.of("ApiDocuments", "ApiSetup"));
    house.startBundle();
    house.untilConnected();
    client = new FacadeClient(house, "texts");
  }

  @AfterAll
  static void close() throws Exception {
    house.close();
  }

  @AfterEach
  void noRequestBrokeTheSpacing() {
    house.api().faults().clear();
    assertEquals(List.of(), house.api().requests().violations(0));
    house.api().requests().clear();
  }

  /** Without its reference at the end it would not be found again: neither by settle nor later. */
  @ParameterizedTest
  @CsvSource({"elm, TIMEOUT_AFTER", "elm, DROP_AFTER", "elm,", "oak, TIMEOUT_AFTER"})
  void aNoteLongerThanItsColumnIsOneEntryAndItsRestIsKept(String practice, FaultKind kind)
      throws Exception {
    String word = word();
    String said = word + " " + "ä".repeat(35_000) + " the end of " + word;
    if (kind != null) {
      house.arm(kind, Fault.of(practice, kind).on("POST", "/commlogs").times(1));
    }
    JsonNode end = ended(practice, "PUT", "/Communication/" + word, communication(word, said));
    assertEquals("landed", end.path("end").asText(), end.toString());
    assertOneEntry(practice, word, said);
    assertEquals(
        List.of(
            "Note was cut to 65516 bytes; the rest kept as "
                + (practice.equals("elm") ? "an entry of the communication log" : "a file")),
        texts(end.path("warnings")));
    JsonNode again = ended(practice, "PUT", "/Communication/" + word, communication(word, said));
    assertEquals("no change", again.path("end").asText(), again.toString());
    assertOneEntry(practice, word, said);
  }

  private static void assertOneEntry(String practice, String word, String said) {
    List<String> notes =
        column(practice, "select Note from commlog where Note like ? order by CommlogNum", word);
    assertEquals(practice.equals("elm") ? 2 : 1, notes.size());
    String first = notes.get(0);
    assertTrue(first.matches("(?s).*" + REFERENCE), "its reference is whole");
    assertTrue(first.getBytes(StandardCharsets.UTF_8).length <= TEXT);
    String begins = first.replaceFirst(REFERENCE, "");
    assertTrue(said.startsWith(begins), "nothing but what was said");
    String more =
        practice.equals("elm") ? notes.get(1).replaceFirst(REFERENCE, "") : file(practice);
    assertEquals(
        (practice.equals("elm") ? "More of a Communication: " : "")
            + "Note: … "
            + said.substring(begins.length()),
        more);
  }

  @Test
  void aNoteOfSeveralEntriesIsWholeInThemAndWrittenOnce() throws Exception {
    String word = word();
    String said = (word + "-ä-").repeat(20_000) + word;
    String begins = "(Still more|More) of a Communication: ";
    String sql = "select Note from commlog where Note like ? order by CommlogNum";
    house.arm(
        FaultKind.TIMEOUT_AFTER,
        Fault.of("elm", FaultKind.TIMEOUT_AFTER).on("POST", "/commlogs").after(2).times(1));
    for (String end : List.of("landed", "no change")) {
      JsonNode ended = ended("elm", "PUT", "/Communication/" + word, communication(word, said));
      assertEquals(end, ended.path("end").asText(), ended.toString());
      List<String> notes = column("elm", sql, word);
      assertEquals(4, notes.size());
      StringBuilder whole = new StringBuilder();
      for (String note : notes) {
        assertTrue(note.matches("(?s).*" + REFERENCE), "its reference is whole");
        assertTrue(note.getBytes(StandardCharsets.UTF_8).length <= TEXT);
        whole.append(note.replaceFirst(REFERENCE, "").replaceFirst("^" + begins, ""));
      }
      assertEquals(said, whole.toString().replaceFirst("Note: … ", ""));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"elm", "oak"})
  void aPhoneLongerThanItsColumnIsLeftWholeToTheRestAndNotHalfANumber(String practice)
      throws Exception {
    String word = word();
    String phone = "503-555-0199 ext 4417, ask for Jane";
    JsonNode end =
        ended(practice, "PUT", "/Patient/" + word, patient(word, word, "503-555-0100", phone));
    assertEquals("landed", end.path("end").asText(), end.toString());
    Map<String, Object> row = row(practice, "select * from patient where LName = ?", word);
    assertEquals("", row.get("WkPhone"));
    assertEquals("(503)555-0100", row.get("HmPhone"));
    List<String> warnings = texts(end.path("warnings"));
    assertTrue(
        warnings.contains("WkPhone was left out: Open Dental holds 30 characters"),
        warnings.toString());
    assertFalse(end.toString().contains("Jane"), end.toString());
    String kept =
        practice.equals("elm")
            ? column(
                    practice,
                    "select c.Note from commlog c join patient p on p.PatNum = c.PatNum where p.LName like ?",
                    word)
                .get(0)
            : file(practice);
    assertTrue(kept.contains("WkPhone: " + phone), kept);
    // An update that says it again changes nothing, and one with a phone that fits is written.
    JsonNode again =
        ended(practice, "PUT", "/Patient/" + word, patient(word, word, "503-555-0100", phone));
    assertEquals("no change", again.path("end").asText(), again.toString());
    ended(practice, "PUT", "/Patient/" + word, patient(word, word, "503-555-0100", "503-555-0177"));
    assertEquals(
        "(503)555-0177",
        row(practice, "select * from patient where LName = ?", word).get("WkPhone"));
  }

  @Test
  void aPatientWhoseNameNoColumnHoldsIsHeldWithTheReason() throws Exception {
    String word = word();
    String name = word + "x".repeat(100);
    house.accepted(
        "elm",
        Hospital.message(
            "ADT^A28", word, "PID|1||" + word + "^^^LAKE^MR||" + name + "^Ada||19610203|F"));
    House.until("it has ended", () -> !house.ledger().end(word).isEmpty());
    house.ledger().assertEnd("parked", word);
    String receipt = house.ledger().receipt(word).toString();
    assertTrue(receipt.contains("LName was left out: Open Dental holds 100 characters"), receipt);
    assertFalse(receipt.contains("xxxx"), receipt);
    assertEquals(
        0,
        house.office("elm").count("select count(*) from patient where LName like ?", word + "%"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"elm", "oak"})
  void whatIsToldOfAnAllergyBeyondItsColumnIsKeptAndSaid(String practice) throws Exception {
    String word = word();
    String hives = "hives ".repeat(60).strip();
    JsonNode end =
        ended(
            practice,
            "PUT",
            "/AllergyIntolerance/" + word,
            allergy(word, hives, "the end of " + word));
    assertEquals("landed", end.path("end").asText(), end.toString());
    String reaction = reaction(practice, word);
    assertEquals(255, reaction.length());
    assertTrue(hives.startsWith(reaction), reaction);
    boolean isNote = practice.equals("elm");
    String kept =
        isNote
            ? column(
                    practice,
                    "select Note from commlog where Note like concat('More of an AllergyIntolerance: %', ?)",
                    "the end of " + word)
                .get(0)
            : file(practice);
    assertTrue(kept.contains("the end of " + word), kept);
    assertTrue(kept.contains(hives.substring(255).strip()), kept);
    assertEquals(
        List.of(
            "AllergyIntolerance: no field for note, kept " + (isNote ? "in Reaction" : "as a file"),
            "Reaction was cut to 255 characters; the rest kept as "
                + (isNote ? "an entry of the communication log" : "a file")),
        texts(end.path("warnings")));
  }

  @Test
  void anUnclearChangeToALongerTextIsReadBackAsSentAndWrittenOnce() throws Exception {
    String word = word();
    ended("elm", "PUT", "/AllergyIntolerance/" + word, allergy(word, "rash", ""));
    house.api().requests().clear();
    house.arm(
        FaultKind.TIMEOUT_AFTER,
        Fault.of("elm", FaultKind.TIMEOUT_AFTER).on("PUT", "/allergies/*").times(1));
    JsonNode end =
        ended("elm", "PUT", "/AllergyIntolerance/" + word, allergy(word, "hives ".repeat(60), ""));
    assertEquals("landed", end.path("end").asText(), end.toString());
    assertEquals(
        1,
        house.api().requests().list("elm").stream()
            .filter(each -> each.method().equals("PUT"))
            .count());
    assertTrue(reaction("elm", word).startsWith("hives hives"));
  }

  @Test
  void aMedicationOfALongNameIsOneAndStopsWhenItsSenderSaysSo() throws Exception {
    String word = word();
    String name = word + " " + "and lidocaine ".repeat(25).strip();
    assertEquals(
        "landed",
        ended("elm", "PUT", "/MedicationStatement/" + word, medication(word, name, "one a day", ""))
            .path("end")
            .asText());
    ended("elm", "PUT", "/MedicationStatement/" + word, medication(word, name, "two a day", ""));
    JsonNode stopped =
        ended(
            "elm",
            "PUT",
            "/MedicationStatement/" + word,
            medication(word, name, "two a day", "2026-03-04"));
    assertTrue(
        texts(stopped.path("warnings"))
            .contains("MedName was cut to 255 characters; the rest kept in PatNote"),
        stopped.toString());
    List<Map<String, Object>> rows =
        house
            .office("elm")
            .rows(
                "select d.MedName, m.PatNote, m.DateStop from medication d left join medicationpat m on m.MedicationNum = d.MedicationNum where d.MedName like ?",
                word + "%");
    assertEquals(1, rows.size(), rows.toString());
    assertEquals(name.substring(0, 255), rows.get(0).get("MedName"));
    assertEquals("2026-03-04", rows.get(0).get("DateStop").toString());
    assertEquals(
        "two a day; MedName: … " + name.substring(255).strip(), rows.get(0).get("PatNote"));
  }

  /** MySQL's utf8 has no room for them; what follows one may be lost with it. */
  @ParameterizedTest
  @CsvSource({"elm, TIMEOUT_AFTER", "elm,", "oak, DROP_AFTER"})
  void aCharacterThatNoColumnHoldsIsReplacedAndSaid(String practice, FaultKind kind)
      throws Exception {
    String word = word();
    if (kind != null) {
      house.arm(kind, Fault.of(practice, kind).on("POST", "/commlogs").times(1));
    }
    String said = communication(word, word + " running late 😀, sorry");
    JsonNode end = ended(practice, "PUT", "/Communication/" + word, said);
    assertEquals("landed", end.path("end").asText(), end.toString());
    assertEquals(
        List.of("Note: characters that Open Dental cannot store were replaced"),
        texts(end.path("warnings")));
    List<String> notes = column(practice, "select Note from commlog where Note like ?", word);
    assertEquals(1, notes.size());
    assertEquals(word + " running late \uFFFD, sorry", notes.get(0).replaceFirst(REFERENCE, ""));
    JsonNode again = ended(practice, "PUT", "/Communication/" + word, said);
    assertEquals("no change", again.path("end").asText(), again.toString());
  }

  /** A new name beside the old phone would be somebody else's. */
  @Test
  void ofWhomToCallNothingIsWrittenIfHisPhoneIsTooLongAndBothStay() throws Exception {
    String word = word();
    String known = patient(word, word, "503-555-0100", "");
    String calls =
        known.replaceFirst(
            "\"telecom\"",
            "\"contact\": [{\"relationship\": [{\"coding\": [{\"system\": \"http://terminology.hl7.org/CodeSystem/v2-0131\", \"code\": \"C\"}]}],"
                + " \"name\": {\"text\": \"NAME\"}, \"telecom\": [{\"system\": \"phone\", \"value\": \"PHONE\"}]}], \"telecom\"");
    ended(
        "elm",
        "PUT",
        "/Patient/" + word,
        calls.replace("NAME", "Bo Marsh").replace("PHONE", "503-555-0122"));
    JsonNode end =
        ended(
            "elm",
            "PUT",
            "/Patient/" + word,
            calls
                .replace("NAME", "Jo Reed")
                .replace("PHONE", "503-555-0199 ext 4417, ask for Jane"));
    assertTrue(
        texts(end.path("warnings"))
            .contains(
                "Patient was left: ICEPhone has more than the 30 characters that Open Dental holds; kept as an entry of the communication log"),
        end.toString());
    Map<String, Object> row =
        row(
            "elm",
            "select n.* from patientnote n join patient p on p.PatNum = n.PatNum where p.LName = ?",
            word);
    assertEquals("Bo Marsh", row.get("ICEName"));
    assertEquals("503-555-0122", row.get("ICEPhone"));
    assertEquals(
        1,
        column(
                "elm",
                "select c.Note from commlog c join patient p on p.PatNum = c.PatNum where c.Note like 'More of a Patient: ICEPhone: 503-555-0199 ext 4417, ask for Jane [ref%' and p.LName like ?",
                word)
            .size());
  }

  @Test
  void aDefinitionOfSuchANameIsFoundAgain() throws Exception {
    for (String reaction : List.of("rash", "hives")) {
      ended(
          "elm",
          "PUT",
          "/AllergyIntolerance/smile",
          allergy("smile", reaction, "").replace("\"text\": \"smile\"", "\"text\": \"smile 😀\""));
    }
    assertEquals(
        1,
        house
            .office("elm")
            .count("select count(*) from allergydef where Description like 'smile %'"));
    assertEquals("hives", reaction("elm", "smile \uFFFD"));
  }

  /** A chart needs a name; but what is left of it proves nobody. */
  @Test
  void aNameWithSuchACharacterIsWrittenAndSaidAndProvesNobody() throws Exception {
    String word = word();
    JsonNode end =
        ended("elm", "PUT", "/Patient/" + word, patient(word, word + "𠮷田", "503-555-0100", ""));
    assertEquals("landed", end.path("end").asText(), end.toString());
    assertTrue(
        texts(end.path("warnings"))
            .contains("LName: characters that Open Dental cannot store were replaced"),
        end.toString());
    Map<String, Object> row =
        row("elm", "select * from patient where LName like concat(?, '%')", word);
    assertEquals(word + "\uFFFD田", row.get("LName"));
    assertEquals(
        "no change",
        ended("elm", "PUT", "/Patient/" + word, patient(word, word + "𠮷田", "503-555-0100", ""))
            .path("end")
            .asText());
    // Another of whom the same is left, born on the same day: a person says whether it is he.
    String other = word + "-2";
    house.accepted(
        "elm",
        Hospital.message(
            "ADT^A28",
            other,
            "PID|1||"
                + other
                + "^^^LAKE^MR||"
                + word
                + "𡈽田^Ada||"
                + born(word).replace("-", "")
                + "|F|||12 Elm St.^^Salem^OR^97301||503-555-0100"));
    House.until("it has ended", () -> !house.ledger().end(other).isEmpty());
    house.ledger().assertEnd("parked", other);
    assertEquals(
        1,
        house
            .office("elm")
            .count("select count(*) from patient where LName like concat(?, '%')", word));
  }

  @ParameterizedTest
  @CsvSource({"elm, TIMEOUT_AFTER", "oak, DROP_AFTER"})
  void aRemarkLongerThanTheNoteOfAnAppointmentLeavesOneVisitAndIsKept(
      String practice, FaultKind kind) throws Exception {
    int number = NUMBER.incrementAndGet();
    Hospital.Patient patient = Hospital.Patient.numbered(5000 + number);
    String remark = "late 😀 " + "x".repeat(70_000) + " the end";
    house.arm(kind, Fault.of(practice, kind).on("POST", "/appointments").times(1));
    String placer = "LONG" + number;
    LocalDateTime at = NOON.plusWeeks(number);
    String booked =
        house.ended(practice, Hospital.siu("S12", placer + "-1", patient, placer, at, 30, remark));
    house.ledger().assertEnd("landed", booked);
    assertEquals(1, house.office(practice).appointments(patient).size());
    String note = house.office(practice).appointments(patient).get(0).get("Note").toString();
    assertTrue(note.startsWith("late \uFFFD xxx"), "what was said, and not the emoji");
    assertTrue(note.matches("(?s).*" + REFERENCE), "its reference is whole");
    boolean isNote = practice.equals("elm");
    List<String> warnings =
        texts(JSON.readTree(house.ledger().receipt(booked).get("receipt_warnings").toString()));
    assertTrue(
        warnings.containsAll(
            List.of(
                "Note: characters that Open Dental cannot store were replaced",
                "Note was cut to 65516 bytes",
                "the rest of Note kept as "
                    + (isNote ? "an entry of the communication log" : "a file"))),
        warnings.toString());
    String kept =
        isNote
            ? column(
                    practice,
                    "select Note from commlog where Note like concat('More of an Appointment: %', ?)",
                    "the end")
                .get(0)
            : file(practice);
    assertTrue(kept.replaceFirst(REFERENCE, "").endsWith("x the end"), "the rest");
    // The note is full: a remark more has no room in it, and is kept as well.
    house.arm(kind, Fault.of(practice, kind).on("PUT", "/appointments/*").times(1));
    String moved =
        house.ended(
            practice,
            Hospital.siu("S13", placer + "-2", patient, placer, at.plusHours(2), 30, "by bus"));
    house.ledger().assertEnd("landed", moved);
    assertEquals(note, house.office(practice).appointments(patient).get(0).get("Note").toString());
    String more =
        isNote
            ? column(
                    practice,
                    "select Note from commlog where Note like concat('More of an Appointment: %', ?)",
                    "by bus")
                .get(0)
            : file(practice);
    assertTrue(more.contains("Note: by bus"), more);
    assertEquals(1, house.office(practice).appointments(patient).size());
  }

  private static String word() {
    return "Texts" + NUMBER.incrementAndGet() + "w";
  }

  private static String communication(String word, String said) {
    return """
        {"resourceType": "Communication", "id": "WORD", "status": "completed", "subject": {"reference": "Patient/PATIENT"},
         "identifier": [{"system": "urn:hospital:words", "value": "WORD"}], "sent": "2026-02-03T15:00:00Z", "payload": [{"contentString": "SAID"}]}
        """
        .replace("WORD", word)
        .replace("SAID", said);
  }

  private static String allergy(String word, String reaction, String note) {
    return """
        {"resourceType": "AllergyIntolerance", "id": "WORD", "patient": {"reference": "Patient/PATIENT"}, "code": {"text": "WORD"},
         "identifier": [{"system": "urn:hospital:allergies", "value": "WORD"}],
         "reaction": [{"manifestation": [{"text": "REACTION"}]}]NOTE}
        """
        .replace("WORD", word)
        .replace("REACTION", reaction)
        .replace("NOTE", note.isEmpty() ? "" : ", \"note\": [{\"text\": \"" + note + "\"}]");
  }

  private static String medication(String word, String name, String taken, String end) {
    return """
        {"resourceType": "MedicationStatement", "id": "WORD", "status": "STATUS", "subject": {"reference": "Patient/PATIENT"},
         "identifier": [{"system": "urn:hospital:medications", "value": "WORD"}], "medicationCodeableConcept": {"text": "NAME"},
         "effectivePeriod": {"start": "2024-05-06"END}, "dosage": [{"text": "TAKEN"}]}
        """
        .replace("WORD", word)
        .replace("STATUS", end.isEmpty() ? "active" : "stopped")
        .replace("NAME", name)
        .replace("END", end.isEmpty() ? "" : ", \"end\": \"" + end + "\"")
        .replace("TAKEN", taken);
  }

  private static String patient(String word, String family, String home, String work) {
    return """
        {"resourceType": "Patient", "id": "WORD", "birthDate": "BORN", "gender": "female",
         "identifier": [{"system": "urn:hospital:people", "value": "WORD"}], "name": [{"family": "FAMILY", "given": ["Ada"]}],
         "telecom": [{"system": "phone", "use": "home", "value": "HOME"}, {"system": "phone", "use": "work", "value": "AT-WORK"}]}
        """
        .replace("WORD", word)
        .replace("FAMILY", family)
        .replace("HOME", home)
        .replace("AT-WORK", work.isEmpty() ? "503-555-0111" : work)
        .replace("BORN", born(word));
  }

  /** Each on a day of his own, so that nobody is taken for another of a name much alike. */
  private static String born(String word) {
    int number = Integer.parseInt(word.replaceAll("\\D", ""));
    return "19%02d-%02d-%02d".formatted(30 + number % 60, 1 + number % 12, 1 + number % 28);
  }

  private static JsonNode ended(String practice, String method, String path, String body)
      throws Exception {
    HttpResponse<String> accepted =
        client.send(practice, method, path, body.replace("PATIENT", practice + "-patient-" + PAT));
    assertEquals(202, accepted.statusCode(), accepted.body());
    return client.untilEnded(practice, accepted);
  }

  private static String reaction(String practice, String word) {
    return row(
            practice,
            "select a.Reaction from allergy a join allergydef d on d.AllergyDefNum = a.AllergyDefNum where d.Description = ?",
            word)
        .get("Reaction")
        .toString();
  }

  private static Map<String, Object> row(String practice, String sql, String parameter) {
    List<Map<String, Object>> rows = house.office(practice).rows(sql, parameter);
    assertEquals(1, rows.size(), "one row");
    return rows.get(0);
  }

  /** What one column holds in rows in which it stands. */
  private static List<String> column(String practice, String sql, String word) {
    return house.office(practice).rows(sql, "%" + word + "%").stream()
        .map(row -> row.get("Note").toString())
        .toList();
  }

  /** The words of the newest text file. */
  private static String file(String practice) {
    String file =
        house
            .office(practice)
            .rows(
                "select Note from document where Note like '_rawBase64_:.txt_%' order by DocNum desc limit 1")
            .get(0)
            .get("Note")
            .toString();
    return new String(
        Base64.getDecoder().decode(file.substring("_rawBase64_:.txt_".length())),
        StandardCharsets.UTF_8);
  }

  private static List<String> texts(JsonNode list) {
    return java.util.stream.StreamSupport.stream(list.spliterator(), false)
        .map(JsonNode::asText)
        .toList();
  }
}
