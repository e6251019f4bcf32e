package pontic.hl7;

import io.netty.channel.ChannelHandler;
import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;
import org.apache.camel.component.netty.DefaultChannelHandlerFactory;

/**
 * One {@link MllpFrameDecoder} per connection; in routes {@code decoders=#mllpDecoder}. Counts over
 * all connections.
 */
public final class MllpDecoderFactory extends DefaultChannelHandlerFactory {
  private final int maxFrameBytes;
  private final LongAdder garbageBytes = new LongAdder();
  private final LongAdder overlongFrames = new LongAdder();
  private final MllpBounds bounds;

  /** Of connections that we open: as many as we want, and each answer has its own time-out. */
  public MllpDecoderFactory(int maxFrameBytes) {
    this(
        maxFrameBytes,
        new MllpBounds(
            Integer.MAX_VALUE,
            Duration.ofDays(1),
            new MllpRoom(Long.MAX_VALUE, () -> {}),
            System::nanoTime));
  }

  /** Of connections that others open. */
  public MllpDecoderFactory(int maxFrameBytes, MllpBounds bounds) {
    this.bounds = bounds;
    if (maxFrameBytes < 1) {
      throw new IllegalArgumentException(
          "The maximum frame length must be at least 1 byte, not " + maxFrameBytes);
    }
    this.maxFrameBytes = maxFrameBytes;
  }

  @Override
  public ChannelHandler newChannelHandler() {
    return new MllpFrameDecoder(maxFrameBytes, bounds, garbageBytes, overlongFrames);
  }

  /** Bytes that stood between frames and were skipped. */
  public long garbageBytes() {
    return garbageBytes.sum();
  }

  /** Frames that were longer than the maximum; each cost its connection. */
  public long overlongFrames() {
    return overlongFrames.sum();
  }

  /** Connections that were closed at once because there were too many. */
  public long turnedAway() {
    return bounds.turnedAway();
  }

  /** Frames that took too long to come; each cost its connection. */
  public long slowFrames() {
    return bounds.slowFrames();
  }
}
