package pontic.practice;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import pontic.practice.Practice.Budget;
import pontic.practice.Practice.Hours;

/** Hours of an office's wall clock, and when they will be over. */
final class QuietHoursTest {
  private static final ZoneId OFFICE = ZoneId.of("America/New_York");

  @Test
  void overMidnightTheyEndOnTheNextDay() {
    assertEquals(Optional.empty(), until("22:00-03:30", at("2027-01-10T21:59:59")));
    assertEquals(
        Optional.of(at("2027-01-11T03:30:00")), until("22:00-03:30", at("2027-01-10T22:00:00")));
    assertEquals(
        Optional.of(at("2027-01-11T03:30:00")), until("22:00-03:30", at("2027-01-11T03:29:59")));
    assertEquals(Optional.empty(), until("22:00-03:30", at("2027-01-11T03:30:00")));
  }

  @Test
  void theyAreOfTheOfficesClock() {
    // 02:15 of the office is 07:15 in UTC.
    assertEquals(
        Optional.of(Instant.parse("2027-01-10T08:30:00Z")),
        until("02:00-03:30", Instant.parse("2027-01-10T07:15:00Z")));
    assertEquals(Optional.empty(), until("02:00-03:30", Instant.parse("2027-01-10T02:15:00Z")));
  }

  @Test
  void anHourThatComesTwiceIsOneOfThemTwice() {
    assertEquals(
        Optional.of(Instant.parse("2027-11-07T05:30:00Z")),
        until("00:30-01:30", Instant.parse("2027-11-07T05:10:00Z")));
    assertEquals(Optional.empty(), until("00:30-01:30", Instant.parse("2027-11-07T05:40:00Z")));
    assertEquals(
        Optional.of(Instant.parse("2027-11-07T06:30:00Z")),
        until("00:30-01:30", Instant.parse("2027-11-07T06:10:00Z")));
  }

  @Test
  void withoutAnyNothingIsQuiet() {
    assertEquals(Optional.empty(), Budget.USUAL.quietUntil(at("2027-01-11T03:30:00"), OFFICE));
  }

  private static Optional<Instant> until(String hours, Instant now) {
    Budget budget = new Budget(0.01, Duration.ofSeconds(20), 1000, Hours.of(hours), List.of("all"));
    return budget.quietUntil(now, OFFICE);
  }

  private static Instant at(String clock) {
    return LocalDateTime.parse(clock).atZone(OFFICE).toInstant();
  }
}
