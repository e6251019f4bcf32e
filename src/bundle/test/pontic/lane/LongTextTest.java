package pontic.lane;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import pontic.person.Persons;
import pontic.store.KeyVault;
import pontic.store.Store;
import pontic.store.StoreSettings;
import pontic.store.Stores;

/** What was stored is read again, however long a text in it is: else it stops all behind it. */
final class LongTextTest {
  /** More than JSON's readers take unless they are told otherwise. */
  private static final int LONG = 20_100_000;

  @TempDir Path folder;

  @Test
  void aLongTextOfAMessageIsReadAgain() throws Exception {
    try (Store store =
        Stores.open(
            StoreSettings.embedded(folder.resolve("store")),
            KeyVault.createDemo(folder.resolve("keys")).vault())) {
      ObjectNode said = JsonNodeFactory.instance.objectNode().put("Note", "x".repeat(LONG));
      LaneRows rows = new LaneRows(store.vault());
      Persons persons = new Persons(store.vault());
      Work work = new Work("w-1", "elm", 1, "m-1", "EHR|NORTH", "update", "p-1", "", 0, 0, said);
      store.write(
          tx -> {
            rows.insert(tx, work, false, tx.now());
            persons.assertedNow(tx, "elm", "EHR|NORTH", "documents", "p-1#1", "m-1", 1, said);
            return true;
          });
      assertEquals(
          LONG,
          store
              .read(tx -> rows.work(tx, "w-1"))
              .orElseThrow()
              .bundle()
              .path("Note")
              .asText()
              .length());
      assertEquals(
          LONG,
          store
              .read(tx -> persons.asserted(tx, "elm", "EHR|NORTH", "documents", "p-1#1"))
              .orElseThrow()
              .fields()
              .path("Note")
              .asText()
              .length());
    }
  }
}
