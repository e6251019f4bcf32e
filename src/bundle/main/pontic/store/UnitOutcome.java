package pontic.store;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** How a caller hears what became of its unit. */
final class UnitOutcome {
  private UnitOutcome() {}

  /**
   * Waits, also through an interrupt (which stays set): whoever left earlier could not know whether
   * the unit was stored.
   */
  static <T> T await(CompletableFuture<T> done) {
    try {
      return done.join();
    } catch (CompletionException e) {
      throw rethrow(e.getCause());
    }
  }

  /** Never returns; the return type lets the caller write {@code throw}. */
  static RuntimeException rethrow(Throwable thrown) {
    if (thrown instanceof RuntimeException e) {
      throw e;
    }
    if (thrown instanceof Error e) {
      throw e;
    }
    throw new StoreException("A unit threw a checked exception; nothing of it was stored", thrown);
  }
}
