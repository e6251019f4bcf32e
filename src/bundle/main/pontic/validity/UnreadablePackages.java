package pontic.validity;

/** FHIR packages that cannot be read; the text names the file. */
public final class UnreadablePackages extends RuntimeException {
  private static final long serialVersionUID = 1;

  UnreadablePackages(String what, Throwable cause) {
    super(what, cause);
  }
}
