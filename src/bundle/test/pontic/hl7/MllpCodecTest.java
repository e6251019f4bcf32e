package pontic.hl7;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.ByteArrayOutputStream;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class MllpCodecTest {
  private final MllpDecoderFactory decoders = new MllpDecoderFactory(1000);
  private final LongAdder lacked = new LongAdder();
  private final AtomicLong now = new AtomicLong();
  private MllpRoom room = new MllpRoom(0, lacked::increment);
  private final EmbeddedChannel channel =
      new EmbeddedChannel(new MllpFrameEncoder(), decoders.newChannelHandler());

  @Test
  void fiveFramesInOneWriteAreFiveMessages() {
    receive(Mllp.frame(bytes("a"), bytes("b"), bytes("c"), bytes("d"), bytes("e")));
    assertEquals(List.of("a", "b", "c", "d", "e"), messages());
  }

  @Test
  void aFrameInSingleBytesIsOneMessage() {
    for (byte b : Mllp.frame(bytes("MSH|^~\\&|one"))) {
      receive(new byte[] {b});
    }
    assertEquals(List.of("MSH|^~\\&|one"), messages());
  }

  @Test
  void everyCutOfTwoFramesGivesTheSameTwoMessages() {
    byte[] two = Mllp.frame(bytes("first"), bytes("second"));
    for (int cut = 1; cut < two.length; cut++) {
      receive(Arrays.copyOf(two, cut));
      receive(Arrays.copyOfRange(two, cut, two.length));
      assertEquals(List.of("first", "second"), messages(), "cut at " + cut);
    }
    assertEquals(0, decoders.garbageBytes());
  }

  @Test
  void garbageBetweenFramesIsSkippedAndCounted() {
    receive(bytes("GET / HTTP/1.1\r\n\r\n"));
    receive(Mllp.frame(bytes("a")));
    receive(bytes("\r\n"));
    receive(Mllp.frame(bytes("b")));
    assertEquals(List.of("a", "b"), messages());
    assertEquals(20, decoders.garbageBytes());
  }

  @Test
  void framingBytesAloneInsideAFrameAreContent() {
    receive(Mllp.frame(bytes("line\u000bbreak\u001cx")));
    assertEquals(List.of("line\u000bbreak\u001cx"), messages());
  }

  @Test
  void aForgottenCarriageReturnDoesNotSwallowTheNextFrame() {
    receive(bytes("\u000ba\u001c\u000bb\u001c\r"));
    assertEquals(List.of("a", "b"), messages());
  }

  @Test
  void anOverlongFrameIsAnsweredWithARAndCostsTheConnection() {
    receive(bytes("\u000bMSH|^~\\&|A|B|C|D|20260301||ADT^A28|X1|P|2.5\rOBX|" + "x".repeat(1000)));
    assertNull(channel.readInbound());
    String answer = written();
    assertTrue(answer.contains("MSA|AR|X1|"), answer);
    assertFalse(channel.isOpen());
    assertEquals(1, decoders.overlongFrames());
  }

  @Test
  void anOverlongFrameWithoutHeaderCostsTheConnection() {
    receive(bytes("\u000b" + "x".repeat(1001)));
    assertFalse(channel.isOpen());
    assertNull(channel.readInbound());
    assertEquals(1, decoders.overlongFrames());
  }

  @Test
  void theLongestFrameIsStillTaken() {
    receive(Mllp.frame(bytes("y".repeat(1000))));
    assertEquals(List.of("y".repeat(1000)), messages());
  }

  @Test
  void aFaultAsAnswerWritesNothingAndCostsTheConnection() {
    channel.writeOneOutbound(new IllegalStateException("secret"));
    channel.flush();
    assertNull(channel.readOutbound());
    assertFalse(channel.isOpen());
  }

  @Test
  void anAnswerThatNobodyWantsWritesNothingKeepsTheConnectionAndIsNoLongerDue() {
    for (int i = 0; i < Unanswered.PAUSE_AT; i++) {
      receive(Mllp.frame(bytes("m")));
    }
    channel.writeOutbound((Object) new byte[0]);
    assertNull(channel.readOutbound());
    assertTrue(channel.isOpen());
    assertTrue(channel.config().isAutoRead());
  }

  @Test
  void aSenderThatNeverWaitsIsReadNoFurtherUntilAnswersGoOut() {
    for (int i = 0; i < Unanswered.PAUSE_AT; i++) {
      receive(Mllp.frame(bytes("m")));
    }
    assertFalse(channel.config().isAutoRead());
    channel.writeOutbound((Object) bytes("ok"));
    assertTrue(channel.config().isAutoRead());
  }

  @Test
  void aSenderWhoseLongFramesWaitForAnswersIsReadNoFurther() {
    EmbeddedChannel own = connected(1, roomOf(1 << 30));
    byte[] frame = Mllp.frame(new byte[Unanswered.PAUSE_BYTES / 2]);
    own.writeInbound(Unpooled.wrappedBuffer(frame));
    assertTrue(own.config().isAutoRead());
    own.writeInbound(Unpooled.wrappedBuffer(frame));
    assertFalse(own.config().isAutoRead());
    own.writeOutbound((Object) bytes("ok"));
    assertTrue(own.config().isAutoRead());
    own.finishAndReleaseAll();
  }

  @Test
  void aFrameForWhichAllConnectionsTogetherLeaveNoRoomCostsItsConnectionAndNoOther() {
    MllpDecoderFactory shared = roomOf(4 << 20);
    EmbeddedChannel first = connected(1, shared);
    EmbeddedChannel second = connected(2, shared);
    EmbeddedChannel third = connected(3, shared);
    begin(first, 3 << 19);
    begin(second, 3 << 19);
    begin(third, 3 << 19);
    assertTrue(first.isOpen());
    assertTrue(second.isOpen());
    assertFalse(third.isOpen());
    assertNull(third.readOutbound());
    assertEquals(1, lacked.sum());
    // Who sends what is usual needs none.
    EmbeddedChannel fourth = connected(4, shared);
    fourth.writeInbound(Unpooled.wrappedBuffer(Mllp.frame(new byte[MllpShare.OWN])));
    assertEquals(MllpShare.OWN, ((ByteBuf) fourth.readInbound()).readableBytes());
    for (EmbeddedChannel each : List.of(first, second, fourth)) {
      each.finishAndReleaseAll();
    }
    assertEquals(0, room.held());
  }

  @Test
  void oneSenderHasHalfOfTheRoomHoweverManyConnectionsItOpens() {
    MllpDecoderFactory shared = roomOf(4 << 20);
    List<EmbeddedChannel> greedy = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      EmbeddedChannel own = connected(1, shared);
      begin(own, 1 << 20);
      greedy.add(own);
    }
    assertEquals(2, greedy.stream().filter(EmbeddedChannel::isOpen).count());
    EmbeddedChannel other = connected(2, shared);
    begin(other, 3 << 19);
    assertTrue(other.isOpen());
    greedy.forEach(EmbeddedChannel::finishAndReleaseAll);
    other.finishAndReleaseAll();
    assertEquals(0, room.held());
  }

  @Test
  void roomIsTakenUntilTheFrameIsAnswered() {
    MllpDecoderFactory shared = roomOf(4 << 20);
    EmbeddedChannel own = connected(1, shared);
    begin(own, 1 << 20);
    own.writeInbound(Unpooled.wrappedBuffer(new byte[] {0x1C, 0x0D}));
    assertTrue(room.held() >= (1 << 20) - MllpShare.OWN, "" + room.held());
    own.writeOutbound((Object) bytes("ok"));
    assertEquals(0, room.held());
    own.finishAndReleaseAll();
  }

  /** Closed, the sender would lose an answer that is on its way. */
  @Test
  void whoWaitsForAnAnswerIsReadNoFurtherInsteadOfClosed() {
    MllpDecoderFactory shared = roomOf(4 << 20);
    EmbeddedChannel own = connected(1, shared);
    own.writeInbound(Unpooled.wrappedBuffer(Mllp.frame(new byte[3 << 19])));
    begin(own, 1 << 20);
    assertTrue(own.isOpen());
    assertFalse(own.config().isAutoRead());
    own.writeOutbound((Object) bytes("ok"));
    assertTrue(own.config().isAutoRead());
    own.writeInbound(Unpooled.wrappedBuffer(new byte[] {0x1C, 0x0D}));
    own.writeOutbound((Object) bytes("ok"));
    assertTrue(own.isOpen());
    assertEquals(0, room.held());
    own.finishAndReleaseAll();
  }

  @Test
  void aFrameThatIsCutOffGivesItsRoomBack() {
    MllpDecoderFactory shared = roomOf(4 << 20);
    EmbeddedChannel own = connected(1, shared);
    begin(own, 1 << 20);
    assertTrue(room.held() > 0);
    own.close();
    assertEquals(0, room.held());
  }

  private MllpDecoderFactory portOf(int connections) {
    return new MllpDecoderFactory(
        1000,
        new MllpBounds(
            connections,
            Duration.ofMinutes(3),
            new MllpRoom(1 << 20, lacked::increment),
            now::get));
  }

  private void pass(Duration time) {
    now.addAndGet(time.toNanos());
  }

  @Test
  void oneTooManyIsClosedWhileTheOthersWereHeardOfLately() {
    MllpDecoderFactory port = portOf(2);
    EmbeddedChannel first = connected(1, port);
    EmbeddedChannel second = connected(2, port);
    pass(Duration.ofMinutes(3));
    assertFalse(connected(3, port).isOpen());
    assertTrue(first.isOpen() && second.isOpen());
    first.close();
    assertTrue(connected(3, port).isOpen());
  }

  @Test
  void whoOpensManyConnectionsAndSendsNothingGivesWayAndAnEngineThatIsSilentTooDoesNot() {
    MllpDecoderFactory port = portOf(4);
    EmbeddedChannel engine = connected(1, port);
    List<EmbeddedChannel> many =
        List.of(connected(2, port), connected(2, port), connected(2, port));
    pass(Duration.ofMinutes(4));
    // Neither bytes between frames nor connections that are new are frames.
    many.get(0).writeInbound(Unpooled.wrappedBuffer(bytes("x")));
    many.get(1).writeInbound(Unpooled.wrappedBuffer(Mllp.frame(bytes("m"))));
    EmbeddedChannel registry = connected(3, port);
    assertTrue(registry.isOpen());
    assertTrue(engine.isOpen());
    assertEquals(List.of(false, true, true), many.stream().map(EmbeddedChannel::isOpen).toList());
    EmbeddedChannel more = connected(2, port);
    assertFalse(many.get(2).isOpen());
    assertTrue(more.isOpen() && engine.isOpen());
    assertEquals(0, port.turnedAway());
  }

  private MllpDecoderFactory roomOf(long bytes) {
    room = new MllpRoom(bytes, lacked::increment);
    return new MllpDecoderFactory(
        16 << 20, new MllpBounds(100, Duration.ofMinutes(3), room, now::get));
  }

  /** From this machine. */
  private static EmbeddedChannel connected(int machine, MllpDecoderFactory decoders) {
    return new EmbeddedChannel(new MllpFrameEncoder(), decoders.newChannelHandler()) {
      @Override
      protected SocketAddress remoteAddress0() {
        return new InetSocketAddress("10.0.0." + machine, 40_000);
      }
    };
  }

  /** In packets, until it is closed. */
  private static void begin(EmbeddedChannel channel, int length) {
    channel.writeInbound(Unpooled.wrappedBuffer(new byte[] {0x0B}));
    for (int sent = 0; sent < length && channel.isOpen(); sent += 4096) {
      channel.writeInbound(Unpooled.wrappedBuffer(new byte[4096]));
    }
  }

  @Test
  void theMessageIsHandedOverInABufferThatShowsNoContent() {
    receive(Mllp.frame(bytes("Quigley")));
    Object message = channel.readInbound();
    assertTrue(message instanceof ByteBuf);
    assertFalse(message.toString().contains("Quigley"));
  }

  /**
   * Ten times the length takes about ten times as long; a decoder that looks twice would take a
   * hundred times.
   */
  @Test
  void theWorkGrowsWithTheLengthAndNotWithItsSquare() {
    long small = fastest(1 << 18);
    long large = fastest(10 << 18);
    assertTrue(large < 40 * Math.max(small, 1_000_000), small + " ns, then " + large + " ns");
  }

  private static long fastest(int length) {
    return LongStream.generate(() -> time(length)).limit(5).min().orElseThrow();
  }

  private static long time(int length) {
    EmbeddedChannel fresh = new EmbeddedChannel(new MllpDecoderFactory(length).newChannelHandler());
    byte[] frame = Mllp.frame(new byte[length]);
    long start = System.nanoTime();
    for (int i = 0; i < frame.length; i += 256) {
      fresh.writeInbound(Unpooled.wrappedBuffer(frame, i, Math.min(256, frame.length - i)));
    }
    long took = System.nanoTime() - start;
    ByteBuf message = fresh.readInbound();
    assertEquals(length, message.readableBytes());
    fresh.finishAndReleaseAll();
    return took;
  }

  private void receive(byte[] packet) {
    channel.writeInbound(Unpooled.copiedBuffer(packet));
  }

  private List<String> messages() {
    List<String> messages = new ArrayList<>();
    for (ByteBuf next = channel.readInbound(); next != null; next = channel.readInbound()) {
      messages.add(next.toString(StandardCharsets.ISO_8859_1));
      next.release();
    }
    return messages;
  }

  private String written() {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (ByteBuf next = channel.readOutbound(); next != null; next = channel.readOutbound()) {
      byte[] part = new byte[next.readableBytes()];
      next.readBytes(part);
      all.writeBytes(part);
      next.release();
    }
    return all.toString(StandardCharsets.ISO_8859_1);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }
}
