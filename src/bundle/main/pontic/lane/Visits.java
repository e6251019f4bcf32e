package pontic.lane;

import pontic.store.Transaction;

/** Hears how an appointment stands, in the unit that ends the message about it. */
@FunctionalInterface
public interface Visits {
  /**
   * @param messageId the message, which has not ended yet
   */
  void stands(Transaction tx, String practice, String messageId, Visit visit);
}
