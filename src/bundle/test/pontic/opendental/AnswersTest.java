package pontic.opendental;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.TextNode;
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
