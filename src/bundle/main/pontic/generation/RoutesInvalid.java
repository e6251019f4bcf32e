package pontic.generation;

/** The route files cannot be loaded. Its text is for engineers; files hold no patient data. */
public final class RoutesInvalid extends RuntimeException {
  public RoutesInvalid(String message, Throwable cause) {
    super(message, cause);
  }
}
