package pontic.opendental;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Who was called so is he whom a message names, or another (decision 0415). */
final class CalledTest {
  private static final JsonNode ANN = called("Reed", "Ann", "1984-06-15");
  private static final JsonNode CARL = called("Moss", "Carl", "1951-02-03");

  private final Look look =
      new Look(practice -> Town.RULES, new Gate(new Answers(List.of(), List.of())));

  @Test
  void oneTimeThatSaysAllOfItOutweighsWhatElseHeWasCalled() {
    assertEquals(Optional.empty(), another(ANN, ANN));
    assertTrue(another(ANN, CARL).isPresent());
    assertEquals(Optional.empty(), another(ANN, CARL, ANN));
    assertEquals(Optional.empty(), another(ANN, ANN, CARL));
  }

  @Test
  void aTimeThatLeavesOutANameOrTheBirthDateOutweighsNothing() {
    ObjectNode noBirthDate = called("Reed", "Ann", "0001-01-01");
    ObjectNode noName = called("", "Ann", "1984-06-15");
    for (ObjectNode part : List.of(noBirthDate, noName)) {
      assertEquals(Optional.empty(), another(ANN, part), "nothing of it is another's");
      assertFalse(another(ANN, part, CARL).isEmpty(), part.toString());
    }
  }

  @Test
  void ofWhomNobodyHasSaidANameNothingSpeaksAgainstIt() {
    assertEquals(Optional.empty(), another(ANN));
  }

  private Optional<String> another(JsonNode one, JsonNode... called) {
    return look.another("elm", one, List.of(called));
  }

  private static ObjectNode called(String last, String first, String born) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("LName", last)
        .put("FName", first)
        .put("Birthdate", born);
  }
}
