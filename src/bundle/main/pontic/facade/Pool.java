package pontic.facade;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** Room for bodies that are gathered at the same time, of all practices together. */
final class Pool {
  private final long together;
  private final long ofOne;
  private final AtomicLong held = new AtomicLong();
  private final Map<String, Long> heldBy = new ConcurrentHashMap<>();

  /**
   * @param together bytes of all
   * @param ofOne bytes of one client
   */
  Pool(long together, long ofOne) {
    this.together = together;
    this.ofOne = ofOne;
  }

  /**
   * These bytes are held, whether there is room or not, until they are given back.
   *
   * @param whose a client of a practice
   * @return whether there is room for what is held now
   */
  boolean take(String whose, long bytes) {
    long all = held.addAndGet(bytes);
    long own = heldBy.merge(whose, bytes, Long::sum);
    return all <= together && own <= ofOne;
  }

  void giveBack(String whose, long bytes) {
    held.addAndGet(-bytes);
    heldBy.computeIfPresent(whose, (client, own) -> own == bytes ? null : own - bytes);
  }
}
