package pontic.opendental;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import pontic.person.Asserted;

/** Messages 3 and 7 have landed, 5 is let go on by a person afterwards. */
final class WordsTest {
  private static final Asserted SAID =
      new Asserted(
          fields("HmPhone", "seven", "Email", "three"), Map.of("HmPhone", 7L, "Email", 3L));

  @Test
  void whatANewerMessageSaidOtherwiseIsLeftAndNamed() {
    Words words = Words.of(fields("HmPhone", "five", "Email", "five"), Optional.of(SAID), 5);
    assertEquals(fields("Email", "five"), words.standing());
    assertEquals(7, words.newest());
    assertEquals(
        List.of("HmPhone was left: a newer message of this sender says otherwise"),
        words.warnings());
  }

  @Test
  void whatOlderMessagesOrNobodySaidStands() {
    Words words = Words.of(fields("Email", "five", "City", "five"), Optional.of(SAID), 5);
    assertEquals(fields("Email", "five", "City", "five"), words.standing());
    assertEquals(0, words.newest());
    assertEquals(
        fields("HmPhone", "nine"),
        Words.of(fields("HmPhone", "nine"), Optional.of(SAID), 9).standing());
    assertEquals(
        fields("HmPhone", "one"),
        Words.of(fields("HmPhone", "one"), Optional.empty(), 1).standing());
  }

  @Test
  void theSameWordIsNotSuperseded() {
    assertEquals(0, Words.of(fields("HmPhone", "seven"), Optional.of(SAID), 5).newest());
  }

  private static ObjectNode fields(String... namesAndValues) {
    ObjectNode fields = JsonNodeFactory.instance.objectNode();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      fields.put(namesAndValues[i], namesAndValues[i + 1]);
    }
    return fields;
  }
}
