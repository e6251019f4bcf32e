package pontic.store;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.springframework.util.FileSystemUtils;

/**
 * A store on SQLite and one on PostgreSQL, for what has to hold on both; open while the tests of a
 * class run that registers it.
 */
public final class BothStores implements BeforeAllCallback, AfterAllCallback {
  private Path folder;
  private EmbeddedPostgres server;
  private Store sqlite;
  private Store postgres;

  @Override
  public void beforeAll(ExtensionContext context) throws IOException {
    folder = Files.createTempDirectory("both-stores");
    server = EmbeddedPostgres.start();
    sqlite =
        Stores.open(
            StoreSettings.embedded(folder.resolve("store")),
            KeyVault.createDemo(folder.resolve("keys")).vault());
    postgres =
        Stores.open(
            StoreSettings.postgres(server.getJdbcUrl("postgres", "postgres"), "", "", "one"),
            KeyVault.createDemo(folder.resolve("other-keys")).vault());
  }

  public Stream<Store> stores() {
    return Stream.of(sqlite, postgres);
  }

  @Override
  public void afterAll(ExtensionContext context) throws IOException {
    sqlite.close();
    postgres.close();
    server.close();
    FileSystemUtils.deleteRecursively(folder);
  }
}
