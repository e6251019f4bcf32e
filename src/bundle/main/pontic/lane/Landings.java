package pontic.lane;

import pontic.store.Transaction;

/** Hears what messages made true, or said and found true, in the unit that stores their outcome. */
public interface Landings {

  /**
   * @param work of the message; its sender is whose word it was
   */
  void landed(Transaction tx, Work work, Written written);

  /** A resource of the message is this row. */
  void brought(Transaction tx, Work work, Decision.Row row);
}
