package pontic.lane;

import java.util.List;
import pontic.store.Transaction;

/**
 * What work writes in several requests and is not whole yet: nothing of it is sent out until it is,
 * and what was read of it meanwhile not before it is read again (decision 0303).
 */
final class HalfWritten {

  /** By destination, as the index of deliveries has it. */
  private static final String UNTOLD =
      """
       and not exists (select 1 from sending s join delivery x on x.practice = s.practice and x.destination = s.destination
        and x.resource = record.resource and x.row_key = record.row_key where s.practice = record.practice)
      """;

  private HalfWritten() {}

  /**
   * From before the first request on.
   *
   * @param patNum whose records of these kinds are held back
   */
  static void begun(Transaction tx, Work work, long patNum, List<String> resources) {
    for (String resource : resources) {
      tx.sql(
              """
              insert into half_written (practice, work_id, resource, patient_key) values (:practice, :work, :resource, :patient)
              on conflict (work_id, resource, patient_key) do nothing
              """)
          .param("practice", work.practice())
          .param("work", work.id())
          .param("resource", resource)
          .param("patient", patNum)
          .update();
    }
  }

  static boolean is(Transaction tx, Work work) {
    return tx.sql("select count(*) from half_written where work_id = :work")
            .param("work", work.id())
            .query(Long.class)
            .single()
        > 0;
  }

  /** Whole, deleted again, or given up by a person. */
  static void ended(Transaction tx, String workId) {
    tx.sql("delete from half_written where work_id = :work").param("work", workId).update();
  }

  /**
   * A record of this row counts only if the row was read later. Without its hash it is taken for
   * changed as soon as it is read. Of a row that is gone there is none; where somebody was told of
   * it all the same, it stays, and the next comparison tells that it is gone.
   */
  static void reread(Transaction tx, String practice, Planner.Reread row) {
    long until = row.until().toEpochMilli();
    tx.sql(
            """
            insert into reread (practice, resource, row_key, until_at) values (:practice, :resource, :key, :until)
            on conflict (practice, resource, row_key) do update set until_at = excluded.until_at
            """)
        .param("practice", practice)
        .param("resource", row.resource())
        .param("key", row.key())
        .param("until", until)
        .update();
    if (row.gone()) {
      of(tx, "delete from due", practice, row, "");
      of(tx, "delete from record", practice, row, UNTOLD);
    } else {
      of(tx, "update record set row_hash = ''", practice, row, " and read_at <= " + until);
    }
  }

  private static void of(
      Transaction tx, String what, String practice, Planner.Reread row, String more) {
    tx.sql(what + " where practice = :practice and resource = :resource and row_key = :key" + more)
        .param("practice", practice)
        .param("resource", row.resource())
        .param("key", row.key())
        .update();
  }
}
