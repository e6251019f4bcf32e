package pontic.store;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * One unit for all who want the same of one practice while the disk is busy with others: what they
 * want is taken when the unit begins, not when it is asked for. Whoever is first asks, the others
 * wait for the same commit.
 *
 * @param <A> what one wants
 * @param <R> what became of it
 */
public final class SharedUnit<A, R> {
  private final Store store;
  private final String practice;
  private final Work<A, R> work;
  private final Queue<Waiting<A, R>> queue = new ConcurrentLinkedQueue<>();

  /** Whether a unit is asked for that has not yet taken what waits. */
  private final AtomicBoolean coming = new AtomicBoolean();

  private volatile Pace pace = Pace.of(System.nanoTime());

  /** A {@link Unit} for several. */
  @FunctionalInterface
  public interface Work<A, R> {
    /**
     * @param wanted in the order in which it was asked for
     * @return as many results, in the same order
     */
    List<R> run(Transaction tx, List<A> wanted);
  }

  private record Waiting<A, R>(A wanted, CompletableFuture<R> done) {}

  /** One unit's part; a unit that is run again has the same. */
  private static final class Turn<A, R> {
    private final List<Waiting<A, R>> taken = new ArrayList<>();
    private boolean begun;
  }

  /**
   * @param practice whose units wait for one another
   */
  public SharedUnit(Store store, String practice, Work<A, R> work) {
    this.store = store;
    this.practice = practice;
    this.work = work;
  }

  /**
   * Returns after the commit that holds it.
   *
   * @throws StoreException if the store failed; all who shared the unit hear it
   * @throws RuntimeException what the work threw on this one; nothing of it is stored, the others'
   *     is
   */
  public R write(A wanted) {
    Waiting<A, R> mine = new Waiting<>(wanted, new CompletableFuture<>());
    queue.add(mine);
    // If a unit is coming it has not yet taken what waits, so it takes this one.
    if (coming.compareAndSet(false, true)) {
      commit();
    }
    return UnitOutcome.await(mine.done());
  }

  /**
   * Whether so many or more were written within a tenth of a second, and the last of them within
   * the last tenth.
   */
  public boolean wroteLately(int many) {
    return pace.lately(System.nanoTime()) >= many;
  }

  private void commit() {
    Turn<A, R> turn = new Turn<>();
    try {
      List<R> results =
          store.write(
              tx -> {
                // On PostgreSQL this waits for the commit before; who comes meanwhile comes along.
                tx.serialise(practice);
                return run(tx, take(turn));
              });
      wrote(results.size());
      for (int i = 0; i < results.size(); i++) {
        turn.taken.get(i).done().complete(results.get(i));
      }
    } catch (StoreException | Error e) {
      take(turn).forEach(each -> each.done().completeExceptionally(e));
    } catch (RuntimeException e) {
      eachAlone(take(turn), e);
    }
  }

  /** Units of one practice may end beside each other on PostgreSQL. */
  private synchronized void wrote(int many) {
    pace = pace.and(many, System.nanoTime());
  }

  /** Also of a unit that never began: nobody else would tell those who wait for it. */
  private List<Waiting<A, R>> take(Turn<A, R> turn) {
    if (!turn.begun) {
      turn.begun = true;
      coming.set(false);
      for (Waiting<A, R> next = queue.poll(); next != null; next = queue.poll()) {
        turn.taken.add(next);
      }
    }
    return turn.taken;
  }

  private List<R> run(Transaction tx, List<Waiting<A, R>> taken) {
    List<R> results = work.run(tx, taken.stream().map(Waiting::wanted).toList());
    if (results.size() != taken.size()) {
      throw new IllegalStateException(
          "A shared unit has " + results.size() + " results for " + taken.size() + " who wait");
    }
    return results;
  }

  /** Nothing of them is stored; who caused it fails alone this time. */
  private void eachAlone(List<Waiting<A, R>> taken, RuntimeException failure) {
    if (taken.size() == 1) {
      taken.get(0).done().completeExceptionally(failure);
      return;
    }
    for (Waiting<A, R> each : taken) {
      try {
        each.done()
            .complete(
                store.write(
                    tx -> {
                      tx.serialise(practice);
                      return run(tx, List.of(each)).get(0);
                    }));
      } catch (RuntimeException | Error e) {
        each.done().completeExceptionally(e);
      }
    }
  }
}
