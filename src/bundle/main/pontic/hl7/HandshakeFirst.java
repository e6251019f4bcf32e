package pontic.hl7;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.handler.ssl.SslHandler;
import java.net.SocketAddress;

/**
 * A connection through TLS counts as made once both sides have agreed on it, not when the socket is
 * there. So a message is begun only then, and a server that is not trusted is certain to have got
 * nothing of it, however slow the machine is. In the clear it changes nothing.
 */
final class HandshakeFirst extends ChannelOutboundHandlerAdapter {
  @Override
  public void connect(
      ChannelHandlerContext context,
      SocketAddress remote,
      SocketAddress local,
      ChannelPromise connected) {
    SslHandler tls = context.pipeline().get(SslHandler.class);
    if (tls == null) {
      context.connect(remote, local, connected);
      return;
    }
    ChannelPromise socket = context.newPromise();
    socket.addListener(
        made -> {
          if (!made.isSuccess()) {
            connected.tryFailure(made.cause());
          }
        });
    tls.handshakeFuture()
        .addListener(
            agreed -> {
              if (agreed.isSuccess()) {
                connected.trySuccess();
              } else {
                connected.tryFailure(agreed.cause());
              }
            });
    context.connect(remote, local, socket);
  }
}
