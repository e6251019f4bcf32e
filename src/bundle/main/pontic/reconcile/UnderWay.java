package pontic.reconcile;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;
import pontic.store.Store;
import pontic.store.Transaction;

/**
 * Where comparisons and loads are under way, by one look at the store for all who ask within a
 * moment: mostly there are none, and each practice and destination asks each second.
 */
final class UnderWay {
  /** A run that another process began is seen so much later. */
  private static final long MOMENT = Duration.ofMillis(200).toNanos();

  private final Store store;
  private final LongSupplier nanos;
  private Look last;

  /**
   * @param destination "" if rows are compared with their records
   */
  private record Pair(String practice, String destination) {}

  /**
   * @param practices whose rows are looked at
   * @param destinations of which it is looked what they hold
   */
  private record Look(long at, Set<String> practices, Set<String> destinations) {}

  /**
   * @param nanos a clock that only goes on
   */
  UnderWay(Store store, LongSupplier nanos) {
    this.store = store;
    this.nanos = nanos;
    this.last = new Look(nanos.getAsLong() - MOMENT, Set.of(), Set.of());
  }

  /** Whether rows of a practice are being compared or loaded. */
  boolean ofPractice(String practice) {
    return look().practices().contains(practice);
  }

  boolean ofDestination(String destination) {
    return look().destinations().contains(destination);
  }

  /** A run has begun here: the next who asks looks. */
  synchronized void begun() {
    last = new Look(nanos.getAsLong() - MOMENT, last.practices(), last.destinations());
  }

  private synchronized Look look() {
    long now = nanos.getAsLong();
    if (now - last.at() >= MOMENT) {
      Set<String> practices = new HashSet<>();
      Set<String> destinations = new HashSet<>();
      for (Pair pair : store.read(UnderWay::running)) {
        if (pair.destination().isEmpty()) {
          practices.add(pair.practice());
        } else {
          destinations.add(pair.destination());
        }
      }
      last = new Look(now, practices, destinations);
    }
    return last;
  }

  private static List<Pair> running(Transaction tx) {
    return tx.sql("select distinct practice, destination from reconcile where state = 'running'")
        .query((row, number) -> new Pair(row.getString("practice"), row.getString("destination")))
        .list();
  }
}
