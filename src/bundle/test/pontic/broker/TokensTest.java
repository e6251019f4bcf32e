package pontic.broker;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class TokensTest {
  private final Tokens tokens = new Tokens(Duration.ofHours(1));

  @Test
  void oneIsSentAnEpoch() {
    assertEquals(List.of(row("elm", "hospital", 1)), tokens.needed(due("elm", "hospital", 1)));
    assertEquals(List.of(), tokens.needed(due("elm", "hospital", 1)));
    assertEquals(List.of(row("elm", "hospital", 2)), tokens.needed(due("elm", "hospital", 2)));
  }

  @Test
  void whatIsDueToADestinationThatNobodyServesHereHasNone() {
    Tokens here = tokens.within("hospital"::equals);
    assertEquals(List.of(), here.needed(due("elm", "registry", 1)));
    assertEquals(List.of(row("elm", "hospital", 1)), here.needed(due("elm", "hospital", 1)));
    assertEquals(List.of(row("elm", "", 1)), here.needed(due("elm", "", 1)));
  }

  @Test
  void whoServesAnotherDestinationLaterRemembersWhatIsUnderWay() {
    tokens.within("hospital"::equals).needed(due("elm", "hospital", 1));
    Tokens later = tokens.within(any -> true);
    assertEquals(List.of(), later.needed(due("elm", "hospital", 1)));
    assertEquals(List.of(row("elm", "registry", 1)), later.needed(due("elm", "registry", 1)));
  }

  private static List<Map<String, Object>> due(String practice, String destination, long epoch) {
    return List.of(row(practice, destination, epoch));
  }

  private static Map<String, Object> row(String practice, String destination, long epoch) {
    return Map.of(
        "queue", "send-fhir", "practice", practice, "destination", destination, "epoch", epoch);
  }
}
