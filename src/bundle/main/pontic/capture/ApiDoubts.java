package pontic.capture;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import pontic.store.Transaction;

/**
 * Rows that one patient's list lacks and that may have moved to another patient, in a merge of
 * which the API tells nothing (decision 0321). Such a row is gone once whoever might have it was
 * read and had it not.
 */
final class ApiDoubts {

  /** Lists with rows of which nobody can say yet that they are nobody else's. */
  Set<String> open(Transaction tx, String practice) {
    return new TreeSet<>(
        tx.sql("select distinct list from api_doubt where practice = ? and proven_at = 0")
            .params(practice)
            .query(String.class)
            .list());
  }

  /**
   * Those of a patient's rows that his list lacks and that may still be another's.
   *
   * @param missing keys that his list lacks
   */
  List<Long> among(
      Transaction tx,
      String practice,
      String list,
      String resource,
      long patient,
      List<Long> missing) {
    List<Long> doubtful = new ArrayList<>(missing);
    if (!missing.isEmpty()) {
      // Who was found to have a row since then may be due, but was not read yet.
      doubtful.removeAll(
          tx.sql(
                  """
                  select row_key from api_doubt d where practice = :practice and list = :list and resource = :resource
                    and patient = :patient and row_key in (:keys) and proven_at > 0
                    and not exists (select 1 from api_patient o where o.practice = d.practice and o.list = d.list
                      and o.patient <> d.patient and o.due_at <= d.proven_at)
                  """)
              .param("practice", practice)
              .param("list", list)
              .param("resource", resource)
              .param("patient", patient)
              .param("keys", missing)
              .query(Long.class)
              .list());
    }
    return doubtful;
  }

  /**
   * What is doubtful of a patient's rows after his list was read; of other rows in that range
   * nothing is.
   *
   * @param at when the answer came
   */
  void keep(
      Transaction tx,
      String practice,
      String list,
      String resource,
      long patient,
      ApiGone.Range range,
      List<Long> doubtful,
      Instant at) {
    tx.sql(
            "delete from api_doubt where practice = :practice and list = :list and resource = :resource"
                + " and patient = :patient and row_key between :from and :to"
                + (doubtful.isEmpty() ? "" : " and row_key not in (:keys)"))
        .param("practice", practice)
        .param("list", list)
        .param("resource", resource)
        .param("patient", patient)
        .param("from", range.from())
        .param("to", range.to())
        .param("keys", doubtful)
        .update();
    for (long key : doubtful) {
      tx.sql(
              "insert into api_doubt (practice, list, resource, row_key, patient, since, proven_at)"
                  + " values (:practice, :list, :resource, :key, :patient, :since, 0)"
                  + " on conflict (practice, list, resource, row_key) do update set patient = excluded.patient,"
                  + " since = excluded.since, proven_at = 0 where api_doubt.patient <> excluded.patient")
          .param("practice", practice)
          .param("list", list)
          .param("resource", resource)
          .param("key", key)
          .param("patient", patient)
          .param("since", at.toEpochMilli())
          .update();
    }
  }

  /** Whether a row of his would be gone but for somebody who is due. */
  boolean isWaiting(Transaction tx, String practice, String list, long patient) {
    return tx.sql(
                "select count(*) from api_doubt where practice = ? and list = ? and patient = ? and proven_at > 0")
            .params(practice, list, patient)
            .query(Long.class)
            .single()
        > 0;
  }

  /** Of one who was archived or deleted nothing is taken for gone. */
  void forget(Transaction tx, String practice, String list, long patient) {
    tx.sql("delete from api_doubt where practice = ? and list = ? and patient = ?")
        .params(practice, list, patient)
        .update();
  }

  /** When the last of what is doubtful in a list became so. */
  Instant latest(Transaction tx, String practice, String list) {
    return Instant.ofEpochMilli(
        tx.sql(
                "select coalesce(max(since), 0) from api_doubt where practice = ? and list = ? and proven_at = 0")
            .params(practice, list)
            .query(Long.class)
            .single());
  }

  /**
   * What became doubtful before this is nobody else's, unless somebody who is due now has it.
   *
   * @return whose rows these are
   */
  Set<Long> prove(Transaction tx, String practice, String list, Instant before, Instant now) {
    Set<Long> patients =
        new TreeSet<>(
            tx.sql(
                    "select distinct patient from api_doubt where practice = ? and list = ? and proven_at = 0 and since < ?")
                .params(practice, list, before.toEpochMilli())
                .query(Long.class)
                .list());
    tx.sql(
            "update api_doubt set proven_at = ? where practice = ? and list = ? and proven_at = 0 and since < ?")
        .params(now.toEpochMilli(), practice, list, before.toEpochMilli())
        .update();
    return patients;
  }
}
