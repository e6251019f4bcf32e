package pontic.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.springframework.util.FileSystemUtils;

/** A new store on SQLite for each test of a class that registers it, in a folder of its own. */
public final class EmbeddedStore implements BeforeEachCallback, AfterEachCallback {
  private Path folder;
  private Vault vault;
  private Store store;

  @Override
  public void beforeEach(ExtensionContext context) throws IOException {
    folder = Files.createTempDirectory("embedded-store");
    vault = KeyVault.createDemo(folder.resolve("keys")).vault();
    store = Stores.open(StoreSettings.embedded(folder.resolve("store")), vault);
  }

  public Store store() {
    return store;
  }

  /** Its keys. */
  public Vault vault() {
    return vault;
  }

  /** Deleted after the test; the store is in it. */
  public Path folder() {
    return folder;
  }

  @Override
  public void afterEach(ExtensionContext context) throws IOException {
    store.close();
    FileSystemUtils.deleteRecursively(folder);
  }
}
