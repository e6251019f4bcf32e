package pontic.freshness;

import java.time.Duration;

/**
 * How far behind something is now.
 *
 * @param destination "" for the practice itself
 * @param behind zero if nothing waits
 * @param objective more than this is a breach
 * @param reason what waits since when, without patient data; "" if nothing does
 */
public record Stand(
    String practice, String destination, Duration behind, Duration objective, String reason) {

  public boolean isBreached() {
    return behind.compareTo(objective) > 0;
  }

  String id() {
    return destination.isEmpty() ? practice : practice + "/" + destination;
  }
}
