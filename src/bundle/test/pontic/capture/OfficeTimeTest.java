package pontic.capture;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import java.time.ZoneId;
import org.junit.jupiter.api.Test;

class OfficeTimeTest {
  private static final ZoneId ZONE = ZoneId.of("America/New_York");

  @Test
  void aStampIsTheOfficesWallClock() {
    assertEquals(
        Instant.parse("2026-07-01T13:00:00Z"),
        OfficeTime.instant("2026-07-01 09:00:00", ZONE, Instant.parse("2026-07-01T13:00:02Z")));
  }

  @Test
  void aStampOfTheDoubledHourIsTheLaterInstantThatHasBeen() {
    assertEquals(
        Instant.parse("2026-11-01T05:55:00Z"),
        OfficeTime.instant("2026-11-01 01:55:00", ZONE, Instant.parse("2026-11-01T05:56:00Z")));
    assertEquals(
        Instant.parse("2026-11-01T06:05:00Z"),
        OfficeTime.instant("2026-11-01 01:05:00", ZONE, Instant.parse("2026-11-01T06:06:00Z")));
  }

  @Test
  void aFilterWithinTheDoubledHourIsTheSecondBeforeIt() {
    assertEquals(
        "2026-11-01 00:59:59", OfficeTime.filter(Instant.parse("2026-11-01T05:30:00Z"), ZONE));
    assertEquals(
        "2026-11-01 00:59:59", OfficeTime.filter(Instant.parse("2026-11-01T06:30:00Z"), ZONE));
    assertEquals(
        "2026-11-01 02:00:00", OfficeTime.filter(Instant.parse("2026-11-01T07:00:00Z"), ZONE));
    assertEquals(
        "2026-03-08 03:10:00", OfficeTime.filter(Instant.parse("2026-03-08T07:10:00Z"), ZONE));
  }
}
