package pontic.hl7;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.util.ReferenceCountUtil;
import java.nio.channels.ClosedChannelException;

/**
 * Puts MLLP framing around an answer or a message to send: {@code byte[]} or {@link ByteBuf}.
 *
 * <p>An empty {@code byte[]} is an answer that nobody wants: nothing goes out, and the connection
 * stays.
 *
 * <p>Anything else is not HL7 (camel-netty writes the exception of a failed route as the answer):
 * nothing goes out and the connection is closed, so that the sender hears no class name, keeps its
 * message and sends it again.
 */
public final class MllpFrameEncoder extends ChannelOutboundHandlerAdapter {
  @Override
  public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
    Unanswered.of(context.channel()).written();
    if (message instanceof byte[] bytes) {
      if (bytes.length > 0) {
        context.write(frame(Unpooled.wrappedBuffer(bytes)), promise);
      } else {
        promise.setSuccess();
      }
    } else if (message instanceof ByteBuf buffer && buffer.isReadable()) {
      context.write(frame(buffer), promise);
    } else {
      ReferenceCountUtil.release(message);
      promise.setFailure(new ClosedChannelException());
      context.close();
    }
  }

  static ByteBuf frame(ByteBuf content) {
    return Unpooled.wrappedBuffer(
        Unpooled.wrappedBuffer(new byte[] {MllpFrameDecoder.START}),
        content,
        Unpooled.wrappedBuffer(
            new byte[] {MllpFrameDecoder.END, MllpFrameDecoder.CARRIAGE_RETURN}));
  }
}
