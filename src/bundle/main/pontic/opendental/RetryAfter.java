package pontic.opendental;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;

/**
 * How long an API asks to be left alone: seconds or an HTTP date (RFC 9110, 10.2.3).
 *
 * @param longest no office is left alone longer, whatever it says
 */
record RetryAfter(Duration longest) {

  /**
   * @param header may be absent ("") or anything at all
   * @param date header Date of the same answer, by whose clock an HTTP date counts; "" if absent
   * @param now used if there is no such date
   * @return zero if the header says nothing that can be understood, or a time that has passed
   */
  Duration of(String header, String date, Instant now) {
    String text = header.strip();
    if (text.matches("\\d+")) {
      // Ten digits are more than three centuries already.
      return capped(text.length() > 10 ? longest : Duration.ofSeconds(Long.parseLong(text)));
    }
    try {
      return capped(Duration.between(date.isBlank() ? now : instant(date), instant(text)));
    } catch (DateTimeException e) {
      return Duration.ZERO;
    }
  }

  private Duration capped(Duration asked) {
    return asked.isNegative() ? Duration.ZERO : asked.compareTo(longest) > 0 ? longest : asked;
  }

  private static Instant instant(String httpDate) {
    return ZonedDateTime.parse(httpDate.strip(), DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
  }
}
