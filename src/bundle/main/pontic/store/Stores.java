package pontic.store;

/** Opens the store that the settings ask for, with its tables brought up to this version. */
public final class Stores {
  private Stores() {}

  /**
   * @throws StoreException if the folder is in use by another process, the database cannot be
   *     reached, or it was written by a newer version
   */
  public static Store open(StoreSettings settings, Vault vault) {
    return settings.isEmbedded()
        ? SqliteStore.open(settings.folder(), vault)
        : PostgresStore.open(settings, vault);
  }
}
