package pontic.understand;

/** A message says something that Pontic refuses by name. Its text holds no patient data. */
public final class NotUnderstood extends RuntimeException {
  public NotUnderstood(String message) {
    super(message);
  }
}
