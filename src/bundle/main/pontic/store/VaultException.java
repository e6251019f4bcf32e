package pontic.store;

/** A sealed value could not be opened. Its text names table, row and key id, never a value. */
public final class VaultException extends RuntimeException {
  public VaultException(String message, Throwable cause) {
    super(message, cause);
  }
}
