package pontic.store;

/**
 * The store could not do its part (disk full, database down, folder in use). Of the unit at hand
 * nothing was reported as stored; its text is one line for a person and holds no values.
 */
public final class StoreException extends RuntimeException {
  public StoreException(String message) {
    super(message);
  }

  public StoreException(String message, Throwable cause) {
    super(message, cause);
  }

  /** Whether there is no room, or the disk or system fails the database. */
  public boolean isOfDisk() {
    return SqlErrors.below(this).filter(SqlErrors::isDisk).isPresent();
  }
}
