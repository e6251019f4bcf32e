package pontic.sandbox.hospital;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The listener and every fault of it, at the wire. */
class HospitalMllpTest {
  private static final Duration LIMIT = Duration.ofSeconds(600);

  private HospitalMllp hospital;
  private MllpSender sender;

  @BeforeEach
  void start() throws Exception {
    hospital = HospitalMllp.start(0);
    sender = connect();
  }

  @AfterEach
  void stop() throws Exception {
    sender.close();
    hospital.close();
  }

  @Test
  void twoFramesInOneWriteAreKeptAndBothAnswered() throws Exception {
    sender.send(siu("S12", "m1"), siu("S13", "m2"));
    List<HospitalMllp.Frame> frames = hospital.await(2, LIMIT);
    assertEquals(2, frames.size());
    assertArrayEquals(siu("S12", "m1"), frames.get(0).bytes());
    assertEquals("MSA|AA|m1", answer().get(1));
    List<String> second = answer();
    assertEquals("MSA|AA|m2", second.get(1));
    assertTrue(second.get(0).startsWith("MSH|^~\\&|C|D|A|B|"), second.get(0));
    assertEquals("AA", frames.get(0).answer());
    assertEquals(Optional.empty(), frames.get(0).fault());
  }

  @Test
  void messagesAreFoundByControlIdTriggerAndTheirFields() throws Exception {
    ask("S12", "f1");
    ask("S13", "f2");
    assertEquals(1, hospital.withControlId("f2").size());
    assertEquals("SIU^S12", hospital.withTrigger("SIU^S12").get(0).message().trigger());
    assertEquals(1, hospital.frames(message -> message.has("SCH", 2, "apt-f1")).size());
    assertEquals(2, hospital.frames(message -> message.has("PID", 3, "second")).size());
    assertEquals(0, hospital.frames(message -> message.has("PID", 3, "ELM")).size());
    Hl7Message first = hospital.frames().get(0).message();
    assertEquals("|", first.field("MSH", 1));
    assertEquals("2.5.1", first.field("MSH", 12));
    assertEquals("", first.field("ZZZ", 1));
    assertEquals(1, hospital.await(1, message -> message.has("SCH", 2, "apt-f2"), LIMIT).size());
  }

  @Test
  void aeAndArCarryTheReasonInMsaAndErr() throws Exception {
    hospital.arm(MllpFault.of(MllpFaultKind.AE).on("SIU^S13").saying("no such slot"));
    hospital.arm(MllpFault.of(MllpFaultKind.AR));
    // The oldest that fits: S12 goes by AE and meets AR.
    List<String> refused = ask("S12", "r1");
    assertEquals("MSA|AR|r1|The message is refused", refused.get(1));
    assertTrue(refused.get(2).startsWith("ERR|||200^"), refused.get(2));
    List<String> failed = ask("S13", "r2");
    assertEquals("MSA|AE|r2|no such slot", failed.get(1));
    assertEquals("ERR|||207^Application internal error^HL70357|E||||no such slot", failed.get(2));
    assertEquals("MSA|AA|r3", ask("S13", "r3").get(1));
    assertEquals("AR", hospital.frames().get(0).answer());
    assertEquals(Optional.of("ae"), hospital.frames().get(1).fault());
  }

  @Test
  void aFaultMayBeMatchedByWhatTheMessageSays() throws Exception {
    hospital.arm(
        MllpFault.of(MllpFaultKind.AE).when(message -> message.has("SCH", 2, "apt-w2")).times(0));
    assertEquals("MSA|AA|w1", ask("S12", "w1").get(1));
    assertTrue(ask("S12", "w2").get(1).startsWith("MSA|AE|w2"));
    assertTrue(ask("S12", "w2").get(1).startsWith("MSA|AE|w2"));
    hospital.clear();
    assertEquals("MSA|AA|w2", ask("S12", "w2").get(1));
  }

  @Test
  void noAckIsKeptAndTheConnectionGoesOn() throws Exception {
    hospital.arm(MllpFault.of(MllpFaultKind.NO_ACK));
    sender.send(siu("S12", "n1"));
    assertEquals("none", hospital.await(1, LIMIT).get(0).answer());
    assertEquals("MSA|AA|n2", ask("S12", "n2").get(1));
  }

  @Test
  void aLateAckComesAfterTheNextMessageWasAnswered() throws Exception {
    hospital.arm(MllpFault.of(MllpFaultKind.ACK_LATE).lasting(Duration.ofMillis(500)));
    sender.send(siu("S12", "l1"));
    sender.send(siu("S13", "l2"));
    assertEquals("MSA|AA|l2", answer().get(1));
    assertEquals(2, hospital.frames().size());
    assertEquals("MSA|AA|l1", answer().get(1));
  }

  @Test
  void aWrongMsaNamesTheMessageBefore() throws Exception {
    hospital.arm(MllpFault.of(MllpFaultKind.WRONG_MSA).times(2));
    assertEquals("MSA|AA|x1X", ask("S12", "x1").get(1));
    assertEquals("MSA|AA|x1", ask("S12", "x2").get(1));
    assertEquals("MSA|AA|x3", ask("S12", "x3").get(1));
  }

  @Test
  void garbageIsAFrameWithoutASegment() throws Exception {
    hospital.arm(MllpFault.of(MllpFaultKind.GARBAGE));
    assertFalse(ask("S12", "g1").get(0).startsWith("MSH"));
    assertEquals("garbage", hospital.withControlId("g1").get(0).answer());
    assertEquals("MSA|AA|g2", ask("S12", "g2").get(1));
  }

  @Test
  void dropKeepsTheMessageAndClosesTheSocket() throws Exception {
    hospital.arm(MllpFault.of(MllpFaultKind.DROP));
    assertThrows(EOFException.class, () -> ask("S12", "d1"));
    assertEquals(1, hospital.withControlId("d1").size());
    sender = connect();
    assertEquals("MSA|AA|d1", ask("S12", "d1").get(1));
    assertEquals(2, hospital.withControlId("d1").size());
  }

  @Test
  void aHangingConnectionKeepsNothingAndOthersWork() throws Exception {
    assertEquals("MSA|AA|h0", ask("S12", "h0").get(1));
    hospital.arm(MllpFault.of(MllpFaultKind.HANG));
    try (MllpSender impatient = new MllpSender("127.0.0.1", hospital.port(), 300)) {
      // Only this one may run into it.
      impatient.send(siu("S12", "h1"));
      assertThrows(SocketTimeoutException.class, impatient::answer);
      assertEquals("MSA|AA|h2", ask("S12", "h2").get(1));
      assertEquals(0, hospital.withControlId("h1").size());
    }
    // An open connection runs into it with its next frame and is closed when cleared.
    hospital.arm(MllpFault.of(MllpFaultKind.HANG));
    sender.send(siu("S12", "h3"));
    while (!hospital.armed().isEmpty()) {
      Thread.onSpinWait();
    }
    hospital.clear();
    assertThrows(IOException.class, sender::answer);
    assertEquals(0, hospital.withControlId("h3").size());
  }

  @Test
  void downClosesPortAndConnectionsAndBackIsTheSamePortWithWhatWasKept() throws Exception {
    ask("S12", "p1");
    hospital.arm(MllpFault.of(MllpFaultKind.DOWN));
    assertThrows(IOException.class, () -> ask("S12", "p2"));
    assertThrows(ConnectException.class, HospitalMllpTest.this::connect);
    hospital.clear();
    sender = connect();
    assertEquals("MSA|AA|p3", ask("S12", "p3").get(1));
    assertEquals(
        List.of("p1", "p3"),
        hospital.frames().stream().map(frame -> frame.message().controlId()).toList());
    hospital.arm(MllpFault.of(MllpFaultKind.DOWN).lasting(Duration.ofMillis(200)));
    long end = System.nanoTime() + LIMIT.toNanos();
    while (!hospital.armed().isEmpty()) {
      assertTrue(System.nanoTime() < end, "not back in time");
      Thread.onSpinWait();
    }
    hospital.comeBack();
    sender = connect();
    assertEquals("MSA|AA|p4", ask("S12", "p4").get(1));
  }

  private MllpSender connect() throws IOException {
    return new MllpSender("127.0.0.1", hospital.port(), (int) LIMIT.toMillis());
  }

  private List<String> ask(String trigger, String controlId) throws IOException {
    return segments(sender.ask(siu(trigger, controlId)));
  }

  private List<String> answer() throws IOException {
    return segments(sender.answer());
  }

  private static List<String> segments(byte[] answer) {
    return List.of(new String(answer, StandardCharsets.UTF_8).split("\r"));
  }

  private static byte[] siu(String trigger, String controlId) {
    return ("MSH|^~\\&|A|B|C|D|20260101||SIU^"
            + trigger
            + "^SIU_S12|"
            + controlId
            + "|P|2.5.1\rSCH|1|apt-"
            + controlId
            + "^ELM\rPID|1||first^^^ELM~second^^^OAK\r")
        .getBytes(StandardCharsets.UTF_8);
  }
}
