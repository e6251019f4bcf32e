package pontic.record;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import pontic.audit.SqlAudit;
import pontic.store.BothStores;
import pontic.store.KeyVault;
import pontic.store.Store;
import pontic.store.StoreSettings;
import pontic.store.Stores;

class RecordsTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @RegisterExtension static final BothStores BOTH = new BothStores();

  @TempDir Path folder;

  static Stream<Store> stores() {
    return BOTH.stores();
  }

  @Test
  void aRowThatCannotBeTranslatedLeavesTheColumnsOfTheResourceThatStays() throws Exception {
    try (Store store =
        Stores.open(
            StoreSettings.embedded(folder.resolve("store")),
            KeyVault.createDemo(folder.resolve("keys")).vault())) {
      Records records = new Records(store, new SqlAudit(), List.of());
      read(records, "Utica", 1, Translated.Outcome.MAPPED);
      assertEquals("live Utica Utica", standing(store));
      read(records, "Nowhere", 2, Translated.Outcome.FAILED);
      assertEquals("failed Utica Utica", standing(store));
      read(records, "Rome", 3, Translated.Outcome.MAPPED);
      assertEquals("live Rome Rome", standing(store));
      read(records, "Nowhere", 4, Translated.Outcome.FAILED);
      read(records, "Rome", 5, Translated.Outcome.MAPPED);
      assertEquals("live Rome Rome", standing(store));
    }
  }

  /**
   * A page may be stored after the end of what Pontic was writing when it was read: that reading
   * counts for nothing, and the next one must, though it says the same (decision 0303).
   */
  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("stores")
  void aRowThatWasReadBeforeItWasWholeIsTakenAnewThoughItIsTheSame(Store store) {
    Records records = new Records(store, new SqlAudit(), List.of());
    store.write(
        tx ->
            tx.sql(
                    "insert into reread (practice, resource, row_key, until_at) values ('elm', 'Patient', 1, 5000)")
                .update());
    for (int second : List.of(4, 6, 8)) {
      read(records, "Utica", 1, second, Translated.Outcome.MAPPED);
    }
    assertEquals(
        "1 6000",
        store.read(
            tx ->
                tx.sql("select version, read_at from record")
                    .query((row, n) -> row.getLong("version") + " " + row.getLong("read_at"))
                    .single()),
        "the first that counts, and no version more");
  }

  private static void read(Records records, String city, int second, Translated.Outcome outcome) {
    read(records, city, second, second, outcome);
  }

  private static void read(
      Records records, String city, int second, int readAt, Translated.Outcome outcome) {
    Row row =
        new Row(
            "elm",
            "Patient",
            1,
            Instant.ofEpochSecond(second),
            false,
            city + second,
            Map.of("City", city, "PatNum", 1));
    records.store(
        new Page(
            "elm",
            "patient",
            records.watermark("elm", "patient"),
            new Watermark(Instant.ofEpochSecond(second), 1, false),
            List.of(row),
            0,
            Instant.ofEpochSecond(readAt)),
        List.of(
            new Translated(
                row,
                outcome,
                outcome == Translated.Outcome.MAPPED
                    ? JSON.createObjectNode().put("city", city)
                    : MissingNode.getInstance(),
                "")));
  }

  /** State, and the city of the resource and of the columns. */
  private static String standing(Store store) {
    return store.read(
        tx ->
            tx.sql("select state, fhir, row_data from record")
                .query(
                    (row, number) ->
                        row.getString("state")
                            + " "
                            + field(store, "record", row.getString("fhir"), "city")
                            + " "
                            + field(store, "record-row", row.getString("row_data"), "City"))
                .single());
  }

  private static String field(Store store, String table, String sealed, String name) {
    try {
      return JSON.readTree(
              new String(
                  store.vault().open(table, "elm/Patient/1", sealed), StandardCharsets.UTF_8))
          .path(name)
          .asText();
    } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
      throw new AssertionError("no JSON");
    }
  }
}
