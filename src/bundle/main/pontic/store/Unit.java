package pontic.store;

/**
 * One piece of work that is stored as a whole or not at all.
 *
 * <p>On the embedded store several units share one commit; each has its own savepoint, so a unit
 * that throws takes only itself back. A unit must therefore not keep the transaction beyond its
 * call, nor wait for anything but SQL.
 */
@FunctionalInterface
public interface Unit<T> {
  T run(Transaction tx);
}
