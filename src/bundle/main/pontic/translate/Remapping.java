package pontic.translate;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pontic.background.Background;
import pontic.mapping.KnownCodes;
import pontic.record.Records;
import pontic.record.Row;
import pontic.record.Translated;
import pontic.record.UnmappedCodes;
import pontic.store.Store;
import pontic.store.StoreException;
import pontic.store.Transaction;

/**
 * At each start of a generation, in the background: rows that missed a code which has an entry by
 * now are mapped again, and what they become then is due; so are rows whose resource was not valid,
 * and what they become is judged again. The rows are those that are kept; no office is asked
 * (decisions 0240, 0275).
 */
public final class Remapping implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Remapping.class);
  private static final int AT_ONCE = 100;
  private static final Duration PAUSE = Duration.ofSeconds(5);

  private final Store store;
  private final Records records;
  private final UnmappedCodes unmapped;
  private final KnownCodes known;
  private final Function<Row, Translated> translator;
  private final List<String> practices;
  private final Background background = new Background("remapping", this::run);

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
  }

  public void start() {
    background.start();
  }

  /** After the rows at hand. The others are reached at the next start. */
  @Override
  public void close() {
    background.close();
  }

  /** Returns when all practices have been gone over, or with {@link #close}. */
  public void run() {
    for (String practice : practices) {
      boolean done = false;
      while (!done && !background.isClosed()) {
        try {
          of(practice);
          done = true;
        } catch (StoreException e) {
          LOG.warn(
              "Rows of {} whose codes have an entry now, or that were not valid, could not be mapped again ({}); it is tried again"
                  + " until the store takes it",
              practice,
              e.getClass().getSimpleName());
          done = background.isClosedWithin(PAUSE);
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
    return versions + invalid(practice);
  }

  /** Each once, in the order of their keys: what is found invalid again meanwhile stays so. */
  private int invalid(String practice) {
    int versions = 0;
    List<Records.Invalid> page = records.invalid(practice, "", 0, AT_ONCE);
    while (!page.isEmpty() && !background.isClosed()) {
      List<Records.Invalid> judged = page;
      versions +=
          again(
              practice,
              keys(page, Records.Invalid::resource, Records.Invalid::key),
              tx -> judged.forEach(each -> records.judgedAgain(tx, practice, each)));
      Records.Invalid last = page.get(page.size() - 1);
      page = records.invalid(practice, last.resource(), last.key(), AT_ONCE);
    }
    return versions;
  }

  private List<Translated> translated(String practice, Map<String, List<Long>> keys) {
    List<Translated> translated = new ArrayList<>();
    keys.forEach(
        (resource, its) ->
            records
                .kept(practice, resource, its)
                .forEach(row -> translated.add(translator.apply(row))));
    return translated;
  }

  private int of(UnmappedCodes.Known code) {
    int versions = 0;
    List<UnmappedCodes.Missing> page = unmapped.rows(code, UnmappedCodes.Missing.FIRST, AT_ONCE);
    while (!page.isEmpty() && !background.isClosed()) {
      versions +=
          again(
              code.practice(),
              keys(page, UnmappedCodes.Missing::resource, UnmappedCodes.Missing::key),
              tx -> {});
      page = unmapped.rows(code, page.get(page.size() - 1), AT_ONCE);
    }
    return versions;
  }

  /** By resource, in the order of the page. */
  private static <T> Map<String, List<Long>> keys(
      List<T> page, Function<T, String> resource, ToLongFunction<T> key) {
    Map<String, List<Long>> keys = new TreeMap<>();
    page.forEach(
        each ->
            keys.computeIfAbsent(resource.apply(each), any -> new ArrayList<>())
                .add(key.applyAsLong(each)));
    return keys;
  }

  /**
   * @param told what is noted of these rows in the same unit
   * @return how many rows became another resource
   */
  private int again(String practice, Map<String, List<Long>> keys, Consumer<Transaction> told) {
    List<Translated> translated = translated(practice, keys);
    return store.write(
        tx -> {
          tx.serialise(practice);
          int versions = 0;
          for (Translated one : translated) {
            versions += records.again(tx, one) ? 1 : 0;
          }
          told.accept(tx);
          return versions;
        });
  }
}
