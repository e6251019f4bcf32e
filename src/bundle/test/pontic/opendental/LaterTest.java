package pontic.opendental;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import pontic.opendental.Later.Word;

/** A message of nine o'clock in New York that is planned at five; the desk's word is C. */
final class LaterTest {
  private static final ZoneId ZONE = ZoneId.of("America/New_York");
  private static final Instant NINE = Instant.parse("2026-11-20T14:00:00Z");
  private static final Instant THREE = NINE.plus(Duration.ofHours(6));
  private static final Instant FIVE = NINE.plus(Duration.ofHours(8));

  @Test
  void theRowsStampIsTheOfficesWallClock() {
    assertEquals(Word.OFFICE, word(List.of(), row("C", "2026-11-20 15:00:00")));
    assertEquals(Word.MESSAGE, word(List.of(), row("C", "2026-11-20 08:00:00")));
  }

  @Test
  void clocksThatAreAMinuteApartSayNothing() {
    for (String stamp : List.of("2026-11-20 08:59:10", "2026-11-20 09:01:00")) {
      assertEquals(Word.UNKNOWN, word(List.of(), row("C", stamp)), stamp);
    }
    assertEquals(Word.MESSAGE, word(List.of(), row("C", "2026-11-20 08:58:59")));
    assertEquals(Word.OFFICE, word(List.of(), row("C", "2026-11-20 09:01:01")));
  }

  @Test
  void aStampThatIsYetToComeOrNoneSaysNothing() {
    for (String stamp : List.of("2026-11-20 17:01:01", "2026-11-20", "0001-01-01", "", "?")) {
      assertEquals(Word.UNKNOWN, word(List.of(), row("C", stamp)), stamp);
    }
    assertEquals(Word.UNKNOWN, word(List.of(), one("C")));
  }

  @Test
  void aMessageOfUnknownTimeIsNotJudged() {
    Later later =
        new Later(Map.of(), List.of(row("C", "2026-11-20 15:00:00")), List.of(), ZONE, FIVE);
    assertEquals(Word.UNKNOWN, later.word(7, "HmPhone", "C"));
  }

  /** The clock was ahead when it was accepted. */
  @Test
  void norOneThatCameInTheTimeToCome() {
    JsonNode row = row("C", "2026-11-20 15:00:00");
    assertEquals(Word.UNKNOWN, word(FIVE.plus(Duration.ofDays(2)), row));
  }

  @Test
  void aNewerTableCallsItsStampOtherwise() {
    assertEquals(Word.OFFICE, word(List.of(), one("C").put("SecDateTEdit", "2026-11-20 15:00:00")));
  }

  @Test
  void aWriteOfOursThatMovedTheStampProvesNothingOfTheOffice() {
    JsonNode row = row("C", "2026-11-20 15:00:00");
    assertEquals(Word.UNKNOWN, word(List.of(THREE.minusSeconds(150)), row));
    assertEquals(Word.UNKNOWN, word(List.of(THREE.plusSeconds(50)), row));
    assertEquals(Word.OFFICE, word(List.of(THREE.minusSeconds(200)), row));
    assertEquals(Word.OFFICE, word(List.of(THREE.plusSeconds(100)), row));
  }

  @Test
  void whatWasReadBeforeOurWriteTellsOfTheOffice() {
    JsonNode after = row("C", "2026-11-20 16:59:58");
    Instant ours = FIVE.minusSeconds(3);
    assertEquals(Word.OFFICE, word(List.of(ours), after, row("C", "2026-11-20 15:00:00")));
    assertEquals(Word.MESSAGE, word(List.of(ours), after, row("C", "2026-11-20 08:00:00")));
  }

  /** Another sender's, by a message that was written while this one waited. */
  @Test
  void aValueThatWasNotThereBeforeOurWriteIsNotTheOffices() {
    Instant ours = FIVE.minusSeconds(3);
    assertEquals(
        Word.UNKNOWN,
        word(List.of(ours), row("C", "2026-11-20 16:59:58"), row("A", "2026-11-20 15:00:00")));
  }

  @Test
  void anHourThatTheClockGoesThroughTwiceIsLaterOnlyIfItIsBothTimes() {
    // 1 November 2026: from 02:00 back to 01:00 at 06:00 UTC.
    Instant said = Instant.parse("2026-11-01T05:45:00Z");
    JsonNode row = row("C", "2026-11-01 01:30:00");
    assertEquals(Word.UNKNOWN, word(said, row));
    assertEquals(Word.OFFICE, word(said.minus(Duration.ofHours(1)), row));
    assertEquals(Word.MESSAGE, word(said.plus(Duration.ofHours(2)), row));
  }

  private static Word word(Instant said, JsonNode row) {
    return new Later(Map.of(7L, said), List.of(row), List.of(), ZONE, FIVE).word(7, "HmPhone", "C");
  }

  private static Word word(List<Instant> ours, JsonNode... seen) {
    return new Later(Map.of(7L, NINE), Arrays.asList(seen), ours, ZONE, FIVE)
        .word(7, "HmPhone", "C");
  }

  private static JsonNode row(String phone, String stamp) {
    return one(phone).put("DateTStamp", stamp);
  }

  private static ObjectNode one(String phone) {
    return JsonNodeFactory.instance.objectNode().put("HmPhone", phone);
  }
}
