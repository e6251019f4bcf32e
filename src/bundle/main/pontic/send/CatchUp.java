package pontic.send;

import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pontic.background.Background;
import pontic.practice.Destination;
import pontic.store.Store;

/**
 * At each start of a generation, in the background: what destinations lack and is not due to them
 * becomes due, be it that a destination is new, or that records changed while it was not
 * configured. A unit takes some hundred keys of one type, so nobody else waits for the store.
 */
public final class CatchUp implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(CatchUp.class);
  private static final Duration PAUSE = Duration.ofSeconds(5);

  private final Store store;
  private final Dues dues;
  private final List<Pair> pairs;
  private final Background background;

  /** A practice and one of its destinations. */
  public record Pair(String practice, Destination destination) {}

  public CatchUp(Store store, Dues dues, List<Pair> pairs) {
    this.store = store;
    this.dues = dues;
    this.pairs = List.copyOf(pairs);
    this.background = new Background("catch-up", () -> over(this.pairs));
  }

  public void start() {
    background.start();
  }

  /** After the unit at hand. What was not reached yet is reached at the next start. */
  @Override
  public void close() {
    background.close();
  }

  /** Returns when these have been gone over, or with {@link #close}. */
  public void over(List<Pair> some) {
    for (Pair pair : some) {
      boolean done = false;
      while (!done && !background.isClosed()) {
        try {
          of(pair);
          done = true;
        } catch (RuntimeException e) {
          LOG.warn(
              "What {} of {} lacks could not be made due ({}); it is tried again until the store takes it",
              pair.destination().id(),
              pair.practice(),
              e.getClass().getSimpleName());
          done = background.isClosedWithin(PAUSE);
        }
      }
    }
  }

  /**
   * All of one pair, types in the order in which they refer to each other.
   *
   * @return how many records became due
   */
  int of(Pair pair) {
    int records = 0;
    for (String type : store.read(tx -> dues.types(tx, pair.practice(), pair.destination()))) {
      Dues.Range range = new Dues.Range(Long.MIN_VALUE, 0, true);
      while (range.more() && !background.isClosed()) {
        long from = range.last();
        range = store.write(tx -> dues.load(tx, pair.practice(), pair.destination(), type, from));
        records += range.records();
      }
    }
    return records;
  }
}
