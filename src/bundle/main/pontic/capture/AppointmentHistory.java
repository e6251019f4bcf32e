package pontic.capture;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import pontic.store.Transaction;

/**
 * What the office's appointment history says of rows whose own list does not say it, such as
 * whether a broken appointment was missed. Kept, since history and row arrive in either order.
 */
final class AppointmentHistory {

  /**
   * @param key of the row that is spoken of
   * @param entry key of the history's entry; a higher one is newer
   * @param says as the database numbers it
   */
  record Entry(long key, long entry, long says) {}

  /** The newest entry of each of these rows that has one. */
  Map<Long, Entry> entries(Transaction tx, String practice, List<Long> keys) {
    Map<Long, Entry> entries = new HashMap<>();
    if (!keys.isEmpty()) {
      tx.sql(
              "select row_key, entry_key, said from appointment_history"
                  + " where practice = :practice and row_key in (:keys)")
          .param("practice", practice)
          .param("keys", keys)
          .query(
              row -> {
                entries.put(
                    row.getLong("row_key"),
                    new Entry(
                        row.getLong("row_key"), row.getLong("entry_key"), row.getLong("said")));
              });
    }
    return entries;
  }

  void remember(Transaction tx, String practice, Entry entry) {
    tx.sql(
            "insert into appointment_history (practice, row_key, entry_key, said)"
                + " values (:practice, :key, :entry, :said)"
                + " on conflict (practice, row_key) do update set entry_key = excluded.entry_key, said = excluded.said"
                + " where appointment_history.entry_key < excluded.entry_key")
        .param("practice", practice)
        .param("key", entry.key())
        .param("entry", entry.entry())
        .param("said", entry.says())
        .update();
  }
}
