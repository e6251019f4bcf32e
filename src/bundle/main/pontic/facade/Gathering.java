package pontic.facade;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;
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
 * Takes the body of a request as it comes, without a thread for it, and hands the request on when
 * all of it is here. One that is announced or becomes longer than any may be, that takes too long,
 * or for which there is no room beside the others, is refused there and then.
 */
final class Gathering implements Runnable {
  /** Attribute: gives the body's room back before the request has its answer; a Runnable. */
  static final String DONE = "pontic.body.done";

  private static final Logger LOG = LoggerFactory.getLogger(Gathering.class);

  /** As many bytes of one that is refused are read, so that its sender reads the answer. */
  private static final long MOST_FORGOTTEN = 8L * 1024 * 1024;

  /**
   * What holds for a body.
   *
   * @param what one is called, for people
   * @param most bytes of one
   * @param longest how long one may take to come
   */
  record Bounds(String what, long most, Duration longest) {}

  /** How a refusal is told, and that there was one. */
  interface Refusal {
    /** Content-Type of {@link #body}. */
    String media();

    /**
     * @param text for people
     */
    String body(int status, String text);

    /** One was refused. */
    void count();
  }

  /** Bytes that are kept together. */
  private static final int BLOCK = 16 * 1024;

  private final Request request;
  private final Response response;
  private final Callback callback;
  private final Handler next;
  private final Bounds bounds;
  private final Pool pool;
  private final String whose;
  private final Refusal refusal;
  private final long begun = System.nanoTime();
  private final List<ByteBuffer> body = new ArrayList<>();
  private final AtomicLong bytes = new AtomicLong();
  private long forgotten;

  /**
   * @param pool in which there must be room for it
   * @param whose the client from whom it comes
   */
  Gathering(
      Request request,
      Response response,
      Callback callback,
      Handler next,
      Bounds bounds,
      Pool pool,
      String whose,
      Refusal refusal) {
    this.request = request;
    this.response = response;
    this.callback = callback;
    this.next = next;
    this.bounds = bounds;
    this.pool = pool;
    this.whose = whose;
    this.refusal = refusal;
  }

  @Override
  public void run() {
    if (request.getLength() > bounds.most()) {
      refuse(HttpStatus.PAYLOAD_TOO_LARGE_413, tooLarge());
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
        if (chunk.getFailure() instanceof TimeoutException) {
          // Nothing came for as long as a connection may be silent.
          refuseSlow();
          return;
        }
        release();
        callback.failed(chunk.getFailure());
        return;
      }
      boolean last = chunk.isLast();
      boolean isRoom = keep(chunk);
      if (bytes.get() > bounds.most()) {
        refuse(HttpStatus.PAYLOAD_TOO_LARGE_413, tooLarge());
        return;
      }
      if (!isRoom) {
        refuse(HttpStatus.SERVICE_UNAVAILABLE_503, "too many come at once; send it again");
        return;
      }
      if (last) {
        handOver();
        return;
      }
      if (System.nanoTime() - begun > bounds.longest().toNanos()) {
        refuseSlow();
        return;
      }
    }
  }

  private void refuseSlow() {
    refuse(
        HttpStatus.REQUEST_TIMEOUT_408, "the " + bounds.what() + " came too slowly; send it again");
  }

  private String tooLarge() {
    return "the " + bounds.what() + " is larger than " + bounds.most() + " bytes";
  }

  /**
   * A copy, since the chunk's buffer is the connection's own; many small ones share a block.
   *
   * @return whether there is room for it
   */
  private boolean keep(Content.Chunk chunk) {
    boolean isRoom = true;
    ByteBuffer from = chunk.getByteBuffer();
    int come = from.remaining();
    if (come > 0) {
      ByteBuffer last = body.isEmpty() ? ByteBuffer.allocate(0) : body.get(body.size() - 1);
      if (last.remaining() < come) {
        last = ByteBuffer.allocate(chunk.isLast() ? come : Math.max(come, BLOCK));
        body.add(last);
      }
      last.put(from);
      bytes.addAndGet(come);
      isRoom = pool.take(whose, come);
    }
    chunk.release();
    return isRoom;
  }

  /** Once, whoever is first. */
  private void release() {
    pool.giveBack(whose, bytes.getAndSet(0));
  }

  private void handOver() {
    Callback done = Callback.from(callback, this::release);
    body.forEach(ByteBuffer::flip);
    Whole whole = new Whole(request, body);
    body.clear();
    whole.setAttribute(
        DONE,
        (Runnable)
            () -> {
              whole.forget();
              release();
            });
    try {
      if (!next.handle(whole, response, done)) {
        Response.writeError(request, response, done, HttpStatus.NOT_FOUND_404);
      }
    } catch (Exception e) {
      LOG.warn("facade: a gathered request failed with {}", e.getClass().getSimpleName());
      Response.writeError(request, response, done, HttpStatus.INTERNAL_SERVER_ERROR_500);
    }
  }

  /** Says so at once; what is left is read and forgotten for a while, or the answer is lost. */
  private void refuse(int status, String text) {
    body.clear();
    release();
    refusal.count();
    response.setStatus(status);
    if (status == HttpStatus.SERVICE_UNAVAILABLE_503) {
      response.getHeaders().put(HttpHeader.RETRY_AFTER, Faults.RETRY_AFTER_SECONDS);
    }
    response.getHeaders().put(HttpHeader.CONNECTION, "close");
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, refusal.media());
    Content.Sink.write(
        response, true, refusal.body(status, text), Callback.from(this::forget, callback::failed));
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
          || forgotten > Math.max(bounds.most(), MOST_FORGOTTEN)
          || System.nanoTime() - begun > 2 * bounds.longest().toNanos()) {
        callback.succeeded();
        return;
      }
    }
  }

  /** The request with its body as it was gathered. */
  private static final class Whole extends Request.Wrapper {
    private volatile ByteBufferContentSource content;

    Whole(Request request, List<ByteBuffer> body) {
      super(request);
      this.content = new ByteBufferContentSource(List.copyOf(body));
    }

    /** Whoever wanted the bytes has read them. */
    void forget() {
      content = new ByteBufferContentSource();
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
