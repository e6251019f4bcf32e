package pontic.hl7;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.NotSslRecordException;
import java.net.SocketAddress;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import javax.net.ssl.SSLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Cuts MLLP frames ({@code VT content FS CR}) out of a byte stream; one buffer without framing
 * bytes per frame.
 *
 * <p>A byte is looked at once, however the stream is cut into packets. A frame ends at FS followed
 * by CR, or by VT (a sender that forgot the CR). VT alone inside a frame is content: word
 * processors write it as a line break. Bytes between frames are skipped and counted. A frame longer
 * than the maximum is answered with AR if its header can be read and no earlier answer is still
 * due; then the connection is closed. So is one whose frame does not end in time, one for whose
 * frame there is no room ({@link MllpRoom}), and one too many at its port, all without an answer:
 * nothing of a frame that has no end was heard.
 *
 * <p>The buffers are heap buffers whose {@code toString} shows no content, because Camel's debug
 * log writes the body that a codec hands over, and would spell a byte array out.
 */
public final class MllpFrameDecoder extends ByteToMessageDecoder {
  static final byte START = 0x0B;
  static final byte END = 0x1C;
  static final byte CARRIAGE_RETURN = 0x0D;

  private static final Logger LOG = LoggerFactory.getLogger(MllpFrameDecoder.class);

  private final int maxFrameBytes;
  private final MllpBounds bounds;
  private final LongAdder garbageBytes;
  private final LongAdder overlongFrames;
  private boolean inFrame;
  private boolean closing;
  private int scanned;
  private Optional<Future<?>> due = Optional.empty();
  private Optional<Place> place = Optional.empty();

  /** The connection at the port. */
  private record Place(SocketAddress port, MllpConnection connection) {}

  MllpFrameDecoder(
      int maxFrameBytes, MllpBounds bounds, LongAdder garbageBytes, LongAdder overlongFrames) {
    this.maxFrameBytes = maxFrameBytes;
    this.bounds = bounds;
    this.garbageBytes = garbageBytes;
    this.overlongFrames = overlongFrames;
  }

  /** Camel adds it when the connection is open already, other users before. */
  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    if (context.channel().isActive()) {
      begin(context);
    }
  }

  @Override
  public void channelActive(ChannelHandlerContext context) throws Exception {
    begin(context);
    super.channelActive(context);
  }

  private void begin(ChannelHandlerContext context) {
    if (place.isPresent() || context.channel().localAddress() == null) {
      return;
    }
    SocketAddress port = context.channel().localAddress();
    MllpConnection connection =
        new MllpConnection(context.channel().remoteAddress(), () -> giveWay(context), bounds.now());
    place = Optional.of(new Place(port, connection));
    Unanswered.of(context.channel()).within(bounds.room(), context.channel().remoteAddress());
    if (!bounds.begun(port, connection)) {
      LOG.warn(
          "A connection from {} was closed: {} are open at this port, and no more are allowed."
              + " Let the sender keep one connection, or raise pontic.hl7.connections.",
          context.channel().remoteAddress(),
          bounds.connections());
      closing = true;
      context.close();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) throws Exception {
    inTime();
    place.ifPresent(ours -> bounds.ended(ours.port(), ours.connection()));
    place = Optional.empty();
    try {
      super.channelInactive(context);
    } finally {
      Unanswered.of(context.channel()).ended();
    }
  }

  private void giveWay(ChannelHandlerContext context) {
    LOG.warn(
        "A connection from {} was closed: nothing came over it for more than {} s, {} are open at"
            + " this port, and one more came. If those are all wanted, raise"
            + " pontic.hl7.connections.",
        context.channel().remoteAddress(),
        bounds.longestFrame().toSeconds(),
        bounds.connections());
    context.close();
  }

  private void heard() {
    place.ifPresent(ours -> ours.connection().heard(bounds.now()));
  }

  private void begunFrame(ChannelHandlerContext context) {
    due =
        Optional.of(
            context
                .executor()
                .schedule(
                    () -> late(context), bounds.longestFrame().toMillis(), TimeUnit.MILLISECONDS));
  }

  private void inTime() {
    due.ifPresent(timer -> timer.cancel(false));
    due = Optional.empty();
  }

  private void late(ChannelHandlerContext context) {
    bounds.slow();
    LOG.warn(
        "A frame from {} did not end within {} s; the connection was closed, and nothing of the"
            + " frame was taken",
        context.channel().remoteAddress(),
        bounds.longestFrame().toSeconds());
    closing = true;
    context.close();
  }

  @Override
  protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
    if (closing) {
      in.skipBytes(in.readableBytes());
      return;
    }
    if (!inFrame && !findStart(in)) {
      return;
    }
    int end = findEnd(in);
    int length = end < 0 ? scanned : end;
    if (length > maxFrameBytes) {
      refuse(context, in);
      return;
    }
    if (end < 0) {
      if (!Unanswered.of(context.channel()).hasRoomFor(in.readableBytes())) {
        withoutRoom(context, in);
      } else if (due.isEmpty() && context.channel().isActive()) {
        begunFrame(context);
      }
      return;
    }
    inTime();
    heard();
    byte[] content = new byte[end];
    in.readBytes(content);
    in.skipBytes(1);
    if (in.getByte(in.readerIndex()) == CARRIAGE_RETURN) {
      in.skipBytes(1);
    }
    inFrame = false;
    out.add(Unpooled.wrappedBuffer(content));
    Unanswered.of(context.channel()).taken(end);
  }

  private void withoutRoom(ChannelHandlerContext context, ByteBuf in) {
    if (context.channel().isActive()) {
      bounds.room().lacked();
      LOG.warn(
          "A frame from {} was not taken and the connection closed: what comes at the same time has"
              + " no more room, of this sender or of all. The sender will send it again; if that"
              + " happens often, raise pontic.hl7.room.",
          context.channel().remoteAddress());
    }
    closing = true;
    inTime();
    in.skipBytes(in.readableBytes());
    Unanswered.of(context.channel()).ended();
    context.close();
  }

  private boolean findStart(ByteBuf in) {
    int before = in.bytesBefore(START);
    int garbage = before < 0 ? in.readableBytes() : before;
    garbageBytes.add(garbage);
    in.skipBytes(garbage);
    if (before < 0) {
      return false;
    }
    in.skipBytes(1);
    inFrame = true;
    heard();
    scanned = 0;
    return true;
  }

  /** Offset of the FS that ends the frame, or -1; what was looked at is not looked at again. */
  private int findEnd(ByteBuf in) {
    int start = in.readerIndex();
    int stop = in.writerIndex();
    while (start + scanned < stop) {
      int found = in.indexOf(start + scanned, stop, END);
      if (found < 0) {
        scanned = stop - start;
        return -1;
      }
      scanned = found - start;
      if (found + 1 == stop) {
        return -1;
      }
      byte next = in.getByte(found + 1);
      if (next == CARRIAGE_RETURN || next == START) {
        return scanned;
      }
      scanned++;
    }
    return -1;
  }

  /** TLS stands before this; what Netty says of plain text there quotes its bytes. */
  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) throws Exception {
    Throwable root =
        cause instanceof DecoderException && cause.getCause() != null ? cause.getCause() : cause;
    if (root instanceof SSLException) {
      LOG.warn(
          "A connection from {} was closed: {}",
          context.channel().remoteAddress(),
          root instanceof NotSslRecordException
              ? "it does not speak TLS, and this port takes nothing else"
              : "TLS failed; it showed no certificate or one that is not trusted, does not trust"
                  + " ours, or has no version of TLS in common");
      closing = true;
      context.close();
    } else {
      super.exceptionCaught(context, cause);
    }
  }

  private void refuse(ChannelHandlerContext context, ByteBuf in) {
    closing = true;
    inTime();
    overlongFrames.increment();
    byte[] head = new byte[Math.min(in.readableBytes(), MessageHeader.MAX_BYTES)];
    in.getBytes(in.readerIndex(), head);
    in.skipBytes(in.readableBytes());
    LOG.warn(
        "A frame from {} is longer than {} bytes; it was refused and the connection closed. Raise"
            + " the limit or let the sender split the message.",
        context.channel().remoteAddress(),
        maxFrameBytes);
    try {
      MessageHeader header = MessageHeader.read(head);
      Unanswered unanswered = Unanswered.of(context.channel());
      if (unanswered.none()) {
        // Nothing of it is kept, however long the peer takes to read this.
        unanswered.ended();
        byte[] answer =
            Acknowledgement.reject(
                header,
                Instant.now(),
                "overlong" + overlongFrames.sum(),
                Acknowledgement.Condition.APPLICATION_INTERNAL_ERROR,
                "The message is longer than " + maxFrameBytes + " bytes");
        context
            .writeAndFlush(MllpFrameEncoder.frame(Unpooled.wrappedBuffer(answer)))
            .addListener(ChannelFutureListener.CLOSE);
        return;
      }
    } catch (HeaderProblem unreadable) {
      LOG.debug("The refused frame has no readable header: {}", unreadable.getMessage());
    }
    context.close();
  }
}
