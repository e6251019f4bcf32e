package pontic.fuzz;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.List;
import pontic.hl7.MllpDecoderFactory;
import pontic.hl7.MllpEncoderFactory;

/** What holds for any bytes on a connection, whoever drew them. */
final class Frames {
  /** Of a frame. */
  static final int MOST = 2_000;

  private static final byte START = 0x0B;
  private static final byte END = 0x1C;
  private static final byte CR = 0x0D;

  private Frames() {}

  /**
   * A good frame after any bytes is heard, or the connection is closed, since one was too long.
   *
   * @param packets lengths, in turn
   */
  static void heardOrClosed(byte[] bytes, List<Integer> packets) {
    MllpDecoderFactory decoders = new MllpDecoderFactory(MOST);
    EmbeddedChannel channel = channel(decoders);
    try {
      send(channel, bytes, packets);
      for (byte[] message : messages(channel)) {
        assertTrue(message.length <= MOST, () -> "a frame of " + message.length + " bytes");
      }
      if (!channel.isOpen()) {
        assertEquals(1, decoders.overlongFrames());
        return;
      }
      byte[] good = {'M', 'S', 'H'};
      channel.writeInbound(
          Unpooled.wrappedBuffer(new byte[] {END, CR, START, 'M', 'S', 'H', END, CR}));
      if (!channel.isOpen()) {
        assertEquals(1, decoders.overlongFrames());
        return;
      }
      List<byte[]> after = messages(channel);
      assertFalse(after.isEmpty());
      assertArrayEquals(good, after.get(after.size() - 1));
    } finally {
      channel.finishAndReleaseAll();
    }
  }

  static EmbeddedChannel channel(MllpDecoderFactory decoders) {
    return new EmbeddedChannel(
        new MllpEncoderFactory().newChannelHandler(), decoders.newChannelHandler());
  }

  static void send(EmbeddedChannel channel, byte[] bytes, List<Integer> packets) {
    int from = 0;
    for (int i = 0; from < bytes.length && channel.isOpen(); i++) {
      int to = Math.min(bytes.length, from + packets.get(i % packets.size()));
      channel.writeInbound(Unpooled.copiedBuffer(bytes, from, to - from));
      from = to;
    }
  }

  static List<byte[]> messages(EmbeddedChannel channel) {
    List<byte[]> messages = new ArrayList<>();
    for (ByteBuf each = channel.readInbound(); each != null; each = channel.readInbound()) {
      messages.add(io.netty.buffer.ByteBufUtil.getBytes(each));
      each.release();
    }
    return messages;
  }
}
