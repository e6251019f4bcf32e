package pontic.sandbox.demo;

/** A step did not hold; the message says what was expected and what was there. */
final class StepFailed extends RuntimeException {
  private static final long serialVersionUID = 1L;

  StepFailed(String message) {
    super(message);
  }

  StepFailed(String message, Throwable cause) {
    super(message, cause);
  }
}
