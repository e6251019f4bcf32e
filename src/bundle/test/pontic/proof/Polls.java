package pontic.proof;

import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.AsyncCallback;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.NamedNode;
import org.apache.camel.Processor;
import org.apache.camel.spi.InterceptStrategy;
import org.apache.camel.support.processor.DelegateAsyncProcessor;
import pontic.capture.Cursor;
import pontic.house.House;
import pontic.record.Page;

/**
 * Counts what capture has read of one practice: a round is all pages of a feed up to one that was
 * not full. Looks on behind the last step of each page, when it is stored.
 */
final class Polls implements InterceptStrategy {
  private static final String LAST_STEP = "swept";

  private final String practice;
  private final int feeds;
  private final Map<String, Feed> read = new ConcurrentHashMap<>();
  private final AtomicInteger pages = new AtomicInteger();
  private final AtomicInteger sweeps = new AtomicInteger();

  /**
   * @param until how far the last round read, by the office's clock
   * @param sweeping when the sweep began that has not come to its end
   * @param swept when the last one began that has; both by the store's clock
   */
  private record Feed(Instant until, Instant sweeping, Instant swept) {
    static final Feed NEW = new Feed(Instant.MIN, Instant.MAX, Instant.MIN);

    Feed after(Cursor cursor, boolean paging) {
      Instant began = cursor.sweep() && sweeping.equals(Instant.MAX) ? cursor.readAt() : sweeping;
      if (paging) {
        return new Feed(until, began, swept);
      }
      return new Feed(cursor.asOf(), Instant.MAX, began.equals(Instant.MAX) ? swept : began);
    }
  }

  /**
   * @param feeds how many the practice has
   */
  Polls(String practice, int feeds) {
    this.practice = practice;
    this.feeds = feeds;
  }

  int pages() {
    return pages.get();
  }

  int sweeps() {
    return sweeps.get();
  }

  /** Waits until each feed has had a round that reads up to there, by the office's clock. */
  void awaitRound(Instant upTo) {
    House.until(
        "each feed was read up to " + upTo + ", " + read,
        () -> read.values().stream().filter(it -> !it.until().isBefore(upTo)).count() == feeds);
  }

  /** Waits until each feed has had a whole sweep that begins from now on. */
  void awaitSweep() {
    Instant now = Instant.now();
    House.until(
        "each feed was swept",
        () -> read.values().stream().filter(it -> it.swept().isAfter(now)).count() == feeds);
  }

  @Override
  public Processor wrapProcessorInInterceptors(
      CamelContext context, NamedNode definition, Processor target, Processor next) {
    return String.valueOf(definition.getId()).endsWith(LAST_STEP) ? new Counted(target) : target;
  }

  private void stored(Cursor cursor, Page page) {
    if (!cursor.practice().equals(practice)) {
      return;
    }
    pages.incrementAndGet();
    read.compute(
        cursor.feed().name(),
        (name, before) -> {
          Feed old = before == null ? Feed.NEW : before;
          Feed after = old.after(cursor, page.next().paging());
          if (!after.swept().equals(old.swept())) {
            sweeps.incrementAndGet();
          }
          return after;
        });
  }

  private final class Counted extends DelegateAsyncProcessor {
    Counted(Processor target) {
      super(target);
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
      return super.process(
          exchange,
          sync -> {
            if (!exchange.isFailed()) {
              stored(
                  exchange.getProperty("cursor", Cursor.class),
                  exchange.getProperty("page", Page.class));
            }
            callback.done(sync);
          });
    }
  }
}
