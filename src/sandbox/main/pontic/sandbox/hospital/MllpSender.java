package pontic.sandbox.hospital;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;

/**
 * The hospital's side of an MLLP connection: sends messages and reads the answers, as many at once
 * as asked.
 */
public final class MllpSender implements AutoCloseable {
  private static final int START = 0x0B;
  private static final int END = 0x1C;

  private final Socket socket;
  private final InputStream in;
  private final OutputStream out;

  /**
   * @param timeoutMillis for the connection and for each answer
   */
  public MllpSender(String host, int port, int timeoutMillis) throws IOException {
    this(connected(host, port, timeoutMillis), timeoutMillis);
  }

  /**
   * @param socket connected, perhaps with TLS; closed with the sender
   * @param timeoutMillis for each answer
   */
  public MllpSender(Socket socket, int timeoutMillis) throws IOException {
    this.socket = socket;
    socket.setSoTimeout(timeoutMillis);
    socket.setTcpNoDelay(true);
    in = new BufferedInputStream(socket.getInputStream());
    out = socket.getOutputStream();
  }

  private static Socket connected(String host, int port, int timeoutMillis) throws IOException {
    Socket socket = new Socket();
    socket.connect(new InetSocketAddress(host, port), timeoutMillis);
    return socket;
  }

  /** Sends a message and waits for its answer. */
  public byte[] ask(byte[] message) throws IOException {
    send(message);
    return answer();
  }

  /** Sends all messages in one TCP write. */
  public void send(byte[]... messages) throws IOException {
    ByteArrayOutputStream frames = new ByteArrayOutputStream();
    for (byte[] message : messages) {
      frames.write(START);
      frames.writeBytes(message);
      frames.write(END);
      frames.write('\r');
    }
    sendRaw(frames.toByteArray());
  }

  /** Sends bytes as they are, for what is no frame. */
  public void sendRaw(byte[] bytes) throws IOException {
    out.write(bytes);
    out.flush();
  }

  /**
   * @throws EOFException if the other side closed the connection instead
   */
  public byte[] answer() throws IOException {
    until(START);
    byte[] content = until(END);
    until('\r');
    return content;
  }

  private byte[] until(int end) throws IOException {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    for (int b = in.read(); b != end; b = in.read()) {
      if (b < 0) {
        throw new EOFException("The receiver closed the connection without an answer");
      }
      content.write(b);
    }
    return content.toByteArray();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
