package pontic.record;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import pontic.store.Store;
import pontic.store.Transaction;

/** The newest FHIR of single rows, for messages that name others beside their own. */
public final class Newest {
  private final Store store;

  public Newest(Store store) {
    this.store = store;
  }

  /**
   * @param reference as records have it, {@code Patient/elm-patient-12}
   * @return FHIR JSON; empty if it is no such reference or there is no record
   */
  public Optional<String> byReference(String practice, String reference) {
    int slash = reference.indexOf('/');
    int dash = reference.lastIndexOf('-');
    String prefix = practice + "-";
    if (slash < 1 || !reference.startsWith(prefix, slash + 1) || dash <= slash + prefix.length()) {
      return Optional.empty();
    }
    String type = reference.substring(0, slash);
    String name = reference.substring(slash + 1 + prefix.length(), dash);
    return byKey(
        practice,
        name.equals(new Kind(type).name()) ? type : type + ":" + name,
        reference.substring(dash + 1));
  }

  /**
   * Of a patient, what stands of these kinds.
   *
   * @return FHIR JSON in the order of kind and key
   */
  public List<String> liveOf(Transaction tx, String practice, long patient, List<String> kinds) {
    return tx.sql(
            "select resource, row_key, fhir from record where practice = :practice and patient_key = :patient"
                + " and resource in (:kinds) and state = 'live' and version > 0 order by resource, row_key")
        .param("practice", practice)
        .param("patient", patient)
        .param("kinds", kinds)
        .query(
            (row, number) ->
                opened(
                    practice,
                    row.getString("resource"),
                    row.getLong("row_key"),
                    row.getString("fhir")))
        .list();
  }

  /** The row's own number in a reference that has a record. */
  public static long key(String reference) {
    return Long.parseLong(reference.substring(reference.lastIndexOf('-') + 1));
  }

  /** By the row's own number. */
  public Optional<String> byKey(String practice, String resource, String number) {
    if (!number.matches("[0-9]{1,18}")) {
      return Optional.empty();
    }
    long key = Long.parseLong(number);
    return store.read(tx -> byKey(tx, practice, resource, key));
  }

  /** Likewise, in a unit that is open. */
  public Optional<String> byKey(Transaction tx, String practice, String resource, long key) {
    return tx.sql(
            "select fhir from record where practice = ? and resource = ? and row_key = ? and version > 0")
        .params(practice, resource, key)
        .query(String.class)
        .optional()
        .map(kept -> opened(practice, resource, key, kept));
  }

  private String opened(String practice, String resource, long key, String kept) {
    return new String(
        store.vault().open("record", practice + "/" + resource + "/" + key, kept),
        StandardCharsets.UTF_8);
  }
}
