package pontic.hl7;

import java.net.SocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * What others may take of our MLLP ports: connections at once at each, time for a frame, and
 * memory.
 */
public final class MllpBounds {
  private final int connections;
  private final Duration longestFrame;
  private final MllpRoom room;
  private final Map<SocketAddress, Integer> open = new ConcurrentHashMap<>();
  private final LongAdder turnedAway = new LongAdder();
  private final LongAdder slowFrames = new LongAdder();

  /**
   * @param connections at once at each port
   * @param longestFrame from the first byte of a frame to its last
   * @param room of all of them
   */
  public MllpBounds(int connections, Duration longestFrame, MllpRoom room) {
    this.connections = connections;
    this.longestFrame = longestFrame;
    this.room = room;
  }

  int connections() {
    return connections;
  }

  Duration longestFrame() {
    return longestFrame;
  }

  MllpRoom room() {
    return room;
  }

  /**
   * One more at this port.
   *
   * @return false if there are too many; {@link #ended} is due all the same
   */
  boolean begun(SocketAddress port) {
    boolean isOneTooMany = open.merge(port, 1, Integer::sum) > connections;
    if (isOneTooMany) {
      turnedAway.increment();
    }
    return !isOneTooMany;
  }

  void ended(SocketAddress port) {
    open.computeIfPresent(port, (any, count) -> count == 1 ? null : count - 1);
  }

  void slow() {
    slowFrames.increment();
  }

  long turnedAway() {
    return turnedAway.sum();
  }

  long slowFrames() {
    return slowFrames.sum();
  }
}
