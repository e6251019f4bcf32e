package pontic.facade;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
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

  /** Returns at once; completes {@code async} when the last byte is out, or will never be. */
  static void write(AsyncContext async, byte[] body) throws IOException {
    ServletOutputStream out = async.getResponse().getOutputStream();
    out.setWriteListener(new LateAnswer(async, out, body));
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
