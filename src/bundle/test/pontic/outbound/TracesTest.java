package pontic.outbound;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static pontic.house.House.until;

import ca.uhn.fhir.context.FhirContext;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.hl7.fhir.r4.model.DocumentReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import pontic.capture.Feed;
import pontic.capture.FeedFiles;
import pontic.house.House;
import pontic.record.Kind;
import pontic.sandbox.desk.ChartDesk;
import pontic.sandbox.desk.FrontDesk;

/**
 * What is deleted or merged at an office, at the hospital's server: by the traces that name the
 * row, by a status, and by the comparison of keys where nothing is left. And the files of an
 * office's documents, which are no rows at all.
 */
final class TracesTest {
  private static final String DOCUMENT = "DocumentReference:document";
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final LocalDateTime NINE = LocalDateTime.of(2027, 3, 2, 9, 0);

  /** The feeds of all that is looked at here. */
  private static final Map<String, String> KINDS = kinds();

  @TempDir static Path folder;
  private static House house;
  private static Path images;
  private static FrontDesk desk;
  private static ChartDesk chart;
  private static long provider;
  private static long operatory;

  @BeforeAll
  static void open() throws Exception {
    house =
        House.sandboxOnly(folder)
            .busyLanes()
            .with("routes.reconcile.period", "50")
            .with("routes.reconcile-destination.period", "50")
            .with("destinations.registry.enabled", "false")
            .with("practices.elm.documents.categories", "Radiographs, Letters")
            .with("practices.elm.documents.mostBytes", "4096")
            .with("destinations.hospital-hl7.enabled", "false")
            .with(
                "practices.elm.database.feeds",
                Stream.concat(
                        Stream.of("all"),
                        FeedFiles.load(House.home().resolve("sql/capture")).stream()
                            .filter(Feed::offByDefault)
                            .map(Feed::name))
                    .collect(Collectors.joining(",")));
    images = house.sandbox().practice("elm").images();
    house.with("practices.elm.documents.folder", images.toString());
    house.startBundle();
    house.untilConnected();
    desk = house.sandbox().frontDesk("elm");
    chart = new ChartDesk(house.sandbox().practice("elm"));
    provider = house.office("elm").count("select min(ProvNum) from provider");
    operatory = house.office("elm").count("select min(OperatoryNum) from operatory");
  }

  @AfterAll
  static void close() throws Exception {
    house.compareAndClose("elm", "oak");
  }

  @Test
  void aDeleteThatTheSecurityLogNamesIsTold() throws Exception {
    for (String table : List.of("rxpat", "document", "claim")) {
      long key =
          table.equals("document")
              ? chart.addDocument(patient("Traced"), "scan.pdf", new byte[] {1})
              : told(KINDS.get(table));
      stands(KINDS.get(table), key);
      chart.remove(table, key);
      isWithdrawn(KINDS.get(table), key);
      if (table.equals("claim")) {
        assertTrue(
            house
                    .office("elm")
                    .count(
                        "select count(*) from securitylog where PermType = 118 and FKey = ?", key)
                > 0,
            "the desk names it");
      }
    }
  }

  @Test
  void aDocumentBringsItsFileByteForByteOrTheReasonWhyNot() throws Exception {
    long patient = patient("Filed");
    byte[] scan = new byte[4096];
    new Random(7).nextBytes(scan);
    long document = document(patient, "Radiographs", "Filed-Ann.png", scan);
    until("the file is there", () -> Arrays.equals(scan, data(document)));
    assertEquals(4096, attachment(document).path("size").asInt());
    assertEquals(
        Base64.getEncoder().encodeToString(MessageDigest.getInstance("SHA-1").digest(scan)),
        attachment(document).path("hash").asText());
    assertEquals("image/png", attachment(document).path("contentType").asText());

    byte[] better = {7, 7, 7};
    put(patient, "Filed-Again.png", better);
    chart.edit("document", document, Map.of("FileName", "Filed-Again.png"));
    until("its row names another file", () -> Arrays.equals(better, data(document)));

    long photo = document(patient, "Photos", "Filed-Photo.png", scan);
    until("a photo may not leave", () -> reason(photo).equals("masked"));
    long large = document(patient, "Letters", "Filed-Large.pdf", new byte[4097]);
    until("it is too large", () -> reason(large).equals("unsupported"));
    Files.write(images.resolveSibling("outside.pdf"), scan);
    long outside = document(patient, "Letters", "../../../outside.pdf", new byte[0]);
    until("its path leads out", () -> reason(outside).equals("error"));
    for (long without : List.of(photo, large, outside)) {
      assertEquals(0, data(without).length);
    }

    long late = document(patient, "Letters", "Filed-Late.txt", new byte[0]);
    until("its file is missing", () -> reason(late).equals("temp-unknown"));
    Files.write(folderOf(patient).resolve("Filed-Late.txt"), new byte[] {72, 105});
    until("its file is there", () -> Arrays.equals(new byte[] {72, 105}, data(late)));

    String told = "";
    for (long each : List.of(document, photo, large, outside, late)) {
      told += latest(DOCUMENT, each);
    }
    assertFalse(told.contains("Filed-"), "no name of a file");
    assertFalse(told.contains("FiledFolder"), "no name of a folder");
    assertEquals(
        0,
        house
            .ledger()
            .count(
                "select count(*) from due where resource = 'DocumentReference:document' and state = 'parked'"));
  }

  @Test
  void anEngineerSeesWhetherFilesLeaveAndWhyNot() throws Exception {
    long document = document(patient("Seen"), "Letters", "Seen.txt", new byte[] {5});
    until("the file is there", () -> data(document).length == 1);
    for (JsonNode practice : JSON.readTree(house.control("/control/capabilities"))) {
      JsonNode files = practice.path("documents");
      if (practice.path("practice").asText().equals("elm")) {
        assertTrue(files.path("on").asBoolean());
        until(
            "its acknowledgement is counted",
            () -> capability().path("files").path("hospital").path("joined").asLong() > 0);
      } else {
        assertFalse(files.path("on").asBoolean());
        assertEquals("documents.folder is not set", files.path("reason").asText());
      }
    }
  }

  private static JsonNode capability() {
    try {
      for (JsonNode practice : JSON.readTree(house.control("/control/capabilities"))) {
        if (practice.path("practice").asText().equals("elm")) {
          return practice.path("documents");
        }
      }
      throw new AssertionError("no elm");
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aFileThatWentAlongIsNoDifferenceUntilItIsAnother() throws Exception {
    byte[] scan = {1, 2, 3};
    long document = document(patient("Compared"), "Letters", "Compared.txt", scan);
    until("the file is there", () -> Arrays.equals(scan, data(document)));
    until("everything is told", () -> due() == 0);
    int before = versions(document);
    compared();
    assertEquals(before, versions(document), "nothing differs");

    DocumentReference changed =
        (DocumentReference)
            house.hospital().latest("DocumentReference", id(document)).orElseThrow().resource();
    changed = changed.copy();
    changed.getContentFirstRep().getAttachment().setData(new byte[] {9});
    HttpResponse<String> answer =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(
                        URI.create(house.hospital().url() + "/DocumentReference/" + id(document)))
                    .header("Content-Type", "application/fhir+json")
                    .PUT(
                        HttpRequest.BodyPublishers.ofString(
                            FhirContext.forR4Cached()
                                .newJsonParser()
                                .encodeResourceToString(changed)))
                    .build(),
                HttpResponse.BodyHandlers.ofString());
    assertEquals(200, answer.statusCode());
    assertArrayEquals(new byte[] {9}, data(document));
    compared();
    until("its own file stands there again", () -> Arrays.equals(scan, data(document)));
  }

  private static void compared() throws Exception {
    String ended =
        "select count(*) from reconcile where feed = 'document' and destination = 'hospital' and state = 'ended'";
    long before = house.ledger().count(ended);
    assertEquals(202, house.post("/control/reconcile?practice=elm"));
    until("documents are compared", () -> house.ledger().count(ended) > before);
  }

  private static int versions(long document) {
    return house.hospital().history("DocumentReference", id(document)).size();
  }

  private static String id(long document) {
    return new Kind(DOCUMENT).fhirId("elm", document);
  }

  /** The row as the office would make it; the file only if it has bytes. */
  private static long document(long patient, String category, String name, byte[] bytes)
      throws Exception {
    String folder = "FiledFolder" + patient;
    chart.edit("patient", patient, Map.of("ImageFolder", folder));
    if (bytes.length > 0) {
      put(patient, name, bytes);
    }
    long definition =
        house
            .office("elm")
            .count("select DefNum from definition where Category = 18 and ItemName = ?", category);
    return chart.add(
        "document",
        Map.of(
            "PatNum",
            patient,
            "FileName",
            name,
            "Description",
            "a " + category,
            "DateCreated",
            NINE,
            "ImgType",
            0,
            "DocCategory",
            definition));
  }

  private static void put(long patient, String name, byte[] bytes) throws Exception {
    Path file = Files.write(Files.createDirectories(folderOf(patient)).resolve(name), bytes);
    // Otherwise it may still be being written.
    Files.setLastModifiedTime(file, FileTime.from(Instant.EPOCH.plusSeconds(1)));
  }

  private static Path folderOf(long patient) {
    return images.resolve("F").resolve("FiledFolder" + patient);
  }

  private static JsonNode attachment(long document) {
    return latest(DOCUMENT, document).path("content").path(0).path("attachment");
  }

  private static byte[] data(long document) {
    return Base64.getDecoder().decode(attachment(document).path("data").asText(""));
  }

  private static String reason(long document) {
    return attachment(document).path("_url").path("extension").path(0).path("valueCode").asText();
  }

  @Test
  void aDeletedAppointmentIsToldByItsHistoryAndSoIsItsVisit() throws Exception {
    long patient = patient("Visited");
    long booked = desk.book(patient, operatory, provider, NINE, 30, "");
    desk.complete(booked);
    stands("Encounter:visit", booked);
    stands("Appointment", booked);
    desk.delete(booked);
    isWithdrawn("Appointment", booked);
    isWithdrawn("Encounter:visit", booked);
  }

  @Test
  void aRowThatStaysWithAStatusIsToldByIt() throws Exception {
    long procedure = told("Procedure:procedure");
    stands("Procedure:procedure", procedure);
    chart.remove("procedurelog", procedure);
    isWithdrawn("Procedure:procedure", procedure);

    long patient = patient("Leaving");
    stands("Patient", patient);
    desk.deletePatient(patient);
    until(
        "the patient is inactive",
        () -> latest("Patient", patient).path("active").toString().equals("false"));
  }

  @Test
  void whatLeavesNoTraceTheComparisonOfKeysFinds() throws Exception {
    Map<String, Long> gone = new LinkedHashMap<>();
    for (String table :
        List.of(
            "allergy",
            "disease",
            "medicationpat",
            "commlog",
            "recall",
            "refattach",
            "labcase",
            "patplan",
            "vitalsign",
            "toothinitial",
            "periomeasure",
            "treatplan")) {
      long key = told(KINDS.get(table));
      stands(KINDS.get(table), key);
      gone.put(table, key);
    }
    until("everything is told", () -> due() == 0);
    for (Map.Entry<String, Long> row : gone.entrySet()) {
      chart.deleteRow(row.getKey(), row.getValue());
    }
    assertEquals(202, house.post("/control/reconcile?practice=elm"));
    for (Map.Entry<String, Long> row : gone.entrySet()) {
      isWithdrawn(KINDS.get(row.getKey()), row.getValue());
    }
    // A row of vital signs is told as several records.
    until("all tables are compared", () -> !reconciles().contains("\"state\":\"running\""));
  }

  private static String reconciles() {
    try {
      return house.control("/control/reconciles?practice=elm");
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void whatHungOnTheLoserOfAMergeHangsOnTheSurvivor() throws Exception {
    long loser = patient("Loser");
    long survivor = patient("Survivor");
    long definition = house.office("elm").count("select min(AllergyDefNum) from allergydef");
    long problem = house.office("elm").count("select min(DiseaseDefNum) from diseasedef");
    Map<String, Long> hangs = new LinkedHashMap<>();
    hangs.put(
        "AllergyIntolerance:allergy",
        chart.add(
            "allergy", Map.of("AllergyDefNum", definition, "PatNum", loser, "StatusIsActive", 1)));
    hangs.put(
        "Condition:disease",
        chart.add("disease", Map.of("DiseaseDefNum", problem, "PatNum", loser)));
    hangs.put("Appointment", desk.book(loser, operatory, provider, NINE.plusDays(1), 30, ""));
    hangs.put(
        "Observation:vital-body-weight",
        chart.add(
            "vitalsign", Map.of("PatNum", loser, "Weight", 150, "DateTaken", NINE.toLocalDate())));
    for (Map.Entry<String, Long> row : hangs.entrySet()) {
      until(
          row.getKey() + " is the loser's",
          () -> patients(row.getKey(), row.getValue()).equals(Set.of(reference(loser))));
    }
    desk.merge(loser, survivor);
    for (Map.Entry<String, Long> row : hangs.entrySet()) {
      until(
          row.getKey() + " is the survivor's",
          () -> patients(row.getKey(), row.getValue()).equals(Set.of(reference(survivor))));
    }
    until(
        "the loser is replaced",
        () ->
            latest("Patient", loser).path("link").toString().contains(reference(survivor))
                && !latest("Patient", loser).path("active").asBoolean());
  }

  /**
   * The desk moves the rows of every table: whatever the hospital knows of the losers moves too.
   */
  @Test
  void ofEveryKindWhatTheHospitalKnowsOfALoserMovesToTheSurvivor() throws Exception {
    until("the first load is told", () -> due() == 0 && kindsOfPatients().size() > 20);
    Set<String> open = new TreeSet<>(kindsOfPatients());
    long survivor = patient("Heiress");
    stands("Patient", survivor);
    // So that no overlap and no sweep brings them.
    chart.add("perioexam", Map.of("PerioExamNum", 900_000L, "PatNum", survivor));
    try (Connection connection = house.sandbox().practice("elm").dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      statement.executeUpdate("update periomeasure set SecDateTEdit = '2020-01-02 03:04:05'");
    }
    Map<String, Long> moves = new LinkedHashMap<>();
    while (!open.isEmpty()) {
      // Whoever has most of the kinds that nobody has brought yet.
      String most =
          house
              .ledger()
              .texts(
                  "select patient_key from record where practice = 'elm' and state = 'live' and patient_key not in (0, ?) and patient_key <> row_key"
                      + " and resource in ("
                      + open.stream().map(kind -> "'" + kind + "'").collect(Collectors.joining(","))
                      + ") group by patient_key order by count(distinct resource) desc, patient_key limit 1",
                  survivor)
              .get(0);
      long loser = Long.parseLong(most);
      for (String row :
          house
              .ledger()
              .texts(
                  "select resource || '/' || row_key from record where practice = 'elm' and state = 'live' and patient_key = ?"
                      + " and patient_key <> row_key",
                  loser)) {
        moves.put(row, loser);
        open.remove(row.substring(0, row.indexOf('/')));
      }
      desk.merge(loser, survivor);
    }
    for (Map.Entry<String, Long> move : moves.entrySet()) {
      String resource = move.getKey().substring(0, move.getKey().indexOf('/'));
      long key = Long.parseLong(move.getKey().substring(move.getKey().indexOf('/') + 1));
      until(
          move.getKey() + " is the survivor's",
          () -> {
            Set<String> patients = patients(resource, key);
            return patients.contains(reference(survivor))
                && !patients.contains(reference(move.getValue()));
          });
    }
  }

  /** Of rows that hang on a patient; a row of his own has his key. */
  private static List<String> kindsOfPatients() {
    return house
        .ledger()
        .texts(
            "select distinct resource from record where practice = 'elm' and state = 'live' and patient_key not in (0, row_key)"
                + " order by resource");
  }

  private static Map<String, String> kinds() {
    return FeedFiles.load(House.home().resolve("sql/capture")).stream()
        .filter(feed -> feed.keys().isPresent())
        .collect(Collectors.toMap(Feed::table, Feed::resource, (one, other) -> one));
  }

  private static long patient(String name) throws Exception {
    return desk.addPatient(Map.of("LName", name, "FName", "Ann", "Birthdate", "1981-02-03"));
  }

  /** A row that the hospital has and that stands. */
  private static long told(String resource) {
    List<Long> found = new ArrayList<>();
    until(
        "a row of " + resource,
        () -> {
          house
              .ledger()
              .texts(
                  "select row_key from record where practice = 'elm' and resource = ? and state = 'live' order by row_key limit 1",
                  resource)
              .forEach(key -> found.add(Long.valueOf(key)));
          return !found.isEmpty();
        });
    return found.get(0);
  }

  private static void stands(String resource, long key) {
    until(
        resource + " " + key + " stands",
        () -> latest(resource, key).isObject() && !isGone(latest(resource, key)));
  }

  private static void isWithdrawn(String resource, long key) {
    until(resource + " " + key + " is withdrawn", () -> isGone(latest(resource, key)));
  }

  private static boolean isGone(JsonNode resource) {
    return resource.path("status").asText().equals("entered-in-error")
        || resource.path("verificationStatus").toString().contains("entered-in-error");
  }

  private static Set<String> patients(String resource, long key) {
    Predicate<String> isPatient = text -> text.startsWith("Patient/");
    return latest(resource, key).findValuesAsText("reference").stream()
        .filter(isPatient)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static String reference(long patient) {
    return "Patient/elm-patient-" + patient;
  }

  /** As it stands at the hospital; no object if it is not there. */
  private static JsonNode latest(String resource, long key) {
    Kind kind = new Kind(resource);
    try {
      return house
          .hospital()
          .latest(kind.fhirType(), kind.fhirId("elm", key))
          .map(
              arrival ->
                  FhirContext.forR4Cached()
                      .newJsonParser()
                      .encodeResourceToString(arrival.resource()))
          .map(TracesTest::json)
          .orElseGet(() -> json("null"));
    } catch (RuntimeException e) {
      throw new AssertionError(resource + " " + key, e);
    }
  }

  private static JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private static long due() {
    return house
        .ledger()
        .count("select count(*) from due where destination = 'hospital' and state = 'due'");
  }
}
