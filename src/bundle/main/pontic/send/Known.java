package pontic.send;

import pontic.practice.Destination;
import pontic.store.Transaction;

/** Tells whether a destination knows already what is due to it, because it said so itself. */
@FunctionalInterface
public interface Known {
  /** Everything is news: nobody has said anything. */
  Known NOTHING = (tx, destination, entry) -> Verdict.NEWS;

  /** What becomes of a due entry. */
  enum Verdict {
    /** It is sent. */
    NEWS,
    /** The destination said it itself: acknowledged without being sent. */
    ECHO,
    /** It cannot be said yet; the entry is asked about again a little later. */
    WAIT
  }

  /** Inside the unit that claims; asked only of entries without an unclear attempt. */
  Verdict judge(Transaction tx, Destination destination, Dues.Entry entry);

  /**
   * What the destination knows of the row: what it acknowledged last, and what it said itself since
   * then.
   *
   * @return FHIR JSON; empty if it knows nothing of it
   */
  default String told(Transaction tx, Destination destination, Dues.Entry entry) {
    return entry.acknowledged().fhir();
  }
}
