package pontic.sandbox.hospital;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An MLLP listener at the hospital that keeps every frame with its arrival and answers AA. */
public final class HospitalMllp implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(HospitalMllp.class);
  private static final int START = 0x0B;
  private static final int END = 0x1C;
  private static final int LARGEST_FRAME = 16 * 1024 * 1024;

  /** The bytes between the frame's marks, and when the last of them came. */
  public record Frame(byte[] bytes, Instant at) {}

  private final ServerSocket listener;
  private final Set<Socket> connections = ConcurrentHashMap.newKeySet();
  private final List<Frame> frames = new ArrayList<>();

  private HospitalMllp(ServerSocket listener) {
    this.listener = listener;
  }

  /**
   * @param port on loopback; 0 takes a free one
   * @throws UncheckedIOException if the port is taken
   */
  public static HospitalMllp start(int port) {
    try {
      ServerSocket listener = new ServerSocket();
      listener.setReuseAddress(true);
      listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      HospitalMllp hospital = new HospitalMllp(listener);
      daemon("hospital-mllp-accept", hospital::accept);
      return hospital;
    } catch (IOException e) {
      throw new UncheckedIOException(
          "The hospital's MLLP listener could not start at port " + port, e);
    }
  }

  public int port() {
    return listener.getLocalPort();
  }

  /** What came so far, in the order of arrival. */
  public List<Frame> frames() {
    synchronized (frames) {
      return List.copyOf(frames);
    }
  }

  /** Waits on arrivals until there are this many frames or the time is over; returns what came. */
  public List<Frame> await(int count, Duration limit) throws InterruptedException {
    long end = System.nanoTime() + limit.toNanos();
    synchronized (frames) {
      while (frames.size() < count && System.nanoTime() < end) {
        frames.wait(Math.max(1, (end - System.nanoTime()) / 1_000_000));
      }
      return List.copyOf(frames);
    }
  }

  @Override
  public void close() {
    closeQuietly(listener);
    connections.forEach(HospitalMllp::closeQuietly);
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket connection = listener.accept();
        connections.add(connection);
        daemon("hospital-mllp-connection", () -> serve(connection));
      } catch (IOException e) {
        if (!listener.isClosed()) {
          LOG.warn("The hospital's MLLP listener failed to accept a connection", e);
        }
      }
    }
  }

  private void serve(Socket connection) {
    try (connection) {
      InputStream in = new BufferedInputStream(connection.getInputStream());
      OutputStream out = connection.getOutputStream();
      while (skipToStart(in)) {
        byte[] message = body(in);
        synchronized (frames) {
          frames.add(new Frame(message, Instant.now()));
          frames.notifyAll();
        }
        out.write(acknowledgement(message));
        out.flush();
      }
    } catch (IOException e) {
      LOG.debug("An MLLP connection to the hospital ended: {}", e.getMessage());
    } finally {
      connections.remove(connection);
    }
  }

  private static boolean skipToStart(InputStream in) throws IOException {
    int next = in.read();
    while (next >= 0 && next != START) {
      next = in.read();
    }
    return next == START;
  }

  private static byte[] body(InputStream in) throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    for (int next = in.read(); next != END; next = in.read()) {
      if (next < 0) {
        throw new IOException("the connection closed inside a frame");
      }
      if (body.size() >= LARGEST_FRAME) {
        throw new IOException("a frame exceeds " + LARGEST_FRAME + " bytes");
      }
      body.write(next);
    }
    return body.toByteArray();
  }

  /** ISO-8859-1 keeps every byte of MSH as it came, whatever its character set. */
  private static byte[] acknowledgement(byte[] message) {
    String text = new String(message, StandardCharsets.ISO_8859_1);
    String header = text.split("\r", 2)[0];
    String separator = header.length() > 3 ? header.substring(3, 4) : "|";
    String[] fields = header.split(java.util.regex.Pattern.quote(separator), -1);
    String answer =
        String.join(
                separator,
                "MSH",
                field(fields, 1),
                field(fields, 4),
                field(fields, 5),
                field(fields, 2),
                field(fields, 3),
                "",
                "",
                "ACK",
                "A" + field(fields, 9),
                field(fields, 10),
                field(fields, 11))
            + "\rMSA"
            + separator
            + "AA"
            + separator
            + field(fields, 9)
            + "\r";
    ByteArrayOutputStream frame = new ByteArrayOutputStream();
    frame.write(START);
    frame.writeBytes(answer.getBytes(StandardCharsets.ISO_8859_1));
    frame.write(END);
    frame.write('\r');
    return frame.toByteArray();
  }

  private static String field(String[] fields, int at) {
    return at < fields.length ? fields[at] : "";
  }

  private static void daemon(String name, Runnable work) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    thread.start();
  }

  private static void closeQuietly(AutoCloseable closeable) {
    try {
      closeable.close();
    } catch (Exception e) {
      LOG.debug("A socket of the hospital did not close: {}", e.getMessage());
    }
  }
}
