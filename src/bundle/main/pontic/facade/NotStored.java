package pontic.facade;

/** The hand-over failed, so nothing was accepted. */
final class NotStored extends RuntimeException {

  static final String TEXT =
      "Pontic could not store the message; nothing was accepted; send it again later";

  private static final long serialVersionUID = 1L;

  NotStored(Throwable cause) {
    super(TEXT, cause);
  }
}
