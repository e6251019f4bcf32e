package pontic.broker;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Which tokens to send. While a token is under way and nobody has taken the lease that it is for,
 * another would only wait beside it; so each is sent once an epoch, and again only when it must
 * have been lost.
 */
public final class Tokens {
  private final long lostAfterNanos;
  private final Map<String, Sent> sent = new HashMap<>();

  private record Sent(long epoch, long at) {}

  /**
   * @param lostAfter a token that brought nobody to act by then is taken for lost; also its time to
   *     live
   */
  public Tokens(Duration lostAfter) {
    this.lostAfterNanos = lostAfter.toNanos();
  }

  /**
   * @param due rows of sql/wake-lanes.sql: queue, practice, destination, epoch
   * @return those that need a token now, in the same order
   */
  public synchronized List<Map<String, Object>> needed(List<Map<String, Object>> due) {
    long now = System.nanoTime();
    sent.values().removeIf(token -> now - token.at() > lostAfterNanos);
    return due.stream().filter(row -> isNew(row, now)).toList();
  }

  private boolean isNew(Map<String, Object> row, long now) {
    String key = row.get("queue") + " " + row.get("practice") + " " + row.get("destination");
    long epoch = ((Number) row.get("epoch")).longValue();
    Sent before = sent.get(key);
    if (before != null && before.epoch() == epoch) {
      return false;
    }
    sent.put(key, new Sent(epoch, now));
    return true;
  }
}
