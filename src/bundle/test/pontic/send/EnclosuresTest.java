package pontic.send;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ca.uhn.fhir.context.FhirContext;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.DocumentReference;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import pontic.audit.SqlAudit;
import pontic.opendental.ImageShare;
import pontic.practice.Destination;
import pontic.practice.Practice;
import pontic.practice.SomeDestination;
import pontic.seam.Seam;
import pontic.store.BothStores;
import pontic.store.SqlLeases;
import pontic.store.Store;
import pontic.validity.Exceptions;
import pontic.validity.Validators;

/** Files of documents join what is sent, and nothing else, on both stores. */
class EnclosuresTest {
  private static final int MOST = 1000;
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String DOCUMENT = Enclosures.DOCUMENT;

  @TempDir static Path folder;
  @RegisterExtension static final BothStores BOTH = new BothStores();
  private static int practices;

  static Stream<Store> stores() {
    return BOTH.stores();
  }

  /** A practice whose folder may be told of in other words. */
  private static final class Office {
    final String id = "d" + ++practices;
    final Path images;
    final Store store;
    final Dues dues;
    private final Map<String, Practice.Documents> documents = new HashMap<>();
    private boolean isUnread;

    Office(Store store) throws IOException {
      this.store = store;
      this.images = Files.createDirectories(folder.resolve(id));
      this.dues = new Dues(store.vault(), new SqlAudit(), Known.NOTHING);
      allows("Letters");
      file("keep", new byte[] {1});
    }

    void allows(String... categories) {
      allows(MOST, categories);
    }

    void allows(int most, String... categories) {
      documents.put(id, new Practice.Documents(Optional.of(images), most, Set.of(categories)));
    }

    Enclosures enclosures() {
      OfficeFiles share = new ImageShare(documents, Clock.systemUTC());
      return new Enclosures(isUnread ? new Unread(share) : share, store.vault());
    }

    /** A minute of the store's clock has come for whatever is looked at again. */
    void waits() {
      store.write(
          tx ->
              tx.sql("update document_bytes set again_at = 1 where again_at > 0 and practice = ?")
                  .param(id)
                  .update());
    }

    Sends sends() {
      return new Sends(
          store,
          new SqlLeases(id),
          dues,
          any -> Optional.of(SERVER),
          new Transactions(new OwnNumbers((practice, senders, resource, key) -> List.of())),
          (practice, name) -> {
            throw new IllegalStateException("nothing is mapped here");
          },
          any -> Duration.ZERO,
          new Validity(new Validators(FhirContext.forR4Cached()), new Exceptions(List.of())),
          enclosures());
    }

    int looksAgain() {
      try (LaterFiles later =
          new LaterFiles(store, dues, enclosures(), List.of(new CatchUp.Pair(id, SERVER)))) {
        return later.byAnotherRule(new CatchUp.Pair(id, SERVER)) + later.again();
      }
    }

    void file(String name, byte[] bytes) throws IOException {
      Path file = Files.createDirectories(images.resolve("F/Fern")).resolve(name);
      Files.write(file, bytes);
      Files.setLastModifiedTime(file, FileTime.from(Instant.EPOCH.plusSeconds(1)));
    }

    void document(long key, String category, String name) {
      document(key, category, name, 1);
    }

    void document(long key, String category, String name, long version) {
      HospitalQueue.record(store, id, DOCUMENT, key, 0, version, fhir(id, key));
      ObjectNode row =
          JSON.createObjectNode()
              .put("CategoryText", category)
              .put("ImageFolder", "Fern")
              .put("FileName", name);
      String sealed =
          store
              .vault()
              .seal(
                  "record-row",
                  id + "/" + DOCUMENT + "/" + key,
                  row.toString().getBytes(StandardCharsets.UTF_8));
      store.write(
          tx ->
              tx.sql("update record set row_data = ? where practice = ? and row_key = ?")
                  .params(sealed, id, key)
                  .update());
    }

    void told() {
      HospitalQueue.open(store, dues, id, SERVER);
    }

    /** How many go, until none does. */
    int all() throws IOException {
      int count = 0;
      Sends sends = sends();
      Map<String, JsonNode> sent = goes(sends);
      for (; !sent.isEmpty(); sent = goes(sends)) {
        count += sent.size();
      }
      return count;
    }

    /** What goes in one request, by id; it is acknowledged. */
    Map<String, JsonNode> goes(Sends sends) throws IOException {
      Claim claim = sends.claim(id, "server");
      Claim files = sends.files(sends.valid(sends.passed(claim, through(sends, claim), "r")));
      if (files.entries().isEmpty()) {
        return Map.of();
      }
      Map<String, JsonNode> sent = new HashMap<>();
      for (JsonNode entry : JSON.readTree(sends.transaction(files)).path("entry")) {
        sent.put(entry.path("resource").path("id").asText(), entry.path("resource"));
      }
      sends.acknowledge(
          files,
          files.entries().stream()
              .map(any -> "{\"response\":{\"status\":\"200\",\"etag\":\"W/1\"}}")
              .collect(Collectors.joining(",", "{\"entry\":[", "]}")));
      return sent;
    }

    long count(String what) {
      return store.read(
          tx ->
              tx.sql("select count(*) from " + what + " and practice = ?")
                  .param(id)
                  .query(Long.class)
                  .single());
    }
  }

  private static List<Seam.Through> through(Sends sends, Claim claim) {
    List<Seam.Through> through = new ArrayList<>();
    for (String resource : sends.resources(claim)) {
      through.add(new Seam.Through(through.size(), resource));
    }
    return through;
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("stores")
  void aFileGoesByteForByteAndIsKeptNowhere(Store store) throws Exception {
    Office office = new Office(store);
    byte[] scan = {0, 1, (byte) 0xff, 13, 10, 65};
    office.file("FernAda.pdf", scan);
    office.document(1, "Letters", "FernAda.pdf");
    office.told();
    JsonNode sent = office.goes(office.sends()).get(office.id + "-document-1");
    JsonNode attachment = sent.path("content").path(0).path("attachment");
    assertArrayEquals(scan, Base64.getDecoder().decode(attachment.path("data").asText()));
    assertEquals(6, attachment.path("size").asInt());
    assertEquals(
        Base64.getEncoder().encodeToString(MessageDigest.getInstance("SHA-1").digest(scan)),
        attachment.path("hash").asText());
    assertFalse(attachment.has("_url"), "us-core-6 has its data");
    assertEquals("application/pdf", attachment.path("contentType").asText());
    assertFalse(sent.toString().contains("Fern"), "the name stays here");

    assertEquals(1, office.count("document_bytes where state = 'joined' and size = 6"));
    assertEquals(0, office.count("due where 1 = 1"));
    String acknowledged =
        store.read(
            tx ->
                tx.sql("select acknowledged from delivery where practice = ?")
                    .param(office.id)
                    .query(String.class)
                    .single());
    String kept =
        new String(
            store.vault().open("delivery", office.id + "/server/" + DOCUMENT + "/1", acknowledged),
            StandardCharsets.UTF_8);
    assertFalse(kept.contains("\"data\""), "no file in the store");
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("stores")
  void aRequestCarriesNoMoreThanOneFileMayHaveAndTheRestGoesNext(Store store) throws IOException {
    Office office = new Office(store);
    Sends sends = office.sends();
    for (int key = 1; key <= 4; key++) {
      office.file(key + ".pdf", new byte[key == 1 ? MOST : MOST / 2]);
      office.document(key, "Letters", key + ".pdf");
    }
    office.document(5, "Photos", "5.png");
    office.told();
    List<Set<String>> joined = new ArrayList<>();
    Set<String> all = new java.util.TreeSet<>();
    Map<String, JsonNode> sent = office.goes(sends);
    for (; !sent.isEmpty(); sent = office.goes(sends)) {
      int bytes = 0;
      for (JsonNode resource : sent.values()) {
        bytes += resource.path("content").path(0).path("attachment").path("size").asInt();
      }
      assertTrue(bytes <= MOST, bytes + " bytes in one request");
      joined.add(sent.keySet());
      all.addAll(sent.keySet());
    }
    assertEquals(3, joined.size(), joined.toString());
    assertEquals(5, all.size());
    assertEquals(4, office.count("document_bytes where state = 'joined'"));
    assertEquals(1, office.count("document_bytes where state = 'not permitted'"));
    assertEquals(0, office.count("delivery where attempt_state <> ''"));
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("stores")
  void whatGoesWithoutItsFileSaysWhyAndIsSentAgainWhenTheFileIsThere(Store store)
      throws IOException {
    Office office = new Office(store);
    office.document(1, "Letters", "late.pdf");
    office.document(2, "Photos", "late.pdf");
    office.document(3, "Letters", "../keep");
    office.file("large.pdf", new byte[MOST + 1]);
    office.document(4, "Letters", "large.pdf");
    office.told();
    Map<String, JsonNode> sent = office.goes(office.sends());
    assertEquals("temp-unknown", reason(sent.get(office.id + "-document-1")));
    assertEquals("masked", reason(sent.get(office.id + "-document-2")));
    assertEquals("error", reason(sent.get(office.id + "-document-3")));
    assertEquals("unsupported", reason(sent.get(office.id + "-document-4")));
    assertEquals(0, office.looksAgain(), "its time has not come");

    office.file("late.pdf", new byte[] {7});
    office.waits();
    assertEquals(1, office.looksAgain());
    sent = office.goes(office.sends());
    assertEquals(Set.of(office.id + "-document-1"), sent.keySet());
    assertEquals("", reason(sent.get(office.id + "-document-1")));
    assertEquals(0, office.looksAgain());
    assertEquals(0, office.count("document_bytes where again_at > 0"));
  }

  /** A share that opens its files and fails when they are read. */
  private record Unread(OfficeFiles share) implements OfficeFiles {
    @Override
    public File read(String practice, JsonNode row) {
      return File.without(Enclosed.UNREADABLE);
    }

    @Override
    public Enclosed look(String practice, JsonNode row) {
      return share.look(practice, row);
    }

    @Override
    public boolean isOn(String practice) {
      return share.isOn(practice);
    }

    @Override
    public String rule(String practice) {
      return share.rule(practice);
    }

    @Override
    public long most(String practice) {
      return share.most(practice);
    }
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("stores")
  void aFileThatIsFoundAndNeverReadIsNotSentForForEver(Store store) throws IOException {
    Office office = new Office(store);
    office.file("bad-sector.pdf", new byte[] {1});
    office.document(1, "Letters", "bad-sector.pdf");
    office.told();
    office.isUnread = true;
    int sent = 0;
    for (; !office.goes(office.sends()).isEmpty(); office.looksAgain()) {
      sent++;
      assertTrue(sent < 100, "it is sent again and again");
      office.waits();
    }
    assertEquals(1 + 20, sent, "each look that found it, and no more");
    assertEquals(1, office.count("document_bytes where state = 'unreadable' and again_at = 0"));

    office.isUnread = false;
    office.document(1, "Letters", "bad-sector.pdf", 2);
    office.told();
    office.goes(office.sends());
    assertEquals(1, office.count("document_bytes where state = 'joined' and tries = 0"));
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("stores")
  void aFolderThatWasAwayBringsEachFileOnceWhenItIsBack(Store store) throws IOException {
    Office office = new Office(store);
    int many = 120;
    for (int key = 1; key <= many; key++) {
      office.file(key + ".pdf", new byte[] {(byte) key});
      office.document(key, "Letters", key + ".pdf");
    }
    Path away = office.images.resolveSibling(office.id + "-away");
    Files.move(office.images, away);
    office.told();
    assertEquals(many, office.all(), "they go without waiting for it");
    assertEquals(many, office.count("document_bytes where state = 'away'"));
    store.write(
        tx ->
            tx.sql("update document_bytes set tries = 50 where practice = ?")
                .param(office.id)
                .update());
    for (int look = 0; look < 2; look++) {
      office.waits();
      assertEquals(0, office.looksAgain(), "nothing is sent for a look in vain");
    }
    assertEquals(many, office.count("document_bytes where again_at > 0"), "waited for without end");
    Files.move(away, office.images);
    office.waits();
    assertEquals(many, office.looksAgain());
    assertEquals(0, office.looksAgain(), "each once");
    assertEquals(many, office.all());
    assertEquals(many, office.count("document_bytes where state = 'joined'"));
    office.waits();
    assertEquals(0, office.looksAgain());
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("stores")
  void theLargestFileThatMayLeaveIsTakenByWhoReadsWhatGoesAndWhatComesBack(Store store)
      throws IOException {
    Office office = new Office(store);
    int large = 16 * 1024 * 1024;
    office.allows(large, "Letters");
    office.file("large.pdf", new byte[large]);
    office.document(1, "Letters", "large.pdf");
    office.told();
    Sends sends = office.sends();
    Claim claim = sends.claim(office.id, "server");
    Claim files = sends.files(sends.passed(claim, through(sends, claim), "r"));
    String transaction = sends.transaction(files);
    Bundle bundle =
        FhirContext.forR4Cached().newJsonParser().parseResource(Bundle.class, transaction);
    DocumentReference document = (DocumentReference) bundle.getEntryFirstRep().getResource();
    assertEquals(large, document.getContentFirstRep().getAttachment().getData().length);
    sends.acknowledge(
        files,
        transaction.replace(
            "\"request\":", "\"response\":{\"status\":\"200\",\"etag\":\"W/1\"},\"request\":"));
    assertEquals(1, office.count("document_bytes where state = 'joined' and size = " + large));
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("stores")
  void anAttemptThatArrivedUnheardIsKnownByTheFileThatStandsThere(Store store) throws IOException {
    Office office = new Office(store);
    for (int key = 1; key <= 2; key++) {
      office.file(key + ".pdf", new byte[] {(byte) key});
      office.document(key, "Letters", key + ".pdf");
    }
    office.told();
    Sends sends = office.sends();
    Claim claim = sends.claim(office.id, "server");
    Claim files = sends.files(sends.passed(claim, through(sends, claim), "r"));
    JsonNode bundle = JSON.readTree(sends.transaction(files)).path("entry");
    sends.failed(files, new IllegalStateException("no answer"));
    store.write(
        tx ->
            tx.sql("update sending set not_before = 0 where practice = ?")
                .param(office.id)
                .update());
    for (int left = 2; left > 0; left--) {
      Claim reads = sends.claim(office.id, "server");
      assertTrue(reads.isReadBack());
      assertEquals(1, reads.entries().size(), "one answer brings one file");
      String id = reads.entries().get(0).fhirId();
      for (JsonNode entry : bundle) {
        if (entry.path("resource").path("id").asText().equals(id)) {
          ObjectNode answer = JSON.createObjectNode();
          ObjectNode one = answer.withArray("entry").addObject();
          one.putObject("response").put("status", "200").put("etag", "W/1");
          one.set("resource", entry.path("resource"));
          sends.readBack(reads, answer.toString());
        }
      }
      store.write(
          tx -> tx.sql("update due set due_at = 0 where practice = ?").param(office.id).update());
    }
    assertEquals(2, office.count("document_bytes where state = 'joined' and size = 1"));
    assertEquals(0, office.count("due where 1 = 1"));
    assertEquals(0, office.looksAgain(), "both have their file");
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("stores")
  void aCategoryThatMayNoLongerLeaveIsSentWithoutItsFilesAndOneThatMayWithThem(Store store)
      throws IOException {
    Office office = new Office(store);
    office.file("letter.pdf", new byte[] {1, 2});
    office.file("photo.png", new byte[] {3});
    office.document(1, "Letters", "letter.pdf");
    office.document(2, "Photos", "photo.png");
    office.told();
    office.goes(office.sends());
    assertEquals(0, office.looksAgain(), "nothing is decided otherwise");
    office.allows("Photos");
    assertEquals(2, office.looksAgain());
    Map<String, JsonNode> sent = office.goes(office.sends());
    assertEquals("masked", reason(sent.get(office.id + "-document-1")));
    assertEquals("", reason(sent.get(office.id + "-document-2")));

    office.documents.clear();
    assertEquals(1, office.looksAgain(), "no file may leave: what had left is taken back");
    sent = office.goes(office.sends());
    assertEquals("unsupported", reason(sent.get(office.id + "-document-2")));
    assertEquals(0, office.looksAgain());
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("stores")
  void anAttachmentWithoutThePlaceForAFileGetsNone(Store store) throws IOException {
    Office office = new Office(store);
    office.file("letter.pdf", new byte[] {1, 2});
    office.document(1, "Letters", "letter.pdf");
    office.told();
    Sends sends = office.sends();
    Claim claim = sends.claim(office.id, "server");
    String other = fhir(office.id, 1).replace("\"unsupported\"", "\"not-permitted\"");
    Claim files = sends.files(sends.passed(claim, List.of(new Seam.Through(0, other)), "r"));
    assertTrue(files.files().isEmpty());
    assertFalse(sends.transaction(files).contains("\"data\""));
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("stores")
  void whatStandsThereIsHeldAgainstTheFileThatWent(Store store) throws IOException {
    Office office = new Office(store);
    office.file("letter.pdf", new byte[] {1, 2});
    office.document(1, "Letters", "letter.pdf");
    office.told();
    JsonNode sent = office.goes(office.sends()).get(office.id + "-document-1");
    String hash =
        store.read(
            tx ->
                tx.sql("select hash from document_bytes where practice = ?")
                    .param(office.id)
                    .query(String.class)
                    .single());
    Enclosures enclosures = office.enclosures();
    assertTrue(enclosures.holds(hash, sent));
    JsonNode told = JSON.readTree(fhir(office.id, 1));
    assertTrue(Stands.asSent(Enclosures.withoutPlace(told), sent, List.of()));
    ObjectNode other = sent.deepCopy();
    ((ObjectNode) other.path("content").path(0).path("attachment")).put("data", "AAAA");
    assertFalse(enclosures.holds(hash, other), "another file");
    ((ObjectNode) other.path("content").path(0).path("attachment")).remove("data");
    assertFalse(enclosures.holds(hash, other), "no file");
    assertTrue(enclosures.holds("", told), "none went");
    ((ObjectNode) other.path("content").path(0).path("attachment")).put("url", "Binary/1");
    assertTrue(enclosures.holds(hash, other), "it was put elsewhere");
  }

  private static String reason(JsonNode resource) {
    return resource
        .path("content")
        .path(0)
        .path("attachment")
        .path("_url")
        .path("extension")
        .path(0)
        .path("valueCode")
        .asText();
  }

  /** As mappings/outbound/document.jslt makes it. */
  private static String fhir(String practice, long key) {
    return """
        {"resourceType":"DocumentReference","id":"%s-document-%d","status":"current","content":[{"attachment":{
        "contentType":"application/pdf","_url":{"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/data-absent-reason",
        "valueCode":"unsupported"}]},"title":"Letter"}}]}
        """
        .formatted(practice, key);
  }

  private static final Destination SERVER = SomeDestination.fhir("server").made();
}
