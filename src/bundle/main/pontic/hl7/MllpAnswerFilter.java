package pontic.hl7;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.util.ReferenceCountUtil;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.atomic.LongAdder;

/**
 * On a connection that we opened: lets only that acknowledgement through that names the message
 * which waits for one (MSA-2 = MSH-10). The late answer to an earlier message, or one that nobody
 * asked for, is dropped and counted, and waiting goes on; so a kept connection cannot give one
 * message the answer of another. What is no acknowledgement at all passes: the caller cannot know
 * then what became of the message.
 *
 * <p>A connection that closes while a message waits is reported as a failure of that message;
 * camel-netty itself reports it only for the first message of a connection.
 */
final class MllpAnswerFilter extends ChannelDuplexHandler {
  private final LongAdder dropped;
  private boolean waiting;
  private String controlId = "";

  MllpAnswerFilter(LongAdder dropped) {
    this.dropped = dropped;
  }

  @Override
  public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
    if (message instanceof ByteBuf buffer) {
      expect(ByteBufUtil.getBytes(buffer));
    } else if (message instanceof byte[] bytes) {
      expect(bytes);
    }
    context.write(message, promise);
  }

  private void expect(byte[] message) {
    controlId = MessageHeader.read(message).controlId();
    waiting = true;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (!(message instanceof ByteBuf frame)) {
      context.fireChannelRead(message);
      return;
    }
    byte[] bytes = ByteBufUtil.getBytes(frame);
    ReferenceCountUtil.release(message);
    boolean mine =
        waiting
            && Answer.read(bytes).map(answer -> answer.controlId().equals(controlId)).orElse(true);
    if (mine) {
      waiting = false;
      // The caller reads it on a thread of its own, when camel-netty has already released it.
      context.fireChannelRead(Unpooled.unreleasableBuffer(Unpooled.wrappedBuffer(bytes)));
    } else {
      dropped.increment();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    if (waiting) {
      waiting = false;
      context.fireExceptionCaught(new ClosedChannelException());
    }
    context.fireChannelInactive();
  }
}
