package pontic.store;

import java.nio.file.Path;

/**
 * Where the state lives.
 *
 * @param url empty: SQLite in {@code folder}; else {@code jdbc:postgresql://...}
 * @param folder data folder of the embedded store; made with owner-only permissions if it is not
 *     there; unused with a URL
 * @param user database user, empty with the embedded store
 * @param password database password, may be empty
 * @param holder name of this process as a holder of leases: the same after a restart, different for
 *     each process on one store. Empty is allowed with the embedded store alone, where one process
 *     is all there is, and means {@code pontic}
 */
public record StoreSettings(String url, Path folder, String user, String password, String holder) {

  public StoreSettings {
    if (!url.isEmpty() && !url.startsWith("jdbc:postgresql:")) {
      throw new StoreException(
          "The store's URL must begin with jdbc:postgresql: or be empty for the embedded store");
    }
    if (holder.isBlank()) {
      if (!url.isEmpty()) {
        throw new StoreException(
            "Processes that share a PostgreSQL store need a holder name each, the same after a restart: none is configured");
      }
      holder = "pontic";
    }
  }

  public static StoreSettings embedded(Path folder) {
    return new StoreSettings("", folder, "", "", "");
  }

  public static StoreSettings postgres(String url, String user, String password, String holder) {
    return new StoreSettings(url, Path.of(""), user, password, holder);
  }

  boolean isEmbedded() {
    return url.isEmpty();
  }

  /** Without URL and password: a URL can carry a password too. */
  @Override
  public String toString() {
    return "StoreSettings["
        + (isEmbedded() ? "embedded in " + folder : "postgresql")
        + ", holder="
        + holder
        + "]";
  }
}
