package pontic.hl7;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;

/** A sender with a plain socket, so that a test decides what goes into one TCP write. */
public final class Mllp implements AutoCloseable {
  private final Socket socket = new Socket();
  private final InputStream in;
  private final OutputStream out;

  public Mllp(int port) throws IOException {
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 5000);
    socket.setSoTimeout(60_000);
    socket.setTcpNoDelay(true);
    in = socket.getInputStream();
    out = socket.getOutputStream();
  }

  public static byte[] frame(byte[]... messages) {
    ByteArrayOutputStream frames = new ByteArrayOutputStream();
    for (byte[] message : messages) {
      frames.write(0x0B);
      frames.writeBytes(message);
      frames.write(0x1C);
      frames.write(0x0D);
    }
    return frames.toByteArray();
  }

  /** One write of these bytes. */
  public void write(byte[] bytes) throws IOException {
    out.write(bytes);
    out.flush();
  }

  /** The next answer without framing bytes. */
  public byte[] read() throws IOException {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    int b = in.read();
    if (b != 0x0B) {
      throw new EOFException(
          b < 0 ? "the connection was closed" : "the answer does not begin with VT");
    }
    while ((b = in.read()) != 0x1C) {
      if (b < 0) {
        throw new EOFException("the connection was closed in the middle of an answer");
      }
      content.write(b);
    }
    if (in.read() != 0x0D) {
      throw new IOException("the answer does not end with FS CR");
    }
    return content.toByteArray();
  }

  public byte[] ask(byte[] message) throws IOException {
    write(frame(message));
    return read();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
