package pontic.opendental;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class RetryAfterTest {
  private static final Instant NOW = Instant.parse("2027-01-04T10:00:00Z");
  private static final Duration LONGEST = Duration.ofMinutes(30);

  @ParameterizedTest
  @CsvSource({"0, 0", "7, 7", "' 7 ', 7", "1800, 1800"})
  void secondsAreTaken(String header, long seconds) {
    assertEquals(Duration.ofSeconds(seconds), of(header, ""));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1801",
        "3601",
        "86400",
        "99999999999999999999999999",
        "Tue, 05 Jan 2027 10:00:00 GMT"
      })
  void nobodyIsLeftAloneLongerThanConfigured(String header) {
    assertEquals(LONGEST, of(header, ""));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "-1",
        "-86400",
        "1.5",
        "soon",
        "10s",
        "0x10",
        "Mon, 04 Jan 2027 09:59:00 GMT",
        "Mon, 99 Jan 2027 10:01:00 GMT",
        "2027-01-04T10:01:00Z"
      })
  void whatSaysNothingOrIsOverIsNoPause(String header) {
    assertEquals(Duration.ZERO, of(header, ""));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "Mon, 04 Jan 2027 10:01:30 GMT; ''; 90",
        "Mon, 4 Jan 2027 10:01:30 GMT; ''; 90",
        // The office's clock is an hour ahead of ours; only its own Date tells how long it means.
        "Mon, 04 Jan 2027 11:01:30 GMT; Mon, 04 Jan 2027 11:01:00 GMT; 30",
        "Mon, 04 Jan 2027 10:01:30 GMT; at noon; 0"
      })
  void aDateCountsByTheClockOfItsAnswer(String header, String date, long seconds) {
    assertEquals(Duration.ofSeconds(seconds), of(header, date));
  }

  private static Duration of(String header, String date) {
    return new RetryAfter(LONGEST).of(header, date, NOW);
  }
}
