package pontic.facade;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.content.ByteBufferContentSource;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes the body of a workstation's event as it comes, without a thread for it, and hands the
 * request on when all of it is here. One that is announced or becomes longer than any event, that
 * takes too long, or for which there is no room beside the others, is refused there and then.
 */
final class Gathering implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(Gathering.class);

  /**
   * Room for bodies of all practices together.
   *
   * @param most bytes of one: an event has at most 1000 rows (open-dental-api.md 1.11)
   * @param longest how long one may take to come
   * @param together bytes of all at once
   */
  record Bounds(long most, Duration longest, long together) {}

  private final Request request;
  private final Response response;
  private final Callback callback;
  private final Handler next;
  private final Bounds bounds;
  private final AtomicLong held;
  private final Runnable refused;
  private final long begun = System.nanoTime();
  private final List<ByteBuffer> body = new ArrayList<>();
  private long bytes;
  private long forgotten;

  /**
   * @param held bytes of all that are gathered now
   * @param refused counts one that is refused
   */
  Gathering(
      Request request,
      Response response,
      Callback callback,
      Handler next,
      Bounds bounds,
      AtomicLong held,
      Runnable refused) {
    this.request = request;
    this.response = response;
    this.callback = callback;
    this.next = next;
    this.bounds = bounds;
    this.held = held;
    this.refused = refused;
  }

  @Override
  public void run() {
    if (request.getLength() > bounds.most()) {
      refuse(HttpStatus.PAYLOAD_TOO_LARGE_413, "the event is larger than any that there is");
      return;
    }
    gather();
  }

  private void gather() {
    while (true) {
      Content.Chunk chunk = request.read();
      if (chunk == null) {
        request.demand(this::gather);
        return;
      }
      if (Content.Chunk.isFailure(chunk)) {
        release();
        callback.failed(chunk.getFailure());
        return;
      }
      boolean last = chunk.isLast();
      keep(chunk);
      if (bytes > bounds.most()) {
        refuse(HttpStatus.PAYLOAD_TOO_LARGE_413, "the event is larger than any that there is");
        return;
      }
      if (held.get() > bounds.together()) {
        refuse(
            HttpStatus.SERVICE_UNAVAILABLE_503,
            "too many events are coming at once; send it again");
        return;
      }
      if (last) {
        handOver();
        return;
      }
      if (System.nanoTime() - begun > bounds.longest().toNanos()) {
        refuse(HttpStatus.REQUEST_TIMEOUT_408, "the event came too slowly; send it again");
        return;
      }
    }
  }

  /** A copy: the chunk's buffer is the connection's own. */
  private void keep(Content.Chunk chunk) {
    ByteBuffer copy = ByteBuffer.allocate(chunk.remaining());
    copy.put(chunk.getByteBuffer()).flip();
    chunk.release();
    body.add(copy);
    bytes += copy.remaining();
    held.addAndGet(copy.remaining());
  }

  private void release() {
    held.addAndGet(-bytes);
    bytes = 0;
    body.clear();
  }

  private void handOver() {
    Callback done = Callback.from(callback, this::release);
    try {
      if (!next.handle(new Whole(request, body), response, done)) {
        Response.writeError(request, response, done, HttpStatus.NOT_FOUND_404);
      }
    } catch (Exception e) {
      LOG.warn("hints: an event failed with {}", e.getClass().getSimpleName());
      Response.writeError(request, response, done, HttpStatus.INTERNAL_SERVER_ERROR_500);
    }
  }

  /** Says so at once; what is left is read and forgotten for a while, or the answer is lost. */
  private void refuse(int status, String text) {
    release();
    refused.run();
    response.setStatus(status);
    response.getHeaders().put(HttpHeader.CONNECTION, "close");
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, "text/plain;charset=UTF-8");
    Content.Sink.write(response, true, text + "\n", Callback.from(this::forget, callback::failed));
  }

  private void forget() {
    if (request.getHeaders().contains(HttpHeader.EXPECT)) {
      // Who waits for our leave to send a body has sent none.
      callback.succeeded();
      return;
    }
    while (true) {
      Content.Chunk chunk = request.read();
      if (chunk == null) {
        request.demand(this::forget);
        return;
      }
      if (Content.Chunk.isFailure(chunk)) {
        // Told already: whether the rest comes is its own affair.
        callback.succeeded();
        return;
      }
      forgotten += chunk.remaining();
      chunk.release();
      if (chunk.isLast()
          || forgotten > bounds.most()
          || System.nanoTime() - begun > 2 * bounds.longest().toNanos()) {
        callback.succeeded();
        return;
      }
    }
  }

  /** The request with its body as it was gathered. */
  private static final class Whole extends Request.Wrapper {
    private final ByteBufferContentSource content;

    Whole(Request request, List<ByteBuffer> body) {
      super(request);
      this.content = new ByteBufferContentSource(List.copyOf(body));
    }

    @Override
    public Content.Chunk read() {
      return content.read();
    }

    @Override
    public void demand(Runnable demandCallback) {
      content.demand(demandCallback);
    }

    @Override
    public void fail(Throwable failure) {
      content.fail(failure);
    }
  }
}
