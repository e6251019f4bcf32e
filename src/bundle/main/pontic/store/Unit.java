package pontic.store;

/**
 * One piece of work that is stored as a whole or not at all.
 *
 * <p>On the embedded store several units share one commit; each has its own savepoint, so a unit
 * that throws takes only itself back. A unit must therefore not keep the transaction beyond its
 * call, nor wait for anything but SQL.
 *
 * <p>A unit may be run again before its caller hears of it (a deadlock on PostgreSQL, a neighbour
 * that filled the disk on the embedded store), each time with nothing of the earlier run stored: it
 * changes nothing but rows. It does not call the store's read or write. After a statement that
 * failed it can store nothing more.
 */
@FunctionalInterface
public interface Unit<T> {
  T run(Transaction tx);
}
