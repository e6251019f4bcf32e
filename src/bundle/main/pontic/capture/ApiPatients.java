package pontic.capture;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import pontic.store.Transaction;

/** Whose rows are read next of a list that can only be asked for one patient. */
final class ApiPatients {

  /** Patients of whom something changed elsewhere. */
  void stirred(
      Transaction tx, String practice, String list, Collection<Long> patients, Instant now) {
    for (long patient : patients) {
      tx.sql(
              "insert into api_patient (practice, list, patient, due_at) values (:practice, :list, :patient, :now)"
                  + " on conflict (practice, list, patient) do update set due_at = excluded.due_at"
                  + " where api_patient.due_at > excluded.due_at")
          .param("practice", practice)
          .param("list", list)
          .param("patient", patient)
          .param("now", now.toEpochMilli())
          .update();
    }
  }

  /** The patient who has waited longest, of those who are due. */
  OptionalLong next(Transaction tx, String practice, String list, Instant now) {
    return tx.sql(
            "select patient from api_patient where practice = ? and list = ? and due_at <= ? order by due_at, patient limit 1")
        .params(practice, list, now.toEpochMilli())
        .query(Long.class)
        .optional()
        .map(OptionalLong::of)
        .orElse(OptionalLong.empty());
  }

  /** When the first of them is due; empty if the list knows nobody. */
  Optional<Instant> earliest(Transaction tx, String practice, String list) {
    return tx.sql(
            "select due_at from api_patient where practice = ? and list = ? order by due_at limit 1")
        .params(practice, list)
        .query(Long.class)
        .optional()
        .map(Instant::ofEpochMilli);
  }

  /** His rows were read by an answer that came then. */
  void read(Transaction tx, String practice, String list, long patient, Instant at) {
    tx.sql(
            "update api_patient set read_at = ? where practice = ? and list = ? and patient = ? and read_at < ?")
        .params(at.toEpochMilli(), practice, list, patient, at.toEpochMilli())
        .update();
  }

  /** Everybody's rows were read then or later. */
  Instant allReadAt(Transaction tx, String practice, String list) {
    return Instant.ofEpochMilli(
        tx.sql("select coalesce(min(read_at), 0) from api_patient where practice = ? and list = ?")
            .params(practice, list)
            .query(Long.class)
            .single());
  }

  /**
   * The next of those whose rows were not read since is due at that time, if none of them is
   * sooner.
   */
  void hurry(Transaction tx, String practice, String list, Instant since, Instant at) {
    tx.sql(
            "select patient from api_patient where practice = ? and list = ? and read_at <= ? order by due_at, patient limit 1")
        .params(practice, list, since.toEpochMilli())
        .query(Long.class)
        .optional()
        .ifPresent(patient -> stirred(tx, practice, list, List.of(patient), at));
  }

  /** His rows are asked for; what changes from now on makes him due again. */
  void asked(Transaction tx, String practice, String list, long patient, Instant again) {
    tx.sql("update api_patient set due_at = ? where practice = ? and list = ? and patient = ?")
        .params(again.toEpochMilli(), practice, list, patient)
        .update();
  }
}
