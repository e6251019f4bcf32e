package pontic.store;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Stream;

/** A store on SQLite and one on PostgreSQL, for what has to hold on both. */
public final class BothStores implements AutoCloseable {
  private final EmbeddedPostgres server;
  private final Store sqlite;
  private final Store postgres;

  private BothStores(EmbeddedPostgres server, Store sqlite, Store postgres) {
    this.server = server;
    this.sqlite = sqlite;
    this.postgres = postgres;
  }

  /**
   * @param folder for the SQLite file and the keys of both
   */
  public static BothStores open(Path folder) throws IOException {
    EmbeddedPostgres server = EmbeddedPostgres.start();
    return new BothStores(
        server,
        Stores.open(
            StoreSettings.embedded(folder.resolve("store")),
            KeyVault.createDemo(folder.resolve("keys")).vault()),
        Stores.open(
            StoreSettings.postgres(server.getJdbcUrl("postgres", "postgres"), "", "", "one"),
            KeyVault.createDemo(folder.resolve("other-keys")).vault()));
  }

  public Stream<Store> stores() {
    return Stream.of(sqlite, postgres);
  }

  @Override
  public void close() throws IOException {
    sqlite.close();
    postgres.close();
    server.close();
  }
}
