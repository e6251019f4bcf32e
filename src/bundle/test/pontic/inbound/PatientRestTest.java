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
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
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
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import pontic.house.FacadeClient;
import pontic.house.House;
import pontic.sandbox.api.Fault;
import pontic.sandbox.api.FaultKind;
import pontic.sandbox.hospital.Hospital;

/**
 * What of a patient has no field in Open Dental, looked at in its database: elm keeps it as notes,
 * oak as files. That a practice which chose neither gets neither {@link ChartWritesTest} shows.
 */
final class PatientRestTest {
  private static final AtomicInteger NUMBER = new AtomicInteger();
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String BEGINS =
      "Another system says of this patient what Open Dental has no field for: ";
  private static final LocalDateTime NOON = LocalDateTime.of(2027, 6, 8, 12, 0);

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
            .permitted(Set.of("ApiDocuments", "ApiSetup"));
    house.startBundle();
    house.untilConnected();
    client = new FacadeClient(house, "rest");
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

  @ParameterizedTest
  @ValueSource(strings = {"elm", "oak"})
  void whatOfAPatientHasNoFieldIsKeptOncePerChangeAsThePracticeChooses(String practice)
      throws Exception {
    String word = "Rest" + NUMBER.incrementAndGet();
    String mill = "~9 Mill Rd^^Salem^OR^97301^USA^B";
    String oak = "~7 Oak Rd^^Salem^OR^97301^USA^B";
    JsonNode first = ended(practice, "ADT^A28", word + "-1", "landed", pid(word, mill));
    assertEquals(
        Set.of(
            "left out: PID-6 (Open Dental has no field for it)",
            "left out: PID-10 (race and ethnicity: the API does not write them)",
            "left out: PID-18 (accounts and licences: the office's own business)",
            "left out: Patient.address[1] (the API has fields for one address in two lines)",
            "The rest of the Patient: Patient.address[1], PID-6, PID-10 kept as "
                + (practice.equals("elm") ? "an entry of the communication log" : "a file")),
        texts(first));
    String kept =
        BEGINS + "PID-10: race 2106-3 White; PID-6: mother's maiden name Marsh Bea; address: %s";
    String atTheMill = kept.formatted("work 9 Mill Rd Salem OR 97301 USA");
    String atTheOak = kept.formatted("work 7 Oak Rd Salem OR 97301 USA");
    assertEquals(List.of(atTheMill), kept(practice, word));
    // The same again, with another account number, which is the hospital's own.
    String same = pid(word, mill).replace("ACC-77", "ACC-78");
    ended(practice, "ADT^A08", word + "-2", "no change", same);
    assertEquals(List.of(atTheMill), kept(practice, word));
    ended(practice, "ADT^A08", word + "-3", "landed", pid(word, oak));
    ended(practice, "ADT^A08", word + "-4", "no change", pid(word, oak));
    assertEquals(List.of(atTheMill, atTheOak), kept(practice, word));
    // What it was before is a change too.
    ended(practice, "ADT^A08", word + "-5", "landed", pid(word, mill));
    ended(practice, "ADT^A08", word + "-6", "no change", pid(word, mill));
    assertEquals(List.of(atTheMill, atTheOak, atTheMill), kept(practice, word));
    // Another patient of whom the same is said has a row of his own.
    String other = "Rest" + NUMBER.incrementAndGet();
    ended(practice, "ADT^A28", other + "-1", "landed", pid(other, mill));
    assertEquals(List.of(atTheMill), kept(practice, other));
    assertEquals(3, kept(practice, word).size());
  }

  @Test
  void aCommentOnAPatientIsKeptAndADateThatTheCalendarLacksHoldsNothingUp() throws Exception {
    String word = "Rest" + NUMBER.incrementAndGet();
    String known = pid(word, "").replace("Marsh^Bea", "").replace("2106-3^White^HL70005", "");
    String[] segments = {
      known,
      "NTE|1||Latex allergy, call",
      "NTE|2||before giving anything",
      "PV1|1|O",
      "AL1|1|DA|^Latex of " + word + "|||20190931",
      "OBX|1|NM|8867-4^Pulse^LN||70|||||||||20260231"
    };
    Set<String> said = texts(ended("elm", "ADT^A28", word + "-1", "landed", segments));
    assertTrue(
        said.containsAll(
            Set.of(
                "left out: AL1-6 (no date of the calendar)",
                "left out: NTE (Open Dental has no field for comments on a patient; those behind an OBX go with it)")),
        said.toString());
    assertEquals(
        List.of(BEGINS + "NTE: comment Latex allergy, call\nbefore giving anything"),
        kept("elm", word));
    assertEquals(
        1,
        house
            .office("elm")
            .count(
                "select count(*) from allergy a join allergydef d on d.AllergyDefNum = a.AllergyDefNum where d.Description = ?",
                "Latex of " + word));
    // Whom it means cannot be said without it.
    String unborn = known.replace(born(word), "19840230");
    ended("elm", "ADT^A08", word + "-2", "parked", unborn);
    String reason = house.ledger().reason(word + "-2");
    assertTrue(reason.endsWith(": PID-7"), reason);
    assertFalse(reason.contains("19840230"), reason);
  }

  /** It was parked before anything had read it; the two differ in nothing but the rest. */
  @Test
  void anOlderMessageThatIsLetGoOnLateKeepsNothingThatANewerOneSaysOtherwise() throws Exception {
    String word = "Rest" + NUMBER.incrementAndGet();
    ended("elm", "ADT^A28", word + "-1", "landed", pid(word, "~9 Mill Rd^^Salem^OR^97301^USA^B"));
    lease(Long.MAX_VALUE);
    String oak = pid(word, "~7 Oak Rd^^Salem^OR^97301^USA^B");
    house.accepted("elm", Hospital.message("ADT^A08", word + "-2", oak));
    house.ledger().change("update message set attempts = 3 where control_id = ?", word + "-2");
    lease(0);
    house.untilAllEnded();
    house.ledger().assertEnd("parked", word + "-2");
    ended("elm", "ADT^A08", word + "-3", "landed", pid(word, "~5 Ash Rd^^Salem^OR^97301^USA^B"));
    List<String> before = kept("elm", word);
    assertEquals(2, before.size(), before.toString());
    assertEquals(202, house.release(house.ledger().id(word + "-2")));
    House.until("it has ended", () -> !house.ledger().end(word + "-2").equals("parked"));
    house.untilAllEnded();
    assertEquals(before, kept("elm", word));
    ended("elm", "ADT^A08", word + "-4", "no change", pid(word, "~5 Ash Rd^^Salem^OR^97301^USA^B"));
    assertEquals(before, kept("elm", word));
  }

  @ParameterizedTest
  @EnumSource(
      value = FaultKind.class,
      names = {"TIMEOUT_AFTER", "LANDS_LATE", "DROP_BEFORE", "DROP_AFTER"})
  void theNoteOfAFhirPatientIsWrittenOnceWhateverBecameOfItsAnswer(FaultKind kind)
      throws Exception {
    String word = "Rest" + NUMBER.incrementAndGet();
    house.arm(kind, Fault.of("elm", kind).on("POST", "/commlogs").times(1));
    JsonNode end = put("elm", word, patient(word, "III"));
    assertEquals("landed", end.path("end").asText(), end.toString());
    assertEquals(
        Set.of(
            "left out: Patient.name[0].suffix (the API has fields for one name, family, given, middle and preferred)",
            "left out: Patient.photo (the API does not write it)",
            "left out: Patient.extension('us-core-birthsex') (nothing here reads it; codes/patient-field may name a custom field for it)",
            "State was left out: Open Dental takes none of that form",
            "The rest of the Patient: Patient.name[0].suffix, Patient.extension('us-core-birthsex'), State kept as an entry of the communication log"),
        texts(end.path("warnings")));
    String kept = BEGINS + "State: Kent; extension('us-core-birthsex'): F; name.suffix: III";
    assertEquals(List.of(kept), kept("elm", word));
    assertEquals(List.of(), house.api().faults().list(), "it was met");
    JsonNode again = put("elm", word, patient(word, "III"));
    assertEquals("no change", again.path("end").asText(), again.toString());
    assertEquals(List.of(kept), kept("elm", word));
  }

  @Test
  void aNoteThatIsRefusedIsSaidAndDoesNotRefuseThePatientAndIsWrittenLater() throws Exception {
    String word = "Rest" + NUMBER.incrementAndGet();
    String refused =
        "The rest of the Patient was left: Open Dental refused commlogs.post: HTTP 400 with a text that Pontic does not know";
    house
        .api()
        .faults()
        .arm(Fault.of("elm", FaultKind.UNKNOWN_400).on("POST", "/commlogs").times(0));
    JsonNode made = put("elm", word, patient(word, "III"));
    assertEquals("landed", made.path("end").asText(), made.toString());
    assertTrue(made.path("warnings").toString().contains(refused), made.toString());
    assertFalse(made.path("warnings").toString().contains("kept"), made.toString());
    // Of a message that says nothing else that is new as well.
    JsonNode updated = put("elm", word, patient(word, "IV"));
    assertEquals("no change", updated.path("end").asText(), updated.toString());
    assertTrue(updated.path("warnings").toString().contains(refused), updated.toString());
    assertEquals(List.of(), kept("elm", word));
    assertEquals(
        1, house.office("elm").count("select count(*) from patient where LName = ?", word));
    house.api().faults().clear();
    JsonNode later = put("elm", word, patient(word, "IV"));
    assertEquals("landed", later.path("end").asText(), later.toString());
    assertEquals(
        List.of(BEGINS + "State: Kent; extension('us-core-birthsex'): F; name.suffix: IV"),
        kept("elm", word));
  }

  /** He who comes with an appointment; what he is made of is written if nobody knew him. */
  @Test
  void whatNoWriteOfAnAppointmentTakesOfItsPatientIsNamedOnItsReceiptAndNotKept() throws Exception {
    String word = "Rest" + NUMBER.incrementAndGet();
    String named = pid(word, "~9 Mill Rd^^Salem^OR^97301^USA^B");
    Set<String> rest =
        new TreeSet<>(
            Set.of(
                "left out: PID-6 (Open Dental has no field for it)",
                "left out: PID-10 (race and ethnicity: the API does not write them)",
                "left out: PID-18 (accounts and licences: the office's own business)",
                "left out: Patient.address[1] (the API has fields for one address in two lines)"));
    assertEquals(
        rest, texts(ended("elm", "SIU^S12", word + "-1", "landed", visit(word, 1, named))));
    assertEquals(
        1,
        house
            .office("elm")
            .count(
                "select count(*) from patient where LName = ? and Address = '12 Elm St.'",
                word.toLowerCase(Locale.ROOT)));
    rest.add(
        "left out: Patient.address (an appointment changes nothing of a patient who is known)");
    String moved = named.replace("12 Elm St.", "14 Elm St.");
    assertEquals(
        rest, texts(ended("elm", "SIU^S12", word + "-2", "landed", visit(word, 2, moved))));
    assertEquals(List.of(), kept("elm", word));
  }

  @Test
  void theRestOfThePatientOfAFhirAppointmentIsNamedToo() throws Exception {
    String word = "Rest" + NUMBER.incrementAndGet();
    LocalDateTime at = NOON.plusWeeks(NUMBER.get()).plusHours(4);
    HttpResponse<String> accepted =
        client.send(
            "elm",
            "POST",
            "/Appointment",
            """
            {"resourceType": "Appointment", "status": "booked", "identifier": [{"system": "urn:hospital:visit", "value": "WORD"}],
             "start": "ATZ", "minutesDuration": 30, "contained": [PATIENT],
             "participant": [{"actor": {"reference": "#WORD"}, "status": "accepted"},
               {"actor": {"identifier": {"value": "OP-1"}, "type": "Location"}, "status": "accepted"}]}
            """
                .replace("PATIENT", patient(word, "III"))
                .replace("WORD", word)
                .replace("AT", at + ":00"));
    assertEquals(202, accepted.statusCode(), accepted.body());
    JsonNode end = client.untilEnded("elm", accepted);
    assertEquals("landed", end.path("end").asText(), end.toString());
    assertTrue(
        texts(end.path("warnings"))
            .containsAll(
                Set.of(
                    "left out: Patient.name[0].suffix (the API has fields for one name, family, given, middle and preferred)",
                    "left out: Patient.photo (the API does not write it)")),
        end.toString());
    assertFalse(end.path("warnings").toString().contains("III"), end.toString());
    assertEquals(List.of(), kept("elm", word));
  }

  private static void lease(long until) {
    house
        .ledger()
        .change(
            "update lease set until_at = ?, epoch = epoch + 1 where name = 'understand:elm'",
            until);
  }

  private static String[] visit(String word, int number, String pid) {
    LocalDateTime at = NOON.plusWeeks(NUMBER.incrementAndGet());
    String time = at.toString().replaceAll("\\D", "") + "00";
    String until = at.plusMinutes(30).toString().replaceAll("\\D", "") + "00";
    return new String[] {
      "SCH|" + word + "-" + number + "^LAKE|||||ROUTINE||NORMAL|30|min|^^30^" + time + "^" + until,
      pid,
      "RGS|1|A",
      "AIL|1|A|OP-1",
      "AIP|1|A|DR-1^Welby^Marcus"
    };
  }

  /** PID-6, PID-10, an address and another one behind it, PID-18. */
  private static String pid(String word, String more) {
    return "PID|1||"
        + word
        + "^^^LAKE^MR||"
        + word.toLowerCase(Locale.ROOT)
        + "^Ada|Marsh^Bea|"
        + born(word)
        + "|F||2106-3^White^HL70005|12 Elm St.^^Salem^OR^97301^USA^H"
        + more
        + "|||||||ACC-77";
  }

  private static String patient(String word, String suffix) {
    return """
        {"resourceType": "Patient", "id": "WORD", "birthDate": "BORN", "gender": "female",
         "identifier": [{"system": "urn:hospital:people", "value": "WORD"}],
         "name": [{"use": "official", "family": "WORD", "given": ["Ada"], "suffix": ["SUFFIX"]}],
         "address": [{"line": ["12 Elm St."], "city": "Salem", "state": "Kent", "postalCode": "97301"}],
         "photo": [{"contentType": "image/png", "data": "AAAA"}],
         "extension": [{"url": "http://hl7.org/fhir/us/core/StructureDefinition/us-core-birthsex", "valueCode": "F"}]}
        """
        .replace("WORD", word)
        .replace("SUFFIX", suffix)
        .replace("BORN", born(word).replaceFirst("(....)(..)(..)", "$1-$2-$3"));
  }

  /** Each on a day of his own, so that nobody is taken for another of a name much alike. */
  private static String born(String word) {
    int number = Integer.parseInt(word.replaceAll("\\D", ""));
    return "19%02d%02d%02d".formatted(30 + number % 60, 1 + number % 12, 1 + number % 28);
  }

  private static JsonNode put(String practice, String word, String body) throws Exception {
    HttpResponse<String> accepted = client.send(practice, "PUT", "/Patient/" + word, body);
    assertEquals(202, accepted.statusCode(), accepted.body());
    return client.untilEnded(practice, accepted);
  }

  /** The warnings of its receipt. */
  private static JsonNode ended(
      String practice, String type, String id, String end, String... segments) throws Exception {
    house.accepted(practice, Hospital.message(type, id, segments));
    House.until(id + " has ended", () -> !house.ledger().end(id).isEmpty());
    house.ledger().assertEnd(end, id);
    String warnings = house.ledger().receipt(id).get("receipt_warnings").toString();
    for (String value : List.of("Mill", "Oak Rd", "Marsh", "2106", "White", "Elm")) {
      assertFalse(warnings.contains(value), warnings);
    }
    return JSON.readTree(warnings);
  }

  /** What stands in the office's communication log of the patient, and in his files, in order. */
  private static List<String> kept(String practice, String last) {
    List<String> kept = new ArrayList<>();
    for (Map<String, Object> row :
        house
            .office(practice)
            .rows(
                "select c.Note from commlog c join patient p on p.PatNum = c.PatNum where p.LName = ? order by c.CommlogNum",
                last)) {
      String note = row.get("Note").toString();
      assertTrue(note.matches("(?s).* \\[ref P-[A-Z0-9]{10}]"), note);
      kept.add(note.replaceFirst(" \\[ref P-.*", ""));
    }
    for (Map<String, Object> row :
        house
            .office(practice)
            .rows(
                "select d.Note from document d join patient p on p.PatNum = d.PatNum where p.LName = ? order by d.DocNum",
                last)) {
      String file = row.get("Note").toString();
      assertTrue(file.startsWith("_rawBase64_:.txt_"), file);
      kept.add(
          new String(
              Base64.getDecoder().decode(file.substring("_rawBase64_:.txt_".length())),
              StandardCharsets.UTF_8));
    }
    return kept;
  }

  private static Set<String> texts(JsonNode list) {
    Set<String> texts = new TreeSet<>();
    list.forEach(each -> texts.add(each.asText()));
    return texts;
  }
}
