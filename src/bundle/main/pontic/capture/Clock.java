package pontic.capture;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * What a file of {@code sql/capture/clock} read.
 *
 * @param until the database's own clock less one second
 * @param untilKey the highest key of the feed's table; 0 for feeds by stamp
 * @param version {@code DataBaseVersion}; empty if the office says none
 * @param updating an update of Open Dental is under way at the office
 */
public record Clock(Instant until, long untilKey, String version, boolean updating) {

  Clock at(Instant other) {
    return new Clock(other, untilKey, version, updating);
  }

  static Clock of(Map<String, Object> row) {
    return new Clock(
        Stamp.instant((String) row.get("until_stamp")),
        ((Number) row.get("until_key")).longValue(),
        text(row.get("version")),
        !text(row.get("updating")).isBlank());
  }

  private static String text(Object value) {
    return Optional.ofNullable(value).map(Object::toString).orElse("").trim();
  }
}
