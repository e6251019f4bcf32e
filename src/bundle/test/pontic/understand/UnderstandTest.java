package pontic.understand;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import pontic.accept.Arrival;
import pontic.accept.Inbox;
import pontic.audit.SqlAudit;
import pontic.receipt.Receipts;
import pontic.store.KeyVault;
import pontic.store.SqlLeases;
import pontic.store.Store;
import pontic.store.StoreAround;
import pontic.store.StoreException;
import pontic.store.StoreSettings;
import pontic.store.Stores;

/** What counts as an attempt of reading a message. */
final class UnderstandTest {
  private static final int MORE_THAN_ATTEMPTS = 5;

  private final Set<String> crowded = new HashSet<>();
  @TempDir Path folder;
  private Store store;
  private boolean away;
  private Understand understand;
  private String message;

  @BeforeEach
  void open() throws Exception {
    store =
        Stores.open(
            StoreSettings.embedded(folder), KeyVault.createDemo(folder.resolve("keys")).vault());
    Receipts receipts = new Receipts("test");
    Store failing = new StoreAround(store, this::fail);
    understand =
        new Understand(
            failing,
            new SqlLeases("test"),
            receipts,
            crowded::contains,
            (tx, practice, ended) -> {});
    message =
        new Inbox(store, new SqlAudit(), receipts)
            .accept(
                new Arrival(
                    "elm",
                    "accept-hl7",
                    "A|B",
                    "ADT^A28",
                    "1",
                    "x".getBytes(StandardCharsets.UTF_8),
                    "",
                    "AA",
                    Optional.empty(),
                    false))
            .messageId();
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void whileManySendersWaitTheNextMessageIsLeftToTheClockAndIsStillClaimed() {
    Understanding nothing = Understanding.nothing("elm");
    assertTrue(understand.more(nothing));
    crowded.add("elm");
    assertFalse(understand.more(nothing));
    assertEquals(message, understand.claim("elm").messageId());
  }

  @Test
  void aStoreThatDoesNotTakeItUsesUpNoAttempt() {
    for (int i = 0; i < MORE_THAN_ATTEMPTS; i++) {
      Understanding claimed = understand.claim("elm");
      assertEquals(message, claimed.messageId());
      understand.failed(claimed, new StoreException("disk full"));
    }
    assertEquals(0, number("select attempts from message"));
    assertEquals("", text("select receipt_end from message"));
  }

  @Test
  void norDoesOneThatIsStillAwayWhenTheMessageIsGivenBack() {
    for (int i = 0; i < MORE_THAN_ATTEMPTS; i++) {
      Understanding claimed = understand.claim("elm");
      assertEquals(message, claimed.messageId());
      away = true;
      assertThrows(
          StoreException.class,
          () -> understand.failed(claimed, new StoreException("database down")));
      away = false;
      leaseRunsOut();
    }
    assertEquals(message, understand.claim("elm").messageId());
    assertEquals(1, number("select attempts from message"));
  }

  @Test
  void aProcessThatDiesOverItThreeTimesParksIt() {
    for (int i = 0; i < 3; i++) {
      assertEquals(message, understand.claim("elm").messageId());
      leaseRunsOut();
    }
    assertEquals("", understand.claim("elm").messageId());
    assertEquals("parked", text("select receipt_end from message"));
  }

  private void fail() {
    if (away) {
      throw new StoreException("the store is away");
    }
  }

  private void leaseRunsOut() {
    store.write(tx -> tx.sql("update lease set until_at = 0").update());
  }

  private long number(String sql) {
    return store.read(tx -> tx.sql(sql).query(Long.class).single());
  }

  private String text(String sql) {
    return store.read(tx -> tx.sql(sql).query(String.class).single());
  }
}
