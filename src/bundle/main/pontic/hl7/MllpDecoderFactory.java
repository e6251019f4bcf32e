package pontic.hl7;

import io.netty.channel.ChannelHandler;
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

  public MllpDecoderFactory(int maxFrameBytes) {
    if (maxFrameBytes < 1) {
      throw new IllegalArgumentException(
          "The maximum frame length must be at least 1 byte, not " + maxFrameBytes);
    }
    this.maxFrameBytes = maxFrameBytes;
  }

  @Override
  public ChannelHandler newChannelHandler() {
    return new MllpFrameDecoder(maxFrameBytes, garbageBytes, overlongFrames);
  }

  /** Bytes that stood between frames and were skipped. */
  public long garbageBytes() {
    return garbageBytes.sum();
  }

  /** Frames that were longer than the maximum; each cost its connection. */
  public long overlongFrames() {
    return overlongFrames.sum();
  }
}
