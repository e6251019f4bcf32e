package pontic.sandbox.api;

/** The API says no: a status and the explanation that goes into the body. */
final class Refusal extends Exception {
  private static final long serialVersionUID = 1L;
  private final int status;

  Refusal(int status, String explanation) {
    super(explanation, null, false, false);
    this.status = status;
  }

  static Refusal invalid(String explanation) {
    return new Refusal(400, explanation);
  }

  static Refusal notFound(String explanation) {
    return new Refusal(404, explanation);
  }

  int status() {
    return status;
  }
}
