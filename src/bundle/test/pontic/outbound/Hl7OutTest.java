package pontic.outbound;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Predicate;
import org.hl7.fhir.r4.model.Appointment;
import org.hl7.fhir.r4.model.Patient;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.simple.JdbcClient;
import pontic.hl7.Hl7Json;
import pontic.hl7.Strictly;
import pontic.house.House;
import pontic.sandbox.desk.FrontDesk;
import pontic.sandbox.hospital.Hl7Message;
import pontic.sandbox.hospital.HospitalMllp;
import pontic.sandbox.hospital.MllpFault;
import pontic.sandbox.hospital.MllpFaultKind;

/** What the front desk does, as frames at the hospital's HL7 engine. */
class Hl7OutTest {
  private static final Duration LIMIT = Duration.ofSeconds(600);
  private static final LocalDateTime AT = LocalDateTime.of(2027, 3, 2, 9, 0);

  @TempDir static Path folder;
  private static House house;
  private static HospitalMllp hospital;
  private static FrontDesk desk;
  private static int people;

  @BeforeAll
  static void open() throws Exception {
    house = House.sandboxOnly(folder).with("destinations.hospital-hl7.requestLimit", "1500ms");
    hospital = house.hospitalMllp();
    desk = new FrontDesk(house.sandbox().practice("elm"));
    house.startBundle();
    house.untilConnected();
  }

  @AfterAll
  static void close() throws Exception {
    house.close();
  }

  @BeforeEach
  void quiet() {
    House.until(
        "the first load and what came before have arrived",
        () ->
            house.ledger().count("select count(*) from watermark") > 0
                && dues("destination = 'hospital-hl7'") == 0);
  }

  /** By another's parser, hostile names too. */
  @AfterEach
  void allThatCameIsWellFormed() throws Exception {
    try {
      for (HospitalMllp.Frame frame : hospital.frames()) {
        Strictly.parsed(new String(frame.bytes(), StandardCharsets.UTF_8));
      }
    } finally {
      hospital.clear();
    }
  }

  @Test
  void eachActionOfTheFrontDeskIsItsEvent() throws Exception {
    long patient = patient("Events");
    frame(1, of(patient).and(is("ADT^A28")));
    desk.editPatient(patient, Map.of("City", "Utica", "HmPhone", ""));
    Hl7Message changed = frame(1, of(patient).and(is("ADT^A31")));
    JsonNode pid = new Hl7Json().parse(bytes(changed)).at("/PID/0");
    assertEquals("Utica", pid.at("/11/0/3").asText());
    assertEquals(Hl7Json.NULL, pid.at("/13/0/1").asText(), "what was told and is gone is deleted");

    long apt = desk.book(patient, 1, 1, AT, 40, "");
    Hl7Message booked = frame(1, about(apt).and(is("SIU^S12")));
    assertEquals("Booked", booked.field("SCH", 25));
    assertEquals("^^M40^20270302090000-0500^20270302094000-0500", booked.field("SCH", 11));
    assertTrue(booked.has("PID", 3, "" + patient));
    assertEquals("PONTIC elm ADTLAKE LAKESIDE", from(booked));
    Map<String, Object> first = row(apt);
    assertEquals(resources("A", first), resources(booked));
    desk.move(apt, AT.plusDays(1), OptionalLong.of(2), OptionalLong.of(2));
    Hl7Message moved = frame(1, about(apt).and(is("SIU^S13")));
    assertEquals(resources("U", row(apt)), resources(moved));
    assertNotEquals(resources("U", first), resources(moved), "time, chair and provider");
    sql("update appointment set DateTimeSeated = AptDateTime where AptNum = " + apt);
    assertEquals("Started", frame(1, about(apt).and(is("SIU^S14"))).field("SCH", 25));
    desk.complete(apt);
    assertEquals("Complete", frame(2, about(apt).and(is("SIU^S14"))).field("SCH", 25));
    desk.breakAppointment(apt, false);
    assertEquals("Cancelled", frame(1, about(apt).and(is("SIU^S15"))).field("SCH", 25));
    long missed = desk.book(patient, 1, 1, AT.plusDays(2), 40, "");
    frame(1, about(missed).and(is("SIU^S12")));
    desk.breakAppointment(missed, true);
    assertEquals("Noshow", frame(1, about(missed).and(is("SIU^S14"))).field("SCH", 25));
    assertEquals(0, hospital.frames(about(missed).and(is("SIU^S15"))).size(), "not as cancelled");
    sql("update appointment set AptStatus = 1 where AptNum = " + apt);
    frame(2, about(apt).and(is("SIU^S12")));
    Map<String, Object> last = row(apt);
    desk.delete(apt);
    Hl7Message deleted = frame(1, about(apt).and(is("SIU^S17")));
    assertEquals("Deleted", deleted.field("SCH", 25));
    assertEquals(resources("D", last), resources(deleted));
    assertEquals(
        List.of("SIU^S12", "SIU^S13", "SIU^S14", "SIU^S14", "SIU^S15", "SIU^S12", "SIU^S17"),
        hospital.frames(about(apt)).stream().map(frame -> frame.message().trigger()).toList());
    List<String> ids =
        hospital.frames(about(apt).or(of(patient))).stream()
            .map(frame -> frame.message().controlId())
            .toList();
    assertEquals(ids.size(), ids.stream().distinct().count());
    assertTrue(ids.stream().allMatch(id -> id.length() <= 20));
  }

  @Test
  void missedAndCancelledAreToldApart() throws Exception {
    long patient = patient("Breaks");
    long missed = desk.book(patient, 1, 1, AT.plusHours(1), 30, "");
    long cancelled = desk.book(patient, 1, 1, AT.plusHours(2), 30, "");
    frame(1, about(missed));
    frame(1, about(cancelled));
    desk.breakAppointment(missed, true);
    desk.breakAppointment(cancelled, false);
    assertEquals("Noshow", frame(1, about(missed).and(is("SIU^S14"))).field("SCH", 25));
    assertEquals("Cancelled", frame(1, about(cancelled).and(is("SIU^S15"))).field("SCH", 25));
    assertEquals(List.of("SIU^S12", "SIU^S14"), triggers(about(missed)));
    assertEquals(List.of("SIU^S12", "SIU^S15"), triggers(about(cancelled)));
  }

  @Test
  void aMergeIsAnA40ThatNamesWhoRemainsAndWhoWasMergedAway() throws Exception {
    long from = patient("Merged");
    long into = patient("Merging");
    frame(1, of(from));
    frame(1, of(into));
    desk.merge(from, into);
    Hl7Message merged = frame(1, elm().and(is("ADT^A40")).and(m -> m.has("MRG", 1, "" + from)));
    assertTrue(merged.has("PID", 3, "" + into), "who remains");
    assertFalse(merged.has("PID", 3, "" + from), "the one that is kept is the subject");
    assertEquals(
        "[\"MSH\",\"EVN\",\"PID\",\"MRG\"]",
        new Hl7Json().parse(bytes(merged)).get("segments").toString());
  }

  @Test
  void anAgeingRunIsNoMessage() throws Exception {
    long patient = patient("Aged");
    frame(1, of(patient));
    quiet();
    int before = hospital.frames().size();
    String unchanged =
        "select sum(unchanged) from watermark where practice = 'elm' and feed = 'patient'";
    long seen = house.ledger().count(unchanged);
    int touched = desk.touchAll();
    House.until(
        "every touched row was looked at",
        () -> house.ledger().count(unchanged) >= seen + touched && dues("state <> ''") == 0);
    assertEquals(before, hospital.frames().size());
  }

  @Test
  void whatIsPutOffAfterUnclearEndsGoesAtOnceWhenTheEngineAnswersAnother() throws Exception {
    long silent = patient("Silent");
    long other = patient("Heard");
    frame(1, of(silent));
    frame(1, of(other));
    hospital.arm(MllpFault.of(MllpFaultKind.NO_ACK).times(0));
    desk.editPatient(silent, Map.of("City", "Unheard"));
    House.until("it is put off", () -> dues("aside = 1") == 1);
    // As after a long time away: without an end to it nobody would send this in this test.
    house
        .bundle()
        .store()
        .write(tx -> tx.sql("update due set due_at = due_at + 300000 where aside = 1").update());
    hospital.clear();
    desk.editPatient(other, Map.of("City", "Heard"));
    frame(1, of(other).and(is("ADT^A31")));
    quiet();
    List<HospitalMllp.Frame> told = hospital.frames(of(silent).and(is("ADT^A31")));
    assertTrue(told.size() >= 4, "three that were not answered, and the one that was");
    told.forEach(frame -> assertArrayEquals(told.get(0).bytes(), frame.bytes()));
  }

  @Test
  void anEngineThatHangsGetsWhatItDidNotReadWhenItReadsAgain() throws Exception {
    long patient = patient("Hung");
    frame(1, of(patient));
    quiet();
    hospital.arm(MllpFault.of(MllpFaultKind.HANG).times(0));
    desk.editPatient(patient, Map.of("City", "First"));
    House.until("it is unclear", () -> unclear(patient) == 1);
    desk.editPatient(patient, Map.of("City", "Second"));
    hospital.clear();
    frame(2, of(patient).and(is("ADT^A31")));
    quiet();
    assertEquals(
        List.of("First", "Second"),
        hospital.frames(of(patient).and(is("ADT^A31"))).stream().map(Hl7OutTest::city).toList());
  }

  @Test
  void aBookingWhoseAcknowledgementIsLostAndThatIsDeletedThenDoesNotLiveOn() throws Exception {
    long patient = patient("Ghost");
    frame(1, of(patient));
    hospital.arm(MllpFault.of(MllpFaultKind.NO_ACK).on("SIU^S12"));
    long apt = desk.book(patient, 1, 1, AT, 30, "");
    frame(1, about(apt));
    desk.delete(apt);
    frame(1, about(apt).and(is("SIU^S17")));
    List<HospitalMllp.Frame> told = hospital.frames(about(apt));
    assertEquals(
        List.of("SIU^S12", "SIU^S12", "SIU^S17"),
        told.stream().map(frame -> frame.message().trigger()).toList());
    assertArrayEquals(told.get(0).bytes(), told.get(1).bytes());
  }

  @Test
  void aRefusalOfARepetitionDoesNotSayThatTheFirstDidNotArrive() throws Exception {
    long patient = patient("Twice");
    frame(1, of(patient));
    hospital.arm(MllpFault.of(MllpFaultKind.NO_ACK).on("SIU^S12"));
    hospital.arm(MllpFault.of(MllpFaultKind.AE).on("SIU^S12"));
    long apt = desk.book(patient, 1, 1, AT, 30, "");
    frame(1, about(apt));
    desk.delete(apt);
    frame(1, about(apt).and(is("SIU^S17")));
    List<HospitalMllp.Frame> told = hospital.frames(about(apt));
    assertEquals(
        List.of("none", "AE", "AA", "AA"), told.stream().map(HospitalMllp.Frame::answer).toList());
    assertArrayEquals(told.get(0).bytes(), told.get(2).bytes());
  }

  @Test
  void whatIsRefusedAfterItsAcknowledgementWasLostIsMadeAnewAsTheSameMessage() throws Exception {
    long patient = patient("Twice");
    frame(1, of(patient));
    hospital.arm(MllpFault.of(MllpFaultKind.NO_ACK).on("ADT^A31"));
    hospital.arm(MllpFault.of(MllpFaultKind.AE).on("ADT^A31"));
    desk.editPatient(patient, Map.of("City", "Twice"));
    frame(3, of(patient).and(is("ADT^A31")));
    List<HospitalMllp.Frame> told = hospital.frames(of(patient).and(is("ADT^A31")));
    assertEquals(
        List.of("none", "AE", "AA"), told.stream().map(HospitalMllp.Frame::answer).toList());
    assertArrayEquals(told.get(0).bytes(), told.get(1).bytes());
    assertArrayEquals(told.get(0).bytes(), told.get(2).bytes());
  }

  @Test
  void whatIsNotAcknowledgedGoesAgainWithTheSameBytesBeforeAnythingNewer() throws Exception {
    for (MllpFault fault :
        List.of(
            MllpFault.of(MllpFaultKind.DROP),
            MllpFault.of(MllpFaultKind.WRONG_MSA),
            MllpFault.of(MllpFaultKind.GARBAGE),
            MllpFault.of(MllpFaultKind.ACK_LATE).lasting(Duration.ofMillis(1700)))) {
      long patient = patient("Again" + fault.kind());
      frame(1, of(patient));
      hospital.arm(fault.on("ADT^A31"));
      desk.editPatient(patient, Map.of("City", "First"));
      frame(1, of(patient).and(is("ADT^A31")));
      desk.editPatient(patient, Map.of("City", "Second"));
      frame(3, of(patient).and(is("ADT^A31")));
      quiet();
      List<HospitalMllp.Frame> told = hospital.frames(of(patient).and(is("ADT^A31")));
      assertEquals(3, told.size(), fault.kind().toString());
      assertArrayEquals(told.get(0).bytes(), told.get(1).bytes());
      assertTrue(city(told.get(0)).equals("First") && city(told.get(2)).equals("Second"));
      assertNotEquals(told.get(1).message().controlId(), told.get(2).message().controlId());
    }
  }

  @Test
  void whatIsRefusedFiveTimesParksWithThePatientsLaterChangesAndReleaseSendsTheNewestOnce()
      throws Exception {
    long patient = patient("Refused");
    long other = patient("Other");
    frame(1, of(patient));
    frame(1, of(other));
    hospital.arm(MllpFault.of(MllpFaultKind.AE).times(2).on("SIU^S12"));
    hospital.arm(MllpFault.of(MllpFaultKind.AR).times(0).on("SIU^S12"));
    long refused = desk.book(patient, 1, 1, AT.plusDays(7), 30, "");
    frame(1, about(refused));
    long later = desk.book(patient, 1, 1, AT.plusDays(8), 30, "");
    desk.editPatient(patient, Map.of("City", "Later"));
    desk.editPatient(other, Map.of("City", "Right"));
    frame(1, of(other).and(is("ADT^A31")));
    House.until("it is parked", () -> dues("state = 'parked'") == 1);
    List<HospitalMllp.Frame> tries = hospital.frames(about(refused));
    assertEquals(5, tries.size());
    assertEquals(
        List.of("AE", "AE", "AR", "AR", "AR"),
        tries.stream().map(HospitalMllp.Frame::answer).toList());
    assertEquals(1, tries.stream().map(one -> one.message().controlId()).distinct().count());
    assertTrue(
        house
            .ledger()
            .rows("select reason from due where state = 'parked'")
            .toString()
            .matches(".*refused it: AR( [0-9]+)?}.*"));

    hospital.clear();
    desk.move(refused, AT.plusDays(9), OptionalLong.empty(), OptionalLong.empty());
    desk.editPatient(other, Map.of("City", "Further"));
    frame(2, of(other).and(is("ADT^A31")));
    assertEquals(5, hospital.frames(about(refused)).size());
    assertEquals(0, hospital.frames(about(later)).size(), "it waits behind what is parked");
    assertEquals(0, hospital.frames(of(patient).and(is("ADT^A31"))).size(), "so does this");
    assertEquals(202, house.release("elm/hospital-hl7/Appointment/" + refused));
    frame(1, about(later).and(is("SIU^S12")));
    frame(1, of(patient).and(is("ADT^A31")));
    Hl7Message newest = frame(6, about(refused));
    assertEquals("SIU^S12", newest.trigger());
    assertTrue(newest.field("SCH", 11).contains("20270311090000"));
    quiet();
    assertEquals(6, hospital.frames(about(refused)).size());
  }

  @Test
  void whatWasUnderWayWhenPonticStoppedGoesAgainWithTheSameBytes() throws Exception {
    long patient = patient("Restart");
    frame(1, of(patient));
    hospital.arm(MllpFault.of(MllpFaultKind.NO_ACK).times(0).on("ADT^A31"));
    desk.editPatient(patient, Map.of("City", "Before"));
    frame(1, of(patient).and(is("ADT^A31")));
    house.stopBundle();
    desk.editPatient(patient, Map.of("City", "After"));
    int before = hospital.frames(of(patient).and(is("ADT^A31"))).size();
    hospital.clear();
    house.startBundle();
    House.until(
        "the newest arrives",
        () -> hospital.frames(of(patient)).stream().anyMatch(f -> city(f).equals("After")));
    List<HospitalMllp.Frame> told = hospital.frames(of(patient).and(is("ADT^A31")));
    for (HospitalMllp.Frame frame : told.subList(0, before + 1)) {
      assertArrayEquals(told.get(0).bytes(), frame.bytes());
    }
    assertEquals(before + 2, told.size());
  }

  @Test
  void whatStillMovesIsOneMessageInTheEndAndWhatMovesWithoutEndIsToldAllTheSame() throws Exception {
    long patient = patient("Restless");
    frame(1, of(patient));
    long apt = desk.book(patient, 1, 1, AT.plusDays(20), 30, "");
    frame(1, about(apt));
    startsWithQuiet("60s");
    move(apt, 21);
    move(apt, 22);
    desk.editPatient(patient, Map.of("City", "Restful"));
    house
        .hospital()
        .await(
            "Patient",
            "elm-patient-" + patient,
            it -> "Restful".equals(((Patient) it).getAddressFirstRep().getCity()),
            LIMIT)
        .orElseThrow();
    assertEquals(1, hospital.frames(of(patient)).size(), "FHIR was told of each, HL7 of none");
    assertEquals(1, hospital.frames(about(apt)).size());
    passes("record", "changed_at", 60);
    passes("due", "due_at", 60);
    assertTrue(frame(2, about(apt)).field("SCH", 11).contains("20270324090000"));
    frame(1, of(patient).and(is("ADT^A31")));
    quiet();
    assertEquals(List.of("SIU^S12", "SIU^S13"), triggers(about(apt)));

    for (int edit = 1; edit <= 4; edit++) {
      assertEquals(2, hospital.frames(about(apt)).size(), "before edit " + edit);
      move(apt, 22 + edit);
      passes("due", "due_at", 150);
    }
    assertTrue(frame(3, about(apt)).field("SCH", 11).contains("20270328090000"), "ten times 60 s");
    startsWithQuiet("100ms");
  }

  private static void startsWithQuiet(String time) throws Exception {
    house.stopBundle();
    house.with("destinations.hospital-hl7.quiet", time).startBundle();
  }

  /** To so many days after the usual one; the FHIR server has it when this returns. */
  private static void move(long apt, int days) throws Exception {
    desk.move(apt, AT.plusDays(days), OptionalLong.empty(), OptionalLong.empty());
    String day = AT.plusDays(days).toLocalDate().toString();
    house
        .hospital()
        .await(
            "Appointment",
            "elm-appointment-" + apt,
            it -> ((Appointment) it).getStart().toInstant().toString().startsWith(day),
            LIMIT)
        .orElseThrow();
  }

  /** As after so many seconds. */
  private static void passes(String table, String column, int seconds) {
    house
        .ledger()
        .change("update %s set %s = %s - %d".formatted(table, column, column, seconds * 1000));
  }

  @Test
  void whatOneTypesIntoANameMakesNoSegment() throws Exception {
    String name = "O|Neil^~\\&\rMSH|^~\\&|EVIL\nPID|9";
    long patient =
        desk.addPatient(
            Map.of("LName", name, "FName", "Zoé 漢", "Birthdate", "1980-01-01", "City", "\"\""));
    JsonNode message = new Hl7Json().parse(bytes(frame(1, of(patient).and(is("ADT^A28")))));
    assertEquals("[\"MSH\",\"EVN\",\"PID\",\"PD1\",\"PV1\"]", message.get("segments").toString());
    assertEquals(name.replace("\r", "\n"), message.at("/PID/0/5/0/1").asText());
    assertEquals("Zoé 漢", message.at("/PID/0/5/0/2").asText());
    assertTrue(message.at("/PID/0/11").isMissingNode(), "two quotation marks are no deletion");
  }

  private static Map<String, Object> row(long apt) {
    return house
        .office("elm")
        .rows(
            "select date_format(a.AptDateTime, '%Y%m%d%H%i%s-0500') as at, a.Op, o.OpName,"
                + " if(o.ClinicNum = 0, 'elm', o.ClinicNum) as clinic, a.ProvNum, a.ProvHyg, p.LName, p.FName"
                + " from appointment a join operatory o on o.OperatoryNum = a.Op"
                + " join provider p on p.ProvNum = a.ProvNum where a.AptNum = "
                + apt)
        .get(0);
  }

  /** When, with which action, on which chair, where and by whom, as the office's row has it. */
  private static List<String> resources(String action, Map<String, Object> row) {
    assertEquals(0, number(row, "ProvHyg"), "nobody else");
    return List.of(
        "TQ1-7 " + row.get("at"),
        "RGS-2 " + action,
        "AIG-3 [" + row.get("Op") + "^" + row.get("OpName") + "^L]",
        "AIL-3 ["
            + row.get("clinic")
            + "^"
            + row.get("Op")
            + "^^elm^^^^^"
            + row.get("OpName")
            + "]",
        "AIP-3 [" + row.get("ProvNum") + " " + row.get("LName") + " " + row.get("FName") + "]");
  }

  private static List<String> resources(Hl7Message told) {
    return List.of(
        "TQ1-7 " + told.field("TQ1", 7),
        "RGS-2 " + told.field("RGS", 2),
        "AIG-3 " + told.fields("AIG", 3),
        "AIL-3 " + told.fields("AIL", 3),
        "AIP-3 "
            + told.fields("AIP", 3).stream()
                .map(field -> field.substring(field.lastIndexOf('~') + 1).split("\\^", -1))
                .map(own -> own[0] + " " + own[1] + " " + own[2])
                .toList());
  }

  private static long patient(String name) throws Exception {
    people++;
    return desk.addPatient(
        Map.of(
            "LName",
            name,
            "FName",
            "Person" + people,
            "Birthdate",
            "1980-01-01",
            "HmPhone",
            "(518)555-0100"));
  }

  /** The last of so many frames that fit. */
  private static Hl7Message frame(int count, Predicate<Hl7Message> fits) throws Exception {
    List<HospitalMllp.Frame> came = hospital.await(count, fits, LIMIT);
    assertEquals(
        count,
        came.size(),
        () ->
            "frames came: "
                + hospital.frames().stream().map(f -> f.message().trigger()).toList()
                + house.ledger().rows("select * from sending")
                + house
                    .ledger()
                    .rows(
                        "select resource, row_key, version, state, attempts, reason from due limit 20"));
    return came.get(count - 1).message();
  }

  private static List<String> triggers(Predicate<Hl7Message> fits) {
    return hospital.frames(fits).stream().map(frame -> frame.message().trigger()).toList();
  }

  private static long number(Map<String, Object> row, String column) {
    return ((Number) row.get(column)).longValue();
  }

  private static Predicate<Hl7Message> elm() {
    return message -> message.field("MSH", 4).equals("elm");
  }

  private static Predicate<Hl7Message> of(long patient) {
    return elm()
        .and(message -> message.trigger().startsWith("ADT") && message.has("PID", 3, "" + patient));
  }

  private static Predicate<Hl7Message> about(long apt) {
    return elm().and(message -> message.has("SCH", 2, "" + apt));
  }

  private static Predicate<Hl7Message> is(String trigger) {
    return message -> message.trigger().equals(trigger);
  }

  private static String city(HospitalMllp.Frame frame) {
    return new Hl7Json().parse(frame.bytes()).at("/PID/0/11/0/3").asText();
  }

  private static byte[] bytes(Hl7Message message) {
    return message.text().getBytes(StandardCharsets.UTF_8);
  }

  private static String from(Hl7Message message) {
    return message.field("MSH", 3)
        + " "
        + message.field("MSH", 4)
        + " "
        + message.field("MSH", 5)
        + " "
        + message.field("MSH", 6);
  }

  private static long unclear(long patient) {
    return house
        .ledger()
        .count(
            "select count(*) from delivery where practice = 'elm' and destination = 'hospital-hl7'"
                + " and resource = 'Patient' and attempt_state = 'unknown' and row_key = "
                + patient);
  }

  private static long dues(String where) {
    return house
        .ledger()
        .count("select count(*) from due where destination = 'hospital-hl7' and " + where);
  }

  private static void sql(String statement) {
    JdbcClient.create(house.sandbox().practice("elm").dataSource()).sql(statement).update();
  }
}
