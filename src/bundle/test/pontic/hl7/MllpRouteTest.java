package pontic.hl7;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.camel.CamelContext;
import org.apache.camel.CamelExecutionException;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import pontic.sandbox.FreePorts;

/** The codec behind camel-netty, with the endpoint options that the routes use. */
class MllpRouteTest {
  static final String LISTEN =
      "?sync=true&synchronous=true&decoders=#mllpDecoder&encoders=#mllpEncoder&allowDefaultCodec=false"
          + "&keepAlive=true&tcpNoDelay=true&serverExceptionCaughtLogLevel=WARN";
  static final String SEND =
      "?sync=true&decoders=#mllpDecoder&encoders=#mllpEncoder&allowDefaultCodec=false&useByteBuf=true"
          + "&requestTimeout=2000&connectTimeout=2000";

  private final CamelContext camel = new DefaultCamelContext();
  private final ListAppender<ILoggingEvent> logged = new ListAppender<>();
  private int port;
  private Level nettyLevel;

  @BeforeEach
  void listen() throws Exception {
    Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    logged.start();
    root.addAppender(logged);
    Logger talkative = (Logger) LoggerFactory.getLogger("org.apache.camel");
    talkative.setLevel(Level.TRACE);
    talkative.setAdditive(false);
    talkative.addAppender(logged);
    // The product's logging holds camel-netty at ERROR; this test must hear it.
    Logger netty = (Logger) LoggerFactory.getLogger("org.apache.camel.component.netty");
    nettyLevel = netty.getLevel();
    netty.setLevel(Level.TRACE);
    // At TRACE camel-bean writes out the arguments of every bean; the product's logging pins it to
    // INFO.
    ((Logger) LoggerFactory.getLogger("org.apache.camel.component.bean")).setLevel(Level.INFO);
    port = new FreePorts().next();
    camel.getRegistry().bind("mllpDecoder", new MllpDecoderFactory(100_000));
    camel.getRegistry().bind("mllpEncoder", new MllpEncoderFactory());
    camel.getRegistry().bind("answering", new Answering());
    camel.addRoutes(
        new RouteBuilder() {
          @Override
          public void configure() {
            from("netty:tcp://127.0.0.1:" + port + LISTEN).bean("answering");
          }
        });
    camel.start();
  }

  @AfterEach
  void stop() {
    camel.stop();
    Logger talkative = (Logger) LoggerFactory.getLogger("org.apache.camel");
    talkative.setLevel(null);
    talkative.setAdditive(true);
    talkative.detachAppender(logged);
    ((Logger) LoggerFactory.getLogger("org.apache.camel.component.netty")).setLevel(nettyLevel);
    ((Logger) LoggerFactory.getLogger("org.apache.camel.component.bean")).setLevel(null);
    ((Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME)).detachAppender(logged);
  }

  /** Takes bytes, gives bytes; knows nothing of Camel. */
  public static final class Answering {
    public byte[] answer(byte[] message) {
      MessageHeader header = MessageHeader.read(message);
      if (header.controlId().startsWith("FAIL")) {
        throw new IllegalStateException("the store is closed");
      }
      return Acknowledgement.accept(header, Instant.EPOCH, "A" + header.controlId());
    }
  }

  @Test
  void fiveFramesInOneWriteGetFiveAnswersInOrder() throws IOException {
    try (Mllp sender = new Mllp(port)) {
      for (int round = 0; round < 20; round++) {
        sender.write(
            Mllp.frame(message("1"), message("2"), message("3"), message("4"), message("5")));
        List<String> answered = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
          answered.add(controlId(sender.read()));
        }
        assertEquals(List.of("1", "2", "3", "4", "5"), answered);
      }
    }
  }

  @Test
  void moreFramesThanMayWaitAreAllAnsweredInOrder() throws IOException {
    try (Mllp sender = new Mllp(port)) {
      byte[][] many = new byte[500][];
      for (int i = 0; i < many.length; i++) {
        many[i] = message("" + i);
      }
      sender.write(Mllp.frame(many));
      for (int i = 0; i < many.length; i++) {
        assertEquals("" + i, controlId(sender.read()));
      }
    }
  }

  @Test
  void aFrameInFiftyWritesIsAnswered() throws IOException {
    byte[] frame = Mllp.frame(message("slow"));
    try (Mllp sender = new Mllp(port)) {
      for (int i = 0; i < 50; i++) {
        int from = frame.length * i / 50;
        sender.write(Arrays.copyOfRange(frame, from, frame.length * (i + 1) / 50));
      }
      assertEquals("slow", controlId(sender.read()));
    }
  }

  @Test
  void idleConnectionsHoldNoThread() throws IOException {
    List<Mllp> idle = new ArrayList<>();
    try (Mllp sender = new Mllp(port)) {
      for (int i = 0; i < 100; i++) {
        idle.add(new Mllp(port));
      }
      sender.ask(message("warm"));
      int before = Thread.activeCount();
      for (int i = 0; i < 100; i++) {
        idle.add(new Mllp(port));
      }
      assertEquals("1", controlId(sender.ask(message("1"))));
      assertTrue(
          Thread.activeCount() - before < 40, "threads: " + before + " -> " + Thread.activeCount());
      for (Mllp connection : idle) {
        assertEquals("2", controlId(connection.ask(message("2"))));
      }
    } finally {
      for (Mllp connection : idle) {
        connection.close();
      }
    }
  }

  @Test
  void aFailedRouteClosesTheConnectionAndTheNextOneWorks() throws IOException {
    try (Mllp sender = new Mllp(port)) {
      sender.write(Mllp.frame(message("FAIL")));
      assertThrows(IOException.class, sender::read);
    }
    try (Mllp sender = new Mllp(port)) {
      assertEquals("next", controlId(sender.ask(message("next"))));
    }
  }

  @Test
  void aMessageIsSentAndItsAnswerComesBack() {
    try (ProducerTemplate template = camel.createProducerTemplate()) {
      byte[] answer =
          template.requestBody(
              "netty:tcp://127.0.0.1:" + port + SEND, message("out"), byte[].class);
      assertEquals("out", controlId(answer));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aReceiverThatNeverAnswersTimesOut() throws IOException {
    try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        ProducerTemplate template = camel.createProducerTemplate()) {
      String uri = "netty:tcp://127.0.0.1:" + silent.getLocalPort() + SEND;
      byte[] message = message("out");
      assertThrows(
          CamelExecutionException.class, () -> template.requestBody(uri, message, byte[].class));
    }
  }

  /**
   * Everything that Camel logs at its most talkative level, with stack traces, after good, failing
   * and odd input.
   */
  @Test
  void noBodyIsLoggedAtAnyLevel() throws IOException {
    fiveFramesInOneWriteGetFiveAnswersInOrder();
    aFailedRouteClosesTheConnectionAndTheNextOneWorks();
    aMessageIsSentAndItsAnswerComesBack();
    try (Mllp sender = new Mllp(port)) {
      sender.write(Mllp.frame("Quigley no message".getBytes(StandardCharsets.US_ASCII)));
      assertThrows(IOException.class, sender::read);
    }
    try (Mllp sender = new Mllp(port)) {
      sender.write(Mllp.frame(message("long" + "Quigley".repeat(20_000))));
      assertThrows(
          IOException.class,
          () -> {
            sender.read();
            sender.read();
          });
    }
    String asNumbers =
        Arrays.toString("Quigley".getBytes(StandardCharsets.US_ASCII)).replaceAll("[\\[\\]]", "");
    for (ILoggingEvent event : List.copyOf(logged.list)) {
      String line = event.getFormattedMessage();
      if (event.getThrowableProxy() != null) {
        line += ThrowableProxyUtil.asString(event.getThrowableProxy());
      }
      assertFalse(line.contains("Quigley") || line.contains(asNumbers), line);
    }
    assertTrue(
        logged.list.stream().anyMatch(e -> e.getFormattedMessage().contains("received body")));
  }

  private static byte[] message(String controlId) {
    return ("MSH|^~\\&|ADT|LAKE|PONTIC|ELM|20260301||ADT^A28^ADT_A05|"
            + controlId
            + "|P|2.5.1\rPID|1||7^^^L^MR||Quigley^Ann\r")
        .getBytes(StandardCharsets.US_ASCII);
  }

  private static String controlId(byte[] answer) {
    return new Hl7Json().parse(answer).at("/MSA/0/2/0/1").asText();
  }
}
