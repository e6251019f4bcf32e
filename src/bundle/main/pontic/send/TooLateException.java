package pontic.send;

/**
 * What was claimed has not been sent in the time in which the lease is certainly held. It was held
 * back, since another holder may have sent something newer.
 */
public final class TooLateException extends RuntimeException {
  public TooLateException() {
    super("the time for sending it had passed; it was not sent");
  }
}
