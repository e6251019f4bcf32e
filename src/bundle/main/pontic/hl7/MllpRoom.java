package pontic.hl7;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Bytes that all connections of all MLLP ports may hold at the same time, beyond what each may have
 * of its own: of frames that are still coming, and of those that are not answered. Half of them may
 * be one sender's (decision 0392).
 */
public final class MllpRoom {
  private final long together;
  private final Runnable lacking;
  private final AtomicLong held = new AtomicLong();
  private final Map<String, Long> heldBy = new ConcurrentHashMap<>();

  /**
   * @param together bytes of all
   * @param lacking told of each frame for which there was no room
   */
  public MllpRoom(long together, Runnable lacking) {
    this.together = together;
    this.lacking = lacking;
  }

  /** These bytes are held, whether there is room or not, until they are given back. */
  void take(String sender, long bytes) {
    held.addAndGet(bytes);
    heldBy.merge(sender, bytes, Long::sum);
  }

  void giveBack(String sender, long bytes) {
    held.addAndGet(-bytes);
    heldBy.computeIfPresent(sender, (who, own) -> own == bytes ? null : own - bytes);
  }

  /** Whether there is room for what is held now. */
  boolean isEnough(String sender) {
    return held.get() <= together && heldBy.getOrDefault(sender, 0L) <= together / 2;
  }

  void lacked() {
    lacking.run();
  }

  long held() {
    return held.get();
  }
}
