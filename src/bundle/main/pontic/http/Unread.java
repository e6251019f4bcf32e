package pontic.http;

import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.InputStream;

/**
 * The rest of a request that is refused before its body was read. A connection that is closed with
 * bytes unread is reset, and the peer may then never see why it was refused.
 */
public final class Unread {
  /** More than this is not worth an answer. */
  private static final int MOST_BYTES = 8 * 1024 * 1024;

  private static final int BUFFER_BYTES = 16 * 1024;

  private Unread() {}

  /** Reads and forgets it; a peer that waits for our leave to send its body sent none. */
  public static void discard(HttpServletRequest request) throws IOException {
    if (request.getHeader("Expect") != null) {
      return;
    }
    InputStream body = request.getInputStream();
    byte[] buffer = new byte[BUFFER_BYTES];
    int left = MOST_BYTES;
    for (int read = body.read(buffer); read >= 0 && left > 0; read = body.read(buffer)) {
      left -= read;
    }
  }
}
