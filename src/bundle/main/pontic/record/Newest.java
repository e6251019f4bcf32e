package pontic.record;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import pontic.store.Store;

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
    if (slash < 1 || dash < slash) {
      return Optional.empty();
    }
    String resource = reference.substring(0, slash);
    return byKey(practice, resource, reference.substring(dash + 1))
        .filter(
            found ->
                reference.equals(
                    resource
                        + "/"
                        + new Kind(resource)
                            .fhirId(practice, Long.parseLong(reference.substring(dash + 1)))));
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
    return store
        .read(
            tx ->
                tx.sql(
                        "select fhir from record where practice = ? and resource = ? and row_key = ? and version > 0")
                    .params(practice, resource, key)
                    .query(String.class)
                    .optional())
        .map(
            kept ->
                new String(
                    store.vault().open("record", practice + "/" + resource + "/" + key, kept),
                    StandardCharsets.UTF_8));
  }
}
