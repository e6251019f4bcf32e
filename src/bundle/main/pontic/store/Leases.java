package pontic.store;

import java.time.Duration;
import java.util.Optional;

/**
 * Who may act for a name ({@code lane:elm}, {@code understand:elm}, {@code send:elm:hospital}) just
 * now. Each taking has a higher epoch; whoever acts later than its lease finds a higher epoch in
 * the row and is fenced off.
 */
public interface Leases {

  /** Takes the lease if it is free or has run out by the store's clock; the new epoch, or empty. */
  Optional<Long> take(Transaction tx, String name, Duration length);

  /**
   * True while this process holds the name at this epoch and it has not run out; locks the row
   * until commit.
   */
  boolean holds(Transaction tx, String name, long epoch);

  /** Gives the name back; does nothing if the epoch is no longer ours. */
  void release(Transaction tx, String name, long epoch);

  /** At start: whatever this holder held in an earlier life is free. */
  int voidOwn(Transaction tx);

  /** The name of this process as a holder: stable over restarts on one data folder. */
  String holder();
}
