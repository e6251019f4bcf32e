package pontic.fuzz;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import pontic.hl7.MllpDecoderFactory;
import pontic.hl7.MllpEncoderFactory;

/** Frames out of any bytes in any packets. */
final class FramesFuzzTest {
  private static final int MOST = 2_000;
  private static final byte START = 0x0B;
  private static final byte END = 0x1C;
  private static final byte CR = 0x0D;

  /** A frame, or what stands between frames. */
  private record Part(boolean frame, byte[] bytes) {}

  @Provide
  Arbitrary<List<Part>> parts() {
    // Of the framing bytes a frame may hold all but FS before CR or VT; what stands between holds
    // no VT.
    Arbitrary<byte[]> content =
        Arbitraries.of((byte) 0, START, CR, (byte) 'M', (byte) '|', (byte) 0x80, (byte) 0xFF)
            .array(byte[].class)
            .ofMaxSize(200);
    Arbitrary<byte[]> between =
        Arbitraries.of((byte) 0, END, CR, (byte) '\n', (byte) 'x', (byte) 0xFF)
            .array(byte[].class)
            .ofMaxSize(20);
    return Arbitraries.oneOf(
            content.map(bytes -> new Part(true, bytes)),
            between.map(bytes -> new Part(false, bytes)))
        .list()
        .ofMaxSize(12);
  }

  @Provide
  Arbitrary<List<Integer>> packets() {
    return Arbitraries.integers().between(1, 90).list().ofMinSize(1).ofMaxSize(40);
  }

  @Property
  void framesAreTheSameHoweverTheyArriveAndWhateverStandsBetween(
      @ForAll("parts") List<Part> parts, @ForAll("packets") List<Integer> packets) {
    ByteArrayOutputStream stream = new ByteArrayOutputStream();
    List<byte[]> expected = new ArrayList<>();
    long garbage = 0;
    for (Part part : parts) {
      if (part.frame()) {
        stream.write(START);
        stream.writeBytes(part.bytes());
        stream.write(END);
        stream.write(CR);
        expected.add(part.bytes());
      } else {
        stream.writeBytes(part.bytes());
        garbage += part.bytes().length;
      }
    }
    MllpDecoderFactory decoders = new MllpDecoderFactory(MOST);
    EmbeddedChannel channel = channel(decoders);
    try {
      send(channel, stream.toByteArray(), packets);
      List<byte[]> found = messages(channel);
      assertEquals(expected.size(), found.size());
      for (int i = 0; i < expected.size(); i++) {
        assertArrayEquals(expected.get(i), found.get(i));
      }
      assertEquals(garbage, decoders.garbageBytes());
    } finally {
      channel.finishAndReleaseAll();
    }
  }

  /** A frame that is closed after it opens another, whatever came before. */
  @Property
  void afterAnyBytesAGoodFrameIsHeardOrTheConnectionIsClosed(
      @ForAll("any") byte[] bytes, @ForAll("packets") List<Integer> packets) {
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

  @Provide
  Arbitrary<byte[]> any() {
    return Combinators.combine(
            Arbitraries.of(START, END, CR, (byte) 0, (byte) 'M', (byte) 0xFF)
                .array(byte[].class)
                .ofMaxSize(400),
            Arbitraries.integers().between(0, 3 * MOST))
        .as(
            (head, length) -> {
              byte[] all = Arrays.copyOf(head, head.length + length);
              Arrays.fill(all, head.length, all.length, (byte) 'x');
              return all;
            });
  }

  private static EmbeddedChannel channel(MllpDecoderFactory decoders) {
    return new EmbeddedChannel(
        new MllpEncoderFactory().newChannelHandler(), decoders.newChannelHandler());
  }

  private static void send(EmbeddedChannel channel, byte[] bytes, List<Integer> packets) {
    int from = 0;
    for (int i = 0; from < bytes.length && channel.isOpen(); i++) {
      int to = Math.min(bytes.length, from + packets.get(i % packets.size()));
      channel.writeInbound(Unpooled.copiedBuffer(bytes, from, to - from));
      from = to;
    }
  }

  private static List<byte[]> messages(EmbeddedChannel channel) {
    List<byte[]> messages = new ArrayList<>();
    for (ByteBuf each = channel.readInbound(); each != null; each = channel.readInbound()) {
      messages.add(io.netty.buffer.ByteBufUtil.getBytes(each));
      each.release();
    }
    return messages;
  }
}
