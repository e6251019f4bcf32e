package pontic.trying;

/** A route could not be tried; its text is for the person who tries. */
public final class TryFailed extends RuntimeException {
  private static final long serialVersionUID = 1L;

  TryFailed(String message) {
    super(message);
  }
}
