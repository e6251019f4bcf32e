package pontic.hl7;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Hl7TextTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @Test
  void theFormIsThatOfTheReader() throws Exception {
    JsonNode message =
        JSON.readTree(
            """
            {"MSH":[{"3":[{"1":"A"}],"9":[{"1":"ADT","2":"A28"}]}],
             "PID":[{"3":[{"1":"4711","4":"LAKE","4.2":"2.16.1","5":"MR"},{},{"1":"9"}],"5":[{"1":"Frost","2":"Ada","7":null}],"7":[{}]}],
             "NTE":[{"3":[{"1":7}]},{}],
             "segments":["MSH","PID","NTE","NTE"]}
            """);
    assertEquals(
        "MSH|^~\\&|A||||||ADT^A28\rPID|||4711^^^LAKE&2.16.1^MR~~9||Frost^Ada\rNTE|||7\rNTE\r",
        text(message));
  }

  /** Real input of all kinds, read, written and read again. */
  @Test
  void whatWasReadIsReadTheSameAfterWriting() throws IOException {
    int messages = 0;
    try (Stream<Path> files = Files.list(Path.of("test/corpus"))) {
      for (Path file : files.filter(f -> f.toString().endsWith(".mapped.hl7")).toList()) {
        ObjectNode read = new Hl7Json().parse(Files.readAllBytes(file));
        // MSH-1 and MSH-2 are the writer's, MSH-18 is what it writes.
        ((ObjectNode) read.at("/MSH/0")).remove("18");
        ObjectNode again = new Hl7Json().parse(new Hl7Text().write(read));
        ((ObjectNode) read.at("/MSH/0")).set("1", again.at("/MSH/0/1"));
        ((ObjectNode) read.at("/MSH/0")).set("2", again.at("/MSH/0/2"));
        assertEquals(read, again, file.toString());
        messages++;
      }
    }
    assertTrue(messages > 10);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "x\rMSH|^~\\&|EVIL", "x\nPID|1||9", "x\r\nZZZ|1", "a|b^c~d&e\\f", "\\.br\\", "\\X0D\\",
            "\\F\\",
        "\u000bMSH|", "\u001c\r\u000bMSH|^~\\&|X", "\u0000\u0007\u007f", "x\u0085y\u2028z\u2029",
            "\\", "\\\\", "É 漢字 🦷"
      })
  void hostileTextStaysInItsComponent(String hostile) {
    JsonNode read = new Hl7Json().parse(new Hl7Text().write(named(hostile, "after")));
    assertEquals("[\"MSH\",\"PID\",\"NTE\"]", read.get("segments").toString());
    assertEquals("after", read.at("/PID/0/5/0/2").asText());
    assertEquals(1, read.at("/PID/0/5").size());
    assertEquals(plain(hostile), read.at("/PID/0/5/0/1").asText());
    assertEquals("end", read.at("/NTE/0/3/0/1").asText());
  }

  @Test
  void anyTextComesBackAsItWasButForControlCharacters() {
    Random random = new Random(7);
    String nasty = "|^~\\&\r\n\t\u000b\u001cXF.br0AéH\"漢";
    for (int i = 0; i < 5_000; i++) {
      StringBuilder value = new StringBuilder();
      for (int n = random.nextInt(12); n >= 0; n--) {
        value.append(nasty.charAt(random.nextInt(nasty.length())));
      }
      hostileTextStaysInItsComponent("a" + value);
    }
  }

  @Test
  void halfOfACharacterIsNone() {
    String whole = "\uD83E\uDDB7";
    JsonNode read =
        new Hl7Json()
            .parse(new Hl7Text().write(named("a" + whole.charAt(0), whole.charAt(1) + whole)));
    assertEquals("a", read.at("/PID/0/5/0/1").asText());
    assertEquals(whole, read.at("/PID/0/5/0/2").asText());
  }

  @Test
  void noFrameMarkLeaves() {
    byte[] bytes = new Hl7Text().write(named("\u001c\r\u000b", "x"));
    for (byte one : bytes) {
      assertTrue(one != 0x0B && one != 0x1C);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"segments\":[\"PID\"],\"PID\":[{}]}",
        "{\"segments\":[\"MSH\",\"MSH\"],\"MSH\":[{},{}]}",
        "{\"segments\":[\"MSH\",\"PID\"],\"MSH\":[{}]}",
        "{\"segments\":[\"MSH\",\"P|D\"],\"MSH\":[{}],\"P|D\":[{}]}",
        "{\"segments\":[\"MSH\"],\"MSH\":[{\"x\":[]}]}",
        "{\"segments\":[\"MSH\"],\"MSH\":[{\"9999\":[{\"1\":\"a\"}]}]}",
        "{\"segments\":[\"MSH\"],\"MSH\":[{\"3\":[{\"1\":[\"secret\"]}]}]}"
      })
  void whatIsNotOfTheFormIsRefusedWithoutItsValues(String wrong) throws Exception {
    JsonNode message = JSON.readTree(wrong);
    Hl7Exception e = assertThrows(Hl7Exception.class, () -> new Hl7Text().write(message));
    assertTrue(!e.getMessage().contains("secret"));
  }

  private static String plain(String text) {
    return text.replaceAll("\r\n|[\r\n\u0085\u2028\u2029]", "\n")
        .replace('\t', ' ')
        .replaceAll("[\\x00-\\x09\\x0B-\\x1F\\x7F-\\x9F]", "");
  }

  private static ObjectNode named(String family, String given) {
    ObjectNode message = JsonNodeFactory.instance.objectNode();
    message.putArray("segments").add("MSH").add("PID").add("NTE");
    message.putArray("MSH").addObject().putArray("10").addObject().put("1", "1");
    ArrayNode name = message.putArray("PID").addObject().putArray("5");
    name.addObject().put("1", family).put("2", given);
    message.putArray("NTE").addObject().putArray("3").addObject().put("1", "end");
    return message;
  }

  private static String text(JsonNode message) {
    return new String(new Hl7Text().write(message), StandardCharsets.UTF_8);
  }
}
