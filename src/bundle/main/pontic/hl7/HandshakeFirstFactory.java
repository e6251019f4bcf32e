package pontic.hl7;

import io.netty.channel.ChannelHandler;
import org.apache.camel.component.netty.DefaultChannelHandlerFactory;

/**
 * One {@link HandshakeFirst} per connection that we open; in routes the first of {@code
 * encoders=#handshakeFirst,#mllpEncoder,#mllpAnswerFilter}.
 */
public final class HandshakeFirstFactory extends DefaultChannelHandlerFactory {
  @Override
  public ChannelHandler newChannelHandler() {
    return new HandshakeFirst();
  }
}
