package pontic.capture;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.zone.ZoneOffsetTransition;
import java.util.Comparator;
import java.util.List;

/**
 * The API's times: the office's wall clock in whole seconds, without a zone. In the hour that a
 * zone has twice, such a text means two instants.
 */
final class OfficeTime {
  private static final DateTimeFormatter TEXT = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss");

  /** How far the office's clock may be ahead of the store's. */
  private static final Duration AHEAD = Duration.ofMinutes(10);

  private OfficeTime() {}

  /**
   * The instant of a stamp that was read at {@code readAt}. Of two it is the later one that is not
   * in the future: what is read later then never gets the earlier stamp, so a change in the doubled
   * hour is not taken for an old one.
   */
  static Instant instant(String text, ZoneId zone, Instant readAt) {
    LocalDateTime wall = LocalDateTime.parse(text, TEXT);
    List<ZoneOffset> offsets = zone.getRules().getValidOffsets(wall);
    return offsets.stream()
        .map(wall::toInstant)
        .filter(each -> !each.isAfter(readAt.plus(AHEAD)))
        .max(Comparator.naturalOrder())
        .orElseGet(() -> wall.atZone(zone).toInstant());
  }

  /**
   * A filter that leaves out nothing stamped at {@code since} or later, whichever of two instants
   * the office takes the text for: within the doubled hour it is the second before it.
   */
  static String filter(Instant since, ZoneId zone) {
    LocalDateTime wall = since.atZone(zone).toLocalDateTime();
    ZoneOffsetTransition transition = zone.getRules().getTransition(wall);
    return TEXT.format(
        transition != null && transition.isOverlap()
            ? transition.getDateTimeAfter().minusSeconds(1)
            : wall);
  }
}
