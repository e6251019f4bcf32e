package pontic.inbound;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.hl7.fhir.r4.model.Observation;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import pontic.house.FacadeClient;
import pontic.house.House;
import pontic.sandbox.api.Fault;
import pontic.sandbox.api.FaultKind;
import pontic.sandbox.api.Requests;
import pontic.sandbox.desk.ChartDesk;
import pontic.sandbox.hospital.Hospital;

/**
 * A periodontal exam is written whole, or deleted again, or parked with what stands; looked at in
 * Open Dental's database, and at the hospital, which must never see half of one.
 */
final class PerioWritesTest {
  private static final AtomicInteger NUMBER = new AtomicInteger();

  /** One of those that every practice of the sandbox has. */
  private static final long PAT = 5;

  private static final String MEASURES = "/periomeasures";
  private static final String EXAMS = "/perioexams";

  /** Columns that no two exams share. */
  private static final Set<String> APART =
      Set.of(
          "PerioExamNum",
          "PerioMeasureNum",
          "ExamDate",
          "DateTMeasureEdit",
          "SecDateTEntry",
          "SecDateTEdit");

  @TempDir static Path folder;
  private static House house;
  private static FacadeClient client;

  @BeforeAll
  static void open() throws Exception {
    house =
        House.sandboxOnly(folder, 0.025)
            .busyLanes()
            .with("pontic.capture.sweep-period", "5s")
            .with("pontic.facade.wait-seconds", "0")
            .with(
                "practices.elm.database.feeds",
                "patient, provider, appointment, perio-exam, perio-exam-measured, perio-measure, perio-exam-merged,"
                    + " perio-measure-merged, patient-merged");
    house.startBundle();
    house.untilConnected();
    client = new FacadeClient(house, "perio");
  }

  @AfterAll
  static void close() throws Exception {
    house.close();
  }

  @AfterEach
  void noRequestBrokeTheSpacing() throws Exception {
    // One that failed while it held the lane leaves the others to themselves.
    goOn();
    List<Requests.Violation> broken = house.api().requests().violations(0);
    house.api().requests().clear();
    assertEquals(List.of(), broken);
  }

  @Test
  void anExamOfDepthsAndFlagsIsOneRequest() throws Exception {
    PerioSample exam = PerioSample.ofDigits(day());
    JsonNode end = ended(put("elm", word(), exam, "final"));
    assertEquals("landed", end.path("end").asText(), end.toString());
    assertEquals(exam.rows(), rows(only(exam)));
    assertEquals(1, sent("POST", EXAMS).size());
    assertEquals(0, sent("POST", MEASURES).size());
    assertEquals(0, sent("PUT", MEASURES + "/{id}").size());
  }

  @Test
  void theSameExamAgainIsNoChange() throws Exception {
    PerioSample exam = PerioSample.withGaps(day());
    String word = word();
    assertEquals("landed", ended(put("elm", word, exam, "final")).path("end").asText());
    JsonNode again = ended(put("elm", word, exam, "final"));
    assertEquals("no change", again.path("end").asText(), again.toString());
    assertEquals(exam.rows(), rows(only(exam)));
  }

  @ParameterizedTest
  @CsvSource({
    "POST, /perioexams, TIMEOUT_AFTER, 0",
    "POST, /perioexams, LANDS_LATE, 0",
    "POST, /perioexams, KEYLESS_201, 0",
    "POST, /periomeasures, TIMEOUT_AFTER, 3",
    "POST, /periomeasures, LANDS_LATE, 4",
    "POST, /periomeasures, DROP_BEFORE, 5",
    "POST, /periomeasures, AWAY_400, 2"
  })
  void whatTheStringsCannotSayFollowsWhateverIsLost(
      String method, String path, FaultKind kind, int after) throws Exception {
    PerioSample exam = PerioSample.withGaps(day());
    house.arm(kind, Fault.of("elm", kind).on(method, path).times(1).after(after));
    JsonNode end = ended(put("elm", word(), exam, "final"));
    assertEquals("landed", end.path("end").asText(), end.toString());
    assertEquals(exam.rows(), rows(only(exam)), end.toString());
    assertEquals(List.of(), house.api().faults().list(), "it was met");
  }

  @Test
  void aPartThatTheStringsSaidInPartIsWrittenOver() throws Exception {
    PerioSample exam = PerioSample.partlyDigits(day());
    house
        .api()
        .faults()
        .arm(Fault.of("elm", FaultKind.DROP_AFTER).on("PUT", MEASURES + "/*").times(1));
    JsonNode end = ended(put("elm", word(), exam, "final"));
    assertEquals("landed", end.path("end").asText(), end.toString());
    assertEquals(exam.rows(), rows(only(exam)), end.toString());
    assertEquals(List.of(), house.api().faults().list(), "it was met");
  }

  /** Each request of a measure, and what goes wrong with it in the middle of an exam. */
  static Stream<Arguments> measures() {
    return Stream.of("POST " + MEASURES, "PUT " + MEASURES + "/*")
        .flatMap(
            request ->
                Stream.of(
                        FaultKind.BUSY,
                        FaultKind.SLOW,
                        FaultKind.TIMEOUT_BEFORE,
                        FaultKind.TIMEOUT_AFTER,
                        FaultKind.DROP_BEFORE,
                        FaultKind.DROP_AFTER,
                        FaultKind.LANDS_LATE,
                        FaultKind.OFFLINE)
                    .map(kind -> Arguments.of(request, kind)));
  }

  /** The rows of {@code MatrixTest} that a measure's requests are (decision 0285). */
  @ParameterizedTest
  @MethodSource("measures")
  void whateverGoesWrongWithAMeasureTheRowsAreThoseOfACleanRun(String request, FaultKind kind)
      throws Exception {
    PerioSample exam = ofBoth(day());
    Fault fault = measure(request, kind);
    house.arm(kind, kind == FaultKind.SLOW ? fault.lasting(Duration.ofMillis(400)) : fault);
    String word = word();
    JsonNode end = ended(put("elm", word, exam, "final"));
    assertEquals("landed", end.path("end").asText(), end.toString());
    assertEquals(clean(), held(exam, word), end.toString());
    assertEquals(List.of(), house.api().faults().list(), "it was met");
  }

  /** Once more under a number of its own while the first is being written, and once afterwards. */
  @ParameterizedTest
  @CsvSource({"POST /periomeasures", "PUT /periomeasures/*"})
  void anExamThatComesAgainInTheMiddleOfAMeasureStandsOnce(String request) throws Exception {
    PerioSample exam = ofBoth(day());
    String word = word();
    String first =
        heldInTheMiddle(measure(request, FaultKind.HANG), () -> put("elm", word, exam, "final"));
    HttpResponse<String> again = put("elm", word, exam, "final");
    house.untilUnderstood();
    goOn();
    assertEquals("landed", untilEnded(first).path("end").asText());
    assertEquals("no change", ended(again).path("end").asText());
    assertEquals("no change", ended(put("elm", word, exam, "final")).path("end").asText());
    assertEquals(clean(), held(exam, word));
  }

  /** Some measures that are posted, and one that the strings had said in part. */
  private static PerioSample ofBoth(String day) {
    return PerioSample.partlyDigits(day)
        .with(PerioSample.Measure.mobility(3, 2))
        .with(PerioSample.Measure.of(PerioSample.FURCATION, 14, -1, 2, -1, -1, -1, -1));
  }

  /** One request of a measure goes by unharmed, where there are several. */
  private static Fault measure(String request, FaultKind kind) {
    String[] words = request.split(" ");
    return Fault.of("elm", kind)
        .on(words[0], words[1])
        .times(1)
        .after(words[0].equals("POST") ? 1 : 0);
  }

  /** What an exam of both leaves with nothing that goes wrong. */
  private static List<String> clean() throws Exception {
    PerioSample exam = ofBoth(day());
    String word = word();
    JsonNode end = ended(put("elm", word, exam, "final"));
    assertEquals("landed", end.path("end").asText(), end.toString());
    assertEquals(exam.rows(), rows(only(exam)));
    return held(exam, word);
  }

  /**
   * Rows of exams of that day and of their measures, column by column, without keys and stamps and
   * with the exam's own words replaced.
   */
  private static List<String> held(PerioSample exam, String word) {
    List<String> held = new ArrayList<>();
    for (String sql :
        List.of(
            "select * from perioexam where ExamDate = ?",
            "select m.* from periomeasure m join perioexam e on e.PerioExamNum = m.PerioExamNum where e.ExamDate = ?"
                + " order by m.SequenceType, m.IntTooth, m.PerioMeasureNum")) {
      for (Map<String, Object> row : house.office("elm").rows(sql, exam.day())) {
        Map<String, Object> told = new TreeMap<>(row);
        told.keySet().removeAll(APART);
        told.computeIfPresent(
            "Note",
            (name, note) ->
                String.valueOf(note).replace(word, "WORD").replaceAll("\\[ref [^\\]]+]", "[ref]"));
        held.add(told.toString());
      }
    }
    return held;
  }

  /** The office is away in the middle, and the process that wrote is gone. */
  @Test
  void anExamWhoseBundleWasStoppedInTheMiddleEndsWhole() throws Exception {
    PerioSample exam = PerioSample.withGaps(day());
    String status = heldInTheMiddle(4, () -> put("elm", word(), exam, "final"));
    house.stopBundle();
    house.api().faults().clear();
    house.startBundle();
    house.untilConnected();
    goOn();
    JsonNode end = untilEnded(status);
    assertEquals("landed", end.path("end").asText(), end.toString());
    assertEquals(exam.rows(), rows(only(exam)), end.toString());
  }

  /** What had been written before stays; the hospital never hears of what was taken back. */
  @Test
  void whatCannotBeWrittenInTheMiddleIsTakenBackWhole() throws Exception {
    PerioSample exam = PerioSample.withGaps(day());
    String word = word();
    assertEquals("landed", ended(put("elm", word, exam, "final")).path("end").asText());
    long before = only(exam);
    house.api().requests().clear();
    PerioSample corrected = exam.with(PerioSample.Measure.mobility(3, 3));
    String status = heldInTheMiddle(4, () -> put("elm", word, corrected, "amended"));
    long key = exams(exam).stream().filter(each -> each != before).findFirst().orElseThrow();
    untilRead(key);
    goOn(Fault.of("elm", FaultKind.UNKNOWN_400).on("POST", MEASURES).times(0));
    JsonNode end = untilEnded(status);
    assertEquals("refused", end.path("end").asText(), end.toString());
    assertTrue(
        end.toString().contains("was deleted again, and nothing of it stands"), end.toString());
    assertEquals(before, only(exam));
    assertEquals(exam.rows(), rows(before));
    assertEquals(
        0,
        house.office("elm").count("select count(*) from periomeasure where PerioExamNum = ?", key));
    untilTheHospitalHasHeardOfSomethingElse();
    assertEquals(List.of(), house.hospital().history("Observation", id(key)));
  }

  /**
   * It can be neither whole nor deleted: a person hears what stands, lets it go on, and it ends
   * whole.
   */
  @Test
  void whatCannotBeTakenBackIsParkedWithWhatIsVisible() throws Exception {
    PerioSample exam = PerioSample.withGaps(day());
    house
        .api()
        .faults()
        .arm(Fault.of("elm", FaultKind.UNKNOWN_400).on("POST", MEASURES).after(3).times(0));
    house
        .api()
        .faults()
        .arm(Fault.of("elm", FaultKind.UNKNOWN_400).on("DELETE", EXAMS + "/*").times(0));
    HttpResponse<String> accepted = put("elm", word(), exam, "final");
    JsonNode end = ended(accepted);
    assertEquals("parked", end.path("end").asText(), end.toString());
    long key = only(exam);
    assertTrue(
        end.toString()
            .contains(
                "PerioExamNum " + key + " stands in the patient's chart with 3 of 9 measures"),
        end.toString());
    assertEquals(3, rows(key).size());
    untilRead(key);
    untilTheHospitalHasHeardOfSomethingElse();
    assertEquals(List.of(), house.hospital().history("Observation", id(key)));

    house.api().faults().clear();
    String message =
        house
            .ledger()
            .texts(
                "select m.id from message m where m.receipt_end = 'parked' and m.receipt_reason like '%PerioExamNum "
                    + key
                    + " stands%'")
            .get(0);
    assertEquals(202, house.release(message));
    House.until(
        "it has ended",
        () ->
            !house
                .ledger()
                .texts("select receipt_end from message where id = ?", message)
                .get(0)
                .matches("|parked"));
    assertEquals(
        List.of("landed"),
        house.ledger().texts("select receipt_end from message where id = ?", message));
    assertEquals(exam.rows(), rows(key));
    theHospitalHasItWholeFromTheFirst(exam, key);
  }

  /** What of a half exam the office has corrected, or added to it, while it was parked. */
  @ParameterizedTest
  @CsvSource({"4, 2, 7", "4, 30, 7"})
  void whatTheOfficeWritesIntoAHalfExamIsNeitherDeletedNorWrittenOver(
      int type, int tooth, int depth) throws Exception {
    PerioSample exam = PerioSample.withGaps(day());
    long key = parkedInTheMiddle(exam);
    desk().measure(key, type, tooth, -1, List.of(depth, 2, 3, 3, 2, 4));
    TreeSet<String> stands = rows(key);
    goOn(refusesMeasures());
    String message = parked("PerioExamNum " + key + " stands");
    assertEquals(List.of("parked"), letGoOn(message));
    assertEquals(stands, rows(key));
    String reason =
        house.ledger().texts("select receipt_reason from message where id = ?", message).get(0);
    assertTrue(
        reason.contains(
            "the office has changed PerioExamNum " + key + " since this message began to write it"),
        reason);
    assertTrue(reason.contains("PerioExamNum " + key + " stands in the patient's chart"), reason);
    assertEquals(202, house.post("/control/parked/drop?id=" + message + "&reason=kept"));
  }

  @Test
  void aHalfExamThatTheOfficeLeftAsItWasIsDeletedOnceThatCanBeDone() throws Exception {
    PerioSample exam = PerioSample.withGaps(day());
    long key = parkedInTheMiddle(exam);
    goOn(refusesMeasures());
    assertEquals(List.of("refused"), letGoOn(parked("PerioExamNum " + key + " stands")));
    assertEquals(List.of(), exams(exam));
  }

  /** What the API made of the strings was written by us too. */
  @Test
  void soIsOneThatHasWhatItsStringsSaid() throws Exception {
    PerioSample exam = PerioSample.partlyDigits(day());
    Fault over = Fault.of("elm", FaultKind.UNKNOWN_400).on("PUT", MEASURES + "/*").times(0);
    long key = parkedInTheMiddle(exam, over);
    assertFalse(rows(key).isEmpty());
    goOn(over);
    assertEquals(List.of("refused"), letGoOn(parked("PerioExamNum " + key + " stands")));
    assertEquals(List.of(), exams(exam));
  }

  /** Neither can its fourth measure be written nor can it be deleted. */
  private static long parkedInTheMiddle(PerioSample exam) throws Exception {
    return parkedInTheMiddle(
        exam, Fault.of("elm", FaultKind.UNKNOWN_400).on("POST", MEASURES).after(3).times(0));
  }

  private static long parkedInTheMiddle(PerioSample exam, Fault measure) throws Exception {
    house.api().faults().arm(measure);
    house
        .api()
        .faults()
        .arm(Fault.of("elm", FaultKind.UNKNOWN_400).on("DELETE", EXAMS + "/*").times(0));
    JsonNode end = ended(put("elm", word(), exam, "final"));
    assertEquals("parked", end.path("end").asText(), end.toString());
    return only(exam);
  }

  private static Fault refusesMeasures() {
    return Fault.of("elm", FaultKind.UNKNOWN_400).on("POST", MEASURES).times(0);
  }

  /** A person lets it go on; how it ended then. */
  private static List<String> letGoOn(String message) throws Exception {
    String end = "select receipt_end from message where id = ?";
    String ended = "select ended_at from message where id = ?";
    List<String> before = house.ledger().texts(ended, message);
    assertEquals(202, house.release(message));
    House.until(
        "it has ended anew",
        () ->
            !house.ledger().texts(end, message).get(0).isEmpty()
                && !house.ledger().texts(ended, message).equals(before));
    return house.ledger().texts(end, message);
  }

  @Test
  void aBookingGoesBeforeTheRestOfAnExamAlsoOneOfTheSamePatient() throws Exception {
    PerioSample exam = PerioSample.withGaps(day());
    Hospital.Patient patient = Hospital.Patient.numbered(700 + NUMBER.incrementAndGet());
    house.ended("elm", Hospital.adt("A28", "perio-" + patient.last(), patient));
    String who = "elm-patient-" + house.office("elm").patNum(patient);
    String status = heldInTheMiddle(3, () -> put("elm", word(), exam, "final", who));
    String booked = "perio-booked-" + NUMBER.incrementAndGet();
    house.accepted(
        "elm",
        Hospital.siu("S12", booked, patient, booked, LocalDateTime.of(2027, 3, 4, 10, 0), 30, ""));
    house.untilUnderstood();
    goOn();
    assertEquals("landed", untilEnded(status).path("end").asText());
    House.until("the booking has ended", () -> !house.ledger().end(booked).isEmpty());
    house.ledger().assertEnd("landed", booked);
    long booking = sent("POST", "/appointments").get(0).number();
    List<Requests.Entry> measures = sent("POST", MEASURES);
    long behind = measures.stream().filter(entry -> entry.number() > booking).count();
    assertTrue(behind >= 4, behind + " of " + measures.size() + " came after the booking");
  }

  @Test
  void theHospitalHearsOfAnExamWhenItIsWholeAndNotBefore() throws Exception {
    PerioSample exam = PerioSample.withGaps(day());
    String status = heldInTheMiddle(4, () -> put("elm", word(), exam, "final"));
    long key = only(exam);
    untilRead(key);
    untilTheHospitalHasHeardOfSomethingElse();
    assertEquals(List.of(), house.hospital().history("Observation", id(key)));
    goOn();
    assertEquals("landed", untilEnded(status).path("end").asText());
    theHospitalHasItWholeFromTheFirst(exam, key);
  }

  /** Whose it is by now may be known of its rows before it is known of the patient. */
  @Test
  void aHalfExamOfAPatientWhomTheOfficeMergesIsNotSentOut() throws Exception {
    Hospital.Patient loser = Hospital.Patient.numbered(700 + NUMBER.incrementAndGet());
    Hospital.Patient kept = Hospital.Patient.numbered(700 + NUMBER.incrementAndGet());
    house.ended("elm", Hospital.adt("A28", "perio-" + loser.last(), loser));
    house.ended("elm", Hospital.adt("A28", "perio-" + kept.last(), kept));
    long from = house.office("elm").patNum(loser);
    long into = house.office("elm").patNum(kept);
    PerioSample exam = PerioSample.withGaps(day());
    String status =
        heldInTheMiddle(4, () -> put("elm", word(), exam, "final", "elm-patient-" + from));
    long key = only(exam);
    untilRead(key);
    house.sandbox().frontDesk("elm").merge(from, into);
    for (String resource : List.of("Observation:perio-exam", "Observation:perio-measure")) {
      House.until(
          "its rows were read as those of who remains: " + resource,
          () ->
              house
                      .ledger()
                      .count(
                          "select count(*) from record where practice = 'elm' and resource = '"
                              + resource
                              + "' and patient_key = "
                              + into)
                  > 0);
    }
    untilTheHospitalHasHeardOfSomethingElse();
    assertEquals(List.of(), house.hospital().history("Observation", id(key)));
    goOn();
    assertEquals("landed", untilEnded(status).path("end").asText());
    assertEquals(exam.rows(), rows(key));
    theHospitalHasItWholeFromTheFirst(exam, key);
  }

  @Test
  void aCorrectionDeletesWhatWasWrittenAndWritesItAnew() throws Exception {
    PerioSample exam = PerioSample.withGaps(day());
    String word = word();
    assertEquals("landed", ended(put("elm", word, exam, "final")).path("end").asText());
    long first = only(exam);
    PerioSample corrected =
        exam.with(PerioSample.Measure.of(PerioSample.PROBING, 2, 9, 9, 9, -1, -1, -1));
    JsonNode end = ended(put("elm", word, corrected, "amended"));
    assertEquals("landed", end.path("end").asText(), end.toString());
    assertEquals(corrected.rows(), rows(only(exam)));
    assertTrue(only(exam) != first, "it is another row");
    assertEquals(
        0,
        house
            .office("elm")
            .count("select count(*) from periomeasure where PerioExamNum = ?", first));

    // What was entered in error goes.
    end = ended(put("elm", word, exam, "entered-in-error"));
    assertEquals("landed", end.path("end").asText(), end.toString());
    assertEquals(List.of(), exams(exam));
  }

  /** The API tells each break of a line as a space of its own. */
  @Test
  void anExamWhoseNoteHasTwoParagraphsIsCorrectedLikeAnyOther() throws Exception {
    PerioSample exam = PerioSample.withGaps(day());
    String word = word();
    assertEquals("landed", ended(inParagraphs(word, exam, "final")).path("end").asText());
    PerioSample corrected = exam.with(PerioSample.Measure.mobility(3, 3));
    JsonNode end = ended(inParagraphs(word, corrected, "amended"));
    assertEquals("landed", end.path("end").asText(), end.toString());
    assertEquals(corrected.rows(), rows(only(exam)));
  }

  private static HttpResponse<String> inParagraphs(String word, PerioSample exam, String status)
      throws Exception {
    String body = exam.json("Patient/elm-patient-" + PAT, word, status);
    String note = "\"text\":\"" + word;
    assertTrue(body.contains(note), body);
    return send(
        "elm", "PUT", "/Observation/" + word, body.replace(note, note + "\\n\\nsecond paragraph"));
  }

  @Test
  void whatTheOfficeHasWrittenIntoAnExamIsNotDeletedByACorrection() throws Exception {
    PerioSample exam = PerioSample.withGaps(day());
    String word = word();
    assertEquals("landed", ended(put("elm", word, exam, "final")).path("end").asText());
    long key = only(exam);
    JdbcClient.create(house.sandbox().practice("elm").dataSource())
        .sql(
            "update periomeasure set MBvalue = 7 where PerioExamNum = ? and SequenceType = 4 and IntTooth = 2")
        .param(key)
        .update();
    TreeSet<String> stands = rows(key);
    PerioSample corrected = exam.with(PerioSample.Measure.mobility(3, 3));
    JsonNode end = ended(put("elm", word, corrected, "amended"));
    assertEquals("parked", end.path("end").asText(), end.toString());
    assertTrue(
        end.toString().contains("the office has changed PerioExamNum " + key), end.toString());
    assertEquals(key, only(exam));
    assertEquals(stands, rows(key));
    // Whoever looked into it says so: the patient is free again.
    String message =
        house
            .ledger()
            .texts(
                "select id from message where receipt_end = 'parked' and receipt_reason like '%changed PerioExamNum "
                    + key
                    + "%'")
            .get(0);
    assertEquals(202, house.post("/control/parked/drop?id=" + message + "&reason=kept"));
  }

  /** While the new exam is being written, which may take most of an hour. */
  @Test
  void whatTheOfficeWritesIntoAnExamWhileItsCorrectionIsBeingWrittenIsNotDeleted()
      throws Exception {
    PerioSample exam = PerioSample.withGaps(day());
    String word = word();
    assertEquals("landed", ended(put("elm", word, exam, "final")).path("end").asText());
    long key = only(exam);
    PerioSample corrected = exam.with(PerioSample.Measure.mobility(3, 3));
    String status = heldInTheMiddle(4, () -> put("elm", word, corrected, "amended"));
    desk().measure(key, PerioSample.PROBING, 2, -1, List.of(7, 2, 3, 3, 2, 4));
    TreeSet<String> stands = rows(key);
    goOn();
    JsonNode end = untilEnded(status);
    assertEquals("parked", end.path("end").asText(), end.toString());
    assertEquals(stands, rows(key));
    long second = exams(exam).stream().filter(each -> each != key).findFirst().orElseThrow();
    assertEquals(corrected.rows(), rows(second));
    assertTrue(
        end.toString()
            .contains(
                "nothing was deleted, and "
                    + key
                    + " and "
                    + second
                    + " both stand in the patient's chart"),
        end.toString());
    assertEquals(
        202,
        house.post(
            "/control/parked/drop?id=" + parked("changed PerioExamNum " + key) + "&reason=kept"));
  }

  /** Neither is deleted unseen, and a person lets it go on once it can be read. */
  @Test
  void anExamThatCannotBeReadBehindItsCorrectionStandsBesideItUntilItCan() throws Exception {
    PerioSample exam = PerioSample.withGaps(day());
    String word = word();
    assertEquals("landed", ended(put("elm", word, exam, "final")).path("end").asText());
    long key = only(exam);
    PerioSample corrected = exam.with(PerioSample.Measure.mobility(3, 3));
    String status = heldInTheMiddle(4, () -> put("elm", word, corrected, "amended"));
    goOn(Fault.of("elm", FaultKind.UNKNOWN_400).on("GET", EXAMS).times(0));
    JsonNode end = untilEnded(status);
    assertEquals("parked", end.path("end").asText(), end.toString());
    assertEquals(exam.rows(), rows(key));
    long second = exams(exam).stream().filter(each -> each != key).findFirst().orElseThrow();
    String reason =
        "PerioExamNum " + second + " stands in the patient's chart with 9 of 9 measures";
    assertTrue(end.toString().contains(reason), end.toString());
    assertEquals(corrected.rows(), rows(second));
    house.api().faults().clear();
    assertEquals(List.of("landed"), letGoOn(parked(reason)));
    assertEquals(second, only(exam));
    assertEquals(corrected.rows(), rows(second));
  }

  /** Oak's version makes exams of strings, and flags bear another name there. */
  @Test
  void belowTheVersionThatCanNothingIsWrittenAndTheReasonIsSaid() throws Exception {
    PerioSample exam = PerioSample.ofDigits(day());
    JsonNode end = ended("oak", put("oak", word(), exam, "final"));
    assertEquals("refused", end.path("end").asText(), end.toString());
    assertTrue(
        end.path("reason")
            .asText()
            .contains("perioexams.post is off: needs Open Dental 24.1, the office has "),
        end.toString());
    assertEquals(
        0,
        house.office("oak").count("select count(*) from perioexam where ExamDate = ?", exam.day()));
  }

  @Test
  void whatIsNoExamOrNotWholeIsRefusedOrLeftAndSaid() throws Exception {
    PerioSample exam = PerioSample.withGaps(day());
    String elsewhere =
        exam.json("Patient/elm-patient-" + PAT, word(), "final")
            .replace("\"#m3\"", "\"Observation/3\"");
    JsonNode end = ended(send("elm", "POST", "/Observation", elsewhere));
    assertEquals("refused", end.path("end").asText(), end.toString());
    assertTrue(end.toString().contains("half of an exam is not written"), end.toString());
    String panel =
        exam.json("Patient/elm-patient-" + PAT, word(), "final").replace("86603-8", "24323-8");
    end = ended(send("elm", "POST", "/Observation", panel));
    assertTrue(
        end.toString().contains("Observation: no field of Open Dental's API takes it; kept as"),
        end.toString());
    end =
        ended(
            send(
                "elm",
                "POST",
                "/Observation",
                "{\"resourceType\":\"Observation\",\"status\":\"final\",\"code\":{\"text\":\"pulse\"},\"subject\":{\"reference\":\"Patient/elm-patient-5\"}}"));
    assertEquals("refused", end.path("end").asText(), end.toString());
    assertTrue(end.toString().contains("it says nothing of its own"), end.toString());
    assertEquals(List.of(), exams(exam));
  }

  private static ChartDesk desk() {
    return house.sandbox().chartDesk("elm");
  }

  /** The message that is parked for such a reason. */
  private static String parked(String reason) {
    List<String> parked =
        house
            .ledger()
            .texts(
                "select id from message where receipt_end = 'parked' and receipt_reason like ?",
                "%" + reason + "%");
    assertEquals(1, parked.size(), parked.toString());
    return parked.get(0);
  }

  /** Each on a day of its own. */
  private static String day() {
    return LocalDate.of(2025, 1, 1).plusDays(NUMBER.incrementAndGet()).toString();
  }

  private static String word() {
    return "exam-" + NUMBER.incrementAndGet();
  }

  private static List<Long> exams(PerioSample exam) {
    return house
        .office("elm")
        .rows("select PerioExamNum from perioexam where ExamDate = ?", exam.day())
        .stream()
        .map(row -> ((Number) row.get("PerioExamNum")).longValue())
        .toList();
  }

  private static long only(PerioSample exam) {
    List<Long> exams = exams(exam);
    assertEquals(1, exams.size(), exams.toString());
    return exams.get(0);
  }

  private static TreeSet<String> rows(long exam) {
    TreeSet<String> rows = new TreeSet<>();
    for (Map<String, Object> row :
        house.office("elm").rows("select * from periomeasure where PerioExamNum = ?", exam)) {
      List<Integer> values =
          List.of("MBvalue", "Bvalue", "DBvalue", "MLvalue", "Lvalue", "DLvalue").stream()
              .map(name -> ((Number) row.get(name)).intValue())
              .toList();
      assertTrue(
          rows.add(
              row.get("SequenceType")
                  + "/"
                  + row.get("IntTooth")
                  + ": "
                  + row.get("ToothValue")
                  + " "
                  + values),
          "one row of each kind and tooth");
    }
    return rows;
  }

  private static List<Requests.Entry> sent(String method, String template) {
    return house.api().requests().list("elm").stream()
        .filter(entry -> entry.method().equals(method) && entry.template().equals(template))
        .toList();
  }

  private static String id(long exam) {
    return "elm-perio-exam-" + exam;
  }

  /**
   * Waits until so many measures are written and the next one hangs, and lets nothing more be
   * written.
   *
   * @return where its end is told
   */
  private static String heldInTheMiddle(int written, Callable<HttpResponse<String>> put)
      throws Exception {
    return heldInTheMiddle(
        Fault.of("elm", FaultKind.HANG).on("POST", MEASURES).after(written).times(1), put);
  }

  /** The same where a fault says what hangs. */
  private static String heldInTheMiddle(Fault hang, Callable<HttpResponse<String>> put)
      throws Exception {
    house.api().faults().arm(hang);
    HttpResponse<String> accepted = put.call();
    assertEquals(202, accepted.statusCode(), accepted.body());
    House.until("the next measure hangs", () -> house.api().faults().list().isEmpty());
    assertEquals(202, house.control("pause", "elm", "writes"));
    return status(accepted);
  }

  /** Nothing hangs any more, and from now on this goes wrong. */
  private static void goOn(Fault... faults) throws Exception {
    house.api().faults().clear();
    List.of(faults).forEach(house.api().faults()::arm);
    assertEquals(202, house.control("resume", "elm", "writes"));
  }

  /** Capture has seen the exam as far as it stands. */
  private static void untilRead(long exam) {
    House.until(
        "the half exam was read",
        () ->
            house
                    .ledger()
                    .count(
                        "select count(*) from record where practice = 'elm' and resource = 'Observation:perio-exam' and row_key = "
                            + exam
                            + " and version > 0")
                == 1);
  }

  private static void untilTheHospitalHasHeardOfSomethingElse() throws Exception {
    String street = "Marker " + NUMBER.incrementAndGet();
    JdbcClient.create(house.sandbox().practice("elm").dataSource())
        .sql("update patient set Address = ? where PatNum = ?")
        .params(street, PAT)
        .update();
    assertTrue(
        house
            .hospital()
            .await(
                "Patient",
                "elm-patient-" + PAT,
                patient ->
                    ((org.hl7.fhir.r4.model.Patient) patient)
                        .getAddressFirstRep().getLine().stream()
                            .anyMatch(line -> line.getValue().equals(street)),
                Duration.ofSeconds(600))
            .isPresent());
  }

  private static void theHospitalHasItWholeFromTheFirst(PerioSample exam, long key)
      throws Exception {
    assertTrue(
        house
            .hospital()
            .await("Observation", id(key), any -> true, Duration.ofSeconds(600))
            .isPresent());
    house
        .hospital()
        .history("Observation", id(key))
        .forEach(
            arrival ->
                assertEquals(
                    exam.measures().size(),
                    ((Observation) arrival.resource()).getHasMember().size(),
                    "each version that the hospital got has all members"));
    List<Long> parts =
        house
            .office("elm")
            .rows("select PerioMeasureNum as k from periomeasure where PerioExamNum = ?", key)
            .stream()
            .map(row -> ((Number) row.get("k")).longValue())
            .toList();
    assertFalse(parts.isEmpty());
    for (long part : parts) {
      assertTrue(
          house
              .hospital()
              .await(
                  "Observation", "elm-perio-measure-" + part, any -> true, Duration.ofSeconds(600))
              .isPresent());
    }
  }

  private static HttpResponse<String> put(
      String practice, String word, PerioSample exam, String status) throws Exception {
    return put(practice, word, exam, status, practice + "-patient-" + PAT);
  }

  private static HttpResponse<String> put(
      String practice, String word, PerioSample exam, String status, String patient)
      throws Exception {
    return send(
        practice, "PUT", "/Observation/" + word, exam.json("Patient/" + patient, word, status));
  }

  private static JsonNode ended(HttpResponse<String> accepted) throws Exception {
    return ended("elm", accepted);
  }

  private static JsonNode ended(String practice, HttpResponse<String> accepted) throws Exception {
    assertEquals(202, accepted.statusCode(), accepted.body());
    return untilEnded(practice, status(accepted));
  }

  private static String status(HttpResponse<String> accepted) {
    return accepted.headers().firstValue("Content-Location").orElseThrow();
  }

  private static HttpResponse<String> send(String practice, String method, String path, String body)
      throws Exception {
    return client.send(practice, method, path, body);
  }

  private static JsonNode untilEnded(String status) throws Exception {
    return untilEnded("elm", status);
  }

  private static JsonNode untilEnded(String practice, String status) throws Exception {
    return client.untilEnded(practice, status);
  }

  /** Of its own will it is gone, so that there is none that meets the condition. */
  @Test
  void whatItsSenderTookBackIsMadeAnewByACreateOnCondition() throws Exception {
    PerioSample exam = PerioSample.ofDigits(day());
    String word = word();
    String patient = "Patient/elm-patient-" + PAT;
    String number = "urn:hospital:exam|" + word;
    JsonNode end = onCondition(number, exam.json(patient, word, "final"));
    assertEquals("landed", end.path("end").asText(), end.toString());
    long first = only(exam);
    PerioSample corrected =
        exam.with(PerioSample.Measure.of(PerioSample.PROBING, 2, 9, 9, 9, 9, 9, 9));
    end = onCondition(number, corrected.json(patient, word, "final"));
    assertEquals("no change", end.path("end").asText(), end.toString());
    assertTrue(end.toString().contains("there is one already that matches"), end.toString());
    assertEquals(first, end.path("keys").path("PerioExamNum").asLong(), end.toString());
    assertEquals(exam.rows(), rows(only(exam)));

    HttpResponse<String> back =
        send(
            "elm",
            "PUT",
            "/Observation?identifier=" + number.replace("|", "%7C"),
            exam.json(patient, word, "entered-in-error"));
    assertEquals("landed", ended(back).path("end").asText());
    assertEquals(List.of(), exams(exam));
    end = onCondition(number, corrected.json(patient, word, "final"));
    assertEquals("landed", end.path("end").asText(), end.toString());
    assertEquals(corrected.rows(), rows(only(exam)));
  }

  private static JsonNode onCondition(String number, String body) throws Exception {
    HttpResponse<String> accepted =
        send(
            "elm",
            "POST",
            "",
            """
            {"resourceType": "Bundle", "type": "transaction", "entry": [{"resource": RESOURCE,
             "request": {"method": "POST", "url": "Observation", "ifNoneExist": "identifier=NUMBER"}}]}
            """
                .replace("NUMBER", number)
                .replace("RESOURCE", body));
    assertEquals(202, accepted.statusCode(), accepted.body());
    return untilEnded(
        new ObjectMapper().readTree(accepted.body()).at("/entry/0/response/location").asText());
  }
}
