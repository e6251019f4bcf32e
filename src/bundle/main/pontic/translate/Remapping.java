package pontic.translate;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pontic.mapping.KnownCodes;
import pontic.record.Records;
import pontic.record.Row;
import pontic.record.Translated;
import pontic.record.UnmappedCodes;
import pontic.store.Store;
import pontic.store.StoreException;

/**
 * At each start of a generation, in the background: rows that missed a code which has an entry by
 * now are mapped again, and what they become then is due. The rows are those that are kept; no
 * office is asked (decision 0240).
 */
public final class Remapping implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Remapping.class);
  private static final int AT_ONCE = 100;
  private static final long PAUSE_SECONDS = 5;

  private final Store store;
  private final Records records;
  private final UnmappedCodes unmapped;
  private final KnownCodes known;
  private final Function<Row, Translated> translator;
  private final List<String> practices;
  private final Thread thread = new Thread(this::run, "remapping");
  private final CountDownLatch closed = new CountDownLatch(1);

  public Remapping(
      Store store,
      Records records,
      KnownCodes known,
      Function<Row, Translated> translator,
      List<String> practices) {
    this.store = store;
    this.records = records;
    this.unmapped = new UnmappedCodes(store);
    this.known = known;
    this.translator = translator;
    this.practices = List.copyOf(practices);
    thread.setDaemon(true);
  }

  public void start() {
    thread.start();
  }

  /** After the rows at hand. The others are reached at the next start. */
  @Override
  public void close() {
    closed.countDown();
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Returns when all practices have been gone over, or with {@link #close}. */
  public void run() {
    for (String practice : practices) {
      boolean done = false;
      while (!done && !isClosedWithin(0)) {
        try {
          of(practice);
          done = true;
        } catch (StoreException e) {
          LOG.warn(
              "Rows of {} whose codes have an entry now could not be mapped again ({}); it is tried again"
                  + " until the store takes it",
              practice,
              e.getClass().getSimpleName());
          done = isClosedWithin(PAUSE_SECONDS);
        }
      }
    }
  }

  /**
   * @return how many rows became another resource
   */
  int of(String practice) {
    int versions = 0;
    for (UnmappedCodes.Known code : unmapped.codes(practice)) {
      if (known.knows(practice, code.code().table(), code.code().code())) {
        int its = of(code);
        versions += its;
        LOG.info(
            "{}: a code of {} has an entry now; {} rows that missed it are sent again",
            practice,
            code.code().table(),
            its);
      }
    }
    return versions;
  }

  private int of(UnmappedCodes.Known code) {
    int versions = 0;
    List<UnmappedCodes.Missing> page = unmapped.rows(code, UnmappedCodes.Missing.FIRST, AT_ONCE);
    while (!page.isEmpty() && !isClosedWithin(0)) {
      versions += again(code.practice(), page);
      page = unmapped.rows(code, page.get(page.size() - 1), AT_ONCE);
    }
    return versions;
  }

  private int again(String practice, List<UnmappedCodes.Missing> page) {
    Map<String, List<Long>> keys = new TreeMap<>();
    page.forEach(
        each -> keys.computeIfAbsent(each.resource(), any -> new ArrayList<>()).add(each.key()));
    List<Translated> translated = new ArrayList<>();
    keys.forEach(
        (resource, its) ->
            records
                .kept(practice, resource, its)
                .forEach(row -> translated.add(translator.apply(row))));
    return store.write(
        tx -> {
          tx.serialise(practice);
          int versions = 0;
          for (Translated one : translated) {
            versions += records.again(tx, one) ? 1 : 0;
          }
          return versions;
        });
  }

  private boolean isClosedWithin(long seconds) {
    try {
      return closed.await(seconds, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
  }
}
