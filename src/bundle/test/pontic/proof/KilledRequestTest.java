package pontic.proof;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.util.FileSystemUtils;
import pontic.house.House;
import pontic.sandbox.hospital.Hl7Message;
import pontic.sandbox.hospital.Hospital;
import pontic.sandbox.hospital.Hospital.Patient;
import pontic.sandbox.hospital.HospitalMllp;
import pontic.sandbox.hospital.HospitalMllp.Frame;
import pontic.sandbox.hospital.MllpFault;
import pontic.sandbox.hospital.MllpFaultKind;

/**
 * Who asks for an appointment (SRM) hears what stands in the book (SRR), whichever instant between
 * the booking and the note that he was told the process is killed at: all lives are processes on
 * the same data, and what is looked at is the office's book and the listener of who asked.
 */
final class KilledRequestTest {
  private static final String ASKER = "hospital-hl7";
  private static final String TELLING = "answer-hl7-" + ASKER + "/";
  private static final Duration LONGEST = Duration.ofSeconds(240);
  private static final LocalDateTime NOON = LocalDateTime.of(2027, 8, 3, 12, 0);
  private static final KillPoint NEVER = new KillPoint(KillPoint.ANY, "", "", 1);

  /**
   * @param words what has happened then
   * @param left whether the asker's listener has the answer when the process dies
   */
  private record Death(String words, KillPoint point, boolean left) {}

  private static final List<Death> DEATHS =
      List.of(
          new Death(
              "it stands in the book and the API's answer is read, not stored",
              KillPoint.after("call-http").of("call"),
              false),
          new Death(
              "it stands in the book and that is stored",
              KillPoint.after("call-outcome").of("call"),
              false),
          new Death(
              "the request has ended and its answer is not made",
              KillPoint.before(TELLING + "claim"),
              false),
          new Death(
              "the answer is made and has not left",
              KillPoint.after(TELLING + "claim").of("told"),
              false),
          new Death(
              "the answer has come and is not confirmed",
              new KillPoint(KillPoint.SENT, ASKER, "", 1),
              true),
          new Death(
              "the answer is confirmed and that is not noted",
              KillPoint.after(TELLING + "frame").of("answered"),
              true));

  @TempDir static Path folder;
  private static final Path RUN = Campaign.RUNS.resolve("killed-requests");
  private static House house;

  @BeforeAll
  static void open() throws Exception {
    house =
        House.sandboxOnly(folder)
            .busyLanes()
            .only(List.of("elm"))
            .with("destinations." + ASKER + ".types", "ACK")
            .with("practices.elm.hl7.requests", "true")
            // What is told elsewhere of the office is others' tests.
            .with("practices.elm.database.enabled", "false");
    FileSystemUtils.deleteRecursively(RUN);
    Files.createDirectories(RUN);
    Properties properties = new Properties();
    properties.putAll(house.flags());
    properties.setProperty("pontic.data", RUN.resolve("data").toString());
    house.withUsers(RUN.resolve("data"));
    try (Writer writer = Files.newBufferedWriter(flags())) {
      properties.store(writer, null);
    }
    try (Life life = life(NEVER)) {
      for (int i = 0; i < DEATHS.size(); i++) {
        Patient patient = patient(i);
        assertEquals("AA", house.send("elm", Hospital.adt("A28", "known-" + i, patient)));
      }
      untilNothingIsOpen(life);
    }
  }

  @AfterAll
  static void close() throws Exception {
    house.close();
  }

  @TestFactory
  Stream<DynamicTest> whoAskedIsToldOfTheOneAppointmentWhereverTheProcessDied() {
    return IntStream.range(0, DEATHS.size())
        .mapToObj(
            i -> DynamicTest.dynamicTest(DEATHS.get(i).words(), () -> asked(i, DEATHS.get(i))));
  }

  private static void asked(int number, Death death) throws Exception {
    Patient patient = patient(number);
    String controlId = "killed-" + number;
    LocalDateTime at = NOON.plusDays(number);
    HospitalMllp asker = house.hospitalMllp();
    try (Life life = life(death.point())) {
      boolean unanswered = death.point().trigger().equals(KillPoint.SENT);
      if (unanswered) {
        asker.arm(MllpFault.of(MllpFaultKind.NO_ACK));
      }
      byte[] request = Hospital.srm("S01", controlId, patient, "R" + number, at, 40);
      assertEquals("CA", house.send("elm", request));
      if (unanswered) {
        asker.await(1, one -> isAnswer(one, controlId), LONGEST);
        life.kill();
      }
      assertTrue(life.killedWithin(LONGEST), "it never came to " + death.point().text());
    }
    assertEquals(1, house.office("elm").appointments(patient).size(), "booked when it died");
    List<Frame> first = answers(controlId);
    assertEquals(death.left() ? 1 : 0, first.size(), "told when it died");

    try (Life life = life(NEVER)) {
      untilNothingIsOpen(life);
    }
    Map<String, Object> row = theOne(patient);
    assertEquals(at, ((Timestamp) row.get("AptDateTime")).toLocalDateTime());
    List<Frame> told = answers(controlId);
    assertTrue(told.size() > first.size(), "not told, or not once more, after it had died");
    for (Frame frame : told) {
      assertArrayEquals(told.get(0).bytes(), frame.bytes(), "the same, known by its MSH-10");
    }
    Hl7Message answer = told.get(0).message();
    assertEquals("SRR^S01^SRR_S01", answer.field("MSH", 9));
    assertEquals("AA", answer.field("MSA", 1), answer.text());
    assertEquals(row.get("AptNum") + "^elm^urn:pontic:elm:appointment^URI", answer.field("SCH", 2));
    assertEquals("Booked", answer.field("SCH", 25));
  }

  private static Map<String, Object> theOne(Patient patient) {
    assertEquals(1, house.office("elm").patients(patient).size());
    List<Map<String, Object>> rows = house.office("elm").appointments(patient);
    assertEquals(1, rows.size(), "the book has it once: " + rows.size());
    return rows.get(0);
  }

  private static List<Frame> answers(String controlId) {
    return house.hospitalMllp().frames(one -> isAnswer(one, controlId));
  }

  private static boolean isAnswer(Hl7Message message, String controlId) {
    return message.field("MSA", 2).equals(controlId);
  }

  /** People who have nothing in common, so that each request is a booking and nothing else. */
  private static Patient patient(int number) {
    return Patient.numbered(83_000 + number * 367).withFirst("Toni" + (char) ('a' + number));
  }

  private static Life life(KillPoint point) throws Exception {
    Life life = Life.start(house.config(), flags(), point, "usual", RUN.resolve("bundle.log"));
    life.awaitReady();
    return life;
  }

  private static Path flags() {
    return RUN.resolve("settings.properties");
  }

  private static void untilNothingIsOpen(Life life) throws Exception {
    House.until("every message has its end and its sender is told", () -> open(life) == 0);
    life.stop();
  }

  private static long open(Life life) {
    try {
      return life.open();
    } catch (Exception e) {
      throw new AssertionError("it does not say what is open", e);
    }
  }
}
