package pontic.hl7;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.camel.CamelContext;
import org.apache.camel.CamelExecutionException;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Sending over a kept connection, with the endpoint options of the route send-hl7. */
class MllpSendTest {
  private static final long LIMIT = 2_000;

  private final CamelContext camel = new DefaultCamelContext();
  private final MllpAnswerFilterFactory filter = new MllpAnswerFilterFactory();
  private final ProducerTemplate template = camel.createProducerTemplate();
  private ServerSocket hospital;

  @BeforeEach
  void listen() throws IOException {
    hospital = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
    camel.getRegistry().bind("mllpDecoder", new MllpDecoderFactory(100_000));
    camel.getRegistry().bind("mllpEncoder", new MllpEncoderFactory());
    camel.getRegistry().bind("handshakeFirst", new HandshakeFirstFactory());
    camel.getRegistry().bind("mllpAnswerFilter", filter);
    camel.start();
  }

  @AfterEach
  void stop() throws IOException {
    template.close();
    camel.stop();
    hospital.close();
  }

  @Test
  void oneConnectionIsKeptForManyMessages() throws Exception {
    CompletableFuture<List<String>> served =
        hospital(
            (in, out) -> {
              for (int i = 1; i <= 3; i++) {
                in.next();
                out.send(ack("" + i));
              }
            });
    for (int i = 1; i <= 3; i++) {
      assertEquals("" + i, acknowledged(ask("" + i)));
    }
    assertEquals(List.of("1", "2", "3"), served.get());
  }

  @Test
  void theLateAnswerToAnEarlierMessageIsNotTakenForThisOne() throws Exception {
    hospital(
        (in, out) -> {
          in.next();
          out.send(ack("1"));
          out.send(ack("1"));
          in.next();
          out.send(ack("1"));
          out.send(ack("0"));
          out.send(ack("2"));
        });
    assertEquals("1", acknowledged(ask("1")));
    assertEquals("2", acknowledged(ask("2")));
    assertTrue(filter.dropped() >= 2);
  }

  @Test
  void onlyAnswersToOthersAreNoAnswer() throws Exception {
    hospital(
        (in, out) -> {
          in.next();
          out.send(ack("1"));
          in.next();
          for (int i = 0; i < 60; i++) {
            out.send(ack("1"));
            java.util.concurrent.locks.LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
          }
        });
    assertEquals("1", acknowledged(ask("1")));
    Instant begin = Instant.now();
    assertThrows(CamelExecutionException.class, () -> ask("2"));
    assertTrue(
        Duration.between(begin, Instant.now()).toMillis() < 2 * LIMIT,
        "waiting ends by the limit, whatever comes meanwhile");
  }

  @Test
  void afterATimeoutTheNextMessageHasAConnectionOfItsOwn() throws Exception {
    CompletableFuture<List<String>> first =
        hospital(
            (in, out) -> {
              in.next();
              out.send(ack("1"));
              in.next();
            });
    assertEquals("1", acknowledged(ask("1")));
    assertThrows(CamelExecutionException.class, () -> ask("2"));
    assertEquals(List.of("1", "2", "closed"), first.get());
    CompletableFuture<List<String>> second =
        hospital(
            (in, out) -> {
              in.next();
              out.send(ack("2"));
            });
    assertEquals("2", acknowledged(ask("2")));
    assertEquals(List.of("2"), second.get());
  }

  @Test
  void aConnectionThatClosesUnderAMessageIsSaidAtOnce() throws Exception {
    hospital(
        (in, out) -> {
          in.next();
          out.send(ack("1"));
          in.next();
          out.close();
        });
    assertEquals("1", acknowledged(ask("1")));
    Instant begin = Instant.now();
    assertThrows(CamelExecutionException.class, () -> ask("2"));
    assertTrue(Duration.between(begin, Instant.now()).toMillis() < LIMIT);
  }

  @Test
  void whatIsNoAcknowledgementReachesTheCaller() throws Exception {
    hospital(
        (in, out) -> {
          in.next();
          out.send("hello".getBytes(StandardCharsets.US_ASCII));
        });
    assertEquals("hello", new String(ask("1"), StandardCharsets.US_ASCII));
  }

  @Test
  void anAnswerIsReadWithoutItsTexts() {
    byte[] refusal =
        "MSH|^~\\&|L|L|PONTIC|elm|20260301||ACK|9|P|2.5.1\rMSA|ae|X1|Ada Frost is unknown\rERR|||204^Unknown key^HL70357|E||||Frost\r"
            .getBytes(StandardCharsets.US_ASCII);
    assertEquals(new Answer("AE", "X1", "204"), Answer.read(refusal).orElseThrow());
    byte[] old =
        "MSH|^~\\&|L|L|PONTIC|elm|20260301||ACK|9|P|2.3\rMSA|AR|X1\rERR|PID^1^3^Frost&x\r"
            .getBytes(StandardCharsets.US_ASCII);
    assertEquals(new Answer("AR", "X1", ""), Answer.read(old).orElseThrow());
    assertTrue(
        Answer.read("MSH|^~\\&|L\rMSA|OK|X1\r".getBytes(StandardCharsets.US_ASCII)).isEmpty());
    assertTrue(Answer.read(new byte[0]).isEmpty());
  }

  private byte[] ask(String controlId) {
    return template.requestBodyAndHeader(
        "netty:tcp://127.0.0.1:"
            + hospital.getLocalPort()
            + "?sync=true&synchronous=true&allowDefaultCodec=false&decoders=#mllpDecoder"
            + "&encoders=#handshakeFirst,#mllpEncoder,#mllpAnswerFilter&useByteBuf=true&keepAlive=true&tcpNoDelay=true"
            + "&connectTimeout=5000&requestTimeout="
            + LIMIT,
        message(controlId),
        "CamelNettyRequestTimeout",
        LIMIT,
        byte[].class);
  }

  private interface Service {
    void serve(Incoming in, Outgoing out) throws Exception;
  }

  private record Incoming(InputStream in, List<String> came) {
    void next() throws IOException {
      int b;
      StringBuilder text = new StringBuilder();
      while ((b = in.read()) >= 0) {
        if (b == 0x0D && !text.isEmpty() && text.charAt(text.length() - 1) == 0x1C) {
          byte[] message = text.substring(1).getBytes(StandardCharsets.ISO_8859_1);
          came.add(MessageHeader.read(message).controlId());
          return;
        }
        text.append((char) b);
      }
      throw new IOException("closed");
    }
  }

  private record Outgoing(Socket socket) {
    void send(byte[] message) throws IOException {
      socket.getOutputStream().write(Mllp.frame(message));
    }

    void close() throws IOException {
      socket.close();
    }
  }

  /** Serves one connection; the control ids that came, and closed if the other side closed it. */
  private CompletableFuture<List<String>> hospital(Service service) {
    return CompletableFuture.supplyAsync(
        () -> {
          List<String> came = new ArrayList<>();
          try (Socket socket = hospital.accept()) {
            Incoming in = new Incoming(socket.getInputStream(), came);
            service.serve(in, new Outgoing(socket));
            if (came.size() == 2 && in.in().read() < 0) {
              came.add("closed");
            }
          } catch (Exception e) {
            came.add("failed");
          }
          return came;
        });
  }

  private static byte[] message(String controlId) {
    return ("MSH|^~\\&|PONTIC|elm|ADT|LAKE|20260301||ADT^A28^ADT_A05|"
            + controlId
            + "|P|2.5.1\rPID|1\r")
        .getBytes(StandardCharsets.US_ASCII);
  }

  private static byte[] ack(String controlId) {
    return ("MSH|^~\\&|ADT|LAKE|PONTIC|elm|20260301||ACK|A|P|2.5.1\rMSA|AA|" + controlId + "\r")
        .getBytes(StandardCharsets.US_ASCII);
  }

  private static String acknowledged(byte[] answer) {
    return Answer.read(answer).orElseThrow().controlId();
  }
}
