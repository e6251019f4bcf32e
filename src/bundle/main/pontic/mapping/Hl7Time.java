package pontic.mapping;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An HL7 time stamp, {@code YYYY[MM[DD[HH[MM[SS[.S[S[S[S]]]]]]]]][+/-ZZZZ]}, as precise as it is.
 *
 * @param date FHIR date of the same precision: 2026, 2026-03, 2026-03-01
 * @param time empty if no time of day is named; fractions of a second are dropped
 * @param offset empty if none is named
 */
record Hl7Time(String date, Optional<LocalTime> time, Optional<ZoneOffset> offset) {
  /** Farthest from UTC, as FHIR has it too. */
  private static final int MOST_HOURS = 14;

  private static final Pattern FORM =
      Pattern.compile(
          "(\\d{4})(?:(\\d{2})(?:(\\d{2})(?:(\\d{2})(?:(\\d{2})(?:(\\d{2})(?:\\.\\d{1,9})?)?)?)?)?)?([+-]\\d{4})?");

  /**
   * @throws DateTimeException if this is no HL7 time stamp or no date of the calendar
   */
  static Hl7Time of(String text) {
    Matcher form = FORM.matcher(text.trim());
    if (!form.matches()) {
      throw new DateTimeException("not an HL7 time stamp");
    }
    int year = Integer.parseInt(form.group(1));
    if (year == 0) {
      throw new DateTimeException("there is no year 0");
    }
    Optional<ZoneOffset> offset = Optional.ofNullable(form.group(7)).map(Hl7Time::offset);
    if (form.group(2) == null) {
      return new Hl7Time(form.group(1), Optional.empty(), offset);
    }
    YearMonth month = YearMonth.of(year, Integer.parseInt(form.group(2)));
    if (form.group(3) == null) {
      return new Hl7Time(month.toString(), Optional.empty(), offset);
    }
    LocalDate day = month.atDay(Integer.parseInt(form.group(3)));
    if (form.group(4) == null) {
      return new Hl7Time(day.toString(), Optional.empty(), offset);
    }
    LocalTime time =
        LocalTime.of(Integer.parseInt(form.group(4)), number(form.group(5)), number(form.group(6)));
    return new Hl7Time(day.toString(), Optional.of(time), offset);
  }

  private static ZoneOffset offset(String text) {
    ZoneOffset offset = ZoneOffset.of(text);
    if (Math.abs(offset.getTotalSeconds()) > Duration.ofHours(MOST_HOURS).toSeconds()) {
      throw new DateTimeException("no offset of a place on earth");
    }
    return offset;
  }

  boolean hasTime() {
    return time.isPresent();
  }

  /** The moment; the zone counts only where the source names no offset. */
  OffsetDateTime at(ZoneId zone) {
    LocalDate day = LocalDate.parse(date);
    LocalTime clock = time.orElseThrow(() -> new DateTimeException("no time of day"));
    return offset
        .map(o -> day.atTime(clock).atOffset(o))
        .orElseGet(() -> day.atTime(clock).atZone(zone).toOffsetDateTime());
  }

  private static int number(String group) {
    return group == null ? 0 : Integer.parseInt(group);
  }
}
