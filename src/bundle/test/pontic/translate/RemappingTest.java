package pontic.translate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import pontic.audit.SqlAudit;
import pontic.mapping.Mappings;
import pontic.practice.Practice;
import pontic.record.Page;
import pontic.record.Records;
import pontic.record.Row;
import pontic.record.UnmappedCodes;
import pontic.record.Watermark;
import pontic.store.BothStores;
import pontic.store.Store;

/**
 * Three practices, each with names of its own for what its patients have; the shipped mappings. By
 * elm's clock a row is read again and again.
 */
class RemappingTest {
  private static final Mappings SHIPPED = Mappings.load(Path.of("..", "..", "mappings"));
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String ALLERGY = "AllergyIntolerance:allergy";
  private static final List<Practice> PRACTICES =
      List.of(
          OutboundMappingTest.practice("elm", "America/New_York"),
          OutboundMappingTest.practice("oak", "America/Chicago"),
          OutboundMappingTest.practice("fir", "America/Denver"));

  @TempDir static Path folder;
  @RegisterExtension static final BothStores BOTH = new BothStores();
  private Store store;
  private Records records;
  private UnmappedCodes unmapped;
  private final Map<String, Mappings> own = new HashMap<>();
  private int reads;

  static Stream<Store> stores() {
    return BOTH.stores();
  }

  private void on(Store one) {
    store = one;
    store.write(
        tx -> {
          for (String table : List.of("record", "watermark", "unmapped_row", "unmapped_code")) {
            tx.sql("delete from " + table).update();
          }
          return 0;
        });
    records = new Records(store, new SqlAudit(), List.of());
    unmapped = new UnmappedCodes(store);
    PRACTICES.forEach(each -> own.put(each.id(), SHIPPED));
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("stores")
  void whatEachPracticeMissesIsCountedByRowsAndNotByReadings(Store one) {
    on(one);
    readTwice("elm", 1, "Latex gloves");
    readTwice("elm", 2, "Latex gloves");
    readTwice("elm", 3, "Novocaine");
    readTwice("oak", 1, "Latex gloves");
    readTwice("fir", 1, "Polen");
    assertEquals(
        List.of(
            "elm outbound-allergy Latex gloves 2",
            "elm outbound-allergy Novocaine 1",
            "fir outbound-allergy Polen 1",
            "oak outbound-allergy Latex gloves 1"),
        listed(""));
    assertEquals(List.of("oak outbound-allergy Latex gloves 1"), listed("oak"));
    UnmappedCodes.Listed first = unmapped.listed("", 1).get(0);
    assertEquals(List.of(ALLERGY), first.types());
    assertFalse(first.lastSeen().isAfter(store.read(tx -> tx.now())));
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("stores")
  void withoutAMapTheNameIsToldAsTextAndThatItHasNoCode(Store one) {
    on(one);
    readTwice("elm", 1, "Latex gloves");
    JsonNode code = told("elm", 1).path("code");
    assertEquals("Latex gloves", code.path("text").asText());
    assertEquals(
        "unknown",
        code.path("coding").path(0).path("extension").path(0).path("valueCode").asText());
    assertFalse(code.path("coding").path(0).has("code"));
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("stores")
  void rowsAreSentAgainOnceTheirPracticeHasTheCodeAndNoOthers(Store one) throws Exception {
    on(one);
    readTwice("elm", 1, "Latex gloves");
    readTwice("elm", 2, "LATEX GLOVES");
    readTwice("elm", 3, "Novocaine");
    readTwice("oak", 1, "Latex gloves");
    assertEquals(0, remap("elm"), "nothing has changed");
    codes("elm", "Latex gloves: snomed|1003755004");
    codes("oak", "Novocaine: rxnorm|8701");
    assertEquals(2, remap("elm"));
    assertEquals(0, remap("oak"));
    assertEquals(0, remap("fir"));
    for (long row : List.of(1L, 2L)) {
      JsonNode coding = told("elm", row).path("code").path("coding").path(0);
      assertEquals("http://snomed.info/sct", coding.path("system").asText());
      assertEquals("1003755004", coding.path("code").asText());
      assertEquals(2, version("elm", row));
    }
    assertEquals(1, version("elm", 3));
    assertEquals(1, version("oak", 1));
    assertEquals(
        List.of("elm outbound-allergy Novocaine 1", "oak outbound-allergy Latex gloves 1"),
        listed(""));
    assertEquals(0, remap("elm"), "once");
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("stores")
  void aCodeThatIsKnownToBecomeNothingIsNoLongerListedAndNothingIsSent(Store one) throws Exception {
    on(one);
    readTwice("fir", 1, "Ask me");
    codes("fir", "Ask me: ~");
    assertEquals(0, remap("fir"));
    assertEquals(List.of(), listed(""));
    assertEquals(1, version("fir", 1));
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("stores")
  void aRowThatATableRefusesIsSentOnceTheCodeIsThere(Store one) throws Exception {
    on(one);
    overlaid("oak", "default: refuse\ncodes: {}\n");
    readTwice("oak", 1, "Latex gloves");
    assertEquals(0, version("oak", 1));
    assertEquals(List.of("oak outbound-allergy Latex gloves 1"), listed(""));
    overlaid("oak", "default: refuse\ncodes: {Latex gloves: snomed|1003755004}\n");
    assertEquals(1, remap("oak"));
    assertEquals(
        "1003755004", told("oak", 1).path("code").path("coding").path(0).path("code").asText());
    assertEquals(List.of(), listed(""));
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("stores")
  void whatARowMissedBeforeItChangedIsForgotten(Store one) {
    on(one);
    readTwice("elm", 1, "Latex gloves");
    readTwice("elm", 1, "Novocaine");
    assertEquals(List.of("elm outbound-allergy Novocaine 1"), listed(""));
    read("elm", row("elm", 1, "Novocaine", true));
    assertEquals(List.of(), listed(""));
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("stores")
  void moreRowsThanAreReadAtOnceAreAllSentAgain(Store one) throws Exception {
    on(one);
    for (long row = 1; row <= 230; row++) {
      read("elm", row("elm", row, "Latex gloves", false));
    }
    codes("elm", "latex gloves: snomed|1003755004");
    assertEquals(230, remap("elm"));
    assertEquals(List.of(), listed(""));
  }

  /** A patient's reaction is what somebody wrote about him. */
  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("stores")
  void whatIsWrittenAboutAPatientIsNotListed(Store one) {
    on(one);
    Row row = row("elm", 1, "Latex gloves", false);
    Map<String, Object> columns = new TreeMap<>(row.columns());
    columns.put("Reaction", "Marked swelling of Ms Quigley");
    read("elm", new Row("elm", ALLERGY, 1, row.stamp(), false, "quigley", columns));
    Map<String, Object> medication = new TreeMap<>();
    medication.put("MedicationPatNum", 7);
    medication.put("PatNum", 7);
    medication.put("MedName", "As Ms Quigley likes it");
    read(
        "elm",
        new Row("elm", "MedicationRequest:medicationpat", 7, row.stamp(), false, "m", medication));
    assertEquals(List.of("elm outbound-allergy Latex gloves 1"), listed(""));
  }

  /** The store's file names no code beside a row. */
  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("stores")
  void neitherNameNorTextStandsInTheStoreInClear(Store one) throws Exception {
    on(one);
    readTwice("elm", 1, "Latex gloves");
    List<String> cells =
        store.read(
            tx ->
                tx.sql("select token || ' ' || sealed from unmapped_code")
                    .query(String.class)
                    .list());
    assertEquals(1, cells.size());
    assertFalse(cells.get(0).contains("Latex"), cells.get(0));
    overlaid("elm", "default: refuse\ncodes: {}\n");
    read("elm", row("elm", 2, "Latex boots", false));
    List<String> reasons =
        store.read(tx -> tx.sql("select reason from record").query(String.class).list());
    assertTrue(reasons.stream().anyMatch(reason -> reason.contains("outbound-allergy")));
    assertTrue(reasons.stream().noneMatch(reason -> reason.contains("Latex")), reasons.toString());
  }

  private void readTwice(String practice, long key, String name) {
    Row row = row(practice, key, name, false);
    read(practice, row);
    read(practice, row);
  }

  private static Row row(String practice, long key, String name, boolean deleted) {
    Map<String, Object> columns =
        deleted
            ? Map.of()
            : Map.of(
                "AllergyNum",
                key,
                "PatNum",
                key,
                "Description",
                name,
                "StatusIsActive",
                1,
                "IndicatesNone",
                0);
    return new Row(practice, ALLERGY, key, Instant.EPOCH, deleted, name + deleted, columns);
  }

  private void read(String practice, Row row) {
    Instant at = Instant.ofEpochSecond(++reads);
    records.store(
        new Page(
            practice,
            "allergy",
            records.watermark(practice, "allergy"),
            new Watermark(at, 1, false),
            List.of(row),
            0,
            at),
        List.of(translator().translate(row)));
  }

  private Translator translator() {
    return new Translator((practice, name) -> own.get(practice).mapper(name), PRACTICES);
  }

  /** In the practice's own folder, as an engineer adds it. */
  private void codes(String practice, String line) throws IOException {
    overlaid(practice, "default: none\nignoreCase: true\ncodes:\n  " + line + "\n");
  }

  private void overlaid(String practice, String text) throws IOException {
    Path codes = Files.createDirectories(folder.resolve("practices/" + practice + "/codes"));
    Files.writeString(codes.resolve("outbound-allergy.yaml"), text);
    own.put(practice, SHIPPED.withCodes(codes));
  }

  private int remap(String practice) {
    try (Remapping remapping =
        new Remapping(
            store,
            records,
            (each, table, code) -> own.get(each).knows(table, code),
            translator()::translate,
            List.of(practice))) {
      return remapping.of(practice);
    }
  }

  private List<String> listed(String practice) {
    return unmapped.listed(practice, 100).stream()
        .map(
            each ->
                each.practice()
                    + " "
                    + each.code().table()
                    + " "
                    + each.code().text()
                    + " "
                    + each.rows())
        .sorted()
        .toList();
  }

  private JsonNode told(String practice, long key) {
    String sealed =
        store.read(
            tx ->
                tx.sql("select fhir from record where practice = ? and row_key = ?")
                    .params(practice, key)
                    .query(String.class)
                    .single());
    byte[] fhir = store.vault().open("record", practice + "/" + ALLERGY + "/" + key, sealed);
    try {
      return JSON.readTree(new String(fhir, StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new AssertionError("no JSON");
    }
  }

  private long version(String practice, long key) {
    return store.read(
        tx ->
            tx.sql("select version from record where practice = ? and row_key = ?")
                .params(practice, key)
                .query(Long.class)
                .single());
  }
}
