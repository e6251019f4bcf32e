package pontic.reconcile;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import pontic.audit.Audit;
import pontic.capture.Captured;
import pontic.capture.Stamp;
import pontic.capture.Turns;
import pontic.practice.Practice;
import pontic.record.Records;
import pontic.record.Row;
import pontic.record.Translated;
import pontic.record.Watermark;
import pontic.store.Store;
import pontic.store.Transaction;

/**
 * Rows of Open Dental against records, a page of keys at a time. What differs is looked at once
 * more before it counts, since rows change while they are read; a row that carries a stamp beyond
 * the feed's watermark is left to capture, which has it before it.
 */
public final class RowComparison {
  private static final Duration MARGIN = Duration.ofSeconds(15);

  /** So many rows may be gone without a person having to say that this is right. */
  private static final long FEW = 25;

  private static final long SHARE = 20;

  /** Rows of a page of a load: what changes meanwhile waits behind no more than they make due. */
  private static final int PAGE = 500;

  private final Store store;
  private final Audit audit;
  private final Runs runs;
  private final Records records;
  private final Captured captured;
  private final Map<String, Practice.Budget> budgets;
  private final Duration again;
  private final Predicate<String> stamped;
  private final Turns turns;

  /**
   * @param turns a load is read beside what they bring
   * @param budgets by practice id
   * @param again how long to wait before what differs is looked at again: longer than capture takes
   *     to see a change
   * @param stamped whether a feed follows the stamps of its rows; of another one a stamp says
   *     nothing
   */
  public RowComparison(
      Store store,
      Audit audit,
      Runs runs,
      Records records,
      Captured captured,
      Map<String, Practice.Budget> budgets,
      Duration again,
      Predicate<String> stamped,
      Turns turns) {
    this.turns = turns;
    this.store = store;
    this.audit = audit;
    this.runs = runs;
    this.records = records;
    this.captured = captured;
    this.budgets = Map.copyOf(budgets);
    this.again = again;
    this.stamped = stamped;
  }

  public Turn next(String practice) {
    // A page needs two statements.
    Duration lease = budgets.get(practice).longestQuery().multipliedBy(2).plus(MARGIN);
    Turn compared = runs.ofPractice(practice, Purpose.COMPARE, lease);
    if (compared.isDue() || !runs.hasLoads(practice) || !turns.besideBegins(practice)) {
      return compared;
    }
    return runs.ofPractice(practice, Purpose.LOAD, lease);
  }

  /** Named parameters of the feed's statement by keys. */
  public Map<String, Object> parameters(Turn turn) {
    return Map.of(
        "after_key",
        turn.run().afterKey(),
        "until_key",
        turn.run().untilKey(),
        "most",
        most(turn.run()),
        "since",
        Stamp.text(turn.run().since()));
  }

  private int most(Run run) {
    int page = budgets.get(run.practice()).page();
    return run.isLoad() ? Math.min(page, PAGE) : page;
  }

  /**
   * A page beside its records.
   *
   * @param rows how many the office has
   * @param end last key of the page
   * @param isLast no key stands behind it
   * @param changed rows whose hash is not that of their record, and traces of those that are gone
   */
  public record Page(Turn turn, int rows, long end, boolean isLast, List<Row> changed) {

    public Page {
      changed = List.copyOf(changed);
    }

    /** Without the rows: they are patients'. */
    @Override
    public String toString() {
      return turn.run().id() + " " + rows + " rows";
    }
  }

  /**
   * @param rows as the feed's statement by keys gives them
   */
  public Page compare(Turn turn, List<Map<String, Object>> rows) {
    Run run = turn.run();
    if (run.isLoad()) {
      turns.besideEnds(run.practice());
    }
    boolean isFull = rows.size() >= most(run);
    long last = isFull ? key(rows.get(rows.size() - 1)) : run.untilKey();
    boolean isLast = !isFull && run.untilKey() == Long.MAX_VALUE;
    Map<Long, Records.Held> held = new HashMap<>();
    store
        .read(tx -> records.held(tx, run.practice(), run.resource(), run.afterKey(), last))
        .forEach(each -> held.put(each.key(), each));
    List<Row> changed = new ArrayList<>();
    for (Map<String, Object> each : rows) {
      Row row = captured.row(run.practice(), run.resource(), each);
      Optional<Records.Held> record = Optional.ofNullable(held.remove(row.key()));
      if (record.filter(it -> it.hash().equals(row.hash())).isEmpty()) {
        changed.add(row);
      }
    }
    // What is gone is found by comparing, which asks a person if it is much.
    held.values().stream()
        .filter(
            each ->
                !run.isLoad()
                    && !each.state().equals("deleted")
                    && each.readAt().isBefore(turn.readAt()))
        .map(each -> captured.gone(run.practice(), run.resource(), each.key(), turn.readAt()))
        .forEach(changed::add);
    return new Page(turn, rows.size(), last, isLast, changed);
  }

  /**
   * @param translated one for each changed row of the page
   */
  public void finish(Page page, List<Translated> translated) {
    store.write(
        tx -> {
          boolean holds = runs.holds(tx, page.turn());
          if (holds) {
            finish(tx, page, translated);
          }
          return holds;
        });
  }

  private void finish(Transaction tx, Page page, List<Translated> translated) {
    Run run = page.turn().run();
    List<Translated> differing = new ArrayList<>();
    for (Translated each : translated) {
      if (records.differs(tx, each, page.turn().readAt())) {
        differing.add(each);
      } else if (!run.dryRun()) {
        // Other columns are read by now and they tell the same: nothing to send, a new hash.
        records.repair(tx, each, page.turn().readAt());
      }
    }
    // A load is as right as capture, by when it read; that something was missed is not its
    // question.
    if (!run.isLoad() && run.phase() == 0 && !differing.isEmpty()) {
      runs.again(
          tx,
          page.turn(),
          page.end(),
          1,
          differing.stream().map(each -> each.row().key()).toList(),
          again);
      return;
    }
    settle(tx, page, differing);
  }

  private void settle(Transaction tx, Page page, List<Translated> differing) {
    Run run = page.turn().run();
    Instant seen =
        Records.watermark(tx, run.practice(), run.feed()).map(Watermark::stamp).orElse(Instant.MIN);
    List<Translated> confirmed =
        differing.stream()
            .filter(each -> run.isLoad() || run.suspects().contains(each.row().key()))
            .filter(
                each ->
                    each.row().deleted()
                        || !stamped.test(run.feed())
                        || !each.row().stamp().isAfter(seen))
            .toList();
    long gone = confirmed.stream().filter(each -> each.row().deleted()).count();
    if (!run.dryRun()
        && !run.manyDeletes()
        && run.gone() + gone > Math.max(FEW, run.total() / SHARE)) {
      runs.holdsBack(
          tx,
          page.turn(),
          (run.gone() + gone)
              + " of "
              + run.total()
              + " rows are no longer there; see that this is the right database, then ask with --many-deletes");
      return;
    }
    int repaired = 0;
    if (!run.dryRun()) {
      for (Translated each : confirmed) {
        records.repair(tx, each, page.turn().readAt());
        repaired += records.differs(tx, each, page.turn().readAt()) ? 0 : 1;
      }
    }
    Set<Long> open = new HashSet<>();
    differing.forEach(each -> open.add(each.row().key()));
    long changing = open.size() - confirmed.size();
    long looked = page.rows() + differing.stream().filter(each -> each.row().deleted()).count();
    audit.record(
        tx,
        "read",
        run.practice(),
        run.isLoad() ? "load" : "reconcile",
        run.feed() + " rows " + page.rows());
    runs.done(
        tx,
        page.turn(),
        page.end(),
        page.isLast(),
        new Tally(looked, looked - open.size(), confirmed.size(), gone, repaired, changing, 0));
  }

  private static long key(Map<String, Object> row) {
    return ((Number) row.get("row_key")).longValue();
  }
}
