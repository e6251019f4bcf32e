package pontic.facade;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The body of an answer, written as its client reads it. No thread waits for who does not read
 * (decision 0413); the listener gives him up when nothing moves.
 */
final class LateAnswer implements WriteListener {
  private static final Logger LOG = LoggerFactory.getLogger(LateAnswer.class);

  private final AsyncContext async;
  private final ServletOutputStream out;
  private final byte[] body;
  private boolean isWritten;

  private LateAnswer(AsyncContext async, ServletOutputStream out, byte[] body) {
    this.async = async;
    this.out = out;
    this.body = body;
  }

  /** What is answered. Either returns the body, which is to be written. */
  interface Making {
    /** All of the answer but its body. */
    byte[] begin(HttpServletResponse response);

    /** The same of what is said instead, to a response of which nothing was sent or is set. */
    byte[] failed(HttpServletResponse response, Exception why);
  }

  /** As {@link #write}, by a thread of the listener; it may have none to give when it stops. */
  static void start(AsyncContext async, Making making) {
    try {
      async.start(() -> write(async, making));
    } catch (RuntimeException e) {
      fail(async, making, e);
    }
  }

  /**
   * Returns at once; completes {@code async} when the last byte is out, or will never be. Nobody
   * else ends the exchange, which has no time of its own.
   */
  static void write(AsyncContext async, Making making) {
    try {
      byte[] body = making.begin((HttpServletResponse) async.getResponse());
      ServletOutputStream out = async.getResponse().getOutputStream();
      out.setWriteListener(new LateAnswer(async, out, body));
    } catch (IOException | RuntimeException e) {
      fail(async, making, e);
    }
  }

  /** What is said is short: it fits the response's buffer, and nobody waits for the client. */
  private static void fail(AsyncContext async, Making making, Exception why) {
    try {
      HttpServletResponse response = (HttpServletResponse) async.getResponse();
      if (!response.isCommitted()) {
        // Else it would go out as the success that it was to be.
        response.reset();
        response.getOutputStream().write(making.failed(response, why));
      }
    } catch (IOException | RuntimeException e) {
      LOG.debug("facade: a fault could not be told ({})", e.getClass().getSimpleName());
    } finally {
      async.complete();
    }
  }

  @Override
  public void onWritePossible() throws IOException {
    while (out.isReady()) {
      if (isWritten) {
        async.complete();
        return;
      }
      isWritten = true;
      out.write(body);
    }
  }

  @Override
  public void onError(Throwable gone) {
    LOG.debug("facade: a client is gone before its answer ({})", gone.getClass().getSimpleName());
    async.complete();
  }
}
