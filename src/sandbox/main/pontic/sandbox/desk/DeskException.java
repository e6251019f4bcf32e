package pontic.sandbox.desk;

/** The desk cannot do that; the message says why and is for the caller. */
public final class DeskException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public DeskException(String message) {
    super(message);
  }
}
