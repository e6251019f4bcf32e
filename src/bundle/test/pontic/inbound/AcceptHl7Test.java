package pontic.inbound;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLSocketFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import pontic.hl7.Mllp;
import pontic.house.Certificates;
import pontic.house.House;
import pontic.sandbox.hospital.Hospital;
import pontic.sandbox.hospital.Hospital.Patient;
import pontic.sandbox.hospital.MllpSender;

/** What a hospital sees at the wire of the running bundle, and what of it is in the store. */
final class AcceptHl7Test {
  /** Longer than the store waits for a disk that another process holds. */
  private static final int PATIENCE_MILLIS = 45_000;

  private static final AtomicInteger MARKS = new AtomicInteger();

  @TempDir static Path folder;
  private static House house;
  private static Certificates certificates;

  @BeforeAll
  static void open() throws Exception {
    house = House.sandboxOnly(folder).busyLanes();
    house.with("practices.oak.hl7.allowedSenders", "ADTLAKE|LAKESIDE, OTHER|PLACE");
    house.with("practices.oak.hl7.processing", "P, T");
    certificates = Certificates.make(folder.resolve("certificates"));
    for (String store : List.of("keyStore", "trustStore")) {
      house.with("practices.oak.hl7." + store, certificates.store(store).toString());
      house.with("practices.oak.hl7." + store + "Password", Certificates.PASSWORD);
    }
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

  /** A port more costs no thread: with a thousand practices each would have one, and files. */
  @Test
  void portsOfAllPracticesHaveTheirThreadsInCommon() throws Exception {
    try (MllpSender sender = sender("elm")) {
      byte[] answer = sender.ask(Hospital.adt("A28", "threads-1", Patient.numbered(262)));
      assertEquals("AA", House.acknowledgement(answer));
    }
    assertFalse(threads("mllp-ports").isEmpty());
    assertEquals(List.of(), threads("NettyServerTCP"), "of a port's own");
    house.untilAllEnded();
  }

  private static List<String> threads(String named) {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter(name -> name.contains(named))
        .toList();
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
    String unknownType = "200^Unsupported message type^HL70357";
    String unknownEvent = "201^Unsupported event code^HL70357";
    Map<String, String> types =
        Map.of(
            "ADT^A99", unknownEvent,
            "ORU^R99", unknownEvent,
            "SIU^S99", unknownEvent,
            "ADT", unknownEvent,
            "ZZZ^Z01", unknownType,
            "BAR^P01", unknownType);
    for (String type : types.keySet()) {
      String id = "unknown-" + type.replace('^', '-');
      byte[] answer = ask("elm", Hospital.message(type, id, "EVN|X"));
      assertEquals("AR", House.acknowledgement(answer));
      assertEquals(types.get(type), field(answer, "ERR", 3), text(answer));
      assertEquals("E", field(answer, "ERR", 4), text(answer));
      assertEquals(field(answer, "MSA", 3), field(answer, "ERR", 8), text(answer));
      assertTrue(field(answer, "MSA", 3).contains(type.replace("^", "\\S\\")), text(answer));
      assertEquals("refused", house.ledger().end(id));
      String reason = String.valueOf(house.ledger().receipt(id).get("receipt_reason"));
      assertTrue(reason.startsWith(type + " is not understood here"), reason);
      assertTrue(reason.contains("ADT^A28"), "it says what is understood: " + reason);
    }
    untilTheMetricsCountEveryRefusal(types.size());
  }

  /** Up to 2.4 ERR-1 says it, with the place before it. */
  @Test
  void inOlderVersionsTheSameCodesStandInTheFirstFieldOfErr() throws Exception {
    Map<String, String> types =
        Map.of(
            "ADT^A99", "^^^201&Unsupported event code&HL70357",
            "ZZZ^Z01", "^^^200&Unsupported message type&HL70357");
    for (String type : types.keySet()) {
      byte[] message =
          text(Hospital.message(type, "older-" + type.substring(0, 3), "EVN|X"))
              .replace("|P|2.5.1", "|P|2.3.1")
              .getBytes(StandardCharsets.UTF_8);
      byte[] answer = ask("elm", message);
      assertEquals("AR", House.acknowledgement(answer));
      assertEquals(types.get(type), field(answer, "ERR", 1), text(answer));
    }
  }

  @Test
  void everyVersionLineEndAndCharsetIsReadAsItsSenderWroteIt() throws Exception {
    int number = 400;
    for (String version :
        List.of(
            "2.1", "2.2", "2.3", "2.3.1", "2.4", "2.5", "2.5.1", "2.6", "2.7", "2.7.1", "2.8")) {
      String end = List.of("\r", "\n", "\r\n").get(number % 3);
      boolean latin = number % 2 == 0;
      Patient patient = accented(number);
      String id = "version-" + version;
      String text =
          text(Hospital.adt("A28", id, patient))
              .replaceFirst(
                  "\\|P\\|2\\.5\\.1",
                  "|P|" + version + "||||||" + (latin ? "8859/1" : "UNICODE UTF-8"))
              .replace("\r", end);
      byte[] answer =
          ask("elm", text.getBytes(latin ? StandardCharsets.ISO_8859_1 : StandardCharsets.UTF_8));
      assertEquals("AA", House.acknowledgement(answer), version);
      assertEquals(version, field(answer, "MSH", 11), "answered in the sender's version");
      number++;
    }
    house.untilAllEnded();
    for (int n = 400; n < number; n++) {
      assertEquals(
          1,
          house
              .office("elm")
              .count(
                  "select count(*) from patient where LName = ? and FName = 'Zo\u00eb'",
                  accented(n).last()),
          "" + n);
    }
  }

  @Test
  void aVersionOrCharsetThatIsNotServedIsRefusedWithTheReason() throws Exception {
    record Wrong(String header, String answer, String condition, String words) {}
    int number = 0;
    for (Wrong wrong :
        List.of(
            new Wrong("|P|3.0", "AR", "203", "version 3.0"),
            new Wrong("|P|2.9", "AR", "203", "2.1 to 2.8"),
            new Wrong("|P|", "AE", "101", "MSH-12"),
            new Wrong("|P|2.5.1||||||ISO IR87", "AE", "103", "charset ISO IR87"),
            new Wrong("|P|2.5.1||||||windows-1251", "AE", "103", "charset windows-1251 (MSH-18)"),
            new Wrong("|P|2.5.1||||||GB 18030-2000", "AE", "103", "charset GB 18030-2000"),
            new Wrong("|P|2.5.1||||||8859/12", "AE", "103", "8859/1 to 8859/9, 8859/15 and"),
            // What no charset is called is no word of an answer or a receipt.
            new Wrong(
                "|P|2.5.1||||||<b>Frost, Ada of Larch",
                "AE",
                "103",
                "charset ?b?Frost? Ada of (MSH-18)"))) {
      String id = "unserved-" + number++;
      byte[] answer =
          ask(
              "elm",
              text(Hospital.adt("A28", id, Patient.numbered(419)))
                  .replace("|P|2.5.1", wrong.header())
                  .getBytes(StandardCharsets.UTF_8));
      assertEquals(wrong.answer(), House.acknowledgement(answer), wrong.header());
      assertTrue(field(answer, "MSA", 3).contains(wrong.words()), text(answer));
      assertTrue(text(answer).contains(wrong.condition()), text(answer));
      assertEquals("refused", house.ledger().end(id));
    }
    assertEquals(List.of(), house.office("elm").patients(Patient.numbered(419)));
  }

  @Test
  void whatIsForTestsIsRefusedAndNothingOfItIsWritten() throws Exception {
    record For(String header, String answer, String words) {}
    String condition = "202^Unsupported processing id^HL70357";
    int number = 0;
    for (For each :
        List.of(
            new For("|T|2.5.1", "AR", "processing id T (MSH-11) is not taken here; P is"),
            new For("|T^T|2.5.1", "AR", "processing id T (MSH-11)"),
            new For("|D|2.5.1|||AL|NE", "CR", "processing id D (MSH-11)"),
            new For("|T|2.8", "AR", "processing id T (MSH-11)"),
            new For("|X|2.5.1", "AR", "processing id X (MSH-11)"),
            // What no table has is no word of an answer or a receipt.
            new For("|<b>Frost, Ada of Larch|2.5.1", "AR", "id ?b?Frost? Ada of (MSH-11)"))) {
      String id = "trial-" + number++;
      byte[] message = marked(Hospital.adt("A28", id, Patient.numbered(480)), each.header());
      byte[] answer = ask("elm", message);
      assertEquals(each.answer(), House.acknowledgement(answer), each.header());
      assertEquals(condition, field(answer, "ERR", 3), text(answer));
      assertTrue(field(answer, "MSA", 3).contains(each.words()), text(answer));
      assertEquals(field(answer, "MSA", 3), field(answer, "ERR", 8), text(answer));
      assertEquals("refused", house.ledger().end(id));
      assertEquals(1, count(id));
    }
    byte[] older = marked(Hospital.adt("A28", "trial-old", Patient.numbered(480)), "|D|2.3.1");
    assertEquals(
        "^^^202&Unsupported processing id&HL70357",
        field(ask("elm", older), "ERR", 1),
        "up to 2.4");
    byte[] twin = marked(Hospital.message("SIU^S12", "trial-siu", "SCH|9^LAKE"), "|T|2.5.1");
    assertEquals("AR", House.acknowledgement(ask("elm", twin)), "whatever its type");
    untilTheMetricsCountEveryRefusal(number + 2);
    assertEquals(List.of(), house.office("elm").patients(Patient.numbered(480)));
  }

  @Test
  void whoSaysNotWhatItIsForMeansIt() throws Exception {
    int number = 481;
    for (String header : List.of("||2.5.1", "|\"\"|2.5.1", "|P^A|2.5.1")) {
      Patient patient = Patient.numbered(number);
      byte[] message = marked(Hospital.adt("A28", "meant-" + number++, patient), header);
      assertEquals("AA", House.acknowledgement(ask("elm", message)), header);
    }
    house.untilAllEnded();
    for (int n = 481; n < number; n++) {
      assertEquals(1, house.office("elm").patients(Patient.numbered(n)).size(), "" + n);
    }
  }

  @Test
  void aPracticeForTrialsTakesWhatItsSettingNames() throws Exception {
    Patient patient = Patient.numbered(484);
    byte[] trial = marked(Hospital.adt("A28", "trial-taken", patient), "|T|2.5.1");
    byte[] answer = withCertificate(trial);
    assertEquals("AA", House.acknowledgement(answer), text(answer));
    byte[] refused =
        withCertificate(marked(Hospital.adt("A28", "trial-debug", patient), "|D|2.5.1"));
    assertEquals("AR", House.acknowledgement(refused));
    assertTrue(field(refused, "MSA", 3).contains("not taken here; P, T are"), text(refused));
    house.untilAllEnded();
    house.ledger().assertEnd("landed", "trial-taken");
    assertEquals(1, house.office("oak").patients(patient).size());
  }

  /** Of a message of a batch as of one that came alone. */
  @Test
  void ofABatchWhatIsForTestsIsRefusedAndTheRestIsTaken() throws Exception {
    List<Patient> patients = List.of(Patient.numbered(485), Patient.numbered(486));
    String answer =
        text(
            ask(
                "elm",
                ("BHS|^~\\&|ADTLAKE|LAKESIDE|PONTIC|DENTAL|20261101120000||||B80\r"
                        + text(marked(Hospital.adt("A28", "trials-1", patients.get(0)), "|T|2.5.1"))
                        + text(Hospital.adt("A28", "trials-2", patients.get(1)))
                        + "BTS|2\r")
                    .getBytes(StandardCharsets.UTF_8)));
    assertTrue(answer.contains("\rMSA|AR|trials-1|processing id T"), answer);
    assertTrue(answer.contains("\rMSA|AA|trials-2\r"), answer);
    house.untilAllEnded();
    assertEquals("refused", house.ledger().end("trials-1"));
    assertEquals(List.of(), house.office("elm").patients(patients.get(0)));
    assertEquals(1, house.office("elm").patients(patients.get(1)).size());
  }

  /** A Windows apostrophe, and a text that its sender cut in the middle of a letter. */
  @Test
  void aStrayByteInACommentLeavesTheNameAsItIsAndTheReceiptSaysWhere() throws Exception {
    int number = 487;
    for (String charset : List.of("", "||||||UNICODE UTF-8")) {
      String id = "stray-" + number;
      Patient patient = accented(number++);
      byte[] message = marked(Hospital.adt("A28", id, patient), "|P|2.5.1" + charset);
      byte[] note = "NTE|1||Ada\u0092s mother is Zo\u00c3\r".getBytes(StandardCharsets.ISO_8859_1);
      byte[] both = Arrays.copyOf(message, message.length + note.length);
      System.arraycopy(note, 0, both, message.length, note.length);
      assertEquals("AA", House.acknowledgement(ask("elm", both)));
      house.untilAllEnded();
      house.ledger().assertEnd("landed", id);
      assertEquals(
          1,
          house
              .office("elm")
              .count(
                  "select count(*) from patient where LName = ? and FName = 'Zo\u00eb'",
                  patient.last()),
          "the office's row");
      String warnings = String.valueOf(house.ledger().receipt(id).get("receipt_warnings"));
      assertTrue(
          warnings.contains(
              "NTE: not in the charset that MSH-18 says (UTF-8 if it says none), read as ISO 8859-1"),
          warnings);
      assertFalse(warnings.contains("mother"), warnings);
    }
  }

  @Test
  void eachCharsetThatAnAnswerNamesAsReadIsRead() throws Exception {
    int number = 470;
    for (String charset :
        List.of("8859/1", "8859/2", "8859/9", "8859/15", "windows-1252", "UNICODE UTF-8")) {
      Patient patient = accented(number);
      String java = charset.replace("8859/", "ISO-8859-").replace("UNICODE ", "");
      // The same letter in each of them.
      byte[] message =
          text(Hospital.adt("A28", "charset-" + number, patient))
              .replace("|P|2.5.1", "|P|2.5.1||||||" + charset)
              .getBytes(java);
      assertEquals("AA", House.acknowledgement(ask("elm", message)), charset);
      number++;
    }
    house.untilAllEnded();
    for (int n = 470; n < number; n++) {
      assertEquals(
          1,
          house
              .office("elm")
              .count(
                  "select count(*) from patient where LName = ? and FName = 'Zo\u00eb'",
                  accented(n).last()),
          "" + n);
    }
  }

  @Test
  void aFrameOfSixteenMebibytesIsTakenAndALongerOneIsNot() throws Exception {
    Patient patient = Patient.numbered(420);
    byte[] longest = Arrays.copyOf(Hospital.adt("A28", "longest", patient), 16 * 1024 * 1024);
    byte[] before = Hospital.adt("A28", "longest", patient);
    byte[] attached = "OBX|1|ED|SCAN||^^PDF^Base64^".getBytes(StandardCharsets.US_ASCII);
    Arrays.fill(longest, before.length, longest.length, (byte) 'A');
    System.arraycopy(attached, 0, longest, before.length, attached.length);
    assertEquals("AA", House.acknowledgement(ask("elm", longest)));
    try (MllpSender sender = sender("elm")) {
      // Its end never comes: what is too long is known before.
      sender.sendRaw(new byte[] {0x0B});
      sender.sendRaw(longest);
      sender.sendRaw(new byte[] {'A'});
      byte[] answer = sender.answer();
      assertEquals("AR", House.acknowledgement(answer));
      assertTrue(field(answer, "MSA", 3).contains("longer than 16777216 bytes"), text(answer));
      assertThrows(IOException.class, sender::answer);
    }
    house.untilAllEnded();
    assertEquals("landed", house.ledger().end("longest"));
    assertEquals(1, house.office("elm").patients(patient).size());
  }

  @Test
  void aSenderHearsTheAcknowledgementThatItAsksFor() throws Exception {
    record Asked(String commit, String application, String taken, String refused) {}
    int number = 430;
    try (MllpSender sender = sender("elm")) {
      for (Asked asked :
          List.of(
              new Asked("AL", "NE", "CA", "CR"),
              new Asked("AL", "AL", "CA", "CR"),
              new Asked("ER", "NE", "", "CR"),
              new Asked("SU", "NE", "CA", ""),
              new Asked("NE", "NE", "", ""),
              new Asked("NE", "AL", "AA", "AR"),
              new Asked("", "AL", "AA", "AR"),
              new Asked("ER", "AL", "AA", "CR"),
              new Asked("", "ER", "", "AR"))) {
        String id = "mode-" + number;
        assertEquals(
            asked.taken(),
            said(
                sender,
                enhanced(
                    Hospital.adt("A28", id, Patient.numbered(number)),
                    asked.commit(),
                    asked.application())),
            asked.toString());
        assertEquals(
            asked.refused(),
            said(
                sender,
                enhanced(
                    Hospital.message("ADT^A99", id + "-not", "EVN|A99"),
                    asked.commit(),
                    asked.application())),
            asked.toString());
        number++;
      }
      byte[] unread =
          text(enhanced(Hospital.adt("A28", "mode-charset", Patient.numbered(430)), "AL", "NE"))
              .replace("|AL|NE", "|AL|NE||KLINGON")
              .getBytes(StandardCharsets.UTF_8);
      assertEquals("CE", said(sender, unread));
      // More than may wait for an answer: those that want none do not count.
      for (int i = 0; i < 80; i++) {
        sender.send(enhanced(Hospital.message("SIU^S24", "quiet-" + i, "SCH|9^LAKE"), "NE", "NE"));
      }
      assertEquals("AA", said(sender, Hospital.adt("A28", "mode-last", Patient.numbered(439))));
    }
    house.untilAllEnded();
    for (int n = 430; n <= 439; n++) {
      assertEquals(1, house.office("elm").patients(Patient.numbered(n)).size(), "" + n);
    }
    assertEquals(
        80, house.ledger().count("select count(*) from message where control_id like 'quiet-%'"));
  }

  @Test
  void aBatchIsAnsweredByABatchWithOneAnswerForEachMessage() throws Exception {
    Patient one = Patient.numbered(451);
    Patient two = Patient.numbered(452);
    String messages =
        text(Hospital.adt("A28", "batch-1", one))
            + text(Hospital.message("ADT^A99", "batch-2", "EVN|A99"))
            + text(enhanced(Hospital.message("SIU^S24", "batch-3", "SCH|9^LAKE"), "NE", "NE"))
            + text(Hospital.adt("A28", "batch-4", two));
    String file =
        "FHS|^~\\&|ADTLAKE|LAKESIDE|PONTIC|DENTAL|20261101120000||||F77\rBHS|^~\\&|ADTLAKE|LAKESIDE|PONTIC|DENTAL|20261101120000||||B78\r"
            + messages
            + "BTS|4\rFTS|1\r";
    for (int i = 0; i < 2; i++) {
      String answer = text(ask("elm", file.getBytes(StandardCharsets.UTF_8)));
      assertEquals(
          List.of("FHS", "BHS", "MSH", "MSA", "MSH", "MSA", "ERR", "MSH", "MSA", "BTS", "FTS"),
          Arrays.stream(answer.split("\r")).map(line -> line.substring(0, 3)).toList());
      assertTrue(answer.contains("\rMSA|AA|batch-1\r"), answer);
      assertTrue(answer.contains("\rMSA|AR|batch-2|"), answer);
      assertTrue(answer.contains("\rMSA|AA|batch-4\r"), answer);
      assertTrue(answer.endsWith("\rBTS|3\rFTS|1\r"), answer);
      assertTrue(answer.startsWith("FHS|^~\\&|PONTIC|DENTAL|ADTLAKE|LAKESIDE|"), answer);
      assertTrue(
          answer.split("\r")[0].endsWith("|F77") && answer.split("\r")[1].endsWith("|B78"), answer);
    }
    house.untilAllEnded();
    for (Patient patient : List.of(one, two)) {
      assertEquals(1, house.office("elm").patients(patient).size());
    }
    assertEquals(
        "no change",
        house
            .ledger()
            .rows("select * from message where control_id = 'batch-3' order by seq")
            .get(0)
            .get("receipt_end"));
    assertEquals(
        8, house.ledger().count("select count(*) from message where control_id like 'batch-%'"));
  }

  /** Of seven bytes each; they would be 2.4 million rows. */
  @Test
  void aFrameOfSixteenMebibytesOfMessagesIsOneRefusedMessageAndTheNextIsTaken() throws Exception {
    StringBuilder frame = new StringBuilder("FHS|^\r");
    while (frame.length() + 7 <= 16 * 1024 * 1024) {
      frame.append("MSH|^\r");
    }
    String rows = "select count(*) from message";
    long before = house.ledger().count(rows);
    try (MllpSender sender = sender("elm")) {
      byte[] answer = sender.ask(frame.toString().getBytes(StandardCharsets.US_ASCII));
      assertEquals("AR", House.acknowledgement(answer));
      assertTrue(answer.length < 1000, "an answer of " + answer.length + " bytes");
      assertTrue(field(answer, "MSA", 3).contains("more than 5000 messages"), text(answer));
      assertEquals("refused", row(field(answer, "MSH", 9)).get("receipt_end"));
      assertEquals(
          "AA",
          House.acknowledgement(
              sender.ask(Hospital.adt("A28", "after-many", Patient.numbered(457)))));
    }
    assertEquals(before + 2, house.ledger().count(rows));
    house.untilAllEnded();
    assertEquals(1, house.office("elm").patients(Patient.numbered(457)).size());
  }

  /** FHS and FTS are optional, and so is the number in BTS-1. */
  @Test
  void aBatchWithoutAFileAroundItIsTakenAndAnsweredAsItCame() throws Exception {
    String header = "BHS|^~\\&|ADTLAKE|LAKESIDE|PONTIC|DENTAL|20261101120000||||B79\r";
    List<Patient> patients = List.of(Patient.numbered(454), Patient.numbered(455));
    String messages =
        text(Hospital.adt("A28", "bhs-1", patients.get(0)))
            + text(Hospital.adt("A28", "bhs-2", patients.get(1)));
    String answer =
        text(ask("elm", (header + messages + "BTS|2\r").getBytes(StandardCharsets.UTF_8)));
    assertEquals(
        List.of("BHS", "MSH", "MSA", "MSH", "MSA", "BTS"),
        Arrays.stream(answer.split("\r")).map(line -> line.substring(0, 3)).toList());
    assertTrue(answer.startsWith("BHS|^~\\&|PONTIC|DENTAL|ADTLAKE|LAKESIDE|"), answer);
    assertTrue(answer.split("\r")[0].endsWith("|B79"), answer);
    assertTrue(answer.contains("\rMSA|AA|bhs-1\r"), answer);
    assertTrue(answer.contains("\rMSA|AA|bhs-2\r"), answer);
    assertTrue(answer.endsWith("\rBTS|2\r"), answer);
    String uncounted =
        text(
            ask(
                "elm",
                (header + text(Hospital.adt("A28", "bhs-3", Patient.numbered(456))) + "BTS\r")
                    .getBytes(StandardCharsets.UTF_8)));
    assertTrue(uncounted.contains("\rMSA|AA|bhs-3\r"), uncounted);
    assertTrue(uncounted.endsWith("\rBTS|1\r"), uncounted);
    house.untilAllEnded();
    for (int n = 1; n <= 3; n++) {
      house.ledger().assertEnd("landed", "bhs-" + n);
      assertEquals(1, house.office("elm").patients(Patient.numbered(453 + n)).size(), "" + n);
    }
  }

  @Test
  void aBatchThatDidNotArriveWholeIsRefusedAsAWhole() throws Exception {
    String cut =
        "BHS|^~\\&|ADTLAKE|LAKESIDE\r"
            + text(Hospital.adt("A28", "cut-1", Patient.numbered(453)))
            + "BTS|2\r";
    byte[] answer = ask("elm", cut.getBytes(StandardCharsets.UTF_8));
    assertEquals("AR", House.acknowledgement(answer));
    assertTrue(field(answer, "MSA", 3).contains("2 messages and has 1"), text(answer));
    assertEquals("refused", row(field(answer, "MSH", 9)).get("receipt_end"));
    assertEquals(0, count("cut-1"));
  }

  @Test
  void aListenerWithTlsTakesOnlyClientsWithACertificateThatItTrusts() throws Exception {
    Patient patient = Patient.numbered(461);
    byte[] message = Hospital.adt("A28", "tls-1", patient);
    assertEquals("AA", House.acknowledgement(withCertificate(message)));
    for (String client : List.of("none", "stranger")) {
      assertThrows(
          IOException.class,
          () -> {
            try (MllpSender sender = tls(client)) {
              sender.ask(Hospital.adt("A28", "tls-" + client, patient));
            }
          },
          client);
    }
    ListAppender<ILoggingEvent> logged = new ListAppender<>();
    Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    logged.start();
    root.addAppender(logged);
    try {
      assertThrows(IOException.class, () -> ask("oak", Hospital.adt("A28", "tls-plain", patient)));
      House.until(
          "the log says why",
          () ->
              List.copyOf(logged.list).stream()
                  .anyMatch(event -> event.getFormattedMessage().contains("does not speak TLS")));
    } finally {
      root.detachAppender(logged);
    }
    String hex = java.util.HexFormat.of().formatHex("ADTLAKE".getBytes(StandardCharsets.US_ASCII));
    for (ILoggingEvent event : List.copyOf(logged.list)) {
      String line =
          event.getFormattedMessage()
              + (event.getThrowableProxy() == null
                  ? ""
                  : ThrowableProxyUtil.asString(event.getThrowableProxy()));
      assertFalse(line.contains(hex), "plain text that came to a TLS port is not logged");
    }
    house.untilAllEnded();
    assertEquals(
        0,
        house
            .ledger()
            .count(
                "select count(*) from message where control_id in ('tls-none', 'tls-stranger', 'tls-plain')"));
    assertEquals(1, house.office("oak").patients(patient).size());
  }

  @Test
  void aRenewedCertificateCountsFromTheReloadOnAndTheFormerOneNoLonger() throws Exception {
    SSLSocketFactory trustsTheFormer = certificates.as("client");
    withCertificate(Hospital.adt("A03", "renew-1", Patient.numbered(462)));
    certificates = Certificates.make(folder.resolve("certificates"));
    assertThrows(
        IOException.class,
        () -> withCertificate(Hospital.adt("A03", "renew-2", Patient.numbered(462))),
        "nobody has read the new file yet");
    assertEquals(202, house.post("/control/reload"));
    House.until("the new certificate is shown", AcceptHl7Test::renewed);
    assertThrows(
        IOException.class,
        () -> {
          try (MllpSender sender =
              new MllpSender(
                  trustsTheFormer.createSocket("127.0.0.1", house.mllpPort("oak")),
                  PATIENCE_MILLIS)) {
            sender.ask(Hospital.adt("A03", "renew-4", Patient.numbered(462)));
          }
        });
    house.untilAllEnded();
  }

  @Test
  void aMessageWithoutAControlIdIsRefused() throws Exception {
    byte[] answer = ask("elm", Hospital.adt("A28", "", Patient.numbered(292)));
    assertEquals("AE", House.acknowledgement(answer));
    assertTrue(field(answer, "MSA", 3).contains("MSH-10"), text(answer));
    assertEquals("refused", row(field(answer, "MSH", 9)).get("receipt_end"));
    assertEquals(List.of(), house.office("elm").patients(Patient.numbered(292)));
  }

  @Test
  void aSenderThatThePracticeDoesNotAllowIsRefused() throws Exception {
    Patient patient = Patient.numbered(293);
    String allowed = text(Hospital.adt("A28", "sender-1", patient));
    String stranger = allowed.replace("|ADTLAKE|LAKESIDE|", "|STRANGE|SOMEWHERE|");
    byte[] answer = withCertificate(stranger.getBytes(StandardCharsets.UTF_8));
    assertEquals("AR", House.acknowledgement(answer));
    assertTrue(field(answer, "MSA", 3).contains("sender"), text(answer));
    assertEquals("refused", house.ledger().end("sender-1"));
    assertEquals(
        "AA", House.acknowledgement(withCertificate(allowed.getBytes(StandardCharsets.UTF_8))));
    house.untilAllEnded();
    assertEquals(1, house.office("oak").patients(patient).size());
    String status = house.control("/control/status");
    assertTrue(status.contains("\"senders\":\"any\""), "elm takes from all, and says so");
    assertTrue(
        status.contains(
            "\"hl7\":{\"tls\":true,\"clientCertificate\":true,\"senders\":\"ADTLAKE|LAKESIDE, OTHER|PLACE\"}"),
        status);
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

  /** MSA-1 of the answer; "" if the next message is answered instead, so that none came. */
  private static String said(MllpSender sender, byte[] message) throws Exception {
    sender.send(message);
    String mark = "mark-" + MARKS.incrementAndGet();
    sender.send(Hospital.message("SIU^S24", mark, "SCH|9^LAKE"));
    byte[] answer = sender.answer();
    if (field(answer, "MSA", 2).equals(mark)) {
      return "";
    }
    assertEquals(mark, field(sender.answer(), "MSA", 2));
    return House.acknowledgement(answer);
  }

  /** With MSH-15 and MSH-16. */
  private static byte[] enhanced(byte[] message, String commit, String application) {
    return text(message)
        .replaceFirst("\\|P\\|2\\.5\\.1", "|P|2.5.1|||" + commit + "|" + application)
        .getBytes(StandardCharsets.UTF_8);
  }

  private static Patient accented(int number) {
    Patient plain = Patient.numbered(number);
    return new Patient(
        plain.mrn(),
        plain.last(),
        "Zo\u00eb",
        plain.birth(),
        plain.sex(),
        plain.phone(),
        plain.street());
  }

  private static void untilTheMetricsCountEveryRefusal(int atLeast) throws Exception {
    House.until(
        "the metrics count every refusal",
        () -> {
          long kept =
              house
                  .ledger()
                  .count(
                      "select count(*) from message where practice = 'elm' and receipt_end = 'refused'");
          return kept >= atLeast && kept == refusedInMetrics();
        });
  }

  /** With another MSH-11, MSH-12 and what follows them. */
  private static byte[] marked(byte[] message, String header) {
    return text(message).replace("|P|2.5.1", header).getBytes(StandardCharsets.UTF_8);
  }

  private static long refusedInMetrics() {
    try {
      return Math.round(
          house
              .metrics()
              .lines()
              .filter(line -> line.startsWith("pontic_messages{"))
              .filter(line -> line.contains("\"elm\"") && line.contains("\"refused\""))
              .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
              .sum());
    } catch (Exception e) {
      throw new AssertionError("no metrics", e);
    }
  }

  private static boolean renewed() {
    try {
      return House.acknowledgement(
              withCertificate(Hospital.adt("A03", "renew-3", Patient.numbered(462))))
          .equals("AA");
    } catch (Exception stillTheFormer) {
      return false;
    }
  }

  private static byte[] withCertificate(byte[] message) throws Exception {
    try (MllpSender sender = tls("client")) {
      return sender.ask(message);
    }
  }

  private static MllpSender tls(String client) throws Exception {
    return new MllpSender(
        certificates.as(client).createSocket("127.0.0.1", house.mllpPort("oak")), PATIENCE_MILLIS);
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
