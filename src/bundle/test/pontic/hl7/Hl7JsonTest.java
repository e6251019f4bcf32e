package pontic.hl7;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Hl7JsonTest {
  private static final String MSH = "MSH|^~\\&|A|B|C|D|2026||ADT^A28|1|P|2.5\r";

  @Test
  void theShapeIsAsDocumented() throws Exception {
    JsonNode expected =
        new ObjectMapper()
            .readTree(
                """
                {"MSH":[{"1":[{"1":"|"}],"2":[{"1":"^~\\\\&"}],"3":[{"1":"A"}],"9":[{"1":"ADT","2":"A28"}]}],
                 "PID":[{"3":[{"1":"4711","4":"LAKE","4.2":"2.16.1","5":"MR"},{},{"1":"9"}],"5":[{"1":"Frost","2":"Ada"}]}],
                 "NTE":[{"3":[{"1":"a"}]},{}],
                 "segments":["MSH","PID","NTE","NTE"]}
                """);
    assertEquals(
        expected,
        parse(
            "MSH|^~\\&|A||||||ADT^A28\rPID|||4711^^^LAKE&2.16.1^MR~~9~||Frost^Ada^^\rNTE|||a||\rNTE\r"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"\r", "\n", "\r\n", "\r\r\n"})
  void everyLineEndEndsASegment(String end) {
    JsonNode message = parse(MSH.trim() + end + "PID|1" + end + "NTE|2" + end + end);
    assertEquals("[\"MSH\",\"PID\",\"NTE\"]", message.get("segments").toString());
  }

  @Test
  void escapesAreResolvedAndUnknownOnesStay() {
    assertEquals("a|b^c~d\\e&f", value("a\\F\\b\\S\\c\\R\\d\\E\\e\\T\\f"));
    assertEquals("one\ntwo", value("one\\.br\\two"));
    assertEquals("bold", value("\\H\\bold\\N\\"));
    assertEquals("AB", value("\\X4142\\"));
    assertEquals("é", value("\\XC3A9\\"));
    assertEquals("\\Zx\\ and \\X4\\", value("\\Zx\\ and \\X4\\"));
    assertEquals("C:\\temp|x\\", value("C:\\temp\\F\\x\\"));
  }

  @Test
  void nullIsNotAbsent() {
    JsonNode pid = parse(MSH + "PID|\"\"||^\"\"").at("/PID/0");
    assertEquals(Hl7Json.NULL, pid.at("/1/0/1").asText());
    assertTrue(pid.path("2").isMissingNode());
    assertEquals(Hl7Json.NULL, pid.at("/3/0/2").asText());
  }

  @Test
  void theCharsetIsTheMessagesOwnAndElseUtf8ThenLatin1() {
    assertEquals("Zoë", named("", StandardCharsets.UTF_8));
    assertEquals("Zoë", named("", StandardCharsets.ISO_8859_1));
    assertEquals("Zoë", named("8859/1", StandardCharsets.ISO_8859_1));
    assertEquals("Zoë", named("UNICODE UTF-8", StandardCharsets.UTF_8));
    assertEquals("Zoë", named("8859/15", Charset.forName("ISO-8859-15")));
    for (String unread : List.of("NO SUCH SET", "8859/99", "8859", "UNICODE UTF-16", "ISO IR87")) {
      assertThrows(Hl7Exception.class, () -> named(unread, StandardCharsets.UTF_8), unread);
    }
  }

  @Test
  void aStrayByteGarblesItsOwnSegmentAloneWhichIsNamed() {
    for (String end : List.of("\r", "\n", "\r\n")) {
      for (String declared : List.of("", "UNICODE UTF-8")) {
        Hl7Json.Message read =
            new Hl7Json()
                .read(
                    concatenate(
                        (declaring(declared) + end + "PID|||||Mu\u00f1oz^Jos\u00e9" + end)
                            .getBytes(StandardCharsets.UTF_8),
                        bytes(
                            "NTE|1||Ada\u0092s"
                                + end
                                + "NK1|1|Zo\u00c3"
                                + end
                                + "NTE|2||cut in mid-letter \u00c3"
                                + end
                                + "AL1|1||x\u00c3\u00ab")));
        assertEquals("Mu\u00f1oz", read.json().at("/PID/0/5/0/1").asText());
        assertEquals("Jos\u00e9", read.json().at("/PID/0/5/0/2").asText());
        assertEquals("Ada\u0092s", read.json().at("/NTE/0/3/0/1").asText());
        assertEquals("Zo\u00c3", read.json().at("/NK1/0/2/0/1").asText());
        assertEquals("x\u00eb", read.json().at("/AL1/0/3/0/1").asText());
        assertEquals(List.of("NTE", "NK1"), read.misread());
      }
    }
  }

  @Test
  void whatIsInItsCharsetIsNotNamedAndABrokenNameIs() {
    for (String declared : List.of("", "UNICODE UTF-8")) {
      assertEquals(List.of(), misread(declared, StandardCharsets.UTF_8));
      assertEquals(List.of("PID"), misread(declared, StandardCharsets.ISO_8859_1));
      assertEquals("Zo\u00eb", named(declared, StandardCharsets.ISO_8859_1));
    }
    assertEquals(List.of(), misread("8859/1", StandardCharsets.ISO_8859_1));
    assertEquals(List.of(), misread("8859/1", StandardCharsets.UTF_8), "no byte is none of it");
    byte[] windows = bytes(declaring("windows-1252") + "\rPID|||||Zo\u00eb\rNTE|1||\u0081\r");
    assertEquals(List.of("NTE"), new Hl7Json().read(windows).misread());
    byte[] escaped = bytes(declaring("") + "\rPID|||||Zo\\XC3AB\\\rNTE|1||Zo\\XEB\\");
    assertEquals(List.of("NTE"), new Hl7Json().read(escaped).misread());
  }

  /** Each segment decoded with all before it would take hours. */
  @Test
  void sixteenMebibytesOfMisreadSegmentsTakeLinearTime() {
    byte[] message = new byte[16 * 1024 * 1024];
    byte[] head = bytes(declaring("") + "\r");
    byte[] note = bytes("NTE|1||Ada\u0092s" + " and so on".repeat(168) + "\r");
    System.arraycopy(head, 0, message, 0, head.length);
    Arrays.fill(message, head.length, message.length, (byte) '\r');
    int notes = 0;
    for (int at = head.length; at + note.length <= message.length; at += note.length) {
      System.arraycopy(note, 0, message, at, note.length);
      notes++;
    }
    long start = System.nanoTime();
    Hl7Json.Message read = new Hl7Json().read(message);
    assertTrue(System.nanoTime() - start < 60_000_000_000L);
    assertEquals(notes, read.json().path("NTE").size());
    assertTrue(notes > 9_000, "only " + notes);
    assertEquals(List.of("NTE"), read.misread());
  }

  @Test
  void aByteOrderMarkIsSkipped() {
    assertEquals("MSH", parse("\ufeff" + MSH).at("/segments/0").asText());
  }

  @ParameterizedTest
  @ValueSource(strings = {"pid|1", "PID^1", "continued text", "P", "PI|1", "MSH|^~\\&|A", "1PI|x"})
  void aLineThatIsNoSegmentIsNamedByItsPosition(String line) {
    Hl7Exception fault =
        assertThrows(Hl7Exception.class, () -> parse(MSH + "EVN|A28\r" + line + "\r"));
    assertEquals(3, fault.segment());
    assertFalse(fault.getMessage().contains(line), fault.getMessage());
  }

  @Test
  void limitsHold() {
    Hl7Json narrow = new Hl7Json(new Hl7Json.Limits(3, 20, 50, 100));
    assertThrows(Hl7Exception.class, () -> narrow.parse(bytes(MSH + "NTE|1\r".repeat(3))));
    assertThrows(Hl7Exception.class, () -> narrow.parse(bytes(MSH + "NTE" + "|".repeat(30))));
    Hl7Exception fault =
        assertThrows(
            Hl7Exception.class, () -> narrow.parse(bytes(MSH + "NTE|1|" + "~".repeat(200))));
    assertEquals(2, fault.segment());
    assertEquals(2, fault.field());
    narrow.parse(bytes(MSH + "NTE|1"));
    narrow.parse(bytes(MSH + "NTE|1|" + "~".repeat(49)));
    assertThrows(Hl7Exception.class, () -> narrow.parse(bytes(MSH + "NTE|1|" + "~".repeat(50))));
    String numbers = MSH + "PID|1||" + "1~".repeat(4999) + "1";
    new Hl7Json().parse(bytes(numbers));
    assertTrue(
        assertThrows(Hl7Exception.class, () -> new Hl7Json().parse(bytes(numbers + "~1")))
            .getMessage()
            .contains("more than 5000 repetitions"));
  }

  @Test
  void nothingButHl7ExceptionComesOfRandomBytes() {
    long seed = Long.getLong("fuzz.seed", System.nanoTime());
    Random random = new Random(seed);
    byte[] alphabet = bytes("MSHPIDNTE|^~\\&\r\n\"XF.br0123\u000b\u001c\u00e9");
    int read = 0;
    for (int i = 0; i < 20_000; i++) {
      byte[] message = new byte[random.nextInt(200)];
      for (int b = 0; b < message.length; b++) {
        message[b] =
            random.nextInt(4) == 0
                ? (byte) random.nextInt(256)
                : alphabet[random.nextInt(alphabet.length)];
      }
      if (random.nextBoolean()) {
        byte[] head = bytes(MSH);
        message = concatenate(head, message);
      }
      read += attempt(message, seed) ? 1 : 0;
    }
    assertTrue(read > 0, "nothing was readable, seed " + seed);
  }

  @Test
  void nothingButHl7ExceptionComesOfATruncatedMessage() {
    byte[] whole =
        bytes(MSH + "PID|1||4711^^^L&1.2&ISO^MR~9||A\\F\\B^\\X41\\||\"\"\rNTE|1||x\\.br\\y\r");
    for (int length = 0; length <= whole.length; length++) {
      attempt(Arrays.copyOf(whole, length), length);
    }
  }

  @Test
  void hostileEscapesTakeLinearTime() {
    String many = "\\".repeat(2_000_001);
    long start = System.nanoTime();
    parse(MSH + "NTE|1||" + many + "a\\X".repeat(300_000));
    // Each for each would take hours.
    assertTrue(System.nanoTime() - start < 60_000_000_000L);
  }

  private static boolean attempt(byte[] message, long seed) {
    try {
      new Hl7Json().parse(message);
      return true;
    } catch (Hl7Exception expected) {
      return false;
    } catch (RuntimeException e) {
      throw new AssertionError("seed or length " + seed, e);
    }
  }

  private static byte[] concatenate(byte[] a, byte[] b) {
    byte[] both = Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, both, a.length, b.length);
    return both;
  }

  private static String named(String declared, Charset written) {
    return ofZoe(declared, written).json().at("/PID/0/5/0/1").asText();
  }

  private static List<String> misread(String declared, Charset written) {
    return ofZoe(declared, written).misread();
  }

  private static Hl7Json.Message ofZoe(String declared, Charset written) {
    return new Hl7Json().read((declaring(declared) + "\rPID|||||Zoë\r").getBytes(written));
  }

  private static String declaring(String charset) {
    return "MSH|^~\\&|A|B|C|D|2026||ADT^A28|1|P|2.5||||||" + charset;
  }

  private static String value(String written) {
    return parse(MSH + "NTE|" + written).at("/NTE/0/1/0/1").asText();
  }

  private static JsonNode parse(String text) {
    return new Hl7Json().parse(text.getBytes(StandardCharsets.UTF_8));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }
}
