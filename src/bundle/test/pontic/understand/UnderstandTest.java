package pontic.understand;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import javax.sql.DataSource;
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
import pontic.store.StoreException;
import pontic.store.StoreSettings;
import pontic.store.Stores;
import pontic.store.Unit;
import pontic.store.Vault;

/** What counts as an attempt of reading a message. */
final class UnderstandTest {
  private static final int MORE_THAN_ATTEMPTS = 5;

  @TempDir Path folder;
  private Store store;
  private Failing failing;
  private Understand understand;
  private String message;

  @BeforeEach
  void open() throws Exception {
    store =
        Stores.open(
            StoreSettings.embedded(folder), KeyVault.createDemo(folder.resolve("keys")).vault());
    failing = new Failing(store);
    Receipts receipts = new Receipts("test");
    understand = new Understand(failing, new SqlLeases("test"), receipts);
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
                    Optional.empty()))
            .messageId();
  }

  @AfterEach
  void close() {
    store.close();
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
      failing.away = true;
      assertThrows(
          StoreException.class,
          () -> understand.failed(claimed, new StoreException("database down")));
      failing.away = false;
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

  private void leaseRunsOut() {
    store.write(tx -> tx.sql("update lease set until_at = 0").update());
  }

  private long number(String sql) {
    return store.read(tx -> tx.sql(sql).query(Long.class).single());
  }

  private String text(String sql) {
    return store.read(tx -> tx.sql(sql).query(String.class).single());
  }

  /** The real store, but for the time when it is away. */
  private static final class Failing implements Store {
    private final Store store;
    private boolean away;

    Failing(Store store) {
      this.store = store;
    }

    @Override
    public <T> T write(Unit<T> unit) {
      if (away) {
        throw new StoreException("the store is away");
      }
      return store.write(unit);
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
    public void close() {}
  }
}
