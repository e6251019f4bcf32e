package pontic.hl7;

import io.netty.channel.Channel;
import io.netty.util.AttributeKey;
import java.net.SocketAddress;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;

/**
 * What one connection holds: frames that were taken and not yet answered, and the one that is
 * coming. A sender that never waits is read no further while {@value #PAUSE_AT} answers or answers
 * to {@value #PAUSE_BYTES} bytes are due, or while there is no room for more than it has; so it
 * fills its own buffers and not our memory.
 *
 * <p>Of the connection's own thread, which decodes and encodes.
 */
final class Unanswered {
  static final int PAUSE_AT = 64;
  static final int PAUSE_BYTES = 16 * 1024 * 1024;
  private static final AttributeKey<Unanswered> KEY =
      AttributeKey.valueOf(Unanswered.class, "unanswered");

  private final Channel channel;

  /** Lengths of frames, in their order, which is that of their answers. */
  private final Queue<Integer> due = new ArrayDeque<>();

  private Optional<MllpShare> share = Optional.empty();
  private long bytesDue;
  private long coming;
  private boolean isEnough = true;
  private boolean paused;
  private boolean ended;

  private Unanswered(Channel channel) {
    this.channel = channel;
  }

  static Unanswered of(Channel channel) {
    Unanswered present = channel.attr(KEY).get();
    if (present != null) {
      return present;
    }
    Unanswered fresh = new Unanswered(channel);
    Unanswered earlier = channel.attr(KEY).setIfAbsent(fresh);
    return earlier == null ? fresh : earlier;
  }

  /** What it holds is its share of this room. */
  void within(MllpRoom room, SocketAddress remote) {
    share = Optional.of(new MllpShare(room, remote));
  }

  boolean none() {
    return due.isEmpty();
  }

  /**
   * So much of a frame is here, and not its end.
   *
   * @return false if there is no room for it, and no answer of ours that would make some
   */
  boolean hasRoomFor(int length) {
    coming = length;
    settle();
    return isEnough || !due.isEmpty();
  }

  /** A frame has come to its end. */
  void taken(int length) {
    coming = 0;
    due.add(length);
    bytesDue += length;
    settle();
  }

  /**
   * Something was written. On a connection that we opened this is the question, and nothing is due.
   */
  void written() {
    Integer answered = due.poll();
    if (answered != null) {
      bytesDue -= answered;
      settle();
    }
  }

  /** The connection is closed: nothing is held any more. */
  void ended() {
    share.ifPresent(own -> own.holds(0));
    ended = true;
  }

  private void settle() {
    if (ended) {
      return;
    }
    long held = bytesDue + coming;
    isEnough = share.map(own -> own.holds(held)).orElse(true);
    boolean pause =
        due.size() >= PAUSE_AT || bytesDue >= PAUSE_BYTES || !(isEnough || due.isEmpty());
    if (pause != paused) {
      paused = pause;
      channel.config().setAutoRead(!pause);
    }
  }
}
