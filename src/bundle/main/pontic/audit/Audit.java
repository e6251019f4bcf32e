package pontic.audit;

import java.util.List;
import pontic.store.Transaction;

/**
 * One row per access to patient data; the database itself refuses to change or delete one. Never
 * holds patient data.
 */
public interface Audit {

  /**
   * @param action {@code accept}, {@code read} or {@code call} (later: {@code send}, {@code show})
   * @param who sender, client or operator; never a patient
   * @param subject ids only: message id, call id, {@code patients/12}
   */
  void record(Transaction tx, String action, String practice, String who, String subject);

  /** One row for each of several accesses at the same moment. */
  void record(Transaction tx, String action, String practice, List<Access> accesses);

  /**
   * @param who sender, client or operator; never a patient
   * @param subject ids only
   */
  record Access(String who, String subject) {}
}
