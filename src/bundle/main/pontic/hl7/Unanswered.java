package pontic.hl7;

import io.netty.channel.Channel;
import io.netty.util.AttributeKey;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Frames of one connection that were taken and not yet answered. A sender that never waits is read
 * no further while {@value #PAUSE_AT} answers are due, so that it fills its own buffers and not our
 * memory.
 */
final class Unanswered {
  static final int PAUSE_AT = 64;
  private static final AttributeKey<Unanswered> KEY =
      AttributeKey.valueOf(Unanswered.class, "unanswered");

  private final Channel channel;
  private final AtomicInteger due = new AtomicInteger();

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

  boolean none() {
    return due.get() == 0;
  }

  void taken() {
    if (due.incrementAndGet() == PAUSE_AT) {
      channel.config().setAutoRead(false);
    }
  }

  /**
   * Something was written. On a connection that we opened this is the question, and nothing is due.
   */
  void written() {
    if (due.getAndUpdate(n -> Math.max(0, n - 1)) == PAUSE_AT) {
      channel.config().setAutoRead(true);
    }
  }
}
