package pontic.capture;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/** Change stamps as the database writes them in a session in UTC: whole seconds. */
public final class Stamp {
  private static final DateTimeFormatter TEXT = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss");

  /** That a column of this type can hold on every server that Open Dental supports. */
  static final Instant LAST = Instant.parse("2038-01-19T03:14:07Z");

  private Stamp() {}

  public static String text(Instant instant) {
    return TEXT.format(instant.atOffset(ZoneOffset.UTC));
  }

  static Instant instant(String text) {
    return LocalDateTime.parse(text, TEXT).toInstant(ZoneOffset.UTC);
  }
}
