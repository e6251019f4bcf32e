package pontic.hl7;

import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/**
 * What others may take of our MLLP ports: connections at once at each, time for a frame, and
 * memory.
 */
public final class MllpBounds {
  private final int connections;
  private final Duration longestFrame;
  private final MllpRoom room;
  private final LongSupplier nanos;
  private final Map<SocketAddress, List<MllpConnection>> open = new HashMap<>();
  private final LongAdder turnedAway = new LongAdder();
  private final LongAdder slowFrames = new LongAdder();

  /**
   * @param connections at once at each port
   * @param longestFrame from the first byte of a frame to its last
   * @param room of all of them
   * @param nanos as {@link System#nanoTime()}
   */
  public MllpBounds(int connections, Duration longestFrame, MllpRoom room, LongSupplier nanos) {
    this.connections = connections;
    this.longestFrame = longestFrame;
    this.room = room;
    this.nanos = nanos;
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

  long now() {
    return nanos.getAsLong();
  }

  /**
   * One more at this port. If that is one too many, who has been silent for longer than a frame may
   * take gives way: of the sender that has most of them the one that has been silent longest
   * (decision 0427).
   *
   * @return false if there are too many; {@link #ended} is due all the same
   */
  boolean begun(SocketAddress port, MllpConnection one) {
    Optional<MllpConnection> silent = Optional.empty();
    synchronized (open) {
      List<MllpConnection> all = open.computeIfAbsent(port, any -> new ArrayList<>());
      if (all.size() >= connections) {
        silent = silent(all, one);
        if (silent.isEmpty()) {
          turnedAway.increment();
          return false;
        }
        all.remove(silent.get());
      }
      all.add(one);
    }
    silent.ifPresent(MllpConnection::close);
    return true;
  }

  private Optional<MllpConnection> silent(List<MllpConnection> all, MllpConnection one) {
    long now = nanos.getAsLong();
    Map<String, Long> counts =
        all.stream().collect(Collectors.groupingBy(MllpConnection::sender, Collectors.counting()));
    counts.merge(one.sender(), 1L, Long::sum);
    return all.stream()
        .filter(each -> each.silent(now) > longestFrame.toNanos())
        .max(
            Comparator.<MllpConnection>comparingLong(each -> counts.get(each.sender()))
                .thenComparingLong(each -> each.silent(now)));
  }

  void ended(SocketAddress port, MllpConnection one) {
    synchronized (open) {
      // Who was turned away or gave way is not among them, and may be the last to end.
      Optional.ofNullable(open.get(port))
          .filter(all -> all.remove(one) && all.isEmpty())
          .ifPresent(none -> open.remove(port));
    }
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
