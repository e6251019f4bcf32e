package pontic.opendental;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import pontic.lane.Planner.Meaning;

final class AnswersTest {
  private static final Answers ANSWERS =
      new Answers(List.of("The eConnector*"), List.of("Patient not found"));

  @Test
  void aQuotedTextAndABareOneAreTheSame() {
    assertEquals(Meaning.REFUSED, ANSWERS.meaning(400, TextNode.valueOf("Patient not found.")));
    assertEquals(Meaning.REFUSED, ANSWERS.meaning(400, TextNode.valueOf("\"patient not found\"")));
  }

  @Test
  void anOfficeThatIsAwayIsA400() {
    assertEquals(
        Meaning.OFFICE_AWAY,
        ANSWERS.meaning(400, TextNode.valueOf("The eConnector is not running")));
  }

  /** As shipped: what is too long for an office in strict mode is no open question. */
  @Test
  void aTextThatIsTooLongForTheDatabaseIsRefused() throws IOException {
    JsonNode shipped =
        new ObjectMapper(new YAMLFactory())
            .readTree(Path.of("..", "..", "mappings", "opendental", "answers.yaml").toFile());
    List<String> refused = new ArrayList<>();
    shipped.path("refused").forEach(text -> refused.add(text.asText()));
    Answers answers = new Answers(List.of(), refused);
    for (String text :
        List.of(
            "Data too long for column 'HmPhone' at row 1",
            "A value is too long or out of range.")) {
      assertEquals(Meaning.REFUSED, answers.meaning(400, TextNode.valueOf(text)));
    }
  }

  @Test
  void aTextThatNobodyKnowsIsUnclear() {
    assertEquals(Meaning.UNCLEAR, ANSWERS.meaning(400, TextNode.valueOf("Something new")));
    assertEquals(Meaning.UNCLEAR, ANSWERS.meaning(504, MissingNode.getInstance()));
    assertEquals(Meaning.UNCLEAR, ANSWERS.meaning(500, MissingNode.getInstance()));
  }

  @Test
  void anUnknownTextIsNeverRepeated() {
    assertFalse(ANSWERS.words(400, TextNode.valueOf("Nora Ash is not ours")).contains("Nora"));
  }
}
