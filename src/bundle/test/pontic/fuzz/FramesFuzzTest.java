package pontic.fuzz;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

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

/** Frames out of any bytes in any packets. */
final class FramesFuzzTest {
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
    MllpDecoderFactory decoders = new MllpDecoderFactory(Frames.MOST);
    EmbeddedChannel channel = Frames.channel(decoders);
    try {
      Frames.send(channel, stream.toByteArray(), packets);
      List<byte[]> found = Frames.messages(channel);
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
    Frames.heardOrClosed(bytes, packets);
  }

  @Provide
  Arbitrary<byte[]> any() {
    return Combinators.combine(
            Arbitraries.of(START, END, CR, (byte) 0, (byte) 'M', (byte) 0xFF)
                .array(byte[].class)
                .ofMaxSize(400),
            Arbitraries.integers().between(0, 3 * Frames.MOST))
        .as(
            (head, length) -> {
              byte[] all = Arrays.copyOf(head, head.length + length);
              Arrays.fill(all, head.length, all.length, (byte) 'x');
              return all;
            });
  }
}
