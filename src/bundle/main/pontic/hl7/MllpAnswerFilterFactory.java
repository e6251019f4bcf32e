package pontic.hl7;

import io.netty.channel.ChannelHandler;
import java.util.concurrent.atomic.LongAdder;
import org.apache.camel.component.netty.DefaultChannelHandlerFactory;

/**
 * One {@link MllpAnswerFilter} per connection that we open; in routes the last of {@code
 * encoders=#handshakeFirst,#mllpEncoder,#mllpAnswerFilter}. Counts over all connections.
 */
public final class MllpAnswerFilterFactory extends DefaultChannelHandlerFactory {
  private final LongAdder dropped = new LongAdder();

  @Override
  public ChannelHandler newChannelHandler() {
    return new MllpAnswerFilter(dropped);
  }

  /** Answers that named another message than the one that waited. */
  public long dropped() {
    return dropped.sum();
  }
}
