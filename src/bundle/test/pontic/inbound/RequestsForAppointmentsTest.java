package pontic.inbound;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ca.uhn.hl7v2.HL7Exception;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.simple.JdbcClient;
import pontic.audit.SqlAudit;
import pontic.hl7.Strictly;
import pontic.house.House;
import pontic.retention.Retention;
import pontic.retention.SealedColumns;
import pontic.sandbox.api.Fault;
import pontic.sandbox.api.FaultKind;
import pontic.sandbox.hospital.Hl7Message;
import pontic.sandbox.hospital.Hospital;
import pontic.sandbox.hospital.Hospital.Patient;
import pontic.sandbox.hospital.HospitalMllp;
import pontic.sandbox.hospital.HospitalMllp.Frame;
import pontic.sandbox.hospital.MllpSender;

/**
 * What becomes of requests for appointments (SRM), in the office's book and at the listener of who
 * asked. elm takes them, oak does not; of those who may send to elm TOWN is answered by nobody.
 */
final class RequestsForAppointmentsTest {
  private static final Duration LONG = Duration.ofSeconds(600);
  private static final ZoneId ZONE = ZoneId.of("America/New_York");
  private static final DateTimeFormatter WIRE = DateTimeFormatter.ofPattern("yyyyMMddHHmmssxx");
  private static final int ROOM_OF_A_CLINIC = 3;
  private static final LostConfirmation CONFIRMATION = new LostConfirmation();

  @TempDir static Path folder;
  private static House house;
  private static LocalDateTime noon = LocalDateTime.of(2027, 6, 1, 12, 0);
  private static int number = 71_000;

  @BeforeAll
  static void open() throws Exception {
    house = House.sandboxOnly(folder).busyLanes();
    house.with("destinations.hospital-hl7.types", "ACK");
    house.with("destinations.hospital-hl7.requestLimit", "2s");
    // Of others; a request is refused.
    house.with("practices.elm.writes.doubleBooking", "park");
    house.with("practices.elm.hl7.requests", "true");
    house.with("practices.elm.api.folds", "true");
    house.with("practices.elm.hl7.allowedSenders", "ADTLAKE|LAKESIDE, CLINIC|TOWN");
    JdbcClient office = JdbcClient.create(house.sandbox().practice("elm").dataSource());
    office.sql("insert into clinic (ClinicNum, Abbr) values (5, 'HILL')").update();
    office
        .sql("update operatory set ClinicNum = 5 where OperatoryNum = ?")
        .params(ROOM_OF_A_CLINIC)
        .update();
    start();
    house.untilConnected();
  }

  private static void start() throws Exception {
    house.startBundle(CONFIRMATION.around());
  }

  @AfterAll
  static void close() throws Exception {
    house.close();
  }

  @AfterEach
  void clear() {
    house.api().faults().clear();
    house.hospitalMllp().clear();
  }

  @Test
  void aRequestIsToldWithTheOfficesNumberAndOnlyOnceItStandsInTheBook() throws Exception {
    Patient patient = known();
    LocalDateTime at = next();
    house.api().faults().arm(Fault.of("elm", FaultKind.OFFLINE));
    byte[] request = asking("S01", "book-1", patient, "R1", at, 40);
    assertEquals("SRM_S01", Strictly.parsed(text(request)).getName(), "it is one");
    assertEquals("CA", house.send("elm", request));
    house.untilUnderstood();
    assertEquals(List.of(), answersTo("book-1"), "accepted is not landed");
    house.api().faults().clear();

    Hl7Message answer = answer("book-1");
    Map<String, Object> row = appointment(patient);
    assertEquals(at, time(row), "the office's book");
    assertEquals("SRR^S01^SRR_S01", answer.field("MSH", 9));
    assertEquals("AA", answer.field("MSA", 1));
    assertTrue(answer.field("MSA", 3).startsWith("landed"), answer.text());
    assertEquals("R1^LAKE", answer.field("SCH", 1));
    assertEquals(row.get("AptNum") + "^elm^urn:pontic:elm:appointment^URI", answer.field("SCH", 2));
    assertEquals("40", answer.field("SCH", 9));
    assertEquals("^^M40^" + wire(at) + "^" + wire(at.plusMinutes(40)), answer.field("SCH", 11));
    assertEquals("Booked", answer.field("SCH", 25));
    assertEquals(patient.mrn() + "^^^LAKE^MR", answer.field("PID", 3));
    assertEquals("elm^" + row.get("Op") + "^^elm", answer.field("AIL", 3));
    assertEquals(
        row.get("ProvNum") + "^^^^^^^^elm&urn:pontic:elm:provider&URI", answer.field("AIP", 3));
    assertFalse(answer.text().contains(patient.last()), answer.text());
    House.until("it is confirmed", () -> state("book-1").equals("told"));
  }

  @Test
  void aTakenTimeIsAeWithTheNextFreeOnesAndWithoutASchedule() throws Exception {
    Patient patient = known();
    LocalDateTime at = next();
    house.office("elm").worked(at.toLocalDate());
    house
        .sandbox()
        .frontDesk("elm")
        .book(house.office("elm").anybody(), 1, 1, at.minusMinutes(10), 30, "by the desk");
    house.send("elm", asking("S01", "taken-1", patient, "R2", at, 30));
    Hl7Message answer = answer("taken-1");
    assertEquals("SRR^S01^SRR_S01", answer.field("MSH", 9));
    assertEquals("AE", answer.field("MSA", 1));
    assertTrue(
        answer
            .field("ERR", 8)
            .contains("next free there: " + at.toLocalDate() + " 12:20 to 17:00 (America/New_York"),
        answer.text());
    assertEquals("", answer.field("SCH", 2), answer.text());
    assertEquals(0, house.office("elm").appointments(patient).size(), "nothing is in the book");
  }

  @Test
  void aRequestWithoutATimeIsRefusedAndWaitsForNobody() throws Exception {
    Patient patient = known();
    byte[] timeless =
        text(asking("S01", "timeless-1", patient, "R10", next(), 30))
            .replaceFirst("\\|min\\|[0-9^]+\\|", "|min||")
            .getBytes(StandardCharsets.UTF_8);
    house.send("elm", timeless);
    Hl7Message answer = answer("timeless-1");
    assertEquals("AE", answer.field("MSA", 1));
    assertTrue(answer.field("ERR", 8).contains("ARQ-11"), answer.text());
    assertEquals(0, house.office("elm").appointments(patient).size());
  }

  @Test
  void anAppointmentWhoseBookingWasNeverAnsweredIsToldOnceItIsFoundInTheBook() throws Exception {
    Patient patient = known();
    LocalDateTime at = next();
    house
        .api()
        .faults()
        .arm(Fault.of("elm", FaultKind.DROP_AFTER).on("POST", "/appointments").times(1));
    house.send("elm", asking("S01", "lost-1", patient, "R11", at, 30));
    Hl7Message answer = answer("lost-1");
    assertEquals("AA", answer.field("MSA", 1));
    assertEquals(
        appointment(patient).get("AptNum") + "^elm^urn:pontic:elm:appointment^URI",
        answer.field("SCH", 2));
    assertEquals(at, time(appointment(patient)));
  }

  @Test
  void aRequestThatWentWithANewerOneTellsTheAppointmentAsThatOneLeftIt() throws Exception {
    Patient patient = known();
    LocalDateTime at = next();
    // So that nothing of the older one is begun.
    assertEquals(202, house.post("/control/pause?id=elm&what=writes"));
    house.send("elm", asking("S01", "fold-1", patient, "R12", at, 30));
    house.send("elm", asking("S02", "fold-2", patient, "R12", at.plusHours(1), 30));
    house.untilUnderstood();
    assertEquals(202, house.post("/control/resume?id=elm&what=writes"));
    Hl7Message newer = answer("fold-2");
    Hl7Message older = answer("fold-1");
    assertEquals("SRR^S01^SRR_S01", older.field("MSH", 9));
    assertTrue(older.field("MSA", 3).startsWith("folded into fold-2"), older.text());
    assertEquals(newer.field("SCH", 2), older.field("SCH", 2));
    assertTrue(older.field("SCH", 11).contains(wire(at.plusHours(1))), older.text());
    assertEquals(at.plusHours(1), time(appointment(patient)));
  }

  @Test
  void aRequestMovesAndOneByTheOfficesNumberAloneCancels() throws Exception {
    Patient patient = known();
    LocalDateTime at = next();
    house.send("elm", asking("S01", "move-1", patient, "R3", at, 30));
    answer("move-1");
    LocalDateTime later = at.plusHours(2);
    house.send("elm", asking("S02", "move-2", patient, "R3", later, 30));
    Hl7Message moved = answer("move-2");
    assertEquals("SRR^S02^SRR_S01", moved.field("MSH", 9));
    assertTrue(moved.field("SCH", 11).contains(wire(later)), moved.text());
    assertEquals(later, time(appointment(patient)));

    String filler = moved.field("SCH", 2);
    byte[] cancel =
        text(asking("S04", "move-3", patient, "OTHER", later, 30))
            .replace("ARQ|OTHER^LAKE||", "ARQ||" + filler + "|")
            .getBytes(StandardCharsets.UTF_8);
    house.send("elm", cancel);
    Hl7Message cancelled = answer("move-3");
    assertEquals("SRR^S04^SRR_S01", cancelled.field("MSH", 9));
    assertEquals("AA", cancelled.field("MSA", 1));
    assertEquals("Cancelled", cancelled.field("SCH", 25));
    assertEquals(filler, cancelled.field("SCH", 2));
    assertEquals(
        5, ((Number) appointment(patient).get("AptStatus")).intValue(), "broken in the book");
  }

  @Test
  void whatIsToldIsWhatStandsInTheBookAndNotWhatWasAskedFor() throws Exception {
    Patient patient = known();
    LocalDateTime at = next();
    house.send("elm", asking("S01", "desk-1", patient, "R4", at, 30));
    answer("desk-1");
    long aptNum = house.office("elm").aptNum(patient);
    LocalDateTime byDesk = at.plusHours(3);
    house.sandbox().frontDesk("elm").move(aptNum, byDesk, OptionalLong.of(2), OptionalLong.empty());
    house.send("elm", asking("S03", "desk-2", patient, "R4", at, 30));
    Hl7Message answer = answer("desk-2");
    assertEquals("AA", answer.field("MSA", 1));
    assertTrue(answer.field("MSA", 3).startsWith("no change"), answer.text());
    assertEquals(byDesk, time(appointment(patient)), "the desk's word stands");
    assertTrue(answer.field("SCH", 11).contains(wire(byDesk)), answer.text());
    assertEquals("elm^2^^elm", answer.field("AIL", 3));
  }

  /** As SIU has it; where no clinic is known the practice stands for it. */
  @Test
  void theClinicOfTheRoomIsItsPointOfCare() throws Exception {
    Patient patient = known();
    LocalDateTime at = next();
    house.send("elm", asking("S01", "clinic-1", patient, "R13", at, 30));
    assertEquals("elm^1^^elm", answer("clinic-1").field("AIL", 3));
    house
        .sandbox()
        .frontDesk("elm")
        .move(
            house.office("elm").aptNum(patient),
            at,
            OptionalLong.of(ROOM_OF_A_CLINIC),
            OptionalLong.empty());
    House.until(
        "the rooms are read",
        () ->
            house
                    .ledger()
                    .count(
                        "select count(*) from record where practice = 'elm' and resource = 'Location' and row_key = 3 and version > 0")
                == 1);
    house.send("elm", asking("S03", "clinic-2", patient, "R13", at, 30));
    Hl7Message answer = answer("clinic-2");
    assertEquals("5^3^^elm", answer.field("AIL", 3), answer.text());
    assertEquals("3^^L", answer.field("AIG", 3), answer.text());
  }

  @Test
  void whereThePracticeTakesNoRequestsTheyAreRefusedByNameAndCounted() throws Exception {
    Patient patient = patient();
    try (MllpSender sender = new MllpSender("127.0.0.1", house.mllpPort("oak"), 600_000)) {
      byte[] refused = sender.ask(asking("S01", "off-1", patient, "R5", next(), 30));
      assertEquals("CR", House.acknowledgement(refused));
      assertTrue(
          text(refused)
              .contains(
                  "SRM\\S\\S01 is not taken here: it asks for an appointment, and this practice takes no requests (hl7.requests)"),
          text(refused));
      byte[] unknown = sender.ask(Hospital.message("ZZZ^Z01", "off-2", "EVN|X"));
      assertFalse(text(unknown).contains("SRM"), "what is off is not offered: " + text(unknown));
    }
    house.ledger().assertEnd("refused", "off-1");
    assertEquals("", state("off-1"), "a commit reject is the last word");
    House.until("the metrics count it", () -> refusedAtOak() > 0);
  }

  @Test
  void whoMayNotSendOrHeardNoAnswerIsRefusedAndNothingIsBooked() throws Exception {
    Patient patient = known();
    try (MllpSender sender = new MllpSender("127.0.0.1", house.mllpPort("elm"), 600_000)) {
      byte[] stranger =
          from("STRANGER|ELSEWHERE", asking("S01", "who-1", patient, "R6", next(), 30));
      assertTrue(
          text(sender.ask(stranger)).contains("this sender is not allowed at this practice"));
      byte[] unheard = from("CLINIC|TOWN", asking("S01", "who-2", patient, "R6", next(), 30));
      String refusal = text(sender.ask(unheard));
      assertTrue(refusal.contains("MSA|CR|who-2"), refusal);
      assertTrue(refusal.contains("no destination answers its sender (types: ACK)"), refusal);
      String deleted = text(sender.ask(asking("S06", "who-3", patient, "R6", next(), 30)));
      assertTrue(deleted.contains("Open Dental's API deletes none"), deleted);
      byte[] trial =
          text(asking("S01", "who-4", patient, "R6", next(), 30))
              .replace("|P|2.5.1", "|T|2.5.1")
              .getBytes(StandardCharsets.UTF_8);
      String untried = text(sender.ask(trial));
      assertTrue(untried.contains("MSA|CR|who-4|processing id T (MSH-11)"), untried);
      assertTrue(untried.contains("202^Unsupported processing id"), untried);
    }
    house.untilAllEnded();
    assertEquals(0, house.office("elm").appointments(patient).size());
    house.ledger().assertEnd("refused", "who-4");
    assertEquals("", state("who-4"), "a commit reject is the last word");
  }

  @Test
  void originalModeIsAnsweredByCaAndThenBySrrAndWhoWantsNoneHearsNone() throws Exception {
    Patient patient = known();
    byte[] original = Hospital.srm("S01", "mode-1", patient, "R7", next(), 30);
    assertEquals("CA", house.send("elm", original));
    assertEquals("AA", answer("mode-1").field("MSA", 1));
    byte[] silent =
        text(asking("S04", "mode-2", patient, "R7", next(), 30))
            .replace("|P|2.5.1|||AL|AL\r", "|P|2.5.1|||AL|NE\r")
            .getBytes(StandardCharsets.UTF_8);
    assertEquals("CA", house.send("elm", silent));
    house.untilAllEnded();
    assertEquals(5, ((Number) appointment(patient).get("AptStatus")).intValue());
    assertEquals("", state("mode-2"));
  }

  @Test
  void whatTheSenderWasToldOfTheVisitGoesWithTheContentsOfItsRequest() throws Exception {
    Patient patient = known();
    byte[] request = asking("S01", "kept-1", patient, "R99", next(), 30);
    house.send("elm", request);
    assertEquals("AA", answer("kept-1").field("MSA", 1));
    House.until("it is confirmed", () -> state("kept-1").equals("told"));
    String id = house.ledger().id("kept-1");
    String told =
        "select count(*) from answer where schedule <> '' and wire <> '' and message_id = '"
            + id
            + "'";
    assertEquals(1, house.ledger().count(told));
    Set<String> holding = SealedColumns.holding(house.bundle().store());
    assertTrue(
        holding.containsAll(List.of("message.body", "answer.schedule", "record.fhir")),
        holding.toString());
    holding.removeAll(SealedColumns.listed().keySet());
    assertEquals(Set.of(), holding, "of each sealed column it is told when it goes");
    house
        .ledger()
        .change(
            "update message set ended_at = ended_at - ? where id = ?",
            Duration.ofDays(91).toMillis(),
            id);
    new Retention(house.bundle().store(), new SqlAudit()).contents(90);
    assertEquals(0, house.ledger().count(told));
    assertEquals(
        0,
        house
            .ledger()
            .count(
                "select count(*) from answer where (schedule <> '' or wire <> '') and message_id = '"
                    + id
                    + "'"));
    // Whoever repeats it hears that it has landed, and not the visit, by the same MSH-10.
    house.send("elm", request);
    House.until("it is told again", () -> answersTo("kept-1").size() == 2);
    Hl7Message again = parsed(answersTo("kept-1").get(1).message());
    assertEquals("AA", again.field("MSA", 1));
    assertEquals(answer("kept-1").field("MSH", 10), again.field("MSH", 10));
    assertFalse(again.text().contains(patient.mrn()), again.text());
    House.until("it is confirmed", () -> state("kept-1").equals("told"));
    assertEquals(
        0,
        house
            .ledger()
            .count("select count(*) from answer where wire <> '' and message_id = '" + id + "'"));
  }

  @Test
  void otherSeparatorsVersionsAndCharsetsAreThoseOfTheSender() throws Exception {
    Patient patient = known();
    byte[] message =
        text(Hospital.srm("S01", "form-1", patient, "R8é", next(), 30))
            .replace("|P|2.5.1\r", "|P|2.3|||AL|AL||8859/1\r")
            .replace('^', '!')
            .getBytes(StandardCharsets.ISO_8859_1);
    assertEquals("CA", house.send("elm", message));
    List<Frame> frames =
        house.hospitalMllp().await(1, one -> one.field("MSA", 2).equals("form-1"), LONG);
    String answer = new String(frames.get(0).bytes(), StandardCharsets.ISO_8859_1);
    assertTrue(answer.contains("|SRR!S01|"), answer);
    assertTrue(answer.contains("\rSCH|R8é!LAKE|"), answer);
    assertTrue(answer.contains("!elm!urn:pontic:elm:appointment!URI|"), answer);
    assertFalse(answer.contains("TQ1"), "2.3 has no TQ1: " + answer);
  }

  @Test
  void aProcessThatDiesAfterTheEndOrAfterTheFrameTellsTheSameAppointmentOnceMore()
      throws Exception {
    Patient patient = known();
    LocalDateTime at = next();
    HospitalMllp listener = house.hospitalMllp();
    // Between the end and the frame.
    listener.goDown();
    house.send("elm", asking("S01", "dies-1", patient, "R9", at, 30));
    house.untilAllEnded();
    house.stopBundle();
    house
        .sandbox()
        .frontDesk("elm")
        .move(
            house.office("elm").aptNum(patient),
            at.plusHours(1),
            OptionalLong.empty(),
            OptionalLong.empty());
    start();
    // Between the frame and its confirmation.
    CONFIRMATION.loses(true);
    listener.comeBack();
    Frame first = listener.await(1, one -> one.field("MSA", 2).equals("dies-1"), LONG).get(0);
    house.stopBundle();
    CONFIRMATION.loses(false);
    start();
    List<Frame> frames = listener.await(2, one -> one.field("MSA", 2).equals("dies-1"), LONG);
    assertArrayEquals(first.bytes(), frames.get(1).bytes());
    Hl7Message answer = parsed(frames.get(1).message());
    assertTrue(
        answer.field("SCH", 11).contains(wire(at)),
        "as it stood when the request ended: " + answer.text());
    assertEquals(1, house.office("elm").appointments(patient).size(), "booked once");
    House.until("it is confirmed", () -> state("dies-1").equals("told"));
  }

  /** Somebody whom the office has. */
  private static Patient known() throws Exception {
    Patient patient = patient();
    house.ended("elm", Hospital.adt("A28", "known-" + patient.mrn(), patient));
    return patient;
  }

  private static Patient patient() {
    number += 367;
    return Patient.numbered(number).withFirst("Toni" + (char) ('a' + number % 26));
  }

  /** A day of its own for each, so that no test stands in another's way. */
  private static LocalDateTime next() {
    noon = noon.plusDays(1);
    return noon;
  }

  /** In enhanced mode, with both answers. */
  private static byte[] asking(
      String trigger,
      String controlId,
      Patient patient,
      String placer,
      LocalDateTime at,
      int minutes) {
    return text(Hospital.srm(trigger, controlId, patient, placer, at, minutes))
        .replace("|P|2.5.1\r", "|P|2.5.1|||AL|AL\r")
        .getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] from(String sender, byte[] message) {
    return text(message)
        .replace("|ADTLAKE|LAKESIDE|", "|" + sender + "|")
        .getBytes(StandardCharsets.UTF_8);
  }

  private static List<Frame> answersTo(String controlId) {
    return house.hospitalMllp().frames(one -> one.field("MSA", 2).equals(controlId));
  }

  /** The first that came, as strictly as another's parser can read it. */
  private static Hl7Message answer(String controlId) throws Exception {
    List<Frame> frames =
        house.hospitalMllp().await(1, one -> one.field("MSA", 2).equals(controlId), LONG);
    assertFalse(frames.isEmpty(), "no answer to " + controlId + "\n" + house.ledger().describe());
    return parsed(frames.get(0).message());
  }

  private static Hl7Message parsed(Hl7Message answer) throws HL7Exception {
    assertEquals("SRR_S01", Strictly.parsed(answer.text()).getName(), answer.text());
    return answer;
  }

  private static Map<String, Object> appointment(Patient patient) {
    List<Map<String, Object>> rows = house.office("elm").appointments(patient);
    assertEquals(1, rows.size());
    return rows.get(0);
  }

  private static LocalDateTime time(Map<String, Object> row) {
    return ((Timestamp) row.get("AptDateTime")).toLocalDateTime();
  }

  private static String wire(LocalDateTime at) {
    return WIRE.format(at.atZone(ZONE));
  }

  /** Of the answer to the first message of this MSH-10; "" if it has none. */
  private static String state(String controlId) {
    return house
        .ledger()
        .texts(
            "select a.state from answer a join message m on m.id = a.message_id where m.control_id = ? order by m.seq",
            controlId)
        .stream()
        .findFirst()
        .orElse("");
  }

  private static double refusedAtOak() {
    try {
      return house
          .metrics()
          .lines()
          .filter(line -> line.startsWith("pontic_messages{"))
          .filter(line -> line.contains("\"oak\"") && line.contains("\"refused\""))
          .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
          .sum();
    } catch (Exception e) {
      throw new AssertionError("no metrics", e);
    }
  }

  private static String text(byte[] message) {
    return new String(message, StandardCharsets.UTF_8);
  }
}
