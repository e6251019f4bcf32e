package pontic.hl7;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MessageHeaderTest {
  private static final Instant AT = Instant.parse("2026-03-01T15:04:05Z");

  @Test
  void everyFieldIsReadByItsNumber() {
    MessageHeader header =
        read(
            "MSH|^~\\&|ADT^1.2^ISO|LAKE|PONTIC|ELM|20260301|sec|ADT^A28^ADT_A05|X1|P^A|2.5.1^US|1||AL|NE|US|8859/1~UTF-8\rPID|");
    assertEquals("ADT^1.2^ISO", header.sendingApplication());
    assertEquals("ADT|LAKE", header.sender());
    assertEquals("PONTIC|ELM", header.receiver());
    assertEquals("20260301", header.time());
    assertEquals("ADT^A28", header.event());
    assertEquals("ADT_A05", header.structure());
    assertEquals("X1", header.controlId());
    assertEquals("P^A", header.processingId());
    assertEquals("2.5.1", header.version());
    assertEquals("AL", header.acceptAcknowledgement());
    assertEquals("NE", header.applicationAcknowledgement());
    assertEquals("8859/1", header.charset());
  }

  @Test
  void aShortHeaderHasEmptyFields() {
    MessageHeader header = read("MSH|^~\\&|A");
    assertEquals("A|", header.sender());
    assertEquals("", header.event());
    assertEquals("", header.charset());
  }

  @Test
  void otherSeparatorsAreTheSendersOwn() {
    MessageHeader header = read("MSH#*~\\&#A#B#C#D###SIU*S12#9#P#2.3\n");
    assertEquals("SIU", header.type());
    assertEquals("S12", header.trigger());
    assertEquals("9", header.controlId());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "MSH",
        "MSH|",
        "MSH||A|B",
        "PID|1",
        "MSHA^~\\&A",
        "MSH|^^\\&|A",
        "MSH|ab\\&|A",
        "MSH|^~\\&#%$|A",
        "MSH \n",
        "\u0000\u0001"
      })
  void anUnusableHeaderIsAProblemThatRepeatsNothing(String text) {
    HeaderProblem problem = assertThrows(HeaderProblem.class, () -> read(text));
    assertTrue(
        problem.getMessage().startsWith("The message") || problem.getMessage().startsWith("MSH-"));
  }

  @Test
  void aHeaderWithoutEndIsAProblem() {
    assertThrows(
        HeaderProblem.class, () -> read("MSH|^~\\&|" + "x".repeat(MessageHeader.MAX_BYTES)));
  }

  @Test
  void anAcceptSwapsTheEndsAndRepeatsTheControlId() {
    assertEquals(
        "MSH|^~\\&|PONTIC|ELM|ADT|LAKE|20260301150405+0000||ACK^A28^ACK|K1|P|2.5.1\rMSA|AA|X1\r",
        text(
            Acknowledgement.accept(
                read(
                    "MSH|^~\\&|ADT|LAKE|PONTIC|ELM|2026||ADT^A28^ADT_A05|X1|P|2.5.1\rPID|1||4711||Quigley"),
                AT,
                "K1")));
  }

  @Test
  void aRejectNamesTheConditionInTheMessagesVersion() {
    MessageHeader newer = read("MSH|^~\\&|ADT|LAKE|PONTIC|ELM|2026||ADT^A99|X1|P|2.5.1");
    assertEquals(
        "MSH|^~\\&|PONTIC|ELM|ADT|LAKE|20260301150405+0000||ACK^A99^ACK|K1|P|2.5.1\r"
            + "MSA|AR|X1|ADT\\S\\A99 is not served\r"
            + "ERR|||201^Unsupported event code^HL70357|E||||ADT\\S\\A99 is not served\r",
        text(
            Acknowledgement.reject(
                newer,
                AT,
                "K1",
                Acknowledgement.Condition.UNSUPPORTED_EVENT_CODE,
                "ADT^A99 is not served")));
    MessageHeader older = read("MSH|^~\\&|ADT|LAKE|PONTIC|ELM|2026||ADT^A99|X1|P|2.3");
    assertEquals(
        "MSH|^~\\&|PONTIC|ELM|ADT|LAKE|20260301150405+0000||ACK^A99|K1|P|2.3\r"
            + "MSA|AE|X1|no\r"
            + "ERR|^^^207&Application internal error&HL70357\r",
        text(
            Acknowledgement.error(
                older, AT, "K1", Acknowledgement.Condition.APPLICATION_INTERNAL_ERROR, "no")));
  }

  @Test
  void anAnswerIsReadableInTheSendersSeparatorsAndCharset() {
    byte[] latin =
        "MSH#*~\\&#Häuser#B#C#D###SIU*S12*SIU_S12#9#P#2.5######8859/1\r"
            .getBytes(StandardCharsets.ISO_8859_1);
    byte[] answer =
        Acknowledgement.error(
            MessageHeader.read(latin),
            AT,
            "K#1",
            Acknowledgement.Condition.DATA_TYPE_ERROR,
            "a*b#c\rd\u00e9");
    var json = new Hl7Json().parse(answer);
    assertEquals("Häuser", json.at("/MSH/0/5/0/1").asText());
    assertEquals("K#1", json.at("/MSH/0/10/0/1").asText());
    assertEquals("a*b#c d?", json.at("/MSA/0/3/0/1").asText());
    assertEquals("9", json.at("/MSA/0/2/0/1").asText());
  }

  @Test
  void controlCharactersOfAHeaderDoNotComeBack() {
    MessageHeader header = read("MSH|^~\\&|A|B|C|D|||ADT^A28|X\u001c\u000b1|P|2.5");
    assertEquals("X1", header.controlId());
  }

  @Test
  void bytesWithoutHeaderAreRejectedInWords() {
    String answer =
        text(
            Acknowledgement.unreadable(
                AT, "K1", new HeaderProblem("The message does not begin with an MSH segment")));
    assertTrue(answer.contains("MSA|AR||The message does not begin with an MSH segment\r"), answer);
    assertFalse(answer.contains("pontic"));
  }

  private static MessageHeader read(String text) {
    return MessageHeader.read(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }
}
