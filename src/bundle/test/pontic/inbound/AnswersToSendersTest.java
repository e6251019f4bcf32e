package pontic.inbound;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDateTime;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import javax.management.ObjectName;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.util.FileSystemUtils;
import pontic.house.Certificates;
import pontic.house.House;
import pontic.sandbox.api.Fault;
import pontic.sandbox.api.FaultKind;
import pontic.sandbox.hospital.Hl7Message;
import pontic.sandbox.hospital.Hospital;
import pontic.sandbox.hospital.Hospital.Patient;
import pontic.sandbox.hospital.HospitalMllp;
import pontic.sandbox.hospital.HospitalMllp.Frame;
import pontic.sandbox.hospital.MllpFault;
import pontic.sandbox.hospital.MllpFaultKind;
import pontic.sandbox.hospital.MllpSender;

/**
 * What a sender's own listener gets of the ends of its messages. ADTLAKE's destination answers who
 * asks by MSH-16; CLINIC's answers every message, through TLS with certificates of both sides, and
 * is told of patients too.
 */
final class AnswersToSendersTest {
  private static final Duration LONG = Duration.ofSeconds(600);
  private static final LocalDateTime NOON = LocalDateTime.of(2027, 3, 9, 12, 0);

  private static final LostConfirmation CONFIRMATION = new LostConfirmation();

  @TempDir static Path folder;
  private static House house;
  private static HospitalMllp clinic;
  private static int number = 61_000;

  @BeforeAll
  static void open() throws Exception {
    Certificates certificates = Certificates.make(folder.resolve("certificates"));
    clinic = HospitalMllp.start(0, certificates.listening("server", true));
    Path config = folder.resolve("config");
    FileSystemUtils.copyRecursively(House.home().resolve("config"), config);
    Files.writeString(
        config.resolve("destinations/clinic.yaml"),
        """
        id: clinic
        kind: hl7v2
        url: mllps://127.0.0.1:%d
        senders: CLINIC|TOWN
        types: "ADT, ACK:AL"
        tls:
          trustStore: %s
          keyStore: %s
        """
            .formatted(clinic.port(), certificates.pem("server"), certificates.keys("client")));
    house = House.sandboxOnly(folder).busyLanes().withConfig(config);
    house.with("destinations.clinic.tls.keyStorePassword", Certificates.PASSWORD);
    house.with("destinations.hospital-hl7.types", "ACK");
    // How long a listener that says nothing is listened to.
    house.with("destinations.hospital-hl7.requestLimit", "2s");
    house.with("practices.elm.writes.doubleBooking", "refuse");
    start();
    house.untilConnected();
  }

  private static void start() throws Exception {
    house.startBundle(CONFIRMATION.around());
  }

  @AfterAll
  static void close() throws Exception {
    house.close();
    clinic.close();
  }

  @AfterEach
  void clear() {
    house.api().faults().clear();
    house.hospitalMllp().clear();
  }

  @Test
  void whatIsToldOfPatientsGoesThroughTlsToo() throws Exception {
    Patient patient = next();
    assertEquals("CA", house.send("elm", asking(Hospital.adt("A28", "tls-ends", patient), "AL")));
    answer("tls-ends");
    List<Frame> told =
        clinic.await(
            1,
            message ->
                message.trigger().equals("ADT^A28")
                    && message.text().contains(patient.last() + "^" + patient.first()),
            LONG);
    assertEquals("PONTIC", told.get(0).message().field("MSH", 3));
  }

  @Test
  void whoAsksByMsh16HearsCaAtOnceAndAaOnlyWhenItHasLanded() throws Exception {
    house.api().faults().arm(Fault.of("elm", FaultKind.OFFLINE));
    Patient patient = next();
    assertEquals("CA", house.send("elm", asking(Hospital.adt("A28", "ends-1", patient), "AL")));
    house.untilUnderstood();
    assertEquals("open", state("ends-1"));
    assertEquals(List.of(), answersTo("ends-1"));
    house.api().faults().clear();
    Hl7Message answer = answer("ends-1");
    assertEquals(1, house.office("elm").patients(patient).size(), "told before it was there");
    assertEquals("AA", answer.field("MSA", 1));
    assertTrue(answer.field("MSA", 3).startsWith("landed"), answer.text());
    assertEquals(
        List.of("PONTIC", "DENTAL", "ADTLAKE", "LAKESIDE"),
        Stream.of(3, 4, 5, 6).map(field -> answer.field("MSH", field)).toList());
    assertEquals("ACK^A28^ACK", answer.field("MSH", 9));
    assertEquals(
        List.of("P", "2.5.1", "AL", "NE"),
        Stream.of(11, 12, 15, 16).map(field -> answer.field("MSH", field)).toList());
    assertEquals(20, answer.controlId().length(), "MSH-10 is short enough for every version");
    assertFalse(answer.text().contains(patient.last()), answer.text());
    assertFalse(answer.text().contains("ERR|"), answer.text());
    House.until("it is confirmed", () -> state("ends-1").equals("told"));
  }

  @Test
  void whatIsRefusedIsAeWithTheReasonAndWithoutThePatient() throws Exception {
    Patient patient = next();
    send("elm", asking(Hospital.adt("A11", "refused-1", patient), "ER"));
    Hl7Message answer = answer("refused-1");
    assertEquals("AE", answer.field("MSA", 1));
    assertTrue(answer.field("ERR", 8).contains("creates nobody"), answer.text());
    assertEquals("207^Application internal error^HL70357", answer.field("ERR", 3));
    assertFalse(answer.text().contains(patient.last()), answer.text());
    assertFalse(answer.text().contains(patient.mrn()), answer.text());
  }

  @Test
  void aSiuIsAnsweredByAnAckOfItsTriggerAndAnSrmIsNotTaken() throws Exception {
    Patient patient = next();
    send("elm", Hospital.adt("A28", "siu-0", patient));
    send("elm", asking(Hospital.siu("S12", "siu-1", patient, "PLA1", NOON, 30, ""), "AL"));
    Hl7Message answer = answer("siu-1");
    assertEquals("ACK^S12^ACK", answer.field("MSH", 9));
    assertEquals("AA", answer.field("MSA", 1));
    try (MllpSender sender = sender()) {
      byte[] refused =
          sender.ask(asking(Hospital.message("SRM^S01", "siu-2", "ARQ|PLA2^LAKE"), "AL"));
      assertEquals("CR", House.acknowledgement(refused));
      assertTrue(
          new String(refused, StandardCharsets.UTF_8).contains("SRM\\S\\S01 is not taken here"),
          new String(refused, StandardCharsets.UTF_8));
    }
    assertEquals("", state("siu-2"), "a commit reject is the last word");
  }

  /** The desk was there before; its sender hears what is free and books that. */
  @Test
  void aTakenTimeIsAeWithTheNextFreeOnes() throws Exception {
    Patient patient = next();
    LocalDateTime at = NOON.plusDays(30);
    house.office("elm").worked(at.toLocalDate());
    long desk =
        house
            .sandbox()
            .frontDesk("elm")
            .book(house.office("elm").anybody(), 1, 1, at.minusMinutes(10), 30, "by the desk");
    send("elm", asking(Hospital.siu("S12", "taken-1", patient, "PLA9", at, 30, ""), "AL"));
    Hl7Message answer = answer("taken-1");
    assertEquals("AE", answer.field("MSA", 1));
    assertTrue(
        answer
            .field("ERR", 8)
            .contains(
                "slot taken: AptNum "
                    + desk
                    + " stands in operatory 1 at that time; next free there: "
                    + at.toLocalDate()
                    + " 12:20 to 17:00 (America/New_York)"),
        answer.text());
    assertTrue(
        answer
            .field("ERR", 8)
            .contains(
                "refused, but of it stands PatNum "
                    + house.office("elm").patNum(patient)
                    + ": slot taken"),
        answer.text());
    assertFalse(answer.text().contains(patient.last()), answer.text());
    assertEquals(0, house.office("elm").appointments(patient).size());
    send(
        "elm",
        asking(Hospital.siu("S12", "taken-2", patient, "PLA9", at.plusMinutes(20), 30, ""), "AL"));
    assertEquals("AA", answer("taken-2").field("MSA", 1));
    assertEquals(1, house.office("elm").appointments(patient).size());
  }

  @Test
  void whatIsParkedIsToldWhenAPersonHasDecidedAndNothingElseIsTold() throws Exception {
    Patient one = next();
    Patient twin = one.withMrn("T" + one.mrn()).withFirst("Robyn");
    house.ended("elm", Hospital.adt("A28", "parked-0", one));
    send("elm", asking(Hospital.adt("A28", "parked-1", twin), "AL"));
    house.untilAllEnded();
    house.ledger().assertEnd("parked", "parked-1");
    // One that ends later is told before: a person may take days.
    send("elm", asking(Hospital.adt("A31", "parked-2", one.withPhone("5035550177")), "AL"));
    assertEquals("AA", answer("parked-2").field("MSA", 1));
    assertEquals("open", state("parked-1"));
    assertEquals(List.of(), answersTo("parked-1"));
    assertEquals(
        202,
        house.post(
            "/control/parked/drop?id=" + house.ledger().id("parked-1") + "&reason=SecretWords"));
    Hl7Message answer = answer("parked-1");
    assertEquals("AR", answer.field("MSA", 1));
    assertTrue(answer.field("ERR", 8).contains("given up by a person"), answer.text());
    assertFalse(answer.text().contains("SecretWords"), answer.text());
  }

  /** Of what a person gives up half way its sender hears what stands. */
  @Test
  void whatIsGivenUpHalfWayNamesWhatStandsOfIt() throws Exception {
    Patient second = next();
    String nowhere =
        new String(
                Hospital.siu("S12", "half-1", second, "HALF-1", NOON.plusDays(77), 30, ""),
                StandardCharsets.UTF_8)
            .replace("OP-1", "OP-99");
    send("elm", asking(nowhere.getBytes(StandardCharsets.UTF_8), "AL"));
    house.untilAllEnded();
    house.ledger().assertEnd("parked", "half-1");
    assertEquals(1, house.office("elm").patients(second).size());
    assertEquals(
        202,
        house.post(
            "/control/parked/drop?id=" + house.ledger().id("half-1") + "&reason=SecretWords"));
    Hl7Message answer = answer("half-1");
    assertTrue(
        answer
            .field("ERR", 8)
            .endsWith("; of it stands PatNum " + house.office("elm").patNum(second)),
        answer.text());
    assertFalse(answer.text().contains("SecretWords"), answer.text());
  }

  @Test
  void whoDoesNotAskOrAsksForOtherEndsIsToldNothing() throws Exception {
    Patient patient = next();
    assertEquals("AA", house.send("elm", Hospital.adt("A28", "unasked-1", patient)));
    send("elm", asking(Hospital.adt("A31", "unasked-2", patient.withPhone("5035550178")), "ER"));
    send("elm", asking(Hospital.adt("A11", "unasked-3", next()), "SU"));
    send("elm", asking(Hospital.adt("A31", "unasked-4", patient.withPhone("5035550179")), "AL"));
    house.untilAllEnded();
    assertEquals("AA", answer("unasked-4").field("MSA", 1));
    House.until("the others are looked at", () -> state("unasked-3").equals("not wanted"));
    assertEquals("", state("unasked-1"));
    assertEquals("not wanted", state("unasked-2"));
    for (String id : List.of("unasked-1", "unasked-2", "unasked-3")) {
      assertEquals(List.of(), answersTo(id), id);
    }
  }

  @Test
  void aSenderThatIsAnsweredAlwaysHearsCaInPlaceOfAaAndAaInTheEnd() throws Exception {
    byte[] message =
        text(Hospital.adt("A28", "always-1", next()))
            .replace("|ADTLAKE|LAKESIDE|", "|CLINIC|TOWN|")
            .replace("|P|2.5.1", "|P|2.3")
            .getBytes(StandardCharsets.UTF_8);
    assertEquals("CA", house.send("elm", message));
    Frame frame = clinic.await(1, about("always-1"), LONG).get(0);
    assertEquals("AA", frame.message().field("MSA", 1));
    assertEquals("ACK^A28", frame.message().field("MSH", 9), "2.3 has no structure in MSH-9");
  }

  @Test
  void whileTheListenerIsAwayAnswersWaitOverARestartAndGoInTheOrderOfTheirEnds() throws Exception {
    HospitalMllp listener = house.hospitalMllp();
    listener.goDown();
    List<String> ids = List.of("away-1", "away-2", "away-3");
    for (String id : ids) {
      send("elm", asking(Hospital.adt("A28", id, next()), "AL"));
      house.untilAllEnded();
    }
    House.until(
        "it was tried",
        () ->
            house
                    .ledger()
                    .count(
                        "select count(*) from answer a join message m on m.id = a.message_id"
                            + " where m.control_id = 'away-1' and a.attempts > 1")
                == 1);
    house.stopBundle();
    start();
    listener.comeBack();
    List<Frame> frames =
        listener.await(3, message -> message.field("MSA", 2).startsWith("away-"), LONG);
    assertEquals(ids, frames.stream().map(frame -> frame.message().field("MSA", 2)).toList());
    assertEquals(3, frames.stream().map(frame -> frame.message().controlId()).distinct().count());
    House.until("all are confirmed", () -> state("away-3").equals("told"));
  }

  @Test
  void anAnswerThatIsNotConfirmedGoesAgainInTheSameBytesAlsoIfTheProcessEndedMeanwhile()
      throws Exception {
    HospitalMllp listener = house.hospitalMllp();
    CONFIRMATION.loses(true);
    send("elm", asking(Hospital.adt("A28", "unsure-1", next()), "AL"));
    byte[] first = listener.await(1, about("unsure-1"), LONG).get(0).bytes();
    house.stopBundle();
    CONFIRMATION.loses(false);
    start();
    List<Frame> frames = listener.await(2, about("unsure-1"), LONG);
    assertArrayEquals(first, frames.get(1).bytes());
    House.until("it is confirmed", () -> state("unsure-1").equals("told"));
    // What the listener drops or garbles is told again as well.
    for (MllpFaultKind kind :
        List.of(
            MllpFaultKind.NO_ACK,
            MllpFaultKind.DROP,
            MllpFaultKind.GARBAGE,
            MllpFaultKind.WRONG_MSA)) {
      String id = "unsure-" + kind.wireName();
      listener.arm(MllpFault.of(kind).when(about(id)::test));
      send("elm", asking(Hospital.adt("A28", id, next()), "AL"));
      List<Frame> both = listener.await(2, about(id), LONG);
      assertArrayEquals(both.get(0).bytes(), both.get(1).bytes(), id);
    }
  }

  @Test
  void aRepetitionOfTheMessageAsksForItsAnswerOnceMore() throws Exception {
    byte[] message = asking(Hospital.adt("A28", "again-1", next()), "AL");
    send("elm", message);
    answer("again-1");
    House.until("it is confirmed", () -> state("again-1").equals("told"));
    send("elm", message);
    List<Frame> frames = house.hospitalMllp().await(2, about("again-1"), LONG);
    assertArrayEquals(frames.get(0).bytes(), frames.get(1).bytes());
  }

  @Test
  void anAnswerThatIsRefusedFiveTimesIsGivenUpAndNamedAndTheNextOneGoes() throws Exception {
    HospitalMllp listener = house.hospitalMllp();
    listener.arm(MllpFault.of(MllpFaultKind.AE).times(100).when(about("refusing-1")::test));
    send("elm", asking(Hospital.adt("A28", "refusing-1", next()), "AL"));
    house.untilAllEnded();
    send("elm", asking(Hospital.adt("A28", "refusing-2", next()), "AL"));
    assertEquals("AA", answer("refusing-2").field("MSA", 1));
    assertEquals(5, answersTo("refusing-1").size());
    assertEquals("given up", state("refusing-1"));
    assertEquals("landed", house.ledger().end("refusing-1"), "the message itself is as it is");
    String warnings = String.valueOf(house.ledger().receipt("refusing-1").get("receipt_warnings"));
    assertTrue(warnings.contains("its sender was not told of its end"), warnings);
    assertTrue(
        house
            .metrics()
            .lines()
            .anyMatch(
                line ->
                    line.startsWith("pontic_answers{")
                        && line.contains("state=\"given up\"")
                        && !line.endsWith(" 0.0")),
        "the metrics count it");
  }

  @Test
  void whatWasGivenUpIsCountedByStatusAndSentAgainInItsOrderWhenAnOperatorSaysSo()
      throws Exception {
    HospitalMllp listener = house.hospitalMllp();
    listener.arm(
        MllpFault.of(MllpFaultKind.AE)
            .times(100)
            .when(message -> message.field("MSA", 2).startsWith("lost-")));
    List<String> ids = List.of("lost-1", "lost-2", "lost-3");
    for (String id : ids) {
      send("oak", asking(Hospital.adt("A28", id, next()), "AL"));
      house.untilAllEnded();
    }
    House.until(
        "all are given up",
        () -> {
          // Not after its pauses.
          house.ledger().change("update answer set due_at = 0 where state = 'due'");
          return ids.stream().allMatch(id -> state(id).equals("given up"));
        });
    assertEquals(3, told("oak").path("answersGivenUp").asInt());
    assertEquals(0, told("oak").path("answersOwed").asInt());

    listener.clear();
    assertEquals(404, house.post("/control/answer?message=m-nobody"));
    assertEquals(404, house.post("/control/answer?message=elm/clinic"));
    assertEquals(202, house.post("/control/answer?message=" + house.ledger().id("lost-2")));
    House.until("it is confirmed", () -> state("lost-2").equals("told"));
    // As Hawtio asks.
    String asked =
        ManagementFactory.getPlatformMBeanServer()
            .invoke(
                new ObjectName("pontic:type=Operations"),
                "answer",
                new Object[] {"oak/hospital-hl7"},
                new String[] {String.class.getName()})
            .toString();
    assertEquals(2, new ObjectMapper().readTree(asked).path("messages").size(), asked);
    House.until("all are confirmed", () -> ids.stream().allMatch(id -> state(id).equals("told")));
    for (String id : ids) {
      List<Frame> frames = answersTo(id);
      assertEquals(6, frames.size(), id + " was refused five times and then taken");
      assertArrayEquals(frames.get(0).bytes(), frames.get(5).bytes(), id);
    }
    assertEquals(
        List.of("lost-2", "lost-1", "lost-3"),
        listener.frames(message -> message.field("MSA", 2).startsWith("lost-")).stream()
            .filter(frame -> frame.fault().isEmpty())
            .map(frame -> frame.message().field("MSA", 2))
            .toList());
    assertEquals(0, told("oak").path("answersGivenUp").asInt());
    assertEquals(
        3,
        house
            .ledger()
            .count(
                "select count(*) from audit where action = 'answer again' and practice = 'oak'"));
    assertEquals(404, house.post("/control/answer?message=oak/hospital-hl7"), "nothing is left");
  }

  /** How hospital-hl7 does for a practice, as ./pontic status --json says. */
  private static JsonNode told(String practice) throws Exception {
    for (JsonNode one :
        new ObjectMapper().readTree(house.control("/control/status")).path("destinations")) {
      if (one.path("destination").asText().equals("hospital-hl7")
          && one.path("practice").asText().equals(practice)) {
        return one;
      }
    }
    throw new AssertionError("no hospital-hl7 for " + practice);
  }

  private static Patient next() {
    number += 361;
    return Patient.numbered(number).withFirst("Robin" + (char) ('a' + number % 26));
  }

  /** In enhanced mode: MSH-15 AL and this MSH-16. */
  private static byte[] asking(byte[] message, String application) {
    return text(message)
        .replaceFirst("\\|P\\|2\\.5\\.1\r", "|P|2.5.1|||AL|" + application + "\r")
        .getBytes(StandardCharsets.UTF_8);
  }

  private static void send(String practice, byte[] message) throws Exception {
    assertNotEquals("AE", house.send(practice, message));
  }

  private static MllpSender sender() throws Exception {
    return new MllpSender("127.0.0.1", house.mllpPort("elm"), 600_000);
  }

  private static Predicate<Hl7Message> about(String controlId) {
    return message -> message.field("MSA", 2).equals(controlId);
  }

  private static List<Frame> answersTo(String controlId) {
    return house.hospitalMllp().frames(about(controlId));
  }

  /** The first that came. */
  private static Hl7Message answer(String controlId) throws Exception {
    List<Frame> frames = house.hospitalMllp().await(1, about(controlId), LONG);
    assertFalse(frames.isEmpty(), "no answer to " + controlId + "\n" + house.ledger().describe());
    return frames.get(0).message();
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

  private static String text(byte[] message) {
    return new String(message, StandardCharsets.UTF_8);
  }
}
