package pontic.http;

import jakarta.servlet.http.HttpServletRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.eclipse.jetty.http.BadMessageException;
import org.eclipse.jetty.http.HttpStatus;

/**
 * The body of a request, within bounds of size and time. A sender whose body takes too long is told
 * so by 408: byte after byte it would hold a thread for ever.
 */
public final class Body {
  private static final Duration LONGEST = Duration.ofSeconds(60);

  /** More than this of a request that is refused is not worth an answer. */
  private static final int MOST_UNREAD = 8 * 1024 * 1024;

  private static final int BUFFER_BYTES = 16 * 1024;

  private Body() {}

  /**
   * Reads it.
   *
   * @return longer than {@code most} if it is too large; not all of it then
   * @throws BadMessageException 408
   */
  public static byte[] read(HttpServletRequest request, int most) throws IOException {
    if (request.getContentLengthLong() > most) {
      return new byte[most + 1];
    }
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    read(request.getInputStream(), most + 1, body, System::nanoTime);
    return body.toByteArray();
  }

  /**
   * Reads and forgets what a refused request has left: a connection that is closed with bytes
   * unread is reset, and the peer may then never see why it was refused. A peer that waits for our
   * leave to send its body sent none.
   *
   * @throws BadMessageException 408
   */
  public static void discard(HttpServletRequest request) throws IOException {
    if (request.getHeader("Expect") == null) {
      InputStream body = request.getInputStream();
      read(body, MOST_UNREAD, OutputStream.nullOutputStream(), System::nanoTime);
    }
  }

  static void read(InputStream body, int most, OutputStream to, LongSupplier nanos)
      throws IOException {
    long begun = nanos.getAsLong();
    byte[] buffer = new byte[BUFFER_BYTES];
    int left = most;
    int read = body.read(buffer, 0, Math.min(left, buffer.length));
    while (read >= 0 && left > 0) {
      to.write(buffer, 0, read);
      left -= read;
      if (nanos.getAsLong() - begun > LONGEST.toNanos()) {
        throw new BadMessageException(
            HttpStatus.REQUEST_TIMEOUT_408,
            "the body took longer than " + LONGEST.toSeconds() + " s");
      }
      read = left > 0 ? body.read(buffer, 0, Math.min(left, buffer.length)) : -1;
    }
  }
}
