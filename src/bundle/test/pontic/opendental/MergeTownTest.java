package pontic.opendental;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.jdbc.core.simple.JdbcClient;
import pontic.opendental.Families.Human;
import pontic.store.EmbeddedStore;
import pontic.store.Store;
import pontic.store.Transaction;
import pontic.store.Unit;
import pontic.store.Vault;

/** What a sender's merge of many numbers asks of the store, and what it still finds. */
final class MergeTownTest {
  private static final Human ASH = Human.nora(1, "Ash");
  private static final Human ELM = Human.nora(2, "Elm");

  /** As many as a merge may say (decision 0449). */
  private static final int MOST = 50;

  @RegisterExtension final EmbeddedStore embedded = new EmbeddedStore();
  private final AtomicInteger lookups = new AtomicInteger();
  private Town town;

  @BeforeEach
  void open() throws Exception {
    town =
        new Town(new Counting(embedded.store(), lookups), new Town.Office(), Duration.ofSeconds(1));
    for (Human human : List.of(ASH, ELM)) {
      String registered = town.say(human, "NORTH");
      town.serve();
      assertEquals("landed", town.end(registered));
    }
  }

  @Test
  void unknownNumbersAreLookedForByAssignersAndNotByPairs() {
    lookups.set(0);
    String merge = merge(i -> "NEW" + i, i -> "urn:id:OTHER" + i);
    assertEquals("no change", town.end(merge));
    assertTrue(lookups.get() < 20 * MOST, lookups + " look-ups of " + 2 * MOST + " numbers");
  }

  @Test
  void oneOfManyThatIsAnothersByTheOtherAssignerStillMovesNothing() {
    String elms = "NORTH" + ELM.bears();
    String merge =
        merge(
            i -> i == MOST - 2 ? elms : "NEW" + i,
            i -> i == MOST - 2 ? "urn:id:MRN" : "urn:id:OTHER" + i);
    assertEquals("parked", town.end(merge));
  }

  /**
   * Of Ash's known number and of others by other assigners, which nobody knows.
   *
   * @param remaining the numbers that remain, of one assigner
   * @param assigner of each of the former numbers
   */
  private String merge(IntFunction<String> remaining, IntFunction<String> assigner) {
    ObjectNode bundle = JsonNodeFactory.instance.objectNode().put("resourceType", "Bundle");
    ArrayNode entries = bundle.putArray("entry");
    ArrayNode now = patient(entries, "replaces");
    ArrayNode former = patient(entries, "replaced-by");
    former.addObject().put("system", "urn:id:MRN").put("value", "NORTH" + ASH.bears());
    for (int i = 0; i < MOST; i++) {
      now.addObject().put("system", "urn:id:THIRD").put("value", remaining.apply(i));
      former.addObject().put("system", assigner.apply(i)).put("value", "FORMER" + i);
    }
    return town.send(ASH, "NORTH", "merge", bundle);
  }

  private static ArrayNode patient(ArrayNode entries, String link) {
    ObjectNode patient = entries.addObject().putObject("resource").put("resourceType", "Patient");
    patient.putArray("link").addObject().put("type", link);
    return patient.putArray("identifier");
  }

  /** The real store, and how many questions for a number it is asked. */
  private record Counting(Store store, AtomicInteger lookups) implements Store {
    @Override
    public <T> T write(Unit<T> unit) {
      return store.write(tx -> unit.run(new Counted(tx, lookups)));
    }

    @Override
    public <T> T read(Unit<T> unit) {
      return store.read(unit);
    }

    @Override
    public DataSource reader() {
      return store.reader();
    }

    @Override
    public Vault vault() {
      return store.vault();
    }

    @Override
    public void close() {
      store.close();
    }
  }

  private record Counted(Transaction tx, AtomicInteger lookups) implements Transaction {
    @Override
    public JdbcClient.StatementSpec sql(String text) {
      if (text.contains("from identifier\n")) {
        lookups.incrementAndGet();
      }
      return tx.sql(text);
    }

    @Override
    public void each(String text, List<Object[]> rows) {
      tx.each(text, rows);
    }

    @Override
    public Instant now() {
      return tx.now();
    }

    @Override
    public void serialise(String practice) {
      tx.serialise(practice);
    }
  }
}
