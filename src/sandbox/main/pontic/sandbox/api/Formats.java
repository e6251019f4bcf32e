package pontic.sandbox.api;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;

/**
 * How one request wants dates written. Everything stands in the office's own time, without a zone
 * (open-dental-api.md 1.4).
 *
 * @param zone zone of the office
 * @param date pattern of DateFormatString; empty = yyyy-MM-dd
 * @param dateTime pattern of DateTimeFormatString; empty = yyyy-MM-dd HH:mm:ss
 */
record Formats(ZoneId zone, Optional<DotNetPattern> date, Optional<DotNetPattern> dateTime) {
  static final DateTimeFormatter DATE_TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss", Locale.ROOT);

  /** A DATE column's text; empty means 0001-01-01. */
  String date(String column) {
    LocalDate value =
        none(column) ? LocalDate.of(1, 1, 1) : LocalDate.parse(column.substring(0, 10));
    return date.map(pattern -> pattern.format(value.atStartOfDay(zone))).orElseGet(value::toString);
  }

  /** A DATETIME column's text, which is wall clock; empty means 0001-01-01 00:00:00. */
  String dateTime(String column) {
    LocalDateTime value =
        none(column)
            ? LocalDate.of(1, 1, 1).atStartOfDay()
            : LocalDateTime.parse(column.substring(0, 19), DATE_TIME);
    return dateTime
        .map(pattern -> pattern.format(value.atZone(zone)))
        .orElseGet(() -> DATE_TIME.format(value));
  }

  /** Long-lived databases have 0000-00-00 too. */
  private static boolean none(String column) {
    return column.isEmpty() || column.startsWith("0000-00-00");
  }

  String dateTime(Instant instant) {
    return dateTime(DATE_TIME.format(instant.atZone(zone)));
  }
}
