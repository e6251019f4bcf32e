package pontic.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.TextNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.springframework.util.FileSystemUtils;
import pontic.accept.AcceptHl7;
import pontic.accept.Inbox;
import pontic.audit.SqlAudit;
import pontic.hl7.HeaderProblem;
import pontic.hl7.Hl7Exception;
import pontic.hl7.Hl7Json;
import pontic.mapping.Mapper;
import pontic.mapping.MappingException;
import pontic.mapping.Mappings;
import pontic.receipt.Receipts;
import pontic.store.KeyVault;
import pontic.store.Store;
import pontic.store.StoreSettings;
import pontic.store.Stores;

/** A store, what accepts and what reads: what holds for any HL7 v2, whoever drew it. */
final class Hl7Doors implements AutoCloseable {
  private static final String NEWEST =
      "select coalesce(max(seq), 0) from message where practice = 'elm'";
  private static final String SINCE =
      "select count(*) from message where practice = 'elm' and seq > :seq";

  private final Path folder;
  private final Store store;
  private final AcceptHl7 accept;
  private final List<Mapper> mappers;

  private Hl7Doors(Path folder, Store store, AcceptHl7 accept, List<Mapper> mappers) {
    this.folder = folder;
    this.store = store;
    this.accept = accept;
    this.mappers = List.copyOf(mappers);
  }

  static Hl7Doors open() throws IOException {
    Path folder = Files.createTempDirectory("fuzz");
    Store store =
        Stores.open(
            StoreSettings.embedded(folder), KeyVault.createDemo(folder.resolve("keys")).vault());
    Inbox inbox = new Inbox(store, new SqlAudit(), new Receipts("test"));
    AcceptHl7.Terms terms =
        new AcceptHl7.Terms(
            inbox,
            Set.of("ADT^A28", "ADT^A08", "SIU^S12", "SRM^S01"),
            new AcceptHl7.Requests(Set.of("SRM^S01"), Set.of("elm")),
            Map.of(),
            (practice, sender) -> true,
            practice -> List.of("P", "T", "D"),
            (practice, sender) -> Optional.of(new AcceptHl7.Answered.By("hospital-hl7", false)));
    return new Hl7Doors(folder, store, new AcceptHl7(() -> terms, 5000), inbound());
  }

  /** Each by which any event is read. */
  private static List<Mapper> inbound() throws IOException {
    Path folder = Path.of("../../mappings");
    Mappings mappings = Mappings.load(folder);
    Set<String> names = new TreeSet<>();
    new ObjectMapper(new YAMLFactory())
        .readTree(folder.resolve("hl7v2/events.yaml").toFile())
        .forEach(event -> names.add(event.path("mapping").asText()));
    names.remove("");
    assertTrue(names.size() > 3, names.toString());
    return names.stream().map(mappings::mapper).toList();
  }

  /** A frame is stored once and answered. */
  void answered(byte[] frame) {
    long newest = store.read(tx -> tx.sql(NEWEST).query(Long.class).single());
    AcceptHl7.Received received = accept.store(frame, "elm");
    assertTrue(received.messages().size() > 0);
    assertEquals(received.messages().size(), messagesSince(newest));
    String answer = new String(accept.answer(received), StandardCharsets.UTF_8);
    // MSH-15 and MSH-16 may want none.
    boolean silent = answer.isEmpty() && received.messages().get(0).problem().isEmpty();
    assertTrue(
        silent || received.batch().isPresent() || answer.matches("(?s)MSH.*\\rMSA.[AC][AER].*"),
        () -> "answer: " + answer);
  }

  private long messagesSince(long seq) {
    return store.read(tx -> tx.sql(SINCE).param("seq", seq).query(Long.class).single());
  }

  /** A message becomes a Bundle by each mapping, or is refused with words. */
  void readOrRefused(byte[] message) {
    JsonNode json;
    try {
      json = new Hl7Json().parse(message);
    } catch (HeaderProblem | Hl7Exception refused) {
      return;
    }
    for (Mapper mapper : mappers) {
      try {
        JsonNode result =
            mapper.map(
                json,
                Map.of(
                    "zone", TextNode.valueOf("America/Chicago"),
                    "practice", TextNode.valueOf("oak"),
                    "sender", TextNode.valueOf("A|B")));
        assertEquals("Bundle", result.path("resourceType").asText());
      } catch (MappingException refused) {
        assertFalse(refused.getMessage().isBlank());
      }
    }
  }

  @Override
  public void close() throws IOException {
    store.close();
    FileSystemUtils.deleteRecursively(folder);
  }
}
