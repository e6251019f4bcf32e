package pontic.record;

import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import pontic.store.Store;

/** What the records hold of one patient, for somebody who may see it. */
public final class PatientRecords {
  private static final Pattern REFERENCE = Pattern.compile("([A-Za-z]+)/(.+)-(\\d{1,18})");

  private static final String KEPT =
      "select resource, row_key, version, state, reason, changed_at, fhir from record where practice = ? and ";

  private final Store store;

  public PatientRecords(Store store) {
    this.store = store;
  }

  /**
   * One record.
   *
   * @param version 0: no destination was ever told of it
   * @param state live, left-out, failed or deleted
   * @param reason why it is left out or failed; never a value
   * @param changedAt by the store's clock
   * @param fhir the resource as JSON; "" with version 0
   */
  public record Kept(
      Kind kind,
      long key,
      long version,
      String state,
      String reason,
      Instant changedAt,
      String fhir) {
    /** Without its content. */
    @Override
    public String toString() {
      return "Kept[" + kind.text() + " " + key + "]";
    }
  }

  /** All of a patient, by kind and key; empty if nothing was read of him. */
  public List<Kept> of(String practice, long patNum) {
    return store
        .read(
            tx ->
                tx.sql(KEPT + "patient_key = ? order by resource, row_key")
                    .params(practice, patNum)
                    .query((row, number) -> sealed(row))
                    .list())
        .stream()
        .map(kept -> opened(practice, kept))
        .toList();
  }

  /** Those that were told, of references as records have them: {@code Practitioner/elm-…-3}. */
  public List<Kept> named(String practice, Collection<String> references) {
    return references.stream().sorted().flatMap(reference -> one(practice, reference)).toList();
  }

  private Stream<Kept> one(String practice, String reference) {
    Matcher parts = REFERENCE.matcher(reference);
    String prefix = practice + "-";
    if (!parts.matches() || !parts.group(2).startsWith(prefix)) {
      return Stream.empty();
    }
    Kind kind = Kind.named(parts.group(1), parts.group(2).substring(prefix.length()));
    Optional<Kept> found =
        store.read(
            tx ->
                tx.sql(KEPT + "resource = ? and row_key = ? and version > 0")
                    .params(practice, kind.text(), Long.parseLong(parts.group(3)))
                    .query((row, number) -> sealed(row))
                    .optional());
    return found.map(kept -> opened(practice, kept)).stream();
  }

  private static Kept sealed(ResultSet row) throws SQLException {
    return new Kept(
        new Kind(row.getString("resource")),
        row.getLong("row_key"),
        row.getLong("version"),
        row.getString("state"),
        row.getString("reason"),
        Instant.ofEpochMilli(row.getLong("changed_at")),
        row.getString("fhir"));
  }

  private Kept opened(String practice, Kept kept) {
    if (kept.fhir().isEmpty()) {
      return kept;
    }
    String name = practice + "/" + kept.kind().text() + "/" + kept.key();
    return new Kept(
        kept.kind(),
        kept.key(),
        kept.version(),
        kept.state(),
        kept.reason(),
        kept.changedAt(),
        new String(store.vault().open("record", name, kept.fhir()), StandardCharsets.UTF_8));
  }
}
