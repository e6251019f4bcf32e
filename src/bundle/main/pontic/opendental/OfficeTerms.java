package pontic.opendental;

import java.time.Duration;
import java.time.ZoneId;

/**
 * What a plan must know of its practice.
 *
 * @param mode remote, service or local (open-dental-api.md 1.1)
 * @param scale multiplies the API's periods; 1 but for sandboxes
 * @param hints events that it is to send
 */
public record OfficeTerms(
    String practice, ZoneId zone, String mode, double scale, HintTerms hints) {
  Duration scaled(Duration period) {
    return Duration.ofNanos((long) (period.toNanos() * scale));
  }
}
