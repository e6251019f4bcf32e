package pontic.hl7;

/**
 * The bytes do not begin with a usable MSH segment. The text says what is wrong and repeats nothing
 * of the bytes.
 */
public final class HeaderProblem extends RuntimeException {
  public HeaderProblem(String message) {
    super(message);
  }
}
