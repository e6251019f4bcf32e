package pontic.inbound;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import pontic.hl7.Mllp;
import pontic.house.House;
import pontic.sandbox.hospital.Hospital;
import pontic.sandbox.hospital.Hospital.Patient;
import pontic.sandbox.hospital.MllpSender;

/** What a hospital sees at the wire of the running bundle, and what of it is in the store. */
final class AcceptHl7Test {
  /** Longer than the store waits for a disk that another process holds. */
  private static final int PATIENCE_MILLIS = 45_000;

  @TempDir static Path folder;
  private static House house;

  @BeforeAll
  static void open() throws Exception {
    house = House.sandboxOnly(folder);
    house.with("practices.oak.hl7.allowedSenders", "ADTLAKE|LAKESIDE, OTHER|PLACE");
    house.startBundle();
    house.untilConnected();
  }

  @AfterAll
  static void close() throws Exception {
    house.close();
  }

  @Test
  void twoAndFiveFramesInOneWriteAreAllAnsweredInOrder() throws Exception {
    for (int frames : List.of(2, 5)) {
      List<byte[]> messages = new ArrayList<>();
      List<String> ids = new ArrayList<>();
      for (int i = 0; i < frames; i++) {
        ids.add("burst-" + frames + "-" + i);
        messages.add(Hospital.adt("A28", ids.get(i), Patient.numbered(200 + frames * 10 + i)));
      }
      List<String> answered = new ArrayList<>();
      try (MllpSender sender = sender("elm")) {
        sender.send(messages.toArray(byte[][]::new));
        for (int i = 0; i < frames; i++) {
          byte[] answer = sender.answer();
          assertEquals("AA", House.acknowledgement(answer));
          answered.add(field(answer, "MSA", 2));
        }
      }
      assertEquals(ids, answered);
      List<String> stored =
          house
              .ledger()
              .rows(
                  "select control_id from message where control_id like 'burst-"
                      + frames
                      + "-%' order by seq")
              .stream()
              .map(row -> String.valueOf(row.get("control_id")))
              .toList();
      assertEquals(ids, stored);
    }
    house.untilAllEnded();
  }

  @Test
  void aFrameThatComesInFiftyPiecesIsOneMessage() throws Exception {
    byte[] frame = Mllp.frame(Hospital.adt("A28", "pieces-1", Patient.numbered(261)));
    int piece = frame.length / 50 + 1;
    try (MllpSender sender = sender("elm")) {
      int writes = 0;
      for (int from = 0; from < frame.length; from += piece) {
        sender.sendRaw(Arrays.copyOfRange(frame, from, Math.min(frame.length, from + piece)));
        writes++;
        // Other connections are served while this frame is only half here.
        if (writes == 20) {
          assertEquals(
              "AA",
              house.send("elm", Hospital.adt("A28", "pieces-between", Patient.numbered(262))));
        }
      }
      assertTrue(writes >= 40, "only " + writes);
      assertEquals("pieces-1", field(sender.answer(), "MSA", 2));
    }
    assertEquals(1, count("pieces-1"));
    house.untilAllEnded();
    assertEquals("landed", house.ledger().end("pieces-1"));
  }

  @Test
  void theSameBytesAgainAreADuplicateWithTheSameAnswerAndOneEffect() throws Exception {
    Patient patient = Patient.numbered(271);
    byte[] message = Hospital.adt("A28", "again-1", patient);
    for (int i = 0; i < 3; i++) {
      assertEquals("AA", house.send("elm", message));
    }
    byte[] unknown = Hospital.message("ADT^A99", "again-2", "EVN|A99");
    for (int i = 0; i < 2; i++) {
      byte[] answer = ask("elm", unknown);
      assertEquals("AR", House.acknowledgement(answer));
      assertTrue(field(answer, "MSA", 3).startsWith("ADT\\S\\A99 is not understood"), text(answer));
    }
    house.untilAllEnded();
    List<Map<String, Object>> rows =
        house.ledger().rows("select * from message where control_id = 'again-1' order by seq");
    assertEquals(3, rows.size());
    assertEquals("landed", rows.get(0).get("receipt_end"));
    for (Map<String, Object> duplicate : rows.subList(1, 3)) {
      assertEquals("duplicate of", duplicate.get("receipt_end"));
      assertEquals(rows.get(0).get("id"), duplicate.get("receipt_reason"));
    }
    assertEquals(1, house.office("elm").patients(patient).size());
    assertEquals(
        1,
        house.office("elm").count("select count(*) from patient where LName = ?", patient.last()));
    assertEquals("duplicate of", house.ledger().end("again-2"));
  }

  @Test
  void theSameControlIdWithOtherBytesIsANewMessageWithAWarning() throws Exception {
    Patient patient = Patient.numbered(281);
    assertEquals("AA", house.send("elm", Hospital.adt("A28", "reused-1", patient)));
    assertEquals(
        "AA", house.send("elm", Hospital.adt("A31", "reused-1", patient.withPhone("5035551234"))));
    house.untilAllEnded();
    List<Map<String, Object>> rows =
        house.ledger().rows("select * from message where control_id = 'reused-1' order by seq");
    assertEquals(2, rows.size());
    assertEquals("[]", rows.get(0).get("receipt_warnings"));
    assertEquals("landed", rows.get(1).get("receipt_end"));
    assertTrue(
        String.valueOf(rows.get(1).get("receipt_warnings")).contains("same control id"),
        rows.get(1).get("receipt_warnings").toString());
    assertEquals(
        "5035551234",
        String.valueOf(house.office("elm").patients(patient).get(0).get("HmPhone"))
            .replaceAll("\\D", ""));
  }

  @Test
  void whatIsNoMessageIsRefusedInWordsAndKept() throws Exception {
    for (String garbage :
        List.of("GET / HTTP/1.1", "", "MSH", "PID|1||x", "MSH|||||", "\u0000\u0001\u0002")) {
      byte[] answer = ask("elm", garbage.getBytes(StandardCharsets.ISO_8859_1));
      assertEquals("AR", House.acknowledgement(answer), garbage);
      String words = field(answer, "MSA", 3);
      assertTrue(words.contains("MSH"), "no words: " + text(answer));
      assertFalse(words.contains("Exception"), words);
      // The answer's own control id is Pontic's number of what it kept.
      Map<String, Object> kept = row(field(answer, "MSH", 9));
      assertEquals("refused", kept.get("receipt_end"));
      assertTrue(String.valueOf(kept.get("receipt_reason")).startsWith("not an HL7 v2 message"));
    }
  }

  @Test
  void bytesThatAreNoFrameDoNotDisturbTheNextFrame() throws Exception {
    try (MllpSender sender = sender("elm")) {
      sender.sendRaw("no frame at all\r\n".getBytes(StandardCharsets.US_ASCII));
      assertEquals(
          "AA",
          House.acknowledgement(
              sender.ask(Hospital.adt("A28", "after-noise", Patient.numbered(291)))));
    }
    house.untilAllEnded();
  }

  @Test
  void anUnknownTriggerOrTypeIsRefusedByName() throws Exception {
    for (String type : List.of("ADT^A99", "ORU^R01", "SIU^S26", "ZZZ^Z01", "ADT")) {
      String id = "unknown-" + type.replace('^', '-');
      byte[] answer = ask("elm", Hospital.message(type, id, "EVN|X"));
      assertEquals("AR", House.acknowledgement(answer));
      assertTrue(field(answer, "MSA", 3).contains(type.replace("^", "\\S\\")), text(answer));
      assertEquals("refused", house.ledger().end(id));
      String reason = String.valueOf(house.ledger().receipt(id).get("receipt_reason"));
      assertTrue(reason.startsWith(type + " is not understood here"), reason);
      assertTrue(reason.contains("ADT^A28"), "it says what is understood: " + reason);
    }
  }

  @Test
  void aMessageWithoutAControlIdIsRefused() throws Exception {
    byte[] answer = ask("elm", Hospital.adt("A28", "", Patient.numbered(292)));
    assertEquals("AR", House.acknowledgement(answer));
    assertTrue(field(answer, "MSA", 3).contains("MSH-10"), text(answer));
    assertEquals("refused", row(field(answer, "MSH", 9)).get("receipt_end"));
    assertEquals(List.of(), house.office("elm").patients(Patient.numbered(292)));
  }

  @Test
  void aSenderThatThePracticeDoesNotAllowIsRefused() throws Exception {
    Patient patient = Patient.numbered(293);
    String allowed = text(Hospital.adt("A28", "sender-1", patient));
    String stranger = allowed.replace("|ADTLAKE|LAKESIDE|", "|STRANGE|SOMEWHERE|");
    byte[] answer = ask("oak", stranger.getBytes(StandardCharsets.UTF_8));
    assertEquals("AR", House.acknowledgement(answer));
    assertTrue(field(answer, "MSA", 3).contains("sender"), text(answer));
    assertEquals("refused", house.ledger().end("sender-1"));
    assertEquals("AA", house.send("oak", allowed.getBytes(StandardCharsets.UTF_8)));
    house.untilAllEnded();
    assertEquals(1, house.office("oak").patients(patient).size());
  }

  @Test
  void nothingIsAcknowledgedThatTheStoreDidNotTake() throws Exception {
    Patient patient = Patient.numbered(294);
    byte[] message = Hospital.adt("A28", "store-away", patient);
    // Another process holds the store's file, for longer than the store waits.
    try (Connection other =
            DriverManager.getConnection(
                "jdbc:sqlite:" + folder.resolve("data/store/state.db") + "?busy_timeout=10000");
        Statement statement = other.createStatement()) {
      statement.execute("begin immediate");
      byte[] answer = ask("elm", message);
      assertEquals("AE", House.acknowledgement(answer), text(answer));
      assertEquals("store-away", field(answer, "MSA", 2));
      assertTrue(field(answer, "MSA", 3).contains("not stored, send it again"), text(answer));
      statement.execute("rollback");
    }
    assertEquals(0, count("store-away"));
    assertEquals("AA", House.acknowledgement(ask("elm", message)));
    house.untilAllEnded();
    assertEquals(1, count("store-away"));
    assertEquals("landed", house.ledger().end("store-away"));
    assertEquals(1, house.office("elm").patients(patient).size());
  }

  @Test
  void idleConnectionsTakeNothingFromOthersAndStayUsable() throws Exception {
    List<MllpSender> idle = new ArrayList<>();
    try {
      for (int i = 0; i < 60; i++) {
        idle.add(sender("elm"));
      }
      assertEquals(
          "AA", house.send("elm", Hospital.adt("A28", "beside-idle", Patient.numbered(295))));
      for (int i : List.of(0, 30, 59)) {
        byte[] answer =
            idle.get(i).ask(Hospital.adt("A28", "was-idle-" + i, Patient.numbered(300 + i)));
        assertEquals("was-idle-" + i, field(answer, "MSA", 2));
      }
    } finally {
      for (MllpSender sender : idle) {
        sender.close();
      }
    }
    house.untilAllEnded();
  }

  private static MllpSender sender(String practice) throws Exception {
    return new MllpSender("127.0.0.1", house.mllpPort(practice), PATIENCE_MILLIS);
  }

  private static byte[] ask(String practice, byte[] message) throws Exception {
    try (MllpSender sender = sender(practice)) {
      return sender.ask(message);
    }
  }

  private static long count(String controlId) {
    return house
        .ledger()
        .count("select count(*) from message where control_id = '" + controlId + "'");
  }

  private static Map<String, Object> row(String id) {
    return house.ledger().rows("select * from message where id = '" + id + "'").get(0);
  }

  /** A field as split by |; of MSH, field 9 of the split is MSH-10. */
  private static String field(byte[] answer, String segment, int index) {
    for (String line : text(answer).split("\r")) {
      if (line.startsWith(segment + "|")) {
        String[] fields = line.split("\\|", -1);
        return index < fields.length ? fields[index] : "";
      }
    }
    throw new AssertionError("no " + segment + " in " + text(answer));
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
