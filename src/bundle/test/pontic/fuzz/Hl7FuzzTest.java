package pontic.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
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

/** Whatever stands in a frame is stored once and answered, and is read or refused. */
final class Hl7FuzzTest {
  private static final Path OURS = Path.of("test/corpus");
  private static final Path OTHERS = Path.of("../../../shared/data/hl7v2");
  private static final int MOST_OF_OTHERS = 150;

  private static Path folder;
  private static Store store;
  private static AcceptHl7 accept;
  private static Mappings mappings;
  private static List<byte[]> samples;

  @BeforeContainer
  static void open() throws Exception {
    folder = Files.createTempDirectory("fuzz");
    store =
        Stores.open(
            StoreSettings.embedded(folder), KeyVault.createDemo(folder.resolve("keys")).vault());
    Inbox inbox = new Inbox(store, new SqlAudit(), new Receipts("test"));
    AcceptHl7.Terms terms =
        new AcceptHl7.Terms(
            inbox,
            Set.of("ADT^A28", "ADT^A08", "SIU^S12"),
            Map.of(),
            (practice, sender) -> true,
            (practice, sender) -> Optional.of(new AcceptHl7.Answered.By("hospital-hl7", false)));
    accept = new AcceptHl7(() -> terms);
    mappings = Mappings.load(Path.of("../../mappings"));
    samples = new ArrayList<>(read(OURS));
    if (Files.isDirectory(OTHERS)) {
      samples.addAll(read(OTHERS).stream().limit(MOST_OF_OTHERS).toList());
    } else {
      System.out.println("The collected messages of others are not here, only ours are mutated");
    }
  }

  @AfterContainer
  static void close() throws Exception {
    store.close();
    FileSystemUtils.deleteRecursively(folder);
  }

  private static List<byte[]> read(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(file -> file.toString().endsWith(".hl7"))
          .sorted()
          .map(Hl7FuzzTest::bytes)
          .toList();
    }
  }

  private static byte[] bytes(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Provide
  Arbitrary<byte[]> messages() {
    return Mutations.of(
        samples,
        "\r",
        "\n",
        "|",
        "^",
        "~",
        "\\",
        "&",
        "\\X",
        "\\X0\\",
        "\\Z",
        "\0",
        "\r\r",
        "MSH|",
        "BHS|",
        "FHS|",
        "BTS|9",
        "\"\"",
        "ÿ",
        "9999999999999999999");
  }

  @Property
  void everyFrameIsAnsweredAndHasOneReceiptForEachMessage(@ForAll("messages") byte[] frame) {
    long before = messagesStored();
    AcceptHl7.Received received = accept.store(frame, "elm");
    assertTrue(received.messages().size() > 0);
    assertEquals(before + received.messages().size(), messagesStored());
    String answer = new String(accept.answer(received), StandardCharsets.UTF_8);
    // MSH-15 and MSH-16 may want none.
    boolean silent = answer.isEmpty() && received.messages().get(0).problem().isEmpty();
    assertTrue(
        silent || received.batch().isPresent() || answer.matches("(?s)MSH.*\rMSA.[AC][AER].*"),
        () -> "answer: " + answer);
  }

  private static long messagesStored() {
    return store.read(tx -> tx.sql("select count(*) from message").query(Long.class).single());
  }

  @Property
  void everyMessageIsReadOrRefused(@ForAll("messages") byte[] message) {
    JsonNode json;
    try {
      json = new Hl7Json().parse(message);
    } catch (HeaderProblem | Hl7Exception refused) {
      return;
    }
    for (String mapping : List.of("hl7v2/adt", "hl7v2/siu", "hl7v2/adt-merge")) {
      Mapper mapper = mappings.mapper(mapping);
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
        assertTrue(!refused.getMessage().isBlank());
      }
    }
  }
}
