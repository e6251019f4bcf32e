package pontic.broker;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Which tokens to send. While a token is under way and nobody has taken the lease that it is for,
 * another would only wait beside it; so each is sent once an epoch, and again only when it must
 * have been lost.
 */
public final class Tokens {
  private final long lostAfterNanos;
  private final Predicate<String> isTaken;
  private final Map<String, Sent> sent;

  private record Sent(long epoch, long at) {}

  /**
   * @param lostAfter a token that brought nobody to act by then is taken for lost; also its time to
   *     live
   */
  public Tokens(Duration lostAfter) {
    this(lostAfter.toNanos(), destination -> true, new HashMap<>());
  }

  private Tokens(long lostAfterNanos, Predicate<String> isTaken, Map<String, Sent> sent) {
    this.lostAfterNanos = lostAfterNanos;
    this.isTaken = isTaken;
    this.sent = sent;
  }

  /**
   * The same, with the same memory, for those who have no consumer for some destinations: what is
   * due to one that is switched off waits, and a token for it would only lie there until it is
   * lost.
   *
   * @param destinations that take tokens, by id
   */
  public Tokens within(Predicate<String> destinations) {
    return new Tokens(lostAfterNanos, destinations, sent);
  }

  /**
   * @param due rows of sql/wake-lanes.sql: queue, practice, destination, epoch
   * @return those that need a token now, in the same order
   */
  public List<Map<String, Object>> needed(List<Map<String, Object>> due) {
    synchronized (sent) {
      long now = System.nanoTime();
      sent.values().removeIf(token -> now - token.at() > lostAfterNanos);
      return due.stream().filter(this::hasConsumer).filter(row -> isNew(row, now)).toList();
    }
  }

  private boolean hasConsumer(Map<String, Object> row) {
    String destination = row.get("destination").toString();
    return destination.isEmpty() || isTaken.test(destination);
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
