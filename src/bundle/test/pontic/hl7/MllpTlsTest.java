package pontic.hl7;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import javax.net.ServerSocketFactory;
import org.apache.camel.CamelContext;
import org.apache.camel.CamelExecutionException;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import pontic.house.Certificates;
import pontic.practice.Practice;
import pontic.practice.Secret;
import pontic.sandbox.hospital.HospitalMllp;
import pontic.send.Unsent;

/** Sending through TLS, with the endpoint options of the route send-hl7; looks at the engine. */
class MllpTlsTest {
  /** Types of TLS's records (RFC 8446 5.1). */
  private static final byte HANDSHAKE = 0x16;

  private static final byte ALERT = 0x15;

  private static final long LIMIT = 60_000;
  private static final byte[] MESSAGE =
      "MSH|^~\\&|PONTIC|elm|ADT|LAKE|20260301||ADT^A28^ADT_A05|tls-1|P|2.5.1\rPID|1||7^\u00c4\r"
          .getBytes(StandardCharsets.UTF_8);

  @TempDir static Path folder;
  private static Certificates certificates;

  private int asked;

  private final CamelContext camel = new DefaultCamelContext();
  private final ProducerTemplate template = camel.createProducerTemplate();

  @BeforeAll
  static void make() throws Exception {
    certificates = Certificates.make(folder.resolve("certificates"));
    certificates.also("elsewhere", "DNS:engine.example.org", "");
    certificates.also("expired", "IP:127.0.0.1", "-10d");
    certificates.also("future", "IP:127.0.0.1", "+10d");
  }

  @BeforeEach
  void bind() {
    camel.getRegistry().bind("mllpDecoder", new MllpDecoderFactory(100_000));
    camel.getRegistry().bind("mllpEncoder", new MllpEncoderFactory());
    camel.getRegistry().bind("handshakeFirst", new HandshakeFirstFactory());
    camel.getRegistry().bind("mllpAnswerFilter", new MllpAnswerFilterFactory());
    camel.start();
  }

  @AfterEach
  void stop() throws Exception {
    template.close();
    camel.stop();
  }

  @Test
  void whatIsSentArrivesByteForByteWhomeverAFileTrusts() throws Exception {
    try (HospitalMllp engine = engine(certificates.listening("server", false))) {
      send(engine, tls(certificates.pem("server"), ""));
      send(engine, tls(certificates.pem("server"), "client"));
      assertEquals(2, engine.frames().size());
      assertArrayEquals(MESSAGE, engine.frames().get(0).bytes());
    }
  }

  @Test
  void aServerThatAsksIsShownTheCertificateAndLetsNobodyInWithoutIt() throws Exception {
    try (HospitalMllp engine = engine(certificates.listening("server", true))) {
      Throwable none = refused(engine, tls(certificates.pem("server"), ""));
      assertFalse(Unsent.name(none).isBlank());
      refused(engine, tls(certificates.pem("server"), "stranger"));
      assertEquals(0, engine.frames().size());
      send(engine, tls(certificates.pem("server"), "client"));
      assertArrayEquals(MESSAGE, engine.frames().get(0).bytes());
    }
  }

  @Test
  void nothingLeavesToAServerWhoseCertificateIsNotTrusted() throws Exception {
    nothingLeaves("server", tls(certificates.pem("client"), ""), "is not trusted here");
    nothingLeaves("server", Practice.Tls.NONE, "is not trusted here");
  }

  @Test
  void nothingLeavesToAServerOfAnotherName() throws Exception {
    nothingLeaves("elsewhere", tls(certificates.trusting("elsewhere"), ""), "is for another name");
  }

  @Test
  void nothingLeavesToAServerWhoseCertificateIsNotInItsTime() throws Exception {
    nothingLeaves("expired", tls(certificates.trusting("expired"), ""), "has expired");
    nothingLeaves("future", tls(certificates.pem("future"), ""), "is not valid yet");
  }

  @Test
  void nothingOfAMessageReachesAListenerThatSpeaksNoTls() throws Exception {
    ByteArrayOutputStream wire = new ByteArrayOutputStream();
    try (ServerSocket plain = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Thread reader =
          new Thread(
              () -> {
                try (Socket connection = plain.accept()) {
                  connection.getInputStream().transferTo(wire);
                } catch (IOException e) {
                  // Closed by the other side or by the test; what was read is looked at.
                  return;
                }
              });
      reader.start();
      Throwable failure =
          assertThrows(
                  CamelExecutionException.class,
                  () -> ask(plain.getLocalPort(), tls(certificates.pem("server"), ""), 3000))
              .getCause();
      assertFalse(Unsent.name(failure).isBlank());
      stop();
      reader.join();
    }
    byte[] bytes = wire.toByteArray();
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    assertTrue(bytes.length > 5, "a greeting came");
    int at = 0;
    while (at < bytes.length) {
      assertTrue(bytes[at] == HANDSHAKE || bytes[at] == ALERT, "a record of no data: " + bytes[at]);
      at += 5 + ((bytes[at + 3] & 0xff) << 8) + (bytes[at + 4] & 0xff);
    }
    assertEquals(bytes.length, at, "whole records, and only those");
    assertFalse(text.contains("MSH") || text.contains("PID"), "nothing of a message");
  }

  private void nothingLeaves(String who, Practice.Tls tls, String words) throws Exception {
    try (HospitalMllp engine = engine(certificates.listening(who, false))) {
      Throwable failure = refused(engine, tls);
      assertTrue(Unsent.is(failure), "certainly nothing left: " + failure);
      assertTrue(Unsent.why(failure).endsWith(words), Unsent.why(failure));
      assertEquals(0, engine.frames().size());
    }
  }

  private static HospitalMllp engine(ServerSocketFactory sockets) {
    return HospitalMllp.start(0, sockets);
  }

  private static Practice.Tls tls(Path trust, String shown) {
    Secret password = new Secret(Certificates.PASSWORD);
    return new Practice.Tls(
        shown.isEmpty() ? "" : certificates.keys(shown).toString(),
        shown.isEmpty() ? Secret.NONE : password,
        trust.toString(),
        password,
        "");
  }

  private Throwable refused(HospitalMllp engine, Practice.Tls tls) {
    return refused(engine, tls, LIMIT);
  }

  private Throwable refused(HospitalMllp engine, Practice.Tls tls, long limit) {
    return assertThrows(CamelExecutionException.class, () -> ask(engine.port(), tls, limit))
        .getCause();
  }

  private void send(HospitalMllp engine, Practice.Tls tls) throws Exception {
    assertEquals("tls-1", Answer.read(ask(engine.port(), tls, LIMIT)).orElseThrow().controlId());
  }

  private byte[] ask(int port, Practice.Tls tls, long limit) throws Exception {
    // An endpoint, and so connections, of its own for each of them.
    String name = "tls" + ++asked;
    camel.getRegistry().bind(name, MllpClientTls.of(tls, "127.0.0.1", port));
    return template.requestBodyAndHeader(
        "netty:tcp://127.0.0.1:"
            + port
            + "?sync=true&synchronous=true&allowDefaultCodec=false&decoders=#mllpDecoder"
            + "&encoders=#handshakeFirst,#mllpEncoder,#mllpAnswerFilter&useByteBuf=true&keepAlive=true&tcpNoDelay=true"
            + "&connectTimeout=5000&ssl=true&sslContextParameters=#"
            + name
            + "&hostnameVerification=true"
            + "&requestTimeout="
            + limit,
        MESSAGE,
        "CamelNettyRequestTimeout",
        limit,
        byte[].class);
  }
}
