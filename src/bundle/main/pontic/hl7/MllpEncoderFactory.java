package pontic.hl7;

import io.netty.channel.ChannelHandler;
import org.apache.camel.component.netty.DefaultChannelHandlerFactory;

/** One {@link MllpFrameEncoder} per connection; in routes {@code encoders=#mllpEncoder}. */
public final class MllpEncoderFactory extends DefaultChannelHandlerFactory {
  @Override
  public ChannelHandler newChannelHandler() {
    return new MllpFrameEncoder();
  }
}
